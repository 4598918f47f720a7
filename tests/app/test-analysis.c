/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Analysis page: built and finalized, a fit within few actions, another patient in the middle of a fit,
 * what was found against what was put in, files read back, units, refusals. */
#include "config.h"

#include "tw-analysis-page.h"
#include "tw-figure-canvas.h"
#include "tw-plot.h"
#include "tw-range-strip.h"
#include "tw-sheet-table.h"
#include "tw-time.h"
#include "tw-ward-fixture.h"
#include "tw-window.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <math.h>
#include <string.h>

static AdwApplication *application;

typedef struct
{
  TwWardFixture *ward;
  TwWardModel *model;
  TwSettings *settings;
  TwWindow *window;
  TwAnalysisPage *page;
  GFile *saving; /* being written while the window goes */
} Stage;

static void
iterate (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
wait_for_fit (Stage *stage)
{
  gint64 end_us = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  while (tw_analysis_page_is_running (stage->page) && g_get_monotonic_time () < end_us)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (tw_analysis_page_is_running (stage->page));
  iterate ();
}

/* MAP = 120.5 - 0.385 HR + 1.25 RR, once a minute for six hours; noise of a fixed seed. */
static void
put_series (Stage *stage,
            guint bed,
            double slope)
{
  TwSnapshot *snapshot = tw_ward_fixture_get (stage->ward, bed);
  TwSeries *series[3] = { tw_series_new (0, 0), tw_series_new (0, 0), tw_series_new (0, 0) };
  static const TwChannel channels[] = { TW_CHANNEL_HEART_RATE, TW_CHANNEL_RESPIRATORY_RATE, TW_CHANNEL_MAP };
  guint32 seed = 11 + bed;

  for (int i = 0; i < 360; i++)
    {
      gint64 t_us = TW_FIXTURE_NOW_US - (360 - i) * TW_MINUTE;
      double hr, rr, noise;

      seed = seed * 1664525u + 1013904223u;
      noise = (seed >> 8) / 16777216.0 - .5;
      hr = 88.5 + 3.25 * sin (i / 7.0) + 22 * noise;
      seed = seed * 1664525u + 1013904223u;
      rr = 17.25 + 4.75 * sin (i / 11.0 + 1) + 2 * ((seed >> 8) / 16777216.0 - .5);
      seed = seed * 1664525u + 1013904223u;
      noise = (seed >> 8) / 16777216.0 - .5;
      TwSample samples[3] = { { t_us, hr, 0 }, { t_us, rr, 0 },
                              { t_us, 120.5 + slope * hr + 1.25 * rr + noise, 0 } };
      for (int k = 0; k < 3; k++)
        if (k != 1 || i % 40 != 7)
          tw_series_insert (series[k], &samples[k]);
    }
  for (int k = 0; k < 3; k++)
    {
      g_clear_pointer (&snapshot->channels[channels[k]].series, tw_series_view_unref);
      snapshot->channels[channels[k]].series = tw_series_snapshot (series[k]);
      tw_series_free (series[k]);
    }
}

static void
set_up (Stage *stage,
        gconstpointer data)
{
  stage->ward = tw_ward_fixture_new ();
  put_series (stage, 3, -.385);
  put_series (stage, 2, .715);
  stage->model = tw_ward_model_new ();
  stage->settings = tw_settings_new ();
  stage->window = tw_window_new (GTK_APPLICATION (application), stage->model, stage->settings);
  tw_ward_model_set_scene (stage->model, &stage->ward->scene);
  gtk_window_present (GTK_WINDOW (stage->window));
  tw_window_open_patient (stage->window, tw_ward_model_find (stage->model, 2));
  stage->page = tw_window_open_analysis (stage->window);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (stage->window));
  wait_for_fit (stage);
}

static void
tear_down (Stage *stage,
           gconstpointer data)
{
  TwAnalysisPage *page = g_object_ref (stage->page);

  gtk_window_destroy (GTK_WINDOW (stage->window));
  iterate ();
  g_assert_finalize_object (page);
  g_assert_finalize_object (stage->model);
  g_assert_finalize_object (stage->settings);
  tw_ward_fixture_free (stage->ward);
  if (stage->saving != NULL)
    {
      g_autoptr (GFile) file = g_steal_pointer (&stage->saving), folder = g_file_get_parent (file);
      gint64 end_us = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

      while (!g_file_query_exists (file, NULL) && g_get_monotonic_time () < end_us)
        g_main_context_iteration (NULL, FALSE);
      for (int i = 0; i < 20; i++)
        {
          g_usleep (2000);
          iterate ();
        }
      g_assert_true (g_file_delete (file, NULL, NULL));
      g_assert_true (g_file_delete (folder, NULL, NULL));
    }
}

