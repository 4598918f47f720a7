/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chart widgets on a display: pictures of every state, what is drawn anew and what is not,
 * keys, pointer wishes, and that each is finalized. */
#include "config.h"

#include "plot-fixture.h"

#include <adwaita.h>
#include <glib/gstdio.h>

#include "tw-chart-layer.h"
#include "tw-lanes.h"
#include "tw-sparkline.h"
#include "tw-strip-reading.h"
#include "tw-strip-widget.h"
#include "tw-time-axis.h"

#define N_STRIPS 5

static char *folder;

typedef struct
{
  TwChannel channel;
  int height;
  FixtureWave wave;
  double forecast_to, deviation, limit_low, limit_high;
} Row;

static const Row rows[N_STRIPS] = {
  { TW_CHANNEL_HEART_RATE, 88, { 84, 121, 3, 3, 0, 10 * TW_SECOND, .seed = 3 }, 133, 9, 45, 120 },
  { TW_CHANNEL_SPO2, 78, { 98, 96, .5, 1.2, .5, 10 * TW_SECOND, .seed = 5 }, 95, 1.7, 94, NAN },
  { TW_CHANNEL_MAP,
    106,
    { 86, 70, 4, 4, 0, 10 * TW_SECOND, 156 * TW_MINUTE, 130 * TW_MINUTE, 7 },
    58,
    8.5,
    65,
    NAN },
  { TW_CHANNEL_RESPIRATORY_RATE,
    78,
    { 15, 20, 1, 2, 0, 10 * TW_SECOND, .seed = 9 },
    22,
    2.8,
    NAN,
    30 },
  { TW_CHANNEL_TEMPERATURE,
    72,
    { 37, 36.9, .1, .1, .1, 65 * TW_MINUTE, .seed = 2 },
    36.8,
    .35,
    NAN,
    38 },
};

typedef enum
{
  USUAL,
  STALE,
  LOST,
  UNRELIABLE,
  LOADING,
  N_STATES
} State;

static const char *const state_names[N_STATES] = { "usual", "stale", "lost", "unreliable",
                                                   "loading" };

/* Data of one strip; what it points to lives until cleared. */
typedef struct
{
  TwStripData data;
  TwForecast forecast;
  char *withheld;
} Given;

static gint64 spacing_us; /* of every continuous channel; 0: the row's */

static TwSeriesView *
view_of (const FixtureWave *wave, gint64 until_us)
{
  g_autoptr (TwSeries) series = fixture_series (wave, until_us, 4 * TW_HOUR);

  return tw_series_snapshot (series);
}

static void
given_init (Given *given, const Row *row, State state)
{
  gint64 until_us = FIXTURE_NOW - (state == STALE ? 22 : state == LOST ? 41 : 0) * TW_MINUTE;
  TwSample last = { 0 };

  *given = (Given) { .data = TW_STRIP_DATA_INIT (row->channel) };
  given->data.window =
      (TwTimeWindow){ FIXTURE_NOW - 3 * TW_HOUR, FIXTURE_NOW + TW_HOUR, FIXTURE_NOW, NULL };
  given->data.limit_low = row->limit_low;
  given->data.limit_high = row->limit_high;
  if (state == LOADING)
    {
      given->data.state = TW_STRIP_LOADING;
      return;
    }
  FixtureWave line = row->wave;
  if (spacing_us > 0 && line.spacing_us < TW_MINUTE)
    {
      line.spacing_us = spacing_us;
      line.rounding = 1;
    }
  given->data.series = view_of (&line, until_us);
  if (row->channel == TW_CHANNEL_MAP)
    {
      FixtureWave wave = line;
      wave.start += 34, wave.end += 26;
      given->data.envelope_high = view_of (&wave, until_us);
      wave.start -= 52, wave.end -= 42;
      given->data.envelope_low = view_of (&wave, until_us);
    }
  tw_series_view_get (given->data.series, tw_series_view_get_length (given->data.series) - 1,
                      &last);
  fixture_forecast (&given->forecast, row->channel, FIXTURE_NOW, last.value, row->forecast_to,
                    row->deviation);
  given->forecast.input_us = until_us;
  given->forecast.status = state == UNRELIABLE               ? TW_FORECAST_UNRELIABLE
                           : state == STALE || state == LOST ? TW_FORECAST_STALE_INPUT
                                                             : TW_FORECAST_OK;
  given->data.forecast = &given->forecast;
  given->withheld = tw_strip_data_dup_withheld (&given->forecast, FIXTURE_NOW);
  given->data.withheld = given->withheld;
  given->data.state = state == STALE  ? TW_STRIP_STALE
                      : state == LOST ? TW_STRIP_LOST
                                      : TW_STRIP_LIVE;
  given->data.stale_from_us = state == STALE || state == LOST ? until_us : 0;
}

