/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One read after the other, so that the polls beside it are not held up. */
#include "config.h"

#include "tw-vanished.h"

struct _TwVanished
{
  TwConnection *connection;
  TwVanishedEvents events;
  gpointer data;
  const char *headers[3];
  GPtrArray *ids;            /* char */
  guint next;
  GCancellable *cancellable; /* cancelled: nobody listens any more */
};

static void on_read (GObject *source, GAsyncResult *result, gpointer user_data);

static void
clear_check (TwVanished *check)
{
  g_object_unref (check->connection);
  g_object_unref (check->cancellable);
  g_ptr_array_unref (check->ids);
}

static void
read_next (TwVanished *check)
{
  const char *id = g_ptr_array_index (check->ids, check->next);
  g_autofree char *escaped = g_uri_escape_string (id, NULL, FALSE);
  g_autofree char *url = g_strconcat ("Observation/", escaped, NULL);
  tw_fetch_async (check->connection, url, check->headers, check->cancellable, on_read,
                  g_rc_box_acquire (check));
}

static void
on_read (GObject *source,
         GAsyncResult *result,
         gpointer user_data)
{
  TwVanished *check = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwFetched) fetched = tw_fetch_finish (result, NULL, &error);
  if (!g_cancellable_is_cancelled (check->cancellable))
    {
      /* Any other failure says nothing about the resource: it stays as it is. */
      if (g_error_matches (error, TW_NET_ERROR, TW_NET_ERROR_GONE))
        check->events.on_deleted (g_ptr_array_index (check->ids, check->next), check->data);
      else if (fetched != NULL && fetched->page != NULL)
        check->events.on_there (fetched, check->data);
      check->next++;
    }
  if (!g_cancellable_is_cancelled (check->cancellable))
    {
      if (check->next < check->ids->len)
        read_next (check);
      else
        check->events.on_end (check->data);
    }
  g_rc_box_release_full (check, (GDestroyNotify) clear_check);
}

TwVanished *
tw_vanished_new (TwConnection *connection,
                 const TwServerProfile *profile,
                 GPtrArray *ids,
                 const TwVanishedEvents *events,
                 gpointer data)
{
  guint n = 0;
  g_return_val_if_fail (ids->len > 0, NULL);
  TwVanished *check = g_rc_box_new0 (TwVanished);
  check->connection = g_object_ref (connection);
  check->events = *events;
  check->data = data;
  check->ids = ids;
  if (profile->no_cache)
    check->headers[n++] = "Cache-Control: no-cache";
  if (profile->header != NULL)
    check->headers[n++] = profile->header;
  check->cancellable = g_cancellable_new ();
  read_next (check);
  return check;
}

void
tw_vanished_free (TwVanished *check)
{
  if (check == NULL)
    return;
  g_cancellable_cancel (check->cancellable);
  g_rc_box_release_full (check, (GDestroyNotify) clear_check);
}
