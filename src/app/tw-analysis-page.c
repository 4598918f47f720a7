/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The analysis of one patient: what is asked, on which window, what came out.
 *
 * What a patient was asked, found and is being calculated hangs on the patient's own item, so that a fit that
 * ends after the user went to another patient lands where it belongs. */
#include "config.h"

#include "tw-analysis-page.h"

#include "tw-badge.h"
#include "tw-range-strip.h"
#include "tw-time.h"
#include "tw-words-analysis.h"
#include "tw-words-value.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#define STATE_KEY "tw-analysis-state"
/* What takes longer than this is seen to take its time. */
#define SPINNER_MS 300
/* The chart of a live patient follows so often. */
#define STRIP_EVERY_US (10 * TW_SECOND)
#define CHOICE_MS 120
#define NEVER_US (-TW_DAY)

/* Of one patient. */
typedef struct
{
  TwAnalysisChoice choice, asked; /* now, and of the newest question */
  TwFindings *findings;
  GCancellable *running; /* the newest question; NULL: none is open */
  char *problem;         /* why there are no findings */
} PatientState;

struct _TwAnalysisPage
{
  GtkBox parent_instance;
  TwWardModel *model;
  TwBedItem *item;
  gboolean setting, outdated;
  gint64 strip_us;
  guint spinner_source, run_source;
  GtkStack *stack;
  AdwStatusPage *status;
  TwAnalysisControls *controls;
  TwAnalysisResults *results;
  TwRangeStrip *strip;
  GtkBox *strip_box;
  GtkToggleButton *six_hours, *day, *everything;
  GtkLabel *window_label, *made_label;
  GtkSpinner *spinner;
};

G_DEFINE_FINAL_TYPE (TwAnalysisPage, tw_analysis_page, GTK_TYPE_BOX)

static guint outcome_signal;

/* A question on its way: whose it is, and who asked. */
typedef struct
{
  TwBedItem *item;
  GCancellable *cancellable;
  GWeakRef page;
} Errand;

static void
patient_state_free (gpointer data)
{
  PatientState *state = data;

  g_cancellable_cancel (state->running);
  g_clear_object (&state->running);
  g_clear_pointer (&state->findings, tw_findings_unref);
  g_free (state->problem);
  g_free (state);
}

static PatientState *
get_state (TwBedItem *item)
{
  PatientState *state = g_object_get_data (G_OBJECT (item), STATE_KEY);

  if (state == NULL)
    {
      state = g_new0 (PatientState, 1);
      tw_analysis_choice_init (&state->choice, tw_bed_item_get_snapshot (item));
      g_object_set_data_full (G_OBJECT (item), STATE_KEY, state, patient_state_free);
    }
  return state;
}

static void
errand_free (Errand *errand)
{
  g_clear_object (&errand->item);
  g_clear_object (&errand->cancellable);
  g_weak_ref_clear (&errand->page);
  g_free (errand);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Errand, errand_free)

