/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names that bedside monitors' one-minute records (numerics) give to vital signs, and their
 * units. Source: the MIMIC-II and MIMIC-III waveform databases' numerics records (PhysioNet). */
#include "config.h"

#include "tw-wfdb-vital.h"

#include <string.h>

typedef struct
{
  const char *name; /* letters, digits and '%' in upper case; separators left out */
  TwChannel channel;
  guint rank;
} Vital;

static const Vital vitals[] = {
  { "HR", TW_CHANNEL_HEART_RATE, 0 },
  { "PULSE", TW_CHANNEL_HEART_RATE, 1 },
  { "ABPSYS", TW_CHANNEL_SYSTOLIC, 0 },
  { "ARTSYS", TW_CHANNEL_SYSTOLIC, 0 },
  { "NBPSYS", TW_CHANNEL_SYSTOLIC, 1 },
  { "NIBPSYS", TW_CHANNEL_SYSTOLIC, 1 },
  { "ABPDIAS", TW_CHANNEL_DIASTOLIC, 0 },
  { "ARTDIAS", TW_CHANNEL_DIASTOLIC, 0 },
  { "NBPDIAS", TW_CHANNEL_DIASTOLIC, 1 },
  { "NIBPDIAS", TW_CHANNEL_DIASTOLIC, 1 },
  { "ABPMEAN", TW_CHANNEL_MAP, 0 },
  { "ARTMEAN", TW_CHANNEL_MAP, 0 },
  { "NBPMEAN", TW_CHANNEL_MAP, 1 },
  { "NIBPMEAN", TW_CHANNEL_MAP, 1 },
  { "RESP", TW_CHANNEL_RESPIRATORY_RATE, 0 },
  { "RR", TW_CHANNEL_RESPIRATORY_RATE, 0 },
  { "SPO2", TW_CHANNEL_SPO2, 0 },
  { "%SPO2", TW_CHANNEL_SPO2, 0 },
  { "TEMP", TW_CHANNEL_TEMPERATURE, 0 },
  { "TEMPERATURE", TW_CHANNEL_TEMPERATURE, 0 },
};

typedef struct
{
  const char *text; /* as records write it, in lower case */
  TwUnit unit;
} Spelling;

static const Spelling spellings[] = {
  { "bpm", TW_UNIT_PER_MIN },  { "pm", TW_UNIT_PER_MIN }, { "/min", TW_UNIT_PER_MIN },
  { "mmhg", TW_UNIT_MMHG },    { "%", TW_UNIT_PERCENT },  { "degc", TW_UNIT_CEL },
  { "deg_c", TW_UNIT_CEL },    { "c", TW_UNIT_CEL },      { "degf", TW_UNIT_DEGF },
  { "deg_f", TW_UNIT_DEGF },   { "f", TW_UNIT_DEGF },
};

static TwUnit
recognise_unit (const char *text)
{
  for (gsize i = 0; i < G_N_ELEMENTS (spellings); i++)
    if (g_ascii_strcasecmp (text, spellings[i].text) == 0)
      return spellings[i].unit;
  return tw_unit_from_ucum (text, -1);
}

void
tw_wfdb_vital_recognise (TwWfdbSignal *signal)
{
  char key[32];
  gsize n = 0;
  double converted;

  signal->channel = TW_CHANNEL_NONE;
  signal->rank = 0;
  signal->unit = recognise_unit (signal->unit_text);
  for (const char *p = signal->name; *p != '\0'; p++)
    {
      if (!g_ascii_isalnum (*p) && *p != '%')
        continue;
      if (n == sizeof key - 1)
        return;
      key[n++] = g_ascii_toupper (*p);
    }
  key[n] = '\0';
  for (gsize i = 0; i < G_N_ELEMENTS (vitals); i++)
    if (g_str_equal (key, vitals[i].name)
        && tw_unit_convert (1.0, signal->unit, tw_channel_info (vitals[i].channel)->unit,
                            &converted))
      {
        signal->channel = vitals[i].channel;
        signal->rank = vitals[i].rank;
      }
}
