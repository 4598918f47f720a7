/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a vital sign did lately: its newest readings, means over several memories, and how restless it is. */
#pragma once

#include <glib.h>

#include "tw-interval.h"

G_BEGIN_DECLS

#define TW_TRAIL_VALUES 6
#define TW_TRAIL_MEANS 4 /* memories of 30, 120, 480 and 1440 minutes */

/* Plain data, part of the saved state. */
typedef struct
{
  double value[TW_TRAIL_VALUES]; /* newest first; places not yet used repeat the oldest reading */
  double gap_min;                /* before the newest reading */
  double mean;                   /* of all accepted readings */
  double sum[TW_TRAIL_MEANS], weight[TW_TRAIL_MEANS]; /* decayed in time */
  double ewma[TW_INTERVAL_HORIZONS]; /* by the alpha of each horizon */
  double change2, change11; /* decayed products: of a change with itself, and with the one before */
  double surprise2;         /* decayed squared standardised innovation, memory of 6 readings */
  guint32 n;
  guint32 doubtful;         /* verdict of the newest reading */
} TwTrail;

void tw_trail_start (TwTrail *trail);
/* Takes an accepted reading; alpha: weight of a reading in the moving average of each horizon. */
void tw_trail_add (TwTrail *trail,
                   double value,
                   double gap_min,
                   guint verdict,
                   const double alpha[TW_INTERVAL_HORIZONS]);
/* z: innovation over its standard deviation, at most 3 counts. */
void tw_trail_surprise (TwTrail *trail, double z);
/* Decayed mean over memory i. */
double tw_trail_mean (const TwTrail *trail, guint i);
/* Lag-1 correlation of changes, shrunk to -.25 while young: -.5 where readings are noise around a level,
 * 0 where each carries the truth. */
double tw_trail_roughness (const TwTrail *trail);
gboolean tw_trail_is_sound (const TwTrail *trail);

G_END_DECLS
