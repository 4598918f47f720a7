/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The complete rows of a regression, from channels on a grid of time or from a plain table. A row
 * in which the outcome or a predictor is missing is dropped and counted, never filled in. */
#include "config.h"

#include "tw-design.h"

#include "tw-grid.h"
#include "tw-time.h"

#include <math.h>

#define ROWS_PER_COEFFICIENT 10 /* over time; product.md section 3, Analysis */
#define SPARE_ROWS 2            /* a table: rows beyond the coefficients */
#define MAX_CELLS 8000000       /* about 400 MB at work */

static gboolean
refuse (TwFit *fit, TwRefusalKind kind, const char *who, gsize n, gsize needed)
{
  fit->refusal = (TwRefusal){ .kind = kind, .n = n, .needed = needed };
  g_strlcpy (fit->refusal.who, who, sizeof fit->refusal.who);
  return FALSE;
}

void
tw_design_clear (TwDesign *design)
{
  for (gsize j = 0; j < TW_DESIGN_MAX_COLUMNS; j++)
    g_clear_pointer (&design->column[j], g_free);
  g_clear_pointer (&design->outcome, g_free);
  g_clear_pointer (&design->weight, g_free);
  g_clear_pointer (&design->t_us, g_free);
  g_clear_pointer (&design->row, g_free);
}

/* Room for at most n_rows; fit's coefficients get no names yet. */
static gboolean
begin (TwDesign *design, TwFit *fit, gsize n_predictors, gsize n_rows)
{
  gsize n_columns = n_predictors + (fit->intercept ? 1 : 0);

  *design = (TwDesign){ .n_columns = n_columns, .intercept = fit->intercept };
  fit->rows.n_grid = n_rows;
  if (n_predictors == 0)
    return refuse (fit, TW_REFUSAL_NO_PREDICTOR, "", 0, 0);
  if (n_predictors > TW_FIT_MAX_PREDICTORS)
    return refuse (fit, TW_REFUSAL_TOO_MANY, "", n_predictors, TW_FIT_MAX_PREDICTORS);
  if (n_rows > MAX_CELLS / (n_columns + 1))
    return refuse (fit, TW_REFUSAL_TOO_MANY, "", n_rows, MAX_CELLS / (n_columns + 1));
  fit->n_coefficients = n_columns;
  fit->coefficients = g_new0 (TwCoefficient, n_columns);
  if (fit->intercept)
    {
      g_strlcpy (fit->coefficients[0].name, "(constant)", sizeof fit->coefficients[0].name);
      fit->coefficients[0].channel = TW_CHANNEL_NONE;
    }
  for (gsize j = 0; j < n_columns; j++)
    design->column[j] = g_new (TwDd, MAX (n_rows, 1));
  design->outcome = g_new (TwDd, MAX (n_rows, 1));
  design->weight = g_new (double, MAX (n_rows, 1));
  design->row = g_new (gsize, MAX (n_rows, 1));
  return TRUE;
}

static gboolean
is_flat (const TwDd *column, gsize n)
{
  for (gsize i = 1; i < n; i++)
    if (column[i].hi != column[0].hi || column[i].lo != column[0].lo)
      return FALSE;
  return TRUE;
}

static gboolean
is_finite (const TwDd *column, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (!isfinite (column[i].hi))
      return FALSE;
  return TRUE;
}

/* A predictor that no row has: its coefficient, NULL when each has some. */
static const TwCoefficient *
find_absent (const TwFit *fit)
{
  gsize first = fit->intercept ? 1 : 0, n = fit->rows.n_grid - fit->rows.no_outcome;

  for (gsize j = first; n > 0 && j < fit->n_coefficients; j++)
    if (fit->rows.missing[j - first] == n)
      return &fit->coefficients[j];
  return NULL;
}

/* Looks at the rows that are left. */
static gboolean
check (TwDesign *design, TwFit *fit)
{
  gsize first = design->intercept ? 1 : 0;
  const TwCoefficient *absent = find_absent (fit);

  fit->rows.n = design->n;
  if (absent != NULL)
    return refuse (fit, TW_REFUSAL_NO_DATA, absent->name, 0, fit->rows.needed);
  if (design->n == 0 && fit->rows.no_predictor == 0)
    return refuse (fit, TW_REFUSAL_NO_DATA, fit->outcome_name, 0, fit->rows.needed);
  if (design->n < fit->rows.needed)
    return refuse (fit, TW_REFUSAL_TOO_FEW, "", design->n, fit->rows.needed);
  if (!is_finite (design->outcome, design->n))
    return refuse (fit, TW_REFUSAL_UNSTABLE, fit->outcome_name, 0, 0);
  if (is_flat (design->outcome, design->n))
    return refuse (fit, TW_REFUSAL_FLAT_OUTCOME, fit->outcome_name, 0, 0);
  for (gsize j = first; j < design->n_columns; j++)
    {
      const char *name = fit->coefficients[j].name;

      if (!is_finite (design->column[j], design->n))
        return refuse (fit, TW_REFUSAL_UNSTABLE, name, 0, 0);
      if (design->intercept && is_flat (design->column[j], design->n))
        return refuse (fit, TW_REFUSAL_FLAT_PREDICTOR, name, 0, 0);
    }
  return TRUE;
}

