/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NEWS2 against the chart of the Royal College of Physicians: both sides of every boundary, both
 * scales, what is missing or old, and the laws that hold for any input. */
#include "config.h"

#include "tw-news2-table.h"
#include "tw-time.h"

#include "tw-test.h"

#include <math.h>

#define NOW ((gint64) 1900000000 * TW_SECOND)

static TwNews2Table *
load_table (void)
{
  g_autofree char *text = tw_test_dup_table ("news2.csv");
  g_autoptr (GError) error = NULL;
  TwNews2Table *table = tw_news2_table_new (text, -1, &error);

  g_assert_no_error (error);
  return table;
}

static TwPatient *
make_patient (int age_years, gboolean scale_2, gboolean pregnant)
{
  TwPatientFields fields = {
    .id = (char *) "p1", .age_years = age_years, .spo2_scale_2 = scale_2, .pregnant = pregnant,
    .weight_kg = NAN,
  };

  return tw_patient_new (&fields);
}

static void
put (TwVitals *vitals, TwChannel channel, double value, gint64 t_us)
{
  vitals->last[channel] = (TwSample) { t_us, value, 0 };
}

/* A full set that scores 0 on scale 1. */
static void
put_normal (TwVitals *vitals)
{
  *vitals = (TwVitals) { 0 };
  put (vitals, TW_CHANNEL_RESPIRATORY_RATE, 15, NOW);
  put (vitals, TW_CHANNEL_SPO2, 97, NOW);
  put (vitals, TW_CHANNEL_OXYGEN_FLOW, 0, NOW);
  put (vitals, TW_CHANNEL_SYSTOLIC, 120, NOW);
  put (vitals, TW_CHANNEL_HEART_RATE, 70, NOW);
  put (vitals, TW_CHANNEL_CONSCIOUSNESS, TW_ACVPU_ALERT, NOW);
  put (vitals, TW_CHANNEL_TEMPERATURE, 36.8, NOW);
}

static TwNews2
score (const TwVitals *vitals, gboolean scale_2)
{
  g_autoptr (TwNews2Table) table = load_table ();
  g_autoptr (TwPatient) patient = make_patient (71, scale_2, FALSE);
  TwNews2 result;

  tw_news2_evaluate (table, patient, vitals, NOW, &result);
  return result;
}

/* The chart, written down a second time: the last value of each band and its points, from below;
 * the value one step of the item's last decimal further belongs to the next row. */
typedef struct
{
  TwNews2Item item;
  int scale_2, oxygen; /* -1: both must agree */
  double step;
  struct
  {
    double high;
    int points;
  } band[8];
} Chart;

static const Chart charts[] = {
  { TW_NEWS2_RESPIRATION, -1, -1, 1,
    { { 8, 3 }, { 11, 1 }, { 20, 0 }, { 24, 2 }, { INFINITY, 3 } } },
  { TW_NEWS2_SPO2, 0, -1, 1, { { 91, 3 }, { 93, 2 }, { 95, 1 }, { INFINITY, 0 } } },
  { TW_NEWS2_SPO2, 1, 0, 1, { { 83, 3 }, { 85, 2 }, { 87, 1 }, { INFINITY, 0 } } },
  { TW_NEWS2_SPO2, 1, 1, 1,
    { { 83, 3 }, { 85, 2 }, { 87, 1 }, { 92, 0 }, { 94, 1 }, { 96, 2 }, { INFINITY, 3 } } },
  { TW_NEWS2_PRESSURE, -1, -1, 1,
    { { 90, 3 }, { 100, 2 }, { 110, 1 }, { 219, 0 }, { INFINITY, 3 } } },
  { TW_NEWS2_PULSE, -1, -1, 1,
    { { 40, 3 }, { 50, 1 }, { 90, 0 }, { 110, 1 }, { 130, 2 }, { INFINITY, 3 } } },
  { TW_NEWS2_TEMPERATURE, -1, -1, 0.1,
    { { 35.0, 3 }, { 36.0, 1 }, { 38.0, 0 }, { 39.0, 1 }, { INFINITY, 2 } } },
};

