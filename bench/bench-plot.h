/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Six strips of invented vital signs, and the report of a benchmark, shared by the benchmarks of
 * the charts. */
#pragma once

#include <cairo.h>
#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tw-plot.h"
#include "tw-time.h"

#define BENCH_WIDTH 1280
#define BENCH_HEIGHT 800
#define BENCH_STRIPS 6
#define BENCH_NOW ((gint64) 1772546520 * TW_SECOND)

typedef struct
{
  TwChannel channel;
  double from, to, noise, limit_low, limit_high;
} BenchRow;

static const BenchRow bench_rows[BENCH_STRIPS] = {
  { TW_CHANNEL_HEART_RATE, 84, 121, 6, 50, 120 },
  { TW_CHANNEL_SPO2, 98, 95, 2, 94, NAN },
  { TW_CHANNEL_MAP, 88, 70, 6, 65, 110 },
  { TW_CHANNEL_RESPIRATORY_RATE, 15, 20, 3, 8, 30 },
  { TW_CHANNEL_TEMPERATURE, 36.6, 38.1, .2, 35.5, 38 },
  { TW_CHANNEL_GLUCOSE, 120, 190, 15, 70, 250 },
};

static inline double
bench_random (guint32 *state)
{
  *state = *state * 1664525u + 1013904223u;
  return (*state >> 8) / 16777216.0 * 2 - 1;
}

static inline double
bench_value (const BenchRow *row, double part, guint32 *state)
{
  return row->from + (row->to - row->from) * part + row->noise * sin (part * 60)
         + row->noise * bench_random (state);
}

/* n samples over length_us before now. full_limit: samples kept at full resolution, 0 as in the
 * app. */
static inline TwSeries *
bench_series (const BenchRow *row, guint n, gint64 length_us, gsize full_limit)
{
  TwSeries *series = tw_series_new (full_limit, length_us + TW_DAY);
  guint32 state = (guint32) row->channel * 7919u + 17;

  for (guint i = 0; i < n; i++)
    {
      TwSample sample = { BENCH_NOW - length_us + (gint64) ((double) length_us * (i + 1) / n),
                          bench_value (row, (double) i / n, &state), 0 };
      tw_series_insert (series, &sample);
    }
  return series;
}

static inline void
bench_forecast (TwForecast *forecast, const BenchRow *row)
{
  static const double z[TW_N_QUANTILES] = { -1.96, -1.2816, -.6745, 0, .6745, 1.2816, 1.96 };

  *forecast = (TwForecast) { .channel = row->channel, .issued_us = BENCH_NOW, .n_points = 12 };
  for (int i = 0; i < 12; i++)
    {
      forecast->points[i].horizon_min = 5 * (i + 1);
      for (int q = 0; q < TW_N_QUANTILES; q++)
        forecast->points[i].q[q] = row->to + row->noise * sqrt (i + 1.0) / 2 * z[q];
    }
}

/* As the window's: axis 34 and plot 478 wide, six strips of 78; or six panels that fill 1280x800.
 */
typedef struct
{
  const char *name;
  int width, height;
} BenchLayout;

static const BenchLayout bench_layouts[] = {
  { "in the window's layout", 512, 78 },
  { "1280x133 each", BENCH_WIDTH, BENCH_HEIGHT / BENCH_STRIPS },
};

static inline TwStrip
bench_strip (const BenchRow *row, const BenchLayout *layout, TwSeriesView *view,
             const TwForecast *forecast, gint64 past_us)
{
  TwStrip strip = { .width = layout->width,
                    .height = layout->height,
                    .scale = 1,
                    .channel = row->channel,
                    .from_us = BENCH_NOW - past_us,
                    .to_us = BENCH_NOW + past_us / 3,
                    .now_us = BENCH_NOW,
                    .theme = tw_theme_get (FALSE),
                    .limit_low = row->limit_low,
                    .limit_high = row->limit_high,
                    .series = view,
                    .forecast = forecast,
                    .show_forecast = TRUE };

  tw_strip_default_range (row->channel, &strip.low, &strip.high, &strip.tick);
  return strip;
}

/* Wall and processor time of one piece of work, in milliseconds. */
typedef struct
{
  gint64 wall_us;
  struct timespec cpu;
} BenchClock;

static inline void
bench_start (BenchClock *clock)
{
  clock->wall_us = g_get_monotonic_time ();
  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &clock->cpu);
}

/* Adds to both lists; returns the wall time. */
static inline double
bench_stop (const BenchClock *clock, GArray *wall, GArray *cpu)
{
  struct timespec end;
  double wall_ms = (double) (g_get_monotonic_time () - clock->wall_us) / 1000;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &end);
  double cpu_ms = (double) (end.tv_sec - clock->cpu.tv_sec) * 1e3
                  + (double) (end.tv_nsec - clock->cpu.tv_nsec) / 1e6;
  g_array_append_val (wall, wall_ms);
  g_array_append_val (cpu, cpu_ms);
  return wall_ms;
}

static inline int
bench_compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;
  return x < y ? -1 : x > y;
}

static inline double
bench_quantile (GArray *times, double q)
{
  g_array_sort (times, bench_compare);
  return g_array_index (times, double, (guint) (q * (times->len - 1)));
}

static inline char *
bench_line_of (const char *path, const char *key)
{
  g_autofree char *text = NULL;
  const char *at = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL)) /* best effort: the report goes without it */
    return g_strdup ("unknown");
  at = strstr (text, key);
  if (at == NULL || (at = strchr (at, ':')) == NULL)
    return g_strdup ("unknown");
  return g_strstrip (g_strndup (at + 1, strcspn (at + 1, "\n")));
}

/* The line for people, then one line of JSON. gates: what was checked before the clock ran. */
static inline void
bench_report (const char *metric, const char *workload, GArray *times, GArray *cpu_times,
              double limit_ms, const char *gates)
{
  double load[1] = { 0 };
  double median = bench_quantile (times, .5), p95 = bench_quantile (times, .95),
         least = bench_quantile (times, 0);
  double cpu_median = bench_quantile (cpu_times, .5);
  g_autofree char *cpu = bench_line_of ("/proc/cpuinfo", "model name");
  g_autofree char *rss = bench_line_of ("/proc/self/smaps_rollup", "Rss");
  g_autofree char *out = NULL;
  const char *argv[] = { "git", "rev-parse", "--short", "HEAD", NULL };

  if (!g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL,
                     NULL, NULL, &out, NULL, NULL,
                     NULL)) /* best effort: no version control where it runs */
    out = g_strdup ("unknown");
  getloadavg (load, 1);
  g_print ("%-7s %-64s median %7.3f ms  p95 %7.3f  min %7.3f  cpu %7.3f  n %5u  %s\n", metric,
           workload, median, p95, least, cpu_median, times->len,
           median <= limit_ms ? "within" : "ABOVE");
  g_print ("{\"metric\": \"%s\", \"commit\": \"%s\", \"workload\": \"%s\", \"ours\": {\"median\": "
           "%.4f, \"p95\": %.4f, "
           "\"min\": %.4f, \"cpu_median\": %.4f, \"n\": %u, \"unit\": \"ms\"}, \"limit\": %g, "
           "\"peers\": {}, \"gates\": \"%s\", "
           "\"rss_mb\": %.1f, \"load\": %.2f, \"noisy\": %s, \"cpu\": \"%s\"}\n",
           metric, g_strstrip (out), workload, median, p95, least, cpu_median, times->len, limit_ms,
           gates, g_ascii_strtod (rss, NULL) / 1024, load[0],
           load[0] > g_get_num_processors () / 2.0 ? "true" : "false", cpu);
}
