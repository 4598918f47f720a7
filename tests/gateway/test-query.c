/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Taking queries and FHIR dates apart. */
#include "config.h"

#include "tw-query.h"
#include "tw-time.h"

static void
test_parse (void)
{
  g_auto (TwQuery) query = { .n = 0 };
  g_autofree char *used = NULL;

  g_assert_true (tw_query_parse ("date=ge2026-01-01&code=http://loinc.org%7C8867-4%2C9279-1"
                                 "&date=lt2027&x=a+b&&flag", &query));
  g_assert_cmpuint (query.n, ==, 5);
  g_assert_cmpstr (tw_query_use (&query, "date"), ==, "ge2026-01-01");
  g_assert_cmpstr (tw_query_use (&query, "code"), ==, "http://loinc.org|8867-4,9279-1");
  g_assert_null (tw_query_use (&query, "nothing"));
  used = tw_query_dup_used (&query);
  g_assert_cmpstr (used, ==, "date=ge2026-01-01&code=http://loinc.org%7C8867-4,9279-1&date=lt2027");
  g_assert_cmpstr (query.items[3].value, ==, "a b");
  g_assert_cmpstr (query.items[4].value, ==, "");
}

static void
test_refused (void)
{
  g_autofree char *long_text = g_strnfill (TW_QUERY_MAX_BYTES + 1, 'a');
  g_autoptr (GString) many = g_string_new (NULL);
  static const char *const rows[] = { "a=%", "a=%zz", "a=%ff%fe", "%00=1" };
  TwQuery query;

  for (int i = 0; i <= TW_QUERY_MAX_PARAMETERS; i++)
    g_string_append_printf (many, "&p%d=1", i);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_false (tw_query_parse (rows[i], &query));
      tw_query_clear (&query);
    }
  g_assert_false (tw_query_parse (long_text, &query));
  tw_query_clear (&query);
  g_assert_false (tw_query_parse (many->str, &query));
  tw_query_clear (&query);
  g_assert_true (tw_query_parse (NULL, &query));
  g_assert_cmpuint (query.n, ==, 0);
}

static gint64
at (const char *text)
{
  gint64 t_us;
  g_assert_true (tw_time_parse (text, -1, &t_us));
  return t_us;
}

static void
test_dates (void)
{
  static const struct
  {
    const char *text, *low, *high;
    TwDatePrefix prefix;
  } rows[] = {
    { "2026", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", TW_DATE_EQ },
    { "ge2026-12", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z", TW_DATE_GE },
    { "lt2026-02", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z", TW_DATE_LT },
    { "gt2024-02-29", "2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z", TW_DATE_GT },
    { "eq2026-11-22T14:02Z", "2026-11-22T14:02:00Z", "2026-11-22T14:03:00Z", TW_DATE_EQ },
    { "le2026-11-22T14:02:10Z", "2026-11-22T14:02:10Z", "2026-11-22T14:02:11Z", TW_DATE_LE },
    { "ge2026-11-22T14:02:10.25Z", "2026-11-22T14:02:10.25Z", "2026-11-22T14:02:10.26Z",
      TW_DATE_GE },
    { "ge2026-11-22T14:02:10", "2026-11-22T14:02:10Z", "2026-11-22T14:02:11Z", TW_DATE_GE },
    { "ge2026-11-22T14:02:10+02:00", "2026-11-22T12:02:10Z", "2026-11-22T12:02:11Z", TW_DATE_GE },
    { "ge2026-11-22T14:02:10 02:00", "2026-11-22T12:02:10Z", "2026-11-22T12:02:11Z", TW_DATE_GE },
    { "ge2026-11-22T14:02:10-01:30", "2026-11-22T15:32:10Z", "2026-11-22T15:32:11Z", TW_DATE_GE },
  };
  static const char *const bad[] = {
    "", "ge", "yesterday", "sa2026", "20261", "2026-13", "2026-00",
    "2026-02-30", "2026-11-22T25:00:00Z", "2026-1-2",
    "ge2026-11-22T", "geT12:00:00Z", "2026-11-22T14:02:10Zjunk",
  };
  TwDateFilter filter;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i].text);
      g_assert_true (tw_query_parse_date (rows[i].text, &filter));
      g_assert_cmpint (filter.prefix, ==, rows[i].prefix);
      g_assert_cmpint (filter.low_us, ==, at (rows[i].low));
      g_assert_cmpint (filter.high_us, ==, at (rows[i].high));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_test_message ("bad: %s", bad[i]);
      g_assert_false (tw_query_parse_date (bad[i], &filter));
    }
}

/* A filter of [100, 200) against something from start to end. */
static void
test_matches (void)
{
  static const struct
  {
    TwDatePrefix prefix;
    gint64 start, end;
    gboolean match;
  } rows[] = {
    { TW_DATE_GE, 50, 99, FALSE },  { TW_DATE_GE, 50, 100, TRUE }, { TW_DATE_GT, 50, 199, FALSE },
    { TW_DATE_GT, 50, 200, TRUE },  { TW_DATE_LE, 199, 300, TRUE }, { TW_DATE_LE, 200, 300, FALSE },
    { TW_DATE_LT, 99, 300, TRUE },  { TW_DATE_LT, 100, 300, FALSE }, { TW_DATE_EQ, 100, 199, TRUE },
    { TW_DATE_EQ, 99, 199, FALSE }, { TW_DATE_EQ, 100, 200, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      TwDateFilter filter = { rows[i].prefix, 100, 200 };
      g_test_message ("row %" G_GSIZE_FORMAT, i);
      g_assert_true (tw_date_filter_matches (&filter, rows[i].start, rows[i].end) == rows[i].match);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gateway/query/parse", test_parse);
  g_test_add_func ("/gateway/query/refused", test_refused);
  g_test_add_func ("/gateway/query/dates", test_dates);
  g_test_add_func ("/gateway/query/matches", test_matches);
  return g_test_run ();
}
