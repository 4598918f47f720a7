/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One dialog for a new server and for a known one; what does not belong to the chosen sign-in is hidden. */
#include "config.h"

#include "tw-connect-dialog.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* A key is a few kilobytes; anything larger is another file that was given by mistake. */
#define MAX_KEY_FILE 65536

struct _TwConnectDialog
{
  AdwWindow parent_instance;
  GtkEditable *address, *ward, *name, *token, *client_id, *pin, *next_pin;
  AdwComboRow *sign_in;
  GtkWidget *connect, *cancel, *choose_certificate, *choose_key, *choose_authority, *forget_authority;
  AdwActionRow *certificate, *key, *authority, *system_row;
  GtkSwitch *system_too;
  GtkLabel *problem;
  GtkFileChooserNative *chooser;
  GtkWidget *choosing; /* the button whose file is being chosen */
  TwSite *site;        /* what is known beside the fields */
  char *old_address;   /* NULL: a new server */
  char *key_text;      /* PEM that the user chose; NULL */
  const char *file_problem;
};

G_DEFINE_FINAL_TYPE (TwConnectDialog, tw_connect_dialog, ADW_TYPE_WINDOW)

static void
wipe (char **text)
{
  if (*text != NULL)
    explicit_bzero (*text, strlen (*text));
  g_clear_pointer (text, g_free);
}

/* The site as the fields have it now. */
static TwSite *
read_fields (TwConnectDialog *self)
{
  TwSite *site = tw_site_copy (self->site);

  tw_site_set (&site->address, gtk_editable_get_text (self->address));
  tw_site_set (&site->ward, gtk_editable_get_text (self->ward));
  tw_site_set (&site->name, gtk_editable_get_text (self->name));
  tw_site_set (&site->client_id, gtk_editable_get_text (self->client_id));
  tw_site_set (&site->pins[0], gtk_editable_get_text (self->pin));
  tw_site_set (&site->pins[1], gtk_editable_get_text (self->next_pin));
  site->sign_in = (TwSignIn) adw_combo_row_get_selected (self->sign_in);
  site->system_too = site->ca_file != NULL && gtk_switch_get_active (self->system_too);
  return site;
}

/* The words for what keeps the site from being used; NULL while there is nothing to say yet. */
static const char *
find_problem (TwConnectDialog *self,
              const TwSite *site)
{
  const char *token = gtk_editable_get_text (self->token);

  if (self->file_problem != NULL)
    return self->file_problem;
  if (site->address == NULL)
    return NULL;
  if (tw_site_check (site) != NULL)
    return tw_site_check (site);
  if (site->sign_in == TW_SIGN_IN_TOKEN && token[0] == '\0' && self->old_address == NULL)
    return _("Give the token, or choose another way to sign in.");
  return NULL;
}

static void
show_file (AdwActionRow *row,
           const char *path,
           const char *otherwise)
{
  g_autofree char *name = path != NULL ? g_path_get_basename (path) : NULL;

  adw_action_row_set_subtitle (row, name != NULL ? name : otherwise);
  gtk_widget_set_tooltip_text (GTK_WIDGET (row), path);
}

static void
on_changed (TwConnectDialog *self)
{
  g_autoptr (TwSite) site = read_fields (self);
  const char *problem = find_problem (self, site);

  gtk_widget_set_visible (GTK_WIDGET (self->token), site->sign_in == TW_SIGN_IN_TOKEN);
  gtk_widget_set_visible (GTK_WIDGET (self->client_id), site->sign_in == TW_SIGN_IN_HOSPITAL);
  gtk_widget_set_visible (GTK_WIDGET (self->certificate), site->sign_in == TW_SIGN_IN_CERTIFICATE);
  gtk_widget_set_visible (GTK_WIDGET (self->key), site->sign_in == TW_SIGN_IN_CERTIFICATE);
  gtk_widget_set_visible (GTK_WIDGET (self->system_row), site->ca_file != NULL);
  gtk_widget_set_visible (self->forget_authority, site->ca_file != NULL);
  show_file (self->certificate, site->client_cert, _("A PEM file, with its chain"));
  show_file (self->authority, site->ca_file, _("Those of this computer"));
  adw_action_row_set_subtitle (self->key, self->key_text != NULL   ? _("Chosen; it goes into the keyring")
                                          : self->old_address != NULL
                                            ? _("In the keyring, or in the certificate’s file")
                                            : _("A PEM file without passphrase; it goes into the keyring"));
  gtk_widget_set_sensitive (self->connect, site->address != NULL && problem == NULL);
  gtk_label_set_label (self->problem, problem != NULL ? problem : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), problem != NULL);
}

