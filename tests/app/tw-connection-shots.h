/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The connections page in the states that are worth a picture: invented servers, check lists made by hand. */
#pragma once

#include "tw-window.h"

void tw_shot_no_connections (TwWindow *window);
void tw_shot_good_connection (TwWindow *window);
void tw_shot_running_connection (TwWindow *window);
void tw_shot_bad_connection (TwWindow *window);
