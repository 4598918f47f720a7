#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gateway is killed while monitors send: what was acknowledged is there after the restart, once.

usage: kill_mllp.py GATEWAY BUILD [KILLS [SEED]]
"""

import contextlib
import datetime
import json
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

GATEWAY, BUILD = sys.argv[1], sys.argv[2]
KILLS = int(sys.argv[3]) if len(sys.argv) > 3 else 24
SEED = int(sys.argv[4]) if len(sys.argv) > 4 else 1
MONITORS = 4


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(store, port):
    process = subprocess.Popen([GATEWAY, "--embedded", "--mllp", str(port), "--store", str(store)],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    url, token = process.stdout.readline().split()
    return process, url, token


def message(monitor, number, moment):
    text = moment.strftime("%Y%m%d%H%M%S") + f".{moment.microsecond // 1000:03d}+0000"
    return (f"MSH|^~\\&|MON{monitor}|TEST|||{text}||ORU^R01^ORU_R01|{number}|P|2.6\r"
            f"PID|||KILL{monitor}^^^TEST^MR\rPV1||I|W^^{monitor}\rOBR|1||||||{text}\r"
            f"OBX|1|NM|147842^MDC_ECG_HEART_RATE^MDC||{40 + number % 100}|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||R\r")


class Monitor(threading.Thread):
    """Sends one message after the other, the same again until it is acknowledged. Twelve seconds apart: what
    comes more often is served in blocks of SampledData."""

    def __init__(self, index, port, begin):
        super().__init__(daemon=True)
        self.index, self.port, self.begin = index, port, begin
        self.acknowledged, self.sent, self.again = {}, 0, 0
        self.stop = threading.Event()

    def exchange(self, line, text):
        line.sendall(b"\x0b" + text.encode() + b"\x1c\r")
        answer = b""
        while not answer.endswith(b"\x1c\r"):
            piece = line.recv(4096)
            if not piece:
                raise ConnectionError
            answer += piece
        return answer

    def run(self):
        number = 1
        line = None
        while not self.stop.is_set() and number < 5900:  # 20 hours, so that none lies in the future
            moment = self.begin + datetime.timedelta(seconds=12 * number)
            try:
                if line is None:
                    line = socket.create_connection(("127.0.0.1", self.port), timeout=5)
                self.sent += 1
                answer = self.exchange(line, message(self.index, number, moment))
                assert f"|{number}\r".encode() in answer, answer
                if b"MSA|AA|" in answer:
                    self.acknowledged[moment] = 40 + number % 100
                    number += 1
                else:
                    assert b"MSA|AR|" in answer, answer
            except OSError:
                self.again += 1
                line = None
                time.sleep(0.01)


def ask(url, token):
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def read_back(url, token):
    """(record, time) -> value, of every heart rate; each once."""
    names = {e["resource"]["id"]: e["resource"]["identifier"][0]["value"]
             for e in ask(f"{url}/Patient?_count=1000", token)["entry"]}
    found = {}
    link = f"{url}/Observation?code=8867-4&_count=1000"
    while link:
        bundle = ask(link, token)
        for entry in bundle.get("entry", []):
            resource = entry["resource"]
            who = names[resource["subject"]["reference"].split("/")[1]]
            key = who, datetime.datetime.fromisoformat(resource["effectiveDateTime"].replace("Z", "+00:00"))
            assert key not in found, f"{key} came twice"
            assert resource["status"] != "corrected", key
            found[key] = resource["valueQuantity"]["value"]
        link = next((l["url"] for l in bundle.get("link", []) if l["relation"] == "next"), None)
    return found


def main():
    chance = random.Random(SEED)
    folder = Path(tempfile.mkdtemp(prefix="kill-mllp-", dir=BUILD))
    port = free_port()
    begin = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=20)).replace(microsecond=0)
    monitors = [Monitor(index, port, begin) for index in range(MONITORS)]
    try:
        process, url, token = start(folder / "ward.db", port)
        for monitor in monitors:
            monitor.start()
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.02, 0.4))
            process.kill()
            process.wait()
            process, url, token = start(folder / "ward.db", port)
        time.sleep(0.3)
        for monitor in monitors:
            monitor.stop.set()
        for monitor in monitors:
            monitor.join(10)
        time.sleep(0.5)
        found = read_back(url, token)
        expected = {(f"KILL{m.index}", moment): value for m in monitors for moment, value in m.acknowledged.items()}
        lost = [key for key, value in expected.items() if found.get(key) != value]
        assert not lost, f"{len(lost)} acknowledged messages lost, such as {lost[:3]}"
        # What was sent and never acknowledged may be there: at most the last of each monitor.
        assert len(found) - len(expected) <= MONITORS, (len(found), len(expected))
        assert len(expected) > 10 * KILLS, f"only {len(expected)} messages"
        assert sum(m.again for m in monitors) >= KILLS // 2
        print(f"{KILLS} kills: {len(expected)} messages acknowledged, {sum(m.sent for m in monitors)} sent,"
              f" 0 lost, 0 doubled")
        process.stdin.close()
        process.wait()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
