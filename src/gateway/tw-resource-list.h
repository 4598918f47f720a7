/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which Observations there are: derived from the log whenever someone asks, never stored. */
#pragma once

#include "tw-query.h"
#include "tw-ward.h"

G_BEGIN_DECLS

typedef enum
{
  TW_RESOURCE_SINGLE,  /* one value */
  TW_RESOURCE_PANEL,   /* blood pressure: two or three of systolic, diastolic, map of one instant */
  TW_RESOURCE_BLOCK    /* TW_LOG_BLOCK points of a dense channel */
} TwResourceKind;

typedef struct
{
  gint64 start_us, end_us;  /* effective; end of a block: its last point so far */
  gint64 rx_us;             /* meta.lastUpdated */
  guint64 version;          /* meta.versionId */
  guint32 patient;
  gint16 channel;           /* a panel: TW_CHANNEL_SYSTOLIC */
  guint8 kind;              /* TwResourceKind */
} TwResource;

#define TW_RESOURCE_MAX_DATES 8

typedef struct
{
  gboolean all_patients;
  GArray *patients;                    /* guint32; when not all */
  guint32 singles;                     /* bit per channel: singles and blocks of it are wanted */
  gboolean panels;
  TwDateFilter dates[TW_RESOURCE_MAX_DATES], updates[TW_RESOURCE_MAX_DATES];
  guint n_dates, n_updates;
  guint64 up_to;                       /* what changed after this number does not exist yet */
} TwResourceFilter;

/* Appends what the filter lets through, by patient and channel, in time order within each. */
void tw_resource_list (const TwWard *ward, const TwResourceFilter *filter, GArray *resources);

/* "o3-b0-5f3..": says all that is needed to find it again. size >= 64. */
char *tw_resource_format_id (const TwResource *resource, char *buffer, gsize size);
/* FALSE when the id is none of ours, or there is nothing there. */
gboolean tw_resource_find (const TwWard *ward, const char *id, TwResource *resource);
/* The Observation as JSON. up_to as above. */
void tw_resource_write (const TwWard *ward, const TwResource *resource, guint64 up_to,
                        GString *out);

/* "vital-signs", "laboratory" or "therapy". */
const char *tw_resource_category (TwChannel channel);

G_END_DECLS
