/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Eight invented patients, told by the tables of data/demo; the same seed and start give the same
 * values. */
#pragma once

#include "tw-ward-feed.h"

G_BEGIN_DECLS

typedef struct
{
  guint64 seed;
  gint64 start_us;   /* when the story's minute 0 is */
  gint64 history_us; /* how much is told of what came before; at most 24 h */
  const char *ward;  /* NULL: "Ward 3B" */
} TwDemoWardOptions;

TwWardFeed *tw_demo_ward_new (const TwDemoWardOptions *options, GError **error);

G_END_DECLS
