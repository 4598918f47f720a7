/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of NEWS2 and of a forecast's record on this patient. */
#include "config.h"

#include "tw-words-flag.h"

#include "tw-time.h"
#include "tw-words-value.h"

#include <glib/gi18n-lib.h>
#include <math.h>

static const char *
item_label (TwNews2Item item)
{
  static const char *const labels[TW_NEWS2_N_ITEMS] = {
    [TW_NEWS2_RESPIRATION] = N_("RR"),
    [TW_NEWS2_SPO2] = N_("SpO₂"),
    [TW_NEWS2_OXYGEN] = N_("oxygen"),
    [TW_NEWS2_PRESSURE] = N_("BP"),
    [TW_NEWS2_PULSE] = N_("HR"),
    [TW_NEWS2_CONSCIOUSNESS] = N_("consciousness"),
    [TW_NEWS2_TEMPERATURE] = N_("temperature"),
  };

  return _(labels[item]);
}

static guint
count_known (const TwNews2 *news2)
{
  guint n = 0;

  for (int i = 0; i < TW_NEWS2_N_ITEMS; i++)
    n += news2->parts[i].points >= 0;
  return n;
}

char *
tw_words_news2_total (const TwNews2 *news2)
{
  if (news2->status == TW_NEWS2_NOT_USED || count_known (news2) == 0)
    return g_strdup ("–");
  if (news2->status == TW_NEWS2_INCOMPLETE)
    return news2->total > 0 ? g_strdup_printf ("≥ %d", news2->total) : g_strdup ("–");
  return g_strdup_printf ("%d", news2->total);
}

char *
tw_words_news2_parts (const TwNews2 *news2)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (news2->status == TW_NEWS2_NOT_USED)
    return g_strdup ("");
  for (int i = 0; i < TW_NEWS2_N_ITEMS; i++)
    if (news2->parts[i].points > 0)
      g_string_append_printf (text, "%s%s %d", text->len > 0 ? ", " : "", item_label (i),
                              news2->parts[i].points);
  if (text->len > 0)
    g_string_append (text, "; ");
  g_string_append (text, news2->scale_2 ? _("Scale 2") : _("Scale 1"));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
tw_words_news2_missing (const TwNews2 *news2,
                        const TwPatient *patient)
{
  const char *first = NULL;
  guint n_missing = 0;

  if (news2->status == TW_NEWS2_COMPLETE)
    return g_strdup ("");
  if (news2->status == TW_NEWS2_NOT_USED)
    return g_strdup (tw_patient_get (patient)->pregnant ? _("NEWS2 not used in pregnancy")
                                                        : _("NEWS2 not used under 16 years"));
  for (int i = 0; i < TW_NEWS2_N_ITEMS; i++)
    if (news2->parts[i].points < 0)
      {
        n_missing++;
        if (first == NULL)
          first = item_label (i);
      }
  if (n_missing == 0)
    return g_strdup (_("NEWS2 incomplete"));
  if (n_missing > 1)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "NEWS2 incomplete: no %s and %u more",
                                         "NEWS2 incomplete: no %s and %u more", n_missing - 1),
                            first, n_missing - 1);
  return g_strdup_printf (_("NEWS2 incomplete: no %s"), first);
}

int
tw_words_news2_points (const TwNews2 *news2,
                       TwChannel channel)
{
  TwNews2Item item;

  switch (channel)
    {
    case TW_CHANNEL_HEART_RATE:
      item = TW_NEWS2_PULSE;
      break;
    case TW_CHANNEL_SPO2:
      item = TW_NEWS2_SPO2;
      break;
    case TW_CHANNEL_SYSTOLIC:
    case TW_CHANNEL_MAP:
      item = TW_NEWS2_PRESSURE;
      break;
    case TW_CHANNEL_RESPIRATORY_RATE:
      item = TW_NEWS2_RESPIRATION;
      break;
    case TW_CHANNEL_TEMPERATURE:
      item = TW_NEWS2_TEMPERATURE;
      break;
    default:
      return -1;
    }
  return news2->status == TW_NEWS2_NOT_USED ? -1 : news2->parts[item].points;
}

