/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the cleaner remembers of a channel: its latest samples in order of time, and the state of
 * each check. Plain data without pointers or padding, so that a state is saved and restored as
 * bytes. Internal. */
#pragma once

#include "tw-cleaned.h"
#include "tw-hampel.h"

G_BEGIN_DECLS

#define TW_MEMORY_SAMPLES 96 /* more than a cuff minute at 1 Hz */
#define TW_CONFLICT_VALUES 7

/* A sample as it was last given. */
typedef struct
{
  gint64 t_us;
  double value;
  TwQuality base;  /* of the sample by itself */
  TwQuality set;   /* of the pressures of its instant */
  TwQuality given; /* the worse of both, as last given */
  guint8 reserved[5];
} TwRemembered;

typedef struct
{
  TwRemembered samples[TW_MEMORY_SAMPLES]; /* oldest first */
  guint32 n;
  guint32 has_accepted, has_flat, has_sensor;
  /* Different values of one instant, for their median. */
  gint64 conflict_us;
  double conflict[TW_CONFLICT_VALUES];
  guint32 n_conflict;
  /* Flat line: the value that does not change. */
  guint32 n_flat;
  double flat_value;
  gint64 flat_since_us, flat_last_us;
  /* Speed: the last accepted sample, and for the systolic pressure the heart rate then (NaN:
   * unknown). */
  gint64 accepted_us;
  double accepted;
  double companion;
  /* Continuous glucose: the present sensor speaks since. */
  gint64 sensor_us;
  TwHampel hampel;
  TwQuality candidate_base; /* the quality of the waiting candidate without its candidacy */
  guint8 reserved[7];
} TwCleanMemory;

/* a - b, held at the ends of the 64-bit range. */
static inline gint64
tw_time_apart (gint64 a, gint64 b)
{
  gint64 apart;

  if (__builtin_sub_overflow (a, b, &apart))
    return a > b ? G_MAXINT64 : G_MININT64;
  return apart;
}

/* NULL when no sample of this time is remembered. */
TwRemembered *tw_clean_memory_find (TwCleanMemory *memory, gint64 t_us);
const TwRemembered *tw_clean_memory_get_last (const TwCleanMemory *memory);
/* Puts a new sample in its place, displacing the oldest; NULL when it is older than all of a full
 * memory. */
TwRemembered *tw_clean_memory_put (TwCleanMemory *memory, gint64 t_us);
void tw_clean_memory_remove (TwCleanMemory *memory, gint64 t_us);
/* Median of the last seven gaps in microseconds; 0 when there is none. */
gint64 tw_clean_memory_spacing (const TwCleanMemory *memory);
/* The checks no longer lean on the sample of this time. */
void tw_clean_memory_forget (TwCleanMemory *memory, gint64 t_us);
/* Counts are in range and times sorted: a state that was read from outside can be used. */
gboolean tw_clean_memory_is_sound (const TwCleanMemory *memory);

G_END_DECLS
