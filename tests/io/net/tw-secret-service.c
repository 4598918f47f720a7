/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions without encryption, one collection, items by attributes. */
#include "config.h"

#include "tw-secret-service.h"

#define ROOT "/org/freedesktop/secrets"
#define COLLECTION ROOT "/aliases/default"

static const char interfaces[]
  = "<node><interface name='org.freedesktop.Secret.Service'>"
    "<method name='OpenSession'><arg name='algorithm' type='s' direction='in'/>"
    "<arg name='input' type='v' direction='in'/><arg name='output' type='v' direction='out'/>"
    "<arg name='result' type='o' direction='out'/></method>"
    "<method name='SearchItems'><arg name='attributes' type='a{ss}' direction='in'/>"
    "<arg name='unlocked' type='ao' direction='out'/><arg name='locked' type='ao' direction='out'/></method>"
    "<method name='Unlock'><arg name='objects' type='ao' direction='in'/>"
    "<arg name='unlocked' type='ao' direction='out'/><arg name='prompt' type='o' direction='out'/></method>"
    "<method name='GetSecrets'><arg name='items' type='ao' direction='in'/>"
    "<arg name='session' type='o' direction='in'/>"
    "<arg name='secrets' type='a{o(oayays)}' direction='out'/></method>"
    "<property name='Collections' type='ao' access='read'/></interface>"
    "<interface name='org.freedesktop.Secret.Collection'>"
    "<method name='CreateItem'><arg name='properties' type='a{sv}' direction='in'/>"
    "<arg name='secret' type='(oayays)' direction='in'/><arg name='replace' type='b' direction='in'/>"
    "<arg name='item' type='o' direction='out'/><arg name='prompt' type='o' direction='out'/></method>"
    "</interface>"
    "<interface name='org.freedesktop.Secret.Item'>"
    "<method name='Delete'><arg name='prompt' type='o' direction='out'/></method></interface></node>";

static void
free_secret (gpointer data)
{
  TwTestSecret *secret = data;

  g_hash_table_unref (secret->attributes);
  g_variant_unref (secret->secret);
  g_free (secret->label);
  g_free (secret);
}

static GHashTable *
read_attributes (GVariant *dictionary)
{
  GHashTable *attributes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  GVariantIter iter;
  const char *name, *value;

  g_variant_iter_init (&iter, dictionary);
  while (g_variant_iter_next (&iter, "{&s&s}", &name, &value))
    g_hash_table_insert (attributes, g_strdup (name), g_strdup (value));
  return attributes;
}

static gboolean
matches (const TwTestSecret *secret,
         GHashTable *wanted)
{
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, wanted);
  while (g_hash_table_iter_next (&iter, &name, &value))
    if (g_strcmp0 (g_hash_table_lookup (secret->attributes, name), value) != 0)
      return FALSE;
  return TRUE;
}

/* Paths of the items with these attributes. */
static GPtrArray *
search (TwSecretService *service,
        GHashTable *wanted)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer path, secret;

  g_hash_table_iter_init (&iter, service->items);
  while (g_hash_table_iter_next (&iter, &path, &secret))
    if (matches (secret, wanted))
      g_ptr_array_add (paths, g_strdup (path));
  return paths;
}

static void on_call (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                     const char *method, GVariant *parameters, GDBusMethodInvocation *invocation,
                     gpointer data);

static void
remove_item (TwSecretService *service,
             const char *path)
{
  const TwTestSecret *secret = g_hash_table_lookup (service->items, path);

  if (secret == NULL)
    return;
  g_dbus_connection_unregister_object (service->connection, secret->registration);
  g_hash_table_remove (service->items, path);
}

