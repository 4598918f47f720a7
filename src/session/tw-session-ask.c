/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a session is asked: who is there, how they are, what time it is, what a person did to a flag. */
#include "config.h"

#include "tw-session-private.h"

#include "tw-time.h"

#include <math.h>

/* What delivery takes on the wall clock: below this age nothing is called late. */
#define DELIVERY_FLOOR_US (10 * TW_SECOND)
#define DELIVERY_FLOOR_WALL_US TW_SECOND

TwBed *
tw_session_bed_at (TwSession *self, guint index)
{
  return index < self->beds->len ? g_ptr_array_index (self->beds, index) : NULL;
}

TwBedMoment
tw_session_moment_now (TwSession *self)
{
  gint64 floor = (gint64) (self->clock_speed * (double) DELIVERY_FLOOR_WALL_US);

  return (TwBedMoment){
    .now_us = tw_session_get_now (self),
    .floor_us = MAX (DELIVERY_FLOOR_US, floor),
    .feed_lost = self->status.state != TW_FEED_LIVE && self->status.state != TW_FEED_LOADING,
    .budget = self->budget,
  };
}

void
tw_session_count_events (TwSession *self, guint index)
{
  TwBed *bed = tw_session_bed_at (self, index);
  guint n;
  const TwRiskEvent *events = tw_bed_take_events (bed, &n);

  for (guint i = 0; i < n && !tw_bed_is_loading (bed); i++)
    {
      tw_alarm_budget_note (self->budget, &events[i]);
      tw_ward_load_note (self->load, index, &events[i]);
    }
}

guint
tw_session_get_n_patients (TwSession *self)
{
  g_return_val_if_fail (TW_IS_SESSION (self), 0);

  return self->beds->len;
}

const guint *
tw_session_get_order (TwSession *self, guint *n)
{
  g_return_val_if_fail (TW_IS_SESSION (self) && n != NULL, NULL);

  *n = self->order->len;
  return (const guint *) (gpointer) self->order->data;
}

const char *
tw_session_get_ward (TwSession *self)
{
  g_return_val_if_fail (TW_IS_SESSION (self), NULL);

  return self->ward;
}

TwSnapshot *
tw_session_get_snapshot (TwSession *self, guint index)
{
  TwBed *bed;
  TwBedMoment moment;

  g_return_val_if_fail (TW_IS_SESSION (self), NULL);

  bed = tw_session_bed_at (self, index);
  if (bed == NULL)
    return NULL;
  moment = tw_session_moment_now (self);
  return tw_bed_snapshot (bed, &moment);
}

TwPatient *
tw_session_dup_patient (TwSession *self, guint index)
{
  TwBed *bed;

  g_return_val_if_fail (TW_IS_SESSION (self), NULL);

  bed = tw_session_bed_at (self, index);
  return bed != NULL ? tw_patient_ref (tw_bed_get_patient (bed)) : NULL;
}

const TwFeedStatus *
tw_session_get_status (TwSession *self)
{
  g_return_val_if_fail (TW_IS_SESSION (self), NULL);

  return &self->status;
}

void
tw_session_get_counts (TwSession *self, TwFeedCounts *counts)
{
  g_return_if_fail (TW_IS_SESSION (self) && counts != NULL);

  tw_source_get_counts (self->source, counts);
}

gint64
tw_session_get_now (TwSession *self)
{
  double elapsed_us;

  g_return_val_if_fail (TW_IS_SESSION (self), 0);

  elapsed_us = (double) (tw_session_monotonic_us (self) - self->clock_mono_us);
  return self->clock_now_us + (gint64) (elapsed_us * self->clock_speed);
}

gint64
tw_session_get_checked (TwSession *self)
{
  g_return_val_if_fail (TW_IS_SESSION (self), 0);

  return self->checked_us;
}

gboolean
tw_session_acknowledge (TwSession *self, guint index, const char *rule)
{
  TwBed *bed;

  g_return_val_if_fail (TW_IS_SESSION (self) && rule != NULL, FALSE);

  bed = tw_session_bed_at (self, index);
  if (bed == NULL || !tw_bed_acknowledge (bed, rule, tw_session_get_now (self)))
    return FALSE;
  tw_session_count_events (self, index);
  return TRUE;
}

void
tw_session_get_alarms (TwSession *self, TwAlarmSummary *summary)
{
  g_return_if_fail (TW_IS_SESSION (self) && summary != NULL);

  tw_ward_load_summarise (self->load, summary);
}

gboolean
tw_session_silence (TwSession *self, guint index, const char *rule, int minutes)
{
  TwBed *bed;

  g_return_val_if_fail (TW_IS_SESSION (self) && rule != NULL, FALSE);

  bed = tw_session_bed_at (self, index);
  return bed != NULL && tw_bed_silence (bed, rule, minutes, tw_session_get_now (self));
}

void
tw_session_crossing (TwSession *self,
                     guint index,
                     TwChannel channel,
                     double threshold,
                     gboolean below,
                     int horizon_min,
                     TwCrossing *crossing)
{
  TwBed *bed;

  g_return_if_fail (TW_IS_SESSION (self) && crossing != NULL);

  bed = tw_session_bed_at (self, index);
  if (bed != NULL)
    tw_bed_crossing (bed, channel, tw_session_get_now (self), threshold, below, horizon_min, crossing);
}

void
tw_session_honesty (TwSession *self, guint index, TwChannel channel, int horizon_min, TwHonesty *honesty)
{
  TwBed *bed;

  g_return_if_fail (TW_IS_SESSION (self) && honesty != NULL);

  bed = tw_session_bed_at (self, index);
  if (bed != NULL)
    tw_twin_get_honesty (tw_bed_get_twin (bed), channel, horizon_min, honesty);
}

const TwSelfReport *
tw_session_dup_report (TwSession *self, guint index, TwChannel channel, int horizon_min)
{
  TwSelfReport *report;
  TwBed *bed;

  g_return_val_if_fail (TW_IS_SESSION (self), NULL);

  bed = tw_session_bed_at (self, index);
  if (bed == NULL)
    return NULL;
  report = tw_self_report_new ();
  if (tw_twin_report (tw_bed_get_twin (bed), channel, horizon_min, tw_session_get_now (self), NULL,
                      report))
    return report;
  tw_self_report_unref (report);
  return NULL;
}

guint
tw_session_get_scored_horizons (TwSession *self, guint index, TwChannel channel, int horizons_min[4])
{
  TwBed *bed;

  g_return_val_if_fail (TW_IS_SESSION (self), 0);

  bed = tw_session_bed_at (self, index);
  return bed != NULL ? tw_twin_get_scored_horizons (tw_bed_get_twin (bed), channel, horizons_min) : 0;
}

void
tw_session_width_split (TwSession *self, guint index, TwChannel channel, int horizon_min,
                        TwWidthSplit *split)
{
  TwBed *bed;

  g_return_if_fail (TW_IS_SESSION (self) && split != NULL);

  *split = (TwWidthSplit) { (double) NAN, (double) NAN, (double) NAN, (double) NAN };
  bed = tw_session_bed_at (self, index);
  if (bed != NULL)
    tw_twin_width_split (tw_bed_get_twin (bed), channel, horizon_min, tw_session_get_now (self), split);
}
