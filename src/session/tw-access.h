/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How one is signed in to a site: its secrets from the keyring, a hospital sign-in that is renewed before it
 * ends, and the end of it. Lives on the main context. */
#pragma once

#include <gio/gio.h>

#include "tw-site.h"

G_BEGIN_DECLS

typedef enum
{
  TW_ACCESS_NEW,     /* the keyring was not asked yet */
  TW_ACCESS_WAITING, /* the keyring or the sign-in server is being asked */
  TW_ACCESS_ASKING,  /* the user signs in, in the browser */
  TW_ACCESS_READY,   /* requests can be made */
  TW_ACCESS_OUT      /* the user must sign in; tw_access_get_problem () may say why */
} TwAccessState;

#define TW_TYPE_ACCESS (tw_access_get_type ())
G_DECLARE_FINAL_TYPE (TwAccess, tw_access, TW, ACCESS, GObject)

/* Signals: "changed" (): state, token, user or problem. */
TwAccess *tw_access_new (const TwSite *site);

/* For a command line: everything is lent to it, and no keyring is asked. token: NULL none. trust: copied. */
TwAccess *tw_access_new_lent (const TwSite *site, const char *token, const TwTrust *trust);

const TwSite *tw_access_get_site (TwAccess *self);
TwAccessState tw_access_get_state (TwAccess *self);
/* Borrowed until "changed"; NULL: none. */
const char *tw_access_get_token (TwAccess *self);
/* The site's trust with the key from the keyring; borrowed as long as the access lives unchanged. */
void tw_access_get_trust (TwAccess *self, TwTrust *trust);
/* Who signed in, as the hospital calls them; NULL: not known. Not for logs. */
const char *tw_access_get_user (TwAccess *self);
/* Why one is not signed in, or that secrets are kept for this run only; NULL. */
const char *tw_access_get_problem (TwAccess *self);
/* When the present token ends (wall clock); 0: not known. */
gint64 tw_access_get_expiry (TwAccess *self);

/* Everything that can be done without the user: secrets from the keyring, a renewed token. Succeeds when
 * requests can be made; for a site without sign-in at once. Several at a time share one answer. */
void tw_access_prepare_async (TwAccess *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data);
/* After a 401: the keyring's token is given up and the sign-in renewed, once; others wait for the same
 * answer. An error: the user must sign in. */
void tw_access_renew_async (TwAccess *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer user_data);
/* Whether the next hospital sign-in asks for leave to write results too; off at first. */
void tw_access_set_writes (TwAccess *self, gboolean writes);
/* Hospital sign-in in the browser. */
typedef void (*TwOpenPageFunc) (const char *uri, gpointer data);
void tw_access_sign_in_async (TwAccess *self, TwOpenPageFunc open_page, gpointer data,
                              GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* Keeps what the user gave: a token, or the PEM of a key. */
void tw_access_give_async (TwAccess *self, const char *secret, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data);
/* Asks the server to end it, and forgets every secret of the site. An error: it is forgotten here, but the
 * server or the keyring could not be told. */
void tw_access_sign_out_async (TwAccess *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                               gpointer user_data);
/* Of any of the five. */
gboolean tw_access_finish (TwAccess *self, GAsyncResult *result, GError **error);

/* Whether a renewal may help after a 401. */
gboolean tw_access_can_renew (TwAccess *self);

G_END_DECLS