static void
on_connect (TwConnectDialog *self)
{
  g_autoptr (TwSite) site = read_fields (self);
  g_autoptr (GVariant) variant = g_variant_ref_sink (tw_site_to_variant (site));
  char *token = g_strstrip (g_strdup (gtk_editable_get_text (self->token)));
  const char *secret = site->sign_in == TW_SIGN_IN_TOKEN         ? token
                       : site->sign_in == TW_SIGN_IN_CERTIFICATE ? self->key_text : NULL;

  if (gtk_widget_get_sensitive (self->connect))
    {
      g_signal_emit_by_name (self, "server-chosen", variant,
                             secret != NULL && secret[0] != '\0' ? secret : NULL, self->old_address);
      gtk_window_close (GTK_WINDOW (self));
    }
  wipe (&token);
}

/* A key without passphrase, as the connection needs it; the text is taken over only when it is one. */
static const char *
take_key (TwConnectDialog *self,
          GFile *file)
{
  g_autoptr (GFileInfo) info
    = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NONE, NULL,
                         NULL); /* best effort: the words below hold for every failure */
  char *text = NULL;
  const char *problem = NULL;

  if (info == NULL || g_file_info_get_size (info) > MAX_KEY_FILE
      || !g_file_load_contents (file, NULL, &text, NULL, NULL, NULL) || !g_utf8_validate (text, -1, NULL)
      || strstr (text, "PRIVATE KEY-----") == NULL)
    problem = _("This file holds no key. Choose the PEM file that begins with “BEGIN PRIVATE KEY”.");
  else if (strstr (text, "ENCRYPTED") != NULL)
    problem = _("This key has a passphrase. Ask the hospital’s engineers for one without: the keyring "
                "protects it.");
  if (problem == NULL)
    {
      wipe (&self->key_text);
      self->key_text = g_steal_pointer (&text);
    }
  wipe (&text);
  return problem;
}

static void
on_chosen (GtkNativeDialog *chooser,
           int response,
           TwConnectDialog *self)
{
  g_autoptr (GFile) file = NULL;
  g_autofree char *path = NULL;

  if (response != GTK_RESPONSE_ACCEPT)
    return;
  file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  path = g_file_get_path (file);
  self->file_problem = NULL;
  if (self->choosing == self->choose_key)
    self->file_problem = take_key (self, file);
  else if (self->choosing == self->choose_certificate)
    tw_site_set (&self->site->client_cert, path);
  else
    tw_site_set (&self->site->ca_file, path);
  on_changed (self);
}

