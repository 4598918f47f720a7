/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Thousands of seeded mutants of FHIR documents, ours and (where they lie beside the project) the published ones:
 * nothing breaks, and no number ever gets a unit or a channel that the document did not give it.
 *
 * TW_MUTANTS_FROM and TW_MUTANTS_TO choose the seeds. */
#include "config.h"

#include "fhir-oracle.h"
#include "tw-fhir-parse.h"
#include "tw-time.h"
#include "wire-test.h"

#include <json-glib/json-glib.h>
#include <math.h>

#define MAX_DOCUMENT 60000
#define MAX_PER_BUNDLE 40

/* Every kind of value that is read, in small. */
static const char *const own[] = {
  "'code':{'coding':[{'system':'http://loinc.org','code':'8867-4'}]},'valueQuantity':{'value':82.5,'unit':"
  "'beats/minute','system':'http://unitsofmeasure.org','code':'/min'}",
  "'code':{'coding':[{'system':'http://loinc.org','code':'8310-5'}]},'valueQuantity':{'value':99.1,'unit':'F',"
  "'system':'http://unitsofmeasure.org','code':'[degF]'}",
  "'code':{'coding':[{'system':'http://loinc.org','code':'15074-8'}]},'valueQuantity':{'value':6.3,'unit':"
  "'mmol/l','system':'http://unitsofmeasure.org','code':'mmol/L'}",
  "'code':{'coding':[{'system':'http://loinc.org','code':'85354-9'}]},'component':[{'code':{'coding':[{'system':"
  "'http://loinc.org','code':'8480-6'}]},'valueQuantity':{'value':118,'system':'http://unitsofmeasure.org',"
  "'code':'mm[Hg]'}},{'code':{'coding':[{'system':'http://loinc.org','code':'8462-4'}]},'valueQuantity':"
  "{'value':10.4,'system':'http://unitsofmeasure.org','code':'kPa'}}]",
  "'code':{'coding':[{'system':'urn:iso:std:iso:11073:10101','code':'150456'}]},'valueSampledData':{'origin':"
  "{'value':90,'system':'http://unitsofmeasure.org','code':'%'},'period':5000,'factor':0.5,'dimensions':1,"
  "'data':'10 11 E 13.5 L 12'}",
  "'code':{'coding':[{'system':'http://loinc.org','code':'9269-2'}]},'valueInteger':15",
  "'code':{'coding':[{'system':'http://loinc.org','code':'59408-5'}]},'valueQuantity':{'value':0.97,'unit':'%',"
  "'system':'http://unitsofmeasure.org','code':'{fraction}'}",
};

/* Codes that are put in place of others: known, unknown, of another quantity, and nearly right. */
static const char *const other_codes[] = { "/min", "mm[Hg]", "kPa", "%", "Cel", "[degF]", "mg/dL", "mmol/L",
                                           "K", "mV", "MG/DL", "mm[hg]", "cel", "", "{score}", "s" };

typedef struct
{
  GPtrArray *texts;   /* char */
  GPtrArray *telling; /* of these, those that hold readings; borrowed */
  GRand *rand;
  guint n_readings, n_documents, n_in_halves;
} Mill;

static void
add_own (Mill *mill)
{
  g_autoptr (GString) all = g_string_new ("{'resourceType':'Bundle','type':'searchset','total':7,'entry':[");

  for (gsize i = 0; i < G_N_ELEMENTS (own); i++)
    {
      g_autofree char *one = g_strdup_printf (
          "{'resourceType':'Observation','id':'own-%u','meta':{'versionId':'1','lastUpdated':"
          "'2026-11-22T14:02:11Z'},'status':'final','subject':{'reference':'Patient/p%u'},"
          "'effectivePeriod':{'start':'2026-11-22T14:02:10Z','end':'2026-11-22T14:02:30Z'},%s}",
          (guint) i, (guint) i % 3, own[i]);

      g_string_append_printf (all, "%s{'fullUrl':'http://a.example/Observation/own-%u','resource':%s}",
                              i > 0 ? "," : "", (guint) i, one);
      g_ptr_array_add (mill->texts, wire_quoted (one));
    }
  g_string_append (all, "],'link':[{'relation':'self','url':'http://a.example/Observation'}]}");
  g_ptr_array_add (mill->texts, wire_quoted (all->str));
}

