/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one window: who it is about, the state of the feed, the Ward and the Monitor. */
#pragma once

#include <adwaita.h>

#include "tw-analysis-page.h"
#include "tw-connections-page.h"
#include "tw-settings.h"
#include "tw-ward-model.h"

G_BEGIN_DECLS

#define TW_TYPE_WINDOW (tw_window_get_type ())
G_DECLARE_FINAL_TYPE (TwWindow, tw_window, TW, WINDOW, AdwApplicationWindow)

/* Signals: "deed" (TwDeed, const char *who or "", const char *reference): something for the audit.
 * "server-chosen" (GVariant site, const char *secret, const char *old_address) of the connect dialog;
 * "connection-opened" (TwConnectionItem *item): its ward is to be shown; NULL: nobody's any more. */
TwWindow *tw_window_new (GtkApplication *application, TwWardModel *model, TwSettings *settings);

void tw_window_open_patient (TwWindow *self, TwBedItem *item);
void tw_window_open_ward (TwWindow *self);
/* The open patient; NULL on the ward. */
TwBedItem *tw_window_get_patient (TwWindow *self);
/* Something that the user asked for did not come about. */
void tw_window_toast (TwWindow *self, const char *text);
/* A full page about something that stands in the way before there is a feed; NULL: no more. */
void tw_window_set_problem (TwWindow *self, const char *title, const char *text);
/* The demo or a server is being opened: "Loading..." until there is a feed. */
void tw_window_set_opening (TwWindow *self, gboolean opening);
/* The analysis of the open patient, shown instead of the monitor. */
TwAnalysisPage *tw_window_open_analysis (TwWindow *self);
/* Opens "Why?" of every flag of the open patient. */
void tw_window_show_evidence (TwWindow *self);
/* The servers that were added; made from the settings when asked for first. */
TwConnections *tw_window_get_connections (TwWindow *self);
/* Their page; item NULL: the one that is shown now. check: looks at it anew. */
TwConnectionsPage *tw_window_open_connections (TwWindow *self, TwConnectionItem *item, gboolean check);
void tw_window_close_connections (TwWindow *self);

G_END_DECLS
