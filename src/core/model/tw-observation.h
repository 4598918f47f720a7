/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One reading as it was received, before cleaning; sources deliver batches of these. */
#pragma once

#include <glib.h>

#include "tw-channel.h"
#include "tw-unit.h"

G_BEGIN_DECLS

typedef enum
{
  TW_OBSERVATION_PLAIN = 0,
  TW_OBSERVATION_WITHDRAWN = 1 << 0,     /* entered in error: takes the sample of this time back */
  TW_OBSERVATION_CORRECTED = 1 << 1,     /* replaces the sample of the same channel and time */
  TW_OBSERVATION_PRELIMINARY = 1 << 2,
  TW_OBSERVATION_ABSENT = 1 << 3,        /* dataAbsentReason or device status: value is NaN */
  TW_OBSERVATION_CENSORED_LOW = 1 << 4,  /* "<" comparator, "Low" text: value is a bound */
  TW_OBSERVATION_CENSORED_HIGH = 1 << 5,
  TW_OBSERVATION_NOT_FOR_TWIN = 1 << 6,  /* status unknown: shown, not fed */
  TW_OBSERVATION_HISTORY = 1 << 7,       /* first load: no arrival "now"; raises no flag by itself */
} TwObservationFlags;

typedef struct
{
  gint64 t_us;              /* effective time, UTC microseconds */
  double value;             /* as received, in unit; NaN when absent */
  guint32 patient;          /* index into the roster that the source delivered */
  gint16 channel;           /* TwChannel */
  guint8 unit;              /* TwUnit, as received; TW_UNIT_UNKNOWN is refused by the cleaner */
  guint8 reserved;
  guint32 flags;            /* TwObservationFlags */
  char unit_text[16];       /* the received code, cut and cleaned, for the message when unknown */
} TwObservation;

G_END_DECLS
