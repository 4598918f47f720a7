/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MEWS, qSOFA, SIRS and the shock index: both sides of every boundary, what is missing or old, and the
 * laws that hold for any input. */
#include "config.h"

#include "tw-band-score.h"
#include "tw-shock-index.h"
#include "tw-time.h"

#include "tw-test.h"

#include <math.h>

#define NOW ((gint64) 1900000000 * TW_SECOND)

static TwBandTable *
load (TwBandKind kind)
{
  g_autofree char *name = g_strdup_printf ("%s.csv", tw_band_kind_key (kind));
  g_autofree char *text = tw_test_dup_table (name);
  g_autoptr (GError) error = NULL;
  TwBandTable *table = tw_band_table_new (kind, text, &error);

  g_assert_no_error (error);
  return table;
}

static guint
find_item (const TwBandTable *table, const char *key)
{
  for (guint i = 0; tw_band_table_get_item (table, i) != NULL; i++)
    if (g_str_equal (tw_band_table_get_item (table, i), key))
      return i;
  g_assert_not_reached ();
}

/* The scores, written down a second time: the last value of each band and its points; one step further
 * belongs to the next. */
typedef struct
{
  TwBandKind kind;
  const char *item;
  TwChannel channel;
  double step;
  struct
  {
    double high;
    int points;
  } band[7];
} Chart;

static const Chart charts[] = {
  { TW_BAND_MEWS, "pressure", TW_CHANNEL_SYSTOLIC, 1,
    { { 70, 3 }, { 80, 2 }, { 100, 1 }, { 199, 0 }, { INFINITY, 2 } } },
  { TW_BAND_MEWS, "pulse", TW_CHANNEL_HEART_RATE, 1,
    { { 39, 2 }, { 50, 1 }, { 100, 0 }, { 110, 1 }, { 129, 2 }, { INFINITY, 3 } } },
  { TW_BAND_MEWS, "respiration", TW_CHANNEL_RESPIRATORY_RATE, 1,
    { { 8, 2 }, { 14, 0 }, { 20, 1 }, { 29, 2 }, { INFINITY, 3 } } },
  { TW_BAND_MEWS, "temperature", TW_CHANNEL_TEMPERATURE, .1,
    { { 34.9, 2 }, { 38.4, 0 }, { INFINITY, 2 } } },
  { TW_BAND_MEWS, "consciousness", TW_CHANNEL_CONSCIOUSNESS, 1,
    { { TW_ACVPU_ALERT, 0 }, { TW_ACVPU_VOICE, 1 }, { TW_ACVPU_PAIN, 2 }, { INFINITY, 3 } } },
  { TW_BAND_MEWS, "consciousness", TW_CHANNEL_GCS_TOTAL, 1,
    { { 5, 3 }, { 10, 2 }, { 14, 1 }, { INFINITY, 0 } } },
  { TW_BAND_QSOFA, "respiration", TW_CHANNEL_RESPIRATORY_RATE, 1, { { 21, 0 }, { INFINITY, 1 } } },
  { TW_BAND_QSOFA, "pressure", TW_CHANNEL_SYSTOLIC, 1, { { 100, 1 }, { INFINITY, 0 } } },
  { TW_BAND_QSOFA, "consciousness", TW_CHANNEL_CONSCIOUSNESS, 1, { { 0, 0 }, { INFINITY, 1 } } },
  { TW_BAND_QSOFA, "consciousness", TW_CHANNEL_GCS_TOTAL, 1, { { 14, 1 }, { INFINITY, 0 } } },
  { TW_BAND_SIRS, "temperature", TW_CHANNEL_TEMPERATURE, .1,
    { { 35.9, 1 }, { 38.0, 0 }, { INFINITY, 1 } } },
  { TW_BAND_SIRS, "pulse", TW_CHANNEL_HEART_RATE, 1, { { 90, 0 }, { INFINITY, 1 } } },
  { TW_BAND_SIRS, "respiration", TW_CHANNEL_RESPIRATORY_RATE, 1, { { 20, 0 }, { INFINITY, 1 } } },
};

