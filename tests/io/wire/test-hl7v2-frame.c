/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames of MLLP come out whole, however the bytes were cut. */
#include "config.h"

#include "hl7-test.h"

#include "tw-hl7v2-frame.h"

static void
on_frame (const char *message,
          gsize       length,
          gpointer    data)
{
  g_ptr_array_add (data, message != NULL ? g_strndup (message, length) : g_strdup ("TOO LONG"));
}

/* Feeds in pieces; returns whether the line may stay open. */
static gboolean
feed (TwHl7Framer *framer,
      const char  *bytes,
      gsize        n,
      gsize        piece,
      GPtrArray   *messages)
{
  gboolean ok = TRUE;

  for (gsize at = 0; at < n && ok; at += piece)
    ok = tw_hl7_framer_feed (framer, bytes + at, MIN (piece, n - at), on_frame, messages);
  return ok;
}

static void
test_cuts (void)
{
  g_autofree char *stream = g_strconcat ("\x0b" HL7_PCD01 "\x1c\r" "\x0b" HL7_EFFICIA "\x1c\r\n"
                                         "\x0b" "\x1c\r", NULL);

  for (gsize piece = 1; piece < 300; piece++)
    {
      g_autoptr (TwHl7Framer) framer = tw_hl7_framer_new ();
      g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func (g_free);

      g_assert_true (feed (framer, stream, strlen (stream), piece, messages));
      g_assert_cmpuint (messages->len, ==, 3);
      g_assert_cmpstr (messages->pdata[0], ==, HL7_PCD01);
      g_assert_cmpstr (messages->pdata[1], ==, HL7_EFFICIA);
      g_assert_cmpstr (messages->pdata[2], ==, "");
      g_assert_false (tw_hl7_framer_is_inside (framer));
    }
}

/* A frame that was cut off is no message, wherever the cut is. */
static void
test_truncated (void)
{
  const char *stream = "\x0b" HL7_PCD01 "\x1c\r";

  for (gsize n = 0; n < strlen (stream); n++)
    {
      g_autoptr (TwHl7Framer) framer = tw_hl7_framer_new ();
      g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func (g_free);

      g_assert_true (feed (framer, stream, n, 100, messages));
      g_assert_cmpuint (messages->len, ==, 0);
      g_assert_cmpint (tw_hl7_framer_is_inside (framer), ==, n > 0);
    }
}

static void
test_odd (void)
{
  static const struct
  {
    const char *stream;
    gboolean ok;
    const char *messages; /* with "/" after each */
  } cases[] = {
    { "\x0b" "a\x1c\r\x0b" "b\x1c\r", TRUE, "a/b/" },
    { "\r\n\x0b" "a\x1c\r\r\n", TRUE, "a/" },
    { "x\x0b" "a\x1c\r", FALSE, "" },
    { "MSH|^~\\&|", FALSE, "" },
    { "\x0b" "a\x1c\rx\x0b" "b\x1c\r", FALSE, "a/" },
    { "\x1c\r", FALSE, "" },
    { "\x0b" "a\x1c" "b\x1c\r", TRUE, "a\x1c" "b/" },
    { "\x0b" "a\x1c\x1c\r", TRUE, "a\x1c/" },
    { "\x0b" "a\x1c\n", TRUE, "" },
    { "\x0b" "a\r", TRUE, "" },
    { "\x0b" "a\x0b" "b\x1c\r", TRUE, "a\x0b" "b/" },
    { "GET / HTTP/1.1\r\n", FALSE, "" },
    { "\x16\x03\x01", FALSE, "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gsize piece = 1; piece < 20; piece++)
      {
        g_autoptr (TwHl7Framer) framer = tw_hl7_framer_new ();
        g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func (g_free);
        g_autoptr (GString) all = g_string_new (NULL);

        g_assert_cmpint (feed (framer, cases[i].stream, strlen (cases[i].stream), piece, messages),
                         ==, cases[i].ok);
        for (guint k = 0; k < messages->len; k++)
          g_string_append_printf (all, "%s/", (const char *) messages->pdata[k]);
        g_assert_cmpstr (all->str, ==, cases[i].messages);
      }
}

/* One byte over the ceiling is told as too long, and the line goes on. */
static void
test_ceiling (void)
{
  for (gsize over = 0; over < 2; over++)
    {
      g_autoptr (TwHl7Framer) framer = tw_hl7_framer_new ();
      g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func (g_free);
      g_autofree char *body = g_strnfill (TW_HL7_MAX_BYTES + over, 'x');
      g_autofree char *stream = g_strconcat ("\x0b", body, "\x1c\r\x0b" "after\x1c\r", NULL);

      g_assert_true (feed (framer, stream, strlen (stream), 65536, messages));
      g_assert_cmpuint (messages->len, ==, 2);
      g_assert_cmpstr (messages->pdata[0], ==, over ? "TOO LONG" : body);
      g_assert_cmpstr (messages->pdata[1], ==, "after");
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hl7v2/frame/cuts", test_cuts);
  g_test_add_func ("/hl7v2/frame/truncated", test_truncated);
  g_test_add_func ("/hl7v2/frame/odd", test_odd);
  g_test_add_func ("/hl7v2/frame/ceiling", test_ceiling);
  return g_test_run ();
}
