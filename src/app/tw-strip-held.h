/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a chart widget keeps of its data, with serials that tell what changed; internal to the chart
 * widgets. */
#pragma once

#include "tw-plot.h"
#include "tw-strip-data.h"

G_BEGIN_DECLS

typedef struct
{
  TwStripData data;         /* its pointers are held here */
  gboolean has_forecast;
  TwForecast forecast;
  char *withheld, *record;
  TwGhostPoint ghosts[TW_PLOT_MAX_GHOSTS];
  TwMissingSpan missing[TW_PLOT_MAX_MISSING];
  guint data_serial;        /* rises when a series was replaced */
  guint forecast_serial;    /* rises when forecast or reason changed */
  guint ghost_serial;       /* rises when the ghosts changed */
} TwStripHeld;

/* How a widget shows it. */
typedef struct
{
  double width, height, scale;
  const TwTheme *theme;
  gboolean compact;
} TwStripView;

void tw_strip_held_init (TwStripHeld *self);
void tw_strip_held_clear (TwStripHeld *self);
void tw_strip_held_set (TwStripHeld *self, const TwStripData *data);
/* The strip for plot; borrows everything from self. */
void tw_strip_held_fill (const TwStripHeld *self, const TwStripView *view, TwStrip *strip);
/* The sample of series nearest to t_us and at most reach_us away. */
gboolean tw_strip_nearest (TwSeriesView *series, gint64 t_us, gint64 reach_us, TwSample *sample);

G_END_DECLS
