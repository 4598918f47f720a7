/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Resources for another server. An id is a UUID of "store|type|patient|channel|time": whoever sends
 * a value again, also after its sender began a new epoch, sends the same resource.
 *
 * A value that cleaning rejects is sent as absent, any other with its quality in an extension. */
#include "config.h"

#include "tw-forward-resource.h"

#include "tw-fhir-codes.h"
#include "tw-fhir-write.h"
#include "tw-text.h"
#include "tw-time.h"
#include "tw-uuid.h"

#include <math.h>
#include <string.h>

#define RANK_WARD 0
#define RANK_PATIENT 1
#define RANK_STAY 2
#define RANK_OBSERVATION 3
#define MAX_FACTOR_STEPS 6

static const TwChannel pressures[] = { TW_CHANNEL_SYSTOLIC, TW_CHANNEL_DIASTOLIC, TW_CHANNEL_MAP };

guint
tw_forward_block_points (gint64 period_us)
{
  return (guint) CLAMP (TW_MINUTE / MAX (period_us, 1), 1, TW_FORWARD_BLOCK_POINTS);
}

static const char *
patient_id (const TwWard *ward,
            guint32       patient)
{
  return tw_patient_get (tw_ward_get_patient (ward, patient))->id;
}

static void
make_uuid (char        uuid[TW_UUID_SIZE],
           const char *name,
           const char *type,
           const char *what)
{
  g_autofree char *text = g_strjoin ("|", name, type, what, NULL);

  tw_uuid_from_name (text, uuid);
}

static void
patient_uuid (char          uuid[TW_UUID_SIZE],
              const TwWard *ward,
              const char   *name,
              guint32       patient)
{
  make_uuid (uuid, name, "Patient", patient_id (ward, patient));
}

/* Adds members to a finished object. */
static void
reopen (GString *json)
{
  g_assert (json->len > 0 && json->str[json->len - 1] == '}');
  g_string_truncate (json, json->len - 1);
}

/* The id once more as identifier, by which a server without client ids knows it; left open. */
static void
append_identifier (GString    *json,
                   const char *name,
                   const char *uuid)
{
  g_string_append_printf (json, ",\"identifier\":[{\"system\":\"urn:twinward:%s\",\"value\":\"%s\"}",
                          name, uuid);
}

static void
put (TwOutboxPut *out,
     const char  *type,
     const char  *uuid,
     guint        rank,
     GString     *json)
{
  g_autofree char *id = g_strconcat (type, "/", uuid, NULL);

  tw_outbox_put_add (out, id, rank, json);
}

/* Device, identifier and quality; takes json. */
static void
finish_observation (TwOutboxPut *out,
                    const char  *name,
                    const char  *uuid,
                    const char  *quality,
                    GString     *json)
{
  char device[TW_UUID_SIZE];

  make_uuid (device, name, "Device", "gateway");
  reopen (json);
  append_identifier (json, name, uuid);
  g_string_append_printf (json, "],\"device\":{\"reference\":\"Device/%s\"}", device);
  if (quality != NULL)
    g_string_append_printf (json, ",\"extension\":[{\"url\":\"" TW_EXTENSION_QUALITY
                            "\",\"valueString\":\"%s\"}]", quality);
  g_string_append_c (json, '}');
  put (out, "Observation", uuid, RANK_OBSERVATION, json);
}

/* The value as it came, where cleaning left it as it is. */
static void
add_value (const TwWard      *ward,
           const TwForwardKey *key,
           TwChannel          channel,
           TwFhirObservation *observation,
           TwQuality         *worst,
           guint             *n_withdrawn)
{
  const TwLog *log = tw_ward_get_log (ward);
  const TwLogSample *sample = tw_log_get (log, key->patient, channel, key->t_us);
  TwUnit unit, inside = tw_channel_info (channel)->unit;
  double same;
  guint n = observation->n;

  if (sample == NULL)
    return;
  unit = tw_log_get_unit (log, key->patient, channel);
  observation->channel[n] = channel;
  observation->value[n] = sample->value;
  observation->unit[n] = unit;
  if (!tw_unit_convert (sample->value, unit, inside, &same) || same < sample->cleaned
      || same > sample->cleaned)
    {
      observation->value[n] = sample->cleaned;
      observation->unit[n] = inside;
    }
  if (tw_quality_verdict (sample->quality) == TW_VERDICT_REJECTED)
    observation->value[n] = (double) NAN;
  *worst = tw_quality_worst (*worst, sample->quality);
  *n_withdrawn += sample->withdrawn;
  if (sample->corrected)
    observation->status = "corrected";
  observation->n++;
}

