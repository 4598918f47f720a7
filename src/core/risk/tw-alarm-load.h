/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What alarms cost and what they were good for: load, sensitivity by event, lead time. */
#pragma once

#include <glib.h>

#include "tw-series.h"

G_BEGIN_DECLS

/* The danger: values beyond the threshold. */
typedef struct
{
  double threshold;
  gboolean below;
  gint64 window_us; /* an alarm counts for an event that begins within so long after it was raised */
} TwDanger;

/* One alarm, from when it was raised to when it ended. */
typedef struct
{
  gint64 raised_us, ended_us;
} TwAlarmSpan;

/* Sums over patients. Zero-filled at first; lead_min is made by the first event and freed by clear. */
typedef struct
{
  guint n_alarms, n_true;   /* true: an event began while it stood, or within the window after it rose */
  guint n_events, n_caught; /* caught: an alarm stood at its onset, or rose within the window before */
  double days;              /* of observation */
  double alarm_days;        /* of them in alarm */
  GArray *lead_min;         /* double, of each caught event: first such alarm to onset */
} TwAlarmLoad;

/* Onsets: first of two consecutive readings beyond, the one before inside, at least 60 min after the last
 * reading beyond. Appends gint64 to onsets. */
void tw_danger_find_onsets (const TwDanger *danger, const TwSample *readings, gsize n, GArray *onsets);

/* Adds one patient: readings in rising time, alarms in rising time. Time between two readings counts up to
 * 3 h. */
void tw_alarm_load_add (TwAlarmLoad *load, const TwDanger *danger, const TwSample *readings, gsize n,
                        const TwAlarmSpan *alarms, gsize n_alarms);
void tw_alarm_load_clear (TwAlarmLoad *load);

/* NaN where there is nothing to divide by. */
double tw_alarm_load_per_day (const TwAlarmLoad *load);
double tw_alarm_load_sensitivity (const TwAlarmLoad *load);
double tw_alarm_load_ppv (const TwAlarmLoad *load);
double tw_alarm_load_false_per_true (const TwAlarmLoad *load);
double tw_alarm_load_time_in_alarm (const TwAlarmLoad *load);
/* share .5: the median lead time in minutes; sorts lead_min. */
double tw_alarm_load_lead (TwAlarmLoad *load, double share);

/* The plain limit of a monitor: an alarm from each reading beyond limit to the first one inside. Appends
 * TwAlarmSpan. */
void tw_static_alarms (double limit, gboolean below, const TwSample *readings, gsize n, GArray *alarms);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TwAlarmLoad, tw_alarm_load_clear)

G_END_DECLS
