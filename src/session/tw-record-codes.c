/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Codes of scores, from the site's table or the program's own. */
#include "config.h"

#include "tw-record-codes.h"

#include "tw-table.h"
#include "tw-tables.h"

#include <glib/gi18n-lib.h>

#define FILE_NAME "record-codes.csv"

struct _TwRecordCodes
{
  TwTable *table;
  int score, item, system, code, display; /* columns */
};

void
tw_record_codes_free (TwRecordCodes *codes)
{
  if (codes == NULL)
    return;
  g_clear_pointer (&codes->table, tw_table_free);
  g_free (codes);
}

static gboolean
has_total (const TwRecordCodes *codes)
{
  TwFhirCode found[TW_RECORD_MAX_CODES];

  return tw_record_codes_get (codes, "news2", "total", found) > 0;
}

TwRecordCodes *
tw_record_codes_load_from (const char *folder,
                           GError **error)
{
  g_autoptr (TwRecordCodes) codes = g_new0 (TwRecordCodes, 1);
  g_autoptr (GBytes) bytes = tw_tables_lookup (folder, FILE_NAME, error);

  if (bytes == NULL)
    return NULL;
  codes->table = tw_table_new ("record-codes", g_bytes_get_data (bytes, NULL), -1, error);
  if (codes->table == NULL)
    return NULL;
  codes->score = tw_table_get_column (codes->table, "score");
  codes->item = tw_table_get_column (codes->table, "item");
  codes->system = tw_table_get_column (codes->table, "system");
  codes->code = tw_table_get_column (codes->table, "code");
  codes->display = tw_table_get_column (codes->table, "display");
  if (codes->score < 0 || codes->item < 0 || codes->system < 0 || codes->code < 0 || codes->display < 0
      || !has_total (codes))
    {
      g_set_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_COLUMN,
                   _("The table %s needs the columns score, item, system, code and display, and a code "
                     "of the total of NEWS2."),
                   FILE_NAME);
      return NULL;
    }
  return g_steal_pointer (&codes);
}

TwRecordCodes *
tw_record_codes_load (GError **error)
{
  g_autofree char *own = g_build_filename (g_get_user_config_dir (), "twinward", NULL);
  g_autofree char *own_file = g_build_filename (own, FILE_NAME, NULL);

  if (g_file_test (own_file, G_FILE_TEST_EXISTS))
    return tw_record_codes_load_from (own, error);
  for (const char *const *dir = g_get_system_config_dirs (); *dir != NULL; dir++)
    {
      g_autofree char *folder = g_build_filename (*dir, "twinward", NULL);
      g_autofree char *file = g_build_filename (folder, FILE_NAME, NULL);

      if (g_file_test (file, G_FILE_TEST_EXISTS))
        return tw_record_codes_load_from (folder, error);
    }
  return tw_record_codes_load_from (NULL, error);
}

const char *
tw_record_codes_get_version (const TwRecordCodes *codes)
{
  g_return_val_if_fail (codes != NULL, NULL);

  return tw_table_get_version (codes->table);
}

guint
tw_record_codes_get (const TwRecordCodes *codes,
                     const char *score,
                     const char *item,
                     TwFhirCode found[TW_RECORD_MAX_CODES])
{
  guint n = 0;

  g_return_val_if_fail (codes != NULL && score != NULL && item != NULL, 0);

  for (gsize row = 0; row < tw_table_get_n_rows (codes->table) && n < TW_RECORD_MAX_CODES; row++)
    if (g_str_equal (tw_table_get_text (codes->table, row, codes->score), score)
        && g_str_equal (tw_table_get_text (codes->table, row, codes->item), item))
      {
        const char *display = tw_table_get_text (codes->table, row, codes->display);

        found[n++] = (TwFhirCode) { tw_table_get_text (codes->table, row, codes->system),
                                    tw_table_get_text (codes->table, row, codes->code),
                                    *display != '\0' ? display : NULL };
      }
  return n;
}
