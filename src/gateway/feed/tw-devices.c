/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What devices make of a body: whole numbers, tenths of a degree, noise, artefacts and drop-
 * outs. Artefacts are the ones that core/clean must find (twin.md section 2): a spike or zero of
 * the ECG, a finger that moves, a damped arterial line, a cuff that fails or reads low, a lead
 * that falls off. */
#include "config.h"

#include "tw-devices.h"

#define LINE_DAMPED_RATE (1.0 / 2600.0) /* per step: every 3 to 4 h */
#define LEAD_OFF_RATE (1.0 / 6000.0)
#define RADIO_LOSS_RATE (1.0 / 900.0)
#define CUFF_FAILS 0.03
#define CUFF_READS_LOW 15.0 /* times the bed's rate of artefacts */

void
tw_tick_add (TwTick   *tick,
             TwChannel channel,
             TwUnit    unit,
             double    value)
{
  g_return_if_fail (tick->n < G_N_ELEMENTS (tick->values));

  tick->values[tick->n++] = (TwTickValue) { channel, unit, value };
}

void
tw_devices_init (TwDevices *devices,
                 guint64    seed,
                 guint      bed)
{
  *devices = (TwDevices) {
    .noise = tw_random_new (seed, 1000 + bed),
    .faults = tw_random_new (seed, 2000 + bed),
  };
}

/* Three rounded pressures with diastolic < mean < systolic. */
static void
add_pressures (TwTick *tick,
               double  systolic,
               double  diastolic,
               double  mean)
{
  diastolic = MAX (round (diastolic), 1.0);
  mean = MAX (round (mean), diastolic + 1.0);
  systolic = MAX (round (systolic), mean + 1.0);
  tw_tick_add (tick, TW_CHANNEL_SYSTOLIC, TW_UNIT_MMHG, systolic);
  tw_tick_add (tick, TW_CHANNEL_DIASTOLIC, TW_UNIT_MMHG, diastolic);
  tw_tick_add (tick, TW_CHANNEL_MAP, TW_UNIT_MMHG, mean);
}

static double
read_heart_rate (TwDevices        *devices,
                 const TwStoryBed *bed,
                 double            truth)
{
  double value = round (truth + 0.4 * tw_random_normal (&devices->noise));
  double fault = tw_random_unit (&devices->faults);
  double kind = tw_random_unit (&devices->faults);

  if (fault >= bed->artefact_rate)
    return value;
  if (kind < 0.3)
    return 0.0;
  return kind < 0.55 ? round (value * 0.5) : MIN (round (value * (1.6 + kind)), 240.0);
}

static double
read_saturation (TwDevices        *devices,
                 const TwStoryBed *bed,
                 double            truth)
{
  double value = truth + 0.2 * tw_random_normal (&devices->noise);
  double fault = tw_random_unit (&devices->faults);
  double depth = tw_random_unit (&devices->faults);

  if (fault < bed->artefact_rate)
    devices->motion_left = 1 + (int) (2.0 * depth);
  if (devices->motion_left > 0)
    {
      devices->motion_left--;
      value -= 10.0 + 14.0 * depth;
    }
  return CLAMP (round (value), 40.0, 100.0);
}

static void
read_line (TwDevices      *devices,
           const TwVitals *vitals,
           gboolean        off,
           TwTick         *tick)
{
  double systolic = vitals->systolic_mmhg + 0.8 * tw_random_normal (&devices->noise);
  double diastolic = vitals->diastolic_mmhg + 0.6 * tw_random_normal (&devices->noise);
  double mean = (systolic + 2.0 * diastolic) / 3.0 + 0.3 * tw_random_normal (&devices->noise);
  double fault = tw_random_unit (&devices->faults);
  double length = tw_random_unit (&devices->faults);

  if (fault < LINE_DAMPED_RATE)
    devices->damped_left = 6 + (int) (8.0 * length);
  if (devices->damped_left > 0)
    {
      devices->damped_left--;
      systolic = mean + 4.0;
      diastolic = mean - 2.0;
    }
  if (!off)
    add_pressures (tick, systolic, diastolic, mean);
}

void
tw_devices_monitor (TwDevices            *devices,
                    const TwStoryBed     *bed,
                    const TwVitals       *vitals,
                    const TwMonitorState *state,
                    TwTick               *tick)
{
  double rate = read_heart_rate (devices, bed, vitals->heart_rate_bpm);
  double breaths = round (vitals->respiratory_rate_bpm + 0.5 * tw_random_normal (&devices->noise));
  double saturation = read_saturation (devices, bed, vitals->spo2_percent);
  guint n = tick->n;

  if (tw_random_unit (&devices->faults) < LEAD_OFF_RATE)
    devices->lead_left = 4 + (int) (12.0 * tw_random_unit (&devices->faults));
  if (devices->lead_left > 0)
    {
      devices->lead_left--;
    }
  else
    {
      tw_tick_add (tick, TW_CHANNEL_HEART_RATE, TW_UNIT_PER_MIN, rate);
      tw_tick_add (tick, TW_CHANNEL_RESPIRATORY_RATE, TW_UNIT_PER_MIN, MAX (breaths, 3.0));
    }
  if (!state->spo2_off)
    tw_tick_add (tick, TW_CHANNEL_SPO2, TW_UNIT_PERCENT, saturation);
  if (bed->line)
    read_line (devices, vitals, state->line_off, tick);
  if (tw_random_unit (&devices->faults) < RADIO_LOSS_RATE)
    tick->n = n;
}

void
tw_devices_cuff (TwDevices        *devices,
                 const TwStoryBed *bed,
                 const TwVitals   *vitals,
                 TwTick           *tick)
{
  double systolic = vitals->systolic_mmhg + 2.5 * tw_random_normal (&devices->noise);
  double diastolic = vitals->diastolic_mmhg + 2.0 * tw_random_normal (&devices->noise);
  double mean = (systolic + 2.0 * diastolic) / 3.0 + 0.5 * tw_random_normal (&devices->noise);
  double fault = tw_random_unit (&devices->faults);

  if (fault < CUFF_FAILS)
    return;
  if (fault < CUFF_FAILS + CUFF_READS_LOW * bed->artefact_rate)
    systolic = mean + 5.0;
  add_pressures (tick, systolic, diastolic, mean);
}

void
tw_devices_temperature (TwDevices      *devices,
                        const TwVitals *vitals,
                        TwTick         *tick)
{
  double value = vitals->temperature_cel + 0.06 * tw_random_normal (&devices->noise);

  tw_tick_add (tick, TW_CHANNEL_TEMPERATURE, TW_UNIT_CEL, round (value * 10.0) / 10.0);
}
