/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words within the measured part of a strip: names of gaps, values off the scale; internal to this
 * room. */
#pragma once

#include "tw-columns.h"
#include "tw-strip.h"

G_BEGIN_DECLS

#define TW_STRIP_MAX_LABELS 24

typedef struct
{
  double x, y;
  double justification;
  gboolean boxed;      /* on a plain ground, kept inside the measured part */
  char text[64];
} TwStripLabel;

typedef struct
{
  const TwStrip *strip;
  const TwColumns *line;   /* of the trace, which no box may hide */
  int n;
  TwStripLabel labels[TW_STRIP_MAX_LABELS];
} TwStripLabels;

/* Hatches each gap longer than a tenth of the measured window and names it; the time since the
 * newest value too. Charted channels have no gaps: nobody expects a value. */
void tw_strip_labels_add_gaps (cairo_t *cr, TwStripLabels *self, const TwColumns *columns);
/* An arrow with the value for each stretch beyond the upper or the lower end. */
void tw_strip_labels_add_off_scale (cairo_t *cr, TwStripLabels *self, const TwColumns *columns,
                                    gboolean up);
gboolean tw_strip_labels_draw (cairo_t *cr, TwStripLabels *self, GError **error);

G_END_DECLS
