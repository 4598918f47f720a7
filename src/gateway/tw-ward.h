/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ward as the gateway knows it: who lies there, what was measured, what has been told. */
#pragma once

#include "tw-journal.h"
#include "tw-log.h"
#include "tw-ward-feed.h"
#include "tw-ward-judge.h"

G_BEGIN_DECLS

#define TW_WARD_ID "ward" /* the id of its Location */

/* Takes the feed. Its history is read at once; what comes later goes to the journal too. */
TwWard *tw_ward_new (TwWardFeed *feed, double speed);
/* The same, with a quality for each value. */
TwWard *tw_ward_new_judging (TwWardFeed *feed, double speed, const TwWardJudging *judging);
void tw_ward_free (TwWard *ward);

/* Plays up to the source's time; never backwards. mono_us: monotonic time, for the age of frames.
 * */
void tw_ward_advance (TwWard *ward, gint64 now_us, gint64 mono_us);
gint64 tw_ward_get_now (const TwWard *ward);
gint64 tw_ward_get_start (const TwWard *ward);
double tw_ward_get_speed (const TwWard *ward);
/* A recording has been played to its end. */
gboolean tw_ward_is_ended (const TwWard *ward);

const char *tw_ward_get_name (const TwWard *ward);
/* Names this run of the ward; another epoch means another log. */
const char *tw_ward_get_epoch (const TwWard *ward);
gboolean tw_ward_is_recorded (const TwWard *ward);
gboolean tw_ward_is_invented (const TwWard *ward);

guint tw_ward_get_n_patients (const TwWard *ward);
TwPatient *tw_ward_get_patient (const TwWard *ward, guint index);
gint64 tw_ward_get_stay (const TwWard *ward, guint index);
/* -1 when there is no such patient. */
int tw_ward_find_patient (const TwWard *ward, const char *id, gssize length);

TwLog *tw_ward_get_log (const TwWard *ward);
TwJournal *tw_ward_get_journal (const TwWard *ward);
/* What was committed, for the feed; played at the next advance. */
void tw_ward_take (TwWard *ward, TwIntakeBatch *batch);
/* Rises when a patient is new or changed. */
guint tw_ward_get_roster_version (const TwWard *ward);
/* Values whose unit could not be brought to that of their channel. */
guint64 tw_ward_get_n_refused (const TwWard *ward);

/* First lines of every answer made of frames: hello, then the dictionary. */
void tw_ward_write_hello (const TwWard *ward, GString *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwWard, tw_ward_free)

G_END_DECLS
