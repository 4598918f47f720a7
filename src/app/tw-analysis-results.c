/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What came out: coefficients, quality, warnings; and one result at a time as figure or table. */
#include "config.h"

#include "tw-analysis-results.h"

#include "tw-badge.h"
#include "tw-figure-canvas.h"
#include "tw-sheet-table.h"
#include "tw-words-analysis.h"

#include <glib/gi18n-lib.h>
#include <math.h>

struct _TwAnalysisResults
{
  GtkBox parent_instance;
  TwFindings *findings;
  TwSheet *sheet;
  TwResult result;
  guint choice[TW_N_RESULTS];
  gboolean table, setting;
  GtkGrid *coefficients;
  GtkLabel *fit_words, *fit_notes;
  GtkBox *warnings, *tabs;
  GtkWidget *tab[TW_N_RESULTS];
  GtkWidget *against_box;
  GtkDropDown *against;
  GtkStack *stack;
  TwFigureCanvas *canvas;
  TwSheetTable *sheet_table;
  GtkLabel *refusal, *words;
};

G_DEFINE_FINAL_TYPE (TwAnalysisResults, tw_analysis_results, GTK_TYPE_BOX)

static GtkWidget *
new_label (const char *text,
           const char *css_class,
           float xalign)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), xalign);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
attach (TwAnalysisResults *self,
        int column,
        int row,
        const char *text,
        const char *css_class)
{
  GtkWidget *label = new_label (text, css_class, column == 0 ? 0 : 1);

  if (row > 0)
    gtk_widget_add_css_class (label, "numeric");
  gtk_widget_set_hexpand (label, column == 0);
  gtk_grid_attach (self->coefficients, label, column, row, 1, 1);
}

static gboolean
has_fit (TwAnalysisResults *self)
{
  const TwFit *fit = self->findings != NULL ? self->findings->fit : NULL;

  return fit != NULL && fit->refusal.kind == TW_REFUSAL_NONE;
}

static void
show_coefficients (TwAnalysisResults *self)
{
  static const char *const titles[] = {
    N_ ("Coefficient"), N_ ("Estimate"),
    /* xgettext:no-c-format */
    N_ ("95 % interval"), "p"
  };
  const TwFit *fit = self->findings != NULL ? self->findings->fit : NULL;
  gboolean shown = has_fit (self);

  while (gtk_widget_get_first_child (GTK_WIDGET (self->coefficients)) != NULL)
    gtk_grid_remove (self->coefficients, gtk_widget_get_first_child (GTK_WIDGET (self->coefficients)));
  gtk_widget_set_visible (GTK_WIDGET (self->coefficients), shown);
  if (!shown)
    return;
  for (int i = 0; i < (int) G_N_ELEMENTS (titles); i++)
    attach (self, i, 0, _(titles[i]), "tw-caption");
  for (int i = 0; i < (int) fit->n_coefficients; i++)
    {
      const TwCoefficient *coefficient = &fit->coefficients[i];
      g_autofree char *term = tw_words_term (coefficient->channel, coefficient->lag_min);
      g_autofree char *number = tw_words_estimate (coefficient->estimate, coefficient->standard_error);
      g_autofree char *estimate = coefficient->left_out
                                    ? g_strdup (_("left out"))
                                    : g_strdup_printf ("%s %s", number, coefficient->unit);
      g_autofree char *interval
        = tw_words_interval (coefficient->low, coefficient->high, coefficient->standard_error);
      g_autofree char *p = tw_words_p (coefficient->p);

      attach (self, 0, i + 1, term, NULL);
      attach (self, 1, i + 1, estimate, "tw-bold");
      attach (self, 2, i + 1, interval, NULL);
      attach (self, 3, i + 1, p, NULL);
    }
}

static void
show_warnings (TwAnalysisResults *self)
{
  g_auto (GStrv) warnings = NULL;

  while (gtk_widget_get_first_child (GTK_WIDGET (self->warnings)) != NULL)
    gtk_box_remove (self->warnings, gtk_widget_get_first_child (GTK_WIDGET (self->warnings)));
  if (!has_fit (self))
    return;
  warnings = tw_words_fit_warnings (self->findings);
  for (guint i = 0; warnings[i] != NULL; i++)
    {
      GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
      GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-warning-symbolic");
      GtkWidget *label = new_label (warnings[i], "tw-line", 0);

      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_label_set_natural_wrap_mode (GTK_LABEL (label), GTK_NATURAL_WRAP_NONE);
      gtk_widget_set_hexpand (label, TRUE);
      gtk_widget_set_valign (icon, GTK_ALIGN_START);
      gtk_widget_add_css_class (icon, "tw-amber");
      gtk_box_append (GTK_BOX (row), icon);
      gtk_box_append (GTK_BOX (row), label);
      gtk_box_append (self->warnings, row);
    }
}

