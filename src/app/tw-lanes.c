/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "tw-lanes.h"

struct _TwLanes
{
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (TwLanes, tw_lanes, GTK_TYPE_WIDGET)

static void
tw_lanes_class_init (TwLanesClass *klass)
{
}

static void
tw_lanes_init (TwLanes *self)
{
}

GtkWidget *
tw_lanes_new (double left)
{
  return g_object_new (TW_TYPE_LANES, NULL);
}
void tw_lanes_set_left (TwLanes *self, double left) { }
void tw_lanes_set_window (TwLanes *self, const TwTimeWindow *window) { }
void tw_lanes_set_marks (TwLanes *self, const TwLaneMark *marks, guint n_marks) { }
void tw_lanes_set_caption (TwLanes *self, int row, const char *caption) { }
void tw_lanes_set_snapshot (TwLanes *self, const TwSnapshot *snapshot) { }
