/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recorded file played as if it happened now. */
#pragma once

#include "tw-recording.h"
#include "tw-ward-feed.h"

G_BEGIN_DECLS

#define TW_REPLAY_ERROR (tw_replay_error_quark ())
GQuark tw_replay_error_quark (void);

typedef enum
{
  TW_REPLAY_ERROR_EMPTY
} TwReplayError;

typedef struct
{
  gint64 lead_us;    /* so much of each recording is history at the start; at most half of it */
  const char *ward;  /* NULL: the file's title */
} TwReplayOptions;

/* Takes the recording. Where patients begin more than 7 days apart their times are shifted to one
 * begin. */
TwWardFeed *tw_replay_new (TwRecording *recording, const TwReplayOptions *options, GError **error);

G_END_DECLS
