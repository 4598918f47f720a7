# SPDX-License-Identifier: GPL-3.0-or-later
"""Medplum's router in memory as a peer: fetched with npm into the build folder, ended by its standard input.

    with medplum_peer.running(BUILD) as base:     # "http://127.0.0.1:PORT/fhir/R4"

Every caller has a server of its own. Searches compare with every resource: stay below a few hundred.
"""

import contextlib
import shutil
import subprocess
from pathlib import Path

import peers

PROJECT = Path(__file__).resolve().parent / "medplum"


def install(build_folder):
    """The folder with the server and its packages; skips by name when they cannot be had."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        peers.skip("Medplum: nodejs or npm is not installed (make check-peers installs them)")
    folder = Path(build_folder).resolve() / "peers-medplum"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(PROJECT / "server.mjs", folder)
    wanted = (PROJECT / "package.json").read_text()
    stamp = folder / "installed.json"
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.copy(PROJECT / "package.json", folder)
        done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"], cwd=folder,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            peers.skip("Medplum: its packages cannot be fetched from the npm registry")
        stamp.write_text(wanted)
    return folder


@contextlib.contextmanager
def running(build_folder):
    folder = install(build_folder)
    process = subprocess.Popen(["node", "server.mjs"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               text=True)
    try:
        base = process.stdout.readline().strip()
        assert base, "Medplum's router did not start"
        yield base
    finally:
        process.stdin.close()
        process.wait()
