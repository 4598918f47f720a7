/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Real stays, charted about hourly, through cleaner, twin and rules: what must hold for every
 * flag of every patient. Skips by name where the data are not there. */
#include "config.h"

#include "tw-risk-fixture.h"

#include "tw-cleaner.h"

#define DATA "data/icu-mimic4-demo/observations.csv"
#define N_STAYS 12
#define STEP_S 30

typedef struct
{
  Fixture f;
  TwCleaner *cleaner;
  TwTwin *twin;
  TwSeries *series[TW_N_CHANNELS];
  GArray *cleaned;
  gint64 first_us, last_us;
  GHashTable *raised; /* rule and time of raising, counted once */
  guint by_level[TW_LEVEL_HIGH + 1], by_kind[TW_FLAG_TECHNICAL + 1];
  guint n_complete, n_steps;
} Stay;

typedef struct
{
  TwCleanLimits *limits;
  TwPriors *priors;
} Tables;

static void
load_tables (Tables *tables)
{
  g_autofree char *clean = tw_test_dup_table ("clean.csv");
  g_autofree char *priors = tw_test_dup_table ("priors.csv");
  g_autofree char *quantiles = tw_test_dup_table ("quantiles.csv");
  g_autofree char *experts = tw_test_dup_table ("experts.csv");
  g_autofree char *learning = tw_test_dup_table ("learning.csv");
  const TwTwinTables texts = { priors, quantiles, experts, learning };
  g_autoptr (GError) error = NULL;

  tables->limits = tw_clean_limits_new (clean, -1, &error);
  g_assert_no_error (error);
  tables->priors = tw_priors_new (&texts, tables->limits, &error);
  g_assert_no_error (error);
}

static void
stay_start (Stay *stay, const Tables *tables)
{
  *stay = (Stay) { 0 };
  start (&stay->f);
  stay->cleaner = tw_cleaner_new (tables->limits);
  stay->twin = tw_twin_new (tables->priors);
  stay->f.input.twin = stay->twin;
  stay->cleaned = g_array_new (FALSE, FALSE, sizeof (TwCleaned));
  stay->raised = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (int c = 0; c < TW_N_CHANNELS; c++)
    stay->series[c] = tw_series_new (0, 0);
}

static void
stay_finish (Stay *stay)
{
  for (int c = 0; c < TW_N_CHANNELS; c++)
    tw_series_free (stay->series[c]);
  g_hash_table_unref (stay->raised);
  g_array_unref (stay->cleaned);
  tw_twin_free (stay->twin);
  tw_cleaner_free (stay->cleaner);
  finish (&stay->f);
}

/* What must hold for any open flag. */
static void
check_flag (const TwFlagFields *flag, gint64 now_us)
{
  g_assert_cmpuint (flag->n_evidence, >, 0);
  g_assert_cmpstr (flag->table_version, !=, "");
  g_assert_cmpint (flag->raised_us, <=, now_us);
  g_assert_cmpint (flag->since_us, <=, now_us);
  g_assert_true (flag->state == TW_FLAG_ACTIVE || flag->state == TW_FLAG_ACKNOWLEDGED);
  if (flag->kind == TW_FLAG_PREDICTED)
    {
      g_assert_cmpfloat (flag->crossing.p, >=, 0);
      g_assert_cmpfloat (flag->crossing.p, <=, 1);
      g_assert_cmpstr (flag->twin_version, !=, "");
    }
  for (guint i = 0; i < flag->n_evidence; i++)
    g_assert_true (isfinite (flag->evidence[i].value) || flag->kind == TW_FLAG_TECHNICAL);
}

static void
stay_step (Stay *stay, gint64 now_us)
{
  GPtrArray *open = tw_risk_get_open (stay->f.risk);
  TwLevel before = TW_LEVEL_HIGH;

  stay->f.input.now_us = now_us;
  tw_risk_step (stay->f.risk, &stay->f.input);
  stay->n_steps++;
  stay->n_complete += tw_risk_get_news2 (stay->f.risk)->status == TW_NEWS2_COMPLETE ? 1 : 0;
  for (guint i = 0; i < open->len; i++)
    {
      const TwFlagFields *flag = tw_flag_get (g_ptr_array_index (open, i));
      char *key = g_strdup_printf ("%s %" G_GINT64_FORMAT, flag->rule, flag->raised_us);

      check_flag (flag, now_us);
      g_assert_cmpint (flag->level, <=, before);
      before = flag->level;
      if (g_hash_table_add (stay->raised, key))
        {
          stay->by_level[flag->level]++;
          stay->by_kind[flag->kind]++;
        }
      /* Somebody looks within ten minutes. */
      if (flag->state == TW_FLAG_ACTIVE && now_us - flag->raised_us > 10 * TW_MINUTE)
        {
          char rule[sizeof flag->rule];

          g_strlcpy (rule, flag->rule, sizeof rule);
          g_assert_true (tw_risk_acknowledge (stay->f.risk, rule, now_us));
          i = 0;
          before = TW_LEVEL_HIGH;
        }
    }
}

