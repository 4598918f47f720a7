#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A device sends to the gateway, the gateway forwards to HAPI, twinward-cli follows the ward on HAPI: every value is
there once, equal, in its unit, and how long it took is measured.

usage: transfer.py BUILD GATEWAY CLI
"""

import http.client
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path

import hapi_peer
from fhir_client import FhirClient
from follower import Follower, differences

TOKEN = "transfer-test"
LIVE_S = 75
HISTORY_S = 300
LIMIT_S = 300


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Device:
    """Two monitors and a round: beats and saturation each second, pressures, temperature in Fahrenheit, a correction
    and a withdrawal."""

    def __init__(self, port, run):
        self.port, self.run = port, run
        self.n = 0
        self.lines, self.expected, self.posted = [], {}, {}

    def say(self, patient, second, readings, shown):
        self.n += 1
        for channel, value in shown.items():
            key = (f"{self.run}-{patient}", channel, float(second))
            if value is None:
                self.expected.pop(key, None)
            else:
                self.expected[key] = value
                self.posted[key] = None
        self.lines.append(json.dumps({"src": "urn:device:transfer", "epoch": 1, "pseq": self.n, "bed": str(patient),
                                      "p": f"{self.run}-{patient}", "ts": second * 1_000_000, "x": readings}))

    def second(self, now):
        for patient in (1, 2):
            rate, spo2 = 62.5 + now % 9 + patient, 94 + now % 5
            self.say(patient, now, [["heart_rate", rate, "/min"], ["spo2", spo2, "%"]],
                     {"heart_rate": (rate, "/min"), "spo2": (spo2, "%")})
            if now % 60 == 0:
                systolic = 108 + now // 60 % 9
                self.say(patient, now, [["systolic", systolic, "mm[Hg]"], ["diastolic", 66, "mm[Hg]"],
                                        ["map", 81, "mm[Hg]"]],
                         {"systolic": (systolic, "mm[Hg]"), "diastolic": (66, "mm[Hg]"), "map": (81, "mm[Hg]")})
        if now % 30 == 7:
            self.say(3, now, [["temperature", 98.6, "[degF]"], ["respiratory_rate", 14, "/min"]],
                     {"temperature": (37.0, "Cel"), "respiratory_rate": (14, "/min")})

    def send(self):
        body, self.lines = "\n".join(self.lines), []
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("POST", "/v1/ingest", body, {"Authorization": f"Bearer {TOKEN}"})
        answer = connection.getresponse()
        receipt = json.loads(answer.read())
        assert answer.status == 200 and receipt["hwm"] == self.n, f"{answer.status}: {receipt}"
        now = time.monotonic()
        for key, posted in self.posted.items():
            if posted is None:
                self.posted[key] = now
        connection.close()


def find(client, path):
    """What the gateway has put there, as soon as it is there."""
    end = time.monotonic() + LIMIT_S
    while True:
        found = client.search(path)
        if found or time.monotonic() > end:
            assert found, f"nothing at {path}"
            return found[0]
        time.sleep(0.5)


def play(device):
    """Five minutes at once, then as it happens; the first round of the third patient is corrected and then the
    second one taken back."""
    begin = int(time.time()) - HISTORY_S
    for second in range(begin, begin + HISTORY_S):
        device.second(second)
    device.send()
    rounds = sorted({key[2] for key in device.expected if key[1] == "temperature"})
    for second in range(begin + HISTORY_S, begin + HISTORY_S + LIVE_S):
        time.sleep(max(0, second - time.time()))
        device.second(second)
        if second == begin + HISTORY_S + 20:
            device.say(3, int(rounds[0]), [["temperature", 38.25, "Cel", "corrected"]], {"temperature": (38.25, "Cel")})
        if second == begin + HISTORY_S + 25:
            device.say(3, int(rounds[1]), [["respiratory_rate", None, "/min", "withdrawn"]], {"respiratory_rate": None})
        device.send()
    return begin + HISTORY_S


def named(follower, ids):
    return {(ids.get(key[0], key[0]), *key[1:]): value for key, value in follower.items()}


def tell_delays(device, follower, ids, live_from):
    arrived = named(follower.arrived, ids)
    for words, channels in (("in blocks", ("heart_rate", "spo2")), ("single", ("systolic", "respiratory_rate"))):
        delays = sorted(arrived[key] - device.posted[key] for key in device.expected
                        if key[1] in channels and key[2] >= live_from)
        print(f"values {words}: {len(delays)}, from acknowledgement to follower median "
              f"{statistics.median(delays):.1f} s, longest {delays[-1]:.1f} s", flush=True)


def main():
    build, gateway, cli = sys.argv[1:4]
    run = f"tr{uuid.uuid4().hex[:8]}"
    with hapi_peer.running(build) as base, tempfile.TemporaryDirectory() as folder:
        client = FhirClient(base)
        port = free_port()
        token = Path(folder) / "token"
        token.write_text(TOKEN)
        process = subprocess.Popen([gateway, "--ingest", "--store", str(Path(folder) / "ward.db"), "--port", str(port),
                                    "--token-file", str(token), "--ward", f"Ward {run}", "--forward", base],
                                   stdout=subprocess.DEVNULL)
        try:
            ward = find(client, f"Location?name=Ward%20{run}")
            device = Device(port, run)
            begun = []
            player = threading.Thread(target=lambda: begun.append(play(device)))
            player.start()
            patients = [find(client, f"Patient?identifier={run}-{n}") for n in (1, 2, 3)]
            ids = {patient["id"]: f"{run}-{n}" for n, patient in enumerate(patients, 1)}
            follower = Follower(cli, base, "--poll", "--ward", ward["id"])
            try:
                player.join()
                agreed = follower.wait_for(lambda f: not differences(named(f.values, ids), device.expected), LIMIT_S)
                words = differences(named(follower.values, ids), device.expected)
            finally:
                follower.close()
        finally:
            process.terminate()
            process.wait()
    print(f"{len(device.expected)} values expected, {len(words)} differences, {len(follower.doubled)} doubled", flush=True)
    for word in words[:20]:
        print(word)
    assert agreed and not words, "what is followed on HAPI is not what the device sent"
    assert not follower.doubled, f"doubled: {follower.doubled[:5]}"
    tell_delays(device, follower, ids, begun[0])


if __name__ == "__main__":
    main()
