/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One recorded patient lived again.
 *
 * At every accepted reading with at least 5 earlier ones of its channel the twin is asked, after the whole
 * instant was used, for all horizons; beside it stand the last value and the smoothed one. A forecast waits
 * until a reading at or after issue + horizon comes; it is met by the nearer of that one and the one before,
 * the earlier of equals, if that lies within the tolerance. */
#include "config.h"

#include "tw-backtest-patient.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "tw-time.h"

#define MIN_EARLIER 5
#define SCALE 1e4 /* see TwBacktestForecast */
#define CLOCK_TRIES 2000

typedef struct
{
  TwBacktestForecast forecast;
  gint64 due_us;
} Waiting;

/* One horizon of one channel: what waits, in order of time. */
typedef struct
{
  int horizon_min;
  double ewma;
  GArray *waiting; /* Waiting */
  guint first;
} Slot;

typedef struct
{
  guint n_accepted;
  gint64 last_us;
  double last;
  Slot slots[TW_SCORE_MAX_HORIZONS];
  guint n_slots;
  gboolean fresh; /* accepted at this instant */
} Vital;

struct _TwBacktestPatient
{
  const char *id;
  const TwBacktestRules *rules;
  TwChain *chain;
  Vital vitals[TW_N_VITALS];
};

static double
round_value (double value)
{
  return round (value * SCALE) / SCALE;
}

static double
cpu_ns (void)
{
  struct timespec at;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &at);
  return 1e9 * (double) at.tv_sec + (double) at.tv_nsec;
}

double
tw_backtest_clock_ns (void)
{
  double least = INFINITY;

  for (guint i = 0; i < CLOCK_TRIES; i++)
    {
      double begin = cpu_ns ();

      least = fmin (least, cpu_ns () - begin);
    }
  return least;
}

TwBacktestPatient *
tw_backtest_patient_new (const char *id, const TwBacktestRules *rules)
{
  TwBacktestPatient *patient = g_new0 (TwBacktestPatient, 1);

  patient->id = id;
  patient->rules = rules;
  patient->chain = tw_chain_new (rules->limits, rules->priors);
  return patient;
}

void
tw_backtest_patient_free (TwBacktestPatient *patient)
{
  g_return_if_fail (patient != NULL);

  for (guint c = 0; c < TW_N_VITALS; c++)
    for (guint i = 0; i < patient->vitals[c].n_slots; i++)
      g_clear_pointer (&patient->vitals[c].slots[i].waiting, g_array_unref);
  g_clear_pointer (&patient->chain, tw_chain_free);
  g_free (patient);
}

static gboolean
is_wanted (const TwBacktestPatient *patient, TwChannel channel)
{
  guint32 channels = patient->rules->options->channels;

  return channels == 0 || (channels & (1u << channel)) != 0;
}

/* Where forecasts of this horizon wait; NULL when there are too many horizons. */
static Slot *
get_slot (Vital *vital, int horizon_min, double ewma)
{
  Slot *slot = vital->slots;

  for (; slot < vital->slots + vital->n_slots; slot++)
    if (slot->horizon_min == horizon_min)
      return slot;
  if (vital->n_slots == TW_SCORE_MAX_HORIZONS)
    return NULL;
  vital->n_slots++;
  slot->horizon_min = horizon_min;
  slot->ewma = ewma;
  slot->waiting = g_array_new (FALSE, FALSE, sizeof (Waiting));
  return slot;
}

static void
tell (TwBacktestPatient *patient, Waiting *waiting, gint64 t_us, double value)
{
  const TwBacktestRules *rules = patient->rules;
  double tolerance_min = rules->options->tolerance_min;
  gint64 tolerance_us = tolerance_min > 0 ? (gint64) llround (tolerance_min * TW_MINUTE)
                                          : waiting->forecast.horizon_min * TW_MINUTE / 3;

  waiting->forecast.has_target = ABS (t_us - waiting->due_us) <= tolerance_us;
  waiting->forecast.target_us = t_us;
  waiting->forecast.observed = value;
  rules->listener->on_forecast (&waiting->forecast, rules->listener_data);
}

