/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exponential waits with full jitter, so that many clients of a server that comes back do not come
 * at once. */
#include "config.h"

#include "tw-backoff.h"

gint64
tw_backoff_fail (TwBackoff *backoff,
                 double random,
                 int retry_after_s)
{
  gint64 ceiling = backoff->most_us;
  if (backoff->n_failed < 20)
    ceiling = MIN (backoff->first_us << backoff->n_failed, backoff->most_us);
  backoff->n_failed++;
  gint64 wait = MAX ((gint64) (random * (double) ceiling), backoff->first_us / 10);
  return MAX (wait, (gint64) retry_after_s * G_USEC_PER_SEC);
}

void
tw_backoff_succeed (TwBackoff *backoff)
{
  backoff->n_failed = 0;
}