char *
tw_words_unreliable (const TwForecast *forecast)
{
  const TwHonesty *honesty = &forecast->honesty;

  if (forecast->status != TW_FORECAST_UNRELIABLE)
    return g_strdup ("");
  /* Translators: as "Forecast missed 9 of the last 20 (4 expected)". */
  return g_strdup_printf (_("Forecast missed %u of the last %u (%.0f expected)"),
                          honesty->recent_scored - MIN (honesty->recent_inside80, honesty->recent_scored),
                          honesty->recent_scored, 0.2 * honesty->recent_scored);
}

char *
tw_words_unreliable_long (const TwForecast *forecast)
{
  const TwHonesty *honesty = &forecast->honesty;

  /* Translators: as "The MAP forecast missed its 80 % range 9 of the last 20 times for this patient
   * (4 expected). Do not rely on it now." */
  return g_strdup_printf (
    _("The %s forecast missed its 80 %% range %u of the last %u times for this patient "
      "(%.0f expected). Do not rely on it now."),
    tw_words_channel_label (forecast->channel),
    honesty->recent_scored - MIN (honesty->recent_inside80, honesty->recent_scored),
    honesty->recent_scored, 0.2 * honesty->recent_scored);
}

static char *
foot_without_forecast (const TwForecast *forecast,
                       gint64 now_us)
{
  const char *label = tw_words_channel_label (forecast->channel);
  g_autofree char *age = NULL;

  switch (forecast->status)
    {
    case TW_FORECAST_TOO_FEW:
      return g_strdup_printf (_("No forecast: the twin is still learning %s."), label);
    case TW_FORECAST_STALE_INPUT:
      age = tw_words_age (now_us - forecast->input_us);
      return g_strdup_printf (_("No forecast: %s %s old."), label, age);
    case TW_FORECAST_NOT_MODELLED:
      return g_strdup (_("No forecast for this channel."));
    case TW_FORECAST_NO_DATA:
    default:
      return g_strdup_printf (_("No forecast: no %s."), label);
    }
}

char *
tw_words_forecast_made (const TwForecast *forecast)
{
  g_autofree char *issued = NULL;
  g_autofree char *input = NULL;

  if (forecast->status != TW_FORECAST_OK && forecast->status != TW_FORECAST_UNRELIABLE)
    return g_strdup ("");
  issued = tw_words_clock (forecast->issued_us, TRUE);
  input = tw_words_clock (forecast->input_us, TRUE);
  /* Translators: clock times and version: "Forecast 14:02:10, inputs to 14:01:55, twin 0.1.0/1". */
  return g_strdup_printf (_("Forecast %s, inputs to %s, twin %s"), issued, input, forecast->version);
}

char *
tw_words_forecast_foot (const TwForecast *forecast,
                        gint64 now_us)
{
  const TwHonesty *honesty = &forecast->honesty;
  g_autofree char *issued = NULL;
  g_autofree char *input = NULL;

  if (forecast->status != TW_FORECAST_OK && forecast->status != TW_FORECAST_UNRELIABLE)
    return foot_without_forecast (forecast, now_us);
  issued = tw_words_clock (forecast->issued_us, TRUE);
  input = tw_words_clock (forecast->input_us, TRUE);
  if (honesty->scored == 0)
    return g_strdup_printf (_("Forecast %s, inputs to %s, twin %s: not yet scored on this patient"),
                            issued, input, forecast->version);
  /* Translators: as "Forecast 14:02:10, inputs to 14:01:55, twin 0.1.0: MAP inside its 80 % range 37 of 46
   * (37 expected)". */
  return g_strdup_printf (
    _("Forecast %s, inputs to %s, twin %s: %s inside its 80 %% range %u of %u (%.0f expected)"), issued,
    input, forecast->version, tw_words_channel_label (forecast->channel), honesty->inside80,
    honesty->scored, 0.8 * honesty->scored);
}
