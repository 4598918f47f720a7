/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The CapabilityStatement: says exactly what is there, from the tables that the searches use. */
#include "config.h"

#include "tw-facade.h"

#include "tw-fhir-codes.h"
#include "tw-text.h"
#include "tw-time.h"

#include <string.h>

/* What every search knows. */
static const TwSearchParameter common_parameters[] = {
  { "_count", "number", "at most 1000; 100 unless asked" },
  { "_format", "token", "json" },
  { "_sort", "string", "Observation: date, -date, _lastUpdated, -_lastUpdated" },
  { "_summary", "token", "count or false" },
  { NULL },
};

static void
append_parameters (GString                 *out,
                   const TwSearchParameter *parameters)
{
  g_string_append (out, ",\"searchParam\":[");
  for (const TwSearchParameter *p = parameters; p->name != NULL; p++)
    g_string_append_printf (out, "%s{\"name\":\"%s\",\"type\":\"%s\",\"documentation\":\"%s\"}",
                            p == parameters ? "" : ",", p->name, p->type, p->documentation);
  g_string_append_c (out, ']');
}

static void
append_type (GString              *out,
             const TwResourceType *type)
{
  gboolean versioned = type->measured || type->writable;

  g_string_append_printf (out, "{\"type\":\"%s\",%s\"interaction\":[{\"code\":\"read\"},"
                          "{\"code\":\"search-type\"}%s],\"versioning\":\"%s\","
                          "\"readHistory\":false,\"updateCreate\":%s,\"conditionalCreate\":%s,"
                          "\"conditionalUpdate\":false,\"conditionalRead\":\"not-match\"",
                          type->type,
                          type->measured && type->writable
                              ? "\"documentation\":\"Only scores (category survey) can be written; "
                                "measured values come from devices.\","
                              : "",
                          type->writable ? ",{\"code\":\"create\"},{\"code\":\"update\"}" : "",
                          versioned ? "versioned" : "no-version", type->writable ? "true" : "false",
                          type->writable ? "true" : "false");
  if (type->includes != NULL)
    {
      g_string_append (out, ",\"searchInclude\":[");
      for (const char *const *include = type->includes; *include != NULL; include++)
        g_string_append_printf (out, "%s\"%s\"", include == type->includes ? "" : ",", *include);
      g_string_append_c (out, ']');
    }
  append_parameters (out, type->parameters);
  g_string_append_c (out, '}');
}

/* The stream lies beside the facade: ".../v1/stream". */
static void
append_stream (GString    *out,
               const char *base)
{
  g_autofree char *url = g_strndup (base, strlen (base) - strlen (TW_FACADE_ROOT));
  g_autofree char *stream = g_strconcat (url, "/v1/stream", NULL);

  g_string_append (out, ",\"extension\":[{\"url\":\"" TW_EXTENSION_STREAM "\",\"valueUrl\":");
  tw_text_append_json (out, stream);
  g_string_append (out, "}]");
}

void
tw_facade_write_capability (const TwWard *ward,
                            const char   *base,
                            GString      *out)
{
  char date[32];
  guint n;
  const TwResourceType *types = tw_facade_get_types (&n);

  g_string_append (out, "{\"resourceType\":\"CapabilityStatement\"");
  append_stream (out, base);
  g_string_append_printf (out, ",\"status\":\"active\",\"date\":\"%s\",\"kind\":\"instance\","
                          "\"software\":{\"name\":\"Twinward gateway\","
                          "\"version\":\"" TW_VERSION "\"},\"implementation\":{\"description\":",
                          tw_time_format_iso (tw_ward_get_start (ward), date, sizeof date));
  tw_text_append_json (out, tw_ward_is_invented (ward) ? "Demo ward with invented patients"
                            : tw_ward_is_recorded (ward) ? "Replay of a recorded file" : "Ward");
  g_string_append (out, ",\"url\":");
  tw_text_append_json (out, base);
  g_string_append (out, "},\"fhirVersion\":\"4.0.1\","
                   "\"format\":[\"application/fhir+json\",\"json\"],\"rest\":[{\"mode\":\"server\","
                   "\"security\":{\"description\":\"Bearer token\"},\"resource\":[");
  for (guint i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      append_type (out, &types[i]);
    }
  g_string_append (out, "],\"interaction\":[{\"code\":\"transaction\"},{\"code\":\"batch\"}]");
  append_parameters (out, common_parameters);
  g_string_append (out, "}]}");
}
