/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between a server's feeds and the sink: a patient's live readings wait until their history is in,
 * readings go on in batches, and what could not be read is counted once. */
#pragma once

#include "tw-fetch.h"
#include "tw-frame.h"
#include "tw-ledger.h"
#include "tw-source.h"

G_BEGIN_DECLS

typedef struct _TwIntake TwIntake;

/* source: whose sink is served; roster: both outlive the intake. */
TwIntake *tw_intake_new (TwSource *source, const TwRoster *roster);
void tw_intake_free (TwIntake *intake);

/* Makes room for the roster's patients; new ones have no history yet. */
void tw_intake_grow (TwIntake *intake);
/* Nobody has their history any more. */
void tw_intake_forget_histories (TwIntake *intake);
/* Those present without history: guint32 indices. Free with g_array_unref. */
GArray *tw_intake_list_missing (const TwIntake *intake);
/* The history of a patient is complete: what waited goes on. */
void tw_intake_set_loaded (TwIntake *intake, guint32 patient);

/* A page of FHIR and what is new on it; goes on at once. */
void tw_intake_take_page (TwIntake *intake, const TwFetched *fetched, const GArray *readings,
                          const TwLedgerCounts *counts);
/* Readings from elsewhere (withdrawals of what was deleted); go on at once. */
void tw_intake_take_readings (TwIntake *intake, const GArray *readings);
/* A frame of the stream: s, corr, gap or conflated. FALSE when its patient is not on the roster. */
gboolean tw_intake_take_frame (TwIntake *intake, const TwFrame *frame);
/* Whether the frame leaves something out that can be had by /v1/range: whose (-1: everybody's), and
 * from when to when. */
gboolean tw_intake_find_gap (const TwIntake *intake, const TwFrame *frame, int *patient,
                             gint64 *from_us, gint64 *to_us);
/* Everything since the newest reading of the stream is missing until the histories are in again. */
void tw_intake_open_gaps (TwIntake *intake);
/* What was missing has come: readings of one patient, and the gap that they fill. */
void tw_intake_take_filling (TwIntake *intake, guint32 patient, TwChannel channel, gint64 from_us,
                             gint64 to_us, const GArray *readings);
/* Hands on the frames' readings. */
void tw_intake_flush (TwIntake *intake);
/* The source's time: where gaps end that have no end of their own. */
void tw_intake_set_now (TwIntake *intake, gint64 now_us);

/* An entry that could not be read: counted, and listed with its id ("": none) and the words. */
void tw_intake_note_loss (TwIntake *intake, const char *id, const char *words);
/* Names of search parameters that the server ignored or refused: "_sort, date". */
void tw_intake_note_ignored (TwIntake *intake, const char *names);

void tw_intake_get_counts (const TwIntake *intake, TwFeedCounts *counts);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwIntake, tw_intake_free)

G_END_DECLS
