/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small body for an invented patient, stepped every 5 s.
 *
 *   x      = deficit / (70 mL/kg weight)                      blood lost, as a share
 *   stroke = 1 - 2 x                                          preload, straight part
 *   MAP    = MAP0 (HR/HR0)^0.35 stroke tone                   pressure = flow times resistance
 *   HR    -> HR0 + sinus + 9 fever + 110 x + 0.7 (MAP0 - MAP) baroreflex; 9 beats a degree
 *   tone  -> 1 + illness + norepinephrine + reflex - paracetamol
 *   RR     = RR0 + drive + 2.2 fever + 18 x + hypoxia
 *   SpO2  -> SpO2_0 - shunt - 8 x + 1.1 oxygen
 *   T     -> T0 + fever - 0.9 paracetamol
 *
 * Reflexes saturate, so blood loss raises HR early and lowers MAP late. Sizes of the random
 * parts follow twin.md 3.3 (minute streams: fast part of 1-3 min, slow part of hours);
 * norepinephrine 0.1 ug/kg/min raises MAP by about 10 mmHg (twin.md section 5). */
#include "config.h"

#include "tw-physiology.h"

#define BLOOD_ML_KG 70.0
#define REFILL_TAU_S (10.0 * 3600.0) /* fluid comes back from the tissue */

/* First-order approach of value to target. */
static double
approach (double value,
          double target,
          double tau_s)
{
  return target + (value - target) * exp (-TW_PHYSIOLOGY_STEP_S / tau_s);
}

void
tw_physiology_init (TwPhysiology           *body,
                    const TwPhysiologyBase *base,
                    TwRandom                random)
{
  const double step = TW_PHYSIOLOGY_STEP_S;

  g_return_if_fail (body != NULL && base != NULL);

  *body = (TwPhysiology) {
    .base = *base,
    .random = random,
    .heart_rate_bpm = base->heart_rate_bpm,
    .map_felt_mmhg = base->map_mmhg,
    .temperature_cel = base->temperature_cel,
    .spo2_percent = base->spo2_percent,
    .hr_fast = tw_drift_new (1.5, 150.0, step),
    .hr_slow = tw_drift_new (2.0, 3600.0, step),
    .tone_fast = tw_drift_new (0.014, 130.0, step),
    .tone_slow = tw_drift_new (0.020, 3000.0, step),
    .pulse_slow = tw_drift_new (0.025, 1800.0, step),
    .rr_fast = tw_drift_new (0.8, 60.0, step),
    .rr_slow = tw_drift_new (0.6, 5400.0, step),
    .spo2_fast = tw_drift_new (0.30, 180.0, step),
    .spo2_slow = tw_drift_new (0.35, 7200.0, step),
    .temp_slow = tw_drift_new (0.08, 10800.0, step),
  };
}

/* A labile circulation stays in one regime for 4 to 11 min and then jumps to another one. */
static double
step_regime (TwPhysiology *body,
             double        labile)
{
  if (labile <= 0.0)
    {
      body->regime_target = 0.0;
      body->regime_left = 0;
    }
  else if (body->regime_left-- <= 0)
    {
      double side = body->regime_target >= 0.0 ? -1.0 : 1.0;
      body->regime_target = labile * side * (0.13 + 0.10 * tw_random_unit (&body->random));
      body->regime_left = (gint64) ((240.0 + 420.0 * tw_random_unit (&body->random))
                                    / TW_PHYSIOLOGY_STEP_S);
    }
  body->regime = approach (body->regime, body->regime_target, 25.0);
  return body->regime;
}

/* Volume lost, as a share of the blood volume. */
static double
step_volume (TwPhysiology            *body,
             const TwPhysiologyDrive *drive)
{
  const double minutes = TW_PHYSIOLOGY_STEP_S / 60.0;
  const double blood_ml = BLOOD_ML_KG * body->base.weight_kg;

  body->deficit_ml = approach (body->deficit_ml, 0.0, REFILL_TAU_S);
  body->deficit_ml += (drive->bleed_ml_min - drive->fluid_ml_min) * minutes;
  body->deficit_ml = CLAMP (body->deficit_ml, -0.15 * blood_ml, 0.40 * blood_ml);
  return body->deficit_ml / blood_ml;
}

