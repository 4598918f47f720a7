/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Order (history before live, per patient), batches and counts. */
#include "config.h"

#include "tw-intake.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#define MAX_HELD 200000        /* readings of one patient that wait for the history */
#define MAX_REFUSED_IDS 10000  /* resources that are known to be refused, so that they count once */

typedef struct
{
  gboolean loaded;
  GArray *held;                   /* TwObservation */
  gint64 gap_from_us, gap_to_us;  /* to be filled by the history; 0: none */
} Bed;

struct _TwIntake
{
  TwSource *source;
  const TwRoster *roster;
  GArray *beds;          /* Bed by index */
  GArray *batch;         /* TwObservation */
  GHashTable *refused;   /* ids */
  gint64 now_us, last_us; /* the source's time; the newest reading of the stream */
  TwFeedCounts counts;
};

static void
clear_bed (Bed *bed)
{
  g_array_unref (bed->held);
}

TwIntake *
tw_intake_new (TwSource *source,
               const TwRoster *roster)
{
  TwIntake *intake = g_new0 (TwIntake, 1);
  intake->source = source;
  intake->roster = roster;
  intake->beds = g_array_new (FALSE, FALSE, sizeof (Bed));
  g_array_set_clear_func (intake->beds, (GDestroyNotify) clear_bed);
  intake->batch = g_array_new (FALSE, FALSE, sizeof (TwObservation));
  intake->refused = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return intake;
}

void
tw_intake_free (TwIntake *intake)
{
  if (intake == NULL)
    return;
  g_array_unref (intake->beds);
  g_array_unref (intake->batch);
  g_hash_table_unref (intake->refused);
  g_free (intake);
}

void
tw_intake_grow (TwIntake *intake)
{
  while (intake->beds->len < intake->roster->patients->len)
    {
      Bed bed = { .held = g_array_new (FALSE, FALSE, sizeof (TwObservation)) };
      g_array_append_val (intake->beds, bed);
    }
}

void
tw_intake_forget_histories (TwIntake *intake)
{
  for (guint i = 0; i < intake->beds->len; i++)
    g_array_index (intake->beds, Bed, i).loaded = FALSE;
}

GArray *
tw_intake_list_missing (const TwIntake *intake)
{
  GArray *missing = g_array_new (FALSE, FALSE, sizeof (guint32));
  for (guint32 i = 0; i < intake->beds->len; i++)
    if (!g_array_index (intake->beds, Bed, i).loaded
        && g_array_index (intake->roster->present, gboolean, i))
      g_array_append_val (missing, i);
  return missing;
}

static void
hand_on (const TwIntake *intake,
         const GArray *readings)
{
  if (readings->len > 0 && intake->source->sink != NULL)
    intake->source->sink->on_readings ((const TwObservation *) (gpointer)readings->data,
                                       readings->len, intake->source->sink_data);
}

static void
tell_gap (const TwIntake *intake,
          guint32 patient,
          TwChannel channel,
          gint64 from_us,
          gint64 to_us)
{
  if (intake->source->sink != NULL && to_us > from_us)
    intake->source->sink->on_gap (patient, channel, from_us, to_us, intake->source->sink_data);
}

static void
tell_filled (const TwIntake *intake,
             guint32 patient,
             TwChannel channel,
             gint64 from_us,
             gint64 to_us)
{
  if (intake->source->sink != NULL && intake->source->sink->on_filled != NULL && to_us > from_us)
    intake->source->sink->on_filled (patient, channel, from_us, to_us, intake->source->sink_data);
}

void
tw_intake_open_gaps (TwIntake *intake)
{
  for (guint32 i = 0; i < intake->beds->len; i++)
    {
      Bed *bed = &g_array_index (intake->beds, Bed, i);
      if (bed->gap_to_us != 0 || intake->last_us == 0 || intake->now_us <= intake->last_us)
        continue;
      bed->gap_from_us = intake->last_us;
      bed->gap_to_us = intake->now_us;
      tell_gap (intake, i, TW_CHANNEL_NONE, bed->gap_from_us, bed->gap_to_us);
    }
}

void
tw_intake_take_filling (TwIntake *intake,
                        guint32 patient,
                        TwChannel channel,
                        gint64 from_us,
                        gint64 to_us,
                        const GArray *readings)
{
  tw_intake_take_readings (intake, readings);
  tell_filled (intake, patient, channel, from_us, to_us);
}

