/* SPDX-License-Identifier: GPL-3.0-or-later */
/* P6: a searchset of 10,000 Observations to checked columns: what each side does.
 *
 * twinward: bytes to checked columns, by two threads where there are two processors (tw-fhir-halves.c).
 * parser alone: our door in one thread, every word of its tape visited.
 * json-glib: parse, the same members looked up, checked and put into columns; one thread, which is all it has.
 * json-glib, no columns: json_parser_load_from_data () and nothing else.
 * node JSON.parse: that call and nothing else. */
#include "config.h"

#include "tw-fhir-read.h"
#include "tw-fhir-write.h"
#include "tw-json-tape.h"
#include "tw-time.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#define N_OBSERVATIONS 10000
#define N_PATIENTS 50
#define N_ROUNDS 11
#define ROUND_MS 200.0
#define MAX_SAMPLES 4096
#define N_OWN 4 /* runners in this process */
#define N_RUNNERS 5

/* The bytes that everybody parses. */
typedef struct
{
  char *text; /* with TW_JSON_PADDING bytes behind */
  gsize length;
} Body;

typedef struct
{
  const char *name;
  char version[48];
  GArray *ms;      /* every repeat */
  double round_ms[N_ROUNDS]; /* median of each round */
} Runner;

static double
now_ms (void)
{
  return (double) g_get_monotonic_time () / 1000;
}

/* A Quantity with display, as most servers send it; narrative and profile make up the usual 890
 * bytes. */
static void
append_observation (GString *out,
                    GRand *rand,
                    guint i)
{
  static const TwChannel channels[] = { TW_CHANNEL_HEART_RATE, TW_CHANNEL_RESPIRATORY_RATE,
                                        TW_CHANNEL_SPO2,       TW_CHANNEL_TEMPERATURE,
                                        TW_CHANNEL_MAP,        TW_CHANNEL_GLUCOSE };
  static const double typical[] = { 82, 16, 96, 37.2, 84, 121 };
  guint kind = (guint) g_rand_int_range (rand, 0, G_N_ELEMENTS (channels));
  const TwChannelInfo *info = tw_channel_info (channels[kind]);
  double scale = info->decimals == 0 ? 1 : 10;
  double value = rint (typical[kind] * scale * g_rand_double_range (rand, 0.85, 1.15)) / scale;
  gint64 t_us = G_GINT64_CONSTANT (1795356000000000) + (gint64) i * 7 * TW_SECOND;
  char effective[32], updated[32];

  tw_time_format_iso (t_us, effective, sizeof effective);
  tw_time_format_iso (t_us + 1234000, updated, sizeof updated);
  g_string_append_printf (
      out,
      "{\"fullUrl\":\"https://server.example/fhir/R4/Observation/obs-%08u\",\"resource\":{"
      "\"resourceType\":\"Observation\",\"id\":\"obs-%08u\",\"meta\":{\"versionId\":\"1\","
      "\"lastUpdated\":\"%s\",\"profile\":[\"http://hl7.org/fhir/StructureDefinition/vitalsigns\"]},"
      "\"status\":\"final\",\"category\":[{\"coding\":[{\"system\":"
      "\"http://terminology.hl7.org/CodeSystem/observation-category\",\"code\":\"vital-signs\","
      "\"display\":\"Vital Signs\"}]}],\"code\":{\"coding\":[{\"system\":\"http://loinc.org\","
      "\"code\":\"%s\",\"display\":\"%s\"}],\"text\":\"%s\"},"
      "\"subject\":{\"reference\":\"Patient/patient-%03d\"},"
      "\"encounter\":{\"reference\":\"Encounter/stay-%03d\"},\"effectiveDateTime\":\"%s\","
      "\"issued\":\"%s\",\"device\":{\"display\":\"Bedside monitor %03d\"},"
      "\"valueQuantity\":{\"value\":%.*f,\"unit\":\"%s\",\"system\":"
      "\"http://unitsofmeasure.org\",\"code\":\"%s\"}},\"search\":{\"mode\":\"match\"}}",
      i, i, updated, info->loinc, info->long_name, info->long_name, (int) (i % N_PATIENTS),
      (int) (i % N_PATIENTS), effective, updated, (int) (i % N_PATIENTS), info->decimals, value,
      tw_unit_symbol (info->unit), tw_unit_ucum (info->unit));
}

