/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one PLplot stream as a pen on any cairo context, in pixels with y downwards; internal to this
 * room.
 *
 * PLplot's world is set once to a page of TW_PEN_PAGE pixels whose corner is the context's origin,
 * so that one stream serves strips of every size: re-opening it per size costs milliseconds. */
#pragma once

#include <cairo.h>

#include "tw-theme.h"

G_BEGIN_DECLS

/* PLplot counts a page in 32767 steps: 7 steps a pixel exactly, so whole pixels stay whole. */
#define TW_PEN_PAGE 4681

typedef void (*TwPenFunc) (cairo_t *cr, gconstpointer data);

gboolean tw_pen_open (GError **error);
void tw_pen_close (void);
gboolean tw_pen_is_open (void);
void tw_pen_set_font (const char *family);

/* Runs draw with the stream on cr, inside the net that catches plexit. The other functions may be
 * called from draw only. */
gboolean tw_pen_draw (cairo_t *cr, TwPenFunc draw, gconstpointer data, GError **error);

void tw_pen_colour (const TwColour *colour, double alpha);
void tw_pen_width (double width);
void tw_pen_line (int n, double *x, double *y);
void tw_pen_fill (int n, double *x, double *y);
void tw_pen_rectangle (double x, double y, double width, double height);
/* x: reference point; justification 0 left .. 1 right; y: middle of the digits; size: font size in
 * pixels. */
void tw_pen_text (double x, double y, double justification, double size, const char *text);
/* The width that tw_pen_text would take. */
double tw_pen_text_width (double size, const char *text);

G_END_DECLS
