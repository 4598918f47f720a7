/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The orthonormal basis of a design and the least-squares solution in it: Gram-Schmidt, twice for
 * each column, in numbers of 32 digits. GSL's solvers work in doubles: of a polynomial of the tenth
 * degree (NIST StRD Filip, condition number 1e15) they leave 7 to 8 digits; this leaves what the
 * decimal numbers of the data determine. Source: Bjorck 1996, Numerical Methods for Least Squares
 * Problems, section 2.4 (twice is enough). */
#include "config.h"

#include "tw-least-squares.h"

#define LEFT_OUT 1e-13

static TwDd
dot (const TwDd *a, const TwDd *b, gsize n)
{
  TwDd sum = { 0, 0 };

  for (gsize i = 0; i < n; i++)
    sum = tw_dd_add (sum, tw_dd_multiply (a[i], b[i]));
  return sum;
}

/* a -= factor x b */
static void
take_away (TwDd *a, TwDd factor, const TwDd *b, gsize n)
{
  for (gsize i = 0; i < n; i++)
    a[i] = tw_dd_subtract (a[i], tw_dd_multiply (factor, b[i]));
}

/* Makes v orthogonal to the first rank columns of q; what was along them is added to along. */
static void
project_out (TwDd *const *q, gsize rank, TwDd *v, gsize n, TwDd *along)
{
  for (gsize k = 0; k < rank; k++)
    along[k] = tw_dd (0);
  for (int pass = 0; pass < 2; pass++)
    for (gsize k = 0; k < rank; k++)
      {
        TwDd c = dot (q[k], v, n);

        take_away (v, c, q[k], n);
        along[k] = tw_dd_add (along[k], c);
      }
}

static TwDd *
dup_weighted (const TwDd *column, const double *root_weight, gsize n)
{
  TwDd *copy = g_new (TwDd, n);

  for (gsize i = 0; i < n; i++)
    copy[i] = tw_dd_multiply (column[i], tw_dd (root_weight[i]));
  return copy;
}

/* Decomposes the design; q gets rank new columns. */
static void
decompose (TwLeastSquares *squares, const TwDesign *design, TwDd **q)
{
  gsize n = design->n;

  for (gsize j = 0; j < design->n_columns; j++)
    {
      g_autofree TwDd *v = dup_weighted (design->column[j], squares->root_weight, n);
      TwDd along[TW_DESIGN_MAX_COLUMNS];
      TwDd length = tw_dd_sqrt (dot (v, v, n)), rest;
      gsize rank = squares->rank;

      project_out (q, rank, v, n, along);
      rest = tw_dd_sqrt (dot (v, v, n));
      if (!(rest.hi > LEFT_OUT * length.hi))
        continue;
      for (gsize k = 0; k < rank; k++)
        squares->r[k][rank] = along[k];
      squares->r[rank][rank] = rest;
      for (gsize i = 0; i < n; i++)
        v[i] = tw_dd_divide (v[i], rest);
      q[rank] = g_steal_pointer (&v);
      squares->column[rank] = j;
      squares->rank++;
    }
}

static void
invert (TwLeastSquares *squares)
{
  for (gsize j = 0; j < squares->rank; j++)
    {
      squares->inverse[j][j] = tw_dd_divide (tw_dd (1), squares->r[j][j]);
      for (gsize i = j; i-- > 0;)
        {
          TwDd sum = { 0, 0 };

          for (gsize k = i + 1; k <= j; k++)
            sum = tw_dd_add (sum, tw_dd_multiply (squares->r[i][k], squares->inverse[k][j]));
          squares->inverse[i][j] = tw_dd_divide (tw_dd_negate (sum), squares->r[i][i]);
        }
    }
}

/* R b = z from the last row up. */
static void
solve_back (TwLeastSquares *squares, const TwDd *z)
{
  TwDd b[TW_DESIGN_MAX_COLUMNS];

  for (gsize i = squares->rank; i-- > 0;)
    {
      TwDd sum = z[i];

      for (gsize k = i + 1; k < squares->rank; k++)
        sum = tw_dd_subtract (sum, tw_dd_multiply (squares->r[i][k], b[k]));
      b[i] = tw_dd_divide (sum, squares->r[i][i]);
      squares->estimate[i] = tw_dd_round (b[i]);
      squares->projection[i] = tw_dd_round (z[i]);
    }
}

static void
solve_outcome (TwLeastSquares *squares, const TwDesign *design, TwDd *const *q)
{
  gsize n = design->n, first = design->intercept ? 1 : 0;
  g_autofree TwDd *y = dup_weighted (design->outcome, squares->root_weight, n);
  TwDd along[TW_DESIGN_MAX_COLUMNS];
  TwDd rest, explained = { 0, 0 };

  project_out (q, squares->rank, y, n, along);
  rest = dot (y, y, n);
  squares->residual_squares = tw_dd_round (rest);
  for (gsize k = first; k < squares->rank; k++)
    explained = tw_dd_add (explained, tw_dd_multiply (along[k], along[k]));
  squares->total_squares = tw_dd_round (tw_dd_add (explained, rest));
  solve_back (squares, along);
  squares->residual = g_new (double, n);
  for (gsize i = 0; i < n; i++)
    squares->residual[i] = tw_dd_round (y[i]) / squares->root_weight[i];
}

TwLeastSquares *
tw_least_squares_solve (const TwDesign *design)
{
  TwLeastSquares *squares = g_new0 (TwLeastSquares, 1);
  TwDd *q[TW_DESIGN_MAX_COLUMNS] = { NULL };
  gsize n = design->n;

  squares->n = n;
  squares->root_weight = g_new (double, n);
  for (gsize i = 0; i < n; i++)
    squares->root_weight[i] = sqrt (design->weight[i]);
  decompose (squares, design, q);
  invert (squares);
  solve_outcome (squares, design, q);
  for (gsize k = 0; k < squares->rank; k++)
    {
      squares->q[k] = g_new (double, n);
      for (gsize i = 0; i < n; i++)
        squares->q[k][i] = tw_dd_round (q[k][i]);
      g_free (q[k]);
    }
  return squares;
}

void
tw_least_squares_free (TwLeastSquares *squares)
{
  if (squares == NULL)
    return;
  for (gsize k = 0; k < TW_DESIGN_MAX_COLUMNS; k++)
    g_free (squares->q[k]);
  g_free (squares->root_weight);
  g_free (squares->residual);
  g_free (squares);
}
