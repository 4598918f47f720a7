/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Layer B of a strip: what was measured, up to now and never beyond: stale zone, gaps, pressure
 * envelope, line, markers, crosses for readings that do not count, arrows for values off the scale.
 */
#include "config.h"

#include "tw-columns.h"
#include "tw-pen.h"
#include "tw-raster.h"
#include "tw-strip-labels.h"
#include "tw-strip.h"
#include "tw-time.h"

#include <math.h>
#include <string.h>

#define LINE_PX 2.0
#define ENVELOPE_ALPHA .16
#define MARKER_SPACING_PX 6.0    /* from here on each sample has its marker, */
#define MARKER_LARGE_PX 14.0     /* and a larger one, */
#define MARKER_ALONE_PX 30.0     /* and charted values stand alone, without a line */
#define CROSS_SPACING_PX 3.0
#define SINGLE_PX 2.2
/* Samples that a series surely holds one by one; older ones may be four a minute. */
#define FULL_RESOLUTION (7 * TW_SERIES_CHUNK)

/* Reused by every drawing; main thread only. */
static struct
{
  gboolean ready;
  TwColumns line, low, high;
  TwRasterSpace space;
  int sub;                    /* columns a pixel of the line */
  cairo_surface_t *surface;
  GArray *x, *y;              /* double: points of one run */
} trace;

static void
prepare (void)
{
  if (trace.ready)
    return;
  tw_columns_init (&trace.line);
  tw_columns_init (&trace.low);
  tw_columns_init (&trace.high);
  trace.x = g_array_new (FALSE, FALSE, sizeof (double));
  trace.y = g_array_new (FALSE, FALSE, sizeof (double));
  trace.ready = TRUE;
}

void
tw_strip_trace_shutdown (void)
{
  if (!trace.ready)
    return;
  tw_columns_clear (&trace.line);
  tw_columns_clear (&trace.low);
  tw_columns_clear (&trace.high);
  tw_raster_space_clear (&trace.space);
  g_clear_pointer (&trace.surface, cairo_surface_destroy);
  g_clear_pointer (&trace.x, g_array_unref);
  g_clear_pointer (&trace.y, g_array_unref);
  trace.ready = FALSE;
}

static int
pixel_columns (const TwStrip *strip)
{
  return MAX ((int) lround ((strip->width - tw_strip_left (strip)) * strip->scale), 1);
}

/* Few samples make slopes that want to be smooth; where a pixel holds many, its minimum and maximum
 * say all. */
static int
sub_columns (const TwStrip *strip)
{
  gsize visible = 0, pixels = (gsize) pixel_columns (strip);

  if (strip->series != NULL)
    visible = tw_series_view_find (strip->series, strip->to_us)
              - tw_series_view_find (strip->series, strip->from_us);
  return visible >= 6 * pixels ? 1 : visible >= 2 * pixels ? 2 : TW_RASTER_MAX_SUB;
}

static void
build (TwColumns *columns,
       const TwStrip *strip,
       TwSeriesView *view,
       int per_pixel)
{
  gint64 pixel_us = (strip->to_us - strip->from_us) / pixel_columns (strip);
  gsize length = view != NULL ? tw_series_view_get_length (view) : 0;
  TwColumnsSpec spec = {
    .from_us = strip->from_us,
    .to_us = strip->to_us,
    .end_us = strip->now_us,
    .n = (guint) (pixel_columns (strip) * per_pixel),
    .gap_us = tw_strip_gap_us (strip, view),
  };
  TwSample sample;

  /* A gap narrower than a pixel and a half cannot be seen as one. */
  if (spec.gap_us > 0)
    spec.gap_us = MAX (spec.gap_us, pixel_us * 3 / 2);
  if (length > FULL_RESOLUTION)
    {
      tw_series_view_get (view, length - FULL_RESOLUTION, &sample);
      spec.thin_before_us = sample.t_us;
    }

  tw_columns_build (columns, view, &spec);
}

static void
aim_raster (TwRaster *raster,
            const TwStrip *strip,
            cairo_surface_t *surface,
            int x,
            int y)
{
  /* cairo may still hold a snapshot of the pixels: it has to be told before they change. */
  cairo_surface_flush (surface);
  raster->stride = cairo_image_surface_get_stride (surface) / 4;
  raster->pixels = (guint32 *) (void *) cairo_image_surface_get_data (surface)
                   + (gsize) y * (gsize) raster->stride + x;
  raster->width = pixel_columns (strip);
  raster->height = (int) lround (strip->height * strip->scale);
  raster->sub = trace.sub;
  raster->end_x =
      (int) lround ((tw_strip_measured_x (strip) - tw_strip_left (strip)) * strip->scale);
  raster->high = strip->high;
  raster->per_unit = strip->height * strip->scale / (strip->high - strip->low);
}

