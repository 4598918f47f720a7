/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The demo ward: the same seed gives the same values, the numbers agree with each other, the
 * stories happen. */
#include "config.h"

#include "tw-demo-ward.h"
#include "tw-time.h"

#include <math.h>

#define START_US (G_GINT64_CONSTANT (1795363200123456)) /* not on the 5 s grid */

typedef struct
{
  GArray *ticks; /* TwTick */
  GArray *gaps;  /* TwTickGap */
} Heard;

static void
on_tick (const TwTick *tick, gpointer data)
{
  Heard *heard = data;
  g_array_append_vals (heard->ticks, tick, 1);
}

static void
on_gap (const TwTickGap *gap, gpointer data)
{
  Heard *heard = data;
  g_array_append_vals (heard->gaps, gap, 1);
}

static const TwWardSink sink = { on_tick, on_gap };

/* Plays from the history to hours after the start, in steps of step_us. */
static void
listen_to (Heard *heard, guint64 seed, double history_h, double hours, gint64 step_us)
{
  g_autoptr (GError) error = NULL;
  TwDemoWardOptions options = { seed, START_US, (gint64) (history_h * TW_HOUR), NULL };
  g_autoptr (TwWardFeed) feed = tw_demo_ward_new (&options, &error);
  gint64 end_us = START_US + (gint64) (hours * TW_HOUR);

  g_assert_no_error (error);
  g_assert_cmpstr (feed->ward, ==, "Ward 3B");
  g_assert_cmpuint (feed->patients->len, ==, 8);
  heard->ticks = g_array_new (FALSE, FALSE, sizeof (TwTick));
  heard->gaps = g_array_new (FALSE, FALSE, sizeof (TwTickGap));
  tw_ward_feed_set_sink (feed, &sink, heard);
  for (gint64 t_us = START_US; t_us < end_us; t_us += step_us)
    tw_ward_feed_advance (feed, t_us);
  tw_ward_feed_advance (feed, end_us);
}

static void
forget (Heard *heard)
{
  g_array_unref (heard->ticks);
  g_array_unref (heard->gaps);
}

static const TwTick *
tick_at (const Heard *heard, guint index)
{
  return &g_array_index (heard->ticks, TwTick, index);
}

static gboolean
same_tick (const TwTick *a, const TwTick *b)
{
  if (a->patient != b->patient || a->t_us != b->t_us || a->rx_us != b->rx_us || a->n != b->n)
    return FALSE;
  for (guint i = 0; i < a->n; i++)
    if (a->values[i].channel != b->values[i].channel || a->values[i].unit != b->values[i].unit
        || memcmp (&a->values[i].value, &b->values[i].value, sizeof (double)) != 0)
      return FALSE;
  return TRUE;
}

static void
test_same_seed (void)
{
  Heard one, other, shorter, foreign;
  guint offset;
  gboolean differs = FALSE;

  listen_to (&one, 42, 6.0, 2.0, TW_HOUR);
  listen_to (&other, 42, 6.0, 2.0, 1237 * 1000); /* however often it is asked */
  listen_to (&shorter, 42, 1.5, 2.0, TW_MINUTE); /* however much history is told */
  listen_to (&foreign, 43, 6.0, 2.0, TW_HOUR);

  g_assert_cmpuint (one.ticks->len, >, 8 * 5000);
  g_assert_cmpuint (one.ticks->len, ==, other.ticks->len);
  for (guint i = 0; i < one.ticks->len; i++)
    g_assert_true (same_tick (tick_at (&one, i), tick_at (&other, i)));

  offset = one.ticks->len - shorter.ticks->len;
  for (guint i = shorter.ticks->len; i > shorter.ticks->len - 1000; i--)
    g_assert_true (same_tick (tick_at (&one, offset + i - 1), tick_at (&shorter, i - 1)));

  for (guint i = 0; i < MIN (one.ticks->len, foreign.ticks->len) && !differs; i++)
    differs = !same_tick (tick_at (&one, i), tick_at (&foreign, i));
  g_assert_true (differs);
  forget (&one);
  forget (&other);
  forget (&shorter);
  forget (&foreign);
}

static double
value_of (const TwTick *tick, TwChannel channel)
{
  for (guint i = 0; i < tick->n; i++)
    if (tick->values[i].channel == channel)
      return tick->values[i].value;
  return (double) NAN;
}

