/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bearer token of this run, and the private file that hands it to the app. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *text;   /* the token */
  char *file;   /* where the app can read it */
  gboolean own; /* the file was written by us and is removed at the end */
} TwToken;

/* Given as text, read from a file, or made up; in the first and last case write_file puts it
 * into a file of mode 0600 in the user's runtime folder. */
gboolean tw_token_prepare (TwToken *token, const char *text, const char *file, GError **error);
gboolean tw_token_write_file (TwToken *token, guint16 port, GError **error);
void tw_token_clear (TwToken *token);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TwToken, tw_token_clear)

G_END_DECLS