/* Meets what is due by now with the nearer of the last reading and this one. */
static void
meet (TwBacktestPatient *patient, Vital *vital, gint64 t_us, double value)
{
  for (guint i = 0; i < vital->n_slots; i++)
    {
      Slot *slot = &vital->slots[i];

      for (; slot->first < slot->waiting->len; slot->first++)
        {
          Waiting *waiting = &g_array_index (slot->waiting, Waiting, slot->first);

          if (waiting->due_us > t_us)
            break;
          if (waiting->due_us - vital->last_us <= t_us - waiting->due_us)
            tell (patient, waiting, vital->last_us, vital->last);
          else
            tell (patient, waiting, t_us, value);
        }
      if (slot->first > 64 && slot->first > slot->waiting->len / 2)
        {
          g_array_remove_range (slot->waiting, 0, slot->first);
          slot->first = 0;
        }
    }
}

static void
smooth (TwBacktestPatient *patient, TwChannel channel, TwCadence cadence, double value)
{
  Vital *vital = &patient->vitals[channel];

  for (guint i = 0; i < vital->n_slots; i++)
    {
      TwBaseline baseline
          = tw_baselines_get (patient->rules->baselines, channel, cadence, vital->slots[i].horizon_min);

      vital->slots[i].ewma += baseline.ewma_alpha * (value - vital->slots[i].ewma);
    }
}

/* Slots are made before the first reading is smoothed, so that every horizon has seen all of them. */
static void
make_slots (TwBacktestPatient *patient, TwChannel channel, double value)
{
  static const int shown[] = { 15, 30, 60, 120, 240 };
  const TwBacktestOptions *options = patient->rules->options;
  const int *horizons = options->n_horizons > 0 ? options->horizons_min : shown;
  guint n = options->n_horizons > 0 ? options->n_horizons : G_N_ELEMENTS (shown);

  for (guint i = 0; i < n; i++)
    get_slot (&patient->vitals[channel], horizons[i], value);
}

static void
accept (TwBacktestPatient *patient, TwChannel channel, gint64 t_us, double value)
{
  Vital *vital = &patient->vitals[channel];
  TwCadence cadence = tw_twin_get_cadence (tw_chain_get_twin (patient->chain), channel);

  if (vital->n_accepted == 0)
    make_slots (patient, channel, value);
  else
    {
      meet (patient, vital, t_us, value);
      smooth (patient, channel, cadence, value);
    }
  vital->n_accepted++;
  vital->last_us = t_us;
  vital->last = value;
  vital->fresh = TRUE;
}

static void
use_result (TwBacktestPatient *patient, const TwChainResult *result)
{
  const TwBacktestRules *rules = patient->rules;
  const TwCleaned *cleaned = &result->cleaned;
  TwBacktestSample sample = {
    .patient = patient->id,
    .channel = cleaned->channel,
    .t_us = cleaned->sample.t_us,
    .value = round_value (cleaned->sample.value),
    .quality = cleaned->sample.quality,
    .action = cleaned->action,
  };

  sample.accepted = cleaned->action == TW_CLEANED_ADD && result->kept && isfinite (sample.value)
                    && cleaned->channel < TW_N_VITALS
                    && tw_quality_verdict (sample.quality) != TW_VERDICT_REJECTED
                    && (cleaned->flags & TW_OBSERVATION_NOT_FOR_TWIN) == 0;
  if (sample.accepted && is_wanted (patient, cleaned->channel))
    accept (patient, cleaned->channel, sample.t_us, sample.value);
  if (sample.accepted)
    sample.cadence = tw_twin_get_cadence (tw_chain_get_twin (patient->chain), cleaned->channel);
  if (rules->listener->on_sample != NULL)
    rules->listener->on_sample (&sample, rules->listener_data);
}

