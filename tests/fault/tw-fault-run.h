/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One seed: the whole client, headless, against the real gateway through the proxy. */
#pragma once

#include "tw-fault-proxy.h"

G_BEGIN_DECLS

typedef struct
{
  guint64 seed;
  gboolean polling;
  gboolean every_byte; /* no drawn faults: each connection is cut one byte later than the one before */
  gboolean verbose;
} TwFaultRunOptions;

typedef struct
{
  char *problem;           /* NULL: all is well */
  TwFaultCounts faults;
  double recovery_s;       /* from the last fault to live */
  guint n_waits;           /* begun after the last fault, until live */
  double waited_ms;        /* their sum, as announced */
  gboolean busy;           /* the machine held the client up meanwhile: its waits prove nothing */
  double longest_block_ms; /* of processor time, one turn of the client's main loop */
  double longest_turn_ms;  /* the same by the clock on the wall: a busy machine counts too */
  guint n_told;
} TwFaultResult;

void tw_fault_run (const TwFaultRunOptions *options, TwFaultResult *result);
void tw_fault_result_clear (TwFaultResult *result);

G_END_DECLS
