/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The door of the room: the stream's life, and a whole strip in one call. */
#include "config.h"

#include "tw-pen.h"
#include "tw-plot.h"
#include "tw-strip.h"

G_DEFINE_QUARK (tw-plot-error-quark, tw_plot_error)

void
tw_plot_set_font (const char *family)
{
  tw_pen_set_font (family);
}

gboolean
tw_plot_init (GError **error)
{
  return tw_pen_open (error);
}

void
tw_plot_shutdown (void)
{
  tw_strip_trace_shutdown ();
  tw_pen_close ();
}

gboolean
tw_plot_strip (cairo_t *cr,
               const TwStrip *strip,
               GError **error)
{
  return tw_plot_strip_axes (cr, strip, error) && tw_plot_strip_forecast (cr, strip, error)
         && tw_plot_strip_trace (cr, strip, error) && tw_plot_strip_ghosts (cr, strip, error);
}