static void
show_fit (TwAnalysisResults *self)
{
  const TwFit *fit = self->findings != NULL ? self->findings->fit : NULL;
  gboolean shown = has_fit (self);

  show_coefficients (self);
  show_warnings (self);
  gtk_widget_set_visible (GTK_WIDGET (self->fit_notes), shown);
  if (shown)
    {
      g_autofree char *words = tw_words_fit (self->findings);
      g_autofree char *dropped = tw_words_dropped (self->findings);
      g_autofree char *line = g_strjoin (" ", words, dropped[0] != '\0' ? dropped : NULL, NULL);
      g_autofree char *notes
        = g_strdup_printf ("%s %s", tw_fit_interval_words (fit->interval), _("Association, not cause."));

      tw_label_update (self->fit_words, line);
      tw_label_update (self->fit_notes, notes);
    }
  else if (fit != NULL)
    {
      g_autofree char *refusal = tw_words_refusal (self->findings, &fit->refusal);

      tw_label_update (self->fit_words, refusal);
    }
  else
    tw_label_update (self->fit_words, _("Choose one or more predictors for a regression."));
}

static void
show_choices (TwAnalysisResults *self)
{
  g_auto (GStrv) choices = NULL;

  if (self->findings != NULL)
    choices = tw_result_dup_choices (self->result, &self->findings->inquiry);
  gtk_widget_set_visible (self->against_box, choices != NULL && choices[0] != NULL && choices[1] != NULL);
  if (choices == NULL)
    return;
  self->setting = TRUE;
  g_autoptr (GtkStringList) names = gtk_string_list_new ((const char *const *) choices);
  if (self->choice[self->result] >= g_strv_length (choices))
    self->choice[self->result] = 0;
  gtk_drop_down_set_model (self->against, G_LIST_MODEL (names));
  gtk_drop_down_set_selected (self->against, self->choice[self->result]);
  self->setting = FALSE;
}

static gboolean
needs_fit (TwResult result)
{
  return result != TW_RESULT_LAGS && result != TW_RESULT_DISTRIBUTION && result != TW_RESULT_COMPARISON;
}

static void
show_sheet (TwAnalysisResults *self)
{
  g_clear_pointer (&self->sheet, tw_sheet_free);
  if (self->findings != NULL)
    self->sheet = tw_analysis_sheet_new (self->findings, self->result, self->choice[self->result]);
  if (self->sheet == NULL)
    {
      tw_figure_canvas_set_figure (self->canvas, NULL, NULL, NULL);
      tw_sheet_table_set_sheet (self->sheet_table, NULL);
      tw_label_update (self->words, "");
      return;
    }
  tw_label_update (self->refusal, self->sheet->refusal != NULL ? self->sheet->refusal : "");
  tw_label_update (self->words, self->sheet->words != NULL ? self->sheet->words : "");
  gtk_widget_set_visible (GTK_WIDGET (self->words), self->sheet->words != NULL);
  /* Why there is no fit is said once: in the place of the figure, or above another one. */
  gtk_widget_set_visible (GTK_WIDGET (self->fit_words),
                          self->sheet->refusal == NULL || has_fit (self) || !needs_fit (self->result));
  tw_figure_canvas_set_figure (self->canvas, self->sheet->figure, self->sheet->caption, self->sheet->words);
  tw_sheet_table_set_sheet (self->sheet_table,
                            self->table && self->sheet->refusal == NULL ? self->sheet : NULL);
  gtk_stack_set_visible_child_name (self->stack, self->sheet->refusal != NULL ? "refusal"
                                                 : self->table               ? "table"
                                                                             : "figure");
}

static void
on_against_changed (TwAnalysisResults *self)
{
  if (self->setting || gtk_drop_down_get_selected (self->against) == GTK_INVALID_LIST_POSITION)
    return;
  self->choice[self->result] = gtk_drop_down_get_selected (self->against);
  show_sheet (self);
}

static void
on_tab (TwAnalysisResults *self,
        GtkToggleButton *button)
{
  if (self->setting || !gtk_toggle_button_get_active (button))
    return;
  for (int i = 0; i < TW_N_RESULTS; i++)
    if (self->tab[i] == GTK_WIDGET (button))
      self->result = (TwResult) i;
  show_choices (self);
  show_sheet (self);
}

static void
tw_analysis_results_dispose (GObject *object)
{
  TwAnalysisResults *self = TW_ANALYSIS_RESULTS (object);

  g_clear_pointer (&self->findings, tw_findings_unref);
  g_clear_pointer (&self->sheet, tw_sheet_free);
  G_OBJECT_CLASS (tw_analysis_results_parent_class)->dispose (object);
}

static void
tw_analysis_results_class_init (TwAnalysisResultsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_analysis_results_dispose;
}

