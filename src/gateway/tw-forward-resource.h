/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the ward holds, as resources for another server: ids made from names, so that the same thing
 * sent twice is one thing. */
#pragma once

#include "tw-outbox.h"
#include "tw-ward.h"

G_BEGIN_DECLS

typedef enum
{
  TW_FORWARD_SINGLE,   /* one value */
  TW_FORWARD_PRESSURE, /* systolic, diastolic, map of one instant */
  TW_FORWARD_BLOCK     /* up to TW_FORWARD_BLOCK_POINTS of a grid, a minute at most */
} TwForwardKind;

#define TW_FORWARD_BLOCK_POINTS 60

typedef struct
{
  gint64 t_us;      /* of the value; begin of the block */
  gint64 period_us; /* of a block; 0 */
  guint32 patient;
  gint16 channel;   /* a pressure: TW_CHANNEL_SYSTOLIC */
  guint8 kind;      /* TwForwardKind */
  guint8 parts;     /* of a pressure: bit for each of systolic, diastolic, map that stands alone */
} TwForwardKey;

/* Points of a block of this period. */
guint tw_forward_block_points (gint64 period_us);

/* Adds the Observation of the key to put; FALSE when the ward holds nothing of it. name: of the
 * store. */
gboolean tw_forward_put_observation (TwOutboxPut *put, const TwWard *ward, const char *name,
                                     const TwForwardKey *key);
/* The gateway as Device, the ward as Location. */
void tw_forward_put_ward (TwOutboxPut *put, const TwWard *ward, const char *name);
/* Bed, Patient and Encounter. */
void tw_forward_put_patient (TwOutboxPut *put, const TwWard *ward, const char *name,
                             guint32 patient);

G_END_DECLS
