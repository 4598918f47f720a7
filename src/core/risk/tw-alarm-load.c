/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Alarm load: alarms per patient-day, predictive value, sensitivity by event, lead time, time in alarm, false
 * alarms for each true one, and the plain limit to compare with (twin.md 7.6). */
#include "config.h"

#include "tw-alarm-load.h"

#include "tw-time.h"

#include <math.h>

#define EVENT_APART_US (60 * TW_MINUTE)
#define MAX_GAP_US (3 * TW_HOUR)

static gboolean
is_beyond (gboolean below, double limit, double value)
{
  return below ? value < limit : value > limit;
}

void
tw_danger_find_onsets (const TwDanger *danger, const TwSample *readings, gsize n, GArray *onsets)
{
  gint64 last_us = 0;
  gboolean seen = FALSE;

  g_return_if_fail (danger != NULL && onsets != NULL && (readings != NULL || n == 0));

  for (gsize i = 0; i < n; i++)
    {
      gint64 t_us = readings[i].t_us;

      if (!is_beyond (danger->below, danger->threshold, readings[i].value))
        continue;
      if (i > 0 && i + 1 < n && !is_beyond (danger->below, danger->threshold, readings[i - 1].value)
          && is_beyond (danger->below, danger->threshold, readings[i + 1].value)
          && (!seen || t_us - last_us >= EVENT_APART_US))
        g_array_append_val (onsets, t_us);
      last_us = t_us;
      seen = TRUE;
    }
}

static gboolean
foretells (const TwDanger *danger, const TwAlarmSpan *alarm, gint64 onset_us)
{
  return alarm->raised_us < onset_us
         && (alarm->ended_us >= onset_us || onset_us - alarm->raised_us <= danger->window_us);
}

void
tw_alarm_load_add (TwAlarmLoad *load,
                   const TwDanger *danger,
                   const TwSample *readings,
                   gsize n,
                   const TwAlarmSpan *alarms,
                   gsize n_alarms)
{
  g_autoptr (GArray) onsets = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autofree gboolean *right = g_new0 (gboolean, n_alarms + 1);

  g_return_if_fail (load != NULL && danger != NULL);

  tw_danger_find_onsets (danger, readings, n, onsets);
  if (load->lead_min == NULL)
    load->lead_min = g_array_new (FALSE, FALSE, sizeof (double));
  for (guint e = 0; e < onsets->len; e++)
    {
      gint64 onset_us = g_array_index (onsets, gint64, e);
      double lead = -1;

      for (gsize a = 0; a < n_alarms; a++)
        if (foretells (danger, &alarms[a], onset_us))
          {
            right[a] = TRUE;
            lead = fmax (lead, (double) (onset_us - alarms[a].raised_us) / TW_MINUTE);
          }
      load->n_events++;
      if (lead < 0)
        continue;
      load->n_caught++;
      g_array_append_val (load->lead_min, lead);
    }
  for (gsize a = 0; a < n_alarms; a++)
    {
      load->n_alarms++;
      load->n_true += right[a] ? 1 : 0;
      load->alarm_days += (double) (alarms[a].ended_us - alarms[a].raised_us) / TW_DAY;
    }
  for (gsize i = 1; i < n; i++)
    load->days += (double) MIN (readings[i].t_us - readings[i - 1].t_us, MAX_GAP_US) / TW_DAY;
}

void
tw_alarm_load_clear (TwAlarmLoad *load)
{
  g_clear_pointer (&load->lead_min, g_array_unref);
  *load = (TwAlarmLoad) { 0 };
}

static double
divide (double part, double whole)
{
  return whole > 0 ? part / whole : (double) NAN;
}

double
tw_alarm_load_per_day (const TwAlarmLoad *load)
{
  return divide (load->n_alarms, load->days);
}

double
tw_alarm_load_sensitivity (const TwAlarmLoad *load)
{
  return divide (load->n_caught, load->n_events);
}

double
tw_alarm_load_ppv (const TwAlarmLoad *load)
{
  return divide (load->n_true, load->n_alarms);
}

double
tw_alarm_load_false_per_true (const TwAlarmLoad *load)
{
  return divide (load->n_alarms - load->n_true, load->n_true);
}

double
tw_alarm_load_time_in_alarm (const TwAlarmLoad *load)
{
  return divide (load->alarm_days, load->days);
}

static int
compare_doubles (const void *a, const void *b)
{
  const double *x = a, *y = b;

  return (*x > *y) - (*x < *y);
}

double
tw_alarm_load_lead (TwAlarmLoad *load, double share)
{
  g_return_val_if_fail (load != NULL && share >= 0 && share <= 1, NAN);

  if (load->lead_min == NULL || load->lead_min->len == 0)
    return NAN;
  g_array_sort (load->lead_min, compare_doubles);
  return g_array_index (load->lead_min, double, (guint) (share * (load->lead_min->len - 1) + .5));
}

void
tw_static_alarms (double limit, gboolean below, const TwSample *readings, gsize n, GArray *alarms)
{
  TwAlarmSpan span = { 0 };
  gboolean open = FALSE;

  g_return_if_fail (alarms != NULL && (readings != NULL || n == 0));

  for (gsize i = 0; i < n; i++)
    {
      gboolean beyond = is_beyond (below, limit, readings[i].value);

      if (beyond && !open)
        span.raised_us = readings[i].t_us;
      span.ended_us = readings[i].t_us;
      if (open && !beyond)
        g_array_append_val (alarms, span);
      open = beyond;
    }
  if (open)
    g_array_append_val (alarms, span);
}
