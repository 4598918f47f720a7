/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text from outside: what hides or reorders is dropped, what is cut is cut between characters. */
#include "config.h"

#include "tw-text.h"

#include "wire-test.h"

static void
test_clean (void)
{
  static const struct
  {
    const char *text;
    const char *clean;
  } table[] = {
    { "mm[Hg]", "mm[Hg]" },
    { "a\nb\tc", "a b c" },
    { "a\x01\x7f" "b", "ab" },
    { "safe\xe2\x80\xae" "elif", "safeelif" },     /* right-to-left override */
    { "\xe2\x81\xa6x\xe2\x81\xa9", "x" },           /* isolates */
    { "\xef\xbb\xbf" "bom", "bom" },
    { "\xff\xfe", "??" },
    { "张无忌", "张无忌" },
    { "", "" },
  };
  char out[64];

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      gsize n = tw_text_clean (out, sizeof out, table[i].text, strlen (table[i].text));

      g_assert_cmpstr (out, ==, table[i].clean);
      g_assert_cmpuint (n, ==, strlen (table[i].clean));
    }
}

static void
test_cut (void)
{
  const char *text = "5 µg";
  char out[8];

  for (gsize size = 1; size <= sizeof out; size++)
    {
      gsize n = tw_text_clean (out, size, text, strlen (text));

      g_assert_cmpuint (n, <, size);
      g_assert_true (g_utf8_validate (out, -1, NULL));
      g_assert_true (g_str_has_prefix (text, out));
    }
}

static void
test_json (void)
{
  static const struct
  {
    const char *text;
    const char *json;
  } table[] = {
    { "plain", "\"plain\"" },
    { "a\"b\\c", "\"a\\\"b\\\\c\"" },
    { "line\nend\x01", "\"line\\u000aend\\u0001\"" },
    { "µ", "\"µ\"" },
    { "\xff", "\"\xef\xbf\xbd\"" },
    { NULL, "\"\"" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GString) out = g_string_new (NULL);

      tw_text_append_json (out, table[i].text);
      g_assert_cmpstr (out->str, ==, table[i].json);
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/clean", test_clean);
  g_test_add_func ("/text/cut", test_cut);
  g_test_add_func ("/text/json", test_json);
  return g_test_run ();
}
