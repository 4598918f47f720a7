/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ward's frames in order: numbered without gaps, kept for an hour, bounded in bytes. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TW_JOURNAL_KEEP_US ((gint64) 3600 * G_USEC_PER_SEC)
#define TW_JOURNAL_MAX_BYTES (64u * 1024 * 1024)

typedef struct _TwJournal TwJournal;

TwJournal *tw_journal_new (gsize max_bytes, gint64 keep_us);
void tw_journal_free (TwJournal *journal);

/* The number that the next frame gets; the first is 1. */
guint64 tw_journal_get_next (const TwJournal *journal);
/* The oldest frame still held; equal to next when none is. */
guint64 tw_journal_get_first (const TwJournal *journal);
/* Appends the line of frame number next, at the monotonic time. */
void tw_journal_append (TwJournal *journal, const char *line, gsize length, gint64 mono_us);
/* Appends frames from number q on to out, whole ones, until max_bytes is reached or passed;
 * returns the number of the next frame to read. q must be held or be next. */
guint64 tw_journal_read (const TwJournal *journal, guint64 q, gsize max_bytes, GString *out);
/* Bytes and age of what follows from q on. */
gsize tw_journal_get_behind (const TwJournal *journal, guint64 q);
gint64 tw_journal_get_time (const TwJournal *journal, guint64 q);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwJournal, tw_journal_free)

G_END_DECLS
