/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gateway's door for bedside monitors, as the command line asks for it. */
#pragma once

#include "tw-ingest.h"
#include "tw-mllp.h"

G_BEGIN_DECLS

typedef struct
{
  const char *bind;         /* address */
  guint16 port;             /* 0: any free one */
  const char *certificate;  /* files in PEM; NULL: not encrypted */
  const char *key;          /* of the certificate */
  const char *clients;      /* authorities of the monitors' certificates; NULL: none are asked for */
  const char *zone;         /* "Europe/Berlin", "+01:00"; NULL: times without a zone are refused */
  char processing;          /* 'P', 'T' or 'D' */
  TwIngest *ingest;
} TwMonitorsOptions;

typedef struct _TwMonitors TwMonitors;

/* Listens at once, in the thread-default main context. */
TwMonitors *tw_monitors_new (const TwMonitorsOptions *options, GError **error);
/* Says what came, without any identity, where anything did; then closes. */
void tw_monitors_free (TwMonitors *monitors);

/* Reads the certificates again, for monitors that come from now on. On an error nothing changes. */
gboolean tw_monitors_reload (TwMonitors *monitors, GError **error);

guint16 tw_monitors_get_port (const TwMonitors *monitors);

/* Is it a zone that this machine knows? */
gboolean tw_monitors_is_zone (const char *zone);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwMonitors, tw_monitors_free)

G_END_DECLS
