#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills the gateway again and again while a device sends to it and while it forwards, and then counts: every
acknowledged value is on the target once, as it was sent last.

usage: kill_gateway.py GATEWAY [--kills N] [--seed N] [--conditions] [--target FHIR-BASE]

Without --target a small server of our own takes what is forwarded; it loses some of its answers and is busy at times.
"""

import argparse
import http.client
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path

import fhir_target

TOKEN = "kill-test"
HOURS = 20 * 3600 * 1_000_000  # of made-up time before now; less than the ward keeps


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Gateway:
    """The program on one port and one store, however often it is started."""

    def __init__(self, program, folder, target):
        self.port = free_port()
        token = Path(folder) / "token"
        token.write_text(TOKEN)
        self.command = [program, "--ingest", "--store", str(Path(folder) / "ward.db"), "--port", str(self.port),
                        "--token-file", str(token), "--forward", target]
        self.errors = open(Path(folder) / "errors", "ab")
        self.process = None

    def start(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=self.errors)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def ask(self, method, path, body=None, timeout_s=20):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout_s)
        try:
            connection.request(method, path, body, {"Authorization": f"Bearer {TOKEN}"})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        finally:
            connection.close()

    def status(self):
        try:
            return self.ask("GET", "/v1/forward")[1]
        except (OSError, http.client.HTTPException):
            return None


class Device(threading.Thread):
    """Two patients, one with a monitor each second, one with rounds; now and then a value is corrected or taken back.
    Sends until told to stop, and from the last acknowledged number on whenever the line was lost."""

    def __init__(self, gateway, run, seed):
        super().__init__(daemon=True)
        self.gateway = gateway
        self.random = random.Random(seed)
        self.run_id = run
        self.lines = []          # all of the epoch, by number - 1
        self.hwm = 0
        self.expected = {}       # (patient, channel, time) -> value or None, of all lines
        self.stopping = threading.Event()
        self.t_us = int(time.time()) * 1_000_000 - HOURS
        self.n_posts = self.n_lost_posts = 0

    def say(self, patient, t_us, readings):
        for channel, value, unit, *word in readings:
            self.expected[f"{self.run_id}-{patient}", channel, t_us] = (value, unit) if value is not None else None
        self.lines.append(json.dumps({"src": "urn:device:kill", "epoch": 1, "pseq": len(self.lines) + 1,
                                      "p": f"{self.run_id}-{patient}", "bed": patient, "ts": t_us, "x": readings}))

    def make(self):
        self.t_us += 1_000_000
        second = self.t_us // 1_000_000
        self.say("1", self.t_us, [["heart_rate", 60 + self.random.randrange(300) / 10, "/min"],
                                  ["spo2", 90 + self.random.randrange(100) / 10, "%"]])
        if second % 300 == 0:
            systolic = 100 + self.random.randrange(40)
            self.say("2", self.t_us, [["systolic", systolic, "mm[Hg]"], ["diastolic", systolic - 45, "mm[Hg]"],
                                      ["map", systolic - 30, "mm[Hg]"]])
        if second % 60 == 0:
            self.say("2", self.t_us, [["temperature", 36 + self.random.randrange(20) / 10, "Cel"]])
        if second % 120 == 1:
            at = self.t_us - 1_000_000
            if second % 240 == 1:
                self.say("2", at, [["temperature", 36 + self.random.randrange(20) / 10 + 0.05, "Cel", "corrected"]])
            else:
                self.say("2", at, [["temperature", None, "Cel", "withdrawn"]])

    def post(self, count):
        body = "\n".join(self.lines[self.hwm:self.hwm + count])
        self.n_posts += 1
        try:
            status, answer = self.gateway.ask("POST", "/v1/ingest", body)
        except (OSError, http.client.HTTPException, ValueError):
            self.n_lost_posts += 1
            time.sleep(0.02)
            return
        assert status == 200, f"{status}: {answer}"
        assert answer["hwm"] >= self.hwm, f"what was acknowledged is gone: {answer['hwm']} < {self.hwm}"
        self.hwm = answer["hwm"]

    def run(self):
        while not self.stopping.is_set() or self.hwm < len(self.lines):
            while not self.stopping.is_set() and len(self.lines) < self.hwm + 40:
                self.make()
            self.post(self.random.randrange(1, 40))
            time.sleep(0.005)


def compare(expected, found):
    """(lost, doubled, wrong)"""
    lost, doubled, wrong = [], [], []
    for key, value in expected.items():
        there = found.pop(key, [])
        if len(there) > 1:
            doubled.append((key, there))
        if value is None:
            wrong += [(key, "withdrawn", there)] if there else []
        elif not there:
            lost.append(key)
        elif there[0][1] != value[1] or abs(there[0][0] - value[0]) > 1e-9:
            wrong.append((key, value, there))
    wrong += [(key, None, there) for key, there in found.items()]
    return lost, doubled, wrong


def check_compare():
    """The comparison itself must be able to fail."""
    expected = {("p", "spo2", 1): (97.5, "%"), ("p", "spo2", 2): (96, "%"), ("p", "spo2", 3): None}
    found = {("p", "spo2", 1): [(97.5, "%")] * 2, ("p", "spo2", 3): [(95, "%")], ("p", "spo2", 4): [(94, "%")]}
    assert [len(rows) for rows in compare(expected, found)] == [1, 1, 2]
    assert [len(rows) for rows in compare({("p", "map", 1): (70, "mm[Hg]")}, {("p", "map", 1): [(70, "kPa")]})] == [0, 0, 1]


def read_peer(base, run):
    """Patients of this run and all their Observations from a real server."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "peers"))
    from fhir_client import FhirClient
    client = FhirClient(base)
    patients = [entry for entry in client.search(f"Patient?identifier={run}-1,{run}-2&_count=10")]
    observations = []
    for patient in patients:
        observations += client.search(f"Observation?patient={patient['id']}&_count=200")
    return patients, observations


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("gateway")
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=int(os.environ.get("TW_SEED", "1")))
    parser.add_argument("--conditions", action="store_true")
    parser.add_argument("--target")
    options = parser.parse_args()
    check_compare()
    chance = random.Random(options.seed)
    run = uuid.uuid4().hex[:8]
    own = None if options.target else fhir_target.Target(not options.conditions, 0.2, options.seed)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        gateway = Gateway(options.gateway, folder, options.target or own.base)
        gateway.start()
        device = Device(gateway, run, options.seed)
        device.start()
        for kill in range(options.kills):
            time.sleep(chance.choice((0.05, 0.15, 0.4, 0.8)) * (0.5 + chance.random()))
            gateway.kill()
            gateway.start()
            if kill % 100 == 99:
                print(f"# {kill + 1} kills, {device.hwm} messages acknowledged, {gateway.status()}", flush=True)
        device.stopping.set()
        device.join(120)
        assert not device.is_alive(), "the device could not send its last messages"

        def drained():
            status = gateway.status()
            return status is not None and status["due"] == 0 and status["waiting"] == 0 and status["sent"] > 0

        fhir_target.wait_until(lambda: drained() and (time.sleep(1.5) or drained()), 900, "the outbox to be empty")
        status = gateway.status()
        gateway.process.terminate()
        gateway.process.wait()
        errors = (Path(folder) / "errors").read_text()
        if options.target:
            patients, observations = read_peer(options.target, run)
        else:
            patients, observations = own.read_all("Patient"), own.read_all("Observation")
    found = fhir_target.collect(patients, observations)
    lost, doubled, wrong = compare(dict(device.expected), found)
    for name, rows in (("lost", lost), ("doubled", doubled), ("wrong", wrong)):
        for row in rows[:5]:
            print(f"# {name}: {row}")
    if lost or doubled or wrong or status["refused"]:
        print("\n".join("# " + line for line in errors.split("\n")[-20:]))
    print(f"# {options.kills} kills in {time.monotonic() - begun:.0f} s, {device.n_posts} posts ({device.n_lost_posts} cut), "
          f"{device.hwm} messages and {len(device.expected)} values acknowledged, {len(observations)} Observations on "
          f"the target; lost {len(lost)}, doubled {len(doubled)}, wrong {len(wrong)}, refused {status['refused']}")
    if own is not None:
        print(f"# {own.n_transactions} transactions, {own.n_lost} answers lost, at most {own.largest} entries")
        assert own.largest <= 100
    ok = not (lost or doubled or wrong or status["refused"]) and device.hwm == len(device.lines)
    print(f"1..1\n{'ok' if ok else 'not ok'} 1 - nothing acknowledged is lost or doubled")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