static void
given_clear (Given *given)
{
  g_clear_pointer (&given->data.series, tw_series_view_unref);
  g_clear_pointer (&given->data.envelope_low, tw_series_view_unref);
  g_clear_pointer (&given->data.envelope_high, tw_series_view_unref);
  g_clear_pointer (&given->withheld, g_free);
}

static void
spin (int milliseconds)
{
  gint64 end = g_get_monotonic_time () + milliseconds * 1000;

  while (g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, FALSE);
}

static void
save (GtkWidget *widget, const char *name)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  cairo_t *cr = cairo_create (surface);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());

  cairo_set_source_rgb (cr, dark ? .141 : .98, dark ? .141 : .98, dark ? .141 : .98);
  cairo_paint (cr);
  gdk_paintable_snapshot (paintable, snapshot, width, height);
  GskRenderNode *node = gtk_snapshot_free_to_node (snapshot);
  g_assert_nonnull (node);
  gsk_render_node_draw (node, cr);
  gsk_render_node_unref (node);
  g_assert_cmpint (cairo_surface_write_to_png (surface, path), ==, CAIRO_STATUS_SUCCESS);
  g_test_message ("picture: %s", path);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

static void
set_dark (gboolean dark)
{
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      dark ? ADW_COLOR_SCHEME_FORCE_DARK
                                           : ADW_COLOR_SCHEME_FORCE_LIGHT);
}

static void
fill_lanes (TwLanes *lanes, const TwTimeWindow *window)
{
  gint64 now = FIXTURE_NOW;
  TwLaneMark marks[] = {
    { TW_LANE_NOTES, 0, TW_MARK_NOTE, 0, now - 168 * TW_MINUTE, 0, "Arterial line" },
    { TW_LANE_NOTES, 0, TW_MARK_NOTE, 0, now - 74 * TW_MINUTE, 0, "Drain 250 mL" },
    { TW_LANE_TREATMENTS, 0, TW_MARK_DOSE, 0, now - 131 * TW_MINUTE, now - 116 * TW_MINUTE, "250" },
    { TW_LANE_TREATMENTS, 0, TW_MARK_DOSE, 0, now - 98 * TW_MINUTE, now - 83 * TW_MINUTE, "250" },
    { TW_LANE_TREATMENTS, 0, TW_MARK_DOSE, 0, now - 52 * TW_MINUTE, now - 37 * TW_MINUTE, "250" },
    { TW_LANE_TREATMENTS, 1, TW_MARK_RATE, 0, now - 57 * TW_MINUTE, now, "0.05 µg/kg/min" },
    { TW_LANE_OXYGEN, 0, TW_MARK_BAND, 0, now - 4 * TW_HOUR, now, "Air" },
    { TW_LANE_CONSCIOUSNESS, 0, TW_MARK_POINT, 0, now - 165 * TW_MINUTE, 0, "Alert" },
    { TW_LANE_CONSCIOUSNESS, 0, TW_MARK_POINT, 0, now - 105 * TW_MINUTE, 0, "Alert" },
    { TW_LANE_FLAGS, 0, TW_MARK_NO_SIGNAL, TW_LEVEL_TECHNICAL, now - 156 * TW_MINUTE,
      now - 130 * TW_MINUTE, "No signal" },
    { TW_LANE_FLAGS, 0, TW_MARK_FLAG, TW_LEVEL_MEDIUM, now - 2 * TW_MINUTE, now, "!!" },
    { TW_LANE_FLAGS, 0, TW_MARK_PREDICTED, TW_LEVEL_MEDIUM, now, 0, "MAP < 65" },
  };

  tw_lanes_set_window (lanes, window);
  tw_lanes_set_marks (lanes, marks, G_N_ELEMENTS (marks));
  tw_lanes_set_caption (lanes, 0, "Fluid mL");
  tw_lanes_set_caption (lanes, 1, "Norepinephrine");
}

