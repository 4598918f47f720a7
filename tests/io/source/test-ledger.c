/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which Observation said what: versions, withdrawals, moves, caps; and the waits of the back-off.
 */
#include "config.h"

#include "tw-ledger.h"

#include <math.h>
#include <string.h>

#include "tw-backoff.h"
#include "tw-test.h"
#include "tw-time.h"

#define BASE_US (G_GINT64_CONSTANT (1790000000) * TW_SECOND)

typedef struct
{
  TwRoster *roster;
  TwLedger *ledger;
  TwLedgerCounts counts;
} Fixture;

static void
set_up (Fixture *fixture,
        gconstpointer max_ids)
{
  g_autoptr (TwRosterDraft) draft = tw_roster_draft_new ();
  g_autoptr (GError) error = NULL;
  static const char people[] = "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":["
                               "{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"pa\"}},"
                               "{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"pb\"}}]}";
  g_autoptr (TwFhirPage) page = tw_fhir_read (people, strlen (people), &error);
  g_assert_no_error (error);
  tw_roster_draft_add (draft, page);
  tw_roster_draft_use_all_patients (draft);
  fixture->roster = tw_roster_new ();
  g_assert_true (tw_roster_apply (fixture->roster, draft));
  g_assert_false (tw_roster_apply (fixture->roster, draft));
  fixture->ledger = tw_ledger_new (GPOINTER_TO_UINT (max_ids));
}

static void
tear_down (Fixture *fixture,
           gconstpointer max_ids)
{
  tw_ledger_free (fixture->ledger);
  tw_roster_free (fixture->roster);
}

/* "id/version patient minute value", or a status or "-" (no effective time) in place of the value.
 */
static void
append_row (GString *bundle,
            const char *row)
{
  g_auto (GStrv) words = g_strsplit (row, " ", 4);
  g_auto (GStrv) name = g_strsplit (words[0], "/", 2);
  gboolean is_number = g_ascii_isdigit (words[3][0]);
  gboolean is_timeless = g_str_equal (words[3], "-");
  char time[40];
  tw_time_format_iso (BASE_US + g_ascii_strtoll (words[2], NULL, 10) * TW_MINUTE, time,
                      sizeof time);
  g_string_append_printf (
      bundle, "%s{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"%s\",\"meta\":{",
      bundle->str[bundle->len - 1] == '[' ? "" : ",", name[0]);
  if (name[1] != NULL)
    g_string_append_printf (bundle, "\"versionId\":\"%s\"", name[1]);
  g_string_append_printf (
      bundle,
      "},\"status\":\"%s\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":"
      "\"8867-4\"}]},\"subject\":{\"reference\":\"Patient/%s\"}",
      is_number ? "final" : "entered-in-error", words[1]);
  if (!is_timeless)
    g_string_append_printf (bundle, ",\"effectiveDateTime\":\"%s\"", time);
  if (is_number)
    g_string_append_printf (bundle,
                            ",\"valueQuantity\":{\"value\":%s,\"system\":\"http://"
                            "unitsofmeasure.org\",\"code\":\"/min\"}",
                            words[3]);
  g_string_append (bundle, "}}");
}

/* Gives a page of rows (separated by ';') to the ledger and compares what comes out:
 * "patient@minute=value ". */
static void
take (Fixture *fixture,
      const char *rows,
      const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) bundle =
      g_string_new ("{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":[");
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GArray) out = g_array_new (FALSE, FALSE, sizeof (TwObservation));
  g_auto (GStrv) each = g_strsplit (rows, ";", -1);
  for (char **row = each; *row != NULL; row++)
    append_row (bundle, *row);
  g_string_append (bundle, "]}");
  g_autoptr (TwFhirPage) page = tw_fhir_read (bundle->str, bundle->len, &error);
  g_assert_no_error (error);
  TwLedgerTerms terms = { .roster = fixture->roster, .latest_us = BASE_US + 1000 * TW_MINUTE };
  memset (&fixture->counts, 0, sizeof fixture->counts);
  tw_ledger_take (fixture->ledger, page, &terms, out, &fixture->counts);
  for (guint i = 0; i < out->len; i++)
    {
      const TwObservation *obs = &g_array_index (out, TwObservation, i);
      g_string_append_printf (text, "%u@%d", obs->patient,
                              (int) ((obs->t_us - BASE_US) / TW_MINUTE));
      if (obs->flags & TW_OBSERVATION_WITHDRAWN)
        g_string_append (text, "=w ");
      else
        g_string_append_printf (text, "=%g ", obs->value);
    }
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_versions (Fixture *fixture,
               gconstpointer max_ids)
{
  take (fixture, "o1/1 pa 3 71.5;o2/7 pb 3 82.5;o3/1 px 3 60", "0@3=71.5 1@3=82.5 ");
  g_assert_cmpuint (fixture->counts.n_strangers, ==, 1);
  take (fixture, "o1/1 pa 3 71.5;o2/6 pb 3 80", "");
  g_assert_cmpuint (fixture->counts.n_repeated, ==, 1);
  g_assert_cmpuint (fixture->counts.n_outdated, ==, 1);
  take (fixture, "o2/10 pb 3 84", "1@3=84 ");  /* 10 is newer than 7, not older as a text */
  take (fixture, "o2/9 pb 3 83", "");
  take (fixture, "o4/1 pa 1001 70", "");
  g_assert_cmpuint (fixture->counts.n_future, ==, 1);
  take (fixture, "o5 pa 5 70;o5 pa 5 70",
        "0@5=70 0@5=70 "); /* nothing to tell them apart: the cleaner's work */
}

static void
test_taken_back (Fixture *fixture,
                 gconstpointer max_ids)
{
  take (fixture, "o1/1 pa 3 71.5;o2/1 pa 4 72.5", "0@3=71.5 0@4=72.5 ");
  /* Moved in time: the old instant is taken back. */
  take (fixture, "o1/2 pa 6 71.5", "0@6=71.5 0@3=w ");
  /* Withdrawn, with and without its time. */
  take (fixture, "o1/3 pa 6 w", "0@6=w ");
  take (fixture, "o1/3 pa 6 w", "");
  take (fixture, "o2/2 pa 4 -", "0@4=w ");
  take (fixture, "o2/2 pa 4 -", "");
  /* One that nobody knows takes nothing back: another may have spoken for that instant. */
  take (fixture, "o9/2 pa 4 w", "");
  /* Replaced by another resource of the same instant, in either order: the new value stays. */
  take (fixture, "a1/1 pb 8 300", "1@8=300 ");
  take (fixture, "a2/1 pb 8 81;a1/2 pb 8 w", "1@8=81 ");
  take (fixture, "b1/1 pb 9 301", "1@9=301 ");
  take (fixture, "b1/2 pb 9 w;b2/1 pb 9 82", "1@9=w 1@9=82 ");
  /* Came back to life. */
  take (fixture, "o1/4 pa 6 75", "0@6=75 ");
}

static void
test_cap (Fixture *fixture,
          gconstpointer max_ids)
{
  for (guint i = 0; i < 50; i++)
    {
      g_autofree char *row = g_strdup_printf ("n%u/1 pa %u 7%u.5", i, i, i % 10);
      g_autofree char *expected = g_strdup_printf ("0@%u=7%u.5 ", i, i % 10);
      take (fixture, row, expected);
    }
  take (fixture, "n49/1 pa 49 79.5", "");
  /* The oldest were forgotten: repeated rather than lost, and withdrawn by their own words. */
  take (fixture, "n0/1 pa 0 70.5", "0@0=70.5 ");
  take (fixture, "n5/2 pa 5 w", "0@5=w ");
}

static void
test_without_memory (Fixture *fixture,
                     gconstpointer max_ids)
{
  take (fixture, "o1/1 pa 3 71.5", "0@3=71.5 ");
  take (fixture, "o1/1 pa 3 71.5;o1/2 pa 3 w", "0@3=71.5 ");
}

static void
test_series (Fixture *fixture,
             gconstpointer max_ids)
{
  static const char series[] =
      "{\"resourceType\":\"Observation\",\"id\":\"s\",\"meta\":{\"versionId\":\"%d\"},\"status\":"
      "\"%s\",\"code\":{\"coding\":["
      "{\"system\":\"http://"
      "loinc.org\",\"code\":\"8867-4\"}]},\"subject\":{\"reference\":\"Patient/pa\"},"
      "\"effectiveDateTime\":\"2026-11-22T14:00:00Z\"%s}";
  static const char data[] =
      ",\"valueSampledData\":{\"origin\":{\"value\":0,\"system\":\"http://unitsofmeasure.org\","
      "\"code\":\"/min\"},\"period\":60000,\"dimensions\":1,\"data\":\"71 72 E 74\"}";
  for (int version = 1; version <= 2; version++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *text = g_strdup_printf (
          series, version, version == 1 ? "final" : "entered-in-error", version == 1 ? data : "");
      g_autoptr (GArray) out = g_array_new (FALSE, FALSE, sizeof (TwObservation));
      g_autoptr (TwFhirPage) page = tw_fhir_read (text, strlen (text), &error);
      g_assert_no_error (error);
      TwLedgerTerms terms = { .roster = fixture->roster,
                              .latest_us = G_MAXINT64,
                              .flags = TW_OBSERVATION_HISTORY };
      tw_ledger_take (fixture->ledger, page, &terms, out, &fixture->counts);
      g_assert_cmpuint (out->len, ==, 4);
      for (guint i = 0; i < 4; i++)
        {
          const TwObservation *obs = &g_array_index (out, TwObservation, i);
          g_assert_cmpint (obs->t_us, ==,
                           g_array_index (out, TwObservation, 0).t_us + i * TW_MINUTE);
          g_assert_cmpint ((obs->flags & TW_OBSERVATION_WITHDRAWN) != 0, ==, version == 2);
          g_assert_true (obs->flags & TW_OBSERVATION_HISTORY);
        }
    }
}

static void
test_backoff (void)
{
  TwBackoff backoff = { .first_us = TW_SECOND, .most_us = 60 * TW_SECOND };
  static const gint64 ceilings[] = { 1, 2, 4, 8, 16, 32, 60, 60, 60 };
  for (gsize i = 0; i < G_N_ELEMENTS (ceilings); i++)
    g_assert_cmpint (tw_backoff_fail (&backoff, 0.999999, -1), ==,
                     (gint64) (0.999999 * (double) (ceilings[i] * TW_SECOND)));
  for (guint i = 0; i < 100; i++)
    g_assert_cmpint (tw_backoff_fail (&backoff, 0.5, -1), ==, 30 * TW_SECOND);
  g_assert_cmpint (tw_backoff_fail (&backoff, 0.5, 300), ==, 300 * TW_SECOND);
  g_assert_cmpint (tw_backoff_fail (&backoff, 0.0, -1), ==, TW_SECOND / 10);
  tw_backoff_succeed (&backoff);
  g_assert_cmpint (tw_backoff_fail (&backoff, 0.75, 0), ==, 750000);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/source/ledger/versions", Fixture, GUINT_TO_POINTER (1000), set_up, test_versions,
              tear_down);
  g_test_add ("/source/ledger/taken-back", Fixture, GUINT_TO_POINTER (1000), set_up,
              test_taken_back, tear_down);
  g_test_add ("/source/ledger/cap", Fixture, GUINT_TO_POINTER (10), set_up, test_cap, tear_down);
  g_test_add ("/source/ledger/without-memory", Fixture, NULL, set_up, test_without_memory,
              tear_down);
  g_test_add ("/source/ledger/series", Fixture, GUINT_TO_POINTER (1000), set_up, test_series,
              tear_down);
  g_test_add_func ("/source/backoff", test_backoff);
  return g_test_run ();
}
