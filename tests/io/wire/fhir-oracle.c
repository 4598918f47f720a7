/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See fhir-oracle.h. */
#include "config.h"

#include "fhir-oracle.h"

#include "tw-channel.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* interop.md section 1 */
static const struct
{
  const char *system, *code;
  TwChannel channel;
} codes[] = {
  { "http://loinc.org", "8867-4", TW_CHANNEL_HEART_RATE },
  { "http://loinc.org", "8480-6", TW_CHANNEL_SYSTOLIC },
  { "http://loinc.org", "8462-4", TW_CHANNEL_DIASTOLIC },
  { "http://loinc.org", "8478-0", TW_CHANNEL_MAP },
  { "http://loinc.org", "9279-1", TW_CHANNEL_RESPIRATORY_RATE },
  { "http://loinc.org", "59408-5", TW_CHANNEL_SPO2 },
  { "http://loinc.org", "2708-6", TW_CHANNEL_SPO2 },
  { "http://loinc.org", "8310-5", TW_CHANNEL_TEMPERATURE },
  { "http://loinc.org", "2339-0", TW_CHANNEL_GLUCOSE },
  { "http://loinc.org", "15074-8", TW_CHANNEL_GLUCOSE },
  { "http://loinc.org", "2345-7", TW_CHANNEL_GLUCOSE },
  { "http://loinc.org", "14749-6", TW_CHANNEL_GLUCOSE },
  { "http://loinc.org", "41653-7", TW_CHANNEL_GLUCOSE },
  { "http://loinc.org", "99504-3", TW_CHANNEL_GLUCOSE },
  { "http://loinc.org", "14743-9", TW_CHANNEL_GLUCOSE },
  { "http://loinc.org", "105272-9", TW_CHANNEL_GLUCOSE },
  { "http://loinc.org", "3150-6", TW_CHANNEL_FIO2 },
  { "http://loinc.org", "19996-8", TW_CHANNEL_FIO2 },
  { "http://loinc.org", "3151-8", TW_CHANNEL_OXYGEN_FLOW },
  { "http://loinc.org", "67775-7", TW_CHANNEL_CONSCIOUSNESS },
  { "http://loinc.org", "80288-4", TW_CHANNEL_CONSCIOUSNESS },
  { "http://loinc.org", "9269-2", TW_CHANNEL_GCS_TOTAL },
  { "urn:iso:std:iso:11073:10101", "147842", TW_CHANNEL_HEART_RATE },
  { "urn:iso:std:iso:11073:10101", "150456", TW_CHANNEL_SPO2 },
  { "urn:iso:std:iso:11073:10101", "150344", TW_CHANNEL_TEMPERATURE },
  { "urn:iso:std:iso:11073:10101", "150035", TW_CHANNEL_MAP },
  { "urn:iso:std:iso:11073:10101", "151562", TW_CHANNEL_RESPIRATORY_RATE },
};

/* inside = (value - offset) * factor */
static const struct
{
  const char *code;
  TwChannel channel;
  double factor, offset;
} units[] = {
  { "/min", TW_CHANNEL_HEART_RATE, 1, 0 },          { "{beat}/min", TW_CHANNEL_HEART_RATE, 1, 0 },
  { "/min", TW_CHANNEL_RESPIRATORY_RATE, 1, 0 },    { "{breath}/min", TW_CHANNEL_RESPIRATORY_RATE, 1, 0 },
  { "mm[Hg]", TW_CHANNEL_SYSTOLIC, 1, 0 },          { "kPa", TW_CHANNEL_SYSTOLIC, 7.50062, 0 },
  { "mm[Hg]", TW_CHANNEL_DIASTOLIC, 1, 0 },         { "kPa", TW_CHANNEL_DIASTOLIC, 7.50062, 0 },
  { "mm[Hg]", TW_CHANNEL_MAP, 1, 0 },               { "kPa", TW_CHANNEL_MAP, 7.50062, 0 },
  { "%", TW_CHANNEL_SPO2, 1, 0 },                   { "{fraction}", TW_CHANNEL_SPO2, 100, 0 },
  { "%", TW_CHANNEL_FIO2, 1, 0 },                   { "{fraction}", TW_CHANNEL_FIO2, 100, 0 },
  { "L/min", TW_CHANNEL_OXYGEN_FLOW, 1, 0 },        { "Cel", TW_CHANNEL_TEMPERATURE, 1, 0 },
  { "[degF]", TW_CHANNEL_TEMPERATURE, 1 / 1.8, 32 }, { "mg/dL", TW_CHANNEL_GLUCOSE, 1, 0 },
  { "mmol/L", TW_CHANNEL_GLUCOSE, 18.016, 0 },      { "{score}", TW_CHANNEL_GCS_TOTAL, 1, 0 },
};