static void
take_cleaned (Stay *stay, const TwCleaned *cleaned)
{
  const TwSample *sample = &cleaned->sample;
  TwChannel channel = cleaned->channel;
  g_autoptr (TwSeriesView) view = NULL;

  if (cleaned->action != TW_CLEANED_ADD && cleaned->action != TW_CLEANED_REVISE)
    return;
  tw_series_insert (stay->series[channel], sample);
  view = tw_series_snapshot (stay->series[channel]);
  stay->f.input.expected_us[channel] = tw_series_view_spacing (view);
  if (sample->t_us >= stay->f.newest[channel].t_us)
    stay->f.newest[channel] = *sample;
  if (tw_quality_verdict (sample->quality) <= TW_VERDICT_SUSPECT && isfinite (sample->value)
      && sample->t_us >= stay->f.vitals.last[channel].t_us)
    stay->f.vitals.last[channel] = *sample;
  if (channel < TW_N_VITALS && cleaned->action == TW_CLEANED_ADD)
    tw_twin_update (stay->twin, channel, sample);
}

static void
stay_take (Stay *stay, const TwObservation *reading)
{
  gint64 from_us;

  if (stay->first_us == 0)
    stay->first_us = stay->last_us = reading->t_us;
  /* A gap of more than a day is another story; time is not walked through second by second. */
  from_us = MAX (stay->last_us, reading->t_us - TW_DAY);
  for (gint64 t_us = from_us + STEP_S * TW_SECOND; t_us < reading->t_us; t_us += STEP_S * TW_SECOND)
    stay_step (stay, t_us);
  g_array_set_size (stay->cleaned, 0);
  tw_cleaner_push (stay->cleaner, reading, 1, stay->cleaned);
  for (guint i = 0; i < stay->cleaned->len; i++)
    take_cleaned (stay, &g_array_index (stay->cleaned, TwCleaned, i));
  stay_step (stay, MAX (reading->t_us, stay->last_us));
  stay->last_us = MAX (reading->t_us, stay->last_us);
}

static gboolean
read_line (const char *line, char patient[32], TwObservation *reading)
{
  g_auto (GStrv) cells = g_strsplit (line, ",", 5);

  if (g_strv_length (cells) != 5)
    return FALSE;
  g_strlcpy (patient, cells[0], 32);
  *reading = (TwObservation) { 0 };
  reading->channel = (gint16) tw_channel_from_name (cells[2]);
  reading->value = g_ascii_strtod (cells[3], NULL);
  reading->unit = (guint8) tw_unit_from_ucum (g_strstrip (cells[4]), -1);
  return reading->channel != TW_CHANNEL_NONE && tw_time_parse (cells[1], -1, &reading->t_us);
}

static void
test_real_patients (void)
{
  g_autofree char *path = tw_test_dup_shared (DATA);
  g_autofree char *text = NULL;
  char *line, *rest = NULL;
  char before[32] = "", patient[32];
  guint n_stays = 0, by_level[TW_LEVEL_HIGH + 1] = { 0 }, by_kind[TW_FLAG_TECHNICAL + 1] = { 0 };
  guint64 n_steps = 0, n_complete = 0;
  double days = 0;
  TwObservation reading;
  Tables tables;
  Stay stay;

  if (path == NULL)
    return;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  load_tables (&tables);
  for (line = strtok_r (text, "\n", &rest);; line = strtok_r (NULL, "\n", &rest))
    {
      if (line != NULL && !read_line (line, patient, &reading))
        continue;
      if (line == NULL || g_strcmp0 (patient, before) != 0)
        {
          if (n_stays > 0)
            {
              for (int i = 0; i <= TW_LEVEL_HIGH; i++)
                by_level[i] += stay.by_level[i];
              for (int i = 0; i <= TW_FLAG_TECHNICAL; i++)
                by_kind[i] += stay.by_kind[i];
              n_steps += stay.n_steps;
              n_complete += stay.n_complete;
              days += (double) (stay.last_us - stay.first_us) / TW_DAY;
              stay_finish (&stay);
            }
          if (line == NULL || n_stays == N_STAYS)
            break;
          stay_start (&stay, &tables);
          g_strlcpy (before, patient, sizeof before);
          n_stays++;
        }
      stay_take (&stay, &reading);
    }
  g_test_message ("%u stays, %.1f days, %" G_GUINT64_FORMAT " steps; NEWS2 complete in %.1f %%",
                  n_stays, days,
                  n_steps, 100.0 * (double) n_complete / (double) n_steps);
  g_test_message ("per patient-day: urgent %.2f, warning %.2f, advisory %.2f, technical %.2f",
                  by_level[4] / days,
                  by_level[3] / days, by_level[2] / days, by_level[1] / days);
  g_test_message ("per patient-day: limit %.2f, score %.2f, predicted %.2f",
                  by_kind[TW_FLAG_LIMIT] / days,
                  by_kind[TW_FLAG_SCORE] / days, by_kind[TW_FLAG_PREDICTED] / days);
  g_assert_cmpuint (n_stays, ==, N_STAYS);
  g_assert_cmpuint (by_kind[TW_FLAG_LIMIT], >, 0);
  g_assert_cmpuint (by_kind[TW_FLAG_SCORE], >, 0);
  /* Charted values that come hourly are no lost signal. */
  g_assert_cmpfloat (by_level[TW_LEVEL_TECHNICAL] / days, <, 1);
  /* What is set as the burden a ward may bear (twin.md 7.6) is of this size, not ten times as
   * much. */
  g_assert_cmpfloat (by_level[TW_LEVEL_HIGH] / days, <, 20);
  tw_priors_unref (tables.priors);
  tw_clean_limits_unref (tables.limits);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/risk/real-patients", test_real_patients);
  return g_test_run ();
}
