/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the analysis page waits for: one question with two predictors and an earlier window to a day of
 * readings, every result at once, through the session's door; in wall time, the thread and its way back
 * included, and in processor time, which other programs do not change. */
#include "config.h"

#include <gio/gio.h>
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "tw-inquiry.h"
#include "tw-time.h"

#define T0 G_GINT64_CONSTANT (1795356000000000)
#define HELD_US (26 * TW_HOUR)
#define RUNS 15

typedef struct
{
  const char *name;
  int spacing_s, grid_min;
  TwFitMethod method;
} Case;

/* Values that each carry over most of the one before. */
static TwSeriesView *
make_channel (GRand *rand,
              int spacing_s,
              double mean,
              double sd)
{
  g_autoptr (TwSeries) series = tw_series_new (0, 0);
  double value = 0;

  for (gint64 t_us = T0 - HELD_US; t_us <= T0; t_us += spacing_s * TW_SECOND)
    {
      TwSample sample = { t_us, 0, 0 };

      value = .95 * value + sqrt (1 - .95 * .95) * sd * g_rand_double_range (rand, -1.7, 1.7);
      sample.value = mean + value;
      tw_series_insert (series, &sample);
    }
  return tw_series_snapshot (series);
}

static TwSnapshot *
make_snapshot (int spacing_s)
{
  TwPatientFields fields = { .id = (char *) "p1" };
  TwSnapshot *snapshot = g_new0 (TwSnapshot, 1);
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);

  g_atomic_ref_count_init (&snapshot->refs);
  snapshot->patient = tw_patient_new (&fields);
  snapshot->made_us = T0;
  snapshot->channels[TW_CHANNEL_MAP].series = make_channel (rand, spacing_s, 80, 8);
  snapshot->channels[TW_CHANNEL_HEART_RATE].series = make_channel (rand, spacing_s, 90, 10);
  snapshot->channels[TW_CHANNEL_RESPIRATORY_RATE].series = make_channel (rand, spacing_s, 18, 3);
  return snapshot;
}

static void
on_found (GObject *source,
          GAsyncResult *result,
          gpointer data)
{
  TwFindings **found = data;

  *found = tw_inquiry_run_finish (result, NULL);
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  const double *x = a, *y = b;

  return (*x > *y) - (*x < *y);
}

static double
cpu_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double) now.tv_sec * 1e3 + 1e-6 * (double) now.tv_nsec;
}

static gboolean
time_case (const Case *one)
{
  g_autoptr (TwSnapshot) snapshot = make_snapshot (one->spacing_s);
  TwInquiry inquiry = { .outcome = TW_CHANNEL_MAP, .n_predictors = 2,
                        .predictors = { TW_CHANNEL_HEART_RATE, TW_CHANNEL_RESPIRATORY_RATE },
                        .lags_min = { 0, 10 }, .method = one->method, .grid_min = one->grid_min,
                        .from_us = T0 - TW_DAY, .to_us = T0, .before_from_us = T0 - HELD_US,
                        .before_to_us = T0 - TW_DAY - 1 };
  double ms[RUNS], cpu = cpu_ms ();
  gsize n_rows = 0;

  for (int run = 0; run < RUNS; run++)
    {
      g_autoptr (TwFindings) found = NULL;
      gint64 start_us = g_get_monotonic_time ();

      tw_inquiry_run_async (&inquiry, snapshot, NULL, on_found, &found);
      while (found == NULL)
        g_main_context_iteration (NULL, TRUE);
      ms[run] = (double) (g_get_monotonic_time () - start_us) / 1000;
      if (found->fit->refusal.kind != TW_REFUSAL_NONE)
        return FALSE;
      n_rows = found->fit->rows.n;
    }
  cpu = (cpu_ms () - cpu) / RUNS;
  qsort (ms, RUNS, sizeof *ms, compare);
  printf ("%-30s rows %5u, median %7.1f ms, worst of %d %7.1f ms, processor %7.1f ms\n", one->name,
          (guint) n_rows, ms[RUNS / 2], RUNS, ms[RUNS - 1], cpu);
  printf ("{\"bench\": \"inquiry\", \"case\": \"%s\", \"rows\": %u, \"median_ms\": %.3f, \"worst_ms\": %.3f, "
          "\"cpu_ms\": %.3f}\n",
          one->name, (guint) n_rows, ms[RUNS / 2], ms[RUNS - 1], cpu);
  return TRUE;
}

int
main (void)
{
  static const Case cases[] = {
    { "1 Hz, ordinary", 1, 0, TW_FIT_ORDINARY },       { "1 Hz, ridge", 1, 0, TW_FIT_RIDGE },
    { "1 Hz, robust", 1, 0, TW_FIT_ROBUST },           { "1 Hz, a row a minute, ordinary", 1, 1, TW_FIT_ORDINARY },
    { "1 Hz, a row a minute, ridge", 1, 1, TW_FIT_RIDGE }, { "1 Hz, a row a minute, robust", 1, 1, TW_FIT_ROBUST },
    { "10 min, ordinary", 600, 0, TW_FIT_ORDINARY },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    if (!time_case (&cases[i]))
      return 1;
  return 0;
}
