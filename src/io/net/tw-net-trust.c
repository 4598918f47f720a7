/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a site's authorities, pins and client certificate. Everything is checked here for its
 * form, so that curl never takes a text for a file's name, and never asks a terminal for a
 * passphrase. */
#include "config.h"

#include "tw-net-trust.h"

#include <string.h>

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#include "tw-connection.h"
#include "tw-curl.h"

#define MAX_PEM_BYTES (4 * 1024 * 1024) /* all authorities of the web are a quarter of a MiB */
#define SHA256_BYTES 32
#define PIN_PREFIX "sha256//"

static void
wipe (gpointer data)
{
  GByteArray *bytes = data;
  explicit_bzero (bytes->data, bytes->len);
  g_byte_array_unref (bytes);
}

static gboolean
has_block (GBytes *pem,
           const char *kind)
{
  gsize n;
  const char *text = g_bytes_get_data (pem, &n);
  g_autofree char *mark = g_strconcat ("-----BEGIN ", kind, NULL);
  return text != NULL && g_strstr_len (text, (gssize) n, mark) != NULL;
}

/* The whole file, read by pieces into memory that is wiped in the end, at most MAX_PEM_BYTES of
 * it. NULL when it cannot be read or holds no such block: the caller has the words. */
static GBytes *
read_pem (const char *path,
          const char *kind)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) in = g_file_read (file, NULL, NULL);
  GByteArray *bytes = g_byte_array_sized_new (8192);
  gboolean read = in != NULL;
  gssize n = 1;

  while (read && n > 0)
    {
      guint8 piece[8192];
      n = g_input_stream_read (G_INPUT_STREAM (in), piece, sizeof piece, NULL, NULL);
      read = n >= 0 && bytes->len + (gsize) n <= MAX_PEM_BYTES;
      if (read)
        g_byte_array_append (bytes, piece, (guint) n);
      explicit_bzero (piece, sizeof piece);
    }
  g_autoptr (GBytes) pem = g_bytes_new_with_free_func (bytes->data, bytes->len, wipe, bytes);
  return read && has_block (pem, kind) ? g_steal_pointer (&pem) : NULL;
}

/* What curl would take on its own. */
static GBytes *
read_system_authorities (void)
{
  char *path = NULL, *text = NULL;
  gsize n = 0;
  CURL *easy = tw_curl->easy_init ();
  tw_curl->easy_getinfo (easy, CURLINFO_CAINFO, &path);
  /* best effort: a system without authorities of its own; the site's remain */
  if (path == NULL || !g_file_get_contents (path, &text, &n, NULL))
    n = 0;
  tw_curl->easy_cleanup (easy);
  return g_bytes_new_take (text, n);
}

static GBytes *
join (GBytes *first,
      GBytes *second)
{
  GByteArray *both = g_byte_array_new ();
  gsize n;
  const guint8 *bytes = g_bytes_get_data (first, &n);
  g_byte_array_append (both, bytes, (guint) n);
  g_byte_array_append (both, (const guint8 *) "\n", 1);
  bytes = g_bytes_get_data (second, &n);
  g_byte_array_append (both, bytes, (guint) n);
  return g_byte_array_free_to_bytes (both);
}

static gboolean
load_authorities (TwNetTrust *trust,
                  const TwTrust *wanted,
                  GError **error)
{
  if (wanted->ca_file == NULL)
    return TRUE;
  g_autoptr (GBytes) site = read_pem (wanted->ca_file, "CERTIFICATE");
  if (site == NULL)
    {
      g_autofree char *name = g_path_get_basename (wanted->ca_file);
      g_set_error (error, TW_NET_ERROR, TW_NET_ERROR_TLS,
                   _("The file of authorities “%s” cannot be read, or holds no certificate (PEM). "
                     "Ask those who run the server for it, and choose it again."),
                   name);
      return FALSE;
    }
  if (wanted->system_too)
    {
      g_autoptr (GBytes) system = read_system_authorities ();
      trust->authorities = join (system, site);
    }
  else
    trust->authorities = g_steal_pointer (&site);
  return TRUE;
}

/* A key under a passphrase would make the TLS library ask for it on a terminal. */
static gboolean
check_key (GBytes *key,
           GError **error)
{
  gsize n;
  const char *text = g_bytes_get_data (key, &n);
  if (!has_block (key, "ENCRYPTED") && g_strstr_len (text, (gssize) n, "Proc-Type: 4,ENCRYPTED") == NULL)
    return TRUE;
  g_set_error_literal (error, TW_NET_ERROR, TW_NET_ERROR_TLS,
                       _("The client certificate’s key is protected by a passphrase, which cannot "
                         "be used here. Give the key without it; the keyring protects it."));
  return FALSE;
}

