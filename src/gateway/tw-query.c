/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The query of a request, taken apart. By hand, since a name may come twice
 * (date=ge...&date=lt...). */
#include "config.h"

#include "tw-query.h"

#include "tw-time.h"

#include <string.h>

/* A value that is written with a bare "+" before its zone arrives with a space there. */
static char *
decode (const char *text,
        gsize       length)
{
  g_autofree char *plain = g_strndup (text, length);
  for (char *p = plain; *p != '\0'; p++)
    if (*p == '+')
      *p = ' ';
  return g_uri_unescape_string (plain, NULL);
}

gboolean
tw_query_parse (const char *raw,
                TwQuery    *query)
{
  *query = (TwQuery) { .n = 0 };
  if (raw == NULL)
    return TRUE;
  if (strlen (raw) > TW_QUERY_MAX_BYTES)
    return FALSE;
  while (*raw != '\0')
    {
      gsize length = strcspn (raw, "&");
      gsize name = MIN (strcspn (raw, "="), length);
      if (length > 0)
        {
          TwQueryParameter *item;
          if (query->n == TW_QUERY_MAX_PARAMETERS)
            return FALSE;
          item = &query->items[query->n++];
          item->name = decode (raw, name);
          item->value = name < length ? decode (raw + name + 1, length - name - 1) : g_strdup ("");
          if (item->name == NULL || item->value == NULL || !g_utf8_validate (item->value, -1, NULL)
              || !g_utf8_validate (item->name, -1, NULL))
            return FALSE;
        }
      raw += length + (raw[length] == '&');
    }
  return TRUE;
}

void
tw_query_clear (TwQuery *query)
{
  for (guint i = 0; i < query->n; i++)
    {
      g_free (query->items[i].name);
      g_free (query->items[i].value);
    }
  query->n = 0;
}

const char *
tw_query_use (TwQuery    *query,
              const char *name)
{
  const char *first = NULL;
  for (guint i = 0; i < query->n; i++)
    if (g_str_equal (query->items[i].name, name))
      {
        query->items[i].used = TRUE;
        if (first == NULL)
          first = query->items[i].value;
      }
  return first;
}

char *
tw_query_dup_used (const TwQuery *query)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < query->n; i++)
    if (query->items[i].used)
      {
        if (text->len > 0)
          g_string_append_c (text, '&');
        g_string_append_uri_escaped (text, query->items[i].name, ":", FALSE);
        g_string_append_c (text, '=');
        g_string_append_uri_escaped (text, query->items[i].value, ":,/", FALSE);
      }
  return g_string_free (text, FALSE);
}

static gboolean
read_prefix (const char  **text,
             TwDatePrefix *prefix)
{
  static const struct
  {
    const char *letters;
    TwDatePrefix prefix;
  } known[] = {
    { "eq", TW_DATE_EQ }, { "ge", TW_DATE_GE }, { "gt", TW_DATE_GT },
    { "le", TW_DATE_LE }, { "lt", TW_DATE_LT },
  };

  *prefix = TW_DATE_EQ;
  if (!g_ascii_isalpha ((*text)[0]))
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (strncmp (*text, known[i].letters, 2) == 0)
      {
        *prefix = known[i].prefix;
        *text += 2;
        return TRUE;
      }
  return FALSE;
}

static gboolean
all_digits (const char *text,
            gsize       from,
            gsize       n)
{
  for (gsize i = from; i < from + n; i++)
    if (!g_ascii_isdigit (text[i]))
      return FALSE;
  return TRUE;
}

/* "2026", "2026-11", "2026-11-22": the instant of its begin and of the next one's begin. */
static gboolean
read_partial (const char   *text,
              TwDateFilter *filter)
{
  gsize length = strlen (text);
  char first[32], after[32];
  int year, month = 1;

  if (!all_digits (text, 0, MIN (length, 4)))
    return FALSE;
  year = (int) g_ascii_strtoull (text, NULL, 10);
  if (length == 10)
    {
      g_snprintf (first, sizeof first, "%sT00:00:00Z", text);
      if (!tw_time_parse (first, -1, &filter->low_us))
        return FALSE;
      filter->high_us = filter->low_us + TW_DAY;
      return TRUE;
    }
  if (length == 7)
    {
      if (text[4] != '-' || !all_digits (text, 5, 2))
        return FALSE;
      month = (int) g_ascii_strtoull (text + 5, NULL, 10);
    }
  else if (length != 4)
    {
      return FALSE;
    }
  g_snprintf (first, sizeof first, "%04d-%02d-01T00:00:00Z", year, month);
  if (length == 4)
    g_snprintf (after, sizeof after, "%04d-01-01T00:00:00Z", year + 1);
  else
    g_snprintf (after, sizeof after, "%04d-%02d-01T00:00:00Z", month == 12 ? year + 1 : year,
                month % 12 + 1);
  return tw_time_parse (first, -1, &filter->low_us) && tw_time_parse (after, -1, &filter->high_us);
}

/* How long an instant lasts that is written so: a minute, a second, or less. */
static gint64
precision_of (const char *time)
{
  gsize fraction;
  gint64 span = TW_SECOND;

  if (strlen (time) < 8 || time[5] != ':')
    return TW_MINUTE;
  if (time[8] != '.')
    return TW_SECOND;
  fraction = strspn (time + 9, "0123456789");
  for (gsize i = 0; i < fraction && span > 1; i++)
    span /= 10;
  return span;
}

gboolean
tw_query_parse_date (const char   *text,
                     TwDateFilter *filter)
{
  g_autofree char *fixed = NULL;
  const char *time, *zone;
  char *space;

  if (!read_prefix (&text, &filter->prefix))
    return FALSE;
  time = strchr (text, 'T');
  if (time == NULL)
    return read_partial (text, filter);
  zone = time + 1 + strcspn (time + 1, "Z+- ");
  fixed = *zone != '\0' ? g_strdup (text) : g_strconcat (text, "Z", NULL);
  space = strchr (fixed, ' ');
  if (space != NULL)
    *space = '+';
  if (!tw_time_parse (fixed, -1, &filter->low_us))
    return FALSE;
  filter->high_us = filter->low_us + precision_of (time + 1);
  return TRUE;
}

gboolean
tw_date_filter_matches (const TwDateFilter *filter,
                        gint64              start_us,
                        gint64              end_us)
{
  switch (filter->prefix)
    {
    case TW_DATE_GE:
      return end_us >= filter->low_us;
    case TW_DATE_GT:
      return end_us >= filter->high_us;
    case TW_DATE_LE:
      return start_us < filter->high_us;
    case TW_DATE_LT:
      return start_us < filter->low_us;
    case TW_DATE_EQ:
    default:
      return start_us >= filter->low_us && end_us < filter->high_us;
    }
}
