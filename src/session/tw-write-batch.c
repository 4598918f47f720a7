/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Proposes what could be written to a record, each with its words and an id made from what it is. */
#include "config.h"

#include "tw-write-batch.h"

#include "tw-time.h"
#include "tw-uuid.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

typedef struct
{
  const TwSnapshot *snapshot;
  const char *base;
  TwUnit glucose_unit;
  TwWriteBatch *batch;
} Proposal;

static void
free_item (gpointer data)
{
  TwWriteItem *item = data;

  for (guint i = 0; i < item->n_sources; i++)
    {
      g_free (item->sources[i].text);
      g_free (item->sources[i].reference);
    }
  g_free (item->rule);
  g_free (item->title);
  g_free (item->value);
  g_free (item->outcome);
  g_free (item->location);
  g_free (item->words);
  g_free (item);
}

TwWriteBatch *
tw_write_batch_ref (TwWriteBatch *batch)
{
  g_return_val_if_fail (batch != NULL, NULL);

  g_ref_count_inc (&batch->refs);
  return batch;
}

void
tw_write_batch_unref (TwWriteBatch *batch)
{
  g_return_if_fail (batch != NULL);

  if (!g_ref_count_dec (&batch->refs))
    return;
  g_clear_pointer (&batch->patient, tw_patient_unref);
  g_clear_pointer (&batch->items, g_ptr_array_unref);
  g_clear_pointer (&batch->body, g_bytes_unref);
  g_free (batch->left_out);
  g_free (batch->person);
  g_free (batch->record);
  g_free (batch);
}

guint
tw_write_batch_count_chosen (const TwWriteBatch *batch)
{
  guint n = 0;

  g_return_val_if_fail (batch != NULL, 0);

  for (guint i = 0; i < batch->items->len; i++)
    n += ((TwWriteItem *) g_ptr_array_index (batch->items, i))->chosen ? 1 : 0;
  return n;
}

/* "65 mmHg"; consciousness as its letter. */
static char *
quantity (const Proposal *proposal,
          TwChannel channel,
          double value)
{
  const TwChannelInfo *info = tw_channel_info (channel);
  TwUnit unit = channel == TW_CHANNEL_GLUCOSE ? proposal->glucose_unit : info->unit;
  const char *symbol = tw_unit_symbol (unit);
  char number[32];

  if (channel == TW_CHANNEL_CONSCIOUSNESS && value >= TW_ACVPU_ALERT
      && value <= TW_ACVPU_UNRESPONSIVE)
    return g_strdup (tw_acvpu_letter ((int) value));
  tw_channel_format (channel, value, unit, number, sizeof number);
  return *symbol != '\0' ? g_strdup_printf ("%s %s", number, symbol) : g_strdup (number);
}

static TwWriteItem *
add_item (Proposal *proposal,
          TwWriteKind kind,
          const char *rule,
          gint64 at_us)
{
  static const char *const kinds[] = { "flag", "risk", "score" };
  TwWriteItem *item = g_new0 (TwWriteItem, 1);
  g_autofree char *name = g_strdup_printf ("%s|%s|%s|%s|%" G_GINT64_FORMAT, kinds[kind], proposal->base,
                                           tw_patient_get (proposal->snapshot->patient)->id, rule,
                                           at_us);

  item->kind = kind;
  item->rule = g_strdup (rule);
  item->t_us = at_us;
  tw_uuid_from_name (name, item->id);
  g_ptr_array_add (proposal->batch->items, item);
  return item;
}

