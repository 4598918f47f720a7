/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shows one figure, in the platform's theme, as large as it is given room. */
#include "config.h"

#include "tw-figure-canvas.h"

#include "tw-chart-layer.h"

#include <math.h>

#define MIN_WIDTH 260
#define MIN_HEIGHT 136
#define NATURAL_WIDTH 480
#define NATURAL_HEIGHT 260

struct _TwFigureCanvas
{
  GtkWidget parent_instance;
  TwFigure *figure;
};

G_DEFINE_FINAL_TYPE (TwFigureCanvas, tw_figure_canvas, GTK_TYPE_WIDGET)

static void
tw_figure_canvas_snapshot (GtkWidget *widget,
                         GtkSnapshot *snapshot)
{
  TwFigureCanvas *self = TW_FIGURE_CANVAS (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  TwFigureView view = { width, height, gtk_widget_get_scale_factor (widget), tw_chart_theme (), NULL, NULL };
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height);
  g_autoptr (GError) error = NULL;

  if (self->figure != NULL && width >= MIN_WIDTH / 2 && height >= MIN_HEIGHT / 2)
    {
      cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &bounds);

      if (!tw_plot_figure (cr, self->figure, &view, &error))
        {
          g_autoptr (PangoLayout) layout = tw_chart_layout (widget, 12, FALSE, error->message);

          tw_chart_append_layout (snapshot, layout, 8, 8, &view.theme->text);
        }
      cairo_destroy (cr);
    }
  tw_chart_append_focus (snapshot, widget);
}

static void
tw_figure_canvas_measure (GtkWidget *widget,
                        GtkOrientation orientation,
                        int for_size,
                        int *minimum,
                        int *natural,
                        int *minimum_baseline,
                        int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? MIN_WIDTH : MIN_HEIGHT;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? NATURAL_WIDTH : NATURAL_HEIGHT;
  *minimum_baseline = *natural_baseline = -1;
}

static void
tw_figure_canvas_dispose (GObject *object)
{
  g_clear_pointer (&TW_FIGURE_CANVAS (object)->figure, tw_figure_unref);
  G_OBJECT_CLASS (tw_figure_canvas_parent_class)->dispose (object);
}

static void
tw_figure_canvas_class_init (TwFigureCanvasClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_figure_canvas_dispose;
  widget_class->snapshot = tw_figure_canvas_snapshot;
  widget_class->measure = tw_figure_canvas_measure;
  gtk_widget_class_set_css_name (widget_class, "tw-figure");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
tw_figure_canvas_init (TwFigureCanvas *self)
{
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  /* Time and numbers run left to right in every language. */
  gtk_widget_set_direction (GTK_WIDGET (self), GTK_TEXT_DIR_LTR);
  tw_chart_follow_theme (GTK_WIDGET (self));
}

GtkWidget *
tw_figure_canvas_new (void)
{
  return g_object_new (TW_TYPE_FIGURE_CANVAS, NULL);
}

void
tw_figure_canvas_set_figure (TwFigureCanvas *self,
                           TwFigure *figure,
                           const char *title,
                           const char *words)
{
  g_return_if_fail (TW_IS_FIGURE_CANVAS (self));

  g_clear_pointer (&self->figure, tw_figure_unref);
  self->figure = figure != NULL ? tw_figure_ref (figure) : NULL;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  title != NULL ? title : "",
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words != NULL ? words : "", -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
