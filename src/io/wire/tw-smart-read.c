/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON of OAuth 2, OpenID Connect and SMART through the one door. A member that stands twice refuses all. */
#include "config.h"

#include "tw-smart-read.h"

#include "tw-fhir-parse.h"
#include "tw-text.h"

#include <glib/gi18n-lib.h>

#define MAX_WORDS 160
#define MAX_ID_TOKEN 65536

void
tw_smart_configuration_free (TwSmartConfiguration *configuration)
{
  if (configuration == NULL)
    return;
  g_free (configuration->issuer);
  g_free (configuration->authorization_endpoint);
  g_free (configuration->token_endpoint);
  g_free (configuration->revocation_endpoint);
  g_free (configuration);
}

static void
wipe (char *text)
{
  if (text != NULL)
    explicit_bzero (text, strlen (text));
  g_free (text);
}

void
tw_smart_tokens_free (TwSmartTokens *tokens)
{
  if (tokens == NULL)
    return;
  wipe (tokens->access_token);
  wipe (tokens->refresh_token);
  wipe (tokens->id_token);
  g_free (tokens->scope);
  g_free (tokens);
}

void
tw_smart_identity_free (TwSmartIdentity *identity)
{
  if (identity == NULL)
    return;
  g_free (identity->issuer);
  g_free (identity->nonce);
  g_free (identity->fhir_user);
  g_free (identity->name);
  g_free (identity);
}

/* Opens the document and finds the members; FALSE when it is no such object. */
static gboolean
open_object (TwFhirParse *parse,
             GString *text,
             const char *const *names,
             guint n,
             guint32 *at,
             GError **error)
{
  if (!tw_json_open (text->str, text->len, &parse->document, error))
    return FALSE;
  if (tw_json_type (&parse->document, TW_JSON_ROOT) == '{'
      && tw_fhir_parse_index (parse, TW_JSON_ROOT, names, n, at))
    return TRUE;
  g_set_error_literal (error, TW_WIRE_ERROR, TW_WIRE_ERROR_RESOURCE,
                       _("the answer is not what a sign-in server gives"));
  return FALSE;
}

static gboolean
list_has (TwFhirParse *parse,
          guint32 list,
          const char *wanted)
{
  TwJsonItems items;
  TwJsonText text;
  guint32 item;

  if (list == 0 || !tw_json_items (&parse->document, list, &items))
    return FALSE;
  while (tw_json_items_next (&items, &item))
    if (tw_fhir_parse_text (parse, item, &text) && tw_json_text_is (text, wanted))
      return TRUE;
  return FALSE;
}

