/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Utility of hourly sepsis alarms, as in the PhysioNet/CinC Challenge 2019. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Sums over patients. Zero-filled at first. */
typedef struct
{
  double observed; /* utility of the alarms as they were */
  double best;     /* of the best possible alarms */
  double inaction; /* of never alarming */
  guint n_patients, n_septic;
} TwSepsisUtility;

/* Adds one patient: n hours, label and alarm of each hour (TRUE, FALSE). The first label lies 6 h before the
 * onset. Returns the utility of this patient's alarms. */
double tw_sepsis_utility_add (TwSepsisUtility *sum, const guint8 *label, const guint8 *alarm, gsize n);
/* (observed - inaction) / (best - inaction): 1 perfect, 0 as good as silence, negative worse. NaN without
 * patients for whom an alarm could help. */
double tw_sepsis_utility_score (const TwSepsisUtility *sum);

G_END_DECLS
