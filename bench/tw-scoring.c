/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RMSE, MAE, CRPS = 2 sum w pinball over the seven quantiles, coverage, and the share of patients (at least
 * 50 targets) whose 80 % coverage is off by more than 10 points. The last value gets Gaussian quantiles with
 * the SD of its errors in the other folds of the same data. */
#include "config.h"

#include "tw-scoring.h"

#include <math.h>
#include <string.h>

#define MIN_TARGETS 50
#define MIN_ROWS 500

typedef struct
{
  guint32 patient;
  guint8 fold, inside; /* bit 0: 50 %, 1: 80 %, 2: 95 % */
  float error, last_error, crps;
} Outcome;

struct _TwScores
{
  guint n_files;
  GArray **outcomes; /* file, channel, horizon */
};

/* What a line says. */
typedef struct
{
  guint n, n_judged;
  double rmse, last_rmse, mae, last_mae, crps, last_crps;
  double inside[3], off;
} Summary;

static const double levels[TW_N_QUANTILES] = TW_QUANTILE_LEVELS;
static const double crps_weights[TW_N_QUANTILES] = { .0625, .1125, .2, .25, .2, .1125, .0625 };
static const double normal[TW_N_QUANTILES] = { -1.95996, -1.28155, -.67449, 0, .67449, 1.28155, 1.95996 };

static GArray *
get_outcomes (const TwScores *scores, guint file, guint channel, guint horizon)
{
  return scores->outcomes[(file * TW_N_VITALS + channel) * TW_REPLAY_HORIZONS + horizon];
}

TwScores *
tw_scores_new (guint n_files)
{
  guint n = n_files * TW_N_VITALS * TW_REPLAY_HORIZONS;
  TwScores *scores = g_new0 (TwScores, 1);

  scores->n_files = n_files;
  scores->outcomes = g_new (GArray *, n);
  for (guint i = 0; i < n; i++)
    scores->outcomes[i] = g_array_new (FALSE, FALSE, sizeof (Outcome));
  return scores;
}

void
tw_scores_free (TwScores *scores)
{
  for (guint i = 0; i < scores->n_files * TW_N_VITALS * TW_REPLAY_HORIZONS; i++)
    g_array_unref (scores->outcomes[i]);
  g_free (scores->outcomes);
  g_free (scores);
}

static double
get_crps (const double q[TW_N_QUANTILES], double y)
{
  double sum = 0;

  for (guint i = 0; i < TW_N_QUANTILES; i++)
    sum += crps_weights[i] * (y >= q[i] ? levels[i] * (y - q[i]) : (1 - levels[i]) * (q[i] - y));
  return 2 * sum;
}

void
tw_scores_add (const TwReplayForecast *f, gpointer user_data)
{
  const TwScoring *scoring = user_data;
  double y = f->observed;
  Outcome outcome = {
    .patient = scoring->patient,
    .fold = (guint8) scoring->fold,
    .inside = (guint8) ((y >= f->q[TW_Q25] && y <= f->q[TW_Q75] ? 1u : 0u)
                        | (y >= f->q[TW_Q10] && y <= f->q[TW_Q90] ? 2u : 0u)
                        | (y >= f->q[TW_Q025] && y <= f->q[TW_Q975] ? 4u : 0u)),
    .error = (float) (y - f->q[TW_Q50]),
    .last_error = (float) (y - f->last),
    .crps = (float) get_crps (f->q, y),
  };

  g_array_append_val (get_outcomes (scoring->scores, scoring->file, f->channel, f->horizon), outcome);
}

/* Outcomes of a patient lie together. */
static void
judge_patients (const GArray *outcomes, Summary *summary)
{
  guint off = 0, j;

  for (guint i = 0; i < outcomes->len; i = j)
    {
      guint32 patient = g_array_index (outcomes, Outcome, i).patient;
      guint inside = 0;

      for (j = i; j < outcomes->len && g_array_index (outcomes, Outcome, j).patient == patient; j++)
        inside += (g_array_index (outcomes, Outcome, j).inside >> 1) & 1;
      if (j - i < MIN_TARGETS)
        continue;
      summary->n_judged++;
      off += fabs ((double) inside / (j - i) - .8) > .1;
    }
  summary->off = summary->n_judged > 0 ? 100.0 * off / summary->n_judged : (double) NAN;
}

