/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every server of data/servers as it answers: tapes of requests and answers in tests/io/source/servers.
 *
 * A tape is text. "=== GET path?query" begins an exchange (a pattern; of several that match, the first
 * that was not used, else the last), "> Name: value" a header that the request must carry; then the
 * status, the answer's headers, an empty line and the body. "=== EXPECT" ends the tape with lines of
 *
 *   heard 0:heart_rate=80.5@1[h]     exactly these readings, in any order
 *   asked 2 PATTERN                  such a request came at least so often
 *   never PATTERN                    ... never came
 *   ignored NAMES, said WORDS, refused N, words WORDS
 *
 * In all of them {base} is the server, {t:N} a time of measurement N minutes after the beginning, {u:N}
 * the same without its zone, {s:N} a stamp N seconds from now, and {o ID VERSION MINUTE VALUE STAMP} an
 * entry with a heart rate of patient "pa" (version "-": the server tells neither version nor stamp). */
#include "config.h"

#include <string.h>

#include "tw-server-pace.h"
#include "tw-test.h"
#include "tw-test-ward.h"
#include "tw-time.h"

#define MAX_WAIT_US (10 * G_USEC_PER_SEC)

static gint64 base_us;

typedef struct
{
  char *pattern;    /* of "path?query" */
  GPtrArray *wants; /* char: "Name: value" */
  guint status;
  GPtrArray *headers;
  char *body;
  gboolean used;
} Exchange;

typedef struct
{
  GPtrArray *exchanges;
  GPtrArray *expected; /* char */
} Tape;

static void
free_exchange (Exchange *exchange)
{
  g_free (exchange->pattern);
  g_ptr_array_unref (exchange->wants);
  g_ptr_array_unref (exchange->headers);
  g_free (exchange->body);
  g_free (exchange);
}

static void
read_exchange (Tape *tape,
               const char *head,
               char **lines,
               guint n)
{
  Exchange *exchange = g_new0 (Exchange, 1);
  guint i = 0;
  exchange->pattern = g_strdup (head);
  exchange->wants = g_ptr_array_new_with_free_func (g_free);
  exchange->headers = g_ptr_array_new_with_free_func (g_free);
  for (; i < n && g_str_has_prefix (lines[i], "> "); i++)
    g_ptr_array_add (exchange->wants, g_strdup (lines[i] + 2));
  g_assert_cmpuint (i, <, n);
  exchange->status = (guint) g_ascii_strtoull (lines[i++], NULL, 10);
  for (; i < n && lines[i][0] != '\0'; i++)
    g_ptr_array_add (exchange->headers, g_strdup (lines[i]));
  g_autoptr (GString) body = g_string_new (NULL);
  for (; i < n; i++)
    g_string_append (body, lines[i]);
  exchange->body = g_strdup (body->str);
  g_ptr_array_add (tape->exchanges, exchange);
}

static void
read_tape (Tape *tape,
           const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file = g_strconcat (name, ".tape", NULL);
  g_autofree char *path
    = g_test_build_filename (G_TEST_DIST, "io", "source", "servers", file, NULL);
  g_autofree char *text = NULL;
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  tape->exchanges = g_ptr_array_new_with_free_func ((GDestroyNotify) free_exchange);
  tape->expected = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0, end; lines[i] != NULL; i = end)
    {
      for (end = i + 1; lines[end] != NULL && !g_str_has_prefix (lines[end], "=== "); end++)
        continue;
      if (g_str_has_prefix (lines[i], "=== GET "))
        read_exchange (tape, lines[i] + strlen ("=== GET "), lines + i + 1, end - i - 1);
      else if (g_str_equal (lines[i], "=== EXPECT"))
        for (guint k = i + 1; k < end; k++)
          if (lines[k][0] != '\0')
            g_ptr_array_add (tape->expected, g_strdup (lines[k]));
    }
  g_assert_cmpuint (tape->expected->len, >, 0);
}