static void
collect (GtkWidget *widget,
         GType type,
         GPtrArray *found)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    g_ptr_array_add (found, widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect (child, type, found);
}

static GtkCheckButton *
find_check (Stage *stage,
            const char *label)
{
  g_autoptr (GPtrArray) checks = g_ptr_array_new ();

  collect (GTK_WIDGET (stage->page), GTK_TYPE_CHECK_BUTTON, checks);
  for (guint i = 0; i < checks->len; i++)
    if (g_str_has_prefix (gtk_check_button_get_label (g_ptr_array_index (checks, i)), label))
      return g_ptr_array_index (checks, i);
  g_assert_not_reached ();
}

static gboolean
shows (Stage *stage,
       const char *words)
{
  g_autoptr (GPtrArray) labels = g_ptr_array_new ();

  collect (GTK_WIDGET (stage->page), GTK_TYPE_LABEL, labels);
  for (guint i = 0; i < labels->len; i++)
    if (gtk_widget_get_mapped (g_ptr_array_index (labels, i))
        && strstr (gtk_label_get_text (g_ptr_array_index (labels, i)), words) != NULL)
      return TRUE;
  return FALSE;
}

static double
slope_of (Stage *stage,
          TwChannel channel)
{
  TwFindings *findings = tw_analysis_page_get_findings (stage->page);

  g_assert_nonnull (findings);
  g_assert_nonnull (findings->fit);
  for (gsize i = 0; i < findings->fit->n_coefficients; i++)
    if (findings->fit->coefficients[i].channel == channel)
      return findings->fit->coefficients[i].estimate;
  return NAN;
}

/* A patient is open: Ctrl+4, two ticks. Three actions of the six that are allowed. */
static void
test_fit_in_three_actions (Stage *stage,
                           gconstpointer data)
{
  g_assert_true (shows (stage, "Choose at least one predictor"));
  gtk_check_button_set_active (find_check (stage, "HR"), TRUE);
  gtk_check_button_set_active (find_check (stage, "RR"), TRUE);
  g_assert_true (tw_analysis_page_is_running (stage->page));
  wait_for_fit (stage);
  g_assert_cmpfloat_with_epsilon (slope_of (stage, TW_CHANNEL_HEART_RATE), -.385, .05);
  g_assert_cmpfloat_with_epsilon (slope_of (stage, TW_CHANNEL_RESPIRATORY_RATE), 1.25, .1);
  g_assert_true (shows (stage, "Association, not cause."));
  g_assert_true (shows (stage, "rows used"));
  g_assert_true (shows (stage, "mmHg per /min"));
  g_assert_false (shows (stage, "cause of"));
}

static void
test_methods (Stage *stage,
              gconstpointer data)
{
  static const char *const methods[] = { "Ridge", "Robust", "Ordinary" };

  gtk_check_button_set_active (find_check (stage, "HR"), TRUE);
  gtk_check_button_set_active (find_check (stage, "RR"), TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      gtk_check_button_set_active (find_check (stage, methods[i]), TRUE);
      wait_for_fit (stage);
      g_assert_cmpfloat_with_epsilon (slope_of (stage, TW_CHANNEL_HEART_RATE), -.385, .15);
      g_assert_cmpint (tw_analysis_page_get_findings (stage->page)->fit->method, ==,
                       i == 0   ? TW_FIT_RIDGE
                       : i == 1 ? TW_FIT_ROBUST
                                : TW_FIT_ORDINARY);
    }
}