/* SD of the last value's errors without fold k. */
static void
get_last_sd (const GArray *outcomes, double sd[TW_REPLAY_FOLDS])
{
  double sum[TW_REPLAY_FOLDS] = { 0 }, total = 0;
  guint n[TW_REPLAY_FOLDS] = { 0 };

  for (guint i = 0; i < outcomes->len; i++)
    {
      const Outcome *o = &g_array_index (outcomes, Outcome, i);
      double square = (double) o->last_error * (double) o->last_error;

      sum[o->fold] += square;
      total += square;
      n[o->fold]++;
    }
  for (guint k = 0; k < TW_REPLAY_FOLDS; k++)
    sd[k] = sqrt ((total - sum[k]) / MAX (1, outcomes->len - n[k]));
}

static void
summarise (const GArray *outcomes, Summary *summary)
{
  double sd[TW_REPLAY_FOLDS];

  memset (summary, 0, sizeof *summary);
  summary->n = outcomes->len;
  get_last_sd (outcomes, sd);
  judge_patients (outcomes, summary);
  for (guint i = 0; i < outcomes->len; i++)
    {
      const Outcome *o = &g_array_index (outcomes, Outcome, i);
      double e = (double) o->error, last = (double) o->last_error;
      double q[TW_N_QUANTILES];

      for (guint l = 0; l < TW_N_QUANTILES; l++)
        q[l] = sd[o->fold] * normal[l];
      summary->rmse += e * e;
      summary->last_rmse += last * last;
      summary->mae += fabs (e);
      summary->last_mae += fabs (last);
      summary->crps += (double) o->crps;
      summary->last_crps += get_crps (q, last);
      for (guint l = 0; l < 3; l++)
        summary->inside[l] += (o->inside >> l) & 1;
    }
  summary->rmse = sqrt (summary->rmse / summary->n);
  summary->last_rmse = sqrt (summary->last_rmse / summary->n);
  for (guint l = 0; l < 3; l++)
    summary->inside[l] *= 100.0 / summary->n;
}

static double
get_skill (double ours, double theirs)
{
  return 100 * (1 - ours / theirs);
}

void
tw_scores_print (const TwScores *scores, const char *const *names)
{
  g_print ("%-16s %-17s %4s %7s %8s %8s %6s %6s %6s %6s %6s %6s %6s\n", "data", "channel", "min", "n", "rmse",
           "last", "rmse%", "mae%", "crps%", "in50", "in80", "in95", "off10%");
  for (guint f = 0; f < scores->n_files; f++)
    for (guint c = 0; c < TW_N_VITALS; c++)
      {
        int horizons[TW_REPLAY_HORIZONS];
        guint n = tw_replay_horizons ((TwChannel) c, horizons);

        for (guint h = 0; h < n; h++)
          {
            const GArray *outcomes = get_outcomes (scores, f, c, h);
            Summary s;

            if (outcomes->len < MIN_ROWS)
              continue;
            summarise (outcomes, &s);
            g_print ("%-16s %-17s %4d %7u %8.3f %8.3f %6.2f %6.2f %6.2f %6.1f %6.1f %6.1f %6.1f (%u)\n",
                     names[f], tw_channel_info ((TwChannel) c)->name, horizons[h], s.n, s.rmse, s.last_rmse,
                     get_skill (s.rmse, s.last_rmse), get_skill (s.mae, s.last_mae),
                     get_skill (s.crps, s.last_crps), s.inside[0], s.inside[1], s.inside[2], s.off,
                     s.n_judged);
          }
      }
}

void
tw_scores_print_means (const TwScores *scores, const char *const *names, const char *title)
{
  for (guint f = 0; f < scores->n_files; f++)
    {
      double rmse = 0, crps = 0, off80 = 0, off95 = 0, off = 0;
      guint n = 0, judged = 0;

      for (guint i = 0; i < TW_N_VITALS * TW_REPLAY_HORIZONS; i++)
        {
          const GArray *outcomes = scores->outcomes[f * TW_N_VITALS * TW_REPLAY_HORIZONS + i];
          Summary s;

          if (outcomes->len < MIN_ROWS)
            continue;
          summarise (outcomes, &s);
          rmse += get_skill (s.rmse, s.last_rmse);
          crps += get_skill (s.crps, s.last_crps);
          off80 = fmax (off80, fabs (s.inside[1] - 80));
          off95 = fmax (off95, fabs (s.inside[2] - 95));
          if (s.n_judged > 0)
            off += s.off * s.n_judged;
          judged += s.n_judged;
          n++;
        }
      if (n > 0)
        g_print ("%-16s | %-18s | %6.2f | %6.2f | %5.2f | %5.2f | %5.2f (%u)\n", names[f], title, rmse / n,
                 crps / n, off80, off95, off / MAX (judged, 1), judged);
    }
}
