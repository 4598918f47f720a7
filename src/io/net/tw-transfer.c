/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sets up one curl handle and takes in its answer under the caps: header bytes, decompressed body
 * bytes. */
#include "config.h"

#include "tw-transfer.h"

#include <string.h>

#include "tw-net-words.h"
#include "tw-curl.h"

#define BODY_PADDING 64
#define MAX_RETRY_AFTER_S 86400
/* The words of a refusal are short; an endless one is not read. */
#define MAX_REFUSAL_BYTES (256 * 1024)

struct _TwTransfer
{
  CURL *easy;
  struct curl_slist *headers;
  TwNetLimits limits;
  TwNetTrust *trust;
  char *redirect;    /* Location of the answer */
  gboolean streaming;
  gboolean too_large;
  gboolean header_flood;
  gsize header_bytes;
  guint header_lines;
  TwResponse *response;
  GByteArray *piece; /* of a stream, not yet given out */
  char detail[CURL_ERROR_SIZE];
};

void
tw_response_free (TwResponse *response)
{
  if (response == NULL)
    return;
  g_clear_pointer (&response->body, g_byte_array_unref);
  g_free (response->content_type);
  g_free (response->etag);
  g_free (response->digest);
  g_free (response->location);
  g_free (response);
}

static TwResponse *
new_response (void)
{
  TwResponse *response = g_new0 (TwResponse, 1);
  response->body = g_byte_array_new ();
  response->retry_after_s = -1;
  return response;
}

/* The header's value when the line has this name; a newly allocated, trimmed text. */
static char *
match_header (const char *line,
              gsize n,
              const char *name)
{
  gsize n_name = strlen (name);
  if (n <= n_name || line[n_name] != ':' || g_ascii_strncasecmp (line, name, n_name) != 0)
    return NULL;
  g_autofree char *value = g_strndup (line + n_name + 1, n - n_name - 1);
  return g_strdup (g_strstrip (value));
}

/* Seconds, or an HTTP date against the server's own Date. */
static int
parse_retry_after (const char *value,
                   gint64 date_us)
{
  char *end;
  gint64 seconds = g_ascii_strtoll (value, &end, 10);
  if (end == value || *end != '\0')
    {
      gint64 at = tw_curl->getdate (value, NULL);
      gint64 now = date_us > 0 ? date_us / G_USEC_PER_SEC : g_get_real_time () / G_USEC_PER_SEC;
      if (at < 0)
        return -1;
      seconds = at - now;
    }
  return (int) CLAMP (seconds, 0, MAX_RETRY_AFTER_S);
}

static void
keep (char **place,
      char **value)
{
  g_free (*place);
  *place = g_steal_pointer (value);
}

static void
take_header (TwResponse *response,
             const char *line,
             gsize n)
{
  char *value;
  if ((value = match_header (line, n, "date")) != NULL)
    {
      gint64 seconds = tw_curl->getdate (value, NULL);
      response->date_us = seconds > 0 ? seconds * G_USEC_PER_SEC : 0;
    }
  else if ((value = match_header (line, n, "retry-after")) != NULL)
    response->retry_after_s = parse_retry_after (value, response->date_us);
  else if ((value = match_header (line, n, "content-type")) != NULL)
    {
      g_free (response->content_type);
      response->content_type = g_steal_pointer (&value);
    }
  else if ((value = match_header (line, n, "etag")) != NULL)
    keep (&response->etag, &value);
  else if ((value = match_header (line, n, "content-encoding")) != NULL)
    response->encoded = g_ascii_strcasecmp (value, "identity") != 0;
  else if ((value = match_header (line, n, "content-digest")) != NULL)
    keep (&response->digest, &value);
  else if ((value = match_header (line, n, "content-location")) != NULL)
    keep (&response->location, &value);
  g_free (value);
}

static size_t
on_header (char *bytes,
           size_t size,
           size_t count,
           void *user_data)
{
  TwTransfer *transfer = user_data;
  gsize n = size * count;
  transfer->header_bytes += n;
  transfer->header_lines++;
  if (transfer->header_bytes > transfer->limits.max_header
      || transfer->header_lines > transfer->limits.max_header_lines)
    {
      transfer->header_flood = TRUE;
      return 0;
    }
  take_header (transfer->response, bytes, n);
  char *location = match_header (bytes, n, "location");
  if (location != NULL)
    {
      g_free (transfer->redirect);
      transfer->redirect = location;
    }
  return n;
}

