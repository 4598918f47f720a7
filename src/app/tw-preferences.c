/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Preferences, help and About: the dialogs of the main menu. */
#include "config.h"

#include "tw-preferences.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  TwSettings *settings; /* of the application, which outlives its dialogs */
  const char *key;
  const char *const *values;
} Choice;

static void
free_choice (gpointer data,
             GClosure *closure)
{
  g_free (data);
}

static void
on_selected (AdwComboRow *row,
             GParamSpec *pspec,
             Choice *choice)
{
  tw_settings_set_string (choice->settings, choice->key, choice->values[adw_combo_row_get_selected (row)]);
}

/* A choice of one text setting, applied at once. */
static GtkWidget *
combo_row (TwSettings *settings,
           const char *key,
           const char *title,
           const char *const *values,
           const char *const *labels)
{
  GtkWidget *row = adw_combo_row_new ();
  g_autoptr (GtkStringList) list = gtk_string_list_new (labels);
  g_autofree char *now = tw_settings_dup_string (settings, key);
  Choice *choice = g_new0 (Choice, 1);

  *choice = (Choice) { settings, key, values };
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (list));
  for (guint i = 0; values[i] != NULL; i++)
    if (g_str_equal (values[i], now))
      adw_combo_row_set_selected (ADW_COMBO_ROW (row), i);
  g_signal_connect_data (row, "notify::selected", G_CALLBACK (on_selected), choice, free_choice, 0);
  return row;
}

typedef struct
{
  TwSettings *settings;
  char *site;
} Site;

static void
free_site (gpointer data,
           GClosure *closure)
{
  Site *site = data;

  g_free (site->site);
  g_free (site);
}

static void
on_write_back (GtkSwitch *toggle,
               GParamSpec *pspec,
               Site *site)
{
  tw_settings_set_write_back (site->settings, site->site, gtk_switch_get_active (toggle));
}

/* The switch belongs to one server: another one is off again. */
static GtkWidget *
write_back_row (TwSettings *settings,
                const char *site)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *toggle = gtk_switch_new ();
  Site *data = g_new0 (Site, 1);

  *data = (Site) { settings, g_strdup (site) };
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _("Write results to this server’s record"));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row),
                               *site == '\0'                  ? _("No server is open.")
                               : g_str_equal (site, "demo") ? _("The demo ward")
                                                            : site);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 2);
  gtk_widget_set_valign (toggle, GTK_ALIGN_CENTER);
  gtk_switch_set_active (GTK_SWITCH (toggle), tw_settings_get_write_back (settings, site));
  g_signal_connect_data (toggle, "notify::active", G_CALLBACK (on_write_back), data, free_site, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), toggle);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), toggle);
  gtk_widget_set_sensitive (row, *site != '\0');
  return row;
}

GtkWidget *
tw_preferences_new (GtkWindow *parent,
                    TwSettings *settings,
                    const char *site)
{
  static const char *const units[] = { "mmol/L", "mg/dL", NULL };
  static const char *const themes[] = { "system", "light", "dark", NULL };
  const char *const theme_labels[] = { _("As the Desktop"), _("Light"), _("Dark"), NULL };
  GtkWidget *window = g_object_new (ADW_TYPE_PREFERENCES_WINDOW, "transient-for", parent, "modal", TRUE,
                                    "default-height", 480, "search-enabled", FALSE, NULL);
  AdwPreferencesPage *page = ADW_PREFERENCES_PAGE (adw_preferences_page_new ());
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  AdwPreferencesGroup *look = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  AdwPreferencesGroup *record = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());

  adw_preferences_group_set_title (group, _("Units"));
  adw_preferences_group_add (group, combo_row (settings, "glucose-unit", _("Glucose"), units, units));
  adw_preferences_group_set_title (look, _("Display"));
  adw_preferences_group_add (look, combo_row (settings, "theme", _("Theme"), themes, theme_labels));
  adw_preferences_page_add (page, group);
  adw_preferences_page_add (page, look);
  adw_preferences_group_set_title (record, _("Patient record"));
  adw_preferences_group_set_description (
    record, _("Off unless your site allows it. Each batch is shown and confirmed before it is sent."));
  adw_preferences_group_add (record, write_back_row (settings, site));
  adw_preferences_page_add (page, record);
  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (window), page);
  return window;
}

void
tw_preferences_apply_theme (TwSettings *settings)
{
  g_autofree char *theme = tw_settings_dup_string (settings, "theme");
  AdwColorScheme scheme = ADW_COLOR_SCHEME_DEFAULT;

  if (g_str_equal (theme, "light"))
    scheme = ADW_COLOR_SCHEME_FORCE_LIGHT;
  else if (g_str_equal (theme, "dark"))
    scheme = ADW_COLOR_SCHEME_FORCE_DARK;
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), scheme);
}

GtkWidget *
tw_about_new (GtkWindow *parent)
{
  GtkWidget *window = adw_about_window_new ();

  g_object_set (window, "transient-for", parent, "modal", TRUE, "application-name", _("Twinward"),
                "application-icon", TW_APPLICATION_ID, "version", TW_VERSION, "developer-name",
                _("The Twinward authors"), "license-type", GTK_LICENSE_GPL_3_0, "copyright",
                "© 2026 The Twinward authors", "comments",
                _("Follows and forecasts vital signs with a digital twin of each patient.\n\n"
                  "Not a certified medical device. An advisory display for trained staff: bedside monitor "
                  "alarms take priority. Check the patient and the bedside monitor before acting."),
                /* Translators: put your names here, one a line. */
                "translator-credits", _("translator-credits"), NULL);
  return window;
}

/* A text that is compiled in, to read. */
static GtkWidget *
new_reader (GtkWindow *parent,
            const char *path,
            const char *title)
{
  GtkWidget *window = adw_window_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *text = gtk_text_view_new ();
  g_autoptr (GBytes) guide = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  /* Best effort: the text is compiled in; a program without it shows an empty page. */
  if (guide != NULL)
    gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (text)),
                              g_bytes_get_data (guide, NULL), (int) g_bytes_get_size (guide));
  gtk_text_view_set_editable (GTK_TEXT_VIEW (text), FALSE);
  gtk_text_view_set_cursor_visible (GTK_TEXT_VIEW (text), FALSE);
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (text), GTK_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (text, "tw-guide");
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), text);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), scroller);
  adw_window_set_content (ADW_WINDOW (window), box);
  gtk_window_set_title (GTK_WINDOW (window), title);
  gtk_window_set_default_size (GTK_WINDOW (window), 720, 640);
  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  return window;
}

GtkWidget *
tw_guide_new (GtkWindow *parent)
{
  return new_reader (parent, "/org/twinward/Twinward/users-guide.md", _("User’s Guide"));
}

GtkWidget *
tw_model_card_new (GtkWindow *parent)
{
  return new_reader (parent, "/org/twinward/Twinward/model-card.md", _("Model Card: Vital Signs"));
}
