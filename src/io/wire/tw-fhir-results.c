/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forecast risks, flags, a score, and what belongs to them, as FHIR R4 JSON. Members stand in the
 * order of the standard. */
#include "config.h"

#include "tw-fhir-results.h"

#include "tw-decimal.h"
#include "tw-fhir-codes.h"
#include "tw-fhir-parts.h"
#include "tw-text.h"

#include <math.h>
#include <string.h>

#define TERMINOLOGY "http://terminology.hl7.org/CodeSystem/"

/* A Provenance or AuditEvent has no identifier in R4: its tag is what it is found by. */
static void
append_tag (GString *out,
            const char *id)
{
  g_string_append (out, ",\"meta\":{\"tag\":[");
  tw_fhir_append_coding (out, TW_SYSTEM_BATCH, id, NULL);
  g_string_append (out, "]}");
}

static void
append_identifier (GString *out,
                   const char *system,
                   const char *value)
{
  g_string_append (out, ",\"identifier\":[{\"system\":");
  tw_text_append_json (out, system);
  tw_fhir_append_member (out, "value", value);
  g_string_append (out, "}]");
}

/* ,"key":{"text":"..."} */
static void
append_text (GString *out,
             const char *key,
             const char *text)
{
  g_string_append_printf (out, ",\"%s\":{\"text\":", key);
  tw_text_append_json (out, text);
  g_string_append_c (out, '}');
}

/* "key":{"coding":[...],"text":"..."} without a comma before it. */
static void
append_code (GString *out,
             const char *key,
             const TwFhirCode *codes,
             guint n,
             const char *text)
{
  g_string_append_printf (out, "\"%s\":{\"coding\":[", key);
  for (guint i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      tw_fhir_append_coding (out, codes[i].system, codes[i].code, codes[i].display);
    }
  g_string_append_c (out, ']');
  if (text != NULL)
    tw_fhir_append_member (out, "text", text);
  g_string_append_c (out, '}');
}

/* {"reference":...,"display":...} */
static void
append_link (GString *out,
             const TwFhirLink *link)
{
  g_string_append_c (out, '{');
  if (link->reference != NULL)
    {
      g_string_append (out, "\"reference\":");
      tw_text_append_json (out, link->reference);
    }
  if (link->display != NULL)
    {
      g_string_append (out, link->reference != NULL ? ",\"display\":" : "\"display\":");
      tw_text_append_json (out, link->display);
    }
  g_string_append_c (out, '}');
}

/* ,"key":{"reference":...} of a whole reference. */
static void
append_one_link (GString *out,
                 const char *key,
                 const char *reference,
                 const char *display)
{
  TwFhirLink link = { reference, display };

  g_string_append_printf (out, ",\"%s\":", key);
  append_link (out, &link);
}

/* ,"key":[...]; nothing when there is none: FHIR forbids empty lists. */
static void
append_links (GString *out,
              const char *key,
              const TwFhirLink *links,
              guint n)
{
  if (n == 0)
    return;
  g_string_append_printf (out, ",\"%s\":[", key);
  for (guint i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      append_link (out, &links[i]);
    }
  g_string_append_c (out, ']');
}

/* Type, id, identifier, status. */
static void
begin_result (GString *out,
              const char *type,
              const TwFhirResult *result,
              const char *status)
{
  tw_fhir_begin_resource (out, type, result->id, NULL, 0);
  append_identifier (out, TW_SYSTEM_RESULT, result->id);
  tw_fhir_append_member (out, "status", status);
}

/* R4: "Decimal values are expressed as percentages as well (max = 100)". To a tenth. */
static double
percent_of (double probability)
{
  return round (CLAMP (probability, 0.0, 1.0) * 1000.0) / 10.0;
}

void
tw_fhir_write_risk (GString *out,
                    const TwFhirRisk *risk)
{
  g_return_if_fail (out != NULL && risk != NULL && isfinite (risk->probability));

  begin_result (out, "RiskAssessment", &risk->result, "final");
  append_text (out, "method", risk->method);
  g_string_append_c (out, ',');
  append_code (out, "code", &risk->code, 1, risk->text);
  tw_fhir_append_reference (out, "subject", "Patient", risk->result.patient_id);
  tw_fhir_append_time (out, "occurrenceDateTime", risk->occurrence_us);
  append_one_link (out, "performer", risk->result.device, "Twinward");
  append_links (out, "basis", risk->basis, risk->n_basis);
  g_string_append (out, ",\"prediction\":[{\"outcome\":{\"text\":");
  tw_text_append_json (out, risk->outcome);
  g_string_append (out, "},\"probabilityDecimal\":");
  tw_decimal_append (out, percent_of (risk->probability));
  tw_fhir_append_period (out, "whenPeriod", risk->from_us, risk->to_us);
  if (risk->rationale != NULL)
    tw_fhir_append_member (out, "rationale", risk->rationale);
  g_string_append (out, "}]");
  if (risk->note != NULL)
    {
      g_string_append (out, ",\"note\":[{\"text\":");
      tw_text_append_json (out, risk->note);
      g_string_append (out, "}]");
    }
  g_string_append_c (out, '}');
}

