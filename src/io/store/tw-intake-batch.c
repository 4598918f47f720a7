/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A batch of messages on its way into the journal, and what the commit made of each. */
#include "config.h"

#include "tw-intake-private.h"

#include <string.h>

static void
free_item (gpointer data)
{
  TwIntakeItem *item = data;

  g_free ((char *) item->message.name);
  g_free ((char *) item->message.patient);
  g_free ((TwIntakeValue *) item->message.values);
  g_free (item->who.family);
  g_free (item->who.given);
  g_free (item->who.identifier);
  g_free (item->who.bed);
  g_free (item->who.ward);
  g_free (item);
}

TwIntakeBatch *
tw_intake_batch_new (const char *source,
                     gint64 epoch)
{
  TwIntakeBatch *batch;

  g_return_val_if_fail (source != NULL && strlen (source) <= TW_INTAKE_MAX_TEXT, NULL);
  g_return_val_if_fail (epoch >= 0, NULL);

  batch = g_new0 (TwIntakeBatch, 1);
  g_atomic_ref_count_init (&batch->ref_count);
  batch->source = g_strdup (source);
  batch->epoch = epoch;
  batch->items = g_ptr_array_new_with_free_func (free_item);
  batch->refused = g_array_new (FALSE, FALSE, sizeof (gint64));
  return batch;
}

TwIntakeBatch *
tw_intake_batch_ref (TwIntakeBatch *batch)
{
  g_atomic_ref_count_inc (&batch->ref_count);
  return batch;
}

void
tw_intake_batch_unref (TwIntakeBatch *batch)
{
  g_return_if_fail (batch != NULL);

  if (!g_atomic_ref_count_dec (&batch->ref_count))
    return;
  g_free (batch->source);
  g_ptr_array_unref (batch->items);
  g_array_unref (batch->refused);
  g_free (batch);
}

const char *
tw_intake_batch_get_source (const TwIntakeBatch *batch)
{
  return batch->source;
}

gint64
tw_intake_batch_get_epoch (const TwIntakeBatch *batch)
{
  return batch->epoch;
}

static void
copy_who (TwIntakeItem *item,
          const TwPatientFields *who)
{
  item->has_who = TRUE;
  item->who = *who;
  item->who.id = NULL;
  item->who.family = g_strdup (who->family);
  item->who.given = g_strdup (who->given);
  item->who.identifier = g_strdup (who->identifier);
  item->who.bed = g_strdup (who->bed);
  item->who.ward = g_strdup (who->ward);
}

void
tw_intake_batch_add (TwIntakeBatch *batch,
                     const TwIntakeMessage *message)
{
  TwIntakeItem *item;

  g_return_if_fail (batch != NULL && message != NULL && message->patient != NULL);
  g_return_if_fail (batch->items->len < TW_INTAKE_MAX_MESSAGES);
  g_return_if_fail (message->n <= TW_INTAKE_MAX_VALUES);
  g_return_if_fail ((message->pseq > 0) == (message->name == NULL));

  item = g_new0 (TwIntakeItem, 1);
  item->message = *message;
  item->message.name = g_strdup (message->name);
  item->message.patient = g_strdup (message->patient);
  item->message.values = g_memdup2 (message->values, message->n * sizeof (TwIntakeValue));
  if (message->who != NULL)
    {
      copy_who (item, message->who);
      item->message.who = &item->who;
    }
  g_ptr_array_add (batch->items, item);
}

void
tw_intake_batch_refuse (TwIntakeBatch *batch,
                        gint64 pseq)
{
  g_return_if_fail (batch != NULL && pseq > 0);
  g_return_if_fail (batch->refused->len < TW_INTAKE_MAX_MESSAGES);

  g_array_append_val (batch->refused, pseq);
}

guint
tw_intake_batch_get_n (const TwIntakeBatch *batch)
{
  return batch->items->len;
}

static const TwIntakeItem *
item_of (const TwIntakeBatch *batch,
         guint index)
{
  g_assert (index < batch->items->len);
  return g_ptr_array_index (batch->items, index);
}

const TwIntakeMessage *
tw_intake_batch_get (const TwIntakeBatch *batch,
                     guint index)
{
  return &item_of (batch, index)->message;
}

gboolean
tw_intake_batch_is_new (const TwIntakeBatch *batch,
                        guint index)
{
  return item_of (batch, index)->seq > 0;
}

gint64
tw_intake_batch_get_seq (const TwIntakeBatch *batch,
                         guint index)
{
  return item_of (batch, index)->seq;
}