/* Everything that devices send can be sent by a device, and pressures fit even in artefacts. */
static void
test_consistent (void)
{
  static const struct
  {
    TwChannel channel;
    double low, high, resolution;
  } limits[] = {
    { TW_CHANNEL_HEART_RATE, 0, 240, 1 },        { TW_CHANNEL_SYSTOLIC, 20, 260, 1 },
    { TW_CHANNEL_DIASTOLIC, 10, 150, 1 },        { TW_CHANNEL_MAP, 15, 190, 1 },
    { TW_CHANNEL_RESPIRATORY_RATE, 3, 60, 1 },   { TW_CHANNEL_SPO2, 40, 100, 1 },
    { TW_CHANNEL_TEMPERATURE, 34, 41.5, 0.1 },   { TW_CHANNEL_GLUCOSE, 2.2, 22.2, 0.1 },
    { TW_CHANNEL_CONSCIOUSNESS, 0, 4, 1 },       { TW_CHANNEL_OXYGEN_FLOW, 0, 15, 0.5 },
  };
  guint n_sets = 0, n_unfit = 0, n_artefacts = 0;
  gint64 last_rx_us = 0;
  Heard heard;

  listen_to (&heard, 1, 6.0, 20.0, TW_HOUR);
  for (guint i = 0; i < heard.ticks->len; i++)
    {
      const TwTick *tick = tick_at (&heard, i);
      double systolic = value_of (tick, TW_CHANNEL_SYSTOLIC);
      double diastolic = value_of (tick, TW_CHANNEL_DIASTOLIC);
      double mean = value_of (tick, TW_CHANNEL_MAP), rate = value_of (tick, TW_CHANNEL_HEART_RATE);

      g_assert_cmpint (tick->rx_us, >=, last_rx_us);
      g_assert_cmpint (tick->rx_us, >=, tick->t_us);
      g_assert_cmpint (tick->t_us % (5 * TW_SECOND), ==, 0);
      last_rx_us = tick->rx_us;
      for (gsize c = 0; c < G_N_ELEMENTS (limits); c++)
        {
          double value = value_of (tick, limits[c].channel), steps = value / limits[c].resolution;
          if (isnan (value))
            continue;
          g_assert_cmpfloat (value, >=, limits[c].low);
          g_assert_cmpfloat (value, <=, limits[c].high);
          g_assert_cmpfloat_with_epsilon (steps, round (steps), 1e-6);
        }
      if (!isnan (mean))
        {
          g_assert_cmpfloat (diastolic, <, mean);
          g_assert_cmpfloat (mean, <, systolic);
          n_unfit += fabs (mean - (systolic + 2.0 * diastolic) / 3.0) > 3.0;
          n_sets++;
        }
      n_artefacts += rate <= 0.0;
    }
  g_assert_cmpuint (n_sets, >, 20000);
  g_assert_cmpuint (n_unfit, >, 0); /* a cuff now and then reads low */
  g_assert_cmpuint (n_unfit, <, n_sets / 1000);
  g_assert_cmpuint (n_artefacts, >, 2);
  g_assert_cmpuint (heard.gaps->len, >, 3);
  forget (&heard);
}

/* Mean of a bed's channel between two minutes of the story; NaN when nothing came. */
static double
mean_of (const Heard *heard, guint bed, TwChannel channel, double from_min, double to_min)
{
  double sum = 0.0;
  guint n = 0;
  for (guint i = 0; i < heard->ticks->len; i++)
    {
      const TwTick *tick = tick_at (heard, i);
      double minute = (double) (tick->t_us - START_US) / TW_MINUTE, value;
      if (tick->patient != bed - 1 || minute < from_min || minute >= to_min)
        continue;
      value = value_of (tick, channel);
      if (isnan (value))
        continue;
      sum += value;
      n++;
    }
  return n > 0 ? sum / n : (double) NAN;
}

/* Correlation of the minute means of two channels of a bed. */
static double
correlation (const Heard *heard, guint bed, TwChannel a, TwChannel b, int from_min, int to_min)
{
  double sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0;
  int n = 0;
  for (int minute = from_min; minute < to_min; minute += 5)
    {
      double x = mean_of (heard, bed, a, minute, minute + 5), y = mean_of (heard, bed, b, minute,
                                                                           minute + 5);
      if (isnan (x) || isnan (y))
        continue;
      sa += x;
      sb += y;
      saa += x * x;
      sbb += y * y;
      sab += x * y;
      n++;
    }
  g_assert_cmpint (n, >, 8);
  return (n * sab - sa * sb) / sqrt ((n * saa - sa * sa) * (n * sbb - sb * sb));
}

