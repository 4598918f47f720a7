/* SPDX-License-Identifier: GPL-3.0-or-later */
/* P7: one sample into the twin: scoring what came due, cadence, filter, issuing. 200,000 updates a round over
 * 4000 channels (500 patients, 8 vital signs), beside the bare filter and the same filter in FilterPy (a Python child).
 *
 * Gates, before anything is timed: the filter agrees with a long double reference to 1e-9, and with FilterPy's
 * level after 1000 steps to 1e-6. Cost is CPU time of this thread; rounds of ours and theirs alternate. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <gio/gio.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "tw-filter.h"
#include "tw-tables-resource.h"
#include "tw-time.h"
#include "tw-twin.h"

#define N_PATIENTS 500
#define N_UPDATES 200000
#define N_ROUNDS 7
#define N_CHECK 1000
#define N_PEER_STEPS 10000
#define START_US ((gint64) 1900000000 * TW_SECOND)

static const TwFilterModel bare = {
  .mean = 81, .sd = 18, .tau_slow_min = 38.3, .sd_slow = 6.45, .tau_fast_min = 2, .sd_fast = 3,
  .walk_per_h = 4.62, .noise = 2.25, .resolution = 1, .huber = (double) INFINITY,
};

/* One workload of ours: rounds of updates, nanoseconds each. */
typedef struct
{
  const char *name;
  gint64 gap_us;
  TwTwin *twins[N_PATIENTS];
  guint64 n_fed;
  double ns[N_ROUNDS];
} Ward;

typedef struct
{
  GSubprocess *process;
  GDataInputStream *out;
  GOutputStream *in;
  char version[16];
  double level;
  double ns[N_ROUNDS];
} Peer;

static double
cpu_ns (void)
{
  struct timespec at;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &at);
  return 1e9 * (double) at.tv_sec + (double) at.tv_nsec;
}

static char *
dup_table (const char *name)
{
  g_autofree char *path = g_strdup_printf ("/org/twinward/tables/%s", name);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_resource_lookup_data (tw_tables_get_resource (), path, 0, &error);

  if (bytes == NULL)
    g_error ("%s", error->message);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static TwPriors *
load_priors (void)
{
  g_autofree char *clean = dup_table ("clean.csv");
  g_autofree char *priors = dup_table ("priors.csv");
  g_autofree char *quantiles = dup_table ("quantiles.csv");
  g_autofree char *experts = dup_table ("experts.csv");
  g_autofree char *learning = dup_table ("learning.csv");
  const TwTwinTables texts = { priors, quantiles, experts, learning };
  g_autoptr (GError) error = NULL;
  g_autoptr (TwCleanLimits) limits = tw_clean_limits_new (clean, -1, &error);
  TwPriors *made = limits != NULL ? tw_priors_new (&texts, limits, &error) : NULL;

  if (made == NULL)
    g_error ("%s", error->message);
  return made;
}

/* A value that stays plausible for its channel and moves by small whole steps. */
static double
value_of (guint channel, guint64 i)
{
  static const double typical[TW_N_VITALS] = { 82, 124, 71, 88, 16, 96, 37.2, 121 };

  return typical[channel] + (double) ((i * 7) % 5) * (channel == TW_CHANNEL_TEMPERATURE ? .1 : 1);
}

static void
feed (Ward *ward, guint64 n_updates)
{
  for (guint64 done = 0; done < n_updates; ward->n_fed++)
    for (guint p = 0; p < N_PATIENTS; p++)
      for (guint c = 0; c < TW_N_VITALS; c++, done++)
        {
          TwSample sample = { START_US + (gint64) ward->n_fed * ward->gap_us + p,
                              value_of (c, ward->n_fed + p), 0 };

          tw_twin_update (ward->twins[p], (TwChannel) c, &sample);
        }
}

static void
ward_start (Ward *ward, TwPriors *priors)
{
  for (guint p = 0; p < N_PATIENTS; p++)
    ward->twins[p] = tw_twin_new (priors);
  feed (ward, 2 * N_UPDATES);
}

static void
ward_round (Ward *ward, guint round)
{
  double begin = cpu_ns ();

  feed (ward, N_UPDATES);
  ward->ns[round] = (cpu_ns () - begin) / N_UPDATES;
}

static double
run_bare (guint n)
{
  TwFilterState state;

  tw_filter_start (&state, &bare);
  for (guint i = 0; i < n; i++)
    {
      TwInnovation innovation;

      tw_filter_step (&state, &bare, 1 + (i % 3) / 3.0);
      tw_filter_compare (&state, &bare, 80 + (i * 7) % 11, 1, &innovation);
      tw_filter_correct (&state, &bare, 1, &innovation);
    }
  return state.x[0] + state.x[1] + state.x[2];
}

/* The textbook's form in long double: P - K S K', whole matrix. */
static double
run_reference (guint n)
{
  long double x[3] = { bare.mean, 0, 0 }, p[3][3] = { { 0 } };
  long double r = bare.noise + bare.resolution * bare.resolution / 12.0L;

  p[0][0] = bare.sd * bare.sd;
  p[1][1] = bare.sd_slow * bare.sd_slow;
  p[2][2] = bare.sd_fast * bare.sd_fast;
  for (guint i = 0; i < n; i++)
    {
      long double d = 1 + (i % 3) / 3.0;
      long double f[3] = { 1, expl (-d / bare.tau_slow_min), expl (-d / bare.tau_fast_min) };
      long double h[3] = { 0 }, s = r, e = 80 + (i * 7) % 11;

      for (guint a = 0; a < 3; a++)
        for (guint b = 0; b < 3; b++)
          p[a][b] *= f[a] * f[b];
      p[0][0] += bare.walk_per_h * d / 60;
      p[1][1] += bare.sd_slow * bare.sd_slow * (1 - f[1] * f[1]);
      p[2][2] += bare.sd_fast * bare.sd_fast * (1 - f[2] * f[2]);
      for (guint a = 0; a < 3; a++)
        {
          x[a] *= f[a];
          e -= x[a];
          for (guint b = 0; b < 3; b++)
            h[a] += p[a][b];
          s += h[a];
        }
      for (guint a = 0; a < 3; a++)
        {
          x[a] += h[a] * e / s;
          for (guint b = 0; b < 3; b++)
            p[a][b] -= h[a] * h[b] / s;
        }
    }
  return (double) (x[0] + x[1] + x[2]);
}

/* Reads a number after "key": in the child's line. */
static double
read_number (const char *line, const char *key)
{
  const char *at = line != NULL ? strstr (line, key) : NULL;

  return at != NULL ? g_ascii_strtod (at + strlen (key) + 2, NULL) : (double) NAN;
}

/* FALSE where Python or FilterPy is not there: it is named, and everything else still runs. */
static gboolean
peer_start (Peer *peer, const char *script)
{
  const char *python = g_getenv ("TW_BENCH_PYTHON") != NULL ? g_getenv ("TW_BENCH_PYTHON") : "python3";
  g_autofree char *line = NULL;
  const char *at;

  peer->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                        | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                                    NULL /* best effort: a peer may be missing */, python, script, NULL);
  if (peer->process == NULL)
    return FALSE;
  peer->out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (peer->process));
  peer->in = g_subprocess_get_stdin_pipe (peer->process);
  line = g_data_input_stream_read_line (peer->out, NULL, NULL, NULL /* best effort: as above */);
  peer->level = read_number (line, "\"level\"");
  at = line != NULL ? strstr (line, "\"version\": \"") : NULL;
  if (at == NULL)
    return FALSE;
  at += strlen ("\"version\": \"");
  g_strlcpy (peer->version, at, MIN (sizeof peer->version, strcspn (at, "\"") + 1));
  return TRUE;
}

