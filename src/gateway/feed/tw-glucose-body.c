/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Glucose of a child with type 1 diabetes, backward Euler with steps of one minute. Equations:
 * twin.md 4.2 (ReplayBG; Cappon 2023), with that section's fixed values; insulin sensitivity and
 * the shape of absorption are chosen for this invented child. Units: mg/kg in the gut, mU/kg of
 * insulin, mg/dL of glucose, minutes. */
#include "config.h"

#include "tw-glucose-body.h"

#define VG 1.45        /* dL/kg */
#define VI 0.135       /* L/kg */
#define KE 0.127       /* 1/min */
#define KD 0.026
#define KA2 0.014
#define KGRI 0.07
#define KABS 0.013
#define F 0.9
#define P2 0.012
#define SG 0.016
#define GB 128.0       /* mg/dL */
#define SI (10.35e-4 / VG * 1.15)
#define ALPHA 7.0      /* min, blood to skin */

void
tw_glucose_body_init (TwGlucoseBody *body,
                      double         weight_kg,
                      TwRandom       random)
{
  double basal;

  g_return_if_fail (body != NULL && weight_kg > 0.0);

  *body = (TwGlucoseBody) {
    .weight_kg = weight_kg,
    .basal_u_h = 0.5,
    .blood_mg_dl = GB,
    .skin_mg_dl = GB,
    .random = random,
    .sensor = tw_drift_new (3.0, 3000.0, 300.0),
  };
  basal = body->basal_u_h * 1000.0 / 60.0 / weight_kg; /* mU/kg/min, an equilibrium */
  body->depot_1 = basal / KD;
  body->depot_2 = basal / KA2;
  body->plasma = body->plasma_basal = basal / KE;
}

void
tw_glucose_body_eat (TwGlucoseBody *body,
                     double         carbohydrate_g)
{
  body->stomach_1 += carbohydrate_g * 1000.0 / body->weight_kg;
}

void
tw_glucose_body_inject (TwGlucoseBody *body,
                        double         insulin_u)
{
  body->depot_1 += insulin_u * 1000.0 / body->weight_kg;
}

void
tw_glucose_body_step (TwGlucoseBody *body)
{
  double basal = body->basal_u_h * 1000.0 / 60.0 / body->weight_kg;
  double appearance, uptake;

  body->stomach_1 /= 1.0 + KGRI;
  body->stomach_2 = (body->stomach_2 + KGRI * body->stomach_1) / (1.0 + KGRI);
  body->gut = (body->gut + KGRI * body->stomach_2) / (1.0 + KABS);
  appearance = F * KABS * body->gut;

  body->depot_1 = (body->depot_1 + basal) / (1.0 + KD);
  body->depot_2 = (body->depot_2 + KD * body->depot_1) / (1.0 + KA2);
  body->plasma = (body->plasma + KA2 * body->depot_2) / (1.0 + KE);
  body->action = (body->action + P2 * SI / VI * (body->plasma - body->plasma_basal)) / (1.0 + P2);

  uptake = MAX (SG + body->action, 0.002);
  body->blood_mg_dl = (body->blood_mg_dl + SG * GB + appearance / VG) / (1.0 + uptake);
  body->blood_mg_dl = CLAMP (body->blood_mg_dl, 58.0, 420.0);
  body->skin_mg_dl = (body->skin_mg_dl + body->blood_mg_dl / ALPHA) / (1.0 + 1.0 / ALPHA);
}

double
tw_glucose_body_read (TwGlucoseBody *body)
{
  double value = body->skin_mg_dl + tw_drift_step (&body->sensor, &body->random)
                 + 1.2 * tw_random_normal (&body->random);
  return CLAMP (value, 40.0, 400.0);
}
