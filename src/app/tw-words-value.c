/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How values, units, ages, limits and trends are written on every page. */
#include "config.h"

#include "tw-words-value.h"

#include "tw-time.h"

#include <glib/gi18n-lib.h>
#include <math.h>

TwUnit
tw_words_unit (TwChannel channel,
               TwUnit glucose_unit)
{
  return channel == TW_CHANNEL_GLUCOSE ? glucose_unit : tw_channel_info (channel)->unit;
}

char *
tw_words_number (TwChannel channel,
                 double value,
                 TwUnit glucose_unit)
{
  char buffer[48];

  return g_strdup (tw_channel_format (channel, value, tw_words_unit (channel, glucose_unit),
                                      buffer, sizeof buffer));
}

char *
tw_words_quantity (TwChannel channel,
                   double value,
                   TwUnit glucose_unit)
{
  g_autofree char *number = tw_words_number (channel, value, glucose_unit);
  TwUnit unit = tw_words_unit (channel, glucose_unit);

  if (unit == TW_UNIT_NONE || unit == TW_UNIT_SCORE)
    return g_steal_pointer (&number);
  return g_strdup_printf ("%s %s", number, tw_unit_symbol (unit));
}

char *
tw_words_raw (const TwRawReading *raw)
{
  return g_strdup_printf ("%.6g “%s”", raw->value, raw->unit);
}

TwChannel
tw_words_pressure_channel (const TwSnapshot *snapshot)
{
  const TwChannelSnapshot *systolic = &snapshot->channels[TW_CHANNEL_SYSTOLIC];
  const TwChannelSnapshot *mean = &snapshot->channels[TW_CHANNEL_MAP];

  if (systolic->last.t_us == 0 && mean->last.t_us != 0)
    return TW_CHANNEL_MAP;
  return TW_CHANNEL_SYSTOLIC;
}

char *
tw_words_pressure (const TwSnapshot *snapshot)
{
  const TwChannelSnapshot *channels = snapshot->channels;
  g_autofree char *systolic = NULL;
  g_autofree char *diastolic = NULL;

  if (tw_words_pressure_channel (snapshot) == TW_CHANNEL_MAP)
    {
      g_autofree char *mean
        = tw_words_number (TW_CHANNEL_MAP, channels[TW_CHANNEL_MAP].last.value, TW_UNIT_UNKNOWN);

      return g_strdup_printf ("(%s)", mean);
    }
  if (channels[TW_CHANNEL_SYSTOLIC].last.t_us == 0)
    return g_strdup ("–");
  systolic = tw_words_number (TW_CHANNEL_SYSTOLIC, channels[TW_CHANNEL_SYSTOLIC].last.value,
                              TW_UNIT_UNKNOWN);
  diastolic = tw_words_number (TW_CHANNEL_DIASTOLIC,
                               channels[TW_CHANNEL_DIASTOLIC].last.t_us != 0
                                 ? channels[TW_CHANNEL_DIASTOLIC].last.value
                                 : (double) NAN,
                               TW_UNIT_UNKNOWN);
  return g_strdup_printf ("%s/%s", systolic, diastolic);
}

char *
tw_words_mean_pressure (const TwSnapshot *snapshot)
{
  const TwChannelSnapshot *mean = &snapshot->channels[TW_CHANNEL_MAP];
  g_autofree char *number = NULL;

  if (mean->last.t_us == 0 || tw_words_pressure_channel (snapshot) == TW_CHANNEL_MAP)
    return g_strdup ("");
  number = tw_words_number (TW_CHANNEL_MAP, mean->last.value, TW_UNIT_UNKNOWN);
  return g_strdup_printf ("(%s)", number);
}

char *
tw_words_limits (TwChannel channel,
                 double low,
                 double high,
                 TwUnit glucose_unit)
{
  g_autofree char *low_text = tw_words_number (channel, low, glucose_unit);
  g_autofree char *high_text = tw_words_number (channel, high, glucose_unit);

  if (isnan (low) && isnan (high))
    return g_strdup ("");
  if (isnan (low))
    return g_strdup_printf ("≤ %s", high_text);
  if (isnan (high))
    return g_strdup_printf ("≥ %s", low_text);
  return g_strdup_printf ("%s–%s", low_text, high_text);
}

char *
tw_words_change (TwChannel channel,
                 const TwTrend *trend,
                 TwUnit glucose_unit)
{
  const TwChannelInfo *info = tw_channel_info (channel);
  double change = trend->per_hour / 2;
  double smallest = pow (10, -info->decimals) / 2;
  g_autofree char *number = NULL;

  if (trend->direction == TW_TREND_NONE || isnan (change))
    return g_strdup ("");
  if (channel == TW_CHANNEL_GLUCOSE && glucose_unit == TW_UNIT_MMOL_L)
    smallest = 0.05 * 18.016;
  if (fabs (change) < smallest)
    return g_strdup (_("steady"));
  number = tw_words_number (channel, change, glucose_unit);
  /* Translators: change of a vital sign over half an hour, as "+18/30 min". */
  return g_strdup_printf (change > 0 ? _("+%s/30 min") : _("%s/30 min"), number);
}

char *
tw_words_age (gint64 age_us)
{
  char buffer[48];

  return g_strdup (tw_time_format_age (age_us, buffer, sizeof buffer));
}

char *
tw_words_clock (gint64 t_us,
                gboolean seconds)
{
  char buffer[32];

  return g_strdup (tw_time_format_clock (t_us, NULL, seconds, buffer, sizeof buffer));
}

char *
tw_words_probability (const TwCrossing *crossing)
{
  if (isnan (crossing->p))
    return g_strdup ("–");
  if (isnan (crossing->p_low) || isnan (crossing->p_high))
    return g_strdup_printf (_("%.0f %%"), 100 * crossing->p);
  /* Translators: a probability and its range, as "62 % (48–75 %)". */
  return g_strdup_printf (_("%.0f %% (%.0f–%.0f %%)"), 100 * crossing->p, 100 * crossing->p_low,
                          100 * crossing->p_high);
}
