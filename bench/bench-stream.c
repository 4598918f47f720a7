/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One stream of a CSV file through the twin's bare filter, again and again, for bench/accuracy/speed.py.
 *
 *   bench-stream FILE        prints the least CPU time of a step and a correction over the rounds, in ns
 *
 * The same work as the Kalman filter of a peer: three states, true time between readings. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <glib.h>

#include "tw-filter.h"

#define N_ROUNDS 50

static const TwFilterModel model = {
  .mean = 81, .sd = 18, .tau_slow_min = 38.3, .sd_slow = 6.45, .tau_fast_min = 2, .sd_fast = 3,
  .walk_per_h = 4.62, .noise = 16, .resolution = 1, .huber = 3,
};

static double
cpu_ns (void)
{
  struct timespec at;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &at);
  return 1e9 * (double) at.tv_sec + (double) at.tv_nsec;
}

/* The values of the fourth column, every 15 min. */
static GArray *
read_values (const char *path)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  GArray *values = g_array_new (FALSE, FALSE, sizeof (double));

  if (!g_file_get_contents (path, &text, NULL, NULL /* best effort: no values, no figure */))
    return values;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 1; lines[i] != NULL; i++)
    {
      g_auto (GStrv) cells = g_strsplit (lines[i], ",", 5);

      if (g_strv_length (cells) == 5)
        {
          double value = g_ascii_strtod (cells[3], NULL);

          g_array_append_val (values, value);
        }
    }
  return values;
}

int
main (int argc, char **argv)
{
  g_autoptr (GArray) values = argc == 2 ? read_values (argv[1]) : NULL;
  double least = INFINITY;
  TwFilterState state;

  if (values == NULL || values->len == 0)
    {
      fputs ("bench-stream: give a file of observations\n", stderr);
      return EXIT_FAILURE;
    }
  for (guint round = 0; round < N_ROUNDS; round++)
    {
      double begin = cpu_ns ();

      tw_filter_start (&state, &model);
      for (guint i = 0; i < values->len; i++)
        {
          TwInnovation innovation;

          tw_filter_step (&state, &model, 15);
          tw_filter_compare (&state, &model, g_array_index (values, double, i), 1, &innovation);
          tw_filter_correct (&state, &model, 1, &innovation);
        }
      least = fmin (least, (cpu_ns () - begin) / values->len);
    }
  printf ("%.1f %.6f\n", least, state.x[0] + state.x[1] + state.x[2]);
  return EXIT_SUCCESS;
}
