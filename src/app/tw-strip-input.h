/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pointer and keys of a strip (product.md sections 6 and 12), turned into wishes that the strip
 * acts on. */
#pragma once

#include <gtk/gtk.h>

#include "tw-plot.h"

G_BEGIN_DECLS

/* What the input asks of its widget. */
typedef struct
{
  /* The strip as it is drawn now; FALSE: nothing is drawn. */
  gboolean (*get_strip) (GtkWidget *widget, TwStrip *strip);
  gint64 (*get_cursor) (GtkWidget *widget);
  void (*on_cursor) (GtkWidget *widget, gint64 t_us);
  void (*on_window) (GtkWidget *widget, gint64 from_us, gint64 to_us);
  void (*on_range) (GtkWidget *widget, double low, double high);
  void (*on_default_view) (GtkWidget *widget);
  void (*on_previous_view) (GtkWidget *widget);
} TwStripInput;

/* input is static. Makes the widget focusable. */
void tw_strip_input_attach (GtkWidget *widget, const TwStripInput *input);
gboolean tw_strip_input_is_hovered (GtkWidget *widget);

G_END_DECLS
