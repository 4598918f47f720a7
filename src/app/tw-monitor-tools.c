/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tools row of the Monitor. */
#include "config.h"

#include "tw-monitor-tools.h"

#include "tw-badge.h"
#include "tw-words-flag.h"

#include <glib/gi18n-lib.h>

const int tw_monitor_windows_min[TW_N_MONITOR_WINDOWS] = { 15, 60, 180, 360, 720, 1440 };

struct _TwMonitorTools
{
  GtkBox parent_instance;
  GtkLabel *score, *parts;
  GtkBox *windows;
  GtkMenuButton *horizon;
};

G_DEFINE_FINAL_TYPE (TwMonitorTools, tw_monitor_tools, GTK_TYPE_BOX)

static void
tw_monitor_tools_class_init (TwMonitorToolsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/twinward/Twinward/tw-monitor-tools.ui");
  gtk_widget_class_bind_template_child (widget_class, TwMonitorTools, score);
  gtk_widget_class_bind_template_child (widget_class, TwMonitorTools, parts);
  gtk_widget_class_bind_template_child (widget_class, TwMonitorTools, windows);
  gtk_widget_class_bind_template_child (widget_class, TwMonitorTools, horizon);
}

static void
tw_monitor_tools_init (TwMonitorTools *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < TW_N_MONITOR_WINDOWS; i++)
    {
      int minutes = tw_monitor_windows_min[i];
      /* Translators: a button, of many in a row: as short as can be. */
      g_autofree char *label = minutes < 60
                                 ? g_strdup_printf (C_ ("time window", "%d min"), minutes)
                                 : g_strdup_printf (C_ ("time window", "%d h"), minutes / 60);
      GtkWidget *button = gtk_toggle_button_new_with_label (label);

      gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.time-window");
      gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "i", minutes);
      gtk_widget_add_css_class (button, "tw-window-button");
      gtk_box_append (self->windows, button);
    }
  tw_monitor_tools_set_horizon (self, 60);
}

GtkWidget *
tw_monitor_tools_new (void)
{
  return g_object_new (TW_TYPE_MONITOR_TOOLS, NULL);
}

void
tw_monitor_tools_update (TwMonitorTools *self,
                         const TwSnapshot *snapshot)
{
  g_autofree char *total = tw_words_news2_total (&snapshot->news2);
  g_autofree char *parts = tw_words_news2_parts (&snapshot->news2);
  g_autofree char *missing = tw_words_news2_missing (&snapshot->news2, snapshot->patient);
  g_autofree char *score = g_strdup_printf (_("NEWS2 %s"), total);
  g_autofree char *both = NULL;
  gboolean used = snapshot->news2.status != TW_NEWS2_NOT_USED;

  g_return_if_fail (TW_IS_MONITOR_TOOLS (self));

  tw_label_update (self->score, score);
  gtk_widget_set_visible (GTK_WIDGET (self->score), used);
  tw_label_update (self->parts, missing[0] != '\0' ? missing : parts);
  both = missing[0] != '\0' && used ? g_strdup_printf ("%s\n%s", missing, parts)
                                    : g_strdup (missing[0] != '\0' ? missing : parts);
  if (g_strcmp0 (gtk_widget_get_tooltip_text (GTK_WIDGET (self->parts)), both) != 0)
    gtk_widget_set_tooltip_text (GTK_WIDGET (self->parts), both);
}

void
tw_monitor_tools_set_horizon (TwMonitorTools *self,
                              int horizon_min)
{
  g_autofree char *label = NULL;

  g_return_if_fail (TW_IS_MONITOR_TOOLS (self));

  if (horizon_min <= 0)
    label = g_strdup (_("Forecast Off"));
  else if (horizon_min <= 60)
    label = g_strdup_printf (_("Forecast %d min"), horizon_min);
  else
    label = g_strdup_printf (_("Forecast %d h"), horizon_min / 60);
  gtk_menu_button_set_label (self->horizon, label);
}