/* The Monitor's chart column with an empty column of numerics. */
typedef struct
{
  GtkWidget *window, *grid, *heading, *axis, *lanes;
  GtkWidget *strips[N_STRIPS];
} Page;

static void
page_init (Page *page)
{
  page->window = gtk_window_new ();
  page->grid = gtk_grid_new ();
  page->heading = tw_time_axis_new (TW_TIME_AXIS_HEADING);
  page->axis = tw_time_axis_new (TW_TIME_AXIS_BELOW);
  page->lanes = tw_lanes_new (196 + TW_GUTTER_LEFT);
  tw_time_axis_set_caption (TW_TIME_AXIS (page->heading), "DEMO");
  GtkWidget *room = gtk_label_new (NULL);
  gtk_widget_set_size_request (room, 196, -1);
  gtk_grid_attach (GTK_GRID (page->grid), room, 0, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (page->grid), page->heading, 1, 0, 1, 1);
  for (int i = 0; i < N_STRIPS; i++)
    {
      page->strips[i] = tw_strip_widget_new ();
      gtk_widget_set_hexpand (page->strips[i], TRUE);
      gtk_widget_set_size_request (page->strips[i], -1, rows[i].height);
      gtk_grid_attach (GTK_GRID (page->grid), page->strips[i], 1, i + 1, 1, 1);
    }
  gtk_grid_attach (GTK_GRID (page->grid), page->axis, 1, N_STRIPS + 1, 1, 1);
  gtk_grid_attach (GTK_GRID (page->grid), page->lanes, 0, N_STRIPS + 2, 2, 1);
  gtk_window_set_decorated (GTK_WINDOW (page->window), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (page->window), 776, 580);
  gtk_window_set_child (GTK_WINDOW (page->window), page->grid);
  gtk_window_present (GTK_WINDOW (page->window));
}

static void
page_fill (Page *page, State state)
{
  TwTimeWindow window = { FIXTURE_NOW - 3 * TW_HOUR, FIXTURE_NOW + TW_HOUR, FIXTURE_NOW, NULL };

  for (int i = 0; i < N_STRIPS; i++)
    {
      Given given;
      given_init (&given, &rows[i], i == 4 && state != LOADING ? USUAL : state);
      tw_strip_widget_set_data (TW_STRIP_WIDGET (page->strips[i]), &given.data);
      given_clear (&given);
    }
  tw_time_axis_set_window (TW_TIME_AXIS (page->heading), &window);
  tw_time_axis_set_window (TW_TIME_AXIS (page->axis), &window);
  fill_lanes (TW_LANES (page->lanes), &window);
}

static void
test_pictures (void)
{
  Page page;

  page_init (&page);
  for (int state = 0; state < N_STATES; state++)
    for (int dark = 0; dark < 2; dark++)
      {
        g_autofree char *name =
            g_strdup_printf ("charts-%s-%s.png", state_names[state], dark ? "dark" : "light");
        set_dark (dark != 0);
        page_fill (&page, state);
        spin (60);
        save (page.grid, name);
      }
  set_dark (FALSE);
  spacing_us = TW_SECOND;
  page_fill (&page, USUAL);
  spin (60);
  save (page.grid, "charts-seconds-light.png");
  spacing_us = 0;
  page_fill (&page, USUAL);
  gtk_widget_grab_focus (page.strips[1]);
  gtk_window_set_focus_visible (GTK_WINDOW (page.window), TRUE);
  for (int i = 0; i < N_STRIPS; i++)
    tw_strip_widget_set_cursor (TW_STRIP_WIDGET (page.strips[i]), FIXTURE_NOW - 63 * TW_MINUTE);
  spin (60);
  save (page.grid, "charts-cursor-light.png");
  for (int i = 0; i < N_STRIPS; i++)
    tw_strip_widget_set_cursor (TW_STRIP_WIDGET (page.strips[i]), FIXTURE_NOW + 33 * TW_MINUTE);
  spin (60);
  save (page.grid, "charts-ahead-light.png");
  gtk_window_destroy (GTK_WINDOW (page.window));
}

