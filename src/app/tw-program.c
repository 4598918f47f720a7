/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the program's own files are, installed or run in place from its build. */
#include "config.h"

#include "tw-program.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* A token is a line; anything larger is another file that was given by mistake. */
#define MAX_TOKEN_FILE 16384

static char *
dup_program_dir (void)
{
  g_autofree char *path = g_file_read_link ("/proc/self/exe", NULL); /* best effort: the path is tried next */

  return path != NULL ? g_path_get_dirname (path) : NULL;
}

static gboolean
runs_in_place (void)
{
  g_autofree char *dir = dup_program_dir ();
  g_autofree char *build = g_path_get_dirname (TW_BUILD_LOCALE_DIR);

  return dir != NULL && g_str_has_prefix (dir, build);
}

char *
tw_program_find_sibling (const char *name)
{
  g_autofree char *dir = dup_program_dir ();
  g_autofree char *beside = dir != NULL ? g_build_filename (dir, name, NULL) : NULL;

  g_return_val_if_fail (name != NULL, NULL);

  if (beside != NULL && g_file_test (beside, G_FILE_TEST_IS_EXECUTABLE))
    return g_steal_pointer (&beside);
  return g_find_program_in_path (name);
}

const char *
tw_program_locale_dir (void)
{
  return runs_in_place () ? TW_BUILD_LOCALE_DIR : TW_LOCALE_DIR;
}

GSettingsSchema *
tw_program_find_schema (const char *id)
{
  GSettingsSchemaSource *known = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchemaSource) own = NULL;
  const char *dir = runs_in_place () ? TW_BUILD_SCHEMA_DIR : TW_SCHEMA_DIR;

  g_return_val_if_fail (id != NULL, NULL);

  /* Best effort: without a schema nothing is remembered, and everything else works. */
  own = g_settings_schema_source_new_from_directory (dir, known, TRUE, NULL);
  if (own != NULL)
    return g_settings_schema_source_lookup (own, id, TRUE);
  return known != NULL ? g_settings_schema_source_lookup (known, id, TRUE) : NULL;
}

char *
tw_program_read_token (const char *path,
                       GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
  g_autoptr (GFileInfo) info = NULL;
  g_autofree char *text = NULL;
  char *end;

  g_return_val_if_fail (path != NULL, NULL);

  info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_STANDARD_TYPE,
                            G_FILE_QUERY_INFO_NONE, NULL, error);
  if (info == NULL)
    {
      g_prefix_error (error, _("The token file cannot be read: "));
      return NULL;
    }
  if (g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY
      || g_file_info_get_size (info) > MAX_TOKEN_FILE)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   _("“%s” is not a token file. It should hold the token in its first line."), path);
      return NULL;
    }
  if (!g_file_load_contents (file, NULL, &text, NULL, NULL, error))
    {
      g_prefix_error (error, _("The token file cannot be read: "));
      return NULL;
    }
  end = strpbrk (text, "\r\n");
  if (end != NULL)
    *end = '\0';
  g_strstrip (text);
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isgraph (*c))
      {
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                     _("The first line of the token file “%s” is not a token."), path);
        return NULL;
      }
  if (text[0] == '\0')
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("The token file “%s” is empty."),
                   path);
      return NULL;
    }
  return g_steal_pointer (&text);
}