/* "ID VERSION MINUTE VALUE STAMP" */
static void
append_entry (GString *out,
              const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, " ", 5);
  char time[40], stamp[40];
  g_autofree char *meta = NULL;
  g_assert_cmpuint (g_strv_length (parts), ==, 5);
  tw_time_format_iso (base_us + g_ascii_strtoll (parts[2], NULL, 10) * TW_MINUTE, time, sizeof time);
  tw_time_format_iso (g_get_real_time () + g_ascii_strtoll (parts[4], NULL, 10) * TW_SECOND, stamp,
                      sizeof stamp);
  meta = g_str_equal (parts[1], "-")
           ? g_strdup ("")
           : g_strdup_printf ("\"meta\":{\"versionId\":\"%s\",\"lastUpdated\":\"%s\"},", parts[1],
                              stamp);
  g_string_append_printf (
    out,
    "{\"fullUrl\":\"urn:x:%s\",\"resource\":{\"resourceType\":\"Observation\",\"id\":\"%s\",%s"
    "\"status\":\"final\",\"category\":[{\"coding\":[{\"system\":"
    "\"http://terminology.hl7.org/CodeSystem/observation-category\",\"code\":\"vital-signs\"}]}],"
    "\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"8867-4\"}]},"
    "\"subject\":{\"reference\":\"Patient/pa\"},\"effectiveDateTime\":\"%s\",\"valueQuantity\":"
    "{\"value\":%s,\"unit\":\"beats/min\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"/min\"}},"
    "\"search\":{\"mode\":\"match\"}}",
    parts[0], parts[0], meta, time, parts[3]);
}

