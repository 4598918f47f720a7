#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HAPI peer is what the other tests take it for: it validates, keeps versions, takes ids from clients, re-uses
searches for a while, and pages by its own links.

usage: hapi_server.py BUILD
"""

import sys
import uuid

import hapi_peer
import ward_data
from fhir_client import FhirClient, Refused


def check_validation(client, prefix):
    bad = ward_data.patient(f"{prefix}-bad") | {"gender": "mle"}
    try:
        client.put(bad)
    except Refused as refusal:
        assert refusal.status == 422, f"{refusal.status} for an invalid Patient"
        assert b"OperationOutcome" in refusal.body
    else:
        raise AssertionError("an invalid Patient was accepted")
    good, broken = ward_data.patient(f"{prefix}-p"), ward_data.vital(f"{prefix}-x", f"{prefix}-p", "heart_rate", 0, 71)
    del broken["status"]
    try:
        client.transaction([good, broken])
    except Refused as refusal:
        assert refusal.status in (400, 422), f"{refusal.status} for a transaction with an invalid entry"
    else:
        raise AssertionError("a transaction with an invalid entry was accepted")
    assert client.raw("GET", f"Patient/{prefix}-p")[0] == 404, "a part of a refused transaction stayed"


def check_versions(client, prefix):
    client.put(ward_data.patient(f"{prefix}-p"))
    first = client.put(ward_data.vital(f"{prefix}-o", f"{prefix}-p", "heart_rate", 0, 71))
    second = client.put(ward_data.vital(f"{prefix}-o", f"{prefix}-p", "heart_rate", 0, 72))
    assert (first["meta"]["versionId"], second["meta"]["versionId"]) == ("1", "2")
    assert client.get(f"Observation/{prefix}-o/_history/1")["valueQuantity"]["value"] == 71
    again = client.put(ward_data.vital(f"{prefix}-o", f"{prefix}-p", "heart_rate", 0, 72))
    assert again["meta"]["versionId"] == "2", "the same content made a new version"


def check_conditional_create(client, prefix):
    resource = ward_data.vital("", f"{prefix}-p", "spo2", 60, 97)
    resource["identifier"] = [{"system": "urn:twinward:test", "value": f"{prefix}-1"}]
    del resource["id"]
    condition = {"If-None-Exist": f"identifier=urn:twinward:test%7C{prefix}-1"}
    made = client.raw("POST", "Observation", resource, condition)
    again = client.raw("POST", "Observation", resource, condition)
    assert (made[0], again[0]) == (201, 200), f"{made[0]} and {again[0]}"
    assert len(client.search(f"Observation?identifier=urn:twinward:test%7C{prefix}-1")) == 1


def check_search_cache(client, prefix):
    path = f"Observation?patient={prefix}-p&code=9279-1"
    assert client.get(path)["total"] == 0
    client.put(ward_data.vital(f"{prefix}-rr", f"{prefix}-p", "respiratory_rate", 0, 14))
    assert client.get(path)["total"] == 0, "the search was not re-used: the quirk is gone"
    assert len(client.search(path)) == 1, "no-cache did not help"


def check_pages(client, prefix):
    client.transaction([ward_data.vital(f"{prefix}-t{i}", f"{prefix}-p", "temperature", 60 * i, 37) for i in range(45)])
    page = client.get(f"Observation?patient={prefix}-p&code=8310-5&_sort=_lastUpdated&_count=1000")
    assert len(page["entry"]) == 45
    assert len(client.search(f"Observation?patient={prefix}-p&code=8310-5&_sort=_lastUpdated&_count=7")) == 45


def main():
    with hapi_peer.running(sys.argv[1]) as base:
        client = FhirClient(base)
        prefix = f"own-{uuid.uuid4().hex[:8]}"
        capability = client.get("metadata")
        assert capability["fhirVersion"] == "4.0.1"
        for check in (check_validation, check_versions, check_conditional_create, check_search_cache, check_pages):
            check(client, prefix)
            print(f"{check.__name__} passed", flush=True)
        print(f"{capability['software']['name']} {capability['software']['version']} is as the tests need it")


if __name__ == "__main__":
    main()
