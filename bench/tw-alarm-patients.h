/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recorded patients run through the very chain of the app, with the probability of danger at each reading. */
#pragma once

#include <glib.h>

#include "tw-tables.h"

G_BEGIN_DECLS

#define TW_ALARM_FOLDS 5
#define TW_ALARM_HORIZONS 4

/* What is asked of the twin. */
typedef struct
{
  TwChannel channel;
  double threshold;
  gboolean below;
  guint n_horizons;
  int horizon_min[TW_ALARM_HORIZONS];
} TwAlarmQuestion;

/* One accepted reading, with what the twin said then; NaN: nothing. */
typedef struct
{
  TwCadence cadence;
  double at[TW_ALARM_HORIZONS];  /* beyond at the horizon */
  double any[TW_ALARM_HORIZONS]; /* beyond at any time up to it */
} TwAlarmAnswer;

typedef struct
{
  guint fold;
  GArray *samples; /* TwSample */
  GArray *answers; /* TwAlarmAnswer, of each sample */
} TwAlarmPatient;

/* Twin tables of each fold: trained without the people of that fold; all the same where there are none. */
typedef struct
{
  TwTables *fold[TW_ALARM_FOLDS];
} TwFoldTables;

/* folder: with fold0 .. fold4, each with the tables that stand in for the shipped ones; NULL: the shipped
 * tables for everybody. */
gboolean tw_fold_tables_load (TwFoldTables *tables, const char *folder, GError **error);

/* FNV-1a of the person, modulo 5. */
guint tw_alarm_fold (const char *person);

/* Array of TwAlarmPatient*. people: person of a stay, or NULL. */
GPtrArray *tw_alarm_patients_run (const char *path, GHashTable *people, const TwFoldTables *tables,
                                  const TwAlarmQuestion *question, GError **error);

G_END_DECLS
