/* SPDX-License-Identifier: GPL-3.0-or-later */
/* National Early Warning Score 2: sum of seven items of 0 to 3 points, from values that are
 * fresh enough. Source: Royal College of Physicians, 2017; composition and "at least": twin.md
 * 7.2. */
#include "config.h"

#include "tw-news2-table.h"

#include "tw-time.h"

#include <math.h>
#include <string.h>

/* A reading may be stamped a little ahead of the clock that asks; more than this is not "now". */
#define AHEAD (5 * TW_MINUTE)

/* Room air, in whole percent. */
#define AIR_FIO2_PERCENT 21

/* Where a plain item takes its value from. */
static const struct
{
  TwNews2Item item;
  TwChannel channel;
} plain_items[] = {
  { TW_NEWS2_RESPIRATION, TW_CHANNEL_RESPIRATORY_RATE },
  { TW_NEWS2_PRESSURE, TW_CHANNEL_SYSTOLIC },
  { TW_NEWS2_PULSE, TW_CHANNEL_HEART_RATE },
  { TW_NEWS2_TEMPERATURE, TW_CHANNEL_TEMPERATURE },
};

/* What the score is made of at one moment. */
typedef struct
{
  const TwNews2Table *table;
  const TwVitals *vitals;
  gint64 now_us;
} Moment;

typedef enum
{
  SUPPORT_UNKNOWN,
  SUPPORT_AIR,
  SUPPORT_OXYGEN
} Support;

static int
points_in (const TwNews2Bands *bands, gint64 rounded)
{
  for (guint i = 0; i < bands->n; i++)
    if (rounded <= bands->band[i].high)
      return bands->band[i].points;
  g_return_val_if_reached (-1);
}

/* Points of one item for one value in its inside unit: 0..3; -1 for a value that is not finite,
 * and for a consciousness that is no TwAcvpu code. The value of the oxygen item does not count,
 * only on_oxygen. */
int
tw_news2_points (const TwNews2Table *table,
                 TwNews2Item item,
                 double value,
                 gboolean scale_2,
                 gboolean on_oxygen)
{
  static const TwBandsKind lists[TW_NEWS2_N_ITEMS] = {
    [TW_NEWS2_RESPIRATION] = TW_BANDS_RESPIRATION,
    [TW_NEWS2_SPO2] = TW_BANDS_SPO2_1,
    [TW_NEWS2_PRESSURE] = TW_BANDS_PRESSURE,
    [TW_NEWS2_PULSE] = TW_BANDS_PULSE,
    [TW_NEWS2_CONSCIOUSNESS] = TW_BANDS_CONSCIOUSNESS,
    [TW_NEWS2_TEMPERATURE] = TW_BANDS_TEMPERATURE,
  };
  TwBandsKind list;

  g_return_val_if_fail (table != NULL && (guint) item < TW_NEWS2_N_ITEMS, -1);

  if (!isfinite (value))
    return -1;
  if (item == TW_NEWS2_OXYGEN)
    return table->oxygen_points[on_oxygen ? 1 : 0];
  if (item == TW_NEWS2_CONSCIOUSNESS
      && (value < TW_ACVPU_ALERT || value > TW_ACVPU_UNRESPONSIVE || value != floor (value)))
    return -1;
  list = lists[item];
  if (item == TW_NEWS2_SPO2 && scale_2)
    list = on_oxygen ? TW_BANDS_SPO2_2_OXYGEN : TW_BANDS_SPO2_2_AIR;
  return points_in (&table->bands[list], tw_news2_round (table, item, value));
}

const TwSample *
tw_vitals_find_fresh (const TwVitals *vitals, TwChannel channel, gint64 now_us, gint64 max_age_us)
{
  const TwSample *sample = &vitals->last[channel];
  gint64 age_us = now_us - sample->t_us;

  if (sample->t_us == 0 || !isfinite (sample->value)
      || tw_quality_verdict (sample->quality) > TW_VERDICT_DOUBTFUL || age_us > max_age_us
      || age_us < -AHEAD)
    return NULL;
  return sample;
}

static const TwSample *
fresh_sample (const Moment *moment, TwNews2Item item, TwChannel channel)
{
  return tw_vitals_find_fresh (moment->vitals, channel, moment->now_us,
                               moment->table->max_age_us[item]);
}

/* Fills a part that cannot be scored: no points, and the time of the newest value there ever
 * was. */
static void
mark_missing (const Moment *moment, TwNews2Part *part, TwChannel channel)
{
  part->points = -1;
  part->value = NAN;
  part->channel = channel;
  part->t_us = moment->vitals->last[channel].t_us;
}

