/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The listener for bedside monitors: its socket, its lines, their number and their patience. */
#include "config.h"

#include "tw-mllp-line.h"

#include <glib/gi18n-lib.h>

#define BACKLOG 128
#define CHECK_MS 250

const TwMllpLimits tw_mllp_default_limits = {
  .max_lines = 128,
  .max_waiting = 64,
  .message_us = 30 * G_USEC_PER_SEC,
  .idle_us = (gint64) 3600 * G_USEC_PER_SEC,
  .handshake_us = 10 * G_USEC_PER_SEC,
  .write_us = 30 * G_USEC_PER_SEC,
};

struct _TwMllp
{
  TwMllpShared shared;
  GSocket *socket;
  GSource *accept, *check;
  GPtrArray *lines;        /* TwMllpLine */
  guint16 port;
};

static void
on_gone (TwMllpLine *line,
         gpointer    data)
{
  TwMllp *mllp = data;

  g_ptr_array_remove_fast (mllp->lines, line);
}

static void
take_line (TwMllp  *mllp,
           GSocket *socket)
{
  g_autoptr (GSocketConnection) connection = NULL;
  TwMllpLine *line;

  mllp->shared.counts.n_lines++;
  if (mllp->lines->len >= mllp->shared.limits.max_lines)
    {
      mllp->shared.counts.n_turned_away++;
      g_socket_close (socket, NULL /* best effort: it was never ours */);
      return;
    }
  connection = g_socket_connection_factory_create_connection (socket);
  line = tw_mllp_line_new (&mllp->shared, connection, on_gone, mllp);
  if (line != NULL)
    g_ptr_array_add (mllp->lines, line);
}

static gboolean
on_accept (GSocket     *socket,
           GIOCondition condition,
           gpointer     data)
{
  /* A few at a time, so that a flood of them does not hold up what else goes on. */
  for (int i = 0; i < 16; i++)
    {
      g_autoptr (GSocket) client = g_socket_accept (socket, NULL,
                                                    NULL /* best effort: asked again when one is there */);
      if (client == NULL)
        break;
      take_line (data, client);
    }
  return G_SOURCE_CONTINUE;
}

static gboolean
on_check (gpointer data)
{
  TwMllp *mllp = data;
  gint64 mono_us = g_get_monotonic_time ();

  for (guint i = mllp->lines->len; i > 0; i--)
    tw_mllp_line_check (mllp->lines->pdata[i - 1], mono_us);
  return G_SOURCE_CONTINUE;
}

static gboolean
listen_there (TwMllp  *mllp,
              GError **error)
{
  const TwMllpOptions *options = &mllp->shared.options;
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (options->bind);
  g_autoptr (GSocketAddress) place = NULL;
  g_autoptr (GSocketAddress) local = NULL;

  if (address == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   _("“%s” is not an address. Give numbers, such as 127.0.0.1."), options->bind);
      return FALSE;
    }
  place = g_inet_socket_address_new (address, options->port);
  mllp->socket = g_socket_new (g_inet_address_get_family (address), G_SOCKET_TYPE_STREAM,
                               G_SOCKET_PROTOCOL_TCP, error);
  if (mllp->socket == NULL)
    return FALSE;
  g_socket_set_blocking (mllp->socket, FALSE);
  g_socket_set_listen_backlog (mllp->socket, BACKLOG);
  if (!g_socket_bind (mllp->socket, place, TRUE, error) || !g_socket_listen (mllp->socket, error))
    {
      g_prefix_error (error, _("Cannot listen for HL7 on %s port %u: "), options->bind,
                      options->port);
      return FALSE;
    }
  local = g_socket_get_local_address (mllp->socket, error);
  if (local == NULL)
    return FALSE;
  mllp->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (local));
  return TRUE;
}

static void
start_sources (TwMllp *mllp)
{
  GMainContext *context = g_main_context_get_thread_default ();

  mllp->accept = g_socket_create_source (mllp->socket, G_IO_IN, NULL);
  g_source_set_callback (mllp->accept, G_SOURCE_FUNC (on_accept), mllp, NULL);
  g_source_attach (mllp->accept, context);
  mllp->check = g_timeout_source_new (CHECK_MS);
  g_source_set_callback (mllp->check, on_check, mllp, NULL);
  g_source_attach (mllp->check, context);
}

TwMllp *
tw_mllp_new (const TwMllpOptions *options,
             GError             **error)
{
  g_autoptr (TwMllp) mllp = NULL;

  g_return_val_if_fail (options != NULL && options->bind != NULL && options->codes != NULL, NULL);
  g_return_val_if_fail (options->deliver != NULL, NULL);

  mllp = g_new0 (TwMllp, 1);
  mllp->lines = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_mllp_line_unref);
  mllp->shared.options = *options;
  mllp->shared.limits = options->limits != NULL ? *options->limits : tw_mllp_default_limits;
  g_snprintf (mllp->shared.run, sizeof mllp->shared.run, "%08x", g_random_int ());
  if (!listen_there (mllp, error))
    return NULL;
  mllp->shared.options.bind = NULL; /* the caller's, needed no more */
  if (options->certificate != NULL)
    g_object_ref (options->certificate);
  if (options->clients != NULL)
    g_object_ref (options->clients);
  if (options->zone != NULL)
    g_time_zone_ref (options->zone);
  start_sources (mllp);
  return g_steal_pointer (&mllp);
}

static void
stop_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

void
tw_mllp_free (TwMllp *mllp)
{
  g_return_if_fail (mllp != NULL);

  stop_source (&mllp->accept);
  stop_source (&mllp->check);
  for (guint i = 0; i < mllp->lines->len; i++)
    tw_mllp_line_close (mllp->lines->pdata[i]);
  g_ptr_array_unref (mllp->lines);
  if (mllp->port != 0)
    {
      g_clear_object (&mllp->shared.options.certificate);
      g_clear_object (&mllp->shared.options.clients);
      g_clear_pointer (&mllp->shared.options.zone, g_time_zone_unref);
    }
  if (mllp->socket != NULL)
    g_socket_close (mllp->socket, NULL /* best effort: it is being let go */);
  g_clear_object (&mllp->socket);
  g_free (mllp);
}

void
tw_mllp_set_certificate (TwMllp          *mllp,
                         GTlsCertificate *certificate,
                         GTlsDatabase    *clients)
{
  TwMllpOptions *options = &mllp->shared.options;

  g_return_if_fail (certificate != NULL && options->certificate != NULL);

  g_set_object (&options->certificate, certificate);
  g_set_object (&options->clients, clients);
}

guint16
tw_mllp_get_port (const TwMllp *mllp)
{
  return mllp->port;
}

guint
tw_mllp_get_n_lines (const TwMllp *mllp)
{
  return mllp->lines->len;
}

void
tw_mllp_get_counts (const TwMllp *mllp,
                    TwMllpCounts *counts)
{
  *counts = mllp->shared.counts;
}
