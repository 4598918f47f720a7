/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Model -> FHIR R4 JSON. Text is appended directly: a JSON library would print 37.2 with 17
 * digits. */
#include "config.h"

#include "tw-fhir-write.h"

#include "tw-decimal.h"
#include "tw-fhir-codes.h"
#include "tw-fhir-parts.h"
#include "tw-text.h"
#include "tw-time.h"

#include <math.h>
#include <string.h>

#define MAX_COMPONENTS G_N_ELEMENTS (((TwFhirObservation *) NULL)->channel)

/* "code":{...} of a channel, without a comma. Oximetry carries both codes that US Core asks for. */
static void
append_channel_code (GString *out,
                     TwChannel channel)
{
  const TwChannelInfo *info = tw_channel_info (channel);

  g_string_append (out, "\"code\":{\"coding\":[");
  if (info->loinc == NULL)
    tw_fhir_append_coding (out, TW_SYSTEM_CHANNEL, info->name, info->long_name);
  else
    tw_fhir_append_coding (out, TW_SYSTEM_LOINC, info->loinc, info->long_name);
  if (channel == TW_CHANNEL_SPO2)
    {
      g_string_append_c (out, ',');
      tw_fhir_append_coding (out, TW_SYSTEM_LOINC, "2708-6", NULL);
    }
  g_string_append (out, "]}");
}

static const char *
channel_category (TwChannel channel)
{
  if (channel == TW_CHANNEL_GLUCOSE)
    return "laboratory";
  return channel >= TW_CHANNEL_INSULIN_BOLUS ? "therapy" : "vital-signs";
}

/* "value":..,"unit":..,"system":..,"code":.. of a Quantity, without braces. */
static void
append_quantity (GString *out,
                 double value,
                 TwUnit unit)
{
  const char *code = tw_unit_ucum (unit);

  g_string_append (out, "\"value\":");
  tw_decimal_append (out, value);
  tw_fhir_append_member (out, "unit", tw_unit_symbol (unit));
  tw_fhir_append_member (out, "system", TW_SYSTEM_UCUM);
  tw_fhir_append_member (out, "code", code);
}

static void
append_acvpu (GString *out,
              int level)
{
  const char *snomed = tw_fhir_acvpu_snomed (level);

  g_string_append (out, ",\"valueCodeableConcept\":{\"coding\":[");
  if (snomed != NULL)
    {
      tw_fhir_append_coding (out, TW_SYSTEM_SNOMED, snomed, NULL);
      g_string_append_c (out, ',');
    }
  tw_fhir_append_coding (out, TW_SYSTEM_ACVPU, tw_acvpu_letter (level), NULL);
  g_string_append (out, "]}");
}

/* ,"valueQuantity":{...}, ,"valueCodeableConcept":{...} or ,"dataAbsentReason":{...} */
static void
append_value (GString *out,
              const TwFhirObservation *observation,
              guint i)
{
  double value = observation->value[i];
  TwChannel channel = observation->channel[i];

  if (!isfinite (value))
    tw_fhir_append_concept (out, "dataAbsentReason", TW_SYSTEM_ABSENT,
                            observation->absent_reason != NULL ? observation->absent_reason
                                                               : "not-performed",
                            NULL);
  else if (channel == TW_CHANNEL_CONSCIOUSNESS && value >= TW_ACVPU_ALERT
           && value <= TW_ACVPU_UNRESPONSIVE)
    append_acvpu (out, (int) value);
  else
    {
      g_string_append (out, ",\"valueQuantity\":{");
      append_quantity (out, value, observation->unit[i]);
      g_string_append_c (out, '}');
    }
}

/* Status, category, then the place of the code. */
static void
append_status (GString *out,
               const char *status,
               TwChannel channel)
{
  tw_fhir_append_member (out, "status", status != NULL ? status : "final");
  g_string_append (out, ",\"category\":[{\"coding\":[");
  tw_fhir_append_coding (out, TW_SYSTEM_CATEGORY, channel_category (channel), NULL);
  g_string_append (out, "]}],");
}

