/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which Observation said what: so that each version is used once, an older one never replaces a
 * newer one, and one that is withdrawn or moved takes back what it had said. */
#pragma once

#include "tw-fhir-read.h"
#include "tw-roster.h"

G_BEGIN_DECLS

#define TW_LEDGER_MAX_IDS 100000

typedef struct _TwLedger TwLedger;

/* max_ids: the oldest is forgotten beyond; 0: nothing is remembered (a first load whose
 * corrections will come by a stream). */
TwLedger *tw_ledger_new (gsize max_ids);
void tw_ledger_free (TwLedger *ledger);

typedef struct
{
  const TwRoster *roster;
  guint32 flags;        /* TwObservationFlags added to every reading */
  gint64 latest_us;     /* readings of a later time are not used; G_MAXINT64: any */
} TwLedgerTerms;

/* What was left out. */
typedef struct
{
  guint n_taken, n_repeated, n_outdated, n_strangers, n_future;
} TwLedgerCounts;

/* Appends to out (TwObservation) what is new on the page. Resources that cannot be read any more
 * (refused) but could before are taken back. */
void tw_ledger_take (TwLedger *ledger, const TwFhirPage *page, const TwLedgerTerms *terms,
                     GArray *out,
                     TwLedgerCounts *counts);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwLedger, tw_ledger_free)

G_END_DECLS
