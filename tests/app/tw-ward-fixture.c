/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ward of invented patients at one fixed moment, made by hand. */
#include "config.h"

#include "tw-ward-fixture.h"

#include "tw-time.h"

#include <math.h>

/* How one vital sign of one bed goes: its value now, its drift, its noise. */
typedef struct
{
  TwChannel channel;
  double now, per_hour, noise;
  double spread;     /* standard deviation of the forecast at one hour */
  gint64 step_us, age_us;
  double low, high;  /* alarm limits */
} Course;

/* A small generator of its own, so that the pictures never change by themselves. */
static double
draw (guint32 *state)
{
  double sum = 0;

  for (int i = 0; i < 6; i++)
    {
      *state = *state * 1664525u + 1013904223u;
      sum += (*state >> 8) / 16777216.0;
    }
  return (sum - 3) / 0.707;
}

static void
fill_forecast (TwForecast *forecast,
               const Course *course)
{
  static const double z[TW_N_QUANTILES] = { -1.96, -1.2816, -0.6745, 0, 0.6745, 1.2816, 1.96 };

  *forecast = (TwForecast) { .channel = course->channel, .status = TW_FORECAST_OK,
                             .issued_us = TW_FIXTURE_NOW_US,
                             .input_us = TW_FIXTURE_NOW_US - course->age_us };
  g_strlcpy (forecast->version, "0.1.0/1", sizeof forecast->version);
  forecast->honesty = (TwHonesty) { .horizon_min = 60, .scored = 46, .inside80 = 37, .inside50 = 23,
                                    .inside95 = 44, .recent_scored = 20, .recent_inside80 = 16,
                                    .mae = course->spread };
  for (int horizon = 5; horizon <= 240; horizon += horizon < 60 ? 5 : 15)
    {
      TwForecastPoint *point = &forecast->points[forecast->n_points++];
      double hours = horizon / 60.0;
      double sd = course->spread * sqrt (0.1 + 0.9 * hours);

      point->horizon_min = horizon;
      point->variance = sd * sd;
      for (int q = 0; q < TW_N_QUANTILES; q++)
        {
          double value = course->now + 0.6 * course->per_hour * (1 - exp (-hours)) + z[q] * sd;

          point->q[q] = course->channel == TW_CHANNEL_SPO2 ? MIN (value, 100) : value;
        }
    }
}

static void
fill_channel (TwSnapshot *snapshot,
              const Course *course)
{
  TwChannelSnapshot *values = &snapshot->channels[course->channel];
  g_autoptr (TwSeries) series = tw_series_new (0, 0);
  gint64 last_us = TW_FIXTURE_NOW_US - course->age_us;
  guint32 state = 7u + 31u * (guint) course->channel + 101u * snapshot->index;
  double wander = 0;
  gint64 n = 6 * TW_HOUR / course->step_us;

  for (gint64 i = n; i >= 0; i--)
    {
      TwSample sample = { .t_us = last_us - i * course->step_us };
      double hours = (double) i * (double) course->step_us / TW_HOUR;

      wander = 0.96 * wander + 0.25 * draw (&state);
      sample.value = course->now - course->per_hour * hours / (1 + 0.25 * hours)
                     + course->noise * (wander + 0.3 * draw (&state)) * MIN (1, hours * 6);
      if (course->channel == TW_CHANNEL_SPO2)
        sample.value = MIN (round (sample.value), 100);
      if (i == 0)
        sample.value = course->now;
      tw_series_insert (series, &sample);
      values->last = values->newest = sample;
    }
  values->series = tw_series_snapshot (series);
  values->expected_us = course->step_us;
  values->limit_low = course->low;
  values->limit_high = course->high;
  values->trend = (TwTrend) { .direction = course->per_hour > 1    ? TW_TREND_RISING
                                           : course->per_hour < -1 ? TW_TREND_FALLING
                                                                   : TW_TREND_UNCLEAR,
                              .per_hour = course->per_hour, .low = course->per_hour - 2,
                              .high = course->per_hour + 2, .n = 200,
                              .from_us = last_us - 30 * TW_MINUTE, .to_us = last_us };
  if (course->channel < TW_N_VITALS)
    fill_forecast (&values->forecast, course);
}

