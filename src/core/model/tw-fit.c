/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a fit is called and what it warns of, in keys and in words. */
#include "config.h"

#include "tw-fit.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

static const char *const method_keys[] = { "ols", "ridge", "robust" };

void
tw_fit_free (TwFit *fit)
{
  if (fit == NULL)
    return;
  g_free (fit->coefficients);
  g_free (fit->t_us);
  g_free (fit->row);
  g_free (fit->measured);
  g_free (fit->fitted);
  g_free (fit->residual);
  for (gsize j = 0; j < TW_FIT_MAX_PREDICTORS; j++)
    g_free (fit->predictor[j]);
  g_free (fit->leverage);
  g_free (fit->weight);
  g_free (fit->fit_low);
  g_free (fit->fit_high);
  g_free (fit->forecast_low);
  g_free (fit->forecast_high);
  g_free (fit->qq_normal);
  g_free (fit->qq_residual);
  g_free (fit);
}

const char *
tw_fit_method_key (TwFitMethod method)
{
  g_return_val_if_fail ((guint) method < G_N_ELEMENTS (method_keys), NULL);
  return method_keys[method];
}

int
tw_fit_method_from_key (const char *key)
{
  g_return_val_if_fail (key != NULL, -1);

  for (guint i = 0; i < G_N_ELEMENTS (method_keys); i++)
    if (strcmp (key, method_keys[i]) == 0)
      return (int) i;
  return -1;
}

const char *
tw_fit_interval_key (TwFitInterval interval)
{
  static const char *const keys[] = { "plain", "serial" };

  g_return_val_if_fail ((guint) interval < G_N_ELEMENTS (keys), NULL);
  return keys[interval];
}

const char *
tw_fit_interval_words (TwFitInterval interval)
{
  static const char *const words[] = {
    /* xgettext:no-c-format */
    N_("95 % intervals by t, for errors that are independent of each other."),
    /* xgettext:no-c-format */
    N_("95 % intervals by t, widened because neighbouring errors repeat each other."),
  };

  g_return_val_if_fail ((guint) interval < G_N_ELEMENTS (words), NULL);
  return _(words[interval]);
}

const char *
tw_fit_warning_key (TwFitWarning warning)
{
  switch (warning)
    {
    case TW_FIT_WARN_COLLINEAR:
      return "collinear";
    case TW_FIT_WARN_LEFT_OUT:
      return "left_out";
    case TW_FIT_WARN_CONDITION:
      return "condition";
    case TW_FIT_WARN_SERIAL:
      return "serial";
    case TW_FIT_WARN_MISSING:
      return "missing";
    case TW_FIT_WARN_PENALTY_EDGE:
      return "penalty_edge";
    case TW_FIT_WARN_NOT_SETTLED:
      return "not_settled";
    }
  g_return_val_if_reached (NULL);
}

/* The names of the coefficients of which it holds, "a, b". */
static char *
list_names (const TwFit *fit, gboolean left_out)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (gsize i = 0; i < fit->n_coefficients; i++)
    {
      const TwCoefficient *coefficient = &fit->coefficients[i];

      if (left_out ? !coefficient->left_out : coefficient->left_out || !(coefficient->vif > 10))
        continue;
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", coefficient->name);
    }
  return g_string_free (g_steal_pointer (&names), FALSE);
}

static char *
dup_serial_words (const TwFit *fit)
{
  if (fit->interval == TW_FIT_INTERVAL_PLAIN)
    return g_strdup (_("Neighbouring residuals move together: the intervals are too narrow."));
  return g_strdup_printf (_("Neighbouring residuals move together: the %.0f rows say as much as "
                            "about %.0f independent ones."),
                          (double) fit->rows.n, floor (fit->n_effective));
}

char *
tw_fit_dup_warning (const TwFit *fit, TwFitWarning warning)
{
  g_autofree char *names = NULL;

  g_return_val_if_fail (fit != NULL, NULL);

  names = list_names (fit, warning == TW_FIT_WARN_LEFT_OUT);
  switch (warning)
    {
    case TW_FIT_WARN_COLLINEAR:
      return g_strdup_printf (_("%s: largely foretold by the other predictors (variance inflation "
                                "above 10), so its own effect is uncertain."),
                              names);
    case TW_FIT_WARN_LEFT_OUT:
      return g_strdup_printf (_("%s: a combination of the predictors before it, left out."), names);
    case TW_FIT_WARN_CONDITION:
      return g_strdup_printf (_("The predictors nearly repeat each other (condition number %.0f): "
                                "ridge regression is steadier."),
                              fit->condition);
    case TW_FIT_WARN_SERIAL:
      return dup_serial_words (fit);
    case TW_FIT_WARN_MISSING:
      return g_strdup_printf (_("%.0f of %.0f rows are missing: the rest may not stand for all."),
                              (double) (fit->rows.n_grid - fit->rows.n), (double) fit->rows.n_grid);
    case TW_FIT_WARN_PENALTY_EDGE:
      return g_strdup (_("The best penalty lies at the end of what was searched: either none is "
                         "needed, or the predictors say nothing."));
    case TW_FIT_WARN_NOT_SETTLED:
      return g_strdup (_("The robust weights had not settled when the search ended."));
    }
  g_return_val_if_reached (NULL);
}
