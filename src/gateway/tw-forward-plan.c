/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which resources have to be sent, and when.
 *
 * Three values at one distance of at most 10 s make a grid, from the first of them on; until that is
 * known they wait. A grid is kept in the store before a block of it is, so that a value is never
 * sent both by itself and in a block, whatever happens between. */
#include "config.h"

#include "tw-forward-plan.h"

G_STATIC_ASSERT (TW_CHANNEL_DIASTOLIC == TW_CHANNEL_SYSTOLIC + 1);
G_STATIC_ASSERT (TW_CHANNEL_MAP == TW_CHANNEL_SYSTOLIC + 2);

#define MAX_HELD 8 /* values in quick succession without a grid: they go one by one */

/* A key that has to be sent. */
typedef struct
{
  gint64 due_us;    /* monotonic */
  gint64 first_seq; /* oldest tick of the journal in it; 0: none */
} Due;

/* One patient's channel. */
typedef struct
{
  gint64 last_us;           /* newest value told */
  gint64 held_us[MAX_HELD]; /* waiting for a grid */
  guint n_held;
  gboolean known, sparse;   /* sparse: its values come alone, and do not wait */
  GArray *grids;            /* TwOutboxGrid without texts, rising */
} Rhythm;

struct _TwForwardPlan
{
  GHashTable *due;     /* TwForwardKey -> Due */
  GPtrArray *rhythms;  /* Rhythm by patient * TW_N_CHANNELS + channel */
  GPtrArray *ids;      /* char by patient */
  GPtrArray *stored;   /* TwOutboxGrid of the store, borrowed */
  GPtrArray *fresh;    /* TwOutboxGrid, not yet in the store */
  guint n_told;        /* of these, on their way there */
  gint64 cursor, last_seq;
};

static guint
hash_key (gconstpointer data)
{
  const TwForwardKey *key = data;
  guint64 mix = (guint64) key->t_us * 0x9e3779b97f4a7c15u
                ^ ((guint64) key->patient << 32 | (guint64) (guint16) key->channel << 8 | key->kind);
  return (guint) (mix ^ mix >> 32);
}

static gboolean
equal_keys (gconstpointer a,
            gconstpointer b)
{
  const TwForwardKey *first = a, *second = b;

  return first->t_us == second->t_us && first->patient == second->patient
         && first->channel == second->channel && first->kind == second->kind;
}

static void
free_rhythm (gpointer data)
{
  Rhythm *rhythm = data;

  g_array_unref (rhythm->grids);
  g_free (rhythm);
}

static void
free_grid (gpointer data)
{
  g_free (((TwOutboxGrid *) data)->patient);
  g_free (((TwOutboxGrid *) data)->channel);
  g_free (data);
}

TwForwardPlan *
tw_forward_plan_new (const TwOutboxState *state)
{
  TwForwardPlan *plan = g_new0 (TwForwardPlan, 1);

  plan->due = g_hash_table_new_full (hash_key, equal_keys, g_free, g_free);
  plan->rhythms = g_ptr_array_new_with_free_func (free_rhythm);
  plan->ids = g_ptr_array_new_with_free_func (g_free);
  plan->stored = g_ptr_array_ref (state->grids);
  plan->fresh = g_ptr_array_new_with_free_func (free_grid);
  plan->cursor = plan->last_seq = state->cursor;
  return plan;
}

void
tw_forward_plan_free (TwForwardPlan *plan)
{
  g_return_if_fail (plan != NULL);

  g_hash_table_unref (plan->due);
  g_ptr_array_unref (plan->rhythms);
  g_ptr_array_unref (plan->ids);
  g_ptr_array_unref (plan->stored);
  g_ptr_array_unref (plan->fresh);
  g_free (plan);
}

