/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What plays into the ward: the demo ward or a recording, behind one small table of functions. */
#pragma once

#include <glib.h>

#include "tw-channel.h"
#include "tw-intake-log.h"
#include "tw-patient.h"
#include "tw-unit.h"

G_BEGIN_DECLS

typedef struct
{
  TwChannel channel;
  TwUnit unit;  /* as the device sends it */
  double value; /* in unit; never NaN: what is missing is not sent */
  guint8 flags; /* TwObservationFlags; withdrawn: value means nothing */
} TwTickValue;

/* All values of one patient at one instant. */
typedef struct
{
  guint32 patient; /* index into the feed's patients */
  gint64 t_us;     /* when it was measured */
  gint64 rx_us;    /* when the gateway got it; never before t_us */
  gint64 seq;      /* number in the store's journal; 0: not from there */
  guint n;
  TwTickValue values[TW_N_CHANNELS];
} TwTick;

/* Known to be missing, told when the signal is back. */
typedef struct
{
  guint32 patient;
  TwChannel channel; /* TW_CHANNEL_NONE: all */
  gint64 from_us, to_us;
  const char *why;
} TwTickGap;

/* The receiver; calls come from within advance, in the order of rx_us. */
typedef struct
{
  void (*on_tick) (const TwTick *tick, gpointer data);
  void (*on_gap) (const TwTickGap *gap, gpointer data);
} TwWardSink;

/* A channel that comes on a regular grid: t = k * period_us + phase_us. */
typedef struct
{
  guint32 patient;
  TwChannel channel;
  gint64 period_us, phase_us;
} TwDenseChannel;

typedef struct _TwWardFeed TwWardFeed;

typedef struct
{
  /* Sends everything that the gateway has got by to_us; never the same twice. */
  void (*advance) (TwWardFeed *feed, gint64 to_us);
  void (*free) (TwWardFeed *feed);
  /* Has what was committed, and sends it at the next advance; NULL: takes nothing in. */
  void (*take) (TwWardFeed *feed, TwIntakeBatch *batch);
} TwWardFeedClass;

/* First member of every implementation. */
struct _TwWardFeed
{
  const TwWardFeedClass *klass;
  const TwWardSink *sink;
  gpointer sink_data;

  char *ward;              /* "Ward 3B" */
  GPtrArray *patients;     /* TwPatient, with bed and ward; an index keeps its id for good */
  GArray *stay_us;         /* gint64 per patient: begin of the stay */
  GArray *dense;           /* TwDenseChannel; grows within advance */
  gint64 start_us;         /* source time at which the clock starts; before it lies history */
  gint64 end_us;           /* of a recording; G_MAXINT64: it never ends */
  guint roster_version;    /* rises when patients are added or changed, within advance */
  gboolean recorded;
  gboolean invented;
};

void tw_ward_feed_init (TwWardFeed *feed, const TwWardFeedClass *klass);
void tw_ward_feed_set_sink (TwWardFeed *feed, const TwWardSink *sink, gpointer data);
void tw_ward_feed_advance (TwWardFeed *feed, gint64 to_us);
/* Does nothing where the feed takes nothing in. */
void tw_ward_feed_take (TwWardFeed *feed, TwIntakeBatch *batch);
/* Frees the common members and then, by the class, the rest. */
void tw_ward_feed_free (TwWardFeed *feed);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwWardFeed, tw_ward_feed_free)

G_END_DECLS
