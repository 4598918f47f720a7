/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One step of a check list: tick, cross or spinner, what was found, what to do. */
#pragma once

#include <adwaita.h>

#include "tw-connection-check.h"

G_BEGIN_DECLS

#define TW_TYPE_CHECK_ROW (tw_check_row_get_type ())
G_DECLARE_FINAL_TYPE (TwCheckRow, tw_check_row, TW, CHECK_ROW, AdwActionRow)

GtkWidget *tw_check_row_new (TwCheck check);
void tw_check_row_set_step (TwCheckRow *self, const TwCheckStep *step);

G_END_DECLS
