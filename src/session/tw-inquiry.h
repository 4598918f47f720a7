/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One question to a patient's data (outcome, predictors, window, method) and everything that was found,
 * worked out in a thread on an immutable snapshot; in the units that the user chose. */
#pragma once

#include <gio/gio.h>

#include "tw-session.h"
#include "tw-study.h"

G_BEGIN_DECLS

#define TW_INQUIRY_MAX_PREDICTORS 6

typedef struct
{
  TwChannel outcome;
  guint n_predictors;        /* 0: no fit, but distribution and comparison */
  TwChannel predictors[TW_INQUIRY_MAX_PREDICTORS];
  int lags_min[TW_INQUIRY_MAX_PREDICTORS]; /* the predictor so long before the outcome */
  TwFitMethod method;
  int grid_min;              /* 0: by how often the channels come */
  gint64 from_us, to_us;
  gint64 before_from_us, before_to_us; /* an earlier window to compare with; both 0: none */
  TwUnit glucose_unit;       /* mg/dL or mmol/L; TW_UNIT_UNKNOWN: as inside */
} TwInquiry;

/* Immutable once it is given out, atomically counted. */
typedef struct _TwFindings TwFindings;

struct _TwFindings
{
  TwInquiry inquiry;
  TwPatient *patient;        /* whose data this is */
  guint64 serial;            /* of the snapshot */
  gint64 made_us;            /* source time of the snapshot */
  TwFit *fit;                /* NULL without predictors; a refusal stands in it */
  TwLags *lags;              /* n_predictors: how the outcome (second) follows each predictor (first) */
  TwStatistics statistics, before_statistics;
  TwDistribution distribution, before_distribution;
  gboolean compared;         /* there was an earlier window to compare with */
  TwComparison comparison;
  gatomicrefcount refs;
};

TwFindings *tw_findings_ref (TwFindings *findings);
void tw_findings_unref (TwFindings *findings);

/* Never NULL. May take long: see the door below. */
TwFindings *tw_inquiry_run (const TwInquiry *inquiry, const TwSnapshot *snapshot);
/* The same in a thread. Newest wins: whoever asks again cancels the question before, whose finish then
 * fails with G_IO_ERROR_CANCELLED. */
void tw_inquiry_run_async (const TwInquiry *inquiry, TwSnapshot *snapshot, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer data);
TwFindings *tw_inquiry_run_finish (GAsyncResult *result, GError **error);

gboolean tw_inquiry_equal (const TwInquiry *a, const TwInquiry *b);
/* The unit in which a channel is told, and what an inside value is multiplied by for it. */
TwUnit tw_inquiry_unit (const TwInquiry *inquiry, TwChannel channel, double *factor);

/* First and last usable sample of a channel; FALSE without any. */
gboolean tw_snapshot_span (const TwSnapshot *snapshot, TwChannel channel, gint64 *from_us, gint64 *to_us);
/* Usable samples of a channel in a window: finite, verdict <= 1. */
gsize tw_snapshot_count (const TwSnapshot *snapshot, TwChannel channel, gint64 from_us, gint64 to_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwFindings, tw_findings_unref)

G_END_DECLS
