/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How one FHIR server wants to be asked and written to: the row of a recognised product in
 * data/servers/servers.csv, completed by what its CapabilityStatement says. */
#pragma once

#include "tw-fhir-read.h"

G_BEGIN_DECLS

typedef struct
{
  char *key;                   /* "hapi"; "generic" where no row was recognised */
  char *name;                  /* "HAPI FHIR"; of a server that is not known its own, "" when unsaid */
  char *header;                /* "Name: value" that goes with every request; NULL */
  gboolean known;              /* a row was recognised */

  /* Reading. */
  guint page_size;             /* _count */
  guint named;                 /* patients that one search may name; 1: one by one */
  gboolean last_updated;       /* Observation can be searched by _lastUpdated */
  gboolean sort_stamp;         /* ... and sorted by it */
  gboolean sort_date;          /* sorted by date */
  gboolean newest_first;       /* answers in the order -date, unasked */
  gboolean needs_patient;      /* no search of Observation without one */
  gboolean needs_kind;         /* ... nor without a category or codes */
  gboolean typed_id;           /* patients are named as Patient/ID */
  gboolean any_kind;           /* a poll asks for all kinds at once */
  gboolean no_cache;           /* send Cache-Control: no-cache */
  gboolean strict;             /* send Prefer: handling=strict */
  gboolean lastn;              /* Observation/$lastn; nothing is built on it */
  gboolean assume_utc;         /* times without a zone are UTC; else they are refused */
  guint page_life_min;         /* how long a link to a next page holds; 0: unknown */

  /* Writing. */
  gboolean conditional_create; /* If-None-Exist, ifNoneExist in a transaction */
  gboolean update_create;      /* PUT of an id that the client chose creates it */
  gboolean transaction;        /* POST of a transaction Bundle to the base */
  guint bundle_limit;          /* entries of one transaction; 0: none are taken */
} TwServerProfile;

/* capability NULL: the server has no CapabilityStatement. Never NULL but for a fault of the table
 * that is compiled in. Free with tw_server_profile_free. */
TwServerProfile *tw_server_profile_new (const TwFhirCapability *capability, GError **error);
/* The same from a table's text, for its tests. */
TwServerProfile *tw_server_profile_new_from (const char *table, const TwFhirCapability *capability,
                                             GError **error);
void tw_server_profile_free (TwServerProfile *profile);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwServerProfile, tw_server_profile_free)

G_END_DECLS