static void
test_tiles (void)
{
  GtkWidget *window = gtk_window_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 30);
  GtkWidget *sparks[4];

  for (int i = 0; i < 4; i++)
    {
      sparks[i] = tw_sparkline_new ();
      gtk_box_append (GTK_BOX (box), sparks[i]);
    }
  gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
  gtk_window_set_child (GTK_WINDOW (window), box);
  gtk_window_present (GTK_WINDOW (window));
  for (int dark = 0; dark < 2; dark++)
    {
      static const State states[4] = { USUAL, STALE, UNRELIABLE, LOADING };
      g_autofree char *name = g_strdup_printf ("tiles-%s.png", dark ? "dark" : "light");
      set_dark (dark != 0);
      for (int i = 0; i < 4; i++)
        {
          Given given;
          given_init (&given, &rows[i], states[i]);
          given.data.window.from_us = FIXTURE_NOW - 2 * TW_HOUR;
          tw_sparkline_set_data (TW_SPARKLINE (sparks[i]), &given.data);
          given_clear (&given);
        }
      spin (60);
      save (box, name);
    }
  set_dark (FALSE);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* Each widget goes when its last reference does, shown or not. */
static void
test_finalize (void)
{
  Given given;
  TwTimeWindow window = { 0, TW_HOUR, TW_HOUR, g_time_zone_new_utc () };

  given_init (&given, &rows[2], USUAL);
  given.data.window.zone = window.zone;
  GtkWidget *strip = g_object_ref_sink (tw_strip_widget_new ());
  tw_strip_widget_set_data (TW_STRIP_WIDGET (strip), &given.data);
  g_assert_finalize_object (G_OBJECT (strip));
  GtkWidget *spark = g_object_ref_sink (tw_sparkline_new ());
  tw_sparkline_set_data (TW_SPARKLINE (spark), &given.data);
  g_assert_finalize_object (G_OBJECT (spark));
  GtkWidget *axis = g_object_ref_sink (tw_time_axis_new (TW_TIME_AXIS_BELOW));
  tw_time_axis_set_window (TW_TIME_AXIS (axis), &window);
  g_assert_finalize_object (G_OBJECT (axis));
  GtkWidget *lanes = g_object_ref_sink (tw_lanes_new (100));
  fill_lanes (TW_LANES (lanes), &window);
  g_assert_finalize_object (G_OBJECT (lanes));
  given_clear (&given);
  g_time_zone_unref (window.zone);
}

