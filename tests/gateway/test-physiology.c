/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The small body: pressures fit, nothing leaves its range, and each cause has the right sign. */
#include "config.h"

#include "tw-glucose-body.h"
#include "tw-physiology.h"

#include <math.h>

static const TwPhysiologyBase base = { 70.0, 75.0, 88.0, 50.0, 15.0, 97.0, 36.9, 0.0 };

static void
test_limits (void)
{
  TwRandom random = tw_random_new (7, 1);
  TwPhysiology body;
  TwVitals vitals;

  tw_physiology_init (&body, &base, tw_random_new (7, 2));
  for (int i = 0; i < 50000; i++)
    {
      TwPhysiologyDrive drive = {
        .bleed_ml_min = 40.0 * tw_random_unit (&random),
        .fluid_ml_min = 60.0 * tw_random_unit (&random),
        .tone = tw_random_unit (&random) - 0.6,
        .fever_cel = 6.0 * tw_random_unit (&random) - 1.0,
        .shunt_percent = 40.0 * tw_random_unit (&random),
        .drive_bpm = 30.0 * tw_random_unit (&random),
        .sinus_bpm = 120.0 * tw_random_unit (&random) - 60.0,
        .norepinephrine_ug_kg_min = tw_random_unit (&random),
        .oxygen_l_min = 15.0 * tw_random_unit (&random),
        .labile = tw_random_unit (&random),
        .paracetamol = tw_random_unit (&random),
      };
      tw_physiology_step (&body, &drive, &vitals);
      g_assert_cmpfloat (vitals.diastolic_mmhg, <, vitals.map_mmhg);
      g_assert_cmpfloat (vitals.map_mmhg, <, vitals.systolic_mmhg);
      g_assert_cmpfloat_with_epsilon (vitals.map_mmhg,
                                      (vitals.systolic_mmhg + 2.0 * vitals.diastolic_mmhg) / 3.0,
                                      1e-9);
      g_assert_cmpfloat (vitals.heart_rate_bpm, >=, 25.0);
      g_assert_cmpfloat (vitals.heart_rate_bpm, <=, 210.0);
      g_assert_cmpfloat (vitals.spo2_percent, <=, 100.0);
      g_assert_cmpfloat (vitals.spo2_percent, >=, 55.0);
      g_assert_cmpfloat (vitals.respiratory_rate_bpm, >=, 5.0);
      g_assert_cmpfloat (vitals.temperature_cel, <=, 41.5);
      g_assert_cmpfloat (vitals.diastolic_mmhg, >, 5.0);
    }
}

/* Mean vitals over the second half of two hours under a drive. */
static TwVitals
mean_under (const TwPhysiologyDrive *drive)
{
  const int steps = 2 * 3600 / TW_PHYSIOLOGY_STEP_S;
  TwVitals sum = { 0 }, vitals;
  TwPhysiology body;

  tw_physiology_init (&body, &base, tw_random_new (11, 3));
  for (int i = 0; i < steps; i++)
    {
      tw_physiology_step (&body, drive, &vitals);
      if (i < steps / 2)
        continue;
      sum.heart_rate_bpm += vitals.heart_rate_bpm / (steps / 2);
      sum.map_mmhg += vitals.map_mmhg / (steps / 2);
      sum.systolic_mmhg += vitals.systolic_mmhg / (steps / 2);
      sum.diastolic_mmhg += vitals.diastolic_mmhg / (steps / 2);
      sum.respiratory_rate_bpm += vitals.respiratory_rate_bpm / (steps / 2);
      sum.spo2_percent += vitals.spo2_percent / (steps / 2);
      sum.temperature_cel += vitals.temperature_cel / (steps / 2);
    }
  return sum;
}

static void
test_signs (void)
{
  static const struct
  {
    const char *name;
    TwPhysiologyDrive drive;
    int heart_rate, map, breathing, saturation, temperature; /* sign of the change; 0: not judged */
  } rows[] = {
    { "bleeding", { .bleed_ml_min = 12.0 }, 1, -1, 1, -1, 0 },
    { "low tone", { .tone = -0.25 }, 1, -1, 0, 0, 0 },
    { "fever", { .fever_cel = 2.1 }, 1, 0, 1, 0, 1 },
    { "shunt", { .shunt_percent = 7.3 }, 0, 0, 1, -1, 0 },
    { "norepinephrine", { .norepinephrine_ug_kg_min = 0.1 }, -1, 1, 0, 0, 0 },
    { "paracetamol", { .paracetamol = 0.9 }, -1, -1, 0, 0, -1 },
  };
  const TwPhysiologyDrive nothing = { 0 };
  TwVitals calm = mean_under (&nothing);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      TwVitals with = mean_under (&rows[i].drive);
      g_test_message ("%s", rows[i].name);
      if (rows[i].heart_rate != 0)
        g_assert_cmpfloat (rows[i].heart_rate * (with.heart_rate_bpm - calm.heart_rate_bpm), >,
                           1.5);
      if (rows[i].map != 0)
        g_assert_cmpfloat (rows[i].map * (with.map_mmhg - calm.map_mmhg), >, 1.5);
      if (rows[i].breathing != 0)
        g_assert_cmpfloat (rows[i].breathing
                             * (with.respiratory_rate_bpm - calm.respiratory_rate_bpm), >, 1.0);
      if (rows[i].saturation != 0)
        g_assert_cmpfloat (rows[i].saturation * (with.spo2_percent - calm.spo2_percent), >, 0.8);
      if (rows[i].temperature != 0)
        g_assert_cmpfloat (rows[i].temperature * (with.temperature_cel - calm.temperature_cel), >,
                           0.5);
    }
}

