/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a versioned parameter table: "# key: value" lines, a row of column names, rows of
 * cells. */
#include "config.h"

#include "tw-table.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define MAX_COLUMNS 64
#define MAX_BYTES (4 * 1024 * 1024)

struct _TwTable
{
  char *text;          /* cut in place: every cell points into it */
  GHashTable *headers; /* key -> value, both in text */
  GPtrArray *columns;  /* names, in text */
  GPtrArray *cells;    /* row by row, columns->len a row */
};

G_DEFINE_QUARK (tw-table-error-quark, tw_table_error)

/* Cuts the next cell out of the line at *at; a cell may stand in double quotes, "" inside is one
 * quote. NULL: a quote that is not closed or is followed by text. *at is NULL after the last
 * cell. */
static char *
cut_cell (char **at)
{
  char *start = *at;
  char *out, *p;
  gboolean closed = FALSE;

  if (*start != '"')
    {
      p = strchr (start, ',');
      if (p != NULL)
        *p = '\0';
      *at = p != NULL ? p + 1 : NULL;
      return g_strstrip (start);
    }
  for (p = out = start + 1; *p != '\0'; p++)
    {
      if (*p == '"' && *++p != '"')
        {
          closed = TRUE;
          break;
        }
      *out++ = *p;
    }
  if (!closed || (*p != ',' && *p != '\0'))
    return NULL;
  *at = *p == ',' ? p + 1 : NULL;
  *out = '\0';
  return start + 1;
}

/* A line without a colon is a remark. Of a repeated key the last counts, but a table has one name
 * and version. */
static gboolean
read_header (TwTable *self, char *line, guint number, GError **error)
{
  char *colon = strchr (line, ':');
  char *key;

  if (colon == NULL)
    return TRUE;
  *colon = '\0';
  key = g_strstrip (line + 1);
  if (!g_hash_table_insert (self->headers, key, g_strstrip (colon + 1))
      && (strcmp (key, "table") == 0 || strcmp (key, "version") == 0))
    {
      g_set_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_SYNTAX,
                   _ ("line %u of the parameter table gives \"%s\" a second time"), number, key);
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_columns (TwTable *self, char *line, guint number, GError **error)
{
  for (char *at = line; at != NULL;)
    {
      char *name = cut_cell (&at);
      if (name == NULL || *name == '\0' || self->columns->len == MAX_COLUMNS
          || g_ptr_array_find_with_equal_func (self->columns, name, g_str_equal, NULL))
        {
          g_set_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_COLUMN,
                       _ ("line %u of the parameter table has an empty or repeated column name"),
                       number);
          return FALSE;
        }
      g_ptr_array_add (self->columns, name);
    }
  return TRUE;
}

