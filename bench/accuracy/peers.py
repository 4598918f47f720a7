# SPDX-License-Identifier: GPL-3.0-or-later
"""The peers: each answers the same rows as ours, with what it can know at the time of issue, cross-fitted by
person. A peer that cannot answer a row answers with the last value. Quantiles are Gaussian around the median,
with the peer's own standard deviation where it has one, else with that of its errors on the other folds."""

import warnings

import numba
import numpy as np
from scipy import optimize

Z = np.array([-1.9599639845400545, -1.2815515655446004, -.6744897501960817, 0.,
              .6744897501960817, 1.2815515655446004, 1.9599639845400545])
LEVELS = np.array([.025, .1, .25, .5, .75, .9, .975])
N_FOLDS = 5
SEED = 2385
# The slow peers answer a fixed random sample of patients, and of these the first readings.
SAMPLES = {  # patients, of glucose sensors, readings of each
    "local level": (60, 6, 1500), "local linear trend": (60, 6, 1500), "FilterPy": (60, 6, 1500),
    "AutoReg": (20, 4, 400), "Gaussian process": (20, 4, 400),
}
FIT_PATIENTS, FIT_READINGS = 12, 200


def rows_by_fold(cell, horizon):
    return cell.folds[cell.series_of(horizon)]


def gaussian(median, sd):
    return median[:, None] + np.asarray(sd)[:, None] * Z


def with_trained_sd(cell, horizon, median, known=None):
    """Quantiles from the error on the other folds, over the rows known."""
    folds = rows_by_fold(cell, horizon)
    error = cell.v[cell.target[horizon]] - median
    known = np.ones(len(median), bool) if known is None else known
    sd = np.ones(len(median))
    for fold in range(N_FOLDS):
        others = known & (folds != fold)
        if others.any():
            sd[folds == fold] = max(np.sqrt(np.mean(error[others] ** 2)), 1e-6)
    return gaussian(median, sd)


def pick_by_fold(cell, horizon, candidates):
    """Of each row the candidate (columns) with the smallest squared error on the other folds."""
    folds = rows_by_fold(cell, horizon)
    error = cell.v[cell.target[horizon]][:, None] - candidates
    median = np.empty(len(candidates))
    for fold in range(N_FOLDS):
        others = folds != fold
        best = int(np.argmin(np.mean(error[others] ** 2, axis=0))) if others.any() else 0
        median[folds == fold] = candidates[folds == fold, best]
    return median


def usual_spacing(cell):
    gaps = np.diff(cell.t)
    inside = np.ones(len(gaps), bool)
    inside[cell.start[1:-1] - 1] = False
    return max(float(np.median(gaps[inside])), .1)


# Persistence and the smoothed ones.

def persistence(cell, horizon):
    return with_trained_sd(cell, horizon, cell.v[cell.issue[horizon]])


@numba.njit(cache=True)
def smooth(v, start, alphas):
    out = np.empty((len(v), len(alphas)))
    for s in range(len(start) - 1):
        for i in range(start[s], start[s + 1]):
            for a in range(len(alphas)):
                before = v[i] if i == start[s] else out[i - 1, a]
                out[i, a] = before + alphas[a] * (v[i] - before)
    return out


def ewma(cell, horizon):
    levels = smooth(cell.v, cell.start, np.arange(1, 21) / 20)
    return with_trained_sd(cell, horizon, pick_by_fold(cell, horizon, levels[cell.issue[horizon]]))


@numba.njit(cache=True)
def holt(v, start, alphas, betas, phis):
    level, slope = np.empty((len(v), len(alphas))), np.empty((len(v), len(alphas)))
    for s in range(len(start) - 1):
        for i in range(start[s], start[s + 1]):
            for k in range(len(alphas)):
                if i == start[s]:
                    level[i, k], slope[i, k] = v[i], 0.
                else:
                    expected = level[i - 1, k] + phis[k] * slope[i - 1, k]
                    level[i, k] = expected + alphas[k] * (v[i] - expected)
                    slope[i, k] = (betas[k] * (level[i, k] - level[i - 1, k])
                                   + (1 - betas[k]) * phis[k] * slope[i - 1, k])
    return level, slope


