#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An independent HL7 library sends to the gateway; what it sent is read back by FHIR and by the client.

usage: hl7_monitor.py BUILD GATEWAY CLI
"""

import datetime
import json
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import peers

peers.with_packages(sys.argv[1], "hl7==0.4.5")

import hl7  # noqa: E402  (after the environment is there)
from hl7.client import MLLPClient  # noqa: E402

UTC = datetime.timezone.utc
# code, unit, value of the k-th message of a patient, channel, LOINC
READINGS = [
    ("147842^MDC_ECG_HEART_RATE^MDC", "264864^MDC_DIM_BEAT_PER_MIN^MDC", lambda k: 60 + k, "heart_rate", "8867-4"),
    ("0002-4bb8^SpO2^MDIL", "0004-0220^%^MDIL", lambda k: 99 - k % 5, "spo2", "59408-5"),
    ("9279-1^Respiratory rate^LN", "/min^^UCUM", lambda k: 12 + k % 7, "respiratory_rate", "9279-1"),
    ("150344^MDC_TEMP^MDC", "268192^MDC_DIM_DEGC^MDC", lambda k: round(36.5 + k / 10, 1), "temperature", "8310-5"),
]


def build(patient, number, moment, *, processing="P", identifier=None):
    """A message by the library's own classes, so that its idea of HL7 meets ours."""
    time = moment.strftime("%Y%m%d%H%M%S+0000")
    msh = hl7.parse(f"MSH|^~\\&|PEER|TEST|GW|WARD|{time}||ORU^R01^ORU_R01|{patient}-{number}|{processing}|2.6\r")
    record = f"PEER{patient}" if identifier is None else identifier
    lines = [str(msh).rstrip("\r"), f"PID|||{record}^^^TEST^MR||DEMO^P{patient}", f"PV1||I|PW^^{patient}",
             f"OBR|1||||||{time}"]
    lines += [f"OBX|{i}|NM|{code}||{value(number)}|{unit}|||||R"
              for i, (code, unit, value, _, _) in enumerate(READINGS, 1)]
    return hl7.parse("\r".join(lines) + "\r")


def send(client, message):
    answer = hl7.parse(client.send_message(message).decode().strip("\x0b\x1c\r") + "\r")
    assert str(answer.segment("MSH")[9]).startswith("ACK"), answer
    assert str(answer.segment("MSA")[2]) == str(message.segment("MSH")[10]), answer
    return str(answer.segment("MSA")[1])


def send_all(port, begin):
    """Returns what must be there: (record, channel, second) -> value."""
    expected = {}
    with MLLPClient("127.0.0.1", port) as client:
        for patient in range(3):
            for number in range(10):
                moment = begin + datetime.timedelta(minutes=number)
                message = build(patient, number, moment)
                assert send(client, message) == "AA"
                if number % 3 == 0:
                    assert send(client, message) == "AA"  # again: acknowledged, not doubled
                for _, _, value, channel, _ in READINGS:
                    expected[f"PEER{patient}", channel, int(moment.timestamp())] = value(number)
        # One heart rate is corrected, one saturation withdrawn: under the time that they had.
        fixed = str(build(0, 0, begin)).replace("||60|", "||61|").replace("|0-0|P|", "|0-0C|P|")
        assert send(client, hl7.parse(fixed.replace("|||||R\rOBX|2", "|||||C\rOBX|2"))) == "AA"
        expected["PEER0", "heart_rate", int(begin.timestamp())] = 61
        taken = str(build(1, 0, begin)).replace("|||||R\rOBX|3", "|||||W\rOBX|3").replace("|1-0|P|", "|1-0W|P|")
        assert send(client, hl7.parse(taken)) == "AA"
        del expected["PEER1", "spo2", int(begin.timestamp())]
        assert send(client, build(7, 1, begin, identifier="")) == "AE"
        assert send(client, build(7, 2, begin, processing="T")) == "AR"
        assert send(client, hl7.parse(str(build(7, 3, begin)).replace("ORU^R01^ORU_R01", "ADT^A01"))) == "AR"
    return expected


def by_fhir(url, token):
    people = {e["resource"]["id"]: e["resource"]["identifier"][0]["value"]
              for e in peers.get(f"{url}/Patient", token)["entry"]}
    found, statuses = {}, {}
    for _, _, _, channel, loinc in READINGS:
        for entry in peers.get(f"{url}/Observation?code={loinc}&_count=1000", token)["entry"]:
            resource = entry["resource"]
            record = people[resource["subject"]["reference"].split("/")[1]]
            moment = datetime.datetime.fromisoformat(resource["effectiveDateTime"].replace("Z", "+00:00"))
            key = record, channel, int(moment.timestamp())
            assert key not in found, f"{key} came twice"
            statuses[resource["status"]] = statuses.get(resource["status"], 0) + 1
            if resource["status"] != "entered-in-error":
                found[key] = resource["valueQuantity"]["value"]
    assert (statuses["corrected"], statuses["entered-in-error"]) == (1, 1), statuses
    return people, found


def by_client(url, token, people):
    found = {}
    with tempfile.NamedTemporaryFile("w") as secret:
        secret.write(token)
        secret.flush()
        lines = subprocess.run([sys.argv[3], "follow", "--server", url, "--token-file", secret.name, "--history",
                                "--for", "6"], stdout=subprocess.PIPE, text=True, check=True).stdout
    for line in lines.splitlines():
        said = json.loads(line)
        if said["type"] == "value" and said["action"] == "add" and said["value"] is not None:
            moment = datetime.datetime.fromisoformat(said["time"].replace("Z", "+00:00"))
            found[people[said["patient"]], said["channel"], int(moment.timestamp())] = said["value"]
    return found


def compare(name, expected, found):
    wrong = [key for key in expected if abs(found.get(key, 1e9) - expected[key]) > 1e-9]
    assert not wrong and len(found) == len(expected), (name, len(found), len(expected), wrong[:5])


def main():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    begin = (datetime.datetime.now(UTC) - datetime.timedelta(minutes=20)).replace(second=0, microsecond=0)
    with tempfile.TemporaryDirectory(dir=sys.argv[1]) as folder:
        store = Path(folder) / "ward.db"
        with peers.gateway(sys.argv[2], "--mllp", str(port), "--store", str(store)) as (url, token):
            expected = send_all(port, begin)
            time.sleep(1)  # acknowledged is kept; the ward shows it within a tick of 100 ms
            people, found = by_fhir(url, token)
            compare("FHIR", expected, found)
            compare("the client", expected, by_client(url, token, people))
    print(f"hl7 {hl7.__version__}: {len(expected)} values of 3 patients sent, acknowledged, and read back twice")


if __name__ == "__main__":
    main()