static void
name_predictor (TwCoefficient *coefficient, const TwFitPredictor *predictor, TwChannel outcome)
{
  const TwChannelInfo *info = tw_channel_info (predictor->channel);
  const char *symbol = tw_unit_symbol (info->unit);
  g_autoptr (GString) name = g_string_new (info->name);
  g_autofree char *unit = NULL;

  coefficient->channel = predictor->channel;
  coefficient->lag_min = predictor->lag_min;
  coefficient->power = MAX (predictor->power, 1);
  if (coefficient->power > 1)
    g_string_append_printf (name, "^%u", coefficient->power);
  if (predictor->lag_min != 0)
    g_string_append_printf (name, "@%d", predictor->lag_min);
  g_strlcpy (coefficient->name, name->str, sizeof coefficient->name);
  unit = coefficient->power == 1
             ? g_strdup_printf ("%s per %s", tw_unit_symbol (tw_channel_info (outcome)->unit), symbol)
             : g_strdup_printf ("%s per (%s)^%u", tw_unit_symbol (tw_channel_info (outcome)->unit),
                                symbol, coefficient->power);
  g_strlcpy (coefficient->unit, unit, sizeof coefficient->unit);
}

static void
name_fit (TwFit *fit, const TwFitPlan *plan)
{
  gsize first = fit->intercept ? 1 : 0;
  const char *symbol = tw_unit_symbol (tw_channel_info (plan->outcome)->unit);

  if (fit->intercept)
    g_strlcpy (fit->coefficients[0].unit, symbol, sizeof fit->coefficients[0].unit);
  for (gsize j = 0; j < plan->n_predictors; j++)
    name_predictor (&fit->coefficients[first + j], &plan->predictors[j], plan->outcome);
}

/* The values of outcome and predictors on the grid, NaN where missing. */
typedef struct
{
  double *outcome, *weight;
  double *predictor[TW_FIT_MAX_PREDICTORS];
} Gridded;