static gboolean
load_client (TwNetTrust *trust,
             const TwTrust *wanted,
             GError **error)
{
  if (wanted->client_cert_file == NULL)
    {
      if (wanted->client_key_file == NULL && wanted->client_key == NULL)
        return TRUE;
      g_set_error_literal (error, TW_NET_ERROR, TW_NET_ERROR_TLS,
                           _("A client key was given without its certificate."));
      return FALSE;
    }
  trust->certificate = read_pem (wanted->client_cert_file, "CERTIFICATE");
  if (trust->certificate == NULL)
    {
      g_autofree char *name = g_path_get_basename (wanted->client_cert_file);
      g_set_error (error, TW_NET_ERROR, TW_NET_ERROR_TLS,
                   _("The client certificate “%s” cannot be read, or is not a certificate "
                     "(PEM)."), name);
      return FALSE;
    }
  if (wanted->client_key != NULL)
    trust->key = g_bytes_ref (wanted->client_key);
  else if (wanted->client_key_file != NULL)
    trust->key = read_pem (wanted->client_key_file, "");
  else
    trust->key = g_bytes_ref (trust->certificate);
  if (trust->key == NULL)
    {
      g_autofree char *name = g_path_get_basename (wanted->client_key_file);
      g_set_error (error, TW_NET_ERROR, TW_NET_ERROR_TLS,
                   _("The client key “%s” cannot be read, or is not a key (PEM)."), name);
      return FALSE;
    }
  return check_key (trust->key, error);
}

static int
hex_digit (char c)
{
  return g_ascii_isxdigit (c) ? g_ascii_xdigit_value (c) : -1;
}

/* 64 digits, colons between pairs allowed. */
static gboolean
parse_hex (const char *text,
           guint8 *hash)
{
  gsize n = 0;
  for (const char *p = text; *p != '\0';)
    {
      int high, low;
      if (*p == ':' && n > 0)
        p++;
      high = hex_digit (p[0]);
      low = high >= 0 ? hex_digit (p[1]) : -1;
      if (low < 0 || n == SHA256_BYTES)
        return FALSE;
      hash[n++] = (guint8) (high * 16 + low);
      p += 2;
    }
  return n == SHA256_BYTES;
}

char *
tw_net_trust_dup_pin (const char *text)
{
  g_return_val_if_fail (text != NULL, NULL);

  guint8 hash[SHA256_BYTES];
  if (parse_hex (text, hash))
    {
      g_autofree char *letters = g_base64_encode (hash, sizeof hash);
      return g_strconcat (PIN_PREFIX, letters, NULL);
    }
  const char *letters = g_str_has_prefix (text, PIN_PREFIX) ? text + strlen (PIN_PREFIX) : text;
  gsize n = 0;
  if (strlen (letters) != 44)
    return NULL;
  g_autofree guchar *decoded = g_base64_decode (letters, &n);
  g_autofree char *again = g_base64_encode (decoded, n);
  if (n != SHA256_BYTES || !g_str_equal (again, letters))
    return NULL;
  return g_strconcat (PIN_PREFIX, letters, NULL);
}

static gboolean
load_pins (TwNetTrust *trust,
           const TwTrust *wanted,
           GError **error)
{
  for (gsize i = 0; i < TW_TRUST_PINS; i++)
    {
      if (wanted->pins[i] == NULL)
        continue;
      g_autofree char *pin = tw_net_trust_dup_pin (wanted->pins[i]);
      if (pin == NULL)
        {
          g_set_error_literal (error, TW_NET_ERROR, TW_NET_ERROR_TLS,
                               _("A pinned key cannot be read. It should look like sha256// and 44 "
                                 "letters. Ask those who run the server for it."));
          return FALSE;
        }
      char *both = trust->pins != NULL ? g_strjoin (";", trust->pins, pin, NULL) : g_strdup (pin);
      g_free (trust->pins);
      trust->pins = both;
    }
  return TRUE;
}

/* Only what carries TLS through untouched; its own name and password would travel in clear text. */
static gboolean
load_proxy (TwNetTrust *trust,
            const TwTrust *wanted,
            GError **error)
{
  if (wanted->proxy == NULL)
    return TRUE;
  g_autoptr (GUri) uri = g_uri_parse (wanted->proxy, G_URI_FLAGS_NONE, NULL);
  if (uri == NULL || !g_str_equal (g_uri_get_scheme (uri), "http") || g_uri_get_host (uri) == NULL
      || *g_uri_get_host (uri) == '\0' || g_uri_get_port (uri) <= 0 || g_uri_get_userinfo (uri) != NULL)
    {
      g_set_error_literal (error, TW_NET_ERROR, TW_NET_ERROR_ADDRESS,
                           _("The proxy’s address should look like http://proxy.example:8080, "
                             "without a user name."));
      return FALSE;
    }
  trust->proxy = g_strdup (wanted->proxy);
  return TRUE;
}

static void
clear_trust (gpointer data)
{
  TwNetTrust *trust = data;
  g_clear_pointer (&trust->authorities, g_bytes_unref);
  g_clear_pointer (&trust->certificate, g_bytes_unref);
  g_clear_pointer (&trust->key, g_bytes_unref);
  g_free (trust->pins);
  g_free (trust->proxy);
}

TwNetTrust *
tw_net_trust_load (const TwTrust *wanted,
                   GError **error)
{
  g_autoptr (TwNetTrust) trust = g_atomic_rc_box_new0 (TwNetTrust);
  if (load_authorities (trust, wanted, error) && load_client (trust, wanted, error)
      && load_pins (trust, wanted, error) && load_proxy (trust, wanted, error))
    return g_steal_pointer (&trust);
  return NULL;
}

TwNetTrust *
tw_net_trust_ref (TwNetTrust *trust)
{
  return g_atomic_rc_box_acquire (trust);
}

void
tw_net_trust_unref (TwNetTrust *trust)
{
  if (trust != NULL)
    g_atomic_rc_box_release_full (trust, clear_trust);
}
