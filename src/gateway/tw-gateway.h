/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ward server: one ward, its clock, and its doors on HTTP. */
#pragma once

#include "tw-forward.h"
#include "tw-ingest.h"
#include "tw-stream.h"
#include "tw-tls.h"
#include "tw-ward.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define TW_GATEWAY_ERROR (tw_gateway_error_quark ())
GQuark tw_gateway_error_quark (void);

typedef enum
{
  TW_GATEWAY_ERROR_ADDRESS,  /* cannot listen there */
  TW_GATEWAY_ERROR_OPTION
} TwGatewayError;

/* Makes what plays into the ward; called again for each loop of a recording. */
typedef TwWardFeed *(*TwGatewayFeedFunc) (gpointer data, GError **error);

typedef struct
{
  const char *bind;            /* address */
  guint16 port;                /* 0: any free one */
  const char *token;           /* never empty */
  TwTlsFiles tls;              /* kept by the caller while the gateway lives */
  const char *public_url;      /* how clients reach the facade through a front; NULL: as they call us */
  double speed;                /* 1 to 600 */
  gboolean loop;               /* a recording begins again when it ends */
  gboolean rehearse_loss;      /* from minute 6 on nothing answers for 90 s */
  gboolean manual_clock;       /* tests: only tw_gateway_advance moves the time */
  const TwStreamLimits *limits; /* NULL: the usual */
  TwIngest *ingest;            /* what devices send goes into the ward; NULL: nothing is taken in */
  const TwWardJudging *judging; /* values are cleaned; NULL: they are not */
  TwForward *forward;          /* what the ward gets is pushed to another server; NULL: it is not */
  TwGatewayFeedFunc make_feed;
  gpointer feed_data;
} TwGatewayOptions;

typedef struct _TwGateway TwGateway;

/* Listens at once, in the thread-default main context. */
TwGateway *tw_gateway_new (const TwGatewayOptions *options, GError **error);
/* Says good-bye to readers and closes. */
void tw_gateway_free (TwGateway *gateway);

/* Reads the certificate's files again: a new one is shown from now on, open connections stay. */
gboolean tw_gateway_reload_tls (TwGateway *gateway, GError **error);

guint16 tw_gateway_get_port (const TwGateway *gateway);
/* "http://127.0.0.1:8420/fhir/R4" */
const char *tw_gateway_get_url (const TwGateway *gateway);
const TwWard *tw_gateway_get_ward (const TwGateway *gateway);
const TwStream *tw_gateway_get_stream (const TwGateway *gateway);
/* Plays up to the source's time and tells the readers. */
void tw_gateway_advance (TwGateway *gateway, gint64 now_us);
/* Readers are told that the gateway stops; give the loop a moment before tw_gateway_free. */
void tw_gateway_say_bye (TwGateway *gateway);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwGateway, tw_gateway_free)

G_END_DECLS