static char *
create_item (TwSecretService *service,
             GVariant *parameters)
{
  static const GDBusInterfaceVTable table = { on_call, NULL, NULL, { NULL } };
  g_autoptr (GVariant) properties = g_variant_get_child_value (parameters, 0);
  g_autoptr (GVariant) attributes
    = g_variant_lookup_value (properties, "org.freedesktop.Secret.Item.Attributes", G_VARIANT_TYPE ("a{ss}"));
  TwTestSecret *secret = g_new0 (TwTestSecret, 1);
  char *path = g_strdup_printf (COLLECTION "/%u", ++service->n_made);

  secret->attributes = read_attributes (attributes);
  secret->secret = g_variant_get_child_value (parameters, 1);
  g_variant_lookup (properties, "org.freedesktop.Secret.Item.Label", "s", &secret->label);
  g_autoptr (GPtrArray) old = search (service, secret->attributes);
  for (guint i = 0; i < old->len; i++)
    remove_item (service, old->pdata[i]);
  secret->registration = g_dbus_connection_register_object (
    service->connection, path, service->node->interfaces[2], &table, service, NULL, NULL);
  g_hash_table_insert (service->items, g_strdup (path), secret);
  return path;
}

static GVariant *
get_secrets (TwSecretService *service,
             GVariant *parameters)
{
  g_autoptr (GVariant) paths = g_variant_get_child_value (parameters, 0);
  GVariantBuilder found;
  GVariantIter iter;
  const char *path;

  g_variant_builder_init (&found, G_VARIANT_TYPE ("a{o(oayays)}"));
  g_variant_iter_init (&iter, paths);
  while (g_variant_iter_next (&iter, "&o", &path))
    {
      const TwTestSecret *secret = g_hash_table_lookup (service->items, path);

      if (secret != NULL)
        g_variant_builder_add (&found, "{o@(oayays)}", path, secret->secret);
    }
  return g_variant_new ("(a{o(oayays)})", &found);
}

static void
on_call (GDBusConnection *connection,
         const char *sender,
         const char *path,
         const char *interface,
         const char *method,
         GVariant *parameters,
         GDBusMethodInvocation *invocation,
         gpointer data)
{
  TwSecretService *service = data;
  static const char *const none[] = { NULL };

  if (service->refuses)
    g_dbus_method_invocation_return_error_literal (invocation, G_DBUS_ERROR, G_DBUS_ERROR_FAILED, "locked");
  else if (g_str_equal (method, "OpenSession"))
    {
      const char *algorithm;

      g_variant_get_child (parameters, 0, "&s", &algorithm);
      if (g_str_equal (algorithm, "plain"))
        g_dbus_method_invocation_return_value (invocation,
                                               g_variant_new ("(vo)", g_variant_new_string (""), ROOT "/s"));
      else
        g_dbus_method_invocation_return_error_literal (invocation, G_DBUS_ERROR, G_DBUS_ERROR_NOT_SUPPORTED,
                                                       "plain only");
    }
  else if (g_str_equal (method, "SearchItems"))
    {
      g_autoptr (GVariant) dictionary = g_variant_get_child_value (parameters, 0);
      g_autoptr (GHashTable) wanted = read_attributes (dictionary);
      g_autoptr (GPtrArray) paths = search (service, wanted);

      g_ptr_array_add (paths, NULL);
      g_dbus_method_invocation_return_value (invocation, g_variant_new ("(^ao^ao)", paths->pdata, none));
    }
  else if (g_str_equal (method, "GetSecrets"))
    g_dbus_method_invocation_return_value (invocation, get_secrets (service, parameters));
  else if (g_str_equal (method, "Unlock"))
    g_dbus_method_invocation_return_value (
      invocation, g_variant_new ("(@aoo)", g_variant_get_child_value (parameters, 0), "/"));
  else if (g_str_equal (method, "CreateItem"))
    {
      g_autofree char *made = create_item (service, parameters);

      g_dbus_method_invocation_return_value (invocation, g_variant_new ("(oo)", made, "/"));
    }
  else
    {
      g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", "/"));
      remove_item (service, path);
    }
}

