/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FHIR R4 Patient, Encounter, Location and OperationOutcome -> model. */
#include "config.h"

#include "tw-fhir-parse.h"

#include "tw-fhir-codes.h"
#include "tw-text.h"

#include <glib/gi18n-lib.h>

#include <math.h>

#define MAX_GIVEN 8
#define MAX_OUTCOME 400

/* How well a name or an identifier suits: the highest is taken, the first of equals. */
static int
rank_of_use (TwFhirParse *parse,
             guint32 use)
{
  static const char *const worst_first[] = { "old", "maiden", "anonymous", "temp", "nickname",
                                             "secondary", "", "usual", "official" };
  TwJsonText text = { "", 0 };

  if (use != 0 && !tw_fhir_parse_text (parse, use, &text))
    text = (TwJsonText) { "", 0 };
  for (gsize i = 0; i < G_N_ELEMENTS (worst_first); i++)
    if (tw_json_text_is (text, worst_first[i]))
      return (int) i;
  return 0;
}

/* given: ["Clara", "M"] -> "Clara M"; NULL when there is none. */
static char *
dup_given (TwFhirParse *parse,
           guint32 at)
{
  g_autoptr (GString) given = g_string_new (NULL);
  TwJsonItems items;
  TwJsonText text;
  guint32 item;
  int n = 0;

  if (at == 0 || !tw_json_items (&parse->document, at, &items))
    return NULL;
  while (n < MAX_GIVEN && tw_json_items_next (&items, &item))
    if (tw_fhir_parse_text (parse, item, &text) && text.length > 0)
      {
        if (n++ > 0)
          g_string_append_c (given, ' ');
        g_string_append_len (given, text.text, (gssize) text.length);
      }
  return given->len > 0 ? g_string_free (g_steal_pointer (&given), FALSE) : NULL;
}

/* The official name before the usual one before any other; its text where it has no parts. */
static gboolean
read_name (TwFhirParse *parse,
           guint32 at,
           TwPatientFields *fields)
{
  static const char *const names[] = { "use", "family", "given", "text" };
  TwJsonItems items;
  guint32 name;
  int best = -1;

  if (at == 0 || !tw_json_items (&parse->document, at, &items))
    return TRUE;
  while (tw_json_items_next (&items, &name))
    {
      guint32 in[4];
      int rank;
      g_autofree char *family = NULL;
      g_autofree char *given = NULL;

      if (!tw_fhir_parse_index (parse, name, names, 4, in))
        return FALSE;
      rank = rank_of_use (parse, in[0]);
      family = tw_fhir_parse_dup_text (parse, in[1]);
      given = dup_given (parse, in[2]);
      if (family == NULL && given == NULL)
        family = tw_fhir_parse_dup_text (parse, in[3]);
      if (rank <= best || (family == NULL && given == NULL))
        continue;
      best = rank;
      g_free (fields->family);
      g_free (fields->given);
      fields->family = g_steal_pointer (&family);
      fields->given = g_steal_pointer (&given);
    }
  return TRUE;
}

/* Whether a CodeableConcept has this code, whatever its system says. */
static gboolean
has_code (TwFhirParse *parse,
          guint32 concept,
          const char *code)
{
  static const char *const concept_names[] = { "coding" };
  static const char *const names[] = { "code" };
  guint32 codings, coding, at;
  TwJsonItems items;
  TwJsonText text;

  if (!tw_fhir_parse_index (parse, concept, concept_names, 1, &codings) || codings == 0
      || !tw_json_items (&parse->document, codings, &items))
    return FALSE;
  while (tw_json_items_next (&items, &coding))
    if (tw_fhir_parse_index (parse, coding, names, 1, &at) && tw_fhir_parse_text (parse, at, &text)
        && tw_json_text_is (text, code))
      return TRUE;
  return FALSE;
}

/* The record number (type MR) before the official and the usual identifier before any other. */
static gboolean
read_identifier (TwFhirParse *parse,
                 guint32 at,
                 TwPatientFields *fields)
{
  static const char *const names[] = { "use", "type", "value" };
  TwJsonItems items;
  guint32 identifier;
  int best = -1;

  if (at == 0 || !tw_json_items (&parse->document, at, &items))
    return TRUE;
  while (tw_json_items_next (&items, &identifier))
    {
      guint32 in[3];
      int rank;
      TwJsonText value;

      if (!tw_fhir_parse_index (parse, identifier, names, 3, in))
        return FALSE;
      if (!tw_fhir_parse_text (parse, in[2], &value) || value.length == 0)
        continue;
      rank = rank_of_use (parse, in[0]) + (has_code (parse, in[1], "MR") ? 100 : 0);
      if (rank <= best)
        continue;
      best = rank;
      g_free (fields->identifier);
      fields->identifier = g_strndup (value.text, value.length);
    }
  return TRUE;
}

