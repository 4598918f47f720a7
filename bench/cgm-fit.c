/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prior of the personal ridge, per family of sensors and horizon.
 *
 * w0: ridge over all forecasts of the family, penalty .001 n, none on the constant.
 * Omega, the spread of persons' weights around w0: expectation-maximisation of w_i ~ N (w0, Omega), dy ~ N (w_i x,
 * s2_i h / 5 min), 15 rounds from Omega^-1 = 300 S / (s2 h / 5 min), S the mean of x x'. A person weighs 1 /
 * sqrt (persons of the same set), so that no large study speaks for all; the start of Omega counts as one
 * person of weight 1. */
#include "config.h"

#include "cgm-fit.h"

#include <math.h>
#include <string.h>

#include <gsl/gsl_linalg.h>

#include "tw-cgm-solve.h"
#include "tw-time.h"

#define F TW_CGM_FEATURES
#define PENALTY 1e-3
#define START_SAMPLES 300
#define START_PERSONS 1 /* that the start of Omega is worth */
#define ROUNDS 15
#define MIN_FORECASTS 50
#define MIN_PERSONS 3
#define EARLIER 5
#define TARGET_US (3 * TW_MINUTE)

static guint
packed (guint a, guint b)
{
  return MAX (a, b) * (MAX (a, b) + 1) / 2 + MIN (a, b);
}

TwCgmTable *
cgm_neutral_table (const int horizon_min[TW_CGM_HORIZONS])
{
  TwCgmTable *table = g_new0 (TwCgmTable, 1);

  for (guint i = 0; i < TW_CGM_HORIZONS; i++)
    {
      table->horizon_min[i] = horizon_min[i];
      for (guint f = 0; f < TW_CGM_FAMILIES; f++)
        {
          table->prior[f][i].variance = 1;
          for (guint a = 0; a < F; a++)
            table->prior[f][i].precision[packed (a, a)] = 1;
        }
    }
  return table;
}

int
cgm_find_target (const GArray *readings, guint from, gint64 t_us, gint64 tolerance_us)
{
  guint low = from, high = readings->len;
  gint64 best_us = tolerance_us + 1;
  int best = -1;

  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (g_array_index (readings, CgmReading, middle).t_us < t_us)
        low = middle + 1;
      else
        high = middle;
    }
  if (low > from)
    {
      best_us = t_us - g_array_index (readings, CgmReading, low - 1).t_us;
      best = best_us <= tolerance_us ? (int) low - 1 : -1;
    }
  if (low < readings->len && g_array_index (readings, CgmReading, low).t_us - t_us
                                 < MIN (best_us, tolerance_us + 1))
    best = (int) low;
  return best;
}

static void
add_forecast (CgmSums *sums, const double x[F], double dy)
{
  double *square = sums->square;

  for (guint a = 0; a < F; a++)
    {
      for (guint b = 0; b <= a; b++)
        *square++ += x[a] * x[b];
      sums->cross[a] += x[a] * dy;
    }
  sums->dy2 += dy * dy;
  sums->n++;
}

void
cgm_person_sum (CgmPerson *person, const TwCgmTable *neutral)
{
  g_autofree TwCgm *cgm = g_new (TwCgm, 1);

  memset (person->sums, 0, sizeof person->sums);
  tw_cgm_start (cgm, neutral);
  for (guint k = 0; k < person->readings->len; k++)
    {
      const CgmReading *reading = &g_array_index (person->readings, CgmReading, k);
      double x[F];

      tw_cgm_add (cgm, neutral, reading->t_us, reading->value);
      if (k < EARLIER)
        continue;
      tw_cgm_features (cgm, x);
      for (guint i = 0; i < TW_CGM_HORIZONS; i++)
        {
          int target = cgm_find_target (person->readings, k + 1,
                                        reading->t_us + neutral->horizon_min[i] * TW_MINUTE, TARGET_US);

          if (target >= 0)
            add_forecast (&person->sums[i], x,
                          g_array_index (person->readings, CgmReading, target).value - reading->value);
        }
    }
  person->smoothness = tw_cgm_smoothness (cgm);
}