/* From the first usable value of any channel to now. */
static gboolean
find_span (TwAnalysisPage *self,
           gint64 *from_us,
           gint64 *to_us)
{
  const TwSnapshot *snapshot = tw_bed_item_get_snapshot (self->item);
  gboolean any = FALSE;

  *to_us = tw_ward_model_get_now (self->model);
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

static gboolean
make_inquiry (TwAnalysisPage *self,
              TwInquiry *inquiry)
{
  const TwAnalysisChoice *choice = &get_state (self->item)->choice;
  gint64 first_us, last_us;

  if (choice->outcome == TW_CHANNEL_NONE || !find_span (self, &first_us, &last_us))
    return FALSE;
  *inquiry = (TwInquiry) { .outcome = choice->outcome, .method = choice->method, .grid_min = choice->grid_min,
                           .glucose_unit = tw_ward_model_get_glucose_unit (self->model) };
  for (int i = 0; i < TW_N_CHANNELS && inquiry->n_predictors < TW_INQUIRY_MAX_PREDICTORS; i++)
    if (choice->used[i] && i != (int) choice->outcome)
      {
        inquiry->predictors[inquiry->n_predictors] = (TwChannel) i;
        inquiry->lags_min[inquiry->n_predictors++] = choice->lag_min[i];
      }
  resolve_window (choice, first_us, last_us, inquiry);
  return TRUE;
}

/* What was found answers what is asked; that time has gone on since is no other question. */
static gboolean
is_answered (TwAnalysisPage *self)
{
  const PatientState *state = get_state (self->item);

  return state->findings != NULL && tw_analysis_choice_equal (&state->choice, &state->asked);
}

/* The window on the chart is that of the numbers beside it, also when time has gone on since. */
static void
show_window (TwAnalysisPage *self)
{
  const TwAnalysisChoice *choice = &get_state (self->item)->choice;
  TwInquiry inquiry;

  self->setting = TRUE;
  gtk_toggle_button_set_active (self->six_hours, choice->window == TW_WINDOW_6_H);
  gtk_toggle_button_set_active (self->day, choice->window == TW_WINDOW_24_H);
  gtk_toggle_button_set_active (self->everything, choice->window == TW_WINDOW_ALL);
  self->setting = FALSE;
  if (is_answered (self))
    inquiry = get_state (self->item)->findings->inquiry;
  else if (!make_inquiry (self, &inquiry))
    return;
  g_autofree char *window = tw_words_window (inquiry.from_us, inquiry.to_us);
  tw_label_update (self->window_label, window);
  tw_range_strip_set_range (self->strip, inquiry.from_us, inquiry.to_us, FALSE);
  tw_range_strip_set_range (self->strip, inquiry.before_from_us, inquiry.before_to_us, TRUE);
}

static void
show_strip (TwAnalysisPage *self)
{
  TwSnapshot *snapshot = tw_bed_item_get_snapshot (self->item);
  const TwAnalysisChoice *choice = &get_state (self->item)->choice;
  gint64 from_us, to_us;

  if (choice->outcome == TW_CHANNEL_NONE || !find_span (self, &from_us, &to_us))
    {
      tw_range_strip_set_data (self->strip, NULL, TW_CHANNEL_MAP, TW_UNIT_MG_DL, 0, 0);
      return;
    }
  self->strip_us = snapshot->made_us;
  tw_range_strip_set_data (self->strip, snapshot, choice->outcome,
                           tw_ward_model_get_glucose_unit (self->model), from_us, to_us);
  show_window (self);
}

/* A full page where there is nothing to work on. */
static void
show_stack (TwAnalysisPage *self)
{
  const TwSnapshot *snapshot = tw_bed_item_get_snapshot (self->item);
  PatientState *state = get_state (self->item);
  gboolean any = state->choice.outcome != TW_CHANNEL_NONE;

  if (any && state->problem == NULL)
    {
      gtk_stack_set_visible_child_name (self->stack, "work");
      return;
    }
  if (state->problem != NULL)
    {
      adw_status_page_set_title (self->status, _("This could not be calculated"));
      adw_status_page_set_description (self->status, state->problem);
    }
  else if (snapshot->loading)
    {
      adw_status_page_set_title (self->status, _("Loading…"));
      adw_status_page_set_description (self->status, _("The last hours of this patient are coming in."));
    }
  else
    {
      adw_status_page_set_title (self->status, _("No readings yet"));
      adw_status_page_set_description (self->status,
                                       _("There is nothing of this patient that could be analysed. "
                                         "Readings appear here as they come."));
    }
  gtk_stack_set_visible_child_name (self->stack, "status");
}

static void
show_made (TwAnalysisPage *self)
{
  const PatientState *state = get_state (self->item);
  g_autofree char *text = NULL;

  if (state->running != NULL)
    text = g_strdup (_("Calculating…"));
  else if (state->findings != NULL)
    {
      g_autofree char *clock = tw_words_clock (state->findings->made_us, TRUE);

      /* Translators: when a result was made, "Calculated 14:02:10". */
      text = g_strdup_printf (_("Calculated %s"), clock);
    }
  tw_label_update (self->made_label, text != NULL ? text : "");
}

static gboolean
on_spinner_due (gpointer data)
{
  TwAnalysisPage *self = data;

  self->spinner_source = 0;
  gtk_spinner_set_spinning (self->spinner, TRUE);
  return G_SOURCE_REMOVE;
}

static void
show_running (TwAnalysisPage *self)
{
  gboolean running = self->item != NULL && get_state (self->item)->running != NULL;

  if (!running)
    {
      g_clear_handle_id (&self->spinner_source, g_source_remove);
      gtk_spinner_set_spinning (self->spinner, FALSE);
    }
  else if (self->spinner_source == 0)
    self->spinner_source = g_timeout_add (SPINNER_MS, on_spinner_due, self);
  if (self->item != NULL)
    show_made (self);
}

/* The last guard against another patient's result. */
static gboolean
belongs_to (const TwFindings *findings,
            TwBedItem *item)
{
  const TwPatientFields *found = tw_patient_get (findings->patient);
  const TwPatientFields *wanted = tw_patient_get (tw_bed_item_get_snapshot (item)->patient);

  return g_strcmp0 (found->id, wanted->id) == 0;
}

static void
show_findings (TwAnalysisPage *self)
{
  PatientState *state = get_state (self->item);

  if (state->findings != NULL && !belongs_to (state->findings, self->item))
    g_clear_pointer (&state->findings, tw_findings_unref);
  tw_analysis_results_set_findings (self->results, state->findings);
  show_window (self);
  show_stack (self);
  show_running (self);
}

static void
on_found (GObject *source,
          GAsyncResult *result,
          gpointer data)
{
  g_autoptr (Errand) errand = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwFindings) findings = tw_inquiry_run_finish (result, &error);
  g_autoptr (TwAnalysisPage) page = g_weak_ref_get (&errand->page);
  PatientState *state = get_state (errand->item);

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
  if (page != NULL && page->item == errand->item)
    show_findings (page);
}

