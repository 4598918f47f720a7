/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cholesky factorisation a = L L' of a packed symmetric matrix, row by row, and the two triangular solutions
 * (Golub and Van Loan, Matrix Computations, 4.2). Fixed order of sums: the same bits everywhere. */
#include "config.h"

#include "tw-cgm-solve.h"

#include <math.h>

static gboolean
factor (double *a, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      double *row = a + i * (i + 1) / 2;

      for (guint j = 0; j <= i; j++)
        {
          const double *other = a + j * (j + 1) / 2;
          double sum = row[j];

          for (guint k = 0; k < j; k++)
            sum -= row[k] * other[k];
          if (j < i)
            row[j] = sum / other[j];
          else if (sum > 0 && isfinite (sum))
            row[i] = sqrt (sum);
          else
            return FALSE;
        }
    }
  return TRUE;
}

gboolean
tw_cgm_solve (double *a, double *b, guint n)
{
  if (!factor (a, n))
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      const double *row = a + i * (i + 1) / 2;

      for (guint k = 0; k < i; k++)
        b[i] -= row[k] * b[k];
      b[i] /= row[i];
    }
  for (guint i = n; i-- > 0;)
    {
      const double *row = a + i * (i + 1) / 2;

      b[i] /= row[i];
      for (guint k = 0; k < i; k++)
        b[k] -= row[k] * b[i];
    }
  return TRUE;
}

void
tw_cgm_multiply (const double *a, const double *x, double *y, guint n)
{
  for (guint i = 0; i < n; i++)
    y[i] = 0;
  for (guint i = 0; i < n; i++)
    {
      const double *row = a + i * (i + 1) / 2;

      for (guint j = 0; j < i; j++)
        {
          y[i] += row[j] * x[j];
          y[j] += row[j] * x[i];
        }
      y[i] += row[i] * x[i];
    }
}
