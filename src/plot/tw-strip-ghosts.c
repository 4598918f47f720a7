/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ghosts over a strip: each issued forecast of one horizon stands where it spoke of, its median as a thin
 * dotted line and its 80 % range as two fainter ones, in the text colour: never to be taken for the live
 * forecast, which is ahead of now, or for what was measured. */
#include "config.h"

#include "tw-pen.h"
#include "tw-strip.h"
#include "tw-time.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define MEDIAN_ALPHA .80
#define RANGE_ALPHA .55
#define RANGE_FILL .06
/* Forecasts whose targets lie farther apart than this many usual distances are not joined. */
#define APART 3

typedef struct
{
  const TwStrip *strip;
  guint first, n;   /* a run of ghosts that belong together */
  gint64 newest_issued_us;
} Ghosts;

typedef enum
{
  LINE_LOW,
  LINE_MEDIAN,
  LINE_HIGH
} Line;

static double
value_of (const TwGhostPoint *ghost,
          Line line)
{
  return line == LINE_LOW ? ghost->low : line == LINE_HIGH ? ghost->high : ghost->median;
}

static gboolean
is_sound (const TwGhostPoint *ghost)
{
  return isfinite (ghost->low) && isfinite (ghost->median) && isfinite (ghost->high);
}

static double
ghost_x (const TwStrip *strip,
         const TwGhostPoint *ghost)
{
  return CLAMP (tw_strip_x (strip, ghost->target_us), -TW_STRIP_FAR, TW_STRIP_FAR);
}

static void
draw_fill (cairo_t *cr,
           gconstpointer data)
{
  const Ghosts *ghosts = data;
  const TwStrip *strip = ghosts->strip;
  double x[2 * TW_PLOT_MAX_GHOSTS], y[2 * TW_PLOT_MAX_GHOSTS];

  for (guint i = 0; i < ghosts->n; i++)
    {
      const TwGhostPoint *ghost = &strip->ghosts[ghosts->first + i];
      guint back = 2 * ghosts->n - 1 - i;

      x[i] = x[back] = ghost_x (strip, ghost);
      y[i] = tw_strip_y_clamped (strip, ghost->high);
      y[back] = tw_strip_y_clamped (strip, ghost->low);
    }
  tw_pen_colour (&strip->theme->text, RANGE_FILL);
  tw_pen_fill ((int) (2 * ghosts->n), x, y);
}

static void
stroke (cairo_t *cr,
        const Ghosts *ghosts,
        Line line)
{
  static const double dots[2] = { 1, 3 }, small_dots[2] = { 1, 4 };
  const TwStrip *strip = ghosts->strip;

  cairo_new_path (cr);
  for (guint i = 0; i < ghosts->n; i++)
    {
      const TwGhostPoint *ghost = &strip->ghosts[ghosts->first + i];

      cairo_line_to (cr, ghost_x (strip, ghost), tw_strip_y_clamped (strip, value_of (ghost, line)));
    }
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_width (cr, line == LINE_MEDIAN ? 1.5 : 1);
  cairo_set_dash (cr, line == LINE_MEDIAN ? dots : small_dots, 2, 0);
  tw_strip_source (cr, &strip->theme->text, line == LINE_MEDIAN ? MEDIAN_ALPHA : RANGE_ALPHA);
  cairo_stroke (cr);
}

/* A forecast that stands alone: a dotted bar from low to high, and a dash for its median. */
static void
draw_alone (cairo_t *cr,
            const TwStrip *strip,
            const TwGhostPoint *ghost)
{
  static const double dots[2] = { 1, 3 };
  double x = ghost_x (strip, ghost), y = tw_strip_y_clamped (strip, ghost->median);

  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_width (cr, 1);
  tw_strip_source (cr, &strip->theme->text, RANGE_ALPHA);
  cairo_set_dash (cr, dots, 2, 0);
  cairo_move_to (cr, x, tw_strip_y_clamped (strip, ghost->low));
  cairo_line_to (cr, x, tw_strip_y_clamped (strip, ghost->high));
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  tw_strip_source (cr, &strip->theme->text, MEDIAN_ALPHA);
  cairo_move_to (cr, x - 3, y);
  cairo_line_to (cr, x + 3, y);
  cairo_stroke (cr);
}