void
tw_intake_set_loaded (TwIntake *intake,
                      guint32 patient)
{
  g_return_if_fail (patient < intake->beds->len);
  Bed *bed = &g_array_index (intake->beds, Bed, patient);
  bed->loaded = TRUE;
  tell_filled (intake, patient, TW_CHANNEL_NONE, bed->gap_from_us, bed->gap_to_us);
  bed->gap_from_us = bed->gap_to_us = 0;
  g_autoptr (GArray) held = g_steal_pointer (&bed->held);
  bed->held = g_array_new (FALSE, FALSE, sizeof (TwObservation));
  hand_on (intake, held);
}

/* More than can be held waits for a history that does not come: better a known gap than no end of
 * memory. */
static void
drop_held (const TwIntake *intake,
           Bed *bed,
           guint32 patient)
{
  gint64 from_us = g_array_index (bed->held, TwObservation, 0).t_us;
  gint64 to_us = g_array_index (bed->held, TwObservation, bed->held->len - 1).t_us;
  g_array_set_size (bed->held, 0);
  tell_gap (intake, patient, TW_CHANNEL_NONE, from_us, to_us);
}

static void
add_live (TwIntake *intake,
          const TwObservation *obs)
{
  Bed *bed = &g_array_index (intake->beds, Bed, obs->patient);
  intake->counts.n_received++;
  intake->last_us = MAX (intake->last_us, obs->t_us);
  if (bed->loaded)
    {
      g_array_append_val (intake->batch, *obs);
      return;
    }
  if (bed->held->len >= MAX_HELD)
    drop_held (intake, bed, obs->patient);
  g_array_append_val (bed->held, *obs);
}

void
tw_intake_flush (TwIntake *intake)
{
  g_autoptr (GArray) batch = g_steal_pointer (&intake->batch);
  intake->batch = g_array_new (FALSE, FALSE, sizeof (TwObservation));
  hand_on (intake, batch);
}

/* Puts the words before all others, or counts them once more. */
static void
list_refusal (TwFeedCounts *counts,
              const char *id,
              const char *words)
{
  TwFeedRefusal refusal = { 0 };
  guint at = 0;
  g_strlcpy (refusal.words, words, sizeof refusal.words);
  while (at < counts->n_kinds && !g_str_equal (counts->kinds[at].words, refusal.words))
    at++;
  if (at < counts->n_kinds)
    refusal.n = counts->kinds[at].n;
  else if (counts->n_kinds < TW_FEED_MAX_REFUSALS)
    counts->n_kinds++;
  else
    at--;
  refusal.n++;
  g_strlcpy (refusal.id, id, sizeof refusal.id);
  memmove (counts->kinds + 1, counts->kinds, at * sizeof (TwFeedRefusal));
  counts->kinds[0] = refusal;
  g_strlcpy (counts->last_refusal, refusal.words, sizeof counts->last_refusal);
}

void
tw_intake_note_loss (TwIntake *intake,
                     const char *id,
                     const char *words)
{
  if (id[0] != '\0' && g_hash_table_size (intake->refused) < MAX_REFUSED_IDS
      && !g_hash_table_add (intake->refused, g_strdup (id)))
    return;
  intake->counts.n_received++;
  intake->counts.n_refused++;
  list_refusal (&intake->counts, id, words);
}

void
tw_intake_note_ignored (TwIntake *intake,
                        const char *names)
{
  g_auto (GStrv) list = g_strsplit (names, ", ", -1);
  g_auto (GStrv) known = g_strsplit (intake->counts.ignored, ", ", -1);
  for (char **name = list; *name != NULL; name++)
    {
      char *all = intake->counts.ignored;
      if (g_strv_contains ((const char *const *) known, *name))
        continue;
      if (all[0] != '\0')
        g_strlcat (all, ", ", sizeof intake->counts.ignored);
      g_strlcat (all, *name, sizeof intake->counts.ignored);
    }
}

/* Counts a refusal when it is a new one; words only of what should worry. */
static void
count_refusals (TwIntake *intake,
                const TwFhirPage *page)
{
  for (guint i = 0; i < page->refusals->len; i++)
    {
      const TwFhirRefusal *refusal = &g_array_index (page->refusals, TwFhirRefusal, i);
      const char *id = tw_fhir_page_text (page, refusal->id);
      /* A code that means nothing here (weight, a questionnaire) is no fault. */
      if (refusal->problem == TW_FHIR_PROBLEM_UNKNOWN_CODE && refusal->channel == TW_CHANNEL_NONE)
        continue;
      g_autofree char *words = tw_fhir_page_dup_refusal_words (page, refusal);
      tw_intake_note_loss (intake, id, words);
    }
}