void
tw_analysis_page_run (TwAnalysisPage *self)
{
  TwInquiry inquiry;
  PatientState *state;
  Errand *errand;

  g_return_if_fail (TW_IS_ANALYSIS_PAGE (self));

  g_clear_handle_id (&self->run_source, g_source_remove);
  if (self->item == NULL || !make_inquiry (self, &inquiry))
    return;
  state = get_state (self->item);
  g_cancellable_cancel (state->running);
  g_clear_object (&state->running);
  state->running = g_cancellable_new ();
  state->asked = state->choice;
  errand = g_new0 (Errand, 1);
  errand->item = g_object_ref (self->item);
  errand->cancellable = g_object_ref (state->running);
  g_weak_ref_init (&errand->page, self);
  tw_inquiry_run_async (&inquiry, tw_bed_item_get_snapshot (self->item), state->running, on_found, errand);
  show_running (self);
}

static gboolean
on_run_due (gpointer data)
{
  TwAnalysisPage *self = data;

  self->run_source = 0;
  tw_analysis_page_run (self);
  return G_SOURCE_REMOVE;
}

/* A lag that is held down asks once, when it is let go. */
static void
run_soon (TwAnalysisPage *self)
{
  g_clear_handle_id (&self->run_source, g_source_remove);
  self->run_source = g_timeout_add (CHOICE_MS, on_run_due, self);
}

static void
on_choice_changed (TwAnalysisPage *self)
{
  if (self->item == NULL)
    return;
  tw_analysis_controls_get (self->controls, &get_state (self->item)->choice);
  show_strip (self);
  run_soon (self);
}

static void
on_window_toggled (TwAnalysisPage *self,
                   GtkToggleButton *button)
{
  TwAnalysisChoice *choice;

  if (self->setting || self->item == NULL || !gtk_toggle_button_get_active (button))
    return;
  choice = &get_state (self->item)->choice;
  choice->window = button == self->six_hours ? TW_WINDOW_6_H
                   : button == self->day     ? TW_WINDOW_24_H
                                             : TW_WINDOW_ALL;
  choice->before_from_us = choice->before_to_us = 0;
  show_window (self);
  run_soon (self);
}

