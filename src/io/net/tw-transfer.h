/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One request and its answer: a curl handle, what it may bring in, and how it ended. */
#pragma once

#include "tw-connection.h"
#include "tw-net-policy.h"

G_BEGIN_DECLS

typedef struct _TwTransfer TwTransfer;

/* What is asked; pointers are borrowed for the call. */
typedef struct
{
  const TwNetOrigin *origin;
  const TwNetLimits *limits;
  TwNetTrust *trust;                 /* NULL: the system's authorities alone */
  const char *bearer;                /* NULL */
  const char *url;                   /* resolved */
  const char *const *extra_headers;  /* NULL */
  const char *method;                /* NULL: GET */
  const char *content_type;          /* of the body */
  GBytes *body;                      /* NULL; must outlive the transfer */
  gboolean streaming;
} TwTransferRequest;

/* NULL when a header holds a line break, or the policy cannot be kept. */
TwTransfer *tw_transfer_new (const TwTransferRequest *request);
void tw_transfer_free (TwTransfer *transfer);
CURL *tw_transfer_get_easy (TwTransfer *transfer);

/* Bytes of a stream that came since the last call; NULL when none. Free with g_byte_array_unref. */
GByteArray *tw_transfer_steal_piece (TwTransfer *transfer);
/* Where a redirect leads, as the server wrote it; NULL: it is none. */
const char *tw_transfer_get_redirect (TwTransfer *transfer);
/* How it ended, for people; NULL: well. */
GError *tw_transfer_judge (TwTransfer *transfer, CURLcode code, const char *host);
/* The answer so far, its body padded; NULL when there was not even a status. */
TwResponse *tw_transfer_steal_response (TwTransfer *transfer);

G_END_DECLS