void
tw_fhir_write_observation (GString *out,
                           const TwFhirObservation *observation)
{
  g_return_if_fail (out != NULL && observation != NULL);
  g_return_if_fail (observation->n >= 1 && observation->n <= MAX_COMPONENTS);

  tw_fhir_begin_resource (out, "Observation", observation->id, observation->version,
                          observation->last_updated_us);
  append_status (out, observation->status, observation->channel[0]);
  if (observation->n == 1)
    append_channel_code (out, observation->channel[0]);
  else
    {
      g_string_append (out, "\"code\":{\"coding\":[");
      tw_fhir_append_coding (out, TW_SYSTEM_LOINC, TW_LOINC_PRESSURE_PANEL, "Blood pressure panel");
      g_string_append (out, "]}");
    }
  tw_fhir_append_reference (out, "subject", "Patient", observation->patient_id);
  tw_fhir_append_time (out, "effectiveDateTime", observation->t_us);
  if (observation->n == 1)
    append_value (out, observation, 0);
  else
    {
      g_string_append (out, ",\"component\":[");
      for (guint i = 0; i < observation->n; i++)
        {
          g_string_append (out, i > 0 ? ",{" : "{");
          append_channel_code (out, observation->channel[i]);
          append_value (out, observation, i);
          g_string_append_c (out, '}');
        }
      g_string_append_c (out, ']');
    }
  g_string_append_c (out, '}');
}

void
tw_fhir_write_sampled (GString *out,
                       const TwFhirSampled *sampled)
{
  const TwChannelInfo *info;
  gint64 end_us;

  g_return_if_fail (out != NULL && sampled != NULL);
  g_return_if_fail (sampled->factor > 0 && sampled->period_us > 0 && sampled->n > 0);

  info = tw_channel_info (sampled->channel);
  end_us = sampled->start_us + (gint64) (sampled->n - 1) * sampled->period_us;
  tw_fhir_begin_resource (out, "Observation", sampled->id, sampled->version,
                          sampled->last_updated_us);
  append_status (out, "final", sampled->channel);
  append_channel_code (out, sampled->channel);
  tw_fhir_append_reference (out, "subject", "Patient", sampled->patient_id);
  g_string_append (out, ",\"effectivePeriod\":{\"start\":");
  {
    char text[32];

    tw_text_append_json (out, tw_time_format_iso (sampled->start_us, text, sizeof text));
  }
  tw_fhir_append_time (out, "end", end_us);
  g_string_append (out, "},\"valueSampledData\":{\"origin\":{");
  append_quantity (out, 0, info->unit);
  g_string_append (out, "},\"period\":");
  tw_decimal_append (out, (double) sampled->period_us / 1000);
  g_string_append (out, ",\"factor\":");
  tw_decimal_append (out, sampled->factor);
  g_string_append (out, ",\"dimensions\":1,\"data\":\"");
  for (gsize i = 0; i < sampled->n; i++)
    {
      double whole = tw_decimal_to_scale (sampled->value[i], sampled->factor);

      if (i > 0)
        g_string_append_c (out, ' ');
      if (isfinite (whole))
        tw_decimal_append (out, whole);
      else
        g_string_append_c (out, 'E');
    }
  g_string_append (out, "\"}}");
}

static void
begin_extension (GString *out,
                 gboolean *any,
                 const char *url,
                 const char *value_key)
{
  g_string_append (out, *any ? ",{\"url\":" : ",\"extension\":[{\"url\":");
  tw_text_append_json (out, url);
  g_string_append_printf (out, ",\"%s\":", value_key);
  *any = TRUE;
}

