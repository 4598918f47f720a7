/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bands of NEWS2 as they lie in memory; inside this room only. */
#pragma once

#include "tw-news2.h"

G_BEGIN_DECLS

#define TW_NEWS2_MAX_BANDS 8

/* SpO2 has a list of bands for each scale, and the second scale one for air and one for oxygen. */
typedef enum
{
  TW_BANDS_RESPIRATION,
  TW_BANDS_SPO2_1,
  TW_BANDS_SPO2_2_AIR,
  TW_BANDS_SPO2_2_OXYGEN,
  TW_BANDS_PRESSURE,
  TW_BANDS_PULSE,
  TW_BANDS_CONSCIOUSNESS,
  TW_BANDS_TEMPERATURE,
  TW_BANDS_N
} TwBandsKind;

/* Bounds are whole numbers of the item's last decimal (36.1 is 361), so no comparison sees a
 * binary fraction. Bands follow each other without a hole: a band ends where the next one
 * starts. */
typedef struct
{
  gint64 high; /* inclusive; G_MAXINT64 for the last band */
  int points;
} TwNews2Band;

typedef struct
{
  guint n;
  TwNews2Band band[TW_NEWS2_MAX_BANDS];
} TwNews2Bands;

struct _TwNews2Table
{
  gatomicrefcount refs;
  char version[16];
  TwNews2Bands bands[TW_BANDS_N];
  int oxygen_points[2]; /* on air, on oxygen */
  double scale[TW_NEWS2_N_ITEMS]; /* 10 to the power of the item's decimals */
  gint64 max_age_us[TW_NEWS2_N_ITEMS];
  int single_points, medium_total, high_total;
};

/* "respiration", "spo2"...: the item's name in the table. */
const char *tw_news2_item_key (TwNews2Item item);

/* value x scale in whole numbers, rounded half away from zero. scale: 10 to the power of the decimals. */
gint64 tw_score_round (double scale, double value);
/* The value in whole numbers of the item's last decimal, rounded half away from zero. */
gint64 tw_news2_round (const TwNews2Table *table, TwNews2Item item, double value);

/* The channel's value when it may be scored: known, verdict good or doubtful, at most max_age_us old; else
 * NULL. */
const TwSample *tw_vitals_find_fresh (const TwVitals *vitals, TwChannel channel, gint64 now_us,
                                      gint64 max_age_us);

/* What the score needs to know of the patient. */
typedef struct
{
  gboolean used;
  gboolean scale_2;
} TwNews2Setting;

void tw_news2_setting_for (const TwPatient *patient, TwCategory category, TwNews2Setting *setting);
void tw_news2_evaluate_in (const TwNews2Table *table, const TwNews2Setting *setting,
                           const TwVitals *vitals,
                           gint64 now_us, TwNews2 *result);

G_END_DECLS
