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
  GtkSearchEntry *search;
  GtkListView *list;
  GtkCustomFilter *filter;
  GtkFilterListModel *attention, *ward;
  GtkFilterListModel *attention_heading;
  GtkStringObject *attention_title, *ward_title;
  GtkSelectionModel *selection;
  GPtrArray *headings; /* borrowed labels of headings that exist */
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

static gboolean
match_heading (gpointer object,
               gpointer data)
{
  TwPatientsPanel *self = data;

  return g_list_model_get_n_items (G_LIST_MODEL (self->attention)) > 0;
}

static guint
count (GtkFilterListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (model));
}

/* A row is a stack: heading with its count, or patient. */
static void
on_setup (GtkSignalListItemFactory *factory,
          GtkListItem *list_item,
          TwPatientsPanel *self)
{
  GtkWidget *stack = gtk_stack_new ();
  GtkWidget *heading = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *title = gtk_label_new (NULL);
  GtkWidget *number = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (title, TRUE);
  gtk_widget_add_css_class (heading, "tw-list-heading");
  gtk_widget_add_css_class (number, "numeric");
  gtk_box_append (GTK_BOX (heading), title);
  gtk_box_append (GTK_BOX (heading), number);
  gtk_stack_set_vhomogeneous (GTK_STACK (stack), FALSE);
  gtk_stack_add_named (GTK_STACK (stack), heading, "heading");
  gtk_stack_add_named (GTK_STACK (stack), tw_patient_row_new (self->model), "patient");
  gtk_list_item_set_child (list_item, stack);
}

static void
update_heading (TwPatientsPanel *self,
                GtkWidget *heading)
{
  GtkLabel *title = GTK_LABEL (gtk_widget_get_first_child (heading));
  GtkLabel *number = GTK_LABEL (gtk_widget_get_last_child (heading));
  gboolean is_attention = g_object_get_data (G_OBJECT (heading), "attention") != NULL;
  const char *ward = tw_ward_model_get_ward (self->model);
  g_autofree char *text = NULL;

  if (is_attention)
    {
      text = g_strdup_printf ("%u", count (self->attention));
      tw_label_update (title, _("Needs attention"));
    }
  else
    {
      text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u bed", "%u beds", count (self->ward)),
                              count (self->ward));
      tw_label_update (title, ward != NULL ? ward : _("Ward"));
    }
  tw_label_update (number, text);
  tw_widget_set_class (GTK_WIDGET (number), "tw-bold", is_attention);
  tw_widget_set_class (GTK_WIDGET (title), "tw-bold", is_attention);
}

static void
update_headings (TwPatientsPanel *self)
{
  for (guint i = 0; i < self->headings->len; i++)
    update_heading (self, g_ptr_array_index (self->headings, i));
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem *list_item,
         TwPatientsPanel *self)
{
  GtkStack *stack = GTK_STACK (gtk_list_item_get_child (list_item));
  gpointer item = gtk_list_item_get_item (list_item);
  gboolean is_bed = TW_IS_BED_ITEM (item);
  guint position = gtk_list_item_get_position (list_item);

  gtk_list_item_set_activatable (list_item, is_bed);
  gtk_list_item_set_selectable (list_item, is_bed);
  if (is_bed)
    tw_patient_row_set_item (TW_PATIENT_ROW (gtk_stack_get_child_by_name (stack, "patient")), item,
                             position <= count (self->attention) && count (self->attention) > 0);
  else
    {
      GtkWidget *heading = gtk_stack_get_child_by_name (stack, "heading");

      g_object_set_data (G_OBJECT (heading), "attention",
                         item == (gpointer) self->attention_title ? heading : NULL);
      g_ptr_array_add (self->headings, heading);
      update_heading (self, heading);
    }
  gtk_stack_set_visible_child_name (stack, is_bed ? "patient" : "heading");
}

static void
on_unbind (GtkSignalListItemFactory *factory,
           GtkListItem *list_item,
           TwPatientsPanel *self)
{
  GtkStack *stack = GTK_STACK (gtk_list_item_get_child (list_item));

  tw_patient_row_set_item (TW_PATIENT_ROW (gtk_stack_get_child_by_name (stack, "patient")), NULL,
                           FALSE);
  g_ptr_array_remove_fast (self->headings, gtk_stack_get_child_by_name (stack, "heading"));
}

static void
on_activate (GtkListView *list,
             guint position,
             TwPatientsPanel *self)
{
  g_autoptr (GObject) item = g_list_model_get_object (G_LIST_MODEL (self->selection), position);

  if (TW_IS_BED_ITEM (item))
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

/* The open patient is selected in the ward's part of the list, which does not move. */
static void
update_selection (TwPatientsPanel *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->selection));
  guint position = GTK_INVALID_LIST_POSITION;

  for (guint i = n; self->current != NULL && i > 0 && position == GTK_INVALID_LIST_POSITION; i--)
    {
      g_autoptr (GObject) item = g_list_model_get_object (G_LIST_MODEL (self->selection), i - 1);

      if (item == G_OBJECT (self->current))
        position = i - 1;
    }
  gtk_single_selection_set_selected (GTK_SINGLE_SELECTION (self->selection), position);
}