static void
peer_round (Peer *peer, guint round)
{
  g_autofree char *ask = g_strdup_printf ("round %d\n", N_PEER_STEPS);
  g_autofree char *line = NULL;

  if (g_output_stream_write_all (peer->in, ask, strlen (ask), NULL, NULL, NULL /* best effort: NaN */))
    line = g_data_input_stream_read_line (peer->out, NULL, NULL, NULL /* best effort: NaN */);
  peer->ns[round] = read_number (line, "\"ns\"");
}

static double
quantile (const double *ns, double level)
{
  double sorted[N_ROUNDS];

  memcpy (sorted, ns, sizeof sorted);
  gsl_sort (sorted, 1, N_ROUNDS);
  return gsl_stats_quantile_from_sorted_data (sorted, 1, N_ROUNDS, level);
}

static void
print_line (const char *name, const double *ns, const double *ours)
{
  printf ("%-44s %10.0f %10.0f %10.0f", name, quantile (ns, .5), quantile (ns, .95), quantile (ns, 0));
  if (ours != NULL)
    printf (" %9.1fx", quantile (ns, .5) / quantile (ours, .5));
  printf ("\n");
}

static double
get_rss_mb (void)
{
  g_autofree char *text = NULL;
  const char *at;

  if (!g_file_get_contents ("/proc/self/smaps_rollup", &text, NULL, NULL /* best effort: NaN */))
    return (double) NAN;
  at = strstr (text, "Rss:");
  return at != NULL ? g_ascii_strtod (at + 4, NULL) / 1024 : (double) NAN;
}

