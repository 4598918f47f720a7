/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The foot line of the Monitor, with the little honesty meter and the explanation behind it. */
#include "config.h"

#include "tw-forecast-foot.h"

#include "tw-badge.h"
#include "tw-words-flag.h"
#include "tw-words-value.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#define EXPECTED_SHARE 0.8

struct _TwForecastFoot
{
  GtkBox parent_instance;
  GtkButton *button;
  GtkPopover *popover;
  GtkDrawingArea *meter;
  GtkImage *warning;
  GtkLabel *line, *explanation;
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
tw_forecast_foot_dispose (GObject *object)
{
  TwForecastFoot *self = TW_FORECAST_FOOT (object);

  if (self->popover != NULL && gtk_widget_get_parent (GTK_WIDGET (self->popover)) != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->popover));
  G_OBJECT_CLASS (tw_forecast_foot_parent_class)->dispose (object);
}

static void
tw_forecast_foot_class_init (TwForecastFootClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_forecast_foot_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/twinward/Twinward/tw-forecast-foot.ui");
  gtk_widget_class_bind_template_child (widget_class, TwForecastFoot, button);
  gtk_widget_class_bind_template_child (widget_class, TwForecastFoot, popover);
  gtk_widget_class_bind_template_child (widget_class, TwForecastFoot, meter);
  gtk_widget_class_bind_template_child (widget_class, TwForecastFoot, warning);
  gtk_widget_class_bind_template_child (widget_class, TwForecastFoot, line);
  gtk_widget_class_bind_template_child (widget_class, TwForecastFoot, explanation);
}

static void
tw_forecast_foot_init (TwForecastFoot *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_drawing_area_set_draw_func (self->meter, draw_meter, self, NULL);
  gtk_widget_set_parent (GTK_WIDGET (self->popover), GTK_WIDGET (self->button));
  g_signal_connect_swapped (self->button, "clicked", G_CALLBACK (gtk_popover_popup), self->popover);
}

GtkWidget *
tw_forecast_foot_new (void)
{
  return g_object_new (TW_TYPE_FORECAST_FOOT, NULL);
}

static void
append_channel (GString *text,
                const TwChannelSnapshot *values,
                gint64 now_us)
{
  const TwForecast *forecast = &values->forecast;
  const TwHonesty *honesty = &forecast->honesty;
  g_autofree char *why = NULL;

  if (forecast->status == TW_FORECAST_NOT_MODELLED || values->last.t_us == 0)
    return;
  if (forecast->status != TW_FORECAST_OK && forecast->status != TW_FORECAST_UNRELIABLE)
    {
      why = tw_words_forecast_foot (forecast, now_us);
      g_string_append_printf (text, "\n%s", why);
      return;
    }
  if (honesty->scored == 0)
    /* Translators: a channel whose forecasts have not come due yet. */
    g_string_append_printf (text, _("\n<b>%s</b>: not yet scored on this patient"),
                            tw_words_channel_label (forecast->channel));
  else
    /* Translators: as "HR, 60 min ahead: inside 50 % 23, 80 % 37, 95 % 44 of 46". Keep the markup. */
    g_string_append_printf (text, _("\n<b>%s</b>, %d min ahead: inside 50 %% %u, 80 %% %u, 95 %% %u of %u"),
                            tw_words_channel_label (forecast->channel), honesty->horizon_min,
                            honesty->inside50, honesty->inside80, honesty->inside95,
                            honesty->scored);
}

static char *
dup_explanation (const TwSnapshot *snapshot,
                 gint64 now_us,
                 TwUnit glucose_unit)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, "<b>%s</b>", _("How the forecasts fared on this patient"));
  for (int channel = 0; channel < TW_N_VITALS; channel++)
    append_channel (text, &snapshot->channels[channel], now_us);
  g_string_append_printf (text, "\n\n<b>%s</b>", _("Inputs"));
  for (int channel = 0; channel < TW_N_VITALS; channel++)
    {
      const TwSample *last = &snapshot->channels[channel].last;
      g_autofree char *value = tw_words_quantity (channel, last->value, glucose_unit);
      g_autofree char *clock = tw_words_clock (last->t_us, TRUE);
      g_autofree char *age = tw_words_age (now_us - last->t_us);

      if (last->t_us != 0)
        /* Translators: an input of the twin, as "HR 122 /min at 14:02:02 (8 s old)". */
        g_string_append_printf (text, _("\n%s %s at %s (%s old)"), tw_words_channel_label (channel),
                                value, clock, age);
    }
  g_string_append_printf (text, "\n\n%s",
                          _("Likely range (8 of 10 times): the 80 % range. Of 10 later measurements\n"
                            "about 8 should lie inside it; the meter shows how many did."));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

void
tw_forecast_foot_update (TwForecastFoot *self,
                         const TwSnapshot *snapshot,
                         gint64 now_us,
                         TwUnit glucose_unit)
{
  TwChannel driver = snapshot->driver != TW_CHANNEL_NONE ? snapshot->driver : TW_CHANNEL_HEART_RATE;
  const TwForecast *forecast = &snapshot->channels[driver].forecast;
  const TwHonesty *honesty = &forecast->honesty;
  gboolean unreliable = forecast->status == TW_FORECAST_UNRELIABLE;
  gboolean scored = honesty->scored > 0
                    && (forecast->status == TW_FORECAST_OK || unreliable);
  double share = scored ? (double) honesty->inside80 / honesty->scored : -1;
  g_autofree char *line = unreliable ? tw_words_unreliable_long (forecast)
                                     : tw_words_forecast_foot (forecast, now_us);
  g_autofree char *explanation = dup_explanation (snapshot, now_us, glucose_unit);

  g_return_if_fail (TW_IS_FORECAST_FOOT (self));

  tw_label_update (self->line, line);
  tw_label_update_markup (self->explanation, explanation);
  tw_widget_set_class (GTK_WIDGET (self->line), "tw-amber", unreliable);
  gtk_widget_set_visible (GTK_WIDGET (self->warning), unreliable);
  gtk_widget_set_visible (GTK_WIDGET (self->meter), scored);
  if (share < self->share || share > self->share)
    {
      self->share = share;
      gtk_widget_queue_draw (GTK_WIDGET (self->meter));
    }
}
