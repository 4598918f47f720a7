/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The row above the ward: filters with their counts, the legend of units, sizes of tiles. */
#include "config.h"

#include "tw-ward-bar.h"

#include "tw-badge.h"
#include "tw-words-value.h"

#include <glib/gi18n-lib.h>

struct _TwWardBar
{
  GtkBox parent_instance;
  TwWardModel *model;
  GtkLabel *all_label, *flagged_label, *no_data_label, *legend;
};

G_DEFINE_FINAL_TYPE (TwWardBar, tw_ward_bar, GTK_TYPE_BOX)

static void
set_count (GtkLabel *label,
           const char *name,
           guint n)
{
  g_autofree char *markup = g_markup_printf_escaped ("%s <span weight=\"normal\">%u</span>", name, n);

  tw_label_update_markup (label, markup);
}

static void
update (TwWardBar *self)
{
  TwUnit glucose_unit = tw_ward_model_get_glucose_unit (self->model);
  g_autofree char *legend = NULL;

  set_count (self->all_label, C_ ("ward filter", "All"),
             g_list_model_get_n_items (tw_ward_model_get_beds (self->model)));
  set_count (self->flagged_label, C_ ("ward filter", "Flagged"),
             tw_ward_model_get_n_flagged (self->model));
  set_count (self->no_data_label, C_ ("ward filter", "No Data"),
             tw_ward_model_get_n_no_data (self->model));
  /* Translators: the units of all values of the ward; %s is mg/dL or mmol/L. */
  legend = g_strdup_printf (_("HR, RR /min    SpO₂ %%    BP, MAP mmHg    T °C    Glu %s"),
                            tw_unit_symbol (glucose_unit));
  tw_label_update (self->legend, legend);
}

static void
tw_ward_bar_dispose (GObject *object)
{
  TwWardBar *self = TW_WARD_BAR (object);

  if (self->model != NULL)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (tw_ward_bar_parent_class)->dispose (object);
}

static void
tw_ward_bar_class_init (TwWardBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_ward_bar_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/twinward/Twinward/tw-ward-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, TwWardBar, all_label);
  gtk_widget_class_bind_template_child (widget_class, TwWardBar, flagged_label);
  gtk_widget_class_bind_template_child (widget_class, TwWardBar, no_data_label);
  gtk_widget_class_bind_template_child (widget_class, TwWardBar, legend);
}

static void
tw_ward_bar_init (TwWardBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
tw_ward_bar_new (void)
{
  return g_object_new (TW_TYPE_WARD_BAR, NULL);
}

void
tw_ward_bar_set_model (TwWardBar *self,
                       TwWardModel *model)
{
  g_return_if_fail (TW_IS_WARD_BAR (self));
  g_return_if_fail (self->model == NULL);

  self->model = g_object_ref (model);
  g_signal_connect_swapped (model, "roster-changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (model, "summary-changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (model, "tick", G_CALLBACK (update), self);
  update (self);
}
