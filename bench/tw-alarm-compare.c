/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Alarm load of the twin's rule (two evaluations, cleared at .7 p*, 30 min of rest) and of limits further and
 * further out, until they catch as many events; intervals by resampling patients. Two limits are compared: the plain
 * one of a monitor, and one with the same hysteresis and rest as a rule. */
#include "config.h"

#include "tw-alarm-compare.h"

#include "tw-predicted-rules.h"
#include "tw-rank-metrics.h"
#include "tw-time.h"

#include <math.h>

#define MAX_LIMITS 48
#define CLEAR_SHARE .7
#define APART_US TW_MINUTE
#define REST_US (30 * TW_MINUTE)
#define FIRST 5 /* readings before the twin speaks: nobody may alarm */
#define SEED 20260907

typedef struct
{
  guint alarms, caught;
} Count;

/* Of one patient. */
typedef struct
{
  double days;
  guint events;
  Count twin, plain[MAX_LIMITS], ruled[MAX_LIMITS];
} Tally;

static gboolean
is_beyond (const TwDanger *danger, double limit, double value)
{
  return danger->below ? value < limit : value > limit;
}

static void
twin_alarms (const TwDanger *danger, double p_raise, const TwSample *s, const double *p, gsize n, GArray *alarms)
{
  const TwPredictedRule rule = { .p_raise = p_raise, .p_clear = CLEAR_SHARE * p_raise, .apart_us = APART_US,
                                 .refractory_us = REST_US };
  TwPredictedState state = { 0 };
  TwAlarmSpan span = { 0 };
  gint64 resolved_us = 0;
  gboolean open = FALSE;

  for (gsize i = 0; i < n; i++)
    {
      TwCrossing crossing = { .p = p[i] };
      gboolean happened = is_beyond (danger, danger->threshold, s[i].value);

      span.ended_us = s[i].t_us;
      if (!happened)
        tw_predicted_judge (&state, &rule, &crossing, s[i].t_us, s[i].t_us, resolved_us);
      if (open && (happened || !state.met))
        {
          g_array_append_val (alarms, span);
          resolved_us = s[i].t_us;
          open = FALSE;
        }
      if (happened)
        {
          state.streak = 0;
          state.met = FALSE;
          continue;
        }
      if (!state.met && (i + 1 == n || s[i + 1].t_us - s[i].t_us > APART_US))
        tw_predicted_judge (&state, &rule, &crossing, s[i].t_us, s[i].t_us + APART_US, resolved_us);
      if (!open && state.met)
        span.raised_us = state.streak_us;
      open = state.met;
    }
  if (open)
    g_array_append_val (alarms, span);
}

/* A limit with hysteresis and rest. */
static void
ruled_alarms (const TwAlarmTrial *trial, double limit, const TwSample *s, gsize n, GArray *alarms)
{
  double inside = trial->danger.below ? limit + trial->hysteresis : limit - trial->hysteresis;
  TwAlarmSpan span = { 0 };
  gint64 resolved_us = G_MININT64 / 2;
  gboolean open = FALSE;

  for (gsize i = 0; i < n; i++)
    {
      span.ended_us = s[i].t_us;
      if (open && !is_beyond (&trial->danger, inside, s[i].value))
        {
          g_array_append_val (alarms, span);
          resolved_us = s[i].t_us;
          open = FALSE;
        }
      else if (!open && is_beyond (&trial->danger, limit, s[i].value) && s[i].t_us - resolved_us >= REST_US)
        {
          span.raised_us = s[i].t_us;
          open = TRUE;
        }
    }
  if (open)
    g_array_append_val (alarms, span);
}

static Count
count (TwAlarmLoad *all, const TwDanger *danger, const TwSample *s, gsize n, GArray *alarms, Tally *tally)
{
  g_auto (TwAlarmLoad) one = { 0 };
  const TwAlarmSpan *spans = (const TwAlarmSpan *) (gpointer) alarms->data;
  Count found;

  tw_alarm_load_add (&one, danger, s, n, spans, alarms->len);
  tw_alarm_load_add (all, danger, s, n, spans, alarms->len);
  tally->days = one.days;
  tally->events = one.n_events;
  found = (Count) { one.n_alarms, one.n_caught };
  g_array_set_size (alarms, 0);
  return found;
}

static double
limit_at (const TwAlarmTrial *trial, guint k)
{
  return trial->danger.threshold + (trial->danger.below ? 1 : -1) * trial->step * k;
}

static void
tally_limits (const TwAlarmTrial *trial, Tally *tallies, TwAlarmLoad plain[], TwAlarmLoad ruled[])
{
  g_autoptr (GArray) alarms = g_array_new (FALSE, FALSE, sizeof (TwAlarmSpan));

  for (guint i = 0; i < trial->patients->len; i++)
    {
      const TwAlarmPatient *patient = g_ptr_array_index (trial->patients, i);
      const TwSample *s = (const TwSample *) (gpointer) patient->samples->data + FIRST;
      gsize n = patient->samples->len > FIRST ? patient->samples->len - FIRST : 0;

      for (guint k = 0; n > 1 && k < MAX_LIMITS; k++)
        {
          tw_static_alarms (limit_at (trial, k), trial->danger.below, s, n, alarms);
          tallies[i].plain[k] = count (&plain[k], &trial->danger, s, n, alarms, &tallies[i]);
          ruled_alarms (trial, limit_at (trial, k), s, n, alarms);
          tallies[i].ruled[k] = count (&ruled[k], &trial->danger, s, n, alarms, &tallies[i]);
        }
    }
}