/* A large Bundle's Observations one by one. */
static void
add_entries (Mill *mill,
             const char *text)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonArray *entries;
  guint n = 0;

  g_assert_true (json_parser_load_from_data (parser, text, -1, NULL));
  entries = json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), "entry");
  for (guint i = 0; i < json_array_get_length (entries) && n < MAX_PER_BUNDLE; i++)
    {
      JsonObject *entry = json_array_get_object_element (entries, i);
      JsonNode *resource = json_object_get_member (entry, "resource");
      g_autofree char *one = NULL;
      GString *alone;

      if (g_strcmp0 (json_object_get_string_member (json_node_get_object (resource), "resourceType"),
                     "Observation") != 0)
        continue;
      one = json_to_string (resource, FALSE);
      alone = g_string_new (one);
      g_string_replace (alone, "urn:uuid:", "Patient/", 0); /* it leads to another entry */
      g_ptr_array_add (mill->texts, g_string_free (alone, FALSE));
      n++;
    }
}

static void
add_corpus (Mill *mill,
            const char *relative)
{
  g_autofree char *path = g_build_filename (g_getenv ("TW_SHARED") != NULL ? g_getenv ("TW_SHARED") : "",
                                            relative, NULL);
  g_autoptr (GPtrArray) paths = NULL;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      g_test_message ("%s is not here: our own documents only", relative);
      return;
    }
  paths = wire_list (path, ".json");
  for (guint i = 0; i < paths->len; i++)
    {
      g_autofree char *text = NULL;
      gsize length;

      g_assert_true (g_file_get_contents (paths->pdata[i], &text, &length, NULL));
      if (length <= MAX_DOCUMENT)
        g_ptr_array_add (mill->texts, g_steal_pointer (&text));
      else if (strstr (relative, "synthea") != NULL)
        add_entries (mill, text);
    }
}

/* Another code in the place of a unit's or a coding's: the document stays good, its meaning changes. */
static void
swap_code (GString *text,
           GRand *rand)
{
  const char *at = text->str + g_rand_int_range (rand, 0, (gint32) text->len);
  const char *begin, *end;

  at = strstr (at, "\"code\"");
  if (at == NULL)
    at = strstr (text->str, "\"code\"");
  begin = at != NULL ? at + strlen ("\"code\"") : NULL;
  while (begin != NULL && (*begin == ':' || g_ascii_isspace (*begin)))
    begin++;
  if (begin == NULL || *begin != '"' || (end = strchr (begin + 1, '"')) == NULL)
    return;
  {
    gssize where = begin + 1 - text->str;

    g_string_erase (text, where, end - begin - 1);
    g_string_insert (text, where, other_codes[g_rand_int_range (rand, 0, G_N_ELEMENTS (other_codes))]);
  }
}

static void
find_telling (Mill *mill)
{
  mill->telling = g_ptr_array_new ();
  for (guint i = 0; i < mill->texts->len; i++)
    {
      g_autoptr (TwFhirPage) page
          = tw_fhir_read (mill->texts->pdata[i], strlen (mill->texts->pdata[i]), NULL);

      if (page != NULL && page->readings->len > 0)
        g_ptr_array_add (mill->telling, mill->texts->pdata[i]);
    }
}

/* Four of five are made of a document that says something. */
static GString *
make_mutant (Mill *mill)
{
  GPtrArray *from = g_rand_int_range (mill->rand, 0, 5) > 0 ? mill->telling : mill->texts;
  GString *mutant = g_string_new (from->pdata[g_rand_int_range (mill->rand, 0, (gint32) from->len)]);

  for (int n = g_rand_int_range (mill->rand, 1, 4); n > 0; n--)
    switch (g_rand_int_range (mill->rand, 0, 5))
      {
      case 0:
        wire_mutate (mutant, mill->rand);
        break;
      case 1:
        wire_mutate_value (mutant, mill->rand);
        break;
      default:
        swap_code (mutant, mill->rand);
        break;
      }
  return mutant;
}

