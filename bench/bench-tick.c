/* SPDX-License-Identifier: GPL-3.0-or-later */
/* P2: a live tick of the Monitor: one new sample in each of six channels, new snapshots, and the
 * trace layers that they change; after one hour and after 24 hours of recording at 1 Hz, in windows
 * of 3 h and 24 h. */
#include "config.h"

#include "bench-plot.h"

#define LIMIT_MS 1.0
#define TICKS 3000

typedef struct
{
  TwSeries *series[BENCH_STRIPS];
  cairo_surface_t *layers[BENCH_STRIPS];
  guint32 state;
  gint64 now_us;
  const BenchLayout *layout;
} Live;

static void
live_init (Live *self, gint64 length_us, const BenchLayout *layout)
{
  self->layout = layout;
  self->state = 5;
  self->now_us = BENCH_NOW;
  for (int i = 0; i < BENCH_STRIPS; i++)
    {
      self->series[i] =
          bench_series (&bench_rows[i], (guint) (length_us / TW_SECOND), length_us, 0);
      self->layers[i] =
          cairo_image_surface_create (CAIRO_FORMAT_ARGB32, layout->width, layout->height);
    }
}

static void
live_clear (Live *self)
{
  for (int i = 0; i < BENCH_STRIPS; i++)
    {
      tw_series_free (self->series[i]);
      cairo_surface_destroy (self->layers[i]);
    }
}

static void
clear_layer (cairo_surface_t *layer)
{
  cairo_surface_flush (layer);
  memset (cairo_image_surface_get_data (layer), 0,
          (gsize) cairo_image_surface_get_stride (layer)
              * (gsize) cairo_image_surface_get_height (layer));
  cairo_surface_mark_dirty (layer);
}

static void
tick (Live *self, gint64 past_us)
{
  self->now_us += TW_SECOND;
  for (int i = 0; i < BENCH_STRIPS; i++)
    {
      TwSample sample = { self->now_us, bench_value (&bench_rows[i], 1, &self->state), 0 };
      tw_series_insert (self->series[i], &sample);
      g_autoptr (TwSeriesView) view = tw_series_snapshot (self->series[i]);
      TwStrip strip = bench_strip (&bench_rows[i], self->layout, view, NULL, past_us);
      g_autoptr (GError) error = NULL;

      strip.from_us += self->now_us - BENCH_NOW;
      strip.to_us += self->now_us - BENCH_NOW;
      strip.now_us = self->now_us;
      clear_layer (self->layers[i]);
      cairo_t *cr = cairo_create (self->layers[i]);
      if (!tw_plot_strip_trace (cr, &strip, &error))
        g_error ("%s", error->message);
      cairo_destroy (cr);
    }
}

static void
measure (gint64 length_us, gint64 past_us, const BenchLayout *layout)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) cpu = g_array_new (FALSE, FALSE, sizeof (double));
  g_autofree char *workload =
      g_strdup_printf ("+1 sample x 6, %d h recorded, window %d h, %s", (int) (length_us / TW_HOUR),
                       (int) (past_us / TW_HOUR), layout->name);
  Live live;

  live_init (&live, length_us, layout);
  for (int i = 0; i < TICKS; i++)
    {
      BenchClock clock;
      bench_start (&clock);
      tick (&live, past_us);
      bench_stop (&clock, times, cpu);
    }
  bench_report ("tick", workload, times, cpu, LIMIT_MS, "none timed apart");
  live_clear (&live);
}

int
main (void)
{
  g_autoptr (GError) error = NULL;

  if (!tw_plot_init (&error))
    g_error ("%s", error->message);
  for (gsize i = 0; i < G_N_ELEMENTS (bench_layouts); i++)
    {
      measure (TW_HOUR, TW_HOUR, &bench_layouts[i]);
      measure (3 * TW_HOUR, 3 * TW_HOUR, &bench_layouts[i]);
      measure (24 * TW_HOUR, 3 * TW_HOUR, &bench_layouts[i]);
      measure (24 * TW_HOUR, 24 * TW_HOUR, &bench_layouts[i]);
    }
  g_print ("peer uplot: not installed, skipped\n");
  tw_plot_shutdown ();
  return 0;
}
