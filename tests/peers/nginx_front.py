#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""nginx as the TLS front of our gateway, as hospitals run one: followed through it by stream and by polling, renewed in
mid-stream, while the gateway behind it stops, and in every wrong variant.

usage: nginx_front.py BUILD GATEWAY CLI CERTIFICATES [APP]
"""

import contextlib
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import peers
from follower import Follower, differences

BUILD, GATEWAY, CLI, CERTIFICATES = sys.argv[1:5]
APP = sys.argv[5] if len(sys.argv) > 5 else None
HOME = Path(BUILD) / "peers-nginx"
KEYS = HOME / "certificates"
AUTHORITY = KEYS / "authority.pem"
TOKEN = "front-token"

CONFIGURATION = """
daemon off;
worker_processes 1;
{user}
pid {home}/nginx.pid;
error_log {home}/error.log info;
events {{ worker_connections 256; }}
http {{
  log_format kept '$connection $connection_requests $status $server_protocol $request_uri';
  access_log {home}/access.log kept;
  client_body_temp_path {home}/body;
  proxy_temp_path {home}/proxy;
  fastcgi_temp_path {home}/fastcgi;
  uwsgi_temp_path {home}/uwsgi;
  scgi_temp_path {home}/scgi;
  gzip on;
  gzip_types application/fhir+json application/json;
  keepalive_timeout 60s;
  server {{
    listen 127.0.0.1:{port} {listen};
    {tls}
    {more}
    location / {{
      {answer}
    }}
  }}
}}
"""
PASS = """proxy_pass http://127.0.0.1:{gateway};
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_read_timeout 3s;
      proxy_buffering {buffering};"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def opens(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def wait_until(condition, what, limit_s=20):
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end, f"{what} did not come in {limit_s} s"
        time.sleep(0.05)


class Gateway:
    """A gateway on a port of its own, which can stop, stall and come back."""

    def __init__(self, front_port):
        self.port, self.front_port = free_port(), front_port
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [GATEWAY, "--demo", "--seed", "7", "--history", "1", "--speed", "20", "--port", str(self.port),
             "--token", TOKEN, "--public-url", f"https://127.0.0.1:{self.front_port}/fhir/R4"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env={**os.environ, "XDG_RUNTIME_DIR": str(HOME)})
        wait_until(lambda: opens(self.port), "the gateway")

    def stop(self):
        self.process.send_signal(signal.SIGCONT)
        self.process.terminate()
        self.process.wait()

    @property
    def base(self):
        return f"http://127.0.0.1:{self.port}/fhir/R4"


class Front:
    def __init__(self, program):
        self.program, self.port, self.process, self.upstream = program, free_port(), None, 9
        self.base = f"https://127.0.0.1:{self.port}/fhir/R4"

    def configure(self, buffering="off", certificate="server", key="server", protocols="TLSv1.2 TLSv1.3",
                  listen="ssl", more="", answer=None, ciphers=None):
        shutil.copy(KEYS / f"{certificate}.pem", HOME / "front.pem")
        shutil.copy(KEYS / f"{key}.key", HOME / "front.key")
        tls = (f"ssl_certificate {HOME}/front.pem; ssl_certificate_key {HOME}/front.key;"
               f" ssl_protocols {protocols};" + (f" ssl_ciphers {ciphers};" if ciphers else ""))
        (HOME / "nginx.conf").write_text(CONFIGURATION.format(
            user="user root;" if os.geteuid() == 0 else "", home=HOME, port=self.port, listen=listen,
            tls=tls if "ssl" in listen else "", more=more,
            answer=answer or PASS.format(gateway=self.upstream, buffering=buffering)))

    def start(self, **options):
        self.stop()
        self.configure(**options)
        (HOME / "access.log").unlink(missing_ok=True)
        self.process = subprocess.Popen([self.program, "-p", str(HOME), "-c", str(HOME / "nginx.conf")],
                                        stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(lambda: opens(self.port), "nginx")

    def reload(self, **options):
        self.configure(**options)
        self.process.send_signal(signal.SIGHUP)

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
            self.process = None

    def log(self):
        return [line.split(" ", 4) for line in (HOME / "access.log").read_text().splitlines()]


def follow(base, *options, trust=True):
    more = ["--ca", str(AUTHORITY)] if trust and base.startswith("https") else []
    return Follower(CLI, base, *more, *options, token_file=HOME / "token")


def pin(name):
    return "sha256//" + (KEYS / f"{name}.pin").read_text()


def shown_key(port):
    """The public key's hash that a new connection is shown."""
    certificate = ssl.get_server_certificate(("127.0.0.1", port))
    key = subprocess.run(["openssl", "x509", "-pubkey", "-noout"], input=certificate, text=True,
                         capture_output=True, check=True).stdout
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=key.encode(),
                         capture_output=True, check=True).stdout
    digest = subprocess.run(["openssl", "dgst", "-sha256", "-binary"], input=der, capture_output=True, check=True).stdout
    return "sha256//" + subprocess.run(["openssl", "base64", "-A"], input=digest, capture_output=True,
                                       check=True).stdout.decode()


