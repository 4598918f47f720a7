/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ward of what devices send: committed messages wait for the next advance, patients appear as
 * they are named, and a channel that comes on a grid is found to be dense. */
#include "config.h"

#include "tw-intake-feed.h"

#include "tw-observation.h"
#include "tw-time.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define MAX_ID 60
#define DENSE_US (10 * TW_SECOND) /* six samples a minute and more go in blocks */
#define DENSE_SAMPLES 120         /* in a row at the same distance */

/* What is known of one patient's channel. */
typedef struct
{
  gint64 last_us, period_us;
  guint n_regular;
  gboolean dense;
} Rhythm;

/* A tick of the store, until the first advance. */
typedef struct
{
  gint64 seq, t_us, rx_us;
  guint32 patient;
  guint first, n; /* in values */
} Spooled;

typedef struct
{
  TwWardFeed feed;
  GHashTable *by_puid;  /* the sender's id -> index + 1 */
  GArray *rhythms;      /* Rhythm by patient * TW_N_CHANNELS + channel */
  GQueue batches;       /* TwIntakeBatch, committed */
  GArray *spool;        /* Spooled */
  GArray *spooled;      /* TwIntakeValue */
  gint64 start_us;
} Feed;

/* FHIR allows few characters in an id; one of another spelling gets one made from it, always the
 * same. */
static char *
make_id (const char *puid)
{
  gsize length = strlen (puid);
  gboolean fit = length > 0 && length <= MAX_ID;
  g_autofree char *sum = NULL;

  for (gsize i = 0; fit && i < length; i++)
    fit = g_ascii_isalnum (puid[i]) || puid[i] == '-' || puid[i] == '.';
  if (fit)
    return g_strdup (puid);
  sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, puid, -1);
  sum[32] = '\0';
  return g_strconcat ("p-", sum, NULL);
}

static guint32
add_patient (Feed                  *self,
             const char            *puid,
             const TwPatientFields *told,
             gint64                 first_us)
{
  TwPatientFields fields = { .age_years = -1, .weight_kg = (double) NAN };
  g_autofree char *id = make_id (puid);
  guint32 index = self->feed.patients->len;

  if (told != NULL)
    fields = *told;
  fields.id = id;
  fields.ward = self->feed.ward;
  if (fields.identifier == NULL)
    fields.identifier = (char *) puid;
  g_ptr_array_add (self->feed.patients, tw_patient_new (&fields));
  g_array_append_val (self->feed.stay_us, first_us);
  g_array_set_size (self->rhythms, (index + 1) * TW_N_CHANNELS);
  g_hash_table_insert (self->by_puid, g_strdup (puid), GUINT_TO_POINTER (index + 1));
  self->feed.roster_version++;
  return index;
}

/* What is said anew replaces what was known; what is not said stays. */
static void
tell_who (Feed                  *self,
          guint32                index,
          const TwPatientFields *who)
{
  TwPatient *old = g_ptr_array_index (self->feed.patients, index);
  TwPatientFields fields = *tw_patient_get (old);

  if (who->bed != NULL)
    fields.bed = who->bed;
  if (who->family != NULL)
    fields.family = who->family;
  if (who->given != NULL)
    fields.given = who->given;
  if (who->identifier != NULL)
    fields.identifier = who->identifier;
  if (who->sex != TW_SEX_UNKNOWN)
    fields.sex = who->sex;
  if (who->birth_year > 0)
    {
      fields.birth_year = who->birth_year;
      fields.birth_month = who->birth_month;
      fields.birth_day = who->birth_day;
    }
  if (g_strcmp0 (fields.bed, tw_patient_get (old)->bed) == 0
      && g_strcmp0 (fields.family, tw_patient_get (old)->family) == 0
      && g_strcmp0 (fields.given, tw_patient_get (old)->given) == 0
      && g_strcmp0 (fields.identifier, tw_patient_get (old)->identifier) == 0
      && fields.sex == tw_patient_get (old)->sex
      && fields.birth_year == tw_patient_get (old)->birth_year
      && fields.birth_month == tw_patient_get (old)->birth_month
      && fields.birth_day == tw_patient_get (old)->birth_day)
    return;
  self->feed.patients->pdata[index] = tw_patient_new (&fields);
  tw_patient_unref (old);
  self->feed.roster_version++;
}

static guint32
find_patient (Feed                  *self,
              const TwIntakeMessage *message)
{
  guint index = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_puid, message->patient));

  if (index == 0)
    index = add_patient (self, message->patient, NULL, message->t_us) + 1;
  if (message->who != NULL)
    tell_who (self, index - 1, message->who);
  return index - 1;
}

/* A channel with so many samples in a row on one grid is dense from then on, with all it has. */
static void
note_rhythm (Feed      *self,
             guint32    patient,
             TwChannel  channel,
             gint64     t_us)
{
  Rhythm *rhythm = &g_array_index (self->rhythms, Rhythm, patient * TW_N_CHANNELS + (guint) channel);
  gint64 apart_us = t_us - rhythm->last_us;
  TwDenseChannel dense;

  if (rhythm->dense || apart_us <= 0)
    return;
  rhythm->n_regular = apart_us == rhythm->period_us ? rhythm->n_regular + 1 : 1;
  rhythm->period_us = apart_us;
  rhythm->last_us = t_us;
  if (rhythm->n_regular < DENSE_SAMPLES || apart_us > DENSE_US)
    return;
  rhythm->dense = TRUE;
  dense = (TwDenseChannel) { patient, channel, apart_us, t_us % apart_us };
  if (dense.phase_us < 0)
    dense.phase_us += apart_us;
  g_array_append_val (self->feed.dense, dense);
}

