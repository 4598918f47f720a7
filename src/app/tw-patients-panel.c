/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The panel at the left: find a patient, those who need attention, the ward in bed order. */
#include "config.h"

#include "tw-patients-panel.h"

#include "tw-badge.h"
#include "tw-patient-row.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

struct _TwPatientsPanel
{
  GtkBox parent_instance;
  TwWardModel *model;
  TwBedItem *current;
  guint scroll_source;
  GtkSearchEntry *search;
  GtkListView *attention_list, *ward_list;
  GtkWidget *attention_group;
  GtkScrolledWindow *attention_scroller;
  GtkLabel *attention_count, *ward_title, *ward_count;
  GtkCustomFilter *filter;
  GtkFilterListModel *attention, *ward;
  GtkSingleSelection *selection;
};

G_DEFINE_FINAL_TYPE (TwPatientsPanel, tw_patients_panel, GTK_TYPE_BOX)

enum
{
  PATIENT_ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static gboolean
match_search (gpointer object,
              gpointer data)
{
  TwPatientsPanel *self = data;

  return tw_bed_item_matches (object, gtk_editable_get_text (GTK_EDITABLE (self->search)));
}

static guint
count (GtkFilterListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (model));
}

static void
on_setup (GtkSignalListItemFactory *factory,
          GtkListItem *list_item,
          TwPatientsPanel *self)
{
  gtk_list_item_set_child (list_item, tw_patient_row_new (self->model));
}

static void
on_bind_attention (GtkSignalListItemFactory *factory,
                   GtkListItem *list_item,
                   TwPatientsPanel *self)
{
  tw_patient_row_set_item (TW_PATIENT_ROW (gtk_list_item_get_child (list_item)),
                           gtk_list_item_get_item (list_item), TRUE);
}

static void
on_bind_ward (GtkSignalListItemFactory *factory,
              GtkListItem *list_item,
              TwPatientsPanel *self)
{
  tw_patient_row_set_item (TW_PATIENT_ROW (gtk_list_item_get_child (list_item)),
                           gtk_list_item_get_item (list_item), FALSE);
}

static void
on_unbind (GtkSignalListItemFactory *factory,
           GtkListItem *list_item,
           TwPatientsPanel *self)
{
  tw_patient_row_set_item (TW_PATIENT_ROW (gtk_list_item_get_child (list_item)), NULL, FALSE);
}

static void
on_activate (GtkListView *list,
             guint position,
             TwPatientsPanel *self)
{
  g_autoptr (TwBedItem) item
    = g_list_model_get_item (G_LIST_MODEL (gtk_list_view_get_model (list)), position);

  g_signal_emit (self, signals[PATIENT_ACTIVATED], 0, item);
}

/* The first match of the search opens with Enter. */
static void
on_search_activate (TwPatientsPanel *self)
{
  g_autoptr (TwBedItem) item = g_list_model_get_item (G_LIST_MODEL (self->ward), 0);

  if (item != NULL)
    g_signal_emit (self, signals[PATIENT_ACTIVATED], 0, item);
}

static void
on_search_changed (TwPatientsPanel *self)
{
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
}

/* The open patient is selected in the ward's list, which does not move. */
static void
update_selection (TwPatientsPanel *self)
{
  guint position = GTK_INVALID_LIST_POSITION;

  for (guint i = 0; self->current != NULL && i < count (self->ward); i++)
    {
      g_autoptr (TwBedItem) item = g_list_model_get_item (G_LIST_MODEL (self->ward), i);

      if (item == self->current)
        position = i;
    }
  gtk_single_selection_set_selected (self->selection, position);
}

static void
update_headings (TwPatientsPanel *self)
{
  const char *ward = tw_ward_model_get_ward (self->model);
  g_autofree char *n_attention = g_strdup_printf ("%u", count (self->attention));
  g_autofree char *n_ward = g_strdup_printf (
    g_dngettext (GETTEXT_PACKAGE, "%u bed", "%u beds", count (self->ward)), count (self->ward));

  tw_label_update (self->attention_count, n_attention);
  tw_label_update (self->ward_title, ward != NULL ? ward : _("Ward"));
  tw_label_update (self->ward_count, n_ward);
  gtk_widget_set_visible (self->attention_group, count (self->attention) > 0);
}

static gboolean
on_scroll_due (gpointer data)
{
  TwPatientsPanel *self = data;

  self->scroll_source = 0;
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->attention_scroller), 0);
  return G_SOURCE_REMOVE;
}

/* A list keeps in view what it showed; here the worst must be in view. */
static void
on_attention_changed (TwPatientsPanel *self)
{
  update_headings (self);
  if (self->scroll_source == 0)
    self->scroll_source = g_timeout_add (50, on_scroll_due, self);
}

