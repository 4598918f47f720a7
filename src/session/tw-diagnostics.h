/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an engineer needs to know of a connection that does not work, and nothing about patients: no name, no
 * id, no token, no word of the server's own. */
#pragma once

#include "tw-connection-check.h"
#include "tw-feed.h"

G_BEGIN_DECLS

typedef struct
{
  const char *version;             /* of the program */
  TwConnectionCheck *check;        /* NULL: the site's was not looked at */
  const TwFeedStatus *status;      /* NULL: this site is not shown now */
  const TwFeedCounts *counts;      /* NULL */
  guint n_patients;
  gint64 now_us;                   /* wall clock */
  gint64 last_us;                  /* time of the newest reading; 0 */
} TwDiagnosticsInput;

/* Plain text in English, lines of "name: value". Free with g_free. */
char *tw_diagnostics_dup (const TwDiagnosticsInput *input, const TwSite *site);

G_END_DECLS
