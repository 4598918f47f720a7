/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shows exactly what would be written to a patient's record, where, and asks a person to confirm it;
 * then what became of each part.
 *
 * Signal: "written" () after the server took it */
#pragma once

#include <adwaita.h>

#include "tw-write-back.h"

G_BEGIN_DECLS

#define TW_TYPE_WRITE_DIALOG (tw_write_dialog_get_type ())
G_DECLARE_FINAL_TYPE (TwWriteDialog, tw_write_dialog, TW, WRITE_DIALOG, AdwWindow)

/* Takes the batch. back NULL: it is only shown. */
GtkWidget *tw_write_dialog_new (GtkWindow *parent, TwWriteBack *back, const char *server,
                                TwWriteBatch *batch);
const TwWriteBatch *tw_write_dialog_get_batch (TwWriteDialog *self);
/* As if a person had named themselves and pressed the button, or the server had answered (error NULL:
 * it took the batch). */
void tw_write_dialog_set_person (TwWriteDialog *self, const char *person);
void tw_write_dialog_show_result (TwWriteDialog *self, const GError *error);

G_END_DECLS
