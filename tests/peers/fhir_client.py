# SPDX-License-Identifier: GPL-3.0-or-later
"""A FHIR server as the tests see it: plain requests over one kept connection, nothing of Twinward's own code."""

import http.client
import json
import urllib.parse

JSON = "application/fhir+json"


class Refused(Exception):
    """The server answered with another status than was expected."""

    def __init__(self, method, path, status, body):
        super().__init__(f"{method} {path}: {status}\n{body[:1000].decode('utf-8', 'replace')}")
        self.status = status
        self.body = body


class FhirClient:
    def __init__(self, base, token=None, timeout_s=300):
        parts = urllib.parse.urlsplit(base)
        self.base = base.rstrip("/")
        self.root = parts.path.rstrip("/")
        self.host = (parts.hostname, parts.port)
        self.timeout_s = timeout_s
        self.headers = {"Accept": JSON} | ({"Authorization": f"Bearer {token}"} if token else {})
        self.connection = None

    def close(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None

    def raw(self, method, path, body=None, headers=None):
        """(status, headers, bytes). path: below the base, or a whole address of this server (a next link)."""
        if path.startswith("http"):
            parts = urllib.parse.urlsplit(path)
            assert (parts.hostname, parts.port) == self.host, f"{path} is another server's"
            target = parts.path + ("?" + parts.query if parts.query else "")
        else:
            target = f"{self.root}/{path}".rstrip("/")
        data = json.dumps(body).encode() if body is not None else None
        sent = self.headers | ({"Content-Type": JSON} if data else {}) | (headers or {})
        for attempt in (1, 2):  # a kept connection may have been closed by the server meanwhile
            try:
                if self.connection is None:
                    self.connection = http.client.HTTPConnection(*self.host, timeout=self.timeout_s)
                self.connection.request(method, target, data, sent)
                response = self.connection.getresponse()
                return response.status, response.headers, response.read()
            except (http.client.HTTPException, ConnectionError):
                self.close()
                if attempt == 2:
                    raise

    def call(self, method, path, body=None, headers=None, expect=(200, 201, 204)):
        status, _, answer = self.raw(method, path, body, headers)
        if status not in expect:
            raise Refused(method, path, status, answer)
        return json.loads(answer) if answer else None

    def get(self, path, **more):
        return self.call("GET", path, **more)

    def put(self, resource, **more):
        return self.call("PUT", f"{resource['resourceType']}/{resource['id']}", resource, **more)

    def post(self, resource, **more):
        return self.call("POST", resource["resourceType"], resource, **more)

    def transaction(self, resources):
        """Creates or updates all of them under their own ids, in one transaction."""
        entries = [{"resource": resource, "fullUrl": f"{self.base}/{resource['resourceType']}/{resource['id']}",
                    "request": {"method": "PUT", "url": f"{resource['resourceType']}/{resource['id']}"}}
                   for resource in resources]
        return self.call("POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": entries})

    def search(self, path):
        """The resources of all pages; no-cache, since servers re-use results."""
        found = []
        while path:
            bundle = self.get(path, headers={"Cache-Control": "no-cache"})
            found += [entry["resource"] for entry in bundle.get("entry", [])]
            path = next((link["url"] for link in bundle.get("link", []) if link["relation"] == "next"), None)
        return found
