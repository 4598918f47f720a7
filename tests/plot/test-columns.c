/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reduction to columns against a brute-force one over every sample. */
#include "config.h"

#include "plot-fixture.h"
#include "tw-columns.h"

typedef struct
{
  const char *name;
  gint64 spacing_us, span_us;
  guint n;
  double wander;
} Case;

static const Case cases[] = {
  { "dense", TW_SECOND, 3 * TW_HOUR, 358, 20 },
  { "four times oversampled", TW_SECOND, 3 * TW_HOUR, 1432, 20 },
  { "one a pixel", 30 * TW_SECOND, 3 * TW_HOUR, 358, 5 },
  { "sparse", 7 * TW_MINUTE, 3 * TW_HOUR, 717, 5 },
  { "odd numbers", 1234567, 12345678901, 97, 11 },
  { "one column", TW_SECOND, TW_HOUR, 1, 3 },
  { "beyond the chunks", TW_SECOND, 8 * TW_HOUR, 478, 20 },
};

static TwSeriesView *
make_view (const Case *c, guint32 seed)
{
  FixtureWave wave = {
    80, 120, c->wander, 6, 0, c->spacing_us, c->span_us / 3, c->span_us / 4, seed
  };
  g_autoptr (TwSeries) series = fixture_series (&wave, FIXTURE_NOW, c->span_us + TW_HOUR);
  guint32 state = seed;

  /* Readings that do not count, missing ones and impossible ones lie between the good ones. */
  for (int i = 0; i < 40; i++)
    {
      static const double values[] = { NAN, INFINITY, -INFINITY, 1e300, 500, 0 };
      gint64 t_us =
          FIXTURE_NOW - (gint64) ((fixture_random (&state) + 1) / 2 * (double) c->span_us);
      TwSample bad = { t_us, values[i % 6],
                       i % 6 < 4 ? 0
                                 : tw_quality_from_reason (i % 12 == 11 ? TW_REASON_ZERO
                                                                        : TW_REASON_HARD_LIMIT) };
      tw_series_insert (series, &bad);
    }
  return tw_series_snapshot (series);
}

/* Every sample asked for one by one, columns by division. */
static void
brute_force (TwSeriesView *view, const TwColumnsSpec *spec, TwColumn *columns, guint *refused)
{
  *refused = 0;
  memset (columns, 0, spec->n * sizeof *columns);
  for (gsize i = 0; i < tw_series_view_get_length (view); i++)
    {
      TwSample s;
      tw_series_view_get (view, i, &s);
      if (s.t_us < spec->from_us || s.t_us >= spec->to_us || s.t_us > spec->end_us)
        continue;
      if (!(fabs (s.value) < 1e15) || tw_quality_verdict (s.quality) > TW_VERDICT_DOUBTFUL)
        {
          (*refused)++;
          continue;
        }
      long double part =
          (long double) (s.t_us - spec->from_us) / (long double) (spec->to_us - spec->from_us);
      TwColumn *column = &columns[(guint) floorl (part * spec->n + 1e-13L)];
      column->min = column->n_samples == 0 ? s.value : MIN (column->min, s.value);
      column->max = column->n_samples == 0 ? s.value : MAX (column->max, s.value);
      if (column->n_samples++ == 0)
        column->first = s.value, column->first_us = s.t_us;
      column->last = s.value, column->last_us = s.t_us;
    }
}

static void
test_against_brute_force (void)
{
  TwColumns columns;

  tw_columns_init (&columns);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint32 seed = 1; seed < 4; seed++)
      {
        const Case *c = &cases[i];
        g_autoptr (TwSeriesView) view = make_view (c, seed);
        TwColumnsSpec spec = { FIXTURE_NOW - c->span_us, FIXTURE_NOW + c->span_us / 3,
                               FIXTURE_NOW - seed, c->n, 0 };
        g_autofree TwColumn *expected = g_new0 (TwColumn, c->n);
        guint refused, total = 0;

        brute_force (view, &spec, expected, &refused);
        tw_columns_build (&columns, view, &spec);
        for (guint k = 0; k < c->n; k++)
          {
            const TwColumn *column = &columns.columns[k];
            total += expected[k].n_samples;
            g_assert_cmpuint (column->n_samples, ==, expected[k].n_samples);
            if (column->n_samples == 0)
              continue;
            g_assert_true (column->min == expected[k].min && column->max == expected[k].max);
            g_assert_true (column->first == expected[k].first && column->last == expected[k].last);
            g_assert_cmpint (column->first_us, ==, expected[k].first_us);
            g_assert_cmpint (column->last_us, ==, expected[k].last_us);
          }
        g_assert_cmpuint (columns.n_samples, ==, total);
        g_assert_cmpuint (columns.n_refused, ==, refused);
      }
  tw_columns_clear (&columns);
}