def is_live(follower):
    return follower.state() == "live" and len(follower.patients) == 8


def compare(direct, fronted, what):
    """Everything up to the last time that both have seen whole is the same; nothing came twice."""
    newest = min(max(key[2] for key in one.values) for one in (direct, fronted)) - 60
    expected = {key: value for key, value in direct.values.items() if key[2] <= newest}
    got = {key: value for key, value in fronted.values.items() if key[2] <= newest}
    wrong = differences(got, expected)
    assert not wrong, f"{what}: {len(wrong)} differences, first {wrong[:3]}"
    assert not fronted.doubled and not fronted.bad_lines, f"{what}: {fronted.doubled[:3]} {fronted.bad_lines[:3]}"
    assert len(expected) > 1000, f"{what}: only {len(expected)} values"
    return len(expected)


def check_follow(front, gateway, name, options, seconds, **configuration):
    front.start(**configuration)
    direct, fronted = follow(gateway.base, *options), follow(front.base, *options)
    try:
        assert fronted.wait_for(is_live, 60), f"{name}: {fronted.statuses[-1:]} {fronted.errors}"
        assert direct.wait_for(is_live, 60)
        time.sleep(seconds)
    finally:
        direct.close()
        fronted.close()
    states = {state for _, state, _ in fronted.statuses}
    assert states <= {"connecting", "loading", "live"}, f"{name}: {fronted.statuses}"
    return compare(direct, fronted, name)


def check_ways(front, gateway):
    for buffering in ("off", "on"):
        n = check_follow(front, gateway, f"stream, buffering {buffering}", [], 12, buffering=buffering)
        print(f"stream, buffering {buffering}: {n} values as without the front")
    n = check_follow(front, gateway, "polling", ["--poll"], 16)
    most = max(int(requests) for _, requests, _, protocol, _ in front.log() if protocol == "HTTP/1.1")
    assert most >= 3, f"polling: at most {most} requests on a connection"
    print(f"polling over HTTP/1.1: {n} values, up to {most} requests on one connection")
    n = check_follow(front, gateway, "HTTP/2", [], 10, listen="ssl http2")
    assert any(protocol == "HTTP/2.0" for _, _, _, protocol, _ in front.log())
    print(f"stream over HTTP/2: {n} values")


def check_client_certificates(front):
    front.start(more=f"ssl_client_certificate {AUTHORITY}; ssl_verify_client on;")
    good = follow(front.base, "--client-cert", str(KEYS / "client.pem"), "--client-key", str(KEYS / "client.key"))
    try:
        assert good.wait_for(is_live, 60), good.errors
    finally:
        good.close()
    check_refused(front, "no client certificate", [], "wants a client certificate")
    check_refused(front, "a stranger's client certificate",
                  ["--client-cert", str(KEYS / "intruder.pem"), "--client-key", str(KEYS / "client.key")],
                  "wants a client certificate")
    print("client certificate: demanded, accepted, and refused in words")


def check_refused(front, name, options, words, trust=True):
    refused = follow(front.base, *options, trust=trust)
    try:
        assert refused.wait_for(lambda one: one.process.poll() is not None, 30), f"{name}: {refused.statuses}"
    finally:
        status = refused.close()
    assert status == 3, f"{name}: exit status {status}, {refused.statuses}"
    assert words in refused.errors, f"{name}: {refused.errors}"
    assert not refused.values, f"{name}: values came"


def check_wrong_variants(front):
    weak = "ALL:@SECLEVEL=0"
    for name, words, configuration in (
            ("expired", "has expired", {"certificate": "expired"}),
            ("not yet valid", "not valid yet", {"certificate": "early"}),
            ("wrong host", "belongs to another server", {"certificate": "elsewhere"}),
            ("self-signed", "signed by itself", {"certificate": "alone"}),
            ("untrusted authority", "does not trust", {"certificate": "foreign"}),
            ("TLS 1.1", "known to be broken", {"protocols": "TLSv1.1", "ciphers": weak}),
            ("weak key", "too weak", {"certificate": "short", "key": "short", "ciphers": weak}),
            ("SHA-1", "too weak", {"certificate": "sha1", "ciphers": weak})):
        front.start(**configuration)
        check_refused(front, name, [], words)
    front.start(listen="")
    check_refused(front, "no TLS at all", [], "answers without encryption")
    front.start()
    check_refused(front, "swapped pin", ["--pin", pin("next")], "not the one that this site has pinned")
    check_refused(front, "nothing of the site", [], "does not trust", trust=False)
    print("eleven wrong variants refused, each in its own words")