static void
mark_used (TwNews2Part *part, const TwSample *sample, TwChannel channel, int points)
{
  part->points = points;
  part->value = sample->value;
  part->channel = channel;
  part->t_us = sample->t_us;
}

/* Air or oxygen: flow above 0 or FiO2 above 21 % (rounded: devices tell room air as 20.9 or
 * 21.2). Either one that says oxygen decides, since a nasal cannula is charted without FiO2 and
 * a ventilator without flow. Never reported is unknown, not air: two points would be lost in
 * silence. */
static Support
evaluate_oxygen (const Moment *moment, TwNews2Part *part)
{
  const TwSample *flow = fresh_sample (moment, TW_NEWS2_OXYGEN, TW_CHANNEL_OXYGEN_FLOW);
  const TwSample *fio2 = fresh_sample (moment, TW_NEWS2_OXYGEN, TW_CHANNEL_FIO2);
  gboolean by_flow = flow != NULL && flow->value > 0;
  gboolean by_fio2 = fio2 != NULL
                     && tw_news2_round (moment->table, TW_NEWS2_OXYGEN, fio2->value)
                          > AIR_FIO2_PERCENT;
  TwChannel newer = moment->vitals->last[TW_CHANNEL_FIO2].t_us
                        > moment->vitals->last[TW_CHANNEL_OXYGEN_FLOW].t_us
                      ? TW_CHANNEL_FIO2
                      : TW_CHANNEL_OXYGEN_FLOW;
  int points = moment->table->oxygen_points[by_flow || by_fio2 ? 1 : 0];

  if (flow == NULL && fio2 == NULL)
    {
      mark_missing (moment, part, newer);
      return SUPPORT_UNKNOWN;
    }
  if (by_flow || (flow != NULL && !by_fio2 && (fio2 == NULL || newer == TW_CHANNEL_OXYGEN_FLOW)))
    mark_used (part, flow, TW_CHANNEL_OXYGEN_FLOW, points);
  else
    mark_used (part, fio2, TW_CHANNEL_FIO2, points);
  return by_flow || by_fio2 ? SUPPORT_OXYGEN : SUPPORT_AIR;
}

/* On scale 2 a saturation of 93 and more cannot be scored without knowing whether the patient
 * breathes oxygen: the item counts as missing then, although the value is there. */
static void
evaluate_spo2 (const Moment *moment, gboolean scale_2, Support support, TwNews2Part *part)
{
  const TwSample *sample = fresh_sample (moment, TW_NEWS2_SPO2, TW_CHANNEL_SPO2);
  int on_air, on_oxygen;

  if (sample == NULL)
    {
      mark_missing (moment, part, TW_CHANNEL_SPO2);
      return;
    }
  on_air = tw_news2_points (moment->table, TW_NEWS2_SPO2, sample->value, scale_2, FALSE);
  on_oxygen = tw_news2_points (moment->table, TW_NEWS2_SPO2, sample->value, scale_2, TRUE);
  mark_used (part, sample, TW_CHANNEL_SPO2, support == SUPPORT_OXYGEN ? on_oxygen : on_air);
  if (support == SUPPORT_UNKNOWN && on_air != on_oxygen)
    part->points = -1;
}

/* ACVPU as charted, or the Glasgow Coma Scale (15 is alert, less is altered); the newer of the
 * two, ACVPU on a tie. Returns TRUE when it came from the Glasgow Coma Scale. */
static gboolean
evaluate_consciousness (const Moment *moment, TwNews2Part *part)
{
  const TwSample *acvpu = fresh_sample (moment, TW_NEWS2_CONSCIOUSNESS, TW_CHANNEL_CONSCIOUSNESS);
  const TwSample *gcs = fresh_sample (moment, TW_NEWS2_CONSCIOUSNESS, TW_CHANNEL_GCS_TOTAL);
  const TwSample *newest = moment->vitals->last;
  double altered;

  if (gcs != NULL && (acvpu == NULL || gcs->t_us > acvpu->t_us))
    {
      altered = tw_news2_round (moment->table, TW_NEWS2_CONSCIOUSNESS, gcs->value) < 15
                  ? TW_ACVPU_CONFUSION
                  : TW_ACVPU_ALERT;
      mark_used (part, gcs, TW_CHANNEL_GCS_TOTAL,
                 tw_news2_points (moment->table, TW_NEWS2_CONSCIOUSNESS, altered, FALSE, FALSE));
      return TRUE;
    }
  if (acvpu == NULL)
    mark_missing (moment, part,
                  newest[TW_CHANNEL_GCS_TOTAL].t_us > newest[TW_CHANNEL_CONSCIOUSNESS].t_us
                    ? TW_CHANNEL_GCS_TOTAL
                    : TW_CHANNEL_CONSCIOUSNESS);
  else
    mark_used (part, acvpu, TW_CHANNEL_CONSCIOUSNESS,
               tw_news2_points (moment->table, TW_NEWS2_CONSCIOUSNESS, acvpu->value, FALSE, FALSE));
  return FALSE;
}

