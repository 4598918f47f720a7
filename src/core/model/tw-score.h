/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The result of the National Early Warning Score 2 and of a robust trend: data only. */
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