static void
on_attention_changed (TwPatientsPanel *self)
{
  GtkFilter *filter = gtk_filter_list_model_get_filter (self->attention_heading);

  gtk_filter_changed (filter, GTK_FILTER_CHANGE_DIFFERENT);
  update_headings (self);
  update_selection (self);
}

static void
tw_patients_panel_dispose (GObject *object)
{
  TwPatientsPanel *self = TW_PATIENTS_PANEL (object);

  if (self->model != NULL)
    g_signal_handlers_disconnect_by_data (self->model, self);
  if (self->list != NULL)
    gtk_list_view_set_model (self->list, NULL);
  g_clear_object (&self->selection);
  g_clear_object (&self->attention_heading);
  g_clear_object (&self->attention);
  g_clear_object (&self->ward);
  g_clear_object (&self->filter);
  g_clear_object (&self->attention_title);
  g_clear_object (&self->ward_title);
  g_clear_object (&self->current);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (tw_patients_panel_parent_class)->dispose (object);
}

static void
tw_patients_panel_finalize (GObject *object)
{
  TwPatientsPanel *self = TW_PATIENTS_PANEL (object);

  g_ptr_array_unref (self->headings);
  G_OBJECT_CLASS (tw_patients_panel_parent_class)->finalize (object);
}

static void
tw_patients_panel_class_init (TwPatientsPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_patients_panel_dispose;
  G_OBJECT_CLASS (klass)->finalize = tw_patients_panel_finalize;
  signals[PATIENT_ACTIVATED]
    = g_signal_new ("patient-activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, TW_TYPE_BED_ITEM);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/twinward/Twinward/tw-patients-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, TwPatientsPanel, search);
  gtk_widget_class_bind_template_child (widget_class, TwPatientsPanel, list);
}

static void
tw_patients_panel_init (TwPatientsPanel *self)
{
  self->headings = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self->list, "activate", G_CALLBACK (on_activate), self);
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
              GtkFilter *filter)
{
  return gtk_filter_list_model_new (g_object_ref (model), g_object_ref (filter));
}

/* Heading and rows of both groups, as one flat list. */
static GListModel *
build_list (TwPatientsPanel *self)
{
  g_autoptr (GListStore) parts = g_list_store_new (G_TYPE_LIST_MODEL);
  g_autoptr (GListStore) first = g_list_store_new (GTK_TYPE_STRING_OBJECT);
  g_autoptr (GListStore) second = g_list_store_new (GTK_TYPE_STRING_OBJECT);
  g_autoptr (GtkFilter) shown = GTK_FILTER (gtk_custom_filter_new (match_heading, self, NULL));

  self->filter = gtk_custom_filter_new (match_search, self, NULL);
  self->attention = filter_model (tw_ward_model_get_attention (self->model), GTK_FILTER (self->filter));
  self->ward = filter_model (tw_ward_model_get_beds (self->model), GTK_FILTER (self->filter));
  self->attention_title = gtk_string_object_new ("attention");
  self->ward_title = gtk_string_object_new ("ward");
  g_list_store_append (first, self->attention_title);
  g_list_store_append (second, self->ward_title);
  self->attention_heading = filter_model (G_LIST_MODEL (first), shown);
  g_list_store_append (parts, self->attention_heading);
  g_list_store_append (parts, self->attention);
  g_list_store_append (parts, second);
  g_list_store_append (parts, self->ward);
  return G_LIST_MODEL (gtk_flatten_list_model_new (G_LIST_MODEL (g_steal_pointer (&parts))));
}

void
tw_patients_panel_set_model (TwPatientsPanel *self,
                             TwWardModel *model)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  GtkSingleSelection *selection;

  g_return_if_fail (TW_IS_PATIENTS_PANEL (self));
  g_return_if_fail (self->model == NULL);

  self->model = g_object_ref (model);
  selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (selection, FALSE);
  gtk_single_selection_set_can_unselect (selection, TRUE);
  {
    g_autoptr (GListModel) list = build_list (self);

    gtk_single_selection_set_model (selection, list);
  }
  gtk_single_selection_set_selected (selection, GTK_INVALID_LIST_POSITION);
  self->selection = GTK_SELECTION_MODEL (selection);
  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (on_unbind), self, 0);
  gtk_list_view_set_factory (self->list, factory);
  gtk_list_view_set_model (self->list, self->selection);
  g_signal_connect_object (self->attention, "items-changed", G_CALLBACK (on_attention_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->ward, "items-changed", G_CALLBACK (on_attention_changed), self,
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
