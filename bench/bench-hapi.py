#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Twinward on a HAPI FHIR server of its own: a ward of 48 patients with 6 h of history is opened, beside curl alone on
the same pages; then 48 x 8 values a minute are followed, and what came out is compared with what was put in.

usage: bench-hapi.py BUILD CLI [MINUTES_FOLLOWED [MINUTES_BETWEEN_ROWS_OF_HISTORY [ROUNDS]]]
       30 minutes, a row a minute, 3 rounds unless said; Maven and a JDK as for make check-peers
"""

import contextlib
import datetime
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "peers"))

import hapi_peer  # noqa: E402  (after the path is set)
import peers  # noqa: E402
import ward_data  # noqa: E402
from fhir_client import FhirClient  # noqa: E402
from follower import Follower, differences  # noqa: E402

PATIENTS = 48
HISTORY_S = 6 * 3600   # what is opened
SEEDED_S = 7 * 3600    # what is put in: while it is, and while rounds are run, the six hours move on
MARGIN_S = 180
POLL_S = 5
USUAL = {"heart_rate": (80, 4, "/min"), "respiratory_rate": (16, 1, "/min"), "spo2": (96, 1, "%"),
         "temperature": (37.0, 0.2, "Cel"), "glucose": (130, 6, "mg/dL")}
CHANNELS = [*USUAL, "systolic", "diastolic", "map"]


def patient_id(i):
    return f"ward-p{i:02}"


class Feed:
    """Invents the values, puts them on the server, and remembers what and when. Seeded."""

    def __init__(self, base):
        self.client, self.rng, self.n = FhirClient(base), random.Random(48), 0
        self.values, self.stored = {}, {}

    def row(self, i, when):
        """All eight channels of a patient at an instant, in six resources."""
        patient, resources = patient_id(i), []
        def remember(channel, value, unit):
            self.values[patient, channel, when.timestamp()] = (value, unit)
            return value
        for channel, (mean, spread, unit) in USUAL.items():
            value = round(mean + self.rng.uniform(-spread, spread), 1 if channel == "temperature" else 0)
            resources.append(ward_data.vital(self.new_id(), patient, channel, 0, remember(channel, value, unit), when))
        pressures = {"systolic": 118 + self.rng.randrange(9), "map": 88 + self.rng.randrange(5),
                     "diastolic": 70 + self.rng.randrange(7)}
        for channel, value in pressures.items():
            remember(channel, value, "mm[Hg]")
        resources.append(ward_data.pressure(self.new_id(), patient, 0, pressures, when))
        return resources

    def new_id(self):
        self.n += 1
        return f"ward-o{self.n:07}"

    def build_ward(self):
        resources = [ward_data.ward("ward-1", "Benchmark Ward")]
        for i in range(PATIENTS):
            resources += [ward_data.patient(patient_id(i)), ward_data.bed(f"ward-b{i:02}", f"Bed {i + 1}", "ward-1"),
                          ward_data.encounter(f"ward-e{i:02}", patient_id(i), [f"ward-b{i:02}", "ward-1"])]
        self.client.transaction(resources)

    def build_history(self, every_s):
        """Ends five minutes ago, so that polling has nothing to do with it."""
        now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
        waiting, begun, at = [], time.monotonic(), SEEDED_S
        while at >= 300:
            for i in range(PATIENTS):
                waiting += self.row(i, now - datetime.timedelta(seconds=at))
                if len(waiting) >= 200:
                    self.client.transaction(waiting)
                    waiting = []
            at -= every_s
            print(f"\r{self.n} resources, {self.n / (time.monotonic() - begun):.0f} a second", end="", file=sys.stderr)
        if waiting:
            self.client.transaction(waiting)
        print(file=sys.stderr)

    def follow(self, minutes):
        """One row of each patient a minute, spread over the minute. stored: when the server had confirmed it."""
        begun = time.monotonic()
        for n in range(minutes * PATIENTS):
            time.sleep(max(0.0, begun + n * 60 / PATIENTS - time.monotonic()))
            before = set(self.values)
            when = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
            self.client.transaction(self.row(n % PATIENTS, when))
            done = time.monotonic()
            self.stored.update({key: done for key in set(self.values) - before})


def access_log(folder):
    return sorted(Path(folder).glob("logs/access*.log"))[-1]


def pages_of(folder, skip):
    """What was asked since the line number, as the server's own log has it."""
    lines = access_log(folder).read_text(encoding="utf-8").splitlines()[skip:]
    return [match[1] for match in (re.match(r"GET (\S+) HTTP", line) for line in lines) if match]


def due_now(values):
    """What the last six hours must show; a margin, since the program's six hours begin when it starts."""
    begin = time.time() - HISTORY_S + MARGIN_S
    return {key: value for key, value in values.items() if key[2] >= begin}


def judge(follower, values, due):
    """Words for what is missing, wrong, never put in, or came twice."""
    with follower.changed:
        got, doubled = dict(follower.values), list(follower.doubled)
    shown = {key: value for key, value in got.items() if key in due or key not in values}
    return differences(shown, due), doubled


def is_complete(follower, due):
    return follower.state() == "live" and len(follower.values) >= len(due) and due.keys() <= follower.values.keys()


def open_ward(cli, base, values):
    """Seconds until every patient has every channel, and until the whole history is in."""
    wanted = {(patient_id(i), channel) for i in range(PATIENTS) for channel in CHANNELS}
    due = due_now(values)
    begun = time.monotonic()
    follower = Follower(cli, base, "--poll", "--ward", "ward-1")
    whole = follower.wait_for(lambda f: is_complete(f, due), 900)
    seconds = time.monotonic() - begun
    words, doubled = judge(follower, values, due)
    with follower.changed:
        seen = {}
        for (patient, channel, _), at in follower.arrived.items():
            seen.setdefault((patient, channel), at)
    follower.close()
    assert whole and not words and not doubled, f"the ward did not open: {words[:5]} {doubled[:5]} {follower.statuses}"
    assert wanted <= set(seen), f"without values: {sorted(wanted - set(seen))[:5]}"
    return max(seen[key] for key in wanted) - begun, seconds


