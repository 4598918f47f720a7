/* SPDX-License-Identifier: GPL-3.0-or-later */
/* P1: a full redraw of a Monitor of six strips at 1280x800, axes, text, limits, bands and traces,
 * and the same with the axes kept. */
#include "config.h"

#include "bench-plot.h"

#define LIMIT_MS 8.0
#define ROUNDS 11
#define ROUND_MS 200.0

typedef struct
{
  cairo_surface_t *frame;
  TwSeriesView *views[BENCH_STRIPS];
  TwForecast forecasts[BENCH_STRIPS];
  guint n;
  const BenchLayout *layout;
} Monitor;

static void
monitor_init (Monitor *self, guint n, const BenchLayout *layout)
{
  self->layout = layout;
  self->n = n;
  self->frame = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, BENCH_WIDTH, BENCH_HEIGHT);
  for (int i = 0; i < BENCH_STRIPS; i++)
    {
      TwSeries *series = bench_series (&bench_rows[i], n, 3 * TW_HOUR, n + 16);
      self->views[i] = tw_series_snapshot (series);
      tw_series_free (series);
      bench_forecast (&self->forecasts[i], &bench_rows[i]);
    }
}

static void
monitor_clear (Monitor *self)
{
  cairo_surface_destroy (self->frame);
  for (int i = 0; i < BENCH_STRIPS; i++)
    tw_series_view_unref (self->views[i]);
}

static void
redraw (Monitor *self, gboolean axes)
{
  cairo_t *cr = cairo_create (self->frame);

  for (int i = 0; i < BENCH_STRIPS; i++)
    {
      TwStrip strip = bench_strip (&bench_rows[i], self->layout, self->views[i],
                                   &self->forecasts[i], 3 * TW_HOUR);
      g_autoptr (GError) error = NULL;
      gboolean done = !axes || tw_plot_strip_axes (cr, &strip, &error);
      done = done && tw_plot_strip_forecast (cr, &strip, &error)
             && tw_plot_strip_trace (cr, &strip, &error);
      if (!done)
        g_error ("%s", error->message);
      cairo_translate (cr, 0, strip.height);
    }
  cairo_destroy (cr);
}

/* Each column's extreme samples stand in ink of the trace's colour. */
static gboolean
gate (Monitor *self)
{
  const guchar *data = NULL;
  int stride = cairo_image_surface_get_stride (self->frame);

  redraw (self, TRUE);
  cairo_surface_flush (self->frame);
  data = cairo_image_surface_get_data (self->frame);
  for (int k = 0; k < BENCH_STRIPS; k++)
    {
      TwStrip strip = bench_strip (&bench_rows[k], self->layout, self->views[k], NULL, 3 * TW_HOUR);
      const TwColour *ink = &strip.theme->channel[strip.channel];
      gsize n = tw_series_view_get_length (self->views[k]);
      for (gsize i = 0; i < n; i += MAX (n / 5000, 1))
        {
          TwSample s;
          tw_series_view_get (self->views[k], i, &s);
          int x = (int) floor (tw_strip_x (&strip, s.t_us)),
              y = (int) floor (tw_strip_y (&strip, s.value));
          if (y < 0 || y >= (int) strip.height || x >= (int) tw_strip_now_x (&strip) - 2 || x < 36)
            continue;
          const guchar *pixel = data + (y + k * (int) strip.height) * stride + 4 * x;
          /* All grounds here are near white: a third of the way to the ink, at least. */
          if (255 - MIN (pixel[2], pixel[0]) < (int) (255 * (1 - MIN (ink->r, ink->b)) / 3))
            return FALSE;
        }
    }
  return TRUE;
}

static void
measure (Monitor *self, gboolean axes)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) cpu = g_array_new (FALSE, FALSE, sizeof (double));
  g_autofree char *workload = g_strdup_printf ("6 strips x %u points, %s%s", self->n,
                                               self->layout->name, axes ? "" : ", axes kept");

  for (int round = 0; round < ROUNDS; round++)
    for (double spent = 0; spent < ROUND_MS;)
      {
        BenchClock clock;
        bench_start (&clock);
        redraw (self, axes);
        spent += bench_stop (&clock, times, cpu);
      }
  bench_report ("redraw", workload, times, cpu, LIMIT_MS, "samples inked");
}

int
main (void)
{
  static const guint sizes[] = { 1000, 10000, 100000 };
  g_autoptr (GError) error = NULL;

  if (!tw_plot_init (&error))
    g_error ("%s", error->message);
  for (gsize i = 0; i < 2 * G_N_ELEMENTS (sizes); i++)
    {
      Monitor monitor;
      monitor_init (&monitor, sizes[i % G_N_ELEMENTS (sizes)],
                    &bench_layouts[i / G_N_ELEMENTS (sizes)]);
      if (gate (&monitor))
        {
          measure (&monitor, TRUE);
          measure (&monitor, FALSE);
        }
      else
        g_print ("redraw: %u points: gate failed, no time\n", monitor.n);
      monitor_clear (&monitor);
    }
  g_print ("peer uplot: not installed, skipped\n");
  tw_plot_shutdown ();
  return 0;
}