static TwSnapshot *
new_snapshot (guint index,
              const TwPatientFields *patient)
{
  TwSnapshot *snapshot = g_new0 (TwSnapshot, 1);

  g_atomic_ref_count_init (&snapshot->refs);
  snapshot->index = index;
  snapshot->serial = 1;
  snapshot->made_us = TW_FIXTURE_NOW_US;
  snapshot->patient = tw_patient_new (patient);
  snapshot->present = TRUE;
  snapshot->driver = TW_CHANNEL_MAP;
  snapshot->scores.shock.index = snapshot->scores.shock.modified = NAN;
  snapshot->flags = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_flag_unref);
  snapshot->history = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_flag_unref);
  snapshot->gaps = g_array_new (FALSE, FALSE, sizeof (TwGapInterval));
  for (int i = 0; i < TW_N_CHANNELS; i++)
    {
      snapshot->channels[i].last.value = NAN;
      snapshot->channels[i].limit_low = snapshot->channels[i].limit_high = NAN;
      snapshot->channels[i].forecast.channel = i;
      snapshot->channels[i].forecast.status = i < TW_N_VITALS ? TW_FORECAST_NO_DATA
                                                              : TW_FORECAST_NOT_MODELLED;
    }
  return snapshot;
}

/* The values of a bed at now, in the order HR, SpO2, systolic, diastolic, MAP, RR, T. */
typedef struct
{
  const char *family, *given, *identifier;
  TwSex sex;
  int year, month, day;
  double now[7];
  double hr_per_hour, map_per_hour, rr_per_hour, spo2_per_hour;
  TwChannel driver;
  int points[TW_NEWS2_N_ITEMS];
  gboolean scale_2;
} Bed;

static const Bed beds[] = {
  { "DEMO", "Ada", "004501", TW_SEX_FEMALE, 1980, 5, 14, { 72, 98, 124, 72, 90, 14, 36.8 }, 0, 0, 0, 0,
    TW_CHANNEL_MAP, { 0, 0, 0, 0, 0, 0, 0 }, FALSE },
  { "DEMO", "Bruno", "004502", TW_SEX_MALE, 1958, 2, 3, { 112, 94, 104, 58, 73, 22, 38.6 }, 6, -3, 4, 0,
    TW_CHANNEL_RESPIRATORY_RATE, { 2, 1, 0, 1, 2, 0, 1 }, FALSE },
  { "DEMO", "Clara", "004503", TW_SEX_FEMALE, 1967, 3, 8, { 122, 96, 98, 56, 70, 20, 36.9 }, 36, -18, 4, -2,
    TW_CHANNEL_MAP, { 0, 0, 0, 2, 2, 0, 0 }, FALSE },
  { "DEMO", "Dmitri", "004504", TW_SEX_MALE, 1954, 9, 21, { 84, 90, 132, 78, 96, 20, 36.7 }, 0, 0, 0, 0,
    TW_CHANNEL_SPO2, { 0, 0, 2, 0, 0, 0, 0 }, TRUE },
  { "DEMO", "Elena", "004505", TW_SEX_FEMALE, 1992, 6, 30, { 88, 97, 116, 70, 85, 16, 37.0 }, 0, 0, 0, 0,
    TW_CHANNEL_SPO2, { 0, -1, 0, 0, 0, 0, 0 }, FALSE },
  { "DEMO", "Farid", "004506", TW_SEX_MALE, 1946, 1, 11, { 48, 97, 118, 64, 82, 13, 36.4 }, -6, 0, 0, 0,
    TW_CHANNEL_HEART_RATE, { 0, 0, 0, 0, 1, 0, 0 }, FALSE },
  { "DEMO", "Grace", "004507", TW_SEX_FEMALE, 1963, 4, 17, { 90, 95, 112, 66, 81, 18, 37.4 }, 3, 4, 0, 0,
    TW_CHANNEL_MAP, { 0, 1, 0, 0, 0, 0, 0 }, FALSE },
  { "DEMO", "Hugo", "004508", TW_SEX_MALE, 2017, 8, 2, { 98, 99, 102, 60, 74, 20, 36.9 }, 0, 0, 0, 0,
    TW_CHANNEL_GLUCOSE, { 0, 0, 0, 0, 0, 0, 0 }, FALSE },
};