def check_fault(front, name, words, **configuration):
    """What is no matter of trust is told and tried again slowly; no value is shown."""
    front.start(**configuration)
    follower = follow(front.base)
    try:
        assert follower.wait_for(lambda one: one.state() in ("fault", "reconnecting"), 30), name
        message = follower.statuses[-1][2]
        assert words in message, f"{name}: {message}"
        assert not follower.values
    finally:
        follower.close()


def check_reload(front, gateway):
    """A renewed certificate while the stream runs: no gap, no doubled value; new connections are shown the new key."""
    front.start()
    both = ["--pin", pin("server"), "--pin", pin("next")]
    direct, fronted = follow(gateway.base), follow(front.base, *both)
    try:
        assert fronted.wait_for(is_live, 60) and direct.wait_for(is_live, 60), fronted.statuses
        time.sleep(4)
        front.reload(certificate="next", key="next")
        wait_until(lambda: shown_key(front.port) == pin("next"), "the new certificate")
        time.sleep(8)
        assert fronted.state() == "live", fronted.statuses
    finally:
        direct.close()
        fronted.close()
    n = compare(direct, fronted, "renewed in mid-stream")
    check_refused(front, "the old pin alone", ["--pin", pin("server")], "not the one that this site has pinned")
    print(f"certificate renewed in mid-stream: {n} values as without the front; the old pin alone is refused then")


def status_of(front):
    context = ssl.create_default_context(cafile=str(AUTHORITY))
    request = urllib.request.Request(f"{front.base}/metadata", headers={"Authorization": f"Bearer {TOKEN}"})
    try:
        with urllib.request.urlopen(request, context=context, timeout=10) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code


def check_restart(front, gateway):
    """The gateway stops (502), comes back, stalls (504), goes on: the client says so and recovers each time."""
    front.start()
    follower = follow(front.base)
    try:
        assert follower.wait_for(is_live, 60), follower.statuses
        for name, status, break_it, mend in (
                ("stopped", 502, gateway.stop, gateway.start),
                ("stalled", 504, lambda: gateway.process.send_signal(signal.SIGSTOP),
                 lambda: gateway.process.send_signal(signal.SIGCONT))):
            break_it()
            assert status_of(front) == status, name
            assert follower.wait_for(lambda one: one.state() in ("reconnecting", "offline"), 30), \
                f"{name}: {follower.statuses[-3:]}"
            mend()
            assert follower.wait_for(lambda one: one.state() == "live", 60), f"{name}: {follower.statuses[-3:]}"
            print(f"gateway {name} behind the front ({status}): told, and live again")
    finally:
        follower.close()
    assert not follower.bad_lines  # the demo ward that came back is another one: its values are compared elsewhere


def check_app(front):
    """The app itself, in a window: a forecast of the ward behind the front is painted."""
    xvfb = shutil.which("xvfb-run")
    if xvfb is None or APP is None:
        print("the app was not opened: " + ("xvfb-run is not here" if APP else "it is not built"))
        return
    front.start()
    quiet = {"GSK_RENDERER": "cairo", "GDK_BACKEND": "x11", "GDK_DEBUG": "gl-disable", "GTK_A11Y": "none",
             "GSETTINGS_BACKEND": "memory", "NO_AT_BRIDGE": "1", "LC_ALL": "C.UTF-8"}
    said = HOME / "app.log"
    with said.open("w") as log:
        process = subprocess.Popen([xvfb, "-a", APP, "--timings", "--server", front.base, "--token-file",
                                    str(HOME / "token"), "--ca", str(AUTHORITY), "--pin", pin("server")],
                                   stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                                   env={**os.environ, **quiet})
    try:
        wait_until(lambda: "first-forecast" in said.read_text() or process.poll() is not None, "a forecast in the app",
                   90)
        assert "first-forecast" in said.read_text(), said.read_text()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait()
    print("app: a forecast of the ward behind the front was painted")


def main():
    program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if program is None:
        peers.skip("nginx is not here (package nginx)")
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    subprocess.run([CERTIFICATES, str(KEYS)], check=True)
    (HOME / "token").write_text(TOKEN + "\n")
    front = Front(program)
    gateway = Gateway(front.port)
    front.upstream = gateway.port
    try:
        check_ways(front, gateway)
        check_client_certificates(front)
        check_wrong_variants(front)
        check_fault(front, "redirect to http", "without encryption",
                    answer=f"return 302 http://127.0.0.1:{gateway.port}$request_uri;")
        print("redirect to http: not followed")
        check_reload(front, gateway)
        check_restart(front, gateway)
        check_app(front)
    finally:
        front.stop()
        gateway.stop()


if __name__ == "__main__":
    main()