/* Squared error of w on a person's forecasts, never below 1 (mg/dL)^2. */
static double
get_variance (const CgmSums *sums, const double w[F])
{
  double sum = sums->dy2;

  for (guint a = 0; a < F; a++)
    {
      sum -= 2 * w[a] * sums->cross[a];
      for (guint b = 0; b < F; b++)
        sum += w[a] * w[b] * sums->square[packed (a, b)];
    }
  return fmax (sum / sums->n, 1);
}

static gsl_matrix *
invert (const gsl_matrix *matrix)
{
  gsl_matrix *inverse = gsl_matrix_alloc (F, F);

  gsl_matrix_memcpy (inverse, matrix);
  if (gsl_linalg_cholesky_decomp1 (inverse) != GSL_SUCCESS)
    g_error ("a matrix of the fit is not positive definite");
  gsl_linalg_cholesky_invert (inverse);
  return inverse;
}

/* Pooled ridge; mean becomes the mean of x x' with the penalty on its diagonal. */
static void
fit_pooled (GPtrArray *persons, guint i, gsl_matrix *mean, TwCgmPrior *prior)
{
  double a[TW_CGM_PACKED] = { 0 }, n = 0;

  memset (prior->weight, 0, sizeof prior->weight);
  for (guint p = 0; p < persons->len; p++)
    {
      const CgmSums *sums = &((CgmPerson *) g_ptr_array_index (persons, p))->sums[i];

      n += sums->n;
      for (guint k = 0; k < TW_CGM_PACKED; k++)
        a[k] += sums->square[k];
      for (guint k = 0; k < F; k++)
        prior->weight[k] += sums->cross[k];
    }
  for (guint k = 1; k < F; k++)
    a[packed (k, k)] += PENALTY * n;
  for (guint r = 0; r < F; r++)
    for (guint c = 0; c < F; c++)
      gsl_matrix_set (mean, r, c, a[packed (r, c)] / n);
  if (!tw_cgm_solve (a, prior->weight, F))
    g_error ("the pooled ridge cannot be solved");
}

/* One person's posterior mean and covariance around w0, added with weight to the moment of all. */
static void
add_person (CgmPerson *person, guint i, double overlap, const gsl_matrix *precision, const double w0[F],
            double weight, gsl_matrix *moment)
{
  const CgmSums *sums = &person->sums[i];
  double q = 1 / (person->variance * overlap);
  double pull[F] = { 0 }, w[F] = { 0 };
  gsl_matrix *a = gsl_matrix_alloc (F, F);
  gsl_matrix *v;

  for (guint r = 0; r < F; r++)
    {
      for (guint c = 0; c < F; c++)
        {
          gsl_matrix_set (a, r, c, gsl_matrix_get (precision, r, c) + q * sums->square[packed (r, c)]);
          pull[r] += gsl_matrix_get (precision, r, c) * w0[c];
        }
      pull[r] += q * sums->cross[r];
    }
  v = invert (a);
  for (guint r = 0; r < F; r++)
    for (guint c = 0; c < F; c++)
      w[r] += gsl_matrix_get (v, r, c) * pull[c];
  for (guint r = 0; r < F; r++)
    for (guint c = 0; c < F; c++)
      *gsl_matrix_ptr (moment, r, c)
          += weight * (gsl_matrix_get (v, r, c) + (w[r] - w0[r]) * (w[c] - w0[c]));
  person->variance = get_variance (sums, w);
  gsl_matrix_free (a);
  gsl_matrix_free (v);
}