static GVariant *
on_property (GDBusConnection *connection,
             const char *sender,
             const char *path,
             const char *interface,
             const char *property,
             GError **error,
             gpointer data)
{
  static const char *const collections[] = { COLLECTION, NULL };

  return g_variant_new_objv (collections, 1);
}

/* The service answers in a thread of its own, as another program would. */
static gpointer
run_service (gpointer data)
{
  static const GDBusInterfaceVTable table = { on_call, on_property, NULL, { NULL } };
  TwSecretService *service = data;
  g_autoptr (GError) error = NULL;

  g_main_context_push_thread_default (service->context);
  service->connection = g_dbus_connection_new_for_address_sync (
    service->address,
    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL,
    &error);
  g_assert_no_error (error);
  service->node = g_dbus_node_info_new_for_xml (interfaces, &error);
  g_assert_no_error (error);
  g_dbus_connection_register_object (service->connection, ROOT, service->node->interfaces[0], &table, service,
                                     NULL, NULL);
  g_dbus_connection_register_object (service->connection, COLLECTION, service->node->interfaces[1], &table,
                                     service, NULL, NULL);
  g_autoptr (GVariant) owned
    = g_dbus_connection_call_sync (service->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                   "org.freedesktop.DBus", "RequestName",
                                   g_variant_new ("(su)", "org.freedesktop.secrets", 4), NULL,
                                   G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
  g_atomic_int_set (&service->name_id, 1);
  g_main_loop_run (service->loop);
  g_dbus_connection_close_sync (service->connection, NULL, NULL);
  g_clear_object (&service->connection);
  g_main_context_pop_thread_default (service->context);
  return NULL;
}

static void
start_bus (TwSecretService *service)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDataInputStream) lines = NULL;

  service->bus = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error,
                                   "dbus-daemon", "--session", "--nofork", "--print-address", NULL);
  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (service->bus));
  service->address = g_data_input_stream_read_line (lines, NULL, NULL, &error);
  g_assert_no_error (error);
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", service->address, TRUE);
}

TwSecretService *
tw_secret_service_new (void)
{
  TwSecretService *service = g_new0 (TwSecretService, 1);

  start_bus (service);
  service->items = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_secret);
  service->context = g_main_context_new ();
  service->loop = g_main_loop_new (service->context, FALSE);
  service->thread = g_thread_new ("secret-service", run_service, service);
  while (g_atomic_int_get (&service->name_id) == 0)
    g_usleep (1000);
  return service;
}

void
tw_secret_service_free (TwSecretService *service)
{
  g_main_loop_quit (service->loop);
  g_thread_join (service->thread);
  g_main_loop_unref (service->loop);
  g_main_context_unref (service->context);
  g_dbus_node_info_unref (service->node);
  g_hash_table_unref (service->items);
  g_subprocess_force_exit (service->bus);
  g_subprocess_wait (service->bus, NULL, NULL);
  g_object_unref (service->bus);
  g_free (service->address);
  g_free (service);
}

char *
tw_secret_service_dup (TwSecretService *service,
                       const char *server,
                       const char *kind)
{
  g_autoptr (GHashTable) wanted = g_hash_table_new (g_str_hash, g_str_equal);

  g_hash_table_insert (wanted, (gpointer) "server", (gpointer) server);
  g_hash_table_insert (wanted, (gpointer) "kind", (gpointer) kind);
  g_autoptr (GPtrArray) paths = search (service, wanted);
  if (paths->len == 0)
    return NULL;
  g_assert_cmpuint (paths->len, ==, 1);
  const TwTestSecret *secret = g_hash_table_lookup (service->items, paths->pdata[0]);
  g_autoptr (GVariant) value = g_variant_get_child_value (secret->secret, 2);
  gsize n;
  const char *bytes = g_variant_get_fixed_array (value, &n, 1);

  return g_strndup (bytes, n);
}

guint
tw_secret_service_count (TwSecretService *service)
{
  return g_hash_table_size (service->items);
}