static void
meet_patient (TwForwardPlan *plan,
              const char    *id)
{
  for (int channel = 0; channel < TW_N_CHANNELS; channel++)
    {
      const char *name = tw_channel_info ((TwChannel) channel)->name;
      Rhythm *rhythm = g_new0 (Rhythm, 1);

      rhythm->grids = g_array_new (FALSE, TRUE, sizeof (TwOutboxGrid));
      for (guint i = 0; i < plan->stored->len; i++)
        {
          const TwOutboxGrid *grid = g_ptr_array_index (plan->stored, i);
          TwOutboxGrid copy = { .from_us = grid->from_us, .period_us = grid->period_us };
          if (g_str_equal (grid->patient, id) && g_str_equal (grid->channel, name))
            g_array_append_val (rhythm->grids, copy);
        }
      g_ptr_array_add (plan->rhythms, rhythm);
    }
  g_ptr_array_add (plan->ids, g_strdup (id));
}

/* The grid that holds the time; NULL: it stands alone. */
static const TwOutboxGrid *
find_grid (const Rhythm *rhythm,
           gint64        t_us)
{
  for (guint i = rhythm->grids->len; i > 0; i--)
    {
      const TwOutboxGrid *grid = &g_array_index (rhythm->grids, TwOutboxGrid, i - 1);
      if (t_us >= grid->from_us)
        return (t_us - grid->from_us) % grid->period_us == 0 ? grid : NULL;
    }
  return NULL;
}

static gboolean
is_pressure (TwChannel channel)
{
  return channel == TW_CHANNEL_SYSTOLIC || channel == TW_CHANNEL_DIASTOLIC
         || channel == TW_CHANNEL_MAP;
}

static TwForwardKey
single_key (guint32   patient,
            TwChannel channel,
            gint64    t_us)
{
  return (TwForwardKey) {
    .t_us = t_us,
    .patient = patient,
    .channel = (gint16) (is_pressure (channel) ? TW_CHANNEL_SYSTOLIC : channel),
    .kind = is_pressure (channel) ? TW_FORWARD_PRESSURE : TW_FORWARD_SINGLE,
  };
}

static TwForwardKey
block_key (guint32             patient,
           TwChannel           channel,
           const TwOutboxGrid *grid,
           gint64              t_us)
{
  gint64 block_us = tw_forward_block_points (grid->period_us) * grid->period_us;

  return (TwForwardKey) {
    .t_us = t_us - (t_us - grid->from_us) % block_us,
    .period_us = grid->period_us,
    .patient = patient,
    .channel = (gint16) channel,
    .kind = TW_FORWARD_BLOCK,
  };
}

/* Later changes do not put off what is due already. */
static void
mark (TwForwardPlan      *plan,
      const TwForwardKey *key,
      gint64              seq,
      gint64              due_us)
{
  Due *due = g_hash_table_lookup (plan->due, key);

  if (due == NULL)
    {
      due = g_new0 (Due, 1);
      *due = (Due) { due_us, seq };
      g_hash_table_insert (plan->due, g_memdup2 (key, sizeof *key), due);
      return;
    }
  due->due_us = MIN (due->due_us, due_us);
  if (due->first_seq == 0 || (seq != 0 && seq < due->first_seq))
    due->first_seq = seq;
}

/* The waiting values of a channel go alone, now. */
static void
release_held (TwForwardPlan *plan,
              Rhythm        *rhythm,
              guint32        patient,
              TwChannel      channel,
              gint64         mono_us)
{
  for (guint i = 0; i < rhythm->n_held; i++)
    {
      TwForwardKey key = single_key (patient, channel, rhythm->held_us[i]);
      Due *due = g_hash_table_lookup (plan->due, &key);
      if (due != NULL)
        due->due_us = MIN (due->due_us, mono_us);
    }
  rhythm->n_held = 0;
}

