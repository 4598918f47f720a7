/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The readings of the last hours, patient by patient, a few at a time. */
#pragma once

#include "tw-connection.h"
#include "tw-fetch.h"
#include "tw-ledger.h"
#include "tw-page-walk.h"
#include "tw-server-profile.h"

G_BEGIN_DECLS

typedef struct
{
  TwConnection *connection;
  const TwServerProfile *profile;
  const TwRoster *roster;      /* these live as long as the load */
  TwLedger *ledger;
  gint64 from_us;              /* measured since */
  guint at_a_time;             /* patients; 0: as many as keep the line busy */
  guint32 flags;               /* TwObservationFlags added */
  gboolean all_in_one;         /* one search gives every category (our gateway); else two */
  gboolean check_future;       /* readings later than the server's Date by 5 min are not used */
} TwHistoryPlan;

typedef struct
{
  /* A page came, with what is new on it (TwObservation). */
  void (*on_page) (const TwFetched *fetched, const GArray *readings, const TwLedgerCounts *counts,
                   gpointer data);
  /* An entry that cannot be read; parameters that the server ignored or refused ("_sort, date"). */
  void (*on_loss) (const TwPageLoss *loss, gpointer data);
  void (*on_ignored) (const char *names, gpointer data);
  /* Everything of a patient is here. */
  void (*on_patient) (guint32 patient, gpointer data);
  /* The end: error NULL when all are loaded. The receiver may free the load. */
  void (*on_end) (const GError *error, int retry_after_s, gpointer data);
} TwHistoryEvents;

typedef struct _TwHistoryLoad TwHistoryLoad;

/* patients: guint32 indices; at least one. Calls come from the main loop, never from inside. */
TwHistoryLoad *tw_history_load_new (const TwHistoryPlan *plan, const GArray *patients,
                                    const TwHistoryEvents *events, gpointer data);
/* Cancels what is under way; no call comes afterwards. */
void tw_history_load_free (TwHistoryLoad *load);

/* "&category=vital-signs", and the codes that lie outside of it, as parts of an address. */
extern const char tw_history_vital_signs[];
extern const char tw_history_other_codes[];

G_END_DECLS
