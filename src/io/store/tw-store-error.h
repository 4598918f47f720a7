/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can go wrong with files and stores. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TW_STORE_ERROR (tw_store_error_quark ())
GQuark tw_store_error_quark (void);

typedef enum
{
  /* Files: */
  TW_STORE_ERROR_FORMAT,
  TW_STORE_ERROR_UNSUPPORTED, /* FLAC and other formats: in words */
  TW_STORE_ERROR_IO,
  /* The store: */
  TW_STORE_ERROR_OPEN,    /* no such folder, no permission */
  TW_STORE_ERROR_IN_USE,  /* another program has it */
  TW_STORE_ERROR_NEWER,   /* made by a newer Twinward */
  TW_STORE_ERROR_FOREIGN, /* a database, but none of ours; or no database */
  TW_STORE_ERROR_DAMAGED, /* the content is damaged */
  TW_STORE_ERROR_FULL,    /* the disk, or the ceiling of this store, is full: try again later */
  TW_STORE_ERROR_EPOCH,   /* the batch is of an older epoch than the source's newest */
  TW_STORE_ERROR_FAILED   /* anything else the library reports */
} TwStoreError;

G_END_DECLS
