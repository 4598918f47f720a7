/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A batch on its way into the journal, and the bytes of a tick. Internal. */
#pragma once

#include "tw-crc32c.h"
#include "tw-database.h"
#include "tw-intake-log.h"

G_BEGIN_DECLS

typedef struct
{
  TwIntakeMessage message; /* its pointers are this item's own */
  TwPatientFields who;
  gboolean has_who;
  gint64 seq;              /* set by the commit */
} TwIntakeItem;

struct _TwIntakeBatch
{
  gatomicrefcount ref_count;
  char *source;
  gint64 epoch;
  GPtrArray *items;  /* TwIntakeItem */
  GArray *refused;   /* gint64 */
};

/* Reads the body of a tick: numbers of the store's channel table, quality, flags, value. FALSE when
 * the bytes are not what was written. At most TW_INTAKE_MAX_VALUES. */
gboolean tw_intake_body_read (TwDatabase *database, sqlite3_stmt *row, int column, guint32 crc,
                              TwIntakeValue *values, guint *n, GError **error);
gboolean tw_intake_body_write (TwDatabase *database, const TwIntakeValue *values, guint n,
                               GByteArray *body, GError **error);

G_END_DECLS
