/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The analysis of one patient: what is asked, on which window, what came out. Each patient keeps
 * what was asked and what came out; another patient's result is never shown, whatever is under way.
 *
 * Signals: "outcome" (const char *text)  something that the user asked for is done, or could not be. */
#pragma once

#include <gtk/gtk.h>

#include "tw-analysis-controls.h"
#include "tw-analysis-results.h"
#include "tw-sheet-export.h"
#include "tw-ward-model.h"

G_BEGIN_DECLS

#define TW_TYPE_ANALYSIS_PAGE (tw_analysis_page_get_type ())
G_DECLARE_FINAL_TYPE (TwAnalysisPage, tw_analysis_page, TW, ANALYSIS_PAGE, GtkBox)

void tw_analysis_page_set_model (TwAnalysisPage *self, TwWardModel *model);
/* NULL: nobody. */
void tw_analysis_page_set_item (TwAnalysisPage *self, TwBedItem *item);
/* What is asked of the patient shown. Setting it calculates. */
void tw_analysis_page_get_choice (TwAnalysisPage *self, TwAnalysisChoice *choice);
void tw_analysis_page_set_choice (TwAnalysisPage *self, const TwAnalysisChoice *choice);
/* Calculates anew with the newest readings. */
void tw_analysis_page_run (TwAnalysisPage *self);
gboolean tw_analysis_page_is_running (TwAnalysisPage *self);
void tw_analysis_page_set_table (TwAnalysisPage *self, gboolean table);
/* What is shown goes to the clipboard, as a table and as a picture; FALSE: nothing is shown. */
gboolean tw_analysis_page_copy (TwAnalysisPage *self);
/* Writes what is shown; how it went is told by "outcome". */
void tw_analysis_page_save (TwAnalysisPage *self, TwExport format, GFile *file);
/* Asks where to, and writes; nothing happens where nothing is shown. */
void tw_analysis_page_choose_file (TwAnalysisPage *self, TwExport format);

/* What was found for the patient shown; NULL: nothing yet. Borrowed. */
TwFindings *tw_analysis_page_get_findings (TwAnalysisPage *self);
TwAnalysisResults *tw_analysis_page_get_results (TwAnalysisPage *self);

G_END_DECLS
