/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decimals: shortest text, strict parsing, exact scaled integers. */
#include "config.h"

#include "tw-decimal.h"

#include "wire-test.h"

#include <math.h>

static void
test_text (void)
{
  static const struct
  {
    double value;
    const char *text;
  } table[] = {
    { 37.2, "37.2" },       { 0, "0" },           { -0.05, "-0.05" },   { 2.385, "2.385" },
    { 120, "120" },         { 0.1 + 0.2, "0.30000000000000004" },       { 1e21, "1e+21" },
    { 1.0 / 3, "0.3333333333333333" },            { 100000, "100000" }, { 1e-7, "1e-07" },
    { 0.000001, "0.000001" }, { -317.125, "-317.125" }, { 5e-324, "5e-324" },
    { 1.7976931348623157e308, "1.7976931348623157e+308" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GString) out = g_string_new (NULL);

      tw_decimal_append (out, table[i].value);
      g_assert_cmpstr (out->str, ==, table[i].text);
      g_assert_true (g_ascii_strtod (out->str, NULL) == table[i].value);
    }
}

static void
test_parse (void)
{
  static const struct
  {
    const char *text;
    double value; /* NaN: refused */
  } table[] = {
    { "37.2", 37.2 },     { "-0", 0 },           { "2.385", 2.385 },     { ".5", 0.5 },
    { "5.", 5 },          { "1e3", 1000 },       { "1.5E-3", 0.0015 },   { "1e+2", 100 },
    { "00012", 12 },      { "123456789012345678901", 123456789012345678901.0 },
    { "0.30000000000000004", 0.1 + 0.2 },        { "9007199254740993", 9007199254740992.0 },
    { "4.35", 4.35 },     { "", NAN },           { "-", NAN },           { ".", NAN },
    { "1e", NAN },        { "1e+", NAN },        { "+1", NAN },          { "nan", NAN },
    { "inf", NAN },       { "0x10", NAN },       { "1 ", NAN },          { " 1", NAN },
    { "1,5", NAN },       { "1e999", NAN },      { "--1", NAN },         { "1.2.3", NAN },
    { "1e-400", 0 },      { "1_0", NAN },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      double value = 77;
      gboolean ok = tw_decimal_parse (table[i].text, strlen (table[i].text), &value);

      g_test_message ("“%s”", table[i].text);
      g_assert_cmpint (ok, ==, !isnan (table[i].value));
      if (ok)
        g_assert_true (value == table[i].value);
    }
}

/* What is written reads back as the same number, whatever it is. */
static void
test_round_trip (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);
  g_autoptr (GString) out = g_string_new (NULL);

  for (int i = 0; i < 20000; i++)
    {
      double value = 0, back = 0;
      guint64 bits = (guint64) g_rand_int (rand) << 32 | g_rand_int (rand);

      if (i % 2 == 0)
        value = g_rand_int_range (rand, -100000, 100000) / 1000.0;
      else
        memcpy (&value, &bits, sizeof value);
      if (!isfinite (value))
        continue;
      g_string_truncate (out, 0);
      tw_decimal_append (out, value);
      g_assert_true (tw_decimal_parse (out->str, out->len, &back));
      g_assert_true (back == value);
      g_assert_true (g_ascii_strtod (out->str, NULL) == value);
    }
}

/* Scaled by a tenth, a hundredth, ... every value comes back as the very decimal. */
static void
test_scaled (void)
{
  static const double scales[] = { 0.1, 0.01, 0.001, 0.5, 0.05, 0.2, 1, 2, 10 };
  char text[32];

  for (int n = -5000; n <= 5000; n += 7)
    {
      for (gsize i = 0; i < G_N_ELEMENTS (scales); i++)
        {
          double value = tw_decimal_scaled (n, scales[i]);

          g_assert_cmpfloat (tw_decimal_to_scale (value, scales[i]), ==, n);
        }
      g_snprintf (text, sizeof text, "%s%d.%02d", n < 0 ? "-" : "", ABS (n) / 100, ABS (n) % 100);
      g_assert_true (tw_decimal_scaled (n, 0.01) == g_ascii_strtod (text, NULL));
    }
  g_assert_true (isnan (tw_decimal_to_scale (NAN, 0.1)));
  g_assert_true (isnan (tw_decimal_to_scale (INFINITY, 0.1)));
  g_assert_true (isnan (tw_decimal_to_scale (1e300, 0.1)));
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/decimal/text", test_text);
  g_test_add_func ("/decimal/parse", test_parse);
  g_test_add_func ("/decimal/round-trip", test_round_trip);
  g_test_add_func ("/decimal/scaled", test_scaled);
  return g_test_run ();
}
