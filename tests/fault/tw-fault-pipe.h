/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One direction of a proxied connection: bytes in, bytes out as the faults leave them. No sockets. */
#pragma once

#include "tw-fault-proxy.h"

G_BEGIN_DECLS

typedef enum
{
  TW_PIPE_FLOWS,
  TW_PIPE_SILENT,    /* takes and gives nothing more */
  TW_PIPE_HALF_OPEN, /* ... and the other end must be closed */
  TW_PIPE_RESET,
  TW_PIPE_CUT        /* end after what is ready */
} TwPipeState;

typedef struct
{
  TwFault faults[TW_FAULT_MAX];
  gboolean done[TW_FAULT_MAX];
  guint n_faults;
  gboolean by_chunks;  /* some fault is of whole chunks */
  guint64 passed;      /* bytes that came to the faults of bytes */
  guint64 n_chunks;    /* whole chunks of chunked bodies so far */
  gboolean in_chunks;  /* the head that was read announced chunks */
  guint64 body_left;   /* of a body whose length was announced */
  gboolean raw;        /* the head announced something else: from here on as it comes */
  GByteArray *partial; /* a head or a chunk that is not whole yet */
  GByteArray *held;    /* a chunk that changes places with the next one */
  GByteArray *ready;   /* to be sent */
  guint delay_ms;      /* the sender waits so long, once */
  guint drip_ms;       /* a byte each so many ms; 0: as fast as it goes */
  TwPipeState state;
  guint *struck;       /* the proxy's counts */
} TwFaultPipe;

void tw_fault_pipe_init (TwFaultPipe *pipe, const TwFault *faults, guint n_faults, gboolean upstream,
                         guint *struck);
void tw_fault_pipe_clear (TwFaultPipe *pipe);
void tw_fault_pipe_feed (TwFaultPipe *pipe, const guint8 *bytes, gsize n);
/* No further fault strikes. */
void tw_fault_pipe_heal (TwFaultPipe *pipe);

G_END_DECLS
