/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one vocabulary of channels: names, units, codes, resolution, how often a value is
 * expected. */
#pragma once

#include <glib.h>

#include "tw-unit.h"

G_BEGIN_DECLS

typedef enum
{
  TW_CHANNEL_NONE = -1,
  TW_CHANNEL_HEART_RATE,
  TW_CHANNEL_SYSTOLIC,
  TW_CHANNEL_DIASTOLIC,
  TW_CHANNEL_MAP,
  TW_CHANNEL_RESPIRATORY_RATE,
  TW_CHANNEL_SPO2,
  TW_CHANNEL_TEMPERATURE,
  TW_CHANNEL_GLUCOSE,
  TW_CHANNEL_FIO2,
  TW_CHANNEL_OXYGEN_FLOW,
  TW_CHANNEL_CONSCIOUSNESS, /* value is a TwAcvpu code, see below */
  TW_CHANNEL_GCS_TOTAL,
  TW_CHANNEL_INSULIN_BOLUS,
  TW_CHANNEL_INSULIN_BASAL,
  TW_CHANNEL_CARBOHYDRATE,
  TW_CHANNEL_FLUID_BOLUS,
  TW_CHANNEL_NOREPINEPHRINE,
  TW_CHANNEL_PARACETAMOL,
  TW_N_CHANNELS
} TwChannel;

/* The first eight channels are the vital signs that a twin models. */
#define TW_N_VITALS (TW_CHANNEL_GLUCOSE + 1)

/* Values of TW_CHANNEL_CONSCIOUSNESS, in the order of the NEWS2 chart. */
typedef enum
{
  TW_ACVPU_ALERT = 0,
  TW_ACVPU_CONFUSION = 1,
  TW_ACVPU_VOICE = 2,
  TW_ACVPU_PAIN = 3,
  TW_ACVPU_UNRESPONSIVE = 4
} TwAcvpu;

typedef struct
{
  const char *name;       /* "heart_rate": CSV, command line, store */
  const char *loinc;      /* main LOINC code; NULL when there is none */
  const char *label;      /* "HR", marked for translation */
  const char *long_name;  /* "Heart rate", marked for translation */
  TwUnit unit;            /* the unit inside */
  int decimals;           /* shown after the decimal point */
  double resolution;      /* of the device, in the inside unit */
  gint64 stale_us;        /* a continuous value older than this never looks current */
  gint64 sparse_stale_us; /* the same where the channel is charted or cuffed; see tw_channel_info */
  gboolean continuous;    /* streamed by a monitor: a silence of 15 min is a lost signal */
  const char *colour_key; /* "heart-rate": key of the theme's palette */
} TwChannelInfo;

/* Never NULL for 0 <= channel < TW_N_CHANNELS. */
const TwChannelInfo *tw_channel_info (TwChannel channel);

/* By name ("heart_rate"), by LOINC (main or alias of decisions.md and interop.md), by MDC code
 * number. TW_CHANNEL_NONE when unknown. */
TwChannel tw_channel_from_name (const char *name);
TwChannel tw_channel_from_loinc (const char *code, gssize length);
TwChannel tw_channel_from_mdc (guint code);

/* "A", "C", "V", "P", "U" to and from the value; -1 when the letter is none of them. */
int tw_acvpu_from_letter (const char *letter);
const char *tw_acvpu_letter (int value);

/* The value as it is shown everywhere: rounded half away from zero to the channel's decimals, true
 * minus sign, the locale's decimal point, "–" for NaN. Glucose is shown in display_unit (mg/dL or
 * mmol/L). Returns buffer. */
char *tw_channel_format (TwChannel channel,
                         double value,
                         TwUnit display_unit,
                         char *buffer,
                         gsize size);

G_END_DECLS
