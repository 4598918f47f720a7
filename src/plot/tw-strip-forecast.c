/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Layer C of a strip: the tinted zone after now, the 50 and 80 % bands, the dotted 95 % outline and
 * the dashed median; or, where the forecast is withheld, the reason in words. */
#include "config.h"

#include "tw-pen.h"
#include "tw-strip.h"
#include "tw-time.h"

#include <math.h>
#include <string.h>

#define MAX_POINTS (TW_FORECAST_MAX_POINTS + 2)
#define ALPHA_50 .30
#define ALPHA_80 .14
/* An unreliable twin is still drawn, so that its failure is seen, but never at full strength. */
#define DIM_RANGES .5
#define DIM_LINES .55
/* The fan starts at the newest measured value when that is not older than this. */
#define ANCHOR_AGE (10 * TW_MINUTE)
#define LINE_HEIGHT 14.0
#define MAX_LINES 8

typedef struct
{
  const TwStrip *strip;
  int n;
  double x[MAX_POINTS];
  double y[TW_N_QUANTILES][MAX_POINTS];
  double dim_ranges, dim_lines;
} Fan;

static gboolean
is_drawn (const TwForecast *forecast)
{
  return forecast != NULL && forecast->n_points > 0
         && (forecast->status == TW_FORECAST_OK || forecast->status == TW_FORECAST_UNRELIABLE);
}

/* All quantiles meet in the newest measured value at the time of issue. */
static double
anchor_value (const TwStrip *strip)
{
  const TwForecast *forecast = strip->forecast;
  gsize at =
      strip->series != NULL ? tw_series_view_find (strip->series, forecast->issued_us + 1) : 0;

  for (gsize back = 1; back <= MIN (at, 16); back++)
    {
      TwSample sample;

      tw_series_view_get (strip->series, at - back, &sample);
      if (forecast->issued_us - sample.t_us > ANCHOR_AGE)
        break;
      if (tw_quality_verdict (sample.quality) <= TW_VERDICT_DOUBTFUL && isfinite (sample.value))
        return sample.value;
    }
  return forecast->points[0].q[TW_Q50];
}

static void
add_point (Fan *fan,
           double x,
           const double q[TW_N_QUANTILES])
{
  for (int i = 0; i < TW_N_QUANTILES; i++)
    if (!isfinite (q[i]))
      return;
  fan->x[fan->n] = x;
  for (int i = 0; i < TW_N_QUANTILES; i++)
    fan->y[i][fan->n] = tw_strip_y_clamped (fan->strip, q[i]);
  fan->n++;
}

/* The points as a polyline clipped to [now, right edge], with the crossings put in. */
static void
build_fan (Fan *fan,
           const TwStrip *strip)
{
  const TwForecast *forecast = strip->forecast;
  double now_x = tw_strip_now_x (strip), end_x = strip->width;
  double q0[TW_N_QUANTILES], x0 = tw_strip_x (strip, forecast->issued_us);
  double anchor = anchor_value (strip);

  fan->strip = strip;
  fan->n = 0;
  fan->dim_ranges = forecast->status == TW_FORECAST_UNRELIABLE ? DIM_RANGES : 1;
  fan->dim_lines = forecast->status == TW_FORECAST_UNRELIABLE ? DIM_LINES : 1;
  for (int i = 0; i < TW_N_QUANTILES; i++)
    q0[i] = anchor;
  if (x0 >= now_x && x0 < end_x)
    add_point (fan, now_x, q0);
  for (guint p = 0; p < MIN (forecast->n_points, TW_FORECAST_MAX_POINTS); p++)
    {
      const TwForecastPoint *point = &forecast->points[p];
      double x1 = tw_strip_x (strip, forecast->issued_us + point->horizon_min * TW_MINUTE);
      double cut[] = { now_x, end_x };

      for (int c = 0; c < 2; c++)
        if (x0 < cut[c] && x1 > cut[c])
          {
            double part = (cut[c] - x0) / (x1 - x0), q[TW_N_QUANTILES];
            for (int i = 0; i < TW_N_QUANTILES; i++)
              q[i] = q0[i] + part * (point->q[i] - q0[i]);
            add_point (fan, cut[c], q);
          }
      if (x1 >= now_x && x1 <= end_x)
        add_point (fan, x1, point->q);
      if (x1 >= end_x)
        break;
      memcpy (q0, point->q, sizeof q0);
      x0 = x1;
    }
}

static void
fill_between (const Fan *fan,
              int low,
              int high,
              double alpha)
{
  double x[2 * MAX_POINTS], y[2 * MAX_POINTS];

  for (int i = 0; i < fan->n; i++)
    {
      x[i] = fan->x[i];
      y[i] = fan->y[high][i];
      x[2 * fan->n - 1 - i] = fan->x[i];
      y[2 * fan->n - 1 - i] = fan->y[low][i];
    }
  tw_pen_colour (&fan->strip->theme->channel[fan->strip->channel], alpha * fan->dim_ranges);
  tw_pen_fill (2 * fan->n, x, y);
}

