#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""HAPI FHIR JPA as a peer: built with Maven in the build folder, started on a free port, ended by its own process id.

In a test (BUILD is the build folder):

    import hapi_peer
    from fhir_client import FhirClient

    with hapi_peer.running(BUILD) as base:       # "http://127.0.0.1:PORT/fhir"
        client = FhirClient(base)
        client.put({"resourceType": "Patient", "id": "mine-1"})

Inside `make check-peers` one server is shared by all tests (this program starts it around them, and it takes a minute
or two), so: ids, wards and identifiers of your own, told apart by a prefix; never ask for everything; never assume an
empty server. Whoever must have one alone, or kill it, calls start (BUILD) and stop (process).
The test exits with 77 and the reason when Java, Maven or the packages cannot be had.

What it is: FHIR R4, H2 in memory, no token. It validates what is written (422 with an OperationOutcome; transactions
entry by entry), takes ids from clients (updateCreate), keeps history, pages by 20 unless _count says otherwise and by
200 at most, and re-uses a search for 60 s unless Cache-Control: no-cache is sent, as HAPI does by default.

usage: hapi_peer.py BUILD                 starts it, prints address and process id, ends with its standard input
       hapi_peer.py BUILD -- COMMAND...   runs the command with the server shared
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import peers

SHARED = "TWINWARD_PEER_HAPI"           # the address of the server that is shared
MISSING = "TWINWARD_PEER_HAPI_MISSING"  # or why there is none
PROJECT = Path(__file__).resolve().parent / "hapi"
HEAP = "-Xmx2g"
LONGEST_START_S = 600
UNRESOLVED = ("Could not resolve", "Non-resolvable", "Could not transfer", "Cannot access", "could not be resolved")


class Missing(Exception):
    """The server cannot be had here; the words say why."""


def build(build_folder):
    """The server's jar, made when it is not there or older than its sources."""
    if shutil.which("mvn") is None or shutil.which("java") is None:
        raise Missing("HAPI FHIR: maven or java is not installed (make check-peers installs them)")
    target = Path(build_folder).resolve() / "peers-hapi"
    jar = target / "hapi-peer.jar"
    newest = max(path.stat().st_mtime for path in PROJECT.rglob("*") if path.is_file())
    if jar.exists() and jar.stat().st_mtime > newest:
        return jar
    target.mkdir(parents=True, exist_ok=True)
    made = subprocess.run(["mvn", "-B", "-q", "-f", str(PROJECT / "pom.xml"), f"-Dpeer.target={target}", "package"],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if made.returncode != 0 and any(words in made.stdout for words in UNRESOLVED):
        raise Missing("HAPI FHIR: its packages cannot be fetched from the Maven registry")
    if made.returncode != 0:
        raise RuntimeError(f"the HAPI peer does not build:\n{made.stdout[-4000:]}")
    return jar


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_ready(process, base, log):
    end = time.monotonic() + LONGEST_START_S
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{base}/metadata", timeout=60) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    stop(process)
    raise RuntimeError(f"HAPI FHIR did not start:\n{log.read_text(errors='replace')[-4000:]}")


def start(build_folder, *properties, compiler="-XX:TieredStopAtLevel=1"):
    """Starts a server of one's own: (base address, process). properties: Spring's, such as "--name=value".
    compiler: the quick one suits short tests; None lets Java optimise fully, for long runs."""
    jar = build(build_folder)
    port = free_port()
    base = f"http://127.0.0.1:{port}/fhir"
    log = jar.parent / f"server-{port}.log"
    options = [HEAP, "-XX:+UseSerialGC"] + ([compiler] if compiler else [])
    with log.open("w") as out:
        process = subprocess.Popen(["java", *options, "-jar", str(jar), f"--server.port={port}", *properties],
                                   stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
    try:
        wait_until_ready(process, base, log)
    except BaseException:
        stop(process)
        raise
    return base, process


def stop(process):
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def running(build_folder):
    """Yields the base address of the shared server, or of one that lives for this block; skips by name."""
    if os.environ.get(SHARED):
        yield os.environ[SHARED]
        return
    if os.environ.get(MISSING):
        peers.skip(os.environ[MISSING])
    try:
        base, process = start(build_folder)
    except Missing as why:
        peers.skip(str(why))
    try:
        yield base
    finally:
        stop(process)


def run_with_server(build_folder, command):
    environment = dict(os.environ)
    process = None
    try:
        base, process = start(build_folder)
        environment[SHARED] = base
        print(f"HAPI FHIR answers at {base}, process {process.pid}", flush=True)
    except Missing as why:
        environment[MISSING] = str(why)
        print(f"skipped: {why}", flush=True)
    try:
        return subprocess.run(command, env=environment, check=False).returncode
    finally:
        if process is not None:
            stop(process)


def main():
    if len(sys.argv) > 3 and sys.argv[2] == "--":
        return run_with_server(sys.argv[1], sys.argv[3:])
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    try:
        base, process = start(sys.argv[1])
    except Missing as why:
        peers.skip(str(why))
    try:
        print(base, process.pid, flush=True)
        sys.stdin.read()
    finally:
        stop(process)
    return 0


if __name__ == "__main__":
    sys.exit(main())
