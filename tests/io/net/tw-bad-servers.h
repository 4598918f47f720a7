/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every server that must be refused, as one table: what is wrong with it, and what a clinician must
 * be told. Read by the tests of the connection, of the session and of the window. */
#pragma once

#include <gio/gio.h>

#include "tw-connection.h"
#include "tw-feed.h"
#include "tw-raw-server.h"

typedef struct
{
  const char *name;
  const char *certificate, *key; /* of certificates.sh; NULL: the good server's; "none" */
  const char *pin;               /* the key that is pinned; NULL: none */
  const char *s_server;          /* options of openssl's server, used instead of ours; NULL */
  TwRawFunc answer;              /* NULL: a ward without patients */
  const char *asked;             /* by the connection; NULL: "metadata" */
  TwNetError code;
  TwFeedState state;             /* of a session */
  const char *cause, *step;      /* both stand in what is shown */
} TwBadServer;

extern const TwBadServer tw_bad_servers[];
extern const gsize tw_n_bad_servers;
/* The same without a fault: what the others are measured against. */
extern const TwBadServer tw_good_server;

/* Makes the authority and all certificates in a new folder. NULL: the test was skipped by name. */
char *tw_certificates_new (void);
void tw_certificates_free (char *folder);

/* A bad server that runs, and the trust of a site that knows its authority. */
typedef struct
{
  TwRawServer *server;
  GSubprocess *process;
  char *url, *ca_file, *pin;
  TwTrust trust;
} TwBadPlace;

TwBadPlace *tw_bad_place_new (const TwBadServer *bad, const char *folder);
void tw_bad_place_free (TwBadPlace *place);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwBadPlace, tw_bad_place_free)
