/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Collected while the marks are drawn, written in one go: each switch to PLplot's stream has its
 * price. */
#include "config.h"

#include "tw-pen.h"
#include "tw-strip-labels.h"
#include "tw-time.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define GAP_LABEL_Y 10.0
#define BOX_MARGIN 4.0
#define BOX_HEIGHT 14.0
#define ARROW_APART_PX 16.0   /* nearer stretches beyond the scale share an arrow */
#define ARROW_LABEL_PX 44.0   /* an arrow nearer to the last one has no number */

static TwStripLabel *
add_label (TwStripLabels *self,
           double x,
           double y)
{
  if (self->n == TW_STRIP_MAX_LABELS)
    return NULL;
  TwStripLabel *label = &self->labels[self->n++];
  memset (label, 0, sizeof *label);
  label->x = x;
  label->y = y;
  label->justification = .5;
  return label;
}

/* A gap in the line is named from a tenth of the measured window on. */
static gboolean
is_long (const TwStrip *strip,
         gint64 from_us,
         gint64 to_us)
{
  gint64 end_us = MIN (strip->now_us, strip->to_us);

  return MIN (to_us, end_us) - MAX (from_us, strip->from_us) > (end_us - strip->from_us) / 10;
}

static void
add_gap (cairo_t *cr,
         TwStripLabels *self,
         gint64 from_us,
         gint64 to_us)
{
  const TwStrip *strip = self->strip;
  double left = tw_strip_left (strip), right = tw_strip_measured_x (strip);
  double from_x = CLAMP (tw_strip_x (strip, from_us), left, right);
  double to_x = CLAMP (tw_strip_x (strip, to_us), left, right);
  char from[16], to[16];

  if (to_x - from_x < 2)
    return;
  tw_strip_hatch (cr, strip, from_x, to_x);
  if (strip->compact)
    return;
  TwStripLabel *label = add_label (self, (from_x + to_x) / 2, GAP_LABEL_Y);
  if (label == NULL)
    return;
  label->boxed = TRUE;
  tw_time_format_clock (from_us, strip->zone, FALSE, from, sizeof from);
  tw_time_format_clock (to_us, strip->zone, FALSE, to, sizeof to);
  /* Translators: over a hatched gap in a chart: from and to as clock times, "No data 11:26–11:52".
   */
  g_snprintf (label->text, sizeof label->text, _("No data %s–%s"), from, to);
}

/* Whether a span lies where a gap of the line is hatched already. */
static gboolean
is_hatched (const TwStrip *strip,
            const TwColumns *columns,
            const TwMissingSpan *span)
{
  if (!tw_channel_info (strip->channel)->continuous)
    return FALSE;
  for (guint i = 0; i < columns->gaps->len; i++)
    {
      const TwGap *gap = &g_array_index (columns->gaps, TwGap, i);

      if (gap->from_us <= span->to_us && gap->to_us >= span->from_us
          && is_long (strip, gap->from_us, gap->to_us))
        return TRUE;
    }
  return strip->stale_from_us != 0 && span->to_us > strip->stale_from_us;
}

/* What the source itself calls missing is shown however short it is, and where nobody expects a value. */
static void
add_missing (cairo_t *cr,
             TwStripLabels *self,
             const TwColumns *columns)
{
  const TwStrip *strip = self->strip;

  for (guint i = 0; i < MIN (strip->n_missing, TW_PLOT_MAX_MISSING); i++)
    if (strip->missing[i].to_us > strip->missing[i].from_us
        && !is_hatched (strip, columns, &strip->missing[i]))
      add_gap (cr, self, strip->missing[i].from_us, strip->missing[i].to_us);
}

static void
add_since (TwStripLabels *self)
{
  const TwStrip *strip = self->strip;
  double from_x = MAX (tw_strip_x (strip, strip->stale_from_us), tw_strip_left (strip));
  char from[16];
  TwStripLabel *label = NULL;

  if (strip->compact || !strip->lost)
    return;
  label = add_label (self, (from_x + tw_strip_measured_x (strip)) / 2, GAP_LABEL_Y);
  if (label == NULL)
    return;
  label->boxed = TRUE;
  tw_time_format_clock (strip->stale_from_us, strip->zone, FALSE, from, sizeof from);
  /* Translators: over the hatched end of a chart: "No signal since 13:41". */
  g_snprintf (label->text, sizeof label->text, _("No signal since %s"), from);
}

void
tw_strip_labels_add_gaps (cairo_t *cr,
                          TwStripLabels *self,
                          const TwColumns *columns)
{
  const TwStrip *strip = self->strip;
  gint64 end_us = MIN (strip->now_us, strip->to_us);
  gboolean continuous = tw_channel_info (strip->channel)->continuous;

  for (guint i = 0; continuous && i < columns->gaps->len; i++)
    {
      const TwGap *gap = &g_array_index (columns->gaps, TwGap, i);

      if (is_long (strip, gap->from_us, gap->to_us))
        add_gap (cr, self, gap->from_us, gap->to_us);
    }
  add_missing (cr, self, columns);
  if (!continuous)
    return;
  if (strip->stale_from_us != 0)
    add_since (self);
  else if (columns->newest_us != 0 && columns->spec.gap_us > 0
           && end_us - columns->newest_us > columns->spec.gap_us
           && is_long (strip, columns->newest_us, end_us))
    add_gap (cr, self, columns->newest_us, end_us);
}

