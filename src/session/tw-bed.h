/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chain of one patient: readings -> clean -> series and twin -> risk -> snapshot. */
#pragma once

#include "tw-observation.h"
#include "tw-risk.h"
#include "tw-session.h"
#include "tw-tables.h"

G_BEGIN_DECLS

typedef struct _TwBed TwBed;

TwBed *tw_bed_new (guint index, TwPatient *patient, TwTables *tables);
void tw_bed_free (TwBed *bed);

void tw_bed_set_patient (TwBed *bed, TwPatient *patient, gboolean present);
gboolean tw_bed_is_present (const TwBed *bed);
/* TRUE until the history that was queued is used. */
gboolean tw_bed_is_loading (const TwBed *bed);
TwPatient *tw_bed_get_patient (const TwBed *bed);
void tw_bed_set_tap (TwBed *bed, const TwSessionTap *tap, gpointer data);

/* Queues readings as they arrive. History is held back and put in order by time before it is used. */
void tw_bed_queue (TwBed *bed, const TwObservation *readings, gsize n, gint64 mono_us);
/* The source has no more history to give: what is held back may be used. */
void tw_bed_end_history (TwBed *bed);
void tw_bed_add_gap (TwBed *bed, TwChannel channel, gint64 from_us, gint64 to_us);
/* Exactly this gap was filled. */
void tw_bed_remove_gap (TwBed *bed, TwChannel channel, gint64 from_us, gint64 to_us);

/* TRUE when tw_bed_work () has something to do now. */
gboolean tw_bed_has_work (const TwBed *bed, gint64 mono_us);

typedef struct
{
  gint64 now_us;      /* source time */
  gint64 floor_us;    /* a value is not called late before this age: what delivery itself takes */
  gboolean feed_lost;
  const TwAlarmBudget *budget; /* of the ward */
} TwBedMoment;

/* Does queued work until deadline_us (monotonic, by clock). Returns TRUE when more is waiting. */
gboolean tw_bed_work (TwBed *bed, const TwBedMoment *moment, const TwClock *clock, gint64 deadline_us);

/* Looks at every rule at the moment, new data or not; TRUE when a flag changed. */
gboolean tw_bed_step_risk (TwBed *bed, const TwBedMoment *moment);

/* TRUE once after each change. */
gboolean tw_bed_take_dirty (TwBed *bed);
/* The newest snapshot; made when something changed since the last one. Transfer full. */
TwSnapshot *tw_bed_snapshot (TwBed *bed, const TwBedMoment *moment);

/* What happened to the flags since the last call; borrowed until the bed works again. */
const TwRiskEvent *tw_bed_take_events (TwBed *bed, guint *n);

gboolean tw_bed_acknowledge (TwBed *bed, const char *rule, gint64 now_us);
gboolean tw_bed_silence (TwBed *bed, const char *rule, int minutes, gint64 now_us);
/* The twin's crossing, calibrated as flags are. */
void tw_bed_crossing (const TwBed *bed, TwChannel channel, gint64 now_us, double threshold,
                      gboolean below, int horizon_min, TwCrossing *crossing);
const TwTwin *tw_bed_get_twin (const TwBed *bed);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwBed, tw_bed_free)

G_END_DECLS
