/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the pages say: values, flags, forecasts, and the line of every state. */
#include "config.h"

#include "tw-site.h"
#include "tw-program.h"
#include "tw-time.h"
#include "tw-ward-fixture.h"
#include "tw-words-flag.h"
#include "tw-words-trust.h"
#include "tw-words-value.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <math.h>

#define NOW TW_FIXTURE_NOW_US

#define assert_words(expression, expected)      \
  G_STMT_START                                  \
  {                                             \
    g_autofree char *words_ = (expression);     \
    g_assert_cmpstr (words_, ==, expected);     \
  }                                             \
  G_STMT_END

static void
test_values (void)
{
  const TwTrend rising = { .direction = TW_TREND_RISING, .per_hour = 36 };
  const TwTrend falling = { .direction = TW_TREND_FALLING, .per_hour = -17.4 };
  const TwTrend still = { .direction = TW_TREND_UNCLEAR, .per_hour = 0.4 };
  const TwTrend none = { .direction = TW_TREND_NONE, .per_hour = NAN };

  assert_words (tw_words_number (TW_CHANNEL_HEART_RATE, 122.4, TW_UNIT_MMOL_L), "122");
  assert_words (tw_words_number (TW_CHANNEL_TEMPERATURE, 36.94, TW_UNIT_MMOL_L), "36.9");
  assert_words (tw_words_number (TW_CHANNEL_HEART_RATE, NAN, TW_UNIT_MMOL_L), "–");
  assert_words (tw_words_quantity (TW_CHANNEL_GLUCOSE, 202, TW_UNIT_MMOL_L), "11.2 mmol/L");
  assert_words (tw_words_quantity (TW_CHANNEL_GLUCOSE, 202, TW_UNIT_MG_DL), "202 mg/dL");
  assert_words (tw_words_limits (TW_CHANNEL_HEART_RATE, 50, 120, TW_UNIT_MMOL_L), "50–120");
  assert_words (tw_words_limits (TW_CHANNEL_SPO2, 94, NAN, TW_UNIT_MMOL_L), "≥ 94");
  assert_words (tw_words_limits (TW_CHANNEL_TEMPERATURE, NAN, 38, TW_UNIT_MMOL_L), "≤ 38.0");
  assert_words (tw_words_limits (TW_CHANNEL_MAP, NAN, NAN, TW_UNIT_MMOL_L), "");
  assert_words (tw_words_change (TW_CHANNEL_HEART_RATE, &rising, TW_UNIT_MMOL_L), "+18/30 min");
  assert_words (tw_words_change (TW_CHANNEL_MAP, &falling, TW_UNIT_MMOL_L), "−9/30 min");
  assert_words (tw_words_change (TW_CHANNEL_HEART_RATE, &still, TW_UNIT_MMOL_L), "steady");
  assert_words (tw_words_change (TW_CHANNEL_HEART_RATE, &none, TW_UNIT_MMOL_L), "");
}

static void
test_pressure (void)
{
  g_autoptr (TwWardFixture) fixture = tw_ward_fixture_new ();
  TwSnapshot *snapshot = tw_ward_fixture_get (fixture, 3);

  assert_words (tw_words_pressure (snapshot), "98/56");
  assert_words (tw_words_mean_pressure (snapshot), "(70)");
  snapshot->channels[TW_CHANNEL_DIASTOLIC].last.t_us = 0;
  assert_words (tw_words_pressure (snapshot), "98/–");
  snapshot->channels[TW_CHANNEL_SYSTOLIC].last.t_us = 0;
  g_assert_cmpint (tw_words_pressure_channel (snapshot), ==, TW_CHANNEL_MAP);
  assert_words (tw_words_pressure (snapshot), "(70)");
  assert_words (tw_words_mean_pressure (snapshot), "");
  snapshot->channels[TW_CHANNEL_MAP].last.t_us = 0;
  assert_words (tw_words_pressure (snapshot), "–");
}

