/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lanes below the strips: notes, treatments, oxygen, consciousness, flags, on the strips' time
 * axis. */
#pragma once

#include <gtk/gtk.h>

#include "tw-flag.h"
#include "tw-session.h"
#include "tw-strip-data.h"

G_BEGIN_DECLS

typedef enum
{
  TW_LANE_NOTES,         /* 18 px */
  TW_LANE_TREATMENTS,    /* 32 px, two rows */
  TW_LANE_OXYGEN,        /* 18 px */
  TW_LANE_CONSCIOUSNESS, /* 18 px */
  TW_LANE_FLAGS,         /* 20 px */
  TW_N_LANES
} TwLane;

typedef enum
{
  TW_MARK_NOTE,      /* diamond and text */
  TW_MARK_POINT,     /* dot and text */
  TW_MARK_DOSE,      /* drop, bar to to_us, amount */
  TW_MARK_RATE,      /* block from from_us to to_us with its rate */
  TW_MARK_BAND,      /* quiet bar with text */
  TW_MARK_FLAG,      /* filled box in the level's colour with its symbol */
  TW_MARK_PREDICTED, /* dashed box in the level's colour */
  TW_MARK_NO_SIGNAL, /* outlined box */
  TW_MARK_REFUSED    /* cross and why: an entry that does not count */
} TwMarkKind;

typedef struct
{
  TwLane lane;
  int row;           /* treatments: 0 or 1 */
  TwMarkKind kind;
  TwLevel level;     /* flags */
  gint64 from_us, to_us; /* to_us 0: a point in time */
  const char *label; /* copied; NULL: none */
} TwLaneMark;

#define TW_TYPE_LANES (tw_lanes_get_type ())
G_DECLARE_FINAL_TYPE (TwLanes, tw_lanes, TW, LANES, GtkWidget)

/* Spans the numerics and the strips' column: left is the width of both before the plot starts
 * (196 + TW_GUTTER_LEFT in the design). */
GtkWidget *tw_lanes_new (double left);
void tw_lanes_set_left (TwLanes *self, double left);
void tw_lanes_set_window (TwLanes *self, const TwTimeWindow *window);
/* Marks of the caller's own. Copied. */
void tw_lanes_set_marks (TwLanes *self, const TwLaneMark *marks, guint n_marks);
/* Text at the left end of a treatment row ("Fluid mL"); NULL: none. Copied. */
void tw_lanes_set_caption (TwLanes *self, int row, const char *caption);
/* Marks from a patient's snapshot: treatments, oxygen, consciousness, open and resolved flags.
 * Set the window first: only what touches it is taken. */
void tw_lanes_set_snapshot (TwLanes *self, const TwSnapshot *snapshot);

G_END_DECLS