static void
on_range_chosen (TwRangeStrip *strip,
                 gint64 from_us,
                 gint64 to_us,
                 gboolean earlier,
                 TwAnalysisPage *self)
{
  TwAnalysisChoice *choice;

  if (self->item == NULL)
    return;
  choice = &get_state (self->item)->choice;
  if (earlier)
    {
      choice->before_from_us = from_us;
      choice->before_to_us = to_us;
      tw_analysis_results_set_result (self->results, TW_RESULT_COMPARISON);
    }
  else
    {
      choice->window = TW_WINDOW_CHOSEN;
      choice->from_us = from_us;
      choice->to_us = to_us;
      /* An earlier range that is not earlier any more is forgotten. */
      if (choice->before_to_us > from_us)
        choice->before_from_us = choice->before_to_us = 0;
    }
  show_window (self);
  run_soon (self);
}

/* What the patient's data is now: another patient, the first readings, ten seconds later. */
static void
update (TwAnalysisPage *self)
{
  const TwSnapshot *snapshot;
  PatientState *state;

  if (self->item == NULL)
    return;
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    {
      self->outdated = TRUE;
      return;
    }
  self->outdated = FALSE;
  snapshot = tw_bed_item_get_snapshot (self->item);
  state = get_state (self->item);
  if (state->choice.outcome == TW_CHANNEL_NONE)
    tw_analysis_choice_init (&state->choice, snapshot);
  show_stack (self);
  if (ABS (snapshot->made_us - self->strip_us) < STRIP_EVERY_US)
    return;
  tw_analysis_controls_set (self->controls, &state->choice, snapshot,
                            tw_ward_model_get_glucose_unit (self->model));
  show_strip (self);
  if (!is_answered (self) && state->running == NULL && self->run_source == 0 && !snapshot->loading)
    tw_analysis_page_run (self);
}

/* Figures in another unit are other figures: nothing may be read in the old one. */
static void
on_tick (TwAnalysisPage *self)
{
  TwFindings *findings = self->item != NULL ? get_state (self->item)->findings : NULL;

  if (findings != NULL && findings->inquiry.glucose_unit != tw_ward_model_get_glucose_unit (self->model))
    {
      self->strip_us = NEVER_US;
      update (self);
      tw_analysis_page_run (self);
    }
  else
    update (self);
}

/* The file is written also when the window is closed meanwhile; then there is nobody to tell. */
static void
on_saved (GObject *source,
          GAsyncResult *result,
          gpointer data)
{
  g_autofree GWeakRef *page = data;
  g_autoptr (TwAnalysisPage) self = g_weak_ref_get (page);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_weak_ref_clear (page);
  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    {
      g_autofree char *name = g_file_get_basename (G_FILE (source));

      text = g_strdup_printf (_("Saved as %s"), name);
    }
  else
    text = g_strdup_printf (_("Not saved: %s"), error->message);
  if (self != NULL)
    g_signal_emit (self, outcome_signal, 0, text);
}

void
tw_analysis_page_save (TwAnalysisPage *self,
                       TwExport format,
                       GFile *file)
{
  const TwSheet *sheet;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  GWeakRef *page;

  g_return_if_fail (TW_IS_ANALYSIS_PAGE (self) && G_IS_FILE (file));

  sheet = tw_analysis_results_get_sheet (self->results);
  if (sheet != NULL)
    bytes = tw_sheet_export (sheet, format, &error);
  if (bytes == NULL)
    {
      g_autofree char *text
        = g_strdup_printf (_("Not saved: %s"), error != NULL ? error->message : _("nothing is shown."));

      g_signal_emit (self, outcome_signal, 0, text);
      return;
    }
  page = g_new0 (GWeakRef, 1);
  g_weak_ref_init (page, self);
  g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_REPLACE_DESTINATION, NULL,
                                       on_saved, page);
}