/* Items only add, so a bound may prove a class from above but never a low one. */
static TwNews2Risk
classify (const TwNews2Table *table, const TwNews2 *result, gboolean single)
{
  if (result->total >= table->high_total)
    return TW_NEWS2_RISK_HIGH;
  if (result->total >= table->medium_total)
    return TW_NEWS2_RISK_MEDIUM;
  if (single)
    return TW_NEWS2_RISK_LOW_MEDIUM;
  return result->status == TW_NEWS2_COMPLETE ? TW_NEWS2_RISK_LOW : TW_NEWS2_RISK_UNKNOWN;
}

static void
add_up (const TwNews2Table *table, TwNews2 *result)
{
  gboolean single = FALSE;

  result->status = TW_NEWS2_COMPLETE;
  for (int i = 0; i < TW_NEWS2_N_ITEMS; i++)
    {
      if (result->parts[i].points < 0)
        {
          result->status = TW_NEWS2_INCOMPLETE;
          continue;
        }
      result->total += result->parts[i].points;
      single = single || result->parts[i].points >= table->single_points;
    }
  result->risk = classify (table, result, single);
}

/* As tw_news2_evaluate, for a caller that knows already whether the score may be used: finding a
 * patient's age costs more than the score. */
void
tw_news2_evaluate_in (const TwNews2Table *table,
                      const TwNews2Setting *setting,
                      const TwVitals *vitals,
                      gint64 now_us,
                      TwNews2 *result)
{
  const Moment moment = { table, vitals, now_us };
  Support support;

  memset (result, 0, sizeof *result);
  result->t_us = now_us;
  result->scale_2 = setting->scale_2;
  g_strlcpy (result->table_version, table->version, sizeof result->table_version);
  for (int i = 0; i < TW_NEWS2_N_ITEMS; i++)
    result->parts[i] = (TwNews2Part) { -1, NAN, 0, TW_CHANNEL_NONE };
  if (!setting->used)
    {
      result->status = TW_NEWS2_NOT_USED;
      result->risk = TW_NEWS2_RISK_UNKNOWN;
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (plain_items); i++)
    {
      TwNews2Item item = plain_items[i].item;
      const TwSample *sample = fresh_sample (&moment, item, plain_items[i].channel);

      if (sample == NULL)
        mark_missing (&moment, &result->parts[item], plain_items[i].channel);
      else
        mark_used (&result->parts[item], sample, plain_items[i].channel,
                   tw_news2_points (table, item, sample->value, FALSE, FALSE));
    }
  support = evaluate_oxygen (&moment, &result->parts[TW_NEWS2_OXYGEN]);
  evaluate_spo2 (&moment, result->scale_2, support, &result->parts[TW_NEWS2_SPO2]);
  result->from_gcs = evaluate_consciousness (&moment, &result->parts[TW_NEWS2_CONSCIOUSNESS]);
  add_up (table, result);
}

/* Not under 16 years and not in pregnancy; an unknown age counts as adult. */
void
tw_news2_setting_for (const TwPatient *patient, TwCategory category, TwNews2Setting *setting)
{
  const TwPatientFields *fields = tw_patient_get (patient);

  setting->used = category == TW_CATEGORY_ADULT && !fields->pregnant;
  setting->scale_2 = fields->spo2_scale_2;
}

/* Scores at now_us. A value counts when it is known, of verdict good or doubtful, and not older
 * than the table's limit for its item (30 min unless the table says otherwise; exactly 30 min
 * still counts). A part without points names its channel and the time of the newest value, so
 * that its age can be told. Not used under 16 years and in pregnancy: then nothing is scored at
 * all. An unknown age counts as adult. */
void
tw_news2_evaluate (const TwNews2Table *table,
                   const TwPatient *patient,
                   const TwVitals *vitals,
                   gint64 now_us,
                   TwNews2 *result)
{
  TwNews2Setting setting;

  g_return_if_fail (table != NULL && patient != NULL && vitals != NULL && result != NULL);

  tw_news2_setting_for (patient, tw_patient_category (patient, now_us), &setting);
  tw_news2_evaluate_in (table, &setting, vitals, now_us, result);
}
