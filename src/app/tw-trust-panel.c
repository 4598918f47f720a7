/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report of one channel and horizon, handed to the pictures and to the table; all that is judged here was
 * judged by the twin. */
#include "config.h"

#include "tw-trust-panel.h"

#include "tw-badge.h"
#include "tw-time.h"
#include "tw-trust-area.h"
#include "tw-trust-rows.h"
#include "tw-words-flag.h"
#include "tw-words-trust.h"
#include "tw-words-value.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define MAX_HORIZONS 4
#define PAST_HEIGHT 150
#define SMALL_HEIGHT 160

/* What the pictures borrow. */
typedef struct
{
  TwReliability reliability;
  TwPit pit;
  TwPastRange ranges[TW_SELF_RECENT];
  TwPastRanges past;
  TwShare share[TW_N_EXPERTS];
  char *notes[TW_N_EXPERTS];
  TwShares shares;
} Pictures;

struct _TwTrustPanel
{
  GtkBox parent_instance;
  TwWardModel *model;
  TwBedItem *item;
  TwChannel chosen, shown; /* chosen NONE: what drives the risk */
  int horizon_min;         /* 0: the main one */
  const TwSelfReport *report;
  TwWidthSplit width;
  Pictures pictures;
  GtkBox *channels, *horizons;
  GtkWidget *channel_buttons[TW_N_VITALS], *horizon_buttons[MAX_HORIZONS];
  int horizons_min[MAX_HORIZONS];
  guint n_horizons;
  gboolean filling;
  GtkImage *warning;
  GtkLabel *line, *verdict, *contest, *width_words, *counts, *left_out, *experts_words;
  GtkStack *stack;
  GtkStringList *rows;
  TwTrustArea *past_area, *reliability_area, *pit_area, *shares_area;
};

G_DEFINE_FINAL_TYPE (TwTrustPanel, tw_trust_panel, GTK_TYPE_BOX)

static gboolean
draw_past (cairo_t *cr, const TwTrustView *view, gconstpointer data, GError **error)
{
  return tw_plot_past_ranges (cr, view, data, error);
}

static gboolean
draw_reliability (cairo_t *cr, const TwTrustView *view, gconstpointer data, GError **error)
{
  return tw_plot_reliability (cr, view, data, error);
}

static gboolean
draw_pit (cairo_t *cr, const TwTrustView *view, gconstpointer data, GError **error)
{
  return tw_plot_pit (cr, view, data, error);
}

static gboolean
draw_shares (cairo_t *cr, const TwTrustView *view, gconstpointer data, GError **error)
{
  return tw_plot_shares (cr, view, data, error);
}

static TwChannel
channel_now (TwTrustPanel *self)
{
  const TwSnapshot *snapshot = tw_bed_item_get_snapshot (self->item);
  TwChannel driver = snapshot->driver;

  if (self->chosen != TW_CHANNEL_NONE)
    return self->chosen;
  return driver >= 0 && driver < TW_N_VITALS ? driver : TW_CHANNEL_HEART_RATE;
}

static void
take_report (TwTrustPanel *self)
{
  guint index = tw_bed_item_get_index (self->item);

  g_clear_pointer (&self->report, tw_self_report_unref);
  self->shown = channel_now (self);
  self->report = tw_ward_model_dup_report (self->model, index, self->shown, self->horizon_min);
  if (self->report == NULL)
    self->report = tw_ward_model_dup_report (self->model, index, self->shown, 0);
  tw_ward_model_get_width (self->model, index, self->shown,
                           self->report != NULL ? self->report->horizon_min : 0, &self->width);
}

static void
fill_reliability (TwReliability *reliability,
                  const TwSelfReport *report)
{
  const TwCoverage *const coverages[] = { &report->coverage50, &report->coverage80, &report->coverage95 };
  static const double nominal[] = { .5, .8, .95 };

  for (int i = 0; i < TW_RELIABILITY_LEVELS; i++)
    {
      reliability->nominal[i] = nominal[i];
      reliability->observed[i] = coverages[i]->share;
      reliability->low[i] = coverages[i]->low;
      reliability->high[i] = coverages[i]->high;
    }
}

