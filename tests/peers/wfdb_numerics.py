#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real record of one-minute numerics: what Twinward received equals what the wfdb library reads.

usage: wfdb_numerics.py BUILD GATEWAY CLI SHARED
"""

import datetime
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path

import peers

RECORD = "formats/wfdb_samples/sample-data/multi-segment/s00001/s00001-2896-10-10-00-31n"
SIGNALS = {"HR": "heart_rate", "RESP": "respiratory_rate", "SpO2": "spo2"}
PRESSURES = {"Sys": "systolic", "Dias": "diastolic", "Mean": "map"}

if not (Path(sys.argv[4]) / (RECORD + ".hea")).exists():
    peers.skip("the real record is not here")
peers.with_packages(sys.argv[1], "wfdb==4.1.2", "pandas==2.2.3")

import wfdb  # noqa: E402  (after the environment is there)


def theirs():
    record = wfdb.rdrecord(str(Path(sys.argv[4]) / RECORD))
    begin = datetime.datetime.combine(record.base_date, record.base_time)
    values = {}
    for frame in range(record.sig_len):
        row = dict(zip(record.sig_name, (float(value) for value in record.p_signal[frame])))
        second = round((begin + datetime.timedelta(seconds=frame / record.fs)).timestamp())
        found = {channel: row[name] for name, channel in SIGNALS.items()}
        # One source speaks for the three pressures of an instant: the arterial line where it has any.
        sets = [{channel: row[source + part] for part, channel in PRESSURES.items()}
                for source in ("ABP", "NBP")]
        speaking = [s for s in sets if any(value > 0 for value in s.values())]
        found.update(speaking[0] if speaking else sets[0])
        values.update({(channel, second): value for channel, value in found.items()
                       if not math.isnan(value)})
    return values


def ours():
    values = {}
    with peers.gateway(sys.argv[2], "--replay", str(Path(sys.argv[4]) / (RECORD + ".hea")),
                       "--lead", "48") as (url, token), tempfile.NamedTemporaryFile("w") as secret:
        secret.write(token)
        secret.flush()
        lines = subprocess.run([sys.argv[3], "follow", "--server", url, "--token-file", secret.name,
                                "--history", "--for", "8"], stdout=subprocess.PIPE, text=True, check=True).stdout
    for line in lines.splitlines():
        said = json.loads(line)
        if said["type"] == "value" and said["action"] == "add" and said["value"] is not None:
            moment = datetime.datetime.fromisoformat(said["time"].replace("Z", "+00:00")).replace(tzinfo=None)
            values[said["channel"], round(moment.timestamp())] = said["value"]
    return values


def main():
    expected, received = theirs(), ours()
    common = expected.keys() & received.keys()
    wrong = [key for key in common if abs(expected[key] - received[key]) > 1e-6]
    print(f"{len(expected)} values by wfdb, {len(received)} by Twinward, {len(common)} in common,"
          f" {len(wrong)} differ")
    assert not wrong, wrong[:10]
    assert len(common) >= 0.9 * len(received) > 1000


if __name__ == "__main__":
    main()
