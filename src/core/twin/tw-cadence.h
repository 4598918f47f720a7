/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How often a vital sign is measured: median spacing of the last 20 gaps, and its class with hysteresis. */
#pragma once

#include <glib.h>

#include "tw-twin.h"

G_BEGIN_DECLS

#define TW_CADENCE_GAPS 20

/* Plain data, part of the saved state. Gaps are whole seconds, at most 65535 (18 h). */
typedef struct
{
  guint16 gap_s[TW_CADENCE_GAPS];
  guint16 median_s;
  guint8 n, next;
  guint8 cadence; /* TwCadence */
  guint8 reserved[3];
} TwCadenceState;

void tw_cadence_start (TwCadenceState *state);
/* Takes the gap before a new sample; returns whether the class changed. */
gboolean tw_cadence_add (TwCadenceState *state, gint64 gap_us);

G_END_DECLS
