/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Controllers of a strip: hover and keys move the cursor, wheel and drag ask for another window. */
#include "config.h"

#include "tw-strip-input.h"

#include "tw-time.h"

#include <math.h>

#define STATE_KEY "tw-strip-input"
#define ZOOM_STEP 1.25
#define SHORTEST_US (5 * TW_MINUTE)
#define LONGEST_US (30 * TW_HOUR)
#define PAN_STEP .1     /* of the window, per notch */

typedef struct
{
  const TwStripInput *input;
  double pointer_x, pointer_y;
  gboolean hovered;
  gint64 drag_from_us, drag_to_us; /* window when the drag began */
} State;

static State *
state_of (GtkWidget *widget)
{
  return g_object_get_data (G_OBJECT (widget), STATE_KEY);
}

static GtkWidget *
widget_of (gpointer controller)
{
  return gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (controller));
}

gboolean
tw_strip_input_is_hovered (GtkWidget *widget)
{
  State *state = state_of (widget);

  return state != NULL && state->hovered;
}

static gboolean
is_in_plot (const TwStrip *strip,
            double x)
{
  return x >= TW_PLOT_GUTTER && x <= strip->width;
}

static void
on_motion (GtkEventControllerMotion *controller,
           double x,
           double y,
           gpointer data)
{
  GtkWidget *widget = widget_of (controller);
  State *state = state_of (widget);
  TwStrip strip;

  state->pointer_x = x;
  state->pointer_y = y;
  state->hovered = TRUE;
  if (state->input->get_strip (widget, &strip))
    state->input->on_cursor (widget, is_in_plot (&strip, x) ? tw_strip_time (&strip, x) : 0);
}

static void
on_leave (GtkEventControllerMotion *controller,
          gpointer data)
{
  GtkWidget *widget = widget_of (controller);
  State *state = state_of (widget);

  state->hovered = FALSE;
  state->input->on_cursor (widget, 0);
}

static void
ask_window (GtkWidget *widget,
            gint64 from_us,
            gint64 to_us)
{
  if (to_us - from_us >= SHORTEST_US && to_us - from_us <= LONGEST_US)
    state_of (widget)->input->on_window (widget, from_us, to_us);
}

static void
zoom_time (GtkWidget *widget,
           const TwStrip *strip,
           double notches)
{
  State *state = state_of (widget);
  gint64 at_us = tw_strip_time (strip, CLAMP (state->pointer_x, TW_PLOT_GUTTER, strip->width));
  double factor = pow (ZOOM_STEP, notches);

  ask_window (widget, at_us - (gint64) ((double) (at_us - strip->from_us) * factor),
              at_us + (gint64) ((double) (strip->to_us - at_us) * factor));
}

static void
zoom_value (GtkWidget *widget,
            const TwStrip *strip,
            double notches)
{
  State *state = state_of (widget);
  double part = CLAMP (state->pointer_y / strip->height, 0, 1);
  double at = strip->high - part * (strip->high - strip->low), factor = pow (ZOOM_STEP, notches);
  double low, high, tick;

  tw_strip_default_range (strip->channel, &low, &high, &tick);
  double span = (strip->high - strip->low) * factor;
  if (span < (high - low) / 20 || span > (high - low) * 8)
    return;
  state->input->on_range (widget, at - (at - strip->low) * factor,
                          at + (strip->high - at) * factor);
}

static gboolean
on_scroll (GtkEventControllerScroll *controller,
           double dx,
           double dy,
           gpointer data)
{
  GtkWidget *widget = widget_of (controller);
  GdkModifierType modifiers =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));
  TwStrip strip;

  if (!state_of (widget)->input->get_strip (widget, &strip))
    return FALSE;
  if ((modifiers & GDK_CONTROL_MASK) != 0)
    zoom_value (widget, &strip, dy);
  else if ((modifiers & GDK_SHIFT_MASK) != 0 || fabs (dx) > fabs (dy))
    {
      gint64 by_us = (gint64) ((double) (strip.to_us - strip.from_us) * PAN_STEP
                               * (fabs (dx) > fabs (dy) ? dx : dy));
      ask_window (widget, strip.from_us + by_us, strip.to_us + by_us);
    }
  else
    zoom_time (widget, &strip, dy);
  return TRUE;
}

