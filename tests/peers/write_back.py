#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results that Twinward writes to a patient's record are taken by HAPI, which validates them, are read back from it,
pass its $validate and an independent FHIR library, and are not doubled when they are sent again.

usage: write_back.py BUILD DOOR
"""

import subprocess
import sys
import uuid

import hapi_peer
import peers
import ward_data
from fhir_client import FhirClient

peers.with_packages(sys.argv[1], "fhir.resources==7.1.0")

from fhir.resources.R4B import get_fhir_model_class  # noqa: E402  (after the environment is there)

SNOMED = "http://snomed.info/sct"
MINUTES = 240
EVERY_MIN = 5


def coded(name, patient, code, seconds, system_code):
    resource = ward_data.observation(name, patient, code, "vital-signs", ward_data.iso(seconds))
    return resource | {"valueCodeableConcept": {"coding": [{"system": SNOMED, "code": system_code}]}}


def falling_ward(prefix):
    """A ward of one patient: pressure falls towards 65 mmHg over four hours, the other signs get worse."""
    places = [ward_data.ward(f"{prefix}-w", "Ward W"), ward_data.bed(f"{prefix}-b", "1", f"{prefix}-w"),
              ward_data.patient(f"{prefix}-p"), ward_data.encounter(f"{prefix}-e", f"{prefix}-p", [f"{prefix}-b"])]
    signs = []
    for i, minute in enumerate(range(-MINUTES, 0, EVERY_MIN)):
        at, fall = minute * 60, i * EVERY_MIN / MINUTES
        wave = (i * 7 % 5) - 2
        mean = round(94 - 27 * fall + wave / 2)
        signs.append(ward_data.pressure(f"{prefix}-bp{i}", f"{prefix}-p", at,
                                        {"systolic": mean + 28, "diastolic": mean - 14, "map": mean}))
        for channel, value in (("heart_rate", 84 + 34 * fall + wave), ("respiratory_rate", 16 + 9 * fall),
                               ("spo2", 97 - 4 * fall), ("temperature", 37.2 + 1.3 * fall)):
            value = round(value, 1) if channel == "temperature" else round(value)
            signs.append(ward_data.vital(f"{prefix}-{channel.replace('_', '')}{i}", f"{prefix}-p", channel, at, value))
    last = -EVERY_MIN * 60
    flow = ward_data.observation(f"{prefix}-flow", f"{prefix}-p", "3151-8", "vital-signs", ward_data.iso(last))
    signs.append(flow | {"valueQuantity": ward_data.quantity(2, "L/min")})
    signs.append(coded(f"{prefix}-acvpu", f"{prefix}-p", "67775-7", last, "248234008"))
    return places, signs


def validate_everywhere(client, resource):
    get_fhir_model_class(resource["resourceType"]).parse_obj(resource)
    outcome = client.call("POST", f"{resource['resourceType']}/$validate", resource, expect=(200, 412, 422))
    bad = [issue for issue in outcome["issue"] if issue["severity"] in ("error", "fatal")]
    assert not bad, f"{resource['resourceType']}: {bad}"


def check_links(client, resource, patient):
    """Whatever it refers to is there."""
    def walk(value):
        if isinstance(value, dict):
            if isinstance(value.get("reference"), str):
                yield value["reference"]
            for member in value.values():
                yield from walk(member)
        elif isinstance(value, list):
            for member in value:
                yield from walk(member)

    for reference in set(walk(resource)):
        assert not reference.startswith("urn:"), f"{reference} was not followed"
        assert client.raw("GET", reference)[0] == 200, f"{reference} leads nowhere"
    if "subject" in resource:
        assert resource["subject"]["reference"] == f"Patient/{patient}"


def find_all(client, patient):
    found = {}
    for kind in ("Flag", "RiskAssessment", "AuditEvent"):
        found[kind] = client.search(f"{kind}?patient={patient}")
    found["Provenance"] = client.search(f"Provenance?target=RiskAssessment/{found['RiskAssessment'][0]['id']}")
    found["Observation"] = client.search(f"Observation?patient={patient}&category=survey")
    return found


def check_contents(found):
    risk = found["RiskAssessment"][0]
    prediction = risk["prediction"][0]
    assert 0 <= prediction["probabilityDecimal"] <= 100 and "whenPeriod" in prediction and risk["basis"]
    assert any("reference" in basis for basis in risk["basis"]), "the risk names no Observation"
    score = found["Observation"][0]
    assert 0 <= score["valueQuantity"]["value"] <= 20 and score["valueQuantity"]["code"] == "{score}"
    assert sum(part["valueQuantity"]["value"] for part in score["component"]) == score["valueQuantity"]["value"]
    assert len(score["derivedFrom"]) == 7 and all("reference" in link for link in score["derivedFrom"])
    assert all(flag["status"] == "active" and flag["author"]["reference"].startswith("Device/")
               for flag in found["Flag"])
    provenance = found["Provenance"][0]
    origins = [entity["what"]["identifier"]["system"] for entity in provenance["entity"]]
    assert "urn:twinward:twin" in origins and "urn:twinward:table" in origins, origins
    assert any(agent["who"].get("display") == "Dr. Test" for agent in provenance["agent"])
    assert len(provenance["target"]) == sum(len(found[kind]) for kind in ("Flag", "RiskAssessment", "Observation"))


def main():
    with hapi_peer.running(sys.argv[1]) as base:
        client, prefix = FhirClient(base), f"wb-{uuid.uuid4().hex[:8]}"
        places, signs = falling_ward(prefix)
        client.transaction(places)
        for begin in range(0, len(signs), 100):
            client.transaction(signs[begin:begin + 100])
        door = subprocess.run([sys.argv[2], base, f"{prefix}-w", "180"], stdout=subprocess.PIPE, text=True)
        print(door.stdout, flush=True)
        assert door.returncode == 0, "the door failed"
        lines = [line.split() for line in door.stdout.splitlines()]
        first, second = lines[:len(lines) // 2], lines[len(lines) // 2:]
        assert [line[2] for line in first] == [line[2] for line in second], "sent again, they lie elsewhere"
        assert {line[1] for line in first[:-1]} == {"201"} and {line[1] for line in second[:-1]} == {"200"}
        found = find_all(client, f"{prefix}-p")
        counts = {kind: len(resources) for kind, resources in found.items()}
        assert counts["Provenance"] == counts["AuditEvent"] == 1, counts
        for kind in ("Flag", "RiskAssessment", "Observation"):
            assert counts[kind] == sum(line[0] == kind for line in first) > 0, counts
        for resources in found.values():
            for resource in resources:
                assert resource["meta"]["versionId"] == "1", f"{resource['resourceType']} was changed when sent again"
                validate_everywhere(client, resource)
                check_links(client, resource, f"{prefix}-p")
        check_contents(found)
        print(f"written once, validated and read back: {counts}")


if __name__ == "__main__":
    main()
