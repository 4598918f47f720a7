/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The channel table against decisions.md and interop.md, and how values are shown. */
#include "config.h"

#include "tw-channel.h"
#include "tw-test.h"
#include "tw-time.h"

#include <math.h>

static void
test_names (void)
{
  static const struct
  {
    const char *name, *ucum, *loinc;
  } table[TW_N_CHANNELS] = {
    { "heart_rate", "/min", "8867-4" },       { "systolic", "mm[Hg]", "8480-6" },
    { "diastolic", "mm[Hg]", "8462-4" },      { "map", "mm[Hg]", "8478-0" },
    { "respiratory_rate", "/min", "9279-1" }, { "spo2", "%", "59408-5" },
    { "temperature", "Cel", "8310-5" },       { "glucose", "mg/dL", "2339-0" },
    { "fio2", "%", "3150-6" },                { "oxygen_flow", "L/min", "3151-8" },
    { "consciousness", "1", "67775-7" },      { "gcs_total", "{score}", "9269-2" },
    { "insulin_bolus", "[iU]", NULL },        { "insulin_basal", "[iU]/h", NULL },
    { "carbohydrate", "g", NULL },            { "fluid_bolus", "mL", NULL },
    { "norepinephrine", "ug/kg/min", NULL },  { "paracetamol", "g", NULL },
  };

  for (int i = 0; i < TW_N_CHANNELS; i++)
    {
      const TwChannelInfo *info = tw_channel_info ((TwChannel) i);
      g_assert_cmpstr (info->name, ==, table[i].name);
      g_assert_cmpstr (tw_unit_ucum (info->unit), ==, table[i].ucum);
      g_assert_cmpstr (info->loinc, ==, table[i].loinc);
      g_assert_cmpint (tw_channel_from_name (table[i].name), ==, i);
      g_assert_cmpint (tw_channel_from_loinc (info->loinc, -1), ==,
                       info->loinc != NULL ? i : TW_CHANNEL_NONE);
      g_assert_cmpfloat (info->resolution, >, 0);
      g_assert_cmpint (info->stale_us, >, 0);
      g_assert_cmpint (info->sparse_stale_us, >=, info->stale_us);
      g_assert_cmpstr (info->label, !=, "");
      g_assert_cmpstr (info->long_name, !=, "");
      g_assert_cmpstr (info->colour_key, !=, "");
    }
  g_assert_cmpint (tw_channel_from_name ("Heart_rate"), ==, TW_CHANNEL_NONE);
  g_assert_cmpint (tw_channel_from_name (NULL), ==, TW_CHANNEL_NONE);
  g_assert_cmpint (tw_channel_info (TW_CHANNEL_HEART_RATE)->stale_us, ==, 2 * TW_MINUTE);
  g_assert_cmpint (tw_channel_info (TW_CHANNEL_MAP)->sparse_stale_us, ==, 30 * TW_MINUTE);
  g_assert_cmpint (tw_channel_info (TW_CHANNEL_TEMPERATURE)->stale_us, ==, 8 * TW_HOUR);
}

