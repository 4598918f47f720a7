/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The twin's tables from text, checked. */
#pragma once

#include "tw-priors.h"

G_BEGIN_DECLS

/* Fills all vitals, the rules of learning, and the version of the parameters (to be freed). FALSE and an
 * error of TW_TABLE_ERROR that names table, row and column. */
gboolean tw_priors_read (const TwTwinTables *tables,
                         TwVitalPriors vitals[TW_N_VITALS][TW_N_CADENCES],
                         TwLearning *learning,
                         char **version,
                         GError **error);

G_END_DECLS
