/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sensor's expert with a few earlier states of it, one of each four hours: it is large. */
#pragma once

#include "tw-cgm.h"

G_BEGIN_DECLS

#define TW_CGM_CHECKPOINTS 4

typedef struct
{
  TwCgm now;
  TwCgm checkpoint[TW_CGM_CHECKPOINTS];
  gint64 half_hour[TW_CGM_CHECKPOINTS]; /* since 1970; of the vital's checkpoint that it belongs to, rising */
  guint n;
} TwCgmHistory;

void tw_cgm_history_start (TwCgmHistory *history, const TwCgmTable *table);
/* Takes up a saved state: what came before it is not known. */
void tw_cgm_history_restore (TwCgmHistory *history, const TwCgm *cgm);
/* Keeps the present state with the vital's checkpoint of half_hour, where a new four hours begin. */
void tw_cgm_history_keep (TwCgmHistory *history, gint64 half_hour);
/* Whether there is a state of this half hour, and going back to it. */
gboolean tw_cgm_history_has (const TwCgmHistory *history, gint64 half_hour);
void tw_cgm_history_go_back (TwCgmHistory *history, gint64 half_hour);

G_END_DECLS
