/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is entered in error, or corrected, leaves nothing behind: series, statistics, flags and twin of a
 * session that saw it equal those of one that never did. */
#include "config.h"

#include "tw-scripted-source.h"
#include "tw-session.h"
#include "tw-time.h"

#include <gsl/gsl_errno.h>
#include <math.h>

#define T0 ((gint64) 1767268800 * TW_SECOND) /* 2026-01-01 12:00 UTC */
#define N_STEPS 90

/* One session on the common clock. */
typedef struct
{
  TwScriptedSource *source;
  TwSession *session;
  gboolean freed;
} Side;

static gint64 mono_us;

static gint64
fake_monotonic (gpointer data)
{
  return mono_us;
}

static gint64
fake_wall (gpointer data)
{
  return T0;
}

static void
open_side (Side *side)
{
  const TwClock clock = { fake_monotonic, fake_wall, NULL };
  g_autoptr (GError) error = NULL;

  side->source = tw_scripted_source_new (&side->freed);
  side->session = tw_session_new (&side->source->base, &clock, &error);
  g_assert_no_error (error);
  tw_session_start (side->session);
  tw_scripted_source_clock (side->source, mono_us, T0);
  tw_scripted_source_roster (side->source, 1);
  tw_scripted_source_state (side->source, TW_FEED_LIVE);
}

static void
close_side (Side *side)
{
  g_assert_finalize_object (side->session);
  g_assert_true (side->freed);
}

/* Until nothing is left to do. */
static void
work_off (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
settle (void)
{
  gint64 end_us = g_get_monotonic_time () + 600 * 1000;

  while (g_get_monotonic_time () < end_us)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (2000);
}

/* A wrong value of the heart rate. */
typedef struct
{
  const char *name;
  int at_s;          /* seconds after T0 */
  double value;
  int undone_after;  /* steps of a minute after the wrong value came */
  double instead;    /* NaN: entered in error */
} Case;

static void
say (Side *side, TwChannel channel, gint64 t_us, double value, guint32 flags)
{
  tw_scripted_source_say (side->source, 0, channel, t_us, value, flags);
}

/* A minute of both signals on both sides; heart rate and saturation with some life in them. */
static void
say_minute (Side *sides, int step, gint64 but_us)
{
  gint64 t_us = T0 + step * TW_MINUTE;

  for (int i = 0; i < 2; i++)
    {
      if (t_us != but_us)
        say (&sides[i], TW_CHANNEL_HEART_RATE, t_us, 81.5 + 4 * sin (step / 7.0) + step % 3, 0);
      say (&sides[i], TW_CHANNEL_SPO2, t_us, 96 + step % 2, 0);
    }
}

static void
assert_equal_forecasts (const TwForecast *a, const TwForecast *b)
{
  g_assert_cmpint (a->status, ==, b->status);
  g_assert_cmpuint (a->n_points, ==, b->n_points);
  for (guint i = 0; i < a->n_points; i++)
    {
      const TwForecastPoint *x = &a->points[i], *y = &b->points[i];

      g_assert_cmpint (x->horizon_min, ==, y->horizon_min);
      g_assert_cmpfloat_with_epsilon (x->variance, y->variance, 1e-9);
      for (int q = 0; q < TW_N_QUANTILES; q++)
        g_assert_cmpfloat_with_epsilon (x->q[q], y->q[q], 1e-9);
    }
}

static void
assert_equal_series (TwSeriesView *a, TwSeriesView *b)
{
  gsize n = tw_series_view_get_length (a);

  g_assert_cmpuint (n, ==, tw_series_view_get_length (b));
  for (gsize i = 0; i < n; i++)
    {
      TwSample x, y;

      tw_series_view_get (a, i, &x);
      tw_series_view_get (b, i, &y);
      g_assert_cmpint (x.t_us, ==, y.t_us);
      g_assert_cmpfloat (x.value, ==, y.value);
      g_assert_cmpint (x.quality, ==, y.quality);
    }
}

/* Everything that is told of heart rate, and the flags. */
static void
assert_equal_patients (Side *sides)
{
  g_autoptr (TwSnapshot) a = tw_session_get_snapshot (sides[0].session, 0);
  g_autoptr (TwSnapshot) b = tw_session_get_snapshot (sides[1].session, 0);
  const TwChannelSnapshot *x = &a->channels[TW_CHANNEL_HEART_RATE];
  const TwChannelSnapshot *y = &b->channels[TW_CHANNEL_HEART_RATE];

  assert_equal_series (x->series, y->series);
  g_assert_cmpint (x->last.t_us, ==, y->last.t_us);
  g_assert_cmpfloat (x->last.value, ==, y->last.value);
  g_assert_cmpfloat_with_epsilon (x->trend.per_hour, y->trend.per_hour, 1e-9);
  assert_equal_forecasts (&x->forecast, &y->forecast);
  g_assert_cmpuint (a->flags->len, ==, b->flags->len);
  g_assert_cmpint (a->news2.total, ==, b->news2.total);
}

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  Side sides[2] = { 0 };
  gint64 wrong_us = T0 + c->at_s * TW_SECOND;
  int came = (c->at_s + 59) / 60;

  mono_us = 5 * TW_SECOND;
  for (int i = 0; i < 2; i++)
    open_side (&sides[i]);
  for (int step = 0; step < N_STEPS; step++)
    {
      mono_us += TW_MINUTE;
      say_minute (sides, step, wrong_us);
      if (step == came)
        {
          say (&sides[0], TW_CHANNEL_HEART_RATE, wrong_us, c->value, 0);
          if (!isnan (c->instead))
            say (&sides[1], TW_CHANNEL_HEART_RATE, wrong_us, c->instead, 0);
        }
      if (step == came + c->undone_after)
        say (&sides[0], TW_CHANNEL_HEART_RATE, wrong_us, c->instead,
             isnan (c->instead) ? TW_OBSERVATION_WITHDRAWN : TW_OBSERVATION_CORRECTED);
      work_off ();
    }
  settle ();
  assert_equal_patients (sides);
  for (int i = 0; i < 2; i++)
    close_side (&sides[i]);
}

int
main (int argc, char **argv)
{
  static const Case cases[] = {
    { "at-once", 30 * 60 + 30, 118.5, 0, NAN },
    { "later", 30 * 60 + 30, 101.5, 20, NAN },
    { "much-later", 20 * 60 + 30, 97.5, 65, NAN },
    { "alarming", 40 * 60 + 30, 158.5, 10, NAN },
    { "impossible", 40 * 60 + 30, 480, 10, NAN },
    { "newest", (N_STEPS - 1) * 60 - 20, 104.5, 0, NAN },
    { "first", 0, 95.5, 30, NAN },
    { "corrected", 30 * 60, 104.5, 15, 82.5 },
    { "corrected-at-once", 30 * 60, 104.5, 0, 82.5 },
  };

  g_test_init (&argc, &argv, NULL);
  gsl_set_error_handler_off ();
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/session/withdrawal/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  return g_test_run ();
}
