/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which Observations there are: single values, pressures of one instant together, and blocks of
 * 60 points of channels that come on a grid. Derived from the log, so that they cannot disagree
 * with it. */
#include "config.h"

#include "tw-resource-list.h"

#include "tw-time.h"

#define N_PRESSURES 3

static const TwChannel pressures[N_PRESSURES] = { TW_CHANNEL_SYSTOLIC, TW_CHANNEL_DIASTOLIC,
                                                  TW_CHANNEL_MAP };

/* One walk over one patient. */
typedef struct
{
  const TwLog *log;
  const TwResourceFilter *filter;
  GArray *out;
  guint32 patient;
} Walk;

/* The time window in which samples can matter, from the filter's lower and upper bounds. */
static void
window_of (const Walk *walk,
           TwChannel   channel,
           gint64     *from_us,
           gint64     *to_us)
{
  const TwResourceFilter *filter = walk->filter;
  gint64 block_us = TW_LOG_BLOCK * tw_log_get_period (walk->log, walk->patient, channel, NULL);
  gint64 delay_us = tw_log_get_delay (walk->log, walk->patient, channel);

  *from_us = G_MININT64 / 4;
  *to_us = G_MAXINT64 / 4;
  for (guint i = 0; i < filter->n_dates; i++)
    {
      const TwDateFilter *date = &filter->dates[i];
      if (date->prefix == TW_DATE_EQ || date->prefix == TW_DATE_GE || date->prefix == TW_DATE_GT)
        *from_us = MAX (*from_us, date->low_us);
      if (date->prefix == TW_DATE_EQ || date->prefix == TW_DATE_LE || date->prefix == TW_DATE_LT)
        *to_us = MIN (*to_us, date->high_us + block_us);
    }
  for (guint i = 0; i < filter->n_updates; i++)
    {
      const TwDateFilter *date = &filter->updates[i];
      if (date->prefix == TW_DATE_EQ || date->prefix == TW_DATE_GE || date->prefix == TW_DATE_GT)
        *from_us = MAX (*from_us, date->low_us - delay_us);
    }
  *from_us -= block_us;
}

static gboolean
passes (const TwResourceFilter *filter,
        const TwResource       *resource)
{
  for (guint i = 0; i < filter->n_dates; i++)
    if (!tw_date_filter_matches (&filter->dates[i], resource->start_us, resource->end_us))
      return FALSE;
  for (guint i = 0; i < filter->n_updates; i++)
    if (!tw_date_filter_matches (&filter->updates[i], resource->rx_us, resource->rx_us))
      return FALSE;
  return TRUE;
}

static void
take (const Walk       *walk,
      const TwResource *resource)
{
  if (resource->version > 0 && passes (walk->filter, resource))
    g_array_append_vals (walk->out, resource, 1);
}

typedef struct
{
  gint64 period_us, phase_us;
} Grid;

static gboolean
is_on_grid (const Grid *grid,
            gint64      t_us)
{
  return grid->period_us > 0 && (t_us - grid->phase_us) % grid->period_us == 0;
}

/* Where the block begins that holds the time; the time itself where there is no grid. */
static gint64
block_begin (const Grid *grid,
             gint64      t_us)
{
  gint64 block_us = TW_LOG_BLOCK * grid->period_us;
  gint64 rest;

  if (block_us <= 0)
    return t_us;
  rest = (t_us - grid->phase_us) % block_us;
  return t_us - (rest < 0 ? rest + block_us : rest);
}

static void
widen (TwResource        *resource,
       const TwLogSample *sample)
{
  resource->end_us = MAX (resource->end_us, sample->t_us);
  resource->rx_us = MAX (resource->rx_us, sample->rx_us);
  resource->version = MAX (resource->version, sample->seq);
}

static gboolean
is_pressure (TwChannel channel)
{
  return channel == TW_CHANNEL_SYSTOLIC || channel == TW_CHANNEL_DIASTOLIC
         || channel == TW_CHANNEL_MAP;
}

/* Singles and blocks of one channel. A dense channel's samples off the grid are singles; those
 * of a pressure are left to list_pressures, which knows their companions. */
