/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks for a server: address, token, the authority that signed its certificate. */
#include "config.h"

#include "tw-connect-dialog.h"

#include <glib/gi18n-lib.h>

struct _TwConnectDialog
{
  AdwWindow parent_instance;
  GtkEditable *address, *token;
  GtkWidget *connect, *cancel, *choose;
  AdwActionRow *authority;
  GtkLabel *problem;
  GtkFileChooserNative *chooser;
  char *ca_file;
};

G_DEFINE_FINAL_TYPE (TwConnectDialog, tw_connect_dialog, ADW_TYPE_WINDOW)

static gboolean
is_loopback (const char *host)
{
  return host != NULL
         && (g_str_equal (host, "localhost") || g_str_equal (host, "::1")
             || g_str_has_prefix (host, "127."));
}

const char *
tw_connect_dialog_check (const char *address)
{
  /* Best effort: an address that is no URI has its own words below. */
  g_autoptr (GUri) uri = g_uri_parse (address, G_URI_FLAGS_NONE, NULL);

  if (uri == NULL || g_uri_get_host (uri) == NULL || g_uri_get_host (uri)[0] == '\0')
    return _("This is not an address. It begins with https:// and names a server.");
  if (g_uri_get_userinfo (uri) != NULL)
    return _("Leave names and passwords out of the address; the token has its own field.");
  if (g_str_equal (g_uri_get_scheme (uri), "https"))
    return NULL;
  if (g_str_equal (g_uri_get_scheme (uri), "http") && is_loopback (g_uri_get_host (uri)))
    return NULL;
  return _("Only HTTPS is used, except to a server on this computer.");
}

static void
on_changed (TwConnectDialog *self)
{
  g_autofree char *address = g_strstrip (g_strdup (gtk_editable_get_text (self->address)));
  const char *problem = address[0] != '\0' ? tw_connect_dialog_check (address) : NULL;

  gtk_widget_set_sensitive (self->connect, address[0] != '\0' && problem == NULL);
  gtk_label_set_label (self->problem, problem != NULL ? problem : "");
}

static void
on_connect (TwConnectDialog *self)
{
  g_autofree char *address = g_strstrip (g_strdup (gtk_editable_get_text (self->address)));
  g_autofree char *token = g_strstrip (g_strdup (gtk_editable_get_text (self->token)));

  if (!gtk_widget_get_sensitive (self->connect))
    return;
  g_signal_emit_by_name (self, "server-chosen",
                         g_variant_new ("(sss)", address, token,
                                        self->ca_file != NULL ? self->ca_file : ""));
  gtk_window_close (GTK_WINDOW (self));
}

static void
on_chosen (GtkNativeDialog *chooser,
           int response,
           TwConnectDialog *self)
{
  g_autoptr (GFile) file = NULL;

  if (response != GTK_RESPONSE_ACCEPT)
    return;
  file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  g_free (self->ca_file);
  self->ca_file = g_file_get_path (file);
  adw_action_row_set_subtitle (self->authority, self->ca_file);
}

static void
on_choose (TwConnectDialog *self)
{
  if (self->chooser == NULL)
    {
      self->chooser = gtk_file_chooser_native_new (_("Import a Certificate Authority"), GTK_WINDOW (self),
                                                   GTK_FILE_CHOOSER_ACTION_OPEN, _("_Import"),
                                                   _("_Cancel"));
      g_signal_connect (self->chooser, "response", G_CALLBACK (on_chosen), self);
    }
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
tw_connect_dialog_dispose (GObject *object)
{
  TwConnectDialog *self = TW_CONNECT_DIALOG (object);

  g_clear_object (&self->chooser);
  g_clear_pointer (&self->ca_file, g_free);
  G_OBJECT_CLASS (tw_connect_dialog_parent_class)->dispose (object);
}

static void
tw_connect_dialog_class_init (TwConnectDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_connect_dialog_dispose;
  g_signal_new ("server-chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, G_TYPE_VARIANT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/twinward/Twinward/tw-connect-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TwConnectDialog, address);
  gtk_widget_class_bind_template_child (widget_class, TwConnectDialog, token);
  gtk_widget_class_bind_template_child (widget_class, TwConnectDialog, connect);
  gtk_widget_class_bind_template_child (widget_class, TwConnectDialog, cancel);
  gtk_widget_class_bind_template_child (widget_class, TwConnectDialog, choose);
  gtk_widget_class_bind_template_child (widget_class, TwConnectDialog, authority);
  gtk_widget_class_bind_template_child (widget_class, TwConnectDialog, problem);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
tw_connect_dialog_init (TwConnectDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_window_set_default_widget (GTK_WINDOW (self), self->connect);
  g_signal_connect_swapped (self->address, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (self->connect, "clicked", G_CALLBACK (on_connect), self);
  g_signal_connect_swapped (self->cancel, "clicked", G_CALLBACK (gtk_window_close), self);
  g_signal_connect_swapped (self->choose, "clicked", G_CALLBACK (on_choose), self);
}

GtkWidget *
tw_connect_dialog_new (GtkWindow *parent,
                       const char *address)
{
  TwConnectDialog *self = g_object_new (TW_TYPE_CONNECT_DIALOG, "transient-for", parent, NULL);

  if (address != NULL)
    gtk_editable_set_text (self->address, address);
  return GTK_WIDGET (self);
}
