#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of resource that the gateway serves is read and validated by an independent FHIR library.

usage: fhir_facade.py BUILD GATEWAY
"""

import sys

import peers

peers.with_packages(sys.argv[1], "fhir.resources==7.1.0")

from fhir.resources.R4B import get_fhir_model_class  # noqa: E402  (after the environment is there)


def validate(resource):
    model = get_fhir_model_class(resource["resourceType"])
    model.parse_obj(resource)


def entries_of(bundle):
    validate(bundle)
    for entry in bundle.get("entry", []):
        validate(entry["resource"])
    return [entry["resource"] for entry in bundle.get("entry", [])]


def walk(url, token, limit=20):
    """All pages of a search, by the server's own next links."""
    found = []
    for _ in range(limit):
        bundle = peers.get(url, token)
        found += entries_of(bundle)
        following = [link["url"] for link in bundle.get("link", []) if link["relation"] == "next"]
        if not following:
            break
        url = following[0]
    return found


def main():
    with peers.gateway(sys.argv[2], "--demo", "--seed", "7") as (base, token):
        capability = peers.get(f"{base}/metadata", token)
        validate(capability)
        assert capability["fhirVersion"] == "4.0.1"
        validate(peers.get(f"{base}/Patient", None, expect=401))
        validate(peers.get(f"{base}/Patient/nobody", token, expect=404))
        encounters = walk(f"{base}/Encounter?status=in-progress&_include=Encounter:patient"
                          "&_include=Encounter:location&_count=100", token)
        patients = [r for r in encounters if r["resourceType"] == "Patient"]
        assert len(patients) == 8, f"{len(patients)} patients"
        total, seen = 0, set()
        for patient in patients:
            for resource in walk(f"{base}/Observation?patient={patient['id']}&category=vital-signs"
                                 "&_sort=-date&_count=200", token):
                assert resource["subject"]["reference"] == f"Patient/{patient['id']}"
                assert resource["id"] not in seen, f"{resource['id']} came twice"
                seen.add(resource["id"])
                total += 1
        assert total > 500, f"only {total} Observations"
    print(f"fhir.resources accepts the metadata, 8 patients, {total} Observations and both errors")


if __name__ == "__main__":
    main()
