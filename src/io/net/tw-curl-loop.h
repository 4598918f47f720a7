/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libcurl's multi interface as one source of a GLib main context. */
#pragma once

#include <curl/curl.h>
#include <glib.h>

G_BEGIN_DECLS

typedef struct _TwCurlLoop TwCurlLoop;

/* A transfer ended; its handle is already out of the loop. */
typedef void (*TwCurlDoneFunc) (CURL *easy, CURLcode result, gpointer data);
/* Curl has worked: bytes may have come. Called before the ends are told. */
typedef void (*TwCurlWorkedFunc) (gpointer data);

/* All calls come from the context, outside of curl. context: NULL for the default one. */
TwCurlLoop *tw_curl_loop_new (GMainContext *context, TwCurlWorkedFunc worked, TwCurlDoneFunc done,
                              gpointer data);
/* Ends the loop; no call comes afterwards. Handles still inside are taken out, and stay the
 * caller's. */
void tw_curl_loop_free (TwCurlLoop *loop);
gboolean tw_curl_loop_add (TwCurlLoop *loop, CURL *easy);
void tw_curl_loop_remove (TwCurlLoop *loop, CURL *easy);

G_END_DECLS
