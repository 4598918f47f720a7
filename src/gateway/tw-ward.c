/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ward as the gateway knows it: the feed's readings go to the log, and from the start on to the
 * journal. */
#include "config.h"

#include "tw-ward.h"

#include "tw-frame.h"
#include "tw-observation.h"
#include "tw-text.h"
#include "tw-time.h"

#include <math.h>
#include <string.h>

#define KEEP_LIVE_US (24 * TW_HOUR)

struct _TwWard
{
  TwWardFeed *feed;
  TwLog *log;
  TwJournal *journal;
  GHashTable *by_id;   /* patient id -> index + 1 */
  GString *line;       /* reused for each frame */
  char epoch[40];
  double speed;
  gint64 now_us, mono_us;
  gboolean telling;    /* FALSE while history is read */
  guint64 n_refused;
  TwWardJudge *judge;  /* NULL: values are not cleaned */
  guint n_named, n_dense; /* of the feed's patients and grids, taken in */
  guint n_dictionary;  /* patients that every dictionary names */
};

static void
tell (TwWard        *ward,
      const TwFrame *frame)
{
  if (!ward->telling)
    return;
  g_string_truncate (ward->line, 0);
  tw_frame_write (ward->line, frame);
  tw_journal_append (ward->journal, ward->line->str, ward->line->len, ward->mono_us);
}

/* Patients and grids that have come since the last look. */
static void
follow_feed (TwWard *ward)
{
  const TwWardFeed *feed = ward->feed;

  if (feed->patients->len > tw_log_get_n_patients (ward->log))
    tw_log_grow (ward->log, feed->patients->len);
  for (; ward->n_named < feed->patients->len; ward->n_named++)
    g_hash_table_insert (ward->by_id,
                         g_strdup (tw_patient_get (g_ptr_array_index (feed->patients,
                                                                      ward->n_named))->id),
                         GUINT_TO_POINTER (ward->n_named + 1));
  for (; ward->n_dense < feed->dense->len; ward->n_dense++)
    tw_log_set_dense (ward->log, &g_array_index (feed->dense, TwDenseChannel, ward->n_dense));
}

/* The dictionary of a reader that is already there does not name who came later. */
static void
name_patient (const TwWard *ward,
              guint32       patient,
              TwFrame      *frame)
{
  if (patient < ward->n_dictionary)
    frame->p_id = patient + 1;
  else
    g_strlcpy (frame->puid, tw_patient_get (tw_ward_get_patient (ward, patient))->id,
               sizeof frame->puid);
}

static void
tell_correction (TwWard            *ward,
                 const TwTick      *tick,
                 const TwTickValue *value)
{
  TwFrame frame = {
    .type = TW_FRAME_CORRECTION,
    .q = tw_journal_get_next (ward->journal),
    .t_us = tick->t_us,
    .channel = value->channel,
    .n = (value->flags & TW_OBSERVATION_WITHDRAWN) == 0,
    .values[0] = { .channel = value->channel, .value = value->value, .unit = value->unit },
  };

  if (frame.n == 0)
    frame.values[0].value = (double) NAN;
  g_strlcpy (frame.why, frame.n == 0 ? "withdrawn" : "corrected", sizeof frame.why);
  name_patient (ward, tick->patient, &frame);
  tell (ward, &frame);
}

/* FALSE: it says nothing that could be told as a sample. */
static gboolean
take_value (TwWard       *ward,
            const TwTick *tick,
            guint         index)
{
  const TwTickValue *value = &tick->values[index];

  if ((value->flags & TW_OBSERVATION_WITHDRAWN) != 0)
    {
      if (tw_log_remove (ward->log, tick->patient, value->channel, tick->t_us, tick->rx_us))
        tell_correction (ward, tick, value);
      /* What it takes back may have been told by an earlier run: it is known as taken back. */
      else if (tw_log_get (ward->log, tick->patient, value->channel, tick->t_us) == NULL
               && tw_log_add (ward->log, tick, index))
        tw_log_remove (ward->log, tick->patient, value->channel, tick->t_us, tick->rx_us);
      return FALSE;
    }
  if (!tw_log_add (ward->log, tick, index))
    {
      ward->n_refused++;
      return FALSE;
    }
  if ((value->flags & TW_OBSERVATION_CORRECTED) == 0)
    return TRUE;
  tell_correction (ward, tick, value);
  return FALSE;
}

static void
on_tick (const TwTick *tick,
         gpointer      data)
{
  TwWard *ward = data;
  TwFrame frame = { .type = TW_FRAME_SAMPLES, .t_us = tick->t_us };

  follow_feed (ward);
  for (guint i = 0; i < tick->n; i++)
    {
      if (!take_value (ward, tick, i))
        continue;
      frame.values[frame.n].channel = tick->values[i].channel;
      frame.values[frame.n].value = tick->values[i].value;
      frame.values[frame.n++].unit = tick->values[i].unit;
    }
  if (ward->judge != NULL)
    tw_ward_judge_tick (ward->judge, tick, &frame);
  frame.q = tw_journal_get_next (ward->journal);
  name_patient (ward, tick->patient, &frame);
  if (frame.n > 0)
    tell (ward, &frame);
}

static void
on_gap (const TwTickGap *gap,
        gpointer         data)
{
  TwWard *ward = data;
  TwFrame frame = {
    .type = TW_FRAME_GAP,
    .q = tw_journal_get_next (ward->journal),
    .channel = gap->channel,
    .from_us = gap->from_us,
    .to_us = gap->to_us,
  };

  g_strlcpy (frame.why, gap->why, sizeof frame.why);
  name_patient (ward, gap->patient, &frame);
  tell (ward, &frame);
}

static const TwWardSink ward_sink = { on_tick, on_gap };

