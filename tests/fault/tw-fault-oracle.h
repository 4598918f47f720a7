/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recomputes from what the gateway holds what the client must show, and names each difference. */
#pragma once

#include "tw-session.h"
#include "tw-ward.h"

G_BEGIN_DECLS

/* Each cleaned sample as the session told it. */
typedef struct
{
  guint32 patient; /* the session's index */
  TwCleaned cleaned;
} TwFaultTold;

typedef struct
{
  const TwWard *ward;   /* its clock stands still */
  TwSession *session;
  const GArray *told;   /* TwFaultTold, in order */
  gint64 history_us;    /* at least so much of the past must be there */
} TwFaultCase;

/* NULL: all that must be shown is shown. Else what is missing, in words; it may still be on its way. */
char *tw_fault_find_missing (const TwFaultCase *what);
/* NULL: nothing is shown, or was ever told, that the gateway does not hold, and nothing twice. */
char *tw_fault_find_wrong (const TwFaultCase *what);

G_END_DECLS
