/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What came out: coefficients with intervals, how good the fit is, what to beware of; and one
 * result at a time as figure or table. */
#pragma once

#include <gtk/gtk.h>

#include "tw-analysis-sheets.h"

G_BEGIN_DECLS

#define TW_TYPE_ANALYSIS_RESULTS (tw_analysis_results_get_type ())
G_DECLARE_FINAL_TYPE (TwAnalysisResults, tw_analysis_results, TW, ANALYSIS_RESULTS, GtkBox)

/* NULL: nothing is shown. */
void tw_analysis_results_set_findings (TwAnalysisResults *self, TwFindings *findings);
void tw_analysis_results_set_result (TwAnalysisResults *self, TwResult result);
TwResult tw_analysis_results_get_result (TwAnalysisResults *self);
/* The table in place of the figure. */
void tw_analysis_results_set_table (TwAnalysisResults *self, gboolean table);
/* What is shown now; NULL: nothing. Borrowed. */
const TwSheet *tw_analysis_results_get_sheet (TwAnalysisResults *self);
/* The figure's own; for what is said once, when it is new. Free with g_free. */
char *tw_analysis_results_dup_summary (TwAnalysisResults *self);

G_END_DECLS
