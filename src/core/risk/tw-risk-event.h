/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happened to the flags of a patient, for those who count: the ward's budget and its alarm load. */
#pragma once

#include "tw-flag.h"

G_BEGIN_DECLS

typedef enum
{
  TW_RISK_RAISED,      /* a flag, or a worse level of one */
  TW_RISK_ACKNOWLEDGED,
  TW_RISK_SCORED,      /* the horizon of a predicted flag has passed */
  TW_RISK_PLAIN_LIMIT  /* a plain limit would have sounded; nothing was raised by it */
} TwRiskEventKind;

typedef struct
{
  TwRiskEventKind kind;
  gint64 t_us;
  gint64 raised_us;   /* of the flag that it is about; with the rule it names that flag */
  char rule[32];
  TwLevel level;
  gboolean predicted;
  gboolean right;     /* SCORED: it came true */
} TwRiskEvent;

#define TW_RISK_EVENTS_MAX 64

/* Between two takings; zero-filled at first. */
typedef struct
{
  guint n;
  TwRiskEvent item[TW_RISK_EVENTS_MAX];
} TwRiskEvents;

/* Past TW_RISK_EVENTS_MAX the newest is not kept: only a history that is loaded without anybody counting
 * has so many. */
void tw_risk_events_add (TwRiskEvents *events, const TwRiskEvent *event);

G_END_DECLS