static void
test_stories (void)
{
  static const guint64 seeds[] = { 1, 2, 77 };

  for (gsize s = 0; s < G_N_ELEMENTS (seeds); s++)
    {
      Heard heard;
      g_test_message ("seed %" G_GUINT64_FORMAT, seeds[s]);
      listen_to (&heard, seeds[s], 6.0, 2.5, TW_HOUR);

      /* 1: calm. */
      g_assert_cmpfloat_with_epsilon (mean_of (&heard, 1, TW_CHANNEL_HEART_RATE, -60, 60), 72.0,
                                      8.0);
      g_assert_cmpfloat_with_epsilon (mean_of (&heard, 1, TW_CHANNEL_RESPIRATORY_RATE, -60, 60),
                                      14.0, 3.0);
      /* 2: sepsis: fever, fast heart and breathing at the start, worse an hour later. */
      g_assert_cmpfloat (mean_of (&heard, 2, TW_CHANNEL_TEMPERATURE, -30, 30), >, 38.0);
      g_assert_cmpfloat (mean_of (&heard, 2, TW_CHANNEL_RESPIRATORY_RATE, -10, 10), >, 20.5);
      g_assert_cmpfloat (mean_of (&heard, 2, TW_CHANNEL_SYSTOLIC, 60, 80), <, 105.0);
      g_assert_cmpfloat (correlation (&heard, 2, TW_CHANNEL_HEART_RATE, TW_CHANNEL_RESPIRATORY_RATE,
                                      -240, 100), >, 0.5);
      g_assert_cmpfloat (correlation (&heard, 2, TW_CHANNEL_SPO2, TW_CHANNEL_RESPIRATORY_RATE, -240,
                                      60), <, -0.3);
      /* 3: bleeding: MAP still above 65 at the start, below it soon after +25 min, treated later.
       * */
      g_assert_cmpfloat (mean_of (&heard, 3, TW_CHANNEL_MAP, -5, 5), >, 68.0);
      g_assert_cmpfloat (mean_of (&heard, 3, TW_CHANNEL_MAP, 33, 38), <, 65.0);
      g_assert_cmpfloat (mean_of (&heard, 3, TW_CHANNEL_MAP, 100, 130), >, 75.0);
      g_assert_cmpfloat (correlation (&heard, 3, TW_CHANNEL_HEART_RATE, TW_CHANNEL_MAP, -120, 40),
                         <, -0.7);
      /* 4: Scale 2 with oxygen. */
      g_assert_cmpfloat (mean_of (&heard, 4, TW_CHANNEL_OXYGEN_FLOW, -60, 60), ==, 2.0);
      g_assert_cmpfloat_with_epsilon (mean_of (&heard, 4, TW_CHANNEL_SPO2, -60, 60), 90.0, 1.6);
      /* 5: the sensor is off, comes back, goes again. */
      g_assert_true (isnan (mean_of (&heard, 5, TW_CHANNEL_SPO2, -5.8, 17.8)));
      g_assert_false (isnan (mean_of (&heard, 5, TW_CHANNEL_HEART_RATE, -5.8, 17.8)));
      g_assert_false (isnan (mean_of (&heard, 5, TW_CHANNEL_SPO2, 19, 40)));
      g_assert_true (isnan (mean_of (&heard, 5, TW_CHANNEL_SPO2, 41.2, 49.8)));
      /* 6: slow. */
      g_assert_cmpfloat (mean_of (&heard, 6, TW_CHANNEL_HEART_RATE, -10, 20), <, 53.0);
      /* 7: another regime. */
      g_assert_cmpfloat (fabs (correlation (&heard, 7, TW_CHANNEL_HEART_RATE, TW_CHANNEL_MAP, -40,
                                            80)), >, 0.3);
      /* 8: glucose as the sensor sends it, in mmol/L. */
      g_assert_cmpfloat (mean_of (&heard, 8, TW_CHANNEL_GLUCOSE, -10, 20), >, 8.0);
      g_assert_cmpfloat (mean_of (&heard, 8, TW_CHANNEL_GLUCOSE, -10, 20), <, 17.0);
      forget (&heard);
    }
}

/* What NEWS2 needs is there within 30 min at the start on every adult bed. */
static void
test_complete (void)
{
  Heard heard;

  listen_to (&heard, 1, 6.0, 0.1, TW_HOUR);
  for (guint bed = 1; bed <= 7; bed++)
    {
      g_assert_false (isnan (mean_of (&heard, bed, TW_CHANNEL_TEMPERATURE, -29, 0.1)));
      g_assert_false (isnan (mean_of (&heard, bed, TW_CHANNEL_CONSCIOUSNESS, -29, 0.1)));
      g_assert_false (isnan (mean_of (&heard, bed, TW_CHANNEL_OXYGEN_FLOW, -29, 0.1)));
      g_assert_false (isnan (mean_of (&heard, bed, TW_CHANNEL_SYSTOLIC, -29, 0.1)));
    }
  forget (&heard);
}

static void
test_people (void)
{
  g_autoptr (GError) error = NULL;
  TwDemoWardOptions options = { 1, START_US, TW_HOUR, "Ward 7 & 8" };
  g_autoptr (TwWardFeed) feed = tw_demo_ward_new (&options, &error);
  static const int ages[] = { 46, 68, 59, 72, 34, 80, 63, 9 };

  g_assert_no_error (error);
  g_assert_cmpstr (feed->ward, ==, "Ward 7 & 8");
  g_assert_true (feed->invented);
  for (guint i = 0; i < 8; i++)
    {
      TwPatient *patient = g_ptr_array_index (feed->patients, i);
      g_assert_cmpint (tw_patient_age_years (patient, START_US), ==, ages[i]);
      g_assert_true (tw_patient_get (patient)->invented);
    }
  g_assert_cmpint (tw_patient_category (g_ptr_array_index (feed->patients, 7), START_US), ==,
                   TW_CATEGORY_CHILD);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gateway/demo-ward/same-seed", test_same_seed);
  g_test_add_func ("/gateway/demo-ward/consistent", test_consistent);
  g_test_add_func ("/gateway/demo-ward/stories", test_stories);
  g_test_add_func ("/gateway/demo-ward/complete", test_complete);
  g_test_add_func ("/gateway/demo-ward/people", test_people);
  return g_test_run ();
}
