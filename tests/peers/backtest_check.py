#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recomputes a backtest's report from the raw rows and the forecasts it wrote, sharing nothing with the program.

    backtest_check.py BUILD CLI                         on recordings that this script makes up (a peer test)
    backtest_check.py --files FOLDER RAW.csv BASELINES  on the forecasts.csv, samples.csv and report.json of FOLDER

Every accepted sample and every observed value is a raw row (in the channel's unit); last_value is the newest
accepted reading at the time of issue; observed is the accepted reading nearest to issue + horizon within a third
of it, the earlier of two as far; no forecast is missing and none is double; quantiles are ordered; and every
figure of the report follows, for the twin, persistence and EWMA.
"""

import csv
import json
import math
import random
import subprocess
import sys
import tempfile
from bisect import bisect_left
from collections import defaultdict
from datetime import datetime, timedelta, timezone
from pathlib import Path

LEVELS = (.025, .1, .25, .5, .75, .9, .975)
WEIGHTS = (.0625, .1125, .2, .25, .2, .1125, .0625)
NORMAL = (-1.9599639845400545, -1.2815515655446004, -.6744897501960817, 0.,
          .6744897501960817, 1.2815515655446004, 1.9599639845400545)
NAMES = ("q025", "q10", "q25", "median", "q75", "q90", "q975")
LOINC = {"8867-4": "heart_rate", "8480-6": "systolic", "8462-4": "diastolic", "8478-0": "map",
         "9279-1": "respiratory_rate", "59408-5": "spo2", "2708-6": "spo2", "8310-5": "temperature",
         "2339-0": "glucose", "15074-8": "glucose", "2345-7": "glucose", "14749-6": "glucose"}
PROBLEMS_SHOWN = 10
problems = []


def wrong(what):
    problems.append(what)


def moment(text, known={}):
    if text not in known:
        known[text] = datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
    return known[text]


def in_unit(channel, value, unit):
    """All readings of a number that a cleaner may rightly take it for."""
    if unit == "mmol/L":
        return (value * 18.016,)
    if unit == "kPa":
        return (value * 7.50062,)
    if channel == "temperature":
        celsius = (value - 32) / 1.8
        return (celsius,) if unit == "[degF]" else (value, celsius) if value > 60 else (value,)
    if channel == "spo2" and value <= 1:
        return (value, value * 100)
    return (value,)


def read_raw(path):
    """(patient, channel, time) -> values as they stand in the file."""
    rows = defaultdict(list)
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            channel = LOINC.get(row["channel"], row["channel"])
            text = row["value"].lstrip("<>")
            if text.lower() in ("low", "high"):
                text = "39" if text.lower() == "low" else "401"
            try:
                value, when = float(text), moment(row["time"])
            except (TypeError, ValueError, AttributeError):
                continue
            rows[row["patient"], channel, when] += in_unit(channel, value, row["unit"])
    return rows


def is_raw(rows, key, value):
    values = rows.get(key, ())
    if any(abs(value - each) < 1e-4 for each in values):
        return True
    different = sorted(set(values))
    if len(different) < 2:
        return False
    middle = len(different) // 2
    median = different[middle] if len(different) % 2 else (different[middle - 1] + different[middle]) / 2
    return abs(value - median) < 1e-4


def read_samples(path, raw):
    """(patient, channel) -> times, values and cadences of what was accepted."""
    accepted = defaultdict(lambda: ([], [], []))
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["accepted"] != "1":
                continue
            when, value = moment(row["time"]), float(row["value"])
            if not is_raw(raw, (row["patient"], row["channel"], when), value):
                wrong(f"accepted {row['channel']} {value} at {row['time']} is no raw row")
            times, values, cadences = accepted[row["patient"], row["channel"]]
            if times and when <= times[-1]:
                wrong(f"accepted {row['channel']} at {row['time']} is out of order")
            times.append(when)
            values.append(value)
            cadences.append(row["cadence"])
    return accepted


def read_baselines(path):
    """(channel, cadence) -> horizon, persistence sd, alpha, ewma sd; horizons rise."""
    table = defaultdict(list)
    with open(path, newline="", encoding="utf-8") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        for row in rows:
            table[row["channel"], row["cadence"]].append(
                tuple(float(row[name]) for name in ("horizon_min", "persistence_sd", "ewma_alpha", "ewma_sd")))
    return table


def at_horizon(rows, horizon, known={}):
    key = (id(rows), horizon)
    if key not in known:
        for low, high in zip(rows, rows[1:]):
            if low[0] <= horizon <= high[0]:
                share = (horizon - low[0]) / (high[0] - low[0])
                known[key] = tuple(a + share * (b - a) for a, b in zip(low[1:], high[1:]))
                break
        else:
            known[key] = rows[0][1:] if horizon < rows[0][0] else rows[-1][1:]
    return known[key]


def find_target(times, issue, horizon):
    """Index of the accepted reading that the forecast is to be met by; None where there is none."""
    due = issue + 60 * horizon
    at = bisect_left(times, due)
    near = [i for i in (at - 1, at) if 0 <= i < len(times) and abs(times[i] - due) <= 20 * horizon + 1e-6]
    return min(near, key=lambda i: (abs(times[i] - due), i)) if near else None


class Figures:
    def __init__(self):
        self.n = self.absolute = self.square = self.crps = self.error = 0
        self.inside = [0, 0, 0]
        self.by_patient = defaultdict(lambda: [0, 0])

    def add(self, patient, quantiles, observed):
        error = quantiles[3] - observed
        self.n += 1
        self.absolute += abs(error)
        self.square += error * error
        self.error += error
        pinball = 0
        for level, weight, q in zip(LEVELS, WEIGHTS, quantiles):
            pinball += weight * (level * (observed - q) if observed >= q else (1 - level) * (q - observed))
        self.crps += 2 * pinball
        for i, (low, high) in enumerate(((2, 4), (1, 5), (0, 6))):
            self.inside[i] += quantiles[low] <= observed <= quantiles[high]
        own = self.by_patient[patient]
        own[0] += 1
        own[1] += quantiles[1] <= observed <= quantiles[5]

    def report(self):
        judged = [own for own in self.by_patient.values() if own[0] >= 50]
        off = [own for own in judged if abs(10 * own[1] - 8 * own[0]) > own[0]]
        return {"mae": self.absolute / self.n, "rmse": math.sqrt(self.square / self.n), "crps": self.crps / self.n,
                "bias": self.error / self.n, "coverage50": self.inside[0] / self.n,
                "coverage80": self.inside[1] / self.n, "coverage95": self.inside[2] / self.n,
                "patients_off_by_10_points": len(off) / len(judged) if judged else None}


def smooth(series, rows_of, channel, horizon):
    """The smoothed value after each accepted reading."""
    _, values, cadences = series
    level, levels = values[0], [values[0]]
    for value, cadence in zip(values[1:], cadences[1:]):
        level += at_horizon(rows_of[channel, cadence], horizon)[1] * (value - level)
        levels.append(level)
    return levels


def check_forecasts(path, accepted, baselines):
    """Checks every row; (channel, horizon) -> figures of the three models, and (series, horizon) -> issues."""
    figures, issued, smoothed = defaultdict(lambda: (Figures(), Figures(), Figures())), defaultdict(set), {}
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            patient, channel, horizon = row["patient"], row["channel"], int(row["horizon_min"])
            series, issue = accepted[patient, channel], moment(row["issued_at"])
            times, values, cadences = series
            name = f"{channel} {horizon} min at {row['issued_at']}"
            at = bisect_left(times, issue)
            if at >= len(times) or times[at] != issue:
                wrong(f"{name}: not issued at an accepted reading")
                continue
            if at < 5:
                wrong(f"{name}: only {at} earlier readings")
            if issue in issued[patient, channel, horizon]:
                wrong(f"{name}: twice")
            issued[patient, channel, horizon].add(issue)
            if abs(values[at] - float(row["last_value"])) > 1e-9:
                wrong(f"{name}: last_value {row['last_value']} is not the newest accepted {values[at]}")
            target, observed = find_target(times, issue, horizon), float(row["observed"])
            if target is None or times[target] != moment(row["target_time"]) or values[target] != observed:
                wrong(f"{name}: observed {observed} at {row['target_time']} is not the nearest reading")
            quantiles = [float(row[q]) for q in NAMES]
            if sorted(quantiles) != quantiles:
                wrong(f"{name}: quantiles are out of order")
            baseline = at_horizon(baselines[channel, cadences[at]], horizon)
            if (patient, channel, horizon) not in smoothed:
                smoothed[patient, channel, horizon] = smooth(series, baselines, channel, horizon)
            level = smoothed[patient, channel, horizon][at]
            ours, last, ewma = figures[channel, horizon]
            ours.add(patient, quantiles, observed)
            last.add(patient, [values[at] + z * baseline[0] for z in NORMAL], observed)
            ewma.add(patient, [level + z * baseline[2] for z in NORMAL], observed)
    return figures, issued


def check_complete(accepted, issued, horizons):
    """Every accepted reading with five earlier ones and a target has its forecast."""
    for (patient, channel), (times, _, _) in accepted.items():
        for horizon in horizons.get(channel, ()):
            known = issued[patient, channel, horizon]
            for issue in times[5:]:
                if (find_target(times, issue, horizon) is not None) != (issue in known):
                    wrong(f"{channel} {horizon} min: {'missing' if issue not in known else 'too many'}")


def check_report(report, figures):
    seen = set()
    for result in report["results"]:
        key = result["channel"], result["horizon_min"]
        seen.add(key)
        models = figures.get(key)
        if models is None or models[0].n != result["n"]:
            wrong(f"{key}: n is {result['n']}, the file holds {models[0].n if models else 0}")
            continue
        if len(models[0].by_patient) != result["patients"]:
            wrong(f"{key}: patients")
        for model, said in zip(models, (result, result["persistence"], result["ewma"])):
            for name, value in model.report().items():
                same = said[name] == value if value is None or said[name] is None \
                    else math.isclose(said[name], value, rel_tol=1e-7, abs_tol=1e-7)
                if not same:
                    wrong(f"{key} {name}: the report says {said[name]}, the files {value}")
        for name, figure in (("skill_rmse", "rmse"), ("skill_crps", "crps")):
            skill = 1 - models[0].report()[figure] / models[1].report()[figure]
            if not math.isclose(result[name], skill, rel_tol=1e-7, abs_tol=1e-7):
                wrong(f"{key} {name}: the report says {result[name]}, the files {skill}")
    if seen != set(figures):
        wrong("the report and the file hold other channels or horizons")


def check(folder, raw, baselines, all_horizons):
    report = json.loads((folder / "report.json").read_text())
    accepted = read_samples(folder / "samples.csv", read_raw(raw))
    figures, issued = check_forecasts(folder / "forecasts.csv", accepted, read_baselines(baselines))
    check_report(report, figures)
    if all_horizons:
        horizons = defaultdict(set)
        for channel, horizon in figures:
            horizons[channel].add(horizon)
        check_complete(accepted, issued, horizons)
    return sum(models[0].n for models in figures.values())


def write_recording(path):
    """Six people: charted vitals, cuff pressures and glucose in both units, with what real files hold: zeros,
    spikes, repeats, two values of one time, words, Fahrenheit, and rows that are no rows."""
    dice = random.Random(2385)
    with open(path, "w", encoding="utf-8") as file:
        file.write("patient,time,channel,value,unit\n")
        for person in range(6):
            when, pressure, rate = datetime(2000, 1, 1, person, tzinfo=timezone.utc), 84., 91.
            for i in range(130):
                when += timedelta(seconds=dice.choice((300, 1260, 2400, 3600, 3660)) + dice.randrange(0, 90))
                pressure += dice.gauss(0, 2) + .1 * (82 - pressure)
                rate += dice.gauss(0, 3) + .1 * (90 - rate)
                stamp = when.isoformat().replace("+00:00", "Z")

                def put(channel, value, unit):
                    file.write(f"\"p, {person}\",{stamp},{channel},{value},{unit}\n")

                put("map", 0 if i % 31 == 30 else round(pressure + dice.gauss(0, 3)), "mm[Hg]")
                put("8867-4", 240 if i % 43 == 42 else round(rate + dice.gauss(0, 2)), "/min")
                if i % 23 == 22:
                    put("8867-4", 77, "/min")
                if i % 3 == 0:
                    glucose = dice.uniform(5, 9)
                    put("glucose", f"{glucose:.1f}", "mmol/L") if i % 2 else put("glucose", f"{glucose * 18:.0f}", "mg/dL")
                if i % 5 == 0:
                    put("temperature", f"{dice.gauss(98.6, .5):.1f}", "[degF]" if i % 2 else "Cel")
                if i % 50 == 49:
                    put("map", "eighty", "mm[Hg]")


def run(cli, folder, *options):
    raw = folder / "rows.csv"
    done = subprocess.run([cli, "backtest", "--json", "--forecasts", folder / "forecasts.csv", "--samples",
                           folder / "samples.csv", *options, raw], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          check=True)
    (folder / "report.json").write_bytes(done.stdout)


def can_fail(folder, raw, baselines):
    """The check must see a wrong number: one observed value is moved by a tenth."""
    path = folder / "forecasts.csv"
    lines = path.read_text().splitlines()
    cells = lines[-1].rsplit(",", 1)
    lines[-1] = f"{cells[0]},{float(cells[1]) + .1:g}"
    path.write_text("\n".join(lines) + "\n")
    check(folder, raw, baselines, False)
    seen = len(problems) > 0
    problems.clear()
    return seen


def self_test(cli):
    baselines = Path(__file__).resolve().parents[2] / "data" / "tables" / "baselines.csv"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_recording(folder / "rows.csv")
        run(cli, folder)
        n = check(folder, folder / "rows.csv", baselines, False)
        run(cli, folder, "--horizons", "30,60,45,240")
        n += check(folder, folder / "rows.csv", baselines, True)
        if n < 3000:
            wrong(f"only {n} forecasts")
        if not problems and not can_fail(folder, folder / "rows.csv", baselines):
            wrong("a wrong number was not seen")
        return n


def main():
    if sys.argv[1] == "--files":
        n = check(Path(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]), True)
    else:
        n = self_test(sys.argv[2])
    for problem in problems[:PROBLEMS_SHOWN]:
        print(problem)
    print(f"{n} forecasts recomputed, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