static void
build_tabs (TwAnalysisResults *self)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *label = new_label (_("against"), "tw-caption", 0);
  static const char *const none[] = { NULL };

  self->tabs = GTK_BOX (gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0));
  gtk_widget_add_css_class (GTK_WIDGET (self->tabs), "linked");
  gtk_widget_add_css_class (GTK_WIDGET (self->tabs), "tw-tabs");
  for (int i = 0; i < TW_N_RESULTS; i++)
    {
      self->tab[i] = gtk_toggle_button_new_with_label (tw_result_title ((TwResult) i));
      gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (self->tab[i]),
                                   i > 0 ? GTK_TOGGLE_BUTTON (self->tab[0]) : NULL);
      gtk_box_append (self->tabs, self->tab[i]);
      g_signal_connect_swapped (self->tab[i], "toggled", G_CALLBACK (on_tab), self);
    }
  self->against = GTK_DROP_DOWN (gtk_drop_down_new_from_strings (none));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->against), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Against"), -1);
  self->against_box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_widget_add_css_class (GTK_WIDGET (self->against), "tw-against");
  gtk_box_append (GTK_BOX (self->against_box), label);
  gtk_box_append (GTK_BOX (self->against_box), GTK_WIDGET (self->against));
  g_signal_connect_swapped (self->against, "notify::selected", G_CALLBACK (on_against_changed), self);
  gtk_box_append (GTK_BOX (row), GTK_WIDGET (self->tabs));
  gtk_box_append (GTK_BOX (row), self->against_box);
  gtk_widget_add_css_class (row, "tw-tab-row");
  gtk_box_append (GTK_BOX (self), row);
}

static void
build_stack (TwAnalysisResults *self)
{
  GtkWidget *refusal = new_label (NULL, "tw-refusal", .5);

  self->stack = GTK_STACK (gtk_stack_new ());
  self->canvas = TW_FIGURE_CANVAS (tw_figure_canvas_new ());
  self->sheet_table = TW_SHEET_TABLE (tw_sheet_table_new ());
  self->refusal = GTK_LABEL (refusal);
  gtk_label_set_wrap (self->refusal, TRUE);
  gtk_label_set_justify (self->refusal, GTK_JUSTIFY_CENTER);
  gtk_widget_set_size_request (GTK_WIDGET (self->stack), -1, 210);
  gtk_widget_set_vexpand (GTK_WIDGET (self->stack), TRUE);
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->canvas), "figure");
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->sheet_table), "table");
  gtk_stack_add_named (self->stack, refusal, "refusal");
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->stack));
  self->words = GTK_LABEL (new_label (NULL, "tw-line", 0));
  gtk_label_set_wrap (self->words, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->words), "tw-secondary");
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->words));
}

static void
tw_analysis_results_init (TwAnalysisResults *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_widget_add_css_class (GTK_WIDGET (self), "tw-analysis-results");
  self->coefficients = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_column_spacing (self->coefficients, 24);
  gtk_widget_add_css_class (GTK_WIDGET (self->coefficients), "tw-coefficients");
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->coefficients));
  self->fit_words = GTK_LABEL (new_label (NULL, NULL, 0));
  gtk_label_set_wrap (self->fit_words, TRUE);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->fit_words));
  self->warnings = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 2));
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->warnings));
  self->fit_notes = GTK_LABEL (new_label (NULL, "tw-line", 0));
  gtk_label_set_wrap (self->fit_notes, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->fit_notes), "tw-secondary");
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->fit_notes));
  build_tabs (self);
  build_stack (self);
  self->setting = TRUE;
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->tab[0]), TRUE);
  self->setting = FALSE;
}

void
tw_analysis_results_set_findings (TwAnalysisResults *self,
                                  TwFindings *findings)
{
  g_return_if_fail (TW_IS_ANALYSIS_RESULTS (self));

  if (findings != NULL)
    tw_findings_ref (findings);
  g_clear_pointer (&self->findings, tw_findings_unref);
  self->findings = findings;
  show_fit (self);
  show_choices (self);
  show_sheet (self);
}

void
tw_analysis_results_set_result (TwAnalysisResults *self,
                                TwResult result)
{
  g_return_if_fail (TW_IS_ANALYSIS_RESULTS (self));
  g_return_if_fail ((guint) result < TW_N_RESULTS);

  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->tab[result]), TRUE);
}

TwResult
tw_analysis_results_get_result (TwAnalysisResults *self)
{
  g_return_val_if_fail (TW_IS_ANALYSIS_RESULTS (self), TW_RESULT_FIT);

  return self->result;
}

void
tw_analysis_results_set_table (TwAnalysisResults *self,
                               gboolean table)
{
  g_return_if_fail (TW_IS_ANALYSIS_RESULTS (self));

  self->table = table;
  show_sheet (self);
}

const TwSheet *
tw_analysis_results_get_sheet (TwAnalysisResults *self)
{
  g_return_val_if_fail (TW_IS_ANALYSIS_RESULTS (self), NULL);

  return self->sheet;
}

char *
tw_analysis_results_dup_summary (TwAnalysisResults *self)
{
  g_return_val_if_fail (TW_IS_ANALYSIS_RESULTS (self), NULL);

  return g_strdup (gtk_label_get_text (self->fit_words));
}