TwWard *
tw_ward_new (TwWardFeed *feed,
             double      speed)
{
  return tw_ward_new_judging (feed, speed, NULL);
}

TwWard *
tw_ward_new_judging (TwWardFeed          *feed,
                     double               speed,
                     const TwWardJudging *judging)
{
  TwWard *ward;

  g_return_val_if_fail (feed != NULL && speed > 0.0, NULL);

  ward = g_new0 (TwWard, 1);
  ward->feed = feed;
  ward->speed = speed;
  ward->log = tw_log_new (feed->patients->len, feed->recorded ? 0 : KEEP_LIVE_US);
  ward->journal = tw_journal_new (TW_JOURNAL_MAX_BYTES, TW_JOURNAL_KEEP_US);
  ward->by_id = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  ward->line = g_string_sized_new (512);
  g_snprintf (ward->epoch, sizeof ward->epoch, "%08x%08x", g_random_int (), g_random_int ());
  if (feed->klass->take != NULL)
    tw_log_begin_at (ward->log, (guint64) MAX (feed->start_us, 0));
  if (judging != NULL)
    ward->judge = tw_ward_judge_new (ward, ward->log, judging);
  follow_feed (ward);
  tw_ward_feed_set_sink (feed, &ward_sink, ward);
  ward->now_us = feed->start_us;
  tw_ward_feed_advance (feed, feed->start_us);
  follow_feed (ward);
  ward->n_dictionary = feed->patients->len;
  ward->telling = TRUE;
  return ward;
}

void
tw_ward_free (TwWard *ward)
{
  g_return_if_fail (ward != NULL);

  tw_ward_feed_free (ward->feed);
  g_clear_pointer (&ward->judge, tw_ward_judge_free);
  tw_log_free (ward->log);
  tw_journal_free (ward->journal);
  g_hash_table_unref (ward->by_id);
  g_string_free (ward->line, TRUE);
  g_free (ward);
}

void
tw_ward_advance (TwWard *ward,
                 gint64  now_us,
                 gint64  mono_us)
{
  g_return_if_fail (ward != NULL);

  now_us = MIN (now_us, ward->feed->end_us);
  if (now_us <= ward->now_us)
    return;
  ward->now_us = now_us;
  ward->mono_us = mono_us;
  tw_ward_feed_advance (ward->feed, now_us);
  follow_feed (ward);
}

void
tw_ward_take (TwWard        *ward,
              TwIntakeBatch *batch)
{
  g_return_if_fail (ward != NULL);

  tw_ward_feed_take (ward->feed, batch);
}

guint
tw_ward_get_roster_version (const TwWard *ward)
{
  return ward->feed->roster_version;
}

gint64
tw_ward_get_now (const TwWard *ward)
{
  return ward->now_us;
}

gint64
tw_ward_get_start (const TwWard *ward)
{
  return ward->feed->start_us;
}

double
tw_ward_get_speed (const TwWard *ward)
{
  return ward->speed;
}

gboolean
tw_ward_is_ended (const TwWard *ward)
{
  return ward->now_us >= ward->feed->end_us;
}

const char *
tw_ward_get_name (const TwWard *ward)
{
  return ward->feed->ward;
}

const char *
tw_ward_get_epoch (const TwWard *ward)
{
  return ward->epoch;
}

gboolean
tw_ward_is_recorded (const TwWard *ward)
{
  return ward->feed->recorded;
}

gboolean
tw_ward_is_invented (const TwWard *ward)
{
  return ward->feed->invented;
}

guint
tw_ward_get_n_patients (const TwWard *ward)
{
  return ward->feed->patients->len;
}

TwPatient *
tw_ward_get_patient (const TwWard *ward,
                     guint         index)
{
  g_return_val_if_fail (index < ward->feed->patients->len, NULL);

  return g_ptr_array_index (ward->feed->patients, index);
}

gint64
tw_ward_get_stay (const TwWard *ward,
                  guint         index)
{
  g_return_val_if_fail (index < ward->feed->stay_us->len, 0);

  return g_array_index (ward->feed->stay_us, gint64, index);
}

int
tw_ward_find_patient (const TwWard *ward,
                      const char   *id,
                      gssize        length)
{
  g_autofree char *key = length < 0 ? g_strdup (id) : g_strndup (id, (gsize) length);

  return GPOINTER_TO_INT (g_hash_table_lookup (ward->by_id, key)) - 1;
}

TwLog *
tw_ward_get_log (const TwWard *ward)
{
  return ward->log;
}

TwJournal *
tw_ward_get_journal (const TwWard *ward)
{
  return ward->journal;
}

guint64
tw_ward_get_n_refused (const TwWard *ward)
{
  return ward->n_refused;
}

void
tw_ward_write_hello (const TwWard *ward,
                     GString      *out)
{
  guint n = ward->feed->patients->len;
  g_autofree const char **ids = g_new0 (const char *, n + 1);
  g_autofree const char **beds = g_new0 (const char *, n + 1);
  TwFrame hello = {
    .type = TW_FRAME_HELLO,
    .t_us = ward->now_us,
    .hb_s = 5,
    .speed = ward->speed,
    .recorded = ward->feed->recorded,
    .invented = ward->feed->invented,
  };

  g_strlcpy (hello.epoch, ward->epoch, sizeof hello.epoch);
  tw_text_clean (hello.ward, sizeof hello.ward, ward->feed->ward, strlen (ward->feed->ward));
  tw_frame_write (out, &hello);
  for (guint i = 0; i < n; i++)
    {
      const TwPatientFields *fields = tw_patient_get (g_ptr_array_index (ward->feed->patients, i));
      ids[i] = fields->id;
      beds[i] = fields->bed;
    }
  tw_frame_write_dict (out, ids, beds, n);
}
