/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the window says of the feed as a whole: state bars, the pill in the header, full pages. */
#pragma once

#include "tw-feed.h"

#include <glib.h>

G_BEGIN_DECLS

/* Bars, in the order in which they stand under the header. */
typedef enum
{
  TW_BAR_SOURCE,     /* demo, recorded session */
  TW_BAR_CONNECTION, /* reconnecting, offline, forbidden, fault */
  TW_BAR_CLOCK,      /* this computer's clock is wrong */
  TW_BAR_PARTIAL,    /* readings that could not be used */
  TW_N_BARS
} TwBar;

typedef enum
{
  TW_TONE_PLAIN, /* demo, recorded */
  TW_TONE_WARNING,
  TW_TONE_ERROR
} TwTone;

/* One bar: one line, at most one button. */
typedef struct
{
  char *text;         /* NULL: the bar is not shown */
  char *details;      /* more, for a tooltip and a screen reader; NULL: none */
  const char *button; /* translated; NULL: none */
  const char *action; /* of the window, "win.retry" */
  TwTone tone;
} TwBarWords;

/* What the whole content area shows. */
typedef enum
{
  TW_VIEW_WELCOME,
  TW_VIEW_LOADING,
  TW_VIEW_WARD,       /* or the monitor: the patients are there */
  TW_VIEW_EMPTY,      /* connected, nobody on the ward */
  TW_VIEW_SIGNED_OUT,
  TW_VIEW_FORBIDDEN,
  TW_VIEW_UNTRUSTED,
  TW_VIEW_FAULT,      /* the server answers, but nothing can be shown */
  TW_VIEW_UNREACHABLE,
  TW_N_VIEWS
} TwView;

/* The moment and the feed, as the window knows them. */
typedef struct
{
  const TwFeedStatus *status; /* NULL: no feed is open */
  const TwFeedCounts *counts;
  gint64 wall_us;             /* this computer's clock */
  gint64 now_us;              /* the source's time */
  gint64 first_us, last_us;   /* recorded span that was seen; 0: unknown */
  guint n_patients;
} TwStateInput;

/* Fills words (cleared first); clear it with tw_bar_words_clear. */
void tw_words_bar (TwBar bar, const TwStateInput *input, TwBarWords *words);
void tw_bar_words_clear (TwBarWords *words);

/* The list behind the "Partial" bar: what was refused and how often, what the server said, and what it
 * ignores of the searches. Free with g_free. */
char *tw_words_refused (const TwFeedCounts *counts);

/* How readings come, for the pill's tooltip. Free with g_free. */
char *tw_words_feed_manner (const TwStateInput *input);

/* The pill: "Live", "Late", "Lost", "Replay 60×", "Loading", "Offline"... free with g_free. */
char *tw_words_pill (const TwStateInput *input);
/* Its style class: "live", "late", "lost", "replay", "quiet". */
const char *tw_words_pill_class (const TwStateInput *input);

TwView tw_words_view (const TwStateInput *input);
/* The name of a view in the window's stack. */
const char *tw_view_name (TwView view);

/* "fast" or "slow" clock in words: "2 min 10 s". Free with g_free. */
char *tw_words_span (gint64 span_us);

G_END_DECLS
