/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CapabilityStatement -> what can be written; transaction-response -> what became of each entry. */
#include "config.h"

#include "tw-fhir-answer.h"

#include "tw-fhir-parse.h"
#include "tw-text.h"

#include <glib/gi18n-lib.h>

#define MAX_ANSWERS 1000

static const char *const type_names[] = {
  [TW_FHIR_DEVICE] = "Device",
  [TW_FHIR_FLAG] = "Flag",
  [TW_FHIR_RISK] = "RiskAssessment",
  [TW_FHIR_SCORE] = "Observation",
  [TW_FHIR_PROVENANCE] = "Provenance",
  [TW_FHIR_AUDIT] = "AuditEvent",
};

const char *
tw_fhir_result_type_name (TwFhirResultType type)
{
  g_return_val_if_fail (type >= 0 && type < TW_FHIR_N_RESULTS, NULL);

  return type_names[type];
}

static gboolean
is_true (TwFhirParse *parse,
         guint32 at)
{
  return at != 0 && tw_json_type (&parse->document, at) == 't';
}

/* Whether a list of {"code":...} has this code. */
static gboolean
has_interaction (TwFhirParse *parse,
                 guint32 list,
                 const char *wanted)
{
  TwJsonItems items;
  TwJsonText code;
  guint32 item, at;

  if (list == 0 || !tw_json_items (&parse->document, list, &items))
    return FALSE;
  while (tw_json_items_next (&items, &item))
    if (TW_FHIR_MEMBER (parse, item, "code", &at) && tw_fhir_parse_text (parse, at, &code)
        && tw_json_text_is (code, wanted))
      return TRUE;
  return FALSE;
}

static void
read_type (TwFhirParse *parse,
           guint32 resource,
           TwFhirWritable *writable)
{
  static const char *const names[] = { "type", "interaction", "updateCreate", "conditionalCreate",
                                       "conditionalUpdate" };
  TwJsonText type;
  guint32 at[5];

  if (!tw_fhir_parse_index (parse, resource, names, 5, at)
      || !tw_fhir_parse_text (parse, at[0], &type))
    return;
  for (guint i = 0; i < TW_FHIR_N_RESULTS; i++)
    {
      guint bit = 1u << i;

      if (!tw_json_text_is (type, type_names[i]))
        continue;
      writable->creates |= has_interaction (parse, at[1], "create") ? bit : 0;
      writable->updates |= has_interaction (parse, at[1], "update") ? bit : 0;
      writable->update_creates |= is_true (parse, at[2]) ? bit : 0;
      writable->conditional_creates |= is_true (parse, at[3]) ? bit : 0;
      writable->conditional_updates |= is_true (parse, at[4]) ? bit : 0;
    }
}

static void
read_rest (TwFhirParse *parse,
           guint32 list,
           TwFhirWritable *writable)
{
  static const char *const names[] = { "interaction", "resource" };
  TwJsonItems items, resources;
  guint32 item, resource, at[2];

  if (list == 0 || !tw_json_items (&parse->document, list, &items))
    return;
  while (tw_json_items_next (&items, &item))
    {
      if (!tw_fhir_parse_index (parse, item, names, 2, at))
        continue;
      writable->transaction |= has_interaction (parse, at[0], "transaction");
      if (at[1] == 0 || !tw_json_items (&parse->document, at[1], &resources))
        continue;
      while (tw_json_items_next (&resources, &resource))
        read_type (parse, resource, writable);
    }
}

/* Opens a document and looks at what it is: an outcome is an error with the server's words. */
static gboolean
open_resource (TwFhirParse *parse,
               const char *data,
               gsize length,
               const char *wanted,
               GError **error)
{
  TwJsonText type;
  guint32 at;

  if (!tw_json_open (data, length, &parse->document, error))
    return FALSE;
  if (!TW_FHIR_MEMBER (parse, TW_JSON_ROOT, "resourceType", &at)
      || !tw_fhir_parse_text (parse, at, &type))
    type = (TwJsonText) { "", 0 };
  if (tw_json_text_is (type, wanted))
    return TRUE;
  if (TW_FHIR_KEY (type, "OperationOutcome"))
    {
      g_autofree char *words = tw_fhir_read_outcome (parse, TW_JSON_ROOT, NULL);

      g_set_error (error, TW_WIRE_ERROR, TW_WIRE_ERROR_OUTCOME, _("the server says: %s"), words);
    }
  else
    {
      g_set_error (error, TW_WIRE_ERROR, TW_WIRE_ERROR_RESOURCE, _("the answer is no %s"), wanted);
    }
  tw_json_release ();
  return FALSE;
}