static const TwChannel item_channels[TW_NEWS2_N_ITEMS]
  = { TW_CHANNEL_RESPIRATORY_RATE, TW_CHANNEL_SPO2,          TW_CHANNEL_OXYGEN_FLOW, TW_CHANNEL_SYSTOLIC,
      TW_CHANNEL_HEART_RATE,       TW_CHANNEL_CONSCIOUSNESS, TW_CHANNEL_TEMPERATURE };

static void
fill_news2 (TwSnapshot *snapshot,
            const Bed *bed)
{
  TwNews2 *news2 = &snapshot->news2;

  *news2 = (TwNews2) { .status = TW_NEWS2_COMPLETE, .t_us = TW_FIXTURE_NOW_US, .scale_2 = bed->scale_2 };
  g_strlcpy (news2->table_version, "1", sizeof news2->table_version);
  for (int i = 0; i < TW_NEWS2_N_ITEMS; i++)
    {
      double value = snapshot->channels[item_channels[i]].last.value;

      news2->parts[i] = (TwNews2Part) { .points = bed->points[i], .channel = item_channels[i],
                                        .value = isfinite (value) ? value : 0,
                                        .t_us = TW_FIXTURE_NOW_US - 8 * TW_SECOND };
      if (bed->points[i] < 0)
        news2->status = TW_NEWS2_INCOMPLETE;
      else
        news2->total += bed->points[i];
    }
  if (bed->year > 2012)
    *news2 = (TwNews2) { .status = TW_NEWS2_NOT_USED };
}