void
tw_intake_take_page (TwIntake *intake,
                     const TwFetched *fetched,
                     const GArray *readings,
                     const TwLedgerCounts *counts)
{
  intake->counts.n_received += readings->len + counts->n_future;
  if (counts->n_future > 0)
    {
      intake->counts.n_refused += counts->n_future;
      list_refusal (&intake->counts, "", _("a reading's time lies in the future"));
      intake->counts.kinds[0].n += counts->n_future - 1;
    }
  if (fetched->page->outcome != NULL)
    g_strlcpy (intake->counts.said, fetched->page->outcome, sizeof intake->counts.said);
  count_refusals (intake, fetched->page);
  hand_on (intake, readings);
}

void
tw_intake_take_readings (TwIntake *intake,
                         const GArray *readings)
{
  intake->counts.n_received += readings->len;
  hand_on (intake, readings);
}

/* The values of one tick or of a correction. */
static void
take_values (TwIntake *intake,
             const TwFrame *frame,
             guint32 patient)
{
  const gboolean correction = frame->type == TW_FRAME_CORRECTION;
  const guint n = correction ? 1 : frame->n;
  for (guint i = 0; i < n; i++)
    {
      const TwFrameValue *value = &frame->values[i];
      TwObservation obs = {
        .t_us = frame->t_us,
        .value = value->value,
        .patient = patient,
        .channel = (gint16) (correction ? frame->channel : value->channel),
        .unit = (guint8) value->unit,
      };
      if (correction)
        obs.flags |= frame->n == 0 ? TW_OBSERVATION_WITHDRAWN : TW_OBSERVATION_CORRECTED;
      else if (isnan (value->value))
        obs.flags |= TW_OBSERVATION_ABSENT;
      g_strlcpy (obs.unit_text, value->unit_text, sizeof obs.unit_text);
      add_live (intake, &obs);
    }
}

/* A gap of one patient, or of all when the frame names none. */
static gboolean
take_gap (TwIntake *intake,
          const TwFrame *frame,
          gint64 from_us,
          gint64 to_us,
          TwChannel channel)
{
  if (frame->type == TW_FRAME_GAP && frame->puid[0] != '\0')
    {
      int index = tw_roster_find (intake->roster, frame->puid);
      if (index >= 0)
        tell_gap (intake, (guint32) index, channel, from_us, to_us);
      return index >= 0;
    }
  for (guint32 i = 0; i < intake->roster->patients->len; i++)
    tell_gap (intake, i, channel, from_us, to_us);
  return TRUE;
}

gboolean
tw_intake_find_gap (const TwIntake *intake,
                    const TwFrame *frame,
                    int *patient,
                    gint64 *from_us,
                    gint64 *to_us)
{
  if (frame->type != TW_FRAME_GAP && frame->type != TW_FRAME_CONFLATED)
    return FALSE;
  gboolean whole = frame->type == TW_FRAME_CONFLATED;
  *patient = whole || frame->puid[0] == '\0' ? -1 : tw_roster_find (intake->roster, frame->puid);
  *from_us = whole ? intake->last_us : frame->from_us;
  *to_us = whole ? intake->now_us : frame->to_us;
  return *to_us > *from_us && (*patient >= 0 || whole || frame->puid[0] == '\0');
}

gboolean
tw_intake_take_frame (TwIntake *intake,
                      const TwFrame *frame)
{
  if (frame->type == TW_FRAME_GAP)
    return take_gap (intake, frame, frame->from_us, frame->to_us, frame->channel);
  if (frame->type == TW_FRAME_CONFLATED)
    return take_gap (intake, frame, intake->last_us, intake->now_us, TW_CHANNEL_NONE);
  int index = tw_roster_find (intake->roster, frame->puid);
  if (index < 0)
    return FALSE;
  take_values (intake, frame, (guint32) index);
  return TRUE;
}

void
tw_intake_set_now (TwIntake *intake,
                   gint64 now_us)
{
  intake->now_us = now_us;
}

void
tw_intake_get_counts (const TwIntake *intake,
                      TwFeedCounts *counts)
{
  *counts = intake->counts;
}