/* Values of one patient and instant, as many ticks as hold them. */
static void
send (Feed                *self,
      TwTick              *tick,
      const TwIntakeValue *values,
      guint                n)
{
  guint32 channels = 0;

  tick->n = 0;
  for (guint i = 0; i < n; i++)
    {
      const TwIntakeValue *value = &values[i];
      guint32 bit = 1u << value->channel;

      if (!isfinite (value->value) && (value->flags & TW_OBSERVATION_WITHDRAWN) == 0)
        continue;
      if ((channels & bit) != 0)
        {
          self->feed.sink->on_tick (tick, self->feed.sink_data);
          tick->n = channels = 0;
        }
      channels |= bit;
      tick->values[tick->n++] = (TwTickValue) { value->channel, value->unit, value->value,
                                                value->flags };
      note_rhythm (self, tick->patient, value->channel, tick->t_us);
    }
  self->feed.sink->on_tick (tick, self->feed.sink_data);
}

static void
send_spool (Feed *self)
{
  for (guint i = 0; i < self->spool->len; i++)
    {
      const Spooled *spooled = &g_array_index (self->spool, Spooled, i);
      TwTick tick = { .patient = spooled->patient, .t_us = spooled->t_us, .rx_us = spooled->rx_us,
                      .seq = spooled->seq };
      send (self, &tick, &g_array_index (self->spooled, TwIntakeValue, spooled->first), spooled->n);
    }
  g_array_set_size (self->spool, 0);
  g_clear_pointer (&self->spooled, g_array_unref);
}

static void
send_batch (Feed                *self,
            const TwIntakeBatch *batch)
{
  for (guint i = 0; i < tw_intake_batch_get_n (batch); i++)
    {
      const TwIntakeMessage *message = tw_intake_batch_get (batch, i);
      TwTick tick = { .t_us = message->t_us, .rx_us = MAX (message->rx_us, message->t_us),
                      .seq = tw_intake_batch_get_seq (batch, i) };

      if (!tw_intake_batch_is_new (batch, i))
        continue;
      tick.patient = find_patient (self, message);
      send (self, &tick, message->values, message->n);
    }
}

static void
feed_advance (TwWardFeed *feed,
              gint64      to_us)
{
  Feed *self = (Feed *) feed;
  TwIntakeBatch *batch;

  if (self->spooled != NULL)
    send_spool (self);
  while ((batch = g_queue_pop_head (&self->batches)) != NULL)
    {
      send_batch (self, batch);
      tw_intake_batch_unref (batch);
    }
}

static void
feed_take (TwWardFeed    *feed,
           TwIntakeBatch *batch)
{
  g_queue_push_tail (&((Feed *) feed)->batches, tw_intake_batch_ref (batch));
}

static void
feed_free (TwWardFeed *feed)
{
  Feed *self = (Feed *) feed;

  g_queue_clear_full (&self->batches, (GDestroyNotify) tw_intake_batch_unref);
  g_hash_table_unref (self->by_puid);
  g_array_unref (self->rhythms);
  g_array_unref (self->spool);
  g_clear_pointer (&self->spooled, g_array_unref);
  g_free (self);
}

static const TwWardFeedClass feed_class = { feed_advance, feed_free, feed_take };

static void
on_patient (const TwPatientFields *fields,
            gint64                 first_us,
            gint64                 last_us,
            gpointer               data)
{
  Feed *self = data;

  if (last_us >= self->start_us - TW_INTAKE_FEED_KEEP_US)
    add_patient (self, fields->id, fields, first_us);
}

static void
on_stored_tick (gint64                 seq,
                const char            *source,
                const TwIntakeMessage *message,
                gpointer               data)
{
  Feed *self = data;
  Spooled spooled = { seq, message->t_us, MAX (message->rx_us, message->t_us),
                      find_patient (self, message), self->spooled->len, message->n };

  g_array_append_vals (self->spooled, message->values, message->n);
  g_array_append_val (self->spool, spooled);
}

TwWardFeed *
tw_intake_feed_new (TwStore    *store,
                    const char *ward,
                    gint64      start_us,
                    gint64      after_seq,
                    GError    **error)
{
  Feed *self;

  g_return_val_if_fail (store != NULL, NULL);

  self = g_new0 (Feed, 1);
  tw_ward_feed_init (&self->feed, &feed_class);
  self->feed.ward = g_strdup (ward != NULL ? ward : _("Ward"));
  self->feed.start_us = self->start_us = start_us;
  self->by_puid = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->rhythms = g_array_new (FALSE, TRUE, sizeof (Rhythm));
  self->spool = g_array_new (FALSE, FALSE, sizeof (Spooled));
  self->spooled = g_array_new (FALSE, FALSE, sizeof (TwIntakeValue));
  g_queue_init (&self->batches);
  if (!tw_intake_log_read_patients (store, on_patient, self, error)
      || !tw_intake_log_read_ticks (store, after_seq, start_us - TW_INTAKE_FEED_KEEP_US,
                                    on_stored_tick, self, error))
    {
      tw_ward_feed_free (&self->feed);
      return NULL;
    }
  return &self->feed;
}
