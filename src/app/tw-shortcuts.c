/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every key and the action that it stands for. */
#include "config.h"

#include "tw-shortcuts.h"

static const TwShortcut shortcuts[] = {
  { "app.help", { "F1" }, TW_KEY_GLOBAL },
  { "app.preferences", { "<Control>comma" }, TW_KEY_GLOBAL },
  { "app.quit", { "<Control>q" }, TW_KEY_GLOBAL },
  { "win.menu", { "F10" }, TW_KEY_GLOBAL },
  { "win.show-help-overlay", { "<Control>question" }, TW_KEY_GLOBAL },
  { "win.close", { "<Control>w" }, TW_KEY_GLOBAL },
  { "win.fullscreen", { "F11" }, TW_KEY_GLOBAL },
  { "win.find", { "<Control>f" }, TW_KEY_GLOBAL },
  { "win.patients", { "F9" }, TW_KEY_GLOBAL },
  { "win.flags", { "<Shift>F9" }, TW_KEY_GLOBAL },
  { "win.refresh", { "<Control>r" }, TW_KEY_GLOBAL },
  { "win.previous-patient", { "<Control>Page_Up" }, TW_KEY_GLOBAL },
  { "win.next-patient", { "<Control>Page_Down" }, TW_KEY_GLOBAL },
  { "win.ward", { "<Alt>Home" }, TW_KEY_GLOBAL },
  { "win.back", { "<Alt>Left" }, TW_KEY_GLOBAL },
  { "win.acknowledge", { "<Control>k" }, TW_KEY_GLOBAL },
  { "win.silence", { "<Control>m" }, TW_KEY_GLOBAL },
  { "win.write-back", { "<Control>b" }, TW_KEY_GLOBAL },
  { "win.now", { "<Control>j" }, TW_KEY_GLOBAL },
  { "win.zoom-in", { "<Control>plus", "<Control>equal", "<Control>KP_Add" }, TW_KEY_GLOBAL },
  { "win.zoom-out", { "<Control>minus", "<Control>KP_Subtract" }, TW_KEY_GLOBAL },
  { "win.zoom-reset", { "<Control>0", "<Control>KP_0" }, TW_KEY_GLOBAL },
  { "win.monitor", { "<Control>1" }, TW_KEY_GLOBAL },
  { "win.analysis", { "<Control>4" }, TW_KEY_GLOBAL },
  { "win.connections", { "<Control>6" }, TW_KEY_GLOBAL },
  { "win.run-fit", { "<Control>Return", "<Control>KP_Enter" }, TW_KEY_GLOBAL },
  { "win.copy", { "<Control>c" }, TW_KEY_PLAIN },
  { "win.leave", { "Escape" }, TW_KEY_PLAIN },
  { "win.forecast", { "f" }, TW_KEY_PLAIN },
  { "win.ranges", { "b" }, TW_KEY_PLAIN },
  { "win.ghosts", { "g" }, TW_KEY_PLAIN },
  { "win.honesty", { "h" }, TW_KEY_PLAIN },
  { "win.table", { "t" }, TW_KEY_PLAIN },
  { "win.freeze", { "space" }, TW_KEY_PLAIN },
  { NULL, { "Left", "Right" }, TW_KEY_CHART },
  { NULL, { "<Shift>Left", "<Shift>Right" }, TW_KEY_CHART },
  { NULL, { "Up", "Down" }, TW_KEY_CHART },
  { NULL, { "Page_Up", "Page_Down" }, TW_KEY_CHART },
  { NULL, { "Home", "End" }, TW_KEY_CHART },
  { NULL, { "BackSpace" }, TW_KEY_CHART },
  { NULL, { NULL }, TW_KEY_CHART },
};

const TwShortcut *
tw_shortcuts_get (void)
{
  return shortcuts;
}

void
tw_shortcuts_add_to_application (GtkApplication *application)
{
  for (const TwShortcut *shortcut = shortcuts; shortcut->accel[0] != NULL; shortcut++)
    if (shortcut->scope == TW_KEY_GLOBAL)
      {
        const char *const accels[]
          = { shortcut->accel[0], shortcut->accel[1], shortcut->accel[1] ? shortcut->accel[2] : NULL,
              NULL };

        gtk_application_set_accels_for_action (application, shortcut->action, accels);
      }
}

void
tw_shortcuts_add_to_window (GtkWidget *window)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  for (const TwShortcut *shortcut = shortcuts; shortcut->accel[0] != NULL; shortcut++)
    if (shortcut->scope == TW_KEY_PLAIN)
      gtk_shortcut_controller_add_shortcut (
        GTK_SHORTCUT_CONTROLLER (controller),
        gtk_shortcut_new (gtk_shortcut_trigger_parse_string (shortcut->accel[0]),
                          gtk_named_action_new (shortcut->action)));
  gtk_widget_add_controller (window, controller);
}
