/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window's way to its servers: one dialog that asks, one page that shows. */
#include "config.h"

#include "tw-window-private.h"

#include "tw-connect-dialog.h"

#include <glib/gi18n-lib.h>

TwConnections *
tw_window_get_connections (TwWindow *self)
{
  g_return_val_if_fail (TW_IS_WINDOW (self), NULL);

  if (self->connections == NULL)
    self->connections = tw_connections_new (self->settings);
  return self->connections;
}

static void
on_server_chosen (TwConnectDialog *dialog,
                  GVariant *site,
                  const char *secret,
                  const char *old_address,
                  TwWindow *self)
{
  g_signal_emit_by_name (self, "server-chosen", site, secret, old_address);
}

void
tw_window_ask_for_server (TwWindow *self,
                          TwConnectionItem *item)
{
  GtkWidget *dialog
    = tw_connect_dialog_new (GTK_WINDOW (self), item != NULL ? tw_connection_item_get_site (item) : NULL,
                             item != NULL);

  g_signal_connect_object (dialog, "server-chosen", G_CALLBACK (on_server_chosen), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_open (TwConnectionsPage *page,
         TwConnectionItem *item,
         TwWindow *self)
{
  g_signal_emit_by_name (self, "connection-opened", item);
}

static void
on_edit (TwConnectionsPage *page,
         TwConnectionItem *item,
         TwWindow *self)
{
  tw_window_ask_for_server (self, item);
}

static void
on_removed (TwConnectionsPage *page,
            TwConnectionItem *item,
            TwWindow *self)
{
  if (tw_connections_get_shown (self->connections) == item)
    g_signal_emit_by_name (self, "connection-opened", NULL);
}

static void
on_told (TwConnectionsPage *page,
         const char *text,
         TwWindow *self)
{
  tw_window_toast (self, text);
}

static void
make_page (TwWindow *self)
{
  GtkWidget *page;

  if (self->connections_page != NULL)
    return;
  page = tw_connections_page_new (tw_window_get_connections (self), self->model);
  self->connections_page = TW_CONNECTIONS_PAGE (page);
  g_signal_connect_object (page, "open", G_CALLBACK (on_open), self, 0);
  g_signal_connect_object (page, "edit", G_CALLBACK (on_edit), self, 0);
  g_signal_connect_object (page, "removed", G_CALLBACK (on_removed), self, 0);
  g_signal_connect_object (page, "told", G_CALLBACK (on_told), self, 0);
  gtk_stack_add_named (self->views, page, "connections");
}

TwConnectionsPage *
tw_window_open_connections (TwWindow *self,
                            TwConnectionItem *item,
                            gboolean check)
{
  g_return_val_if_fail (TW_IS_WINDOW (self), NULL);

  tw_window_complete (self);
  make_page (self);
  self->shows_connections = TRUE;
  tw_window_update_view (self);
  tw_window_update_title (self);
  tw_connections_page_select (self->connections_page,
                              item != NULL ? item : tw_connections_get_shown (self->connections), check);
  return self->connections_page;
}

void
tw_window_close_connections (TwWindow *self)
{
  g_return_if_fail (TW_IS_WINDOW (self));

  self->shows_connections = FALSE;
  tw_window_update_view (self);
  tw_window_update_title (self);
}

void
tw_window_sign_in (TwWindow *self)
{
  TwConnectionItem *shown = tw_connections_get_shown (tw_window_get_connections (self));

  if (shown == NULL)
    {
      tw_window_ask_for_server (self, NULL);
      return;
    }
  tw_window_open_connections (self, shown, FALSE);
  tw_connections_page_sign_in (self->connections_page);
}