static void
append_patient_extensions (GString *out,
                           const TwPatientFields *fields)
{
  gboolean any = FALSE;

  if (fields->spo2_scale_2)
    {
      begin_extension (out, &any, TW_EXTENSION_SPO2_SCALE, "valueInteger");
      g_string_append (out, "2}");
    }
  if (fields->age_years >= 0 && fields->birth_year == 0)
    {
      begin_extension (out, &any, TW_EXTENSION_AGE, "valueInteger");
      g_string_append_printf (out, "%d}", fields->age_years);
    }
  if (fields->invented)
    {
      begin_extension (out, &any, TW_EXTENSION_INVENTED, "valueBoolean");
      g_string_append (out, "true}");
    }
  if (fields->pregnant)
    {
      begin_extension (out, &any, TW_EXTENSION_PREGNANT, "valueBoolean");
      g_string_append (out, "true}");
    }
  if (isfinite (fields->weight_kg) && fields->weight_kg > 0)
    {
      begin_extension (out, &any, TW_EXTENSION_WEIGHT, "valueDecimal");
      tw_decimal_append (out, fields->weight_kg);
      g_string_append_c (out, '}');
    }
  if (any)
    g_string_append_c (out, ']');
}

static void
append_patient_name (GString *out,
                     const TwPatientFields *fields)
{
  if (fields->family == NULL && fields->given == NULL)
    return;
  g_string_append (out, ",\"name\":[{\"use\":\"official\"");
  if (fields->family != NULL)
    tw_fhir_append_member (out, "family", fields->family);
  if (fields->given != NULL)
    {
      g_string_append (out, ",\"given\":[");
      tw_text_append_json (out, fields->given);
      g_string_append_c (out, ']');
    }
  g_string_append (out, "}]");
}

void
tw_fhir_write_patient (GString *out,
                       const TwPatient *patient,
                       gint64 last_updated_us)
{
  static const char *const gender[] = { "unknown", "female", "male", "other" };
  const TwPatientFields *fields;

  g_return_if_fail (out != NULL && patient != NULL);

  fields = tw_patient_get (patient);
  tw_fhir_begin_resource (out, "Patient", fields->id, NULL, last_updated_us);
  append_patient_extensions (out, fields);
  if (fields->identifier != NULL)
    {
      g_string_append (out, ",\"identifier\":[{\"use\":\"usual\"");
      tw_fhir_append_concept (out, "type", TW_SYSTEM_IDENTIFIER, "MR", NULL);
      tw_fhir_append_member (out, "value", fields->identifier);
      g_string_append (out, "}]");
    }
  append_patient_name (out, fields);
  tw_fhir_append_member (out, "gender", gender[CLAMP (fields->sex, TW_SEX_UNKNOWN, TW_SEX_OTHER)]);
  if (fields->birth_year > 0)
    {
      g_string_append_printf (out, ",\"birthDate\":\"%04d", fields->birth_year);
      if (fields->birth_month > 0)
        g_string_append_printf (out, "-%02d", fields->birth_month);
      if (fields->birth_month > 0 && fields->birth_day > 0)
        g_string_append_printf (out, "-%02d", fields->birth_day);
      g_string_append_c (out, '"');
    }
  g_string_append_c (out, '}');
}

void
tw_fhir_write_encounter (GString *out,
                         const char *id,
                         const char *patient_id,
                         const char *location_id,
                         gint64 start_us,
                         gint64 last_updated_us)
{
  char text[32];

  g_return_if_fail (out != NULL && id != NULL && patient_id != NULL);

  tw_fhir_begin_resource (out, "Encounter", id, NULL, last_updated_us);
  tw_fhir_append_member (out, "status", "in-progress");
  g_string_append (out, ",\"class\":");
  tw_fhir_append_coding (out, TW_SYSTEM_CLASS, "IMP", "inpatient encounter");
  tw_fhir_append_reference (out, "subject", "Patient", patient_id);
  g_string_append (out, ",\"period\":{\"start\":");
  tw_text_append_json (out, tw_time_format_iso (start_us, text, sizeof text));
  g_string_append_c (out, '}');
  if (location_id != NULL)
    {
      g_autofree char *reference = g_strdup_printf ("Location/%s", location_id);

      g_string_append (out, ",\"location\":[{\"location\":{\"reference\":");
      tw_text_append_json (out, reference);
      g_string_append (out, "},\"status\":\"active\"}]");
    }
  g_string_append_c (out, '}');
}

