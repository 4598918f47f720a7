/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Servers between the settings and the pages. */
#include "config.h"

#include "tw-connections.h"

struct _TwConnectionItem
{
  GObject parent_instance;
  TwAccess *access;
  TwConnectionCheck *check;
};

struct _TwConnections
{
  GObject parent_instance;
  TwSettings *settings;
  GListStore *list;
  TwConnectionItem *shown;
};

G_DEFINE_FINAL_TYPE (TwConnectionItem, tw_connection_item, G_TYPE_OBJECT)
G_DEFINE_FINAL_TYPE (TwConnections, tw_connections, G_TYPE_OBJECT)

static guint item_changed, list_changed;

static void
on_part_changed (TwConnectionItem *self)
{
  g_signal_emit (self, item_changed, 0);
}

static void
tw_connection_item_dispose (GObject *object)
{
  TwConnectionItem *self = TW_CONNECTION_ITEM (object);

  if (self->check != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->check, self);
      tw_connection_check_stop (self->check);
    }
  if (self->access != NULL)
    g_signal_handlers_disconnect_by_data (self->access, self);
  g_clear_object (&self->check);
  g_clear_object (&self->access);
  G_OBJECT_CLASS (tw_connection_item_parent_class)->dispose (object);
}

static void
tw_connection_item_class_init (TwConnectionItemClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_connection_item_dispose;
  item_changed = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 0);
}

static void
tw_connection_item_init (TwConnectionItem *self)
{
}

TwConnectionItem *
tw_connection_item_new (const TwSite *site)
{
  TwConnectionItem *self = g_object_new (TW_TYPE_CONNECTION_ITEM, NULL);

  self->access = tw_access_new (site);
  self->check = tw_connection_check_new (self->access);
  g_signal_connect_swapped (self->access, "changed", G_CALLBACK (on_part_changed), self);
  g_signal_connect_swapped (self->check, "changed", G_CALLBACK (on_part_changed), self);
  return self;
}

const TwSite *
tw_connection_item_get_site (TwConnectionItem *self)
{
  g_return_val_if_fail (TW_IS_CONNECTION_ITEM (self), NULL);

  return tw_access_get_site (self->access);
}

TwAccess *
tw_connection_item_get_access (TwConnectionItem *self)
{
  g_return_val_if_fail (TW_IS_CONNECTION_ITEM (self), NULL);

  return self->access;
}

TwConnectionCheck *
tw_connection_item_get_check (TwConnectionItem *self)
{
  g_return_val_if_fail (TW_IS_CONNECTION_ITEM (self), NULL);

  return self->check;
}

static void
tw_connections_dispose (GObject *object)
{
  TwConnections *self = TW_CONNECTIONS (object);

  g_clear_object (&self->shown);
  g_clear_object (&self->list);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (tw_connections_parent_class)->dispose (object);
}

static void
tw_connections_class_init (TwConnectionsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_connections_dispose;
  list_changed = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 0);
}

static void
tw_connections_init (TwConnections *self)
{
  self->list = g_list_store_new (TW_TYPE_CONNECTION_ITEM);
}

static void
save (TwConnections *self)
{
  GVariantBuilder builder;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->list));

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TwConnectionItem) item = g_list_model_get_item (G_LIST_MODEL (self->list), i);

      g_variant_builder_add_value (&builder, tw_site_to_variant (tw_connection_item_get_site (item)));
    }
  tw_settings_set_sites (self->settings, g_variant_builder_end (&builder));
}

TwConnections *
tw_connections_new (TwSettings *settings)
{
  TwConnections *self = g_object_new (TW_TYPE_CONNECTIONS, NULL);
  g_autoptr (GVariant) sites = tw_settings_get_sites (settings);
  GVariantIter iter;
  GVariant *entry;

  self->settings = g_object_ref (settings);
  g_variant_iter_init (&iter, sites);
  while ((entry = g_variant_iter_next_value (&iter)) != NULL)
    {
      g_autoptr (GVariant) owned = entry;
      g_autoptr (TwSite) site = tw_site_from_variant (owned);
      g_autoptr (TwConnectionItem) item = site != NULL ? tw_connection_item_new (site) : NULL;

      if (item != NULL)
        g_list_store_append (self->list, item);
    }
  return self;
}

GListModel *
tw_connections_get_list (TwConnections *self)
{
  g_return_val_if_fail (TW_IS_CONNECTIONS (self), NULL);

  return G_LIST_MODEL (self->list);
}

/* GTK's list models count from 0; FALSE when nobody has this address. */
static gboolean
find_position (TwConnections *self,
               const char *address,
               guint *position)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->list));

  for (*position = 0; *position < n; (*position)++)
    {
      g_autoptr (TwConnectionItem) item = g_list_model_get_item (G_LIST_MODEL (self->list), *position);

      if (g_strcmp0 (tw_connection_item_get_site (item)->address, address) == 0)
        return TRUE;
    }
  return FALSE;
}

TwConnectionItem *
tw_connections_find (TwConnections *self,
                     const char *address)
{
  g_autoptr (TwConnectionItem) item = NULL;
  guint position;

  g_return_val_if_fail (TW_IS_CONNECTIONS (self), NULL);

  if (!find_position (self, address, &position))
    return NULL;
  item = g_list_model_get_item (G_LIST_MODEL (self->list), position);
  return item; /* the list keeps it */
}

TwConnectionItem *
tw_connections_put (TwConnections *self,
                    const TwSite *site,
                    const char *old_address)
{
  g_autoptr (TwConnectionItem) item = tw_connection_item_new (site);
  gpointer items[] = { item };
  guint position;

  g_return_val_if_fail (TW_IS_CONNECTIONS (self), NULL);

  if (old_address != NULL && g_strcmp0 (old_address, site->address) != 0
      && find_position (self, site->address, &position))
    g_list_store_remove (self->list, position);
  if (find_position (self, old_address != NULL ? old_address : site->address, &position))
    g_list_store_splice (self->list, position, 1, items, 1);
  else
    g_list_store_append (self->list, item);
  save (self);
  g_signal_emit (self, list_changed, 0);
  return item; /* the list keeps it */
}

void
tw_connections_remove (TwConnections *self,
                       TwConnectionItem *item)
{
  guint position;

  g_return_if_fail (TW_IS_CONNECTIONS (self));

  if (!find_position (self, tw_connection_item_get_site (item)->address, &position))
    return;
  if (self->shown == item)
    g_clear_object (&self->shown);
  g_list_store_remove (self->list, position);
  save (self);
  g_signal_emit (self, list_changed, 0);
}

gboolean
tw_connections_may_write (TwConnections *self,
                          TwConnectionItem *item)
{
  g_return_val_if_fail (TW_IS_CONNECTIONS (self) && TW_IS_CONNECTION_ITEM (item), FALSE);

  return tw_settings_get_write_back (self->settings, tw_connection_item_get_site (item)->address);
}

TwConnectionItem *
tw_connections_get_shown (TwConnections *self)
{
  g_return_val_if_fail (TW_IS_CONNECTIONS (self), NULL);

  return self->shown;
}

void
tw_connections_set_shown (TwConnections *self,
                          TwConnectionItem *item)
{
  g_return_if_fail (TW_IS_CONNECTIONS (self));

  if (!g_set_object (&self->shown, item))
    return;
  tw_settings_set_string (self->settings, "server",
                          item != NULL ? tw_connection_item_get_site (item)->address : "");
  g_signal_emit (self, list_changed, 0);
}