static void
on_drag_begin (GtkGestureDrag *gesture,
               double x,
               double y,
               gpointer data)
{
  GtkWidget *widget = widget_of (gesture);
  State *state = state_of (widget);
  TwStrip strip;

  state->drag_from_us = state->drag_to_us = 0;
  if (!state->input->get_strip (widget, &strip) || !is_in_plot (&strip, x))
    return;
  state->drag_from_us = strip.from_us;
  state->drag_to_us = strip.to_us;
}

static void
on_drag_update (GtkGestureDrag *gesture,
                double dx,
                double dy,
                gpointer data)
{
  GtkWidget *widget = widget_of (gesture);
  State *state = state_of (widget);
  TwStrip strip;

  /* A click that trembles is no drag. */
  if (state->drag_to_us <= state->drag_from_us || fabs (dx) < 4
      || !state->input->get_strip (widget, &strip))
    return;
  double per_px =
      (double) (state->drag_to_us - state->drag_from_us) / (strip.width - TW_PLOT_GUTTER);
  gint64 by_us = (gint64) (-dx * per_px);
  ask_window (widget, state->drag_from_us + by_us, state->drag_to_us + by_us);
}

static void
on_pressed (GtkGestureClick *gesture,
            int n_press,
            double x,
            double y,
            gpointer data)
{
  GtkWidget *widget = widget_of (gesture);

  gtk_widget_grab_focus (widget);
  if (n_press == 2)
    state_of (widget)->input->on_default_view (widget);
}

static void
move_cursor (GtkWidget *widget,
             const TwStrip *strip,
             int direction)
{
  State *state = state_of (widget);
  gint64 cursor_us = state->input->get_cursor (widget);
  gint64 pixel_us = MAX (
      (gint64) ((double) (strip->to_us - strip->from_us) / (strip->width - TW_PLOT_GUTTER)), 1);
  gint64 spacing_us = strip->series != NULL ? tw_series_view_spacing (strip->series) : 0;

  if (cursor_us == 0)
    cursor_us = MIN (strip->now_us, strip->to_us);
  else if (spacing_us > 8 * pixel_us && cursor_us + direction * pixel_us < strip->now_us)
    cursor_us += direction * spacing_us / 2;
  else
    cursor_us += direction * 2 * pixel_us;
  state->input->on_cursor (widget, CLAMP (cursor_us, strip->from_us, strip->to_us));
}

static gboolean
on_key (GtkEventControllerKey *controller,
        guint key,
        guint code,
        GdkModifierType modifiers,
        gpointer data)
{
  GtkWidget *widget = widget_of (controller);
  State *state = state_of (widget);
  TwStrip strip;

  if ((modifiers & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0
      || !state->input->get_strip (widget, &strip))
    return FALSE;
  gint64 page_us = (MIN (strip.now_us, strip.to_us) - strip.from_us) * 9 / 10;
  switch (key)
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      move_cursor (widget, &strip, -1);
      return TRUE;
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      move_cursor (widget, &strip, 1);
      return TRUE;
    case GDK_KEY_Page_Up:
      ask_window (widget, strip.from_us - page_us, strip.to_us - page_us);
      return TRUE;
    case GDK_KEY_Page_Down:
      ask_window (widget, strip.from_us + page_us, strip.to_us + page_us);
      return TRUE;
    case GDK_KEY_Home:
      state->input->on_cursor (widget, strip.from_us);
      return TRUE;
    case GDK_KEY_End:
      state->input->on_cursor (widget, MIN (strip.now_us, strip.to_us));
      return TRUE;
    case GDK_KEY_BackSpace:
      state->input->on_previous_view (widget);
      return TRUE;
    case GDK_KEY_Escape:
      if (state->input->get_cursor (widget) == 0)
        return FALSE;
      state->input->on_cursor (widget, 0);
      return TRUE;
    default:
      return FALSE;
    }
}

static void
add (GtkWidget *widget,
     gpointer controller)
{
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (controller));
}

void
tw_strip_input_attach (GtkWidget *widget,
                       const TwStripInput *input)
{
  State *state = g_new0 (State, 1);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll =
      gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkEventController *key = gtk_event_controller_key_new ();
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  state->input = input;
  g_object_set_data_full (G_OBJECT (widget), STATE_KEY, state, g_free);
  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), NULL);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), NULL);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), NULL);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), NULL);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), NULL);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), NULL);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), NULL);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), NULL);
  add (widget, motion);
  add (widget, scroll);
  add (widget, key);
  add (widget, drag);
  add (widget, click);
  gtk_widget_set_focusable (widget, TRUE);
}