static int
two_digits (const char *p)
{
  return g_ascii_isdigit (p[0]) && g_ascii_isdigit (p[1]) ? (p[0] - '0') * 10 + p[1] - '0' : -1;
}

/* YYYY, YYYY-MM or YYYY-MM-DD; anything else leaves the birth date unknown. */
static void
read_birth_date (TwFhirParse *parse,
                 guint32 at,
                 TwPatientFields *fields)
{
  TwJsonText text;
  int century, year, month = 0, day = 0;

  if (!tw_fhir_parse_text (parse, at, &text)
      || (text.length != 4 && text.length != 7 && text.length != 10))
    return;
  century = two_digits (text.text);
  year = two_digits (text.text + 2);
  if (text.length >= 7)
    month = text.text[4] == '-' ? two_digits (text.text + 5) : -1;
  if (text.length == 10)
    day = text.text[7] == '-' ? two_digits (text.text + 8) : -1;
  if (century < 10 || year < 0 || month < 0 || month > 12 || day < 0 || day > 31
      || (text.length >= 7 && month == 0) || (text.length == 10 && day == 0)
      || (day > 0
          && !g_date_valid_dmy ((GDateDay) day, (GDateMonth) month,
                                (GDateYear) (century * 100 + year))))
    return;
  fields->birth_year = century * 100 + year;
  fields->birth_month = month;
  fields->birth_day = day;
}

static TwSex
read_gender (TwFhirParse *parse,
             guint32 at)
{
  TwJsonText text;

  if (!tw_fhir_parse_text (parse, at, &text))
    return TW_SEX_UNKNOWN;
  if (TW_FHIR_KEY (text, "female"))
    return TW_SEX_FEMALE;
  if (TW_FHIR_KEY (text, "male"))
    return TW_SEX_MALE;
  return TW_FHIR_KEY (text, "other") ? TW_SEX_OTHER : TW_SEX_UNKNOWN;
}

/* Our own extensions of Patient. */
static gboolean
read_extensions (TwFhirParse *parse,
                 guint32 at,
                 TwPatientFields *fields)
{
  static const char *const names[] = { "url", "valueInteger", "valueBoolean", "valueDecimal" };
  TwJsonItems items;
  guint32 extension;

  if (at == 0 || !tw_json_items (&parse->document, at, &items))
    return TRUE;
  while (tw_json_items_next (&items, &extension))
    {
      guint32 in[4];
      TwJsonText url;
      gint64 whole = -1;
      double number = (double) NAN;
      gboolean yes;

      if (!tw_fhir_parse_index (parse, extension, names, 4, in))
        return FALSE;
      if (!tw_fhir_parse_text (parse, in[0], &url))
        continue;
      yes = in[2] != 0 && tw_json_type (&parse->document, in[2]) == 't';
      if (in[1] != 0 && !tw_json_integer (&parse->document, in[1], &whole))
        whole = -1;
      if (TW_FHIR_KEY (url, TW_EXTENSION_SPO2_SCALE))
        fields->spo2_scale_2 = whole == 2;
      else if (TW_FHIR_KEY (url, TW_EXTENSION_AGE) && whole >= 0 && whole <= 150)
        fields->age_years = (int) whole;
      else if (TW_FHIR_KEY (url, TW_EXTENSION_INVENTED))
        fields->invented = yes;
      else if (TW_FHIR_KEY (url, TW_EXTENSION_PREGNANT))
        fields->pregnant = yes;
      else if (TW_FHIR_KEY (url, TW_EXTENSION_WEIGHT) && in[3] != 0
               && tw_json_number (&parse->document, in[3], &number) && number > 0 && number < 1000)
        fields->weight_kg = number;
    }
  return TRUE;
}

static void
clear_fields (TwPatientFields *fields)
{
  g_free (fields->id);
  g_free (fields->family);
  g_free (fields->given);
  g_free (fields->identifier);
}

/* The resource's id as an offset of the pool, "" when it has none. FALSE when it is not one. */
static gboolean
keep_id (TwFhirParse *parse,
         guint32 at,
         guint32 *id)
{
  TwJsonText text;

  *id = 0;
  if (at == 0)
    return TRUE;
  if (!tw_fhir_parse_text (parse, at, &text) || !tw_fhir_is_id (text))
    return FALSE;
  *id = tw_fhir_parse_keep (parse, text.text, text.length);
  return TRUE;
}

/* A resource of a transaction may have no id yet: then the end of its "urn:uuid:" stands for it,
 * as in the references to it. */
