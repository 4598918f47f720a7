/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cleaning what comes in: raw values stay in the log as they are and get a quality. */
#include "config.h"

#include "tw-ward-judge.h"

#include "tw-cleaner.h"
#include "tw-observation.h"
#include "tw-tables-resource.h"

#include <gio/gio.h>
#include <math.h>

struct _TwWardJudge
{
  const TwWard *ward;
  TwLog *log;
  TwWardJudging judging;
  TwCleanLimits *limits;
  GPtrArray *cleaners; /* TwCleaner by patient */
  GArray *cleaned;     /* reused */
};

/* The table is compiled in: a fault of it is a fault of the build. */
static TwCleanLimits *
load_limits (void)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  TwCleanLimits *limits = NULL;

  if (tw_tables_get_resource () == NULL)
    tw_tables_register_resource ();
  bytes = g_resource_lookup_data (tw_tables_get_resource (), "/org/twinward/tables/clean.csv",
                                  G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
  if (bytes != NULL)
    limits = tw_clean_limits_new (g_bytes_get_data (bytes, NULL), -1, &error);
  if (limits == NULL)
    g_error ("%s", error->message);
  return limits;
}

TwWardJudge *
tw_ward_judge_new (const TwWard        *ward,
                   TwLog               *log,
                   const TwWardJudging *judging)
{
  TwWardJudge *judge = g_new0 (TwWardJudge, 1);

  judge->ward = ward;
  judge->log = log;
  judge->judging = *judging;
  judge->limits = load_limits ();
  judge->cleaners = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_cleaner_free);
  judge->cleaned = g_array_new (FALSE, FALSE, sizeof (TwCleaned));
  return judge;
}

void
tw_ward_judge_free (TwWardJudge *judge)
{
  g_return_if_fail (judge != NULL);

  g_ptr_array_unref (judge->cleaners);
  g_array_unref (judge->cleaned);
  tw_clean_limits_unref (judge->limits);
  g_free (judge);
}

static TwCleaner *
cleaner_of (TwWardJudge *judge,
            guint32      patient)
{
  while (judge->cleaners->len <= patient)
    g_ptr_array_add (judge->cleaners, tw_cleaner_new (judge->limits));
  return g_ptr_array_index (judge->cleaners, patient);
}

static void
take_finding (TwWardJudge     *judge,
              const TwTick    *tick,
              const TwCleaned *cleaned,
              TwFrame         *frame)
{
  if (cleaned->action == TW_CLEANED_DROP)
    return;
  if (cleaned->action != TW_CLEANED_REMOVE)
    tw_log_judge (judge->log, tick->patient, cleaned->channel, &cleaned->sample);
  for (guint i = 0; cleaned->sample.t_us == tick->t_us && i < frame->n; i++)
    if (frame->values[i].channel == cleaned->channel)
      frame->values[i].quality = cleaned->sample.quality;
  if (judge->judging.on_change != NULL)
    judge->judging.on_change (judge->ward, tick->patient, cleaned, tick->seq, judge->judging.user_data);
}

/* Also of a value that the cleaner has never seen, or no longer remembers. */
static void
tell_withdrawn (TwWardJudge  *judge,
                const TwTick *tick)
{
  for (guint i = 0; i < tick->n && judge->judging.on_change != NULL; i++)
    {
      const TwTickValue *value = &tick->values[i];
      TwCleaned removed = {
        .sample = { tick->t_us, (double) NAN, 0 },
        .channel = value->channel,
        .action = TW_CLEANED_REMOVE,
        .flags = value->flags,
      };
      if ((value->flags & TW_OBSERVATION_WITHDRAWN) != 0)
        judge->judging.on_change (judge->ward, tick->patient, &removed, tick->seq,
                                  judge->judging.user_data);
    }
}

void
tw_ward_judge_tick (TwWardJudge  *judge,
                    const TwTick *tick,
                    TwFrame      *frame)
{
  TwObservation readings[TW_N_CHANNELS];

  for (guint i = 0; i < tick->n; i++)
    readings[i] = (TwObservation) {
      .t_us = tick->t_us,
      .value = tick->values[i].value,
      .patient = tick->patient,
      .channel = (gint16) tick->values[i].channel,
      .unit = (guint8) tick->values[i].unit,
      .flags = tick->values[i].flags,
    };
  g_array_set_size (judge->cleaned, 0);
  tw_cleaner_push (cleaner_of (judge, tick->patient), readings, tick->n, judge->cleaned);
  for (guint i = 0; i < judge->cleaned->len; i++)
    take_finding (judge, tick, &g_array_index (judge->cleaned, TwCleaned, i), frame);
  tell_withdrawn (judge, tick);
  if (judge->judging.on_tick != NULL)
    judge->judging.on_tick (judge->ward, tick, judge->judging.user_data);
}
