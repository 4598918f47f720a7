/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sealed texts: open only unchanged, and only with the key of this run. */
#include "config.h"

#include "tw-seal.h"

#include <string.h>

static void
test_round_trip (void)
{
  static const char *const texts[] = { "", "1", "1 ab ward 77", "ä ö – \n",
                                       "a much longer text that takes several blocks of the sum" };
  g_autoptr (GError) error = NULL;
  TwSeal seal;

  g_assert_true (tw_seal_init (&seal, &error));
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *token = tw_seal_close (&seal, texts[i]);
      g_autofree char *text = tw_seal_open (&seal, token);
      g_assert_cmpstr (text, ==, texts[i]);
      for (const char *p = token; *p != '\0'; p++)
        g_assert_true (g_ascii_isalnum (*p) || *p == '-' || *p == '_');
    }
}

static void
test_changed (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *token = NULL;
  TwSeal seal, other;

  g_assert_true (tw_seal_init (&seal, &error));
  g_assert_true (tw_seal_init (&other, &error));
  token = tw_seal_close (&seal, "1 epoch ward 12345");
  g_assert_null (tw_seal_open (&other, token));
  for (gsize i = 0; i + 1 < strlen (token); i++) /* the last character has spare bits */
    {
      g_autofree char *changed = g_strdup (token);
      changed[i] = changed[i] == 'A' ? 'B' : 'A';
      g_assert_null (tw_seal_open (&seal, changed));
    }
  g_assert_null (tw_seal_open (&seal, ""));
  g_assert_null (tw_seal_open (&seal, "A"));
  g_assert_null (tw_seal_open (&seal, "not base 64!"));
  g_assert_null (tw_seal_open (&seal, "AAAA"));
}

static void
test_tokens (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *one = tw_seal_make_token (&error), *other = tw_seal_make_token (&error);
  TwSeal seal;

  g_assert_true (tw_seal_init (&seal, &error));
  g_assert_cmpuint (strlen (one), ==, 43);
  g_assert_cmpstr (one, !=, other);
  g_assert_true (tw_seal_equal (&seal, one, one));
  g_assert_false (tw_seal_equal (&seal, one, other));
  g_assert_false (tw_seal_equal (&seal, one, ""));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gateway/seal/round-trip", test_round_trip);
  g_test_add_func ("/gateway/seal/changed", test_changed);
  g_test_add_func ("/gateway/seal/tokens", test_tokens);
  return g_test_run ();
}