static void
fill_past (Pictures *pictures,
           const TwSelfReport *report,
           TwUnit unit)
{
  guint n = 0;

  for (guint i = 0; i < report->n_ghosts; i++)
    if (report->ghosts[i].outcome == TW_OUTCOME_HIT || report->ghosts[i].outcome == TW_OUTCOME_MISS)
      pictures->ranges[n++]
        = (TwPastRange) { report->ghosts[i].due_us, report->ghosts[i].q10, report->ghosts[i].q90,
                          report->ghosts[i].median, report->ghosts[i].observed };
  pictures->past = (TwPastRanges) { pictures->ranges, n, unit, NULL };
}

static void
fill_shares (Pictures *pictures,
             const TwSelfReport *report,
             TwUnit glucose_unit)
{
  for (guint i = 0; i < report->n_experts; i++)
    {
      const TwExpertShare *share = &report->experts[i];
      g_autofree char *error = tw_words_difference (report->channel, share->mae, glucose_unit);

      g_free (pictures->notes[i]);
      /* Translators: typical error of an expert: "off by 4.2 mmHg". */
      pictures->notes[i] = g_strdup_printf (_("off by %s"), error);
      pictures->share[i] = (TwShare) { tw_words_expert (share->expert), pictures->notes[i], share->weight,
                                       i == 0 && isfinite (share->weight) };
    }
  pictures->shares = (TwShares) { pictures->share, report->n_experts };
}

static void
update_pictures (TwTrustPanel *self)
{
  const TwSelfReport *report = self->report;
  Pictures *pictures = &self->pictures;
  TwUnit glucose_unit = tw_ward_model_get_glucose_unit (self->model);
  g_autofree char *too_few = tw_words_trust_too_few (report);
  g_autofree char *line = tw_words_trust_line (report, tw_ward_model_get_now (self->model));
  g_autofree char *contest = report != NULL ? tw_words_trust_contest (&report->persistence, TRUE) : NULL;
  const char *nothing = NULL;

  if (report != NULL)
    {
      fill_reliability (&pictures->reliability, report);
      for (int i = 0; i < TW_PIT_BINS; i++)
        pictures->pit.count[i] = report->pit[i] * report->scored;
      pictures->pit.expected = .1 * report->scored;
      pictures->pit.low = report->pit_low * report->scored;
      pictures->pit.high = report->pit_high * report->scored;
      fill_past (pictures, report, tw_words_unit (self->shown, glucose_unit));
      fill_shares (pictures, report, glucose_unit);
    }
  if (report == NULL || pictures->past.n == 0)
    nothing = _("No forecast has come due yet.");
  tw_trust_area_refresh (self->past_area, self->shown, nothing, line);
  tw_trust_area_refresh (self->reliability_area, self->shown, too_few, line);
  tw_trust_area_refresh (self->pit_area, self->shown, too_few, line);
  tw_trust_area_refresh (self->shares_area, self->shown,
                         report == NULL || report->n_experts == 0 ? _("No expert was asked yet.") : NULL,
                         contest != NULL ? contest : "");
}

/* Who leads and why, in one sentence. */
static char *
dup_leader (const TwSelfReport *report,
            TwUnit glucose_unit)
{
  const TwExpertShare *best = NULL;
  g_autofree char *error = NULL;

  for (guint i = 0; report != NULL && i < report->n_experts; i++)
    if (isfinite (report->experts[i].mae) && report->experts[i].n >= TW_TRUST_AT_LEAST
        && (best == NULL || report->experts[i].mae < best->mae))
      best = &report->experts[i];
  if (best == NULL)
    return g_strdup (_("Too few forecasts came due to tell the experts apart."));
  error = tw_words_difference (report->channel, best->mae, glucose_unit);
  /* Translators: an expert, its error: "Nearest on this patient so far: own baseline, off by 4.2 mmHg." */
  return g_strdup_printf (_("Nearest on this patient so far: %s, off by %s."), tw_words_expert (best->expert),
                          error);
}

