/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hospital sign-in: SMART App Launch 2.2, standalone, as a public client with PKCE (S256), through the
 * system's browser and a one-shot listener on 127.0.0.1. */
#pragma once

#include "tw-smart-grant.h"

G_BEGIN_DECLS

typedef struct
{
  const char *fhir_base;
  const char *client_id;
  const TwTrust *trust;     /* NULL: the system's authorities */
  gboolean write;           /* asks for the scopes of write-back too */
  guint wait_s;             /* 0: five minutes */
  /* Shows a page of the sign-in server to the user. */
  void (*open_page) (const char *uri, gpointer data);
  gpointer data;
} TwSmartLoginPlan;

/* Asks the user. The errors are of TW_ACCESS_ERROR and TW_NET_ERROR. */
void tw_smart_login_async (const TwSmartLoginPlan *plan, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data);
TwSmartGrant *tw_smart_login_finish (GAsyncResult *result, GError **error);

G_END_DECLS