def damped_holt(cell, horizon):
    grid = np.array([(a, b, p) for a in (.1, .2, .3, .5, .7, .9, 1.) for b in (.02, .1, .3) for p in (.7, .9)])
    level, slope = holt(cell.v, cell.start, grid[:, 0].copy(), grid[:, 1].copy(), grid[:, 2].copy())
    steps = max(1., horizon / usual_spacing(cell))
    reach = grid[:, 2] * (1 - grid[:, 2] ** steps) / (1 - grid[:, 2])
    at = cell.issue[horizon]
    return with_trained_sd(cell, horizon, pick_by_fold(cell, horizon, level[at] + reach * slope[at]))


# scikit-learn.

def features(cell, horizon):
    at = cell.issue[horizon]
    series = cell.series_of(horizon)
    first = cell.start[series]
    total = np.concatenate([[0.], np.cumsum(cell.v)])
    mean = (total[at + 1] - total[first]) / (at + 1 - first)
    now = cell.v[at]
    columns = [mean - now, now - cell.v.mean(), np.log1p((cell.t[at] - cell.t[at - 1]) / 15)]
    columns += [cell.v[np.maximum(at - lag, first)] - now for lag in (1, 2, 3, 4, 5, 8, 12)]
    return np.column_stack(columns)


def linear(cell, horizon):
    """One regression over all patients of the other folds; ranges from its residuals there, as split
    conformal prediction has them."""
    from sklearn.linear_model import LinearRegression
    folds, now = rows_by_fold(cell, horizon), cell.v[cell.issue[horizon]]
    x, change = features(cell, horizon), cell.v[cell.target[horizon]] - now
    quantiles = np.empty((len(now), len(Z)))
    for fold in range(N_FOLDS):
        mine, others = folds == fold, folds != fold
        if not mine.any():
            continue
        if others.sum() < 50:
            quantiles[mine] = gaussian(now[mine], np.full(mine.sum(), change.std()))
            continue
        model = LinearRegression().fit(x[others], change[others])
        residual = change[others] - model.predict(x[others])
        offsets = np.quantile(residual, LEVELS)
        offsets[3] = 0
        quantiles[mine] = (now[mine] + model.predict(x[mine]))[:, None] + np.sort(offsets)
    return quantiles


def sample_of(cell, name):
    """Series that a slow peer answers: a fixed random sample, told in the table by its size."""
    long = np.flatnonzero(np.diff(cell.start) > 6)
    patients, of_glucose, _ = SAMPLES[name]
    many = of_glucose if cell.source.startswith(("cgm", "t1d")) else patients
    chosen = np.random.default_rng(SEED).permutation(long)[:many]
    return np.sort(chosen)


def end_of(cell, s, name):
    return min(cell.start[s + 1], cell.start[s] + SAMPLES[name][2])


def sampled_rows(cell, horizon, name):
    series = cell.series_of(horizon)
    early = cell.issue[horizon] - cell.start[series] < SAMPLES[name][2]
    return np.isin(series, sample_of(cell, name)) & early


def training_series(cell, fold):
    other = np.flatnonzero((cell.folds != fold) & (np.diff(cell.start) >= 12))
    chosen = np.random.default_rng(SEED + 1 + fold).permutation(other)[:FIT_PATIENTS]
    return [slice(cell.start[s], min(cell.start[s + 1], cell.start[s] + FIT_READINGS)) for s in chosen]


