# SPDX-License-Identifier: GPL-3.0-or-later
"""What every peer test needs: packages in a folder of their own, the gateway as a process, a skip by name."""

import contextlib
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
import venv
from pathlib import Path

SKIP = 77


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIP)


def with_packages(build, *packages):
    """Runs this very program again in an environment that has the packages; skips when they cannot be had."""
    home = Path(build) / "peers-python"
    python = home / "bin" / "python3"
    if Path(sys.prefix) == home:
        return
    if not python.exists():
        try:
            venv.create(home, with_pip=True)
        except (subprocess.CalledProcessError, OSError) as error:
            skip(f"no Python environment can be made here ({error})")
    installed = subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                                *packages], stderr=subprocess.PIPE, text=True)
    if installed.returncode != 0:
        skip(f"{', '.join(packages)} cannot be installed from the package registry")
    os.execv(python, [str(python), *sys.argv])


@contextlib.contextmanager
def gateway(program, *options):
    """Yields (base URL, token); closing its standard input ends it."""
    process = subprocess.Popen([program, "--embedded", *options], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)
    try:
        url, token = process.stdout.readline().split()
        yield url, token
    finally:
        process.stdin.close()
        process.wait()


def get(url, token, expect=200):
    request = urllib.request.Request(url, headers={"Accept": "application/fhir+json"})
    if token is not None:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request) as response:
            status, body = response.status, response.read()
    except urllib.error.HTTPError as error:
        status, body = error.code, error.read()
    assert status == expect, f"{url}: {status} instead of {expect}"
    return json.loads(body)
