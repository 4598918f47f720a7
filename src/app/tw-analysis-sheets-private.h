/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the two halves of the sheets share. Internal to them. */
#pragma once

#include "tw-analysis-sheets.h"

G_BEGIN_DECLS

/* "MAP, mmHg"; "MAP" where there is no unit. */
char *tw_analysis_axis_title (const TwInquiry *inquiry, TwChannel channel, int lag_min);
/* A column of a channel's values, in the unit of the inquiry. */
double *tw_analysis_add_channel (TwSheet *sheet, const TwInquiry *inquiry, TwChannel channel, int lag_min);
double tw_analysis_factor (const TwInquiry *inquiry, TwChannel channel);

/* tw-analysis-fit-sheets.c; the fit was not refused */
void tw_analysis_fill_fit (TwSheet *sheet, const TwFindings *findings, guint predictor);
void tw_analysis_fill_residuals (TwSheet *sheet, const TwFindings *findings, guint against);
void tw_analysis_fill_qq (TwSheet *sheet, const TwFindings *findings);
void tw_analysis_fill_predicted (TwSheet *sheet, const TwFindings *findings);

G_END_DECLS