static gboolean
put_values (TwOutboxPut        *out,
            const TwWard       *ward,
            const char         *name,
            const TwForwardKey *key,
            const char         *uuid)
{
  char patient[TW_UUID_SIZE], quality[8];
  guint n_withdrawn = 0;
  TwQuality worst = 0;
  TwFhirObservation observation = {
    .id = uuid,
    .patient_id = patient,
    .status = "final",
    .t_us = key->t_us,
    .absent_reason = "error",
  };
  GString *json;

  if (key->kind == TW_FORWARD_PRESSURE)
    for (guint i = 0; i < G_N_ELEMENTS (pressures); i++)
      {
        if ((key->parts & (1u << i)) != 0)
          add_value (ward, key, pressures[i], &observation, &worst, &n_withdrawn);
      }
  else
    add_value (ward, key, (TwChannel) key->channel, &observation, &worst, &n_withdrawn);
  if (observation.n == 0)
    return FALSE;
  if (n_withdrawn == observation.n)
    observation.status = "entered-in-error";
  patient_uuid (patient, ward, name, key->patient);
  json = g_string_sized_new (1024);
  tw_fhir_write_observation (json, &observation);
  g_snprintf (quality, sizeof quality, "%u", worst);
  finish_observation (out, name, uuid, worst != 0 ? quality : NULL, json);
  return TRUE;
}

/* The coarsest step that holds every value as it is. */
static double
factor_of (TwChannel     channel,
           const double *values,
           gsize         n)
{
  double factor = tw_channel_info (channel)->resolution;

  for (int step = 0; step < MAX_FACTOR_STEPS; step++, factor /= 10.0)
    {
      gboolean fits = TRUE;
      for (gsize i = 0; fits && i < n; i++)
        fits = !isfinite (values[i])
               || fabs (values[i] / factor - round (values[i] / factor)) < 1e-6;
      if (fits)
        return factor;
    }
  return factor;
}

static gboolean
put_block (TwOutboxPut        *out,
           const TwWard       *ward,
           const char         *name,
           const TwForwardKey *key,
           const char         *uuid)
{
  gint64 end_us = key->t_us + tw_forward_block_points (key->period_us) * key->period_us;
  g_autoptr (GString) quality = g_string_new (NULL);
  double values[TW_FORWARD_BLOCK_POINTS];
  guint8 qualities[TW_FORWARD_BLOCK_POINTS] = { 0 };
  char patient[TW_UUID_SIZE];
  TwFhirSampled sampled = {
    .id = uuid,
    .patient_id = patient,
    .channel = (TwChannel) key->channel,
    .start_us = key->t_us,
    .period_us = key->period_us,
    .value = values,
  };
  const TwLogSample *samples;
  gboolean any = FALSE;
  GString *json;
  gsize n;

  samples = tw_log_span (tw_ward_get_log (ward), key->patient, sampled.channel, key->t_us, end_us,
                         &n);
  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    values[i] = (double) NAN;
  for (gsize i = 0; i < n; i++)
    {
      gsize at = (gsize) ((samples[i].t_us - key->t_us) / key->period_us);
      if ((samples[i].t_us - key->t_us) % key->period_us != 0)
        continue;
      sampled.n = at + 1;
      qualities[at] = samples[i].quality;
      any = any || samples[i].quality != 0;
      if (tw_quality_verdict (samples[i].quality) != TW_VERDICT_REJECTED)
        values[at] = samples[i].cleaned;
    }
  if (sampled.n == 0)
    return FALSE;
  for (gsize i = 0; any && i < sampled.n; i++)
    g_string_append_printf (quality, i > 0 ? " %u" : "%u", qualities[i]);
  sampled.factor = factor_of (sampled.channel, values, sampled.n);
  patient_uuid (patient, ward, name, key->patient);
  json = g_string_sized_new (1536);
  tw_fhir_write_sampled (json, &sampled);
  finish_observation (out, name, uuid, any ? quality->str : NULL, json);
  return TRUE;
}

