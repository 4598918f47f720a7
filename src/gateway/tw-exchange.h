/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A request and its reply as plain data: the facade knows no sockets. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const char *path;          /* decoded, begins with "/" */
  const char *query;         /* as it stands in the address; NULL */
  const char *base;          /* "http://127.0.0.1:8420/fhir/R4" as the client calls us */
  const char *if_none_match; /* NULL */
  gboolean strict;           /* Prefer: handling=strict */
  const char *method;        /* NULL: GET */
  const char *body;          /* NULL: none, or, with n_body above 0, more than is taken */
  gsize n_body;
  const char *if_match, *if_none_exist; /* NULL */
} TwRequest;

typedef struct
{
  guint status;
  const char *content_type;  /* static */
  char *etag;                /* NULL: none */
  char *location;            /* of what was written; NULL: none */
  GString *body;
} TwReply;

static inline void
tw_reply_clear (TwReply *reply)
{
  g_free (reply->etag);
  g_free (reply->location);
  if (reply->body != NULL)
    g_string_free (reply->body, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TwReply, tw_reply_clear)

#define TW_TYPE_FHIR "application/fhir+json; charset=utf-8"
#define TW_TYPE_FRAMES "application/x-ndjson"

/* An OperationOutcome with its status; code is of FHIR's issue-type. */
void tw_reply_set_problem (TwReply *reply, guint status, const char *code, const char *format, ...)
  G_GNUC_PRINTF (4, 5);

G_END_DECLS
