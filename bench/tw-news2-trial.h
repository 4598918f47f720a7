/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How well the forecast of NEWS2 tells what was charted, and its calibration. */
#pragma once

#include "tw-alarm-patients.h"

G_BEGIN_DECLS

/* One file of recorded stays. */
typedef struct
{
  const char *path;
  char letter;
  GHashTable *people; /* person of a stay, or NULL */
} TwNews2File;

/* Prints the rows of the model card, or with train those of crossing.csv (fitted on everybody). FALSE and an
 * error where a table or file cannot be read. */
gboolean tw_news2_trial_run (const TwNews2File *files, guint n_files, const TwFoldTables *tables, gboolean train,
                             guint n_resamples, GError **error);

G_END_DECLS