static Body
make_body (guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  GString *out = g_string_sized_new (12 * 1024 * 1024);
  TwFhirBundleHead head = { "searchset", N_OBSERVATIONS,
                            "https://server.example/fhir/R4/Observation?_count=10000", NULL };
  Body body;

  tw_fhir_bundle_begin (out, &head);
  for (guint i = 0; i < N_OBSERVATIONS; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      append_observation (out, rand, i);
    }
  tw_fhir_bundle_end (out);
  body.length = out->len;
  for (int i = 0; i < TW_JSON_PADDING; i++)
    g_string_append_c (out, ' ');
  body.text = g_string_free (out, FALSE);
  return body;
}

static double
time_ours (const Body *body)
{
  g_autoptr (GError) error = NULL;
  double start = now_ms ();
  g_autoptr (TwFhirPage) page = tw_fhir_read_padded (body->text, body->length, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (page->readings->len, ==, N_OBSERVATIONS);
  return now_ms () - start;
}

/* The parser alone, every word of its tape visited. */
static double
time_parser (const Body *body)
{
  g_autoptr (GError) error = NULL;
  double start = now_ms ();
  TwJsonDocument document;
  guint64 sum = 0;
  gboolean ok = tw_json_open_padded (body->text, body->length, &document, &error);

  g_assert_true (ok);
  for (guint64 i = 1, end = document.tape[0] & 0xffffffff; i < end; i++)
    sum += document.tape[i];
  g_assert_cmpuint (sum, !=, 0);
  return now_ms () - start;
}

/* What we extract of one entry, by json-glib's own means: the same members are looked for, checked and kept. */
static gboolean
take_by_json_glib (JsonObject *resource,
                   GHashTable *patients,
                   TwObservation *obs,
                   gint64 *updated_us)
{
  JsonObject *meta = json_object_get_object_member (resource, "meta");
  JsonObject *quantity = json_object_get_object_member (resource, "valueQuantity");
  JsonObject *code = json_object_get_object_member (resource, "code");
  JsonObject *coding = json_array_get_object_element (json_object_get_array_member (code, "coding"), 0);
  JsonObject *subject = json_object_get_object_member (resource, "subject");
  const char *reference = json_object_get_string_member (subject, "reference");
  const char *unit = json_object_get_string_member (quantity, "code");

  if (g_strcmp0 (json_object_get_string_member (resource, "resourceType"), "Observation") != 0
      || g_strcmp0 (json_object_get_string_member (resource, "status"), "final") != 0
      || json_object_get_string_member (resource, "id") == NULL
      || json_object_get_string_member (meta, "versionId") == NULL
      || g_strcmp0 (json_object_get_string_member (coding, "system"), "http://loinc.org") != 0
      || g_strcmp0 (json_object_get_string_member (quantity, "system"), "http://unitsofmeasure.org") != 0
      || !g_str_has_prefix (reference, "Patient/")
      || !tw_time_parse (json_object_get_string_member (meta, "lastUpdated"), -1, updated_us)
      || !tw_time_parse (json_object_get_string_member (resource, "effectiveDateTime"), -1, &obs->t_us))
    return FALSE;
  if (!g_hash_table_contains (patients, reference))
    g_hash_table_insert (patients, (gpointer) reference, GUINT_TO_POINTER (g_hash_table_size (patients)));
  obs->patient = GPOINTER_TO_UINT (g_hash_table_lookup (patients, reference));
  obs->channel = (gint16) tw_channel_from_loinc (json_object_get_string_member (coding, "code"), -1);
  obs->value = json_object_get_double_member (quantity, "value");
  obs->unit = (guint8) tw_unit_from_ucum (unit, -1);
  g_strlcpy (obs->unit_text, unit, sizeof obs->unit_text);
  return obs->channel >= 0 && obs->unit != TW_UNIT_UNKNOWN;
}

/* The same work: parse, check, extract to columns. */
static double
time_json_glib (const Body *body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GHashTable) patients = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GArray) readings = g_array_new (FALSE, FALSE, sizeof (TwObservation));
  double start = now_ms ();
  JsonArray *entries;

  json_parser_load_from_data (parser, body->text, (gssize) body->length, &error);
  g_assert_no_error (error);
  entries = json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), "entry");
  for (guint i = 0; i < json_array_get_length (entries); i++)
    {
      JsonObject *entry = json_array_get_object_element (entries, i);
      TwObservation obs = { 0 };
      gint64 updated_us;

      if (take_by_json_glib (json_object_get_object_member (entry, "resource"), patients, &obs,
                             &updated_us))
        g_array_append_val (readings, obs);
    }
  g_assert_cmpuint (readings->len, ==, N_OBSERVATIONS);
  return now_ms () - start;
}

