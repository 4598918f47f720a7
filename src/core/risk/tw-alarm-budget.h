/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The alarm budget of a ward: how many predicted flags a patient-day its staff want to hear of, and the
 * probability p* of each predicted rule that keeps to it. It knows no clock: time is told to it. */
#pragma once

#include "tw-risk.h"

G_BEGIN_DECLS

/* Starts with the probabilities of the table. Holds a reference on it. */
TwAlarmBudget *tw_alarm_budget_new (TwRiskTable *table);
void tw_alarm_budget_free (TwAlarmBudget *budget);

/* Counts a raised predicted flag against the budget of its level. Every other event is ignored: measured
 * limits, NEWS2 and technical flags neither spend nor obey a budget. */
void tw_alarm_budget_note (TwAlarmBudget *budget, const TwRiskEvent *event);
/* n_patients were watched for so long; 0 patients: time does not count. elapsed_us is not negative. */
void tw_alarm_budget_advance (TwAlarmBudget *budget, gint64 elapsed_us, guint n_patients);

/* p* in force of a rule by its place in the table (TwPredictedRule.index). */
double tw_alarm_budget_get_p (const TwAlarmBudget *budget, guint index);
/* The same by its name; NaN: no rule of this name has a budget. */
double tw_alarm_budget_find_p (const TwAlarmBudget *budget, const char *rule);
/* Flags a patient-day of a level as the controller sees them, and how many are allowed. */
double tw_alarm_budget_get_rate (const TwAlarmBudget *budget, TwLevel level);
double tw_alarm_budget_get_allowed (const TwAlarmBudget *budget, TwLevel level);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwAlarmBudget, tw_alarm_budget_free)

G_END_DECLS
