/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A site as data: checks, words, and its form in the settings. */
#include "config.h"

#include "tw-site.h"

#include <glib/gi18n-lib.h>

static const struct
{
  const char *key;
  gsize offset;
} texts[] = {
  { "address", G_STRUCT_OFFSET (TwSite, address) },         { "name", G_STRUCT_OFFSET (TwSite, name) },
  { "client-id", G_STRUCT_OFFSET (TwSite, client_id) },     { "ward", G_STRUCT_OFFSET (TwSite, ward) },
  { "ca-file", G_STRUCT_OFFSET (TwSite, ca_file) },         { "pin", G_STRUCT_OFFSET (TwSite, pins[0]) },
  { "next-pin", G_STRUCT_OFFSET (TwSite, pins[1]) },        { "proxy", G_STRUCT_OFFSET (TwSite, proxy) },
  { "client-certificate", G_STRUCT_OFFSET (TwSite, client_cert) },
};

static const struct
{
  const char *key, *label;
} sign_ins[TW_N_SIGN_INS] = {
  [TW_SIGN_IN_NONE] = { "none", N_ ("No sign-in") },
  [TW_SIGN_IN_TOKEN] = { "token", N_ ("Token") },
  [TW_SIGN_IN_CERTIFICATE] = { "certificate", N_ ("Client certificate") },
  [TW_SIGN_IN_HOSPITAL] = { "hospital", N_ ("Hospital sign-in") },
};

static char **
text_at (const TwSite *site,
         guint i)
{
  return (char **) G_STRUCT_MEMBER_P (site, texts[i].offset);
}

void
tw_site_set (char **text,
             const char *value)
{
  char *trimmed = value != NULL ? g_strstrip (g_strdup (value)) : NULL;

  if (trimmed != NULL && trimmed[0] == '\0')
    g_clear_pointer (&trimmed, g_free);
  g_free (*text);
  *text = trimmed;
}

TwSite *
tw_site_new (const char *address)
{
  TwSite *site = g_new0 (TwSite, 1);

  tw_site_set (&site->address, address);
  return site;
}

TwSite *
tw_site_copy (const TwSite *site)
{
  TwSite *copy = g_memdup2 (site, sizeof *site);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    *text_at (copy, i) = g_strdup (*text_at (site, i));
  return copy;
}

void
tw_site_free (TwSite *site)
{
  if (site == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (*text_at (site, i));
  g_free (site);
}

static gboolean
is_loopback (const char *host)
{
  return g_str_equal (host, "localhost") || g_str_equal (host, "::1") || g_str_equal (host, "127.0.0.1");
}

const char *
tw_site_check_address (const char *address)
{
  /* Best effort: an address that is no URI has its own words below. */
  g_autoptr (GUri) uri = g_uri_parse (address, G_URI_FLAGS_NONE, NULL);

  if (uri == NULL || g_uri_get_host (uri) == NULL || g_uri_get_host (uri)[0] == '\0')
    return _("This is not an address. It begins with https:// and names a server.");
  if (g_uri_get_userinfo (uri) != NULL)
    return _("Leave names and passwords out of the address; signing in has its own fields.");
  if (g_uri_get_query (uri) != NULL)
    return _("The address must end with its path, without “?”.");
  if (g_str_equal (g_uri_get_scheme (uri), "https"))
    return NULL;
  if (g_str_equal (g_uri_get_scheme (uri), "http") && is_loopback (g_uri_get_host (uri)))
    return NULL;
  return _("Only HTTPS is used, except to a server on this computer.");
}

const char *
tw_site_check (const TwSite *site)
{
  const char *problem;

  if (site->address == NULL)
    return _("The server’s address is missing.");
  problem = tw_site_check_address (site->address);
  if (problem != NULL)
    return problem;
  if (site->sign_in == TW_SIGN_IN_HOSPITAL && site->client_id == NULL)
    return _("Hospital sign-in needs the client id that the hospital gave Twinward.");
  if (site->sign_in == TW_SIGN_IN_CERTIFICATE && site->client_cert == NULL)
    return _("Choose the file of your certificate.");
  return NULL;
}

char *
tw_site_dup_title (const TwSite *site)
{
  g_autoptr (GUri) uri = NULL;

  if (site->name != NULL)
    return g_strdup (site->name);
  /* Best effort: what is no address is shown as it is. */
  uri = site->address != NULL ? g_uri_parse (site->address, G_URI_FLAGS_NONE, NULL) : NULL;
  if (uri == NULL || g_uri_get_host (uri) == NULL)
    return g_strdup (site->address != NULL ? site->address : "");
  return g_strdup (g_uri_get_host (uri));
}

const char *
tw_sign_in_key (TwSignIn sign_in)
{
  g_return_val_if_fail ((guint) sign_in < TW_N_SIGN_INS, "none");

  return sign_ins[sign_in].key;
}

const char *
tw_sign_in_label (TwSignIn sign_in)
{
  g_return_val_if_fail ((guint) sign_in < TW_N_SIGN_INS, "");

  return _(sign_ins[sign_in].label);
}

GVariant *
tw_site_to_variant (const TwSite *site)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (*text_at (site, i) != NULL)
      g_variant_builder_add (&builder, "{sv}", texts[i].key, g_variant_new_string (*text_at (site, i)));
  g_variant_builder_add (&builder, "{sv}", "sign-in",
                         g_variant_new_string (tw_sign_in_key (site->sign_in)));
  g_variant_builder_add (&builder, "{sv}", "system-authorities-too",
                         g_variant_new_boolean (site->system_too));
  return g_variant_builder_end (&builder);
}

TwSite *
tw_site_from_variant (GVariant *variant)
{
  g_autoptr (TwSite) site = tw_site_new (NULL);
  const char *sign_in = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      const char *value = NULL;

      if (g_variant_lookup (variant, texts[i].key, "&s", &value))
        tw_site_set (text_at (site, i), value);
    }
  g_variant_lookup (variant, "system-authorities-too", "b", &site->system_too);
  if (g_variant_lookup (variant, "sign-in", "&s", &sign_in))
    for (int i = 0; i < TW_N_SIGN_INS; i++)
      if (g_str_equal (sign_in, sign_ins[i].key))
        site->sign_in = (TwSignIn) i;
  return site->address != NULL ? g_steal_pointer (&site) : NULL;
}