static void
test_flags (void)
{
  g_autoptr (TwWardFixture) fixture = tw_ward_fixture_new ();
  const TwUnit unit = TW_UNIT_MMOL_L;
  const TwFlagFields *high = tw_words_worst_flag (tw_ward_fixture_get (fixture, 3));
  const TwFlagFields *predicted = tw_words_worst_predicted (tw_ward_fixture_get (fixture, 3));
  const TwFlagFields *score = tw_words_worst_flag (tw_ward_fixture_get (fixture, 2));
  const TwFlagFields *lost = tw_words_worst_flag (tw_ward_fixture_get (fixture, 5));
  const TwFlagFields *low = tw_words_worst_flag (tw_ward_fixture_get (fixture, 6));
  TwFlagFields changed = *high;

  g_assert_null (tw_words_worst_flag (tw_ward_fixture_get (fixture, 1)));
  assert_words (tw_words_flag_title (high, unit), "HR high");
  assert_words (tw_words_flag_title (score, unit), "NEWS2 7");
  assert_words (tw_words_flag_title (predicted, unit), "MAP below 65 mmHg within 30 min");
  assert_words (tw_words_flag_title (lost, unit), "No SpO₂ signal");
  assert_words (tw_words_flag_line (low, NOW, unit), "HR low: limit 50, for 4 min");
  assert_words (tw_words_flag_line (score, NOW, unit), "NEWS2 7: emergency response");
  assert_words (tw_words_flag_line (lost, NOW, unit), "No SpO₂ since 13:56 (6 min). Check the sensor.");
  assert_words (tw_words_flag_chip (predicted, unit), "MAP < 65 in 30 min: 62 % (48–75 %)");
  assert_words (tw_words_flag_details (predicted, tw_ward_fixture_get (fixture, 3), NOW, unit),
                "About 6 of 10 such patients had it.\nMAP −9 and HR +18 in 30 min\n"
                "Twin 0.1.0/1; right 14 of 19 in this patient");
  assert_words (tw_words_flag_evidence (high, NOW, unit),
                "HR 122 /min at 14:02:02 (8 s old)\nThe condition holds since 14:00:10\n"
                "Rule heart_rate-high, table 1");
  changed.last_known = TRUE;
  assert_words (tw_words_flag_line (&changed, NOW, unit), "HR high: 122 /min, last known 14:02");
  changed.acknowledged_us = NOW;
  assert_words (tw_words_flag_acknowledged (&changed), "Acknowledged 14:02");
  changed = *score;
  changed.ended_us = NOW;
  assert_words (tw_words_flag_line (&changed, NOW, unit), "NEWS2 7 until 14:02, not acknowledged");
  changed.raised_us = NOW - 6 * TW_MINUTE;
  assert_words (tw_words_flag_details (&changed, tw_ward_fixture_get (fixture, 2), NOW, unit),
                "13:56:10 to 14:02:10, over now");
  changed = *predicted;
  changed.crossing.p = changed.crossing.p_low = changed.crossing.p_high = NAN;
  assert_words (tw_words_flag_chip (&changed, unit), "MAP < 65 in 30 min: –");
}

static void
test_scores (void)
{
  g_autoptr (TwWardFixture) fixture = tw_ward_fixture_new ();
  const TwSnapshot *clara = tw_ward_fixture_get (fixture, 3);
  const TwSnapshot *elena = tw_ward_fixture_get (fixture, 5);
  const TwSnapshot *hugo = tw_ward_fixture_get (fixture, 8);
  TwNews2 many = elena->news2;

  assert_words (tw_words_news2_total (&clara->news2), "4");
  assert_words (tw_words_news2_parts (&clara->news2), "BP 2, HR 2; Scale 1");
  assert_words (tw_words_news2_missing (&clara->news2, clara->patient), "");
  assert_words (tw_words_news2_missing (&elena->news2, elena->patient), "NEWS2 incomplete: no SpO₂");
  assert_words (tw_words_news2_missing (&hugo->news2, hugo->patient), "NEWS2 not used under 16 years");
  assert_words (tw_words_news2_total (&hugo->news2), "–");
  many.parts[TW_NEWS2_TEMPERATURE].points = -1;
  many.total = 3;
  assert_words (tw_words_news2_missing (&many, elena->patient), "NEWS2 incomplete: no SpO₂ and 1 more");
  assert_words (tw_words_news2_total (&many), "≥ 3");
  g_assert_cmpint (tw_words_news2_points (&clara->news2, TW_CHANNEL_MAP), ==, 2);
  g_assert_cmpint (tw_words_news2_points (&clara->news2, TW_CHANNEL_GLUCOSE), ==, -1);
  g_assert_cmpint (tw_words_news2_points (&hugo->news2, TW_CHANNEL_HEART_RATE), ==, -1);
}