static void
test_boundaries (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (charts); i++)
    {
      const Chart *chart = &charts[i];
      g_autoptr (TwBandTable) table = load (chart->kind);
      guint item = find_item (table, chart->item);
      int band = 0;

      for (; isfinite (chart->band[band].high); band++)
        {
          double high = chart->band[band].high;

          g_assert_cmpint (tw_band_table_points (table, item, chart->channel, high), ==,
                           chart->band[band].points);
          g_assert_cmpint (tw_band_table_points (table, item, chart->channel, high + chart->step), ==,
                           chart->band[band + 1].points);
          g_assert_cmpint (tw_band_table_points (table, item, chart->channel, high + .49 * chart->step),
                           ==, chart->band[band].points);
          g_assert_cmpint (tw_band_table_points (table, item, chart->channel, high + .5 * chart->step),
                           ==, chart->band[band + 1].points);
        }
      g_assert_cmpint (tw_band_table_points (table, item, chart->channel, 1e9), ==,
                       chart->band[band].points);
      g_assert_cmpint (tw_band_table_points (table, item, chart->channel, NAN), ==, -1);
    }
}

/* From the band without points outwards, points never fall. */
static void
test_monotone (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (charts); i++)
    {
      const Chart *chart = &charts[i];
      int lowest = 0, n = 0;

      while (isfinite (chart->band[n].high))
        n++;
      for (int k = 0; k <= n; k++)
        if (chart->band[k].points < chart->band[lowest].points)
          lowest = k;
      g_assert_cmpint (chart->band[lowest].points, ==, 0);
      for (int k = lowest; k < n; k++)
        g_assert_cmpint (chart->band[k + 1].points, >=, chart->band[k].points);
      for (int k = lowest; k > 0; k--)
        g_assert_cmpint (chart->band[k - 1].points, >=, chart->band[k].points);
    }
}

static void
put (TwVitals *vitals, TwChannel channel, double value, gint64 t_us)
{
  vitals->last[channel] = (TwSample) { t_us, value, 0 };
}

static void
put_sick (TwVitals *vitals)
{
  *vitals = (TwVitals) { 0 };
  put (vitals, TW_CHANNEL_RESPIRATORY_RATE, 23.85, NOW);
  put (vitals, TW_CHANNEL_SYSTOLIC, 92.4, NOW - 3 * TW_MINUTE);
  put (vitals, TW_CHANNEL_MAP, 61.5, NOW - 3 * TW_MINUTE);
  put (vitals, TW_CHANNEL_HEART_RATE, 113.7, NOW);
  put (vitals, TW_CHANNEL_TEMPERATURE, 38.62, NOW - 20 * TW_MINUTE);
  put (vitals, TW_CHANNEL_CONSCIOUSNESS, TW_ACVPU_VOICE, NOW - 5 * TW_MINUTE);
}

static void
test_whole (void)
{
  static const int totals[TW_N_BAND_SCORES] = { 1 + 2 + 2 + 2 + 1, 3, 3 };
  TwVitals vitals;

  put_sick (&vitals);
  for (int kind = 0; kind < TW_N_BAND_SCORES; kind++)
    {
      g_autoptr (TwBandTable) table = load (kind);
      TwBandScore score;

      tw_band_score_evaluate (table, TRUE, &vitals, NOW, &score);
      g_assert_cmpint (score.total, ==, totals[kind]);
      g_assert_cmpint (score.status, ==,
                       kind == TW_BAND_SIRS ? TW_NEWS2_INCOMPLETE : TW_NEWS2_COMPLETE);
      g_assert_true (score.reached);
      g_assert_cmpuint (score.n_known, ==, score.n_items - (kind == TW_BAND_SIRS ? 1 : 0));
      tw_band_score_evaluate (table, FALSE, &vitals, NOW, &score);
      g_assert_cmpint (score.status, ==, TW_NEWS2_NOT_USED);
      g_assert_cmpint (score.total, ==, 0);
      g_assert_false (score.reached);
    }
}

