/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the user chose and the window remembers. */
#include "config.h"

#include "tw-settings.h"

#include "tw-program.h"

struct _TwSettings
{
  GObject parent_instance;
  GSettings *settings; /* NULL: no schema is installed */
  GHashTable *choices; /* then: key -> value as text */
  GVariant *sites;     /* then; NULL: none */
};

G_DEFINE_FINAL_TYPE (TwSettings, tw_settings, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* The schema's defaults, for a program that is not installed. */
static const char *const defaults[][2] = {
  { "glucose-unit", "mmol/L" }, { "theme", "system" },       { "tile-size", "medium" },
  { "server", "" },             { "window-width", "1280" },  { "window-height", "800" },
  { "window-maximized", "0" },  { "time-window", "180" },    { "horizon", "60" },
};

static void
on_changed (GSettings *settings,
            const char *key,
            TwSettings *self)
{
  g_signal_emit (self, signals[CHANGED], 0, key);
}

static void
tw_settings_dispose (GObject *object)
{
  TwSettings *self = TW_SETTINGS (object);

  if (self->settings != NULL)
    g_signal_handlers_disconnect_by_data (self->settings, self);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (tw_settings_parent_class)->dispose (object);
}

static void
tw_settings_finalize (GObject *object)
{
  g_hash_table_unref (TW_SETTINGS (object)->choices);
  g_clear_pointer (&TW_SETTINGS (object)->sites, g_variant_unref);
  G_OBJECT_CLASS (tw_settings_parent_class)->finalize (object);
}

static void
tw_settings_class_init (TwSettingsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_settings_dispose;
  G_OBJECT_CLASS (klass)->finalize = tw_settings_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
tw_settings_init (TwSettings *self)
{
  g_autoptr (GSettingsSchema) schema = tw_program_find_schema (TW_APPLICATION_SCHEMA);

  self->choices = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (schema == NULL)
    return;
  self->settings = g_settings_new_full (schema, NULL, NULL);
  g_signal_connect (self->settings, "changed", G_CALLBACK (on_changed), self);
}

TwSettings *
tw_settings_new (void)
{
  return g_object_new (TW_TYPE_SETTINGS, NULL);
}

static const char *
lookup (TwSettings *self,
        const char *key)
{
  const char *value = g_hash_table_lookup (self->choices, key);

  for (guint i = 0; value == NULL && i < G_N_ELEMENTS (defaults); i++)
    if (g_str_equal (defaults[i][0], key))
      value = defaults[i][1];
  return value != NULL ? value : "";
}

static void
keep (TwSettings *self,
      const char *key,
      char *value)
{
  if (g_strcmp0 (lookup (self, key), value) == 0)
    {
      g_free (value);
      return;
    }
  g_hash_table_insert (self->choices, g_strdup (key), value);
  g_signal_emit (self, signals[CHANGED], 0, key);
}

char *
tw_settings_dup_string (TwSettings *self,
                        const char *key)
{
  g_return_val_if_fail (TW_IS_SETTINGS (self), NULL);

  return self->settings != NULL ? g_settings_get_string (self->settings, key)
                                : g_strdup (lookup (self, key));
}

void
tw_settings_set_string (TwSettings *self,
                        const char *key,
                        const char *value)
{
  g_return_if_fail (TW_IS_SETTINGS (self));

  if (self->settings != NULL)
    g_settings_set_string (self->settings, key, value);
  else
    keep (self, key, g_strdup (value));
}

int
tw_settings_get_int (TwSettings *self,
                     const char *key)
{
  g_return_val_if_fail (TW_IS_SETTINGS (self), 0);

  return self->settings != NULL ? g_settings_get_int (self->settings, key)
                                : (int) g_ascii_strtoll (lookup (self, key), NULL, 10);
}

void
tw_settings_set_int (TwSettings *self,
                     const char *key,
                     int value)
{
  g_return_if_fail (TW_IS_SETTINGS (self));

  if (self->settings != NULL)
    g_settings_set_int (self->settings, key, value);
  else
    keep (self, key, g_strdup_printf ("%d", value));
}

/* The servers that are switched on; addresses hold no spaces. */
static char **
dup_servers (TwSettings *self)
{
  return self->settings != NULL ? g_settings_get_strv (self->settings, "write-back")
                                : g_strsplit (lookup (self, "write-back"), " ", -1);
}

gboolean
tw_settings_get_write_back (TwSettings *self,
                            const char *server)
{
  g_auto (GStrv) servers = NULL;

  g_return_val_if_fail (TW_IS_SETTINGS (self) && server != NULL, FALSE);

  servers = dup_servers (self);
  return *server != '\0' && g_strv_contains ((const char *const *) servers, server);
}

void
tw_settings_set_write_back (TwSettings *self,
                            const char *server,
                            gboolean on)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) before = NULL;
  g_auto (GStrv) after = NULL;

  g_return_if_fail (TW_IS_SETTINGS (self) && server != NULL && *server != '\0');

  before = dup_servers (self);
  for (char **other = before; *other != NULL; other++)
    if (**other != '\0' && !g_str_equal (*other, server))
      g_strv_builder_add (builder, *other);
  if (on)
    g_strv_builder_add (builder, server);
  after = g_strv_builder_end (builder);
  if (self->settings != NULL)
    g_settings_set_strv (self->settings, "write-back", (const char *const *) after);
  else
    keep (self, "write-back", g_strjoinv (" ", after));
}

GVariant *
tw_settings_get_sites (TwSettings *self)
{
  g_return_val_if_fail (TW_IS_SETTINGS (self), NULL);

  if (self->settings != NULL)
    return g_settings_get_value (self->settings, "sites");
  return self->sites != NULL ? g_variant_ref (self->sites)
                             : g_variant_ref_sink (g_variant_new ("aa{sv}", NULL));
}

void
tw_settings_set_sites (TwSettings *self,
                       GVariant *sites)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (sites);

  g_return_if_fail (TW_IS_SETTINGS (self));

  if (self->settings != NULL)
    g_settings_set_value (self->settings, "sites", owned);
  else
    {
      g_clear_pointer (&self->sites, g_variant_unref);
      self->sites = g_steal_pointer (&owned);
    }
}

TwUnit
tw_settings_get_glucose_unit (TwSettings *self)
{
  g_autofree char *unit = tw_settings_dup_string (self, "glucose-unit");

  return g_str_equal (unit, "mg/dL") ? TW_UNIT_MG_DL : TW_UNIT_MMOL_L;
}
