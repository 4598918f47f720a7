#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts an invented ward of four patients on a FHIR server, six hours of history and new readings every ten seconds:
something to look at while Twinward is pointed at a server. Ends with Ctrl+C; what was written stays on the server.

usage: live_ward.py ADDRESS [TOKEN_FILE]      never on a server that holds real patients
"""

import datetime
import random
import sys
import time
from pathlib import Path

import ward_data
from fhir_client import FhirClient

WARD = "twinward-try"
PATIENTS = [f"{WARD}-{i}" for i in range(1, 5)]
USUAL = {"heart_rate": (82, 5), "respiratory_rate": (16, 2), "spo2": (96, 1), "temperature": (37, 0.3)}


def row(rng, patient, when):
    stamp = f"{patient}-{int(when.timestamp())}"
    resources = [ward_data.vital(f"{stamp}-{channel.replace('_', '-')}", patient, channel, 0,
                                 round(rng.gauss(mean, spread / 3), 1 if channel == "temperature" else 0), when)
                 for channel, (mean, spread) in USUAL.items()]
    systolic = rng.randrange(112, 124)
    values = {"systolic": systolic, "diastolic": systolic - 45, "map": systolic - 30}
    return [*resources, ward_data.pressure(f"{stamp}-pressure", patient, 0, values, when)]


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    token = Path(sys.argv[2]).read_text(encoding="utf-8").split("\n")[0].strip() if len(sys.argv) == 3 else None
    client, rng = FhirClient(sys.argv[1], token), random.Random(4)
    places = [ward_data.ward(WARD, "Ward to try")]
    for i, patient in enumerate(PATIENTS):
        places += [ward_data.patient(patient), ward_data.bed(f"{patient}-bed", f"Bed {i + 1}", WARD),
                   ward_data.encounter(f"{patient}-stay", patient, [f"{patient}-bed", WARD])]
    client.transaction(places)
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    for minutes in range(360, 0, -10):
        at = now - datetime.timedelta(minutes=minutes)
        client.transaction([resource for patient in PATIENTS for resource in row(rng, patient, at)])
    print(f"The ward is there. Its id: {WARD}. New readings follow; Ctrl+C ends.", flush=True)
    while True:
        now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
        client.transaction([resource for patient in PATIENTS for resource in row(rng, patient, now)])
        time.sleep(10)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