static gsl_matrix *
fit_spread (GPtrArray *persons, guint i, double overlap, gsl_matrix *start, const double w0[F])
{
  gsl_matrix *precision = gsl_matrix_alloc (F, F);
  gsl_matrix *expected = invert (start);
  guint of_set[CGM_SETS] = { 0 };

  for (guint p = 0; p < persons->len; p++)
    of_set[((CgmPerson *) g_ptr_array_index (persons, p))->set]++;
  gsl_matrix_memcpy (precision, start);
  for (guint round = 0; round < ROUNDS; round++)
    {
      gsl_matrix *moment = gsl_matrix_alloc (F, F);
      double all = START_PERSONS;

      gsl_matrix_memcpy (moment, expected);
      gsl_matrix_scale (moment, START_PERSONS);

      for (guint p = 0; p < persons->len; p++)
        {
          CgmPerson *person = g_ptr_array_index (persons, p);
          double weight = 1 / sqrt (of_set[person->set]);

          add_person (person, i, overlap, precision, w0, weight, moment);
          all += weight;
        }
      gsl_matrix_scale (moment, 1 / all);
      for (guint k = 0; k < F; k++)
        *gsl_matrix_ptr (moment, k, k) += 1e-8;
      gsl_matrix_free (precision);
      precision = invert (moment);
      gsl_matrix_free (moment);
    }
  gsl_matrix_free (expected);
  return precision;
}

static void
fit_prior (GPtrArray *persons, guint i, int horizon_min, TwCgmPrior *prior)
{
  double overlap = horizon_min / 5.0;
  gsl_matrix *start = gsl_matrix_alloc (F, F);
  gsl_matrix *precision;
  double log_variance = 0, arithmetic = 0;

  fit_pooled (persons, i, start, prior);
  for (guint p = 0; p < persons->len; p++)
    {
      CgmPerson *person = g_ptr_array_index (persons, p);

      person->variance = get_variance (&person->sums[i], prior->weight);
      arithmetic += person->variance / persons->len;
      log_variance += log (person->variance) / persons->len;
    }
  prior->variance = exp (log_variance);
  gsl_matrix_scale (start, START_SAMPLES / (arithmetic * overlap));
  precision = fit_spread (persons, i, overlap, start, prior->weight);
  for (guint r = 0; r < F; r++)
    for (guint c = 0; c <= r; c++)
      prior->precision[packed (r, c)] = overlap * gsl_matrix_get (precision, r, c);
  tw_cgm_multiply (prior->precision, prior->weight, prior->pull, F);
  gsl_matrix_free (start);
  gsl_matrix_free (precision);
}

static GPtrArray *
choose (GPtrArray *persons, CgmTakes takes, gconstpointer user_data, guint i, int family)
{
  GPtrArray *chosen = g_ptr_array_new ();

  for (guint p = 0; p < persons->len; p++)
    {
      CgmPerson *person = g_ptr_array_index (persons, p);
      int own = person->smoothness > TW_CGM_SMOOTH_FROM ? TW_CGM_SMOOTH : TW_CGM_RAW;

      if (takes (person, user_data) && (family < 0 || own == family)
          && person->sums[i].n > MIN_FORECASTS)
        g_ptr_array_add (chosen, person);
    }
  return chosen;
}

gboolean
cgm_fit (GPtrArray *persons, CgmTakes takes, gconstpointer user_data, TwCgmTable *table)
{
  for (int f = 0; f < TW_CGM_FAMILIES; f++)
    for (guint i = 0; i < TW_CGM_HORIZONS; i++)
      {
        g_autoptr (GPtrArray) chosen = choose (persons, takes, user_data, i, f);

        if (chosen->len < MIN_PERSONS)
          {
            g_ptr_array_unref (chosen);
            chosen = choose (persons, takes, user_data, i, -1);
          }
        if (chosen->len < MIN_PERSONS)
          return FALSE;
        fit_prior (chosen, i, table->horizon_min[i], &table->prior[f][i]);
      }
  return TRUE;
}
