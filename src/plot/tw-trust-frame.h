/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plot area of a figure with its axes; internal to this room. */
#pragma once

#include "tw-trust-plot.h"

G_BEGIN_DECLS

#define TW_TRUST_LABEL_PX 11.0

typedef struct
{
  double at;
  char label[24];
} TwTrustTick;

typedef struct
{
  const TwTrustView *view;
  double left, top, right, bottom;      /* of the plot area, in pixels */
  double x_low, x_high, y_low, y_high;
} TwTrustFrame;

/* What a figure must have before anything is drawn. */
gboolean tw_trust_check (const TwTrustView *view, GError **error);

double tw_trust_x (const TwTrustFrame *frame, double value);
double tw_trust_y (const TwTrustFrame *frame, double value);
/* On the middle of a device pixel, for hairlines. */
double tw_trust_snap (const TwTrustView *view, double at);

/* Range and spacing for about n round ticks over [low, high], both widened to ticks. */
double tw_trust_round_range (double *low, double *high, int n);

/* While the pen draws: grid lines and labels; lines at vertical ticks only where grid is TRUE. */
void tw_trust_y_axis (const TwTrustFrame *frame, const TwTrustTick *ticks, guint n);
void tw_trust_x_axis (const TwTrustFrame *frame, const TwTrustTick *ticks, guint n, gboolean grid);

/* Words in the middle of the view, in lines that fit. */
gboolean tw_trust_words (cairo_t *cr, const TwTrustView *view, GError **error);

/* Colour of what does not hold: the outline of a warning, which is seen on both grounds. */
TwColour tw_trust_warning (const TwTheme *theme);

G_END_DECLS
