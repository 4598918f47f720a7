/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every page reads: the beds in order, the state of the feed, now. */
#include "config.h"

#include "tw-ward-model.h"

#include "tw-time.h"

#include <math.h>

/* Changes of the summary are gathered for this long: lists refresh at most four times a second. */
#define SUMMARY_MS 250

struct _TwWardModel
{
  GObject parent_instance;
  TwSession *session;
  TwWriteBack *write_back; /* of the session */
  GListStore *beds;
  GListStore *attention;
  GHashTable *by_index; /* guint -> TwBedItem, owned by beds */
  guint tick_source, summary_source;
  guint n_flagged, n_no_data;
  TwUnit glucose_unit;
  gboolean has_scene;
  char *ward;
  TwFeedStatus status;
  TwFeedCounts counts;
  gint64 now_us, wall_us, checked_us, first_us, last_us; /* of a scene */
  TwAlarmSummary alarms;                                 /* of a scene */
};

G_DEFINE_FINAL_TYPE (TwWardModel, tw_ward_model, G_TYPE_OBJECT)

enum
{
  ROSTER_CHANGED,
  STATUS_CHANGED,
  SUMMARY_CHANGED,
  TICK,
  WRITE_BACK_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static int
compare_attention (gconstpointer a,
                   gconstpointer b)
{
  TwBedItem *const *left = a;
  TwBedItem *const *right = b;
  TwLevel left_level = tw_bed_item_get_level (*left);
  TwLevel right_level = tw_bed_item_get_level (*right);
  gint64 left_us = tw_bed_item_get_flag_time (*left);
  gint64 right_us = tw_bed_item_get_flag_time (*right);

  if (left_level != right_level)
    return left_level > right_level ? -1 : 1;
  if (left_us != right_us)
    return left_us < right_us ? -1 : 1;
  return (int) tw_bed_item_get_index (*left) - (int) tw_bed_item_get_index (*right);
}

static gboolean
same_items (GListStore *store,
            GPtrArray *items)
{
  if (g_list_model_get_n_items (G_LIST_MODEL (store)) != items->len)
    return FALSE;
  for (guint i = 0; i < items->len; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_object (G_LIST_MODEL (store), i);

      if (item != g_ptr_array_index (items, i))
        return FALSE;
    }
  return TRUE;
}

static void
update_summary (TwWardModel *self)
{
  g_autoptr (GPtrArray) flagged = g_ptr_array_new ();
  gint64 now_us = tw_ward_model_get_now (self);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->beds));
  guint n_no_data = 0;
  gboolean same;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TwBedItem) item = g_list_model_get_item (G_LIST_MODEL (self->beds), i);

      if (tw_bed_item_is_flagged (item))
        g_ptr_array_add (flagged, item);
      n_no_data += tw_bed_item_lacks_data (item, now_us);
    }
  g_ptr_array_sort (flagged, compare_attention);
  same = same_items (self->attention, flagged);
  if (same && n_no_data == self->n_no_data && flagged->len == self->n_flagged)
    return;
  self->n_flagged = flagged->len;
  self->n_no_data = n_no_data;
  if (!same)
    g_list_store_splice (self->attention, 0,
                         g_list_model_get_n_items (G_LIST_MODEL (self->attention)), flagged->pdata,
                         flagged->len);
  g_signal_emit (self, signals[SUMMARY_CHANGED], 0);
}

static gboolean
on_summary_due (gpointer data)
{
  TwWardModel *self = data;

  self->summary_source = 0;
  update_summary (self);
  return G_SOURCE_REMOVE;
}

static void
queue_summary (TwWardModel *self)
{
  if (self->summary_source == 0)
    self->summary_source = g_timeout_add (SUMMARY_MS, on_summary_due, self);
}

/* Items stay the same objects as long as the patient is there, so that what is bound to them stays. */
static void
set_beds (TwWardModel *self,
          TwSnapshot *const *snapshots,
          guint n)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n; i++)
    {
      TwBedItem *item = g_hash_table_lookup (self->by_index, GUINT_TO_POINTER (snapshots[i]->index));

      if (item != NULL)
        {
          tw_bed_item_set_snapshot (item, snapshots[i]);
          g_ptr_array_add (items, g_object_ref (item));
        }
      else
        g_ptr_array_add (items, tw_bed_item_new (snapshots[i]));
    }
  if (!same_items (self->beds, items))
    {
      g_list_store_splice (self->beds, 0, g_list_model_get_n_items (G_LIST_MODEL (self->beds)),
                           items->pdata, items->len);
      g_hash_table_remove_all (self->by_index);
      for (guint i = 0; i < items->len; i++)
        {
          TwBedItem *item = g_ptr_array_index (items, i);

          g_hash_table_insert (self->by_index, GUINT_TO_POINTER (tw_bed_item_get_index (item)), item);
        }
    }
  update_summary (self);
  g_signal_emit (self, signals[ROSTER_CHANGED], 0);
}