/* Whether the clip on cr is the measured part alone, which the spans keep to by themselves. */
static gboolean
is_unclipped (cairo_t *cr,
              const TwStrip *strip)
{
  cairo_rectangle_list_t *list = cairo_copy_clip_rectangle_list (cr);
  double left = tw_strip_left (strip), right = tw_strip_measured_x (strip);
  gboolean whole = FALSE;

  if (list->status == CAIRO_STATUS_SUCCESS && list->num_rectangles == 1)
    {
      const cairo_rectangle_t *clip = &list->rectangles[0];
      whole = clip->x <= left + .01 && clip->x + clip->width >= right - .01 && clip->y <= .01
              && clip->y + clip->height >= strip->height - .01;
    }
  cairo_rectangle_list_destroy (list);
  return whole;
}

/* The target's own pixels, where cr maps the strip's pixels onto them one to one. */
static gboolean
aim_at_target (TwRaster *raster,
               cairo_t *cr,
               const TwStrip *strip)
{
  cairo_surface_t *target = cairo_get_group_target (cr);
  double scale_x, scale_y, offset_x, offset_y, x, y;
  cairo_matrix_t matrix;

  cairo_get_matrix (cr, &matrix);
  cairo_surface_get_device_scale (target, &scale_x, &scale_y);
  cairo_surface_get_device_offset (target, &offset_x, &offset_y);
  x = (matrix.x0 + tw_strip_left (strip) * matrix.xx) * scale_x + offset_x;
  y = matrix.y0 * scale_y + offset_y;
  if (cairo_image_surface_get_format (target) != CAIRO_FORMAT_ARGB32 || matrix.xy != 0
      || matrix.yx != 0 || fabs (matrix.xx * scale_x - strip->scale) > 1e-9
      || fabs (matrix.yy * scale_y - strip->scale) > 1e-9 || fabs (x - round (x)) > 1e-6
      || fabs (y - round (y)) > 1e-6 || x < 0 || y < 0
      || x + pixel_columns (strip) > cairo_image_surface_get_width (target)
      || y + lround (strip->height * strip->scale) > cairo_image_surface_get_height (target)
      || !is_unclipped (cr, strip))
    return FALSE;
  aim_raster (raster, strip, target, (int) lround (x), (int) lround (y));
  return TRUE;
}

/* A clear ARGB surface of the plot's size in device pixels, kept between drawings. */
static gboolean
aim_at_own (TwRaster *raster,
            const TwStrip *strip)
{
  int width = pixel_columns (strip), height = (int) lround (strip->height * strip->scale);

  if (trace.surface == NULL || cairo_image_surface_get_width (trace.surface) < width
      || cairo_image_surface_get_height (trace.surface) < height)
    {
      g_clear_pointer (&trace.surface, cairo_surface_destroy);
      trace.surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
    }
  if (cairo_surface_status (trace.surface) != CAIRO_STATUS_SUCCESS)
    return FALSE;
  aim_raster (raster, strip, trace.surface, 0, 0);
  for (int y = 0; y < height; y++)
    memset (raster->pixels + (gsize) y * (gsize) raster->stride, 0, (gsize) width * 4);
  return TRUE;
}

