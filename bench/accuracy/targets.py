# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be reached (twin.md, section 10.2 to 10.4), held against the figures."""

NIBP, HOURLY, CINC, MIMIC = "icu-eicu-nibp", "icu-eicu-hourly", "icu-cinc2012", "icu-mimic4-demo"
PRESSURES = ("map", "systolic", "diastolic")

SKILL_NIBP = {"map": (18, 19, 20), "systolic": (14, 15, 17), "diastolic": (20, 21, 22)}
CRPS_NIBP = {"map": (16, 17, 19), "systolic": (12, 14, 16)}
CRPS_HOURLY = {"systolic": 10, "diastolic": 15, "map": 13, "respiratory_rate": 7, "spo2": 7.5, "heart_rate": 0}
# 60 and 240 min on each set; None: no claim. Rounded down as the design says.
SKILL_CHARTED = {
    "heart_rate": ((2, 7), (9, 13), (8, 10)), "systolic": ((10, 13), (17, 19), (17, 20)),
    "diastolic": ((15, 17), (18, 19), (20, 21)), "map": ((13, 16), (20, 20), (20, 22)),
    "respiratory_rate": ((9, 13), (19, 19), (19, 19)), "spo2": ((8, 12), None, (18, 19)),
    "temperature": ((0, 6), (13, 13), (17, 16)), "glucose": ((8, 12), None, None),
}
RMSE_GLUCOSE = {
    "cgm-broll": (16.9, 28.5), "cgm-colas-2019": (8.3, 14.9), "cgm-hall-2018": (12.8, 17.1),
    "cgm-bigideas": (13.5, 18.8), "cgm-d1namo": (17.3, 38.2), "cgm-physiocgm": (21.6, 32.4),
    "t1d-azt1d": (20.5, 32.0),
}
OFF_LIMIT = {(NIBP, None): .05, (HOURLY, 60): .05, (HOURLY, 240): .10, (CINC, 60): .10}
MIN_TARGETS = 500


class Held:
    def __init__(self):
        self.lines = []

    def at_least(self, number, what, got, wanted, unit="%"):
        self.add(number, what, got >= wanted - 1e-9, f"{got:.1f} {unit}, wanted at least {wanted:g}")

    def add(self, number, what, met, words):
        self.lines.append({"target": number, "what": what, "met": bool(met), "words": words})


def hold_skills(held, cells):
    for channel, wanted in SKILL_NIBP.items():
        for h, least in zip((15, 30, 60), wanted):
            cell = cells.get((NIBP, channel, h))
            if cell is None:
                continue
            held.at_least("T3", f"{NIBP} {channel} {h} RMSE below persistence",
                          100 * cell["peers"]["persistence"]["skill_rmse"], least)
            held.at_least("T3", f"{NIBP} {channel} {h} RMSE below tuned EWMA",
                          100 * cell["peers"]["EWMA"]["skill_rmse"], 3)
    for channel, by_set in SKILL_CHARTED.items():
        for folder, wanted in zip((HOURLY, CINC, MIMIC), by_set):
            for h, least in zip((60, 240), wanted or ()):
                cell = cells.get((folder, channel, h))
                if cell is not None:
                    held.at_least("T4", f"{folder} {channel} {h} RMSE below persistence",
                                  100 * cell["peers"]["persistence"]["skill_rmse"], least)
    for (folder, channel, h), cell in cells.items():
        if cell["ours"]["n"] < MIN_TARGETS:
            continue
        for figure in ("rmse", "mae"):
            worse = 100 * (cell["ours"][figure] / max(cell["peers"]["persistence"]["figures"][figure], 1e-12) - 1)
            held.add("T4", f"{folder} {channel} {h} {figure} not worse than persistence", worse <= 1,
                     f"{worse:+.1f} %, wanted at most +1")


def hold_coverage(held, cells):
    for (folder, channel, h), cell in cells.items():
        ours = cell["ours"]
        if ours["n"] < MIN_TARGETS:
            continue
        for level, slack in ((80, 1.5), (95, 1.)):
            slack = 2.5 if channel == "temperature" else slack
            got = 100 * ours[f"coverage{level}"]
            held.add("T5", f"{folder} {channel} {h} coverage of the {level} % range", abs(got - level) <= slack,
                     f"{got:.1f}, wanted {level} +- {slack:g}")
        limit = OFF_LIMIT.get((folder, h), OFF_LIMIT.get((folder, None)))
        if limit is not None and ours["off"] is not None and ours["judged"] >= 20:
            held.add("T5", f"{folder} {channel} {h} patients off by more than 10 points", ours["off"] <= limit,
                     f"{100 * ours['off']:.1f} % of {ours['judged']}, wanted at most {100 * limit:g}")
        conformal = cell["peers"]["linear regression"]["figures"]["winkler80"]
        held.add("T5", f"{folder} {channel} {h} Winkler 80 against split conformal", ours["winkler80"] <= conformal,
                 f"{ours['winkler80']:.2f}, theirs {conformal:.2f}")


def hold_crps(held, cells):
    for channel, wanted in CRPS_NIBP.items():
        for h, least in zip((15, 30, 60), wanted):
            if (NIBP, channel, h) in cells:
                held.at_least("T6", f"{NIBP} {channel} {h} CRPS below Gaussian persistence",
                              100 * cells[NIBP, channel, h]["peers"]["persistence"]["skill_crps"], least)
    for channel, least in CRPS_HOURLY.items():
        if (HOURLY, channel, 60) in cells:
            held.at_least("T6", f"{HOURLY} {channel} 60 CRPS below Gaussian persistence",
                          100 * cells[HOURLY, channel, 60]["peers"]["persistence"]["skill_crps"], least)


def hold_glucose(held, cells):
    for folder, wanted in RMSE_GLUCOSE.items():
        for h, most in zip((30, 60), wanted):
            if (folder, "glucose", h) in cells:
                got = cells[folder, "glucose", h]["ours"]["rmse"]
                held.add("T2", f"{folder} {h} RMSE", got <= most + .05, f"{got:.1f} mg/dL, wanted at most {most:g}")


def hold_speed(held, speed):
    held.add("T11", "full stack per reading", speed["ours_ns"] <= 5000,
             f"{speed['ours_ns']:.0f} ns of CPU time, wanted at most 5000")
    for peer, ours, least in (("filterpy", "filter_ns", 100), ("filterpy", "ours_ns", 100),
                              ("statsmodels", "ours_ns", 1000)):
        ratio = speed[peer] / speed[ours]
        whole = "the same filter" if ours == "filter_ns" else "their filter alone against our whole stack"
        held.add("T11", f"{peer}, {whole}, on the same readings", ratio >= least,
                 f"{ratio:.0f} times slower, wanted at least {least}")


def hold_all(results, speed):
    cells = {(r["set"], r["channel"], r["horizon"]): r for r in results}
    held = Held()
    hold_glucose(held, cells)
    hold_skills(held, cells)
    hold_coverage(held, cells)
    hold_crps(held, cells)
    for (folder, channel, h), cell in cells.items():
        if cell["expected"] >= MIN_TARGETS:
            held.at_least("rows", f"{folder} {channel} {h} rows scored of those a plain reader expects",
                          100 * cell["ours"]["n"] / cell["expected"], 99)
    hold_speed(held, speed)
    return held.lines
