/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside the FHIR writers: the parts that many resources are made of. Each appends JSON text; those
 * that take a key begin with the comma before it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* ,"key":"value" */
void tw_fhir_append_member (GString *out, const char *key, const char *value);
/* ,"key":"2026-11-22T14:02:10Z" */
void tw_fhir_append_time (GString *out, const char *key, gint64 t_us);
/* ,"key":{"start":...,"end":...}; a time of 0 is left out. */
void tw_fhir_append_period (GString *out, const char *key, gint64 start_us, gint64 end_us);
/* {"resourceType":...,"id":...,"meta":{...} and left open. version NULL and last_updated_us 0 are
 * left out. */
void tw_fhir_begin_resource (GString *out, const char *type, const char *id, const char *version,
                             gint64 last_updated_us);
/* {"system":...,"code":...,"display":...}; display NULL: none. */
void tw_fhir_append_coding (GString *out, const char *system, const char *code,
                            const char *display);
/* ,"key":{"coding":[...]} with one coding. */
void tw_fhir_append_concept (GString *out, const char *key, const char *system, const char *code,
                             const char *display);
/* ,"key":{"reference":"Patient/1"} */
void tw_fhir_append_reference (GString *out, const char *key, const char *type, const char *id);

G_END_DECLS