static void
draw_bands (cairo_t *cr,
            gconstpointer data)
{
  const Fan *fan = data;

  fill_between (fan, TW_Q10, TW_Q90, ALPHA_80);
  fill_between (fan, TW_Q25, TW_Q75, ALPHA_50);
}

/* PLplot strokes each dash by itself, seven times the cost of cairo's own dashes. */
static void
stroke_quantile (cairo_t *cr,
                 const Fan *fan,
                 int quantile,
                 double width,
                 const double dash[2])
{
  cairo_new_path (cr);
  for (int i = 0; i < fan->n; i++)
    cairo_line_to (cr, fan->x[i], fan->y[quantile][i]);
  cairo_set_line_width (cr, width);
  cairo_set_dash (cr, dash, 2, 0);
  tw_strip_source (cr, &fan->strip->theme->channel[fan->strip->channel], fan->dim_lines);
  cairo_stroke (cr);
}

static gboolean
draw_fan (cairo_t *cr,
          const TwStrip *strip,
          GError **error)
{
  static const double dots[2] = { 2, 2 }, dashes[2] = { 7, 4 }, small_dashes[2] = { 6, 4 };
  Fan fan;
  gboolean done = TRUE;

  build_fan (&fan, strip);
  if (fan.n < 2)
    return TRUE;
  if (!strip->hide_ranges)
    {
      done = tw_pen_draw (cr, draw_bands, &fan, error);
      stroke_quantile (cr, &fan, TW_Q025, 1, dots);
      stroke_quantile (cr, &fan, TW_Q975, 1, dots);
    }
  stroke_quantile (cr, &fan, TW_Q50, 2, strip->compact ? small_dashes : dashes);
  return done;
}

/* Breaks the words into lines that fit the zone. Languages without spaces break between characters.
 */
static int
wrap_words (const char *words,
            double size,
            double room,
            char lines[MAX_LINES][128])
{
  int n = 0;
  const char *at = words;

  while (*at != '\0' && n < MAX_LINES)
    {
      const char *fits = NULL, *end = at;

      while (*end != '\0')
        {
          const char *next = g_utf8_next_char (end);
          gunichar c = g_utf8_get_char (end);
          gboolean breaks = *next == '\0' || *next == ' ' || g_unichar_iswide (c);

          end = next;
          if (!breaks || end - at > 120)
            continue;
          g_autofree char *piece = g_strndup (at, (gsize) (end - at));
          if (fits != NULL && tw_pen_text_width (size, piece) > room)
            break;
          fits = end;
        }
      if (fits == NULL)
        fits = end;
      g_strlcpy (lines[n], at, MIN (128, (gsize) (fits - at) + 1));
      n++;
      for (at = fits; *at == ' ';)
        at++;
    }
  return n;
}

/* The words stand on plain ground, so that no grid or limit line strikes them through. */
static void
draw_words (const TwStrip *strip)
{
  double x = tw_strip_measured_x (strip), size = strip->compact ? 10.5 : TW_STRIP_LABEL_PX;
  char lines[MAX_LINES][128];
  int n = wrap_words (strip->withheld, size, strip->width - x - 11, lines);
  double top = round (strip->height / 2 - n * LINE_HEIGHT / 2), width = 0;

  for (int i = 0; i < n; i++)
    width = MAX (width, tw_pen_text_width (size, lines[i]));
  tw_pen_colour (&strip->theme->ground, 1);
  tw_pen_rectangle (x + 3, top, ceil (width) + 6, n * LINE_HEIGHT);
  tw_pen_colour (&strip->theme->zone, 1);
  tw_pen_rectangle (x + 3, top, ceil (width) + 6, n * LINE_HEIGHT);
  tw_pen_colour (&strip->theme->text_secondary, 1);
  for (int i = 0; i < n; i++)
    tw_pen_text (x + 6, round (top + (i + .5) * LINE_HEIGHT), 0, size, lines[i]);
}

static void
draw_zone (cairo_t *cr,
           gconstpointer data)
{
  const TwStrip *strip = data;
  double x = tw_strip_measured_x (strip);

  tw_pen_colour (&strip->theme->zone, 1);
  tw_pen_rectangle (x, 0, strip->width - x, strip->height);
  if (strip->withheld != NULL && strip->withheld[0] != '\0' && !is_drawn (strip->forecast)
      && g_utf8_validate (strip->withheld, -1, NULL))
    draw_words (strip);
}

gboolean
tw_plot_strip_forecast (cairo_t *cr,
                        const TwStrip *strip,
                        GError **error)
{
  g_return_val_if_fail (cr != NULL && strip != NULL, FALSE);

  if (!tw_strip_check (strip, error))
    return FALSE;
  double from = tw_strip_measured_x (strip);
  if (!strip->show_forecast || strip->width - from < 1 || strip->now_us >= strip->to_us)
    return TRUE;

  cairo_save (cr);
  tw_strip_clip (cr, strip, from, strip->width);
  gboolean done = tw_pen_draw (cr, draw_zone, strip, error);
  if (done && is_drawn (strip->forecast))
    done = draw_fan (cr, strip, error);
  cairo_restore (cr);
  return done;
}
