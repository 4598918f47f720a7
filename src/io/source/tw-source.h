/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A feed of readings behind one interface: a server (FHIR, stream or polling), a recording. */
#pragma once

#include <gio/gio.h>

#include "tw-feed.h"
#include "tw-observation.h"
#include "tw-patient.h"
#include "tw-trust.h"

G_BEGIN_DECLS

typedef struct _TwSource TwSource;
typedef struct _TwConnection TwConnection;

/* The receiver; all calls come on the main context. Pointers are borrowed for the call. */
typedef struct
{
  /* The roster changed: patients by index; an index never changes its meaning. present[i] FALSE:
   * left. */
  void (*on_roster) (GPtrArray *patients, const gboolean *present, const char *ward, gpointer data);
  void (*on_readings) (const TwObservation *readings, gsize n, gpointer data);
  /* Known to be missing: patient index, channel or TW_CHANNEL_NONE for all. */
  void (*on_gap) (guint32 patient, TwChannel channel, gint64 from_us, gint64 to_us, gpointer data);
  /* What on_gap called missing was found: exactly that gap is no more. */
  void (*on_filled) (guint32 patient, TwChannel channel, gint64 from_us, gint64 to_us,
                     gpointer data);
  void (*on_status) (const TwFeedStatus *status, gpointer data);
  /* The source's clock: at monotonic time mono_us its time was now_us, running at speed. */
  void (*on_clock) (gint64 mono_us, gint64 now_us, double speed, gpointer data);
} TwSourceSink;

/* The four verbs of every source, and its end. */
typedef struct
{
  void (*start) (TwSource *source);
  void (*stop) (TwSource *source);
  void (*retry) (TwSource *source);                          /* "Retry Now" */
  void (*get_counts) (TwSource *source, TwFeedCounts *counts);
  void (*free) (TwSource *source);
  TwConnection *(*get_connection) (TwSource *source);        /* NULL: reads from no server */
} TwSourceClass;

/* First member of every implementation. */
struct _TwSource
{
  const TwSourceClass *klass;
  const TwSourceSink *sink;
  gpointer sink_data;
};

void tw_source_set_sink (TwSource *source, const TwSourceSink *sink, gpointer data);
void tw_source_start (TwSource *source);
void tw_source_stop (TwSource *source);
void tw_source_retry (TwSource *source);
void tw_source_get_counts (TwSource *source, TwFeedCounts *counts);
void tw_source_free (TwSource *source);
/* The connection to the server that it reads from, borrowed; NULL: there is none. */
TwConnection *tw_source_get_connection (TwSource *source);

/* A FHIR R4 server, by stream where the gateway offers one, by polling elsewhere. */
typedef struct
{
  const char *base_url;
  const char *token;        /* NULL: none */
  TwTrust trust;
  const char *ward;         /* Location id, "Group/ID" or "List/ID"; NULL: all encounters in progress */
  const char *const *patients; /* ids, in place of a ward; NULL */
  gint64 history_us;        /* 0: 6 h */
  gboolean poll_only;       /* do not use the stream even where there is one */
  guint poll_s;             /* 0: 5 s */
} TwServerSourceOptions;

TwSource *tw_server_source_new (const TwServerSourceOptions *options, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwSource, tw_source_free)

G_END_DECLS