/* Checks one value under each setting that the chart row is for. */
static void
check_points (const TwNews2Table *table, const Chart *chart, double value, int points)
{
  for (int scale_2 = 0; scale_2 < 2; scale_2++)
    for (int oxygen = 0; oxygen < 2; oxygen++)
      {
        if ((chart->scale_2 >= 0 && chart->scale_2 != scale_2)
            || (chart->oxygen >= 0 && chart->oxygen != oxygen))
          continue;
        if (tw_news2_points (table, chart->item, value, scale_2, oxygen) != points)
          g_error ("item %d scale %d oxygen %d value %.17g: %d points, expected %d", chart->item,
                   scale_2 + 1, oxygen, value,
                   tw_news2_points (table, chart->item, value, scale_2, oxygen), points);
      }
}

static void
test_boundaries (void)
{
  g_autoptr (TwNews2Table) table = load_table ();

  for (gsize i = 0; i < G_N_ELEMENTS (charts); i++)
    for (int b = 0; isfinite (charts[i].band[b].high); b++)
      {
        const Chart *chart = &charts[i];
        double high = chart->band[b].high, step = chart->step;

        check_points (table, chart, high, chart->band[b].points);
        check_points (table, chart, high + step, chart->band[b + 1].points);
        /* Rounding comes first: just under the half stays, the half itself goes away from zero. */
        check_points (table, chart, high + .499 * step, chart->band[b].points);
        check_points (table, chart, high + .5 * step, chart->band[b + 1].points);
        check_points (table, chart, high - .5 * step, chart->band[b].points);
      }
}

/* Every whole value and tenth over the plausible range, not only the edges. */
static void
test_every_value (void)
{
  g_autoptr (TwNews2Table) table = load_table ();

  for (gsize i = 0; i < G_N_ELEMENTS (charts); i++)
    for (int k = 0; k <= 4600; k++)
      {
        int tenths = charts[i].step < 1 ? k : 10 * k;
        int b = 0;

        while (tenths > charts[i].band[b].high * 10 + 1e-6)
          b++;
        check_points (table, &charts[i], tenths / 10.0, charts[i].band[b].points);
      }
}

static void
test_rounding (void)
{
  static const struct
  {
    TwNews2Item item;
    double value;
    int points;
  } rows[] = {
    { TW_NEWS2_TEMPERATURE, 35.04, 3 },    { TW_NEWS2_TEMPERATURE, 35.05, 1 },
    { TW_NEWS2_TEMPERATURE, 36.05, 0 },    { TW_NEWS2_TEMPERATURE, 38.04, 0 },
    { TW_NEWS2_TEMPERATURE, 38.05, 1 },    { TW_NEWS2_TEMPERATURE, 39.05, 2 },
    { TW_NEWS2_TEMPERATURE, 39.0499, 1 },  { TW_NEWS2_RESPIRATION, 20.5, 2 },
    { TW_NEWS2_RESPIRATION, 20.499, 0 },   { TW_NEWS2_RESPIRATION, 24.5, 3 },
    { TW_NEWS2_SPO2, 95.5, 0 },            { TW_NEWS2_SPO2, 95.4, 1 },
    { TW_NEWS2_PRESSURE, 219.5, 3 },       { TW_NEWS2_PRESSURE, 90.5, 2 },
    { TW_NEWS2_PULSE, 130.5, 3 },          { TW_NEWS2_PULSE, 40.49, 3 },
    { TW_NEWS2_PULSE, -2.5, 3 },           { TW_NEWS2_PULSE, 1e300, 3 },
    { TW_NEWS2_TEMPERATURE, (100.4 - 32) / 1.8, 0 }, /* 38.0 from Fahrenheit */
  };
  g_autoptr (TwNews2Table) table = load_table ();

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (tw_news2_points (table, rows[i].item, rows[i].value, FALSE, FALSE), ==,
                     rows[i].points);
  /* 99.41 degrees Fahrenheit are 37.45 Celsius, but 374.49999999999994 tenths of one. */
  g_assert_cmpint (tw_news2_round (table, TW_NEWS2_TEMPERATURE, (99.41 - 32) / 1.8), ==, 375);
  g_assert_cmpint (tw_news2_round (table, TW_NEWS2_TEMPERATURE, 37.4499), ==, 374);
  g_assert_cmpint (tw_news2_round (table, TW_NEWS2_PULSE, -2.5), ==, -3);
}

