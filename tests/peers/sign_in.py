# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole hospital sign-in against oidc-provider, an independent identity server: this program is the browser.

It follows redirects, fills in the forms, and brings the answer to Twinward's listener, as it is or spoilt. Then the
tokens' life: renewal with rotation, an expired token under a running session, a revoked one, sign-out.
"""

import contextlib
import html.parser
import http.client
import http.cookiejar
import json
import os
import select
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import peers

PROJECT = Path(__file__).resolve().parent / "oidc"
LIFE_S = 3


def install(build_folder):
    if shutil.which("npm") is None or shutil.which("node") is None:
        peers.skip("oidc-provider: nodejs or npm is not installed (make check-peers installs them)")
    folder = Path(build_folder).resolve() / "peers-oidc"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(PROJECT / "server.mjs", folder)
    wanted = (PROJECT / "package.json").read_text()
    stamp = folder / "installed.json"
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.copy(PROJECT / "package.json", folder)
        done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"], cwd=folder,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            peers.skip("oidc-provider: its packages cannot be fetched from the npm registry")
        stamp.write_text(wanted)
    return folder


@contextlib.contextmanager
def identity_server(build_folder):
    process = subprocess.Popen(["node", "server.mjs", str(LIFE_S)], cwd=install(build_folder), text=True,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        issuer = process.stdout.readline().strip()
        assert issuer, "oidc-provider did not start"
        yield issuer
    finally:
        process.stdin.close()
        process.wait()


class Client:
    """Twinward's own sign-in, as a process."""

    def __init__(self, program, issuer):
        self.process = subprocess.Popen([program, f"{issuer}/fhir", "ward-app"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)
        self.rest = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def say(self, command):
        self.process.stdin.write(command.encode() + b"\n")
        self.process.stdin.flush()

    def hear(self, wait_s=30):
        end = time.monotonic() + wait_s
        while b"\n" not in self.rest:
            left = end - time.monotonic()
            assert left > 0, "no answer in time"
            if select.select([self.process.stdout], [], [], left)[0]:
                piece = os.read(self.process.stdout.fileno(), 65536)
                assert piece, "the client ended"
                self.rest += piece
        line, self.rest = self.rest.split(b"\n", 1)
        return line.decode()

    def ask(self, command):
        self.say(command)
        return self.hear()


class Form(html.parser.HTMLParser):
    """The one form of a page: where it goes, and its hidden fields."""

    def __init__(self, page):
        super().__init__()
        self.action, self.fields = None, {}
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form" and self.action is None:
            self.action = attributes.get("action")
        if tag == "input" and attributes.get("type") == "hidden":
            self.fields[attributes["name"]] = attributes.get("value", "")


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Browser:
    def __init__(self):
        self.opener = urllib.request.build_opener(
            NoRedirect, urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def load(self, url, form=None):
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        try:
            with self.opener.open(urllib.request.Request(url, data=data)) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode()

    def walk(self, url):
        """From the sign-in page to the address at which Twinward waits; does not go there."""
        form = None
        for _ in range(20):
            status, headers, page = self.load(url, form)
            form = None
            if status in (302, 303):
                url = urllib.parse.urljoin(url, headers["Location"])
                if urllib.parse.urlsplit(url).path == "/callback":
                    return url
                continue
            assert status == 200, f"{status} at {url}: {page[:300]}"
            filled = Form(page)
            url = urllib.parse.urljoin(url, filled.action)
            form = {**filled.fields, "login": "7", "password": "any"}
        raise AssertionError("the pages do not end")


def bring(address):
    """What the browser shows in the end: status and page."""
    parts = urllib.parse.urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
    connection.request("GET", f"{parts.path}?{parts.query}")
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def spoil(address, name, value):
    parts = urllib.parse.urlsplit(address)
    query = dict(urllib.parse.parse_qsl(parts.query))
    query[name] = value
    return parts._replace(query=urllib.parse.urlencode(query)).geturl()


def sign_in(client, change=None):
    first = client.ask("sign-in")
    assert first.startswith("page "), first
    address = Browser().walk(first[5:])
    status, page = bring(change(address) if change else address)
    return client.hear(), status, page


def counts(issuer):
    with urllib.request.urlopen(f"{issuer}/counts") as answer:
        return json.load(answer)


def check_refusals(program, issuer):
    for name, change in {
        "wrong state": lambda a: spoil(a, "state", "x" * 43),
        "no state": lambda a: spoil(a, "state", ""),
        "wrong issuer": lambda a: spoil(a, "iss", "https://evil.example"),
        "wrong code": lambda a: spoil(a, "code", "stolen"),
    }.items():
        with Client(program, issuer) as client:
            answer, status, _ = sign_in(client, change)
            assert answer.startswith("error "), f"{name}: {answer}"
            assert status == (200 if name == "wrong code" else 400), f"{name}: {status}"
            assert client.ask("token") == "token -", name
        print(f"ok - {name} is refused: {answer[6:]}")


def check_life(program, issuer):
    with Client(program, issuer) as client:
        assert client.ask("prepare").startswith("error "), "nobody is signed in yet"
        answer, status, page = sign_in(client)
        assert answer == "ok Dr Demo", answer
        assert status == 200 and "close this page" in page, page
        assert counts(issuer)["aud"] == f"{issuer}/fhir"
        print("ok - signed in through the pages, as Dr Demo")

        client.say("check")
        steps = {}
        while (line := client.hear()) != "ok":
            _, key, state, _cause = line.split()
            steps[key] = state
        assert set(steps.values()) == {"ok"}, steps
        print(f"ok - check list: {steps}")

        first = client.ask("token")
        assert client.ask("renew") == "ok Dr Demo"
        second = client.ask("token")
        assert first != second
        print("ok - renewed, with a rotated refresh token")

        client.say("follow")
        assert wait_for_feed(client) == "live"
        before = counts(issuer)["authorized"]
        end = time.monotonic() + 4 * LIFE_S
        while time.monotonic() < end:
            time.sleep(0.5)
        after = counts(issuer)
        assert after["authorized"] > before
        third = client.ask("token")
        assert third not in (first, second)
        print(f"ok - the session goes on over {4 * LIFE_S} s with tokens of {LIFE_S} s:"
              f" {after['authorized'] - before} requests answered, {after['refused']} refused")

        assert client.ask("sign-out").startswith("ok")
        assert wait_for_feed(client) == "signed-out"
        assert client.ask("token") == "token -"
        assert client.ask("prepare").startswith("error ")
        print("ok - signed out, and nothing is kept")


def wait_for_feed(client):
    while (line := client.hear()) == "feed other":
        pass
    assert line.startswith("feed "), line
    return line[5:]


def check_revoked(program, issuer):
    """The access token is taken back by the server: one renewal answers that. Then the whole grant is."""
    with Client(program, issuer) as client:
        assert sign_in(client)[0].startswith("ok ")
        client.say("follow")
        assert wait_for_feed(client) == "live"
        token = client.ask("token")[6:]
        revoke(issuer, token)
        end = time.monotonic() + 30
        while client.ask("token")[6:] == token:
            assert time.monotonic() < end, "the revoked token stays in use"
            time.sleep(0.5)
        print("ok - a revoked token is replaced under the running session")


def revoke(issuer, token):
    body = urllib.parse.urlencode({"token": token, "client_id": "ward-app"}).encode()
    with urllib.request.urlopen(urllib.request.Request(f"{issuer}/token/revocation", data=body)) as answer:
        assert answer.status == 200


def main():
    build, program = sys.argv[1:3]
    with identity_server(build) as issuer:
        check_life(program, issuer)
        check_revoked(program, issuer)
        check_refusals(program, issuer)


if __name__ == "__main__":
    main()