gboolean
fhir_oracle_convert (double value,
                     const char *code,
                     int channel,
                     double *inside)
{
  for (gsize i = 0; i < G_N_ELEMENTS (units); i++)
    if ((int) units[i].channel == channel && strcmp (units[i].code, code) == 0)
      {
        *inside = (value - units[i].offset) * units[i].factor;
        return TRUE;
      }
  return FALSE;
}

static JsonNode *
get (JsonNode *node,
     const char *name)
{
  return node != NULL && JSON_NODE_HOLDS_OBJECT (node)
             ? json_object_get_member (json_node_get_object (node), name) : NULL;
}

static const char *
get_text (JsonNode *node,
          const char *name)
{
  JsonNode *member = get (node, name);

  return member != NULL && JSON_NODE_HOLDS_VALUE (member)
                 && json_node_get_value_type (member) == G_TYPE_STRING
             ? json_node_get_string (member) : "";
}

static guint32
find_channels (JsonNode *concept)
{
  JsonNode *list = get (concept, "coding");
  guint32 channels = 0;

  if (list == NULL || !JSON_NODE_HOLDS_ARRAY (list))
    return 0;
  for (guint i = 0; i < json_array_get_length (json_node_get_array (list)); i++)
    {
      JsonNode *coding = json_array_get_element (json_node_get_array (list), i);

      for (gsize k = 0; k < G_N_ELEMENTS (codes); k++)
        if (strcmp (get_text (coding, "system"), codes[k].system) == 0
            && strcmp (get_text (coding, "code"), codes[k].code) == 0)
          channels |= 1u << codes[k].channel;
    }
  return channels;
}

static gboolean
get_number (JsonNode *node,
            double *number)
{
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node)
      || (json_node_get_value_type (node) != G_TYPE_INT64
          && json_node_get_value_type (node) != G_TYPE_DOUBLE))
    return FALSE;
  *number = json_node_get_double (node);
  return TRUE;
}

static void
say (GArray *said,
     guint32 channels,
     JsonNode *quantity,
     double value)
{
  FhirSaid one = { .value = value, .channels = channels };

  if (strcmp (get_text (quantity, "system"), "http://unitsofmeasure.org") == 0)
    g_strlcpy (one.code, get_text (quantity, "code"), sizeof one.code);
  g_array_append_val (said, one);
}

static void
say_sampled (GArray *said,
             guint32 channels,
             JsonNode *sampled)
{
  g_auto (GStrv) words = g_strsplit (get_text (sampled, "data"), " ", -1);
  double origin, factor = 1;

  if (!get_number (get (get (sampled, "origin"), "value"), &origin))
    return;
  get_number (get (sampled, "factor"), &factor);
  for (char **word = words; *word != NULL; word++)
    if (g_ascii_isdigit ((*word)[0]) || (*word)[0] == '-')
      say (said, channels, get (sampled, "origin"), origin + factor * g_ascii_strtod (*word, NULL));
}

/* The value of an Observation or a component. */
static void
say_element (GArray *said,
             JsonNode *element)
{
  guint32 channels = find_channels (get (element, "code"));
  double number;

  if (get_number (get (get (element, "valueQuantity"), "value"), &number))
    say (said, channels, get (element, "valueQuantity"), number);
  if (get_number (get (element, "valueInteger"), &number))
    say (said, channels, NULL, number);
  if (get (element, "valueSampledData") != NULL)
    say_sampled (said, channels, get (element, "valueSampledData"));
}

static void
visit (GArray *said,
       JsonNode *node)
{
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *list = json_node_get_array (node);

      for (guint i = 0; i < json_array_get_length (list); i++)
        visit (said, json_array_get_element (list, i));
    }
  else if (JSON_NODE_HOLDS_OBJECT (node))
    {
      g_autoptr (GList) members = json_object_get_values (json_node_get_object (node));

      /* Components are elements with a code too; so is what only looks like one, which does no harm. */
      say_element (said, node);
      for (GList *at = members; at != NULL; at = at->next)
        visit (said, at->data);
    }
}

GArray *
fhir_oracle_list (const char *text,
                  gsize length)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  GArray *said = g_array_new (FALSE, FALSE, sizeof (FhirSaid));

  if (json_parser_load_from_data (parser, text, (gssize) length, NULL)
      && json_parser_get_root (parser) != NULL)
    visit (said, json_parser_get_root (parser));
  return said;
}