static void
on_file_chosen (GtkNativeDialog *dialog,
                int response,
                TwAnalysisPage *self)
{
  int format = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (dialog), "format"));
  g_autoptr (GFile) file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (file != NULL)
    tw_analysis_page_save (self, (TwExport) format, file);
  g_object_unref (dialog);
}

static void
on_export (GtkWidget *widget,
           const char *name,
           GVariant *parameter)
{
  TwAnalysisPage *self = TW_ANALYSIS_PAGE (widget);
  const TwSheet *sheet = tw_analysis_results_get_sheet (self->results);
  const char *wanted = g_variant_get_string (parameter, NULL);
  TwExport format = g_str_equal (wanted, "svg")   ? TW_EXPORT_SVG
                    : g_str_equal (wanted, "pdf") ? TW_EXPORT_PDF
                                                  : TW_EXPORT_CSV;
  TwFindings *findings = tw_analysis_page_get_findings (self);
  g_autofree char *file_name = NULL;
  GtkFileChooserNative *dialog;

  if (sheet == NULL || findings == NULL)
    return;
  file_name = tw_sheet_dup_file_name (sheet, format, findings->made_us);
  dialog = gtk_file_chooser_native_new (_("Export"), GTK_WINDOW (gtk_widget_get_root (widget)),
                                        GTK_FILE_CHOOSER_ACTION_SAVE, _("_Save"), _("_Cancel"));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), file_name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_object_set_data (G_OBJECT (dialog), "format", GINT_TO_POINTER (format));
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_file_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
tw_analysis_page_map (GtkWidget *widget)
{
  TwAnalysisPage *self = TW_ANALYSIS_PAGE (widget);

  GTK_WIDGET_CLASS (tw_analysis_page_parent_class)->map (widget);
  if (self->outdated)
    update (self);
}

static void
tw_analysis_page_dispose (GObject *object)
{
  TwAnalysisPage *self = TW_ANALYSIS_PAGE (object);

  g_clear_handle_id (&self->spinner_source, g_source_remove);
  g_clear_handle_id (&self->run_source, g_source_remove);
  if (self->item != NULL)
    g_signal_handlers_disconnect_by_data (self->item, self);
  if (self->model != NULL)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_clear_object (&self->item);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (tw_analysis_page_parent_class)->dispose (object);
}

static void
tw_analysis_page_class_init (TwAnalysisPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_analysis_page_dispose;
  widget_class->map = tw_analysis_page_map;
  outcome_signal = g_signal_new ("outcome", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_STRING);
  g_type_ensure (TW_TYPE_ANALYSIS_CONTROLS);
  g_type_ensure (TW_TYPE_ANALYSIS_RESULTS);
  gtk_widget_class_install_action (widget_class, "analysis.export", "s", on_export);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/twinward/Twinward/tw-analysis-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TwAnalysisPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TwAnalysisPage, status);
  gtk_widget_class_bind_template_child (widget_class, TwAnalysisPage, controls);
  gtk_widget_class_bind_template_child (widget_class, TwAnalysisPage, results);
  gtk_widget_class_bind_template_child (widget_class, TwAnalysisPage, strip_box);
  gtk_widget_class_bind_template_child (widget_class, TwAnalysisPage, six_hours);
  gtk_widget_class_bind_template_child (widget_class, TwAnalysisPage, day);
  gtk_widget_class_bind_template_child (widget_class, TwAnalysisPage, everything);
  gtk_widget_class_bind_template_child (widget_class, TwAnalysisPage, window_label);
  gtk_widget_class_bind_template_child (widget_class, TwAnalysisPage, made_label);
  gtk_widget_class_bind_template_child (widget_class, TwAnalysisPage, spinner);
}