def fetch_with_curl(base, pages, folder):
    """curl alone on the same pages, as many at a time as the program asks for."""
    root = base.split("/fhir")[0]
    config = Path(folder) / "pages.curl"
    with config.open("w", encoding="utf-8") as out:
        for page in pages:
            out.write(f'url = "{root}{page}"\noutput = "/dev/null"\n')
    begun = time.monotonic()
    subprocess.run(["curl", "--silent", "--fail", "--globoff", "--parallel", "--parallel-max", "4", "--no-progress-meter", "--compressed",
                    "--header", "Cache-Control: no-cache", "--header", "Accept: application/fhir+json",
                    "--config", str(config)], check=True)
    return time.monotonic() - begun


def compare_opening(cli, base, feed, folder, rounds):
    """One opening to warm the server up and to learn the pages; then rounds of ours and curl, by turns first."""
    skip = len(access_log(folder).read_text(encoding="utf-8").splitlines())
    complete, whole = open_ward(cli, base, feed.values)
    pages = [page for page in pages_of(folder, skip) if "_lastUpdated" not in page]
    print(f"first opening, the server cold: every channel {complete:.1f} s, whole history {whole:.1f} s", flush=True)
    fetch_with_curl(base, pages, folder)
    ours, curls, ratios = [], [], []
    for n in range(rounds):
        if n % 2 == 1:
            curls.append(fetch_with_curl(base, pages, folder))
        complete, whole = open_ward(cli, base, feed.values)
        ours.append(whole)
        if n % 2 == 0:
            curls.append(fetch_with_curl(base, pages, folder))
        ratios.append(whole / curls[-1])
        print(f"round {n + 1}: every channel {complete:.1f} s, whole history {whole:.1f} s, curl {curls[-1]:.1f} s on "
              f"{len(pages)} pages, ratio {ratios[-1]:.2f}", flush=True)
    return {"open_s": statistics.median(ours), "curl_s": statistics.median(curls), "pages": len(pages),
            "ratio": statistics.median(ratios), "ratios": ratios, "values": len(due_now(feed.values))}


def compare_following(cli, base, feed, minutes):
    follower = Follower(cli, base, "--poll", "--ward", "ward-1")
    due = due_now(feed.values)
    assert follower.wait_for(lambda f: is_complete(f, due), 900), follower.statuses
    feeder = threading.Thread(target=feed.follow, args=(minutes,))
    feeder.start()
    feeder.join()
    due |= {key: feed.values[key] for key in feed.stored}
    follower.wait_for(lambda f: is_complete(f, due), 120)
    words, doubled = judge(follower, feed.values, due)
    with follower.changed:
        delays = sorted(follower.arrived[key] - at for key, at in feed.stored.items() if key in follower.arrived)
        states = [state for _, state, _ in follower.statuses]
    follower.close()
    for word in words[:10]:
        print(word)
    return {"minutes": minutes, "put_in": len(feed.stored), "differences": len(words), "doubled": len(doubled),
            "median_delay_s": round(statistics.median(delays), 2),
            "p95_delay_s": round(delays[len(delays) * 95 // 100], 2), "max_delay_s": round(delays[-1], 2),
            "states": states}


@contextlib.contextmanager
def own_server(build, folder):
    """Optimised fully, its database in a file, every request logged."""
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(folder)
    Path(folder).mkdir(parents=True)
    try:
        base, process = hapi_peer.start(
            build, f"--spring.datasource.url=jdbc:h2:file:{folder}/peer", "--peer.validate=false",
            f"--server.tomcat.basedir={folder}", "--server.tomcat.accesslog.enabled=true",
            "--server.tomcat.accesslog.prefix=access", "--server.tomcat.accesslog.buffered=false",
            "--server.tomcat.accesslog.pattern=%r %D", compiler=None)
    except hapi_peer.Missing as why:
        peers.skip(str(why))
    try:
        yield base
    finally:
        hapi_peer.stop(process)


def main():
    build, cli = sys.argv[1:3]
    minutes = int(sys.argv[3]) if len(sys.argv) > 3 else 30
    every_s = int(60 * float(sys.argv[4])) if len(sys.argv) > 4 else 60
    rounds = int(sys.argv[5]) if len(sys.argv) > 5 else 3
    with tempfile.TemporaryDirectory(prefix="bench-hapi-", dir=build) as folder, \
            own_server(build, str(Path(folder).resolve() / "server")) as base:
        folder = str(Path(folder).resolve() / "server")
        feed = Feed(base)
        feed.build_ward()
        feed.build_history(every_s)
        opened = compare_opening(cli, base, feed, folder, rounds)
        followed = compare_following(cli, base, feed, minutes) if minutes > 0 else None
    print(f"ward of {PATIENTS}, {opened['values']} values: {opened['open_s']:.1f} s, curl alone {opened['curl_s']:.1f} s, "
          f"ratio {opened['ratio']:.2f} (target <= 1.5)")
    if followed:
        print(f"{followed['put_in']} values in {minutes} min: {followed['differences']} missing or wrong, "
              f"{followed['doubled']} doubled, median delay {followed['median_delay_s']} s "
              f"(target <= {POLL_S + 1}), longest {followed['max_delay_s']} s")
    print(json.dumps({"metric": "hapi", "opening": opened, "following": followed,
                      "load": os.getloadavg()[0], "cpu": os.cpu_count()}))


if __name__ == "__main__":
    main()
