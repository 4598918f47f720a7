/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The start page: a tile for each bed, in bed order. Only what is on screen exists as a widget. */
#include "config.h"

#include "tw-ward-page.h"

#include "tw-badge.h"
#include "tw-tile-key.h"
#include "tw-words-alarms.h"
#include "tw-words-flag.h"
#include "tw-words-value.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

struct _TwWardPage
{
  GtkBox parent_instance;
  TwWardModel *model;
  TwWardFilter filter;
  TwTileSize size;
  GtkCustomFilter *custom_filter;
  GtkFilterListModel *filtered;
  GtkGridView *grid;
  GtkStack *stack;
  GtkLabel *checked;
  GtkPopover *alarms;
  GtkLabel *alarms_span, *alarms_raised, *alarms_acknowledged, *alarms_record, *alarms_rate;
  GListStore *key;  /* one item: how to read a tile */
  GPtrArray *tiles; /* borrowed: those that exist now */
};

G_DEFINE_FINAL_TYPE (TwWardPage, tw_ward_page, GTK_TYPE_BOX)

enum
{
  PATIENT_ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static gboolean
match_filter (gpointer object,
              gpointer data)
{
  TwWardPage *self = data;
  TwBedItem *item = object;

  switch (self->filter)
    {
    case TW_WARD_FLAGGED:
      return tw_bed_item_is_flagged (item);
    case TW_WARD_NO_DATA:
      return tw_bed_item_lacks_data (item, tw_ward_model_get_now (self->model));
    case TW_WARD_ALL:
    default:
      return TRUE;
    }
}

/* A cell is a stack of two: a tile, or the key that stands last. */
static void
on_setup (GtkSignalListItemFactory *factory,
          GtkListItem *list_item,
          TwWardPage *self)
{
  GtkWidget *stack = gtk_stack_new ();
  GtkWidget *tile = tw_tile_new (self->model);

  tw_tile_set_size (TW_TILE (tile), self->size);
  g_ptr_array_add (self->tiles, tile);
  gtk_stack_set_hhomogeneous (GTK_STACK (stack), FALSE);
  gtk_stack_set_vhomogeneous (GTK_STACK (stack), FALSE);
  gtk_stack_add_named (GTK_STACK (stack), tile, "tile");
  gtk_list_item_set_child (list_item, stack);
}

static void
on_teardown (GtkSignalListItemFactory *factory,
             GtkListItem *list_item,
             TwWardPage *self)
{
  GtkWidget *stack = gtk_list_item_get_child (list_item);

  if (stack != NULL)
    g_ptr_array_remove_fast (self->tiles, gtk_stack_get_child_by_name (GTK_STACK (stack), "tile"));
  gtk_list_item_set_child (list_item, NULL);
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem *list_item,
         TwWardPage *self)
{
  GtkStack *stack = GTK_STACK (gtk_list_item_get_child (list_item));
  gpointer item = gtk_list_item_get_item (list_item);
  gboolean is_bed = TW_IS_BED_ITEM (item);

  if (!is_bed && gtk_stack_get_child_by_name (stack, "key") == NULL)
    gtk_stack_add_named (stack, tw_tile_key_new (), "key");
  if (is_bed)
    tw_tile_set_item (TW_TILE (gtk_stack_get_child_by_name (stack, "tile")), item);
  gtk_stack_set_visible_child_name (stack, is_bed ? "tile" : "key");
  gtk_list_item_set_activatable (list_item, is_bed);
  gtk_list_item_set_selectable (list_item, FALSE);
}

static void
on_unbind (GtkSignalListItemFactory *factory,
           GtkListItem *list_item,
           TwWardPage *self)
{
  GtkStack *stack = GTK_STACK (gtk_list_item_get_child (list_item));

  tw_tile_set_item (TW_TILE (gtk_stack_get_child_by_name (stack, "tile")), NULL);
}

static void
on_activate (GtkGridView *grid,
             guint position,
             TwWardPage *self)
{
  g_autoptr (GObject) item
    = g_list_model_get_object (G_LIST_MODEL (gtk_grid_view_get_model (grid)), position);

  if (TW_IS_BED_ITEM (item))
    g_signal_emit (self, signals[PATIENT_ACTIVATED], 0, item);
}

static void
update_footer (TwWardPage *self)
{
  guint n = g_list_model_get_n_items (tw_ward_model_get_beds (self->model));
  gint64 checked_us = tw_ward_model_get_checked (self->model);
  g_autofree char *clock = tw_words_clock (checked_us, TRUE);
  g_autofree char *text = NULL;

  if (checked_us == 0)
    text = g_strdup (_("Not checked yet"));
  else
    text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u of %u bed without flags. Checked %s",
                                         "%u of %u beds without flags. Checked %s", n),
                            n - MIN (n, tw_ward_model_get_n_flagged (self->model)), n, clock);
  tw_label_update (self->checked, text);
}