void
tw_fhir_write_location (GString *out,
                        const char *id,
                        const char *name,
                        const char *part_of,
                        const char *kind,
                        gint64 last_updated_us)
{
  g_return_if_fail (out != NULL && id != NULL);

  tw_fhir_begin_resource (out, "Location", id, NULL, last_updated_us);
  tw_fhir_append_member (out, "status", "active");
  if (name != NULL)
    tw_fhir_append_member (out, "name", name);
  if (kind != NULL)
    tw_fhir_append_concept (out, "physicalType", TW_SYSTEM_PHYSICAL, kind, NULL);
  if (part_of != NULL)
    tw_fhir_append_reference (out, "partOf", "Location", part_of);
  g_string_append_c (out, '}');
}

void
tw_fhir_write_outcome (GString *out,
                       const char *severity,
                       const char *code,
                       const char *text)
{
  g_return_if_fail (out != NULL && severity != NULL && code != NULL);

  g_string_append (out, "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":");
  tw_text_append_json (out, severity);
  tw_fhir_append_member (out, "code", code);
  g_string_append (out, ",\"details\":{\"text\":");
  tw_text_append_json (out, text);
  g_string_append (out, "}}]}");
}

void
tw_fhir_bundle_begin (GString *out,
                      const TwFhirBundleHead *head)
{
  g_return_if_fail (out != NULL && head != NULL && head->type != NULL);

  g_string_append (out, "{\"resourceType\":\"Bundle\"");
  tw_fhir_append_member (out, "type", head->type);
  if (head->total >= 0)
    g_string_append_printf (out, ",\"total\":%" G_GINT64_FORMAT, head->total);
  if (head->self != NULL || head->next != NULL)
    {
      g_string_append (out, ",\"link\":[");
      if (head->self != NULL)
        {
          g_string_append (out, "{\"relation\":\"self\"");
          tw_fhir_append_member (out, "url", head->self);
          g_string_append_c (out, '}');
        }
      if (head->next != NULL)
        {
          g_string_append (out, head->self != NULL ? ",{\"relation\":\"next\""
                                                   : "{\"relation\":\"next\"");
          tw_fhir_append_member (out, "url", head->next);
          g_string_append_c (out, '}');
        }
      g_string_append_c (out, ']');
    }
  g_string_append (out, ",\"entry\":[");
}

void
tw_fhir_bundle_entry (GString *out,
                      const char *full_url,
                      const char *resource,
                      const char *mode)
{
  g_return_if_fail (out != NULL && out->len > 0 && resource != NULL);

  /* "[" can only be the list's own: an entry ends in "}". */
  g_string_append (out, out->str[out->len - 1] == '[' ? "{" : ",{");
  if (full_url != NULL)
    {
      g_string_append (out, "\"fullUrl\":");
      tw_text_append_json (out, full_url);
      g_string_append_c (out, ',');
    }
  g_string_append (out, "\"resource\":");
  g_string_append (out, resource);
  if (mode != NULL)
    {
      g_string_append (out, ",\"search\":{\"mode\":");
      tw_text_append_json (out, mode);
      g_string_append_c (out, '}');
    }
  g_string_append_c (out, '}');
}

/* FHIR forbids empty lists, so a Bundle without entries loses its list again. */
void
tw_fhir_bundle_end (GString *out)
{
  const char *empty = ",\"entry\":[";

  g_return_if_fail (out != NULL);

  if (g_str_has_suffix (out->str, empty))
    {
      g_string_truncate (out, out->len - strlen (empty));
      g_string_append_c (out, '}');
    }
  else
    g_string_append (out, "]}");
}
