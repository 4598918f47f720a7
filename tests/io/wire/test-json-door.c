/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The door: the grammar, the limits, and the public suite where it lies beside the project. */
#include "config.h"

#include "tw-json-door.h"
#include "tw-json-tape.h"

#include "wire-test.h"

#include <pthread.h>

/* Own cases for each rule of RFC 8259, so that the suite of the rules is whole without the corpus. */
static const char *const accepted[] = {
  "{}", "[]", "null", "true", "false", "0", "-0", "1", "-1.5e+10", "1E-2", "\"\"", "\"a\"",
  " [ 1 , 2 ] ", "\t\n\r{}", "{\"a\":{\"b\":[]}}", "{\"a\":1,\"a\":2}", "{\"\":0}",
  "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\u0041\"", "\"\\ud834\\udd1e\"", "\"\\u0000\"",
  "\"\xc3\xa9\"", "\"\xf0\x9d\x84\x9e\"", "\"\x7f\"", "[1e22]", "123456789012345678",
  "[-9223372036854775808]", "[18446744073709551615]", "0.4e006", "\xef\xbb\xbf{}", "1e-400",
};

static const char *const refused[] = {
  "", " ", "\xef\xbb\xbf", "{", "}", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1,,2]",
  "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{a:1}", "{'a':1}", "{\"a\" 1}", "{1:1}",
  "{\"a\":1 \"b\":2}", "[1]]", "[] []", "{}{}", "1 2", "nul", "True", "NaN", "Infinity", "-",
  "+1", "01", "-01", "1.", ".5", "1e", "1e+", "0x1", "1_000", "--1", "1e999", "-1e999", "0.4e00669",
  "\"", "\"a", "a\"", "\"\\\"", "\"\\x41\"", "\"\\u12\"", "\"\\u12G4\"", "\"\\ud800\\u\"",
  "\"\\'\"", "\"\n\"", "\"\t\"", "\"\x01\"", "\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"",
  "\"\xf4\x90\x80\x80\"", "\"\xe2\x82\"", "[1]/**/", "//\n1", "[1]\x0c", "[\x0b]", "1 000",
  "[\"a\",\n4\n,1,", "99999999999999999999999", "\xef\xbb\xbf\xef\xbb\xbf{}", "[1}", "{\"a\":[1}",
  "\xfe\xff\0{\0}", "undefined", "[\xef\xbc\x91]",
};

static void
test_grammar (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (accepted); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *shown = g_strescape (accepted[i], NULL);

      g_test_message ("accepted: %s", shown);
      tw_json_check (accepted[i], strlen (accepted[i]), &error);
      g_assert_no_error (error);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *shown = g_strescape (refused[i], NULL);

      g_test_message ("refused: %s", shown);
      g_assert_false (tw_json_check (refused[i], strlen (refused[i]), &error));
      g_assert_error (error, TW_WIRE_ERROR, TW_WIRE_ERROR_JSON);
      g_assert_cmpuint (strlen (error->message), >, 10);
    }
}

/* n times open, then closed. */
static char *
nested (const char *open,
        const char *close,
        gsize n)
{
  GString *text = g_string_sized_new (n * (strlen (open) + strlen (close)));

  for (gsize i = 0; i < n; i++)
    g_string_append (text, open);
  for (gsize i = 0; i < n; i++)
    g_string_append (text, close);
  return g_string_free (text, FALSE);
}

static void
test_depth (void)
{
  static const struct
  {
    gsize depth;
    gboolean ok;
  } table[] = { { 1, TRUE }, { 16, TRUE }, { 63, TRUE }, { 65, FALSE }, { 100, FALSE },
                { 1000000, FALSE } };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *lists = nested ("[", "]", table[i].depth);
      g_autofree char *objects = nested ("{\"a\":[", "]}", table[i].depth / 2 + 1);
      g_autofree char *open = nested ("[", "", table[i].depth);

      g_assert_cmpint (tw_json_check (lists, strlen (lists), NULL), ==, table[i].ok);
      if (!table[i].ok)
        g_assert_false (tw_json_check (objects, strlen (objects), NULL));
      g_assert_false (tw_json_check (open, strlen (open), NULL));
    }
}

static void *
check_deep (void *data)
{
  const char *text = data;

  return GINT_TO_POINTER (tw_json_check (text, strlen (text), NULL) ? 1 : 2);
}

