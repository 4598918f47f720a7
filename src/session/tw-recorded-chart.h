/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One patient of a recorded file, cleaned by the code that the app runs: a series per channel, at
 * full resolution. */
#pragma once

#include "tw-cleaned.h"
#include "tw-patient.h"
#include "tw-series.h"

G_BEGIN_DECLS

#define TW_RECORDED_CHART_ERROR (tw_recorded_chart_error_quark ())
GQuark tw_recorded_chart_error_quark (void);

typedef enum
{
  TW_RECORDED_CHART_ERROR_WHICH,  /* several patients, none named */
  TW_RECORDED_CHART_ERROR_UNKNOWN /* no such patient */
} TwRecordedChartError;

typedef struct
{
  char *title;           /* file name without folder */
  TwPatient *patient;
  gint64 first_us, last_us;
  TwSeriesView *series[TW_N_CHANNELS]; /* never NULL; empty where nothing was recorded */
  TwCleanCounts counts[TW_N_CHANNELS];
} TwRecordedChart;

/* path: CSV or WFDB. patient: its id in the file; NULL where the file holds one only. Errors say what
 * cannot be read, and name patients of the file where none or an unknown one was asked for. */
TwRecordedChart *tw_recorded_chart_load (const char *path, const char *patient, GError **error);
void tw_recorded_chart_free (TwRecordedChart *chart);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwRecordedChart, tw_recorded_chart_free)

G_END_DECLS
