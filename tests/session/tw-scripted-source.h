/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A source that says what a test tells it to say. */
#pragma once

#include "tw-source.h"

typedef struct
{
  TwSource base;
  gboolean started;
  guint n_retries;
  gboolean *freed; /* set TRUE at the end, so that a test can prove it */
} TwScriptedSource;

TwScriptedSource *tw_scripted_source_new (gboolean *freed);

/* Patients "p0", "p1", ... in beds "1", "2", ...; age 60. */
void tw_scripted_source_roster (TwScriptedSource *source, guint n);
void tw_scripted_source_clock (TwScriptedSource *source, gint64 mono_us, gint64 now_us);
void tw_scripted_source_state (TwScriptedSource *source, TwFeedState state);
void tw_scripted_source_say (TwScriptedSource *source,
                             guint patient,
                             TwChannel channel,
                             gint64 t_us,
                             double value,
                             guint32 flags);