static void
on_ward_changed (TwPatientsPanel *self)
{
  update_headings (self);
  update_selection (self);
}

static void
tw_patients_panel_dispose (GObject *object)
{
  TwPatientsPanel *self = TW_PATIENTS_PANEL (object);

  if (self->model != NULL)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_clear_handle_id (&self->scroll_source, g_source_remove);
  if (self->attention_list != NULL)
    gtk_list_view_set_model (self->attention_list, NULL);
  if (self->ward_list != NULL)
    gtk_list_view_set_model (self->ward_list, NULL);
  g_clear_object (&self->selection);
  g_clear_object (&self->attention);
  g_clear_object (&self->ward);
  g_clear_object (&self->filter);
  g_clear_object (&self->current);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (tw_patients_panel_parent_class)->dispose (object);
}

static void
tw_patients_panel_class_init (TwPatientsPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_patients_panel_dispose;
  signals[PATIENT_ACTIVATED]
    = g_signal_new ("patient-activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, TW_TYPE_BED_ITEM);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/twinward/Twinward/tw-patients-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, TwPatientsPanel, search);
  gtk_widget_class_bind_template_child (widget_class, TwPatientsPanel, attention_list);
  gtk_widget_class_bind_template_child (widget_class, TwPatientsPanel, ward_list);
  gtk_widget_class_bind_template_child (widget_class, TwPatientsPanel, attention_group);
  gtk_widget_class_bind_template_child (widget_class, TwPatientsPanel, attention_scroller);
  gtk_widget_class_bind_template_child (widget_class, TwPatientsPanel, attention_count);
  gtk_widget_class_bind_template_child (widget_class, TwPatientsPanel, ward_title);
  gtk_widget_class_bind_template_child (widget_class, TwPatientsPanel, ward_count);
}

static void
tw_patients_panel_init (TwPatientsPanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self->attention_list, "activate", G_CALLBACK (on_activate), self);
  g_signal_connect (self->ward_list, "activate", G_CALLBACK (on_activate), self);
  g_signal_connect_swapped (self->search, "search-changed", G_CALLBACK (on_search_changed), self);
  g_signal_connect_swapped (self->search, "activate", G_CALLBACK (on_search_activate), self);
}

GtkWidget *
tw_patients_panel_new (void)
{
  return g_object_new (TW_TYPE_PATIENTS_PANEL, NULL);
}

static GtkFilterListModel *
filter_model (GListModel *model,
              GtkCustomFilter *filter)
{
  return gtk_filter_list_model_new (g_object_ref (model), GTK_FILTER (g_object_ref (filter)));
}

static void
set_list (TwPatientsPanel *self,
          GtkListView *list,
          GCallback bind,
          GtkSelectionModel *selection)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), self, 0);
  g_signal_connect_object (factory, "bind", bind, self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (on_unbind), self, 0);
  gtk_list_view_set_factory (list, factory);
  gtk_list_view_set_model (list, selection);
}

void
tw_patients_panel_set_model (TwPatientsPanel *self,
                             TwWardModel *model)
{
  g_autoptr (GtkNoSelection) none = NULL;

  g_return_if_fail (TW_IS_PATIENTS_PANEL (self));
  g_return_if_fail (self->model == NULL);

  self->model = g_object_ref (model);
  self->filter = gtk_custom_filter_new (match_search, self, NULL);
  self->attention = filter_model (tw_ward_model_get_attention (model), self->filter);
  self->ward = filter_model (tw_ward_model_get_beds (model), self->filter);
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->ward));
  gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
  none = gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->attention)));
  set_list (self, self->attention_list, G_CALLBACK (on_bind_attention), GTK_SELECTION_MODEL (none));
  set_list (self, self->ward_list, G_CALLBACK (on_bind_ward), GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->attention, "items-changed", G_CALLBACK (on_attention_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->ward, "items-changed", G_CALLBACK (on_ward_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_swapped (model, "roster-changed", G_CALLBACK (update_headings), self);
  on_attention_changed (self);
}

void
tw_patients_panel_set_current (TwPatientsPanel *self,
                               TwBedItem *item)
{
  g_return_if_fail (TW_IS_PATIENTS_PANEL (self));

  g_set_object (&self->current, item);
  update_selection (self);
}

void
tw_patients_panel_focus_search (TwPatientsPanel *self)
{
  g_return_if_fail (TW_IS_PATIENTS_PANEL (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

gboolean
tw_patients_panel_clear_search (TwPatientsPanel *self)
{
  g_return_val_if_fail (TW_IS_PATIENTS_PANEL (self), FALSE);

  if (gtk_editable_get_text (GTK_EDITABLE (self->search))[0] == '\0')
    return FALSE;
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  return TRUE;
}