/* "At least": whatever is left out, the total is never more than the whole, and never called complete. */
static void
test_subsets (void)
{
  static const TwChannel channels[] = { TW_CHANNEL_RESPIRATORY_RATE, TW_CHANNEL_SYSTOLIC,
                                        TW_CHANNEL_HEART_RATE, TW_CHANNEL_TEMPERATURE,
                                        TW_CHANNEL_CONSCIOUSNESS };

  for (int kind = 0; kind < TW_N_BAND_SCORES; kind++)
    {
      g_autoptr (TwBandTable) table = load (kind);
      TwBandScore whole, part;
      TwVitals all;

      put_sick (&all);
      tw_band_score_evaluate (table, TRUE, &all, NOW, &whole);
      for (guint mask = 0; mask < 1u << G_N_ELEMENTS (channels); mask++)
        {
          TwVitals some = all;

          for (guint c = 0; c < G_N_ELEMENTS (channels); c++)
            if ((mask & (1u << c)) == 0)
              some.last[channels[c]].t_us -= 31 * TW_MINUTE;
          tw_band_score_evaluate (table, TRUE, &some, NOW, &part);
          g_assert_cmpint (part.total, <=, whole.total);
          g_assert_true (part.n_known < whole.n_known || part.total == whole.total);
          if (part.n_known < part.n_items)
            g_assert_cmpint (part.status, ==, TW_NEWS2_INCOMPLETE);
        }
    }
}

/* Exactly 30 min still counts; a microsecond more does not, and the time of the old value is told. */
static void
test_age (void)
{
  g_autoptr (TwBandTable) table = load (TW_BAND_QSOFA);
  guint item = find_item (table, "respiration");
  TwVitals vitals = { 0 };
  TwBandScore score;

  put (&vitals, TW_CHANNEL_RESPIRATORY_RATE, 22, NOW - 30 * TW_MINUTE);
  tw_band_score_evaluate (table, TRUE, &vitals, NOW, &score);
  g_assert_cmpint (score.parts[item].points, ==, 1);
  tw_band_score_evaluate (table, TRUE, &vitals, NOW + 1, &score);
  g_assert_cmpint (score.parts[item].points, ==, -1);
  g_assert_cmpint (score.parts[item].channel, ==, TW_CHANNEL_RESPIRATORY_RATE);
  g_assert_cmpint (score.parts[item].t_us, ==, NOW - 30 * TW_MINUTE);
  vitals.last[TW_CHANNEL_RESPIRATORY_RATE].t_us = NOW;
  vitals.last[TW_CHANNEL_RESPIRATORY_RATE].quality
    = tw_quality_from_reason (TW_REASON_TOO_FAST);
  tw_band_score_evaluate (table, TRUE, &vitals, NOW, &score);
  g_assert_cmpint (score.parts[item].points, ==, -1);
}

/* Of ACVPU and coma scale the newer decides. */
static void
test_consciousness (void)
{
  g_autoptr (TwBandTable) table = load (TW_BAND_MEWS);
  guint item = find_item (table, "consciousness");
  TwVitals vitals = { 0 };
  TwBandScore score;

  put (&vitals, TW_CHANNEL_CONSCIOUSNESS, TW_ACVPU_ALERT, NOW - TW_MINUTE);
  put (&vitals, TW_CHANNEL_GCS_TOTAL, 7, NOW);
  tw_band_score_evaluate (table, TRUE, &vitals, NOW, &score);
  g_assert_cmpint (score.parts[item].points, ==, 2);
  g_assert_cmpint (score.parts[item].channel, ==, TW_CHANNEL_GCS_TOTAL);
  put (&vitals, TW_CHANNEL_CONSCIOUSNESS, TW_ACVPU_ALERT, NOW);
  tw_band_score_evaluate (table, TRUE, &vitals, NOW, &score);
  g_assert_cmpint (score.parts[item].points, ==, 0);
}

