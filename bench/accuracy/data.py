# SPDX-License-Identifier: GPL-3.0-or-later
"""The data sets of the comparison: split by person, lived through by twinward-cli, read back as arrays."""

import csv
import hashlib
import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import numba
import numpy as np
import pandas as pd

N_FOLDS = 5
QUANTILES = ("q025", "q10", "q25", "median", "q75", "q90", "q975")
MIN_EARLIER = 5
VITALS = ("heart_rate", "systolic", "diastolic", "map", "respiratory_rate", "spo2", "temperature", "glucose")


@dataclass(frozen=True)
class Source:
    folder: str
    horizons: tuple
    glucose: bool = False
    ar_lags: int = 3


SOURCES = (
    Source("icu-eicu-nibp", (15, 30, 60)),
    Source("icu-eicu-hourly", (60, 240)),
    Source("icu-cinc2012", (60, 240)),
    Source("icu-mimic4-demo", (60, 240)),
    Source("cgm-broll", (30, 60), True, 12),
    Source("cgm-colas-2019", (30, 60), True, 12),
    Source("cgm-hall-2018", (30, 60), True, 12),
    Source("cgm-bigideas", (30, 60), True, 12),
    Source("cgm-d1namo", (30, 60), True, 12),
    Source("cgm-physiocgm", (30, 60), True, 12),
    Source("t1d-azt1d", (30, 60), True, 12),
)


def fold_of(person):
    """FNV-1a, 32 bits, of the UTF-8 id, modulo 5."""
    value = 2166136261
    for byte in person.encode():
        value = (value ^ byte) * 16777619 & 0xffffffff
    return value % N_FOLDS


