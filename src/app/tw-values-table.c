/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table twin of the strips: every value with time, age and quality, and the forecast's quantiles. */
#include "config.h"

#include "tw-values-table.h"

#include "tw-badge.h"
#include "tw-words-flag.h"
#include "tw-words-value.h"

#include <glib/gi18n-lib.h>

typedef enum
{
  COLUMN_CHANNEL,
  COLUMN_VALUE,
  COLUMN_TIME,
  COLUMN_AGE,
  COLUMN_QUALITY,
  COLUMN_MEDIAN,
  COLUMN_RANGE_50,
  COLUMN_RANGE_80,
  COLUMN_RANGE_95,
  COLUMN_LIMITS,
  COLUMN_CHANGE,
  N_COLUMNS
} Column;

static const char *const column_titles[N_COLUMNS] = {
  [COLUMN_CHANNEL] = N_("Channel"),   [COLUMN_VALUE] = N_("Value"),     [COLUMN_TIME] = N_("Time"),
  [COLUMN_AGE] = N_("Age"),           [COLUMN_QUALITY] = N_("Quality"), [COLUMN_LIMITS] = N_("Limits"),
  [COLUMN_CHANGE] = N_("Change"),     [COLUMN_MEDIAN] = N_("Forecast"), [COLUMN_RANGE_50] = N_("50 % range"),
  [COLUMN_RANGE_80] = N_("80 % range"), [COLUMN_RANGE_95] = N_("95 % range"),
};

#define TW_TYPE_TABLE_ROW (tw_table_row_get_type ())
G_DECLARE_FINAL_TYPE (TwTableRow, tw_table_row, TW, TABLE_ROW, GObject)

struct _TwTableRow
{
  GObject parent_instance;
  TwChannel channel;
  gboolean old;
  char *cells[N_COLUMNS];
};

G_DEFINE_FINAL_TYPE (TwTableRow, tw_table_row, G_TYPE_OBJECT)

static guint row_changed;

struct _TwValuesTable
{
  GtkBox parent_instance;
  GListStore *rows;
  GtkColumnView *view;
};

G_DEFINE_FINAL_TYPE (TwValuesTable, tw_values_table, GTK_TYPE_BOX)

static void
tw_table_row_finalize (GObject *object)
{
  TwTableRow *self = TW_TABLE_ROW (object);

  for (int i = 0; i < N_COLUMNS; i++)
    g_free (self->cells[i]);
  G_OBJECT_CLASS (tw_table_row_parent_class)->finalize (object);
}

static void
tw_table_row_class_init (TwTableRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tw_table_row_finalize;
  row_changed = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                              NULL, G_TYPE_NONE, 0);
}

static void
tw_table_row_init (TwTableRow *self)
{
}

static char *
dup_quality (const TwChannelSnapshot *values)
{
  const TwSample *sample = &values->newest;

  if (values->raw.t_us != 0)
    {
      g_autofree char *raw = tw_words_raw (&values->raw);

      return g_strdup_printf (_("%s, not converted"), raw);
    }
  if (sample->t_us == 0)
    return g_strdup ("");
  if (tw_quality_reason (sample->quality) == TW_REASON_NONE)
    return g_strdup (_("good"));
  return g_strdup (_(tw_reason_label (tw_quality_reason (sample->quality))));
}

static char *
dup_range (TwChannel channel,
           double low,
           double high,
           TwUnit glucose_unit)
{
  g_autofree char *low_text = tw_words_number (channel, low, glucose_unit);
  g_autofree char *high_text = tw_words_number (channel, high, glucose_unit);

  return g_strdup_printf ("%s–%s", low_text, high_text);
}