/* Its parser alone, for those who think that the rest is not its business. */
static double
time_json_glib_parser (const Body *body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  double start = now_ms ();

  json_parser_load_from_data (parser, body->text, (gssize) body->length, &error);
  g_assert_no_error (error);
  return now_ms () - start;
}

/* Gate: our columns hold what json-glib reads from the same bytes. */
static gboolean
columns_agree (const Body *body)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (TwFhirPage) page = tw_fhir_read_padded (body->text, body->length, NULL);
  JsonArray *entries;

  if (page == NULL || page->n_refused != 0 || page->readings->len != N_OBSERVATIONS
      || page->subjects->len != N_PATIENTS
      || !json_parser_load_from_data (parser, body->text, (gssize) body->length, NULL))
    return FALSE;
  entries = json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), "entry");
  for (guint i = 0; i < N_OBSERVATIONS; i++)
    {
      JsonObject *resource
          = json_object_get_object_member (json_array_get_object_element (entries, i), "resource");
      JsonObject *quantity = json_object_get_object_member (resource, "valueQuantity");
      const TwFhirReading *reading = &g_array_index (page->readings, TwFhirReading, i);
      const char *subject = tw_fhir_page_text (
          page, g_array_index (page->subjects, guint32, reading->obs.patient));
      JsonObject *coding = json_array_get_object_element (
          json_object_get_array_member (json_object_get_object_member (resource, "code"), "coding"), 0);
      g_autofree char *reference = g_strconcat ("Patient/", subject, NULL);
      gint64 t_us;

      if (!tw_time_parse (json_object_get_string_member (resource, "effectiveDateTime"), -1, &t_us)
          || t_us != reading->obs.t_us
          || json_object_get_double_member (quantity, "value") != reading->obs.value
          || strcmp (json_object_get_string_member (quantity, "code"), reading->obs.unit_text) != 0
          || tw_channel_from_loinc (json_object_get_string_member (coding, "code"), -1)
                 != reading->obs.channel
          || strcmp (json_object_get_string_member (
                         json_object_get_object_member (resource, "subject"), "reference"),
                     reference) != 0)
        return FALSE;
    }
  return TRUE;
}

/* Gate: what the door must refuse, it refuses in the very path that is timed. */
static gboolean
door_holds (void)
{
  g_autofree char *deep = g_strnfill (65, '[');
  static const char *const bad[] = { "{\"a\":1,}", "{\"a\":\"\xff\"}", "{\"a\":1e999}", "[1] 2", "\"\\ud800" };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    if (tw_json_check (bad[i], strlen (bad[i]), NULL))
      return FALSE;
  return !tw_json_check (deep, 65, NULL);
}

typedef struct
{
  GSubprocess *process;
  GDataInputStream *lines;
  GOutputStream *commands;
} Child;

