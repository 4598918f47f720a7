/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every page reads: the beds in order, the state of the feed, now. Fed by a session, or by a scene.
 *
 * Signals:
 *   "roster-changed" ()   beds came, left or changed place
 *   "status-changed" ()   state of the feed or its counts
 *   "summary-changed" ()  who needs attention, how many are flagged
 *   "write-back-changed" () whether results can be written to the record
 *   "tick" ()             once a second, and when the unit of glucose changes: ages are old now */
#pragma once

#include "tw-bed-item.h"
#include "tw-session.h"
#include "tw-words-state.h"
#include "tw-write-back.h"

G_BEGIN_DECLS

#define TW_TYPE_WARD_MODEL (tw_ward_model_get_type ())
G_DECLARE_FINAL_TYPE (TwWardModel, tw_ward_model, TW, WARD_MODEL, GObject)

TwWardModel *tw_ward_model_new (void);

/* Follows a session (NULL: none; the beds go). */
void tw_ward_model_set_session (TwWardModel *self, TwSession *session);

/* Borrowed; NULL without a session. */
TwWriteBack *tw_ward_model_get_write_back (TwWardModel *self);
/* By which settings know this server: its address, "demo" for the demo ward, "" for none. */
char *tw_ward_model_dup_site (TwWardModel *self);

/* A moment that somebody else made: shown as it is, nothing ticks by itself. */
typedef struct
{
  TwSnapshot *const *snapshots; /* in bed order; referenced */
  guint n_snapshots;
  const char *ward;
  TwFeedStatus status;
  TwFeedCounts counts;
  gint64 now_us, wall_us, checked_us;
  gint64 first_us, last_us; /* recorded span; 0: none */
  TwAlarmSummary alarms;
} TwWardScene;

void tw_ward_model_set_scene (TwWardModel *self, const TwWardScene *scene);

/* Of TwBedItem, in bed order. Borrowed. */
GListModel *tw_ward_model_get_beds (TwWardModel *self);
/* The flagged ones, worst first. Borrowed. */
GListModel *tw_ward_model_get_attention (TwWardModel *self);
/* Borrowed; NULL when it is not on the ward. */
TwBedItem *tw_ward_model_find (TwWardModel *self, guint index);

const char *tw_ward_model_get_ward (TwWardModel *self);
guint tw_ward_model_get_n_flagged (TwWardModel *self);
guint tw_ward_model_get_n_no_data (TwWardModel *self);
gint64 tw_ward_model_get_now (TwWardModel *self);
gint64 tw_ward_model_get_checked (TwWardModel *self);
/* The ward's alarm load over the last shift. */
void tw_ward_model_get_alarms (TwWardModel *self, TwAlarmSummary *alarms);
/* Everything that bars, pill and view are made of; status is NULL when nothing is open. */
void tw_ward_model_get_state (TwWardModel *self, TwStateInput *input);

TwUnit tw_ward_model_get_glucose_unit (TwWardModel *self);
void tw_ward_model_set_glucose_unit (TwWardModel *self, TwUnit unit);

/* How the forecasts of a channel fared on a patient, at a scored horizon (0: the main one); NULL where they
 * are not scored. Free with tw_self_report_unref. */
const TwSelfReport *tw_ward_model_dup_report (TwWardModel *self, guint index, TwChannel channel,
                                              int horizon_min);
guint tw_ward_model_get_scored_horizons (TwWardModel *self, guint index, TwChannel channel,
                                         int horizons_min[4]);
/* What a new reading would do to the width of the forecast; NaN when there is none. */
void tw_ward_model_get_width (TwWardModel *self, guint index, TwChannel channel, int horizon_min,
                              TwWidthSplit *width);

/* FALSE when there is no such flag any more, or no session. */
gboolean tw_ward_model_acknowledge (TwWardModel *self, guint index, const char *rule);
gboolean tw_ward_model_silence (TwWardModel *self, guint index, const char *rule, int minutes);
void tw_ward_model_retry (TwWardModel *self);
/* Brings ages and summary up to date now; the clock of the model calls it once a second. */
void tw_ward_model_tick (TwWardModel *self);

G_END_DECLS
