/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A one-shot loopback server (RFC 8252 section 7.3): the first GET of the exact path with the right Host ends
 * it. Anything else is refused and leaves it open: browsers open connections that they never use. */
#include "config.h"

#include "tw-login-listener.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#define MAX_HEAD 16384
#define MAX_VISITORS 8
#define VISITOR_S 20

struct _TwLoginListener
{
  GSocketService *service;
  GCancellable *cancellable; /* of every visitor */
  GSource *late_timer;
  const TwLoginEvents *events;
  gpointer data;
  char *host;    /* "127.0.0.1:PORT" */
  char *address;
  guint n_visitors;
};

/* One connection of a browser. It outlives the listener while its page is written. */
typedef struct
{
  TwLoginListener *listener; /* not to be touched once cancelled */
  GCancellable *cancellable;
  GSocketConnection *connection;
  GString *head;
  char bytes[2048];
  char *page;
} Visitor;

static void
free_visitor (Visitor *visitor)
{
  if (!g_cancellable_is_cancelled (visitor->cancellable))
    visitor->listener->n_visitors--;
  g_object_unref (visitor->cancellable);
  g_object_unref (visitor->connection);
  g_string_free (visitor->head, TRUE);
  g_free (visitor->page);
  g_free (visitor);
}

static void
on_written (GObject *source,
            GAsyncResult *result,
            gpointer user_data)
{
  Visitor *visitor = user_data;

  /* Best effort: the browser may be gone, what it brought is here. */
  g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL);
  g_io_stream_close_async (G_IO_STREAM (visitor->connection), G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  free_visitor (visitor);
}

static void
write_page (Visitor *visitor,
            const char *status,
            const char *words)
{
  g_autofree char *text = g_markup_escape_text (words, -1);
  g_autofree char *body
    = g_strdup_printf ("<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>Twinward</title></head>"
                       "<body><p>%s</p></body></html>\n",
                       text);

  visitor->page = g_strdup_printf (
    "HTTP/1.1 %s\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %zu\r\n"
    "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n"
    "Content-Security-Policy: default-src 'none'\r\nX-Content-Type-Options: nosniff\r\n"
    "Connection: close\r\n\r\n%s",
    status, strlen (body), body);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (G_IO_STREAM (visitor->connection)),
                                   visitor->page, strlen (visitor->page), G_PRIORITY_DEFAULT, NULL,
                                   on_written, visitor);
}

/* A page of another origin that resolves its own name to this computer sends that name. */
static gboolean
has_our_host (const TwLoginListener *listener,
              char **lines)
{
  guint n_hosts = 0;

  for (guint i = 1; lines[i] != NULL; i++)
    if (g_ascii_strncasecmp (lines[i], "host:", 5) == 0)
      {
        if (n_hosts++ > 0 || !g_str_equal (g_strstrip (lines[i] + 5), listener->host))
          return FALSE;
      }
  return n_hosts == 1;
}

static void
close_door (TwLoginListener *listener)
{
  g_socket_service_stop (listener->service);
  g_socket_listener_close (G_SOCKET_LISTENER (listener->service));
  if (listener->late_timer != NULL)
    g_source_destroy (listener->late_timer);
  g_clear_pointer (&listener->late_timer, g_source_unref);
}

static void
answer (Visitor *visitor)
{
  TwLoginListener *listener = visitor->listener;
  g_auto (GStrv) lines = g_strsplit (visitor->head->str, "\r\n", -1);
  g_auto (GStrv) words = g_strsplit (lines[0], " ", -1);
  char *query;

  if (g_strv_length (words) != 3 || !g_str_equal (words[0], "GET") || !has_our_host (listener, lines))
    {
      write_page (visitor, "400 Bad Request", _("This is not for you."));
      return;
    }
  query = strchr (words[1], '?');
  if (query != NULL)
    *query++ = '\0';
  if (!g_str_equal (words[1], TW_LOGIN_PATH))
    {
      write_page (visitor, "404 Not Found", _("There is nothing here."));
      return;
    }
  if (!g_socket_service_is_active (listener->service))
    {
      write_page (visitor, "410 Gone", _("This sign-in has ended already."));
      return;
    }
  close_door (listener);
  if (listener->events->answered (query, listener->data))
    write_page (visitor, "200 OK",
                _("Twinward has the answer. You can close this page and go back to Twinward."));
  else
    write_page (visitor, "400 Bad Request",
                _("Twinward did not accept this answer. Go back to Twinward and sign in again."));
}

