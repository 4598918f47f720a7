/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gateway's command line. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *replay;          /* file; NULL: the demo ward */
  char *forward, *forward_token_file; /* FHIR base of another server; NULL */
  char *store;           /* the durable file; NULL: the usual place */
  char *bind, *token, *token_file, *ward;
  char *tls_cert, *tls_key, *tls_client_ca, *public_url;
  char *mllp_bind, *mllp_cert, *mllp_key, *mllp_ca, *mllp_zone, *mllp_processing;
  int mllp;              /* port for monitors, 0 for any; -1: none */
  double speed;          /* 1 to 600 */
  int port;              /* 0 to 65535 */
  gint64 seed;
  double history_h, lead_h;
  gboolean ingest;       /* the ward is what devices send */
  gboolean demo, loop, rehearse_loss, embedded, insecure_bind, version;
} TwCommandLine;

/* FALSE and words when something is wrong with it. */
gboolean tw_command_line_parse (TwCommandLine *line, int *argc, char ***argv, GError **error);
void tw_command_line_clear (TwCommandLine *line);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TwCommandLine, tw_command_line_clear)

G_END_DECLS
