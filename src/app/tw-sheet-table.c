/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table twin of a figure: rows are made when they are scrolled to. */
#include "config.h"

#include "tw-sheet-table.h"

#include <math.h>

struct _TwSheetTable
{
  GtkBox parent_instance;
  GtkColumnView *view;
};

G_DEFINE_FINAL_TYPE (TwSheetTable, tw_sheet_table, GTK_TYPE_BOX)

/* A row's cells, copied: a sheet may go while its rows are still shown. */
static GListModel *
make_rows (const TwSheet *sheet)
{
  GListStore *rows = g_list_store_new (GTK_TYPE_STRING_LIST);

  for (guint row = 0; row < sheet->n_rows; row++)
    {
      g_autoptr (GtkStringList) cells = gtk_string_list_new (NULL);

      for (guint i = 0; i < sheet->columns->len; i++)
        gtk_string_list_take (cells, tw_sheet_dup_cell (sheet, i, row));
      g_list_store_append (rows, cells);
    }
  return G_LIST_MODEL (rows);
}

static void
on_setup (GtkSignalListItemFactory *factory,
          GtkListItem *item,
          gpointer data)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), g_object_get_data (G_OBJECT (factory), "number") != NULL ? 1 : 0);
  gtk_widget_add_css_class (label, "numeric");
  gtk_list_item_set_child (item, label);
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem *item,
         gpointer data)
{
  GtkStringList *cells = GTK_STRING_LIST (gtk_list_item_get_item (item));

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)),
                      gtk_string_list_get_string (cells, GPOINTER_TO_UINT (data)));
}

static void
add_column (TwSheetTable *self,
            const TwSheetColumn *column,
            guint index)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autofree char *title = tw_sheet_column_dup_title (column);
  g_autoptr (GtkColumnViewColumn) shown = NULL;

  if (column->kind == TW_COLUMN_NUMBER)
    g_object_set_data (G_OBJECT (factory), "number", GINT_TO_POINTER (TRUE));
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), GUINT_TO_POINTER (index));
  shown = gtk_column_view_column_new (title, factory);
  gtk_column_view_column_set_resizable (shown, TRUE);
  gtk_column_view_column_set_expand (shown, TRUE);
  gtk_column_view_append_column (self->view, shown);
}

static GtkWidget *
find_label (GtkWidget *widget)
{
  GtkWidget *found = GTK_IS_LABEL (widget) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_label (child);
  return found;
}

/* A heading stands over its numbers. A column view offers no way to say so, but its first child is the row of
 * headings, one for each column; where it is not, headings stay as they are. */
static void
align_headings (TwSheetTable *self,
                const TwSheet *sheet)
{
  GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->view));
  GtkWidget *heading = row != NULL ? gtk_widget_get_first_child (row) : NULL;

  for (guint i = 0; i < sheet->columns->len && heading != NULL; i++)
    {
      const TwSheetColumn *column = g_ptr_array_index (sheet->columns, i);
      GtkWidget *label = find_label (heading);

      if (label != NULL && column->kind == TW_COLUMN_NUMBER)
        {
          gtk_widget_set_hexpand (label, TRUE);
          gtk_label_set_xalign (GTK_LABEL (label), 1);
        }
      heading = gtk_widget_get_next_sibling (heading);
    }
}

static void
tw_sheet_table_class_init (TwSheetTableClass *klass)
{
}

static void
tw_sheet_table_init (TwSheetTable *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  self->view = GTK_COLUMN_VIEW (gtk_column_view_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->view), "data-table");
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (self->view));
  gtk_widget_set_hexpand (scrolled, TRUE);
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_box_append (GTK_BOX (self), scrolled);
}

GtkWidget *
tw_sheet_table_new (void)
{
  return g_object_new (TW_TYPE_SHEET_TABLE, NULL);
}

void
tw_sheet_table_set_sheet (TwSheetTable *self,
                          const TwSheet *sheet)
{
  GListModel *columns;

  g_return_if_fail (TW_IS_SHEET_TABLE (self));

  gtk_column_view_set_model (self->view, NULL);
  columns = gtk_column_view_get_columns (self->view);
  while (g_list_model_get_n_items (columns) > 0)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, 0);

      gtk_column_view_remove_column (self->view, column);
    }
  if (sheet == NULL)
    return;
  for (guint i = 0; i < sheet->columns->len; i++)
    add_column (self, g_ptr_array_index (sheet->columns, i), i);
  align_headings (self, sheet);
  g_autoptr (GtkNoSelection) model = gtk_no_selection_new (make_rows (sheet));
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (model));
}