static void
on_read (GObject *source,
         GAsyncResult *result,
         gpointer user_data)
{
  Visitor *visitor = user_data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL); /* best effort: any
                                                                                    failure ends it */

  if (n <= 0 || g_cancellable_is_cancelled (visitor->cancellable))
    {
      free_visitor (visitor);
      return;
    }
  g_string_append_len (visitor->head, visitor->bytes, n);
  if (strstr (visitor->head->str, "\r\n\r\n") != NULL)
    answer (visitor);
  else if (visitor->head->len >= MAX_HEAD || strlen (visitor->head->str) != visitor->head->len)
    free_visitor (visitor);
  else
    g_input_stream_read_async (G_INPUT_STREAM (source), visitor->bytes, sizeof visitor->bytes,
                               G_PRIORITY_DEFAULT, visitor->cancellable, on_read, visitor);
}

static gboolean
on_incoming (GSocketService *service,
             GSocketConnection *connection,
             GObject *source,
             gpointer user_data)
{
  TwLoginListener *listener = user_data;
  Visitor *visitor;

  if (listener->n_visitors >= MAX_VISITORS)
    return TRUE;
  visitor = g_new0 (Visitor, 1);
  visitor->listener = listener;
  visitor->cancellable = g_object_ref (listener->cancellable);
  visitor->connection = g_object_ref (connection);
  visitor->head = g_string_new (NULL);
  listener->n_visitors++;
  g_socket_set_timeout (g_socket_connection_get_socket (connection), VISITOR_S);
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (connection)), visitor->bytes,
                             sizeof visitor->bytes, G_PRIORITY_DEFAULT, visitor->cancellable, on_read,
                             visitor);
  return TRUE;
}

static gboolean
on_late (gpointer data)
{
  TwLoginListener *listener = data;

  close_door (listener);
  listener->events->late (listener->data);
  return G_SOURCE_REMOVE;
}

TwLoginListener *
tw_login_listener_new (guint wait_s,
                       const TwLoginEvents *events,
                       gpointer data,
                       GError **error)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_from_string ("127.0.0.1");
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GSocketService) service = g_socket_service_new ();
  TwLoginListener *listener;
  guint16 port;

  g_return_val_if_fail (events != NULL, NULL);

  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (service), wanted, G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_TCP, NULL, &bound, error))
    {
      g_prefix_error (error, _("The answer of the browser cannot be waited for: "));
      return NULL;
    }
  port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  listener = g_new0 (TwLoginListener, 1);
  listener->service = g_steal_pointer (&service);
  listener->cancellable = g_cancellable_new ();
  listener->events = events;
  listener->data = data;
  listener->host = g_strdup_printf ("127.0.0.1:%u", port);
  listener->address = g_strconcat ("http://", listener->host, TW_LOGIN_PATH, NULL);
  listener->late_timer = g_timeout_source_new_seconds (wait_s);
  g_source_set_callback (listener->late_timer, on_late, listener, NULL);
  g_source_attach (listener->late_timer, g_main_context_get_thread_default ());
  g_signal_connect (listener->service, "incoming", G_CALLBACK (on_incoming), listener);
  g_socket_service_start (listener->service);
  return listener;
}

void
tw_login_listener_free (TwLoginListener *listener)
{
  if (listener == NULL)
    return;
  close_door (listener);
  g_signal_handlers_disconnect_by_data (listener->service, listener);
  g_cancellable_cancel (listener->cancellable);
  g_object_unref (listener->cancellable);
  g_object_unref (listener->service);
  g_free (listener->host);
  g_free (listener->address);
  g_free (listener);
}

const char *
tw_login_listener_get_address (TwLoginListener *listener)
{
  return listener->address;
}
