# SPDX-License-Identifier: GPL-3.0-or-later
"""The same three-state filter in FilterPy: one line "round N" in, one line of JSON out."""
import json
import sys
import time

import filterpy
import numpy
from filterpy.kalman import KalmanFilter

MEAN, SD, TAU, SD_SLOW, TAU_FAST, SD_FAST, WALK, NOISE = 81, 18, 38.3, 6.45, 2, 3, 4.62, 1.5**2 + 1 / 12


def start():
    kf = KalmanFilter(dim_x=3, dim_z=1)
    kf.x = numpy.array([[MEAN], [0.0], [0.0]])
    kf.P = numpy.diag([SD**2, SD_SLOW**2, SD_FAST**2])
    kf.H = numpy.ones((1, 3))
    kf.R = numpy.array([[NOISE]])
    return kf


def step(kf, minutes, value):
    slow, fast = numpy.exp(-minutes / TAU), numpy.exp(-minutes / TAU_FAST)
    kf.F = numpy.diag([1, slow, fast])
    kf.Q = numpy.diag([WALK * minutes / 60, SD_SLOW**2 * (1 - slow**2), SD_FAST**2 * (1 - fast**2)])
    kf.predict()
    kf.update(value)


def value_of(i):
    return 80 + (i * 7) % 11


def main():
    check = start()
    for i in range(1000):
        step(check, 1 + (i % 3) / 3, value_of(i))
    print(json.dumps({"version": filterpy.__version__, "level": float(check.x.sum())}), flush=True)
    kf = start()
    for line in sys.stdin:
        n = int(line.split()[1])
        begin = time.process_time_ns()
        for i in range(n):
            step(kf, 1 + (i % 3) / 3, value_of(i))
        print(json.dumps({"ns": (time.process_time_ns() - begin) / n}), flush=True)


main()