/* The words of the cursor and of the screen reader say what the picture shows. */
static void
test_words (void)
{
  FixtureWave wave = { 110, 122, 0, 0, 1, 10 * TW_SECOND, .seed = 1 };
  TwStripView view = { 512, 88, 1, tw_theme_get (FALSE), FALSE };
  g_autoptr (TwSeries) series = fixture_series (&wave, FIXTURE_NOW - 8 * TW_SECOND, TW_HOUR);
  TwSample spike = { FIXTURE_NOW - 20 * TW_MINUTE, 240,
                     tw_quality_from_reason (TW_REASON_HARD_LIMIT) };
  TwStripReading reading;
  TwForecast forecast;
  TwStripHeld held;
  TwStrip strip;

  tw_series_insert (series, &spike);
  g_autoptr (TwSeriesView) samples = tw_series_snapshot (series);
  fixture_forecast (&forecast, TW_CHANNEL_HEART_RATE, FIXTURE_NOW, 122, 133, 9);
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  TwStripData data = TW_STRIP_DATA_INIT (TW_CHANNEL_HEART_RATE);
  data.series = samples;
  data.forecast = &forecast;
  data.window =
      (TwTimeWindow){ FIXTURE_NOW - 3 * TW_HOUR, FIXTURE_NOW + TW_HOUR, FIXTURE_NOW, utc };
  tw_strip_held_init (&held);
  tw_strip_held_set (&held, &data);
  tw_strip_held_fill (&held, &view, &strip);

  tw_strip_read (&held, &strip, FIXTURE_NOW - 7 * TW_SECOND, &reading);
  g_assert_cmpstr (reading.value, ==, "122 /min");
  g_assert_cmpstr (reading.detail, ==, "14:01:52, 8 s ago, good");
  tw_strip_read (&held, &strip, spike.t_us, &reading);
  g_assert_cmpstr (reading.value, ==, "240 /min");
  g_assert_nonnull (strstr (reading.detail, "not counted"));
  tw_strip_read (&held, &strip, FIXTURE_NOW - 170 * TW_MINUTE, &reading);
  g_assert_cmpstr (reading.value, ==, "No data");
  g_assert_false (reading.has_point);
  tw_strip_read (&held, &strip, FIXTURE_NOW + 60 * TW_MINUTE, &reading);
  g_assert_cmpstr (reading.value, ==, "133 /min (121–145)");
  g_autofree char *summary = tw_strip_summary (&held);
  g_assert_cmpstr (summary, ==, "122 /min, rising 9 in 30 min; forecast 133, likely 121 to 145");
  g_autofree char *title = tw_strip_title (&held);
  g_assert_cmpstr (title, ==, "Heart rate, last 3 hours");
  tw_strip_held_clear (&held);
}

/* A reason for each status that withholds, none for those that do not. */
static void
test_withheld (void)
{
  static const struct { TwForecastStatus status; const char *words; } cases[] = {
    { TW_FORECAST_OK, NULL },
    { TW_FORECAST_UNRELIABLE, NULL },
    { TW_FORECAST_STALE_INPUT, "No forecast: MAP 22\u00a0min old" },
    { TW_FORECAST_TOO_FEW, "No forecast yet: too few MAP readings" },
    { TW_FORECAST_NO_DATA, "No forecast: no MAP" },
    { TW_FORECAST_NOT_MODELLED, "MAP is not forecast" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TwForecast forecast = { .channel = TW_CHANNEL_MAP, .status = cases[i].status,
                              .input_us = FIXTURE_NOW - 22 * TW_MINUTE };
      g_autofree char *words = tw_strip_data_dup_withheld (&forecast, FIXTURE_NOW);
      g_assert_cmpstr (words, ==, cases[i].words);
    }
  g_assert_null (tw_strip_data_dup_withheld (NULL, FIXTURE_NOW));
}

static GtkEventController *
controller_of (GtkWidget *widget, GType type)
{
  g_autoptr (GListModel) list = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (list, i);
      if (g_type_is_a (G_OBJECT_TYPE (controller), type))
        return controller; /* the widget keeps it */
    }
  g_assert_not_reached ();
}

static gboolean
press (GtkWidget *widget, guint key)
{
  gboolean taken = FALSE;

  g_signal_emit_by_name (controller_of (widget, GTK_TYPE_EVENT_CONTROLLER_KEY), "key-pressed", key,
                         0, 0, &taken);
  return taken;
}

/* What the signals of a strip asked for. */
typedef struct
{
  gint64 cursor_us, from_us, to_us;
  int n_cursor, n_window, n_default, n_previous;
} Wishes;

static void
on_cursor (TwStripWidget *strip, gint64 t_us, Wishes *wishes)
{
  wishes->cursor_us = t_us;
  wishes->n_cursor++;
}

static void
on_window (TwStripWidget *strip, gint64 from_us, gint64 to_us, Wishes *wishes)
{
  wishes->from_us = from_us;
  wishes->to_us = to_us;
  wishes->n_window++;
}

