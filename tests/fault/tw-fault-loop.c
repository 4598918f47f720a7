/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The steps of g_main_context_iteration () one by one, so that waiting is not counted. */
#include "config.h"

#include "tw-fault-loop.h"

#include <time.h>

#define MAX_FDS 256
#define LONGEST_WAIT_MS 5

static double
clock_ms (clockid_t clock)
{
  struct timespec t;

  clock_gettime (clock, &t);
  return (double) t.tv_sec * 1e3 + (double) t.tv_nsec / 1e6;
}

void
tw_fault_loop_turn (TwFaultLoop *loop)
{
  GMainContext *context = g_main_context_default ();
  GPollFD fds[MAX_FDS];
  int priority, timeout_ms, n;
  double cpu_ms, wall_ms;

  g_assert_true (g_main_context_acquire (context));
  g_main_context_prepare (context, &priority);
  n = g_main_context_query (context, priority, &timeout_ms, fds, MAX_FDS);
  g_assert_cmpint (n, <=, MAX_FDS);
  if (timeout_ms < 0 || timeout_ms > LONGEST_WAIT_MS)
    timeout_ms = LONGEST_WAIT_MS;
  g_poll (fds, (guint) n, timeout_ms);
  if (g_main_context_check (context, priority, fds, n))
    {
      cpu_ms = clock_ms (CLOCK_THREAD_CPUTIME_ID);
      wall_ms = clock_ms (CLOCK_MONOTONIC);
      g_main_context_dispatch (context);
      cpu_ms = clock_ms (CLOCK_THREAD_CPUTIME_ID) - cpu_ms;
      wall_ms = clock_ms (CLOCK_MONOTONIC) - wall_ms;
      loop->longest_cpu_ms = MAX (loop->longest_cpu_ms, cpu_ms);
      loop->longest_wall_ms = MAX (loop->longest_wall_ms, wall_ms);
    }
  g_main_context_release (context);
}