static gboolean
read_row (TwTable *self, char *line, guint number, GError **error)
{
  guint n = 0;

  for (char *at = line; at != NULL; n++)
    {
      char *cell = cut_cell (&at);
      if (cell == NULL)
        {
          n = 0;
          break;
        }
      if (n < self->columns->len)
        g_ptr_array_add (self->cells, cell);
    }
  if (n != self->columns->len)
    {
      g_set_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_SYNTAX,
                   _ ("line %u of the parameter table does not have its %u cells"), number,
                   self->columns->len);
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_text (TwTable *self, GError **error)
{
  guint number = 0;

  for (char *line = self->text, *next; line != NULL; line = next)
    {
      gboolean ok = TRUE;

      next = strchr (line, '\n');
      if (next != NULL)
        *next++ = '\0';
      number++;
      g_strchomp (line);
      if (*line == '#')
        ok = read_header (self, line, number, error);
      else if (*line != '\0' && self->columns->len == 0)
        ok = read_columns (self, line, number, error);
      else if (*line != '\0')
        ok = read_row (self, line, number, error);
      if (!ok)
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_headers (TwTable *self, const char *name, GError **error)
{
  const char *own = tw_table_get_header (self, "table");

  if (own == NULL || strcmp (own, name) != 0)
    {
      g_set_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_NAME,
                   _ ("the parameter table \"%s\" was expected, this is \"%s\""), name,
                   own != NULL ? own : "");
      return FALSE;
    }
  if (tw_table_get_header (self, "version") == NULL || self->columns->len == 0)
    {
      g_set_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_SYNTAX,
                   _ ("the parameter table \"%s\" has no version or no columns"), name);
      return FALSE;
    }
  return TRUE;
}

/* UTF-8 text, lines ended by LF or CR LF, cells by commas. "# key: value" lines and other "#" lines
 * may stand anywhere. Errors: SYNTAX (with the line), NAME, COLUMN. */
TwTable *
tw_table_new (const char *name, const char *text, gssize length, GError **error)
{
  g_autoptr (TwTable) self = NULL;
  gsize n;

  g_return_val_if_fail (name != NULL && text != NULL, NULL);

  n = length < 0 ? strlen (text) : (gsize) length;
  if (n > MAX_BYTES || memchr (text, '\0', n) != NULL || !g_utf8_validate (text, (gssize) n, NULL))
    {
      g_set_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_SYNTAX,
                   _ ("the parameter table \"%s\" is not UTF-8 text, or larger than 4 MiB"), name);
      return NULL;
    }

  self = g_new0 (TwTable, 1);
  self->text = g_strndup (text, n);
  self->headers = g_hash_table_new (g_str_hash, g_str_equal);
  self->columns = g_ptr_array_new ();
  self->cells = g_ptr_array_new ();
  if (!read_text (self, error) || !check_headers (self, name, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
tw_table_free (TwTable *table)
{
  if (table == NULL)
    return;
  g_clear_pointer (&table->headers, g_hash_table_unref);
  g_clear_pointer (&table->columns, g_ptr_array_unref);
  g_clear_pointer (&table->cells, g_ptr_array_unref);
  g_free (table->text);
  g_free (table);
}

const char *
tw_table_get_version (const TwTable *table)
{
  return tw_table_get_header (table, "version");
}

const char *
tw_table_get_header (const TwTable *table, const char *key)
{
  g_return_val_if_fail (table != NULL && key != NULL, NULL);

  return g_hash_table_lookup (table->headers, key);
}

gsize
tw_table_get_n_rows (const TwTable *table)
{
  g_return_val_if_fail (table != NULL, 0);

  return table->cells->len / table->columns->len;
}

int
tw_table_get_column (const TwTable *table, const char *column)
{
  guint index;

  g_return_val_if_fail (table != NULL && column != NULL, -1);

  if (!g_ptr_array_find_with_equal_func (table->columns, column, g_str_equal, &index))
    return -1;
  return (int) index;
}

/* Borrowed from the table; "" also for a column of -1. */
const char *
tw_table_get_text (const TwTable *table, gsize row, int column)
{
  g_return_val_if_fail (table != NULL && row < tw_table_get_n_rows (table), "");
  g_return_val_if_fail (column < (int) table->columns->len, "");

  if (column < 0)
    return "";
  return g_ptr_array_index (table->cells, row * table->columns->len + (guint) column);
}

/* The decimal point is a point in every locale; "inf" and "nan" are no numbers here. */
gboolean
tw_table_get_number (const TwTable *table, gsize row, int column, double *value, GError **error)
{
  const char *text = tw_table_get_text (table, row, column);
  char *end;

  g_return_val_if_fail (value != NULL, FALSE);

  *value = NAN;
  if (*text == '\0' || strcmp (text, "-") == 0)
    return TRUE;
  *value = g_ascii_strtod (text, &end);
  if (*end == '\0' && isfinite (*value))
    return TRUE;
  *value = NAN;
  g_set_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_VALUE,
               _ ("table \"%s\", row %u, column \"%s\": \"%s\" is not a number"),
               tw_table_get_header (table, "table"), (guint) row + 1,
               (const char *) g_ptr_array_index (table->columns, column), text);
  return FALSE;
}