static void
on_previous (TwStripWidget *strip, Wishes *wishes)
{
  wishes->n_previous++;
}

static void
on_default (TwStripWidget *strip, Wishes *wishes)
{
  wishes->n_default++;
}

/* Keys and wheel of product.md sections 6 and 12: each becomes its wish, other keys are left alone.
 */
static void
test_keys (void)
{
  Wishes wishes = { 0 };
  gboolean taken = FALSE;
  Page page;

  page_init (&page);
  page_fill (&page, USUAL);
  spin (60);
  GtkWidget *strip = page.strips[0];
  g_signal_connect (strip, "cursor-changed", G_CALLBACK (on_cursor), &wishes);
  g_signal_connect (strip, "window-changed", G_CALLBACK (on_window), &wishes);
  g_signal_connect (strip, "previous-view", G_CALLBACK (on_previous), &wishes);
  g_signal_connect (strip, "default-view", G_CALLBACK (on_default), &wishes);

  g_assert_true (press (strip, GDK_KEY_Left));
  g_assert_cmpint (wishes.cursor_us, ==, FIXTURE_NOW);
  g_assert_true (press (strip, GDK_KEY_Left));
  g_assert_cmpint (wishes.cursor_us, <, FIXTURE_NOW);
  g_assert_cmpint (wishes.cursor_us, >, FIXTURE_NOW - 3 * TW_MINUTE);
  g_assert_true (press (strip, GDK_KEY_Right));
  g_assert_true (press (strip, GDK_KEY_Right));
  g_assert_cmpint (wishes.cursor_us, >, FIXTURE_NOW);
  g_assert_true (press (strip, GDK_KEY_Home));
  g_assert_cmpint (ABS (wishes.cursor_us - (FIXTURE_NOW - 3 * TW_HOUR)), <, TW_MINUTE);
  g_assert_cmpint (tw_strip_widget_get_cursor (TW_STRIP_WIDGET (strip)), ==, wishes.cursor_us);
  g_assert_true (press (strip, GDK_KEY_Escape));
  g_assert_cmpint (wishes.cursor_us, ==, 0);
  g_assert_false (press (strip, GDK_KEY_Escape));
  g_assert_false (press (strip, GDK_KEY_Up));
  g_assert_false (press (strip, GDK_KEY_x));

  g_assert_cmpint (wishes.n_window, ==, 0);
  g_assert_true (press (strip, GDK_KEY_Page_Up));
  g_assert_cmpint (wishes.n_window, ==, 1);
  g_assert_cmpint (wishes.to_us - wishes.from_us, ==, 4 * TW_HOUR);
  g_assert_cmpint (wishes.to_us, <, FIXTURE_NOW);
  g_assert_true (press (strip, GDK_KEY_BackSpace));
  g_assert_cmpint (wishes.n_previous, ==, 1);

  GtkEventController *wheel = controller_of (strip, GTK_TYPE_EVENT_CONTROLLER_SCROLL);
  g_signal_emit_by_name (wheel, "scroll", 0.0, -1.0, &taken);
  g_assert_true (taken);
  g_assert_cmpint (wishes.to_us - wishes.from_us, <, 4 * TW_HOUR);
  g_signal_emit_by_name (wheel, "scroll", 1.0, 0.0, &taken);
  g_assert_cmpint (ABS (wishes.to_us - wishes.from_us - 4 * TW_HOUR), <, TW_SECOND);
  g_assert_cmpint (wishes.from_us, >, FIXTURE_NOW - 3 * TW_HOUR);

  g_signal_emit_by_name (controller_of (strip, GTK_TYPE_GESTURE_CLICK), "pressed", 1, 100.0, 20.0);
  g_assert_cmpint (wishes.n_default, ==, 0);
  g_signal_emit_by_name (controller_of (strip, GTK_TYPE_GESTURE_CLICK), "pressed", 2, 100.0, 20.0);
  g_assert_cmpint (wishes.n_default, ==, 1);

  int before = wishes.n_cursor;
  tw_strip_widget_set_cursor (TW_STRIP_WIDGET (strip), FIXTURE_NOW - TW_HOUR);
  g_assert_cmpint (wishes.n_cursor, ==, before);
  gtk_window_destroy (GTK_WINDOW (page.window));
}

