/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recorded patients run through cleaner and twin exactly as they would live, with every forecast scored. */
#pragma once

#include <glib.h>

#include "tw-cleaner.h"
#include "tw-twin.h"

G_BEGIN_DECLS

#define TW_REPLAY_HORIZONS 5
#define TW_REPLAY_FOLDS 5

/* One stay's readings, sorted by time. */
typedef struct
{
  char *id;
  guint fold;         /* of the person: FNV-1a of its id modulo 5; both eICU folders share ids */
  GArray *readings;   /* TwObservation */
} TwReplayPatient;

/* An instant at which forecasts are issued. */
typedef struct
{
  guint patient;
  TwChannel channel;
  const TwTwin *twin;
  const TwSample *sample;
} TwReplayInstant;

/* A forecast and what came true. */
typedef struct
{
  guint patient;
  guint issue;       /* how many instants of the channel were before, in this patient */
  TwChannel channel;
  TwCadence cadence;
  guint horizon;     /* index */
  int horizon_min;
  double q[TW_N_QUANTILES];
  double weight[TW_N_EXPERTS];
  double sd;
  double last;       /* newest value at issue: the persistence forecast */
  double observed;
} TwReplayForecast;

typedef struct
{
  void (*on_instant) (const TwReplayInstant *instant, gpointer user_data); /* may be NULL */
  void (*on_forecast) (const TwReplayForecast *forecast, gpointer user_data);
  gpointer user_data;
} TwReplayFuncs;

/* 15, 30, 60, 240 min; glucose 15, 30, 60, 120, 240. */
guint tw_replay_horizons (TwChannel channel, int horizons_min[TW_REPLAY_HORIZONS]);

/* Stays of a plain observations file, in the order of their first row; array of TwReplayPatient *. Where a
 * patients.csv with a column "person" lies beside it, folds go by person. */
GPtrArray *tw_replay_read (const char *path, GError **error);
/* Issues at every accepted reading of a vital sign with at least 5 earlier ones. The target is the accepted
 * reading nearest to issue + horizon within a third of the horizon. */
void tw_replay_run (const TwReplayPatient *patient,
                    guint index,
                    TwPriors *priors,
                    TwCleanLimits *limits,
                    const TwReplayFuncs *funcs);

G_END_DECLS
