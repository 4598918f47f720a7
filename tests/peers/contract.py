#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""One contract for every FHIR server that Twinward reads: a ward is put in with plain requests, followed with
twinward-cli, and what came out is compared with what was put in: nothing missing, nothing twice, no wrong unit.

usage: contract.py hapi|medplum BUILD CLI
       contract.py gateway BUILD CLI GATEWAY     our own, which takes no readings from clients: a recording is played
"""

import datetime
import random
import sys
import tempfile
import time
import uuid
from pathlib import Path

import hapi_peer
import medplum_peer
import peers
import ward_data
from fhir_client import FhirClient
from follower import Follower, differences

LIMIT_S = 120           # for one step; loaded machines are slow
CHANNEL_UNIT = {"heart_rate": "/min", "respiratory_rate": "/min", "spo2": "%", "temperature": "Cel",
                "glucose": "mg/dL", "systolic": "mm[Hg]", "diastolic": "mm[Hg]", "map": "mm[Hg]"}
USUAL = {"heart_rate": 72, "respiratory_rate": 15, "spo2": 97, "temperature": 36.9, "glucose": 104}


class Ward:
    """An invented ward on a server, and what must be seen of it: (patient, channel, seconds) -> (value, unit)."""

    def __init__(self, client, batch):
        self.client, self.batch = client, batch
        self.prefix = f"c{uuid.uuid4().hex[:8]}"
        self.now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
        self.patients = [f"{self.prefix}-p{i}" for i in range(3)]
        self.stranger = f"{self.prefix}-stranger"
        self.ward, self.other_ward = f"{self.prefix}-ward", f"{self.prefix}-other"
        self.expected, self.waiting, self.n = {}, [], 0

    def put(self, *resources):
        for at in range(0, len(resources), self.batch):
            self.client.transaction(resources[at:at + self.batch])

    def send(self):
        self.put(*self.waiting)
        self.waiting = []

    def build(self):
        resources = [ward_data.ward(self.ward, "Contract Ward"), ward_data.ward(self.other_ward, "Other Ward")]
        for i, patient in enumerate([*self.patients, self.stranger]):
            ward = self.other_ward if patient == self.stranger else self.ward
            bed = f"{self.prefix}-bed{i}"
            resources += [ward_data.patient(patient), ward_data.bed(bed, f"Bed {i + 1}", ward),
                          ward_data.encounter(f"{self.prefix}-e{i}", patient, [bed, ward])]
        self.put(*resources)

    def new_id(self):
        self.n += 1
        return f"{self.prefix}-o{self.n}"

    def expect(self, patient, channel, seconds, value):
        if patient in self.patients:
            when = self.now.timestamp() + seconds
            self.expected[patient, channel, when] = (value, CHANNEL_UNIT[channel])

    def forget(self, patient, channel, seconds):
        del self.expected[patient, channel, self.now.timestamp() + seconds]

    def add(self, patient, channel, seconds, value, name=None):
        resource = ward_data.vital(name or self.new_id(), patient, channel, seconds, value, self.now)
        self.waiting.append(resource)
        self.expect(patient, channel, seconds, value)
        return resource

    def add_pressure(self, patient, seconds, **values):
        self.waiting.append(ward_data.pressure(self.new_id(), patient, seconds, values, self.now))
        for channel, value in values.items():
            self.expect(patient, channel, seconds, value)

    def add_round(self, patient, seconds, step=0):
        for channel, value in USUAL.items():
            self.add(patient, channel, seconds, value + step % 4)
        self.add_pressure(patient, seconds, systolic=118 + step % 5, diastolic=74 + step % 3, map=89 + step % 3)


def fill_history(ward, side):
    """5.5 hours, the first patient densely so that one search has many pages."""
    for i in range(side.n_rounds):
        for patient in [*ward.patients, ward.stranger]:
            ward.add_round(patient, -600 - i * 19800 // side.n_rounds, i)
    for i in range(side.n_dense):
        ward.add(ward.patients[0], "heart_rate", -605 - i * 19800 // side.n_dense, 70 + i % 5)
    ward.send()


def step_live(ward):
    """What is charted now, of a stranger too, who must not be seen."""
    seconds = int(time.time() - ward.now.timestamp())
    for i, patient in enumerate([*ward.patients, ward.stranger]):
        ward.add_round(patient, seconds, i)


def step_late(ward):
    """Charted now, measured hours ago: older than everything that polling has seen."""
    for patient in ward.patients:
        ward.add(patient, "temperature", -9001, 38.1)
        ward.add(patient, "glucose", -12001, 133)


def step_corrected(ward):
    """A second version with another value, and one with another time: the first time holds nothing any more."""
    patient = ward.patients[1]
    ward.value_id, ward.moved_id = ward.new_id(), ward.new_id()
    ward.add(patient, "temperature", -310, 36.6, ward.value_id)
    ward.add(patient, "respiratory_rate", -320, 17, ward.moved_id)
    yield
    ward.add(patient, "temperature", -310, 37.4, ward.value_id)["status"] = "corrected"
    ward.forget(patient, "respiratory_rate", -320)
    ward.add(patient, "respiratory_rate", -350, 17, ward.moved_id)["status"] = "amended"


def step_withdrawn(ward):
    patient = ward.patients[2]
    name = ward.new_id()
    ward.add(patient, "spo2", -410, 88, name)
    yield
    ward.add(patient, "spo2", -410, 88, name)["status"] = "entered-in-error"
    ward.forget(patient, "spo2", -410)


def step_units(ward):
    """Other units are converted, or never shown as if they were right."""
    patient = ward.patients[0]
    for seconds, value, unit, channel, shown in ((-510, 98.6, "[degF]", "temperature", 37.0),
                                                 (-520, 5.5, "mmol/L", "glucose", 99.09)):
        resource = ward.add(patient, channel, seconds, shown)
        resource["valueQuantity"] = ward_data.quantity(value, unit)
    resource = ward.add(patient, "glucose", -530, 0)
    resource["valueQuantity"] = ward_data.quantity(99, "kg/L")
    ward.forget(patient, "glucose", -530)


def step_absent(ward):
    """Measured in vain: the reason instead of a value."""
    resource = ward.add(ward.patients[0], "respiratory_rate", -540, None)
    del resource["valueQuantity"]
    resource["dataAbsentReason"] = {"coding": [
        {"system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": "error"}]}


def step_repeated(ward):
    """The same again, under the same id and under another: one value."""
    patient, name = ward.patients[1], ward.new_id()
    ward.add(patient, "spo2", -610, 96, name)
    yield
    ward.add(patient, "spo2", -610, 96, name)
    ward.add(patient, "spo2", -610, 96)


def agree(ward, follower, what):
    good = follower.wait_for(lambda f: not differences(f.values, ward.expected), LIMIT_S)
    with follower.changed:
        words = differences(follower.values, ward.expected)
        doubled = [key for key in follower.doubled if key[0].startswith(ward.prefix)]
    assert good, f"{what}: {len(words)} differences\n" + "\n".join(words[:20]) + f"\n{follower.statuses[-3:]}"
    assert not doubled, f"{what}: came twice: {doubled[:10]}"
    assert not follower.bad_lines, follower.bad_lines[:3]
    print(f"{what}: {len(ward.expected)} values as put in", flush=True)


def run_step(ward, follower, step):
    parts = step(ward)
    ward.send()
    if parts is not None:                       # a generator: first state, then what changes it
        for n, _ in enumerate(parts):
            ward.send()
            agree(ward, follower, f"{step.__name__} before {n + 1}")
        ward.send()
    agree(ward, follower, step.__name__)


def check_nothing_vanishes(ward, follower):
    """Two polls and a bit later everything still stands, and nothing came twice."""
    time.sleep(13)
    agree(ward, follower, "two polls later")


def check_unknown_ward(side, cli):
    """A ward that is not there: no patients, and never a "live" without saying so."""
    follower = Follower(cli, side.base, "--poll", "--ward", f"none-{uuid.uuid4().hex[:8]}", "--for", "20")
    follower.wait_for(lambda f: f.state() in ("live", "fault"), 20)
    follower.close()
    assert not follower.patients and not follower.values, "patients of another ward were shown"


def check_wrong_address(side, cli):
    """Not a FHIR server at this address: said in words, never live."""
    follower = Follower(cli, side.base.rsplit("/", 1)[0] + "/nowhere", "--poll", "--for", "20")
    said = follower.wait_for(lambda f: any(state not in ("connecting", "loading") for _, state, _ in f.statuses), 20)
    follower.close()
    assert said, "nothing was said about an address without a FHIR server"
    assert not any(state == "live" for _, state, _ in follower.statuses), "live without a server"
    words = next(message for _, state, message in follower.statuses if state not in ("connecting", "loading"))
    assert words, "a failure without words"
    print(f"wrong address: {words}", flush=True)


def write_recording(path, rng):
    """Three patients over 80 minutes: minute rows, a cuff now and then, other units; what must be seen of it."""
    begin, expected = 1790000000, {}
    with path.open("w", encoding="utf-8") as out:
        out.write("patient,time,channel,value,unit\n")
        for second in range(0, 4800, 60):
            for patient in ("ana", "ben", "cho"):
                for channel, usual in USUAL.items():
                    value = usual + rng.randrange(4)
                    out.write(f"{patient},{ward_data.iso_of(begin + second)},{channel},{value},{CHANNEL_UNIT[channel]}\n")
                    expected[patient, channel, begin + second] = (value, CHANNEL_UNIT[channel])
                if second % 900 == 0:
                    for channel, value in (("systolic", 16), ("diastolic", 10), ("map", 12)):
                        out.write(f"{patient},{ward_data.iso_of(begin + second)},{channel},{value},kPa\n")
                        expected[patient, channel, begin + second] = (value * 7.50062, "mm[Hg]")
    return expected


def check_gateway(cli, program, *options):
    """A recording at a minute a second, from history into live, must come out whole, by polls as by the stream."""
    with tempfile.TemporaryDirectory() as folder:
        recording, token_file = Path(folder) / "ward.csv", Path(folder) / "token"
        expected = write_recording(recording, random.Random(4))
        with peers.gateway(program, "--replay", str(recording), "--speed", "60") as (base, token):
            token_file.write_text(token)
            follower = Follower(cli, base, *options, token_file=token_file)
            whole = follower.wait_for(lambda f: not differences(f.values, expected), LIMIT_S)
            status = follower.close()
            words = differences(follower.values, expected)
            assert whole and not words, f"{len(words)} differences: {words[:10]} {follower.statuses[-3:]}"
            assert not follower.doubled, follower.doubled[:10]
            assert status == 0, status
            token_file.write_text("wrong")
            refused = Follower(cli, base, *options, "--for", "30", token_file=token_file)
            refused.wait_for(lambda f: False, 40)
            assert refused.close() == 3 and not refused.values, "a wrong token was let in"
            print(f"gateway {' '.join(options) or 'by stream'}: {len(expected)} values as recorded", flush=True)


class Hapi:
    n_rounds, n_dense, batch = 12, 1100, 100
    running = staticmethod(hapi_peer.running)
    steps = (step_live, step_late, step_corrected, step_withdrawn, step_units, step_absent, step_repeated, step_live)


class Medplum:
    n_rounds, n_dense, batch = 3, 20, 50
    running = staticmethod(medplum_peer.running)
    steps = Hapi.steps


def main():
    if sys.argv[1] == "gateway":
        check_gateway(sys.argv[3], sys.argv[4], "--poll")
        check_gateway(sys.argv[3], sys.argv[4])
        return
    side, build, cli = {"hapi": Hapi, "medplum": Medplum}[sys.argv[1]](), sys.argv[2], sys.argv[3]
    with side.running(build) as base:
        side.base = base
        ward = Ward(FhirClient(base), side.batch)
        ward.build()
        fill_history(ward, side)
        follower = Follower(cli, base, "--poll", "--ward", ward.ward)
        try:
            agree(ward, follower, "first load")
            assert set(follower.patients) == set(ward.patients), f"patients {sorted(follower.patients)}"
            assert all(line["bed"] for line in follower.patients.values()), "a patient without a bed"
            assert follower.wait_for(lambda f: f.state() == "live", LIMIT_S), follower.statuses
            for step in side.steps:
                run_step(ward, follower, step)
            check_nothing_vanishes(ward, follower)
        finally:
            status = follower.close()
            if follower.errors:
                print(f"twinward-cli said: {follower.errors}")
        assert status == 0, f"twinward-cli ended with {status}"
        check_unknown_ward(side, cli)
        check_wrong_address(side, cli)
    print(f"{sys.argv[1]}: the contract holds")


if __name__ == "__main__":
    main()
