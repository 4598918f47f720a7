/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A check list that was filled by hand: for tests and pictures. */
#pragma once

#include "tw-connection-check.h"

G_BEGIN_DECLS

/* Copies the steps; one that is running keeps the list running. */
void tw_connection_check_show (TwConnectionCheck *self, const TwCheckStep steps[TW_N_CHECKS]);

G_END_DECLS