static void
on_roster_changed (TwSession *session,
                   TwWardModel *self)
{
  g_autoptr (GPtrArray) snapshots = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_snapshot_unref);
  guint n = 0;
  const guint *order = tw_session_get_order (session, &n);

  for (guint i = 0; i < n; i++)
    {
      TwSnapshot *snapshot = tw_session_get_snapshot (session, order[i]);

      if (snapshot != NULL)
        g_ptr_array_add (snapshots, snapshot);
    }
  set_beds (self, (TwSnapshot *const *) snapshots->pdata, snapshots->len);
}

static void
on_patient_changed (TwSession *session,
                    guint index,
                    TwWardModel *self)
{
  g_autoptr (TwSnapshot) snapshot = NULL;
  TwBedItem *item = g_hash_table_lookup (self->by_index, GUINT_TO_POINTER (index));

  if (item == NULL)
    return;
  snapshot = tw_session_get_snapshot (session, index);
  if (snapshot == NULL)
    return;
  tw_bed_item_set_snapshot (item, snapshot);
  queue_summary (self);
}

static void
on_status_changed (TwSession *session,
                   TwWardModel *self)
{
  g_signal_emit (self, signals[STATUS_CHANGED], 0);
}

static gboolean
on_tick (gpointer data)
{
  tw_ward_model_tick (data);
  return G_SOURCE_CONTINUE;
}

static void
drop_session (TwWardModel *self)
{
  if (self->write_back != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->write_back, self);
      tw_write_back_set_on (self->write_back, FALSE);
    }
  g_clear_object (&self->write_back);
  if (self->session != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->session, self);
      tw_session_stop (self->session);
    }
  g_clear_object (&self->session);
  g_clear_handle_id (&self->tick_source, g_source_remove);
  g_clear_handle_id (&self->summary_source, g_source_remove);
}

static void
tw_ward_model_dispose (GObject *object)
{
  TwWardModel *self = TW_WARD_MODEL (object);

  drop_session (self);
  g_clear_pointer (&self->by_index, g_hash_table_unref);
  g_clear_object (&self->beds);
  g_clear_object (&self->attention);
  G_OBJECT_CLASS (tw_ward_model_parent_class)->dispose (object);
}

static void
tw_ward_model_finalize (GObject *object)
{
  TwWardModel *self = TW_WARD_MODEL (object);

  g_free (self->ward);
  G_OBJECT_CLASS (tw_ward_model_parent_class)->finalize (object);
}

static void
tw_ward_model_class_init (TwWardModelClass *klass)
{
  static const char *const names[N_SIGNALS] = { "roster-changed", "status-changed", "summary-changed",
                                                "tick", "write-back-changed" };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = tw_ward_model_dispose;
  object_class->finalize = tw_ward_model_finalize;
  for (guint i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i], G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 0);
}

static void
tw_ward_model_init (TwWardModel *self)
{
  self->beds = g_list_store_new (TW_TYPE_BED_ITEM);
  self->attention = g_list_store_new (TW_TYPE_BED_ITEM);
  self->by_index = g_hash_table_new (NULL, NULL);
  self->glucose_unit = TW_UNIT_MMOL_L;
}

TwWardModel *
tw_ward_model_new (void)
{
  return g_object_new (TW_TYPE_WARD_MODEL, NULL);
}

static void
on_write_back_changed (TwWardModel *self)
{
  g_signal_emit (self, signals[WRITE_BACK_CHANGED], 0);
}

TwWriteBack *
tw_ward_model_get_write_back (TwWardModel *self)
{
  g_return_val_if_fail (TW_IS_WARD_MODEL (self), NULL);

  return self->write_back;
}

/* The demo's server has another port each time. */
char *
tw_ward_model_dup_site (TwWardModel *self)
{
  const char *server;

  g_return_val_if_fail (TW_IS_WARD_MODEL (self), NULL);

  if (self->write_back == NULL)
    return g_strdup ("");
  server = tw_write_back_get_server (self->write_back);
  if (tw_session_get_status (self->session)->invented && g_str_has_prefix (server, "http://127.0.0.1:"))
    return g_strdup ("demo");
  return g_strdup (server);
}

