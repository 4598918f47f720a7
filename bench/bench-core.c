/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the rooms below the twin cost, in processor time of one thread: a sample into a series, a
 * snapshot, a reading through the cleaner, a trend and the statistics of windows, a time read from
 * text. */
#include "config.h"

#include <gio/gio.h>
#include <stdio.h>
#include <time.h>

#include "tw-cleaner.h"
#include "tw-statistics.h"
#include "tw-tables-resource.h"
#include "tw-time.h"
#include "tw-trend.h"

#define T0 G_GINT64_CONSTANT (1795356000000000)
#define DAY_S 86400

static double
cpu_s (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double) now.tv_sec + 1e-9 * (double) now.tv_nsec;
}

static TwSample
sample_at (int second)
{
  return (TwSample){ T0 + second * TW_SECOND, g_random_double_range (70, 90), 0 };
}

static TwSeries *
time_series (void)
{
  TwSeries *series = tw_series_new (0, 0);
  double start = cpu_s ();

  for (int i = 0; i < DAY_S; i++)
    {
      TwSample sample = sample_at (i);
      tw_series_insert (series, &sample);
    }
  printf ("series: append %.0f ns", (cpu_s () - start) / DAY_S * 1e9);
  start = cpu_s ();
  for (int i = 0; i < DAY_S; i++)
    {
      TwSample sample = sample_at (DAY_S + i);
      tw_series_insert (series, &sample);
      tw_series_view_unref (tw_series_snapshot (series));
    }
  printf (", append and snapshot %.0f ns, %u samples of two days at 1 Hz held\n",
          (cpu_s () - start) / DAY_S * 1e9, (guint) tw_series_get_length (series));
  return series;
}

static void
time_windows (const TwSeriesView *view)
{
  static const int minutes[] = { 15, 60, 180, 1440 };
  const gint64 end_us = T0 + (2 * DAY_S - 1) * TW_SECOND;

  for (gsize i = 0; i < G_N_ELEMENTS (minutes); i++)
    {
      const gint64 from_us = end_us - minutes[i] * TW_MINUTE;
      const int n = 500;
      double start = cpu_s (), middle;
      TwTrend trend;
      TwStatistics statistics;

      for (int k = 0; k < n; k++)
        tw_trend_fit (view, from_us, end_us, &trend);
      middle = cpu_s ();
      for (int k = 0; k < n / 10; k++)
        tw_statistics_compute (view, from_us, end_us, &statistics);
      printf ("window of %d min: trend %.0f us, statistics of %u samples %.0f us\n", minutes[i],
              (middle - start) / n * 1e6, (guint) statistics.n, (cpu_s () - middle) / n * 1e7);
    }
}

/* Eight channels each second, in one batch. */
static void
time_cleaner (TwCleanLimits *limits)
{
  static const double usual[TW_N_VITALS] = { 80, 120, 75, 90, 16, 97, 37, 110 };
  g_autoptr (TwCleaner) cleaner = tw_cleaner_new (limits);
  g_autoptr (GArray) out = g_array_new (FALSE, FALSE, sizeof (TwCleaned));
  double start = cpu_s ();

  for (int i = 0; i < DAY_S; i++)
    {
      TwObservation readings[TW_N_VITALS];

      for (int c = 0; c < TW_N_VITALS; c++)
        readings[c] = (TwObservation){ .t_us = T0 + i * TW_SECOND,
                                       .value = usual[c] + i * (c + 3) % 5,
                                       .channel = (gint16) c,
                                       .unit = (guint8) tw_channel_info ((TwChannel) c)->unit };
      g_array_set_size (out, 0);
      tw_cleaner_push (cleaner, readings, TW_N_VITALS, out);
    }
  printf ("cleaner: %.0f ns a reading, state %u bytes a patient\n",
          (cpu_s () - start) / DAY_S / TW_N_VITALS * 1e9, (guint) tw_cleaner_state_size ());
}

static void
time_texts (void)
{
  const int n = 1000000;
  gint64 t_us = 0, sum = 0;
  double start = cpu_s ();

  for (int i = 0; i < n; i++)
    {
      if (tw_time_parse ("2026-11-22T14:02:10.125+01:00", -1, &t_us))
        sum ^= t_us + i;
    }
  printf ("time: %.0f ns a text (%d)\n", (cpu_s () - start) / n * 1e9, (int) (sum & 1));
}

int
main (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) table = NULL;
  g_autoptr (TwCleanLimits) limits = NULL;
  g_autoptr (TwSeries) series = NULL;
  g_autoptr (TwSeriesView) view = NULL;

  tw_tables_register_resource ();
  table = g_resource_lookup_data (tw_tables_get_resource (), "/org/twinward/tables/clean.csv", 0,
                                  &error);
  if (table != NULL)
    limits = tw_clean_limits_new (g_bytes_get_data (table, NULL),
                                  (gssize) g_bytes_get_size (table), &error);
  if (limits == NULL)
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  series = time_series ();
  view = tw_series_snapshot (series);
  time_windows (view);
  time_cleaner (limits);
  time_texts ();
  return 0;
}
