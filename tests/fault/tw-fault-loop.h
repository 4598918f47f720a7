/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One turn of the default main loop, and how long what it called held it up. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  double longest_cpu_ms;  /* processor time of this thread */
  double longest_wall_ms;
} TwFaultLoop;

/* Waits at most 5 ms for something to do, and does it. */
void tw_fault_loop_turn (TwFaultLoop *loop);

G_END_DECLS
