/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Units: every spelling, every conversion both ways, every refusal. */
#include "config.h"

#include "tw-test.h"
#include "tw-unit.h"

#include <math.h>

static void
test_codes (void)
{
  static const struct
  {
    const char *code;
    TwUnit unit;
  } table[] = {
    { "/min", TW_UNIT_PER_MIN },       { "{beat}/min", TW_UNIT_PER_MIN },
    { "{beats}/min", TW_UNIT_PER_MIN }, { "{breath}/min", TW_UNIT_PER_MIN },
    { "{breaths}/min", TW_UNIT_PER_MIN }, { "1/min", TW_UNIT_PER_MIN },
    { "mm[Hg]", TW_UNIT_MMHG },        { "mmHg", TW_UNIT_UNKNOWN },
    { "MM[HG]", TW_UNIT_UNKNOWN },     { "kPa", TW_UNIT_KPA },
    { "%", TW_UNIT_PERCENT },          { "{fraction}", TW_UNIT_FRACTION },
    { "Cel", TW_UNIT_CEL },            { "cel", TW_UNIT_UNKNOWN },
    { "[degF]", TW_UNIT_DEGF },        { "degF", TW_UNIT_UNKNOWN },
    { "mg/dL", TW_UNIT_MG_DL },        { "mg/dl", TW_UNIT_MG_DL },
    { "mmol/L", TW_UNIT_MMOL_L },      { "mol/L", TW_UNIT_UNKNOWN },
    { "L/min", TW_UNIT_L_MIN },        { "l/min", TW_UNIT_L_MIN },
    { "{score}", TW_UNIT_SCORE },      { "1", TW_UNIT_NONE },
    { "", TW_UNIT_NONE },              { "U", TW_UNIT_INSULIN_U },
    { "IU", TW_UNIT_INSULIN_U },       { "[IU]", TW_UNIT_INSULIN_U },
    { "[iU]", TW_UNIT_INSULIN_U },     { "[iU]/h", TW_UNIT_INSULIN_U_H },
    { "U/h", TW_UNIT_INSULIN_U_H },    { "g", TW_UNIT_G },
    { "mg", TW_UNIT_MG },              { "mL", TW_UNIT_ML },
    { "L", TW_UNIT_L },                { "ug/kg/min", TW_UNIT_UG_KG_MIN },
    { "mcg/kg/min", TW_UNIT_UNKNOWN }, { " %", TW_UNIT_UNKNOWN },
    { "/min ", TW_UNIT_UNKNOWN },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    g_assert_cmpint (tw_unit_from_ucum (table[i].code, -1), ==, table[i].unit);

  g_assert_cmpint (tw_unit_from_ucum ("mg/dLxyz", 5), ==, TW_UNIT_MG_DL);
  g_assert_cmpint (tw_unit_from_ucum ("mg/dL", 2), ==, TW_UNIT_MG);
  g_assert_cmpint (tw_unit_from_ucum (NULL, -1), ==, TW_UNIT_UNKNOWN);
  for (int unit = TW_UNIT_UNKNOWN + 1; unit < TW_N_UNITS; unit++)
    g_assert_cmpint (tw_unit_from_ucum (tw_unit_ucum ((TwUnit) unit), -1), ==, unit);
}

static void
test_convert (void)
{
  static const struct
  {
    double in;
    TwUnit from, to;
    double out;
  } table[] = {
    { 5.5, TW_UNIT_MMOL_L, TW_UNIT_MG_DL, 5.5 * 18.016 },
    { 99.088, TW_UNIT_MG_DL, TW_UNIT_MMOL_L, 99.088 / 18.016 },
    { 98.6, TW_UNIT_DEGF, TW_UNIT_CEL, 37 },
    { 2.385, TW_UNIT_CEL, TW_UNIT_DEGF, 36.293 },
    { -40, TW_UNIT_DEGF, TW_UNIT_CEL, -40 },
    { 16.3, TW_UNIT_KPA, TW_UNIT_MMHG, 16.3 * 7.50062 },
    { .973, TW_UNIT_FRACTION, TW_UNIT_PERCENT, 97.3 },
    { 2.385, TW_UNIT_PERCENT, TW_UNIT_PERCENT, 2.385 },
    { 1500, TW_UNIT_MG, TW_UNIT_G, 1.5 },
    { .75, TW_UNIT_L, TW_UNIT_ML, 750 },
    { 15, TW_UNIT_NONE, TW_UNIT_SCORE, 15 },
  };
  double out, back;

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_assert_true (tw_unit_convert (table[i].in, table[i].from, table[i].to, &out));
      g_assert_cmpfloat_with_epsilon (out, table[i].out, 1e-12 * fmax (1, fabs (table[i].out)));
      g_assert_true (tw_unit_convert (out, table[i].to, table[i].from, &back));
      g_assert_cmpfloat_with_epsilon (back, table[i].in, 1e-12 * fmax (1, fabs (table[i].in)));
    }
  g_assert_true (tw_unit_convert (5.5, TW_UNIT_MMOL_L, TW_UNIT_MG_DL, &out));
  g_assert_cmpfloat (out, ==, 5.5 * 18.016);
  g_assert_true (tw_unit_convert (NAN, TW_UNIT_MMOL_L, TW_UNIT_MG_DL, &out));
  g_assert_true (isnan (out));
}

/* A pair of units converts exactly when both measure the same thing. */
static void
test_refuse (void)
{
  static const int quantity[TW_N_UNITS] = {
    [TW_UNIT_UNKNOWN] = -1,    [TW_UNIT_NONE] = 0,     [TW_UNIT_SCORE] = 0,
    [TW_UNIT_PER_MIN] = 1,     [TW_UNIT_MMHG] = 2,     [TW_UNIT_KPA] = 2,
    [TW_UNIT_PERCENT] = 3,     [TW_UNIT_FRACTION] = 3, [TW_UNIT_CEL] = 4,
    [TW_UNIT_DEGF] = 4,        [TW_UNIT_MG_DL] = 5,    [TW_UNIT_MMOL_L] = 5,
    [TW_UNIT_L_MIN] = 6,       [TW_UNIT_INSULIN_U] = 7, [TW_UNIT_INSULIN_U_H] = 8,
    [TW_UNIT_G] = 9,           [TW_UNIT_MG] = 9,       [TW_UNIT_ML] = 10,
    [TW_UNIT_L] = 10,          [TW_UNIT_UG_KG_MIN] = 11,
  };

  for (int from = 0; from < TW_N_UNITS; from++)
    for (int to = 0; to < TW_N_UNITS; to++)
      {
        double out = 1;
        gboolean want = quantity[from] >= 0 && quantity[from] == quantity[to];
        g_assert_cmpint (tw_unit_convert (36.6, (TwUnit) from, (TwUnit) to, &out), ==, want);
        g_assert_cmpint (isnan (out), ==, !want);
      }
  g_assert_cmpstr (tw_unit_symbol (TW_UNIT_MMHG), ==, "mmHg");
  g_assert_cmpstr (tw_unit_symbol (TW_UNIT_CEL), ==, "°C");
  g_assert_cmpstr (tw_unit_symbol ((TwUnit) 200), ==, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/unit/codes", test_codes);
  g_test_add_func ("/unit/convert", test_convert);
  g_test_add_func ("/unit/refuse", test_refuse);
  return g_test_run ();
}