/* The twin's quantiles at the horizon; FALSE where it gives none. */
static gboolean
take_point (const TwForecast *forecast, int horizon_min, double q[TW_N_QUANTILES])
{
  for (guint i = 0; i < forecast->n_points; i++)
    if (forecast->points[i].horizon_min == horizon_min)
      {
        for (guint k = 0; k < TW_N_QUANTILES; k++)
          q[k] = round_value (forecast->points[i].q[k]);
        return TRUE;
      }
  return FALSE;
}

static void
issue (TwBacktestPatient *patient, TwChannel channel)
{
  const TwBacktestRules *rules = patient->rules;
  const TwTwin *twin = tw_chain_get_twin (patient->chain);
  TwCadence cadence = tw_twin_get_cadence (twin, channel);
  Vital *vital = &patient->vitals[channel];
  int shown[4];
  const int *horizons = rules->options->horizons_min;
  guint n = rules->options->n_horizons;
  TwForecast forecast;

  if (n == 0)
    {
      n = tw_twin_get_scored_horizons (twin, channel, shown);
      horizons = shown;
    }
  tw_twin_forecast (twin, channel, vital->last_us, horizons, n, &forecast);
  /* No look-ahead: nothing after the time of issue was used. */
  g_assert (forecast.input_us <= forecast.issued_us && forecast.issued_us == vital->last_us);
  for (guint i = 0; i < n; i++)
    {
      TwBaseline baseline = tw_baselines_get (rules->baselines, channel, cadence, horizons[i]);
      Slot *slot = get_slot (vital, horizons[i], vital->last);
      Waiting waiting = {
        .forecast = { .patient = patient->id, .channel = channel, .horizon_min = horizons[i],
                      .issued_us = vital->last_us, .last_value = vital->last },
        .due_us = vital->last_us + horizons[i] * TW_MINUTE,
      };

      if (slot == NULL)
        continue;
      tw_baseline_quantiles (vital->last, baseline.persistence_sd, waiting.forecast.persistence);
      tw_baseline_quantiles (slot->ewma, baseline.ewma_sd, waiting.forecast.ewma);
      waiting.forecast.withheld = !take_point (&forecast, horizons[i], waiting.forecast.q);
      for (guint k = 0; waiting.forecast.withheld && k < TW_N_QUANTILES; k++)
        waiting.forecast.q[k] = round_value (waiting.forecast.persistence[k]);
      g_array_append_val (slot->waiting, waiting);
    }
}

static void
count_cost (const TwObservation *readings, gsize n, double ns, TwBacktestCost cost[TW_N_CHANNELS])
{
  for (gsize i = 0; i < n; i++)
    {
      cost[readings[i].channel].n_readings++;
      cost[readings[i].channel].chain_ns += ns / (double) n;
    }
}

void
tw_backtest_patient_push (TwBacktestPatient *patient,
                          const TwObservation *readings,
                          gsize n,
                          TwBacktestCost cost[TW_N_CHANNELS])
{
  const TwChainResult *results;
  guint n_results;
  double begin = cpu_ns ();

  results = tw_chain_push (patient->chain, readings, n, &n_results);
  count_cost (readings, n, fmax (0, cpu_ns () - begin - patient->rules->clock_ns), cost);
  for (guint i = 0; i < n_results; i++)
    use_result (patient, &results[i]);
  for (guint c = 0; c < TW_N_VITALS; c++)
    {
      if (patient->vitals[c].fresh && patient->vitals[c].n_accepted > MIN_EARLIER)
        issue (patient, (TwChannel) c);
      patient->vitals[c].fresh = FALSE;
    }
}

void
tw_backtest_patient_end (TwBacktestPatient *patient)
{
  for (guint c = 0; c < TW_N_VITALS; c++)
    for (guint i = 0; i < patient->vitals[c].n_slots; i++)
      {
        Slot *slot = &patient->vitals[c].slots[i];

        for (; slot->first < slot->waiting->len; slot->first++)
          tell (patient, &g_array_index (slot->waiting, Waiting, slot->first), patient->vitals[c].last_us,
                patient->vitals[c].last);
      }
}

const TwCleanCounts *
tw_backtest_patient_get_counts (const TwBacktestPatient *patient, TwChannel channel)
{
  return tw_chain_get_counts (patient->chain, channel);
}
