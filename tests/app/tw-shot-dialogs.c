/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dialogs over the window of a picture. */
#include "config.h"

#include "tw-shot-dialogs.h"

#include "tw-preferences.h"
#include "tw-write-dialog.h"

/* Bed 3's own flags, a complete score, and what the server said. */
static TwWriteDialog *
open_write_dialog (TwWindow *window)
{
  TwWriteBatch *batch = tw_write_batch_new (tw_bed_item_get_snapshot (tw_window_get_patient (window)),
                                            "https://fhir.hospital.example/r4", TW_UNIT_MMOL_L);
  GtkWidget *dialog = tw_write_dialog_new (GTK_WINDOW (window), NULL, "https://fhir.hospital.example/r4",
                                           batch);

  gtk_window_present (GTK_WINDOW (dialog));
  return TW_WRITE_DIALOG (dialog);
}

void
tw_shot_write (TwWindow *window)
{
  open_write_dialog (window);
}

void
tw_shot_write_ready (TwWindow *window)
{
  tw_write_dialog_set_person (open_write_dialog (window), "Dr. Demo");
}

void
tw_shot_write_failed (TwWindow *window)
{
  g_autoptr (GError) error
    = g_error_new_literal (TW_WRITE_BACK_ERROR, TW_WRITE_BACK_ERROR_REFUSED,
                           "The server refused, and kept nothing: HAPI-1094: Resource Patient/p-3 not found, "
                           "specified in path: Flag.subject");
  TwWriteDialog *dialog = open_write_dialog (window);

  tw_write_dialog_set_person (dialog, "Dr. Demo");
  tw_write_dialog_show_result (dialog, error);
}

void
tw_shot_write_done (TwWindow *window)
{
  TwWriteBatch *batch = tw_write_batch_new (tw_bed_item_get_snapshot (tw_window_get_patient (window)),
                                            "https://fhir.hospital.example/r4", TW_UNIT_MMOL_L);
  GtkWidget *dialog;

  for (guint i = 0; i < batch->items->len; i++)
    ((TwWriteItem *) g_ptr_array_index (batch->items, i))->status = i == 0 ? 200 : 201;
  batch->person = g_strdup ("Dr. Demo");
  dialog = tw_write_dialog_new (GTK_WINDOW (window), NULL, "https://fhir.hospital.example/r4", batch);
  gtk_window_present (GTK_WINDOW (dialog));
  tw_write_dialog_set_person (TW_WRITE_DIALOG (dialog), "Dr. Demo");
  tw_write_dialog_show_result (TW_WRITE_DIALOG (dialog), NULL);
}

void
tw_shot_preferences (TwWindow *window)
{
  g_autoptr (TwSettings) settings = tw_settings_new ();
  GtkWidget *dialog = tw_preferences_new (GTK_WINDOW (window), settings, "https://fhir.hospital.example/r4");

  /* The dialog borrows them. */
  g_object_set_data_full (G_OBJECT (dialog), "settings", g_object_ref (settings), g_object_unref);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
tw_shot_destroy_dialogs (TwWindow *window)
{
  g_autoptr (GList) toplevels = gtk_window_list_toplevels ();

  for (GList *l = toplevels; l != NULL; l = l->next)
    if (gtk_window_get_transient_for (l->data) == GTK_WINDOW (window))
      gtk_window_destroy (l->data);
}
