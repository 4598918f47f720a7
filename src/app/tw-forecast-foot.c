/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The foot line of the Monitor: the little honesty meter, what it says in words, and what was left out. It
 * opens the panel behind it. */
#include "config.h"

#include "tw-forecast-foot.h"

#include "tw-badge.h"
#include "tw-words-flag.h"
#include "tw-words-trust.h"
#include "tw-words-value.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#define EXPECTED_SHARE 0.8

struct _TwForecastFoot
{
  GtkBox parent_instance;
  GtkDrawingArea *meter;
  GtkImage *warning;
  GtkLabel *line, *inputs;
  double share; /* inside the 80 % range; < 0: not scored */
};

G_DEFINE_FINAL_TYPE (TwForecastFoot, tw_forecast_foot, GTK_TYPE_BOX)

static void
draw_meter (GtkDrawingArea *area,
            cairo_t *cr,
            int width,
            int height,
            gpointer data)
{
  TwForecastFoot *self = data;
  GdkRGBA colour;
  double middle = height / 2.0;
  double mark = width * EXPECTED_SHARE;

  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (area)), &colour);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_width (cr, 7);
  cairo_set_source_rgba (cr, colour.red, colour.green, colour.blue, 0.18);
  cairo_move_to (cr, 3.5, middle);
  cairo_line_to (cr, width - 3.5, middle);
  cairo_stroke (cr);
  cairo_set_source_rgba (cr, colour.red, colour.green, colour.blue, 0.85);
  cairo_move_to (cr, 3.5, middle);
  cairo_line_to (cr, MAX (3.6, width * self->share - 3.5), middle);
  cairo_stroke (cr);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_BUTT);
  cairo_set_line_width (cr, 2);
  cairo_set_source_rgba (cr, colour.red, colour.green, colour.blue, 1);
  cairo_move_to (cr, mark, 0);
  cairo_line_to (cr, mark, height);
  cairo_stroke (cr);
}

static void
tw_forecast_foot_class_init (TwForecastFootClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/twinward/Twinward/tw-forecast-foot.ui");
  gtk_widget_class_bind_template_child (widget_class, TwForecastFoot, meter);
  gtk_widget_class_bind_template_child (widget_class, TwForecastFoot, warning);
  gtk_widget_class_bind_template_child (widget_class, TwForecastFoot, line);
  gtk_widget_class_bind_template_child (widget_class, TwForecastFoot, inputs);
}

static void
tw_forecast_foot_init (TwForecastFoot *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_drawing_area_set_draw_func (self->meter, draw_meter, self, NULL);
}

GtkWidget *
tw_forecast_foot_new (void)
{
  return g_object_new (TW_TYPE_FORECAST_FOOT, NULL);
}

/* The honesty line, what follows from it, and whether a simple forecast is as good. */
static char *
dup_line (const TwForecast *forecast,
          const TwSelfReport *report,
          gint64 now_us)
{
  g_autofree char *line = tw_words_trust_line (report, now_us);
  g_autofree char *verdict = tw_words_trust_verdict (report);
  g_autofree char *contest = NULL;

  if (forecast->status == TW_FORECAST_UNRELIABLE)
    return tw_words_unreliable_long (forecast);
  if (forecast->status != TW_FORECAST_OK || report == NULL)
    return tw_words_forecast_foot (forecast, now_us);
  if (verdict[0] != '\0')
    return g_strdup_printf ("%s %s", line, verdict);
  if (report->line.meter == TW_METER_TOO_FEW)
    return g_steal_pointer (&line);
  contest = tw_words_trust_contest (&report->persistence, TRUE);
  return g_strdup_printf ("%s %s", line, contest);
}

/* When it was made of what, and what was left out of that. */
static char *
dup_inputs (const TwForecast *forecast,
            const TwSnapshot *snapshot,
            gint64 now_us)
{
  g_autofree char *left_out = tw_words_left_out_all (snapshot);
  g_autofree char *made = tw_words_forecast_made (forecast);

  return g_strdup_printf ("%s%s%s", made, made[0] != '\0' && left_out[0] != '\0' ? " · " : "", left_out);
}

void
tw_forecast_foot_update (TwForecastFoot *self,
                         const TwSnapshot *snapshot,
                         gint64 now_us)
{
  TwChannel driver = snapshot->driver != TW_CHANNEL_NONE ? snapshot->driver : TW_CHANNEL_HEART_RATE;
  const TwForecast *forecast = &snapshot->channels[driver].forecast;
  const TwSelfReport *report = snapshot->channels[driver].report;
  gboolean given = forecast->status == TW_FORECAST_OK || forecast->status == TW_FORECAST_UNRELIABLE;
  gboolean amber = forecast->status == TW_FORECAST_UNRELIABLE
                   || (given && report != NULL && report->line.meter == TW_METER_NARROW);
  gboolean scored = given && report != NULL && report->line.n > 0;
  double share = scored ? (double) report->line.inside80 / report->line.n : -1;
  g_autofree char *line = dup_line (forecast, report, now_us);
  g_autofree char *inputs = dup_inputs (forecast, snapshot, now_us);
  g_autofree char *each = tw_words_left_out_each (snapshot);

  g_return_if_fail (TW_IS_FORECAST_FOOT (self));

  tw_label_update (self->line, line);
  tw_label_update (self->inputs, inputs);
  gtk_widget_set_visible (GTK_WIDGET (self->inputs), inputs[0] != '\0');
  if (g_strcmp0 (gtk_widget_get_tooltip_text (GTK_WIDGET (self->inputs)), each) != 0)
    gtk_widget_set_tooltip_text (GTK_WIDGET (self->inputs), each[0] != '\0' ? each : NULL);
  tw_widget_set_class (GTK_WIDGET (self->line), "tw-amber", amber);
  gtk_widget_set_visible (GTK_WIDGET (self->warning), amber);
  gtk_widget_set_visible (GTK_WIDGET (self->meter), scored);
  if (share < self->share || share > self->share)
    {
      self->share = share;
      gtk_widget_queue_draw (GTK_WIDGET (self->meter));
    }
}