static gboolean
list_has_ending (TwFhirParse *parse,
                 guint32 list,
                 const char *ending)
{
  TwJsonItems items;
  guint32 item;

  if (list == 0 || !tw_json_items (&parse->document, list, &items))
    return FALSE;
  while (tw_json_items_next (&items, &item))
    {
      g_autofree char *text = tw_fhir_parse_dup_text (parse, item);

      if (text != NULL && g_str_has_suffix (text, ending))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_true (TwFhirParse *parse,
         guint32 at)
{
  return at != 0 && tw_json_type (&parse->document, at) == 't';
}

TwSmartConfiguration *
tw_smart_read_configuration (const char *data,
                             gsize length,
                             GError **error)
{
  static const char *const names[]
    = { "issuer",           "authorization_endpoint", "token_endpoint",
        "revocation_endpoint", "code_challenge_methods_supported", "capabilities",
        "scopes_supported", "authorization_response_iss_parameter_supported" };
  g_autoptr (TwSmartConfiguration) found = g_new0 (TwSmartConfiguration, 1);
  GString text = { (char *) data, length, length };
  TwFhirParse parse = { 0 };
  guint32 at[G_N_ELEMENTS (names)];

  if (!open_object (&parse, &text, names, G_N_ELEMENTS (names), at, error))
    return NULL;
  found->issuer = tw_fhir_parse_dup_text (&parse, at[0]);
  found->authorization_endpoint = tw_fhir_parse_dup_text (&parse, at[1]);
  found->token_endpoint = tw_fhir_parse_dup_text (&parse, at[2]);
  found->revocation_endpoint = tw_fhir_parse_dup_text (&parse, at[3]);
  found->s256 = list_has (&parse, at[4], "S256");
  found->standalone_patient = list_has (&parse, at[5], "context-standalone-patient");
  if (list_has (&parse, at[5], "permission-v2"))
    found->v1_only = FALSE;
  else
    found->v1_only = list_has (&parse, at[5], "permission-v1")
                     || (list_has_ending (&parse, at[6], ".read") && !list_has_ending (&parse, at[6], ".rs"));
  found->sends_issuer = is_true (&parse, at[7]);
  if (found->authorization_endpoint != NULL && found->token_endpoint != NULL)
    return g_steal_pointer (&found);
  g_set_error_literal (error, TW_WIRE_ERROR, TW_WIRE_ERROR_RESOURCE,
                       _("the server does not say where to sign in"));
  return NULL;
}

TwSmartTokens *
tw_smart_read_tokens (const char *data,
                      gsize length,
                      GError **error)
{
  static const char *const names[]
    = { "access_token", "token_type", "refresh_token", "id_token", "scope", "expires_in" };
  g_autoptr (TwSmartTokens) found = g_new0 (TwSmartTokens, 1);
  g_autofree char *type = NULL;
  GString text = { (char *) data, length, length };
  TwFhirParse parse = { 0 };
  guint32 at[G_N_ELEMENTS (names)];
  double expires_s = 0;

  if (!open_object (&parse, &text, names, G_N_ELEMENTS (names), at, error))
    return NULL;
  found->access_token = tw_fhir_parse_dup_text (&parse, at[0]);
  type = tw_fhir_parse_dup_text (&parse, at[1]);
  found->refresh_token = tw_fhir_parse_dup_text (&parse, at[2]);
  found->id_token = tw_fhir_parse_dup_text (&parse, at[3]);
  found->scope = tw_fhir_parse_dup_text (&parse, at[4]);
  if (at[5] != 0 && tw_json_number (&parse.document, at[5], &expires_s))
    found->expires_s = (gint64) CLAMP (expires_s, 0.0, 1e9);
  tw_json_release ();
  if (found->access_token != NULL && found->access_token[0] != '\0' && type != NULL
      && g_ascii_strcasecmp (type, "bearer") == 0)
    return g_steal_pointer (&found);
  g_set_error_literal (error, TW_WIRE_ERROR, TW_WIRE_ERROR_RESOURCE,
                       _("the sign-in server gave no token that can be used"));
  return NULL;
}

static GByteArray *
decode_url (const char *text,
            gsize n)
{
  g_autofree char *padded = g_strndup (text, n);
  g_autofree char *whole = NULL;
  gsize n_bytes;
  guchar *bytes;

  for (gsize i = 0; i < n; i++)
    if (!g_ascii_isalnum (text[i]) && text[i] != '-' && text[i] != '_')
      return NULL;
  g_strdelimit (padded, "-", '+');
  g_strdelimit (padded, "_", '/');
  whole = g_strconcat (padded, &"==="[3 - (4 - n % 4) % 4], NULL);
  bytes = g_base64_decode (whole, &n_bytes);
  return g_byte_array_new_take (bytes, n_bytes);
}

/* aud is one client, or a list of them; among several the token must name the one it was made for. */
static gboolean
is_for_client (TwFhirParse *parse,
               guint32 aud,
               guint32 azp,
               const char *client_id)
{
  TwJsonText text;

  if (azp != 0 && !(tw_fhir_parse_text (parse, azp, &text) && tw_json_text_is (text, client_id)))
    return FALSE;
  if (aud != 0 && tw_json_type (&parse->document, aud) == '[')
    return list_has (parse, aud, client_id) && (azp != 0 || tw_json_count (&parse->document, aud) == 1);
  return tw_fhir_parse_text (parse, aud, &text) && tw_json_text_is (text, client_id);
}

static gint64
read_time (TwFhirParse *parse,
           guint32 at)
{
  double seconds;

  return at != 0 && tw_json_number (&parse->document, at, &seconds) && seconds > 0 && seconds < 1e12
           ? (gint64) seconds : 0;
}

TwSmartIdentity *
tw_smart_read_identity (const char *id_token,
                        const char *client_id,
                        GError **error)
{
  static const char *const names[] = { "iss", "aud", "azp", "nonce", "exp", "iat", "fhirUser", "name" };
  g_autoptr (TwSmartIdentity) found = g_new0 (TwSmartIdentity, 1);
  g_autoptr (GByteArray) claims = NULL;
  const char *first, *second;
  TwFhirParse parse = { 0 };
  guint32 at[G_N_ELEMENTS (names)];

  g_return_val_if_fail (id_token != NULL && client_id != NULL, NULL);

  first = strchr (id_token, '.');
  second = first != NULL ? strchr (first + 1, '.') : NULL;
  if (second != NULL && strchr (second + 1, '.') == NULL && strlen (id_token) <= MAX_ID_TOKEN)
    claims = decode_url (first + 1, (gsize) (second - first - 1));
  if (claims == NULL)
    {
      g_set_error_literal (error, TW_WIRE_ERROR, TW_WIRE_ERROR_RESOURCE,
                           _("the sign-in server’s statement of who signed in cannot be read"));
      return NULL;
    }
  GString text = { (char *) claims->data, claims->len, claims->len };
  if (!open_object (&parse, &text, names, G_N_ELEMENTS (names), at, error))
    return NULL;
  found->issuer = tw_fhir_parse_dup_text (&parse, at[0]);
  found->for_client = is_for_client (&parse, at[1], at[2], client_id);
  found->nonce = tw_fhir_parse_dup_text (&parse, at[3]);
  found->expires_s = read_time (&parse, at[4]);
  found->issued_s = read_time (&parse, at[5]);
  found->fhir_user = tw_fhir_parse_dup_text (&parse, at[6]);
  found->name = tw_fhir_parse_dup_text (&parse, at[7]);
  return g_steal_pointer (&found);
}

char *
tw_smart_read_error (const char *data,
                     gsize length,
                     char **words)
{
  static const char *const names[] = { "error", "error_description" };
  GString text = { (char *) data, length, length };
  TwFhirParse parse = { 0 };
  guint32 at[2];
  TwJsonText description;
  char clean[MAX_WORDS];

  if (words != NULL)
    *words = NULL;
  /* Best effort: an answer that cannot be read names no error. */
  if (length == 0 || !open_object (&parse, &text, names, 2, at, NULL))
    return NULL;
  if (words != NULL && tw_fhir_parse_text (&parse, at[1], &description)
      && tw_text_clean (clean, sizeof clean, description.text, description.length) > 0)
    *words = g_strdup (clean);
  return tw_fhir_parse_dup_text (&parse, at[0]);
}