static void
on_choose (GtkWidget *button,
           TwConnectDialog *self)
{
  const char *title = button == self->choose_key           ? _("Choose the Key")
                      : button == self->choose_certificate ? _("Choose the Certificate")
                                                           : _("Import a Certificate Authority");

  g_clear_object (&self->chooser);
  self->choosing = button;
  self->chooser = gtk_file_chooser_native_new (title, GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_OPEN,
                                               _("_Choose"), _("_Cancel"));
  g_signal_connect (self->chooser, "response", G_CALLBACK (on_chosen), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
on_forget_authority (TwConnectDialog *self)
{
  tw_site_set (&self->site->ca_file, NULL);
  on_changed (self);
}

static void
tw_connect_dialog_dispose (GObject *object)
{
  TwConnectDialog *self = TW_CONNECT_DIALOG (object);

  g_clear_object (&self->chooser);
  wipe (&self->key_text);
  g_clear_pointer (&self->old_address, g_free);
  g_clear_pointer (&self->site, tw_site_free);
  G_OBJECT_CLASS (tw_connect_dialog_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/twinward/Twinward/tw-connect-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TwConnectDialog, address);
  gtk_widget_class_bind_template_child (widget_class, TwConnectDialog, ward);
  gtk_widget_class_bind_template_child (widget_class, TwConnectDialog, name);
  gtk_widget_class_bind_template_child (widget_class, TwConnectDialog, sign_in);
  gtk_widget_class_bind_template_child (widget_class, TwConnectDialog, token);
  gtk_widget_class_bind_template_child (widget_class, TwConnectDialog, client_id);
  gtk_widget_class_bind_template_child (widget_class, TwConnectDialog, certificate);
  gtk_widget_class_bind_template_child (widget_class, TwConnectDialog, choose_certificate);
  gtk_widget_class_bind_template_child (widget_class, TwConnectDialog, key);
  gtk_widget_class_bind_template_child (widget_class, TwConnectDialog, choose_key);
  gtk_widget_class_bind_template_child (widget_class, TwConnectDialog, authority);
  gtk_widget_class_bind_template_child (widget_class, TwConnectDialog, choose_authority);
  gtk_widget_class_bind_template_child (widget_class, TwConnectDialog, forget_authority);
  gtk_widget_class_bind_template_child (widget_class, TwConnectDialog, system_row);
  gtk_widget_class_bind_template_child (widget_class, TwConnectDialog, system_too);
  gtk_widget_class_bind_template_child (widget_class, TwConnectDialog, pin);
  gtk_widget_class_bind_template_child (widget_class, TwConnectDialog, next_pin);
  gtk_widget_class_bind_template_child (widget_class, TwConnectDialog, connect);
  gtk_widget_class_bind_template_child (widget_class, TwConnectDialog, cancel);
  gtk_widget_class_bind_template_child (widget_class, TwConnectDialog, problem);
}

static void
tw_connect_dialog_class_init (TwConnectDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_connect_dialog_dispose;
  g_signal_new ("server-chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 3, G_TYPE_VARIANT, G_TYPE_STRING, G_TYPE_STRING);
  bind_children (widget_class);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
tw_connect_dialog_init (TwConnectDialog *self)
{
  GtkEditable *fields[7];
  g_autoptr (GtkStringList) ways = gtk_string_list_new (NULL);

  gtk_widget_init_template (GTK_WIDGET (self));
  self->site = tw_site_new (NULL);
  gtk_window_set_default_widget (GTK_WINDOW (self), self->connect);
  for (int i = 0; i < TW_N_SIGN_INS; i++)
    gtk_string_list_append (ways, tw_sign_in_label ((TwSignIn) i));
  adw_combo_row_set_model (self->sign_in, G_LIST_MODEL (ways));
  memcpy (fields, (GtkEditable *[]) { self->address, self->ward, self->name, self->token, self->client_id,
                                      self->pin, self->next_pin }, sizeof fields);
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    g_signal_connect_swapped (fields[i], "changed", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (self->sign_in, "notify::selected", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (self->connect, "clicked", G_CALLBACK (on_connect), self);
  g_signal_connect_swapped (self->cancel, "clicked", G_CALLBACK (gtk_window_close), self);
  g_signal_connect (self->choose_certificate, "clicked", G_CALLBACK (on_choose), self);
  g_signal_connect (self->choose_key, "clicked", G_CALLBACK (on_choose), self);
  g_signal_connect (self->choose_authority, "clicked", G_CALLBACK (on_choose), self);
  g_signal_connect_swapped (self->forget_authority, "clicked", G_CALLBACK (on_forget_authority), self);
}

static void
fill (GtkEditable *field,
      const char *text)
{
  gtk_editable_set_text (field, text != NULL ? text : "");
}

GtkWidget *
tw_connect_dialog_new (GtkWindow *parent,
                       const TwSite *site,
                       gboolean editing)
{
  TwConnectDialog *self = g_object_new (TW_TYPE_CONNECT_DIALOG, "transient-for", parent, NULL);

  adw_combo_row_set_selected (self->sign_in, TW_SIGN_IN_TOKEN);
  if (site != NULL)
    {
      tw_site_free (self->site);
      self->site = tw_site_copy (site);
      self->old_address = editing ? g_strdup (site->address) : NULL;
      adw_combo_row_set_selected (self->sign_in, site->sign_in);
      gtk_switch_set_active (self->system_too, site->system_too);
      fill (self->ward, site->ward);
      fill (self->name, site->name);
      fill (self->client_id, site->client_id);
      fill (self->pin, site->pins[0]);
      fill (self->next_pin, site->pins[1]);
      fill (self->address, site->address);
    }
  if (editing)
    {
      gtk_window_set_title (GTK_WINDOW (self), _("Edit Connection"));
      gtk_button_set_label (GTK_BUTTON (self->connect), _("_Save"));
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->token),
                                     _("New token (empty: the present one stays)"));
    }
  on_changed (self);
  return GTK_WIDGET (self);
}