static void
fill_forecast (char *cells[N_COLUMNS],
               const TwForecast *forecast,
               int horizon_min,
               TwUnit glucose_unit)
{
  TwForecastPoint point;
  gboolean given = forecast->status == TW_FORECAST_OK || forecast->status == TW_FORECAST_UNRELIABLE;

  if (horizon_min <= 0 || !given || !tw_forecast_at (forecast, horizon_min, &point))
    {
      cells[COLUMN_MEDIAN] = g_strdup (horizon_min > 0 ? _("none") : "");
      cells[COLUMN_RANGE_50] = g_strdup ("");
      cells[COLUMN_RANGE_80] = g_strdup ("");
      cells[COLUMN_RANGE_95] = g_strdup ("");
      return;
    }
  cells[COLUMN_MEDIAN] = tw_words_number (forecast->channel, point.q[TW_Q50], glucose_unit);
  cells[COLUMN_RANGE_50] = dup_range (forecast->channel, point.q[TW_Q25], point.q[TW_Q75], glucose_unit);
  cells[COLUMN_RANGE_80] = dup_range (forecast->channel, point.q[TW_Q10], point.q[TW_Q90], glucose_unit);
  cells[COLUMN_RANGE_95] = dup_range (forecast->channel, point.q[TW_Q025], point.q[TW_Q975], glucose_unit);
}

static void
fill_row (char *cells[N_COLUMNS],
          const TwSnapshot *snapshot,
          TwChannel channel,
          gint64 now_us,
          int horizon_min,
          TwUnit glucose_unit)
{
  const TwChannelSnapshot *values = &snapshot->channels[channel];
  gboolean known = values->last.t_us != 0;

  cells[COLUMN_CHANNEL] = g_strdup (_(tw_channel_info (channel)->long_name));
  cells[COLUMN_VALUE] = known ? tw_words_quantity (channel, values->last.value, glucose_unit)
                              : g_strdup ("–");
  cells[COLUMN_TIME] = known ? tw_words_clock (values->last.t_us, TRUE) : g_strdup ("");
  cells[COLUMN_AGE] = known ? tw_words_age (now_us - values->last.t_us) : g_strdup ("");
  cells[COLUMN_QUALITY] = dup_quality (values);
  cells[COLUMN_LIMITS] = tw_words_limits (channel, values->limit_low, values->limit_high, glucose_unit);
  cells[COLUMN_CHANGE] = tw_words_change (channel, &values->trend, glucose_unit);
  fill_forecast (cells, &values->forecast, horizon_min, glucose_unit);
}

static void
update_row (TwTableRow *row,
            const TwSnapshot *snapshot,
            gint64 now_us,
            int horizon_min,
            TwUnit glucose_unit)
{
  char *cells[N_COLUMNS];
  TwFreshness freshness = tw_snapshot_freshness (snapshot, row->channel, now_us);
  gboolean old = freshness == TW_FRESH_STALE || freshness == TW_FRESH_LOST;
  gboolean changed = old != row->old;

  row->old = old;
  fill_row (cells, snapshot, row->channel, now_us, horizon_min, glucose_unit);
  for (int i = 0; i < N_COLUMNS; i++)
    {
      changed |= g_strcmp0 (row->cells[i], cells[i]) != 0;
      g_free (row->cells[i]);
      row->cells[i] = cells[i];
    }
  if (changed)
    g_signal_emit (row, row_changed, 0);
}

static void
show_cell (GtkListItem *list_item)
{
  TwTableRow *row = gtk_list_item_get_item (list_item);
  GtkWidget *label = gtk_list_item_get_child (list_item);
  int column = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (label), "column"));

  tw_label_update (GTK_LABEL (label), row->cells[column] != NULL ? row->cells[column] : "");
  tw_widget_set_class (label, "stale", row->old && column == COLUMN_VALUE);
  tw_widget_set_class (label, "tw-ageing", row->old && column == COLUMN_AGE);
}

static void
on_setup (GtkSignalListItemFactory *factory,
          GtkListItem *list_item,
          gpointer data)
{
  int column = GPOINTER_TO_INT (data);
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label),
                        column == COLUMN_CHANNEL || column == COLUMN_QUALITY ? 0 : 1);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_NONE);
  gtk_widget_add_css_class (label, "numeric");
  if (column == COLUMN_VALUE || column == COLUMN_MEDIAN)
    gtk_widget_add_css_class (label, "heading");
  g_object_set_data (G_OBJECT (label), "column", data);
  gtk_list_item_set_child (list_item, label);
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem *list_item,
         gpointer data)
{
  g_signal_connect_object (gtk_list_item_get_item (list_item), "changed", G_CALLBACK (show_cell),
                           list_item, G_CONNECT_SWAPPED);
  show_cell (list_item);
}

