/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How patient a server source is; the tests make it hurry. */
#pragma once

#include "tw-source.h"

G_BEGIN_DECLS

typedef struct
{
  gint64 first_wait_us;   /* 1 s: back-off */
  gint64 longest_wait_us; /* 60 s */
  guint roster_ms;        /* 60 s: the roster is read again */
  guint silence_ms;       /* 10 s: a stream without a byte is lost */
  guint rescan_ms;        /* 1 h: while polling, the last 24 h are searched for late charting */
  guint slow_s;           /* 0: the connection's usual 30 s; an answer that drips longer is given up */
  guint poll_deadline_ms; /* 60 s: a poll that takes longer has failed */
  guint offline_after;    /* 8 failures in a row: "working offline", still trying */
  guint poll_ms;          /* 0: what the options say */
  guint request_s;        /* 0: the usual deadlines of a request; else all of them */
} TwServerPace;

extern const TwServerPace tw_server_usual_pace;

/* source: of tw_server_source_new, not started. */
void tw_server_source_set_pace (TwSource *source, const TwServerPace *pace);

G_END_DECLS
