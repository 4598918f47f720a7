/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the flags of a whole ward cost over the last shift, and what they were worth. Plain data. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Below so many scored predictions, and below so much observation, no share and no rate is said. */
#define TW_ALARM_SUMMARY_ENOUGH_SCORED 5
#define TW_ALARM_SUMMARY_ENOUGH_DAYS .25

typedef struct
{
  gint64 from_us, to_us;   /* watched within this span; from_us 0: not yet */
  double days;             /* patient-days that were watched */
  guint n_raised;          /* flags about patients; technical ones are not counted */
  guint n_predicted;       /* of them */
  guint n_acknowledged;    /* of n_raised */
  double acknowledge_min;  /* median time to it, minutes; NaN: none was */
  guint n_scored, n_right; /* predictions whose horizon passed within the span; came true */
  guint n_plain;           /* alarms of the same limits without persistence and hysteresis */
} TwAlarmSummary;

G_END_DECLS
