/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an answer says of itself: its bytes, and what it answers. */
#include "config.h"

#include "tw-connection.h"
#include "tw-test.h"

#include <string.h>

/* SHA-256 of {"a":1} */
#define DIGEST "sha-256=:AVq9f1zFei3ZS3WQ8ErYCEJzkF7jPsXOvq5iJ2qX+GI=:"

static void
test_table (void)
{
  static const struct
  {
    const char *body, *digest, *location, *url;
    gboolean encoded, usually, strictly;
  } table[] = {
    { "{}", NULL, NULL, "Patient", FALSE, TRUE, FALSE },
    { "{\"a\":1}", DIGEST, "/fhir/R4/Patient", "Patient", FALSE, TRUE, TRUE },
    { "{\"a\":1}", DIGEST, "/behind/fhir/R4/Patient?_count=1", "Patient?_count=1", FALSE, TRUE, TRUE },
    { "{\"a\":1}", DIGEST, "/fhir/R4/Patient", "http://a.example:80/fhir/R4/Patient", FALSE, TRUE, TRUE },
    { "{\"a\":1}", DIGEST, "/fhir/R4/Patient", "http://a.example:80/fhir/R4/Patienu", FALSE, TRUE, FALSE },
    { "{\"a\":1}", DIGEST, "/fhir/R4/Patient", "atient", FALSE, TRUE, FALSE },
    { "{\"a\":1}", DIGEST, "/fhir/R4/Patient", "Encounter", FALSE, TRUE, FALSE },
    { "{\"a\":1}", DIGEST, NULL, "Patient", FALSE, TRUE, FALSE },
    { "{\"a\":1}", NULL, "/fhir/R4/Patient", "Patient", FALSE, TRUE, FALSE },
    { "{\"a\":0}", DIGEST, "/fhir/R4/Patient", "Patient", FALSE, FALSE, FALSE },
    { "{\"a\":1}", "sha-256=:AVq9:", "/fhir/R4/Patient", "Patient", FALSE, FALSE, FALSE },
    { "{\"a\":1}", "sha-512=:AVq9:", "/fhir/R4/Patient", "Patient", FALSE, TRUE, FALSE },
    { "{\"a\":0}", DIGEST, "/fhir/R4/Patient", "Patient", TRUE, TRUE, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    for (int strictly = 0; strictly < 2; strictly++)
      {
        g_autoptr (GByteArray) body = g_byte_array_new ();
        g_autofree char *digest = g_strdup (table[i].digest), *location = g_strdup (table[i].location);
        g_autoptr (GError) error = NULL;
        TwResponse response = { .status = 200, .body = body, .digest = digest, .location = location,
                                .encoded = table[i].encoded };

        g_byte_array_append (body, (const guint8 *) table[i].body, (guint) strlen (table[i].body));
        g_test_message ("%d strictly %d", (int) i, strictly);
        g_assert_cmpint (tw_response_check (&response, table[i].url, strictly, &error), ==,
                         strictly ? table[i].strictly : table[i].usually);
        if (error != NULL)
          g_assert_error (error, TW_NET_ERROR, TW_NET_ERROR_BROKEN);
        response.status = 304;
        g_assert_true (tw_response_check (&response, table[i].url, strictly, NULL));
      }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/response-check/table", test_table);
  return g_test_run ();
}
