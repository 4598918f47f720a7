/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long to wait before the next try: 1, 2, 4 ... 60 s with full jitter, and never less than the
 * server asks. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gint64 first_us;  /* 1 s */
  gint64 most_us;   /* 60 s */
  guint n_failed;   /* in a row */
} TwBackoff;

/* The wait after one more failure. random in [0, 1); retry_after_s: what the server asked, -1
 * nothing. The first second is not drawn lower than a tenth, so that a broken server is never
 * asked in a tight loop. */
gint64 tw_backoff_fail (TwBackoff *backoff, double random, int retry_after_s);
void tw_backoff_succeed (TwBackoff *backoff);

G_END_DECLS
