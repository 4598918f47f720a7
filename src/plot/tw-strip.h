/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where things lie in a strip, and which strips can be drawn at all; internal to this room. */
#pragma once

#include "tw-plot.h"

G_BEGIN_DECLS

#define TW_STRIP_LABEL_PX 11.0
#define TW_STRIP_FAR                                                                               \
  100000.0 /* points are clamped to this many pixels: PLplot counts in short integers */

/* Times beyond this would overflow a difference. */
#define TW_STRIP_MAX_TIME (G_MAXINT64 / 4)

/* Everything that a drawing relies on. */
gboolean tw_strip_check (const TwStrip *strip, GError **error);

double tw_strip_left (const TwStrip *strip);
/* Right end of the measured part: now, or the window's end where the past is viewed. */
double tw_strip_measured_x (const TwStrip *strip);
/* Clamped to TW_STRIP_FAR. */
double tw_strip_y_clamped (const TwStrip *strip, double value);
/* On the middle of a device pixel, for hairlines. */
double tw_strip_snap (const TwStrip *strip, double at);
double tw_strip_hairline (const TwStrip *strip);
/* Spacing above which the line breaks. */
gint64 tw_strip_gap_us (const TwStrip *strip, TwSeriesView *view);
/* A value as it stands beside the chart: display unit, no needless decimals, true minus sign. */
char *tw_strip_format (const TwStrip *strip, double value, char *buffer, gsize size);
/* Value of the major tick at index, in the inside unit; FALSE after the last one in the range. */
gboolean tw_strip_value_tick (const TwStrip *strip, int index, double *value);
/* Clips cr to the plot, and sets the colour as its source. */
void tw_strip_clip (cairo_t *cr, const TwStrip *strip, double from_x, double to_x);
void tw_strip_source (cairo_t *cr, const TwColour *colour, double alpha);
/* Diagonal lines over a rectangle. */
void tw_strip_hatch (cairo_t *cr, const TwStrip *strip, double from_x, double to_x);

/* Marker of the channel's kind (product.md section 7) around a point. */
void tw_strip_marker (cairo_t *cr, TwChannel channel, double x, double y, double radius);
/* Small cross: a reading that does not count. */
void tw_strip_cross (cairo_t *cr, double x, double y);
/* Short line at the foot: a time at which nothing was measured. */
void tw_strip_tick (cairo_t *cr, const TwStrip *strip, double x);
/* Arrow at the upper or lower edge for what lies beyond it. */
void tw_strip_arrow (cairo_t *cr, double x, double y, gboolean up);

/* Right end of the words of a limit that stand in the rows from_y to to_y; the plot's left end when
 * none do. While the pen draws only. */
double tw_strip_limit_words_end (const TwStrip *strip, double from_y, double to_y);

void tw_strip_trace_shutdown (void);

G_END_DECLS