def file_digest(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


@dataclass
class Cell:
    """One channel of one data set: accepted readings of all patients end to end, and what was forecast."""
    source: str
    channel: str
    patients: list = field(default_factory=list)   # ids, by series
    persons: np.ndarray = None                     # number of the person, by series
    folds: np.ndarray = None                       # by series
    start: np.ndarray = None                       # of each series, and the end
    t: np.ndarray = None                           # minutes
    v: np.ndarray = None
    issue: dict = field(default_factory=dict)      # horizon -> index of the newest reading at issue
    target: dict = field(default_factory=dict)     # horizon -> index of the reading that came true
    ours: dict = field(default_factory=dict)       # horizon -> n x 7 quantiles
    expected: dict = field(default_factory=dict)   # horizon -> rows that a plain reader expects

    def series_of(self, horizon):
        return np.searchsorted(self.start, self.issue[horizon], side="right") - 1

    def digest(self):
        state = hashlib.sha256()
        for array in (self.t, self.v, self.start, self.folds):
            state.update(np.ascontiguousarray(array).tobytes())
        for horizon in sorted(self.issue):
            state.update(f"{horizon}".encode())
            state.update(self.issue[horizon].tobytes())
            state.update(self.target[horizon].tobytes())
        return state.hexdigest()[:24]


@numba.njit(cache=True)
def pair(t, start, horizon, tolerance):
    """Issue and target of every forecast: at least 5 earlier readings, the nearest reading to issue + horizon
    within the tolerance, the earlier of two as far. All in whole microseconds: two readings as far as each
    other must be so exactly."""
    issue, target = [], []
    for s in range(len(start) - 1):
        j = start[s]
        for i in range(start[s] + MIN_EARLIER, start[s + 1]):
            due = t[i] + horizon
            while j < start[s + 1] and t[j] < due:
                j += 1
            best = -1
            if j > i + 1:
                best = j - 1
            if j < start[s + 1] and (best < 0 or t[j] - due < due - t[best]):
                best = j
            if best > i and abs(t[best] - due) <= tolerance:
                issue.append(i)
                target.append(best)
    return np.array(issue, dtype=np.int64), np.array(target, dtype=np.int64)


class Data:
    """Splits, backtests and loads under one folder; what is already there for the same inputs is kept."""

    def __init__(self, shared, work, cli, tables):
        self.shared, self.work, self.cli, self.tables = Path(shared), Path(work), Path(cli), tables
        self.program = file_digest(cli)

    def persons(self, source):
        path = self.shared / source.folder / "patients.csv"
        if source.folder != "icu-mimic4-demo":
            return {}
        with open(path, newline="", encoding="utf-8") as file:
            return {row["patient"]: row["person"] for row in csv.DictReader(file)}

    def split(self, source):
        """observations.csv cut by fold of the person; paths by fold."""
        raw = self.shared / source.folder / "observations.csv"
        folder = self.work / "split" / source.folder
        stamp = folder / "input"
        paths = [folder / f"fold-{k}.csv" for k in range(N_FOLDS)]
        digest = file_digest(raw)
        if stamp.exists() and stamp.read_text() == digest:
            return paths
        folder.mkdir(parents=True, exist_ok=True)
        persons = self.persons(source)
        folds = {}
        with open(raw, encoding="utf-8") as file:
            header = file.readline()
            outs = [open(path, "w", encoding="utf-8") for path in paths]
            for out in outs:
                out.write(header)
            for line in file:
                patient = line.split(",", 1)[0]
                if patient not in folds:
                    folds[patient] = fold_of(persons.get(patient, patient))
                outs[folds[patient]].write(line)
            for out in outs:
                out.close()
        stamp.write_text(digest)
        return paths

    def tables_of(self, fold):
        return None if self.tables is None else self.tables / f"fold-{fold}"

    def backtest(self, source, fold, path):
        """Runs twinward-cli backtest on one fold; folder of its three files."""
        out = self.work / "backtest" / source.folder / f"fold-{fold}"
        stamp = out / "made-by"
        tables = self.tables_of(fold)
        state = hashlib.sha256((self.program + file_digest(path)).encode())
        for table in sorted(tables.glob("*.csv")) if tables else []:
            state.update(table.name.encode() + table.read_bytes())
        digest = state.hexdigest()
        if stamp.exists() and stamp.read_text() == digest:
            return out
        out.mkdir(parents=True, exist_ok=True)
        command = [self.cli, "backtest", "--json", "--forecasts", out / "forecasts.csv", "--samples",
                   out / "samples.csv", "--horizons", ",".join(map(str, source.horizons))]
        if source.glucose:
            command += ["--channels", "glucose"]
        if tables:
            command += ["--tables", tables]
        done = subprocess.run([*command, path], stdout=subprocess.PIPE, check=True)
        (out / "report.json").write_bytes(done.stdout)
        stamp.write_text(digest)
        return out

    def load(self, source):
        """The cells of a data set, and its reports by fold."""
        folders = [self.backtest(source, k, path) for k, path in enumerate(self.split(source))]
        samples, forecasts, reports = [], [], []
        for folder in folders:
            samples.append(pd.read_csv(folder / "samples.csv", dtype={"patient": str},
                                       usecols=["patient", "channel", "time", "value", "accepted"]))
            forecasts.append(pd.read_csv(folder / "forecasts.csv", dtype={"patient": str}))
            reports.append(json.loads((folder / "report.json").read_text()))
        samples = pd.concat(samples, ignore_index=True)
        samples = samples[samples.accepted == 1]
        samples["minute"] = minutes(samples.time)
        forecasts = pd.concat(forecasts, ignore_index=True)
        forecasts["minute"] = minutes(forecasts.issued_at)
        persons = self.persons(source)
        expected = self.expect(source)
        cells = []
        for channel in VITALS:
            mine = samples[samples.channel == channel]
            if len(mine) > 0 and (not source.glucose or channel == "glucose"):
                cells.append(make_cell(source, channel, mine, forecasts[forecasts.channel == channel], persons,
                                       expected))
        return [cell for cell in cells if any(len(cell.issue[h]) for h in source.horizons)], reports

    def expect(self, source):
        """(channel, horizon) -> forecasts that a plain reader of the raw file expects: every number counts, one
        a patient, channel and time."""
        raw = pd.read_csv(self.shared / source.folder / "observations.csv", dtype=str,
                          usecols=["patient", "time", "channel", "value"])
        raw = raw[raw.channel.isin(VITALS)]
        raw = raw[np.isfinite(pd.to_numeric(raw.value, errors="coerce"))]
        raw = raw.drop_duplicates(["patient", "channel", "time"])
        raw["minute"] = minutes(raw.time)
        found = {}
        for channel, rows in raw.groupby("channel"):
            rows = rows.sort_values(["patient", "minute"], kind="stable")
            start = np.append(np.flatnonzero(rows.patient.ne(rows.patient.shift()).to_numpy()), len(rows))
            for horizon in source.horizons:
                issue, _ = pair(whole(rows.minute.to_numpy()), start.astype(np.int64), horizon * 60000000,
                                horizon * 20000000)
                found[channel, horizon] = len(issue)
        return found


def whole(minute):
    """Minutes as whole microseconds."""
    return np.round(minute * 60e6).astype(np.int64)


def minutes(times):
    parsed = pd.to_datetime(times, utc=True, format="ISO8601")
    return parsed.astype("datetime64[us, UTC]").astype("int64").to_numpy() / 60e6


def make_cell(source, channel, samples, forecasts, persons, expected):
    cell = Cell(source.folder, channel)
    cell.patients = list(dict.fromkeys(samples.patient))
    number = {patient: i for i, patient in enumerate(cell.patients)}
    series = samples.patient.map(number).to_numpy()
    order = np.lexsort((samples.minute.to_numpy(), series))
    cell.t, cell.v = samples.minute.to_numpy()[order], samples.value.to_numpy(dtype=float)[order]
    cell.start = np.searchsorted(series[order], np.arange(len(cell.patients) + 1)).astype(np.int64)
    names = [persons.get(patient, patient) for patient in cell.patients]
    known = {name: i for i, name in enumerate(dict.fromkeys(names))}
    cell.persons = np.array([known[name] for name in names])
    cell.folds = np.array([fold_of(name) for name in names])
    for horizon in source.horizons:
        rows = forecasts[forecasts.horizon_min == horizon]
        issue, target = pair(whole(cell.t), cell.start, horizon * 60000000, horizon * 20000000)
        keys = pd.MultiIndex.from_arrays([np.searchsorted(cell.start, issue, side="right") - 1,
                                          whole(cell.t[issue])])
        theirs = pd.MultiIndex.from_arrays([rows.patient.map(number).to_numpy(),
                                            whole(rows.minute.to_numpy())])
        at = theirs.get_indexer(keys)
        if len(rows) != len(issue) or (at < 0).any():
            raise SystemExit(f"{source.folder} {channel} {horizon}: the report holds {len(rows)} rows, "
                             f"the readings ask for {len(issue)}")
        rows = rows.iloc[at]
        if not np.allclose(rows.observed.to_numpy(), cell.v[target], atol=1e-9):
            raise SystemExit(f"{source.folder} {channel} {horizon}: a target is not the nearest reading")
        cell.issue[horizon], cell.target[horizon] = issue, target
        cell.ours[horizon] = rows[list(QUANTILES)].to_numpy(dtype=np.float32)
        cell.expected[horizon] = expected.get((channel, horizon), 0)
    return cell
