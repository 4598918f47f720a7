/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pushing what the ward holds to a FHIR server: through a durable outbox, in transactions, each
 * thing once. */
#pragma once

#include "tw-outbox.h"
#include "tw-ward.h"

G_BEGIN_DECLS

typedef struct
{
  const char *url;    /* FHIR base of the server */
  const char *token;  /* bearer; NULL: none */
} TwForwardOptions;

typedef struct _TwForward TwForward;

/* The store must outlive it. An address that the policy of connections refuses is an error. */
TwForward *tw_forward_new (TwStore *store, const TwForwardOptions *options, GError **error);
/* What has not been sent stays in the store. */
void tw_forward_free (TwForward *forward);

/* How the ward tells what it gets. */
void tw_forward_get_judging (TwForward *forward, TwWardJudging *judging);
/* Every tick of the journal up to here is in the outbox, or went through it. */
gint64 tw_forward_get_cursor (const TwForward *forward);
/* From now on; the ward that is told of must be this one. NULL: stops. */
void tw_forward_set_ward (TwForward *forward, const TwWard *ward);

/* {"target":...,"state":...,"sent":n,"waiting":n,"refused":n} */
void tw_forward_write_status (const TwForward *forward, GString *out);

G_END_DECLS
