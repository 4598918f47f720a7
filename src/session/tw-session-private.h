/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a session holds; internal to the session's own files. */
#pragma once

#include "tw-session.h"

#include "tw-access.h"
#include "tw-alarm-budget.h"
#include "tw-bed.h"
#include "tw-source.h"
#include "tw-tables.h"
#include "tw-ward-load.h"

G_BEGIN_DECLS

struct _TwSession
{
  GObject parent_instance;

  TwSource *source;
  TwClock clock;
  TwTables *tables;
  TwAlarmBudget *budget;   /* of the whole ward */
  TwWardLoad *load;
  GPtrArray *beds;         /* TwBed, by index */
  GArray *order;           /* guint: indexes of present beds, by bed */
  char *ward;
  TwFeedStatus status;
  gboolean status_changed, roster_changed;
  gint64 clock_mono_us;    /* the source's clock: it was clock_now_us at this monotonic time */
  gint64 clock_now_us;
  double clock_speed;
  gint64 checked_us;       /* source time of the last look at every patient */
  gint64 looked_mono_us;   /* when that look began */
  guint next_bed;          /* readings: the beds go round */
  guint next_look;         /* rules: up to the number of beds, then done for this second */
  guint next_tell;         /* signals: up to the number of beds, then done for this tick */
  guint work_id, tick_id;
  TwAccess *access;        /* NULL: the token was given once */
  gboolean renewing;       /* a 401 is being answered */
  gboolean signed_out;     /* by the access: the source is stopped */
  gint64 renewed_mono_us;  /* when the last 401 was; 0 */
  const TwSessionTap *tap;
  gpointer tap_data;
};

static inline gint64
tw_session_monotonic_us (TwSession *self)
{
  return self->clock.monotonic_us (self->clock.data);
}

/* The bed of this index; NULL when there is none. */
TwBed *tw_session_bed_at (TwSession *self, guint index);
/* Now, as the beds need to know it. */
TwBedMoment tw_session_moment_now (TwSession *self);
/* Counts what happened to the flags of a bed. What a history brings has happened on no shift of ours. */
void tw_session_count_events (TwSession *self, guint index);
/* The feed's state is this from now on. */
void tw_session_set_status (TwSession *self, const TwFeedStatus *status);
/* tw-session-access.c: whether a 401 is being answered by a renewal; then status says so. */
gboolean tw_session_renews (TwSession *self, TwFeedStatus *status);

G_END_DECLS