/* The last three that wait stand at one distance: they, and what follows, are a grid. */
static void
begin_grid (TwForwardPlan *plan,
            Rhythm        *rhythm,
            guint32        patient,
            TwChannel      channel,
            gint64         mono_us)
{
  gint64 *held_us = &rhythm->held_us[rhythm->n_held - 3];
  TwOutboxGrid grid = { .from_us = held_us[0], .period_us = held_us[1] - held_us[0] };
  TwOutboxGrid *told = g_new0 (TwOutboxGrid, 1);

  g_array_append_val (rhythm->grids, grid);
  *told = grid;
  told->patient = g_strdup (g_ptr_array_index (plan->ids, patient));
  told->channel = g_strdup (tw_channel_info (channel)->name);
  g_ptr_array_add (plan->fresh, told);
  for (int i = 0; i < 3; i++)
    {
      TwForwardKey single = single_key (patient, channel, held_us[i]);
      TwForwardKey block = block_key (patient, channel, &grid, held_us[i]);
      const Due *due = g_hash_table_lookup (plan->due, &single);
      gint64 seq = due != NULL ? due->first_seq : 0;

      /* A pressure's companions may still stand alone: its set is looked at again when it is made. */
      if (single.kind == TW_FORWARD_SINGLE)
        g_hash_table_remove (plan->due, &single);
      mark (plan, &block, seq, mono_us + TW_FORWARD_GROW_US);
    }
  rhythm->n_held -= 3;
  release_held (plan, rhythm, patient, channel, mono_us);
}

/* A new value off any grid, in order. */
static void
hold (TwForwardPlan *plan,
      Rhythm        *rhythm,
      guint32        patient,
      TwChannel      channel,
      gint64         t_us,
      gint64         mono_us)
{
  guint n = rhythm->n_held;

  if (n > 0 && t_us - rhythm->held_us[n - 1] > TW_FORWARD_DENSE_US)
    release_held (plan, rhythm, patient, channel, mono_us);
  if (rhythm->n_held == MAX_HELD)
    release_held (plan, rhythm, patient, channel, mono_us);
  rhythm->held_us[rhythm->n_held++] = t_us;
  n = rhythm->n_held;
  if (n >= 3 && rhythm->held_us[n - 1] - rhythm->held_us[n - 2]
                  == rhythm->held_us[n - 2] - rhythm->held_us[n - 3])
    begin_grid (plan, rhythm, patient, channel, mono_us);
}

/* In order, and new: it may begin a grid. Sets when a single value of it is due. */
static gint64
follow (TwForwardPlan *plan,
        Rhythm        *rhythm,
        const TwCleaned *cleaned,
        gint64         mono_us)
{
  gint64 t_us = cleaned->sample.t_us, apart_us = t_us - rhythm->last_us;
  gboolean first = !rhythm->known, close = !first && apart_us <= TW_FORWARD_DENSE_US;

  if (cleaned->action != TW_CLEANED_ADD || (!first && apart_us <= 0))
    return mono_us;
  rhythm->known = TRUE;
  rhythm->last_us = t_us;
  if (!first)
    rhythm->sparse = !close;
  return rhythm->sparse ? mono_us : mono_us + TW_FORWARD_WAIT_US;
}

void
tw_forward_plan_change (TwForwardPlan   *plan,
                        guint32          patient,
                        const char      *id,
                        const TwCleaned *cleaned,
                        gint64           seq,
                        gint64           mono_us)
{
  gint64 t_us = cleaned->sample.t_us;
  const TwOutboxGrid *grid;
  TwForwardKey key;
  Rhythm *rhythm;
  gint64 due_us;

  g_return_if_fail (plan != NULL && cleaned != NULL);

  if (patient == plan->ids->len)
    meet_patient (plan, id);
  rhythm = g_ptr_array_index (plan->rhythms,
                              patient * TW_N_CHANNELS + (guint) cleaned->channel);
  due_us = follow (plan, rhythm, cleaned, mono_us);
  if (seq != 0 && seq <= plan->cursor)
    return;
  grid = find_grid (rhythm, t_us);
  if (grid != NULL)
    {
      gint64 block_us = tw_forward_block_points (grid->period_us) * grid->period_us;
      key = block_key (patient, cleaned->channel, grid, t_us);
      mark (plan, &key, seq,
            t_us - key.t_us + grid->period_us >= block_us ? mono_us : mono_us + TW_FORWARD_GROW_US);
      return;
    }
  key = single_key (patient, cleaned->channel, t_us);
  mark (plan, &key, seq, due_us);
  if (due_us > mono_us)
    hold (plan, rhythm, patient, cleaned->channel, t_us, mono_us);
}

