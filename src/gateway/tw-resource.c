/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One Observation of the facade: its id, and its JSON. */
#include "config.h"

#include "tw-resource-list.h"

#include "tw-fhir-write.h"

#include <math.h>
#include <stdio.h>

static const char kind_letters[] = "spb";

const char *
tw_resource_category (TwChannel channel)
{
  if (channel == TW_CHANNEL_GLUCOSE)
    return "laboratory";
  return channel >= TW_CHANNEL_INSULIN_BOLUS ? "therapy" : "vital-signs";
}

char *
tw_resource_format_id (const TwResource *resource,
                       char             *buffer,
                       gsize             size)
{
  g_snprintf (buffer, size, "o%u-%c%d-%" G_GINT64_MODIFIER "x", resource->patient + 1,
              kind_letters[resource->kind], (int) resource->channel, (guint64) resource->start_us);
  return buffer;
}

/* Takes an id apart; only the exact spelling that we write is ours. */
static gboolean
parse_id (const char *id,
          TwResource *resource)
{
  guint patient;
  char kind;
  int channel, used = 0;
  guint64 start;
  char again[64];

  if (sscanf (id, "o%9u-%c%3d-%16" G_GINT64_MODIFIER "x%n", &patient, &kind, &channel, &start,
              &used) != 4
      || id[used] != '\0' || patient == 0 || channel < 0 || channel >= TW_N_CHANNELS)
    return FALSE;
  *resource = (TwResource) {
    .patient = patient - 1,
    .channel = (gint16) channel,
    .start_us = (gint64) start,
  };
  while (resource->kind < G_N_ELEMENTS (kind_letters) - 1 && kind_letters[resource->kind] != kind)
    resource->kind++;
  return resource->kind < G_N_ELEMENTS (kind_letters) - 1
         && g_str_equal (tw_resource_format_id (resource, again, sizeof again), id);
}

gboolean
tw_resource_find (const TwWard *ward,
                  const char   *id,
                  TwResource   *resource)
{
  g_autoptr (GArray) patients = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (TwResource));
  TwResourceFilter filter = { .patients = patients, .panels = TRUE, .n_dates = 1,
                              .up_to = G_MAXUINT64 };
  TwResource wanted;

  if (!parse_id (id, &wanted) || wanted.patient >= tw_ward_get_n_patients (ward))
    return FALSE;
  g_array_append_val (patients, wanted.patient);
  filter.singles = 1u << wanted.channel;
  filter.dates[0] = (TwDateFilter) { TW_DATE_GE, wanted.start_us, wanted.start_us + 1 };
  tw_resource_list (ward, &filter, found);
  for (guint i = 0; i < found->len; i++)
    {
      *resource = g_array_index (found, TwResource, i);
      if (resource->start_us == wanted.start_us && resource->kind == wanted.kind
          && resource->channel == wanted.channel)
        return TRUE;
    }
  return FALSE;
}

static const char *
patient_id (const TwWard *ward,
            guint32       patient)
{
  return tw_patient_get (tw_ward_get_patient (ward, patient))->id;
}

/* What one whole number of a block is worth: the device's resolution, or a tenth of it (as in the
 * stream) where a recording holds finer values. */
static double
factor_of (TwChannel     channel,
           const double *values,
           gsize         n)
{
  double resolution = tw_channel_info (channel)->resolution;

  for (gsize i = 0; i < n; i++)
    if (isfinite (values[i])
        && fabs (values[i] / resolution - round (values[i] / resolution)) > 1e-6)
      return resolution / 10.0;
  return resolution;
}

static void
write_block (const TwWard     *ward,
             const TwResource *resource,
             const char       *id,
             guint64           up_to,
             GString          *out)
{
  const TwLog *log = tw_ward_get_log (ward);
  TwChannel channel = (TwChannel) resource->channel;
  gint64 period_us = tw_log_get_period (log, resource->patient, channel, NULL);
  g_autofree char *version = g_strdup_printf ("%" G_GUINT64_FORMAT, resource->version);
  double values[TW_LOG_BLOCK];
  TwFhirSampled sampled = {
    .id = id,
    .version = version,
    .patient_id = patient_id (ward, resource->patient),
    .last_updated_us = resource->rx_us,
    .channel = channel,
    .start_us = resource->start_us,
    .period_us = period_us,
    .value = values,
    .n = (gsize) ((resource->end_us - resource->start_us) / period_us) + 1,
  };
  const TwLogSample *samples;
  gsize n;

  g_return_if_fail (sampled.n <= TW_LOG_BLOCK);

  for (gsize i = 0; i < sampled.n; i++)
    values[i] = (double) NAN;
  samples = tw_log_span (log, resource->patient, channel, resource->start_us, resource->end_us + 1,
                         &n);
  for (gsize i = 0; i < n; i++)
    {
      gint64 offset_us = samples[i].t_us - resource->start_us;
      if (offset_us % period_us == 0 && samples[i].seq <= up_to)
        tw_unit_convert (samples[i].value, tw_log_get_unit (log, resource->patient, channel),
                         tw_channel_info (channel)->unit, &values[offset_us / period_us]);
    }
  sampled.factor = factor_of (channel, values, sampled.n);
  tw_fhir_write_sampled (out, &sampled);
}

static void
add_value (const TwWard      *ward,
           const TwResource  *resource,
           TwChannel          channel,
           TwFhirObservation *observation,
           guint             *n_withdrawn)
{
  const TwLog *log = tw_ward_get_log (ward);
  gsize n;
  const TwLogSample *sample = tw_log_span (log, resource->patient, channel, resource->start_us,
                                           resource->start_us + 1, &n);
  if (n == 0)
    return;
  if (sample->withdrawn)
    (*n_withdrawn)++;
  if (sample->corrected)
    observation->status = "corrected";
  observation->channel[observation->n] = channel;
  observation->value[observation->n] = sample->value;
  observation->unit[observation->n++] = tw_log_get_unit (log, resource->patient, channel);
}

void
tw_resource_write (const TwWard     *ward,
                   const TwResource *resource,
                   guint64           up_to,
                   GString          *out)
{
  g_autofree char *version = g_strdup_printf ("%" G_GUINT64_FORMAT, resource->version);
  guint n_withdrawn = 0;
  char id[64];
  TwFhirObservation observation = {
    .id = tw_resource_format_id (resource, id, sizeof id),
    .version = version,
    .last_updated_us = resource->rx_us,
    .patient_id = patient_id (ward, resource->patient),
    .status = "final",
    .t_us = resource->start_us,
  };

  if (resource->kind == TW_RESOURCE_BLOCK)
    {
      write_block (ward, resource, id, up_to, out);
      return;
    }
  if (resource->kind == TW_RESOURCE_PANEL)
    {
      add_value (ward, resource, TW_CHANNEL_SYSTOLIC, &observation, &n_withdrawn);
      add_value (ward, resource, TW_CHANNEL_DIASTOLIC, &observation, &n_withdrawn);
      add_value (ward, resource, TW_CHANNEL_MAP, &observation, &n_withdrawn);
    }
  else
    {
      add_value (ward, resource, (TwChannel) resource->channel, &observation, &n_withdrawn);
    }
  if (n_withdrawn == observation.n)
    observation.status = "entered-in-error";
  tw_fhir_write_observation (out, &observation);
}