/* Median distance of neighbouring targets: what counts as usual. */
static gint64
usual_distance (const TwStrip *strip,
                guint n)
{
  gint64 distances[TW_PLOT_MAX_GHOSTS];
  guint n_distances = 0;

  for (guint i = 1; i < n; i++)
    {
      gint64 distance = strip->ghosts[i].target_us - strip->ghosts[i - 1].target_us;
      guint at = n_distances++;

      for (; at > 0 && distances[at - 1] > distance; at--)
        distances[at] = distances[at - 1];
      distances[at] = distance;
    }
  return n_distances > 0 ? distances[n_distances / 2] : 0;
}

static void
draw_words (cairo_t *cr,
            gconstpointer data)
{
  const Ghosts *ghosts = data;
  const TwStrip *strip = ghosts->strip;
  double right = tw_strip_measured_x (strip) - 5;
  char clock[16], words[64];
  double width;

  tw_time_format_clock (ghosts->newest_issued_us, strip->zone, FALSE, clock, sizeof clock);
  /* Translators: at the end of the dotted line of earlier forecasts: "as forecast at 13:05". */
  g_snprintf (words, sizeof words, _("as forecast at %s"), clock);
  width = ceil (tw_pen_text_width (TW_STRIP_LABEL_PX, words));
  if (right - width < tw_strip_left (strip) + 60)
    return;
  tw_pen_colour (&strip->theme->ground, .85);
  tw_pen_rectangle (right - width - 3, strip->height - 17, width + 6, 14);
  tw_pen_colour (&strip->theme->text_secondary, 1);
  tw_pen_text (right, strip->height - 10, 1, TW_STRIP_LABEL_PX, words);
}

/* The run that starts at first: as long as neighbours are near. */
static guint
run_length (const TwStrip *strip,
            guint first,
            guint n,
            gint64 usual_us)
{
  guint end = first + 1;

  while (end < n && is_sound (&strip->ghosts[end])
         && strip->ghosts[end].target_us - strip->ghosts[end - 1].target_us <= APART * usual_us)
    end++;
  return end - first;
}

static gboolean
draw_runs (cairo_t *cr,
           const TwStrip *strip,
           GError **error)
{
  guint n = MIN (strip->n_ghosts, TW_PLOT_MAX_GHOSTS);
  gint64 usual_us = usual_distance (strip, n);
  Ghosts ghosts = { .strip = strip };
  gboolean done = TRUE;

  for (guint i = 0; done && i < n; i += ghosts.n)
    {
      ghosts.first = i;
      ghosts.n = 1;
      if (!is_sound (&strip->ghosts[i]))
        continue;
      ghosts.n = run_length (strip, i, n, usual_us);
      for (guint at = i; at < i + ghosts.n; at++)
        if (strip->ghosts[at].target_us <= strip->now_us && strip->ghosts[at].target_us >= strip->from_us)
          ghosts.newest_issued_us = strip->ghosts[at].issued_us;
      if (ghosts.n == 1)
        {
          draw_alone (cr, strip, &strip->ghosts[i]);
          continue;
        }
      if (!strip->hide_ranges)
        {
          done = tw_pen_draw (cr, draw_fill, &ghosts, error);
          stroke (cr, &ghosts, LINE_LOW);
          stroke (cr, &ghosts, LINE_HIGH);
        }
      stroke (cr, &ghosts, LINE_MEDIAN);
    }
  if (done && ghosts.newest_issued_us != 0 && !strip->compact)
    done = tw_pen_draw (cr, draw_words, &ghosts, error);
  return done;
}

gboolean
tw_plot_strip_ghosts (cairo_t *cr,
                      const TwStrip *strip,
                      GError **error)
{
  gboolean done;

  g_return_val_if_fail (cr != NULL && strip != NULL, FALSE);

  if (!tw_strip_check (strip, error))
    return FALSE;
  if (strip->n_ghosts == 0)
    return TRUE;
  cairo_save (cr);
  tw_strip_clip (cr, strip, tw_strip_left (strip), tw_strip_measured_x (strip));
  done = draw_runs (cr, strip, error);
  cairo_restore (cr);
  return done;
}
