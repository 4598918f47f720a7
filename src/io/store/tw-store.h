/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one SQLite file of a gateway and the one thread that owns it. What a completion reports is on
 * the disk: WAL, synchronous=FULL, one commit for all that waits. */
#pragma once

#include <gio/gio.h>

#include "tw-store-error.h"

G_BEGIN_DECLS

typedef struct
{
  gint64 max_bytes; /* ceiling of the file; 0: the disk is the limit */
} TwStoreOptions;

typedef struct _TwStore TwStore;

/* Opens or makes the file (mode 0600), brings an older one up to date, starts the thread. Never
 * repairs, renames or empties a file that it cannot read. options may be NULL. */
TwStore *tw_store_open (const char *path, const TwStoreOptions *options, GError **error);
/* Finishes what was asked, then closes; completions not yet delivered still come. */
void tw_store_close (TwStore *store);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwStore, tw_store_close)

G_END_DECLS
