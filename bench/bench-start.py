#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time to the first frame of `twinward --demo` beside an empty libadwaita window, and to the first forecast.

usage: bench-start.py TWINWARD EMPTY_WINDOW [ROUNDS]
"""

import json
import statistics
import subprocess
import sys
import threading
import time

from virtual_display import virtual_display


def marks_of(command, env, wanted, limit_s=30):
    """Starts a program and returns {mark: milliseconds since its start}."""
    begun_us = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    program = subprocess.Popen(command, env=env, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    timer = threading.Timer(limit_s, program.kill)
    timer.start()
    marks = {}
    for line in program.stderr:
        words = line.split()
        if len(words) == 2 and words[0] in wanted:
            marks[words[0]] = (int(words[1]) - begun_us) / 1000
            if len(marks) == len(wanted):
                break
    timer.cancel()
    program.terminate()
    program.wait()
    return marks


def main():
    twinward, empty = sys.argv[1:3]
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 7
    ours, theirs, forecasts, ratios = [], [], [], []
    with virtual_display() as env:
        marks_of([empty], env, {"first-frame"})
        for _ in range(rounds):
            peer = marks_of([empty], env, {"first-frame"})["first-frame"]
            mine = marks_of([twinward, "--demo", "--speed", "60", "--timings"], env,
                            {"first-frame", "first-forecast"})
            theirs.append(peer)
            ours.append(mine["first-frame"])
            forecasts.append(mine.get("first-forecast", float("nan")))
            ratios.append(mine["first-frame"] / peer)
    ratio = statistics.median(ratios)
    print(f"{'':24}{'median':>10}{'min':>10}{'max':>10}   ms, {rounds} rounds")
    for name, values in (("twinward first frame", ours), ("empty window", theirs),
                         ("twinward first forecast", forecasts)):
        print(f"{name:24}{statistics.median(values):10.0f}{min(values):10.0f}{max(values):10.0f}")
    print(f"first frame / empty window: {ratio:.2f} (target <= 1.2); first forecast target <= 5000 ms")
    print(json.dumps({"metric": "start", "workload": "twinward --demo --speed 60",
                      "ours": {"median": statistics.median(ours), "min": min(ours), "n": rounds, "unit": "ms",
                               "first_forecast_median": statistics.median(forecasts)},
                      "peers": {"empty libadwaita window": {"median": statistics.median(theirs),
                                                            "ratio": ratio}}}))


if __name__ == "__main__":
    main()
