/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fetches what a stream left out from the gateway's /v1/range, one span of one patient after the
 * other. */
#pragma once

#include "tw-connection.h"
#include "tw-roster.h"

G_BEGIN_DECLS

typedef struct
{
  guint32 patient;
  TwChannel channel;     /* TW_CHANNEL_NONE: all */
  gint64 from_us, to_us;
} TwRangeSpan;

/* readings (TwObservation): what the span holds, at least one. A span that holds nothing, or that
 * the server does not give, is not told: it stays missing. */
typedef void (*TwRangeFunc) (const TwRangeSpan *span, const GArray *readings, gpointer data);

typedef struct _TwRangeFill TwRangeFill;

/* roster: outlives the fill. */
TwRangeFill *tw_range_fill_new (TwConnection *connection, const TwRoster *roster, TwRangeFunc func,
                                gpointer data);
/* Cancels what is under way; no call comes afterwards. */
void tw_range_fill_free (TwRangeFill *fill);
/* Adds a span; the oldest is dropped when too many wait. */
void tw_range_fill_add (TwRangeFill *fill, const TwRangeSpan *span);

G_END_DECLS