static void
step_circulation (TwPhysiology            *body,
                  const TwPhysiologyDrive *drive,
                  double                   lost,
                  TwVitals                *vitals)
{
  const TwPhysiologyBase *base = &body->base;
  double fever = body->temperature_cel - base->temperature_cel;
  double fall = base->map_mmhg - body->map_felt_mmhg;
  double stroke = 1.0 - 2.0 * MAX (lost, -0.04);
  double regime = step_regime (body, drive->labile);
  double rate, tone, pulse;

  rate = base->heart_rate_bpm + drive->sinus_bpm + 9.0 * fever + CLAMP (110.0 * lost, -4.0, 45.0)
         + CLAMP (0.7 * fall, -6.0, 28.0) - 4.0 * drive->paracetamol;
  body->heart_rate_bpm = approach (body->heart_rate_bpm, rate, 35.0);
  rate = body->heart_rate_bpm + tw_drift_step (&body->hr_fast, &body->random)
         + tw_drift_step (&body->hr_slow, &body->random);
  rate = CLAMP (rate, 25.0, 210.0);

  body->tone_reflex = approach (body->tone_reflex, CLAMP (0.006 * fall + 1.0 * lost, -0.08, 0.20),
                                60.0);
  body->norepinephrine_effect = approach (body->norepinephrine_effect,
                                          drive->norepinephrine_ug_kg_min, 240.0);
  tone = 1.0 + drive->tone + regime + body->tone_reflex + 1.2 * body->norepinephrine_effect
         - 0.04 * drive->paracetamol + tw_drift_step (&body->tone_fast, &body->random)
         + tw_drift_step (&body->tone_slow, &body->random);

  vitals->heart_rate_bpm = rate;
  vitals->map_mmhg = base->map_mmhg * pow (rate / base->heart_rate_bpm, 0.35) * stroke * tone;
  vitals->map_mmhg = CLAMP (vitals->map_mmhg, 25.0, 150.0);
  body->map_felt_mmhg = approach (body->map_felt_mmhg, vitals->map_mmhg, 20.0);

  pulse = base->pulse_pressure_mmhg * pow (stroke, 0.45)
          * pow (vitals->map_mmhg / base->map_mmhg, 0.35)
          * (1.0 + tw_drift_step (&body->pulse_slow, &body->random));
  pulse = CLAMP (pulse, 16.0, 90.0);
  vitals->diastolic_mmhg = vitals->map_mmhg - pulse / 3.0;
  vitals->systolic_mmhg = vitals->diastolic_mmhg + pulse;
}

static void
step_breathing (TwPhysiology            *body,
                const TwPhysiologyDrive *drive,
                double                   lost,
                TwVitals                *vitals)
{
  const TwPhysiologyBase *base = &body->base;
  double fever = MAX (body->temperature_cel - base->temperature_cel, 0.0);
  double target = base->spo2_percent - drive->shunt_percent - 8.0 * MAX (lost, 0.0)
                  + 1.1 * (drive->oxygen_l_min - base->oxygen_l_min);
  double hypoxia;

  body->spo2_percent = approach (body->spo2_percent, MIN (target, 99.6), 45.0);
  vitals->spo2_percent = body->spo2_percent + tw_drift_step (&body->spo2_fast, &body->random)
                         + tw_drift_step (&body->spo2_slow, &body->random);
  vitals->spo2_percent = CLAMP (vitals->spo2_percent, 55.0, 100.0);

  hypoxia = MAX (base->spo2_percent - 3.0 - vitals->spo2_percent, 0.0);
  vitals->respiratory_rate_bpm = base->respiratory_rate_bpm + drive->drive_bpm + 2.2 * fever
                                 + 18.0 * MAX (lost, 0.0) + 0.6 * hypoxia
                                 + tw_drift_step (&body->rr_fast, &body->random)
                                 + tw_drift_step (&body->rr_slow, &body->random);
  vitals->respiratory_rate_bpm = CLAMP (vitals->respiratory_rate_bpm, 5.0, 60.0);
}

void
tw_physiology_step (TwPhysiology            *body,
                    const TwPhysiologyDrive *drive,
                    TwVitals                *vitals)
{
  double lost;

  g_return_if_fail (body != NULL && drive != NULL && vitals != NULL);

  lost = step_volume (body, drive);
  body->temperature_cel = approach (body->temperature_cel,
                                    body->base.temperature_cel + drive->fever_cel
                                      - 0.9 * drive->paracetamol,
                                    1500.0);
  vitals->temperature_cel = body->temperature_cel + tw_drift_step (&body->temp_slow, &body->random);
  vitals->temperature_cel = CLAMP (vitals->temperature_cel, 33.0, 41.5);
  step_circulation (body, drive, lost, vitals);
  step_breathing (body, drive, lost, vitals);
}
