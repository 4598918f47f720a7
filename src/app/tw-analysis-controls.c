/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is asked of the data: outcome, predictors with their lags, method, width of a row. */
#include "config.h"

#include "tw-analysis-controls.h"

#include "tw-words-analysis.h"
#include "tw-words-value.h"

#include <glib/gi18n-lib.h>

#define MAX_LAG_MIN 360

static const int grids_min[] = { 0, 1, 5, 10, 15, 30, 60 };

typedef struct
{
  GtkWidget *row, *check, *lag, *lag_label;
} PredictorRow;

struct _TwAnalysisControls
{
  GtkBox parent_instance;
  gboolean setting; /* the program changes the widgets, not the user */
  TwChannel offered[TW_N_CHANNELS];
  guint n_offered;
  GtkDropDown *outcome, *grid;
  GtkBox *predictors;
  GtkCheckButton *methods[3];
  PredictorRow rows[TW_N_CHANNELS];
};

G_DEFINE_FINAL_TYPE (TwAnalysisControls, tw_analysis_controls, GTK_TYPE_BOX)

static guint changed_signal, run_signal;

static gboolean
has_values (const TwSnapshot *snapshot,
            TwChannel channel)
{
  gint64 from_us, to_us;

  /* A letter of consciousness is no quantity. */
  return channel != TW_CHANNEL_CONSCIOUSNESS && tw_snapshot_span (snapshot, channel, &from_us, &to_us);
}

void
tw_analysis_choice_init (TwAnalysisChoice *choice,
                         const TwSnapshot *snapshot)
{
  *choice = (TwAnalysisChoice) { .outcome = TW_CHANNEL_NONE, .window = TW_WINDOW_24_H };
  if (has_values (snapshot, TW_CHANNEL_MAP))
    choice->outcome = TW_CHANNEL_MAP;
  for (int channel = 0; channel < TW_N_CHANNELS && choice->outcome == TW_CHANNEL_NONE; channel++)
    if (has_values (snapshot, (TwChannel) channel))
      choice->outcome = (TwChannel) channel;
}

gboolean
tw_analysis_choice_equal (const TwAnalysisChoice *a,
                          const TwAnalysisChoice *b)
{
  for (int i = 0; i < TW_N_CHANNELS; i++)
    if (a->used[i] != b->used[i] || (a->used[i] && a->lag_min[i] != b->lag_min[i]))
      return FALSE;
  return a->outcome == b->outcome && a->method == b->method && a->grid_min == b->grid_min
         && a->window == b->window && a->from_us == b->from_us && a->to_us == b->to_us
         && a->before_from_us == b->before_from_us && a->before_to_us == b->before_to_us;
}

/* The outcome is no predictor of itself; more than can be asked at once are not offered. */
static void
update_rows (TwAnalysisControls *self)
{
  guint selected = gtk_drop_down_get_selected (self->outcome), n = 0;
  TwChannel outcome = selected < self->n_offered ? self->offered[selected] : TW_CHANNEL_NONE;

  for (int i = 0; i < TW_N_CHANNELS; i++)
    n += gtk_check_button_get_active (GTK_CHECK_BUTTON (self->rows[i].check))
         && i != (int) outcome && gtk_widget_get_visible (self->rows[i].row);
  for (int i = 0; i < TW_N_CHANNELS; i++)
    {
      PredictorRow *row = &self->rows[i];
      gboolean used = gtk_check_button_get_active (GTK_CHECK_BUTTON (row->check));
      gboolean offered = FALSE;

      for (guint k = 0; k < self->n_offered; k++)
        offered |= self->offered[k] == (TwChannel) i;
      gtk_widget_set_visible (row->row, offered && i != (int) outcome);
      gtk_widget_set_visible (row->lag, used);
      gtk_widget_set_visible (row->lag_label, used);
      gtk_widget_set_sensitive (row->check, used || n < TW_INQUIRY_MAX_PREDICTORS);
    }
}

static void
on_changed (TwAnalysisControls *self)
{
  if (self->setting)
    return;
  update_rows (self);
  g_signal_emit (self, changed_signal, 0);
}

static void
on_run (TwAnalysisControls *self)
{
  g_signal_emit (self, run_signal, 0);
}