static void
test_not_a_value (void)
{
  g_autoptr (TwNews2Table) table = load_table ();

  for (int item = 0; item < TW_NEWS2_N_ITEMS; item++)
    {
      g_assert_cmpint (tw_news2_points (table, item, NAN, FALSE, TRUE), ==, -1);
      g_assert_cmpint (tw_news2_points (table, item, INFINITY, TRUE, FALSE), ==, -1);
    }
  g_assert_cmpint (tw_news2_points (table, TW_NEWS2_CONSCIOUSNESS, 5, FALSE, FALSE), ==, -1);
  g_assert_cmpint (tw_news2_points (table, TW_NEWS2_CONSCIOUSNESS, -1, FALSE, FALSE), ==, -1);
  g_assert_cmpint (tw_news2_points (table, TW_NEWS2_CONSCIOUSNESS, .5, FALSE, FALSE), ==, -1);
  for (int code = TW_ACVPU_ALERT; code <= TW_ACVPU_UNRESPONSIVE; code++)
    g_assert_cmpint (tw_news2_points (table, TW_NEWS2_CONSCIOUSNESS, code, FALSE, FALSE), ==,
                     code == TW_ACVPU_ALERT ? 0 : 3);
  g_assert_cmpint (tw_news2_points (table, TW_NEWS2_OXYGEN, 2, FALSE, TRUE), ==, 2);
  g_assert_cmpint (tw_news2_points (table, TW_NEWS2_OXYGEN, 2, FALSE, FALSE), ==, 0);
}

/* Away from the normal band points never fall; SpO2 on scale 2 with oxygen has its normal band
 * in the middle. */
static void
test_monotone (void)
{
  static const double normal[] = { 15, 97, 0, 120, 70, 0, 37 };
  g_autoptr (TwNews2Table) table = load_table ();

  for (int item = 0; item < TW_NEWS2_N_ITEMS; item++)
    for (int setting = 0; setting < 4; setting++)
      {
        gboolean scale_2 = setting & 1, oxygen = setting & 2;
        double middle = item == TW_NEWS2_SPO2 && scale_2 ? 90 : normal[item];
        int before[2] = { 0, 0 };

        if (item == TW_NEWS2_OXYGEN || item == TW_NEWS2_CONSCIOUSNESS)
          continue;
        for (int k = 0; k < 3000; k++)
          for (int side = 0; side < 2; side++)
            {
              double value = middle + (side ? 1 : -1) * k / 10.0;
              int points = tw_news2_points (table, item, value, scale_2, oxygen);

              g_assert_cmpint (points, >=, before[side]);
              g_assert_cmpint (points, <=, 3);
              before[side] = points;
            }
      }
}

static void
test_complete (void)
{
  TwVitals vitals;
  TwNews2 result;

  put_normal (&vitals);
  result = score (&vitals, FALSE);
  g_assert_cmpint (result.status, ==, TW_NEWS2_COMPLETE);
  g_assert_cmpint (result.risk, ==, TW_NEWS2_RISK_LOW);
  g_assert_cmpint (result.total, ==, 0);
  g_assert_false (result.from_gcs);
  g_assert_cmpstr (result.table_version, ==, "1");
  g_assert_cmpint (result.parts[TW_NEWS2_PULSE].channel, ==, TW_CHANNEL_HEART_RATE);
  g_assert_cmpfloat (result.parts[TW_NEWS2_TEMPERATURE].value, ==, 36.8);

  put (&vitals, TW_CHANNEL_RESPIRATORY_RATE, 27, NOW);  /* 3 */
  put (&vitals, TW_CHANNEL_SPO2, 90, NOW);              /* 3 */
  put (&vitals, TW_CHANNEL_OXYGEN_FLOW, 2, NOW);        /* 2 */
  put (&vitals, TW_CHANNEL_SYSTOLIC, 85, NOW);          /* 3 */
  put (&vitals, TW_CHANNEL_HEART_RATE, 135, NOW);       /* 3 */
  put (&vitals, TW_CHANNEL_CONSCIOUSNESS, TW_ACVPU_PAIN, NOW); /* 3 */
  put (&vitals, TW_CHANNEL_TEMPERATURE, 34.2, NOW);     /* 3 */
  result = score (&vitals, FALSE);
  g_assert_cmpint (result.total, ==, 20);
  g_assert_cmpint (result.risk, ==, TW_NEWS2_RISK_HIGH);
}

