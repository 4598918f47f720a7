/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts that FHIR resources are made of, as JSON text. */
#include "config.h"

#include "tw-fhir-parts.h"

#include "tw-text.h"
#include "tw-time.h"

void
tw_fhir_append_member (GString *out,
                       const char *key,
                       const char *value)
{
  g_string_append_printf (out, ",\"%s\":", key);
  tw_text_append_json (out, value);
}

void
tw_fhir_append_time (GString *out,
                     const char *key,
                     gint64 t_us)
{
  char text[32];

  tw_time_format_iso (t_us, text, sizeof text);
  tw_fhir_append_member (out, key, text);
}

void
tw_fhir_append_period (GString *out,
                       const char *key,
                       gint64 start_us,
                       gint64 end_us)
{
  char text[32];

  if (start_us == 0 && end_us == 0)
    return;
  g_string_append_printf (out, ",\"%s\":{", key);
  if (start_us != 0)
    {
      g_string_append (out, "\"start\":");
      tw_text_append_json (out, tw_time_format_iso (start_us, text, sizeof text));
    }
  if (end_us != 0)
    {
      g_string_append (out, start_us != 0 ? ",\"end\":" : "\"end\":");
      tw_text_append_json (out, tw_time_format_iso (end_us, text, sizeof text));
    }
  g_string_append_c (out, '}');
}

void
tw_fhir_begin_resource (GString *out,
                        const char *type,
                        const char *id,
                        const char *version,
                        gint64 last_updated_us)
{
  g_string_append_printf (out, "{\"resourceType\":\"%s\"", type);
  if (id != NULL && *id != '\0')
    tw_fhir_append_member (out, "id", id);
  if ((version == NULL || *version == '\0') && last_updated_us == 0)
    return;
  g_string_append (out, ",\"meta\":{");
  if (version != NULL && *version != '\0')
    {
      g_string_append (out, "\"versionId\":");
      tw_text_append_json (out, version);
    }
  if (last_updated_us != 0)
    {
      char text[32];

      if (out->str[out->len - 1] != '{')
        g_string_append_c (out, ',');
      tw_time_format_iso (last_updated_us, text, sizeof text);
      g_string_append (out, "\"lastUpdated\":");
      tw_text_append_json (out, text);
    }
  g_string_append_c (out, '}');
}

void
tw_fhir_append_coding (GString *out,
                       const char *system,
                       const char *code,
                       const char *display)
{
  g_string_append (out, "{\"system\":");
  tw_text_append_json (out, system);
  tw_fhir_append_member (out, "code", code);
  if (display != NULL)
    tw_fhir_append_member (out, "display", display);
  g_string_append_c (out, '}');
}

void
tw_fhir_append_concept (GString *out,
                        const char *key,
                        const char *system,
                        const char *code,
                        const char *display)
{
  g_string_append_printf (out, ",\"%s\":{\"coding\":[", key);
  tw_fhir_append_coding (out, system, code, display);
  g_string_append (out, "]}");
}

void
tw_fhir_append_reference (GString *out,
                          const char *key,
                          const char *type,
                          const char *id)
{
  g_autofree char *reference = g_strdup_printf ("%s/%s", type, id);

  g_string_append_printf (out, ",\"%s\":{\"reference\":", key);
  tw_text_append_json (out, reference);
  g_string_append_c (out, '}');
}