static GtkWidget *
add_heading (TwAnalysisControls *self,
             const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "tw-analysis-heading");
  gtk_box_append (GTK_BOX (self), label);
  return label;
}

static void
set_label (GtkWidget *widget,
           const char *text)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static void
build_row (TwAnalysisControls *self,
           TwChannel channel)
{
  PredictorRow *row = &self->rows[channel];
  const TwChannelInfo *info = tw_channel_info (channel);
  GtkAdjustment *lags = gtk_adjustment_new (0, -MAX_LAG_MIN, MAX_LAG_MIN, 5, 30, 0);
  g_autofree char *lag_name = NULL;

  row->row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  row->check = gtk_check_button_new_with_label (_(info->label));
  row->lag = gtk_spin_button_new (lags, 5, 0);
  /* Translators: behind the number of minutes that a predictor lies before the outcome. */
  row->lag_label = gtk_label_new (_("min before"));
  /* Translators: what a screen reader says of the field with a predictor's lag. */
  lag_name = g_strdup_printf (_("%s: minutes before the outcome"), _(info->long_name));
  set_label (row->check, _(info->long_name));
  set_label (row->lag, lag_name);
  gtk_widget_set_tooltip_text (row->check, _(info->long_name));
  gtk_widget_set_tooltip_text (row->lag, lag_name);
  gtk_widget_set_hexpand (row->check, TRUE);
  gtk_editable_set_width_chars (GTK_EDITABLE (row->lag), 4);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (row->lag), 4);
  gtk_widget_add_css_class (row->lag, "tw-lag");
  gtk_widget_add_css_class (row->lag, "numeric");
  gtk_widget_add_css_class (row->lag_label, "tw-caption");
  gtk_widget_add_css_class (row->row, "tw-predictor");
  gtk_box_append (GTK_BOX (row->row), row->check);
  gtk_box_append (GTK_BOX (row->row), row->lag);
  gtk_box_append (GTK_BOX (row->row), row->lag_label);
  gtk_box_append (self->predictors, row->row);
  g_signal_connect_swapped (row->check, "toggled", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (row->lag, "value-changed", G_CALLBACK (on_changed), self);
}

static GtkDropDown *
add_drop_down (TwAnalysisControls *self,
               const char *heading,
               const char *const *texts)
{
  GtkWidget *drop_down = gtk_drop_down_new_from_strings (texts);

  add_heading (self, heading);
  set_label (drop_down, heading);
  gtk_box_append (GTK_BOX (self), drop_down);
  g_signal_connect_swapped (drop_down, "notify::selected", G_CALLBACK (on_changed), self);
  return GTK_DROP_DOWN (drop_down);
}

static void
add_methods (TwAnalysisControls *self)
{
  static const char *const tips[] = { N_ ("Least squares"),
                                      N_ ("Steadier where predictors nearly repeat each other; the "
                                          "penalty is found by leaving rows out"),
                                      N_ ("Rows that fit badly count for less (bisquare); they "
                                          "are drawn hollow") };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);

  add_heading (self, _("Method"));
  for (int i = 0; i < 3; i++)
    {
      GtkWidget *check = gtk_check_button_new_with_label (tw_words_method ((TwFitMethod) i));

      self->methods[i] = GTK_CHECK_BUTTON (check);
      gtk_check_button_set_group (self->methods[i], i > 0 ? self->methods[0] : NULL);
      gtk_widget_set_tooltip_text (check, _(tips[i]));
      gtk_box_append (GTK_BOX (box), check);
      g_signal_connect_swapped (check, "toggled", G_CALLBACK (on_changed), self);
    }
  gtk_check_button_set_active (self->methods[0], TRUE);
  gtk_box_append (GTK_BOX (self), box);
}

static void
tw_analysis_controls_class_init (TwAnalysisControlsClass *klass)
{
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
  run_signal = g_signal_new ("run", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                             NULL, G_TYPE_NONE, 0);
}