static void
paint_own (cairo_t *cr,
           const TwStrip *strip)
{
  cairo_surface_mark_dirty (trace.surface);
  cairo_save (cr);
  cairo_rectangle (cr, tw_strip_left (strip), 0, strip->width - tw_strip_left (strip),
                   strip->height);
  cairo_clip (cr);
  cairo_translate (cr, tw_strip_left (strip), 0);
  cairo_scale (cr, 1 / strip->scale, 1 / strip->scale);
  cairo_set_source_surface (cr, trace.surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  cairo_restore (cr);
}

/* Envelope and, when dense, line as spans. FALSE: there are no pixels to write to. */
static gboolean
draw_spans (cairo_t *cr,
            const TwStrip *strip,
            gboolean envelope,
            gboolean dense)
{
  const TwColour *colour = &strip->theme->channel[strip->channel];
  TwRaster raster;
  TwSample entry;
  gboolean direct;

  if (cairo_surface_get_type (cairo_get_group_target (cr)) != CAIRO_SURFACE_TYPE_IMAGE)
    return FALSE;
  direct = aim_at_target (&raster, cr, strip);
  if (!direct && !aim_at_own (&raster, strip))
    return FALSE;
  if (envelope)
    tw_raster_band (&raster, &trace.space, &trace.low, &trace.high, colour, ENVELOPE_ALPHA);
  if (dense)
    tw_raster_line (&raster, &trace.space, &trace.line,
                    tw_columns_get_entry (&trace.line, strip->series, &entry) ? &entry : NULL,
                    LINE_PX / 2 * strip->scale, colour);
  if (direct)
    cairo_surface_mark_dirty (cairo_get_group_target (cr));
  else
    paint_own (cr, strip);
  return TRUE;
}

static void
add_xy (double x,
        double y)
{
  g_array_append_val (trace.x, x);
  g_array_append_val (trace.y, y);
}

static void
stroke_run (void)
{
  tw_pen_line ((int) trace.x->len, (double *) (void *) trace.x->data,
               (double *) (void *) trace.y->data);
  g_array_set_size (trace.x, 0);
  g_array_set_size (trace.y, 0);
}

/* The line by PLplot, from the columns: exact where a column holds one or two samples. */
static void
draw_line (cairo_t *cr,
           gconstpointer data)
{
  const TwStrip *strip = data;
  const TwColumns *columns = &trace.line;
  TwSample entry;

  tw_pen_colour (&strip->theme->channel[strip->channel], 1);
  tw_pen_width (LINE_PX);
  g_array_set_size (trace.x, 0);
  g_array_set_size (trace.y, 0);
  if (tw_columns_get_entry (columns, strip->series, &entry))
    add_xy (MAX (tw_strip_x (strip, entry.t_us), -TW_STRIP_FAR),
            tw_strip_y_clamped (strip, entry.value));
  for (guint c = 0; c < columns->spec.n; c++)
    {
      const TwColumn *column = &columns->columns[c];

      if (column->n_samples == 0)
        continue;
      if (!column->joined)
        stroke_run ();
      double x0 = tw_strip_x (strip, column->first_us), x1 = tw_strip_x (strip, column->last_us);
      add_xy (x0, tw_strip_y_clamped (strip, column->first));
      if (column->n_samples > 2)
        {
          add_xy ((x0 + x1) / 2, tw_strip_y_clamped (strip, column->min));
          add_xy ((x0 + x1) / 2, tw_strip_y_clamped (strip, column->max));
        }
      if (column->n_samples > 1)
        add_xy (x1, tw_strip_y_clamped (strip, column->last));
    }
  stroke_run ();
}

/* One run of the envelope as a polygon, for targets that have no pixels. */
static void
draw_envelope (cairo_t *cr,
               gconstpointer data)
{
  const TwStrip *strip = data;
  double left = tw_strip_left (strip);

  tw_pen_colour (&strip->theme->channel[strip->channel], ENVELOPE_ALPHA);
  for (guint c = 0; c < trace.high.spec.n; c++)
    {
      const TwColumn *high = &trace.high.columns[c], *low = &trace.low.columns[c];

      if (high->n_samples > 0 && low->n_samples > 0)
        tw_pen_rectangle (left + c / strip->scale, tw_strip_y_clamped (strip, high->max),
                          1 / strip->scale,
                          tw_strip_y (strip, low->min) - tw_strip_y (strip, high->max));
    }
}

static double
spacing_px (const TwStrip *strip)
{
  double per_us = (strip->width - tw_strip_left (strip)) / (double) (strip->to_us - strip->from_us);

  return strip->series != NULL ? (double) tw_series_view_spacing (strip->series) * per_us : 0;
}

/* Every reading that does not count has its mark: a cross where it lies, at the edge when beyond it, and a
 * tick at the foot where nothing was measured. Nearer than CROSS_SPACING_PX they share one. Accepted samples
 * have a marker where radius is above 0. Only visible samples are read. */
static void
draw_marks (cairo_t *cr,
            const TwStrip *strip,
            TwSeriesView *series,
            double radius)
{
  gsize length = series != NULL ? tw_series_view_get_length (series) : 0;
  double newest_cross = -TW_STRIP_FAR, newest_tick = -TW_STRIP_FAR;
  const TwColour *secondary = &strip->theme->text_secondary;
  const TwColour *colour = &strip->theme->channel[strip->channel];

  for (gsize i = length > 0 ? tw_series_view_find (series, strip->from_us) : 0; i < length; i++)
    {
      TwSample sample;

      tw_series_view_get (series, i, &sample);
      if (sample.t_us > strip->now_us || sample.t_us > strip->to_us)
        break;
      double x = tw_strip_x (strip, sample.t_us);
      if (tw_columns_accepts (sample.value, sample.quality))
        {
          if (radius <= 0)
            continue;
          tw_strip_source (cr, colour, 1);
          tw_strip_marker (cr, strip->channel, x, tw_strip_y_clamped (strip, sample.value), radius);
        }
      else if (!tw_columns_is_crossed (sample.value, sample.quality))
        {
          if (x - newest_tick < CROSS_SPACING_PX)
            continue;
          tw_strip_source (cr, secondary, 1);
          tw_strip_tick (cr, strip, x);
          newest_tick = x;
        }
      else if (x - newest_cross >= CROSS_SPACING_PX)
        {
          tw_strip_source (cr, secondary, 1);
          tw_strip_cross (cr, x, CLAMP (tw_strip_y_clamped (strip, sample.value), 6, strip->height - 7));
          newest_cross = x;
        }
    }
}

/* A sample that the line joins to neither side would be no more than a speck. */
static void
draw_single (cairo_t *cr,
             const TwStrip *strip)
{
  const TwColumn *single = NULL;

  tw_strip_source (cr, &strip->theme->channel[strip->channel], 1);
  for (guint c = 0; c <= trace.line.spec.n; c++)
    {
      const TwColumn *column = c < trace.line.spec.n ? &trace.line.columns[c] : NULL;

      if (column != NULL && column->n_samples == 0)
        continue;
      if (single != NULL && (column == NULL || !column->joined))
        tw_strip_marker (cr, strip->channel, tw_strip_x (strip, single->first_us),
                         tw_strip_y_clamped (strip, single->first), SINGLE_PX);
      single = column != NULL && column->n_samples == 1 && !column->joined ? column : NULL;
    }
}

static gboolean
draw_samples (cairo_t *cr,
              const TwStrip *strip,
              GError **error)
{
  double spacing = spacing_px (strip);
  gboolean continuous = tw_channel_info (strip->channel)->continuous;
  gboolean alone = !continuous && spacing > MARKER_ALONE_PX;
  gboolean dense = trace.line.n_samples >= (guint) pixel_columns (strip) / 2;
  gboolean envelope = strip->envelope_low != NULL && strip->envelope_high != NULL;
  gboolean spans = (envelope || dense) && draw_spans (cr, strip, envelope, dense);
  gboolean done = TRUE;
  double radius = spacing < MARKER_SPACING_PX ? 0 : spacing < MARKER_LARGE_PX ? 2.2 : 3.6;

  if (envelope && !spans)
    done = tw_pen_draw (cr, draw_envelope, strip, error);
  if (done && !(spans && dense) && !alone && trace.line.n_samples > 0)
    done = tw_pen_draw (cr, draw_line, strip, error);
  if (trace.line.n_samples == 1 && radius <= 0)
    radius = 3.6;
  if (radius <= 0)
    draw_single (cr, strip);
  if (radius > 0 || trace.line.n_refused > 0)
    draw_marks (cr, strip, strip->series, radius);
  if (envelope && trace.high.n_refused > 0)
    draw_marks (cr, strip, strip->envelope_high, 0);
  if (envelope && trace.low.n_refused > 0)
    draw_marks (cr, strip, strip->envelope_low, 0);
  return done;
}

static void
draw_stale (cairo_t *cr,
            const TwStrip *strip)
{
  double from =
      CLAMP (tw_strip_x (strip, strip->stale_from_us), tw_strip_left (strip), strip->width);
  double to = tw_strip_measured_x (strip);

  if (strip->stale_from_us == 0 || to <= from)
    return;
  if (strip->lost)
    {
      tw_strip_hatch (cr, strip, from, to);
      return;
    }
  tw_strip_source (cr, &strip->theme->stale, 1);
  cairo_rectangle (cr, from, 0, to - from, strip->height);
  cairo_fill (cr);
}

gboolean
tw_plot_strip_trace (cairo_t *cr,
                     const TwStrip *strip,
                     GError **error)
{
  gboolean done;

  g_return_val_if_fail (cr != NULL && strip != NULL, FALSE);

  if (!tw_strip_check (strip, error))
    return FALSE;
  prepare ();
  trace.sub = sub_columns (strip);
  build (&trace.line, strip, strip->series, trace.sub);
  if (strip->envelope_low != NULL && strip->envelope_high != NULL)
    {
      build (&trace.low, strip, strip->envelope_low, 1);
      build (&trace.high, strip, strip->envelope_high, 1);
    }

  TwStripLabels labels = { .strip = strip, .line = &trace.line };
  cairo_save (cr);
  tw_strip_clip (cr, strip, tw_strip_left (strip), tw_strip_measured_x (strip));
  draw_stale (cr, strip);
  tw_strip_labels_add_gaps (cr, &labels, &trace.line);
  done = draw_samples (cr, strip, error);
  if (strip->envelope_low != NULL && strip->envelope_high != NULL)
    {
      tw_strip_labels_add_off_scale (cr, &labels, &trace.high, TRUE);
      tw_strip_labels_add_off_scale (cr, &labels, &trace.low, FALSE);
    }
  else
    {
      tw_strip_labels_add_off_scale (cr, &labels, &trace.line, TRUE);
      tw_strip_labels_add_off_scale (cr, &labels, &trace.line, FALSE);
    }
  done = done && tw_strip_labels_draw (cr, &labels, error);
  cairo_restore (cr);
  return done;
}
