/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bearer token of this run, and the private file that hands it to the app. */
#include "config.h"

#include "tw-token.h"

#include "tw-gateway.h"
#include "tw-seal.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#define MAX_TOKEN 4096

/* What may stand in an Authorization header after "Bearer " (RFC 6750). */
static gboolean
check_text (const char *text,
            GError    **error)
{
  gsize length = strlen (text);

  if (length > 0 && length <= MAX_TOKEN
      && strspn (text,
                 "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~+/=") == length)
    return TRUE;
  g_set_error_literal (error, TW_GATEWAY_ERROR, TW_GATEWAY_ERROR_OPTION,
                       _("The token must be one word of letters, digits and - . _ ~ + / = only."));
  return FALSE;
}

gboolean
tw_token_prepare (TwToken    *token,
                  const char *text,
                  const char *file,
                  GError    **error)
{
  *token = (TwToken) { NULL };
  if (file != NULL)
    {
      if (!g_file_get_contents (file, &token->text, NULL, error))
        {
          g_prefix_error (error, "%s", _("The token file cannot be read: "));
          return FALSE;
        }
      g_strstrip (token->text);
      token->file = g_strdup (file);
    }
  else
    {
      token->text = text != NULL ? g_strdup (text) : tw_seal_make_token (error);
    }
  return token->text != NULL && check_text (token->text, error);
}

gboolean
tw_token_write_file (TwToken *token,
                     guint16  port,
                     GError **error)
{
  g_autofree char *folder = NULL, *name = NULL;

  if (token->file != NULL)
    return TRUE;
  folder = g_build_filename (g_get_user_runtime_dir (), "twinward", NULL);
  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      int code = errno;
      g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (code),
                   _("Cannot make the folder “%s” for the token: %s"), folder, g_strerror (code));
      return FALSE;
    }
  name = g_strdup_printf ("gateway-%u.token", port);
  token->file = g_build_filename (folder, name, NULL);
  token->own = g_file_set_contents_full (token->file, token->text, -1,
                                         G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
  return token->own;
}

void
tw_token_clear (TwToken *token)
{
  if (token->own)
    g_unlink (token->file);
  g_clear_pointer (&token->text, g_free);
  g_clear_pointer (&token->file, g_free);
  token->own = FALSE;
}