/* Every result has a figure, a table of as many rows as it says, and words; or says why not. */
static void
test_every_result (Stage *stage,
                   gconstpointer data)
{
  TwAnalysisResults *results = tw_analysis_page_get_results (stage->page);

  gtk_check_button_set_active (find_check (stage, "HR"), TRUE);
  gtk_check_button_set_active (find_check (stage, "RR"), TRUE);
  gtk_check_button_set_active (find_check (stage, "Robust"), TRUE);
  wait_for_fit (stage);
  for (int result = 0; result < TW_N_RESULTS; result++)
    {
      g_auto (GStrv) choices
        = tw_result_dup_choices ((TwResult) result, &tw_analysis_page_get_findings (stage->page)->inquiry);

      tw_analysis_results_set_result (results, (TwResult) result);
      for (guint choice = 0; choice < (choices != NULL ? g_strv_length (choices) : 1); choice++)
        {
          g_autoptr (TwSheet) sheet
            = tw_analysis_sheet_new (tw_analysis_page_get_findings (stage->page), (TwResult) result, choice);

          /* The window is all that there is: nothing came before it. */
          if (result == TW_RESULT_COMPARISON)
            g_assert_nonnull (sheet->refusal);
          else
            {
              g_assert_null (sheet->refusal);
              g_assert_nonnull (sheet->figure);
              g_assert_cmpuint (sheet->n_rows, >, 3);
              g_assert_nonnull (sheet->words);
            }
          g_assert_null (strstr (sheet->caption, "DEMO"));
        }
      tw_analysis_results_set_table (results, TRUE);
      iterate ();
      tw_analysis_results_set_table (results, FALSE);
    }
}

/* In the middle of a fit the user goes to another patient: each keeps its own. */
static void
test_wrong_patient (Stage *stage,
                    gconstpointer data)
{
  TwBedItem *third = tw_ward_model_find (stage->model, 2), *second = tw_ward_model_find (stage->model, 1);
  const TwPatientFields *fields;

  gtk_check_button_set_active (find_check (stage, "HR"), TRUE);
  gtk_check_button_set_active (find_check (stage, "RR"), TRUE);
  tw_analysis_page_run (stage->page);
  g_assert_true (tw_analysis_page_is_running (stage->page));
  tw_window_open_patient (stage->window, second);
  /* Nothing of the patient before is on the page, and nothing was asked of this one but its distribution. */
  g_assert_false (shows (stage, "rows used"));
  wait_for_fit (stage);
  for (int i = 0; i < 50; i++)
    {
      g_usleep (2000);
      iterate ();
    }
  g_assert_false (shows (stage, "rows used"));
  fields = tw_patient_get (tw_analysis_page_get_findings (stage->page)->patient);
  g_assert_cmpstr (fields->id, ==, tw_patient_get (tw_bed_item_get_snapshot (second)->patient)->id);
  gtk_check_button_set_active (find_check (stage, "HR"), TRUE);
  gtk_check_button_set_active (find_check (stage, "RR"), TRUE);
  /* A choice that was made a moment before the patient changed is not run on the next one. */
  tw_window_open_patient (stage->window, third);
  wait_for_fit (stage);
  g_assert_cmpfloat_with_epsilon (slope_of (stage, TW_CHANNEL_HEART_RATE), -.385, .05);
  g_assert_true (gtk_check_button_get_active (find_check (stage, "RR")));
  tw_window_open_patient (stage->window, second);
  wait_for_fit (stage);
  tw_analysis_page_run (stage->page);
  wait_for_fit (stage);
  g_assert_cmpfloat_with_epsilon (slope_of (stage, TW_CHANNEL_HEART_RATE), .715, .05);
  tw_window_open_patient (stage->window, third);
  g_assert_cmpfloat_with_epsilon (slope_of (stage, TW_CHANNEL_HEART_RATE), -.385, .05);
}

/* Many questions one after the other: the last one is answered. */
static void
test_newest_wins (Stage *stage,
                  gconstpointer data)
{
  TwAnalysisChoice choice;

  tw_analysis_page_get_choice (stage->page, &choice);
  choice.used[TW_CHANNEL_HEART_RATE] = TRUE;
  for (int lag = 0; lag <= 30; lag += 3)
    {
      choice.lag_min[TW_CHANNEL_HEART_RATE] = 30 - lag;
      tw_analysis_page_set_choice (stage->page, &choice);
    }
  wait_for_fit (stage);
  g_assert_cmpint (tw_analysis_page_get_findings (stage->page)->inquiry.lags_min[0], ==, 0);
}

static void
test_too_few (Stage *stage,
              gconstpointer data)
{
  TwAnalysisChoice choice;

  tw_analysis_page_get_choice (stage->page, &choice);
  choice.used[TW_CHANNEL_HEART_RATE] = TRUE;
  choice.window = TW_WINDOW_CHOSEN;
  choice.from_us = TW_FIXTURE_NOW_US - 30 * TW_MINUTE;
  choice.to_us = TW_FIXTURE_NOW_US;
  tw_analysis_page_set_choice (stage->page, &choice);
  wait_for_fit (stage);
  g_assert_true (shows (stage, "Too few points"));
  g_assert_false (shows (stage, "rows used"));
  g_assert_cmpuint (tw_analysis_results_get_sheet (tw_analysis_page_get_results (stage->page))->n_rows, ==, 0);
  g_assert_false (tw_analysis_page_copy (stage->page));
  /* The same half hour, compared with the one before it, is enough. */
  tw_analysis_results_set_result (tw_analysis_page_get_results (stage->page), TW_RESULT_COMPARISON);
  g_assert_nonnull (tw_analysis_results_get_sheet (tw_analysis_page_get_results (stage->page))->figure);
}