void
tw_strip_labels_add_off_scale (cairo_t *cr,
                               TwStripLabels *self,
                               const TwColumns *columns,
                               gboolean up)
{
  const TwStrip *strip = self->strip;
  double left = tw_strip_left (strip), right = tw_strip_measured_x (strip);
  double per_column = (strip->width - left) / columns->spec.n;
  double edge = up ? 1 : strip->height - 2, text_y = up ? 7 : strip->height - 8;
  double newest_x = -TW_STRIP_FAR, newest_label = -TW_STRIP_FAR;

  tw_strip_source (cr, &strip->theme->text, 1);
  for (guint c = 0; c < columns->spec.n; c++)
    {
      const TwColumn *column = &columns->columns[c];
      double extreme = up ? column->max : column->min;
      guint at = c;

      if (column->n_samples == 0 || (up ? extreme <= strip->high : extreme >= strip->low))
        continue;
      /* The stretch goes on while the next one beyond is near. */
      for (guint next = c + 1; next < columns->spec.n && (next - c) * per_column < ARROW_APART_PX;
           next++)
        {
          const TwColumn *other = &columns->columns[next];
          double value = up ? other->max : other->min;
          if (other->n_samples == 0 || (up ? value <= strip->high : value >= strip->low))
            continue;
          c = next;
          if (up ? value > extreme : value < extreme)
            {
              extreme = value;
              at = next;
            }
        }
      double x = CLAMP (left + (at + .5) * per_column, left + 5, MAX (right - 5, left + 5));
      if (x - newest_x < 9)
        continue;
      tw_strip_arrow (cr, x, edge, up);
      newest_x = x;
      TwStripLabel *label = x - newest_label < ARROW_LABEL_PX || strip->compact
                              ? NULL : add_label (self, x, text_y);
      if (label == NULL)
        continue;
      newest_label = x;
      label->justification = x > right - 36 ? 1 : 0;
      label->x += label->justification > 0 ? -7 : 7;
      tw_strip_format (strip, extreme, label->text, sizeof label->text);
    }
}

/* Whether the trace passes through the box of a label. */
static gboolean
hides_trace (const TwStripLabels *self,
             double from_x,
             double to_x,
             double y)
{
  const TwColumns *line = self->line;
  double left = tw_strip_left (self->strip);
  double per_column = (self->strip->width - left) / line->spec.n;
  guint from = (guint) CLAMP ((from_x - left) / per_column, 0, line->spec.n - 1.0);
  guint to = (guint) CLAMP ((to_x - left) / per_column, 0, line->spec.n - 1.0);

  for (guint c = from; c <= to; c++)
    if (line->columns[c].n_samples > 0
        && tw_strip_y_clamped (self->strip, line->columns[c].max) < y + BOX_HEIGHT / 2 + 1
        && tw_strip_y_clamped (self->strip, line->columns[c].min) > y - BOX_HEIGHT / 2 - 1)
      return TRUE;
  return FALSE;
}

/* Where the box may stand in the row about y: right of other boxes and of a limit's words, over no
 * trace. */
static gboolean
fits_row (const TwStripLabels *self,
          const TwStripLabel *label,
          double taken,
          double half,
          double y,
          double *x)
{
  double right = tw_strip_measured_x (self->strip);
  double words = tw_strip_limit_words_end (self->strip, y - BOX_HEIGHT / 2, y + BOX_HEIGHT / 2);
  double left = MAX (taken, words);

  *x = CLAMP (label->x, left + half, MAX (right - half, left + half));
  return 2 * half <= right - left && !hides_trace (self, *x - half, *x + half, y);
}

/* At the top, or at the bottom where something is in the way. FALSE: no room. */
static gboolean
place_boxed (const TwStripLabels *self,
             const TwStripLabel *label,
             double taken,
             double *x,
             double *y,
             double *half)
{
  *half = tw_pen_text_width (TW_STRIP_LABEL_PX, label->text) / 2 + BOX_MARGIN;
  *y = label->y;
  if (fits_row (self, label, taken, *half, *y, x))
    return TRUE;
  *y = self->strip->height - label->y - 1;
  return fits_row (self, label, taken, *half, *y, x);
}

static void
write_labels (cairo_t *cr,
              gconstpointer data)
{
  const TwStripLabels *self = data;
  const TwStrip *strip = self->strip;
  double taken = tw_strip_left (strip);

  for (int i = 0; i < self->n; i++)
    {
      const TwStripLabel *label = &self->labels[i];
      double x = label->x, y = label->y, half = 0;

      if (label->boxed)
        {
          if (!place_boxed (self, label, taken, &x, &y, &half))
            continue;
          taken = x + half;
          tw_pen_colour (&strip->theme->ground, 1);
          tw_pen_rectangle (floor (x - half), round (y - BOX_HEIGHT / 2), ceil (2 * half),
                            BOX_HEIGHT);
        }
      tw_pen_colour (label->boxed ? &strip->theme->text_secondary : &strip->theme->text, 1);
      tw_pen_text (round (x), round (y), label->justification, TW_STRIP_LABEL_PX, label->text);
    }
}

gboolean
tw_strip_labels_draw (cairo_t *cr,
                      TwStripLabels *self,
                      GError **error)
{
  return self->n == 0 || tw_pen_draw (cr, write_labels, self, error);
}