static void
update_words (TwTrustPanel *self)
{
  const TwSelfReport *report = self->report;
  const TwSnapshot *snapshot = tw_bed_item_get_snapshot (self->item);
  TwUnit glucose_unit = tw_ward_model_get_glucose_unit (self->model);
  g_autofree char *line = tw_words_trust_line (report, tw_ward_model_get_now (self->model));
  g_autofree char *verdict = tw_words_trust_verdict (report);
  g_autofree char *drift = report != NULL ? tw_words_trust_drift (report) : g_strdup ("");
  const char *gap = verdict[0] != '\0' && drift[0] != '\0' ? " " : "";
  g_autofree char *both = g_strdup_printf ("%s%s%s", verdict, gap, drift);
  g_autofree char *last = report != NULL ? tw_words_trust_contest (&report->persistence, TRUE)
                                         : g_strdup ("");
  g_autofree char *mean = report != NULL ? tw_words_trust_contest (&report->ewma, FALSE) : g_strdup ("");
  g_autofree char *contest = g_strdup_printf ("%s %s", last, mean);
  g_autofree char *width = report != NULL ? tw_words_trust_width (report, &self->width, glucose_unit)
                                          : g_strdup ("");
  g_autofree char *counts = report != NULL ? tw_words_trust_counts (report) : g_strdup ("");
  g_autofree char *leader = dup_leader (report, glucose_unit);
  g_autofree char *left_out = tw_words_left_out (&snapshot->channels[self->shown].counts);
  gboolean amber = report != NULL && (report->line.meter == TW_METER_NARROW || report->drift.since_us != 0);

  tw_label_update (self->line, line[0] != '\0' ? line : _("This channel is not forecast."));
  tw_label_update (self->verdict, both);
  gtk_widget_set_visible (GTK_WIDGET (self->verdict), both[0] != '\0');
  tw_widget_set_class (GTK_WIDGET (self->line), "tw-amber", amber);
  gtk_widget_set_visible (GTK_WIDGET (self->warning), amber);
  tw_label_update (self->contest, contest);
  tw_label_update (self->width_words, width);
  tw_label_update (self->counts, counts);
  tw_label_update (self->experts_words, leader);
  tw_label_update (self->left_out,
                   left_out[0] != '\0' ? left_out : _("No reading of this channel was left out."));
}

static void
update_table (TwTrustPanel *self)
{
  g_auto (GStrv) rows = tw_trust_rows_make (self->report, &self->width,
                                            tw_ward_model_get_glucose_unit (self->model));

  gtk_string_list_splice (self->rows, 0, g_list_model_get_n_items (G_LIST_MODEL (self->rows)),
                          (const char *const *) rows);
}

/* Channels that are forecast on this patient, and the horizons that are scored. */
static void
update_choices (TwTrustPanel *self)
{
  const TwSnapshot *snapshot = tw_bed_item_get_snapshot (self->item);
  int horizon_min = self->report != NULL ? self->report->horizon_min : 0;

  self->filling = TRUE;
  for (int channel = 0; channel < TW_N_VITALS; channel++)
    {
      const TwChannelSnapshot *values = &snapshot->channels[channel];
      gboolean narrow = values->report != NULL && values->report->line.meter == TW_METER_NARROW;

      gtk_widget_set_visible (self->channel_buttons[channel],
                              values->last.t_us != 0 || channel == (int) self->shown);
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->channel_buttons[channel]),
                                    channel == (int) self->shown);
      tw_widget_set_class (self->channel_buttons[channel], "tw-amber", narrow);
    }
  self->n_horizons = tw_ward_model_get_scored_horizons (self->model, tw_bed_item_get_index (self->item),
                                                        self->shown, self->horizons_min);
  for (guint i = 0; i < MAX_HORIZONS; i++)
    {
      g_autofree char *label = i < self->n_horizons ? g_strdup_printf (_("%d min"), self->horizons_min[i])
                                                    : g_strdup ("");

      if (g_strcmp0 (gtk_button_get_label (GTK_BUTTON (self->horizon_buttons[i])), label) != 0)
        gtk_button_set_label (GTK_BUTTON (self->horizon_buttons[i]), label);
      gtk_widget_set_visible (self->horizon_buttons[i], i < self->n_horizons);
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->horizon_buttons[i]),
                                    i < self->n_horizons && self->horizons_min[i] == horizon_min);
    }
  self->filling = FALSE;
}

