/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What cleaning made of a reading, and the count of what it left out: data only. */
#pragma once

#include "tw-channel.h"
#include "tw-series.h"

G_BEGIN_DECLS

typedef enum
{
  TW_CLEANED_ADD,    /* a new sample; quality says whether it counts */
  TW_CLEANED_REVISE, /* a sample already given at this time has a new value or quality */
  TW_CLEANED_REMOVE, /* a sample already given was withdrawn */
  TW_CLEANED_DROP    /* exact repeat, or unknown unit: counted, not stored */
} TwCleanedAction;

typedef struct
{
  TwSample sample;   /* inside unit; NaN value when absent or not convertible */
  TwChannel channel;
  TwCleanedAction action;
  gboolean late;     /* older than the newest sample already given of this channel */
  guint32 flags;     /* TwObservationFlags of the reading, as received */
} TwCleaned;

/* What was left out, per cause, since the start. */
typedef struct
{
  guint n;                          /* readings received */
  guint n_rejected;                 /* verdict 3 */
  guint by_reason[TW_N_REASONS];
} TwCleanCounts;

G_END_DECLS
