/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signals that are lost, off, artefact only, or in an unknown unit. Inside this room only. */
#pragma once

#include "tw-risk-moment.h"

G_BEGIN_DECLS

/* One channel. Zero-filled at first. */
typedef struct
{
  gint64 since_us[TW_N_TECHNICAL]; /* 0: the fault is not there */
} TwTechnicalState;

void tw_technical_rules_step (TwTechnicalState *state, TwFlagLife lives[TW_N_TECHNICAL],
                              const TwRiskMoment *moment, TwChannel channel);

G_END_DECLS
