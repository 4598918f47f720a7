/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The channel table: decisions.md (names, units, LOINC), interop.md section 1 (aliases, MDC),
 * twin.md section 2 (resolution), product.md section 10 (ages: continuous 2 min, cuff 30 min,
 * temperature 8 h). */
#include "config.h"

#include "tw-channel.h"
#include "tw-time.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define CUFF (30 * TW_MINUTE)
#define CHARTED (90 * TW_MINUTE) /* twin.md section 6: oldest charted input that may be used */
#define CONTINUOUS (2 * TW_MINUTE)

/* Ages that product.md does not name: a CGM reports each 5 min, so three missed reports; ICU
 * glucose, oxygen and infusions are charted at least each 4 h, consciousness each 4 to 8 h; a
 * single dose stays on view for a day. */
static const TwChannelInfo channels[TW_N_CHANNELS] = {
  [TW_CHANNEL_HEART_RATE] = { "heart_rate", "8867-4", N_ ("HR"), N_ ("Heart rate"), TW_UNIT_PER_MIN,
                              0, 1, CONTINUOUS, CHARTED, TRUE, "heart-rate" },
  [TW_CHANNEL_SYSTOLIC] = { "systolic", "8480-6", N_ ("SBP"), N_ ("Systolic pressure"),
                            TW_UNIT_MMHG, 0, 1, CONTINUOUS, CUFF, TRUE, "pressure" },
  [TW_CHANNEL_DIASTOLIC] = { "diastolic", "8462-4", N_ ("DBP"), N_ ("Diastolic pressure"),
                             TW_UNIT_MMHG, 0, 1, CONTINUOUS, CUFF, TRUE, "pressure" },
  [TW_CHANNEL_MAP] = { "map", "8478-0", N_ ("MAP"), N_ ("Mean arterial pressure"), TW_UNIT_MMHG,
                       0, 1, CONTINUOUS, CUFF, TRUE, "pressure" },
  [TW_CHANNEL_RESPIRATORY_RATE] = { "respiratory_rate", "9279-1", N_ ("RR"),
                                    N_ ("Respiratory rate"),
                                    TW_UNIT_PER_MIN, 0, 1, CONTINUOUS, CHARTED, TRUE,
                                    "respiratory-rate" },
  [TW_CHANNEL_SPO2] = { "spo2", "59408-5", N_ ("SpO₂"), N_ ("Oxygen saturation"), TW_UNIT_PERCENT,
                        0, 1, CONTINUOUS, CHARTED, TRUE, "spo2" },
  [TW_CHANNEL_TEMPERATURE] = { "temperature", "8310-5", N_ ("T"), N_ ("Temperature"), TW_UNIT_CEL,
                               1, 0.1, 8 * TW_HOUR, 8 * TW_HOUR, FALSE, "temperature" },
  [TW_CHANNEL_GLUCOSE] = { "glucose", "2339-0", N_ ("Glucose"), N_ ("Glucose"), TW_UNIT_MG_DL,
                           0, 1, 15 * TW_MINUTE, 4 * TW_HOUR, FALSE, "glucose" },
  [TW_CHANNEL_FIO2] = { "fio2", "3150-6", N_ ("FiO₂"), N_ ("Inspired oxygen"), TW_UNIT_PERCENT,
                        0, 1, 4 * TW_HOUR, 4 * TW_HOUR, FALSE, "oxygen" },
  [TW_CHANNEL_OXYGEN_FLOW] = { "oxygen_flow", "3151-8", N_ ("O₂"), N_ ("Oxygen flow"),
                               TW_UNIT_L_MIN, 1, 0.1, 4 * TW_HOUR, 4 * TW_HOUR, FALSE, "oxygen" },
  [TW_CHANNEL_CONSCIOUSNESS] = { "consciousness", "67775-7", N_ ("ACVPU"), N_ ("Consciousness"),
                                 TW_UNIT_NONE, 0, 1, 8 * TW_HOUR, 8 * TW_HOUR, FALSE,
                                 "consciousness" },
  [TW_CHANNEL_GCS_TOTAL] = { "gcs_total", "9269-2", N_ ("GCS"), N_ ("Glasgow Coma Scale"),
                             TW_UNIT_SCORE, 0, 1, 8 * TW_HOUR, 8 * TW_HOUR, FALSE,
                             "consciousness" },
  [TW_CHANNEL_INSULIN_BOLUS] = { "insulin_bolus", NULL, N_ ("Bolus"), N_ ("Insulin bolus"),
                                 TW_UNIT_INSULIN_U, 2, 0.01, TW_DAY, TW_DAY, FALSE, "treatment" },
  [TW_CHANNEL_INSULIN_BASAL] = { "insulin_basal", NULL, N_ ("Basal"), N_ ("Insulin basal rate"),
                                 TW_UNIT_INSULIN_U_H, 2, 0.01, 4 * TW_HOUR, 4 * TW_HOUR, FALSE,
                                 "treatment" },
  [TW_CHANNEL_CARBOHYDRATE] = { "carbohydrate", NULL, N_ ("Carbs"), N_ ("Carbohydrate"), TW_UNIT_G,
                                0, 1, TW_DAY, TW_DAY, FALSE, "treatment" },
  [TW_CHANNEL_FLUID_BOLUS] = { "fluid_bolus", NULL, N_ ("Fluid"), N_ ("Fluid bolus"), TW_UNIT_ML,
                               0, 1, TW_DAY, TW_DAY, FALSE, "treatment" },
  [TW_CHANNEL_NOREPINEPHRINE] = { "norepinephrine", NULL, N_ ("Norepi"), N_ ("Norepinephrine"),
                                  TW_UNIT_UG_KG_MIN, 2, 0.01, 4 * TW_HOUR, 4 * TW_HOUR, FALSE,
                                  "treatment" },
  [TW_CHANNEL_PARACETAMOL] = { "paracetamol", NULL, N_ ("Paracetamol"), N_ ("Paracetamol"),
                               TW_UNIT_G, 1, 0.1, TW_DAY, TW_DAY, FALSE, "treatment" },
};

