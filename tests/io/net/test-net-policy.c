/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The policy as it is put on a handle, rule by rule: none may be missing, none may be changed by a
 * site, and one that curl does not take stops the request. Curl itself is replaced by a list. */
#include "config.h"

#include "tw-net-policy.h"

#include <stdarg.h>
#include <string.h>

#include "tw-curl.h"

static GHashTable *put;  /* option -> text */
static int n_put, refused = -1;

static CURLcode
record (CURL *easy,
        CURLoption option,
        ...)
{
  va_list arguments;
  char *text;
  if (n_put++ == refused)
    return CURLE_UNKNOWN_OPTION;
  va_start (arguments, option);
  if (option < CURLOPTTYPE_OBJECTPOINT)
    text = g_strdup_printf ("%ld", va_arg (arguments, long));
  else if (option >= CURLOPTTYPE_BLOB)
    {
      const struct curl_blob *blob = va_arg (arguments, const struct curl_blob *);
      text = g_strndup (blob->data, blob->len);
    }
  else
    {
      const char *given = va_arg (arguments, const char *);
      text = g_strdup (given != NULL ? given : "(none)");
    }
  va_end (arguments);
  g_assert_false (g_hash_table_contains (put, GINT_TO_POINTER (option)));
  g_hash_table_insert (put, GINT_TO_POINTER (option), text);
  return CURLE_OK;
}

typedef struct
{
  CURLoption option;
  const char *text;
} Rule;

/* Whatever the site. */
static const Rule always[] = {
  { CURLOPT_SSL_VERIFYPEER, "1" },
  { CURLOPT_SSL_VERIFYHOST, "2" },
  { CURLOPT_SSLVERSION, "6" }, /* TLS 1.2 or newer */
  { CURLOPT_SSL_CIPHER_LIST, "HIGH:!aNULL:!eNULL:!kRSA:!kPSK:!kSRP:!SHA1:!aDSS:@SECLEVEL=2" },
  { CURLOPT_PROTOCOLS_STR, "https" },
  { CURLOPT_REDIR_PROTOCOLS_STR, "https" },
  { CURLOPT_FOLLOWLOCATION, "0" },
  { CURLOPT_DISALLOW_USERNAME_IN_URL, "1" },
  { CURLOPT_NETRC, "0" },
  { CURLOPT_NOPROXY, "127.0.0.1,::1,localhost" },
  { CURLOPT_HTTPPROXYTUNNEL, "1" },
  { CURLOPT_SUPPRESS_CONNECT_HEADERS, "1" },
  { CURLOPT_ACCEPT_ENCODING, "gzip" },
  { CURLOPT_CONNECTTIMEOUT, "5" },
};

static gboolean
apply (TwNetTrust *trust)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwNetOrigin) origin = tw_net_origin_new ("https://ward.example/fhir/R4", &error);
  g_assert_no_error (error);
  g_hash_table_remove_all (put);
  n_put = 0;
  return tw_net_policy_apply (NULL, origin, &tw_net_default_limits, trust);
}

static void
check_rules (const Rule *rules,
             gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      g_test_message ("option %d", (int) rules[i].option);
      g_assert_cmpstr (g_hash_table_lookup (put, GINT_TO_POINTER (rules[i].option)), ==, rules[i].text);
    }
}

/* A site that sets everything. */
static TwNetTrust
make_trust (void)
{
  static char pins[] = "sha256//one;sha256//two", proxy[] = "http://proxy.example:8080";
  TwNetTrust trust = {
    .authorities = g_bytes_new_static ("authority", 9),
    .certificate = g_bytes_new_static ("certificate", 11),
    .key = g_bytes_new_static ("key", 3),
    .pins = pins,
    .proxy = proxy,
  };
  return trust;
}

static void
clear_trust (TwNetTrust *trust)
{
  g_bytes_unref (trust->authorities);
  g_bytes_unref (trust->certificate);
  g_bytes_unref (trust->key);
}

static void
test_plain_site (void)
{
  static const CURLoption absent[] = { CURLOPT_CAINFO_BLOB, CURLOPT_CAPATH,       CURLOPT_PINNEDPUBLICKEY,
                                       CURLOPT_SSLCERT_BLOB, CURLOPT_SSLKEY_BLOB, CURLOPT_COOKIEFILE,
                                       CURLOPT_COOKIEJAR,    CURLOPT_ALTSVC,      CURLOPT_HSTS,
                                       CURLOPT_USERPWD };
  g_assert_true (apply (NULL));
  check_rules (always, G_N_ELEMENTS (always));
  check_rules (&(Rule) { CURLOPT_PROXY, "" }, 1); /* not from the environment either */
  for (gsize i = 0; i < G_N_ELEMENTS (absent); i++)
    g_assert_false (g_hash_table_contains (put, GINT_TO_POINTER (absent[i])));
}

static void
test_whole_site (void)
{
  static const Rule site[] = {
    { CURLOPT_CAINFO_BLOB, "authority" },
    { CURLOPT_CAPATH, "(none)" }, /* else the system's authorities would still count */
    { CURLOPT_PINNEDPUBLICKEY, "sha256//one;sha256//two" },
    { CURLOPT_SSLCERT_BLOB, "certificate" },
    { CURLOPT_SSLCERTTYPE, "PEM" },
    { CURLOPT_SSLKEY_BLOB, "key" },
    { CURLOPT_SSLKEYTYPE, "PEM" },
    { CURLOPT_KEYPASSWD, "" },
    { CURLOPT_PROXY, "http://proxy.example:8080" },
  };
  TwNetTrust trust = make_trust ();
  g_assert_true (apply (&trust));
  check_rules (always, G_N_ELEMENTS (always));
  check_rules (site, G_N_ELEMENTS (site));
  clear_trust (&trust);
}

/* Each rule in turn is one that this curl does not know. */
static void
test_refused_rules (void)
{
  TwNetTrust trust = make_trust ();
  g_assert_true (apply (&trust));
  int n = n_put;
  g_assert_cmpint (n, >, 20);
  for (refused = 0; refused < n; refused++)
    {
      g_test_message ("rule %d", refused);
      g_assert_false (apply (&trust));
    }
  refused = -1;
  clear_trust (&trust);
}

int
main (int argc,
      char **argv)
{
  static TwCurl recording;
  g_autoptr (GError) error = NULL;
  g_test_init (&argc, &argv, NULL);
  g_assert_true (tw_curl_load (&error));
  g_assert_no_error (error);
  recording = *tw_curl;
  recording.easy_setopt = record;
  tw_curl = &recording;
  put = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  g_test_add_func ("/net/policy/plain-site", test_plain_site);
  g_test_add_func ("/net/policy/whole-site", test_whole_site);
  g_test_add_func ("/net/policy/refused-rules", test_refused_rules);
  int status = g_test_run ();
  g_hash_table_unref (put);
  return status;
}