static void
press (GtkWidget *widget,
       guint key,
       GdkModifierType state)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);
  gboolean handled = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_KEY (controller))
        g_signal_emit_by_name (controller, "key-pressed", key, 0, state, &handled);
    }
  g_assert_true (handled);
}

/* Dragging is a signal of the strip; keys move the window as the strip's own words say. */
static void
test_window_on_the_chart (Stage *stage,
                          gconstpointer data)
{
  g_autoptr (GPtrArray) strips = g_ptr_array_new ();
  gint64 from_us = TW_FIXTURE_NOW_US - 4 * TW_HOUR, to_us = TW_FIXTURE_NOW_US - 2 * TW_HOUR;
  const TwInquiry *inquiry;

  collect (GTK_WIDGET (stage->page), TW_TYPE_RANGE_STRIP, strips);
  g_assert_cmpuint (strips->len, ==, 1);
  g_assert_true (gtk_widget_get_focusable (g_ptr_array_index (strips, 0)));
  g_signal_emit_by_name (g_ptr_array_index (strips, 0), "range-chosen", from_us, to_us, FALSE);
  wait_for_fit (stage);
  inquiry = &tw_analysis_page_get_findings (stage->page)->inquiry;
  g_assert_cmpint (inquiry->from_us, ==, from_us);
  g_assert_cmpint (inquiry->to_us, ==, to_us);
  g_signal_emit_by_name (g_ptr_array_index (strips, 0), "range-chosen", from_us - TW_HOUR, from_us - TW_MINUTE,
                         TRUE);
  wait_for_fit (stage);
  inquiry = &tw_analysis_page_get_findings (stage->page)->inquiry;
  g_assert_cmpint (inquiry->before_from_us, ==, from_us - TW_HOUR);
  g_assert_cmpint (tw_analysis_results_get_result (tw_analysis_page_get_results (stage->page)), ==,
                   TW_RESULT_COMPARISON);
  /* By keys: an hour earlier or so, as long as before, then not beyond the chosen one. */
  press (g_ptr_array_index (strips, 0), GDK_KEY_Left, GDK_CONTROL_MASK | GDK_SHIFT_MASK);
  wait_for_fit (stage);
  inquiry = &tw_analysis_page_get_findings (stage->page)->inquiry;
  g_assert_cmpint (inquiry->from_us, ==, from_us);
  g_assert_cmpint (inquiry->before_from_us, <, from_us - TW_HOUR);
  g_assert_cmpint (inquiry->before_to_us - inquiry->before_from_us, ==, TW_HOUR - TW_MINUTE);
  for (int i = 0; i < 4; i++)
    press (g_ptr_array_index (strips, 0), GDK_KEY_Right, GDK_CONTROL_MASK | GDK_SHIFT_MASK);
  wait_for_fit (stage);
  inquiry = &tw_analysis_page_get_findings (stage->page)->inquiry;
  g_assert_cmpint (inquiry->before_to_us, ==, from_us - 1);
}

static void
on_outcome (TwAnalysisPage *page,
            const char *text,
            char **kept)
{
  g_free (*kept);
  *kept = g_strdup (text);
}

static GBytes *
save (Stage *stage,
      TwExport format,
      const char *folder)
{
  const TwSheet *sheet = tw_analysis_results_get_sheet (tw_analysis_page_get_results (stage->page));
  g_autofree char *name = tw_sheet_dup_file_name (sheet, format, TW_FIXTURE_NOW_US);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autofree char *told = NULL;
  gint64 end_us = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;
  GBytes *bytes;

  g_assert_null (strstr (name, "DEMO"));
  g_assert_null (strstr (name, "4503"));
  g_signal_connect (stage->page, "outcome", G_CALLBACK (on_outcome), &told);
  tw_analysis_page_save (stage->page, format, file);
  while (told == NULL && g_get_monotonic_time () < end_us)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handlers_disconnect_by_data (stage->page, &told);
  g_assert_nonnull (told);
  g_assert_true (g_str_has_prefix (told, "Saved as twinward-fit-2026-11-22-1402."));
  bytes = g_file_load_bytes (file, NULL, NULL, NULL);
  g_assert_nonnull (bytes);
  g_assert_true (g_file_delete (file, NULL, NULL));
  return bytes;
}

