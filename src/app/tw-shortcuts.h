/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every key and the action that it stands for; the window of shortcuts lists the same. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  TW_KEY_GLOBAL, /* works wherever the focus is */
  TW_KEY_PLAIN,  /* only when the focus has no use for it: letters, Space, Esc, Ctrl+C */
  TW_KEY_CHART   /* the strips do it themselves */
} TwKeyScope;

typedef struct
{
  const char *action;  /* NULL for TW_KEY_CHART */
  const char *accel[3];
  TwKeyScope scope;
} TwShortcut;

/* Ends with an entry without keys. */
const TwShortcut *tw_shortcuts_get (void);
void tw_shortcuts_add_to_application (GtkApplication *application);
void tw_shortcuts_add_to_window (GtkWidget *window);

G_END_DECLS