static void
gridded_clear (Gridded *gridded)
{
  g_free (gridded->outcome);
  g_free (gridded->weight);
  for (gsize j = 0; j < TW_FIT_MAX_PREDICTORS; j++)
    g_free (gridded->predictor[j]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Gridded, gridded_clear)

/* Counts what is missing; TRUE when the row is complete. */
static gboolean
count_row (TwFitRows *rows, const Gridded *gridded, gsize n_predictors, gsize k)
{
  gboolean complete = TRUE;

  if (isnan (gridded->outcome[k]))
    {
      rows->no_outcome++;
      return FALSE;
    }
  for (gsize j = 0; j < n_predictors; j++)
    if (isnan (gridded->predictor[j][k]))
      {
        rows->missing[j]++;
        complete = FALSE;
      }
  if (!complete)
    rows->no_predictor++;
  return complete;
}

static void
take_rows (TwDesign *design, const TwGrid *grid, const Gridded *gridded, const TwFitPlan *plan,
           TwFit *fit)
{
  gsize first = design->intercept ? 1 : 0;

  design->t_us = g_new (gint64, MAX (grid->n, 1));
  design->step_us = grid->width_us;
  for (gsize k = 0; k < grid->n; k++)
    {
      gsize i = design->n;

      if (!count_row (&fit->rows, gridded, plan->n_predictors, k))
        continue;
      if (design->intercept)
        design->column[0][i] = tw_dd (1);
      for (gsize j = 0; j < plan->n_predictors; j++)
        design->column[first + j][i]
            = tw_dd_power (tw_dd (gridded->predictor[j][k]), MAX (plan->predictors[j].power, 1));
      design->outcome[i] = tw_dd (gridded->outcome[k]);
      design->weight[i] = gridded->weight[k];
      design->t_us[i] = grid->start_us + (gint64) k * grid->width_us;
      design->row[i] = k;
      design->n++;
    }
}

/* What is given to the patient is not measured: doses add up, rates hold until they are changed. */
static gboolean
is_dose (TwChannel channel)
{
  return channel == TW_CHANNEL_INSULIN_BOLUS || channel == TW_CHANNEL_CARBOHYDRATE
         || channel == TW_CHANNEL_FLUID_BOLUS || channel == TW_CHANNEL_PARACETAMOL;
}

static gboolean
is_rate (TwChannel channel)
{
  return channel == TW_CHANNEL_INSULIN_BASAL || channel == TW_CHANNEL_NOREPINEPHRINE;
}

static void
fill_predictor (const TwGrid *grid, const TwFitPredictor *predictor, double *value)
{
  gint64 shift_us = predictor->lag_min * TW_MINUTE;

  if (is_dose (predictor->channel))
    tw_grid_fill_sums (grid, predictor->series, shift_us, value);
  else if (is_rate (predictor->channel))
    tw_grid_fill_held (grid, predictor->series, shift_us, value);
  else
    tw_grid_fill (grid, predictor->series, shift_us, value, NULL);
}

static int
choose_minutes (const TwFitPlan *plan, gint64 from_us, gint64 to_us)
{
  TwSeriesView *views[TW_FIT_MAX_PREDICTORS + 1] = { plan->series };
  gsize n = 1;

  if (plan->grid_min > 0)
    return plan->grid_min;
  for (gsize j = 0; j < plan->n_predictors; j++)
    if (!is_dose (plan->predictors[j].channel) && !is_rate (plan->predictors[j].channel))
      views[n++] = plan->predictors[j].series;
  return tw_grid_choose (views, n, from_us, to_us);
}

gboolean
tw_design_from_plan (TwDesign *design, const TwFitPlan *plan, TwFit *fit)
{
  g_auto (Gridded) gridded = { 0 };
  gsize n_predictors = plan->n_predictors;
  gint64 from_us = plan->from_us, to_us = plan->to_us;
  TwGrid grid = { 0 };

  *design = (TwDesign){ 0 };
  fit->outcome = plan->outcome;
  g_strlcpy (fit->outcome_name, tw_channel_info (plan->outcome)->name, sizeof fit->outcome_name);
  g_strlcpy (fit->outcome_unit, tw_unit_symbol (tw_channel_info (plan->outcome)->unit),
             sizeof fit->outcome_unit);
  fit->rows.needed = ROWS_PER_COEFFICIENT * (n_predictors + (fit->intercept ? 1 : 0));
  if (n_predictors > TW_FIT_MAX_PREDICTORS)
    return refuse (fit, TW_REFUSAL_TOO_MANY, "", n_predictors, TW_FIT_MAX_PREDICTORS);
  if (!tw_grid_close_window (plan->series, &from_us, &to_us))
    return refuse (fit, TW_REFUSAL_NO_DATA, fit->outcome_name, 0, fit->rows.needed);
  fit->from_us = from_us;
  fit->to_us = to_us;
  fit->grid_min = choose_minutes (plan, from_us, to_us);
  tw_grid_init (&grid, from_us, to_us, fit->grid_min);
  if (!begin (design, fit, n_predictors, grid.n))
    return FALSE;
  name_fit (fit, plan);
  gridded.outcome = g_new (double, MAX (grid.n, 1));
  gridded.weight = g_new (double, MAX (grid.n, 1));
  fit->rows.samples_skipped
      = tw_grid_fill (&grid, plan->series, 0, gridded.outcome, gridded.weight);
  for (gsize j = 0; j < n_predictors; j++)
    {
      gridded.predictor[j] = g_new (double, MAX (grid.n, 1));
      fill_predictor (&grid, &plan->predictors[j], gridded.predictor[j]);
    }
  take_rows (design, &grid, &gridded, plan, fit);
  return check (design, fit);
}

static TwDd
get_cell (const TwFitColumn *column, gsize row)
{
  return tw_dd_quick_sum (column->value[row], column->rest != NULL ? column->rest[row] : 0);
}

static void
take_table_rows (TwDesign *design, const TwTableFitPlan *plan, TwFit *fit)
{
  gsize first = design->intercept ? 1 : 0;

  for (gsize k = 0; k < plan->n_rows; k++)
    {
      gsize i = design->n;
      gboolean complete = TRUE;

      if (isnan (plan->outcome.value[k]))
        {
          fit->rows.no_outcome++;
          continue;
        }
      for (gsize j = 0; j < plan->n_predictors; j++)
        if (isnan (plan->predictors[j].value[k]))
          {
            fit->rows.missing[j]++;
            complete = FALSE;
          }
      if (!complete)
        {
          fit->rows.no_predictor++;
          continue;
        }
      if (design->intercept)
        design->column[0][i] = tw_dd (1);
      for (gsize j = 0; j < plan->n_predictors; j++)
        design->column[first + j][i] = tw_dd_power (get_cell (&plan->predictors[j], k),
                                                    MAX (plan->predictors[j].power, 1));
      design->outcome[i] = get_cell (&plan->outcome, k);
      design->weight[i] = 1;
      design->row[i] = k;
      design->n++;
    }
}

gboolean
tw_design_from_table (TwDesign *design, const TwTableFitPlan *plan, TwFit *fit)
{
  gsize first = fit->intercept ? 1 : 0;

  fit->outcome = TW_CHANNEL_NONE;
  g_strlcpy (fit->outcome_name, plan->outcome.name, sizeof fit->outcome_name);
  fit->rows.needed = plan->n_predictors + first + SPARE_ROWS;
  if (!begin (design, fit, plan->n_predictors, plan->n_rows))
    return FALSE;
  for (gsize j = 0; j < plan->n_predictors; j++)
    {
      TwCoefficient *coefficient = &fit->coefficients[first + j];

      coefficient->channel = TW_CHANNEL_NONE;
      coefficient->power = MAX (plan->predictors[j].power, 1);
      if (coefficient->power > 1)
        g_snprintf (coefficient->name, sizeof coefficient->name, "%s^%u", plan->predictors[j].name,
                    coefficient->power);
      else
        g_strlcpy (coefficient->name, plan->predictors[j].name, sizeof coefficient->name);
    }
  take_table_rows (design, plan, fit);
  return check (design, fit);
}
