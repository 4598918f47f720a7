# SPDX-License-Identifier: GPL-3.0-or-later
"""A small FHIR server that takes transactions, for the tests of forwarding: it keeps every resource with its ids and
counts, and can lose its answer after it has done what was asked. Nothing of Twinward's own code."""

import json
import random
import socket
import threading
import time
import urllib.parse
from datetime import datetime, timezone
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Target:
    """by_id: takes ids of clients (updateCreate); else only conditional creates. trouble: share of transactions
    whose answer is lost, or that are turned away with 503, by turns."""

    def __init__(self, by_id=True, trouble=0.0, seed=1, refuse=lambda resource: None):
        self.by_id = by_id
        self.trouble = trouble
        self.refuse = refuse
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        self.resources = {}     # "Type/id" -> resource
        self.by_identifier = {} # (type, system|value) -> "Type/id"
        self.next_id = 1
        self.largest = self.n_transactions = self.n_lost = self.n_refused = 0
        target = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments):
                pass

            def answer(self, status, body, **headers):
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/fhir+json")
                self.send_header("Content-Length", str(len(data)))
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.end_headers()
                self.wfile.write(data)

            def do_GET(self):
                if self.path.rstrip("/").endswith("/metadata"):
                    self.answer(200, target.capability())
                else:
                    self.answer(404, outcome("not-found", "nothing here"))

            def do_POST(self):
                bundle = json.loads(self.rfile.read(int(self.headers["Content-Length"])), parse_float=Decimal)
                with target.lock:
                    fate = target.random.random()
                    if fate < target.trouble / 2:
                        self.answer(503, outcome("transient", "busy"), Retry_After="0")
                        return
                    status, answer = target.take(bundle)
                    if fate < target.trouble:
                        target.n_lost += 1
                        self.connection.shutdown(socket.SHUT_RDWR)
                        self.close_connection = True
                        return
                self.answer(status, answer)

        class Server(ThreadingHTTPServer):
            def handle_error(self, request, client_address):
                pass  # a killed client's connection

        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self.server.server_port}/fhir"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def capability(self):
        resource = {"type": "Observation", "updateCreate": self.by_id, "conditionalCreate": True,
                    "interaction": [{"code": "create"}, {"code": "update"}]}
        return {"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "kind": "instance",
                "status": "active", "date": "2026-11-22", "format": ["json"],
                "software": {"name": "test target", "version": "1"},
                "rest": [{"mode": "server", "resource": [resource], "interaction": [{"code": "transaction"}]}]}

    def take(self, bundle):
        """All or nothing."""
        self.n_transactions += 1
        entries = bundle["entry"]
        self.largest = max(self.largest, len(entries))
        for entry in entries:
            why = self.refuse(entry["resource"])
            if why is not None:
                self.n_refused += 1
                return 422, outcome("invalid", why)
        planned, places = [], {}
        for entry in entries:
            kind, request = entry["resource"]["resourceType"], entry["request"]
            if request["method"] == "PUT":
                key = request["url"]
                if not self.by_id and key not in self.resources:
                    return 404, outcome("not-found", f"{key} is not here, and ids of clients are not taken")
                planned.append((key, entry, 200 if key in self.resources else 201))
            else:
                condition = urllib.parse.unquote(request["ifNoneExist"].removeprefix("identifier="))
                key = self.by_identifier.get((kind, condition))
                planned.append((key or f"{kind}/{self.next_id}", entry, 200 if key else 201))
                self.next_id += key is None
                places[entry["fullUrl"]] = planned[-1][0]
        for key, entry, status in planned:
            text = json.dumps(entry["resource"], default=float)
            for reference in references(entry["resource"]):
                there = places.get(reference, reference)
                if there not in self.resources and all(there != other for other, _, _ in planned):
                    return 422, outcome("not-found", f"{reference} is not here")
                text = text.replace(f'"{reference}"', f'"{there}"')
        answers = []
        for key, entry, status in planned:
            if entry["request"]["method"] == "PUT" or status == 201:
                self.keep(key, entry["resource"], places)
            answers.append({"response": {"status": f"{status} x", "location": f"{key}/_history/1"}})
        return 200, {"resourceType": "Bundle", "type": "transaction-response", "entry": answers}

    def keep(self, key, resource, places):
        subject = resource.get("subject", {}).get("reference")
        resource = dict(resource, at=key)
        if subject in places:
            resource["subject"] = {"reference": places[subject]}
        self.resources[key] = resource
        for identifier in resource.get("identifier", []):
            token = f"{identifier.get('system', '')}|{identifier['value']}"
            self.by_identifier.setdefault((resource["resourceType"], token), key)

    def read_all(self, kind):
        with self.lock:
            return [resource for resource in self.resources.values() if resource["resourceType"] == kind]


def outcome(code, text):
    return {"resourceType": "OperationOutcome",
            "issue": [{"severity": "error", "code": code, "details": {"text": text}}]}


def references(resource):
    for key in ("subject", "device", "partOf"):
        if key in resource:
            yield resource[key]["reference"]
    for place in resource.get("location", []) if resource["resourceType"] == "Encounter" else []:
        yield place["location"]["reference"]


LOINC = {"8867-4": "heart_rate", "8480-6": "systolic", "8462-4": "diastolic", "8478-0": "map", "9279-1": "respiratory_rate",
         "59408-5": "spo2", "8310-5": "temperature"}


def microseconds(text):
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    delta = moment - datetime(1970, 1, 1, tzinfo=timezone.utc)
    return (delta.days * 86400 + delta.seconds) * 1_000_000 + delta.microseconds


def channel_of(part):
    return next(LOINC[coding["code"]] for coding in part["code"]["coding"] if coding.get("code") in LOINC)


def values_of(observation):
    """(channel, time in microseconds, value or None, unit) of everything that it says."""
    if observation["status"] == "entered-in-error":
        return
    if "valueSampledData" in observation:
        sampled = observation["valueSampledData"]
        start = microseconds(observation["effectivePeriod"]["start"])
        for i, text in enumerate(sampled["data"].split()):
            value = None if text == "E" else float(Decimal(text) * Decimal(str(sampled["factor"])))
            yield (channel_of(observation), start + int(i * Decimal(str(sampled["period"])) * 1000), value,
                   sampled["origin"]["code"])
        return
    for part in observation.get("component", [observation]):
        quantity = part.get("valueQuantity")
        yield (channel_of(part), microseconds(observation["effectiveDateTime"]),
               float(quantity["value"]) if quantity else None, quantity["code"] if quantity else None)


def collect(patients, observations):
    """(record number, channel, time) -> list of (value, unit), of values that are there; more than one is a double."""
    names = {}
    for patient in patients:
        record = next(i["value"] for i in patient["identifier"] if i.get("use") == "usual")
        names[patient.get("at") or f"Patient/{patient['id']}"] = record
    found = {}
    for observation in observations:
        who = names[observation["subject"]["reference"]]
        for channel, t_us, value, unit in values_of(observation):
            if value is not None:
                found.setdefault((who, channel, t_us), []).append((value, unit))
    return found


def wait_until(condition, timeout_s, what):
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, f"waited {timeout_s} s for {what}"
        time.sleep(0.05)