static void
tw_analysis_controls_init (TwAnalysisControls *self)
{
  static const char *const none[] = { NULL };
  const char *const grids[] = { _("As the readings come"), _("1 min"), _("5 min"), _("10 min"),
                                _("15 min"), _("30 min"), _("60 min"), NULL };
  GtkWidget *run = gtk_button_new_with_label (_("Run Again"));

  self->setting = TRUE;
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_widget_add_css_class (GTK_WIDGET (self), "tw-analysis-controls");
  self->outcome = add_drop_down (self, _("Outcome"), none);
  add_heading (self, _("Predictors"));
  self->predictors = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 0));
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->predictors));
  for (int i = 0; i < TW_N_CHANNELS; i++)
    build_row (self, (TwChannel) i);
  add_methods (self);
  self->grid = add_drop_down (self, _("One row every"), grids);
  gtk_widget_add_css_class (run, "tw-run");
  gtk_widget_set_tooltip_text (run, _("Calculate with the newest readings (Ctrl+Return)"));
  g_signal_connect_swapped (run, "clicked", G_CALLBACK (on_run), self);
  gtk_box_append (GTK_BOX (self), run);
  self->setting = FALSE;
}

static void
offer_channels (TwAnalysisControls *self,
                const TwSnapshot *snapshot,
                TwUnit glucose_unit)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  TwChannel offered[TW_N_CHANNELS];
  guint n = 0;
  gboolean same;

  for (int i = 0; i < TW_N_CHANNELS; i++)
    if (has_values (snapshot, (TwChannel) i))
      offered[n++] = (TwChannel) i;
  same = n == self->n_offered && memcmp (offered, self->offered, n * sizeof *offered) == 0;
  memcpy (self->offered, offered, sizeof offered);
  self->n_offered = n;
  for (guint i = 0; i < n; i++)
    {
      TwUnit unit = tw_words_unit (offered[i], glucose_unit);
      const char *label = _(tw_channel_info (offered[i])->label);
      g_autofree char *name = unit == TW_UNIT_NONE || unit == TW_UNIT_SCORE
                                ? g_strdup (label)
                                : g_strdup_printf ("%s, %s", label, tw_unit_symbol (unit));

      gtk_string_list_append (names, name);
      gtk_check_button_set_label (GTK_CHECK_BUTTON (self->rows[offered[i]].check), name);
    }
  if (!same)
    gtk_drop_down_set_model (self->outcome, G_LIST_MODEL (names));
}

void
tw_analysis_controls_set (TwAnalysisControls *self,
                          const TwAnalysisChoice *choice,
                          const TwSnapshot *snapshot,
                          TwUnit glucose_unit)
{
  g_return_if_fail (TW_IS_ANALYSIS_CONTROLS (self));

  self->setting = TRUE;
  offer_channels (self, snapshot, glucose_unit);
  for (guint i = 0; i < self->n_offered; i++)
    if (self->offered[i] == choice->outcome)
      gtk_drop_down_set_selected (self->outcome, i);
  for (int i = 0; i < TW_N_CHANNELS; i++)
    {
      gtk_check_button_set_active (GTK_CHECK_BUTTON (self->rows[i].check), choice->used[i]);
      gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->rows[i].lag), choice->lag_min[i]);
    }
  gtk_check_button_set_active (self->methods[choice->method], TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (grids_min); i++)
    if (grids_min[i] == choice->grid_min)
      gtk_drop_down_set_selected (self->grid, i);
  update_rows (self);
  self->setting = FALSE;
}

void
tw_analysis_controls_get (TwAnalysisControls *self,
                          TwAnalysisChoice *choice)
{
  guint outcome = gtk_drop_down_get_selected (self->outcome);
  guint grid = gtk_drop_down_get_selected (self->grid);

  g_return_if_fail (TW_IS_ANALYSIS_CONTROLS (self));

  choice->outcome = outcome < self->n_offered ? self->offered[outcome] : TW_CHANNEL_NONE;
  choice->grid_min = grid < G_N_ELEMENTS (grids_min) ? grids_min[grid] : 0;
  for (int i = 0; i < 3; i++)
    if (gtk_check_button_get_active (self->methods[i]))
      choice->method = (TwFitMethod) i;
  for (int i = 0; i < TW_N_CHANNELS; i++)
    {
      choice->used[i] = gtk_check_button_get_active (GTK_CHECK_BUTTON (self->rows[i].check))
                        && gtk_widget_get_visible (self->rows[i].row);
      choice->lag_min[i] = gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (self->rows[i].lag));
    }
}
