/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The twin's alarm rule beside plain limits at equal sensitivity. */
#pragma once

#include "tw-alarm-load.h"
#include "tw-alarm-patients.h"

G_BEGIN_DECLS

/* p: of each sample of each patient (arrays of double); step: of the limit that is tried. */
typedef struct
{
  const char *name;
  GPtrArray *patients; /* TwAlarmPatient */
  GPtrArray *p;        /* GArray of double */
  TwDanger danger;
  double step, hysteresis;
  guint n_resamples;
} TwAlarmTrial;

/* Prints a row for each raising probability. */
void tw_alarm_compare (const TwAlarmTrial *trial);

G_END_DECLS
