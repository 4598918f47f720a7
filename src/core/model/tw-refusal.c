/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why an analysis was not computed, in words and as a key. */
#include "config.h"

#include "tw-refusal.h"

#include <glib/gi18n-lib.h>

char *
tw_refusal_dup_words (const TwRefusal *refusal)
{
  g_autofree char *n = NULL;
  g_autofree char *needed = NULL;

  g_return_val_if_fail (refusal != NULL, NULL);

  n = g_strdup_printf ("%" G_GSIZE_FORMAT, refusal->n);
  needed = g_strdup_printf ("%" G_GSIZE_FORMAT, refusal->needed);
  switch (refusal->kind)
    {
    case TW_REFUSAL_NONE:
      return g_strdup ("");
    case TW_REFUSAL_NO_DATA:
      return g_strdup_printf (_("No data: %s has no usable value in this window."), refusal->who);
    case TW_REFUSAL_TOO_FEW:
      return g_strdup_printf (_("Too few points: %s usable rows, %s needed."), n, needed);
    case TW_REFUSAL_NO_PREDICTOR:
      return g_strdup (_("Choose at least one predictor."));
    case TW_REFUSAL_FLAT_OUTCOME:
      return g_strdup_printf (_("%s has the same value in every usable row: there is nothing to explain."),
                              refusal->who);
    case TW_REFUSAL_FLAT_PREDICTOR:
      return g_strdup_printf (_("%s has the same value in every usable row: its effect cannot be seen."),
                              refusal->who);
    case TW_REFUSAL_TOO_MANY:
      return g_strdup_printf (_("Too many: %s, at most %s can be used at once."), n, needed);
    case TW_REFUSAL_TOO_FEW_EFFECTIVE:
      return g_strdup_printf (_("Too few points: neighbouring values repeat each other, so that they "
                                "say as much as %s, %s needed."),
                              n, needed);
    case TW_REFUSAL_UNSTABLE:
      return g_strdup_printf (_("The fit did not settle: the numbers of %s are out of range."),
                              refusal->who);
    }
  g_return_val_if_reached (NULL);
}

const char *
tw_refusal_key (TwRefusalKind kind)
{
  static const char *const keys[] = { "none",         "no_data",        "too_few",  "no_predictor",
                                      "flat_outcome", "flat_predictor", "too_many", "too_few_effective",
                                      "unstable" };

  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (keys), NULL);
  return keys[kind];
}