static JsonObject *
ask (Child *child,
     JsonParser *parser,
     const char *command)
{
  g_autofree char *line = NULL;

  if (!g_output_stream_write_all (child->commands, command, strlen (command), NULL, NULL, NULL))
    return NULL;
  line = g_data_input_stream_read_line (child->lines, NULL, NULL, NULL);
  if (line == NULL || !json_parser_load_from_data (parser, line, -1, NULL))
    return NULL;
  return json_node_get_object (json_parser_get_root (parser));
}

/* node, if there is one; FALSE names why not. */
static gboolean
start_node (Child *child,
            const char *driver,
            const char *file,
            Runner *runner)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *node = g_find_program_in_path ("node");
  JsonObject *answer;

  if (node == NULL || driver == NULL)
    {
      printf ("peer node: %s, skipped\n", node == NULL ? "not installed" : "its driver was not given");
      return FALSE;
    }
  child->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                                     NULL, node, driver, file, NULL);
  if (child->process == NULL)
    {
      printf ("peer node: does not start, skipped\n");
      return FALSE;
    }
  child->commands = g_subprocess_get_stdin_pipe (child->process);
  child->lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (child->process));
  answer = ask (child, parser, "version\n");
  if (answer == NULL || json_object_get_int_member (answer, "entries") != N_OBSERVATIONS)
    {
      printf ("peer node: reads something else, skipped\n");
      return FALSE;
    }
  g_strlcpy (runner->version, json_object_get_string_member (answer, "version"),
             sizeof runner->version);
  return TRUE;
}

static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
quantile (const double *values,
          guint n,
          double level)
{
  g_autofree double *sorted = g_memdup2 (values, n * sizeof *values);

  qsort (sorted, n, sizeof *sorted, compare_doubles);
  return sorted[MIN (n - 1, (guint) floor (level * n))];
}

static void
end_round (Runner *runner,
           int round,
           guint first)
{
  runner->round_ms[round] = quantile (&g_array_index (runner->ms, double, first),
                                      runner->ms->len - first, .5);
}

static void
run_own_round (Runner *runner,
               int round,
               double (*run) (const Body *body),
               const Body *body)
{
  double spent = 0;
  guint first = runner->ms->len;

  while (spent < ROUND_MS)
    {
      double ms = run (body);

      g_array_append_val (runner->ms, ms);
      spent += ms;
    }
  end_round (runner, round, first);
}

static void
run_node_round (Runner *runner,
                int round,
                Child *child)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *answer = ask (child, parser, "round 8\n");
  guint first = runner->ms->len;
  JsonArray *list;

  g_assert_nonnull (answer);
  list = json_object_get_array_member (answer, "ms");
  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      double ms = json_array_get_double_element (list, i);

      g_array_append_val (runner->ms, ms);
    }
  end_round (runner, round, first);
}

static double
rss_mb (void)
{
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/status", &text, NULL, NULL))
    return (double) NAN;
  line = strstr (text, "VmHWM:");
  return line != NULL ? g_ascii_strtod (line + 6, NULL) / 1024 : (double) NAN;
}

static void
print_runner (const Runner *runner,
              const Runner *ours,
              gsize length)
{
  const double *ms = (const double *) (void *) runner->ms->data;
  double ratio[N_ROUNDS], median = quantile (ms, runner->ms->len, .5);

  for (int i = 0; i < N_ROUNDS; i++)
    ratio[i] = runner->round_ms[i] / ours->round_ms[i];
  printf ("%-22s %9.2f %9.2f %9.2f %8.0f %9.1fx %6u\n", runner->name, median,
          quantile (ms, runner->ms->len, .95), quantile (ms, runner->ms->len, 0),
          (double) length / median / 1e3, quantile (ratio, N_ROUNDS, .5), runner->ms->len);
}

