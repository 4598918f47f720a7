/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of a result, as text for people and as a file for programs. */
#include "config.h"

#include "tw-sheet.h"

#include "tw-time.h"

#include <math.h>
#include <string.h>

static void
column_free (gpointer data)
{
  TwSheetColumn *column = data;

  g_free (column->title);
  g_free (column->unit);
  g_free (column->value);
  g_strfreev (column->text);
  g_free (column);
}

TwSheet *
tw_sheet_new (const char *key,
              guint n_rows)
{
  TwSheet *sheet = g_new0 (TwSheet, 1);

  sheet->key = g_strdup (key);
  sheet->n_rows = n_rows;
  sheet->columns = g_ptr_array_new_with_free_func (column_free);
  sheet->notes = g_ptr_array_new_with_free_func (g_free);
  return sheet;
}

void
tw_sheet_free (TwSheet *sheet)
{
  g_return_if_fail (sheet != NULL);

  g_clear_pointer (&sheet->figure, tw_figure_unref);
  g_ptr_array_unref (sheet->columns);
  g_ptr_array_unref (sheet->notes);
  g_free (sheet->key);
  g_free (sheet->caption);
  g_free (sheet->words);
  g_free (sheet->refusal);
  g_free (sheet);
}

static TwSheetColumn *
add_column (TwSheet *sheet,
            TwColumnKind kind,
            const char *title,
            const char *unit)
{
  TwSheetColumn *column = g_new0 (TwSheetColumn, 1);

  column->kind = kind;
  column->title = g_strdup (title);
  column->unit = g_strdup (unit);
  g_ptr_array_add (sheet->columns, column);
  if (kind == TW_COLUMN_TEXT)
    column->text = g_new0 (char *, sheet->n_rows + 1);
  else
    column->value = g_new (double, sheet->n_rows + 1);
  for (guint i = 0; column->value != NULL && i < sheet->n_rows; i++)
    column->value[i] = NAN;
  return column;
}

double *
tw_sheet_add_numbers (TwSheet *sheet,
                      const char *title,
                      const char *unit,
                      int decimals)
{
  TwSheetColumn *column = add_column (sheet, TW_COLUMN_NUMBER, title, unit);

  column->decimals = decimals;
  return column->value;
}

double *
tw_sheet_add_times (TwSheet *sheet,
                    const char *title)
{
  return add_column (sheet, TW_COLUMN_TIME, title, "")->value;
}

char **
tw_sheet_add_texts (TwSheet *sheet,
                    const char *title)
{
  return add_column (sheet, TW_COLUMN_TEXT, title, "")->text;
}

void
tw_sheet_note (TwSheet *sheet,
               const char *format,
               ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (sheet->notes, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

char *
tw_sheet_column_dup_title (const TwSheetColumn *column)
{
  return column->unit[0] != '\0' ? g_strdup_printf ("%s, %s", column->title, column->unit)
                                 : g_strdup (column->title);
}

char *
tw_sheet_dup_cell (const TwSheet *sheet,
                   guint column_index,
                   guint row)
{
  const TwSheetColumn *column;
  double value;

  g_return_val_if_fail (column_index < sheet->columns->len && row < sheet->n_rows, NULL);

  column = g_ptr_array_index (sheet->columns, column_index);
  if (column->kind == TW_COLUMN_TEXT)
    return g_strdup (column->text[row] != NULL ? column->text[row] : "");
  value = column->value[row];
  if (!isfinite (value))
    return g_strdup ("–");
  if (column->kind == TW_COLUMN_TIME)
    {
      char clock[32];

      return g_strdup (tw_time_format_clock ((gint64) value, NULL, FALSE, clock, sizeof clock));
    }
  /* Nothing is less than zero that is written as zero. */
  if (fabs (value) < .5 * pow (10, -column->decimals))
    value = 0;
  return g_strdup_printf ("%s%.*f", value < 0 ? "−" : "", column->decimals, fabs (value));
}

char *
tw_sheet_dup_text (const TwSheet *sheet)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < sheet->columns->len; i++)
    {
      g_autofree char *title = tw_sheet_column_dup_title (g_ptr_array_index (sheet->columns, i));

      g_string_append_printf (text, "%s%s", i > 0 ? "\t" : "", title);
    }
  g_string_append_c (text, '\n');
  for (guint row = 0; row < sheet->n_rows; row++)
    {
      for (guint i = 0; i < sheet->columns->len; i++)
        {
          g_autofree char *cell = tw_sheet_dup_cell (sheet, i, row);

          g_string_append_printf (text, "%s%s", i > 0 ? "\t" : "", cell);
        }
      g_string_append_c (text, '\n');
    }
  return g_string_free (text, FALSE);
}

static void
append_field (GString *csv,
              const char *field)
{
  if (strpbrk (field, ",\"\r\n") == NULL)
    {
      g_string_append (csv, field);
      return;
    }
  g_string_append_c (csv, '"');
  for (const char *at = field; *at != '\0'; at++)
    {
      if (*at == '"')
        g_string_append_c (csv, '"');
      g_string_append_c (csv, *at);
    }
  g_string_append_c (csv, '"');
}

/* Local time with its distance from UTC: what the screen shows, and yet without doubt. */
static void
append_time (GString *csv,
             double t_us)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc ((gint64) floor (t_us / TW_SECOND));
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;
  g_autofree char *text = local != NULL ? g_date_time_format_iso8601 (local) : NULL;

  if (text != NULL)
    g_string_append (csv, text);
}

static void
append_cell (GString *csv,
             const TwSheetColumn *column,
             guint row)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  if (column->kind == TW_COLUMN_TEXT)
    append_field (csv, column->text[row] != NULL ? column->text[row] : "");
  else if (!isfinite (column->value[row]))
    return;
  else if (column->kind == TW_COLUMN_TIME)
    append_time (csv, column->value[row]);
  else
    g_string_append (csv, g_ascii_formatd (number, sizeof number, "%.12g", column->value[row]));
}

char *
tw_sheet_dup_csv (const TwSheet *sheet)
{
  GString *csv = g_string_new (NULL);

  for (guint i = 0; i < sheet->notes->len; i++)
    g_string_append_printf (csv, "# %s\r\n", (const char *) g_ptr_array_index (sheet->notes, i));
  for (guint i = 0; i < sheet->columns->len; i++)
    {
      g_autofree char *title = tw_sheet_column_dup_title (g_ptr_array_index (sheet->columns, i));

      if (i > 0)
        g_string_append_c (csv, ',');
      append_field (csv, title);
    }
  g_string_append (csv, "\r\n");
  for (guint row = 0; row < sheet->n_rows; row++)
    {
      for (guint i = 0; i < sheet->columns->len; i++)
        {
          if (i > 0)
            g_string_append_c (csv, ',');
          append_cell (csv, g_ptr_array_index (sheet->columns, i), row);
        }
      g_string_append (csv, "\r\n");
    }
  return g_string_free (csv, FALSE);
}