static void
test_forecasts (void)
{
  g_autoptr (TwWardFixture) fixture = tw_ward_fixture_new ();
  TwForecast forecast = tw_ward_fixture_get (fixture, 3)->channels[TW_CHANNEL_MAP].forecast;
  const TwForecast *wrong = &tw_ward_fixture_get (fixture, 7)->channels[TW_CHANNEL_MAP].forecast;

  assert_words (tw_words_forecast_foot (&forecast, NOW),
                "Forecast 14:02:10, inputs to 14:02:01, twin 0.1.0/1: MAP inside its 80 % range 37 of 46 "
                "(37 expected)");
  assert_words (tw_words_unreliable (&forecast), "");
  assert_words (tw_words_unreliable (wrong), "Forecast missed 9 of the last 20 (4 expected)");
  forecast.status = TW_FORECAST_STALE_INPUT;
  forecast.input_us = NOW - 22 * TW_MINUTE;
  assert_words (tw_words_forecast_foot (&forecast, NOW), "No forecast: MAP 22 min old.");
  forecast.status = TW_FORECAST_TOO_FEW;
  assert_words (tw_words_forecast_foot (&forecast, NOW), "No forecast: the twin is still learning MAP.");
  forecast.status = TW_FORECAST_NO_DATA;
  assert_words (tw_words_forecast_foot (&forecast, NOW), "No forecast: no MAP.");
}

/* A feed's state, and what bar, pill and view must say of it. */
typedef struct
{
  TwFeedStatus status;
  TwFeedCounts counts;
  guint n_patients;
  TwBar bar;
  const char *text, *action, *pill;
  TwView view;
} StateCase;

