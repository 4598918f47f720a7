/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "tw-time-axis.h"

struct _TwTimeAxis
{
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (TwTimeAxis, tw_time_axis, GTK_TYPE_WIDGET)

static void
tw_time_axis_class_init (TwTimeAxisClass *klass)
{
}

static void
tw_time_axis_init (TwTimeAxis *self)
{
}

GtkWidget *
tw_time_axis_new (TwTimeAxisKind kind)
{
  return g_object_new (TW_TYPE_TIME_AXIS, NULL);
}
void tw_time_axis_set_window (TwTimeAxis *self, const TwTimeWindow *window) { }
void tw_time_axis_set_caption (TwTimeAxis *self, const char *caption) { }