void
tw_fhir_write_flag (GString *out,
                    const TwFhirFlag *flag)
{
  g_return_if_fail (out != NULL && flag != NULL);

  begin_result (out, "Flag", &flag->result, flag->active ? "active" : "inactive");
  g_string_append (out, ",\"category\":[{\"coding\":[");
  tw_fhir_append_coding (out, TERMINOLOGY "flag-category", "clinical", NULL);
  g_string_append (out, "]}],");
  append_code (out, "code", &flag->code, 1, flag->text);
  tw_fhir_append_reference (out, "subject", "Patient", flag->result.patient_id);
  tw_fhir_append_period (out, "period", flag->from_us, flag->to_us);
  append_one_link (out, "author", flag->result.device, "Twinward");
  g_string_append_c (out, '}');
}

static void
append_points (GString *out,
               const TwFhirScorePart *part)
{
  g_string_append_printf (out, ",\"valueQuantity\":{\"value\":%d,\"unit\":\"{score}\",\"system\":\""
                          TW_SYSTEM_UCUM "\",\"code\":\"{score}\"}", part->points);
}

void
tw_fhir_write_score (GString *out,
                     const TwFhirScore *score)
{
  g_return_if_fail (out != NULL && score != NULL && score->total.n_codes > 0);

  begin_result (out, "Observation", &score->result, "final");
  g_string_append (out, ",\"category\":[{\"coding\":[");
  tw_fhir_append_coding (out, TW_SYSTEM_CATEGORY, "survey", NULL);
  g_string_append (out, "]}],");
  append_code (out, "code", score->total.codes, score->total.n_codes, score->total.text);
  tw_fhir_append_reference (out, "subject", "Patient", score->result.patient_id);
  tw_fhir_append_time (out, "effectiveDateTime", score->t_us);
  append_points (out, &score->total);
  append_text (out, "method", score->method);
  append_one_link (out, "device", score->result.device, "Twinward");
  append_links (out, "derivedFrom", score->derived_from, score->n_derived_from);
  for (guint i = 0; i < score->n_parts; i++)
    {
      g_string_append (out, i > 0 ? ",{" : ",\"component\":[{");
      append_code (out, "code", score->parts[i].codes, score->parts[i].n_codes,
                   score->parts[i].text);
      append_points (out, &score->parts[i]);
      g_string_append (out, i + 1 == score->n_parts ? "}]" : "}");
    }
  g_string_append_c (out, '}');
}

void
tw_fhir_write_software (GString *out,
                        const char *id,
                        const char *version)
{
  g_return_if_fail (out != NULL && id != NULL && version != NULL);

  tw_fhir_begin_resource (out, "Device", id, NULL, 0);
  append_identifier (out, TW_SYSTEM_RESULT, id);
  tw_fhir_append_member (out, "status", "active");
  tw_fhir_append_member (out, "manufacturer", "The Twinward authors");
  g_string_append (out, ",\"deviceName\":[{\"name\":\"Twinward\",\"type\":\"user-friendly-name\"}]"
                   ",\"type\":{\"text\":\"Advisory display with a digital twin (software)\"}"
                   ",\"version\":[{\"value\":");
  tw_text_append_json (out, version);
  g_string_append (out, "}]}");
}

/* The two agents of a Provenance: the program that found it, the person who let it be written. */
static void
append_agents (GString *out,
               const TwFhirProvenance *provenance)
{
  g_string_append (out, ",\"agent\":[{\"type\":{\"coding\":[");
  tw_fhir_append_coding (out, TERMINOLOGY "provenance-participant-type", "assembler", NULL);
  g_string_append (out, "]}");
  append_one_link (out, "who", provenance->device, "Twinward");
  g_string_append (out, "},{\"type\":{\"coding\":[");
  tw_fhir_append_coding (out, TERMINOLOGY "provenance-participant-type", "verifier", NULL);
  g_string_append (out, "]}");
  append_one_link (out, "who", NULL, provenance->person);
  g_string_append (out, "}]");
}

void
tw_fhir_write_provenance (GString *out,
                          const TwFhirProvenance *provenance)
{
  g_return_if_fail (out != NULL && provenance != NULL && provenance->n_targets > 0);

  tw_fhir_begin_resource (out, "Provenance", provenance->id, NULL, 0);
  append_tag (out, provenance->id);
  append_links (out, "target", provenance->targets, provenance->n_targets);
  tw_fhir_append_time (out, "recorded", provenance->recorded_us);
  append_agents (out, provenance);
  for (guint i = 0; i < provenance->n_origins; i++)
    {
      const TwFhirOrigin *origin = &provenance->origins[i];

      g_string_append (out, i > 0 ? ",{" : ",\"entity\":[{");
      g_string_append (out, "\"role\":\"source\",\"what\":{\"identifier\":{\"system\":");
      tw_text_append_json (out, origin->system);
      tw_fhir_append_member (out, "value", origin->value);
      g_string_append_c (out, '}');
      tw_fhir_append_member (out, "display", origin->display);
      g_string_append (out, i + 1 == provenance->n_origins ? "}}]" : "}}");
    }
  g_string_append_c (out, '}');
}

