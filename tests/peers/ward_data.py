# SPDX-License-Identifier: GPL-3.0-or-later
"""Resources of an invented ward: places, patients, encounters and vital signs that FHIR's profiles accept."""

import datetime

UCUM = "http://unitsofmeasure.org"
LOINC = "http://loinc.org"
CATEGORIES = "http://terminology.hl7.org/CodeSystem/observation-category"

# channel: (LOINC, UCUM, category)
VITALS = {
    "heart_rate": ("8867-4", "/min", "vital-signs"),
    "respiratory_rate": ("9279-1", "/min", "vital-signs"),
    "spo2": ("59408-5", "%", "vital-signs"),
    "temperature": ("8310-5", "Cel", "vital-signs"),
    "glucose": ("2339-0", "mg/dL", "laboratory"),
}
PRESSURES = {"systolic": "8480-6", "diastolic": "8462-4", "map": "8478-0"}


def iso(seconds, base=None):
    """base (a datetime with a zone; now for None) moved by the seconds, whole seconds, as FHIR writes it."""
    base = base or datetime.datetime.now(datetime.timezone.utc)
    moved = base + datetime.timedelta(seconds=seconds)
    return moved.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_of(seconds):
    """An instant in seconds since 1970."""
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def patient(name):
    return {"resourceType": "Patient", "id": name, "active": True, "gender": "female", "birthDate": "1961-04-12",
            "identifier": [{"system": "urn:twinward:test", "value": name}]}


def ward(name, title):
    return {"resourceType": "Location", "id": name, "status": "active", "name": title,
            "physicalType": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/location-physical-type",
                                         "code": "wa"}]}}


def bed(name, title, ward_name):
    return {"resourceType": "Location", "id": name, "status": "active", "name": title,
            "physicalType": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/location-physical-type",
                                         "code": "bd"}]},
            "partOf": {"reference": f"Location/{ward_name}"}}


def encounter(name, patient_name, places, status="in-progress"):
    return {"resourceType": "Encounter", "id": name, "status": status,
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"},
            "subject": {"reference": f"Patient/{patient_name}"},
            "period": {"start": iso(-86400)},
            "location": [{"location": {"reference": f"Location/{place}"}, "status": "active"} for place in places]}


def observation(name, patient_name, code, category, when):
    return {"resourceType": "Observation", "id": name, "status": "final",
            "category": [{"coding": [{"system": CATEGORIES, "code": category}]}],
            "code": {"coding": [{"system": LOINC, "code": code}]},
            "subject": {"reference": f"Patient/{patient_name}"}, "effectiveDateTime": when}


def quantity(value, unit):
    return {"value": value, "unit": unit, "system": UCUM, "code": unit}


def vital(name, patient_name, channel, seconds, value, base=None):
    """One vital sign, measured `seconds` from base."""
    code, unit, category = VITALS[channel]
    resource = observation(name, patient_name, code, category, iso(seconds, base))
    if channel == "spo2":  # the profiles of pulse oximetry want both codes
        resource["code"]["coding"].append({"system": LOINC, "code": "2708-6"})
    return resource | {"valueQuantity": quantity(value, unit)}


def pressure(name, patient_name, seconds, values, base=None):
    """A blood pressure with the components that values names (systolic, diastolic, map)."""
    resource = observation(name, patient_name, "85354-9", "vital-signs", iso(seconds, base))
    resource["component"] = [{"code": {"coding": [{"system": LOINC, "code": PRESSURES[channel]}]},
                              "valueQuantity": quantity(value, "mm[Hg]")} for channel, value in values.items()]
    return resource
