/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A risk flag with its evidence: data only, made by core/risk, shown by app, printed by cli.
 * Immutable once published, atomically counted. */
#pragma once

#include <glib.h>

#include "tw-channel.h"
#include "tw-forecast.h"
#include "tw-score.h"

G_BEGIN_DECLS

typedef enum /* order is severity */
{
  TW_LEVEL_NONE,
  TW_LEVEL_TECHNICAL,
  TW_LEVEL_LOW,    /* "Advisory"  !   */
  TW_LEVEL_MEDIUM, /* "Warning"   !!  */
  TW_LEVEL_HIGH    /* "Urgent"    !!! */
} TwLevel;

typedef enum
{
  TW_FLAG_LIMIT,     /* a measured value beyond a limit */
  TW_FLAG_SCORE,     /* NEWS2 */
  TW_FLAG_PREDICTED, /* probability of crossing within the horizon */
  TW_FLAG_TECHNICAL  /* no signal, unknown unit */
} TwFlagKind;

typedef enum
{
  TW_FLAG_PENDING,
  TW_FLAG_ACTIVE,
  TW_FLAG_ACKNOWLEDGED,
  TW_FLAG_RESOLVED
} TwFlagState;

#define TW_FLAG_MAX_EVIDENCE 8

/* An input that the rule used. */
typedef struct
{
  TwChannel channel;
  double value;
  gint64 t_us;
  int points; /* NEWS2 points, -1 when not a score */
} TwEvidence;

typedef struct
{
  char rule[32];         /* stable key: "heart_rate-high", "map-low-predicted", "news2", "spo2-lost" */
  TwFlagKind kind;
  TwLevel level;         /* a predicted flag carries the level of what it predicts */
  TwFlagState state;
  TwChannel channel;     /* TW_CHANNEL_NONE for a score */
  gboolean below;        /* direction of limit and threshold */
  double value;          /* the value that raised it; score: total */
  double limit;
  gint64 since_us;       /* the condition holds since */
  gint64 raised_us;      /* became active; 0 while pending */
  gint64 value_us;       /* time of the value */
  gint64 resolved_us;
  gint64 acknowledged_us; /* 0: not */
  gint64 silenced_until_us; /* 0: not */
  gboolean last_known;   /* the feed is lost: "Last known 14:02" */
  TwCrossing crossing;   /* predicted only */
  TwTrend trend;         /* predicted and limit: of this channel */
  guint n_evidence;
  TwEvidence evidence[TW_FLAG_MAX_EVIDENCE];
  char table_version[16]; /* of the rule table */
  char twin_version[16];  /* predicted only */
  /* An urgent flag that waits for acknowledgement: it no longer holds since; 0: it holds */
  gint64 ended_us;
  /* Predicted only: earlier flags of this rule and patient that were scored; came true */
  guint n_scored, n_right;
  /* Predicted only: the probability from which it is raised now, which the ward's budget moves; 0 or
   * NaN: unknown */
  double p_raise;
} TwFlagFields;

typedef struct _TwFlag TwFlag;

TwFlag *tw_flag_new (const TwFlagFields *fields);
TwFlag *tw_flag_ref (TwFlag *flag);
void tw_flag_unref (TwFlag *flag);
const TwFlagFields *tw_flag_get (const TwFlag *flag);

/* Open: pending is not shown, resolved is history. */
gboolean tw_flag_is_open (const TwFlag *flag);

/* "urgent", "warning", "advisory", "technical"; and the words for people, marked for
 * translation. */
const char *tw_level_key (TwLevel level);
const char *tw_level_label (TwLevel level);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwFlag, tw_flag_unref)

G_END_DECLS