/* A million levels on a small stack: nothing recurses. */
static void
test_stack (void)
{
  g_autofree char *text = nested ("[", "]", 1000000);
  pthread_attr_t attributes;
  pthread_t thread;
  void *result;

  g_assert_cmpint (pthread_attr_init (&attributes), ==, 0);
  g_assert_cmpint (pthread_attr_setstacksize (&attributes, 256 * 1024), ==, 0);
  g_assert_cmpint (pthread_create (&thread, &attributes, check_deep, text), ==, 0);
  g_assert_cmpint (pthread_join (thread, &result), ==, 0);
  g_assert_cmpint (GPOINTER_TO_INT (result), ==, 2);
  pthread_attr_destroy (&attributes);
}

/* A body as large as is allowed, and one byte more; then a small one with the same parser. */
static void
test_size (void)
{
  gsize size = TW_JSON_MAX_BYTES;
  g_autofree char *text = g_malloc (40 * 1024 * 1024 + TW_JSON_PADDING);
  g_autoptr (GError) error = NULL;

  memset (text, ' ', 40 * 1024 * 1024);
  text[0] = '[';
  text[size - 1] = ']';
  tw_json_check (text, size, &error);
  g_assert_no_error (error);
  g_assert_false (tw_json_check (text, size + 1, &error));
  g_assert_error (error, TW_WIRE_ERROR, TW_WIRE_ERROR_JSON);
  g_assert_nonnull (strstr (error->message, "32 MiB"));
  g_assert_false (tw_json_check (text, 40 * 1024 * 1024, NULL));
  g_assert_true (tw_json_check ("[1]", 3, NULL));
}

static void
test_tape (void)
{
  g_autofree char *text = wire_quoted ("{'a':[1,-2,3.5],'b':{'c':null},'d':'x\\u0000y','e':true}");
  g_autoptr (GError) error = NULL;
  TwJsonDocument document;
  TwJsonMembers members;
  TwJsonItems items;
  TwJsonText key, string;
  guint32 value, item;
  double sum = 0, number;
  GString *keys = g_string_new (NULL);

  g_assert_true (tw_json_open (text, strlen (text), &document, &error));
  g_assert_true (tw_json_members (&document, TW_JSON_ROOT, &members));
  g_assert_cmpuint (tw_json_count (&document, TW_JSON_ROOT), ==, 4);
  while (tw_json_members_next (&members, &key, &value))
    {
      g_string_append_printf (keys, "%s%c ", key.text, tw_json_type (&document, value));
      if (tw_json_items (&document, value, &items))
        while (tw_json_items_next (&items, &item))
          {
            g_assert_true (tw_json_number (&document, item, &number));
            sum += number;
          }
      if (tw_json_text_is (key, "d"))
        {
          string = tw_json_text (&document, value);
          g_assert_cmpuint (string.length, ==, 3);
        }
    }
  g_assert_cmpstr (keys->str, ==, "a[ b{ d\" et ");
  g_assert_cmpfloat (sum, ==, 2.5);
  g_assert_false (tw_json_members (&document, TW_JSON_ROOT + 2, &members));
  g_string_free (keys, TRUE);
  tw_json_release ();
}

static void
test_truncated (void)
{
  g_autofree char *text = wire_quoted ("{'a':[1,2.5,'x\\u00e9'],'b':{'c':null,'d':true}}");

  for (gsize n = 0; n < strlen (text); n++)
    g_assert_false (tw_json_check (text, n, NULL));
}

static void
test_suite (void)
{
  g_autofree char *folder = tw_test_dup_shared ("formats/jsontestsuite/test_parsing");
  g_autoptr (GPtrArray) paths = NULL;
  guint n_yes = 0, n_no = 0, n_either = 0;

  if (folder == NULL)
    return;
  paths = wire_list (folder, ".json");
  for (guint i = 0; i < paths->len; i++)
    {
      g_autofree char *name = g_path_get_basename (paths->pdata[i]);
      g_autofree char *text = NULL;
      gsize length;
      gboolean ok;

      g_assert_true (g_file_get_contents (paths->pdata[i], &text, &length, NULL));
      ok = tw_json_check (text, length, NULL);
      g_test_message ("%s: %s", name, ok ? "accepted" : "refused");
      if (name[0] == 'y')
        {
          g_assert_true (ok);
          n_yes++;
        }
      else if (name[0] == 'n')
        {
          g_assert_false (ok);
          n_no++;
        }
      else
        n_either++;
    }
  g_assert_cmpuint (n_yes, ==, 95);
  g_assert_cmpuint (n_no, ==, 188);
  g_assert_cmpuint (n_either, ==, 35);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json-door/grammar", test_grammar);
  g_test_add_func ("/json-door/depth", test_depth);
  g_test_add_func ("/json-door/stack", test_stack);
  g_test_add_func ("/json-door/size", test_size);
  g_test_add_func ("/json-door/tape", test_tape);
  g_test_add_func ("/json-door/truncated", test_truncated);
  g_test_add_func ("/json-door/suite", test_suite);
  return g_test_run ();
}