/* Whether the document says this number of this channel, in this very unit. */
static gboolean
is_said (const GArray *said,
         const TwObservation *obs)
{
  for (guint i = 0; i < said->len; i++)
    {
      const FhirSaid *one = &g_array_index (said, FhirSaid, i);
      double distance = fabs (one->value - obs->value);

      if ((one->channels & (1u << obs->channel)) == 0 || !(distance <= 1e-9 * fabs (one->value)))
        continue;
      if (strncmp (one->code, obs->unit_text, sizeof obs->unit_text - 1) == 0)
        return TRUE;
      if (one->code[0] == '\0' && (obs->unit == TW_UNIT_UNKNOWN || obs->channel == TW_CHANNEL_GCS_TOTAL))
        return TRUE;
    }
  return FALSE;
}

static void
check_reading (const GArray *said,
               const TwFhirReading *reading)
{
  const TwObservation *obs = &reading->obs;
  const TwChannelInfo *info = tw_channel_info ((TwChannel) obs->channel);
  double shown, expected;

  /* Nothing to plot; a bound of a sensor in its own words; a letter. */
  if (isnan (obs->value) || (obs->flags & TW_OBSERVATION_WITHDRAWN) != 0
      || obs->channel == TW_CHANNEL_CONSCIOUSNESS
      || ((obs->flags & (TW_OBSERVATION_CENSORED_LOW | TW_OBSERVATION_CENSORED_HIGH)) != 0
          && obs->channel == TW_CHANNEL_GLUCOSE && obs->unit == TW_UNIT_MG_DL))
    return;
  if (!is_said (said, obs))
    g_error ("nobody said %.17g %s of %s", obs->value, obs->unit_text, info->name);
  if (obs->unit == TW_UNIT_UNKNOWN)
    {
      g_assert_false (tw_unit_convert (obs->value, obs->unit, info->unit, &shown));
      return;
    }
  if (!tw_unit_convert (obs->value, obs->unit, info->unit, &shown))
    return;
  if (fhir_oracle_convert (obs->value, obs->unit_text, obs->channel, &expected))
    g_assert_true (shown == expected || fabs (shown - expected) <= 1e-9 * MAX (1, fabs (expected)));
  else /* the same quantity by a code that the oracle does not list */
    g_assert_cmpstr (tw_unit_ucum (obs->unit), !=, obs->unit_text);
}

/* A page as text, to compare two readings of one document. */
static char *
dump_page (const TwFhirPage *page)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < page->readings->len; i++)
    {
      const TwFhirReading *one = &g_array_index (page->readings, TwFhirReading, i);

      g_string_append_printf (
          out, "%s/%s %s %d %.17g %u %s %x %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n",
          tw_fhir_page_text (page, one->id), tw_fhir_page_text (page, one->version),
          tw_fhir_page_text (page, g_array_index (page->subjects, guint32, one->obs.patient)),
          one->obs.channel, one->obs.value, one->obs.unit, one->obs.unit_text, one->obs.flags,
          one->obs.t_us, one->last_updated_us);
    }
  for (guint i = 0; i < page->refusals->len; i++)
    {
      const TwFhirRefusal *one = &g_array_index (page->refusals, TwFhirRefusal, i);

      g_string_append_printf (out, "%d %s %s %d\n", (int) one->problem, tw_fhir_page_text (page, one->id),
                              tw_fhir_page_text (page, one->detail), one->channel);
    }
  for (guint i = 0; i < page->encounters->len; i++)
    {
      const TwFhirEncounter *one = &g_array_index (page->encounters, TwFhirEncounter, i);

      g_string_append_printf (out, "stay %s %s %s %s\n", tw_fhir_page_text (page, one->id),
                              tw_fhir_page_text (page, one->status), tw_fhir_page_text (page, one->patient),
                              tw_fhir_page_text (page, one->location));
    }
  for (guint i = 0; i < page->locations->len; i++)
    {
      const TwFhirLocation *one = &g_array_index (page->locations, TwFhirLocation, i);

      g_string_append_printf (out, "place %s %s %s %s\n", tw_fhir_page_text (page, one->id),
                              tw_fhir_page_text (page, one->name), tw_fhir_page_text (page, one->part_of),
                              tw_fhir_page_text (page, one->kind));
    }
  g_string_append_printf (out, "%u %u %u %u %u %u %u %s %s %s %" G_GINT64_FORMAT, page->subjects->len,
                          page->patients->len, page->n_refused, page->n_other_codes, page->n_empty,
                          page->n_other_resources, page->n_entries, page->next, page->self, page->outcome,
                          page->total);
  return g_string_free (out, FALSE);
}

