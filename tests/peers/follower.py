# SPDX-License-Identifier: GPL-3.0-or-later
"""twinward-cli follow as a process, and the ward that its lines describe: what stands where, and what came twice."""

import datetime
import json
import subprocess
import threading
import time


def seconds_of(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class Follower:
    """values: (patient, channel, seconds since 1970) -> (value or None, unit). arrived: the same -> (monotonic time
    of its first line). doubled: what was added where something stood. Read under the lock, or after close ()."""

    def __init__(self, cli, base, *options, token_file=None):
        self.values, self.arrived, self.doubled, self.statuses, self.patients = {}, {}, [], [], {}
        self.raw, self.lines, self.bad_lines = [], 0, []
        self.changed = threading.Condition()
        command = [cli, "follow", "--server", base, "--history", *options]
        if token_file is not None:
            command += ["--token-file", str(token_file)]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
        self.readers = [threading.Thread(target=self.read_lines), threading.Thread(target=self.read_errors)]
        self.errors = ""
        for reader in self.readers:
            reader.start()

    def read_errors(self):
        self.errors = self.process.stderr.read()

    def read_lines(self):
        for text in self.process.stdout:
            now = time.monotonic()
            try:
                line = json.loads(text)
            except ValueError:
                line = {"type": "unreadable"}
            with self.changed:
                self.lines += 1
                self.take(line, text, now)
                self.changed.notify_all()
        with self.changed:
            self.changed.notify_all()

    def take(self, line, text, now):
        if line["type"] == "value":
            self.take_value(line, now)
        elif line["type"] == "status":
            self.statuses.append((now, line["state"], line["message"]))
        elif line["type"] == "patient":
            self.patients[line["patient"]] = line
        elif line["type"] == "unreadable":
            self.bad_lines.append(text)

    def take_value(self, line, now):
        key = (line["patient"], line["channel"], seconds_of(line["time"]))
        if line["action"] == "drop":
            self.raw.append((key, line["value"], line["unit"]))
        elif line["action"] == "remove":
            self.values.pop(key, None)
        else:
            if line["action"] == "add" and key in self.values:
                self.doubled.append(key)
            self.values[key] = (line["value"], line["unit"])
            self.arrived.setdefault(key, now)

    def wait_for(self, condition, limit_s):
        """condition (self) holds in time, or False."""
        end = time.monotonic() + limit_s
        with self.changed:
            while not condition(self):
                left = end - time.monotonic()
                if left <= 0 or (self.process.poll() is not None and not self.readers[0].is_alive()):
                    return condition(self)
                self.changed.wait(min(left, 1))
            return True

    def state(self):
        return self.statuses[-1][1] if self.statuses else None

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
        status = self.process.wait()
        for reader in self.readers:
            reader.join()
        return status


def differences(got, expected, tolerance=0.051):
    """Words for what is missing, unexpected or wrong in the values (values to a tenth, units exactly)."""
    words = []
    for key, (value, unit) in sorted(expected.items()):
        if key not in got:
            words.append(f"missing {key}: {value} {unit}")
            continue
        got_value, got_unit = got[key]
        same = (got_value is None) == (value is None) and (value is None or abs(got_value - value) <= tolerance)
        if not same or got_unit != unit:
            words.append(f"wrong {key}: {got_value} {got_unit} instead of {value} {unit}")
    words += [f"unexpected {key}: {got[key]}" for key in sorted(set(got) - set(expected))]
    return words