static const StateCase state_cases[] = {
  { { .state = TW_FEED_LIVE, .invented = TRUE, .speed = 1 }, { 0 }, 8, TW_BAR_SOURCE,
    "Demo – invented patients", "win.connect", "Live", TW_VIEW_WARD },
  { { .state = TW_FEED_LIVE, .invented = TRUE, .speed = 60 }, { 0 }, 8, TW_BAR_CONNECTION, NULL, NULL,
    "Live 60×", TW_VIEW_WARD },
  { { .state = TW_FEED_LIVE, .recorded = TRUE, .speed = 60 }, { 0 }, 8, TW_BAR_SOURCE,
    "Recorded session, 22 Nov 08:02–14:02", NULL, "Replay 60×", TW_VIEW_WARD },
  { { .state = TW_FEED_LIVE, .speed = 1 }, { 0 }, 0, TW_BAR_SOURCE, NULL, NULL, "Live", TW_VIEW_EMPTY },
  { { .state = TW_FEED_RECONNECTING, .since_us = NOW - 4 * TW_SECOND, .retry_us = NOW + 8 * TW_SECOND },
    { 0 }, 8, TW_BAR_CONNECTION, NULL, NULL, "Reconnecting", TW_VIEW_WARD },
  { { .state = TW_FEED_RECONNECTING, .since_us = NOW - 5 * TW_SECOND, .retry_us = NOW + 8 * TW_SECOND },
    { 0 }, 8, TW_BAR_CONNECTION, "Connection lost 14:02. Retrying in 8 s", "win.refresh", "Reconnecting",
    TW_VIEW_WARD },
  { { .state = TW_FEED_RECONNECTING, .since_us = NOW - TW_MINUTE, .retry_us = NOW - 1 }, { 0 }, 0,
    TW_BAR_CONNECTION, "Connection lost 14:01. Retrying now", "win.refresh", "Reconnecting",
    TW_VIEW_UNREACHABLE },
  { { .state = TW_FEED_OFFLINE }, { 0 }, 8, TW_BAR_CONNECTION, "Working offline – data to 14:02",
    "win.refresh", "Offline", TW_VIEW_WARD },
  { { .state = TW_FEED_SIGNED_OUT }, { 0 }, 8, TW_BAR_CONNECTION, NULL, NULL, "Signed out",
    TW_VIEW_SIGNED_OUT },
  { { .state = TW_FEED_FORBIDDEN }, { 0 }, 0, TW_BAR_CONNECTION, "No permission for this ward.", NULL,
    "No data", TW_VIEW_FORBIDDEN },
  { { .state = TW_FEED_UNTRUSTED }, { 0 }, 8, TW_BAR_CONNECTION, NULL, NULL, "No data",
    TW_VIEW_UNTRUSTED },
  { { .state = TW_FEED_FAULT, .message = "The server is busy." }, { 0 }, 8, TW_BAR_CONNECTION,
    "The server is busy.", "win.refresh", "No data", TW_VIEW_WARD },
  { { .state = TW_FEED_FAULT }, { 0 }, 0, TW_BAR_CONNECTION, "The server does not answer as expected.",
    "win.refresh", "No data", TW_VIEW_FAULT },
  { { .state = TW_FEED_LOADING }, { 0 }, 0, TW_BAR_CONNECTION, NULL, NULL, "Loading", TW_VIEW_LOADING },
  { { .state = TW_FEED_CONNECTING }, { 0 }, 0, TW_BAR_CONNECTION, NULL, NULL, "Connecting",
    TW_VIEW_LOADING },
  { { .state = TW_FEED_ENDED, .recorded = TRUE }, { 0 }, 8, TW_BAR_CONNECTION, "The recording has ended.",
    NULL, "Ended", TW_VIEW_WARD },
  { { .state = TW_FEED_LIVE, .clock_offset_us = -130 * TW_SECOND }, { 0 }, 8, TW_BAR_CLOCK,
    "This computer’s clock is 2 min 10 s fast", NULL, "Live", TW_VIEW_WARD },
  { { .state = TW_FEED_LIVE, .clock_offset_us = 3700 * TW_SECOND }, { 0 }, 8, TW_BAR_CLOCK,
    "This computer’s clock is 1 h 1 min slow", NULL, "Live", TW_VIEW_WARD },
  { { .state = TW_FEED_LIVE, .clock_offset_us = 30 * TW_SECOND }, { 0 }, 8, TW_BAR_CLOCK, NULL, NULL,
    "Live", TW_VIEW_WARD },
  { { .state = TW_FEED_LIVE }, { .n_received = 412, .n_refused = 3 }, 8, TW_BAR_PARTIAL,
    "3 of 412 readings could not be read", "win.refused", "Live", TW_VIEW_WARD },
  { { .state = TW_FEED_LIVE }, { .n_received = 412, .said = "Sorted by id." }, 8, TW_BAR_PARTIAL,
    "The server sends a remark with its readings", "win.refused", "Live", TW_VIEW_WARD },
  { { .state = TW_FEED_LIVE }, { .n_received = 412, .ignored = "_sort" }, 8, TW_BAR_PARTIAL, NULL, NULL, "Live",
    TW_VIEW_WARD },
};

/* The list behind the bar: each kind once, with how often and the last id; what the server said and ignores. */
static void
test_refused (void)
{
  TwFeedCounts counts = { .n_received = 412, .n_refused = 6, .n_kinds = 3 };

  counts.kinds[0] = (TwFeedRefusal) { 1, "f7a31c", "Observation f7a31c is not valid JSON and was left out" };
  counts.kinds[1] = (TwFeedRefusal) { 4, "o7", "unit “foo” of heart rate is not known" };
  counts.kinds[2] = (TwFeedRefusal) { 1, "", "a reading's time lies in the future" };
  assert_words (tw_words_refused (&counts),
                "• Observation f7a31c is not valid JSON and was left out\n"
                "• Unit “foo” of heart rate is not known (4 times, the last: Observation o7)\n"
                "• A reading's time lies in the future\n\n"
                "What could be read is shown. A reading in a unit that is not known is never converted by guess.");
  counts = (TwFeedCounts) { .n_received = 412, .said = "Sorted by id.", .ignored = "_sort, date" };
  assert_words (tw_words_refused (&counts),
                "The server says: Sorted by id.\n\n"
                "This server ignores or refuses these parts of a search: _sort, date. Twinward asks in another way.");
  g_strlcpy (counts.ignored, "_lastUpdated", sizeof counts.ignored);
  counts.said[0] = '\0';
  assert_words (tw_words_refused (&counts),
                "This server ignores or refuses these parts of a search: _lastUpdated. Twinward asks in another way. "
                "A value that is charted late may be shown up to an hour late.");
}


