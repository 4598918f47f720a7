/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The panel at the left: find a patient, those who need attention, the ward in bed order.
 *
 * Signals: "patient-activated" (TwBedItem) */
#pragma once

#include <gtk/gtk.h>

#include "tw-ward-model.h"

G_BEGIN_DECLS

#define TW_TYPE_PATIENTS_PANEL (tw_patients_panel_get_type ())
G_DECLARE_FINAL_TYPE (TwPatientsPanel, tw_patients_panel, TW, PATIENTS_PANEL, GtkBox)

GtkWidget *tw_patients_panel_new (void);
void tw_patients_panel_set_model (TwPatientsPanel *self, TwWardModel *model);
/* The patient whose page is open; NULL: none. */
void tw_patients_panel_set_current (TwPatientsPanel *self, TwBedItem *item);
void tw_patients_panel_focus_search (TwPatientsPanel *self);
/* FALSE: there was no search. */
gboolean tw_patients_panel_clear_search (TwPatientsPanel *self);

G_END_DECLS
