/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The results of the scores (NEWS2, MEWS, qSOFA, SIRS, shock index, glycaemia) and of a robust trend:
 * data only. */
#pragma once

#include <glib.h>

#include "tw-channel.h"

G_BEGIN_DECLS

typedef enum
{
  TW_NEWS2_RESPIRATION,
  TW_NEWS2_SPO2,
  TW_NEWS2_OXYGEN,
  TW_NEWS2_PRESSURE,
  TW_NEWS2_PULSE,
  TW_NEWS2_CONSCIOUSNESS,
  TW_NEWS2_TEMPERATURE,
  TW_NEWS2_N_ITEMS
} TwNews2Item;

typedef enum
{
  TW_NEWS2_NOT_USED,   /* under 16 years, pregnancy */
  TW_NEWS2_INCOMPLETE, /* total is "at least" */
  TW_NEWS2_COMPLETE
} TwNews2Status;

typedef enum
{
  TW_NEWS2_RISK_UNKNOWN, /* incomplete, and the bound alone proves nothing */
  TW_NEWS2_RISK_LOW,
  TW_NEWS2_RISK_LOW_MEDIUM, /* a 3 in one item */
  TW_NEWS2_RISK_MEDIUM,     /* 5-6 */
  TW_NEWS2_RISK_HIGH        /* 7 and more */
} TwNews2Risk;

typedef struct
{
  int points;     /* 0..3; -1: missing or too old */
  double value;   /* the value used (oxygen: L/min or FiO2 %), NaN when missing */
  gint64 t_us;    /* its time; 0 when there never was one */
  TwChannel channel; /* the channel it came from */
} TwNews2Part;

typedef struct
{
  TwNews2Status status;
  TwNews2Risk risk;
  int total;            /* sum of the present items */
  gboolean scale_2;
  gboolean from_gcs;    /* consciousness taken from the Glasgow Coma Scale */
  gint64 t_us;          /* when it was evaluated */
  TwNews2Part parts[TW_NEWS2_N_ITEMS];
  char table_version[16];
} TwNews2;

/* How likely the score is to rise within the horizon. */
typedef struct
{
  TwNews2Status status;     /* incomplete: nothing is said; see missing */
  int horizon_min;
  gint64 issued_us;
  double p_medium, p_high;  /* to reach 5 or a 3 in one item; to reach 7; NaN: unknown */
  TwChannel driver_medium, driver_high; /* the vital sign whose change adds most; NONE: no one does */
  TwChannel missing;        /* the vital sign without a forecast; NONE: the score itself is incomplete */
  gboolean temperature_carried; /* charted too rarely for a forecast: it stays as it is */
} TwNews2Forecast;

/* The other scores of adults, each a sum of items read off bands. */
typedef enum
{
  TW_BAND_MEWS,  /* Modified Early Warning Score, Subbe 2001 */
  TW_BAND_QSOFA, /* Sepsis-3, 2016 */
  TW_BAND_SIRS,  /* ACCP/SCCM 1992 */
  TW_N_BAND_SCORES
} TwBandKind;

#define TW_BAND_MAX_ITEMS 6

/* "mews", "qsofa", "sirs": the key in JSON; and the name, "MEWS". */
const char *tw_band_kind_key (TwBandKind kind);
const char *tw_band_kind_name (TwBandKind kind);

typedef struct
{
  TwBandKind kind;
  TwNews2Status status; /* incomplete: total is "at least", over the items that are known */
  int total;
  int threshold;        /* total that counts as positive */
  gboolean reached;     /* a bound may prove it, never refute it */
  guint n_items, n_known;
  gint64 t_us;
  TwNews2Part parts[TW_BAND_MAX_ITEMS]; /* channel TW_CHANNEL_NONE: not received at all */
  char table_version[16];
} TwBandScore;

typedef enum
{
  TW_SHOCK_UNKNOWN, /* an input is missing, too old, or taken too far from the other */
  TW_SHOCK_NORMAL,
  TW_SHOCK_RAISED,
  TW_SHOCK_SEVERE
} TwShockGrade;

typedef struct
{
  TwNews2Status status;
  TwShockGrade grade;
  double index;    /* heart rate / systolic; NaN: unknown */
  double modified; /* heart rate / MAP; NaN: unknown; shown, no limit */
  gint64 t_us;
  TwNews2Part parts[3]; /* heart rate, systolic, MAP; points 0 used, -1 missing */
  char table_version[16];
} TwShockIndex;

/* All scores but NEWS2, at one moment. */
typedef struct
{
  TwBandScore band[TW_N_BAND_SCORES];
  TwShockIndex shock;
} TwScores;

/* Quality of glucose over a window: shares in percent of all readings. Numbers are NaN where there are
 * too few readings. */
typedef struct
{
  guint n;
  gint64 from_us, to_us;     /* first and last reading used */
  double mean, sd, cv;       /* mg/dL, mg/dL, % */
  double gmi;                /* glucose management indicator, % */
  double lbgi, hbgi, gri;
  double in_range;           /* low..high of the table, both included */
  double below, very_low;    /* under low, under very_low */
  double above, very_high;   /* over high, over very_high */
  double mage;               /* mean of rising and falling excursions, mg/dL */
  char table_version[16];
} TwGlycaemia;

typedef enum
{
  TW_TREND_NONE,     /* too few points */
  TW_TREND_UNCLEAR,  /* the interval holds 0 */
  TW_TREND_RISING,
  TW_TREND_FALLING
} TwTrendDirection;

typedef struct
{
  TwTrendDirection direction;
  double per_hour;       /* slope, unit per hour (Theil-Sen) */
  double low, high;      /* its 95 % interval */
  guint n;
  gint64 from_us, to_us; /* the window used */
} TwTrend;

G_END_DECLS