static void
on_unbind (GtkSignalListItemFactory *factory,
           GtkListItem *list_item,
           gpointer data)
{
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (list_item), show_cell, list_item);
}

static void
tw_values_table_dispose (GObject *object)
{
  TwValuesTable *self = TW_VALUES_TABLE (object);

  g_clear_object (&self->rows);
  G_OBJECT_CLASS (tw_values_table_parent_class)->dispose (object);
}

static void
tw_values_table_class_init (TwValuesTableClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_values_table_dispose;
}

static void
append_column (TwValuesTable *self,
               int column)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkColumnViewColumn) view_column = NULL;

  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), GINT_TO_POINTER (column));
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), NULL);
  view_column = gtk_column_view_column_new (_(column_titles[column]), factory);
  gtk_column_view_column_set_expand (view_column, column == COLUMN_QUALITY);
  gtk_column_view_column_set_resizable (view_column, TRUE);
  gtk_column_view_append_column (self->view, view_column);
}

static void
tw_values_table_init (TwValuesTable *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->rows = g_list_store_new (TW_TYPE_TABLE_ROW);
  self->view = GTK_COLUMN_VIEW (gtk_column_view_new (
    GTK_SELECTION_MODEL (gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->rows))))));
  gtk_widget_add_css_class (GTK_WIDGET (self->view), "data-table");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Values and forecasts"), -1);
  for (int column = 0; column < N_COLUMNS; column++)
    append_column (self, column);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->view));
  gtk_widget_set_hexpand (scroller, TRUE);
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_box_append (GTK_BOX (self), scroller);
}

GtkWidget *
tw_values_table_new (void)
{
  return g_object_new (TW_TYPE_VALUES_TABLE, NULL);
}

static gboolean
is_listed (const TwSnapshot *snapshot,
           TwChannel channel)
{
  const TwChannelSnapshot *values = &snapshot->channels[channel];

  return values->last.t_us != 0 || values->newest.t_us != 0 || values->raw.t_us != 0;
}

/* Rows in the order of channels; a row comes when its channel has data and stays. */
static TwTableRow *
row_for (TwValuesTable *self,
         guint position,
         TwChannel channel)
{
  g_autoptr (TwTableRow) row = g_list_model_get_item (G_LIST_MODEL (self->rows), position);

  if (row == NULL || row->channel != channel)
    {
      g_clear_object (&row);
      row = g_object_new (TW_TYPE_TABLE_ROW, NULL);
      row->channel = channel;
      g_list_store_insert (self->rows, position, row);
    }
  return g_steal_pointer (&row);
}

void
tw_values_table_update (TwValuesTable *self,
                        const TwSnapshot *snapshot,
                        gint64 now_us,
                        int horizon_min,
                        TwUnit glucose_unit)
{
  guint n = 0;

  g_return_if_fail (TW_IS_VALUES_TABLE (self));

  for (int channel = 0; channel < TW_N_CHANNELS; channel++)
    if (is_listed (snapshot, channel))
      {
        g_autoptr (TwTableRow) row = row_for (self, n++, channel);

        update_row (row, snapshot, now_us, horizon_min, glucose_unit);
      }
  while (g_list_model_get_n_items (G_LIST_MODEL (self->rows)) > n)
    g_list_store_remove (self->rows, n);
}

char *
tw_values_table_dup_text (const TwSnapshot *snapshot,
                          gint64 now_us,
                          int horizon_min,
                          TwUnit glucose_unit)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (int column = 0; column < N_COLUMNS; column++)
    g_string_append_printf (text, "%s%s", column > 0 ? "\t" : "", _(column_titles[column]));
  for (int channel = 0; channel < TW_N_CHANNELS; channel++)
    {
      char *cells[N_COLUMNS];

      if (!is_listed (snapshot, channel))
        continue;
      fill_row (cells, snapshot, channel, now_us, horizon_min, glucose_unit);
      for (int column = 0; column < N_COLUMNS; column++)
        {
          g_string_append_printf (text, "%s%s", column > 0 ? "\t" : "\n", cells[column]);
          g_free (cells[column]);
        }
    }
  g_string_append_c (text, '\n');
  return g_string_free (g_steal_pointer (&text), FALSE);
}
