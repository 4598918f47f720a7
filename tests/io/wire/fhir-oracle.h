/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a document says of numbers and units, found out a second time: json-glib, tables of its own, and none of
 * the reader's code. Only for documents that the door has passed. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One value of an Observation or a component. */
typedef struct
{
  double value;
  char code[32];         /* UCUM; "" where there is none, or not by UCUM's system */
  guint32 channels;      /* a bit each: the channels that its codings name */
} FhirSaid;

/* FhirSaid of every Observation anywhere in the document. Free with g_array_unref. */
GArray *fhir_oracle_list (const char *text, gsize length);
/* The value in the channel's inside unit; FALSE: there is no such conversion. */
gboolean fhir_oracle_convert (double value, const char *code, int channel, double *inside);

G_END_DECLS
