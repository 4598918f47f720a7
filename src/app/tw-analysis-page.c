/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The analysis of one patient: what is asked, on which window, what came out. */
#include "config.h"

#include "tw-analysis-page.h"

#include "tw-analysis-state.h"
#include "tw-badge.h"
#include "tw-range-strip.h"
#include "tw-time.h"
#include "tw-words-analysis.h"
#include "tw-words-value.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

/* What takes longer than this is seen to take its time. */
#define SPINNER_MS 300
/* The chart of a live patient follows so often. */
#define STRIP_EVERY_US (10 * TW_SECOND)
#define CHOICE_MS 120
#define NEVER_US (-TW_DAY)

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

static gboolean
make_inquiry (TwAnalysisPage *self,
              TwInquiry *inquiry)
{
  return tw_analysis_state_make_inquiry (self->item, tw_ward_model_get_glucose_unit (self->model), inquiry);
}

/* The window on the chart is that of the numbers beside it, also when time has gone on since. */
static void
show_window (TwAnalysisPage *self)
{
  const TwAnalysisChoice *choice = &tw_analysis_state_get (self->item)->choice;
  TwInquiry inquiry;

  self->setting = TRUE;
  gtk_toggle_button_set_active (self->six_hours, choice->window == TW_WINDOW_6_H);
  gtk_toggle_button_set_active (self->day, choice->window == TW_WINDOW_24_H);
  gtk_toggle_button_set_active (self->everything, choice->window == TW_WINDOW_ALL);
  self->setting = FALSE;
  if (tw_analysis_state_is_answered (tw_analysis_state_get (self->item)))
    inquiry = tw_analysis_state_get (self->item)->findings->inquiry;
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
  const TwAnalysisChoice *choice = &tw_analysis_state_get (self->item)->choice;
  gint64 from_us, to_us;

  if (choice->outcome == TW_CHANNEL_NONE
      || !tw_analysis_state_find_span (self->item, &from_us, &to_us))
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
  TwAnalysisState *state = tw_analysis_state_get (self->item);
  gboolean any = state->choice.outcome != TW_CHANNEL_NONE;

  if (any && state->problem == NULL)
    {
      gtk_stack_set_visible_child_name (self->stack, "work");
      return;
    }
  if (state->problem != NULL)
    {
      g_autofree char *escaped = g_markup_escape_text (state->problem, -1);

      adw_status_page_set_title (self->status, _("This could not be calculated"));
      adw_status_page_set_description (self->status, escaped);
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
  const TwAnalysisState *state = tw_analysis_state_get (self->item);
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
  gboolean running = self->item != NULL && tw_analysis_state_get (self->item)->running != NULL;

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

static void
show_findings (TwAnalysisPage *self)
{
  TwAnalysisState *state = tw_analysis_state_get (self->item);

  tw_analysis_state_drop_foreign (self->item);
  tw_analysis_results_set_findings (self->results, state->findings);
  show_window (self);
  show_stack (self);
  show_running (self);
}

static void
on_answered (GObject *asker,
             TwBedItem *item)
{
  TwAnalysisPage *self = TW_ANALYSIS_PAGE (asker);

  if (self->item == item)
    show_findings (self);
}

void
tw_analysis_page_run (TwAnalysisPage *self)
{
  TwInquiry inquiry;

  g_return_if_fail (TW_IS_ANALYSIS_PAGE (self));

  g_clear_handle_id (&self->run_source, g_source_remove);
  if (self->item == NULL || !make_inquiry (self, &inquiry))
    return;
  tw_analysis_state_ask (self->item, &inquiry, G_OBJECT (self), on_answered);
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
  tw_analysis_controls_get (self->controls, &tw_analysis_state_get (self->item)->choice);
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
  choice = &tw_analysis_state_get (self->item)->choice;
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
  choice = &tw_analysis_state_get (self->item)->choice;
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
  TwAnalysisState *state;

  if (self->item == NULL)
    return;
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    {
      self->outdated = TRUE;
      return;
    }
  self->outdated = FALSE;
  snapshot = tw_bed_item_get_snapshot (self->item);
  state = tw_analysis_state_get (self->item);
  if (state->choice.outcome == TW_CHANNEL_NONE)
    tw_analysis_choice_init (&state->choice, snapshot);
  show_stack (self);
  if (ABS (snapshot->made_us - self->strip_us) < STRIP_EVERY_US)
    return;
  tw_analysis_controls_set (self->controls, &state->choice, snapshot,
                            tw_ward_model_get_glucose_unit (self->model));
  show_strip (self);
  if (!tw_analysis_state_is_answered (state) && state->running == NULL && self->run_source == 0
      && !snapshot->loading)
    tw_analysis_page_run (self);
}

/* Figures in another unit are other figures: nothing may be read in the old one. */
static void
on_tick (TwAnalysisPage *self)
{
  TwFindings *findings = self->item != NULL ? tw_analysis_state_get (self->item)->findings : NULL;

  if (findings != NULL && findings->inquiry.glucose_unit != tw_ward_model_get_glucose_unit (self->model))
    {
      self->strip_us = NEVER_US;
      update (self);
      tw_analysis_page_run (self);
    }
  else
    update (self);
}

static void
on_export (GtkWidget *widget,
           const char *name,
           GVariant *parameter)
{
  const char *wanted = g_variant_get_string (parameter, NULL);

  tw_analysis_page_choose_file (TW_ANALYSIS_PAGE (widget), g_str_equal (wanted, "svg")   ? TW_EXPORT_SVG
                                                           : g_str_equal (wanted, "pdf") ? TW_EXPORT_PDF
                                                                                         : TW_EXPORT_CSV);
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
  g_signal_new ("exported", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                0);
  g_signal_new ("outcome", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
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

  *choice = tw_analysis_state_get (self->item)->choice;
}

void
tw_analysis_page_set_choice (TwAnalysisPage *self,
                             const TwAnalysisChoice *choice)
{
  g_return_if_fail (TW_IS_ANALYSIS_PAGE (self) && self->item != NULL);

  tw_analysis_state_get (self->item)->choice = *choice;
  tw_analysis_controls_set (self->controls, choice, tw_bed_item_get_snapshot (self->item),
                            tw_ward_model_get_glucose_unit (self->model));
  show_strip (self);
  tw_analysis_page_run (self);
}

gboolean
tw_analysis_page_is_running (TwAnalysisPage *self)
{
  g_return_val_if_fail (TW_IS_ANALYSIS_PAGE (self), FALSE);

  return self->run_source != 0 || (self->item != NULL && tw_analysis_state_get (self->item)->running != NULL);
}

void
tw_analysis_page_set_table (TwAnalysisPage *self,
                            gboolean table)
{
  g_return_if_fail (TW_IS_ANALYSIS_PAGE (self));

  tw_analysis_results_set_table (self->results, table);
}

TwFindings *
tw_analysis_page_get_findings (TwAnalysisPage *self)
{
  g_return_val_if_fail (TW_IS_ANALYSIS_PAGE (self), NULL);

  return self->item != NULL ? tw_analysis_state_get (self->item)->findings : NULL;
}

TwAnalysisResults *
tw_analysis_page_get_results (TwAnalysisPage *self)
{
  g_return_val_if_fail (TW_IS_ANALYSIS_PAGE (self), NULL);

  return self->results;
}