/* Both sides of the classes: 4 | 5, 6 | 7, and a single 3. */
static void
test_classes (void)
{
  static const struct
  {
    double rr, hr, sbp, temperature;
    int total;
    TwNews2Risk risk;
  } rows[] = {
    { 22, 120, 120, 37, 4, TW_NEWS2_RISK_LOW },
    { 22, 120, 105, 37, 5, TW_NEWS2_RISK_MEDIUM },
    { 22, 120, 95, 37, 6, TW_NEWS2_RISK_MEDIUM },      { 22, 120, 95, 38.5, 7, TW_NEWS2_RISK_HIGH },
    { 25, 70, 120, 37, 3, TW_NEWS2_RISK_LOW_MEDIUM },
    { 25, 100, 120, 37, 4, TW_NEWS2_RISK_LOW_MEDIUM },
    { 25, 120, 120, 37, 5, TW_NEWS2_RISK_MEDIUM },     { 24, 70, 120, 37, 2, TW_NEWS2_RISK_LOW },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      TwVitals vitals;
      TwNews2 result;

      put_normal (&vitals);
      put (&vitals, TW_CHANNEL_RESPIRATORY_RATE, rows[i].rr, NOW);
      put (&vitals, TW_CHANNEL_HEART_RATE, rows[i].hr, NOW);
      put (&vitals, TW_CHANNEL_SYSTOLIC, rows[i].sbp, NOW);
      put (&vitals, TW_CHANNEL_TEMPERATURE, rows[i].temperature, NOW);
      result = score (&vitals, FALSE);
      g_assert_cmpint (result.total, ==, rows[i].total);
      g_assert_cmpint (result.risk, ==, rows[i].risk);
    }
}

static void
test_oxygen (void)
{
  static const struct
  {
    double flow, fio2; /* NaN: never reported */
    int points;
    TwChannel channel;
  } rows[] = {
    { NAN, NAN, -1, TW_CHANNEL_OXYGEN_FLOW }, { 0, NAN, 0, TW_CHANNEL_OXYGEN_FLOW },
    { .25, NAN, 2, TW_CHANNEL_OXYGEN_FLOW },  { NAN, 21, 0, TW_CHANNEL_FIO2 },
    { NAN, 21.4, 0, TW_CHANNEL_FIO2 },        { NAN, 21.5, 2, TW_CHANNEL_FIO2 },
    { NAN, 40, 2, TW_CHANNEL_FIO2 },          { 0, 40, 2, TW_CHANNEL_FIO2 },
    { 2, 21, 2, TW_CHANNEL_OXYGEN_FLOW },     { 0, 21, 0, TW_CHANNEL_OXYGEN_FLOW },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      TwVitals vitals;
      TwNews2 result;

      put_normal (&vitals);
      vitals.last[TW_CHANNEL_OXYGEN_FLOW] = (TwSample) { 0 };
      if (!isnan (rows[i].flow))
        put (&vitals, TW_CHANNEL_OXYGEN_FLOW, rows[i].flow, NOW);
      if (!isnan (rows[i].fio2))
        put (&vitals, TW_CHANNEL_FIO2, rows[i].fio2, NOW);
      result = score (&vitals, FALSE);
      g_assert_cmpint (result.parts[TW_NEWS2_OXYGEN].points, ==, rows[i].points);
      g_assert_cmpint (result.parts[TW_NEWS2_OXYGEN].channel, ==, rows[i].channel);
      g_assert_cmpint (result.status, ==,
                       rows[i].points < 0 ? TW_NEWS2_INCOMPLETE : TW_NEWS2_COMPLETE);
    }
}

