#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cost of following 48 patients x 8 channels at 1 Hz: share of a core and memory of the window.

usage: bench-feeds.py TWINWARD GATEWAY [SECONDS]
"""

import json
import math
import os
import random
import subprocess
import sys
import tempfile
import time

from virtual_display import virtual_display

PATIENTS = 48
CHANNELS = [("heart_rate", "/min", 80, 6), ("systolic", "mm[Hg]", 122, 8), ("diastolic", "mm[Hg]", 68, 5),
            ("map", "mm[Hg]", 86, 6), ("respiratory_rate", "/min", 16, 2), ("spo2", "%", 97, 1),
            ("temperature", "Cel", 37, 0.2), ("glucose", "mg/dL", 130, 9)]


def write_recording(path, seconds):
    """Slow waves and noise; pressures of one instant stay in order. Seeded: the same bytes each time."""
    rng = random.Random(48)
    begin = 1767225600  # 2026-01-01
    with open(path, "w", encoding="utf-8") as out:
        out.write("patient,time,channel,value,unit\n")
        for second in range(seconds):
            stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(begin + second))
            for patient in range(PATIENTS):
                wave = math.sin((second + 60 * patient) / 97)
                for name, unit, mean, spread in CHANNELS:
                    value = mean + spread * wave / 2 + rng.gauss(0, spread / 12)
                    if name == "spo2":
                        value = min(value, 100)
                    digits = 1 if name == "temperature" else 0
                    out.write(f"bed{patient:02},{stamp},{name},{value:.{digits}f},{unit}\n")


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid):
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as rollup:
        sizes = {line.split(":")[0]: int(line.split()[1]) for line in rollup if line.endswith("kB\n")}
    return sizes["Rss"] / 1024, sizes["Pss"] / 1024


def main():
    twinward, gateway = sys.argv[1:3]
    seconds = int(sys.argv[3]) if len(sys.argv) > 3 else 60
    with tempfile.TemporaryDirectory() as folder, virtual_display() as env:
        recording, token = os.path.join(folder, "feeds.csv"), os.path.join(folder, "token")
        write_recording(recording, seconds + 240)
        server = subprocess.Popen([gateway, "--embedded", "--replay", recording, "--speed", "1", "--lead", "0.05"],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        url, secret = server.stdout.readline().split()
        with open(token, "w", encoding="ascii") as out:
            out.write(secret)
        app = subprocess.Popen([twinward, "--server", url, "--token-file", token], env=env,
                               stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        time.sleep(20)  # roster, history, first frames
        before, begun = cpu_seconds(app.pid), time.monotonic()
        time.sleep(seconds)
        share = (cpu_seconds(app.pid) - before) / (time.monotonic() - begun)
        rss, pss = memory_mb(app.pid)
        app.terminate()
        app.wait()
        server.stdin.close()
        server.wait()
    print(f"48 patients x 8 channels at 1 Hz for {seconds} s, ward page on screen")
    print(f"share of one core {100 * share:5.1f} %   (target <= 33.3)")
    print(f"resident          {rss:5.0f} MB  (target < 250; proportional {pss:.0f} MB)")
    print(json.dumps({"metric": "feeds", "workload": "48 x 8 x 1 Hz",
                      "ours": {"core_share": share, "rss_mb": rss, "pss_mb": pss, "seconds": seconds}}))


if __name__ == "__main__":
    main()