static void
test_refused (void)
{
  static const char *const bad[] = {
    "# table: mews\n# version: 1\n# reached: 5\nitem,channel,decimals,low,high,points\n",
    "# table: mews\n# version: 1\n# max_age_min: 30\n# reached: 5\nitem,channel,decimals,low,high\n",
    "# table: mews\n# version: 1\n# max_age_min: 30\n# reached: 5\n"
    "item,channel,decimals,low,high,points\n",
    "# table: mews\n# version: 1\n# max_age_min: 30\n# reached: 5\n"
    "item,channel,decimals,low,high,points\npulse,heart_rate,0,,39,2\npulse,heart_rate,0,41,,0\n",
    "# table: mews\n# version: 1\n# max_age_min: 30\n# reached: 5\n"
    "item,channel,decimals,low,high,points\npulse,heart_rate,0,,39,2\n",
    "# table: mews\n# version: 1\n# max_age_min: 30\n# reached: 5\n"
    "item,channel,decimals,low,high,points\npulse,pulse,0,,,2\n",
    "# table: mews\n# version: 1\n# max_age_min: 30\n# reached: 5\n"
    "item,channel,decimals,low,high,points\npulse,heart_rate,0,,,4\n",
    "# table: sirs\n# version: 1\n# max_age_min: 30\n# reached: 5\n"
    "item,channel,decimals,low,high,points\npulse,heart_rate,0,,,1\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (tw_band_table_new (TW_BAND_MEWS, bad[i], &error));
      g_assert_true (error != NULL && error->domain == TW_TABLE_ERROR);
    }
}

static void
test_shock (void)
{
  static const struct
  {
    double rate, systolic;
    TwShockGrade grade;
  } cases[] = {
    { 89, 100, TW_SHOCK_NORMAL }, { 90, 100, TW_SHOCK_RAISED }, { 99, 100, TW_SHOCK_RAISED },
    { 100, 100, TW_SHOCK_SEVERE }, { 58.3, 127.1, TW_SHOCK_NORMAL },
  };
  g_autofree char *text = tw_test_dup_table ("shock-index.csv");
  g_autoptr (GError) error = NULL;
  TwShockTable table;
  TwShockIndex shock;
  TwVitals vitals;

  g_assert_true (tw_shock_table_read (&table, text, &error));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      vitals = (TwVitals) { 0 };
      put (&vitals, TW_CHANNEL_HEART_RATE, cases[i].rate, NOW);
      put (&vitals, TW_CHANNEL_SYSTOLIC, cases[i].systolic, NOW - 15 * TW_MINUTE);
      tw_shock_index_evaluate (&table, TRUE, &vitals, NOW, &shock);
      g_assert_cmpint (shock.grade, ==, cases[i].grade);
      g_assert_cmpfloat_with_epsilon (shock.index, cases[i].rate / cases[i].systolic, 1e-15);
      g_assert_true (isnan (shock.modified));
    }
  put (&vitals, TW_CHANNEL_MAP, 81.4, NOW);
  put (&vitals, TW_CHANNEL_SYSTOLIC, 120, NOW - 15 * TW_MINUTE - 1);
  tw_shock_index_evaluate (&table, TRUE, &vitals, NOW, &shock);
  g_assert_cmpint (shock.grade, ==, TW_SHOCK_UNKNOWN);
  g_assert_cmpint (shock.status, ==, TW_NEWS2_INCOMPLETE);
  g_assert_cmpfloat_with_epsilon (shock.modified, 58.3 / 81.4, 1e-15);
  tw_shock_index_evaluate (&table, FALSE, &vitals, NOW, &shock);
  g_assert_cmpint (shock.status, ==, TW_NEWS2_NOT_USED);
  g_assert_true (isnan (shock.modified));
  g_assert_false (tw_shock_table_read (&table, "# table: shock-index\n# version: 1\ngrade,index\nraised,1\n",
                                       &error));
  g_assert_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_VALUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/risk/band-score/boundaries", test_boundaries);
  g_test_add_func ("/risk/band-score/monotone", test_monotone);
  g_test_add_func ("/risk/band-score/whole", test_whole);
  g_test_add_func ("/risk/band-score/subsets", test_subsets);
  g_test_add_func ("/risk/band-score/age", test_age);
  g_test_add_func ("/risk/band-score/consciousness", test_consciousness);
  g_test_add_func ("/risk/band-score/refused", test_refused);
  g_test_add_func ("/risk/shock-index", test_shock);
  return g_test_run ();
}
