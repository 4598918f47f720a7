/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a snapshot is made of: the parts of one patient's chain that screens may see. */
#pragma once

#include "tw-risk.h"
#include "tw-session.h"

G_BEGIN_DECLS

typedef struct
{
  guint index;
  guint64 serial;
  TwPatient *patient;
  gboolean present, loading;
  TwTwin *twin;
  TwRisk *risk;
  TwSeries *series[TW_N_CHANNELS];
  TwVitals vitals;                    /* newest samples with verdict <= 2 */
  TwSample newest[TW_N_CHANNELS];     /* newest of any verdict */
  TwGlycaemia glycaemia;
  TwTrend trends[TW_N_CHANNELS];
  gint64 spacing_us[TW_N_CHANNELS];   /* median spacing of the last samples; 0 unknown */
  TwCleanCounts counts[TW_N_CHANNELS];
  TwRawReading raw[TW_N_CHANNELS];
  GArray *gaps;                       /* TwGapInterval */
  const TwSelfReport *reports[TW_N_VITALS]; /* newest made; NULL: none */
} TwBedView;

/* Usual spacing of a channel, at least floor_us; 0 when it is not known yet. */
gint64 tw_bed_view_expected (const TwBedView *view, TwChannel channel, gint64 floor_us);

/* The report of a channel at its main horizon, made anew where something was issued or scored; borrowed.
 * NULL: nothing was issued. */
const TwSelfReport *tw_bed_view_report (TwBedView *view, TwChannel channel, gint64 now_us);

/* Copies everything into an immutable snapshot: forecasts as of now_us, series by reference. */
TwSnapshot *tw_bed_view_snapshot (TwBedView *view, gint64 now_us, gint64 floor_us);

G_END_DECLS