/* The rows of the file are the rows of the table, to the last digit. */
static void
check_csv (const TwSheet *sheet,
           const char *csv)
{
  g_auto (GStrv) lines = g_strsplit (csv, "\r\n", -1);
  guint line = 0, row;

  g_assert_nonnull (strstr (csv, "# Window: 2026-11-22T"));
  g_assert_nonnull (strstr (csv, "# Time zone: "));
  g_assert_nonnull (strstr (csv, "# Method: "));
  g_assert_nonnull (strstr (csv, "# Twinward " TW_VERSION));
  g_assert_nonnull (strstr (csv, "# Association, not cause."));
  g_assert_null (strstr (csv, "Clara"));
  g_assert_null (strstr (csv, "004503"));
  while (lines[line][0] == '#')
    line++;
  g_assert_nonnull (strstr (lines[line], "mmHg"));
  for (row = 0, line++; row < sheet->n_rows; row++, line++)
    {
      g_auto (GStrv) cells = g_strsplit (lines[line], ",", -1);

      g_assert_cmpuint (g_strv_length (cells), ==, sheet->columns->len);
      for (guint i = 0; i < sheet->columns->len; i++)
        {
          const TwSheetColumn *column = g_ptr_array_index (sheet->columns, i);

          if (column->kind == TW_COLUMN_NUMBER)
            g_assert_cmpfloat_with_epsilon (g_ascii_strtod (cells[i], NULL), column->value[row],
                                            1e-9 * MAX (1, fabs (column->value[row])));
          else if (column->kind == TW_COLUMN_TIME)
            {
              gint64 t_us;

              g_assert_true (tw_time_parse (cells[i], -1, &t_us));
              g_assert_cmpint (t_us, ==, (gint64) column->value[row]);
            }
        }
    }
  g_assert_cmpstr (lines[line], ==, "");
  g_assert_null (lines[line + 1]);
}

static void
test_exports (Stage *stage,
              gconstpointer data)
{
  g_autofree char *folder = g_dir_make_tmp ("tw-analysis-XXXXXX", NULL);
  g_autoptr (GBytes) csv = NULL, svg = NULL, pdf = NULL;
  g_autoptr (GMarkupParseContext) xml = NULL;
  static const GMarkupParser nothing = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  gtk_check_button_set_active (find_check (stage, "HR"), TRUE);
  gtk_check_button_set_active (find_check (stage, "RR"), TRUE);
  wait_for_fit (stage);
  csv = save (stage, TW_EXPORT_CSV, folder);
  text = g_strndup (g_bytes_get_data (csv, NULL), g_bytes_get_size (csv));
  check_csv (tw_analysis_results_get_sheet (tw_analysis_page_get_results (stage->page)), text);
  svg = save (stage, TW_EXPORT_SVG, folder);
  xml = g_markup_parse_context_new (&nothing, 0, NULL, NULL);
  g_assert_true (g_markup_parse_context_parse (xml, g_bytes_get_data (svg, NULL),
                                               (gssize) g_bytes_get_size (svg), &error));
  g_assert_true (g_markup_parse_context_end_parse (xml, &error));
  g_assert_no_error (error);
  pdf = save (stage, TW_EXPORT_PDF, folder);
  g_assert_cmpint (memcmp (g_bytes_get_data (pdf, NULL), "%PDF-", 5), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

/* A folder that is not there: it is told, nothing ends. */
static void
test_not_saved (Stage *stage,
                gconstpointer data)
{
  g_autoptr (GFile) file = g_file_new_for_path ("/nowhere/at/all/fit.csv");
  g_autofree char *told = NULL;
  gint64 end_us = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  gtk_check_button_set_active (find_check (stage, "HR"), TRUE);
  wait_for_fit (stage);
  g_signal_connect (stage->page, "outcome", G_CALLBACK (on_outcome), &told);
  tw_analysis_page_save (stage->page, TW_EXPORT_CSV, file);
  while (told == NULL && g_get_monotonic_time () < end_us)
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (told);
  g_assert_true (g_str_has_prefix (told, "Not saved: "));
  g_signal_handlers_disconnect_by_data (stage->page, &told);
}

static void
test_copy (Stage *stage,
           gconstpointer data)
{
  GdkContentFormats *formats;
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (stage->page));

  gtk_check_button_set_active (find_check (stage, "HR"), TRUE);
  wait_for_fit (stage);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (stage->window), "win.copy", NULL));
  formats = gdk_clipboard_get_formats (clipboard);
  g_assert_true (gdk_content_formats_contain_gtype (formats, G_TYPE_STRING));
  g_assert_true (gdk_content_formats_contain_gtype (formats, GDK_TYPE_TEXTURE));
}