gboolean
tw_fhir_read_writable (const char *data,
                       gsize length,
                       TwFhirWritable *writable,
                       GError **error)
{
  g_autofree TwFhirParse *parse = g_new0 (TwFhirParse, 1);
  guint32 at;

  g_return_val_if_fail (writable != NULL, FALSE);

  *writable = (TwFhirWritable) { 0 };
  if (!open_resource (parse, data, length, "CapabilityStatement", error))
    return FALSE;
  if (TW_FHIR_MEMBER (parse, TW_JSON_ROOT, "rest", &at))
    read_rest (parse, at, writable);
  tw_json_release ();
  return TRUE;
}

gboolean
tw_fhir_writable_way (const TwFhirWritable *writable,
                      TwFhirResultType type,
                      gboolean changes,
                      TwFhirWay *way)
{
  guint bit = 1u << type;

  g_return_val_if_fail (writable != NULL && way != NULL, FALSE);

  if ((writable->update_creates & writable->updates & bit) != 0)
    *way = TW_FHIR_PUT_ID;
  else if (changes && (writable->conditional_updates & writable->updates & bit) != 0)
    *way = TW_FHIR_PUT_MATCH;
  else if ((writable->conditional_creates & writable->creates & bit) != 0)
    *way = TW_FHIR_CREATE_UNLESS;
  else
    return FALSE;
  return TRUE;
}

void
tw_fhir_answer_free (TwFhirAnswer *answer)
{
  if (answer == NULL)
    return;
  g_free (answer->location);
  g_free (answer->words);
  g_free (answer);
}

/* "http://host/fhir/Flag/1/_history/2" -> "Flag/1" */
static char *
dup_place (const char *location)
{
  const char *history = strstr (location, "/_history/");
  g_autofree char *whole = history != NULL ? g_strndup (location, (gsize) (history - location))
                                           : g_strdup (location);
  char *slash = strrchr (whole, '/');
  char clean[160];

  if (slash == NULL)
    return NULL;
  while (slash > whole && slash[-1] != '/')
    slash--;
  tw_text_clean (clean, sizeof clean, slash, strlen (slash));
  return g_strdup (clean);
}

static TwFhirAnswer *
read_answer (TwFhirParse *parse,
             guint32 entry)
{
  static const char *const names[] = { "status", "location", "outcome" };
  TwFhirAnswer *answer = g_new0 (TwFhirAnswer, 1);
  g_autofree char *location = NULL;
  TwJsonText status;
  guint32 response, at[3];

  if (!TW_FHIR_MEMBER (parse, entry, "response", &response) || response == 0
      || !tw_fhir_parse_index (parse, response, names, 3, at))
    return answer;
  if (tw_fhir_parse_text (parse, at[0], &status))
    answer->status = (guint) CLAMP (g_ascii_strtoll (status.text, NULL, 10), 0, 999);
  location = tw_fhir_parse_dup_text (parse, at[1]);
  if (location != NULL)
    answer->location = dup_place (location);
  if (at[2] != 0)
    answer->words = tw_fhir_read_outcome (parse, at[2], NULL);
  return answer;
}

GPtrArray *
tw_fhir_read_answers (const char *data,
                      gsize length,
                      GError **error)
{
  g_autofree TwFhirParse *parse = g_new0 (TwFhirParse, 1);
  GPtrArray *answers;
  TwJsonItems items;
  guint32 at, item;

  if (!open_resource (parse, data, length, "Bundle", error))
    return NULL;
  answers = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_fhir_answer_free);
  if (TW_FHIR_MEMBER (parse, TW_JSON_ROOT, "entry", &at) && at != 0
      && tw_json_items (&parse->document, at, &items))
    while (answers->len < MAX_ANSWERS && tw_json_items_next (&items, &item))
      g_ptr_array_add (answers, read_answer (parse, item));
  tw_json_release ();
  return answers;
}

char *
tw_fhir_read_refusal (const char *data,
                      gsize length)
{
  g_autofree TwFhirParse *parse = g_new0 (TwFhirParse, 1);
  char *words;

  /* best effort: a refusal without an outcome is told by its status */
  if (length == 0 || !open_resource (parse, data, length, "OperationOutcome", NULL))
    return NULL;
  words = tw_fhir_read_outcome (parse, TW_JSON_ROOT, NULL);
  tw_json_release ();
  return words;
}
