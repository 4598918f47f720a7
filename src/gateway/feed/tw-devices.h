/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What devices make of a body: rounding, noise, artefacts, drop-outs. */
#pragma once

#include "tw-physiology.h"
#include "tw-story.h"
#include "tw-ward-feed.h"

G_BEGIN_DECLS

typedef struct
{
  TwRandom noise, faults; /* apart, so that a fault never changes what comes after it */
  int damped_left;        /* steps for which the arterial line is still damped */
  int motion_left;        /* steps for which the finger still moves */
  int lead_left;          /* steps for which the ECG lead is still off */
} TwDevices;

void tw_devices_init (TwDevices *devices, guint64 seed, guint bed);

/* The bedside monitor: heart rate, breathing, saturation and, with a line, pressures. A call per
 * step, also while a signal is off, so that the noise stays the same. */
typedef struct
{
  gboolean spo2_off, line_off;
} TwMonitorState;

void tw_devices_monitor (TwDevices *devices,
                         const TwStoryBed *bed,
                         const TwVitals *vitals,
                         const TwMonitorState *state,
                         TwTick *tick);
/* A cuff's three pressures; now and then it fails, or reads low. */
void tw_devices_cuff (TwDevices *devices, const TwStoryBed *bed, const TwVitals *vitals,
                      TwTick *tick);
void tw_devices_temperature (TwDevices *devices, const TwVitals *vitals, TwTick *tick);

void tw_tick_add (TwTick *tick, TwChannel channel, TwUnit unit, double value);

G_END_DECLS
