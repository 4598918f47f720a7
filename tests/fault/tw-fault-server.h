/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real gateway and the proxy before it, in a thread of their own, so that the client's main loop is
 * measured alone. */
#pragma once

#include "tw-fault-proxy.h"
#include "tw-gateway.h"

G_BEGIN_DECLS

#define TW_FAULT_TOKEN "fault-token"
#define TW_FAULT_SPEED 600.0

typedef struct
{
  guint32 seed;
  gint64 history_us;
  gint64 play_us;
  TwStreamLimits limits;
  TwFaultPlanFunc plan;
  gpointer plan_data;
} TwFaultServerOptions;

typedef struct _TwFaultServer TwFaultServer;

TwFaultServer *tw_fault_server_new (const TwFaultServerOptions *options);
void tw_fault_server_free (TwFaultServer *server);
/* The proxy's address: "http://127.0.0.1:1234/fhir/R4". */
const char *tw_fault_server_get_url (const TwFaultServer *server);
void tw_fault_server_heal (TwFaultServer *server);
/* The ward's clock stands still from now on; the ward may then be read from this thread. */
const TwWard *tw_fault_server_freeze (TwFaultServer *server);
void tw_fault_server_get_counts (TwFaultServer *server, TwFaultCounts *counts);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwFaultServer, tw_fault_server_free)

G_END_DECLS
