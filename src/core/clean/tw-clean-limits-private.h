/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The limits as the checks read them: one row per channel, NaN where a check does not apply.
 * Internal. */
#pragma once

#include "tw-cleaner.h"

G_BEGIN_DECLS

typedef struct
{
  double hard_low, hard_high;
  double suspect_low, suspect_high;
  double max_per_min;
  double flat_min, flat_samples, flat_spacing_s, flat_below;
  double infer_above, infer_share;
  double sensor_low, sensor_high;
  double hard_open, whole, zero, hampel; /* 0 or 1 */
} TwChannelLimits;

/* From the header of the table. */
typedef struct
{
  double speed_gap_min;
  double pulse_pressure_min, map_tolerance_pct;
  double damped_pulse_pressure, damped_fall_pct, damped_rate_pct, damped_within_min;
  double hampel_factor, hampel_min;
  double reset_gap_min;
  double cgm_spacing_min, cgm_warm_up_min;
  double cuff_spacing_min, cuff_before_s;
} TwCleanRules;

struct _TwCleanLimits
{
  gatomicrefcount ref_count;
  char version[16];
  TwCleanRules rules;
  TwChannelLimits channels[TW_N_CHANNELS];
  TwChannelLimits cgm; /* in place of the glucose row for a continuous sensor */
};

G_END_DECLS
