/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FHIR R4 CapabilityStatement -> what a server says it can do. */
#include "config.h"

#include "tw-fhir-parse.h"

#include "tw-fhir-codes.h"
#include "tw-text.h"

#include <glib/gi18n-lib.h>

#define MAX_SOFTWARE 100

void
tw_fhir_capability_free (TwFhirCapability *capability)
{
  if (capability == NULL)
    return;
  g_free (capability->software);
  g_free (capability->maker);
  g_free (capability->fhir_version);
  g_free (capability);
}

static char *
dup_clean (const char *text)
{
  char clean[MAX_SOFTWARE];

  tw_text_clean (clean, sizeof clean, text, strlen (text));
  return g_strdup (clean);
}

/* "HAPI FHIR Server 8.10.0" */
static char *
dup_software (TwFhirParse *parse,
              guint32 software)
{
  static const char *const names[] = { "name", "version" };
  guint32 at[2];
  g_autofree char *name = NULL;
  g_autofree char *version = NULL;
  g_autofree char *both = NULL;

  if (!tw_fhir_parse_index (parse, software, names, 2, at))
    return g_strdup ("");
  name = tw_fhir_parse_dup_text (parse, at[0]);
  version = tw_fhir_parse_dup_text (parse, at[1]);
  if (name == NULL)
    return g_strdup ("");
  both = version != NULL ? g_strconcat (name, " ", version, NULL) : g_steal_pointer (&name);
  return dup_clean (both);
}

/* Publisher and implementation.description: some products are named there only. */
static char *
dup_maker (TwFhirParse *parse,
           guint32 publisher,
           guint32 implementation)
{
  static const char *const names[] = { "description" };
  guint32 at = 0;
  g_autofree char *who = tw_fhir_parse_dup_text (parse, publisher);
  g_autofree char *what = NULL;
  g_autofree char *both = NULL;

  if (tw_fhir_parse_index (parse, implementation, names, 1, &at))
    what = tw_fhir_parse_dup_text (parse, at);
  both = g_strconcat (who != NULL ? who : "", who != NULL && what != NULL ? " " : "",
                      what != NULL ? what : "", NULL);
  return dup_clean (both);
}

/* Whether a list of objects has one whose member is this text. */
static gboolean
list_has (TwFhirParse *parse,
          guint32 list,
          const char *member,
          const char *wanted)
{
  TwJsonItems items;
  TwJsonText text;
  guint32 item, at;

  if (list == 0 || !tw_json_items (&parse->document, list, &items))
    return FALSE;
  while (tw_json_items_next (&items, &item))
    if (tw_fhir_parse_index (parse, item, &member, 1, &at) && tw_fhir_parse_text (parse, at, &text)
        && tw_json_text_is (text, wanted))
      return TRUE;
  return FALSE;
}

static void
read_resources (TwFhirParse *parse,
                guint32 list,
                TwFhirCapability *capability)
{
  static const char *const names[] = { "type", "searchParam", "updateCreate", "conditionalCreate" };
  TwJsonItems items;
  TwJsonText type;
  guint32 item, at[4];

  if (list == 0 || !tw_json_items (&parse->document, list, &items))
    return;
  while (tw_json_items_next (&items, &item))
    if (tw_fhir_parse_index (parse, item, names, 4, at) && tw_fhir_parse_text (parse, at[0], &type)
        && TW_FHIR_KEY (type, "Observation"))
      {
        capability->observation_last_updated |= list_has (parse, at[1], "name", "_lastUpdated");
        capability->update_create |= at[2] != 0 && tw_json_type (&parse->document, at[2]) == 't';
        capability->conditional_create
          |= at[3] != 0 && tw_json_type (&parse->document, at[3]) == 't';
      }
}

static void
read_rest (TwFhirParse *parse,
           guint32 list,
           TwFhirCapability *capability)
{
  static const char *const names[] = { "resource", "searchParam", "extension", "interaction" };
  TwJsonItems items;
  guint32 item, at[4];

  if (list == 0 || !tw_json_items (&parse->document, list, &items))
    return;
  while (tw_json_items_next (&items, &item))
    if (tw_fhir_parse_index (parse, item, names, 4, at))
      {
        /* A parameter of the whole server holds for Observation too. */
        capability->observation_last_updated |= list_has (parse, at[1], "name", "_lastUpdated");
        capability->twinward_stream |= list_has (parse, at[2], "url", TW_EXTENSION_STREAM);
        capability->transaction |= list_has (parse, at[3], "code", "transaction");
        read_resources (parse, at[0], capability);
      }
}

static TwFhirCapability *
new_unsaid (void)
{
  TwFhirCapability *capability = g_new0 (TwFhirCapability, 1);

  capability->fhir_version = g_strdup ("");
  capability->software = g_strdup ("");
  capability->maker = g_strdup ("");
  capability->observation_last_updated = TRUE;
  return capability;
}

static TwFhirCapability *
read_statement (TwFhirParse *parse,
                GError **error)
{
  static const char *const names[] = { "resourceType", "software", "fhirVersion", "rest",
                                       "extension", "publisher", "implementation" };
  g_autofree char *version = NULL;
  TwFhirCapability *capability;
  TwJsonText type;
  guint32 at[7];

  if (!tw_fhir_parse_index (parse, TW_JSON_ROOT, names, 7, at)
      || !tw_fhir_parse_text (parse, at[0], &type))
    {
      g_set_error_literal (error, TW_WIRE_ERROR, TW_WIRE_ERROR_RESOURCE,
                           _("the answer is JSON, but no FHIR resource"));
      return NULL;
    }
  if (TW_FHIR_KEY (type, "OperationOutcome"))
    {
      g_autofree char *words = tw_fhir_read_outcome (parse, TW_JSON_ROOT, NULL);

      g_set_error (error, TW_WIRE_ERROR, TW_WIRE_ERROR_OUTCOME, _("the server says: %s"), words);
      return NULL;
    }
  if (TW_FHIR_KEY (type, "Bundle"))
    return new_unsaid (); /* it took "metadata" for a search: it has no statement */
  if (!TW_FHIR_KEY (type, "CapabilityStatement"))
    {
      g_set_error_literal (error, TW_WIRE_ERROR, TW_WIRE_ERROR_RESOURCE,
                           _("the server does not say what it can do: "
                             "it may be no FHIR R4 server"));
      return NULL;
    }
  capability = g_new0 (TwFhirCapability, 1);
  version = tw_fhir_parse_dup_text (parse, at[2]);
  capability->fhir_version = dup_clean (version != NULL ? version : "");
  capability->software = dup_software (parse, at[1]);
  capability->maker = dup_maker (parse, at[5], at[6]);
  capability->twinward_stream = list_has (parse, at[4], "url", TW_EXTENSION_STREAM);
  read_rest (parse, at[3], capability);
  return capability;
}

TwFhirCapability *
tw_fhir_read_capability (const char *data,
                         gsize length,
                         GError **error)
{
  TwFhirParse parse = { 0 };
  TwFhirCapability *capability;

  g_return_val_if_fail (data != NULL || length == 0, NULL);

  if (!tw_json_open (data, length, &parse.document, error))
    return NULL;
  capability = read_statement (&parse, error);
  tw_json_release ();
  return capability;
}
