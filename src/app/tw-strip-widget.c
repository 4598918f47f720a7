/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "tw-strip-widget.h"

struct _TwStripWidget
{
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (TwStripWidget, tw_strip_widget, GTK_TYPE_WIDGET)

static void
tw_strip_widget_class_init (TwStripWidgetClass *klass)
{
}

static void
tw_strip_widget_init (TwStripWidget *self)
{
}

GtkWidget *
tw_strip_widget_new (void)
{
  return g_object_new (TW_TYPE_STRIP_WIDGET, NULL);
}
void tw_strip_widget_set_data (TwStripWidget *self, const TwStripData *data) { }
void tw_strip_widget_set_cursor (TwStripWidget *self, gint64 t_us) { }
gint64 tw_strip_widget_get_cursor (TwStripWidget *self) { return 0; }
void tw_strip_widget_set_show (TwStripWidget *self, gboolean forecast, gboolean ranges) { }
void tw_strip_widget_reset_range (TwStripWidget *self) { }