/* A layer is drawn when what it depends on changed, and then only; a failure is not repeated. */
static void
test_layer (void)
{
  TwStrip strip = fixture_strip (TW_CHANNEL_HEART_RATE, 512, 88, 1, FALSE);
  TwChartLayer layer = { 0 };
  TwAxesKey key = { 0 };
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 5; i++)
    {
      tw_axes_key_fill (&key, &strip);
      g_assert_true (
          tw_chart_layer_update (&layer, &strip, &key, sizeof key, tw_plot_strip_axes, &error));
      g_assert_no_error (error);
      g_assert_nonnull (layer.node);
      g_assert_cmpuint (layer.n_drawn, ==, 1);
    }
  strip.limit_high = 120;
  tw_axes_key_fill (&key, &strip);
  g_assert_true (
      tw_chart_layer_update (&layer, &strip, &key, sizeof key, tw_plot_strip_axes, &error));
  g_assert_cmpuint (layer.n_drawn, ==, 2);
  strip.high = strip.low;
  tw_axes_key_fill (&key, &strip);
  g_assert_false (
      tw_chart_layer_update (&layer, &strip, &key, sizeof key, tw_plot_strip_axes, &error));
  g_assert_error (error, TW_PLOT_ERROR, TW_PLOT_ERROR_STRIP);
  g_assert_null (layer.node);
  g_clear_error (&error);
  g_assert_true (
      tw_chart_layer_update (&layer, &strip, &key, sizeof key, tw_plot_strip_axes, &error));
  g_assert_cmpuint (layer.n_drawn, ==, 3);
  tw_chart_layer_clear (&layer);
}

/* The same data again changes no serial; another view, or another issue, does. */
static void
test_serials (void)
{
  TwStripHeld held;
  Given given, other;

  given_init (&given, &rows[0], USUAL);
  given_init (&other, &rows[0], USUAL);
  tw_strip_held_init (&held);
  tw_strip_held_set (&held, &given.data);
  guint data = held.data_serial, forecast = held.forecast_serial;
  tw_strip_held_set (&held, &given.data);
  g_assert_cmpuint (held.data_serial, ==, data);
  g_assert_cmpuint (held.forecast_serial, ==, forecast);
  tw_strip_held_set (&held, &other.data);
  g_assert_cmpuint (held.data_serial, ==, data + 1);
  g_assert_cmpuint (held.forecast_serial, ==, forecast);
  other.forecast.points[3].q[TW_Q50] += .5;
  tw_strip_held_set (&held, &other.data);
  g_assert_cmpuint (held.forecast_serial, ==, forecast + 1);
  tw_strip_held_clear (&held);
  given_clear (&given);
  given_clear (&other);
}

int
main (int argc, char **argv)
{
  const char *build = g_getenv ("TW_PICTURES");
  g_autoptr (GError) error = NULL;

  g_test_init (&argc, &argv, NULL);
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP no display\n");
      return 0;
    }
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-font-name", "Cantarell 11", NULL);
  folder = g_build_filename (build != NULL ? build : ".", "pictures", NULL);
  g_mkdir_with_parents (folder, 0755);
  tw_plot_init (&error);
  g_assert_no_error (error);
  g_test_add_func ("/app/charts/withheld", test_withheld);
  g_test_add_func ("/app/charts/words", test_words);
  g_test_add_func ("/app/charts/layer", test_layer);
  g_test_add_func ("/app/charts/serials", test_serials);
  g_test_add_func ("/app/charts/keys", test_keys);
  g_test_add_func ("/app/charts/finalize", test_finalize);
  g_test_add_func ("/app/charts/pictures", test_pictures);
  g_test_add_func ("/app/charts/tiles", test_tiles);
  int status = g_test_run ();
  tw_plot_shutdown ();
  g_free (folder);
  return status;
}
