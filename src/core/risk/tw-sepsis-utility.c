/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Utility of hourly sepsis alarms. Reyna MA, et al. Early Prediction of Sepsis From Clinical Data: the
 * PhysioNet/Computing in Cardiology Challenge 2019. Crit Care Med 2020; 48: 210-217. With t in hours,
 * label onset l, t_s = l + 6: an alarm earns max ((t - t_s) / 6 + 2, -.05) up to t_s - 6, then
 * -(t - t_s) / 9 + 1/3 up to t_s + 3; silence costs 2 (t - t_s) / 9 + 4/3 from t_s - 6 on; in a patient
 * who never gets septic an alarm costs .05. */
#include "config.h"

#include "tw-sepsis-utility.h"

#include <math.h>

#define TO_ONSET_H 6  /* from the first label to the onset */
#define AFTER_H 3     /* nothing counts later */
#define FALSE_COST -.05

static double
utility_of (gboolean septic, double hours, gboolean alarm)
{
  if (!septic)
    return alarm ? FALSE_COST : 0;
  if (hours > AFTER_H)
    return 0;
  if (!alarm)
    return hours <= -TO_ONSET_H ? 0 : -2 * hours / 9 - 4.0 / 3;
  return hours <= -TO_ONSET_H ? fmax (hours / TO_ONSET_H + 2, FALSE_COST) : -hours / 9 + 1.0 / 3;
}

double
tw_sepsis_utility_add (TwSepsisUtility *sum, const guint8 *label, const guint8 *alarm, gsize n)
{
  double observed = 0, onset = 0;
  gboolean septic = FALSE;

  g_return_val_if_fail (sum != NULL && ((label != NULL && alarm != NULL) || n == 0), 0);

  for (gsize t = 0; t < n && !septic; t++)
    if (label[t])
      {
        septic = TRUE;
        onset = (double) t + TO_ONSET_H;
      }
  for (gsize t = 0; t < n; t++)
    {
      double hours = (double) t - onset;
      double with = utility_of (septic, hours, TRUE), without = utility_of (septic, hours, FALSE);

      observed += alarm[t] ? with : without;
      sum->best += septic && hours <= AFTER_H ? fmax (with, without) : without;
      sum->inaction += without;
    }
  sum->observed += observed;
  sum->n_patients++;
  sum->n_septic += septic ? 1 : 0;
  return observed;
}

double
tw_sepsis_utility_score (const TwSepsisUtility *sum)
{
  g_return_val_if_fail (sum != NULL, NAN);
  return sum->best > sum->inaction ? (sum->observed - sum->inaction) / (sum->best - sum->inaction)
                                    : (double) NAN;
}
