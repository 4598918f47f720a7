/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plain table of numbers with a header line. A decimal number is kept as a double and what the
 * double leaves, so that a reference set is fitted as it was written. */
#include "config.h"

#include "tw-cli-table.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_BYTES (256 * 1024 * 1024)
#define MAX_COLUMNS 1000
#define MAX_CELLS 50000000

void
tw_cli_table_free (TwCliTable *table)
{
  if (table == NULL)
    return;
  for (guint j = 0; j < table->n_columns; j++)
    {
      g_free (table->value[j]);
      g_free (table->rest[j]);
      g_free (table->problem[j]);
    }
  g_free (table->value);
  g_free (table->rest);
  g_free (table->problem);
  g_strfreev (table->names);
  g_free (table);
}

int
tw_cli_table_find (const TwCliTable *table, const char *name)
{
  for (guint j = 0; j < table->n_columns; j++)
    if (strcmp (table->names[j], name) == 0)
      return (int) j;
  return -1;
}

static char
find_separator (const char *header)
{
  static const char separators[] = "\t;,";

  for (const char *s = separators; *s != '\0'; s++)
    if (strchr (header, *s) != NULL)
      return *s;
  return ' ';
}

/* The cells of a line, trimmed and without quotes. */
static char **
split (const char *line, char separator)
{
  const char apart[] = { separator, '\0' };
  g_auto (GStrv) parts = g_strsplit (line, apart, -1);
  g_autoptr (GStrvBuilder) cells = g_strv_builder_new ();

  for (guint i = 0; parts[i] != NULL; i++)
    {
      char *cell = g_strstrip (parts[i]);
      gsize length = strlen (cell);

      if (separator == ' ' && length == 0)
        continue;
      if (length >= 2 && cell[0] == '"' && cell[length - 1] == '"')
        {
          cell[length - 1] = '\0';
          cell++;
        }
      g_strv_builder_add (cells, cell);
    }
  return g_strv_builder_end (cells);
}

static gboolean
is_missing (const char *cell)
{
  static const char *const marks[] = { "", "-", ".", "na", "nan", "null" };

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    if (g_ascii_strcasecmp (cell, marks[i]) == 0)
      return TRUE;
  return FALSE;
}

/* A cell of a line; what is no number is kept in words, for a column that nobody asks for may hold
 * text. */
static void
read_cell (TwCliTable *table, guint column, const char *cell, gsize line, locale_t plain)
{
  double *value = &table->value[column][table->n_rows];
  double *rest = &table->rest[column][table->n_rows];
  char *end = NULL;
  long double whole;

  *value = NAN;
  *rest = 0;
  if (is_missing (cell))
    return;
  whole = strtold_l (cell, &end, plain);
  if (*end != '\0' || !isfinite ((double) whole))
    {
      if (table->problem[column] == NULL)
        table->problem[column] = g_strdup_printf (_("Line %u, column %s: “%s” is not a number."),
                                                  (guint) line, table->names[column], cell);
      return;
    }
  *value = (double) whole;
  *rest = (double) (whole - (long double) *value);
}

static gboolean
read_header (TwCliTable *table, const char *line, char separator, gsize n_lines, GError **error)
{
  table->names = split (line, separator);
  table->n_columns = g_strv_length (table->names);
  if (table->n_columns > MAX_COLUMNS || table->n_columns == 0)
    {
      table->n_columns = 0;
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("The table has no header line."));
      return FALSE;
    }
  if (n_lines > MAX_CELLS / table->n_columns)
    {
      table->n_columns = 0;
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                   _("The table holds more than %u million cells."), MAX_CELLS / 1000000);
      return FALSE;
    }
  table->value = g_new (double *, table->n_columns);
  table->rest = g_new (double *, table->n_columns);
  table->problem = g_new0 (char *, table->n_columns);
  for (guint j = 0; j < table->n_columns; j++)
    {
      table->value[j] = g_new (double, n_lines);
      table->rest[j] = g_new (double, n_lines);
    }
  return TRUE;
}

static gboolean
read_row (TwCliTable *table, const char *text, char separator, gsize line, locale_t plain,
          GError **error)
{
  g_auto (GStrv) cells = split (text, separator);
  guint n = g_strv_length (cells);

  if (n != table->n_columns)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   _("Line %u has %u cells, the header has %u."), (guint) line, n,
                   table->n_columns);
      return FALSE;
    }
  for (guint j = 0; j < n; j++)
    read_cell (table, j, cells[j], line, plain);
  table->n_rows++;
  return TRUE;
}

static gboolean
read_lines (TwCliTable *table, char **lines, locale_t plain, GError **error)
{
  gsize n_lines = g_strv_length (lines);
  char separator = '\0';

  for (gsize i = 0; i < n_lines; i++)
    {
      char *line = lines[i];

      g_strdelimit (line, "\r", ' ');
      if (line[strspn (line, " \t")] == '\0' || line[0] == '#')
        continue;
      if (separator == '\0')
        {
          separator = find_separator (line);
          if (!read_header (table, line, separator, n_lines, error))
            return FALSE;
        }
      else if (!read_row (table, line, separator, i + 1, plain, error))
        return FALSE;
    }
  if (separator != '\0')
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("The table has no header line."));
  return FALSE;
}

TwCliTable *
tw_cli_table_load (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
  g_autoptr (GFileInfo) info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE,
                                                  G_FILE_QUERY_INFO_NONE, NULL, error);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (TwCliTable) table = NULL;
  locale_t plain;
  gboolean read;

  if (info == NULL)
    {
      g_prefix_error (error, "%s", _("The table cannot be read: "));
      return NULL;
    }
  if (g_file_info_get_size (info) > MAX_BYTES)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                   _("The table is larger than %d MB."), MAX_BYTES / 1024 / 1024);
      return NULL;
    }
  if (!g_file_load_contents (file, NULL, &text, NULL, NULL, error))
    return NULL;
  lines = g_strsplit (text, "\n", -1);
  table = g_new0 (TwCliTable, 1);
  plain = newlocale (LC_ALL_MASK, "C", (locale_t) 0);
  read = read_lines (table, lines, plain, error);
  freelocale (plain);
  return read ? g_steal_pointer (&table) : NULL;
}