/* The honesty line and the judgement beside it: nothing is said that the report does not say. */
static void
test_trust (void)
{
  TwSelfReport *report = tw_self_report_new ();
  TwWidthSplit width = { 12, 6, 4.1, .317 };

  report->channel = TW_CHANNEL_MAP;
  report->horizon_min = 60;
  assert_words (tw_words_trust_line (NULL, NOW), "");
  assert_words (tw_words_trust_line (report, NOW), "MAP forecasts: none has come due on this patient yet.");
  assert_words (tw_words_trust_too_few (report), "Too few to judge: 0 scored, 20 needed.");
  report->line = (TwHonestyLine) { .meter = TW_METER_TOO_FEW, .n = 12, .inside80 = 9, .expected = 9.6 };
  report->scored = 12;
  assert_words (tw_words_trust_line (report, NOW),
                "MAP forecasts: 9 of 12 inside their 80 % range; 20 are needed to judge.");
  assert_words (tw_words_trust_short (report), "");
  report->line = (TwHonestyLine) { .meter = TW_METER_RIGHT, .from_us = NOW - 5 * TW_HOUR, .n = 46,
                                   .inside80 = 37, .expected = 36.8, .low = 31, .high = 42 };
  report->scored = 46;
  g_assert_null (tw_words_trust_too_few (report));
  assert_words (tw_words_trust_line (report, NOW),
                "Last 6 h: 37 of 46 MAP forecasts fell inside their 80 % range (37 expected).");
  assert_words (tw_words_trust_verdict (report), "");
  assert_words (tw_words_trust_short (report), "37 of 46");
  report->line.from_us = NOW - 7 * TW_HOUR;
  assert_words (tw_words_trust_line (report, NOW),
                "Last 46: 37 of 46 MAP forecasts fell inside their 80 % range (37 expected).");
  report->line.meter = TW_METER_NARROW;
  assert_words (tw_words_trust_verdict (report),
                "Fewer than 31: the ranges are too narrow. Do not rely on them now.");
  report->line.meter = TW_METER_WIDE;
  assert_words (tw_words_trust_verdict (report),
                "More than expected: the ranges are wider than they need to be.");
  assert_words (tw_words_trust_width (report, &width, TW_UNIT_MMOL_L),
                "The newest reading is 12 min old: a new one would narrow the range by about a third, from "
                "±6.0 mmHg to ±4.1 mmHg. The rest is how this patient moves.");
  width.narrowing = (double) NAN;
  assert_words (tw_words_trust_width (report, &width, TW_UNIT_MMOL_L),
                "No forecast now, so no width to explain.");
  assert_words (tw_words_trust_drift (report), "");
  tw_self_report_unref (report);
}