static void
show_words (GtkLabel *label,
            char *words)
{
  tw_label_update (label, words);
  g_free (words);
}

/* Nobody reads a popover that is closed. */
static void
update_alarms (TwWardPage *self)
{
  TwAlarmSummary alarms;

  if (!gtk_widget_get_visible (GTK_WIDGET (self->alarms)))
    return;
  tw_ward_model_get_alarms (self->model, &alarms);
  show_words (self->alarms_span, tw_words_alarms_span (&alarms));
  show_words (self->alarms_raised, tw_words_alarms_raised (&alarms));
  show_words (self->alarms_acknowledged, tw_words_alarms_acknowledged (&alarms));
  show_words (self->alarms_record, tw_words_alarms_record (&alarms));
  show_words (self->alarms_rate, tw_words_alarms_rate (&alarms));
}

static void
on_tick (TwWardPage *self)
{
  update_footer (self);
  update_alarms (self);
}

static void
update_stack (TwWardPage *self)
{
  gboolean none = g_list_model_get_n_items (G_LIST_MODEL (self->filtered)) == 0
                  && self->filter != TW_WARD_ALL;

  gtk_stack_set_visible_child_name (self->stack, none ? "none" : "tiles");
}

/* The key stands behind the beds, and comes after them: a grid keeps what it showed first in view. */
static void
update_key (TwWardPage *self)
{
  gboolean wanted = g_list_model_get_n_items (tw_ward_model_get_beds (self->model)) > 0;
  gboolean there = g_list_model_get_n_items (G_LIST_MODEL (self->key)) > 0;
  g_autoptr (GObject) item = NULL;

  if (wanted == there)
    return;
  item = g_object_new (G_TYPE_OBJECT, NULL);
  if (wanted)
    g_list_store_append (self->key, item);
  else
    g_list_store_remove_all (self->key);
}

static void
on_summary_changed (TwWardPage *self)
{
  update_key (self);
  if (self->filter != TW_WARD_ALL)
    gtk_filter_changed (GTK_FILTER (self->custom_filter), GTK_FILTER_CHANGE_DIFFERENT);
  update_stack (self);
  update_footer (self);
}

static void
tw_ward_page_dispose (GObject *object)
{
  TwWardPage *self = TW_WARD_PAGE (object);

  if (self->model != NULL)
    g_signal_handlers_disconnect_by_data (self->model, self);
  if (self->grid != NULL)
    gtk_grid_view_set_model (self->grid, NULL);
  g_clear_object (&self->key);
  g_clear_object (&self->filtered);
  g_clear_object (&self->custom_filter);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (tw_ward_page_parent_class)->dispose (object);
}

static void
tw_ward_page_finalize (GObject *object)
{
  TwWardPage *self = TW_WARD_PAGE (object);

  g_ptr_array_unref (self->tiles);
  G_OBJECT_CLASS (tw_ward_page_parent_class)->finalize (object);
}

static void
tw_ward_page_class_init (TwWardPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = tw_ward_page_dispose;
  object_class->finalize = tw_ward_page_finalize;
  signals[PATIENT_ACTIVATED]
    = g_signal_new ("patient-activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, TW_TYPE_BED_ITEM);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/twinward/Twinward/tw-ward-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TwWardPage, grid);
  gtk_widget_class_bind_template_child (widget_class, TwWardPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TwWardPage, checked);
  gtk_widget_class_bind_template_child (widget_class, TwWardPage, alarms);
  gtk_widget_class_bind_template_child (widget_class, TwWardPage, alarms_span);
  gtk_widget_class_bind_template_child (widget_class, TwWardPage, alarms_raised);
  gtk_widget_class_bind_template_child (widget_class, TwWardPage, alarms_acknowledged);
  gtk_widget_class_bind_template_child (widget_class, TwWardPage, alarms_record);
  gtk_widget_class_bind_template_child (widget_class, TwWardPage, alarms_rate);
}

static void
tw_ward_page_init (TwWardPage *self)
{
  self->tiles = g_ptr_array_new ();
  self->size = TW_TILE_MEDIUM;
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self->grid, "activate", G_CALLBACK (on_activate), self);
}

GtkWidget *
tw_ward_page_new (void)
{
  return g_object_new (TW_TYPE_WARD_PAGE, NULL);
}

