/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every test needs: the parameter tables as text, and real data or a skip by name. */
#pragma once

#include <gio/gio.h>

#include "tw-tables-resource.h"

/* Text of data/tables/<name>; free with g_free. */
static inline char *
tw_test_dup_table (const char *name)
{
  g_autofree char *path = g_strdup_printf ("/org/twinward/tables/%s", name);
  g_autoptr (GError) error = NULL;
  if (tw_tables_get_resource () == NULL)
    tw_tables_register_resource ();
  g_autoptr (GBytes) bytes = g_resource_lookup_data (tw_tables_get_resource (), path, 0, &error);
  g_assert_no_error (error);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* A path under the folder of real data; NULL, and the test skipped by name, where it is not there. */
static inline char *
tw_test_dup_shared (const char *relative)
{
  const char *root = g_getenv ("TW_SHARED");
  g_autofree char *path = g_build_filename (root != NULL ? root : "", relative, NULL);
  if (root == NULL || !g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_autofree char *why = g_strdup_printf ("real data not here: %s", relative);
      g_test_skip (why);
      return NULL;
    }
  return g_steal_pointer (&path);
}
