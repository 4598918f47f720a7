/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the analysis page shows, taken out of the program: to the clipboard, or to a file. */
#include "config.h"

#include "tw-analysis-page.h"

#include <glib/gi18n-lib.h>

/* The file is written also when the window is closed meanwhile; then there is nobody to tell. */
static void
on_saved (GObject *source,
          GAsyncResult *result,
          gpointer data)
{
  g_autofree GWeakRef *page = data;
  g_autoptr (TwAnalysisPage) self = g_weak_ref_get (page);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_weak_ref_clear (page);
  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    {
      g_autofree char *name = g_file_get_basename (G_FILE (source));

      text = g_strdup_printf (_("Saved as %s"), name);
    }
  else
    text = g_strdup_printf (_("Not saved: %s"), error->message);
  if (self != NULL)
    g_signal_emit_by_name (self, "outcome", text);
}

void
tw_analysis_page_save (TwAnalysisPage *self,
                       TwExport format,
                       GFile *file)
{
  const TwSheet *sheet;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  GWeakRef *page;

  g_return_if_fail (TW_IS_ANALYSIS_PAGE (self) && G_IS_FILE (file));

  sheet = tw_analysis_results_get_sheet (tw_analysis_page_get_results (self));
  if (sheet != NULL)
    bytes = tw_sheet_export (sheet, format, &error);
  if (bytes == NULL)
    {
      g_autofree char *text
        = g_strdup_printf (_("Not saved: %s"), error != NULL ? error->message : _("nothing is shown."));

      g_signal_emit_by_name (self, "outcome", text);
      return;
    }
  g_signal_emit_by_name (self, "exported");
  page = g_new0 (GWeakRef, 1);
  g_weak_ref_init (page, self);
  g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_REPLACE_DESTINATION, NULL,
                                       on_saved, page);
}

static void
on_file_chosen (GtkNativeDialog *dialog,
                int response,
                TwAnalysisPage *self)
{
  int format = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (dialog), "format"));
  g_autoptr (GFile) file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (file != NULL)
    tw_analysis_page_save (self, (TwExport) format, file);
  g_object_unref (dialog);
}

void
tw_analysis_page_choose_file (TwAnalysisPage *self,
                              TwExport format)
{
  const TwSheet *sheet = tw_analysis_results_get_sheet (tw_analysis_page_get_results (self));
  TwFindings *findings = tw_analysis_page_get_findings (self);
  g_autofree char *file_name = NULL;
  GtkFileChooserNative *dialog;

  if (sheet == NULL || findings == NULL)
    return;
  file_name = tw_sheet_dup_file_name (sheet, format, findings->made_us);
  dialog = gtk_file_chooser_native_new (_("Export"), GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                        GTK_FILE_CHOOSER_ACTION_SAVE, _("_Save"), _("_Cancel"));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), file_name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_object_set_data (G_OBJECT (dialog), "format", GINT_TO_POINTER (format));
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_file_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

gboolean
tw_analysis_page_copy (TwAnalysisPage *self)
{
  const TwSheet *sheet;

  g_return_val_if_fail (TW_IS_ANALYSIS_PAGE (self), FALSE);

  sheet = tw_analysis_results_get_sheet (tw_analysis_page_get_results (self));
  if (sheet == NULL || sheet->n_rows == 0)
    return FALSE;
  tw_sheet_copy (sheet, gtk_widget_get_clipboard (GTK_WIDGET (self)));
  return TRUE;
}
