/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads and changes single parameters of a query; everything else stays as the server wrote it. */
#include "config.h"

#include "tw-page-link.h"

#include <string.h>

/* Length of a parameter's name: up to a modifier, a value or the end. */
static gsize
measure_name (const char *part)
{
  gsize n = strcspn (part, ":=&");
  /* Brackets and colons come escaped from some servers. */
  const char *escaped = g_strstr_len (part, (gssize) n, "%3A");
  return escaped != NULL ? (gsize) (escaped - part) : n;
}

static gboolean
is_named (const char *part,
          const char *name)
{
  gsize n = measure_name (part);
  return n == strlen (name) && strncmp (part, name, n) == 0;
}

/* The first parameter; NULL when the address has no query. */
static const char *
find_query (const char *url)
{
  const char *query = strchr (url, '?');
  return query != NULL ? query + 1 : NULL;
}

static const char *
next_part (const char *part)
{
  const char *end = strchr (part, '&');
  return end != NULL ? end + 1 : NULL;
}

static const char *
find_part (const char *url,
           const char *name)
{
  for (const char *part = find_query (url); part != NULL; part = next_part (part))
    if (is_named (part, name))
      return part;
  return NULL;
}

gboolean
tw_page_link_has (const char *url,
                  const char *name)
{
  return find_part (url, name) != NULL;
}

char *
tw_page_link_without (const char *url,
                      const char *name)
{
  const char *query = find_query (url);
  if (query == NULL)
    return g_strdup (url);
  g_autoptr (GString) out = g_string_new_len (url, query - url);
  for (const char *part = query; part != NULL; part = next_part (part))
    if (!is_named (part, name))
      {
        if (out->str[out->len - 1] != '?')
          g_string_append_c (out, '&');
        g_string_append_len (out, part, (gssize) strcspn (part, "&"));
      }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

char *
tw_page_link_resize (const char *url,
                     guint count)
{
  if (tw_page_link_has (url, "page") || tw_page_link_has (url, "_page"))
    return NULL;
  g_autofree char *rest = tw_page_link_without (url, "_count");
  const char *query = find_query (rest);
  return g_strdup_printf ("%s%s_count=%u", rest,
                          query == NULL       ? "?"
                          : query[0] == '\0' ? "" : "&",
                          count);
}

char *
tw_page_link_dup_ignored (const char *asked,
                          const char *self)
{
  g_autoptr (GString) names = g_string_new (NULL);
  if (self == NULL)
    return g_strdup ("");
  for (const char *part = find_query (asked); part != NULL; part = next_part (part))
    {
      g_autofree char *name = g_strndup (part, measure_name (part));
      if (!tw_page_link_has (self, name))
        g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", name);
    }
  return g_string_free (g_steal_pointer (&names), FALSE);
}
