/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The checks of one sample of one channel (twin.md section 2, steps 1, 3, 5, 6 and 8). Internal. */
#pragma once

#include "tw-clean-limits-private.h"
#include "tw-clean-memory.h"

G_BEGIN_DECLS

/* The value of a reading in the channel's inside unit. FALSE: the unit is unknown or of another
 * quantity. *inferred: the unit was told from the value. */
gboolean tw_clean_convert (const TwChannelLimits *limits, const TwObservation *reading,
                           double *value, gboolean *inferred);

/* Whether a value can be at all: none, hard limit, zero, or device status for NaN. */
TwReason tw_clean_check_hard (const TwChannelLimits *limits, double value);

/* Quality of a possible value by itself: bounds of the comparator or the sensor, unusual values. */
TwQuality tw_clean_check_usual (const TwChannelLimits *limits, double value, guint32 flags);

/* Follows the value and says whether the line is flat. For samples in order of time only. */
gboolean tw_clean_check_flat (const TwChannelLimits *limits, TwCleanMemory *memory,
                              double resolution, gint64 t_us, double value);

/* Too far from the last accepted sample for the time between. */
gboolean tw_clean_check_speed (const TwChannelLimits *limits, const TwCleanRules *rules,
                               const TwCleanMemory *memory, gint64 t_us, double value);

/* The glucose channel carries a continuous sensor just now. */
gboolean tw_clean_is_cgm (const TwCleanRules *rules, const TwCleanMemory *memory);

/* Follows the sensor; TRUE in its first hour after a long silence. In order of time only, before
 * the sample is remembered. */
gboolean tw_clean_check_warm_up (const TwCleanRules *rules, TwCleanMemory *memory, gint64 t_us);

/* Verdict of the pressures of one instant; a NULL pointer is a pressure that is missing or
 * rejected. */
typedef struct
{
  const TwRemembered *systolic, *diastolic, *map;
  double systolic_before; /* last accepted, within damped_within_min; NaN otherwise */
  double rate, rate_before; /* heart rate now and then; NaN unknown */
} TwPressureSet;

TwReason tw_clean_check_pressures (const TwCleanRules *rules, const TwPressureSet *set);

G_END_DECLS
