/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A row is one string whose cells are parted by tabs: what is shown and what is copied are the same. */
#include "config.h"

#include "tw-trust-rows.h"

#include "tw-badge.h"
#include "tw-words-trust.h"
#include "tw-words-value.h"

#include <glib/gi18n-lib.h>
#include <math.h>

static void G_GNUC_PRINTF (2, 3)
add (GPtrArray *rows,
     const char *format,
     ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (rows, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

static void
add_coverage (GPtrArray *rows,
              const char *item,
              const TwCoverage *coverage,
              double nominal)
{
  if (coverage->n == 0)
    {
      add (rows, "%s\t%s\t%s\t%.0f %%", _("Range held"), item, _("none scored"), 100 * nominal);
      return;
    }
  /* Translators: cells of a table: counts and share; then what it should be and the interval of the share. */
  add (rows, _("Range held\t%s\t%u of %u, %.0f %%\t%.0f %% (%.0f to %.0f %%)"), item, coverage->inside,
       coverage->n, 100 * coverage->share, 100 * nominal, 100 * coverage->low, 100 * coverage->high);
}

static void
add_stay (GPtrArray *rows,
          const TwSelfReport *report)
{
  static const char *const calm[TW_SELF_CALM_BINS]
    = { N_("80 %, calm third"), N_("80 %, usual third"), N_("80 %, lively third") };

  for (guint i = 0; i < TW_SELF_STAY_BINS; i++)
    if (report->by_stay[i].n > 0)
      {
        /* Translators: hours since the first reading: "80 %, from hour 6". */
        g_autofree char *item = g_strdup_printf (_("80 %%, from hour %d"), tw_self_report_stay_from_h (i));

        add_coverage (rows, item, &report->by_stay[i], .8);
      }
  for (guint i = 0; i < TW_SELF_CALM_BINS; i++)
    if (report->by_volatility[i].n > 0)
      add_coverage (rows, _(calm[i]), &report->by_volatility[i], .8);
}

static void
add_pit (GPtrArray *rows,
         const TwSelfReport *report)
{
  for (int i = 0; i < TW_SELF_PIT_BINS && report->scored > 0; i++)
    add (rows, "%s\t%d–%d %%\t%.1f %%\t%.1f–%.1f %%", _("Where values fell"), 10 * i, 10 * (i + 1),
         100 * report->pit[i], 100 * report->pit_low, 100 * report->pit_high);
}

static void
add_experts (GPtrArray *rows,
             const TwSelfReport *report,
             TwUnit glucose_unit)
{
  for (guint i = 0; i < report->n_experts; i++)
    {
      const TwExpertShare *share = &report->experts[i];
      g_autofree char *error = tw_words_difference (report->channel, share->mae, glucose_unit);
      g_autofree char *weight = isfinite (share->weight) ? g_strdup_printf ("%.0f %%", 100 * share->weight)
                                                         : g_strdup ("–");

      /* Translators: a cell: typical error of an expert and of how many forecasts. */
      g_autofree char *note = g_strdup_printf (_("off by %s (%u)"), error, share->n);
      add (rows, "%s\t%s\t%s\t%s", _("Expert"), tw_words_expert (share->expert), weight, note);
    }
}

static void
add_errors (GPtrArray *rows,
            const TwSelfReport *report,
            TwUnit glucose_unit)
{
  const struct
  {
    const char *item;
    double ours, persistence, ewma;
  } errors[] = {
    { _("mean absolute error"), report->errors.mae, report->persistence.errors.mae, report->ewma.errors.mae },
    { _("root mean square error"), report->errors.rmse, report->persistence.errors.rmse,
      report->ewma.errors.rmse },
    { _("ranked probability score (CRPS)"), report->errors.crps, report->persistence.errors.crps,
      report->ewma.errors.crps },
  };

  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      g_autofree char *ours = tw_words_difference (report->channel, errors[i].ours, glucose_unit);
      g_autofree char *last = tw_words_difference (report->channel, errors[i].persistence, glucose_unit);
      g_autofree char *mean = tw_words_difference (report->channel, errors[i].ewma, glucose_unit);

      /* Translators: cells: ours; then the same of two simple forecasts. */
      add (rows, _("Error\t%s\t%s\tlast value %s, running mean %s"), errors[i].item, ours, last, mean);
    }
}

static void
add_past (GPtrArray *rows,
          const TwSelfReport *report,
          TwUnit glucose_unit)
{
  for (guint i = report->n_ghosts; i > 0; i--)
    {
      const TwGhost *ghost = &report->ghosts[i - 1];
      g_autofree char *issued = tw_words_clock (ghost->issued_us, FALSE);
      g_autofree char *due = tw_words_clock (ghost->due_us, FALSE);
      g_autofree char *observed = tw_words_quantity (report->channel, ghost->observed, glucose_unit);
      g_autofree char *low = tw_words_number (report->channel, ghost->q10, glucose_unit);
      g_autofree char *high = tw_words_number (report->channel, ghost->q90, glucose_unit);

      /* Translators: cells: when it was forecast for when; what came, and whether inside; the range. */
      add (rows, _("Forecast\tat %s for %s\t%s, %s\t%s–%s"), issued, due, observed,
           tw_words_outcome (ghost->outcome), low, high);
    }
}

char **
tw_trust_rows_make (const TwSelfReport *report,
                    const TwWidthSplit *width,
                    TwUnit glucose_unit)
{
  GPtrArray *rows = g_ptr_array_new ();

  if (report != NULL)
    {
      g_autofree char *counts = tw_words_trust_counts (report);
      g_autofree char *split = tw_words_trust_width (report, width, glucose_unit);

      add_coverage (rows, "50 %", &report->coverage50, .5);
      add_coverage (rows, "80 %", &report->coverage80, .8);
      add_coverage (rows, "95 %", &report->coverage95, .95);
      add_stay (rows, report);
      add_pit (rows, report);
      add_experts (rows, report, glucose_unit);
      add_errors (rows, report, glucose_unit);
      add (rows, "%s\t%s\t\t", _("Counts"), counts);
      add (rows, "%s\t%s\t\t", _("Width"), split);
      add_past (rows, report, glucose_unit);
    }
  g_ptr_array_add (rows, NULL);
  return (char **) g_ptr_array_free (rows, FALSE);
}

const char *
tw_trust_rows_title (TwTrustColumn column)
{
  static const char *const titles[TW_TRUST_N_COLUMNS]
    = { N_("Part"), N_("Item"), N_("Value"), N_("Expected or compared") };

  return _(titles[column]);
}

static void
on_setup (GtkSignalListItemFactory *factory,
          GtkListItem *list_item,
          gpointer data)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "numeric");
  gtk_list_item_set_child (list_item, label);
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem *list_item,
         gpointer data)
{
  GtkStringObject *row = gtk_list_item_get_item (list_item);
  g_auto (GStrv) cells = g_strsplit (gtk_string_object_get_string (row), "\t", TW_TRUST_N_COLUMNS);
  guint column = GPOINTER_TO_UINT (data);
  const char *cell = column < g_strv_length (cells) ? cells[column] : "";

  gtk_label_set_label (GTK_LABEL (gtk_list_item_get_child (list_item)), cell);
  gtk_widget_set_tooltip_text (gtk_list_item_get_child (list_item), cell);
}

GtkWidget *
tw_trust_rows_view (GtkStringList *rows)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *view = gtk_column_view_new (
    GTK_SELECTION_MODEL (gtk_no_selection_new (g_object_ref (G_LIST_MODEL (rows)))));

  gtk_widget_add_css_class (view, "data-table");
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("How the forecasts fared"), -1);
  for (guint column = 0; column < TW_TRUST_N_COLUMNS; column++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
      g_autoptr (GtkColumnViewColumn) view_column = NULL;

      g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
      g_signal_connect (factory, "bind", G_CALLBACK (on_bind), GUINT_TO_POINTER (column));
      view_column = gtk_column_view_column_new (tw_trust_rows_title (column), factory);
      gtk_column_view_column_set_expand (view_column, column != TW_TRUST_COLUMN_PART);
      gtk_column_view_column_set_resizable (view_column, TRUE);
      gtk_column_view_append_column (GTK_COLUMN_VIEW (view), view_column);
    }
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), view);
  gtk_widget_set_vexpand (scroller, TRUE);
  return scroller;
}
