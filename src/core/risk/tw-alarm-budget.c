/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The alarm budget of a ward (twin.md 7.6): p* <- p* exp (gain (rate / budget - 1)), each every_us of
 * watched time.
 *
 * rate = (n + warmup budget) / (days + warmup): flags n and patient-days fade with the time constant
 * window_us, and the warm-up is observation that is taken to be on budget. It moves no equilibrium
 * (rate = budget where n / days = budget), but keeps one flag in the first minutes of a shift from
 * looking like hundreds a day.
 *
 * All rules of a budget move by the same factor: their probabilities are calibrated, so a common p*
 * gives the most true flags for a given number. p* never goes below the table's p_raise: a budget is an
 * upper bound, and what is left of it is no reason to say less likely things. */
#include "config.h"

#include "tw-alarm-budget.h"

#include "tw-risk-table.h"
#include "tw-time.h"

#include <math.h>
#include <string.h>

typedef struct
{
  double n;    /* predicted flags, faded */
  double days; /* patient-days, faded */
} Account;

struct _TwAlarmBudget
{
  TwRiskTable *table;
  double p[TW_MAX_BUDGETED];
  Account account[TW_N_BUDGETS];
  gint64 since_us; /* watched time since p* last moved */
};

static TwBudget
budget_of (TwLevel level)
{
  return level == TW_LEVEL_HIGH ? TW_BUDGET_HIGH : TW_BUDGET_MEDIUM;
}

/* The rule at a place; NULL: the table has none there. */
static const TwPredictedRule *
rule_at (const TwRules *rules, guint index)
{
  if (index < rules->n_predicted)
    return &rules->predicted[index];
  if (index >= TW_MAX_PREDICTED && index < TW_MAX_BUDGETED)
    return &rules->score_forecast[index - TW_MAX_PREDICTED];
  return NULL;
}

TwAlarmBudget *
tw_alarm_budget_new (TwRiskTable *table)
{
  TwAlarmBudget *budget;

  g_return_val_if_fail (table != NULL, NULL);

  budget = g_new0 (TwAlarmBudget, 1);
  budget->table = tw_risk_table_ref (table);
  for (guint i = 0; i < TW_MAX_BUDGETED; i++)
    if (rule_at (&table->rules, i) != NULL)
      budget->p[i] = rule_at (&table->rules, i)->p_raise;
  return budget;
}

void
tw_alarm_budget_free (TwAlarmBudget *budget)
{
  g_return_if_fail (budget != NULL);

  tw_risk_table_unref (budget->table);
  g_free (budget);
}

void
tw_alarm_budget_note (TwAlarmBudget *budget, const TwRiskEvent *event)
{
  g_return_if_fail (budget != NULL && event != NULL);

  if (event->kind == TW_RISK_RAISED && event->predicted)
    budget->account[budget_of (event->level)].n += 1;
}

static double
rate_of (const TwAlarmBudget *budget, TwBudget which)
{
  const TwBudgetRule *rule = &budget->table->rules.budget;
  const Account *account = &budget->account[which];

  return (account->n + rule->warmup_days * rule->allowed[which]) / (account->days + rule->warmup_days);
}

static void
move (TwAlarmBudget *budget)
{
  const TwRules *rules = &budget->table->rules;

  for (guint i = 0; i < TW_MAX_BUDGETED; i++)
    {
      const TwPredictedRule *rule = rule_at (rules, i);
      double excess;

      if (rule == NULL)
        continue;
      excess = rate_of (budget, budget_of (rule->level)) / rules->budget.allowed[budget_of (rule->level)] - 1;
      budget->p[i] = CLAMP (budget->p[i] * exp (rules->budget.gain * excess), rule->p_raise,
                            MAX (rules->budget.p_most, rule->p_raise));
    }
}

void
tw_alarm_budget_advance (TwAlarmBudget *budget, gint64 elapsed_us, guint n_patients)
{
  const TwBudgetRule *rule;
  double left;

  g_return_if_fail (budget != NULL && elapsed_us >= 0);

  if (n_patients == 0 || elapsed_us == 0)
    return;
  rule = &budget->table->rules.budget;
  left = exp (-(double) elapsed_us / (double) MAX (rule->window_us, TW_MINUTE));
  for (int i = 0; i < TW_N_BUDGETS; i++)
    {
      budget->account[i].n *= left;
      budget->account[i].days = budget->account[i].days * left
                                + n_patients * (double) elapsed_us / (double) TW_DAY;
    }
  budget->since_us += elapsed_us;
  if (budget->since_us < rule->every_us)
    return;
  budget->since_us = 0;
  move (budget);
}

double
tw_alarm_budget_get_p (const TwAlarmBudget *budget, guint index)
{
  g_return_val_if_fail (budget != NULL && index < TW_MAX_BUDGETED, NAN);
  return budget->p[index];
}

double
tw_alarm_budget_find_p (const TwAlarmBudget *budget, const char *rule)
{
  g_return_val_if_fail (budget != NULL && rule != NULL, NAN);

  for (guint i = 0; i < TW_MAX_BUDGETED; i++)
    if (rule_at (&budget->table->rules, i) != NULL
        && strcmp (rule_at (&budget->table->rules, i)->key, rule) == 0)
      return budget->p[i];
  return (double) NAN;
}

double
tw_alarm_budget_get_rate (const TwAlarmBudget *budget, TwLevel level)
{
  g_return_val_if_fail (budget != NULL, NAN);
  return rate_of (budget, budget_of (level));
}

double
tw_alarm_budget_get_allowed (const TwAlarmBudget *budget, TwLevel level)
{
  g_return_val_if_fail (budget != NULL, NAN);
  return budget->table->rules.budget.allowed[budget_of (level)];
}