static void
fill_vitals (TwSnapshot *snapshot,
             const Bed *bed)
{
  const gint64 s = TW_SECOND;
  const Course courses[] = {
    { TW_CHANNEL_HEART_RATE, bed->now[0], bed->hr_per_hour, 1.6, 5, 10 * s, 8 * s, 50, 120 },
    { TW_CHANNEL_SPO2, bed->now[1], bed->spo2_per_hour, 0.7, 1, 10 * s, 8 * s, 94, NAN },
    { TW_CHANNEL_SYSTOLIC, bed->now[2], bed->map_per_hour * 1.3, 3, 9, 10 * s, 9 * s, 90, 180 },
    { TW_CHANNEL_DIASTOLIC, bed->now[3], bed->map_per_hour * 0.8, 2, 6, 10 * s, 9 * s, NAN, NAN },
    { TW_CHANNEL_MAP, bed->now[4], bed->map_per_hour, 2, 6, 10 * s, 9 * s, 65, 110 },
    { TW_CHANNEL_RESPIRATORY_RATE, bed->now[5], bed->rr_per_hour, 0.9, 2.2, 10 * s, 8 * s, 8, 30 },
    { TW_CHANNEL_TEMPERATURE, bed->now[6], 0, 0.1, 0.3, 40 * TW_MINUTE, 41 * TW_MINUTE, 35, 38 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (courses); i++)
    fill_channel (snapshot, &courses[i]);
}

static void
add_flag (TwSnapshot *snapshot,
          TwFlagFields fields)
{
  fields.since_us = fields.since_us != 0 ? fields.since_us : TW_FIXTURE_NOW_US - 2 * TW_MINUTE;
  fields.raised_us = fields.raised_us != 0 ? fields.raised_us : fields.since_us;
  if (fields.state == TW_FLAG_PENDING)
    fields.state = TW_FLAG_ACTIVE;
  if (fields.table_version[0] == '\0')
    g_strlcpy (fields.table_version, "1", sizeof fields.table_version);
  g_ptr_array_add (snapshot->flags, tw_flag_new (&fields));
  snapshot->worst = MAX (snapshot->worst, fields.level);
}

/* Bed 2: sepsis; bed 3: bleeding, with what the twin expects of it. */
static void
add_urgent_stories (TwWardFixture *fixture)
{
  TwSnapshot *bleeding = tw_ward_fixture_get (fixture, 3);
  const gint64 now = TW_FIXTURE_NOW_US;

  add_flag (tw_ward_fixture_get (fixture, 2),
            (TwFlagFields) { .rule = "news2", .kind = TW_FLAG_SCORE, .level = TW_LEVEL_HIGH,
                             .channel = TW_CHANNEL_NONE, .value = 7, .limit = 7,
                             .since_us = now - 6 * TW_MINUTE, .value_us = now - 8 * TW_SECOND,
                             .n_evidence = 2,
                             .evidence = { { TW_CHANNEL_RESPIRATORY_RATE, 22, now - 8 * TW_SECOND, 2 },
                                           { TW_CHANNEL_HEART_RATE, 112, now - 8 * TW_SECOND, 2 } } });
  add_flag (bleeding,
            (TwFlagFields) { .rule = "heart_rate-high", .kind = TW_FLAG_LIMIT, .level = TW_LEVEL_MEDIUM,
                             .channel = TW_CHANNEL_HEART_RATE, .value = 122, .limit = 120,
                             .value_us = now - 8 * TW_SECOND, .n_evidence = 1,
                             .trend = { .direction = TW_TREND_RISING, .per_hour = 36 },
                             .evidence = { { TW_CHANNEL_HEART_RATE, 122, now - 8 * TW_SECOND, -1 } } });
  add_flag (bleeding,
            (TwFlagFields) { .rule = "map-low-predicted", .kind = TW_FLAG_PREDICTED,
                             .level = TW_LEVEL_MEDIUM, .channel = TW_CHANNEL_MAP, .below = TRUE,
                             .value = 70, .limit = 65, .value_us = now - 9 * TW_SECOND,
                             .crossing = { 65, TRUE, 30, .62, .48, .75, 12, 22, 45 },
                             .trend = { .direction = TW_TREND_FALLING, .per_hour = -18 },
                             .n_scored = 19, .n_right = 14, .p_raise = .25, .twin_version = "0.1.0/1",
                             .n_evidence = 2,
                             .evidence = { { TW_CHANNEL_MAP, 70, now - 9 * TW_SECOND, -1 },
                                           { TW_CHANNEL_HEART_RATE, 122, now - 8 * TW_SECOND, -1 } } });
}

/* Beds 4 to 8: oxygen, a sensor that fell off, artefacts, a twin that is wrong, a child. */
static void
add_quiet_stories (TwWardFixture *fixture)
{
  const gint64 now = TW_FIXTURE_NOW_US;
  const Course oxygen = { TW_CHANNEL_OXYGEN_FLOW, 2, 0, 0, 0, 20 * TW_MINUTE, 4 * TW_MINUTE, NAN, NAN };
  const Course glucose = { TW_CHANNEL_GLUCOSE, 202, 12, 4, 26, 5 * TW_MINUTE, 2 * TW_MINUTE, 70, 250 };
  TwSnapshot *sensor = tw_ward_fixture_get (fixture, 5);
  TwSnapshot *wrong = tw_ward_fixture_get (fixture, 7);
  TwSnapshot *slow = tw_ward_fixture_get (fixture, 6);
  TwForecast *forecast = &wrong->channels[TW_CHANNEL_MAP].forecast;

  fill_channel (tw_ward_fixture_get (fixture, 4), &oxygen);
  fill_channel (tw_ward_fixture_get (fixture, 8), &glucose);
  tw_ward_fixture_get (fixture, 4)->channels[TW_CHANNEL_SPO2].limit_low = 88;
  sensor->channels[TW_CHANNEL_SPO2].last.t_us = now - 6 * TW_MINUTE;
  sensor->channels[TW_CHANNEL_SPO2].forecast.status = TW_FORECAST_STALE_INPUT;
  sensor->channels[TW_CHANNEL_SPO2].forecast.input_us = now - 6 * TW_MINUTE;
  tw_ward_fixture_cut (sensor, now - 6 * TW_MINUTE, now);
  add_flag (sensor, (TwFlagFields) { .rule = "spo2-lost", .kind = TW_FLAG_TECHNICAL,
                                     .level = TW_LEVEL_TECHNICAL, .channel = TW_CHANNEL_SPO2,
                                     .value = 97, .since_us = now - 6 * TW_MINUTE,
                                     .value_us = now - 6 * TW_MINUTE });
  add_flag (slow, (TwFlagFields) { .rule = "heart_rate-low", .kind = TW_FLAG_LIMIT, .level = TW_LEVEL_LOW,
                                   .channel = TW_CHANNEL_HEART_RATE, .below = TRUE, .value = 48,
                                   .limit = 50, .since_us = now - 4 * TW_MINUTE,
                                   .value_us = now - 8 * TW_SECOND });
  slow->channels[TW_CHANNEL_HEART_RATE].counts.by_reason[TW_REASON_HAMPEL_CONFIRMED] = 2;
  forecast->status = TW_FORECAST_UNRELIABLE;
  forecast->honesty.recent_inside80 = 11;
  forecast->honesty.inside80 = 27;
  tw_ward_fixture_score (wrong, TW_CHANNEL_MAP, 92, .59);
}

static TwWardFixture *
new_fixture (void)
{
  TwWardFixture *fixture = g_new0 (TwWardFixture, 1);
  const gint64 now = TW_FIXTURE_NOW_US;

  fixture->snapshots = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_snapshot_unref);
  fixture->scene = (TwWardScene) {
    .ward = "Ward 3B",
    .status = { .state = TW_FEED_LIVE, .since_us = now - TW_HOUR, .streaming = TRUE, .invented = TRUE,
                .speed = 1 },
    .counts = { .n_received = 412 },
    .now_us = now, .wall_us = now, .checked_us = now,
    .alarms = { .from_us = now - 12 * TW_HOUR, .to_us = now, .days = 3.9, .n_raised = 14, .n_predicted = 5,
                .n_acknowledged = 9, .acknowledge_min = 4, .n_scored = 12, .n_right = 7, .n_plain = 37 },
  };
  return fixture;
}

