# SPDX-License-Identifier: GPL-3.0-or-later
"""Regression beside statsmodels: the same table, ordinary and robust, and ordinary over the reference sets."""

import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import peers

peers.with_packages(sys.argv[1], "numpy", "statsmodels")

import numpy
import statsmodels.api

PROGRAM = sys.argv[2]
SETS = Path(sys.argv[3]) / "core" / "analysis" / "strd"


def ours(path, outcome, predictors, *options):
    done = subprocess.run([PROGRAM, "analyse", "--table", path, "--outcome", outcome, "--predictors",
                           ",".join(predictors), "--json", *options], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def column(fit, key):
    return numpy.array([c[key] for c in fit["coefficients"]], dtype=float)


def apart(a, b):
    return float(numpy.max(numpy.abs(numpy.asarray(a) - b) / numpy.maximum(numpy.abs(b), 1e-300)))


def check(name, distance, limit):
    print(f"{'ok' if distance <= limit else 'NOT OK'} {name}: apart by {distance:.1e}, at most {limit:.0e}")
    return distance <= limit


def longley():
    with open(SETS / "longley.csv", newline="") as file:
        rows = list(csv.reader(line for line in file if not line.startswith("#")))
    data = numpy.array(rows[1:], dtype=float)
    fit = ours(SETS / "longley.csv", "y", rows[0][1:])
    theirs = statsmodels.api.OLS(data[:, 0], statsmodels.api.add_constant(data[:, 1:])).fit()
    return [check("Longley, estimates", apart(column(fit, "estimate"), theirs.params), 1e-8),
            check("Longley, standard errors", apart(column(fit, "standard_error"), theirs.bse), 1e-8)]


def invented(folder):
    random = numpy.random.default_rng(2385)
    x = random.normal(size=(120, 3))
    y = 3 + x @ [1.5, -.7, 0] + random.normal(size=120)
    y[::9] += 25
    path = Path(folder) / "invented.csv"
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["y", "a", "b", "c"])
        writer.writerows([repr(float(v)) for v in row] for row in numpy.column_stack([y, x]))
    design = statsmodels.api.add_constant(x)
    plain, theirs = ours(path, "y", "abc"), statsmodels.api.OLS(y, design).fit()
    robust = ours(path, "y", "abc", "--method", "robust")
    bisquare = statsmodels.api.RLM(y, design, M=statsmodels.api.robust.norms.TukeyBiweight()).fit(maxiter=500)
    influence = theirs.get_influence()
    left_out = float(numpy.sqrt(numpy.mean(influence.resid_press ** 2)))
    error = column(robust, "standard_error")
    return [check("estimates", apart(column(plain, "estimate"), theirs.params), 1e-10),
            check("standard errors", apart(column(plain, "standard_error"), theirs.bse), 1e-10),
            check("intervals", apart(numpy.column_stack([column(plain, "low"), column(plain, "high")]),
                                     theirs.conf_int()), 1e-10),
            check("p", apart(column(plain, "p"), theirs.pvalues), 1e-8),
            check("r2, F", apart([plain["r2"], plain["adjusted_r2"], plain["f"]],
                                 [theirs.rsquared, theirs.rsquared_adj, theirs.fvalue]), 1e-10),
            check("left-out error", apart(plain["loo_rmse"], left_out), 1e-10),
            # Tuning of the spread differs (leverage, MAD over n - p): close, in standard errors.
            check("bisquare", float(numpy.max(numpy.abs(column(robust, "estimate") - bisquare.params) / error)),
                  .05)]


def main():
    with tempfile.TemporaryDirectory() as folder:
        done = longley() + invented(folder)
    sys.exit(0 if all(done) else 1)


main()
