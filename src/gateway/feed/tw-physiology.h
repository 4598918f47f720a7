/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small body for an invented patient: pressure, rate, breathing, saturation and temperature move
 * together. */
#pragma once

#include <glib.h>

#include "tw-random.h"

G_BEGIN_DECLS

#define TW_PHYSIOLOGY_STEP_S 5

/* The settled person. */
typedef struct
{
  double weight_kg;
  double heart_rate_bpm;
  double map_mmhg;
  double pulse_pressure_mmhg;
  double respiratory_rate_bpm;
  double spo2_percent;
  double temperature_cel;
  double oxygen_l_min; /* the flow at which spo2_percent holds */
} TwPhysiologyBase;

/* What illness and treatment do during one step. */
typedef struct
{
  double bleed_ml_min, fluid_ml_min;
  double tone;                       /* relative change of vascular tone, -0.5 to 0.5 */
  double fever_cel;                  /* raise of the set point */
  double paracetamol;                /* effect, 1 at the peak of 1 g */
  double shunt_percent;              /* loss of saturation */
  double drive_bpm;                  /* breaths a minute on top */
  double sinus_bpm;                  /* beats a minute on top */
  double norepinephrine_ug_kg_min;
  double oxygen_l_min;
  double labile;                     /* 0 to 1: tone changes its regime abruptly */
} TwPhysiologyDrive;

/* True values of the moment, before any device. */
typedef struct
{
  double heart_rate_bpm;
  double systolic_mmhg, diastolic_mmhg, map_mmhg; /* MAP = DBP + (SBP - DBP) / 3, always */
  double respiratory_rate_bpm;
  double spo2_percent;
  double temperature_cel;
} TwVitals;

typedef struct
{
  TwPhysiologyBase base;
  TwRandom random;
  double deficit_ml;       /* blood volume lost */
  double tone_reflex, norepinephrine_effect;
  double heart_rate_bpm, map_felt_mmhg, temperature_cel, spo2_percent;
  double regime, regime_target;
  gint64 regime_left;      /* steps */
  TwDrift hr_fast, hr_slow, tone_fast, tone_slow, pulse_slow;
  TwDrift rr_fast, rr_slow, spo2_fast, spo2_slow, temp_slow;
} TwPhysiology;

void tw_physiology_init (TwPhysiology *body, const TwPhysiologyBase *base, TwRandom random);
/* One step of TW_PHYSIOLOGY_STEP_S seconds. */
void tw_physiology_step (TwPhysiology *body, const TwPhysiologyDrive *drive, TwVitals *vitals);

G_END_DECLS
