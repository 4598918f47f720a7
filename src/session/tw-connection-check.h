/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks at a server step by step, as somebody who connects it would, and says of each step what was
 * found, why it failed and what to do next. Only reads. */
#pragma once

#include "tw-access.h"

G_BEGIN_DECLS

typedef enum
{
  TW_CHECK_REACHABLE,
  TW_CHECK_CERTIFICATE,
  TW_CHECK_FHIR,
  TW_CHECK_SIGN_IN,
  TW_CHECK_PATIENTS,
  TW_CHECK_VITALS,
  TW_CHECK_CLOCK,
  TW_CHECK_FEED,
  TW_N_CHECKS
} TwCheck;

typedef enum
{
  TW_CHECK_WAITING,
  TW_CHECK_RUNNING,
  TW_CHECK_GOOD,
  TW_CHECK_WARNING,
  TW_CHECK_BAD,
  TW_CHECK_SKIPPED /* an earlier step failed */
} TwCheckState;

typedef struct
{
  TwCheckState state;
  char *words;       /* what was found, or why it failed; NULL */
  char *next;        /* what to do; NULL */
  const char *cause; /* a key for engineers: "ok", "tls", "unauthorised"; never from the server; NULL */
  gint64 figure;     /* patients, channels, ms, s; 0 */
} TwCheckStep;

#define TW_TYPE_CONNECTION_CHECK (tw_connection_check_get_type ())
G_DECLARE_FINAL_TYPE (TwConnectionCheck, tw_connection_check, TW, CONNECTION_CHECK, GObject)

/* Signals: "changed" (): a step, or the end. */
TwConnectionCheck *tw_connection_check_new (TwAccess *access);
/* From the beginning; what is under way is left. */
void tw_connection_check_start (TwConnectionCheck *self);
void tw_connection_check_stop (TwConnectionCheck *self);
gboolean tw_connection_check_is_running (TwConnectionCheck *self);
/* Every step was looked at, and none is bad. */
gboolean tw_connection_check_is_good (TwConnectionCheck *self);
/* Borrowed until "changed". */
const TwCheckStep *tw_connection_check_get (TwConnectionCheck *self, TwCheck check);
TwAccess *tw_connection_check_get_access (TwConnectionCheck *self);

/* "Reachable": translated, static. */
const char *tw_check_label (TwCheck check);
/* "reachable", and "ok" or "failed": for scripts and diagnostics. */
const char *tw_check_key (TwCheck check);
const char *tw_check_state_key (TwCheckState state);

G_END_DECLS
