/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sockets and timers around the pipes. */
#include "config.h"

#include "tw-fault-proxy.h"

#include "tw-fault-pipe.h"

#include <sys/socket.h>

#define MAX_READY (256 * 1024)
#define PIECE 16384

typedef struct _Link Link;

/* One direction with its sockets (borrowed from the link). */
typedef struct
{
  Link *link;
  GSocket *from, *to;
  TwFaultPipe pipe;
  GSource *reading, *writing, *timer;
  gboolean ended; /* from has said everything */
} Way;

struct _Link
{
  TwFaultProxy *proxy;
  GSocket *client, *server;
  Way down, up;
};

struct _TwFaultProxy
{
  GMainContext *context;
  GSocket *listener;
  GSource *accepting;
  guint16 port, target;
  TwFaultPlanFunc plan;
  gpointer data;
  GPtrArray *links;
  gboolean healed;
  TwFaultCounts counts;
};

static void go_on (Way *way);

const char *
tw_fault_name (TwFaultKind kind)
{
  static const char *const names[TW_N_FAULTS] = {
    "delay", "stall", "half-open", "reset", "cut", "flip", "repeat", "lose", "swap",
    "chunk-repeat", "chunk-lose", "chunk-swap", "drip",
  };

  return names[kind];
}

static void
drop (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
clear_way (Way *way)
{
  drop (&way->reading);
  drop (&way->writing);
  drop (&way->timer);
  tw_fault_pipe_clear (&way->pipe);
}

static void
free_link (gpointer data)
{
  Link *link = data;

  clear_way (&link->down);
  clear_way (&link->up);
  g_clear_object (&link->client);
  g_clear_object (&link->server);
  g_free (link);
}

/* Everything that is under way on this connection is over. */
static void
end_link (Link *link,
          gboolean rudely)
{
  if (rudely)
    {
      struct linger linger = { 1, 0 };

      setsockopt (g_socket_get_fd (link->client), SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    }
  g_ptr_array_remove_fast (link->proxy->links, link);
}

static void
watch (Way *way,
       GSource **source,
       GSocket *socket,
       GIOCondition condition,
       GSocketSourceFunc func)
{
  if (*source != NULL)
    return;
  *source = g_socket_create_source (socket, condition, NULL);
  g_source_set_callback (*source, G_SOURCE_FUNC (func), way, NULL);
  g_source_attach (*source, way->link->proxy->context);
}

static gboolean
on_readable (GSocket *socket,
             GIOCondition condition,
             gpointer data)
{
  Way *way = data;
  guint8 bytes[PIECE];
  g_autoptr (GError) error = NULL;
  gssize n = g_socket_receive (socket, (char *) bytes, sizeof bytes, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  drop (&way->reading);
  if (n < 0)
    {
      end_link (way->link, TRUE);
      return G_SOURCE_REMOVE;
    }
  if (n == 0)
    way->ended = TRUE;
  else
    tw_fault_pipe_feed (&way->pipe, bytes, (gsize) n);
  go_on (way);
  return G_SOURCE_REMOVE;
}

static gboolean
on_time (gpointer data)
{
  Way *way = data;

  drop (&way->timer);
  go_on (way);
  return G_SOURCE_REMOVE;
}

static void
wait_ms (Way *way,
         guint ms)
{
  way->timer = g_timeout_source_new (ms);
  g_source_set_callback (way->timer, on_time, way, NULL);
  g_source_attach (way->timer, way->link->proxy->context);
}

static gboolean
on_writable (GSocket *socket,
             GIOCondition condition,
             gpointer data)
{
  Way *way = data;
  GByteArray *ready = way->pipe.ready;
  gsize most = way->pipe.drip_ms > 0 ? 1 : ready->len;
  g_autoptr (GError) error = NULL;
  gssize n = g_socket_send (socket, (const char *) ready->data, most, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  drop (&way->writing);
  if (n < 0)
    {
      end_link (way->link, TRUE);
      return G_SOURCE_REMOVE;
    }
  g_byte_array_remove_range (ready, 0, (guint) n);
  if (way->pipe.drip_ms > 0 && ready->len > 0)
    wait_ms (way, way->pipe.drip_ms);
  go_on (way);
  return G_SOURCE_REMOVE;
}

/* What is to be done next in this direction. May end the link. */
static void
go_on (Way *way)
{
  TwFaultPipe *pipe = &way->pipe;
  Link *link = way->link;

  if (pipe->state == TW_PIPE_RESET)
    {
      end_link (link, TRUE);
      return;
    }
  if (pipe->state == TW_PIPE_HALF_OPEN)
    {
      /* The far side goes; the client's stays open, and hears nothing. */
      g_socket_shutdown (link->server, TRUE, TRUE, NULL); /* best effort: it may be gone already */
      link->down.pipe.state = link->up.pipe.state = TW_PIPE_SILENT;
      drop (&link->down.reading);
      drop (&link->down.writing);
      if (way == &link->down)
        way = &link->up;
      pipe = &way->pipe;
    }
  if (pipe->state == TW_PIPE_SILENT)
    {
      /* Only the client's own end is noticed: then the connection is over for good. */
      if (way == &link->up)
        {
          if (way->ended)
            end_link (link, FALSE);
          else
            watch (way, &way->reading, way->from, G_IO_IN, on_readable);
        }
      return;
    }
  if (pipe->delay_ms > 0 && way->timer == NULL)
    {
      wait_ms (way, pipe->delay_ms);
      pipe->delay_ms = 0;
    }
  if (pipe->ready->len > 0 && way->timer == NULL)
    watch (way, &way->writing, way->to, G_IO_OUT, on_writable);
  if (pipe->ready->len == 0 && (way->ended || pipe->state == TW_PIPE_CUT))
    {
      end_link (link, FALSE);
      return;
    }
  if (!way->ended && pipe->state == TW_PIPE_FLOWS && pipe->ready->len < MAX_READY)
    watch (way, &way->reading, way->from, G_IO_IN, on_readable);
}

static void
init_way (Way *way,
          Link *link,
          GSocket *from,
          GSocket *to)
{
  way->link = link;
  way->from = from;
  way->to = to;
}

static GSocket *
connect_to (guint16 port)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) place = g_inet_socket_address_new (address, port);
  g_autoptr (GSocket) socket
      = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);

  if (socket == NULL || !g_socket_connect (socket, place, NULL, NULL)) /* best effort: nobody is there */
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  return g_steal_pointer (&socket);
}

static gboolean
on_connection (GSocket *socket,
               GIOCondition condition,
               gpointer data)
{
  TwFaultProxy *proxy = data;
  g_autoptr (GSocket) client = g_socket_accept (socket, NULL, NULL); /* best effort: it left again */
  TwFault faults[TW_FAULT_MAX];
  guint n = 0, number = proxy->counts.n_connections;
  Link *link;

  if (client == NULL)
    return G_SOURCE_CONTINUE;
  proxy->counts.n_connections++;
  if (!proxy->healed)
    n = proxy->plan (number, faults, proxy->data);
  link = g_new0 (Link, 1);
  link->proxy = proxy;
  link->client = g_steal_pointer (&client);
  g_socket_set_blocking (link->client, FALSE);
  link->server = connect_to (proxy->target);
  tw_fault_pipe_init (&link->down.pipe, faults, n, FALSE, proxy->counts.struck);
  tw_fault_pipe_init (&link->up.pipe, faults, n, TRUE, proxy->counts.struck);
  if (link->server == NULL)
    {
      free_link (link);
      return G_SOURCE_CONTINUE;
    }
  init_way (&link->down, link, link->server, link->client);
  init_way (&link->up, link, link->client, link->server);
  g_ptr_array_add (proxy->links, link);
  go_on (&link->down);
  go_on (&link->up);
  return G_SOURCE_CONTINUE;
}

TwFaultProxy *
tw_fault_proxy_new (guint16 port,
                    TwFaultPlanFunc plan,
                    gpointer data)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0), local = NULL;
  g_autoptr (GError) error = NULL;
  TwFaultProxy *proxy = g_new0 (TwFaultProxy, 1);

  proxy->context = g_main_context_ref_thread_default ();
  proxy->target = port;
  proxy->plan = plan;
  proxy->data = data;
  proxy->links = g_ptr_array_new_with_free_func (free_link);
  proxy->listener
      = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  g_assert_no_error (error);
  g_socket_set_listen_backlog (proxy->listener, 128);
  g_socket_set_blocking (proxy->listener, FALSE);
  g_socket_bind (proxy->listener, any, TRUE, &error);
  g_assert_no_error (error);
  g_socket_listen (proxy->listener, &error);
  g_assert_no_error (error);
  local = g_socket_get_local_address (proxy->listener, &error);
  g_assert_no_error (error);
  proxy->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (local));
  proxy->accepting = g_socket_create_source (proxy->listener, G_IO_IN, NULL);
  g_source_set_callback (proxy->accepting, G_SOURCE_FUNC (on_connection), proxy, NULL);
  g_source_attach (proxy->accepting, proxy->context);
  return proxy;
}

void
tw_fault_proxy_free (TwFaultProxy *proxy)
{
  if (proxy == NULL)
    return;
  drop (&proxy->accepting);
  g_ptr_array_unref (proxy->links);
  g_clear_object (&proxy->listener);
  g_main_context_unref (proxy->context);
  g_free (proxy);
}

guint16
tw_fault_proxy_get_port (const TwFaultProxy *proxy)
{
  return proxy->port;
}

void
tw_fault_proxy_heal (TwFaultProxy *proxy)
{
  proxy->healed = TRUE;
  for (guint i = 0; i < proxy->links->len; i++)
    {
      Link *link = g_ptr_array_index (proxy->links, i);

      tw_fault_pipe_heal (&link->down.pipe);
      tw_fault_pipe_heal (&link->up.pipe);
    }
}

void
tw_fault_proxy_get_counts (const TwFaultProxy *proxy,
                           TwFaultCounts *counts)
{
  *counts = proxy->counts;
}
