/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing results to the open patient's record: when it can be done, why not, and the dialog. */
#include "config.h"

#include "tw-window-private.h"

#include "tw-write-dialog.h"

#include <glib/gi18n-lib.h>

/* The switch of this server follows the settings. */
static void
follow_switch (TwWindow *self,
               TwWriteBack *back)
{
  g_autofree char *site = tw_ward_model_dup_site (self->model);

  tw_write_back_set_on (back, tw_settings_get_write_back (self->settings, site));
}

void
tw_window_update_record (TwWindow *self)
{
  TwWriteBack *back = tw_ward_model_get_write_back (self->model);
  gboolean monitor = g_strcmp0 (gtk_stack_get_visible_child_name (self->views), "monitor") == 0;
  const char *reason = _("Writing is off for this server (see Preferences).");

  if (back != NULL)
    {
      follow_switch (self, back);
      if (tw_write_back_get_state (back) != TW_WRITE_BACK_OFF)
        reason = tw_write_back_get_reason (back);
    }
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.write-back",
                                 monitor && self->patient != NULL && back != NULL
                                   && tw_write_back_get_state (back) == TW_WRITE_BACK_READY);
  if (self->flags != NULL)
    tw_flags_panel_set_record_reason (self->flags, reason);
}

/* "https://ward.example/fhir/Patient/7 Provenance/3": where, never who. */
void
tw_window_tell_deed (TwWindow *self,
                     TwDeed deed,
                     const char *who,
                     const char *what)
{
  TwWriteBack *back = tw_ward_model_get_write_back (self->model);
  g_autofree char *reference = NULL;

  if (self->patient == NULL || back == NULL)
    return;
  reference = g_strdup_printf ("%s/Patient/%s%s%s", tw_write_back_get_server (back),
                               tw_patient_get (tw_bed_item_get_snapshot (self->patient)->patient)->id,
                               what != NULL ? " " : "", what != NULL ? what : "");
  g_signal_emit_by_name (self, "deed", (guint) deed, who != NULL ? who : "", reference);
}

static void
on_written (TwWriteDialog *dialog,
            TwWindow *self)
{
  const TwWriteBatch *batch = tw_write_dialog_get_batch (dialog);

  tw_window_tell_deed (self, TW_DEED_WRITE_BACK, batch->person, batch->record);
  tw_window_toast (self, _("Written to the record"));
}

void
tw_window_on_write_back (GtkWidget *widget,
                         const char *name,
                         GVariant *parameter)
{
  TwWindow *self = TW_WINDOW (widget);
  TwWriteBack *back = tw_ward_model_get_write_back (self->model);
  TwWriteBatch *batch;
  GtkWidget *dialog;

  if (self->patient == NULL || back == NULL)
    return;
  batch = tw_write_back_propose (back, tw_bed_item_get_index (self->patient),
                                 tw_ward_model_get_glucose_unit (self->model));
  if (batch == NULL)
    return;
  dialog = tw_write_dialog_new (GTK_WINDOW (self), back, tw_write_back_get_server (back), batch);
  g_signal_connect_object (dialog, "written", G_CALLBACK (on_written), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_settings_changed (TwWindow *self,
                     const char *key)
{
  if (g_str_equal (key, "write-back"))
    tw_window_update_record (self);
}

void
tw_window_connect_record (TwWindow *self)
{
  g_signal_connect_object (self->model, "write-back-changed", G_CALLBACK (tw_window_update_record), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->settings, "changed", G_CALLBACK (on_settings_changed), self,
                           G_CONNECT_SWAPPED);
}