/* Heart beats rise by about 9 a degree; norepinephrine 0.1 raises MAP by about 10 before the reflex
 * answers. */
static void
test_sizes (void)
{
  const TwPhysiologyDrive nothing = { 0 }, fever = { .fever_cel = 2.0 };
  const TwPhysiologyDrive pressor = { .norepinephrine_ug_kg_min = 0.1 };
  TwVitals calm = mean_under (&nothing), hot = mean_under (&fever), raised = mean_under (&pressor);
  double rise = (hot.heart_rate_bpm - calm.heart_rate_bpm) / (hot.temperature_cel - calm.temperature_cel);

  g_assert_cmpfloat (rise, >, 6.0);
  g_assert_cmpfloat (rise, <, 11.0);
  g_assert_cmpfloat (raised.map_mmhg - calm.map_mmhg, >, 3.0);
  g_assert_cmpfloat (raised.map_mmhg - calm.map_mmhg, <, 14.0);
}

/* Blood loss shows in the heart rate before it shows in the pressure. */
static void
test_late_fall (void)
{
  const TwPhysiologyDrive bleeding = { .bleed_ml_min = 9.0 };
  TwPhysiology body;
  TwVitals vitals;
  int rate_at = -1, pressure_at = -1;

  tw_physiology_init (&body, &base, tw_random_new (5, 4));
  for (int i = 0; i < 4 * 720; i++)
    {
      tw_physiology_step (&body, &bleeding, &vitals);
      if (rate_at < 0 && body.heart_rate_bpm > base.heart_rate_bpm * 1.2)
        rate_at = i;
      if (pressure_at < 0 && body.map_felt_mmhg < base.map_mmhg * 0.8)
        pressure_at = i;
    }
  g_assert_cmpint (rate_at, >, 0);
  g_assert_cmpint (pressure_at, >, rate_at + 120);
}

static void
test_glucose (void)
{
  TwGlucoseBody body;
  double peak = 0.0, low = 1000.0;

  tw_glucose_body_init (&body, 29.0, tw_random_new (3, 5));
  for (int i = 0; i < 600; i++)
    tw_glucose_body_step (&body);
  g_assert_cmpfloat_with_epsilon (body.blood_mg_dl, 128.0,
                                  1.0); /* basal insulin is an equilibrium */

  tw_glucose_body_eat (&body, 38.0);
  for (int i = 0; i < 240; i++)
    {
      tw_glucose_body_step (&body);
      peak = MAX (peak, body.blood_mg_dl);
    }
  g_assert_cmpfloat (peak, >, 180.0);
  g_assert_cmpfloat (peak, <, 420.0);

  tw_glucose_body_inject (&body, 3.0);
  for (int i = 0; i < 240; i++)
    {
      tw_glucose_body_step (&body);
      low = MIN (low, body.blood_mg_dl);
    }
  g_assert_cmpfloat (low, <, 120.0);
  g_assert_cmpfloat (low, >=, 58.0);
}

static void
test_random (void)
{
  TwRandom random = tw_random_new (1, 1), same = tw_random_new (1, 1), other = tw_random_new (1, 2);
  double sum = 0.0, squares = 0.0;
  gboolean differs = FALSE;

  for (int i = 0; i < 20000; i++)
    {
      double value = tw_random_normal (&random);
      g_assert_cmpfloat (value, ==, tw_random_normal (&same));
      differs = differs || fabs (value - tw_random_normal (&other)) > 1e-9;
      sum += value;
      squares += value * value;
    }
  g_assert_true (differs);
  g_assert_cmpfloat_with_epsilon (sum / 20000.0, 0.0, 0.03);
  g_assert_cmpfloat_with_epsilon (squares / 20000.0, 1.0, 0.03);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gateway/physiology/limits", test_limits);
  g_test_add_func ("/gateway/physiology/signs", test_signs);
  g_test_add_func ("/gateway/physiology/sizes", test_sizes);
  g_test_add_func ("/gateway/physiology/late-fall", test_late_fall);
  g_test_add_func ("/gateway/physiology/glucose", test_glucose);
  g_test_add_func ("/gateway/physiology/random", test_random);
  return g_test_run ();
}