static void
add_source (const Proposal *proposal,
            TwWriteItem *item,
            TwChannel channel,
            gint64 t_us,
            double value)
{
  TwWriteSource *source = &item->sources[item->n_sources];
  g_autofree char *number = NULL;
  char clock[32];

  if (channel < 0 || channel >= TW_N_CHANNELS || t_us == 0 || !isfinite (value)
      || item->n_sources == TW_WRITE_MAX_SOURCES)
    return;
  for (guint i = 0; i < item->n_sources; i++)
    if (item->sources[i].channel == channel && item->sources[i].t_us == t_us)
      return;
  number = quantity (proposal, channel, value);
  *source = (TwWriteSource) { .channel = channel, .t_us = t_us, .value = value };
  /* Translators: a reading that a result rests on, as "Heart rate 112 /min, 14:02:10". */
  source->text = g_strdup_printf (_("%s %s, %s"), _(tw_channel_info (channel)->long_name), number,
                                  tw_time_format_clock (t_us, NULL, TRUE, clock, sizeof clock));
  item->n_sources++;
}

static void
add_evidence (const Proposal *proposal,
              TwWriteItem *item,
              const TwFlagFields *flag)
{
  for (guint i = 0; i < flag->n_evidence; i++)
    add_source (proposal, item, flag->evidence[i].channel, flag->evidence[i].t_us,
                flag->evidence[i].value);
}

/* What is foretold, without the time: "Mean arterial pressure below 65 mmHg", "NEWS2 7 or more". */
static char *
dup_outcome (const Proposal *proposal,
             const TwFlagFields *flag)
{
  double limit = flag->kind == TW_FLAG_PREDICTED ? flag->crossing.threshold : flag->limit;
  g_autofree char *number = NULL;

  if (flag->channel == TW_CHANNEL_NONE)
    return flag->kind == TW_FLAG_PREDICTED ? g_strdup_printf (_("NEWS2 %.0f or more"), limit)
                                           : g_strdup_printf (_("NEWS2 %.0f"), flag->value);
  number = quantity (proposal, flag->channel, limit);
  /* Translators: a vital sign and a limit, as "Heart rate above 120 /min". */
  return g_strdup_printf (flag->below ? _("%s below %s") : _("%s above %s"),
                          _(tw_channel_info (flag->channel)->long_name), number);
}

static char *
dup_within (const char *outcome,
            int minutes)
{
  /* Translators: a forecast, as "Mean arterial pressure below 65 mmHg within 30 min". */
  return g_strdup_printf (_("%s within %d min"), outcome, minutes);
}

/* "62 % (48–75 %)", or without a range where there is none. */
static char *
dup_probability (const TwCrossing *crossing)
{
  if (isfinite (crossing->p_low) && isfinite (crossing->p_high))
    return g_strdup_printf (_("%.0f %% (%.0f–%.0f %%)"), 100 * crossing->p, 100 * crossing->p_low,
                            100 * crossing->p_high);
  return g_strdup_printf (_("%.0f %%"), 100 * crossing->p);
}

static void
take_versions (TwWriteItem *item,
               const TwFlagFields *flag)
{
  item->table = flag->kind == TW_FLAG_SCORE ? "news2" : flag->kind == TW_FLAG_LIMIT ? "limits" : "rules";
  g_strlcpy (item->twin_version, flag->twin_version, sizeof item->twin_version);
  g_strlcpy (item->table_version, flag->table_version, sizeof item->table_version);
}

static void
add_flag (Proposal *proposal,
          const TwFlagFields *flag)
{
  gboolean active = flag->state != TW_FLAG_RESOLVED && flag->ended_us == 0;
  g_autofree char *outcome = dup_outcome (proposal, flag);
  TwWriteItem *item = add_item (proposal, TW_WRITE_FLAG, flag->rule, flag->raised_us);

  item->title = flag->kind == TW_FLAG_PREDICTED ? dup_within (outcome, flag->crossing.horizon_min)
                                                : g_steal_pointer (&outcome);
  item->active = active;
  item->value = g_strdup (active ? _("active") : _("inactive"));
  item->from_us = flag->raised_us;
  item->to_us = active ? 0 : flag->ended_us != 0 ? flag->ended_us : flag->resolved_us;
  item->chosen = active;
  take_versions (item, flag);
  add_evidence (proposal, item, flag);
}