static void
tw_analysis_page_init (TwAnalysisPage *self)
{
  GtkToggleButton *windows[3];

  gtk_widget_init_template (GTK_WIDGET (self));
  self->strip = TW_RANGE_STRIP (tw_range_strip_new ());
  gtk_box_append (self->strip_box, GTK_WIDGET (self->strip));
  windows[0] = self->six_hours;
  windows[1] = self->day;
  windows[2] = self->everything;
  for (int i = 0; i < 3; i++)
    g_signal_connect_swapped (windows[i], "toggled", G_CALLBACK (on_window_toggled), self);
  g_signal_connect (self->strip, "range-chosen", G_CALLBACK (on_range_chosen), self);
  g_signal_connect_swapped (self->controls, "changed", G_CALLBACK (on_choice_changed), self);
  g_signal_connect_swapped (self->controls, "run", G_CALLBACK (tw_analysis_page_run), self);
}

void
tw_analysis_page_set_model (TwAnalysisPage *self,
                            TwWardModel *model)
{
  g_return_if_fail (TW_IS_ANALYSIS_PAGE (self));
  g_return_if_fail (self->model == NULL);

  self->model = g_object_ref (model);
  g_signal_connect_swapped (model, "tick", G_CALLBACK (on_tick), self);
}

void
tw_analysis_page_set_item (TwAnalysisPage *self,
                           TwBedItem *item)
{
  g_return_if_fail (TW_IS_ANALYSIS_PAGE (self));

  if (item == self->item)
    return;
  /* What was chosen a moment ago for the patient before is not run on this one. */
  g_clear_handle_id (&self->run_source, g_source_remove);
  if (self->item != NULL)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_set_object (&self->item, item);
  self->strip_us = NEVER_US;
  if (item == NULL)
    {
      tw_analysis_results_set_findings (self->results, NULL);
      tw_range_strip_set_data (self->strip, NULL, TW_CHANNEL_MAP, TW_UNIT_MG_DL, 0, 0);
      show_running (self);
      return;
    }
  g_signal_connect_swapped (item, "changed", G_CALLBACK (update), self);
  show_findings (self);
  update (self);
}

void
tw_analysis_page_get_choice (TwAnalysisPage *self,
                             TwAnalysisChoice *choice)
{
  g_return_if_fail (TW_IS_ANALYSIS_PAGE (self) && self->item != NULL);

  *choice = get_state (self->item)->choice;
}

void
tw_analysis_page_set_choice (TwAnalysisPage *self,
                             const TwAnalysisChoice *choice)
{
  g_return_if_fail (TW_IS_ANALYSIS_PAGE (self) && self->item != NULL);

  get_state (self->item)->choice = *choice;
  tw_analysis_controls_set (self->controls, choice, tw_bed_item_get_snapshot (self->item),
                            tw_ward_model_get_glucose_unit (self->model));
  tw_analysis_page_run (self);
}

gboolean
tw_analysis_page_is_running (TwAnalysisPage *self)
{
  g_return_val_if_fail (TW_IS_ANALYSIS_PAGE (self), FALSE);

  return self->run_source != 0 || (self->item != NULL && get_state (self->item)->running != NULL);
}

void
tw_analysis_page_set_table (TwAnalysisPage *self,
                            gboolean table)
{
  g_return_if_fail (TW_IS_ANALYSIS_PAGE (self));

  tw_analysis_results_set_table (self->results, table);
}

gboolean
tw_analysis_page_copy (TwAnalysisPage *self)
{
  const TwSheet *sheet;

  g_return_val_if_fail (TW_IS_ANALYSIS_PAGE (self), FALSE);

  sheet = tw_analysis_results_get_sheet (self->results);
  if (sheet == NULL || sheet->n_rows == 0)
    return FALSE;
  tw_sheet_copy (sheet, gtk_widget_get_clipboard (GTK_WIDGET (self)));
  return TRUE;
}

TwFindings *
tw_analysis_page_get_findings (TwAnalysisPage *self)
{
  g_return_val_if_fail (TW_IS_ANALYSIS_PAGE (self), NULL);

  return self->item != NULL ? get_state (self->item)->findings : NULL;
}

TwAnalysisResults *
tw_analysis_page_get_results (TwAnalysisPage *self)
{
  g_return_val_if_fail (TW_IS_ANALYSIS_PAGE (self), NULL);

  return self->results;
}