static void
tally_twin (const TwAlarmTrial *trial, double p_raise, Tally *tallies, TwAlarmLoad *load)
{
  g_autoptr (GArray) alarms = g_array_new (FALSE, FALSE, sizeof (TwAlarmSpan));

  for (guint i = 0; i < trial->patients->len; i++)
    {
      const TwAlarmPatient *patient = g_ptr_array_index (trial->patients, i);
      const TwSample *s = (const TwSample *) (gpointer) patient->samples->data + FIRST;
      const double *p = (const double *) (gpointer) ((GArray *) g_ptr_array_index (trial->p, i))->data + FIRST;
      gsize n = patient->samples->len > FIRST ? patient->samples->len - FIRST : 0;

      if (n < 2)
        continue;
      twin_alarms (&trial->danger, p_raise, s, p, n, alarms);
      tallies[i].twin = count (load, &trial->danger, s, n, alarms, &tallies[i]);
    }
}

/* How many alarms fewer than the limit that catches as many events needs; a limit between two is
 * interpolated. at: the first limit that catches enough. */
static double
reduction (const Tally *tallies, const guint *weight, guint n, gboolean plain, double *at)
{
  double sums[MAX_LIMITS][2] = { 0 }, twin[2] = { 0 }, before[2] = { 0 };

  for (guint i = 0; i < n; i++)
    {
      twin[0] += weight[i] * (double) tallies[i].twin.alarms;
      twin[1] += weight[i] * (double) tallies[i].twin.caught;
      for (guint k = 0; k < MAX_LIMITS && weight[i] > 0; k++)
        {
          const Count *c = plain ? &tallies[i].plain[k] : &tallies[i].ruled[k];

          sums[k][0] += weight[i] * (double) c->alarms;
          sums[k][1] += weight[i] * (double) c->caught;
        }
    }
  for (guint k = 0; k < MAX_LIMITS; k++)
    {
      double share = k > 0 && sums[k][1] > before[1] ? (twin[1] - before[1]) / (sums[k][1] - before[1]) : 1;

      if (sums[k][1] >= twin[1])
        {
          *at = k > 0 ? k - 1 + share : 0;
          return 1 - twin[0] / (before[0] + share * (sums[k][0] - before[0]));
        }
      before[0] = sums[k][0];
      before[1] = sums[k][1];
    }
  *at = NAN;
  return NAN;
}

static void
print_interval (const TwAlarmTrial *trial, const Tally *tallies, gboolean plain)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GRand) random = g_rand_new_with_seed (SEED);
  guint n = trial->patients->len;
  g_autofree guint *weight = g_new (guint, n);
  double at, whole;

  for (guint i = 0; i < n; i++)
    weight[i] = 1;
  whole = reduction (tallies, weight, n, plain, &at);
  for (guint k = 0; k < trial->n_resamples; k++)
    {
      double one, unused;

      for (guint i = 0; i < n; i++)
        weight[i] = 0;
      for (guint i = 0; i < n; i++)
        weight[g_rand_int_range (random, 0, (gint32) n)]++;
      one = reduction (tallies, weight, n, plain, &unused);
      if (!isnan (one))
        g_array_append_val (found, one);
    }
  g_print (" %.1f | %.0f %% (%.0f..%.0f) |", limit_at (trial, 0) + (trial->danger.below ? 1 : -1) * trial->step * at,
           100 * whole, 100 * tw_sorted_share (found, .025), 100 * tw_sorted_share (found, .975));
}

static void
print_load (TwAlarmLoad *load)
{
  g_print (" %.2f | %.3f | %.3f | %.1f | %.0f (%.0f..%.0f) | %.1f %% |", tw_alarm_load_per_day (load),
           tw_alarm_load_sensitivity (load), tw_alarm_load_ppv (load), tw_alarm_load_false_per_true (load),
           tw_alarm_load_lead (load, .5), tw_alarm_load_lead (load, .25), tw_alarm_load_lead (load, .75),
           100 * tw_alarm_load_time_in_alarm (load));
}

void
tw_alarm_compare (const TwAlarmTrial *trial)
{
  static const double raise[] = { .1, .15, .2, .25, .28, .3, .4, .5 };
  g_autofree Tally *tallies = g_new0 (Tally, trial->patients->len);
  TwAlarmLoad plain[MAX_LIMITS] = { 0 }, ruled[MAX_LIMITS] = { 0 };

  tally_limits (trial, tallies, plain, ruled);
  g_print ("\n%s: %u events, %.0f patient-days\n\n"
           "| alarm | per day | sensitivity | PPV | false per true | lead min (IQR) | in alarm | plain limit | fewer "
           "| limit with rule | fewer |\n|---|---|---|---|---|---|---|---|---|---|---|\n",
           trial->name, plain[0].n_events, plain[0].days);
  for (guint i = 0; i < G_N_ELEMENTS (raise); i++)
    {
      g_auto (TwAlarmLoad) load = { 0 };

      tally_twin (trial, raise[i], tallies, &load);
      g_print ("| twin, p* %.2f |", raise[i]);
      print_load (&load);
      print_interval (trial, tallies, TRUE);
      print_interval (trial, tallies, FALSE);
      g_print ("\n");
    }
  for (guint k = 0; k < MAX_LIMITS; k++)
    {
      if (k % 4 == 0 && k <= 20)
        {
          g_print ("| limit %.1f |", limit_at (trial, k));
          print_load (&plain[k]);
          g_print (" | | | |\n");
        }
      tw_alarm_load_clear (&plain[k]);
      tw_alarm_load_clear (&ruled[k]);
    }
}
