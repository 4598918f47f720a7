/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The complete rows of a regression: outcome, predictors, weights. Private to the room. */
#pragma once

#include "tw-double-double.h"
#include "tw-fit.h"

G_BEGIN_DECLS

#define TW_DESIGN_MAX_COLUMNS (TW_FIT_MAX_PREDICTORS + 1)

typedef struct
{
  gsize n;            /* rows, in order of time */
  gsize n_columns;    /* with the constant, which comes first */
  gboolean intercept;
  TwDd *column[TW_DESIGN_MAX_COLUMNS]; /* n long */
  TwDd *outcome;
  double *weight;     /* relative precision of the outcome; 1: good */
  gint64 *t_us;       /* NULL: a table */
  gsize *row;
  gint64 step_us;     /* between neighbouring rows; 0: a table */
} TwDesign;

/* Fills fit's names, rows and refusal. FALSE when refused. */
gboolean tw_design_from_plan (TwDesign *design, const TwFitPlan *plan, TwFit *fit);
gboolean tw_design_from_table (TwDesign *design, const TwTableFitPlan *plan, TwFit *fit);
void tw_design_clear (TwDesign *design);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TwDesign, tw_design_clear)

G_END_DECLS
