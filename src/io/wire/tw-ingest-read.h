/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line of what a device sends to the gateway's /v1/ingest. Pure: bytes in, values out. */
#pragma once

#include "tw-json-door.h"
#include "tw-observation.h"
#include "tw-quality.h"

G_BEGIN_DECLS

#define TW_INGEST_MAX_VALUES 64
#define TW_INGEST_MAX_TEXT 256 /* with its NUL */

typedef struct
{
  char src[TW_INGEST_MAX_TEXT];
  char patient[TW_INGEST_MAX_TEXT];
  char bed[TW_INGEST_MAX_TEXT];    /* "": unsaid */
  gint64 epoch;                    /* 0 and up */
  gint64 pseq;                     /* 1 and up; 0: the line was refused before it was found */
  gint64 t_us;
  guint n;
  TwObservation values[TW_INGEST_MAX_VALUES]; /* unit converts to the channel's */
  TwQuality quality[TW_INGEST_MAX_VALUES];    /* as the device says */
} TwIngestLine;

/* {"src":"urn:monitor:7","epoch":3,"pseq":41,"p":"4711","ts":1795356130000000,
 *  "x":[["heart_rate",82.5,"/min"],["spo2",null,"%"],["temperature",37.2,"Cel","corrected"]]}
 * FALSE: the line as a whole is refused, in words without any value or name; pseq, src and epoch are
 * set as far as they could be read. */
gboolean tw_ingest_read_line (const char *text, gsize length, TwIngestLine *line, GError **error);

G_END_DECLS
