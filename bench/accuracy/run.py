#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""One table: the twin beside its peers, on the same rows of real recordings, cross-fitted by person.

    bench/accuracy/run.py BUILD [--shared FOLDER] [--tables FOLDER] [--sets NAME,...] [--no-slow] [--in-sample]

Makes a Python environment in BUILD/accuracy with the peers from the package registry, trains the twin's tables
without each fold, lives every fold through twinward-cli, lets every peer answer the same rows, checks our
report independently, prints the table and the list of targets, and writes BUILD/accuracy/accuracy.json and
accuracy.md. What is there already for the same inputs is kept. Real data are needed: without them it says so.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import time
import venv
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGES = ("numpy", "scipy", "pandas", "numba", "statsmodels", "scikit-learn", "filterpy")
WORKERS = 2


def with_packages(work):
    """Runs this program again in its own environment."""
    home = work / "python"
    if Path(sys.prefix) == home:
        return
    work.mkdir(parents=True, exist_ok=True)
    if not (home / "bin" / "python3").exists():
        venv.create(home, with_pip=True)
    if not (home / "ready").exists():
        subprocess.run([home / "bin" / "python3", "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                        *PACKAGES], check=True)
        (home / "ready").write_text("\n".join(PACKAGES))
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
    os.execv(home / "bin" / "python3", [str(home / "bin" / "python3"), *sys.argv])


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("build", type=Path)
    parser.add_argument("--shared", type=Path, default=HERE.parents[2] / "shared" / "data")
    parser.add_argument("--tables", type=Path, help="folder with fold-0 ... fold-4, instead of training them")
    parser.add_argument("--in-sample", action="store_true", help="the program's own tables, trained on all folds")
    parser.add_argument("--sets", default="")
    parser.add_argument("--no-slow", action="store_true", help="without the peers that answer a sample only")
    parser.add_argument("--budget", type=float, default=1500,
                        help="seconds after which a slow peer that is not in the cache is left out, by name")
    return parser.parse_args()


def training_sets(shared):
    """The sets that the shipped table was made from: its header names them."""
    lines = (HERE.parents[1] / "data" / "tables" / "experts.csv").read_text(encoding="utf-8").splitlines()
    names = [line.split()[2].rstrip(":") for line in lines if line.startswith("# input ")]
    return [shared / name / "observations.csv" for name in names]


def train(build, work, shared):
    """Tables without each fold, by the training tools of the repository."""
    glucose = [shared / name / "observations.csv" for name in
               ("cgm-broll", "cgm-colas-2019", "cgm-hall-2018", "cgm-bigideas", "cgm-d1namo", "cgm-physiocgm",
                "t1d-azt1d")]
    both = training_sets(shared)
    twin, cgm = build / "bench" / "train-twin", build / "bench" / "train-cgm"
    tools = [tool for tool in (twin, cgm) if tool.exists()]
    if not tools:
        return None
    state = hashlib.sha256()
    for path in [*tools, *both, *glucose]:
        state.update(path.read_bytes())
    folder = work / "tables"
    if (folder / "made-by").exists() and (folder / "made-by").read_text() == state.hexdigest():
        return folder

    def train_sensor(fold):
        folder.mkdir(parents=True, exist_ok=True)
        if cgm.exists():
            done = subprocess.run([cgm, "--train", "--without", str(fold), *glucose], check=True,
                                  stdout=subprocess.PIPE)
            (folder / f"cgm-prior-{fold}.csv").write_bytes(done.stdout)

    def train_fold(fold):
        out = folder / f"fold-{fold}"
        out.mkdir(parents=True, exist_ok=True)
        if twin.exists():
            sensor = ["--cgm", folder] if cgm.exists() else []
            subprocess.run([twin, *sensor, "--fold", str(fold), "--train", out, *both], check=True)
        else:
            (out / "cgm-prior.csv").write_bytes((folder / f"cgm-prior-{fold}.csv").read_bytes())

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(train_sensor, range(5)))
        list(pool.map(train_fold, range(5)))
    (folder / "made-by").write_text(state.hexdigest())
    return folder


def answer_slow(cell, source, name, cache, until):
    """None where there is no time left."""
    import numpy as np
    import peers
    code = hashlib.sha256((HERE / "peers.py").read_bytes()).hexdigest()[:12]
    path = cache / f"{cell.digest()}-{code}-{name.replace(' ', '-')}.npz"
    if path.exists():
        kept = np.load(path)
        return {h: kept[str(h)] for h in source.horizons}
    if time.time() > until:
        return None
    answers = peers.run_slow(name, cell, source.horizons, source.ar_lags)
    np.savez(path, **{str(h): q for h, q in answers.items()})
    return answers


def score_cell(task):
    cell, source, slow, cache, until = task
    import peers
    import score
    results = []
    slow_answers = {name: answer_slow(cell, source, name, cache, until) for name in peers.SLOW} if slow else {}
    left_out = [f"{cell.source} {cell.channel}: {name}" for name, answers in slow_answers.items() if answers is None]
    for h in source.horizons:
        if len(cell.issue[h]) == 0:
            continue
        ours = score.sums_of(cell, h, cell.ours[h])
        entry = {"set": cell.source, "channel": cell.channel, "horizon": h, "expected": cell.expected[h],
                 "ours": score.figures(ours), "intervals": score.bootstrap(ours), "peers": {}}
        for name, answer in peers.FAST.items():
            theirs = score.sums_of(cell, h, answer(cell, h))
            entry["peers"][name] = score.compare(ours, theirs) | {"figures": score.figures(theirs)}
        for name, answers in slow_answers.items():
            rows = peers.sampled_rows(cell, h, name)
            if answers is None or not rows.any():
                continue
            mine, theirs = score.sums_of(cell, h, cell.ours[h], rows), score.sums_of(cell, h, answers[h], rows)
            entry["peers"][name] = score.compare(mine, theirs) | {
                "figures": score.figures(theirs), "ours_there": score.figures(mine)}
        results.append(entry)
    return results, left_out


def check(build, source, data):
    """The independent recomputation of the report, on every fold of the set."""
    script = HERE.parents[1] / "tests" / "peers" / "backtest_check.py"
    for fold, path in enumerate(data.split(source)):
        out = data.work / "backtest" / source.folder / f"fold-{fold}"
        tables = data.tables_of(fold)
        baselines = tables / "baselines.csv" if tables and (tables / "baselines.csv").exists() else \
            HERE.parents[1] / "data" / "tables" / "baselines.csv"
        done = subprocess.run([sys.executable, script, "--files", out, path, baselines], check=False,
                              stdout=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise SystemExit(f"{source.folder} fold {fold}: {done.stdout}")
    return len(data.split(source))


def main():
    args = parse()
    work = args.build.resolve() / "accuracy"
    if not args.shared.is_dir():
        print(f"skipped: real data not here ({args.shared})")
        return 77
    with_packages(work)
    sys.path.insert(0, str(HERE))
    import data as sets
    import report
    import score
    import speed
    import targets
    begin = time.time()
    build = args.build.resolve()
    cache = work / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    tables = None if args.in_sample else args.tables or train(build, work, args.shared)
    data = sets.Data(args.shared, work, build / "src" / "twinward-cli", tables)
    chosen = [s for s in sets.SOURCES if (args.shared / s.folder).is_dir()
              and (not args.sets or s.folder in args.sets.split(","))]
    results, checked, left_out = [], [], []
    with ProcessPoolExecutor(WORKERS) as pool:
        for source in chosen:
            cells, reports = data.load(source)
            tasks = [(cell, source, not args.no_slow, cache, begin + args.budget) for cell in cells]
            for found, missing in pool.map(score_cell, tasks):
                results += found
                left_out += missing
            checked.append(f"{source.folder} {check(build, source, data)}")
            print(f"{source.folder}: {len(cells)} channels, {time.time() - begin:.0f} s so far", file=sys.stderr)
    score.holm([peer for entry in results for peer in entry["peers"].values()])
    measured = speed.measure(build, work)
    held = targets.hold_all(results, measured)
    whole = {"cross_fitted": tables is not None, "version": reports[0]["version"], "speed": measured,
             "checked": checked, "left_out": left_out, "results": results, "targets": held}
    (work / "accuracy.json").write_text(json.dumps(whole, indent=1))
    text = report.text(whole)
    (work / "accuracy.md").write_text(report.markdown(whole))
    print(text)
    print(f"{time.time() - begin:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