static guint32
keep_url_id (TwFhirParse *parse,
             guint32 full_url)
{
  TwJsonText url;

  if (!tw_fhir_parse_text (parse, full_url, &url) || !g_str_has_prefix (url.text, "urn:"))
    return 0;
  url.text = strrchr (url.text, ':') + 1;
  url.length = (guint32) strlen (url.text);
  return tw_fhir_is_id (url) ? tw_fhir_parse_keep (parse, url.text, url.length) : 0;
}

/* A resource with U+0000 in a text that is read here is refused. */
static gboolean
refuse_nul (TwFhirParse *parse,
            guint32 id)
{
  if (parse->has_nul)
    tw_fhir_parse_refuse_words (parse, TW_FHIR_PROBLEM_BAD_VALUE, id, TW_CHANNEL_NONE, "U+0000");
  return parse->has_nul;
}

void
tw_fhir_read_patient (TwFhirParse *parse,
                      guint32 resource,
                      guint32 full_url)
{
  static const char *const names[] = { "resourceType", "id", "name", "identifier",
                                       "gender", "birthDate", "extension" };
  TwPatientFields fields = { .age_years = -1, .weight_kg = (double) NAN };
  guint32 at[7], id = 0;

  if (!tw_fhir_parse_index (parse, resource, names, 7, at))
    {
      tw_fhir_parse_refuse_words (parse, TW_FHIR_PROBLEM_REPEATED_KEY, 0, TW_CHANNEL_NONE,
                                  "Patient");
      return;
    }
  if (!keep_id (parse, at[1], &id)
      || (id == 0 && (id = keep_url_id (parse, full_url)) == 0))
    {
      tw_fhir_parse_refuse_words (parse, TW_FHIR_PROBLEM_BAD_VALUE, 0, TW_CHANNEL_NONE,
                                  "Patient.id");
      return;
    }
  if (read_name (parse, at[2], &fields) && read_identifier (parse, at[3], &fields)
      && read_extensions (parse, at[6], &fields))
    {
      fields.id = g_strdup (parse->pool + id);
      fields.sex = read_gender (parse, at[4]);
      read_birth_date (parse, at[5], &fields);
      if (!refuse_nul (parse, id))
        g_ptr_array_add (parse->page->patients, tw_patient_new (&fields));
    }
  else
    tw_fhir_parse_refuse_words (parse, TW_FHIR_PROBLEM_REPEATED_KEY, id, TW_CHANNEL_NONE,
                                "Patient");
  clear_fields (&fields);
}

/* The Location of an Encounter: the active one, else the last. */
static gboolean
read_encounter_location (TwFhirParse *parse,
                         guint32 at,
                         guint32 *location)
{
  static const char *const names[] = { "location", "status" };
  TwJsonItems items;
  guint32 item;

  if (at == 0 || !tw_json_items (&parse->document, at, &items))
    return TRUE;
  while (tw_json_items_next (&items, &item))
    {
      guint32 in[2];
      TwJsonText id, status;

      if (!tw_fhir_parse_index (parse, item, names, 2, in))
        return FALSE;
      if (!tw_fhir_parse_reference (parse, in[0], "Location", &id))
        continue;
      *location = tw_fhir_parse_keep (parse, id.text, id.length);
      if (tw_fhir_parse_text (parse, in[1], &status) && TW_FHIR_KEY (status, "active"))
        break;
    }
  return TRUE;
}

void
tw_fhir_read_encounter (TwFhirParse *parse,
                        guint32 resource)
{
  static const char *const names[] = { "resourceType", "id", "status", "subject", "location" };
  TwFhirEncounter encounter = { 0 };
  TwJsonText text;
  guint32 at[5];

  if (!tw_fhir_parse_index (parse, resource, names, 5, at))
    {
      tw_fhir_parse_refuse_words (parse, TW_FHIR_PROBLEM_REPEATED_KEY, 0, TW_CHANNEL_NONE,
                                  "Encounter");
      return;
    }
  if (!keep_id (parse, at[1], &encounter.id))
    {
      tw_fhir_parse_refuse_words (parse, TW_FHIR_PROBLEM_BAD_VALUE, 0, TW_CHANNEL_NONE,
                                  "Encounter.id");
      return;
    }
  if (!tw_fhir_parse_text (parse, at[2], &text))
    {
      tw_fhir_parse_refuse_words (parse, TW_FHIR_PROBLEM_STATUS, encounter.id, TW_CHANNEL_NONE,
                                  "Encounter.status");
      return;
    }
  encounter.status = tw_fhir_parse_keep_clean (parse, text);
  if (tw_fhir_parse_reference (parse, at[3], "Patient", &text))
    encounter.patient = tw_fhir_parse_keep (parse, text.text, text.length);
  if (!read_encounter_location (parse, at[4], &encounter.location))
    tw_fhir_parse_refuse_words (parse, TW_FHIR_PROBLEM_REPEATED_KEY, encounter.id, TW_CHANNEL_NONE,
                                "Encounter.location");
  else if (!refuse_nul (parse, encounter.id))
    g_array_append_val (parse->page->encounters, encounter);
}

