/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dialogs over the window of a picture. */
#pragma once

#include "tw-window.h"

/* Writing to the record of the open patient: to look at, confirmed, refused, taken. */
void tw_shot_write (TwWindow *window);
void tw_shot_write_ready (TwWindow *window);
void tw_shot_write_failed (TwWindow *window);
void tw_shot_write_done (TwWindow *window);
void tw_shot_preferences (TwWindow *window);

/* Dialogs over the window, away. */
void tw_shot_destroy_dialogs (TwWindow *window);
