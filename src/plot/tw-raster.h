/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns of a series written straight into ARGB pixels as antialiased spans; internal to this
 * room.
 *
 * The line is the exact union of discs along the polyline, sampled at a few sub-columns a pixel:
 * per sub-column the polyline covers one interval, so stroking is taking minima and maxima of
 * intervals. */
#pragma once

#include <cairo.h>

#include "tw-columns.h"
#include "tw-theme.h"

G_BEGIN_DECLS

#define TW_RASTER_MAX_SUB 4

/* Pixels of a surface in device units; values map by y = (high - value) * per_unit. */
typedef struct
{
  guint32 *pixels;  /* premultiplied ARGB32; drawn over what is there */
  int stride;       /* in pixels */
  int width, height;
  int sub;          /* sub-columns a pixel: 1, 2 or 4 */
  int end_x;        /* no ink from this column on (now) */
  double high, per_unit;
} TwRaster;

/* Reused between drawings; zero-initialised. */
typedef struct
{
  double *low, *high;  /* y interval of the polyline per sub-column */
  double *ink_low, *ink_high; /* the same of the stroke */
  guint8 *state;       /* 0 empty, 1 joined to the one before, 2 first of a run */
  guint allocated;
} TwRasterSpace;

void tw_raster_space_clear (TwRasterSpace *space);

/* columns: raster->width * raster->sub of them. entry: accepted sample before the window, or NULL.
 */
void tw_raster_line (const TwRaster *raster, TwRasterSpace *space, const TwColumns *columns,
                     const TwSample *entry, double half_width, const TwColour *colour);
/* Fills between the minima of bottom and the maxima of top; raster->width columns each. */
void tw_raster_band (const TwRaster *raster, TwRasterSpace *space, const TwColumns *bottom,
                     const TwColumns *top, const TwColour *colour, double alpha);

G_END_DECLS
