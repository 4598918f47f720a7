/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The life of one condition's flag, whatever the rule: raised, escalated, latched, acknowledged,
 * silenced, resolved. Inside this room only. */
#pragma once

#include "tw-flag.h"
#include "tw-risk-event.h"

G_BEGIN_DECLS

/* One condition of one patient; zero-filled at first. */
typedef struct
{
  TwFlag *flag;        /* the open flag; NULL: none */
  gint64 published_us; /* when it was last published */
  gint64 resolved_us;  /* when the last one ended; 0: never */
  gboolean pending;    /* the condition holds, but not for long enough */
} TwFlagLife;

/* What a rule found at this step. */
typedef struct
{
  TwLevel level; /* NONE: the condition does not hold */
  /* FALSE: some inputs are lost or too old, so it neither rises nor ends; a milder level other than
   * NONE still counts. */
  gboolean known;
  /* What it is about (rule, kind, value, evidence...); state and level are not read. May be NULL
   * where nothing is raised or kept. */
  const TwFlagFields *is;
} TwFinding;

/* What happened to the flags of a patient in this step. */
typedef struct
{
  gint64 now_us;
  GPtrArray *history; /* TwFlag, newest first */
  gboolean changed;   /* raised, changed level or state, ended, last known */
  gboolean published; /* some flag is another object than before */
  TwRiskEvents *events; /* NULL: nobody counts */
} TwFlagSink;

#define TW_FLAG_HISTORY 64

/* Brings the flag up to what was found. Allocates only to publish a change. */
void tw_flag_life_step (TwFlagLife *life, const TwFinding *finding, TwFlagSink *sink);
/* Ends the flag whatever its state. */
void tw_flag_life_resolve (TwFlagLife *life, TwFlagSink *sink);
void tw_flag_life_acknowledge (TwFlagLife *life, TwFlagSink *sink);
/* until_us 0: not silenced. */
void tw_flag_life_silence (TwFlagLife *life, gint64 until_us, TwFlagSink *sink);
/* Adds what happened to a flag to the events. */
void tw_flag_life_tell (TwRiskEventKind kind, const TwFlagFields *flag, TwFlagSink *sink);
void tw_flag_life_clear (TwFlagLife *life);

G_END_DECLS
