# SPDX-License-Identifier: GPL-3.0-or-later
"""The one table, for people and for docs/model-cards/accuracy.md."""

SHORT = {"heart_rate": "heart rate", "respiratory_rate": "breathing", "map": "MAP", "spo2": "SpO2"}
ORDER = ("persistence", "EWMA", "damped Holt", "linear regression", "local level", "local linear trend", "FilterPy",
         "AutoReg", "Gaussian process")
HEAD = ("set", "channel", "min", "model", "rows", "patients", "of expected %", "RMSE", "MAE", "CRPS", "50 %", "80 %",
        "95 %", "off %", "our skill % [95 %]", "p (Holm)")


def short_set(name):
    return name.replace("icu-", "").replace("cgm-", "").replace("t1d-", "")


def row(entry, model, figures, peer=None):
    share = 100 * figures["n"] / max(entry["expected"], 1)
    off = "-" if figures["off"] is None else f"{100 * figures['off']:.1f} of {figures['judged']}"
    skill, p = "", ""
    if peer is not None:
        low, high = peer["skill_rmse_interval"]
        skill = f"{100 * peer['skill_rmse']:+.1f} [{100 * low:+.1f}, {100 * high:+.1f}]"
        p = "< .001" if peer["p_holm"] < .001 else f"{peer['p_holm']:.3f}"
        p += " theirs" if not peer["better"] and peer["p_holm"] < .05 else ""
    return (short_set(entry["set"]), SHORT.get(entry["channel"], entry["channel"]), str(entry["horizon"]), model,
            f"{figures['n']:,}", str(figures["patients"]), f"{share:.1f}", f"{figures['rmse']:.3f}",
            f"{figures['mae']:.3f}", f"{figures['crps']:.3f}", f"{100 * figures['coverage50']:.1f}",
            f"{100 * figures['coverage80']:.1f}", f"{100 * figures['coverage95']:.1f}", off, skill, p)


def rows(whole):
    for entry in whole["results"]:
        yield row(entry, "ours", entry["ours"])
        sampled = entry["ours"]["n"]
        for name in ORDER:
            peer = entry["peers"].get(name)
            if peer is None:
                continue
            if peer["figures"]["n"] != sampled:
                sampled = peer["figures"]["n"]
                yield row(entry, "ours, these rows", peer.get("ours_there", entry["ours"]))
            yield row(entry, name, peer["figures"], peer)


def intro(whole):
    fitted = ("tables trained without the patient's fold" if whole["cross_fitted"]
              else "NOT cross-fitted: the program's own tables, which saw these patients")
    speed = whole["speed"]
    return [
        f"Twin {whole['version']}; {fitted}.",
        *([f"Left out for want of time: {'; '.join(whole['left_out'])}."] if whole["left_out"] else []),
        f"Our report recomputed independently (folds): {', '.join(whole['checked'])}.",
        f"Full stack {speed['ours_ns']:.0f} ns a reading of one stream, its bare filter {speed['filter_ns']:.0f} ns; "
        f"the same filter in FilterPy {speed['filterpy'] / speed['filter_ns']:.0f} times slower "
        f"({speed['filterpy'] / speed['ours_ns']:.0f} times our whole stack), "
        f"statsmodels' append {speed['statsmodels'] / speed['ours_ns']:.0f} times our whole stack.",
    ]


def summary(whole):
    """Wins by peer: cells in which our RMSE, MAE and CRPS are lower, and in which Wilcoxon says so."""
    lines = []
    for name in ORDER:
        met = [e["peers"][name] for e in whole["results"] if name in e["peers"]]
        if met:
            lines.append((name, len(met), *(sum(m[f"skill_{f}"] > 0 for m in met) for f in ("rmse", "mae", "crps")),
                          sum(m["better"] and m["p_holm"] < .05 for m in met),
                          sum(not m["better"] and m["p_holm"] < .05 for m in met)))
    return lines


SUMMARY_HEAD = ("peer", "cells", "our RMSE lower", "our MAE lower", "our CRPS lower", "ours better, p < .05",
                "theirs better, p < .05")


def target_lines(whole):
    by_number = {}
    for line in whole["targets"]:
        by_number.setdefault(line["target"], []).append(line)
    for number in sorted(by_number, key=lambda n: (not n.startswith("T"), int(n[1:]) if n[1:].isdigit() else 0)):
        lines = by_number[number]
        missed = [line for line in lines if not line["met"]]
        yield number, len(lines) - len(missed), len(lines), missed


def columns(table):
    widths = [max(len(str(line[i])) for line in table) for i in range(len(table[0]))]
    for line in table:
        yield "  ".join(f"{cell!s:>{width}}" if i > 3 else f"{cell!s:<{width}}"
                        for i, (cell, width) in enumerate(zip(line, widths)))


def text(whole):
    out = [*columns([HEAD, *rows(whole)]), "", *intro(whole), "", *columns([SUMMARY_HEAD, *summary(whole)]), ""]
    for number, met, of, missed in target_lines(whole):
        out.append(f"{number}: {met} of {of} met")
        out += [f"  missed: {line['what']}: {line['words']}" for line in missed]
    return "\n".join(out)


def as_markdown(table):
    yield "| " + " | ".join(map(str, table[0])) + " |"
    yield "|" + "---|" * len(table[0])
    for line in table[1:]:
        yield "| " + " | ".join(map(str, line)) + " |"


def markdown(whole):
    out = [*intro(whole), "", "## Against each peer", "", *as_markdown([SUMMARY_HEAD, *summary(whole)]), "",
           "## Targets", ""]
    for number, met, of, missed in target_lines(whole):
        out.append(f"**{number}**: {met} of {of} met." + (" Missed:" if missed else ""))
        out += [f"- {line['what']}: {line['words']}" for line in missed] + [""]
    out += ["## The table", "", *as_markdown([HEAD, *rows(whole)]), ""]
    return "\n".join(out)
