# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures of a model on its rows: sums by patient, from which errors, coverage, bootstrap and tests follow."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from peers import LEVELS

WEIGHTS = np.array([.0625, .1125, .2, .25, .2, .1125, .0625])
N_BOOTSTRAP = 2000
MIN_TARGETS = 50
SEED = 19
COLUMNS = ("n", "absolute", "square", "crps", "error", "inside50", "inside80", "inside95", "winkler80")


@dataclass
class Sums:
    by_series: np.ndarray   # series x COLUMNS
    by_person: np.ndarray   # person x COLUMNS


def sums_of(cell, horizon, quantiles, rows=None):
    rows = np.arange(len(cell.issue[horizon])) if rows is None else np.flatnonzero(rows)
    q = np.asarray(quantiles, dtype=float)[rows]
    y = cell.v[cell.target[horizon][rows]]
    error = q[:, 3] - y
    above = y[:, None] >= q
    crps = 2 * np.sum(WEIGHTS * np.where(above, LEVELS * (y[:, None] - q), (1 - LEVELS) * (q - y[:, None])), axis=1)

    def inside(low, high):
        # Quantiles are kept in 32 bits: a value on the border must not fall out by the last of them.
        slack = 1e-6 * (1 + abs(y))
        return (y >= q[:, low] - slack) & (y <= q[:, high] + slack)

    winkler = q[:, 5] - q[:, 1] + 10 * (np.maximum(q[:, 1] - y, 0) + np.maximum(y - q[:, 5], 0))
    table = np.column_stack([np.ones(len(y)), abs(error), error ** 2, crps, error, inside(2, 4), inside(1, 5),
                             inside(0, 6), winkler])
    series = cell.series_of(horizon)[rows]
    by_series = np.zeros((len(cell.patients), len(COLUMNS)))
    np.add.at(by_series, series, table)
    by_person = np.zeros((cell.persons.max() + 1, len(COLUMNS)))
    np.add.at(by_person, cell.persons, by_series)
    return Sums(by_series, by_person)


def figures(sums):
    total = dict(zip(COLUMNS, sums.by_series.sum(axis=0)))
    n = total["n"]
    own = sums.by_series[sums.by_series[:, 0] >= MIN_TARGETS]
    off = np.abs(10 * own[:, 6] - 8 * own[:, 0]) > own[:, 0] + 1e-9
    return {
        "n": int(n), "patients": int((sums.by_series[:, 0] > 0).sum()), "judged": len(own),
        "rmse": math.sqrt(total["square"] / n), "mae": total["absolute"] / n, "crps": total["crps"] / n,
        "bias": total["error"] / n, "coverage50": total["inside50"] / n, "coverage80": total["inside80"] / n,
        "coverage95": total["inside95"] / n, "winkler80": total["winkler80"] / n,
        "off": float(off.mean()) if len(own) else None,
    }


def resample(people):
    """2,000 patient bootstraps as counts: resample x person."""
    generator = np.random.default_rng(SEED)
    return generator.multinomial(people, np.full(people, 1 / people), size=N_BOOTSTRAP)


def interval(values):
    return [float(x) for x in np.nanpercentile(values, [2.5, 97.5])]


def bootstrap(sums):
    people = sums.by_person[sums.by_person[:, 0] > 0]
    drawn = resample(len(people)) @ people
    n = drawn[:, 0]
    return {"rmse": interval(np.sqrt(drawn[:, 2] / n)), "mae": interval(drawn[:, 1] / n),
            "crps": interval(drawn[:, 3] / n), "coverage80": interval(drawn[:, 6] / n)}


def compare(ours, peer):
    """Skill against the peer on the same rows with its bootstrap interval, and the paired Wilcoxon test over
    people of the mean absolute error."""
    there = ours.by_person[:, 0] > 0
    a, b = ours.by_person[there], peer.by_person[there]
    counts = resample(len(a))
    drawn_a, drawn_b = counts @ a, counts @ b

    def skill(column, root):
        ratio = a[:, column].sum() / max(b[:, column].sum(), 1e-300)
        drawn = drawn_a[:, column] / np.maximum(drawn_b[:, column], 1e-300)
        power = .5 if root else 1.
        return 1 - ratio ** power, interval(1 - drawn ** power)

    difference = a[:, 1] / a[:, 0] - b[:, 1] / b[:, 0]
    p = 1.
    if np.count_nonzero(difference) >= 6:
        p = float(stats.wilcoxon(difference).pvalue)
    found = {"p": p, "better": bool(np.median(difference) < 0)}
    found["skill_rmse"], found["skill_rmse_interval"] = skill(2, True)
    found["skill_mae"], found["skill_mae_interval"] = skill(1, False)
    found["skill_crps"], found["skill_crps_interval"] = skill(3, False)
    return found


def holm(tests):
    """Adjusts the p of all tests at once, in place."""
    order = sorted(tests, key=lambda test: test["p"])
    largest = 0.
    for i, test in enumerate(order):
        largest = max(largest, min(1., test["p"] * (len(order) - i)))
        test["p_holm"] = largest
