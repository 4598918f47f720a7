/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is asked of the data: outcome, predictors with their lags, method, width of a row.
 *
 * Signals: "changed" ()  the user chose something else; "run" ()  the user wants it again. */
#pragma once

#include <gtk/gtk.h>

#include "tw-inquiry.h"

G_BEGIN_DECLS

/* How the window is kept: it follows now, or stays where the user put it. */
typedef enum
{
  TW_WINDOW_6_H,
  TW_WINDOW_24_H,
  TW_WINDOW_ALL,
  TW_WINDOW_CHOSEN
} TwWindowChoice;

/* Kept for each patient. */
typedef struct
{
  TwChannel outcome;
  gboolean used[TW_N_CHANNELS];
  int lag_min[TW_N_CHANNELS];
  TwFitMethod method;
  int grid_min;
  TwWindowChoice window;
  gint64 from_us, to_us;               /* TW_WINDOW_CHOSEN */
  gint64 before_from_us, before_to_us; /* chosen; both 0: as long a time as the window, before it */
} TwAnalysisChoice;

/* The first choice for a patient: MAP where there is one, else the first channel that has values. */
void tw_analysis_choice_init (TwAnalysisChoice *choice, const TwSnapshot *snapshot);
gboolean tw_analysis_choice_equal (const TwAnalysisChoice *a, const TwAnalysisChoice *b);

#define TW_TYPE_ANALYSIS_CONTROLS (tw_analysis_controls_get_type ())
G_DECLARE_FINAL_TYPE (TwAnalysisControls, tw_analysis_controls, TW, ANALYSIS_CONTROLS, GtkBox)

/* Offers the channels that the snapshot has values of, and shows the choice. Emits nothing. */
void tw_analysis_controls_set (TwAnalysisControls *self, const TwAnalysisChoice *choice,
                               const TwSnapshot *snapshot, TwUnit glucose_unit);
/* Writes what these controls decide into the choice. */
void tw_analysis_controls_get (TwAnalysisControls *self, TwAnalysisChoice *choice);

G_END_DECLS
