/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which Observation said what: so that each version is used once, an older one never replaces a
 * newer one, and one that is withdrawn or moved takes back what it had said. */
#pragma once

#include "tw-fhir-read.h"
#include "tw-roster.h"

G_BEGIN_DECLS

/* About 250 bytes each. A ward of 48 with eight values a minute makes 23,000 an hour. */
#define TW_LEDGER_MAX_IDS 300000

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

/* A search over everything begins: resources that come from now on are marked as seen in it. */
void tw_ledger_begin_scan (TwLedger *ledger);
/* Ids, at most max, of what lies within the last such search (of patients present, measured since
 * from_us) and did not come in it. Free with g_ptr_array_unref. */
GPtrArray *tw_ledger_list_unseen (const TwLedger *ledger, const TwRoster *roster, gint64 from_us,
                                  guint max);
/* The server has deleted it: what it said is taken back, as if it were entered in error. */
void tw_ledger_withdraw (TwLedger *ledger, const char *id, const TwLedgerTerms *terms, GArray *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwLedger, tw_ledger_free)

G_END_DECLS