void
tw_trust_panel_update (TwTrustPanel *self)
{
  guint before = self->report != NULL ? self->report->serial : 0;
  TwChannel shown = self->shown;
  int horizon_min = self->report != NULL ? self->report->horizon_min : 0;

  g_return_if_fail (TW_IS_TRUST_PANEL (self));

  if (self->item == NULL)
    return;
  take_report (self);
  update_choices (self);
  update_words (self);
  if (self->report != NULL && self->report->serial == before && self->shown == shown
      && self->report->horizon_min == horizon_min)
    return;
  update_pictures (self);
  update_table (self);
}

static void
on_channel (GtkToggleButton *button,
            TwTrustPanel *self)
{
  if (self->filling)
    return;
  for (int channel = 0; channel < TW_N_VITALS; channel++)
    if (self->channel_buttons[channel] == GTK_WIDGET (button))
      tw_trust_panel_choose (self, channel, 0);
}

static void
on_horizon (GtkToggleButton *button,
            TwTrustPanel *self)
{
  if (self->filling)
    return;
  for (guint i = 0; i < self->n_horizons; i++)
    if (self->horizon_buttons[i] == GTK_WIDGET (button))
      tw_trust_panel_choose (self, self->shown, self->horizons_min[i]);
}

/* Left and Right go to the neighbour of a choice, as in any group of buttons. */
static GtkWidget *
append_choice (GtkBox *box,
               const char *label,
               GCallback callback,
               gpointer data)
{
  GtkWidget *button = gtk_toggle_button_new_with_label (label);

  gtk_widget_add_css_class (button, "tw-window-button");
  g_signal_connect (button, "clicked", callback, data);
  gtk_box_append (box, button);
  return button;
}

static GtkWidget *
append_picture (GtkGrid *grid,
                int column,
                const char *title,
                GtkWidget *area)
{
  GtkWidget *heading = gtk_label_new (title);

  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_label_set_ellipsize (GTK_LABEL (heading), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (heading, "heading");
  gtk_grid_attach (grid, heading, column, 0, 1, 1);
  gtk_grid_attach (grid, area, column, 1, 1, 1);
  return area;
}

static void
tw_trust_panel_dispose (GObject *object)
{
  TwTrustPanel *self = TW_TRUST_PANEL (object);

  g_clear_object (&self->item);
  g_clear_object (&self->model);
  g_clear_object (&self->rows);
  g_clear_pointer (&self->report, tw_self_report_unref);
  for (int i = 0; i < TW_N_EXPERTS; i++)
    g_clear_pointer (&self->pictures.notes[i], g_free);
  G_OBJECT_CLASS (tw_trust_panel_parent_class)->dispose (object);
}

static void
tw_trust_panel_class_init (TwTrustPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_trust_panel_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/twinward/Twinward/tw-trust-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, TwTrustPanel, channels);
  gtk_widget_class_bind_template_child (widget_class, TwTrustPanel, horizons);
  gtk_widget_class_bind_template_child (widget_class, TwTrustPanel, warning);
  gtk_widget_class_bind_template_child (widget_class, TwTrustPanel, line);
  gtk_widget_class_bind_template_child (widget_class, TwTrustPanel, verdict);
  gtk_widget_class_bind_template_child (widget_class, TwTrustPanel, contest);
  gtk_widget_class_bind_template_child (widget_class, TwTrustPanel, width_words);
  gtk_widget_class_bind_template_child (widget_class, TwTrustPanel, counts);
  gtk_widget_class_bind_template_child (widget_class, TwTrustPanel, left_out);
  gtk_widget_class_bind_template_child (widget_class, TwTrustPanel, experts_words);
  gtk_widget_class_bind_template_child (widget_class, TwTrustPanel, stack);
  gtk_widget_class_bind_template_child_full (widget_class, "past", FALSE, 0);
  gtk_widget_class_bind_template_child_full (widget_class, "pictures", FALSE, 0);
}

