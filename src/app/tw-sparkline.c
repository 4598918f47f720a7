/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "tw-sparkline.h"

struct _TwSparkline
{
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (TwSparkline, tw_sparkline, GTK_TYPE_WIDGET)

static void
tw_sparkline_class_init (TwSparklineClass *klass)
{
}

static void
tw_sparkline_init (TwSparkline *self)
{
}

GtkWidget *
tw_sparkline_new (void)
{
  return g_object_new (TW_TYPE_SPARKLINE, NULL);
}
void tw_sparkline_set_data (TwSparkline *self, const TwStripData *data) { }