def gaussian_process(cell, horizons):
    """Matern 3/2 with noise; length, spread and noise maximise the summed likelihood of training patients;
    at every issue conditioned on the last 40 readings around their mean."""
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel
    spacing = usual_spacing(cell)

    def kernel(parameters):
        spread, length, noise = np.exp(parameters)
        return ConstantKernel(spread) * Matern(length, nu=1.5) + WhiteKernel(noise)

    fitted = {}
    for fold in set(cell.folds[sample_of(cell, "Gaussian process")]):
        pieces = [(cell.t[p][:40, None], cell.v[p][:40] - cell.v[p][:40].mean())
                  for p in training_series(cell, fold)]
        if not pieces:
            continue
        spread = np.mean([piece[1].var() for piece in pieces]) + 1e-6
        model = [GaussianProcessRegressor(kernel([0, 0, 0]), optimizer=None, alpha=1e-9).fit(*piece)
                 for piece in pieces]

        def cost(parameters):
            return -sum(m.log_marginal_likelihood(np.clip(parameters, -12, 14), clone_kernel=False)
                        for m in model)

        start = np.log([spread * .7, 6 * spacing, spread * .3])
        fitted[fold] = kernel(np.clip(optimize.minimize(cost, start, method="Nelder-Mead",
                                                        options={"maxfev": 80}).x, -12, 14))
    out = {h: (np.full(len(cell.issue[h]), np.nan), np.full(len(cell.issue[h]), np.nan)) for h in horizons}
    place = {h: dict(zip(cell.issue[h].tolist(), range(len(cell.issue[h])))) for h in horizons}
    for s in sample_of(cell, "Gaussian process"):
        if cell.folds[s] not in fitted:
            continue
        for i in range(cell.start[s] + 5, end_of(cell, s, "Gaussian process")):
            wanted = [h for h in horizons if i in place[h]]
            if not wanted:
                continue
            past = slice(max(cell.start[s], i - 39), i + 1)
            mean = cell.v[past].mean()
            model = GaussianProcessRegressor(fitted[cell.folds[s]], optimizer=None, alpha=1e-9)
            model.fit(cell.t[past, None] - cell.t[i], cell.v[past] - mean)
            m, sd = model.predict(np.array(wanted, float)[:, None], return_std=True)
            for k, h in enumerate(wanted):
                out[h][0][place[h][i]], out[h][1][place[h][i]] = m[k] + mean, sd[k]
    return out


# statsmodels, over the number of readings: its models want a regular grid.

def autoreg(cell, horizons, lags):
    """AutoReg of the patient's own past (at most 300 readings), fitted again at every issue (glucose: every
    twelfth)."""
    from statsmodels.tsa.ar_model import AutoReg
    spacing = usual_spacing(cell)
    every = 12 if cell.source.startswith(("cgm", "t1d")) else 1
    steps = {h: max(1, round(h / spacing)) for h in horizons}
    out = {h: (np.full(len(cell.issue[h]), np.nan), None) for h in horizons}
    place = {h: dict(zip(cell.issue[h].tolist(), range(len(cell.issue[h])))) for h in horizons}
    for s in sample_of(cell, "AutoReg"):
        parameters = None
        for i in range(cell.start[s] + 5, end_of(cell, s, "AutoReg")):
            past = cell.v[max(cell.start[s], i - 299):i + 1]
            if len(past) < 3 * lags + 3:
                continue
            if parameters is None or i % every == 0:
                parameters = AutoReg(past, lags).fit().params
            path = list(past[-lags:])
            for _ in range(max(steps.values())):
                path.append(parameters[0] + np.dot(parameters[1:], path[:-lags - 1:-1]))
            for h in horizons:
                if i in place[h]:
                    out[h][0][place[h][i]] = np.clip(path[lags - 1 + steps[h]], past.min() - past.std(),
                                                     past.max() + past.std())
    return out


def structural(cell, horizons, trend):
    """UnobservedComponents: local level, or local linear trend. Variances by the summed likelihood of training
    patients; then one filter pass a patient, whose forecast k readings ahead follows in closed form."""
    from statsmodels.tsa.statespace.structural import UnobservedComponents
    kind = "local linear trend" if trend else "local level"
    spacing = usual_spacing(cell)
    fitted = {}
    for fold in set(cell.folds[sample_of(cell, kind)]):
        models = [UnobservedComponents(cell.v[p], kind) for p in training_series(cell, fold)]
        if not models:
            continue
        spread = np.mean([m.endog.var() for m in models]) + 1e-6

        def cost(parameters):
            values = np.exp(np.clip(parameters, -16, 14))
            return -sum(m.loglike(values) for m in models)

        start = np.log(spread * (np.array([.4, .3, .001]) if trend else np.array([.4, .3])))
        fitted[fold] = np.exp(np.clip(optimize.minimize(cost, start, method="Nelder-Mead",
                                                        options={"maxfev": 120}).x, -16, 14))
    out = {h: (np.full(len(cell.issue[h]), np.nan), np.full(len(cell.issue[h]), np.nan)) for h in horizons}
    series = {h: cell.series_of(h) for h in horizons}
    for s in sample_of(cell, kind):
        if cell.folds[s] not in fitted:
            continue
        values = cell.v[cell.start[s]:end_of(cell, s, kind)]
        model = UnobservedComponents(values, kind)
        model.update(fitted[cell.folds[s]])
        result = model.ssm.filter()
        state, cov = result.filtered_state, result.filtered_state_cov
        noise, q_level = fitted[cell.folds[s]][:2]
        q_slope = fitted[cell.folds[s]][2] if trend else 0.
        for h in horizons:
            mine = np.flatnonzero((series[h] == s) & (cell.issue[h] - cell.start[s] < len(values)))
            at = cell.issue[h][mine] - cell.start[s]
            k = max(1, round(h / spacing))
            out[h][0][mine] = state[0, at] + (k * state[1, at] if trend else 0)
            variance = cov[0, 0, at] + k * q_level + noise
            if trend:
                variance = (variance + 2 * k * cov[0, 1, at] + k * k * cov[1, 1, at]
                            + q_slope * k * (k - 1) * (2 * k - 1) / 6)
            out[h][1][mine] = np.sqrt(np.maximum(variance, 1e-9))
    return out


