/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one patient was asked, what was found, what is being calculated. */
#include "config.h"

#include "tw-analysis-state.h"

#include "tw-time.h"

#define STATE_KEY "tw-analysis-state"

/* A question on its way: whose it is, and who asked. */
typedef struct
{
  TwBedItem *item;
  GCancellable *cancellable;
  GWeakRef asker;
  TwAnalysisAnswered answered;
} Errand;

static void
errand_free (Errand *errand)
{
  g_clear_object (&errand->item);
  g_clear_object (&errand->cancellable);
  g_weak_ref_clear (&errand->asker);
  g_free (errand);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Errand, errand_free)

static void
state_free (gpointer data)
{
  TwAnalysisState *state = data;

  g_cancellable_cancel (state->running);
  g_clear_object (&state->running);
  g_clear_pointer (&state->findings, tw_findings_unref);
  g_free (state->problem);
  g_free (state);
}

TwAnalysisState *
tw_analysis_state_get (TwBedItem *item)
{
  TwAnalysisState *state = g_object_get_data (G_OBJECT (item), STATE_KEY);

  if (state == NULL)
    {
      state = g_new0 (TwAnalysisState, 1);
      tw_analysis_choice_init (&state->choice, tw_bed_item_get_snapshot (item));
      g_object_set_data_full (G_OBJECT (item), STATE_KEY, state, state_free);
    }
  return state;
}

gboolean
tw_analysis_state_is_answered (const TwAnalysisState *state)
{
  return state->findings != NULL && tw_analysis_choice_equal (&state->choice, &state->asked);
}

gboolean
tw_analysis_state_find_span (TwBedItem *item,
                             gint64 *from_us,
                             gint64 *to_us)
{
  const TwSnapshot *snapshot = tw_bed_item_get_snapshot (item);
  gboolean any = FALSE;

  *to_us = snapshot->made_us;
  for (int channel = 0; channel < TW_N_CHANNELS; channel++)
    {
      gint64 first_us, last_us;

      if (!tw_snapshot_span (snapshot, (TwChannel) channel, &first_us, &last_us))
        continue;
      *from_us = any ? MIN (*from_us, first_us) : first_us;
      *to_us = MAX (*to_us, last_us);
      any = TRUE;
    }
  return any && *to_us > *from_us;
}

static void
resolve_window (const TwAnalysisChoice *choice,
                gint64 first_us,
                gint64 last_us,
                TwInquiry *inquiry)
{
  inquiry->to_us = last_us;
  switch (choice->window)
    {
    case TW_WINDOW_6_H:
      inquiry->from_us = last_us - 6 * TW_HOUR;
      break;
    case TW_WINDOW_24_H:
      inquiry->from_us = last_us - TW_DAY;
      break;
    case TW_WINDOW_ALL:
      inquiry->from_us = first_us;
      break;
    default:
      inquiry->from_us = choice->from_us;
      inquiry->to_us = choice->to_us;
    }
  inquiry->from_us = MAX (inquiry->from_us, first_us);
  if (choice->before_to_us > choice->before_from_us)
    {
      inquiry->before_from_us = choice->before_from_us;
      inquiry->before_to_us = choice->before_to_us;
    }
  else
    {
      inquiry->before_from_us = MAX (2 * inquiry->from_us - inquiry->to_us, first_us);
      inquiry->before_to_us = inquiry->from_us;
    }
  /* Two windows may touch, not overlap. */
  inquiry->before_to_us = MIN (inquiry->before_to_us, inquiry->from_us - 1);
  if (inquiry->before_to_us - inquiry->before_from_us < TW_MINUTE)
    inquiry->before_from_us = inquiry->before_to_us = 0;
}

gboolean
tw_analysis_state_make_inquiry (TwBedItem *item,
                                TwUnit glucose_unit,
                                TwInquiry *inquiry)
{
  const TwAnalysisChoice *choice = &tw_analysis_state_get (item)->choice;
  gint64 first_us, last_us;

  if (choice->outcome == TW_CHANNEL_NONE || !tw_analysis_state_find_span (item, &first_us, &last_us))
    return FALSE;
  *inquiry = (TwInquiry) { .outcome = choice->outcome, .method = choice->method, .grid_min = choice->grid_min,
                           .glucose_unit = glucose_unit };
  for (int i = 0; i < TW_N_CHANNELS && inquiry->n_predictors < TW_INQUIRY_MAX_PREDICTORS; i++)
    if (choice->used[i] && i != (int) choice->outcome)
      {
        inquiry->predictors[inquiry->n_predictors] = (TwChannel) i;
        inquiry->lags_min[inquiry->n_predictors++] = choice->lag_min[i];
      }
  resolve_window (choice, first_us, last_us, inquiry);
  return TRUE;
}

void
tw_analysis_state_drop_foreign (TwBedItem *item)
{
  TwAnalysisState *state = tw_analysis_state_get (item);
  const TwPatientFields *wanted = tw_patient_get (tw_bed_item_get_snapshot (item)->patient);

  if (state->findings != NULL && g_strcmp0 (tw_patient_get (state->findings->patient)->id, wanted->id) != 0)
    g_clear_pointer (&state->findings, tw_findings_unref);
}

static void
on_found (GObject *source,
          GAsyncResult *result,
          gpointer data)
{
  g_autoptr (Errand) errand = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwFindings) findings = tw_inquiry_run_finish (result, &error);
  g_autoptr (GObject) asker = g_weak_ref_get (&errand->asker);
  TwAnalysisState *state = tw_analysis_state_get (errand->item);

  /* A newer question was asked of the same patient, or nobody waits any more. */
  if (state->running != errand->cancellable)
    return;
  g_clear_object (&state->running);
  g_clear_pointer (&state->problem, g_free);
  if (findings != NULL)
    {
      g_clear_pointer (&state->findings, tw_findings_unref);
      state->findings = g_steal_pointer (&findings);
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    state->problem = g_strdup (error->message);
  if (asker != NULL)
    errand->answered (asker, errand->item);
}

void
tw_analysis_state_ask (TwBedItem *item,
                       const TwInquiry *inquiry,
                       GObject *asker,
                       TwAnalysisAnswered answered)
{
  TwAnalysisState *state = tw_analysis_state_get (item);
  Errand *errand = g_new0 (Errand, 1);

  g_cancellable_cancel (state->running);
  g_clear_object (&state->running);
  state->running = g_cancellable_new ();
  state->asked = state->choice;
  errand->item = g_object_ref (item);
  errand->cancellable = g_object_ref (state->running);
  errand->answered = answered;
  g_weak_ref_init (&errand->asker, asker);
  tw_inquiry_run_async (inquiry, tw_bed_item_get_snapshot (item), state->running, on_found, errand);
}