static void
build_pictures (TwTrustPanel *self)
{
  Pictures *pictures = &self->pictures;
  GtkWidget *past
    = GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (self), TW_TYPE_TRUST_PANEL, "past"));
  GtkGrid *grid
    = GTK_GRID (gtk_widget_get_template_child (GTK_WIDGET (self), TW_TYPE_TRUST_PANEL, "pictures"));
  GtkWidget *area = tw_trust_area_new (draw_past, &pictures->past, PAST_HEIGHT,
                                       _("The last forecasts and what came true"));

  gtk_box_append (GTK_BOX (past), area);
  gtk_widget_set_vexpand (area, TRUE);
  self->past_area = TW_TRUST_AREA (area);
  self->reliability_area = TW_TRUST_AREA (
    append_picture (grid, 0, _("How often each range held"),
                    tw_trust_area_new (draw_reliability, &pictures->reliability, SMALL_HEIGHT,
                                       _("Reliability: nominal against observed"))));
  self->pit_area = TW_TRUST_AREA (
    append_picture (grid, 1, _("Where values fell"),
                    tw_trust_area_new (draw_pit, &pictures->pit, SMALL_HEIGHT,
                                       _("Histogram of where values fell in their forecasts"))));
  self->shares_area = TW_TRUST_AREA (
    append_picture (grid, 2, _("Which expert leads"),
                    tw_trust_area_new (draw_shares, &pictures->shares, SMALL_HEIGHT,
                                       _("Weights and errors of the experts"))));
}

static void
tw_trust_panel_init (TwTrustPanel *self)
{
  self->chosen = self->shown = TW_CHANNEL_NONE;
  self->rows = gtk_string_list_new (NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  for (int channel = 0; channel < TW_N_VITALS; channel++)
    self->channel_buttons[channel] = append_choice (self->channels, tw_words_channel_label (channel),
                                                    G_CALLBACK (on_channel), self);
  for (guint i = 0; i < MAX_HORIZONS; i++)
    self->horizon_buttons[i] = append_choice (self->horizons, "", G_CALLBACK (on_horizon), self);
  build_pictures (self);
  gtk_stack_add_named (self->stack, tw_trust_rows_view (self->rows), "table");
}

GtkWidget *
tw_trust_panel_new (void)
{
  return g_object_new (TW_TYPE_TRUST_PANEL, NULL);
}

void
tw_trust_panel_set_model (TwTrustPanel *self,
                          TwWardModel *model)
{
  g_return_if_fail (TW_IS_TRUST_PANEL (self));

  g_set_object (&self->model, model);
}

void
tw_trust_panel_set_item (TwTrustPanel *self,
                         TwBedItem *item)
{
  g_return_if_fail (TW_IS_TRUST_PANEL (self));

  if (!g_set_object (&self->item, item))
    return;
  self->chosen = self->shown = TW_CHANNEL_NONE;
  self->horizon_min = 0;
  g_clear_pointer (&self->report, tw_self_report_unref);
}

void
tw_trust_panel_choose (TwTrustPanel *self,
                       TwChannel channel,
                       int horizon_min)
{
  g_return_if_fail (TW_IS_TRUST_PANEL (self));

  self->chosen = channel;
  self->horizon_min = horizon_min;
  tw_trust_panel_update (self);
}

TwChannel
tw_trust_panel_get_channel (TwTrustPanel *self)
{
  g_return_val_if_fail (TW_IS_TRUST_PANEL (self), TW_CHANNEL_NONE);

  return self->shown;
}

void
tw_trust_panel_set_table (TwTrustPanel *self,
                          gboolean table)
{
  g_return_if_fail (TW_IS_TRUST_PANEL (self));

  gtk_stack_set_visible_child_name (self->stack, table ? "table" : "pictures");
}

char *
tw_trust_panel_dup_text (TwTrustPanel *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint n;

  g_return_val_if_fail (TW_IS_TRUST_PANEL (self), NULL);

  for (guint column = 0; column < TW_TRUST_N_COLUMNS; column++)
    g_string_append_printf (text, "%s%s", column > 0 ? "\t" : "", tw_trust_rows_title (column));
  n = g_list_model_get_n_items (G_LIST_MODEL (self->rows));
  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "\n%s", gtk_string_list_get_string (self->rows, i));
  g_string_append_c (text, '\n');
  return g_string_free (g_steal_pointer (&text), FALSE);
}
