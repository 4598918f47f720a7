/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drives curl_multi_socket_action () from one GSource that watches all sockets and the one timer.
 */
#include "config.h"

#include "tw-curl-loop.h"

#include <glib-unix.h>

#include "tw-curl.h"

typedef struct
{
  GSource parent;
  TwCurlLoop *loop; /* NULL once the loop has ended */
} LoopSource;

struct _TwCurlLoop
{
  CURLM *multi;
  GSource *source;
  GHashTable *sockets; /* fd -> tag of the source */
  GPtrArray *handles;  /* CURL inside multi, borrowed */
  TwCurlWorkedFunc worked;
  TwCurlDoneFunc done;
  gpointer data;
  gboolean *ended; /* set by free () while a dispatch is on the stack */
};

static int
on_socket (CURL *easy,
           curl_socket_t fd,
           int what,
           void *user_data,
           void *socket_data)
{
  TwCurlLoop *loop = user_data;
  gpointer tag = g_hash_table_lookup (loop->sockets, GINT_TO_POINTER (fd));
  GIOCondition condition = G_IO_ERR | G_IO_HUP;

  if (what == CURL_POLL_REMOVE)
    {
      if (tag != NULL)
        g_source_remove_unix_fd (loop->source, tag);
      g_hash_table_remove (loop->sockets, GINT_TO_POINTER (fd));
      return 0;
    }
  if (what & CURL_POLL_IN)
    condition |= G_IO_IN;
  if (what & CURL_POLL_OUT)
    condition |= G_IO_OUT;
  if (tag != NULL)
    g_source_modify_unix_fd (loop->source, tag, condition);
  else
    g_hash_table_insert (loop->sockets, GINT_TO_POINTER (fd),
                         g_source_add_unix_fd (loop->source, fd, condition));
  return 0;
}

static int
on_timer (CURLM *multi,
          long timeout_ms,
          void *user_data)
{
  TwCurlLoop *loop = user_data;
  g_source_set_ready_time (
      loop->source, timeout_ms < 0 ? -1 : g_get_monotonic_time () + (gint64) timeout_ms * 1000);
  return 0;
}

/* Tells every end; the receiver may end the loop, which *ended says. */
static void
tell_ends (TwCurlLoop *loop,
           const gboolean *ended)
{
  CURLMsg *message;
  int left;
  while ((message = tw_curl->multi_info_read (loop->multi, &left)) != NULL)
    {
      if (message->msg != CURLMSG_DONE)
        continue;
      CURL *easy = message->easy_handle;
      CURLcode result = message->data.result;
      tw_curl_loop_remove (loop, easy);
      loop->done (easy, result, loop->data);
      if (*ended)
        return;
    }
}

static gboolean
dispatch (GSource *source,
          GSourceFunc callback,
          gpointer user_data)
{
  TwCurlLoop *loop = ((LoopSource *) source)->loop;
  gboolean ended = FALSE;
  int running;
  GHashTableIter iter;
  gpointer fd, tag;

  if (loop == NULL)
    return G_SOURCE_REMOVE;
  loop->ended = &ended;

  gint64 ready = g_source_get_ready_time (source);
  if (ready >= 0 && ready <= g_source_get_time (source))
    {
      g_source_set_ready_time (source, -1);
      tw_curl->multi_socket_action (loop->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
  /* Working on one socket may change the table: what is ready is noted first. */
  g_autoptr (GArray) ready_fds = g_array_new (FALSE, FALSE, 2 * sizeof (int));
  g_hash_table_iter_init (&iter, loop->sockets);
  while (g_hash_table_iter_next (&iter, &fd, &tag))
    {
      GIOCondition condition = g_source_query_unix_fd (source, tag);
      int pair[2] = { GPOINTER_TO_INT (fd), 0 };
      pair[1] |= condition & G_IO_IN ? CURL_CSELECT_IN : 0;
      pair[1] |= condition & G_IO_OUT ? CURL_CSELECT_OUT : 0;
      pair[1] |= condition & (G_IO_ERR | G_IO_HUP) ? CURL_CSELECT_IN | CURL_CSELECT_ERR : 0;
      if (pair[1] != 0)
        g_array_append_val (ready_fds, pair);
    }
  for (guint i = 0; i < ready_fds->len; i++)
    {
      const int *pair = (const int *) (gpointer) ready_fds->data + 2 * i;
      if (g_hash_table_contains (loop->sockets, GINT_TO_POINTER (pair[0])))
        tw_curl->multi_socket_action (loop->multi, pair[0], pair[1], &running);
    }

  loop->worked (loop->data);
  if (!ended)
    tell_ends (loop, &ended);
  if (!ended)
    loop->ended = NULL;
  return ended ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = { .dispatch = dispatch };

TwCurlLoop *
tw_curl_loop_new (GMainContext *context,
                  TwCurlWorkedFunc worked,
                  TwCurlDoneFunc done,
                  gpointer data)
{
  TwCurlLoop *loop = g_new0 (TwCurlLoop, 1);
  loop->sockets = g_hash_table_new (NULL, NULL);
  loop->handles = g_ptr_array_new ();
  loop->worked = worked;
  loop->done = done;
  loop->data = data;
  loop->source = g_source_new (&source_funcs, sizeof (LoopSource));
  ((LoopSource *) loop->source)->loop = loop;
  g_source_set_static_name (loop->source, "twinward: connections");
  g_source_attach (loop->source, context);

  loop->multi = tw_curl->multi_init ();
  tw_curl->multi_setopt (loop->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
  tw_curl->multi_setopt (loop->multi, CURLMOPT_SOCKETDATA, loop);
  tw_curl->multi_setopt (loop->multi, CURLMOPT_TIMERFUNCTION, on_timer);
  tw_curl->multi_setopt (loop->multi, CURLMOPT_TIMERDATA, loop);
  tw_curl->multi_setopt (loop->multi, CURLMOPT_MAXCONNECTS, 8L);
  return loop;
}

void
tw_curl_loop_free (TwCurlLoop *loop)
{
  if (loop == NULL)
    return;
  if (loop->ended != NULL)
    *loop->ended = TRUE;
  while (loop->handles->len > 0)
    tw_curl_loop_remove (loop, g_ptr_array_index (loop->handles, 0));
  tw_curl->multi_cleanup (loop->multi);
  ((LoopSource *) loop->source)->loop = NULL;
  g_source_destroy (loop->source);
  g_source_unref (loop->source);
  g_hash_table_unref (loop->sockets);
  g_ptr_array_unref (loop->handles);
  g_free (loop);
}

gboolean
tw_curl_loop_add (TwCurlLoop *loop,
                  CURL *easy)
{
  if (tw_curl->multi_add_handle (loop->multi, easy) != CURLM_OK)
    return FALSE;
  g_ptr_array_add (loop->handles, easy);
  return TRUE;
}

void
tw_curl_loop_remove (TwCurlLoop *loop,
                     CURL *easy)
{
  if (g_ptr_array_remove_fast (loop->handles, easy))
    tw_curl->multi_remove_handle (loop->multi, easy);
}