/* A refusal's body is collected even where a stream was asked for. */
static size_t
on_body (char *bytes,
         size_t size,
         size_t count,
         void *user_data)
{
  TwTransfer *transfer = user_data;
  gsize n = size * count;
  long status = 0;
  tw_curl->easy_getinfo (transfer->easy, CURLINFO_RESPONSE_CODE, &status);
  gboolean refused = status >= 300;
  if (transfer->streaming && !refused)
    {
      g_byte_array_append (transfer->piece, (const guint8 *) bytes, (guint) n);
      return n;
    }
  gsize cap = refused ? MIN (transfer->limits.max_body, (gsize) MAX_REFUSAL_BYTES)
                      : transfer->limits.max_body;
  if (n > cap - MIN ((gsize) transfer->response->body->len, cap))
    {
      transfer->too_large = TRUE;
      return 0;
    }
  g_byte_array_append (transfer->response->body, (const guint8 *) bytes, (guint) n);
  return n;
}

static gboolean
is_one_line (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      return FALSE;
  return TRUE;
}

static gboolean
add_header (TwTransfer *transfer,
            const char *line)
{
  if (!is_one_line (line))
    return FALSE;
  struct curl_slist *longer = tw_curl->slist_append (transfer->headers, line);
  if (longer == NULL)
    return FALSE;
  transfer->headers = longer;
  return TRUE;
}

static gboolean
add_headers (TwTransfer *transfer,
             const TwTransferRequest *request)
{
  gboolean accepts = FALSE;
  for (const char *const *line = request->extra_headers; line != NULL && *line != NULL; line++)
    {
      accepts = accepts || g_ascii_strncasecmp (*line, "accept:", 7) == 0;
      if (!add_header (transfer, *line))
        return FALSE;
    }
  if (!accepts
      && !add_header (transfer, request->streaming ? "Accept: application/x-ndjson"
                                                   : "Accept: application/fhir+json"))
    return FALSE;
  if (request->bearer == NULL)
    return TRUE;
  char *line = g_strconcat ("Authorization: Bearer ", request->bearer, NULL);
  gboolean added = add_header (transfer, line);
  explicit_bzero (line, strlen (line));
  g_free (line);
  return added;
}

/* Curl's own type of a body would be that of a form; a server's "100 Continue" is not waited for. */
static gboolean
add_body (TwTransfer *transfer,
          const TwTransferRequest *request)
{
  g_autofree char *type = request->content_type != NULL
                              ? g_strconcat ("Content-Type: ", request->content_type, NULL)
                              : NULL;
  gsize n = 0;
  const char *bytes = request->body != NULL ? g_bytes_get_data (request->body, &n) : "";
  if (!add_header (transfer, type != NULL ? type : "Content-Type:")
      || !add_header (transfer, "Expect:") || !is_one_line (request->method))
    return FALSE;
  tw_curl->easy_setopt (transfer->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) n);
  tw_curl->easy_setopt (transfer->easy, CURLOPT_POSTFIELDS, bytes != NULL ? bytes : "");
  tw_curl->easy_setopt (transfer->easy, CURLOPT_CUSTOMREQUEST, request->method);
  return TRUE;
}

