/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The quality byte of a sample: verdict << 6 | reason. Numbers are stable: they are stored and
 * sent. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  TW_VERDICT_GOOD = 0,
  TW_VERDICT_DOUBTFUL = 1,
  TW_VERDICT_SUSPECT = 2,
  TW_VERDICT_REJECTED = 3
} TwVerdict;

typedef enum
{
  TW_REASON_NONE = 0,
  TW_REASON_UNIT_INFERRED = 1,
  TW_REASON_UNIT_UNKNOWN = 2,
  TW_REASON_DEVICE_STATUS = 3,
  TW_REASON_DUPLICATE = 4,
  TW_REASON_CONFLICT = 5,
  TW_REASON_LATE = 6,
  TW_REASON_HARD_LIMIT = 7,
  TW_REASON_ZERO = 8,
  TW_REASON_UNUSUAL = 9,
  TW_REASON_TOO_FAST = 10,
  TW_REASON_PRESSURE_ORDER = 11,
  TW_REASON_MAP_INCONSISTENT = 12,
  TW_REASON_FLAT = 13,
  TW_REASON_HAMPEL_CANDIDATE = 14,
  TW_REASON_HAMPEL_CONFIRMED = 15,
  TW_REASON_INNOVATION = 16,
  TW_REASON_DAMPED_LINE = 17,
  TW_REASON_CUFF_MINUTE = 18,
  TW_REASON_WARM_UP = 19,
  TW_REASON_COMPRESSION_LOW = 20,
  TW_REASON_CENSORED_LOW = 21,
  TW_REASON_CENSORED_HIGH = 22,
  TW_N_REASONS
} TwReason;

typedef guint8 TwQuality;

/* The quality byte of a reason with its own verdict (twin.md section 2). */
TwQuality tw_quality_from_reason (TwReason reason);
/* The worse of two: by verdict; on a tie the first stays. */
TwQuality tw_quality_worst (TwQuality a, TwQuality b);
/* Words for people, marked for translation: "spike", "no signal"... never NULL. */
const char *tw_reason_label (TwReason reason);
/* Stable key for JSON and CSV: "hard_limit"; never NULL. */
const char *tw_reason_key (TwReason reason);

static inline TwVerdict
tw_quality_verdict (TwQuality quality)
{
  return (TwVerdict) (quality >> 6);
}

static inline TwReason
tw_quality_reason (TwQuality quality)
{
  return (TwReason) (quality & 0x3f);
}

/* Nothing was measured: the number is how the device says so, as a cuff does between two readings. */
static inline gboolean
tw_quality_is_silent (TwQuality quality)
{
  return tw_quality_verdict (quality) == TW_VERDICT_REJECTED
         && (tw_quality_reason (quality) == TW_REASON_ZERO
             || tw_quality_reason (quality) == TW_REASON_DEVICE_STATUS);
}

G_END_DECLS
