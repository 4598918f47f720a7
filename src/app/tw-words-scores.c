/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forecast NEWS2, MEWS, qSOFA, SIRS, shock index and glycaemia in words. */
#include "config.h"

#include "tw-words-scores.h"

#include "tw-words-flag.h"

#include <glib/gi18n-lib.h>
#include <math.h>

char *
tw_words_news2_forecast (const TwNews2Forecast *forecast)
{
  g_autofree char *text = NULL;

  if (forecast->status == TW_NEWS2_NOT_USED)
    return g_strdup ("");
  if (isnan (forecast->p_high))
    return forecast->missing == TW_CHANNEL_NONE
             ? g_strdup (_("No forecast of NEWS2: the score is incomplete"))
             : g_strdup_printf (_("No forecast of NEWS2: no forecast of %s"),
                                tw_words_channel_label (forecast->missing));
  /* Translators: as "NEWS2 ≥ 7 within 60 min: 24 %". */
  text = g_strdup_printf (_("NEWS2 ≥ 7 within %d min: %.0f %%"), forecast->horizon_min,
                          100 * forecast->p_high);
  if (forecast->driver_high == TW_CHANNEL_NONE)
    return g_steal_pointer (&text);
  /* Translators: as "NEWS2 ≥ 7 within 60 min: 24 %, driven by RR". */
  return g_strdup_printf (_("%s, driven by %s"), text, tw_words_channel_label (forecast->driver_high));
}

static void
append_line (GString *text, const char *line)
{
  if (line[0] != '\0')
    g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", line);
}

static void
append_band (GString *text, const TwBandScore *score)
{
  g_autofree char *line = NULL;
  const char *name = tw_band_kind_name (score->kind);

  if (score->status == TW_NEWS2_NOT_USED || score->n_known == 0)
    return;
  if (score->status == TW_NEWS2_COMPLETE)
    /* Translators: name and total of a score, as "MEWS 3". */
    line = g_strdup_printf (_("%s %d"), name, score->total);
  else
    /* Translators: an incomplete score, as "SIRS at least 2 (3 of 4 inputs known)". */
    line = g_strdup_printf (_("%s at least %d (%u of %u inputs known)"), name, score->total,
                            score->n_known, score->n_items);
  append_line (text, line);
}

static void
append_shock (GString *text, const TwShockIndex *shock)
{
  g_autofree char *line = NULL;

  if (isnan (shock->index))
    return;
  line = g_strdup_printf (shock->grade == TW_SHOCK_SEVERE   ? _("Shock index %.2f, severe")
                          : shock->grade == TW_SHOCK_RAISED ? _("Shock index %.2f, raised")
                                                            : _("Shock index %.2f"),
                          shock->index);
  append_line (text, line);
}

static void
append_glycaemia (GString *text, const TwGlycaemia *glycaemia)
{
  g_autofree char *line = NULL;

  if (glycaemia->n == 0)
    return;
  /* Translators: shares of a day's readings of a glucose sensor. */
  line = g_strdup_printf (_("Glucose in range %.0f %%, low %.0f %%, high %.0f %%; GMI %.1f %%, CV %.0f %%"),
                          glycaemia->in_range, glycaemia->below, glycaemia->above, glycaemia->gmi,
                          glycaemia->cv);
  append_line (text, line);
}

char *
tw_words_scores (const TwSnapshot *snapshot)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *forecast = tw_words_news2_forecast (&snapshot->news2_forecast);

  append_line (text, forecast);
  for (int i = 0; i < TW_N_BAND_SCORES; i++)
    append_band (text, &snapshot->scores.band[i]);
  append_shock (text, &snapshot->scores.shock);
  append_glycaemia (text, &snapshot->glycaemia);
  return g_string_free (g_steal_pointer (&text), FALSE);
}