static void
test_contest (void)
{
  static const struct
  {
    TwContest contest;
    const char *words;
  } cases[] = {
    { { .rmse = { .18, .09, .26 }, .beats = TRUE }, "Beats the last value: error 18 % smaller (9 to 26 %)." },
    { { .rmse = { .05, -.04, .15 } },
      "No better than the last value, as far as can be told (−4 to +15 %)." },
    { { .rmse = { -.2, -.3, -.1 } }, "Worse than the last value: error 20 % larger (10 to 30 %)." },
    { { .rmse = { .3, (double) NAN, (double) NAN } }, "Not yet known whether this beats the last value." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_words (tw_words_trust_contest (&cases[i].contest, TRUE), cases[i].words);
  assert_words (tw_words_trust_contest (&cases[0].contest, FALSE),
                "Beats the running mean: error 18 % smaller (9 to 26 %).");
}

static void
test_left_out (void)
{
  TwCleanCounts counts = { .n = 400 };

  assert_words (tw_words_left_out (&counts), "");
  counts.by_reason[TW_REASON_HAMPEL_CANDIDATE] = 9; /* doubtful: used */
  counts.by_reason[TW_REASON_DUPLICATE] = 5;        /* said already */
  assert_words (tw_words_left_out (&counts), "");
  counts.by_reason[TW_REASON_HAMPEL_CONFIRMED] = 1;
  assert_words (tw_words_left_out (&counts), "1 reading left out: 1 spike");
  counts.by_reason[TW_REASON_HAMPEL_CONFIRMED] = 2;
  counts.by_reason[TW_REASON_ZERO] = 12;
  counts.by_reason[TW_REASON_HARD_LIMIT] = 3;
  assert_words (tw_words_left_out (&counts),
                "17 readings left out: 12 no signal, 3 out of range, 2 spikes");
  counts.by_reason[TW_REASON_FLAT] = 4;
  counts.by_reason[TW_REASON_TOO_FAST] = 1;
  assert_words (tw_words_left_out (&counts),
                "22 readings left out: 12 no signal, 4 on a flat line, 3 out of range, 2 spikes, 1 other");
  g_assert_cmpuint (tw_words_n_left_out (&counts), ==, 22);
}

static void
test_states (void)
{
  const TwStateInput nothing = { 0 };
  TwBarWords words;

  for (guint i = 0; i < G_N_ELEMENTS (state_cases); i++)
    {
      const StateCase *c = &state_cases[i];
      const TwStateInput input = { .status = &c->status, .counts = &c->counts, .wall_us = NOW,
                                   .now_us = NOW, .n_patients = c->n_patients,
                                   .first_us = NOW - 6 * TW_HOUR, .last_us = NOW };

      tw_words_bar (c->bar, &input, &words);
      g_assert_cmpstr (words.text, ==, c->text);
      g_assert_cmpstr (words.action, ==, c->action);
      g_assert_true ((words.action == NULL) == (words.button == NULL));
      tw_bar_words_clear (&words);
      assert_words (tw_words_pill (&input), c->pill);
      g_assert_cmpint (tw_words_view (&input), ==, c->view);
    }
  g_assert_cmpint (tw_words_view (&nothing), ==, TW_VIEW_WELCOME);
  assert_words (tw_words_pill (&nothing), "");
  tw_words_bar (TW_BAR_SOURCE, &nothing, &words);
  g_assert_null (words.text);
}

static void
test_tokens (void)
{
  static const struct
  {
    const char *text, *token;
  } files[] = { { "demo\n", "demo" }, { "  a.b-c \r\nmore", "a.b-c" }, { "", NULL }, { "\n\n", NULL },
                { "two words\n", NULL }, { "nul\x01\n", NULL } };
  g_autofree char *folder = g_dir_make_tmp ("twinward-token-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "token", NULL);
  g_autofree char *long_text = g_strnfill (20000, 'a');

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *token = NULL;

      g_assert_true (g_file_set_contents (path, files[i].text, -1, NULL));
      token = tw_program_read_token (path, &error);
      g_assert_cmpstr (token, ==, files[i].token);
      g_assert_true ((error != NULL) == (files[i].token == NULL));
    }
  {
    g_autoptr (GError) error = NULL;

    g_assert_true (g_file_set_contents (path, long_text, -1, NULL));
    g_assert_null (tw_program_read_token (path, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  }
  {
    g_autoptr (GError) error = NULL;

    g_unlink (path);
    g_assert_null (tw_program_read_token (path, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  }
  g_rmdir (folder);
}

static void
test_addresses (void)
{
  static const char *const good[] = { "https://hospital.example/fhir/R4", "http://127.0.0.1:8420/fhir/R4",
                                      "http://localhost:8420/fhir/R4" };
  static const char *const bad[] = { "hospital.example", "https://", "http://hospital.example/fhir",
                                     "https://me:secret@hospital.example/", "ftp://hospital.example/", "" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_null (tw_site_check_address (good[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_nonnull (tw_site_check_address (bad[i]));
}

int
main (int argc,
      char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/words/values", test_values);
  g_test_add_func ("/app/words/pressure", test_pressure);
  g_test_add_func ("/app/words/flags", test_flags);
  g_test_add_func ("/app/words/scores", test_scores);
  g_test_add_func ("/app/words/refused", test_refused);
  g_test_add_func ("/app/words/forecasts", test_forecasts);
  g_test_add_func ("/app/words/trust", test_trust);
  g_test_add_func ("/app/words/contest", test_contest);
  g_test_add_func ("/app/words/left-out", test_left_out);
  g_test_add_func ("/app/words/states", test_states);
  g_test_add_func ("/app/words/tokens", test_tokens);
  g_test_add_func ("/app/words/addresses", test_addresses);
  return g_test_run ();
}