static void
close_fixture (TwWardFixture *fixture)
{
  fixture->scene.snapshots = (TwSnapshot *const *) fixture->snapshots->pdata;
  fixture->scene.n_snapshots = fixture->snapshots->len;
}

static void
add_bed (TwWardFixture *fixture,
         const Bed *bed,
         guint number)
{
  g_autofree char *label = g_strdup_printf ("%u", number);
  const TwPatientFields fields = { .id = (char *) "p", .family = (char *) bed->family,
                                   .given = (char *) bed->given, .identifier = (char *) bed->identifier,
                                   .bed = label, .ward = (char *) "Ward 3B", .sex = bed->sex,
                                   .birth_year = bed->year, .birth_month = bed->month,
                                   .birth_day = bed->day, .age_years = -1,
                                   .spo2_scale_2 = bed->scale_2, .invented = TRUE, .weight_kg = NAN };
  TwSnapshot *snapshot = new_snapshot (number - 1, &fields);

  snapshot->driver = bed->driver;
  fill_vitals (snapshot, bed);
  fill_news2 (snapshot, bed);
  for (int channel = 0; channel < TW_N_VITALS; channel++)
    if (snapshot->channels[channel].series != NULL)
      tw_ward_fixture_score (snapshot, channel, 92, .8);
  g_ptr_array_add (fixture->snapshots, snapshot);
}

