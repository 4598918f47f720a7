/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A TCP proxy that breaks what it carries, by a seed: it delays, stalls, resets, half-opens, cuts, flips
 * bits, repeats, drops and reorders bytes or whole HTTP chunks, and drips.
 *
 * Where a fault strikes is drawn per connection and counted in bytes, so a seed strikes the same places
 * again however fast the machine is. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  TW_FAULT_DELAY,       /* what follows comes later */
  TW_FAULT_STALL,       /* nothing more comes this way; the other way lives */
  TW_FAULT_HALF_OPEN,   /* the server's side is gone, the client is not told */
  TW_FAULT_RESET,
  TW_FAULT_CUT,         /* an orderly end in the middle */
  TW_FAULT_FLIP,        /* one bit */
  TW_FAULT_REPEAT,      /* some bytes come twice */
  TW_FAULT_LOSE,        /* some bytes do not come */
  TW_FAULT_SWAP,        /* two runs of bytes change places */
  TW_FAULT_CHUNK_REPEAT, /* the same with whole chunks of a chunked answer: no framing breaks */
  TW_FAULT_CHUNK_LOSE,
  TW_FAULT_CHUNK_SWAP,
  TW_FAULT_DRIP,        /* byte by byte from here on */
  TW_N_FAULTS
} TwFaultKind;

const char *tw_fault_name (TwFaultKind kind);

typedef struct
{
  gboolean upstream;    /* in what the client sends; else in what the server sends */
  TwFaultKind kind;
  guint64 at;           /* strikes when so many bytes have passed (chunks for TW_FAULT_CHUNK_*) */
  guint amount;         /* DELAY, DRIP: ms (DRIP: per byte); FLIP: the bit; REPEAT, LOSE, SWAP: bytes */
} TwFault;

#define TW_FAULT_MAX 8

/* The faults of one connection: fills at most TW_FAULT_MAX, returns how many. Connections are numbered
 * from 0 in the order in which they were accepted. */
typedef guint (*TwFaultPlanFunc) (guint connection, TwFault *faults, gpointer data);

typedef struct
{
  guint n_connections;
  guint struck[TW_N_FAULTS]; /* faults that took place */
} TwFaultCounts;

typedef struct _TwFaultProxy TwFaultProxy;

/* Listens on a free port of 127.0.0.1 in the thread-default main context and carries to port. */
TwFaultProxy *tw_fault_proxy_new (guint16 port, TwFaultPlanFunc plan, gpointer data);
void tw_fault_proxy_free (TwFaultProxy *proxy);
guint16 tw_fault_proxy_get_port (const TwFaultProxy *proxy);
/* From now on nothing new goes wrong. What has been lost or has fallen silent stays so. */
void tw_fault_proxy_heal (TwFaultProxy *proxy);
void tw_fault_proxy_get_counts (const TwFaultProxy *proxy, TwFaultCounts *counts);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwFaultProxy, tw_fault_proxy_free)

G_END_DECLS