void
tw_ward_model_set_session (TwWardModel *self,
                           TwSession *session)
{
  g_return_if_fail (TW_IS_WARD_MODEL (self));
  g_return_if_fail (session == NULL || TW_IS_SESSION (session));

  drop_session (self);
  self->has_scene = FALSE;
  /* Another session numbers its patients anew: no item may outlive it. */
  g_hash_table_remove_all (self->by_index);
  g_list_store_remove_all (self->beds);
  if (session != NULL)
    {
      self->session = g_object_ref (session);
      self->write_back = tw_write_back_new (session);
      g_signal_connect_swapped (self->write_back, "changed", G_CALLBACK (on_write_back_changed), self);
      g_signal_connect (session, "roster-changed", G_CALLBACK (on_roster_changed), self);
      g_signal_connect (session, "patient-changed", G_CALLBACK (on_patient_changed), self);
      g_signal_connect (session, "status-changed", G_CALLBACK (on_status_changed), self);
      self->tick_source = g_timeout_add_seconds (1, on_tick, self);
      on_roster_changed (session, self);
    }
  else
    set_beds (self, NULL, 0);
  g_signal_emit (self, signals[STATUS_CHANGED], 0);
}

void
tw_ward_model_set_scene (TwWardModel *self,
                         const TwWardScene *scene)
{
  g_return_if_fail (TW_IS_WARD_MODEL (self));
  g_return_if_fail (scene != NULL);

  drop_session (self);
  self->has_scene = TRUE;
  g_free (self->ward);
  self->ward = g_strdup (scene->ward);
  self->status = scene->status;
  self->counts = scene->counts;
  self->now_us = scene->now_us;
  self->wall_us = scene->wall_us;
  self->checked_us = scene->checked_us;
  self->first_us = scene->first_us;
  self->last_us = scene->last_us;
  self->alarms = scene->alarms;
  set_beds (self, scene->snapshots, scene->n_snapshots);
  g_signal_emit (self, signals[STATUS_CHANGED], 0);
  g_signal_emit (self, signals[TICK], 0);
}

GListModel *
tw_ward_model_get_beds (TwWardModel *self)
{
  g_return_val_if_fail (TW_IS_WARD_MODEL (self), NULL);

  return G_LIST_MODEL (self->beds);
}

GListModel *
tw_ward_model_get_attention (TwWardModel *self)
{
  g_return_val_if_fail (TW_IS_WARD_MODEL (self), NULL);

  return G_LIST_MODEL (self->attention);
}

TwBedItem *
tw_ward_model_find (TwWardModel *self,
                    guint index)
{
  g_return_val_if_fail (TW_IS_WARD_MODEL (self), NULL);

  return g_hash_table_lookup (self->by_index, GUINT_TO_POINTER (index));
}

const char *
tw_ward_model_get_ward (TwWardModel *self)
{
  g_return_val_if_fail (TW_IS_WARD_MODEL (self), NULL);

  return self->session != NULL ? tw_session_get_ward (self->session) : self->ward;
}

guint
tw_ward_model_get_n_flagged (TwWardModel *self)
{
  g_return_val_if_fail (TW_IS_WARD_MODEL (self), 0);

  return self->n_flagged;
}

guint
tw_ward_model_get_n_no_data (TwWardModel *self)
{
  g_return_val_if_fail (TW_IS_WARD_MODEL (self), 0);

  return self->n_no_data;
}

gint64
tw_ward_model_get_now (TwWardModel *self)
{
  g_return_val_if_fail (TW_IS_WARD_MODEL (self), 0);

  return self->session != NULL ? tw_session_get_now (self->session) : self->now_us;
}

gint64
tw_ward_model_get_checked (TwWardModel *self)
{
  g_return_val_if_fail (TW_IS_WARD_MODEL (self), 0);

  return self->session != NULL ? tw_session_get_checked (self->session) : self->checked_us;
}

void
tw_ward_model_get_alarms (TwWardModel *self,
                          TwAlarmSummary *alarms)
{
  g_return_if_fail (TW_IS_WARD_MODEL (self) && alarms != NULL);

  if (self->session != NULL)
    tw_session_get_alarms (self->session, alarms);
  else
    *alarms = self->alarms;
}