TwWardFixture *
tw_ward_fixture_new (void)
{
  TwWardFixture *fixture = new_fixture ();

  for (guint i = 0; i < G_N_ELEMENTS (beds); i++)
    add_bed (fixture, &beds[i], i + 1);
  add_urgent_stories (fixture);
  add_quiet_stories (fixture);
  close_fixture (fixture);
  return fixture;
}

TwWardFixture *
tw_ward_fixture_new_large (guint n)
{
  TwWardFixture *fixture = new_fixture ();

  for (guint i = 0; i < n; i++)
    add_bed (fixture, &beds[i % (G_N_ELEMENTS (beds) - 1)], i + 1);
  close_fixture (fixture);
  return fixture;
}

void
tw_ward_fixture_free (TwWardFixture *fixture)
{
  g_ptr_array_unref (fixture->snapshots);
  g_free (fixture);
}

TwSnapshot *
tw_ward_fixture_get (TwWardFixture *fixture,
                     guint bed)
{
  return g_ptr_array_index (fixture->snapshots, bed - 1);
}

void
tw_ward_fixture_withhold (TwSnapshot *snapshot,
                          TwForecastStatus status)
{
  for (int i = 0; i < TW_N_VITALS; i++)
    if (snapshot->channels[i].last.t_us != 0)
      {
        snapshot->channels[i].forecast.status = status;
        snapshot->channels[i].forecast.input_us = snapshot->channels[i].last.t_us;
      }
}

/* The series again, without the samples of a span. */
static TwSeriesView *
copy_without (TwSeriesView *view,
              gint64 from_us,
              gint64 to_us)
{
  g_autoptr (TwSeries) series = tw_series_new (0, 0);

  for (gsize i = 0; i < tw_series_view_get_length (view); i++)
    {
      TwSample sample;

      tw_series_view_get (view, i, &sample);
      if (sample.t_us <= from_us || sample.t_us > to_us)
        tw_series_insert (series, &sample);
    }
  return tw_series_snapshot (series);
}

void
tw_ward_fixture_cut (TwSnapshot *snapshot,
                     gint64 from_us,
                     gint64 to_us)
{
  gboolean only_spo2 = to_us >= TW_FIXTURE_NOW_US && snapshot->driver == TW_CHANNEL_SPO2;

  for (int i = 0; i < TW_N_CHANNELS; i++)
    {
      TwChannelSnapshot *values = &snapshot->channels[i];
      TwSeriesView *cut;

      if (values->series == NULL || (only_spo2 && i != TW_CHANNEL_SPO2) || i == TW_CHANNEL_TEMPERATURE)
        continue;
      cut = copy_without (values->series, from_us, to_us);
      tw_series_view_unref (values->series);
      values->series = cut;
    }
}

void
tw_ward_fixture_age (TwSnapshot *snapshot,
                     gint64 age_us)
{
  gint64 cut_us = TW_FIXTURE_NOW_US - age_us;

  for (int i = 0; i < TW_N_CHANNELS; i++)
    {
      TwChannelSnapshot *values = &snapshot->channels[i];

      if (values->series == NULL)
        continue;
      if (values->last.t_us > cut_us)
        {
          TwSeriesView *cut = copy_without (values->series, cut_us, TW_FIXTURE_NOW_US);

          tw_series_view_unref (values->series);
          values->series = cut;
          values->last.t_us = values->newest.t_us = cut_us;
        }
    }
  tw_ward_fixture_withhold (snapshot, TW_FORECAST_STALE_INPUT);
}
