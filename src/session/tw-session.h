/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The conductor: source -> clean -> twin -> risk, published as immutable snapshots. The app and the
 * headless front end run this very same session. Lives on the main context; no step blocks it for more
 * than 2 ms: work that is waiting is done in slices. */
#pragma once

#include <gio/gio.h>

#include "tw-access.h"
#include "tw-alarm-summary.h"
#include "tw-cleaned.h"
#include "tw-feed.h"
#include "tw-flag.h"
#include "tw-forecast.h"
#include "tw-patient.h"
#include "tw-score.h"
#include "tw-self-report.h"
#include "tw-series.h"
#include "tw-trust.h"

G_BEGIN_DECLS

/* The age of a value, as product.md section 10 has it. */
typedef enum
{
  TW_FRESH_NEVER,  /* there never was a value */
  TW_FRESH_LIVE,   /* age <= 2 x expected interval */
  TW_FRESH_AGEING, /* <= 5 x: age in bold */
  TW_FRESH_STALE,  /* older: grey, struck */
  TW_FRESH_LOST    /* continuous channel silent for more than 15 min: "--" */
} TwFreshness;

/* The key of a freshness in JSON: "never", "live", "late", "stale", "lost". */
const char *tw_freshness_key (TwFreshness freshness);

/* A number as it was received, in a unit that cannot be converted. Never plotted, never given to the twin. */
typedef struct
{
  gint64 t_us;   /* 0: none since the last reading that could be used */
  double value;
  char unit[16]; /* as received, "?" where there was none */
} TwRawReading;

/* One channel of one patient at the time of the snapshot. Ages are taken from tw_session_get_now (). */
typedef struct
{
  TwSample last;            /* newest sample with verdict <= 2; t_us 0: none */
  TwSample newest;          /* newest of any verdict, to show "artefact" and "not converted" */
  gint64 expected_us;       /* usual spacing; 0 unknown */
  TwTrend trend;            /* of the last 30 min (charted: 4 h) */
  TwForecast forecast;      /* points every 5 min to 60, then every 15 min to 240 min */
  const TwSelfReport *report; /* how its forecasts fared, at the main horizon; shared; NULL: none issued */
  TwWidthSplit width;       /* of the forecast at the main horizon */
  double limit_low, limit_high; /* NaN: none */
  TwCleanCounts counts;
  TwSeriesView *series;
  TwRawReading raw;         /* newer than last when it is there */
} TwChannelSnapshot;

typedef struct _TwSnapshot TwSnapshot; /* immutable, atomically counted */

struct _TwSnapshot
{
  guint index;              /* in the roster */
  guint64 serial;           /* rises with every change of this patient */
  gint64 made_us;           /* source time */
  TwPatient *patient;
  gboolean present;         /* FALSE: left the ward */
  gboolean loading;         /* history is still coming in */
  TwNews2 news2;
  TwNews2Forecast news2_forecast;
  TwScores scores;          /* MEWS, qSOFA, SIRS, shock index */
  TwGlycaemia glycaemia;    /* of the readings kept (a day); n 0 without a glucose sensor */
  TwLevel worst;            /* of the open flags */
  TwChannel driver;         /* the channel that drives the risk: the tile's trend */
  GPtrArray *flags;         /* TwFlag, open, worst first */
  GPtrArray *history;       /* TwFlag, resolved, newest first */
  GArray *gaps;             /* TwGapInterval, known missing spans from the source */
  TwChannelSnapshot channels[TW_N_CHANNELS];
  gatomicrefcount refs;
};

typedef struct
{
  TwChannel channel;        /* TW_CHANNEL_NONE: all */
  gint64 from_us, to_us;
} TwGapInterval;

TwSnapshot *tw_snapshot_ref (TwSnapshot *snapshot);
void tw_snapshot_unref (TwSnapshot *snapshot);

/* Freshness of a channel of a snapshot at now_us. */
TwFreshness tw_snapshot_freshness (const TwSnapshot *snapshot, TwChannel channel, gint64 now_us);
/* "Data 4/5": how many of the needed channels (HR, SpO2, BP, RR, temperature; glucose where it comes) are
 * not stale, and the age of the oldest needed input. */
void tw_snapshot_completeness (const TwSnapshot *snapshot, gint64 now_us, guint *present, guint *needed,
                               TwChannel *oldest, gint64 *oldest_age_us);

/* The clock of a session. A test gives its own. */
typedef struct
{
  gint64 (*monotonic_us) (gpointer data);
  gint64 (*wall_us) (gpointer data);
  gpointer data;
} TwClock;