TwTransfer *
tw_transfer_new (const TwTransferRequest *request)
{
  TwTransfer *transfer = g_new0 (TwTransfer, 1);
  transfer->easy = tw_curl->easy_init ();
  transfer->limits = *request->limits;
  transfer->streaming = request->streaming;
  transfer->response = new_response ();
  transfer->piece = g_byte_array_new ();
  if (!add_headers (transfer, request)
      || (request->method != NULL && !add_body (transfer, request)))
    {
      tw_transfer_free (transfer);
      return NULL;
    }
  CURL *easy = transfer->easy;
  transfer->trust = request->trust != NULL ? tw_net_trust_ref (request->trust) : NULL;
  if (!tw_net_policy_apply (easy, request->origin, request->limits, transfer->trust))
    {
      tw_transfer_free (transfer);
      return NULL;
    }
  tw_curl->easy_setopt (easy, CURLOPT_URL, request->url);
  tw_curl->easy_setopt (easy, CURLOPT_HTTPHEADER, transfer->headers);
  tw_curl->easy_setopt (easy, CURLOPT_ERRORBUFFER, transfer->detail);
  tw_curl->easy_setopt (easy, CURLOPT_HEADERFUNCTION, on_header);
  tw_curl->easy_setopt (easy, CURLOPT_HEADERDATA, transfer);
  tw_curl->easy_setopt (easy, CURLOPT_WRITEFUNCTION, on_body);
  tw_curl->easy_setopt (easy, CURLOPT_WRITEDATA, transfer);
  if (!request->streaming)
    {
      tw_curl->easy_setopt (easy, CURLOPT_LOW_SPEED_LIMIT, (long) request->limits->low_speed_bytes);
      tw_curl->easy_setopt (easy, CURLOPT_LOW_SPEED_TIME, (long) request->limits->low_speed_s);
      tw_curl->easy_setopt (easy, CURLOPT_TIMEOUT, (long) request->limits->deadline_s);
      tw_curl->easy_setopt (easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t) request->limits->max_body);
    }
  return transfer;
}

void
tw_transfer_free (TwTransfer *transfer)
{
  if (transfer == NULL)
    return;
  g_clear_pointer (&transfer->easy, tw_curl->easy_cleanup);
  /* One of the lines is the token's. */
  for (struct curl_slist *line = transfer->headers; line != NULL; line = line->next)
    explicit_bzero (line->data, strlen (line->data));
  tw_curl->slist_free_all (transfer->headers);
  tw_response_free (transfer->response);
  g_byte_array_unref (transfer->piece);
  tw_net_trust_unref (transfer->trust);
  g_free (transfer->redirect);
  g_free (transfer);
}

CURL *
tw_transfer_get_easy (TwTransfer *transfer)
{
  return transfer->easy;
}

GByteArray *
tw_transfer_steal_piece (TwTransfer *transfer)
{
  if (transfer->piece->len == 0)
    return NULL;
  GByteArray *piece = transfer->piece;
  transfer->piece = g_byte_array_new ();
  return piece;
}

const char *
tw_transfer_get_redirect (TwTransfer *transfer)
{
  long status = 0;
  tw_curl->easy_getinfo (transfer->easy, CURLINFO_RESPONSE_CODE, &status);
  return (status >= 301 && status <= 303) || status == 307 || status == 308 ? transfer->redirect : NULL;
}

GError *
tw_transfer_judge (TwTransfer *transfer,
                   CURLcode code,
                   const char *host)
{
  long status = 0;
  tw_curl->easy_getinfo (transfer->easy, CURLINFO_RESPONSE_CODE, &status);
  transfer->response->status = (guint) MAX (status, 0);
  if (transfer->header_flood)
    return tw_net_words_header_flood (host);
  if (transfer->too_large && status < 300)
    return tw_net_words_too_large (host);
  /* Of a refusal the status is what counts, even when its text did not come whole. */
  if (status >= 300 && status != 304)
    {
      GError *front = tw_net_words_for_front ((guint) status, transfer->response->body, host);
      return front != NULL ? front : tw_net_words_for_status ((guint) status, host);
    }
  long proxy_status = 0;
  tw_curl->easy_getinfo (transfer->easy, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
  if (code != CURLE_OK && proxy_status >= 300)
    return tw_net_words_for_proxy ((guint) proxy_status, host);
  if (code != CURLE_OK)
    return tw_net_words_for_transport (code, host, transfer->detail);
  return NULL;
}

TwResponse *
tw_transfer_steal_response (TwTransfer *transfer)
{
  static const guint8 padding[BODY_PADDING];
  TwResponse *response = g_steal_pointer (&transfer->response);
  if (response == NULL || response->status == 0)
    {
      tw_response_free (response);
      return NULL;
    }
  if (transfer->streaming && response->status < 300)
    {
      g_clear_pointer (&response->body, g_byte_array_unref);
      return response;
    }
  g_byte_array_append (response->body, padding, sizeof padding);
  response->body->len -= sizeof padding;
  return response;
}
