/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cleaner's door: a batch is put in order of time and settled instant by instant. */
#include "config.h"

#include "tw-cleaner.h"

#include "tw-cleaner-private.h"

#include <string.h>

#define STATE_MAGIC 0x54574331u /* "TWC1" */
#define STATE_VERSION 1u
#define FIRST_ORDER 256

TwCleaner *
tw_cleaner_new (TwCleanLimits *limits)
{
  TwCleaner *self;

  g_return_val_if_fail (limits != NULL, NULL);

  self = g_new0 (TwCleaner, 1);
  self->limits = tw_clean_limits_ref (limits);
  self->state.magic = STATE_MAGIC;
  self->state.version = STATE_VERSION;
  self->n_order = FIRST_ORDER;
  self->order = g_new (guint32, FIRST_ORDER);
  return self;
}

void
tw_cleaner_free (TwCleaner *cleaner)
{
  if (cleaner == NULL)
    return;
  tw_clean_limits_unref (cleaner->limits);
  g_free (cleaner->order);
  g_free (cleaner);
}

static gboolean
is_sorted (const TwObservation *readings, gsize n)
{
  for (gsize i = 1; i < n; i++)
    {
      if (readings[i].t_us < readings[i - 1].t_us)
        return FALSE;
    }
  return TRUE;
}

/* By time, then by place in the batch: a heap sort over this order is stable. */
static gboolean
is_before (const TwObservation *readings, guint32 a, guint32 b)
{
  if (readings[a].t_us != readings[b].t_us)
    return readings[a].t_us < readings[b].t_us;
  return a < b;
}

static void
sift_down (const TwObservation *readings, guint32 *order, gsize root, gsize n)
{
  for (gsize child = 2 * root + 1; child < n; child = 2 * root + 1)
    {
      guint32 swap;

      if (child + 1 < n && is_before (readings, order[child], order[child + 1]))
        child++;
      if (!is_before (readings, order[root], order[child]))
        return;
      swap = order[root];
      order[root] = order[child];
      order[child] = swap;
      root = child;
    }
}

/* The work space grows only for a batch that is larger than any before. */
static const guint32 *
sort (TwCleaner *self, const TwObservation *readings, gsize n)
{
  if (n > self->n_order)
    {
      self->order = g_renew (guint32, self->order, n);
      self->n_order = n;
    }
  for (gsize i = 0; i < n; i++)
    self->order[i] = (guint32) i;
  for (gsize i = n / 2; i > 0; i--)
    sift_down (readings, self->order, i - 1, n);
  for (gsize end = n - 1; end > 0; end--)
    {
      guint32 first = self->order[0];
      self->order[0] = self->order[end];
      self->order[end] = first;
      sift_down (readings, self->order, 0, end);
    }
  return self->order;
}

/* Readings of one instant are judged together; one that comes in a later batch is joined to them by
 * a REVISE of the earlier ones. A REVISE of an earlier time stands before the sample that caused
 * it. A reading of no channel is passed over. NaN, infinity and any time are allowed. */
void
tw_cleaner_push (TwCleaner *cleaner, const TwObservation *readings, gsize n, GArray *out)
{
  TwInstant instant;
  const guint32 *order = NULL;

  g_return_if_fail (cleaner != NULL && out != NULL);
  g_return_if_fail (readings != NULL || n == 0);
  g_return_if_fail (n <= G_MAXUINT32);
  g_return_if_fail (g_array_get_element_size (out) == sizeof (TwCleaned));

  if (!is_sorted (readings, n))
    order = sort (cleaner, readings, n);
  instant.cleaner = cleaner;
  instant.out = out;
  instant.fresh_mask = 0;
  instant.outcome_mask = 0;
  for (gsize i = 0; i < n; i++)
    {
      const TwObservation *reading = &readings[order != NULL ? order[i] : i];

      if (i > 0 && reading->t_us != instant.t_us)
        tw_instant_settle (&instant);
      instant.t_us = reading->t_us;
      tw_instant_take (&instant, reading);
    }
  tw_instant_settle (&instant);
}

/* Each reading received counts once, by the reason of its sample as it stands now. */
const TwCleanCounts *
tw_cleaner_get_counts (const TwCleaner *cleaner, TwChannel channel)
{
  g_return_val_if_fail (cleaner != NULL, NULL);
  g_return_val_if_fail (channel >= 0 && channel < TW_N_CHANNELS, NULL);

  return &cleaner->state.counts[channel];
}

gsize
tw_cleaner_state_size (void)
{
  return sizeof (TwCleanState);
}

/* For this machine and version only: the bytes are not a file format. */
void
tw_cleaner_save (const TwCleaner *cleaner, void *state)
{
  g_return_if_fail (cleaner != NULL && state != NULL);

  memcpy (state, &cleaner->state, sizeof cleaner->state);
}

/* A refused state leaves the cleaner as it was. */
gboolean
tw_cleaner_restore (TwCleaner *cleaner, const void *state, gsize size)
{
  g_autofree TwCleanState *restored = NULL;

  g_return_val_if_fail (cleaner != NULL && state != NULL, FALSE);

  if (size != sizeof (TwCleanState))
    return FALSE;
  restored = g_memdup2 (state, size);
  if (restored->magic != STATE_MAGIC || restored->version != STATE_VERSION)
    return FALSE;
  for (int i = 0; i < TW_N_CHANNELS; i++)
    {
      if (!tw_clean_memory_is_sound (&restored->memory[i]))
        return FALSE;
    }
  cleaner->state = *restored;
  return TRUE;
}