#define TW_TYPE_SESSION (tw_session_get_type ())
G_DECLARE_FINAL_TYPE (TwSession, tw_session, TW, SESSION, GObject)

typedef struct _TwSource TwSource;

/* Where a server is, for the front ends. */
typedef struct
{
  const char *base_url;   /* "https://host/fhir/R4" */
  const char *token;      /* NULL: none */
  TwTrust trust;          /* of the site */
  const char *ward;       /* Location id, "Group/ID" or "List/ID"; NULL: all */
  gboolean poll_only;
  const char *patients_file; /* a file of patients' ids, in place of a ward; NULL */
} TwServerAddress;

/* A session on the site of an access, which keeps it signed in: the token follows its renewals, a 401
 * asks for one, signing out ends the feed. The access should be ready. */
TwSession *tw_session_new_for_access (TwAccess *access, GError **error);
/* The same for a session that is there already; NULL: no more. */
void tw_session_set_access (TwSession *self, TwAccess *access);

/* A session on a server. Errors: an address that the connection policy refuses, a file of patients that
 * cannot be read. */
TwSession *tw_session_new_for_server (const TwServerAddress *address, GError **error);

/* Takes the source. clock NULL: the real one. Tables come from the program's resources.
 * Signals: "roster-changed" (), "patient-changed" (guint index), "status-changed" (), each at most 4 times
 * a second and patient. */
TwSession *tw_session_new (TwSource *source, const TwClock *clock, GError **error);
void tw_session_start (TwSession *self);
void tw_session_stop (TwSession *self);
void tw_session_retry (TwSession *self);

/* Number of patients ever seen, indexes 0..n-1; in bed order: tw_session_get_order. */
guint tw_session_get_n_patients (TwSession *self);
/* Indexes of the patients that are present, in bed order; borrowed until "roster-changed". */
const guint *tw_session_get_order (TwSession *self, guint *n);
const char *tw_session_get_ward (TwSession *self);
/* The newest snapshot; NULL for an unknown index. Transfer full. */
TwSnapshot *tw_session_get_snapshot (TwSession *self, guint index);

/* Who is at this index, without making a snapshot; NULL for an unknown index. Transfer full. */
TwPatient *tw_session_dup_patient (TwSession *self, guint index);

const TwFeedStatus *tw_session_get_status (TwSession *self);
void tw_session_get_counts (TwSession *self, TwFeedCounts *counts);
/* The source's time now (replays run faster); ages on screen are taken from it. */
gint64 tw_session_get_now (TwSession *self);
/* When the rule engine last looked at every patient (source time). */
gint64 tw_session_get_checked (TwSession *self);

/* The alarm load of the ward over the last shift. */
void tw_session_get_alarms (TwSession *self, TwAlarmSummary *summary);

gboolean tw_session_acknowledge (TwSession *self, guint index, const char *rule);
gboolean tw_session_silence (TwSession *self, guint index, const char *rule, int minutes);

/* Probability of crossing, for a flag's details or a question of the user. */
void tw_session_crossing (TwSession *self, guint index, TwChannel channel, double threshold,
                          gboolean below, int horizon_min, TwCrossing *crossing);
/* Honesty at any scored horizon of a channel. */
void tw_session_honesty (TwSession *self, guint index, TwChannel channel, int horizon_min,
                         TwHonesty *honesty);
/* The horizons that have a report; returns how many. */
guint tw_session_get_scored_horizons (TwSession *self, guint index, TwChannel channel,
                                      int horizons_min[4]);
/* What a new reading now would do to the width of the forecast; NaN when there is none. */
void tw_session_width_split (TwSession *self, guint index, TwChannel channel, int horizon_min,
                             TwWidthSplit *split);

/* The same with everything that is known of it, at any scored horizon (0: the main one); NULL where it is not
 * scored. Free with tw_self_report_unref. */
const TwSelfReport *tw_session_dup_report (TwSession *self, guint index, TwChannel channel,
                                           int horizon_min);

/* Forecasts that were issued and samples as they are cleaned, for the headless front end; called on the
 * main context before the signals. NULL to stop. */
typedef struct
{
  void (*on_cleaned) (guint patient, const TwCleaned *cleaned, gpointer data);
  /* report: of the main horizon; NULL: none was issued yet. */
  void (*on_forecast) (guint patient, const TwForecast *forecast, const TwSelfReport *report,
                       gpointer data);
  void (*on_flag) (guint patient, TwFlag *flag, gpointer data);
} TwSessionTap;

void tw_session_set_tap (TwSession *self, const TwSessionTap *tap, gpointer data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwSnapshot, tw_snapshot_unref)

G_END_DECLS