void
tw_forward_plan_tick (TwForwardPlan *plan,
                      gint64         seq)
{
  plan->last_seq = MAX (plan->last_seq, seq);
}

/* A held value has waited long enough: it stands alone, and so do those that come like it. */
static void
settle_held (TwForwardPlan      *plan,
             const TwForwardKey *key)
{
  for (int channel = 0; channel < TW_N_CHANNELS; channel++)
    {
      Rhythm *rhythm;

      if (key->kind == TW_FORWARD_PRESSURE ? !is_pressure ((TwChannel) channel)
                                           : channel != key->channel)
        continue;
      rhythm = g_ptr_array_index (plan->rhythms,
                                  key->patient * TW_N_CHANNELS + (guint) channel);
      for (guint i = 0; i < rhythm->n_held; i++)
        if (rhythm->held_us[i] == key->t_us)
          {
            rhythm->sparse = rhythm->n_held == 1;
            rhythm->n_held = 0;
          }
    }
}

/* Of a pressure set those that are not in a grid's blocks. */
static guint8
parts_of (const TwForwardPlan *plan,
          const TwForwardKey  *key)
{
  guint8 parts = 0;

  for (guint i = 0; key->kind == TW_FORWARD_PRESSURE && i < 3; i++)
    {
      const Rhythm *rhythm = g_ptr_array_index (plan->rhythms, key->patient * TW_N_CHANNELS
                                                                 + TW_CHANNEL_SYSTOLIC + i);
      if (find_grid (rhythm, key->t_us) == NULL)
        parts |= (guint8) (1u << i);
    }
  return parts;
}

gint64
tw_forward_plan_take (TwForwardPlan *plan,
                      gint64         mono_us,
                      guint          n,
                      GArray        *keys,
                      TwOutboxPut   *put)
{
  gint64 cursor = plan->last_seq;
  GHashTableIter iter;
  TwForwardKey *key;
  Due *due;

  g_hash_table_iter_init (&iter, plan->due);
  while (g_hash_table_iter_next (&iter, (gpointer *) &key, (gpointer *) &due))
    {
      if (due->due_us > mono_us || keys->len >= n)
        {
          if (due->first_seq > 0)
            cursor = MIN (cursor, due->first_seq - 1);
          continue;
        }
      if (key->kind != TW_FORWARD_BLOCK)
        settle_held (plan, key);
      key->parts = parts_of (plan, key);
      g_array_append_vals (keys, key, 1);
      g_hash_table_iter_remove (&iter);
    }
  plan->n_told = plan->fresh->len;
  for (guint i = 0; i < plan->n_told; i++)
    tw_outbox_put_add_grid (put, g_ptr_array_index (plan->fresh, i));
  tw_outbox_put_set_cursor (put, cursor);
  return cursor;
}

void
tw_forward_plan_done (TwForwardPlan *plan)
{
  if (plan->n_told > 0)
    g_ptr_array_remove_range (plan->fresh, 0, plan->n_told);
  plan->n_told = 0;
}

void
tw_forward_plan_give_back (TwForwardPlan *plan,
                           const GArray  *keys,
                           gint64         mono_us)
{
  for (guint i = 0; i < keys->len; i++)
    mark (plan, &g_array_index (keys, TwForwardKey, i), plan->cursor + 1, mono_us);
}

guint
tw_forward_plan_get_n (const TwForwardPlan *plan)
{
  return g_hash_table_size (plan->due);
}