/* The first code of a CodeableConcept, cleaned; "" when there is none. */
static guint32
keep_first_code (TwFhirParse *parse,
                 guint32 concept)
{
  static const char *const concept_names[] = { "coding" };
  static const char *const names[] = { "code" };
  guint32 codings, coding, at;
  TwJsonItems items;
  TwJsonText text;

  if (!tw_fhir_parse_index (parse, concept, concept_names, 1, &codings) || codings == 0
      || !tw_json_items (&parse->document, codings, &items) || !tw_json_items_next (&items, &coding)
      || !tw_fhir_parse_index (parse, coding, names, 1, &at)
      || !tw_fhir_parse_text (parse, at, &text))
    return 0;
  return tw_fhir_parse_keep_clean (parse, text);
}

void
tw_fhir_read_location (TwFhirParse *parse,
                       guint32 resource)
{
  static const char *const names[] = { "resourceType", "id", "name", "partOf", "physicalType" };
  TwFhirLocation location = { 0 };
  TwJsonText text;
  guint32 at[5];

  if (!tw_fhir_parse_index (parse, resource, names, 5, at))
    {
      tw_fhir_parse_refuse_words (parse, TW_FHIR_PROBLEM_REPEATED_KEY, 0, TW_CHANNEL_NONE,
                                  "Location");
      return;
    }
  if (!keep_id (parse, at[1], &location.id))
    {
      tw_fhir_parse_refuse_words (parse, TW_FHIR_PROBLEM_BAD_VALUE, 0, TW_CHANNEL_NONE,
                                  "Location.id");
      return;
    }
  if (tw_fhir_parse_text (parse, at[2], &text))
    location.name = tw_fhir_parse_keep_clean (parse, text);
  if (tw_fhir_parse_reference (parse, at[3], "Location", &text))
    location.part_of = tw_fhir_parse_keep (parse, text.text, text.length);
  location.kind = keep_first_code (parse, at[4]);
  if (!refuse_nul (parse, location.id))
    g_array_append_val (parse->page->locations, location);
}

/* Codes of issues that go away by themselves (interop.md, section 3). */
static gboolean
is_transient (TwJsonText code)
{
  static const char *const codes[] = { "lock-error", "no-store", "exception", "timeout",
                                       "incomplete", "throttled", "transient" };

  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    if (tw_json_text_is (code, codes[i]))
      return TRUE;
  return FALSE;
}

/* details.text, then diagnostics, then the code. */
static gboolean
find_issue_text (TwFhirParse *parse,
                 const guint32 *at,
                 TwJsonText *text)
{
  static const char *const names[] = { "text" };
  guint32 in;

  return (tw_fhir_parse_index (parse, at[1], names, 1, &in) && tw_fhir_parse_text (parse, in, text)
          && text->length > 0)
         || (tw_fhir_parse_text (parse, at[2], text) && text->length > 0)
         || tw_fhir_parse_text (parse, at[0], text);
}

char *
tw_fhir_read_outcome (TwFhirParse *parse,
                      guint32 resource,
                      gboolean *transient)
{
  static const char *const names[] = { "issue" };
  static const char *const issue_names[] = { "code", "details", "diagnostics" };
  g_autoptr (GString) words = g_string_new (NULL);
  char clean[MAX_OUTCOME];
  TwJsonItems items;
  TwJsonText text;
  guint32 issues, issue, at[3];

  if (transient != NULL)
    *transient = FALSE;
  if (tw_fhir_parse_index (parse, resource, names, 1, &issues) && issues != 0
      && tw_json_items (&parse->document, issues, &items))
    while (words->len < MAX_OUTCOME && tw_json_items_next (&items, &issue))
      {
        if (!tw_fhir_parse_index (parse, issue, issue_names, 3, at))
          continue;
        if (transient != NULL && tw_fhir_parse_text (parse, at[0], &text) && is_transient (text))
          *transient = TRUE;
        if (!find_issue_text (parse, at, &text))
          continue;
        if (words->len > 0)
          g_string_append (words, "; ");
        g_string_append_len (words, text.text, MIN (text.length, 2 * MAX_OUTCOME));
      }
  tw_text_clean (clean, sizeof clean, words->str, words->len);
  return g_strdup (clean[0] != '\0' ? clean : _("the server gave no reason"));
}
