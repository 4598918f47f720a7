/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A Hampel identifier on the last seven accepted values, confirmed by the next sample. Internal.
 *
 * |y - median| > factor x 1.4826 MAD, MAD floored at the resolution of the device: y is a candidate
 * and waits outside the ring. The next sample decides: nearer to y than to the median, it was a
 * step (the ring begins anew with y); else it was a spike. Source: Hampel 1974 (doi
 * 10.1080/01621459.1974.10482962). */
#pragma once

#include "tw-quality.h"

G_BEGIN_DECLS

#define TW_HAMPEL_RING 7

typedef struct
{
  gint64 t_us[TW_HAMPEL_RING]; /* oldest first */
  double value[TW_HAMPEL_RING];
  gint64 candidate_us;
  double candidate;
  guint32 n;
  guint32 has_candidate;
} TwHampel;

typedef enum
{
  TW_HAMPEL_NOTHING,
  TW_HAMPEL_STEP, /* the waiting candidate was a step */
  TW_HAMPEL_SPIKE /* the waiting candidate was a spike */
} TwHampelOutcome;

/* Decides about the waiting candidate, if there is one, whose time is in *decided_us then. */
TwHampelOutcome tw_hampel_decide (TwHampel *hampel, double value, gint64 *decided_us);

/* TRUE: an outlier, now the waiting candidate. FALSE: put into the ring. resolution > 0. */
gboolean tw_hampel_offer (TwHampel *hampel, gint64 t_us, double value, double factor,
                          guint n_min, double resolution);

/* The sample of this time was withdrawn, replaced or found wrong. */
void tw_hampel_forget (TwHampel *hampel, gint64 t_us);

/* A long silence: the ring says nothing about what comes. */
void tw_hampel_reset (TwHampel *hampel);

/* Median of the ring; NaN when empty. */
double tw_hampel_median (const TwHampel *hampel);

G_END_DECLS
