/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of this room share: readable JSON literals, mutants, files of a folder. */
#pragma once

#include "tw-test.h"

#include <string.h>

/* JSON with single quotation marks for double ones; free with g_free. */
static inline char *
wire_quoted (const char *text)
{
  return g_strdelimit (g_strdup (text), "'", '"');
}

/* Changes a text in place as an attacker or a bad line would: a byte replaced, a run cut out or doubled. */
static inline void
wire_mutate (GString *text,
             GRand *rand)
{
  static const char telling[] = "{}[]\",:\\0129eE+-.tfn \n\r\t\xff\xc0";
  int n = g_rand_int_range (rand, 1, 4);

  for (int i = 0; i < n && text->len > 1; i++)
    {
      gssize at = g_rand_int_range (rand, 0, (gint32) text->len);
      gssize wished = g_rand_int_range (rand, 1, 40);
      gssize run = MIN (wished, (gssize) text->len - at);

      switch (g_rand_int_range (rand, 0, 4))
        {
        case 0:
          text->str[at] = telling[g_rand_int_range (rand, 0, (gint32) sizeof telling - 1)];
          break;
        case 1:
          text->str[at] = (char) g_rand_int_range (rand, 0, 256);
          break;
        case 2:
          g_string_erase (text, at, run);
          break;
        default:
          {
            g_autofree char *copy = g_strndup (text->str + at, (gsize) run);
            g_string_insert_len (text, g_rand_int_range (rand, 0, (gint32) text->len), copy, run);
          }
        }
    }
}

/* Puts another JSON value in the place of a member's: the document stays JSON, its meaning does not. */
static inline void
wire_mutate_value (GString *text,
                   GRand *rand)
{
  static const char *const values[] = { "null", "0", "-1e308", "1.5", "9223372036854775807", "[]", "{}",
                                        "\"\"", "true", "[{}]", "\"\\u0000\"", "[[1],{\"a\":2}]",
                                        "\"urn:uuid:1\"", "\"Patient/a\"", "{\"coding\":[{}]}",
                                        "\"1900-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59Z\"" };
  int nth = g_rand_int_range (rand, 0, 120);
  gsize start = 0, end;

  for (; nth > 0; nth--)
    {
      const char *colon = strstr (text->str + start, "\":");

      start = colon != NULL ? (gsize) (colon - text->str) + 2 : 0;
    }
  end = start;
  if (text->str[start] == '"')
    end = (gsize) (strchr (text->str + start + 1, '"') - text->str) + 1;
  else
    while (strchr (",]}[{", text->str[end]) == NULL)
      end++;
  if (start > 0 && end > start)
    {
      g_string_erase (text, (gssize) start, (gssize) (end - start));
      g_string_insert (text, (gssize) start,
                       values[g_rand_int_range (rand, 0, G_N_ELEMENTS (values))]);
    }
}

static inline int
wire_compare_paths (gconstpointer a,
                    gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The full paths of a folder's files with this ending, sorted. */
static inline GPtrArray *
wire_list (const char *folder,
           const char *ending)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  const char *name;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ending))
      g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (paths, wire_compare_paths);
  return paths;
}