void
tw_ward_model_get_state (TwWardModel *self,
                         TwStateInput *input)
{
  g_return_if_fail (TW_IS_WARD_MODEL (self));

  *input = (TwStateInput) { .n_patients = g_list_model_get_n_items (G_LIST_MODEL (self->beds)) };
  if (self->session != NULL)
    {
      tw_session_get_counts (self->session, &self->counts);
      input->status = tw_session_get_status (self->session);
      input->wall_us = g_get_real_time ();
    }
  else if (self->has_scene)
    {
      input->status = &self->status;
      input->wall_us = self->wall_us;
      input->first_us = self->first_us;
      input->last_us = self->last_us;
    }
  input->counts = &self->counts;
  input->now_us = tw_ward_model_get_now (self);
}

TwUnit
tw_ward_model_get_glucose_unit (TwWardModel *self)
{
  g_return_val_if_fail (TW_IS_WARD_MODEL (self), TW_UNIT_MMOL_L);

  return self->glucose_unit;
}

void
tw_ward_model_set_glucose_unit (TwWardModel *self,
                                TwUnit unit)
{
  g_return_if_fail (TW_IS_WARD_MODEL (self));

  if (self->glucose_unit == unit)
    return;
  self->glucose_unit = unit;
  g_signal_emit (self, signals[TICK], 0);
}

/* A scene has the main horizon alone. */
static const TwChannelSnapshot *
scene_channel (TwWardModel *self,
               guint index,
               TwChannel channel,
               int horizon_min)
{
  TwBedItem *item = tw_ward_model_find (self, index);
  const TwChannelSnapshot *values;

  if (item == NULL)
    return NULL;
  values = &tw_bed_item_get_snapshot (item)->channels[channel];
  return values->report != NULL && (horizon_min == 0 || horizon_min == values->report->horizon_min) ? values
                                                                                                     : NULL;
}

const TwSelfReport *
tw_ward_model_dup_report (TwWardModel *self,
                          guint index,
                          TwChannel channel,
                          int horizon_min)
{
  const TwChannelSnapshot *values;

  g_return_val_if_fail (TW_IS_WARD_MODEL (self), NULL);

  if (self->session != NULL)
    return tw_session_dup_report (self->session, index, channel, horizon_min);
  values = scene_channel (self, index, channel, horizon_min);
  return values != NULL ? tw_self_report_ref (values->report) : NULL;
}

guint
tw_ward_model_get_scored_horizons (TwWardModel *self,
                                   guint index,
                                   TwChannel channel,
                                   int horizons_min[4])
{
  const TwChannelSnapshot *values;

  g_return_val_if_fail (TW_IS_WARD_MODEL (self), 0);

  if (self->session != NULL)
    return tw_session_get_scored_horizons (self->session, index, channel, horizons_min);
  values = scene_channel (self, index, channel, 0);
  if (values == NULL)
    return 0;
  horizons_min[0] = values->report->horizon_min;
  return 1;
}

void
tw_ward_model_get_width (TwWardModel *self,
                         guint index,
                         TwChannel channel,
                         int horizon_min,
                         TwWidthSplit *width)
{
  const TwChannelSnapshot *values;

  g_return_if_fail (TW_IS_WARD_MODEL (self));

  if (self->session != NULL)
    {
      tw_session_width_split (self->session, index, channel, horizon_min, width);
      return;
    }
  values = scene_channel (self, index, channel, horizon_min);
  *width = values != NULL ? values->width
                          : (TwWidthSplit) { (double) NAN, (double) NAN, (double) NAN, (double) NAN };
}

gboolean
tw_ward_model_acknowledge (TwWardModel *self,
                           guint index,
                           const char *rule)
{
  g_return_val_if_fail (TW_IS_WARD_MODEL (self), FALSE);

  return self->session != NULL && tw_session_acknowledge (self->session, index, rule);
}

gboolean
tw_ward_model_silence (TwWardModel *self,
                       guint index,
                       const char *rule,
                       int minutes)
{
  g_return_val_if_fail (TW_IS_WARD_MODEL (self), FALSE);

  return self->session != NULL && tw_session_silence (self->session, index, rule, minutes);
}

void
tw_ward_model_retry (TwWardModel *self)
{
  g_return_if_fail (TW_IS_WARD_MODEL (self));

  if (self->session != NULL)
    tw_session_retry (self->session);
}

void
tw_ward_model_tick (TwWardModel *self)
{
  g_return_if_fail (TW_IS_WARD_MODEL (self));

  update_summary (self);
  g_signal_emit (self, signals[TICK], 0);
}
