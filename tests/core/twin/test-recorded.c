/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recorded cuff pressures: the twin must beat the last value, and its ranges must hold. */
#include "config.h"

#include "tw-twin.h"

#include <math.h>
#include <string.h>

#include "tw-twin-test.h"

#define N_PATIENTS 150
#define MIN_EARLIER 5

static const int horizons[] = { 15, 30, 60 };

/* What the forecasts of one horizon came to. */
typedef struct
{
  double squared, last_squared;
  guint n, inside50, inside80, inside95;
} Score;

/* Mean pressures of the first patients of the file, as the cleaner's hard limits leave them. */
static GPtrArray *
read_patients (const char *path)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *patients = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  char last_id[32] = "";
  char *next;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  for (char *line = text; line != NULL && *line != '\0'; line = next)
    {
      g_auto (GStrv) cells = NULL;
      TwSample sample = { 0 };
      GArray *samples;

      next = strchr (line, '\n');
      if (next != NULL)
        *next++ = '\0';
      cells = g_strsplit (line, ",", 5);
      if (g_strv_length (cells) != 5 || !g_str_equal (cells[2], "map"))
        continue;
      if (!g_str_equal (cells[0], last_id))
        {
          if (patients->len == N_PATIENTS)
            break;
          g_ptr_array_add (patients, g_array_new (FALSE, TRUE, sizeof (TwSample)));
          g_strlcpy (last_id, cells[0], sizeof last_id);
        }
      samples = g_ptr_array_index (patients, patients->len - 1);
      g_assert_true (tw_time_parse (cells[1], -1, &sample.t_us));
      sample.value = g_ascii_strtod (cells[3], NULL);
      if (sample.value >= 10 && sample.value <= 250)
        g_array_append_val (samples, sample);
    }
  return patients;
}

/* Nearest sample to the target within a third of the horizon; NULL when there is none. */
static const TwSample *
find_target (const GArray *samples, guint from, gint64 target_us, gint64 tolerance_us)
{
  const TwSample *best = NULL;

  for (guint i = from; i < samples->len; i++)
    {
      const TwSample *sample = &g_array_index (samples, TwSample, i);

      if (sample->t_us - target_us > tolerance_us)
        break;
      if (ABS (sample->t_us - target_us) <= tolerance_us
          && (best == NULL || ABS (sample->t_us - target_us) < ABS (best->t_us - target_us)))
        best = sample;
    }
  return best;
}

static void
score_patient (TwPriors *priors, const GArray *samples, Score *scores)
{
  g_autoptr (TwTwin) twin = tw_twin_new (priors);

  for (guint i = 0; i < samples->len; i++)
    {
      const TwSample *sample = &g_array_index (samples, TwSample, i);
      TwForecast forecast;

      tw_twin_update (twin, TW_CHANNEL_MAP, sample);
      if (i < MIN_EARLIER)
        continue;
      tw_twin_forecast (twin, TW_CHANNEL_MAP, sample->t_us, horizons, G_N_ELEMENTS (horizons), &forecast);
      for (guint h = 0; h < forecast.n_points; h++)
        {
          const double *q = forecast.points[h].q;
          gint64 ahead_us = horizons[h] * TW_MINUTE;
          const TwSample *target = find_target (samples, i + 1, sample->t_us + ahead_us, ahead_us / 3);

          if (target == NULL)
            continue;
          scores[h].n++;
          scores[h].squared += pow (target->value - q[TW_Q50], 2);
          scores[h].last_squared += pow (target->value - sample->value, 2);
          scores[h].inside50 += target->value >= q[TW_Q25] && target->value <= q[TW_Q75];
          scores[h].inside80 += target->value >= q[TW_Q10] && target->value <= q[TW_Q90];
          scores[h].inside95 += target->value >= q[TW_Q025] && target->value <= q[TW_Q975];
        }
    }
}

static void
test_cuff_pressure (void)
{
  g_autofree char *path = tw_test_dup_shared ("data/icu-eicu-nibp/observations.csv");
  g_autoptr (GPtrArray) patients = NULL;
  g_autoptr (TwPriors) priors = NULL;
  Score scores[G_N_ELEMENTS (horizons)] = { 0 };

  if (path == NULL)
    return;
  priors = tw_test_priors ();
  patients = read_patients (path);
  g_assert_cmpuint (patients->len, ==, N_PATIENTS);
  for (guint i = 0; i < patients->len; i++)
    score_patient (priors, g_ptr_array_index (patients, i), scores);
  for (guint h = 0; h < G_N_ELEMENTS (horizons); h++)
    {
      const Score *s = &scores[h];
      double skill = 1 - sqrt (s->squared / s->last_squared);

      g_test_message ("MAP %d min: n %u rmse %.2f skill %.1f %% inside 50/80/95 %.1f %.1f %.1f %%",
                      horizons[h], s->n, sqrt (s->squared / s->n), 100 * skill,
                      100.0 * s->inside50 / s->n, 100.0 * s->inside80 / s->n,
                      100.0 * s->inside95 / s->n);
      g_assert_cmpuint (s->n, >, 3000);
      g_assert_cmpfloat (skill, >, .12);
      g_assert_cmpfloat_with_epsilon ((double) s->inside50 / s->n, .5, .03);
      g_assert_cmpfloat_with_epsilon ((double) s->inside80 / s->n, .8, .03);
      g_assert_cmpfloat_with_epsilon ((double) s->inside95 / s->n, .95, .02);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recorded/cuff-pressure", test_cuff_pressure);
  return g_test_run ();
}