# FilterPy: a random walk seen with noise, in true time.

@numba.njit(cache=True)
def walk_errors(t, v, start, folds, q_per_min, noise):
    """Squared one-step error by fold."""
    total, n = np.zeros(5), np.zeros(5)
    for s in range(len(start) - 1):
        x, p = v[start[s]], noise
        for i in range(start[s] + 1, start[s + 1]):
            p += q_per_min * (t[i] - t[i - 1])
            error = v[i] - x
            total[folds[s]] += error * error
            n[folds[s]] += 1
            gain = p / (p + noise)
            x += gain * error
            p *= 1 - gain
    return total, n


def filterpy_walk(cell, horizons):
    from filterpy.kalman import KalmanFilter
    grid = 10. ** np.arange(-4, 1.01, .5)
    sums = [walk_errors(cell.t, cell.v, cell.start, cell.folds, q, 1.) for q in grid]
    out = {h: (np.full(len(cell.issue[h]), np.nan), None) for h in horizons}
    series = {h: cell.series_of(h) for h in horizons}
    ratio = {}
    for fold in range(N_FOLDS):
        others = np.arange(N_FOLDS) != fold
        ratio[fold] = grid[int(np.argmin([total[others].sum() / max(n[others].sum(), 1)
                                          for total, n in sums]))]
    for s in sample_of(cell, "FilterPy"):
        values = cell.v[cell.start[s]:end_of(cell, s, "FilterPy")]
        kalman = KalmanFilter(dim_x=1, dim_z=1)
        kalman.x, kalman.P = np.array([[values[0]]]), np.eye(1)
        kalman.F, kalman.H, kalman.R = np.eye(1), np.eye(1), np.eye(1)
        level = np.empty(len(values))
        level[0] = values[0]
        for i in range(1, len(values)):
            gap = cell.t[cell.start[s] + i] - cell.t[cell.start[s] + i - 1]
            kalman.predict(Q=np.array([[ratio[cell.folds[s]] * gap]]))
            kalman.update(values[i])
            level[i] = kalman.x[0, 0]
        for h in horizons:
            mine = np.flatnonzero((series[h] == s) & (cell.issue[h] - cell.start[s] < len(values)))
            out[h][0][mine] = level[cell.issue[h][mine] - cell.start[s]]
    return out


def finish(cell, horizon, name, answer):
    """Quantiles of the sampled rows; what the peer could not answer is the last value."""
    rows = sampled_rows(cell, horizon, name)
    median, sd = answer
    known = np.isfinite(median)
    median = np.where(known, median, cell.v[cell.issue[horizon]])
    quantiles = with_trained_sd(cell, horizon, median, rows)
    if sd is not None:
        own = known & np.isfinite(sd)
        quantiles[own] = gaussian(median[own], sd[own])
    return quantiles


FAST = {"persistence": persistence, "EWMA": ewma, "damped Holt": damped_holt, "linear regression": linear}
SLOW = {
    "local level": lambda cell, horizons, lags: structural(cell, horizons, False),
    "local linear trend": lambda cell, horizons, lags: structural(cell, horizons, True),
    "AutoReg": autoreg,
    "Gaussian process": lambda cell, horizons, lags: gaussian_process(cell, horizons),
    "FilterPy": lambda cell, horizons, lags: filterpy_walk(cell, horizons),
}


def run_slow(name, cell, horizons, lags):
    """horizon -> quantiles, in 32 bits."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        answers = SLOW[name](cell, horizons, lags)
    return {h: finish(cell, h, name, answers[h]).astype(np.float32) for h in horizons}
