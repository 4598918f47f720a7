/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parameter tables that every patient's chain shares, read once from the program's resources. */
#pragma once

#include "tw-cleaner.h"
#include "tw-glycaemia.h"
#include "tw-risk.h"
#include "tw-twin.h"

G_BEGIN_DECLS

typedef struct
{
  TwCleanLimits *limits;
  TwPriors *priors;
  TwRiskTable *risk;
  TwGlycaemiaTable glycaemia;
  gatomicrefcount refs;
} TwTables;

/* An error names the table, row and column that cannot be read. */
TwTables *tw_tables_load (GError **error);
/* The same, but a table that lies in the folder stands in for the one of its name; NULL: no folder. */
TwTables *tw_tables_load_from (const char *folder, GError **error);
/* The text of one table, followed by a NUL byte that is not counted. */
GBytes *tw_tables_lookup (const char *folder, const char *name, GError **error);
TwTables *tw_tables_ref (TwTables *tables);
void tw_tables_unref (TwTables *tables);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwTables, tw_tables_unref)

G_END_DECLS