static void
list_channel (const Walk *walk,
              TwChannel   channel)
{
  gint64 from_us, to_us;
  TwResource block = { 0 };
  const TwLogSample *samples;
  Grid grid;
  gsize n;

  grid.period_us = tw_log_get_period (walk->log, walk->patient, channel, &grid.phase_us);
  window_of (walk, channel, &from_us, &to_us);
  samples = tw_log_span (walk->log, walk->patient, channel, block_begin (&grid, from_us), to_us,
                         &n);
  for (gsize i = 0; i < n; i++)
    {
      gboolean dense = is_on_grid (&grid, samples[i].t_us);
      TwResource one = {
        .start_us = dense ? block_begin (&grid, samples[i].t_us) : samples[i].t_us,
        .patient = walk->patient,
        .channel = (gint16) channel,
        .kind = dense ? TW_RESOURCE_BLOCK : TW_RESOURCE_SINGLE,
      };
      if (samples[i].seq > walk->filter->up_to)
        continue;
      one.end_us = one.start_us;
      widen (&one, &samples[i]);
      if (!dense)
        {
          if (!is_pressure (channel))
            take (walk, &one);
          continue;
        }
      if (block.start_us != one.start_us)
        {
          take (walk, &block);
          block = one;
        }
      widen (&block, &samples[i]);
    }
  take (walk, &block);
}

/* The pressures that do not come on a grid, put together by their instant. */
static void
list_pressures (const Walk *walk)
{
  const TwLogSample *samples[N_PRESSURES];
  Grid grid[N_PRESSURES];
  gsize n[N_PRESSURES], at[N_PRESSURES] = { 0 };

  for (int c = 0; c < N_PRESSURES; c++)
    {
      gint64 from_us, to_us;
      window_of (walk, pressures[c], &from_us, &to_us);
      grid[c].period_us = tw_log_get_period (walk->log, walk->patient, pressures[c],
                                             &grid[c].phase_us);
      samples[c] = tw_log_span (walk->log, walk->patient, pressures[c], from_us, to_us, &n[c]);
    }
  while (TRUE)
    {
      gint64 t_us = G_MAXINT64;
      TwResource one = { .patient = walk->patient };
      int found = 0;
      for (int c = 0; c < N_PRESSURES; c++)
        {
          while (at[c] < n[c] && (is_on_grid (&grid[c], samples[c][at[c]].t_us)
                                  || samples[c][at[c]].seq > walk->filter->up_to))
            at[c]++;
          if (at[c] < n[c])
            t_us = MIN (t_us, samples[c][at[c]].t_us);
        }
      if (t_us == G_MAXINT64)
        return;
      one.start_us = one.end_us = t_us;
      for (int c = N_PRESSURES - 1; c >= 0; c--)
        if (at[c] < n[c] && samples[c][at[c]].t_us == t_us)
          {
            widen (&one, &samples[c][at[c]++]);
            one.channel = (gint16) pressures[c];
            found++;
          }
      one.kind = found > 1 ? TW_RESOURCE_PANEL : TW_RESOURCE_SINGLE;
      if (found > 1)
        one.channel = TW_CHANNEL_SYSTOLIC;
      if (found > 1 ? walk->filter->panels : (walk->filter->singles & (1u << one.channel)) != 0)
        take (walk, &one);
    }
}

static void
list_patient (const Walk *walk)
{
  for (int channel = 0; channel < TW_N_CHANNELS; channel++)
    if ((walk->filter->singles & (1u << channel)) != 0)
      list_channel (walk, (TwChannel) channel);
  list_pressures (walk);
}

void
tw_resource_list (const TwWard           *ward,
                  const TwResourceFilter *filter,
                  GArray                 *resources)
{
  Walk walk = { tw_ward_get_log (ward), filter, resources, 0 };

  if (filter->all_patients)
    {
      for (walk.patient = 0; walk.patient < tw_ward_get_n_patients (ward); walk.patient++)
        list_patient (&walk);
      return;
    }
  for (guint i = 0; i < filter->patients->len; i++)
    {
      walk.patient = g_array_index (filter->patients, guint32, i);
      list_patient (&walk);
    }
}
