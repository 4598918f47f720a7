/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each result of an analysis as a sheet: a figure, its table, its words. */
#pragma once

#include "tw-inquiry.h"
#include "tw-sheet.h"

G_BEGIN_DECLS

typedef enum
{
  TW_RESULT_FIT,
  TW_RESULT_RESIDUALS,
  TW_RESULT_QQ,
  TW_RESULT_PREDICTED,
  TW_RESULT_LAGS,
  TW_RESULT_DISTRIBUTION,
  TW_RESULT_COMPARISON,
  TW_N_RESULTS,
  TW_RESULT_COEFFICIENTS = TW_N_RESULTS /* a table alone */
} TwResult;

/* Short title, translated: "Fit". */
const char *tw_result_title (TwResult result);
/* What a result can be looked at against: predictors of the fit; time, fitted value and predictors of the
 * residuals. NULL where there is no choice. Free with g_strfreev. */
char **tw_result_dup_choices (TwResult result, const TwInquiry *inquiry);

/* choice: index into the choices; beyond them: the first. Never NULL. */
TwSheet *tw_analysis_sheet_new (const TwFindings *findings, TwResult result, guint choice);

G_END_DECLS
