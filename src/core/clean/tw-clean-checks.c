/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The checks of one sample. Numbers come from data/tables/clean.csv; NaN there switches a check
 * off, because every comparison with NaN is false. */
#include "config.h"

#include "tw-clean-checks.h"
#include "tw-time.h"

#include <math.h>

#define BASAL_MILLI 1000 /* mU in a U */

/* A reading whose unit cannot be what it says: 98.6 "Cel", 900 "U/h", SpO2 0.97 "%". */
static gboolean
infer (const TwChannelLimits *limits, TwChannel channel, double *value)
{
  if (*value > limits->infer_above && channel == TW_CHANNEL_TEMPERATURE)
    return tw_unit_convert (*value, TW_UNIT_DEGF, TW_UNIT_CEL, value);
  if (*value > limits->infer_above && channel == TW_CHANNEL_INSULIN_BASAL)
    {
      *value /= BASAL_MILLI;
      return TRUE;
    }
  if (*value > 0 && *value <= limits->infer_share)
    return tw_unit_convert (*value, TW_UNIT_FRACTION, TW_UNIT_PERCENT, value);
  return FALSE;
}

gboolean
tw_clean_convert (const TwChannelLimits *limits, const TwObservation *reading, double *value,
                  gboolean *inferred)
{
  TwChannel channel = (TwChannel) reading->channel;
  TwUnit unit = (TwUnit) reading->unit;
  TwUnit inside = tw_channel_info (channel)->unit;

  *inferred = FALSE;
  /* A share without a unit ("1") can only be a fraction. */
  if (unit == TW_UNIT_NONE && inside == TW_UNIT_PERCENT)
    return reading->value <= limits->infer_share
           && tw_unit_convert (reading->value, TW_UNIT_FRACTION, inside, value);
  if (!tw_unit_convert (reading->value, unit, inside, value))
    return FALSE;
  if (unit == inside)
    *inferred = infer (limits, channel, value);
  return TRUE;
}

TwReason
tw_clean_check_hard (const TwChannelLimits *limits, double value)
{
  if (isnan (value))
    return TW_REASON_DEVICE_STATUS;
  if (value == 0 && limits->zero != 0)
    return TW_REASON_ZERO;
  if (value < limits->hard_low || value > limits->hard_high
      || (limits->hard_open != 0 && value == limits->hard_low)
      || (limits->whole != 0 && value != trunc (value)))
    return TW_REASON_HARD_LIMIT;
  return TW_REASON_NONE;
}

TwQuality
tw_clean_check_usual (const TwChannelLimits *limits, double value, guint32 flags)
{
  if ((flags & TW_OBSERVATION_CENSORED_LOW) != 0 || value <= limits->sensor_low)
    return tw_quality_from_reason (TW_REASON_CENSORED_LOW);
  if ((flags & TW_OBSERVATION_CENSORED_HIGH) != 0 || value >= limits->sensor_high)
    return tw_quality_from_reason (TW_REASON_CENSORED_HIGH);
  if (value < limits->suspect_low || value > limits->suspect_high)
    return tw_quality_from_reason (TW_REASON_UNUSUAL);
  return tw_quality_from_reason (TW_REASON_NONE);
}

gboolean
tw_clean_check_flat (const TwChannelLimits *limits, TwCleanMemory *memory, double resolution,
                     gint64 t_us, double value)
{
  double length_us = limits->flat_min * TW_MINUTE;
  gint64 spacing;

  if (isnan (limits->flat_min))
    return FALSE;
  if (!memory->has_flat || !(fabs (value - memory->flat_value) < resolution)
      || (double) tw_time_apart (t_us, memory->flat_last_us) > length_us)
    {
      memory->has_flat = TRUE;
      memory->flat_value = value;
      memory->flat_since_us = t_us;
      memory->n_flat = 0;
    }
  memory->flat_last_us = t_us;
  memory->n_flat++;
  if (memory->n_flat < limits->flat_samples
      || !((double) tw_time_apart (t_us, memory->flat_since_us) > length_us)
      || value >= limits->flat_below)
    return FALSE;
  spacing = tw_clean_memory_spacing (memory);
  return spacing > 0 && (double) spacing <= limits->flat_spacing_s * TW_SECOND;
}

/* Within a minute the whole change of a minute is allowed: a second's jitter of a fast stream is no
 * speed. */
gboolean
tw_clean_check_speed (const TwChannelLimits *limits, const TwCleanRules *rules,
                      const TwCleanMemory *memory, gint64 t_us, double value)
{
  double minutes;

  if (!memory->has_accepted)
    return FALSE;
  minutes = (double) tw_time_apart (t_us, memory->accepted_us) / TW_MINUTE;
  if (minutes < 0 || minutes > rules->speed_gap_min)
    return FALSE;
  return fabs (value - memory->accepted) > limits->max_per_min * fmax (minutes, 1);
}

gboolean
tw_clean_is_cgm (const TwCleanRules *rules, const TwCleanMemory *memory)
{
  gint64 spacing = tw_clean_memory_spacing (memory);

  return spacing > 0 && (double) spacing <= rules->cgm_spacing_min * TW_MINUTE;
}

gboolean
tw_clean_check_warm_up (const TwCleanRules *rules, TwCleanMemory *memory, gint64 t_us)
{
  const TwRemembered *last = tw_clean_memory_get_last (memory);
  double hour_us = rules->cgm_warm_up_min * TW_MINUTE;

  if (last != NULL && (double) tw_time_apart (t_us, last->t_us) >= hour_us
      && tw_clean_is_cgm (rules, memory))
    {
      memory->has_sensor = TRUE;
      memory->sensor_us = t_us;
    }
  return memory->has_sensor && (double) tw_time_apart (t_us, memory->sensor_us) < hour_us;
}

static gboolean
is_out_of_order (const TwCleanRules *rules, const TwPressureSet *set)
{
  if (set->systolic != NULL && set->diastolic != NULL
      && !(set->systolic->value - set->diastolic->value >= rules->pulse_pressure_min))
    return TRUE;
  if (set->systolic != NULL && set->map != NULL && !(set->systolic->value > set->map->value))
    return TRUE;
  return set->map != NULL && set->diastolic != NULL && !(set->map->value > set->diastolic->value);
}

/* A collapse of the wave, not of the patient: the pulse pressure is gone, or the systolic pressure
 * fell at once while the heart did not notice. */
static gboolean
is_damped (const TwCleanRules *rules, const TwPressureSet *set)
{
  double kept = 1 - rules->damped_fall_pct / 100;

  if (set->systolic == NULL)
    return FALSE;
  if (set->diastolic != NULL
      && set->systolic->value - set->diastolic->value < rules->damped_pulse_pressure)
    return TRUE;
  return set->systolic->value < kept * set->systolic_before
         && fabs (set->rate - set->rate_before) <= rules->damped_rate_pct / 100 * set->rate_before;
}

TwReason
tw_clean_check_pressures (const TwCleanRules *rules, const TwPressureSet *set)
{
  double expected;

  if (is_out_of_order (rules, set))
    return TW_REASON_PRESSURE_ORDER;
  if (is_damped (rules, set))
    return TW_REASON_DAMPED_LINE;
  if (set->systolic == NULL || set->diastolic == NULL || set->map == NULL)
    return TW_REASON_NONE;
  expected = (set->systolic->value + 2 * set->diastolic->value) / 3;
  if (fabs (set->map->value - expected) > rules->map_tolerance_pct / 100 * expected)
    return TW_REASON_MAP_INCONSISTENT;
  return TW_REASON_NONE;
}