/* Keys, the table, the other page and back. */
static void
test_keys (Stage *stage,
           gconstpointer data)
{
  g_autoptr (GPtrArray) tables = g_ptr_array_new (), canvases = g_ptr_array_new ();

  gtk_check_button_set_active (find_check (stage, "HR"), TRUE);
  wait_for_fit (stage);
  collect (GTK_WIDGET (stage->page), TW_TYPE_SHEET_TABLE, tables);
  collect (GTK_WIDGET (stage->page), TW_TYPE_FIGURE_CANVAS, canvases);
  g_assert_true (gtk_widget_get_mapped (g_ptr_array_index (canvases, 0)));
  g_action_group_activate_action (G_ACTION_GROUP (stage->window), "table", NULL);
  iterate ();
  g_assert_true (gtk_widget_get_mapped (g_ptr_array_index (tables, 0)));
  g_action_group_activate_action (G_ACTION_GROUP (stage->window), "table", NULL);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (stage->window), "win.monitor", NULL));
  iterate ();
  g_assert_false (gtk_widget_get_mapped (GTK_WIDGET (stage->page)));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (stage->window), "win.analysis", NULL));
  iterate ();
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (stage->page)));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (stage->window), "win.run-fit", NULL));
  g_assert_true (tw_analysis_page_is_running (stage->page));
  wait_for_fit (stage);
  /* The flags stand beside the monitor: asked for, it comes. */
  g_action_group_activate_action (G_ACTION_GROUP (stage->window), "flags", NULL);
  iterate ();
  g_assert_false (gtk_widget_get_mapped (GTK_WIDGET (stage->page)));
}

/* Ends the window while a file is being written: the file is written, nobody is told. */
static void
test_closed_while_saving (Stage *stage,
                          gconstpointer data)
{
  g_autofree char *folder = g_dir_make_tmp ("tw-analysis-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "closed.csv", NULL);

  gtk_check_button_set_active (find_check (stage, "HR"), TRUE);
  wait_for_fit (stage);
  stage->saving = g_file_new_for_path (path);
  tw_analysis_page_save (stage->page, TW_EXPORT_CSV, stage->saving);
}

/* Ends the window while a fit is on its way. */
static void
test_closed_while_running (Stage *stage,
                           gconstpointer data)
{
  gtk_check_button_set_active (find_check (stage, "HR"), TRUE);
  tw_analysis_page_run (stage->page);
  g_assert_true (tw_analysis_page_is_running (stage->page));
}

int
main (int argc,
      char **argv)
{
  int status;

  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP there is no display\n");
      return 0;
    }
  g_assert_true (tw_plot_init (NULL));
  application = g_object_new (ADW_TYPE_APPLICATION, "application-id", "org.twinward.Test",
                              "resource-base-path", "/org/twinward/Twinward", "flags",
                              G_APPLICATION_NON_UNIQUE, NULL);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, "gtk-font-name",
                "Cantarell 11", NULL);
#define ADD(name, function)                                                                          \
  g_test_add ("/app/analysis/" name, Stage, NULL, set_up, function, tear_down)
  ADD ("fit-in-three-actions", test_fit_in_three_actions);
  ADD ("methods", test_methods);
  ADD ("every-result", test_every_result);
  ADD ("wrong-patient", test_wrong_patient);
  ADD ("newest-wins", test_newest_wins);
  ADD ("too-few", test_too_few);
  ADD ("window-on-the-chart", test_window_on_the_chart);
  ADD ("exports", test_exports);
  ADD ("not-saved", test_not_saved);
  ADD ("copy", test_copy);
  ADD ("keys", test_keys);
  ADD ("closed-while-saving", test_closed_while_saving);
  ADD ("closed-while-running", test_closed_while_running);
#undef ADD
  status = g_test_run ();
  g_object_unref (application);
  tw_plot_shutdown ();
  return status;
}
