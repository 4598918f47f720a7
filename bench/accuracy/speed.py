# SPDX-License-Identifier: GPL-3.0-or-later
"""One stream in one run: our whole stack (cleaning, series, experts, ranges, scoring), our bare filter, the same
filter in FilterPy, and statsmodels' append. CPU time per reading: the medians of interleaved rounds."""

import json
import statistics
import subprocess
import time
import warnings

import numpy as np

N_OURS, N_FILTERPY, N_STATSMODELS, ROUNDS = 20000, 2000, 60, 5


def write_stream(path):
    generator = np.random.default_rng(7)
    level = np.zeros(N_OURS)
    for i in range(1, N_OURS):
        level[i] = .98 * level[i - 1] + generator.normal(0, 1.5)
    values = np.round(80 + level + generator.normal(0, 3, N_OURS))
    start = np.datetime64("2000-01-01T00:00:00")
    with open(path, "w", encoding="utf-8") as file:
        file.write("patient,time,channel,value,unit\n")
        for i, value in enumerate(values):
            file.write(f"one,{start + np.timedelta64(15 * i, 'm')}Z,map,{value:g},mm[Hg]\n")
    return values


def ours(cli, path):
    done = subprocess.run([cli, "backtest", "--json", "--horizons", "60", path], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)["ns_per_observation"]


def filterpy(values):
    from filterpy.kalman import KalmanFilter
    kalman = KalmanFilter(dim_x=3, dim_z=1)
    kalman.x = np.array([[values[0]], [0.], [0.]])
    kalman.P = np.diag([300., 40., 9.])
    kalman.F = np.diag([1., .8, .1])
    kalman.H = np.ones((1, 3))
    kalman.Q = np.diag([1., 10., 8.])
    kalman.R = np.array([[16.]])
    begin = time.process_time()
    for value in values[:N_FILTERPY]:
        kalman.predict()
        kalman.update(value)
    return (time.process_time() - begin) / N_FILTERPY * 1e9


def statsmodels(values):
    from statsmodels.tsa.statespace.structural import UnobservedComponents
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = UnobservedComponents(values[:50], "local level").filter([9., 1.])
        begin = time.process_time()
        for value in values[50:50 + N_STATSMODELS]:
            result = result.append([value])
    return (time.process_time() - begin) / N_STATSMODELS * 1e9


def bare(program, path):
    return float(subprocess.run([program, path], stdout=subprocess.PIPE, check=True).stdout.split()[0])


def measure(build, work):
    cli, filter_alone = build / "src" / "twinward-cli", build / "bench" / "bench-stream"
    path = work / "stream.csv"
    values = write_stream(path)
    rounds = {"ours_ns": [], "filter_ns": [], "filterpy": [], "statsmodels": []}
    for _ in range(ROUNDS):
        rounds["ours_ns"].append(ours(cli, path))
        rounds["filter_ns"].append(bare(filter_alone, path))
        rounds["filterpy"].append(filterpy(values))
        rounds["statsmodels"].append(statsmodels(values))
    return {name: statistics.median(each) for name, each in rounds.items()}