/* What was touched: the patient, then each resource of the batch. */
static void
append_touched (GString *out,
                const TwFhirAudit *audit)
{
  g_string_append (out, ",\"entity\":[{\"what\":{\"reference\":");
  {
    g_autofree char *patient = g_strconcat ("Patient/", audit->patient_id, NULL);

    tw_text_append_json (out, patient);
  }
  g_string_append (out, "},\"type\":");
  tw_fhir_append_coding (out, TERMINOLOGY "audit-entity-type", "1", NULL);
  g_string_append (out, ",\"role\":");
  tw_fhir_append_coding (out, TERMINOLOGY "object-role", "1", NULL);
  g_string_append_c (out, '}');
  for (guint i = 0; i < audit->n_written; i++)
    {
      g_string_append (out, ",{\"what\":");
      append_link (out, &audit->written[i]);
      g_string_append (out, ",\"type\":");
      tw_fhir_append_coding (out, TERMINOLOGY "audit-entity-type", "2", NULL);
      g_string_append (out, ",\"role\":");
      tw_fhir_append_coding (out, TERMINOLOGY "object-role", "4", NULL);
      g_string_append_c (out, '}');
    }
  g_string_append_c (out, ']');
}

void
tw_fhir_write_audit (GString *out,
                     const TwFhirAudit *audit)
{
  g_return_if_fail (out != NULL && audit != NULL);

  tw_fhir_begin_resource (out, "AuditEvent", audit->id, NULL, 0);
  append_tag (out, audit->id);
  g_string_append (out, ",\"type\":");
  tw_fhir_append_coding (out, TERMINOLOGY "audit-event-type", "rest", NULL);
  g_string_append (out, ",\"subtype\":[");
  tw_fhir_append_coding (out, "http://hl7.org/fhir/restful-interaction", "transaction", NULL);
  g_string_append (out, "],\"action\":\"C\"");
  tw_fhir_append_time (out, "recorded", audit->recorded_us);
  g_string_append (out, ",\"outcome\":\"0\",\"agent\":[{\"name\":");
  tw_text_append_json (out, audit->person);
  g_string_append (out, ",\"requestor\":true},{\"who\":");
  {
    TwFhirLink device = { audit->device, "Twinward" };

    append_link (out, &device);
  }
  g_string_append (out, ",\"requestor\":false}],\"source\":{\"observer\":");
  {
    TwFhirLink device = { audit->device, "Twinward" };

    append_link (out, &device);
  }
  g_string_append_c (out, '}');
  append_touched (out, audit);
  g_string_append_c (out, '}');
}

/* "identifier=urn:twinward:result|id", with the characters that servers insist on encoded. */
static char *
dup_match (const TwFhirEntry *entry)
{
  return g_strconcat (entry->by_tag ? "_tag=" TW_SYSTEM_BATCH "%7C"
                                    : "identifier=" TW_SYSTEM_RESULT "%7C",
                      entry->id, NULL);
}

/* The resource without its id where the server gives it one: an id of ours would contradict that. */
static void
append_resource (GString *out,
                 const TwFhirEntry *entry)
{
  g_autofree char *head = g_strdup_printf ("{\"resourceType\":\"%s\"", entry->type);
  g_autofree char *with_id = g_strdup_printf ("%s,\"id\":\"%s\"", head, entry->id);

  if (entry->way == TW_FHIR_PUT_ID || !g_str_has_prefix (entry->resource, with_id))
    {
      g_string_append (out, entry->resource);
      return;
    }
  g_string_append (out, head);
  g_string_append (out, entry->resource + strlen (with_id));
}

void
tw_fhir_write_transaction (GString *out,
                           const TwFhirEntry *entries,
                           guint n)
{
  g_return_if_fail (out != NULL && entries != NULL && n > 0);

  g_string_append (out, "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[");
  for (guint i = 0; i < n; i++)
    {
      const TwFhirEntry *entry = &entries[i];
      g_autofree char *match = dup_match (entry);
      g_autofree char *url = NULL;

      if (entry->way == TW_FHIR_PUT_ID)
        url = g_strconcat (entry->type, "/", entry->id, NULL);
      else if (entry->way == TW_FHIR_PUT_MATCH)
        url = g_strconcat (entry->type, "?", match, NULL);
      g_string_append_printf (out, "%s{\"fullUrl\":\"urn:uuid:%s\",\"resource\":", i > 0 ? "," : "",
                              entry->id);
      append_resource (out, entry);
      g_string_append_printf (out, ",\"request\":{\"method\":\"%s\"",
                              entry->way == TW_FHIR_CREATE_UNLESS ? "POST" : "PUT");
      tw_fhir_append_member (out, "url", url != NULL ? url : entry->type);
      if (entry->way == TW_FHIR_CREATE_UNLESS)
        tw_fhir_append_member (out, "ifNoneExist", match);
      g_string_append (out, "}}");
    }
  g_string_append (out, "]}");
}