/* Replaces {base}, {t:N}, {s:N} and {o ...}. */
static char *
fill_in (const TwTestWard *ward,
         const char *text)
{
  g_autoptr (GString) out = g_string_new (NULL);
  for (const char *p = text; *p != '\0'; p++)
    {
      char time[40];
      const char *end = strchr (p, '}');
      if (g_str_has_prefix (p, "{base}"))
        g_string_append (out, ward->base);
      else if (g_str_has_prefix (p, "{t:"))
        g_string_append (out, tw_time_format_iso (
                                base_us + g_ascii_strtoll (p + 3, NULL, 10) * TW_MINUTE, time,
                                sizeof time));
      else if (g_str_has_prefix (p, "{u:"))
        {
          tw_time_format_iso (base_us + g_ascii_strtoll (p + 3, NULL, 10) * TW_MINUTE, time,
                              sizeof time);
          g_string_append_len (out, time, (gssize) strlen (time) - 1);
        }
      else if (g_str_has_prefix (p, "{s:"))
        g_string_append (out, tw_time_format_iso (
                                g_get_real_time () + g_ascii_strtoll (p + 3, NULL, 10) * TW_SECOND,
                                time, sizeof time));
      else if (g_str_has_prefix (p, "{o "))
        {
          g_autofree char *words = g_strndup (p + 3, (gsize) (end - p - 3));
          append_entry (out, words);
        }
      else
        {
          g_string_append_c (out, *p);
          continue;
        }
      p = end;
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static gboolean
carries (const TwTestWard *ward,
         const Exchange *exchange)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (ward->message);
  for (guint i = 0; i < exchange->wants->len; i++)
    {
      g_auto (GStrv) parts = g_strsplit (g_ptr_array_index (exchange->wants, i), ": ", 2);
      if (g_strcmp0 (soup_message_headers_get_list (headers, parts[0]), parts[1]) != 0)
        return FALSE;
    }
  return TRUE;
}

static gboolean
answer (TwTestWard *ward,
        const char *path,
        const char *query,
        TwAnswer *answer)
{
  const Tape *tape = ward->data;
  g_autofree char *asked = g_strconcat (path, query != NULL ? "?" : "", query, NULL);
  Exchange *found = NULL;
  for (guint i = 0; i < tape->exchanges->len; i++)
    {
      Exchange *exchange = g_ptr_array_index (tape->exchanges, i);
      if (!g_pattern_match_simple (exchange->pattern, asked) || !carries (ward, exchange))
        continue;
      found = exchange;
      if (!exchange->used)
        break;
    }
  if (found == NULL)
    {
      g_test_message ("not on the tape: %s", asked);
      return FALSE;
    }
  found->used = TRUE;
  answer->status = found->status;
  answer->body = fill_in (ward, found->body);
  if (found->headers->len > 0)
    answer->header = fill_in (ward, g_ptr_array_index (found->headers, 0));
  return TRUE;
}

static int
compare_words (gconstpointer a,
               gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

/* The words of a text in a fixed order. */
static char *
dup_sorted (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  qsort (words, g_strv_length (words), sizeof (char *), compare_words);
  g_autofree char *joined = g_strjoinv (" ", words);
  return g_strdup (g_strstrip (joined));
}

/* One line of what is expected; FALSE: not (yet) so. */
static gboolean
holds (const char *line,
       const TwTestWard *ward,
       const TwHeard *heard,
       const TwFeedCounts *counts)
{
  g_auto (GStrv) parts = g_strsplit (line, " ", 2);
  const char *rest = parts[1] != NULL ? parts[1] : "";
  if (g_str_equal (parts[0], "heard"))
    {
      g_autofree char *text = tw_heard_dup_text (heard, base_us);
      g_autofree char *got = dup_sorted (text);
      g_autofree char *wanted = dup_sorted (rest);
      return g_str_equal (got, wanted);
    }
  if (g_str_equal (parts[0], "asked"))
    {
      char *pattern;
      guint n = (guint) g_ascii_strtoull (rest, &pattern, 10);
      return tw_test_ward_count (ward, pattern + 1) >= n;
    }
  if (g_str_equal (parts[0], "never"))
    return tw_test_ward_count (ward, rest) == 0;
  if (g_str_equal (parts[0], "ignored"))
    return g_str_equal (counts->ignored, rest);
  if (g_str_equal (parts[0], "said"))
    return strstr (counts->said, rest) != NULL;
  if (g_str_equal (parts[0], "refused"))
    return counts->n_refused == g_ascii_strtoull (rest, NULL, 10);
  if (g_str_equal (parts[0], "words"))
    return strstr (counts->last_refusal, rest) != NULL;
  g_error ("a tape expects “%s”", line);
}

static const char *
find_failing (const Tape *tape,
              const TwTestWard *ward,
              TwHeard *heard,
              TwSource *source)
{
  TwFeedCounts counts = { 0 };
  tw_source_get_counts (source, &counts);
  for (guint i = 0; i < tape->expected->len; i++)
    if (!holds (g_ptr_array_index (tape->expected, i), ward, heard, &counts))
      return g_ptr_array_index (tape->expected, i);
  return NULL;
}

static void
wait_for (const Tape *tape,
          const TwTestWard *ward,
          TwHeard *heard,
          TwSource *source)
{
  gint64 until_us = g_get_monotonic_time () + MAX_WAIT_US;
  while (find_failing (tape, ward, heard, source) != NULL && g_get_monotonic_time () < until_us)
    tw_test_run_for (20);
  /* It stays so: nothing comes twice. */
  tw_test_run_for (500);
  const char *failing = find_failing (tape, ward, heard, source);
  if (failing == NULL)
    return;
  g_autofree char *text = tw_heard_dup_text (heard, base_us);
  TwFeedCounts counts = { 0 };
  tw_source_get_counts (source, &counts);
  for (guint i = 0; i < ward->asked->len; i++)
    g_printerr ("# asked %s\n", (const char *) g_ptr_array_index (ward->asked, i));
  g_error ("not so: %s\nheard %s\nignored “%s”, said “%s”, refused %" G_GUINT64_FORMAT " “%s”, state %s",
           failing, text, counts.ignored, counts.said, counts.n_refused, counts.last_refusal,
           tw_heard_status (heard)->message);
}

static void
test_server (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  Tape tape = { 0 };
  TwHeard heard;
  TwServerPace pace = tw_server_usual_pace;
  read_tape (&tape, data);
  TwTestWard *ward = tw_test_ward_new (answer);
  ward->data = &tape;
  TwServerSourceOptions options = { .base_url = ward->base, .poll_s = 1 };
  TwSource *source = tw_server_source_new (&options, &error);
  g_assert_no_error (error);
  pace.first_wait_us = 20000;
  pace.longest_wait_us = 100000;
  pace.poll_ms = 150;
  tw_server_source_set_pace (source, &pace);
  tw_heard_init (&heard, source);
  tw_source_start (source);
  wait_for (&tape, ward, &heard, source);
  tw_source_free (source);
  tw_test_ward_free (ward);
  tw_heard_clear (&heard);
  g_ptr_array_unref (tape.exchanges);
  g_ptr_array_unref (tape.expected);
}

int
main (int argc,
      char **argv)
{
  static const char *const servers[] = { "hapi",   "blaze", "medplum", "epic",       "oracle",
                                         "azure", "google", "healthlake", "linuxforhealth" };
  g_test_init (&argc, &argv, NULL);
  base_us = (g_get_real_time () / TW_MINUTE - 10) * TW_MINUTE;
  for (gsize i = 0; i < G_N_ELEMENTS (servers); i++)
    {
      g_autofree char *path = g_strconcat ("/source/quirks/", servers[i], NULL);
      g_test_add_data_func (path, servers[i], test_server);
    }
  return g_test_run ();
}