static void
test_scale_2 (void)
{
  static const struct
  {
    double spo2, flow; /* flow NaN: oxygen unknown */
    int points;
  } rows[] = {
    { 92, 2, 0 },   { 93, 2, 1 },   { 96, 2, 2 },   { 97, 2, 3 },   { 93, 0, 0 },   { 100, 0, 0 },
    { 88, NAN, 0 }, { 92, NAN, 0 }, { 87, NAN, 1 }, { 93, NAN, -1 }, { 99, NAN, -1 },
    { 83, NAN, 3 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      TwVitals vitals;
      TwNews2 result;

      put_normal (&vitals);
      put (&vitals, TW_CHANNEL_SPO2, rows[i].spo2, NOW);
      vitals.last[TW_CHANNEL_OXYGEN_FLOW]
        = (TwSample) { isnan (rows[i].flow) ? 0 : NOW, rows[i].flow, 0 };
      result = score (&vitals, TRUE);
      g_assert_true (result.scale_2);
      g_assert_cmpint (result.parts[TW_NEWS2_SPO2].points, ==, rows[i].points);
      g_assert_cmpfloat (result.parts[TW_NEWS2_SPO2].value, ==, rows[i].spo2);
    }
}

static void
test_consciousness (void)
{
  static const struct
  {
    int acvpu, gcs; /* -1: never reported */
    int gcs_newer_min;
    int points;
    gboolean from_gcs;
  } rows[] = {
    { TW_ACVPU_ALERT, -1, 0, 0, FALSE },     { TW_ACVPU_CONFUSION, -1, 0, 3, FALSE },
    { TW_ACVPU_UNRESPONSIVE, -1, 0, 3, FALSE }, { -1, 15, 0, 0, TRUE },
    { -1, 14, 0, 3, TRUE },                  { -1, 3, 0, 3, TRUE },
    { TW_ACVPU_ALERT, 12, 0, 0, FALSE },     { TW_ACVPU_ALERT, 12, 5, 3, TRUE },
    { TW_ACVPU_CONFUSION, 15, -5, 3, FALSE }, { -1, -1, 0, -1, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      TwVitals vitals;
      TwNews2 result;

      put_normal (&vitals);
      vitals.last[TW_CHANNEL_CONSCIOUSNESS] = (TwSample) { 0 };
      if (rows[i].acvpu >= 0)
        put (&vitals, TW_CHANNEL_CONSCIOUSNESS, rows[i].acvpu, NOW - 10 * TW_MINUTE);
      if (rows[i].gcs >= 0)
        put (&vitals, TW_CHANNEL_GCS_TOTAL, rows[i].gcs,
             NOW + (rows[i].gcs_newer_min - 10) * TW_MINUTE);
      result = score (&vitals, FALSE);
      g_assert_cmpint (result.parts[TW_NEWS2_CONSCIOUSNESS].points, ==, rows[i].points);
      g_assert_cmpint (result.from_gcs, ==, rows[i].from_gcs);
    }
}

/* Exactly 30 min counts, one microsecond more does not; a bad verdict does not; neither does the
 * future. */
static void
test_freshness (void)
{
  static const struct
  {
    gint64 age_us;
    TwVerdict verdict;
    gboolean counts;
  } rows[] = {
    { 30 * TW_MINUTE, TW_VERDICT_GOOD, TRUE }, { 30 * TW_MINUTE + 1, TW_VERDICT_GOOD, FALSE },
    { 0, TW_VERDICT_DOUBTFUL, TRUE },          { 0, TW_VERDICT_SUSPECT, FALSE },
    { 0, TW_VERDICT_REJECTED, FALSE },         { -5 * TW_MINUTE, TW_VERDICT_GOOD, TRUE },
    { -5 * TW_MINUTE - 1, TW_VERDICT_GOOD, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      TwVitals vitals;
      TwNews2 result;

      put_normal (&vitals);
      vitals.last[TW_CHANNEL_TEMPERATURE]
        = (TwSample) { NOW - rows[i].age_us, 39.4, (TwQuality) (rows[i].verdict << 6) };
      result = score (&vitals, FALSE);
      g_assert_cmpint (result.status, ==, rows[i].counts ? TW_NEWS2_COMPLETE : TW_NEWS2_INCOMPLETE);
      g_assert_cmpint (result.parts[TW_NEWS2_TEMPERATURE].points, ==, rows[i].counts ? 2 : -1);
      g_assert_cmpint (result.parts[TW_NEWS2_TEMPERATURE].t_us, ==, NOW - rows[i].age_us);
      g_assert_cmpint (result.parts[TW_NEWS2_TEMPERATURE].channel, ==, TW_CHANNEL_TEMPERATURE);
      g_assert_cmpint (result.risk, ==, rows[i].counts ? TW_NEWS2_RISK_LOW : TW_NEWS2_RISK_UNKNOWN);
    }
}

/* Every subset of the items, over settings: "at least n" is never above the full score, its
 * class never above the full class, and never low. */
static void
test_at_least (void)
{
  static const TwChannel channels[] = {
    TW_CHANNEL_RESPIRATORY_RATE, TW_CHANNEL_SPO2,          TW_CHANNEL_OXYGEN_FLOW,
    TW_CHANNEL_SYSTOLIC,         TW_CHANNEL_HEART_RATE,    TW_CHANNEL_CONSCIOUSNESS,
    TW_CHANNEL_TEMPERATURE,
  };
  static const double sets[][G_N_ELEMENTS (channels)] = {
    { 15, 97, 0, 120, 70, 0, 36.8 }, { 27, 90, 2, 85, 135, 3, 34.2 },
    { 22, 95, 3, 103, 112, 0, 38.6 }, { 12, 98, 2, 220, 40, 1, 39.1 },
    { 8, 84, 0.5, 111, 91, 0, 36 },
  };

  for (gsize s = 0; s < G_N_ELEMENTS (sets); s++)
    for (int scale_2 = 0; scale_2 < 2; scale_2++)
      {
        TwVitals vitals = { 0 };
        TwNews2 full;

        for (gsize i = 0; i < G_N_ELEMENTS (channels); i++)
          put (&vitals, channels[i], sets[s][i], NOW);
        full = score (&vitals, scale_2);
        g_assert_cmpint (full.status, ==, TW_NEWS2_COMPLETE);
        for (guint mask = 0; mask + 1 < 1u << G_N_ELEMENTS (channels); mask++)
          {
            TwVitals some = { 0 };
            TwNews2 part;

            for (gsize i = 0; i < G_N_ELEMENTS (channels); i++)
              if (mask & 1u << i)
                some.last[channels[i]] = vitals.last[channels[i]];
            part = score (&some, scale_2);
            g_assert_cmpint (part.status, ==, TW_NEWS2_INCOMPLETE);
            g_assert_cmpint (part.total, <=, full.total);
            g_assert_cmpint (part.risk, <=, full.risk);
            g_assert_cmpint (part.risk, !=, TW_NEWS2_RISK_LOW);
          }
      }
}

static void
test_not_used (void)
{
  static const struct
  {
    int age;
    gboolean pregnant, used;
  } rows[] = { { 15, FALSE, FALSE }, { 16, FALSE, TRUE }, { -1, FALSE, TRUE },
               { 31, TRUE, FALSE },  { 0, FALSE, FALSE }, { 99, FALSE, TRUE } };
  g_autoptr (TwNews2Table) table = load_table ();

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (TwPatient) patient = make_patient (rows[i].age, FALSE, rows[i].pregnant);
      TwVitals vitals;
      TwNews2 result;

      put_normal (&vitals);
      put (&vitals, TW_CHANNEL_HEART_RATE, 180, NOW);
      tw_news2_evaluate (table, patient, &vitals, NOW, &result);
      g_assert_cmpint (result.status, ==, rows[i].used ? TW_NEWS2_COMPLETE : TW_NEWS2_NOT_USED);
      g_assert_cmpint (result.total, ==, rows[i].used ? 3 : 0);
      if (!rows[i].used)
        for (int item = 0; item < TW_NEWS2_N_ITEMS; item++)
          g_assert_cmpint (result.parts[item].points, ==, -1);
    }
}

/* Replaces the first occurrence of from in the real table. */
static char *
dup_changed (const char *from, const char *to)
{
  g_autofree char *text = tw_test_dup_table ("news2.csv");
  char *at = strstr (text, from);

  g_assert_nonnull (at);
  return g_strdup_printf ("%.*s%s%s", (int) (at - text), text, to, at + strlen (from));
}

static void
test_bad_tables (void)
{
  static const char *const rows[][2] = {
    { "# table: news2", "# table: clean" },
    { "respiration,,,9,11,1", "respiration,,,10,11,1" },       /* a hole */
    { "respiration,,,9,11,1", "respiration,,,8,11,1" },        /* an overlap */
    { "respiration,,,25,,3", "" },                             /* no last band */
    { "pulse,,,131,,3", "pulse,,,131,,4" },                    /* too many points */
    { "pulse,,,131,,3", "pulse,,,131,,2.5" },
    { "pulse,,,131,,3", "pulse,,,131,," },
    { "pulse,,,131,,3", "heart,,,131,,3" },
    { "pulse,,,131,,3", "pulse,,,131,x,3" },
    { "spo2,2,air,93,,0", "spo2,3,air,93,,0" },
    { "spo2,2,air,93,,0", "spo2,2,steam,93,,0" },
    { "spo2,2,air,93,,0", "" },                                /* scale 2 on air has no end */
    { "oxygen,,air,,,0", "" },
    { "oxygen,,air,,,0", "oxygen,,,,,0" },
    { "oxygen,,air,,,0", "oxygen,,oxygen,,,0" },
    { "temperature,,,39.1,,2", "temperature,,,39.1,,2\ntemperature,,,45,,3" },
    { "# high_total: 7", "# high_total: seven" },
    { "# high_total: 7", "# high_totals: 7" },
    { "# max_age_min: 30", "# max_age_min: -1" },
    { "# decimals_temperature: 1", "# decimals_temperature: 1.5" },
    { "item,scale,air,low,high,points", "item,scale,air,low,high,score" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = dup_changed (rows[i][0], rows[i][1]);
      g_autoptr (GError) error = NULL;
      TwNews2Table *table = tw_news2_table_new (text, -1, &error);

      if (table != NULL)
        g_error ("accepted: \"%s\" for \"%s\"", rows[i][1], rows[i][0]);
      g_assert_nonnull (error);
      g_assert_cmpint (error->domain, ==, TW_TABLE_ERROR);
    }
}

/* A ward may give one item its own age; the others keep theirs. */
static void
test_own_age (void)
{
  g_autofree char *text = dup_changed ("# max_age_min: 30",
                                       "# max_age_min: 30\n# max_age_min_consciousness: 240");
  g_autoptr (GError) error = NULL;
  g_autoptr (TwNews2Table) table = tw_news2_table_new (text, -1, &error);
  g_autoptr (TwPatient) patient = make_patient (71, FALSE, FALSE);
  TwVitals vitals;
  TwNews2 result;

  g_assert_no_error (error);
  put_normal (&vitals);
  put (&vitals, TW_CHANNEL_CONSCIOUSNESS, TW_ACVPU_ALERT, NOW - 240 * TW_MINUTE);
  tw_news2_evaluate (table, patient, &vitals, NOW, &result);
  g_assert_cmpint (result.status, ==, TW_NEWS2_COMPLETE);
  put (&vitals, TW_CHANNEL_SPO2, 97, NOW - 31 * TW_MINUTE);
  tw_news2_evaluate (table, patient, &vitals, NOW, &result);
  g_assert_cmpint (result.status, ==, TW_NEWS2_INCOMPLETE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/risk/news2/boundaries", test_boundaries);
  g_test_add_func ("/risk/news2/every-value", test_every_value);
  g_test_add_func ("/risk/news2/rounding", test_rounding);
  g_test_add_func ("/risk/news2/not-a-value", test_not_a_value);
  g_test_add_func ("/risk/news2/monotone", test_monotone);
  g_test_add_func ("/risk/news2/complete", test_complete);
  g_test_add_func ("/risk/news2/classes", test_classes);
  g_test_add_func ("/risk/news2/oxygen", test_oxygen);
  g_test_add_func ("/risk/news2/scale-2", test_scale_2);
  g_test_add_func ("/risk/news2/consciousness", test_consciousness);
  g_test_add_func ("/risk/news2/freshness", test_freshness);
  g_test_add_func ("/risk/news2/at-least", test_at_least);
  g_test_add_func ("/risk/news2/not-used", test_not_used);
  g_test_add_func ("/risk/news2/bad-tables", test_bad_tables);
  g_test_add_func ("/risk/news2/own-age", test_own_age);
  return g_test_run ();
}
