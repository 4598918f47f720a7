/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FHIR SampledData -> readings: value = origin + factor x d, at start + (i div dimensions) x
 * period. */
#include "config.h"

#include "tw-fhir-parse.h"

#include "tw-decimal.h"
#include "tw-time.h"

#include <math.h>

enum
{
  AT_ORIGIN,
  AT_PERIOD,
  AT_FACTOR,
  AT_DIMENSIONS,
  AT_DATA,
  AT_INTERVAL,      /* R5 */
  AT_INTERVAL_UNIT, /* R5 */
  AT_OFFSETS,       /* R5: irregular times, not read */
  N_AT
};

static const char *const names[N_AT] = { "origin", "period", "factor", "dimensions", "data",
                                         "interval", "intervalUnit", "offsets" };

/* What the values of one series share. */
typedef struct
{
  double origin, factor, period_us;
  gint64 dimensions;
} Scale;

/* Microseconds of R5's intervalUnit; 0 when it is not one of time. */
static double
interval_unit_us (TwFhirParse *parse,
                  guint32 at)
{
  static const struct
  {
    const char *code;
    double us;
  } units[] = { { "us", 1 }, { "ms", 1e3 }, { "s", 1e6 }, { "min", 6e7 }, { "h", 3.6e9 } };
  TwJsonText text;

  if (tw_fhir_parse_text (parse, at, &text))
    for (gsize i = 0; i < G_N_ELEMENTS (units); i++)
      if (tw_json_text_is (text, units[i].code))
        return units[i].us;
  return 0;
}

static gboolean
read_scale (TwFhirParse *parse,
            const guint32 *at,
            Scale *scale)
{
  double period;

  scale->factor = 1;
  scale->dimensions = 1;
  if (at[AT_FACTOR] != 0 && !tw_json_number (&parse->document, at[AT_FACTOR], &scale->factor))
    return FALSE;
  if (at[AT_DIMENSIONS] != 0
      && (!tw_json_integer (&parse->document, at[AT_DIMENSIONS], &scale->dimensions)
          || scale->dimensions < 1))
    return FALSE;
  if (at[AT_PERIOD] != 0 && tw_json_number (&parse->document, at[AT_PERIOD], &period))
    scale->period_us = period * 1e3;
  else if (at[AT_INTERVAL] != 0 && tw_json_number (&parse->document, at[AT_INTERVAL], &period))
    scale->period_us = period * interval_unit_us (parse, at[AT_INTERVAL_UNIT]);
  /* From a microsecond to a year: anything else is a mistake, and would run out of the calendar. */
  return scale->factor != 0 && scale->period_us >= 1 && scale->period_us <= 366.0 * TW_DAY;
}

/* The origin's value and unit; the unit of the whole series. */
static gboolean
read_origin (TwFhirParse *parse,
             guint32 origin,
             TwObservation *obs,
             Scale *scale,
             TwFhirRefuse *refuse)
{
  static const char *const quantity_names[] = { "value", "system", "code" };
  guint32 at[3];

  if (!tw_fhir_parse_index (parse, origin, quantity_names, 3, at))
    return tw_fhir_refuse_as (refuse, TW_FHIR_PROBLEM_REPEATED_KEY, "valueSampledData.origin");
  if (at[0] == 0 || !tw_json_number (&parse->document, at[0], &scale->origin))
    return tw_fhir_refuse_as (refuse, TW_FHIR_PROBLEM_BAD_VALUE, "valueSampledData.origin");
  if (!tw_fhir_parse_unit (parse, at[1], at[2], obs))
    {
      tw_fhir_refuse_as (refuse, TW_FHIR_PROBLEM_UNKNOWN_UNIT, "");
      return tw_fhir_parse_text (parse, at[2], &refuse->detail) && FALSE;
    }
  return TRUE;
}

/* One word of data: a decimal, or E (no value), L and U (below and above what can be measured). */
static gboolean
read_word (const char *word,
           gsize length,
           const Scale *scale,
           TwObservation *obs)
{
  double number;

  obs->value = (double) NAN;
  if (length == 1 && (*word == 'E' || *word == 'L' || *word == 'U'))
    {
      obs->flags |= TW_OBSERVATION_ABSENT;
      if (*word == 'L')
        obs->flags |= TW_OBSERVATION_CENSORED_LOW;
      else if (*word == 'U')
        obs->flags |= TW_OBSERVATION_CENSORED_HIGH;
      return TRUE;
    }
  if (!tw_decimal_parse (word, length, &number))
    return FALSE;
  obs->value = scale->origin + tw_decimal_scaled (number, scale->factor);
  return isfinite (obs->value);
}

static gboolean
append_words (TwFhirParse *parse,
              TwJsonText data,
              const TwFhirSamples *samples,
              const Scale *scale,
              TwFhirRefuse *refuse)
{
  GArray *readings = parse->page->readings;
  const char *p = data.text, *end = data.text + data.length;
  gint64 n = 0;

  while (p < end)
    {
      const char *space = memchr (p, ' ', (gsize) (end - p));
      gsize length = (gsize) ((space != NULL ? space : end) - p);
      TwFhirReading reading = samples->reading;
      double after_us = (double) (n / scale->dimensions) * scale->period_us;

      if (length > 0)
        {
          if (n >= TW_FHIR_MAX_SAMPLED || readings->len >= TW_FHIR_MAX_READINGS)
            return tw_fhir_refuse_as (refuse, TW_FHIR_PROBLEM_TOO_LONG, "valueSampledData.data");
          if (!read_word (p, length, scale, &reading.obs) || after_us > 366.0 * TW_DAY)
            return tw_fhir_refuse_as (refuse, TW_FHIR_PROBLEM_BAD_VALUE, "valueSampledData.data");
          reading.obs.t_us = samples->start_us + (gint64) rint (after_us);
          g_array_append_val (readings, reading);
          n++;
        }
      p += length + 1;
    }
  if (n == 0)
    return tw_fhir_refuse_as (refuse, TW_FHIR_PROBLEM_BAD_VALUE, "valueSampledData.data");
  return TRUE;
}

gboolean
tw_fhir_read_samples (TwFhirParse *parse,
                      const TwFhirSamples *samples,
                      TwFhirRefuse *refuse)
{
  guint before = parse->page->readings->len;
  TwFhirSamples own = *samples;
  Scale scale = { 0 };
  guint32 at[N_AT];
  TwJsonText data;
  gboolean known;

  if (!tw_fhir_parse_index (parse, samples->at, names, N_AT, at))
    return tw_fhir_refuse_as (refuse, TW_FHIR_PROBLEM_REPEATED_KEY, "valueSampledData");
  if (own.reading.obs.channel == TW_CHANNEL_CONSCIOUSNESS || at[AT_OFFSETS] != 0
      || !read_scale (parse, at, &scale))
    return tw_fhir_refuse_as (refuse, TW_FHIR_PROBLEM_BAD_VALUE, "valueSampledData");
  known = read_origin (parse, at[AT_ORIGIN], &own.reading.obs, &scale, refuse);
  if (!known && refuse->problem != TW_FHIR_PROBLEM_UNKNOWN_UNIT)
    return FALSE;
  if (!tw_fhir_parse_text (parse, at[AT_DATA], &data))
    return tw_fhir_refuse_as (refuse, TW_FHIR_PROBLEM_BAD_VALUE, "valueSampledData.data");
  /* In an unknown unit the series is refused, and handed on raw. */
  if (append_words (parse, data, &own, &scale, refuse))
    return known;
  /* A series is taken whole or not at all. */
  g_array_set_size (parse->page->readings, before);
  return FALSE;
}
