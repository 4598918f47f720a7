/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the gateway holds of each patient's channels: values as received, with the time they were
 * got. */
#pragma once

#include <glib.h>

#include "tw-quality.h"
#include "tw-series.h"
#include "tw-ward-feed.h"

G_BEGIN_DECLS

typedef struct
{
  gint64 t_us;   /* effective time */
  gint64 rx_us;  /* when the gateway got it */
  guint64 seq;   /* number of the change that wrote it; rises over the whole log */
  double value;  /* in the unit of the channel's log */
  double cleaned;     /* what cleaning made of it, in the channel's inside unit; NaN: not cleaned */
  TwQuality quality;  /* what cleaning found; 0 where nothing is cleaned */
  gboolean corrected; /* another value was there before */
  gboolean withdrawn; /* taken back: value is NaN */
} TwLogSample;

#define TW_LOG_BLOCK 60               /* points of a block of a dense channel */
#define TW_LOG_MAX_SAMPLES (1u << 20) /* per patient and channel; the oldest go first */

typedef struct _TwLog TwLog;

/* keep_us: what is older than the newest sample by more is forgotten; 0: only the ceiling holds. */
TwLog *tw_log_new (guint n_patients, gint64 keep_us);
void tw_log_free (TwLog *log);

/* The channel comes on a grid: t = k * period_us + phase_us. */
void tw_log_set_dense (TwLog *log, const TwDenseChannel *dense);
/* 0: not dense. phase_us may be NULL. */
gint64 tw_log_get_period (const TwLog *log, guint32 patient, TwChannel channel, gint64 *phase_us);
/* The unit of the first value that came; later values are converted to it. TW_UNIT_UNKNOWN: nothing
 * came. */
TwUnit tw_log_get_unit (const TwLog *log, guint32 patient, TwChannel channel);
/* The longest time from measurement to receipt seen so far. */
gint64 tw_log_get_delay (const TwLog *log, guint32 patient, TwChannel channel);

/* One value per time: the same time replaces, the same value again changes nothing. FALSE when
 * the unit cannot be converted, or the sample is older than what is kept. */
gboolean tw_log_add (TwLog *log, const TwTick *tick, guint index);
/* Samples with from_us <= t_us < to_us; borrowed until the next tw_log_add. */
const TwLogSample *tw_log_span (const TwLog *log, guint32 patient, TwChannel channel,
                                gint64 from_us, gint64 to_us, gsize *n);
/* What cleaning found of the sample of this time; another quality than before is a change. */
void tw_log_judge (TwLog *log, guint32 patient, TwChannel channel, const TwSample *found);
/* The sample of this time; NULL: there is none. Borrowed until the next change. */
const TwLogSample *tw_log_get (const TwLog *log, guint32 patient, TwChannel channel, gint64 t_us);
/* The sample of this time is taken back: it stays, withdrawn, so that who asks hears of it. FALSE when
 * there was none. */
gboolean tw_log_remove (TwLog *log, guint32 patient, TwChannel channel, gint64 t_us, gint64 rx_us);
/* Room for patients that have come; never fewer. */
void tw_log_grow (TwLog *log, guint n_patients);
/* Changes are numbered from here on: those of an earlier run lie below. */
void tw_log_begin_at (TwLog *log, guint64 seq);
/* The number of the newest change. */
guint64 tw_log_get_seq (const TwLog *log);
guint tw_log_get_n_patients (const TwLog *log);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwLog, tw_log_free)

G_END_DECLS