/* The main code of each channel and every other one that means the same. */
static const struct
{
  const char *code;
  TwChannel channel;
} loinc_codes[] = {
  { "8867-4", TW_CHANNEL_HEART_RATE },    { "8480-6", TW_CHANNEL_SYSTOLIC },
  { "8462-4", TW_CHANNEL_DIASTOLIC },     { "8478-0", TW_CHANNEL_MAP },
  { "9279-1", TW_CHANNEL_RESPIRATORY_RATE }, { "59408-5", TW_CHANNEL_SPO2 },
  { "2708-6", TW_CHANNEL_SPO2 },          { "8310-5", TW_CHANNEL_TEMPERATURE },
  { "2339-0", TW_CHANNEL_GLUCOSE },       { "15074-8", TW_CHANNEL_GLUCOSE },
  { "2345-7", TW_CHANNEL_GLUCOSE },       { "14749-6", TW_CHANNEL_GLUCOSE },
  { "41653-7", TW_CHANNEL_GLUCOSE },      { "99504-3", TW_CHANNEL_GLUCOSE },
  { "14743-9", TW_CHANNEL_GLUCOSE },      { "105272-9", TW_CHANNEL_GLUCOSE },
  { "3150-6", TW_CHANNEL_FIO2 },          { "19996-8", TW_CHANNEL_FIO2 },
  { "3151-8", TW_CHANNEL_OXYGEN_FLOW },   { "67775-7", TW_CHANNEL_CONSCIOUSNESS },
  { "80288-4", TW_CHANNEL_CONSCIOUSNESS }, { "9269-2", TW_CHANNEL_GCS_TOTAL },
};

/* Numbers of ISO/IEEE 11073-10101 (MDC): cuff and arterial line are one channel each. */
static const struct
{
  guint code;
  TwChannel channel;
} mdc_codes[] = {
  { 147842, TW_CHANNEL_HEART_RATE },       { 149514, TW_CHANNEL_HEART_RATE },
  { 149522, TW_CHANNEL_HEART_RATE },       { 149530, TW_CHANNEL_HEART_RATE },
  { 150021, TW_CHANNEL_SYSTOLIC },         { 150022, TW_CHANNEL_DIASTOLIC },
  { 150023, TW_CHANNEL_MAP },              { 150033, TW_CHANNEL_SYSTOLIC },
  { 150034, TW_CHANNEL_DIASTOLIC },        { 150035, TW_CHANNEL_MAP },
  { 150344, TW_CHANNEL_TEMPERATURE },      { 150456, TW_CHANNEL_SPO2 },
  { 151552, TW_CHANNEL_RESPIRATORY_RATE }, { 151562, TW_CHANNEL_RESPIRATORY_RATE },
};

