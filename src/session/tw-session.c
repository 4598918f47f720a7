/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The conductor of a ward: takes what a source gives, lets each patient's chain work in short slices on
 * the main loop, and says what changed. */
#include "config.h"

#include "tw-session.h"

#include "tw-patients-file.h"
#include "tw-session-private.h"
#include "tw-time.h"

/* One slice of work; the main loop must not wait longer than 2 ms. */
#define SLICE_US 1000
/* Below the priority of drawing, above that of idle work. */
#define WORK_PRIORITY (G_PRIORITY_HIGH_IDLE + 30)
#define TICK_MS 250
#define RULES_EVERY_US TW_SECOND

G_DEFINE_FINAL_TYPE (TwSession, tw_session, G_TYPE_OBJECT)

enum
{
  ROSTER_CHANGED,
  PATIENT_CHANGED,
  STATUS_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static gint64
real_monotonic_us (gpointer data)
{
  return g_get_monotonic_time ();
}

static gint64
real_wall_us (gpointer data)
{
  return g_get_real_time ();
}

/* The time that the ward was watched: not while the feed is lost, nor patients whose history comes in. */
static void
count_time (TwSession *self, const TwBedMoment *moment)
{
  guint n = 0;

  for (guint i = 0; i < self->beds->len && !moment->feed_lost; i++)
    {
      TwBed *bed = tw_session_bed_at (self, i);

      n += tw_bed_is_present (bed) && !tw_bed_is_loading (bed) ? 1 : 0;
    }
  tw_alarm_budget_advance (self->budget, tw_ward_load_advance (self->load, moment->now_us, n), n);
}

/* Looks at every rule of the patients whose turn it is; FALSE when the time is up first. */
static gboolean
look_at_patients (TwSession *self, gint64 deadline_us)
{
  TwBedMoment moment = tw_session_moment_now (self);

  if (self->next_look >= self->beds->len)
    return TRUE;
  while (self->next_look < self->beds->len)
    {
      guint index = self->next_look++;
      TwBed *bed = tw_session_bed_at (self, index);

      /* Half a history would look like signals that were lost long ago. */
      if (tw_bed_is_present (bed) && !tw_bed_is_loading (bed))
        tw_bed_step_risk (bed, &moment);
      tw_session_count_events (self, index);
      if (tw_session_monotonic_us (self) >= deadline_us && self->next_look < self->beds->len)
        return FALSE;
    }
  self->checked_us = moment.now_us;
  count_time (self, &moment);
  return TRUE;
}

/* Tells of the patients that changed; FALSE when the time is up first. */
static gboolean
tell_of_patients (TwSession *self, gint64 deadline_us)
{
  while (self->next_tell < self->beds->len)
    {
      guint index = self->next_tell++;

      if (tw_bed_take_dirty (tw_session_bed_at (self, index)))
        g_signal_emit (self, signals[PATIENT_CHANGED], 0, index);
      if (tw_session_monotonic_us (self) >= deadline_us)
        return FALSE;
    }
  return TRUE;
}

/* Uses readings that wait, going round the beds; FALSE when the time is up first. */
static gboolean
use_readings (TwSession *self, gint64 deadline_us)
{
  TwBedMoment moment = tw_session_moment_now (self);

  for (guint i = 0; i < self->beds->len; i++)
    {
      guint index = self->next_bed % self->beds->len;
      TwBed *bed = tw_session_bed_at (self, index);

      if (tw_bed_has_work (bed, tw_session_monotonic_us (self)))
        {
          gboolean loading = tw_bed_is_loading (bed);
          guint n;

          tw_bed_work (bed, &moment, &self->clock, deadline_us);
          if (loading)
            tw_bed_take_events (bed, &n);
          else
            tw_session_count_events (self, index);
        }
      if (tw_session_monotonic_us (self) >= deadline_us)
        return FALSE; /* the same bed goes on in the next slice */
      self->next_bed++;
    }
  return TRUE;
}

/* Telling and rules come round once per tick each, so they cannot keep readings from being used. */
static gboolean
on_work (gpointer data)
{
  g_autoptr (TwSession) self = g_object_ref (data);
  gint64 deadline_us = tw_session_monotonic_us (self) + SLICE_US;

  if (!tell_of_patients (self, deadline_us) || !look_at_patients (self, deadline_us)
      || !use_readings (self, deadline_us))
    return G_SOURCE_CONTINUE;
  self->work_id = 0;
  return G_SOURCE_REMOVE;
}

static void
want_work (TwSession *self)
{
  if (self->work_id == 0 && self->beds->len > 0)
    self->work_id = g_idle_add_full (WORK_PRIORITY, on_work, self, NULL);
}

/* Four times a second: what changed is told, and once a second every rule is looked at. */
static gboolean
on_tick (gpointer data)
{
  g_autoptr (TwSession) self = g_object_ref (data);
  gint64 mono_us = tw_session_monotonic_us (self);

  if (self->status_changed)
    {
      self->status_changed = FALSE;
      g_signal_emit (self, signals[STATUS_CHANGED], 0);
    }
  if (self->roster_changed)
    {
      self->roster_changed = FALSE;
      g_signal_emit (self, signals[ROSTER_CHANGED], 0);
    }
  if (mono_us - self->looked_mono_us >= RULES_EVERY_US && self->next_look >= self->beds->len)
    {
      self->looked_mono_us = mono_us;
      self->next_look = 0;
    }
  if (self->next_tell >= self->beds->len)
    self->next_tell = 0;
  want_work (self);
  return G_SOURCE_CONTINUE;
}

/* Beds by number where they are numbers ("2" before "10"), else by their text, then by index. */
static gint
compare_beds (gconstpointer a, gconstpointer b, gpointer data)
{
  TwSession *self = data;
  guint first = *(const guint *) a, second = *(const guint *) b;
  const char *bed_a = tw_patient_get (tw_bed_get_patient (tw_session_bed_at (self, first)))->bed;
  const char *bed_b = tw_patient_get (tw_bed_get_patient (tw_session_bed_at (self, second)))->bed;
  g_autofree char *key_a = g_utf8_collate_key_for_filename (bed_a != NULL ? bed_a : "~", -1);
  g_autofree char *key_b = g_utf8_collate_key_for_filename (bed_b != NULL ? bed_b : "~", -1);
  int by_bed = strcmp (key_a, key_b);

  return by_bed != 0 ? by_bed : (first > second) - (first < second);
}

static void
sort_order (TwSession *self)
{
  g_array_set_size (self->order, 0);
  for (guint i = 0; i < self->beds->len; i++)
    if (tw_bed_is_present (tw_session_bed_at (self, i)))
      g_array_append_val (self->order, i);
  g_array_sort_with_data (self->order, compare_beds, self);
}

static void
on_roster (GPtrArray *patients, const gboolean *present, const char *ward, gpointer data)
{
  TwSession *self = data;

  for (guint i = 0; i < patients->len; i++)
    {
      TwPatient *patient = g_ptr_array_index (patients, i);

      if (i >= self->beds->len)
        {
          TwBed *bed = tw_bed_new (i, patient, self->tables);

          tw_bed_set_tap (bed, self->tap, self->tap_data);
          g_ptr_array_add (self->beds, bed);
        }
      tw_bed_set_patient (tw_session_bed_at (self, i), patient, present == NULL || present[i]);
    }
  g_free (self->ward);
  self->ward = g_strdup (ward);
  sort_order (self);
  self->roster_changed = TRUE;
}

static void
on_readings (const TwObservation *readings, gsize n, gpointer data)
{
  TwSession *self = data;
  gint64 mono_us = tw_session_monotonic_us (self);

  /* Runs of one patient go on together. */
  for (gsize i = 0, end; i < n; i = end)
    {
      TwBed *bed = tw_session_bed_at (self, readings[i].patient);

      for (end = i + 1; end < n && readings[end].patient == readings[i].patient
                        && ((readings[end].flags ^ readings[i].flags) & TW_OBSERVATION_HISTORY) == 0;
           end++)
        ;
      if (bed != NULL)
        tw_bed_queue (bed, readings + i, end - i, mono_us);
    }
  want_work (self);
}

static void
on_gap (guint32 patient, TwChannel channel, gint64 from_us, gint64 to_us, gpointer data)
{
  TwSession *self = data;
  TwBed *bed = tw_session_bed_at (self, patient);

  if (bed != NULL)
    tw_bed_add_gap (bed, channel, from_us, to_us);
}

static void
on_filled (guint32 patient, TwChannel channel, gint64 from_us, gint64 to_us, gpointer data)
{
  TwSession *self = data;
  TwBed *bed = tw_session_bed_at (self, patient);

  if (bed != NULL)
    tw_bed_remove_gap (bed, channel, from_us, to_us);
}

void
tw_session_set_status (TwSession *self, const TwFeedStatus *status)
{
  if (status->state == TW_FEED_LIVE && self->status.state != TW_FEED_LIVE)
    for (guint i = 0; i < self->beds->len; i++)
      tw_bed_end_history (tw_session_bed_at (self, i));
  self->status = *status;
  self->status_changed = TRUE;
  want_work (self);
}

static void
on_status (const TwFeedStatus *status, gpointer data)
{
  TwFeedStatus shown = *status;

  tw_session_renews (data, &shown);
  tw_session_set_status (data, &shown);
}

static void
on_clock (gint64 mono_us, gint64 now_us, double speed, gpointer data)
{
  TwSession *self = data;

  self->clock_mono_us = mono_us;
  self->clock_now_us = now_us;
  self->clock_speed = speed;
}

static void
tw_session_dispose (GObject *object)
{
  TwSession *self = TW_SESSION (object);

  tw_session_stop (self);
  tw_session_set_access (self, NULL);
  g_clear_pointer (&self->source, tw_source_free);

  G_OBJECT_CLASS (tw_session_parent_class)->dispose (object);
}

static void
tw_session_finalize (GObject *object)
{
  TwSession *self = TW_SESSION (object);

  g_clear_pointer (&self->beds, g_ptr_array_unref);
  g_clear_pointer (&self->order, g_array_unref);
  g_clear_pointer (&self->budget, tw_alarm_budget_free);
  g_clear_pointer (&self->load, tw_ward_load_free);
  g_clear_pointer (&self->tables, tw_tables_unref);
  g_clear_pointer (&self->ward, g_free);

  G_OBJECT_CLASS (tw_session_parent_class)->finalize (object);
}

static void
tw_session_class_init (TwSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = tw_session_dispose;
  object_class->finalize = tw_session_finalize;

  signals[ROSTER_CHANGED] = g_signal_new ("roster-changed", TW_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
  signals[PATIENT_CHANGED] = g_signal_new ("patient-changed", TW_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0,
                                           NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[STATUS_CHANGED] = g_signal_new ("status-changed", TW_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
}

static void
tw_session_init (TwSession *self)
{
  self->beds = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_bed_free);
  self->order = g_array_new (FALSE, FALSE, sizeof (guint));
  self->clock = (TwClock){ real_monotonic_us, real_wall_us, NULL };
  self->clock_speed = 1.0;
  self->status.state = TW_FEED_CONNECTING;
  self->status.speed = 1.0;
}

TwSession *
tw_session_new (TwSource *source, const TwClock *clock, GError **error)
{
  static const TwSourceSink sink = { on_roster, on_readings, on_gap, on_filled, on_status, on_clock };
  g_autoptr (TwSession) self = NULL;

  g_return_val_if_fail (source != NULL, NULL);

  self = g_object_new (TW_TYPE_SESSION, NULL);
  self->source = source;
  self->tables = tw_tables_load (error);
  if (self->tables == NULL)
    return NULL;
  self->budget = tw_alarm_budget_new (self->tables->risk);
  self->load = tw_ward_load_new (self->tables->risk);
  if (clock != NULL)
    self->clock = *clock;
  self->status.since_us = self->clock.wall_us (self->clock.data);
  self->clock_mono_us = tw_session_monotonic_us (self);
  self->clock_now_us = self->status.since_us;
  tw_source_set_sink (source, &sink, self);
  return g_steal_pointer (&self);
}

TwSession *
tw_session_new_for_server (const TwServerAddress *address, GError **error)
{
  TwServerSourceOptions options = { 0 };
  g_auto (GStrv) patients = NULL;
  TwSource *source;

  g_return_val_if_fail (address != NULL && address->base_url != NULL, NULL);

  if (address->patients_file != NULL)
    {
      patients = tw_patients_file_read (address->patients_file, error);
      if (patients == NULL)
        return NULL;
    }
  options.base_url = address->base_url;
  options.token = address->token;
  options.trust = address->trust;
  options.ward = address->ward;
  options.patients = (const char *const *) patients;
  options.poll_only = address->poll_only;
  source = tw_server_source_new (&options, error);
  return source != NULL ? tw_session_new (source, NULL, error) : NULL;
}

void
tw_session_start (TwSession *self)
{
  g_return_if_fail (TW_IS_SESSION (self));

  if (self->tick_id != 0)
    return;
  self->tick_id = g_timeout_add (TICK_MS, on_tick, self);
  tw_source_start (self->source);
}

void
tw_session_stop (TwSession *self)
{
  g_return_if_fail (TW_IS_SESSION (self));

  if (self->tick_id != 0 && self->source != NULL)
    tw_source_stop (self->source);
  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_clear_handle_id (&self->work_id, g_source_remove);
}

void
tw_session_retry (TwSession *self)
{
  g_return_if_fail (TW_IS_SESSION (self));

  tw_source_retry (self->source);
}

void
tw_session_set_tap (TwSession *self, const TwSessionTap *tap, gpointer data)
{
  g_return_if_fail (TW_IS_SESSION (self));

  self->tap = tap;
  self->tap_data = data;
  for (guint i = 0; i < self->beds->len; i++)
    tw_bed_set_tap (tw_session_bed_at (self, i), tap, data);
}
