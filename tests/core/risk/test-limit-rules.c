/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Limit flags: boundaries, persistence by sample time, hysteresis, artefacts, charted values,
 * stale ones. */
#include "config.h"

#include "tw-risk-fixture.h"

/* Both sides of every limit of every set in the table, as charted values, and the level on each
 * side. */
static void
test_every_boundary (void)
{
  static const struct
  {
    int age;
    gboolean scale_2;
    TwChannel channel;
    const char *rule;
    double step;
    double limits[3]; /* advisory, warning, urgent; 0: none */
  } rows[] = {
    { 71, FALSE, TW_CHANNEL_HEART_RATE, "heart_rate-low", -1, { 50, 40, 30 } },
    { 71, FALSE, TW_CHANNEL_HEART_RATE, "heart_rate-high", 1, { 0, 120, 150 } },
    { 71, FALSE, TW_CHANNEL_SPO2, "spo2-low", -1, { 94, 90, 85 } },
    { 71, TRUE, TW_CHANNEL_SPO2, "spo2-low", -1, { 88, 85, 80 } },
    { 71, TRUE, TW_CHANNEL_MAP, "map-low", -1, { 0, 65, 55 } },
    { 71, FALSE, TW_CHANNEL_MAP, "map-low", -1, { 0, 65, 55 } },
    { 71, FALSE, TW_CHANNEL_MAP, "map-high", 1, { 110, 130, 0 } },
    { 71, FALSE, TW_CHANNEL_SYSTOLIC, "systolic-low", -1, { 90, 0, 70 } },
    { 71, FALSE, TW_CHANNEL_SYSTOLIC, "systolic-high", 1, { 180, 220, 0 } },
    { 71, FALSE, TW_CHANNEL_DIASTOLIC, "diastolic-high", 1, { 110, 130, 0 } },
    { 71, FALSE, TW_CHANNEL_RESPIRATORY_RATE, "respiratory_rate-low", -1, { 0, 8, 6 } },
    { 71, FALSE, TW_CHANNEL_RESPIRATORY_RATE, "respiratory_rate-high", 1, { 0, 30, 40 } },
    { 71, FALSE, TW_CHANNEL_TEMPERATURE, "temperature-high", .1, { 38, 39, 40.5 } },
    { 71, FALSE, TW_CHANNEL_TEMPERATURE, "temperature-low", -.1, { 35, 34, 32 } },
    { 71, FALSE, TW_CHANNEL_GLUCOSE, "glucose-low", -1, { 0, 70, 54 } },
    { 71, FALSE, TW_CHANNEL_GLUCOSE, "glucose-high", 1, { 250, 360, 0 } },
    { 9, FALSE, TW_CHANNEL_HEART_RATE, "heart_rate-high", 1, { 0, 135, 160 } },
    { 11, FALSE, TW_CHANNEL_HEART_RATE, "heart_rate-high", 1, { 0, 135, 160 } },
    { 12, FALSE, TW_CHANNEL_HEART_RATE, "heart_rate-high", 1, { 0, 120, 150 } },
    { 4, FALSE, TW_CHANNEL_HEART_RATE, "heart_rate-low", -1, { 0, 75, 60 } },
    { 5, FALSE, TW_CHANNEL_HEART_RATE, "heart_rate-low", -1, { 60, 50, 40 } },
    { 0, FALSE, TW_CHANNEL_RESPIRATORY_RATE, "respiratory_rate-high", 1, { 0, 60, 75 } },
    { 1, FALSE, TW_CHANNEL_RESPIRATORY_RATE, "respiratory_rate-high", 1, { 0, 45, 60 } },
    { 15, FALSE, TW_CHANNEL_MAP, "map-low", -1, { 0, 58, 50 } },
    { 16, FALSE, TW_CHANNEL_MAP, "map-low", -1, { 0, 65, 55 } },
    { -1, FALSE, TW_CHANNEL_MAP, "map-low", -1, { 0, 65, 55 } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    for (int l = 0; l < 3; l++)
      for (int beyond = 0; beyond < 2; beyond++)
        {
          TwLevel expected = TW_LEVEL_NONE;
          Fixture f;

          if (rows[i].limits[l] == 0)
            continue;
          for (int k = 0; k < l + beyond; k++)
            if (rows[i].limits[k] != 0)
              expected = TW_LEVEL_LOW + k;
          start_patient (&f, rows[i].age, rows[i].scale_2);
          set_spacing (&f, rows[i].channel, 3600);
          put (&f, rows[i].channel, 0, rows[i].limits[l] + (beyond ? rows[i].step : 0), GOOD);
          step (&f, 20);
          if (level_of (&f, rows[i].rule) != expected)
            g_error ("%s age %d, limit %g%s: level %d, expected %d", rows[i].rule, rows[i].age,
                     rows[i].limits[l], beyond ? " crossed" : "",
                     level_of (&f, rows[i].rule), expected);
          finish (&f);
        }
}

/* A stream: 40 s of heart rate above the limit, by the times of the samples. */
static void
test_persistence (void)
{
  Fixture f;

  start (&f);
  set_spacing (&f, TW_CHANNEL_HEART_RATE, 1);
  stream (&f, TW_CHANNEL_HEART_RATE, 0, 60, 83);
  stream (&f, TW_CHANNEL_HEART_RATE, 60, 40, 127); /* 60..99: 39 s */
  g_assert_cmpint (level_of (&f, "heart_rate-high"), ==, TW_LEVEL_NONE);
  g_assert_cmpint (tw_risk_get_n_pending (f.risk), ==, 1);
  put (&f, TW_CHANNEL_HEART_RATE, 100, 127, GOOD);
  g_assert_true (step (&f, 100));
  g_assert_cmpint (level_of (&f, "heart_rate-high"), ==, TW_LEVEL_MEDIUM);
  g_assert_cmpint (tw_risk_get_n_pending (f.risk), ==, 0);
  {
    const TwFlagFields *flag = find_flag (&f, "heart_rate-high");

    g_assert_cmpint (flag->kind, ==, TW_FLAG_LIMIT);
    g_assert_cmpint (flag->state, ==, TW_FLAG_ACTIVE);
    g_assert_cmpint (flag->since_us, ==, AT (60));
    g_assert_cmpint (flag->raised_us, ==, AT (100));
    g_assert_cmpint (flag->value_us, ==, AT (100));
    g_assert_cmpfloat (flag->value, ==, 127);
    g_assert_cmpfloat (flag->limit, ==, 120);
    g_assert_false (flag->below);
    g_assert_cmpstr (flag->table_version, ==, "1");
    g_assert_cmpuint (flag->n_evidence, ==, 2);
    g_assert_cmpint (flag->evidence[0].t_us, ==, AT (100));
    g_assert_cmpint (flag->evidence[1].t_us, ==, AT (60));
    g_assert_cmpint (flag->evidence[1].points, ==, -1);
  }
  finish (&f);
}

/* One value inside breaks the row; an artefact does not. */
static void
test_interrupted (void)
{
  static const struct
  {
    double value;
    TwQuality quality;
    gboolean raises;
  } rows[] = {
    { 83, GOOD, FALSE }, { 83, DOUBTFUL, FALSE }, { 83, SPIKE, TRUE }, { 20, EXTREME, TRUE },
    { NAN, TW_QUALITY_OF (TW_VERDICT_REJECTED, TW_REASON_ZERO), TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      Fixture f;

      start (&f);
      set_spacing (&f, TW_CHANNEL_HEART_RATE, 1);
      stream (&f, TW_CHANNEL_HEART_RATE, 0, 20, 83);
      stream (&f, TW_CHANNEL_HEART_RATE, 20, 25, 127);
      put (&f, TW_CHANNEL_HEART_RATE, 45, rows[i].value, rows[i].quality);
      step (&f, 45);
      stream (&f, TW_CHANNEL_HEART_RATE, 46, 20, 127);
      g_assert_cmpint (level_of (&f, "heart_rate-high") == TW_LEVEL_MEDIUM, ==, rows[i].raises);
      finish (&f);
    }
}

/* Artefacts alone raise nothing, however many, however charted. */
static void
test_artefact_alone (void)
{
  static const double spacings[] = { 0, 1, 60, 3600 };

  for (gsize i = 0; i < G_N_ELEMENTS (spacings); i++)
    {
      Fixture f;

      start (&f);
      set_spacing (&f, TW_CHANNEL_HEART_RATE, spacings[i]);
      for (int k = 0; k < 20; k++)
        {
          put (&f, TW_CHANNEL_HEART_RATE, k * MAX (spacings[i], 1), 190, SPIKE);
          step (&f, k * MAX (spacings[i], 1) + .5);
          g_assert_cmpint (level_of (&f, "heart_rate-high"), ==, TW_LEVEL_NONE);
        }
      finish (&f);
    }
}

/* A value that is suspect only because it is extreme: one raises nothing, a row of them does. */
static void
test_extreme (void)
{
  Fixture f;

  start (&f);
  set_spacing (&f, TW_CHANNEL_SPO2, 1);
  stream (&f, TW_CHANNEL_SPO2, 0, 20, 97);
  for (int k = 20; k <= 20 + 3 * 15; k++)
    {
      g_assert_cmpint (level_of (&f, "spo2-low"), ==, TW_LEVEL_NONE);
      put (&f, TW_CHANNEL_SPO2, k, 64, EXTREME);
      step (&f, k);
    }
  g_assert_cmpint (level_of (&f, "spo2-low"), ==, TW_LEVEL_HIGH);
  finish (&f);

  /* Two of them in a stream are not enough, however far apart; the third is. */
  start (&f);
  set_spacing (&f, TW_CHANNEL_SPO2, 60);
  for (int k = 0; k < 3; k++)
    {
      g_assert_cmpint (level_of (&f, "spo2-low"), ==, TW_LEVEL_NONE);
      put (&f, TW_CHANNEL_SPO2, k * 60, 64, EXTREME);
      step (&f, k * 60 + 1);
    }
  g_assert_cmpint (level_of (&f, "spo2-low"), ==, TW_LEVEL_HIGH);
  finish (&f);

  start (&f);
  set_spacing (&f, TW_CHANNEL_SPO2, 3600);
  put (&f, TW_CHANNEL_SPO2, 0, 64, EXTREME);
  step (&f, 60);
  step (&f, 120);
  g_assert_cmpint (level_of (&f, "spo2-low"), ==, TW_LEVEL_NONE);
  put (&f, TW_CHANNEL_SPO2, 3600, 66, EXTREME);
  step (&f, 3660);
  g_assert_cmpint (level_of (&f, "spo2-low"), ==, TW_LEVEL_HIGH);
  finish (&f);
}

/* Charted: good at once, doubtful at the next evaluation, and never twice from one look. */
static void
test_charted (void)
{
  Fixture f;

  start (&f);
  set_spacing (&f, TW_CHANNEL_HEART_RATE, 3600);
  put (&f, TW_CHANNEL_HEART_RATE, 0, 82, GOOD);
  step (&f, 5);
  put (&f, TW_CHANNEL_HEART_RATE, 3600, 151, GOOD);
  g_assert_true (step (&f, 3601));
  g_assert_cmpint (level_of (&f, "heart_rate-high"), ==, TW_LEVEL_HIGH);
  finish (&f);

  start (&f);
  set_spacing (&f, TW_CHANNEL_HEART_RATE, 3600);
  put (&f, TW_CHANNEL_HEART_RATE, 0, 82, GOOD);
  step (&f, 5);
  put (&f, TW_CHANNEL_HEART_RATE, 3600, 151, DOUBTFUL);
  step (&f, 3601);
  step (&f, 3601); /* the same moment again is not another evaluation */
  g_assert_cmpint (level_of (&f, "heart_rate-high"), ==, TW_LEVEL_NONE);
  g_assert_true (step (&f, 3602));
  g_assert_cmpint (level_of (&f, "heart_rate-high"), ==, TW_LEVEL_HIGH);
  finish (&f);
}

/* The doubtful value turns out to be a spike before it raised anything: it is taken back. */
static void
test_taken_back (void)
{
  Fixture f;

  start (&f);
  set_spacing (&f, TW_CHANNEL_HEART_RATE, 3600);
  put (&f, TW_CHANNEL_HEART_RATE, 0, 82, GOOD);
  step (&f, 5);
  put (&f, TW_CHANNEL_HEART_RATE, 3600, 151, DOUBTFUL);
  step (&f, 3601);
  put (&f, TW_CHANNEL_HEART_RATE, 3600, 151, SPIKE);
  step (&f, 3602);
  step (&f, 3700);
  g_assert_cmpint (level_of (&f, "heart_rate-high"), ==, TW_LEVEL_NONE);
  g_assert_cmpint (tw_risk_get_n_pending (f.risk), ==, 0);
  /* And a withdrawn one: the newest sample is an older one again. */
  put (&f, TW_CHANNEL_HEART_RATE, 7200, 151, DOUBTFUL);
  step (&f, 7201);
  put (&f, TW_CHANNEL_HEART_RATE, 3600, 84, GOOD);
  step (&f, 7202);
  step (&f, 7203);
  g_assert_cmpint (level_of (&f, "heart_rate-high"), ==, TW_LEVEL_NONE);
  finish (&f);
}

/* Once a minute, and spacing unknown: one good value older than the persistence, or two values. */
static void
test_slow_stream (void)
{
  static const struct
  {
    double spacing;
    TwQuality quality;
    gboolean alone;
  } rows[] = {
    { 60, GOOD, TRUE },    { 60, DOUBTFUL, FALSE }, { 0, GOOD, TRUE },
    { 0, DOUBTFUL, TRUE }, { 1, GOOD, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      Fixture f;

      start (&f);
      set_spacing (&f, TW_CHANNEL_MAP, rows[i].spacing);
      put (&f, TW_CHANNEL_MAP, 0, 71, GOOD);
      step (&f, 0);
      put (&f, TW_CHANNEL_MAP, 60, 61, rows[i].quality);
      step (&f, 60);
      step (&f, 89);
      g_assert_cmpint (level_of (&f, "map-low"), ==, TW_LEVEL_NONE);
      step (&f, 90);
      g_assert_cmpint (level_of (&f, "map-low"), ==,
                       rows[i].alone ? TW_LEVEL_MEDIUM : TW_LEVEL_NONE);
      put (&f, TW_CHANNEL_MAP, 120, 62, GOOD);
      step (&f, 121);
      /* The 1 Hz stream paused for a minute: its run starts anew. */
      g_assert_cmpint (level_of (&f, "map-low"), ==,
                       rows[i].spacing == 1 ? TW_LEVEL_NONE : TW_LEVEL_MEDIUM);
      finish (&f);
    }
}

/* A history that is loaded at once gives the flag at the first step where it is learned. */
static void
test_history (void)
{
  Fixture f;

  start (&f);
  set_spacing (&f, TW_CHANNEL_HEART_RATE, 3600);
  put (&f, TW_CHANNEL_HEART_RATE, 0, 131, GOOD);
  g_assert_true (step (&f, 1500)); /* charted 25 min ago, spacing an hour: still current */
  g_assert_cmpint (level_of (&f, "heart_rate-high"), ==, TW_LEVEL_MEDIUM);
  g_assert_cmpint (find_flag (&f, "heart_rate-high")->since_us, ==, AT (0));
  finish (&f);

  start (&f);
  set_spacing (&f, TW_CHANNEL_HEART_RATE, 1);
  put (&f, TW_CHANNEL_HEART_RATE, 0, 131, GOOD);
  step (&f, 1500); /* a stream that ended long ago */
  step (&f, 1501);
  g_assert_cmpint (level_of (&f, "heart_rate-high"), ==, TW_LEVEL_NONE);
  finish (&f);
}

/* The first 15 s of a channel raise nothing. */
static void
test_learning (void)
{
  Fixture f;

  start (&f);
  set_spacing (&f, TW_CHANNEL_HEART_RATE, 3600);
  put (&f, TW_CHANNEL_HEART_RATE, 0, 151, GOOD);
  step (&f, 0);
  step (&f, 14.9);
  g_assert_cmpint (level_of (&f, "heart_rate-high"), ==, TW_LEVEL_NONE);
  step (&f, 15);
  g_assert_cmpint (level_of (&f, "heart_rate-high"), ==, TW_LEVEL_HIGH);
  finish (&f);
}

static void
test_hysteresis (void)
{
  Fixture f;

  start (&f);
  set_spacing (&f, TW_CHANNEL_HEART_RATE, 1);
  stream (&f, TW_CHANNEL_HEART_RATE, 0, 60, 127);
  g_assert_cmpint (level_of (&f, "heart_rate-high"), ==, TW_LEVEL_MEDIUM);
  stream (&f, TW_CHANNEL_HEART_RATE, 60, 600, 118); /* inside, but not by 3 */
  g_assert_cmpint (level_of (&f, "heart_rate-high"), ==, TW_LEVEL_MEDIUM);
  stream (&f, TW_CHANNEL_HEART_RATE, 660, 30, 117); /* 29 s */
  g_assert_cmpint (level_of (&f, "heart_rate-high"), ==, TW_LEVEL_MEDIUM);
  stream (&f, TW_CHANNEL_HEART_RATE, 690, 1, 118);  /* the time starts anew */
  stream (&f, TW_CHANNEL_HEART_RATE, 691, 30, 117);
  g_assert_cmpint (level_of (&f, "heart_rate-high"), ==, TW_LEVEL_MEDIUM);
  g_assert_cmpuint (stream (&f, TW_CHANNEL_HEART_RATE, 721, 1, 117), ==, 1);
  g_assert_cmpint (level_of (&f, "heart_rate-high"), ==, TW_LEVEL_NONE);
  g_assert_cmpuint (tw_risk_get_history (f.risk)->len, ==, 1);
  finish (&f);
}

/* The same below a low limit: inside by the hysteresis, to the value. */
static void
test_hysteresis_low (void)
{
  static const struct
  {
    double back;
    gboolean ends;
  } rows[] = { { 65, FALSE }, { 66.9, FALSE }, { 67, TRUE } };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      Fixture f;

      start (&f);
      set_spacing (&f, TW_CHANNEL_MAP, 1);
      stream (&f, TW_CHANNEL_MAP, 0, 60, 61);
      stream (&f, TW_CHANNEL_MAP, 60, 60, rows[i].back);
      g_assert_cmpint (level_of (&f, "map-low"), ==,
                       rows[i].ends ? TW_LEVEL_NONE : TW_LEVEL_MEDIUM);
      finish (&f);
    }
}

/* Nothing hovers: a value that swings about the limit raises once, not each time. */
static void
test_no_chatter (void)
{
  Fixture f;
  guint changes = 0;

  start (&f);
  set_spacing (&f, TW_CHANNEL_MAP, 1);
  stream (&f, TW_CHANNEL_MAP, 0, 40, 64);
  for (int i = 40; i < 4000; i++)
    {
      put (&f, TW_CHANNEL_MAP, i, 65 + (i % 7) - 3, GOOD);
      changes += step (&f, i) && find_flag (&f, "map-low") == NULL ? 1 : 0;
    }
  g_assert_cmpint (level_of (&f, "map-low"), ==, TW_LEVEL_MEDIUM);
  g_assert_cmpuint (changes, ==, 0);
  g_assert_cmpuint (tw_risk_get_history (f.risk)->len, ==, 0);
  finish (&f);
}

/* A stale value neither raises nor ends; it says so. */
static void
test_stale (void)
{
  Fixture f;

  start (&f);
  set_spacing (&f, TW_CHANNEL_MAP, 1);
  stream (&f, TW_CHANNEL_MAP, 0, 60, 61);
  g_assert_cmpint (level_of (&f, "map-low"), ==, TW_LEVEL_MEDIUM);
  step (&f, 64);
  g_assert_false (find_flag (&f, "map-low")->last_known);
  g_assert_true (step (&f, 65)); /* more than five times the spacing */
  g_assert_true (find_flag (&f, "map-low")->last_known);
  g_assert_false (step (&f, 600));
  g_assert_cmpint (level_of (&f, "map-low"), ==, TW_LEVEL_MEDIUM);
  stream (&f, TW_CHANNEL_MAP, 4000, 1, 61);
  g_assert_false (find_flag (&f, "map-low")->last_known);
  g_assert_cmpint (find_flag (&f, "map-low")->since_us, ==, AT (0));
  finish (&f);

  start (&f);
  set_spacing (&f, TW_CHANNEL_MAP, 1200);
  put (&f, TW_CHANNEL_MAP, 0, 61, GOOD);
  step (&f, 31 * 60); /* a cuff value is stale after 30 min */
  step (&f, 32 * 60);
  g_assert_cmpint (level_of (&f, "map-low"), ==, TW_LEVEL_NONE);
  finish (&f);
}

static void
test_feed_lost (void)
{
  Fixture f;

  start (&f);
  set_spacing (&f, TW_CHANNEL_MAP, 1);
  stream (&f, TW_CHANNEL_MAP, 0, 60, 61);
  f.input.feed_lost = TRUE;
  put (&f, TW_CHANNEL_MAP, 61, 90, GOOD);
  g_assert_true (step (&f, 61));
  g_assert_true (find_flag (&f, "map-low")->last_known);
  put (&f, TW_CHANNEL_HEART_RATE, 61, 170, GOOD);
  step (&f, 200);
  g_assert_cmpuint (tw_risk_get_open (f.risk)->len, ==, 1);
  f.input.feed_lost = FALSE;
  stream (&f, TW_CHANNEL_MAP, 300, 31, 90);
  g_assert_cmpint (level_of (&f, "map-low"), ==, TW_LEVEL_NONE);
  finish (&f);
}

/* Levels: worse is told at once it lasts, milder only after the urgent one was seen. */
static void
test_levels (void)
{
  Fixture f;

  start (&f);
  set_spacing (&f, TW_CHANNEL_SPO2, 1);
  stream (&f, TW_CHANNEL_SPO2, 0, 31, 93);
  g_assert_cmpint (level_of (&f, "spo2-low"), ==, TW_LEVEL_LOW);
  stream (&f, TW_CHANNEL_SPO2, 31, 31, 88);
  g_assert_cmpint (level_of (&f, "spo2-low"), ==, TW_LEVEL_MEDIUM);
  g_assert_cmpfloat (find_flag (&f, "spo2-low")->limit, ==, 90);
  g_assert_cmpint (find_flag (&f, "spo2-low")->since_us, ==, AT (31));
  stream (&f, TW_CHANNEL_SPO2, 62, 60, 92);
  g_assert_cmpint (level_of (&f, "spo2-low"), ==, TW_LEVEL_LOW);
  stream (&f, TW_CHANNEL_SPO2, 122, 16, 83);
  g_assert_cmpint (level_of (&f, "spo2-low"), ==, TW_LEVEL_HIGH);
  stream (&f, TW_CHANNEL_SPO2, 138, 120, 92);
  g_assert_cmpint (level_of (&f, "spo2-low"), ==, TW_LEVEL_HIGH);
  g_assert_cmpfloat (find_flag (&f, "spo2-low")->limit, ==, 85);
  g_assert_cmpfloat (find_flag (&f, "spo2-low")->value, ==, 83);
  g_assert_cmpint (find_flag (&f, "spo2-low")->ended_us, >, AT (138));
  g_assert_true (tw_risk_acknowledge (f.risk, "spo2-low", AT (258)));
  step (&f, 258);
  g_assert_cmpint (level_of (&f, "spo2-low"), ==, TW_LEVEL_LOW);
  g_assert_cmpint (find_flag (&f, "spo2-low")->state, ==, TW_FLAG_ACKNOWLEDGED);
  g_assert_cmpfloat (find_flag (&f, "spo2-low")->value, ==, 92);
  g_assert_cmpint (find_flag (&f, "spo2-low")->ended_us, ==, 0);
  finish (&f);
}

/* The limits of the patient, not of the category; and a scale that changes under an open flag. */
static void
test_patient_limits (void)
{
  g_autoptr (TwPatient) scale_2 = make_patient ("p1", 71, TRUE);
  double low, high;
  Fixture f;

  start (&f);
  set_spacing (&f, TW_CHANNEL_SPO2, 1);
  set_spacing (&f, TW_CHANNEL_HEART_RATE, 1);
  for (int i = 0; i <= 60; i++)
    {
      put (&f, TW_CHANNEL_HEART_RATE, i, 127, GOOD);
      stream (&f, TW_CHANNEL_SPO2, i, 1, 89);
    }
  tw_risk_get_limits (f.risk, TW_CHANNEL_SPO2, &low, &high);
  g_assert_cmpfloat (low, ==, 94);
  g_assert_true (isnan (high));
  g_assert_cmpint (level_of (&f, "spo2-low"), ==, TW_LEVEL_MEDIUM);
  tw_risk_set_patient (f.risk, scale_2);
  put (&f, TW_CHANNEL_HEART_RATE, 61, 127, GOOD);
  stream (&f, TW_CHANNEL_SPO2, 61, 1, 89);
  tw_risk_get_limits (f.risk, TW_CHANNEL_SPO2, &low, &high);
  g_assert_cmpfloat (low, ==, 88);
  g_assert_cmpint (level_of (&f, "spo2-low"), ==, TW_LEVEL_NONE);
  g_assert_cmpint (level_of (&f, "heart_rate-high"), ==, TW_LEVEL_MEDIUM);
  finish (&f);

  start_patient (&f, 2, FALSE);
  step (&f, 0);
  tw_risk_get_limits (f.risk, TW_CHANNEL_HEART_RATE, &low, &high);
  g_assert_cmpfloat (low, ==, 75);
  g_assert_cmpfloat (high, ==, 155);
  tw_risk_get_limits (f.risk, TW_CHANNEL_FIO2, &low, &high);
  g_assert_true (isnan (low) && isnan (high));
  finish (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/risk/limits/every-boundary", test_every_boundary);
  g_test_add_func ("/risk/limits/persistence", test_persistence);
  g_test_add_func ("/risk/limits/interrupted", test_interrupted);
  g_test_add_func ("/risk/limits/artefact-alone", test_artefact_alone);
  g_test_add_func ("/risk/limits/extreme", test_extreme);
  g_test_add_func ("/risk/limits/charted", test_charted);
  g_test_add_func ("/risk/limits/taken-back", test_taken_back);
  g_test_add_func ("/risk/limits/slow-stream", test_slow_stream);
  g_test_add_func ("/risk/limits/history", test_history);
  g_test_add_func ("/risk/limits/learning", test_learning);
  g_test_add_func ("/risk/limits/hysteresis", test_hysteresis);
  g_test_add_func ("/risk/limits/hysteresis-low", test_hysteresis_low);
  g_test_add_func ("/risk/limits/no-chatter", test_no_chatter);
  g_test_add_func ("/risk/limits/stale", test_stale);
  g_test_add_func ("/risk/limits/feed-lost", test_feed_lost);
  g_test_add_func ("/risk/limits/levels", test_levels);
  g_test_add_func ("/risk/limits/patient-limits", test_patient_limits);
  return g_test_run ();
}
