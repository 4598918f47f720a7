/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A gateway in this process on a free port, and requests to it over real HTTP. */
#pragma once

#include "tw-demo-ward.h"
#include "tw-gateway.h"
#include "tw-time.h"

#include <libsoup/soup.h>

#define START_US (G_GINT64_CONSTANT (1795363200000000))
#define TOKEN "test-token"

static inline TwWardFeed *
make_demo (gpointer data, GError **error)
{
  TwDemoWardOptions options = { 1, START_US, 2 * TW_HOUR, NULL };
  return tw_demo_ward_new (&options, error);
}

static inline TwGateway *
start_gateway (TwGatewayFeedFunc make_feed, gpointer data, const TwStreamLimits *limits,
               gboolean loop)
{
  g_autoptr (GError) error = NULL;
  TwGatewayOptions options = {
    .bind = "127.0.0.1",
    .token = TOKEN,
    .speed = 60.0,
    .manual_clock = TRUE,
    .loop = loop,
    .limits = limits,
    .make_feed = make_feed,
    .feed_data = data,
  };
  TwGateway *gateway = tw_gateway_new (&options, &error);
  g_assert_no_error (error);
  return gateway;
}

typedef struct
{
  const char *method, *path, *token, *prefer, *if_none_match;
  GBytes *body;
} Ask;

typedef struct
{
  SoupMessage *message;
  GBytes *body;
  gboolean done;
} Answer;

static inline void
on_answer (GObject *object, GAsyncResult *result, gpointer data)
{
  Answer *answer = data;
  g_autoptr (GError) error = NULL;
  answer->body = soup_session_send_and_read_finish (SOUP_SESSION (object), result, &error);
  g_assert_no_error (error);
  answer->done = TRUE;
}

static inline void
ask (SoupSession *session, const TwGateway *gateway, const Ask *how, Answer *answer)
{
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u%s", tw_gateway_get_port (gateway),
                                          how->path);
  SoupMessageHeaders *headers;

  *answer = (Answer) { 0 };
  answer->message = soup_message_new (how->method != NULL ? how->method : "GET", url);
  headers = soup_message_get_request_headers (answer->message);
  if (how->token != NULL)
    {
      g_autofree char *bearer = g_strconcat ("Bearer ", how->token, NULL);
      soup_message_headers_replace (headers, "Authorization", bearer);
    }
  if (how->prefer != NULL)
    soup_message_headers_replace (headers, "Prefer", how->prefer);
  if (how->if_none_match != NULL)
    soup_message_headers_replace (headers, "If-None-Match", how->if_none_match);
  if (how->body != NULL)
    soup_message_set_request_body_from_bytes (answer->message, "application/octet-stream",
                                              how->body);
  soup_session_send_and_read_async (session, answer->message, G_PRIORITY_DEFAULT, NULL, on_answer,
                                    answer);
  while (!answer->done)
    g_main_context_iteration (NULL, TRUE);
}

static inline void
answer_clear (Answer *answer)
{
  g_clear_object (&answer->message);
  g_clear_pointer (&answer->body, g_bytes_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)

static inline const char *
header_of (const Answer *answer, const char *name)
{
  return soup_message_headers_get_one (soup_message_get_response_headers (answer->message), name);
}

static inline gboolean
body_has (const Answer *answer, const char *text)
{
  gsize n;
  const char *body = g_bytes_get_data (answer->body, &n);
  return body != NULL && g_strstr_len (body, (gssize) n, text) != NULL;
}