void
tw_ward_page_set_model (TwWardPage *self,
                        TwWardModel *model)
{
  g_autoptr (GListStore) parts = g_list_store_new (G_TYPE_LIST_MODEL);
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkSelectionModel) selection = NULL;

  g_return_if_fail (TW_IS_WARD_PAGE (self));
  g_return_if_fail (self->model == NULL);

  self->model = g_object_ref (model);
  self->custom_filter = gtk_custom_filter_new (match_filter, self, NULL);
  self->filtered = gtk_filter_list_model_new (g_object_ref (tw_ward_model_get_beds (model)),
                                              g_object_ref (GTK_FILTER (self->custom_filter)));
  self->key = g_list_store_new (G_TYPE_OBJECT);
  g_list_store_append (parts, self->filtered);
  g_list_store_append (parts, self->key);
  selection = GTK_SELECTION_MODEL (gtk_no_selection_new (
    G_LIST_MODEL (gtk_flatten_list_model_new (G_LIST_MODEL (g_object_ref (parts))))));
  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), self, 0);
  g_signal_connect_object (factory, "teardown", G_CALLBACK (on_teardown), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (on_unbind), self, 0);
  gtk_grid_view_set_factory (self->grid, factory);
  gtk_grid_view_set_model (self->grid, selection);
  g_signal_connect_swapped (model, "summary-changed", G_CALLBACK (on_summary_changed), self);
  g_signal_connect_swapped (model, "roster-changed", G_CALLBACK (on_summary_changed), self);
  g_signal_connect_swapped (model, "tick", G_CALLBACK (on_tick), self);
  g_signal_connect_swapped (self->alarms, "show", G_CALLBACK (update_alarms), self);
  on_summary_changed (self);
}

void
tw_ward_page_set_filter (TwWardPage *self,
                         TwWardFilter filter)
{
  g_return_if_fail (TW_IS_WARD_PAGE (self));

  self->filter = filter;
  gtk_filter_changed (GTK_FILTER (self->custom_filter), GTK_FILTER_CHANGE_DIFFERENT);
  update_stack (self);
}

void
tw_ward_page_set_tile_size (TwWardPage *self,
                            TwTileSize size)
{
  g_return_if_fail (TW_IS_WARD_PAGE (self));

  self->size = size;
  for (guint i = 0; i < self->tiles->len; i++)
    tw_tile_set_size (g_ptr_array_index (self->tiles, i), size);
}

char *
tw_ward_page_dup_values (TwWardPage *self)
{
  static const TwChannel columns[] = { TW_CHANNEL_HEART_RATE,       TW_CHANNEL_SPO2,
                                       TW_CHANNEL_SYSTOLIC,         TW_CHANNEL_DIASTOLIC,
                                       TW_CHANNEL_MAP,              TW_CHANNEL_RESPIRATORY_RATE,
                                       TW_CHANNEL_TEMPERATURE,      TW_CHANNEL_GLUCOSE };
  g_autoptr (GString) text = g_string_new (_("Bed\tName"));
  TwUnit glucose_unit = tw_ward_model_get_glucose_unit (self->model);
  gint64 now_us = tw_ward_model_get_now (self->model);

  for (guint c = 0; c < G_N_ELEMENTS (columns); c++)
    g_string_append_printf (text, "\t%s (%s)\t%s", tw_words_channel_label (columns[c]),
                            tw_unit_symbol (tw_words_unit (columns[c], glucose_unit)), _("Age"));
  g_string_append (text, "\tNEWS2\n");
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->filtered)); i++)
    {
      g_autoptr (TwBedItem) item = g_list_model_get_item (G_LIST_MODEL (self->filtered), i);
      const TwSnapshot *snapshot = tw_bed_item_get_snapshot (item);
      g_autofree char *bed = tw_bed_item_dup_bed (item);
      g_autofree char *name = tw_patient_dup_name (snapshot->patient);
      g_autofree char *total = tw_words_news2_total (&snapshot->news2);

      g_string_append_printf (text, "%s\t%s", bed, name);
      for (guint c = 0; c < G_N_ELEMENTS (columns); c++)
        {
          const TwSample *last = &snapshot->channels[columns[c]].last;
          g_autofree char *value = tw_words_number (columns[c], last->value, glucose_unit);
          g_autofree char *age = tw_words_age (now_us - last->t_us);

          g_string_append_printf (text, "\t%s\t%s", last->t_us != 0 ? value : "",
                                  last->t_us != 0 ? age : "");
        }
      g_string_append_printf (text, "\t%s\n", total);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
