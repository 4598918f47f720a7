/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recorded patients run through cleaner and twin exactly as they would live, with every forecast scored. */
#pragma once

#include <glib.h>

#include "tw-cleaner.h"
#include "tw-twin.h"

G_BEGIN_DECLS

/* One patient's readings, sorted by time. */
typedef struct
{
  char *id;
  GArray *readings; /* TwObservation */
} TwReplayPatient;

/* A forecast and what came true. */
typedef struct
{
  TwChannel channel;
  TwCadence cadence;
  guint patient;
  int horizon_min;
  double q[TW_N_QUANTILES];
  double sd;       /* of the filter's forecast, before multipliers */
  double last;     /* newest value at issue: the persistence forecast */
  double observed;
} TwReplayForecast;

typedef void (*TwReplayFunc) (const TwReplayForecast *forecast, gpointer user_data);

/* Patients of a plain observations file, in the order of their first row; array of TwReplayPatient *. */
GPtrArray *tw_replay_read (const char *path, GError **error);
/* Issues at every accepted reading of a vital sign with at least 5 earlier ones. The target is the accepted
 * reading nearest to issue + horizon within a third of the horizon. */
void tw_replay_run (const TwReplayPatient *patient,
                    guint index,
                    TwPriors *priors,
                    TwCleanLimits *limits,
                    TwReplayFunc func,
                    gpointer user_data);

G_END_DECLS
