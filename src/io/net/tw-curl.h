/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libcurl, loaded when the first connection is made. Together with what it needs it is a quarter
 * of all libraries of the app; before the first frame nothing of it is used. */
#pragma once

#include <curl/curl.h>
#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  typeof (curl_easy_cleanup) *easy_cleanup;
  typeof (curl_easy_getinfo) *easy_getinfo;
  typeof (curl_easy_init) *easy_init;
  typeof (curl_easy_setopt) *easy_setopt;
  typeof (curl_free) *free;
  typeof (curl_getdate) *getdate;
  typeof (curl_global_init) *global_init;
  typeof (curl_multi_add_handle) *multi_add_handle;
  typeof (curl_multi_cleanup) *multi_cleanup;
  typeof (curl_multi_info_read) *multi_info_read;
  typeof (curl_multi_init) *multi_init;
  typeof (curl_multi_remove_handle) *multi_remove_handle;
  typeof (curl_multi_setopt) *multi_setopt;
  typeof (curl_multi_socket_action) *multi_socket_action;
  typeof (curl_slist_append) *slist_append;
  typeof (curl_slist_free_all) *slist_free_all;
  typeof (curl_url) *url;
  typeof (curl_url_cleanup) *url_cleanup;
  typeof (curl_url_get) *url_get;
  typeof (curl_url_set) *url_set;
  typeof (curl_version_info) *version_info;
} TwCurl;

/* The functions; NULL until tw_curl_load () was well. */
extern const TwCurl *tw_curl;

/* Loads and initialises the library once. Every connection begins with its address, and every
 * address with this. TW_NET_ERROR_LIBRARY with the loader's words when it is missing or too old,
 * or when its TLS is not OpenSSL: with another the policy on weak keys would not hold. */
gboolean tw_curl_load (GError **error);

G_END_DECLS