static void
check_document (Mill *mill,
                const GString *text)
{
  /* Just so much memory as is promised: what reads beyond it is found. */
  g_autofree char *tight = g_malloc (text->len + TW_JSON_PADDING);
  g_autoptr (TwFhirPage) page = NULL, halves = NULL;
  g_autoptr (GArray) said = NULL;

  memcpy (tight, text->str, text->len);
  memset (tight + text->len, 'x', TW_JSON_PADDING);
  page = tw_fhir_read_padded (tight, text->len, NULL);
  halves = tw_fhir_read_halves (text->str, text->len);
  if (halves != NULL)
    {
      g_autofree char *two = dump_page (halves), *one = NULL;

      g_assert_nonnull (page);
      one = dump_page (page);
      g_assert_cmpstr (one, ==, two);
      mill->n_in_halves++;
    }
  if (page == NULL)
    return;
  mill->n_documents++;
  mill->n_readings += page->readings->len;
  said = fhir_oracle_list (text->str, text->len);
  for (guint i = 0; i < page->readings->len; i++)
    check_reading (said, &g_array_index (page->readings, TwFhirReading, i));
}

static int
get_number (const char *name,
            int otherwise)
{
  const char *text = g_getenv (name);

  return text != NULL ? atoi (text) : otherwise;
}

static void
test_mutants (void)
{
  Mill mill = { .texts = g_ptr_array_new_with_free_func (g_free) };
  int from = get_number ("TW_MUTANTS_FROM", 1), to = get_number ("TW_MUTANTS_TO", 500);

  add_own (&mill);
  add_corpus (&mill, "formats/fhir_r4_examples");
  add_corpus (&mill, "formats/synthea_bundles");
  add_corpus (&mill, "formats/synthea_bundles/nonstandard_codes");
  find_telling (&mill);
  for (int seed = from; seed <= to; seed++)
    {
      g_autoptr (GString) mutant = NULL;

      mill.rand = g_rand_new_with_seed ((guint32) seed);
      mutant = make_mutant (&mill);
      if (g_getenv ("TW_MUTANTS_SHOW") != NULL)
        g_printerr ("seed %d: %s\n", seed, mutant->str);
      check_document (&mill, mutant);
      g_rand_free (mill.rand);
    }
  g_test_message ("%u documents (%u telling), %d mutants: %u were read, with %u readings; %u in two halves",
                  mill.texts->len, mill.telling->len, to - from + 1, mill.n_documents, mill.n_readings, mill.n_in_halves);
  g_assert_cmpuint (mill.n_readings, >, (guint) (to - from) / 4);
  g_ptr_array_unref (mill.telling);
  g_ptr_array_unref (mill.texts);
}

/* The documents as they are: the oracle and the reader agree, and so do one piece and two halves. */
static void
test_sound (void)
{
  Mill mill = { .texts = g_ptr_array_new_with_free_func (g_free) };

  add_own (&mill);
  add_corpus (&mill, "formats/fhir_r4_examples");
  add_corpus (&mill, "formats/synthea_bundles");
  for (guint i = 0; i < mill.texts->len; i++)
    {
      g_autoptr (GString) text = g_string_new (mill.texts->pdata[i]);

      check_document (&mill, text);
    }
  g_assert_cmpuint (mill.n_in_halves, >=, 1);
  g_assert_cmpuint (mill.n_readings, >=, 2 * (G_N_ELEMENTS (own) + 1 + 5));
  g_ptr_array_unref (mill.texts);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fhir-mutants/sound", test_sound);
  g_test_add_func ("/fhir-mutants/mutants", test_mutants);
  return g_test_run ();
}
