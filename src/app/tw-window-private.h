/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window's parts, shared by its structure and its actions. Internal to the window. */
#pragma once

#include "tw-window.h"

#include "tw-analysis-page.h"
#include "tw-audit-trail.h"
#include "tw-connections-page.h"
#include "tw-flags-panel.h"
#include "tw-monitor-page.h"
#include "tw-patients-panel.h"
#include "tw-state-bar.h"
#include "tw-ward-bar.h"
#include "tw-ward-page.h"

struct _TwWindow
{
  AdwApplicationWindow parent_instance;
  TwWardModel *model;
  TwSettings *settings;
  TwBedItem *patient;
  gboolean opening;
  gboolean problem;
  gboolean shows_connections; /* in place of whatever the feed gives */
  gboolean shows_analysis;  /* of the open patient, in place of the monitor */
  gboolean patients_hidden; /* by the user */
  int view; /* TwView that is shown; -1: none yet */
  gboolean low;
  guint folded_source, complete_source, low_source;
  char *announced; /* the flag that was told last */
  AdwToastOverlay *toasts;
  AdwFlap *patients_flap;
  GtkStack *views;
  GtkBox *column, *bars, *pill;
  TwStateBar *state_bars[TW_N_BARS];
  GtkLabel *title, *subtitle, *pill_label, *flags_count, *urgent_announcement, *quiet_announcement;
  GtkWidget *back_button, *flags_overlay, *flags_button, *patients_button, *menu_button;
  AdwHeaderBar *header;
  GtkSpinner *spinner;
  /* NULL until the window is complete */
  gboolean complete;
  AdwFlap *flags_flap;
  TwPatientsPanel *patients;
  TwWardBar *ward_bar;
  TwWardPage *ward_page;
  TwMonitorPage *monitor;
  TwAnalysisPage *analysis;
  GtkWidget *switcher, *compact_switcher; /* the same, as a row and in the header of a low window */
  TwFlagsPanel *flags;
  TwConnections *connections;           /* NULL until somebody asks for them */
  TwConnectionsPage *connections_page;  /* the same */
  AdwStatusPage *signed_out, *forbidden, *untrusted, *fault, *unreachable;
};

/* tw-window.c: builds what the first frame does not show, once. It happens by itself after the first frame,
 * and before that when it is needed. */
void tw_window_complete (TwWindow *self);

/* tw-window-connections.c: asks for a server: a new one, or changes to the item's. */
void tw_window_ask_for_server (TwWindow *self, TwConnectionItem *item);
/* What a page without values offers: the sign-in of the server that is shown now. */
void tw_window_sign_in (TwWindow *self);
/* tw-window.c */
void tw_window_update_view (TwWindow *self);
void tw_window_update_title (TwWindow *self);

/* The page of the open patient. */
void tw_window_show_analysis (TwWindow *self, gboolean analysis);

/* tw-window-actions.c */
void tw_window_class_install_actions (GtkWidgetClass *widget_class);
void tw_window_init_actions (TwWindow *self);
/* Lets the action of the flags panel follow the panel, once it is there. */
void tw_window_connect_flags (TwWindow *self);
/* tw-window-record.c: writing to the record, and what the audit is told. */
/* A deed about the open patient; who NULL: the account. */
void tw_window_tell_deed (TwWindow *self, TwDeed deed, const char *who, const char *what);
void tw_window_connect_record (TwWindow *self);
void tw_window_update_record (TwWindow *self);
void tw_window_on_write_back (GtkWidget *widget, const char *name, GVariant *parameter);

/* Enables what can be done now. */
void tw_window_update_actions (TwWindow *self);