/* The line breaks exactly where the spacing is above the limit, also across empty columns and the
 * left edge. */
static void
test_gaps (void)
{
  static const int minutes[] = { -90, -30, -29, -28, -20, -19, -18, -17, 0 };
  g_autoptr (TwSeries) series = tw_series_new (0, 0);
  TwColumns columns;

  for (gsize i = 0; i < G_N_ELEMENTS (minutes); i++)
    {
      TwSample s = { FIXTURE_NOW + minutes[i] * TW_MINUTE, 70 + (double) i, 0 };
      tw_series_insert (series, &s);
    }
  g_autoptr (TwSeriesView) view = tw_series_snapshot (series);
  tw_columns_init (&columns);
  TwColumnsSpec spec = { FIXTURE_NOW - 40 * TW_MINUTE, FIXTURE_NOW + 10 * TW_MINUTE, FIXTURE_NOW,
                         500, 8 * TW_MINUTE };
  tw_columns_build (&columns, view, &spec);
  g_assert_cmpuint (columns.n_samples, ==, 8);
  g_assert_cmpuint (columns.gaps->len, ==, 2);
  /* -90 to -30 ends within the window; -28 to -20 is exactly the limit and joins; -17 to 0 is
   * above. */
  const TwGap *first = &g_array_index (columns.gaps, TwGap, 0),
              *second = &g_array_index (columns.gaps, TwGap, 1);
  g_assert_cmpint (first->from_us, ==, FIXTURE_NOW - 90 * TW_MINUTE);
  g_assert_cmpint (first->to_us, ==, FIXTURE_NOW - 30 * TW_MINUTE);
  g_assert_cmpint (second->from_us, ==, FIXTURE_NOW - 17 * TW_MINUTE);
  g_assert_cmpint (second->to_us, ==, FIXTURE_NOW);
  g_assert_true (columns.columns[200].joined);   /* -20 */
  g_assert_false (columns.columns[400].joined);  /* 0 */
  g_assert_cmpint (columns.newest_us, ==, FIXTURE_NOW);

  spec.gap_us = 0; /* never breaks */
  tw_columns_build (&columns, view, &spec);
  g_assert_cmpuint (columns.gaps->len, ==, 0);
  g_assert_true (columns.columns[100].joined);
  tw_columns_clear (&columns);
}

static void
test_empty (void)
{
  g_autoptr (TwSeries) series = tw_series_new (0, 0);
  g_autoptr (TwSeriesView) empty = tw_series_snapshot (series);
  TwColumnsSpec spec = { 0, TW_HOUR, TW_HOUR, 10, TW_MINUTE };
  TwSample bad = { TW_MINUTE, NAN, 0 };
  TwColumns columns;

  tw_columns_init (&columns);
  tw_columns_build (&columns, NULL, &spec);
  g_assert_cmpuint (columns.n_samples, ==, 0);
  tw_columns_build (&columns, empty, &spec);
  g_assert_cmpuint (columns.n_samples, ==, 0);
  g_assert_cmpint (columns.newest_us, ==, 0);
  g_assert_true (isnan (columns.newest));
  tw_series_insert (series, &bad);
  g_autoptr (TwSeriesView) missing = tw_series_snapshot (series);
  tw_columns_build (&columns, missing, &spec);
  g_assert_cmpuint (columns.n_samples, ==, 0);
  g_assert_cmpuint (columns.n_refused, ==, 1);
  tw_columns_clear (&columns);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/columns/brute-force", test_against_brute_force);
  g_test_add_func ("/plot/columns/gaps", test_gaps);
  g_test_add_func ("/plot/columns/empty", test_empty);
  return g_test_run ();
}
