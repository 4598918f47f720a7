/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of patient ids: what is read, and what is refused in words. */
#include "config.h"

#include "tw-patients-file.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

static char *
write_file (const char *text, gsize n)
{
  g_autoptr (GError) error = NULL;
  char *path = NULL;
  int fd = g_file_open_tmp ("patients-XXXXXX", &path, &error);

  g_assert_no_error (error);
  g_assert_true (g_close (fd, NULL));
  g_assert_true (g_file_set_contents (path, text, (gssize) n, NULL));
  return path;
}

static void
test_texts (void)
{
  static const struct
  {
    const char *text, *ids;
    int code; /* where ids is NULL */
  } cases[] = {
    { "p1\np2\n", "p1,p2", 0 },
    { "# ward 7\r\n\r\n Patient/a.b-C7 \r\nx", "a.b-C7,x", 0 },
    { "", NULL, TW_PATIENTS_FILE_ERROR_EMPTY },
    { "# nobody\n\n", NULL, TW_PATIENTS_FILE_ERROR_EMPTY },
    { "p1\nCarter, Ada\n", NULL, TW_PATIENTS_FILE_ERROR_LINE },
    { "p1?_count=1", NULL, TW_PATIENTS_FILE_ERROR_LINE },
    { "a12345678901234567890123456789012345678901234567890123456789012345", NULL, TW_PATIENTS_FILE_ERROR_LINE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = write_file (cases[i].text, strlen (cases[i].text));
      g_autoptr (GError) error = NULL;
      g_auto (GStrv) ids = tw_patients_file_read (path, &error);

      if (cases[i].ids == NULL)
        g_assert_error (error, TW_PATIENTS_FILE_ERROR, cases[i].code);
      else
        {
          g_autofree char *joined = ids != NULL ? g_strjoinv (",", ids) : NULL;

          g_assert_no_error (error);
          g_assert_cmpstr (joined, ==, cases[i].ids);
        }
      g_remove (path);
    }
}

/* No name of a person gets into the message. */
static void
test_discretion (void)
{
  g_autofree char *path = write_file ("p1\nCarter, Ada\n", 16);
  g_autoptr (GError) error = NULL;

  g_assert_null (tw_patients_file_read (path, &error));
  g_assert_null (strstr (error->message, "Carter"));
  g_assert_nonnull (strstr (error->message, "2"));
  g_remove (path);
}

static void
test_limits (void)
{
  g_autoptr (GString) many = g_string_new (NULL);
  g_autofree char *large = g_strnfill (1024 * 1024 + 1, '\n');
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 501; i++)
    g_string_append_printf (many, "p%d\n", i);
  path = write_file (many->str, many->len);
  g_assert_null (tw_patients_file_read (path, &error));
  g_assert_error (error, TW_PATIENTS_FILE_ERROR, TW_PATIENTS_FILE_ERROR_TOO_MANY);
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (path, large, -1, NULL));
  g_assert_null (tw_patients_file_read (path, &error));
  g_assert_error (error, TW_PATIENTS_FILE_ERROR, TW_PATIENTS_FILE_ERROR_TOO_MANY);
  g_clear_error (&error);
  g_remove (path);
  g_assert_null (tw_patients_file_read (path, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/patients-file/texts", test_texts);
  g_test_add_func ("/session/patients-file/discretion", test_discretion);
  g_test_add_func ("/session/patients-file/limits", test_limits);
  return g_test_run ();
}
