/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Glucose of a child with type 1 diabetes: meals, insulin, and what a sensor under the skin reads.
 * */
#pragma once

#include "tw-random.h"

G_BEGIN_DECLS

typedef struct
{
  double weight_kg;
  double basal_u_h;
  double stomach_1, stomach_2, gut;         /* mg/kg */
  double depot_1, depot_2, plasma, action;  /* mU/kg, mU/kg, mU/kg, 1/min */
  double plasma_basal;
  double blood_mg_dl, skin_mg_dl;
  TwRandom random;
  TwDrift sensor;                           /* slow error of the sensor, mg/dL; one step is 5 min */
} TwGlucoseBody;

void tw_glucose_body_init (TwGlucoseBody *body, double weight_kg, TwRandom random);
/* A meal or a bolus that begins now. */
void tw_glucose_body_eat (TwGlucoseBody *body, double carbohydrate_g);
void tw_glucose_body_inject (TwGlucoseBody *body, double insulin_u);
/* One minute further. */
void tw_glucose_body_step (TwGlucoseBody *body);
/* What the sensor shows, in mg/dL; called every 5 min. */
double tw_glucose_body_read (TwGlucoseBody *body);

G_END_DECLS