gboolean
tw_forward_put_observation (TwOutboxPut        *out,
                            const TwWard       *ward,
                            const char         *name,
                            const TwForwardKey *key)
{
  g_autofree char *what = NULL;
  char uuid[TW_UUID_SIZE];

  what = g_strdup_printf ("%s|%s%s|%" G_GINT64_FORMAT, patient_id (ward, key->patient),
                          key->kind == TW_FORWARD_PRESSURE
                            ? "pressure" : tw_channel_info ((TwChannel) key->channel)->name,
                          key->kind == TW_FORWARD_BLOCK ? "|block" : "", key->t_us);
  make_uuid (uuid, name, "Observation", what);
  return key->kind == TW_FORWARD_BLOCK ? put_block (out, ward, name, key, uuid)
                                       : put_values (out, ward, name, key, uuid);
}

static void
put_location (TwOutboxPut *out,
              const char  *name,
              const char  *what,
              const char  *shown,
              const char  *part_of)
{
  char uuid[TW_UUID_SIZE];
  GString *json = g_string_new (NULL);

  make_uuid (uuid, name, "Location", what);
  tw_fhir_write_location (json, uuid, shown, part_of, part_of != NULL ? "bd" : "wa", 0);
  reopen (json);
  append_identifier (json, name, uuid);
  g_string_append (json, "]}");
  put (out, "Location", uuid, part_of != NULL ? RANK_PATIENT : RANK_WARD, json);
}

void
tw_forward_put_ward (TwOutboxPut  *out,
                     const TwWard *ward,
                     const char   *name)
{
  char uuid[TW_UUID_SIZE];
  GString *json = g_string_new (NULL);

  make_uuid (uuid, name, "Device", "gateway");
  g_string_append_printf (json, "{\"resourceType\":\"Device\",\"id\":\"%s\"", uuid);
  append_identifier (json, name, uuid);
  g_string_append (json, "],\"status\":\"active\",\"deviceName\":[{\"name\":\"Twinward gateway\","
                   "\"type\":\"user-friendly-name\"}],\"version\":[{\"value\":\"" TW_VERSION
                   "\"}]}");
  put (out, "Device", uuid, RANK_WARD, json);
  put_location (out, name, "ward", tw_ward_get_name (ward), NULL);
}

void
tw_forward_put_patient (TwOutboxPut  *out,
                        const TwWard *ward,
                        const char   *name,
                        guint32       patient)
{
  TwPatientFields fields = *tw_patient_get (tw_ward_get_patient (ward, patient));
  g_autoptr (TwPatient) copy = NULL;
  const char *record = fields.identifier;
  g_autofree char *bed_name = g_strconcat ("bed|", fields.bed != NULL ? fields.bed : fields.id,
                                           NULL);
  char uuid[TW_UUID_SIZE], bed[TW_UUID_SIZE], stay[TW_UUID_SIZE], place[TW_UUID_SIZE];
  GString *json = g_string_new (NULL);

  make_uuid (place, name, "Location", "ward");
  make_uuid (bed, name, "Location", bed_name);
  make_uuid (stay, name, "Encounter", fields.id);
  patient_uuid (uuid, ward, name, patient);
  put_location (out, name, bed_name, fields.bed, place);

  fields.id = uuid;
  fields.identifier = NULL;
  copy = tw_patient_new (&fields);
  tw_fhir_write_patient (json, copy, 0);
  reopen (json);
  append_identifier (json, name, uuid);
  if (record != NULL)
    {
      g_string_append (json, ",{\"use\":\"usual\",\"type\":{\"coding\":[{\"system\":\""
                       TW_SYSTEM_IDENTIFIER "\",\"code\":\"MR\"}]},\"value\":");
      tw_text_append_json (json, record);
      g_string_append_c (json, '}');
    }
  g_string_append (json, "]}");
  put (out, "Patient", uuid, RANK_PATIENT, json);

  json = g_string_new (NULL);
  tw_fhir_write_encounter (json, stay, uuid, bed, tw_ward_get_stay (ward, patient), 0);
  reopen (json);
  append_identifier (json, name, stay);
  g_string_append (json, "]}");
  put (out, "Encounter", stay, RANK_STAY, json);
}
