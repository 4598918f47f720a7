/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One patient in the patients panel: bed, person, level. */
#pragma once

#include <gtk/gtk.h>

#include "tw-ward-model.h"

G_BEGIN_DECLS

#define TW_TYPE_PATIENT_ROW (tw_patient_row_get_type ())
G_DECLARE_FINAL_TYPE (TwPatientRow, tw_patient_row, TW, PATIENT_ROW, GtkBox)

GtkWidget *tw_patient_row_new (TwWardModel *model);
/* with_age: the time since the worst flag was raised stands beside the bed. item NULL: empty. */
void tw_patient_row_set_item (TwPatientRow *self, TwBedItem *item, gboolean with_age);

G_END_DECLS