static void
add_risk (Proposal *proposal,
          const TwFlagFields *flag)
{
  g_autofree char *outcome = dup_outcome (proposal, flag);
  TwWriteItem *item;

  if (!isfinite (flag->crossing.p) || flag->value_us == 0 || flag->last_known)
    return;
  item = add_item (proposal, TW_WRITE_RISK, flag->rule, flag->value_us);
  item->title = dup_within (outcome, flag->crossing.horizon_min);
  item->outcome = g_steal_pointer (&outcome);
  item->value = dup_probability (&flag->crossing);
  item->probability = flag->crossing.p;
  item->from_us = flag->value_us;
  item->to_us = flag->value_us + flag->crossing.horizon_min * TW_MINUTE;
  item->chosen = TRUE;
  take_versions (item, flag);
  add_evidence (proposal, item, flag);
}

/* Technical flags are about devices, not about the patient; those that nobody saw are no flags. */
static void
add_flags (Proposal *proposal)
{
  const TwSnapshot *snapshot = proposal->snapshot;

  for (guint i = 0; i < snapshot->flags->len; i++)
    {
      const TwFlagFields *flag = tw_flag_get (g_ptr_array_index (snapshot->flags, i));

      if (flag->kind == TW_FLAG_TECHNICAL || flag->raised_us == 0)
        continue;
      add_flag (proposal, flag);
      if (flag->kind == TW_FLAG_PREDICTED)
        add_risk (proposal, flag);
    }
  for (guint i = 0; i < snapshot->history->len; i++)
    {
      const TwFlagFields *flag = tw_flag_get (g_ptr_array_index (snapshot->history, i));

      if (flag->kind != TW_FLAG_TECHNICAL && flag->raised_us != 0
          && flag->resolved_us >= snapshot->made_us - TW_WRITE_ENDED_US)
        add_flag (proposal, flag);
    }
}

/* The score stands for the moment of its newest input: the same inputs are the same observation. */
static void
add_score (Proposal *proposal)
{
  const TwNews2 *news2 = &proposal->snapshot->news2;
  gint64 newest_us = 0;
  TwWriteItem *item;

  if (news2->status != TW_NEWS2_COMPLETE)
    {
      proposal->batch->left_out
          = g_strdup (news2->status == TW_NEWS2_NOT_USED
                          ? _("NEWS2 is not used for this patient, so no score is written.")
                          : _("NEWS2 is incomplete, so no score is written: “at least” is no total."));
      return;
    }
  for (int i = 0; i < TW_NEWS2_N_ITEMS; i++)
    newest_us = MAX (newest_us, news2->parts[i].t_us);
  item = add_item (proposal, TW_WRITE_SCORE, "news2", newest_us);
  item->title = g_strdup (_("NEWS2 total score"));
  item->value = g_strdup_printf (ngettext ("%d point", "%d points", (gulong) news2->total),
                                 news2->total);
  item->news2 = *news2;
  item->chosen = TRUE;
  item->table = "news2";
  g_strlcpy (item->table_version, news2->table_version, sizeof item->table_version);
  for (int i = 0; i < TW_NEWS2_N_ITEMS; i++)
    add_source (proposal, item, news2->parts[i].channel, news2->parts[i].t_us, news2->parts[i].value);
}

TwWriteBatch *
tw_write_batch_new (const TwSnapshot *snapshot,
                    const char *base,
                    TwUnit glucose_unit)
{
  TwWriteBatch *batch = g_new0 (TwWriteBatch, 1);
  Proposal proposal = { snapshot, base, glucose_unit, batch };

  g_ref_count_init (&batch->refs);
  batch->items = g_ptr_array_new_with_free_func (free_item);
  g_return_val_if_fail (snapshot != NULL && base != NULL, batch);

  batch->patient = tw_patient_ref (snapshot->patient);
  batch->made_us = snapshot->made_us;
  add_score (&proposal);
  add_flags (&proposal);
  return batch;
}
