/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shows one figure, in the platform's theme, as large as it is given room. */
#pragma once

#include <gtk/gtk.h>

#include "tw-figure.h"

G_BEGIN_DECLS

#define TW_TYPE_FIGURE_CANVAS (tw_figure_canvas_get_type ())
G_DECLARE_FINAL_TYPE (TwFigureCanvas, tw_figure_canvas, TW, FIGURE_CANVAS, GtkWidget)

GtkWidget *tw_figure_canvas_new (void);
/* NULL: nothing. title and words are what a screen reader says. */
void tw_figure_canvas_set_figure (TwFigureCanvas *self, TwFigure *figure, const char *title,
                                  const char *words);

G_END_DECLS
