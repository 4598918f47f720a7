/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A server for tests that can misbehave as no library would: each connection is a thread that is
 * given the request's head and writes whatever it likes. */
#pragma once

#include <gio/gio.h>

typedef struct _TwRawServer TwRawServer;

/* path: of the request line. Returns TRUE to keep the connection for another request. */
typedef gboolean (*TwRawFunc) (const char *path, const char *head, GOutputStream *out,
                               gpointer data);

struct _TwRawServer
{
  GSocketService *service;
  GTlsCertificate *certificate; /* NULL: plain */
  TwRawFunc func;
  gpointer data;
  guint16 port;
  gint n_connections; /* atomic */
  gint n_running;     /* atomic: connections that a thread has, or will have */
  GMutex lock;
  GPtrArray *sockets; /* under the lock: of the connections that are open */
};

/* Appends the body that a head announces. */
static inline void
tw_raw_read_body (GInputStream *in,
                  GString *head)
{
  const char *length = strstr (head->str, "Content-Length: ");
  guint64 n = length != NULL ? g_ascii_strtoull (length + 16, NULL, 10) : 0;
  char byte;
  for (; n > 0 && g_input_stream_read (in, &byte, 1, NULL, NULL) == 1; n--)
    g_string_append_c (head, byte);
}

/* The head up to the empty line, and the body if there is one; NULL at the end of the connection. */
static inline char *
tw_raw_read_head (GInputStream *in)
{
  g_autoptr (GString) head = g_string_new (NULL);
  char byte;
  while (g_input_stream_read (in, &byte, 1, NULL, NULL) == 1)
    {
      if (head->len == 0 && byte == 0x16)
        return g_strdup ("TLS / where-none-is"); /* a greeting that this server does not understand */
      g_string_append_c (head, byte);
      if (!g_str_has_suffix (head->str, "\r\n\r\n"))
        continue;
      tw_raw_read_body (in, head);
      return g_string_free (g_steal_pointer (&head), FALSE);
    }
  return NULL;
}

static inline void
tw_raw_write (GOutputStream *out,
              const void *bytes,
              gssize n)
{
  /* best effort: the client under test may hang up at any time */
  g_output_stream_write_all (out, bytes, n < 0 ? strlen (bytes) : (gsize) n, NULL, NULL, NULL);
}

static inline gboolean
tw_raw_on_run (GThreadedSocketService *service,
               GSocketConnection *connection,
               GObject *source,
               gpointer user_data)
{
  TwRawServer *server = user_data;
  g_autoptr (GIOStream) stream = g_object_ref (G_IO_STREAM (connection));
  gboolean again = TRUE;
  GSocket *socket = g_socket_connection_get_socket (connection);
  g_atomic_int_inc (&server->n_connections);
  g_mutex_lock (&server->lock);
  g_ptr_array_add (server->sockets, socket);
  g_mutex_unlock (&server->lock);
  if (server->certificate != NULL)
    {
      g_clear_object (&stream);
      stream = g_tls_server_connection_new (G_IO_STREAM (connection), server->certificate, NULL);
    }
  while (again)
    {
      g_autofree char *head = tw_raw_read_head (g_io_stream_get_input_stream (stream));
      if (head == NULL)
        break;
      g_auto (GStrv) words = g_strsplit (head, " ", 3);
      again = server->func (words[1], head, g_io_stream_get_output_stream (stream), server->data);
    }
  g_mutex_lock (&server->lock);
  g_ptr_array_remove (server->sockets, socket);
  g_mutex_unlock (&server->lock);
  g_io_stream_close (stream, NULL, NULL);
  g_atomic_int_dec_and_test (&server->n_running);
  return TRUE;
}

static inline gboolean
tw_raw_on_incoming (GSocketService *service,
                    GSocketConnection *connection,
                    GObject *source,
                    gpointer user_data)
{
  g_atomic_int_inc (&((TwRawServer *) user_data)->n_running);
  return FALSE;
}

static inline TwRawServer *
tw_raw_server_new (TwRawFunc func,
                   gpointer data,
                   GTlsCertificate *certificate)
{
  g_autoptr (GError) error = NULL;
  TwRawServer *server = g_new0 (TwRawServer, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  server->func = func;
  server->data = data;
  server->certificate = certificate;
  g_mutex_init (&server->lock);
  server->sockets = g_ptr_array_new ();
  server->service = g_threaded_socket_service_new (32);
  g_socket_listener_add_address (G_SOCKET_LISTENER (server->service), wanted, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &bound, &error);
  g_assert_no_error (error);
  server->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  g_signal_connect (server->service, "incoming", G_CALLBACK (tw_raw_on_incoming), server);
  g_signal_connect (server->service, "run", G_CALLBACK (tw_raw_on_run), server);
  g_socket_service_start (server->service);
  return server;
}

/* Hangs up on everybody, and waits until no thread of it is left; one that sleeps keeps the server's memory. */
static inline void
tw_raw_server_free (TwRawServer *server)
{
  g_socket_service_stop (server->service);
  g_socket_listener_close (G_SOCKET_LISTENER (server->service));
  for (guint i = 0; i < 500 && g_atomic_int_get (&server->n_running) > 0; i++)
    {
      g_mutex_lock (&server->lock);
      for (guint k = 0; k < server->sockets->len; k++)
        g_socket_shutdown (server->sockets->pdata[k], TRUE, TRUE, NULL);
      g_mutex_unlock (&server->lock);
      g_usleep (1000);
    }
  if (g_atomic_int_get (&server->n_running) > 0)
    return;
  g_ptr_array_unref (server->sockets);
  g_mutex_clear (&server->lock);
  g_object_unref (server->service);
  g_clear_object (&server->certificate);
  g_free (server);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwRawServer, tw_raw_server_free)
