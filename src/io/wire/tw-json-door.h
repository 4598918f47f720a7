/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The only door for JSON from outside: one C call per document, columns and a GError out.
 * DOM parser, depth 64, at most 32 MiB; never simdjson's On-Demand. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TW_WIRE_ERROR (tw_wire_error_quark ())
GQuark tw_wire_error_quark (void);

typedef enum
{
  TW_WIRE_ERROR_JSON,       /* not JSON, too deep, too large */
  TW_WIRE_ERROR_RESOURCE,   /* JSON, but not what FHIR or the stream prescribes */
  TW_WIRE_ERROR_OUTCOME,    /* the server sent an OperationOutcome; message is its text */
  TW_WIRE_ERROR_FILE,       /* a file cannot be read at all */
  TW_WIRE_ERROR_UNSUPPORTED /* a version or format we do not know */
} TwWireError;

#define TW_JSON_MAX_BYTES (32 * 1024 * 1024)
#define TW_JSON_PADDING 64 /* readable bytes that callers keep after the end of a body */

/* Checks that a document is JSON within the limits. data need not be padded. */
gboolean tw_json_check (const char *data, gsize length, GError **error);

G_END_DECLS