static void
test_codes (void)
{
  static const struct
  {
    const char *code;
    TwChannel channel;
  } loinc[] = {
    { "2708-6", TW_CHANNEL_SPO2 },       { "15074-8", TW_CHANNEL_GLUCOSE },
    { "2345-7", TW_CHANNEL_GLUCOSE },    { "14749-6", TW_CHANNEL_GLUCOSE },
    { "41653-7", TW_CHANNEL_GLUCOSE },   { "99504-3", TW_CHANNEL_GLUCOSE },
    { "14743-9", TW_CHANNEL_GLUCOSE },   { "105272-9", TW_CHANNEL_GLUCOSE },
    { "19996-8", TW_CHANNEL_FIO2 },      { "80288-4", TW_CHANNEL_CONSCIOUSNESS },
    { "85354-9", TW_CHANNEL_NONE },      { "85353-1", TW_CHANNEL_NONE },
    { "8867-5", TW_CHANNEL_NONE },       { "", TW_CHANNEL_NONE },
  };
  static const struct
  {
    guint code;
    TwChannel channel;
  } mdc[] = {
    { 147842, TW_CHANNEL_HEART_RATE },       { 149530, TW_CHANNEL_HEART_RATE },
    { 149514, TW_CHANNEL_HEART_RATE },       { 149522, TW_CHANNEL_HEART_RATE },
    { 151562, TW_CHANNEL_RESPIRATORY_RATE }, { 151552, TW_CHANNEL_RESPIRATORY_RATE },
    { 150456, TW_CHANNEL_SPO2 },             { 150344, TW_CHANNEL_TEMPERATURE },
    { 150021, TW_CHANNEL_SYSTOLIC },         { 150022, TW_CHANNEL_DIASTOLIC },
    { 150023, TW_CHANNEL_MAP },              { 150033, TW_CHANNEL_SYSTOLIC },
    { 150034, TW_CHANNEL_DIASTOLIC },        { 150035, TW_CHANNEL_MAP },
    { 0, TW_CHANNEL_NONE },                  { 150020, TW_CHANNEL_NONE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (loinc); i++)
    g_assert_cmpint (tw_channel_from_loinc (loinc[i].code, -1), ==, loinc[i].channel);
  for (gsize i = 0; i < G_N_ELEMENTS (mdc); i++)
    g_assert_cmpint (tw_channel_from_mdc (mdc[i].code), ==, mdc[i].channel);
  g_assert_cmpint (tw_channel_from_loinc ("8867-4xyz", 6), ==, TW_CHANNEL_HEART_RATE);
  g_assert_cmpint (tw_channel_from_loinc (NULL, -1), ==, TW_CHANNEL_NONE);
}

static void
test_format (void)
{
  static const struct
  {
    TwChannel channel;
    double value;
    TwUnit unit;
    const char *text;
  } table[] = {
    { TW_CHANNEL_HEART_RATE, 121.5, TW_UNIT_UNKNOWN, "122" },
    { TW_CHANNEL_HEART_RATE, 121.4999, TW_UNIT_UNKNOWN, "121" },
    { TW_CHANNEL_HEART_RATE, -2.5, TW_UNIT_UNKNOWN, "−3" },
    { TW_CHANNEL_HEART_RATE, -.2, TW_UNIT_UNKNOWN, "0" },
    { TW_CHANNEL_HEART_RATE, (double) NAN, TW_UNIT_UNKNOWN, "–" },
    { TW_CHANNEL_HEART_RATE, (double) INFINITY, TW_UNIT_UNKNOWN, "–" },
    { TW_CHANNEL_HEART_RATE, 1e300, TW_UNIT_UNKNOWN, "–" },
    { TW_CHANNEL_TEMPERATURE, 38.05, TW_UNIT_CEL, "38.1" },
    { TW_CHANNEL_TEMPERATURE, 36.95, TW_UNIT_CEL, "37.0" },
    { TW_CHANNEL_TEMPERATURE, 36.94, TW_UNIT_CEL, "36.9" },
    { TW_CHANNEL_TEMPERATURE, 37, TW_UNIT_DEGF, "98.6" },
    { TW_CHANNEL_TEMPERATURE, 37, TW_UNIT_MMHG, "37.0" },
    { TW_CHANNEL_GLUCOSE, 99.088, TW_UNIT_MG_DL, "99" },
    { TW_CHANNEL_GLUCOSE, 99.088, TW_UNIT_MMOL_L, "5.5" },
    { TW_CHANNEL_GLUCOSE, 5.55 * 18.016, TW_UNIT_MMOL_L, "5.6" },
    { TW_CHANNEL_MAP, 70, TW_UNIT_KPA, "9.3" },
    { TW_CHANNEL_NOREPINEPHRINE, .055, TW_UNIT_UNKNOWN, "0.06" },
    { TW_CHANNEL_CONSCIOUSNESS, TW_ACVPU_VOICE, TW_UNIT_UNKNOWN, "V" },
    { TW_CHANNEL_CONSCIOUSNESS, 7, TW_UNIT_UNKNOWN, "–" },
    { TW_CHANNEL_CONSCIOUSNESS, 1e11, TW_UNIT_UNKNOWN, "–" },
  };
  char text[32];

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    g_assert_cmpstr (tw_channel_format (table[i].channel, table[i].value, table[i].unit, text,
                                        sizeof text),
                     ==, table[i].text);
  g_assert_cmpstr (tw_channel_format (TW_CHANNEL_MAP, 123, TW_UNIT_UNKNOWN, text, 3), ==, "12");
}

static void
test_acvpu (void)
{
  static const char letters[] = "ACVPU";

  for (int i = 0; letters[i] != '\0'; i++)
    {
      char text[2] = { letters[i], '\0' };
      g_assert_cmpint (tw_acvpu_from_letter (text), ==, i);
      g_assert_cmpstr (tw_acvpu_letter (i), ==, text);
    }
  g_assert_cmpint (tw_acvpu_from_letter ("a"), ==, -1);
  g_assert_cmpint (tw_acvpu_from_letter ("AC"), ==, -1);
  g_assert_cmpint (tw_acvpu_from_letter (""), ==, -1);
  g_assert_cmpint (tw_acvpu_from_letter (NULL), ==, -1);
  g_assert_cmpstr (tw_acvpu_letter (5), ==, "–");
  g_assert_cmpstr (tw_acvpu_letter (-1), ==, "–");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/channel/names", test_names);
  g_test_add_func ("/channel/codes", test_codes);
  g_test_add_func ("/channel/format", test_format);
  g_test_add_func ("/channel/acvpu", test_acvpu);
  return g_test_run ();
}