static void
print_json (const Ward *ward, const double *bare_ns, const Peer *peer, gboolean has_peer)
{
  g_autofree char *load = NULL;
  double ratios[N_ROUNDS];

  g_file_get_contents ("/proc/loadavg", &load, NULL, NULL /* best effort: NaN */);
  printf ("{\"metric\":\"P7 update\",\"commit\":\"%s\",\"workload\":\"%d updates, %d channels, full twin\","
          "\"ours\":{\"median\":%.1f,\"p95\":%.1f,\"min\":%.1f,\"n\":%d,\"unit\":\"ns\"},"
          "\"filter_alone_ns\":%.1f,\"peers\":{",
          TW_VERSION, N_UPDATES, N_PATIENTS * TW_N_VITALS, quantile (ward->ns, .5),
          quantile (ward->ns, .95), quantile (ward->ns, 0), N_ROUNDS, quantile (bare_ns, .5));
  if (has_peer)
    {
      for (guint i = 0; i < N_ROUNDS; i++)
        ratios[i] = peer->ns[i] / bare_ns[i];
      printf ("\"filterpy\":{\"version\":\"%s\",\"median\":%.1f,\"p95\":%.1f,\"ratio\":%.1f,"
              "\"ratio_min\":%.1f}",
              peer->version, quantile (peer->ns, .5), quantile (peer->ns, .95), quantile (ratios, .5),
              quantile (ratios, 0));
    }
  printf ("},\"gates\":\"long double reference 1e-9%s\",\"rss_mb\":%.0f,\"load\":%.2f,\"cpu\":%u}\n",
          has_peer ? ", filterpy level 1e-6" : "", get_rss_mb (),
          load != NULL ? g_ascii_strtod (load, NULL) : (double) NAN, g_get_num_processors ());
}

/* The price of a picture: 48 points, and one crossing probability, on a twin at one sample a minute. */
static void
print_answers (const TwTwin *twin, gint64 now_us)
{
  int horizons[TW_FORECAST_MAX_POINTS];
  const guint n = 20000;
  TwForecast forecast;
  TwCrossing crossing;
  double begin = cpu_ns (), sum = 0;

  for (guint i = 0; i < TW_FORECAST_MAX_POINTS; i++)
    horizons[i] = 5 * ((int) i + 1);
  for (guint i = 0; i < n; i++)
    {
      tw_twin_forecast (twin, TW_CHANNEL_MAP, now_us + i, horizons, TW_FORECAST_MAX_POINTS, &forecast);
      sum += forecast.points[i % TW_FORECAST_MAX_POINTS].q[TW_Q50];
    }
  printf ("%-44s %10.0f\n", "forecast of 48 points", (cpu_ns () - begin) / n);
  begin = cpu_ns ();
  for (guint i = 0; i < n / 10; i++)
    {
      tw_twin_crossing (twin, TW_CHANNEL_MAP, now_us + i, 80 + i % 10, TRUE, 60, &crossing);
      sum += crossing.p;
    }
  printf ("%-44s %10.0f\n", "crossing probability with its range", (cpu_ns () - begin) / (n / 10));
  g_assert_true (isfinite (sum));
}

int
main (int argc, char **argv)
{
  static Ward minute = { .name = "tw_twin_update, one sample a minute", .gap_us = TW_MINUTE };
  static Ward hertz = { .name = "tw_twin_update, one sample a second", .gap_us = TW_SECOND };
  static Ward cuff = { .name = "tw_twin_update, one sample in 22 min", .gap_us = 22 * TW_MINUTE };
  Ward *const wards[] = { &minute, &hertz, &cuff };
  double bare_ns[N_ROUNDS];
  Peer peer = { 0 };
  TwPriors *priors;
  gboolean has_peer;
  double level = run_bare (N_CHECK);

  gsl_set_error_handler_off ();
  tw_tables_register_resource ();
  priors = load_priors ();
  has_peer = argc > 1 && peer_start (&peer, argv[1]);
  if (fabs (level - run_reference (N_CHECK)) > 1e-9 * level)
    g_error ("the filter differs from its long double reference: no time is printed");
  if (has_peer && fabs (level - peer.level) > 1e-6)
    g_error ("FilterPy's level differs: no time is printed");
  if (!has_peer)
    printf ("peer filterpy: not installed, skipped\n");

  for (guint w = 0; w < G_N_ELEMENTS (wards); w++)
    ward_start (wards[w], priors);
  for (guint round = 0; round < N_ROUNDS; round++)
    {
      double begin;

      if (has_peer && round % 2 == 1)
        peer_round (&peer, round);
      for (guint w = 0; w < G_N_ELEMENTS (wards); w++)
        ward_round (wards[w], round);
      begin = cpu_ns ();
      level += run_bare (2 * N_UPDATES);
      bare_ns[round] = (cpu_ns () - begin) / (2 * N_UPDATES);
      if (has_peer && round % 2 == 0)
        peer_round (&peer, round);
    }

  printf ("%-44s %10s %10s %10s\n", "ns a sample and channel", "median", "p95", "min");
  for (guint w = 0; w < G_N_ELEMENTS (wards); w++)
    print_line (wards[w]->name, wards[w]->ns, NULL);
  print_line ("filter alone (3 states, exact step)", bare_ns, NULL);
  if (has_peer)
    print_line ("FilterPy, the same filter", peer.ns, bare_ns);
  print_answers (minute.twins[0], START_US + (gint64) minute.n_fed * TW_MINUTE);
  print_json (&minute, bare_ns, &peer, has_peer);

  for (guint w = 0; w < G_N_ELEMENTS (wards); w++)
    for (guint p = 0; p < N_PATIENTS; p++)
      tw_twin_free (wards[w]->twins[p]);
  tw_priors_unref (priors);
  g_clear_object (&peer.out);
  g_clear_object (&peer.process);
  return isfinite (level) ? EXIT_SUCCESS : EXIT_FAILURE;
}
