/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands at a time of a strip, in words: measured value with unit, time, age, quality; or
 * forecast median with its 80 % range. */
#pragma once

#include "tw-strip-held.h"

G_BEGIN_DECLS

typedef struct
{
  char value[96];    /* "122 /min", "98/56 (70) mmHg", "133 /min (121–145)", "No data" */
  char detail[320];  /* "13:31:10, 31 min ago, good", "14:45, in 43 min, likely range (8 of 10
                        times)" */
  gboolean has_point;
  gint64 t_us;       /* of the point */
  double y_value;    /* height of the point, inside unit */
} TwStripReading;

void tw_strip_read (const TwStripHeld *held, const TwStrip *strip, gint64 t_us,
                    TwStripReading *reading);
/* "122 /min, rising 12 in 30 min; forecast 133, likely 121 to 145": the spoken summary. Free with
 * g_free. */
char *tw_strip_summary (const TwStripHeld *held);
/* "Heart rate, last 3 hours". Free with g_free. */
char *tw_strip_title (const TwStripHeld *held);

G_END_DECLS
