/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verdict, the key and the words of each reason why a sample is not simply good (twin.md
 * section 2). */
#include "config.h"

#include "tw-quality.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  TwVerdict verdict;
  const char *key;   /* stable: written to JSON, CSV and the store */
  const char *label; /* for people */
} Reason;

static const Reason reasons[TW_N_REASONS] = {
  [TW_REASON_NONE] = { TW_VERDICT_GOOD, "none", N_ ("good") },
  [TW_REASON_UNIT_INFERRED] = { TW_VERDICT_DOUBTFUL, "unit_inferred", N_ ("unit inferred") },
  [TW_REASON_UNIT_UNKNOWN] = { TW_VERDICT_REJECTED, "unit_unknown", N_ ("unknown unit") },
  [TW_REASON_DEVICE_STATUS] = { TW_VERDICT_REJECTED, "device_status",
                                N_ ("no value from the device") },
  [TW_REASON_DUPLICATE] = { TW_VERDICT_REJECTED, "duplicate", N_ ("repeated reading") },
  [TW_REASON_CONFLICT] = { TW_VERDICT_DOUBTFUL, "conflict", N_ ("conflicting readings") },
  [TW_REASON_LATE] = { TW_VERDICT_GOOD, "late", N_ ("arrived late") },
  [TW_REASON_HARD_LIMIT] = { TW_VERDICT_REJECTED, "hard_limit", N_ ("impossible value") },
  [TW_REASON_ZERO] = { TW_VERDICT_REJECTED, "zero", N_ ("no signal") },
  [TW_REASON_UNUSUAL] = { TW_VERDICT_SUSPECT, "unusual", N_ ("unusual value") },
  [TW_REASON_TOO_FAST] = { TW_VERDICT_SUSPECT, "too_fast", N_ ("changed too fast") },
  [TW_REASON_PRESSURE_ORDER] = { TW_VERDICT_SUSPECT, "pressure_order",
                                 N_ ("pressures out of order") },
  [TW_REASON_MAP_INCONSISTENT] = { TW_VERDICT_DOUBTFUL, "map_inconsistent",
                                   N_ ("mean pressure inconsistent") },
  [TW_REASON_FLAT] = { TW_VERDICT_SUSPECT, "flat", N_ ("flat line") },
  [TW_REASON_HAMPEL_CANDIDATE] = { TW_VERDICT_DOUBTFUL, "hampel_candidate",
                                   N_ ("sudden change, not yet confirmed") },
  [TW_REASON_HAMPEL_CONFIRMED] = { TW_VERDICT_SUSPECT, "hampel_confirmed", N_ ("spike") },
  [TW_REASON_INNOVATION] = { TW_VERDICT_GOOD, "innovation", N_ ("unexpected by the twin") },
  [TW_REASON_DAMPED_LINE] = { TW_VERDICT_SUSPECT, "damped_line", N_ ("damped pressure line") },
  [TW_REASON_CUFF_MINUTE] = { TW_VERDICT_DOUBTFUL, "cuff_minute", N_ ("cuff inflating") },
  [TW_REASON_WARM_UP] = { TW_VERDICT_DOUBTFUL, "warm_up", N_ ("sensor warming up") },
  [TW_REASON_COMPRESSION_LOW] = { TW_VERDICT_SUSPECT, "compression_low",
                                  N_ ("pressure on the sensor") },
  [TW_REASON_CENSORED_LOW] = { TW_VERDICT_GOOD, "censored_low", N_ ("below the sensor's range") },
  [TW_REASON_CENSORED_HIGH] = { TW_VERDICT_GOOD, "censored_high", N_ ("above the sensor's range") },
};

/* A number from a newer store may be unknown here: it counts as rejected, never as good. */
static const Reason *
find_reason (TwReason reason)
{
  return (guint) reason < TW_N_REASONS ? &reasons[reason] : NULL;
}

/* verdict << 6 | reason. An unknown reason is rejected and keeps its number. */
TwQuality
tw_quality_from_reason (TwReason reason)
{
  const Reason *found = find_reason (reason);
  TwVerdict verdict = found != NULL ? found->verdict : TW_VERDICT_REJECTED;

  return (TwQuality) ((guint) verdict << 6 | ((guint) reason & 0x3f));
}

/* By verdict alone; on a tie a stays, except that any reason is more than none. */
TwQuality
tw_quality_worst (TwQuality a, TwQuality b)
{
  if (tw_quality_verdict (b) > tw_quality_verdict (a) || a == 0)
    return b;
  return a;
}

/* Translated words; a reason from a newer version is told as such. */
const char *
tw_reason_label (TwReason reason)
{
  const Reason *found = find_reason (reason);

  return found != NULL ? _ (found->label) : _ ("unknown reason");
}

/* Never translated. */
const char *
tw_reason_key (TwReason reason)
{
  const Reason *found = find_reason (reason);

  return found != NULL ? found->key : "unknown";
}