static void
print_peer_json (const Runner *runner,
                 const Runner *ours,
                 gboolean first)
{
  const double *ms = (const double *) (void *) runner->ms->data;
  double ratio[N_ROUNDS];

  for (int i = 0; i < N_ROUNDS; i++)
    ratio[i] = runner->round_ms[i] / ours->round_ms[i];
  printf ("%s\"%s\":{\"version\":\"%s\",\"median\":%.3f,\"p95\":%.3f,\"min\":%.3f,\"ratio\":%.2f,\"ratio_min\":%.2f}",
          first ? "" : ",", runner->name, runner->version, quantile (ms, runner->ms->len, .5),
          quantile (ms, runner->ms->len, .95), quantile (ms, runner->ms->len, 0),
          quantile (ratio, N_ROUNDS, .5), quantile (ratio, N_ROUNDS, 0));
}

static void
print_json (Runner *runners,
            int n,
            gsize length,
            double own_mb)
{
  const double *ms = (const double *) (void *) runners[0].ms->data;
  g_autofree char *load = NULL;

  g_file_get_contents ("/proc/loadavg", &load, NULL, NULL);
  printf ("{\"metric\":\"P6 bundle\",\"commit\":\"%s\",\"workload\":\"%d Observations, %.2f MB\","
          "\"ours\":{\"median\":%.3f,\"p95\":%.3f,\"min\":%.3f,\"n\":%u,\"unit\":\"ms\"},\"peers\":{",
          TW_VERSION, N_OBSERVATIONS, (double) length / 1e6, quantile (ms, runners[0].ms->len, .5),
          quantile (ms, runners[0].ms->len, .95), quantile (ms, runners[0].ms->len, 0),
          runners[0].ms->len);
  for (int i = 1; i < n; i++)
    print_peer_json (&runners[i], &runners[0], i == 1);
  printf ("},\"gates\":\"columns equal json-glib, door holds\",\"rss_mb\":%.0f,\"load\":%.2f,\"cpu\":%u}\n",
          own_mb, load != NULL ? g_ascii_strtod (load, NULL) : (double) NAN, g_get_num_processors ());
}

int
main (int argc,
      char **argv)
{
  Body body = make_body (20261122);
  static double (*const runs[]) (const Body *body)
      = { time_ours, time_parser, time_json_glib, time_json_glib_parser };
  Runner runners[N_RUNNERS] = { { .name = "twinward" },
                                { .name = "parser alone" },
                                { .name = "json-glib" },
                                { .name = "json-glib, no columns" },
                                { .name = "node JSON.parse" } };
  g_autofree char *file = g_build_filename (g_get_tmp_dir (), "twinward-bench-bundle.json", NULL);
  Child node = { 0 };
  gboolean has_node;
  double own_mb;

  for (int i = 0; i < N_RUNNERS; i++)
    runners[i].ms = g_array_sized_new (FALSE, FALSE, sizeof (double), MAX_SAMPLES);
  time_ours (&body);
  own_mb = rss_mb ();
  if (!columns_agree (&body) || !door_holds ())
    {
      printf ("gate failed: the columns or the door; no time is printed\n");
      return 1;
    }
  g_file_set_contents (file, body.text, (gssize) body.length, NULL);
  g_strlcpy (runners[2].version, JSON_VERSION_S, sizeof runners[2].version);
  g_strlcpy (runners[3].version, JSON_VERSION_S, sizeof runners[3].version);
  has_node = start_node (&node, argc > 1 ? argv[1] : NULL, file, &runners[N_OWN]);

  for (int round = 0; round < N_ROUNDS; round++)
    for (int turn = 0; turn < N_RUNNERS; turn++)
      {
        int i = round % 2 == 0 ? turn : N_OWN - turn;

        if (i == N_OWN && has_node)
          run_node_round (&runners[N_OWN], round, &node);
        else if (i < N_OWN)
          run_own_round (&runners[i], round, runs[i], &body);
      }

  printf ("%-22s %9s %9s %9s %8s %10s %6s\n", "P6 bundle", "median ms", "p95", "min", "MB/s", "ratio", "n");
  for (int i = 0; i < N_OWN + has_node; i++)
    print_runner (&runners[i], &runners[0], body.length);
  print_json (runners, N_OWN + has_node, body.length, own_mb);
  if (node.process != NULL)
    g_subprocess_force_exit (node.process);
  g_remove (file);
  return 0;
}