static const char *const acvpu_letters[] = { "A", "C", "V", "P", "U" };

/* Static. label and long_name are as in the source: pass them through gettext to show them. */
const TwChannelInfo *
tw_channel_info (TwChannel channel)
{
  g_return_val_if_fail (channel >= 0 && channel < TW_N_CHANNELS, &channels[0]);

  return &channels[channel];
}

/* Exact, case-sensitive; NULL is unknown. */
TwChannel
tw_channel_from_name (const char *name)
{
  for (int i = 0; name != NULL && i < TW_N_CHANNELS; i++)
    {
      if (strcmp (channels[i].name, name) == 0)
        return (TwChannel) i;
    }
  return TW_CHANNEL_NONE;
}

/* length -1: NUL-terminated. The blood pressure panels (85354-9, 85353-1) are no channel. */
TwChannel
tw_channel_from_loinc (const char *code, gssize length)
{
  gsize n;

  if (code == NULL)
    return TW_CHANNEL_NONE;
  n = length < 0 ? strlen (code) : (gsize) length;
  for (gsize i = 0; i < G_N_ELEMENTS (loinc_codes); i++)
    {
      if (strlen (loinc_codes[i].code) == n && memcmp (loinc_codes[i].code, code, n) == 0)
        return loinc_codes[i].channel;
    }
  return TW_CHANNEL_NONE;
}

TwChannel
tw_channel_from_mdc (guint code)
{
  for (gsize i = 0; i < G_N_ELEMENTS (mdc_codes); i++)
    {
      if (mdc_codes[i].code == code)
        return mdc_codes[i].channel;
    }
  return TW_CHANNEL_NONE;
}

/* One upper-case letter and nothing else. */
int
tw_acvpu_from_letter (const char *letter)
{
  for (gsize i = 0; letter != NULL && i < G_N_ELEMENTS (acvpu_letters); i++)
    {
      if (strcmp (acvpu_letters[i], letter) == 0)
        return (int) i;
    }
  return -1;
}

/* "–" for a value that is none of them. */
const char *
tw_acvpu_letter (int value)
{
  return value >= 0 && value < (int) G_N_ELEMENTS (acvpu_letters) ? acvpu_letters[value] : "–";
}

/* Half away from zero of the decimal number that was meant: 38.05 is held as 38.04999..., and a
 * reader expects 38.1, so a value within 1e-9 (relative) of the half counts as the half. */
static double
round_decimal (double value, int decimals)
{
  const double scale = pow (10, decimals);
  double scaled = value * scale;

  return round (scaled + copysign (1e-9 * MAX (fabs (scaled), 1), scaled)) / scale;
}

static int
get_decimals (TwChannel channel, TwUnit display_unit)
{
  if (display_unit == TW_UNIT_MMOL_L || display_unit == TW_UNIT_KPA)
    return 1;
  if (display_unit == TW_UNIT_FRACTION)
    return 2;
  return channels[channel].decimals;
}

/* value is in the inside unit. A display_unit that the channel cannot be converted to
 * (TW_UNIT_UNKNOWN, say) means the inside unit. NaN and infinity are "–", consciousness is its
 * letter. size >= 16 holds any value. */
char *
tw_channel_format (TwChannel channel, double value, TwUnit display_unit, char *buffer, gsize size)
{
  char digits[64];
  double shown;
  double rounded;
  int decimals;

  g_return_val_if_fail (channel >= 0 && channel < TW_N_CHANNELS, buffer);
  g_return_val_if_fail (buffer != NULL && size > 0, buffer);

  if (!tw_unit_convert (value, channels[channel].unit, display_unit, &shown))
    {
      shown = value;
      display_unit = channels[channel].unit;
    }
  decimals = get_decimals (channel, display_unit);
  rounded = round_decimal (shown, decimals);
  if (!isfinite (rounded) || fabs (rounded) > 1e12)
    g_strlcpy (buffer, "–", size);
  else if (channel == TW_CHANNEL_CONSCIOUSNESS)
    g_strlcpy (buffer, fabs (rounded) < 8 ? tw_acvpu_letter ((int) rounded) : "–", size);
  else
    {
      g_snprintf (digits, sizeof digits, "%.*f", decimals, fabs (rounded));
      g_snprintf (buffer, size, "%s%s", rounded < 0 ? "−" : "", digits);
    }
  return buffer;
}
