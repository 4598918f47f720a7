/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small FHIR server with a stream for tests, in the test's own main loop: it says what it is
 * told to say, remembers what it was asked, and can fail in every way. */
#pragma once

#include <libsoup/soup.h>

#include "tw-frame.h"
#include "tw-observation.h"
#include "tw-source.h"

/* An answer made by the test; NULL: 404 with an OperationOutcome. */
typedef struct
{
  guint status;       /* 0: never */
  char *body;         /* JSON */
  char *header;       /* "Name: value", NULL */
} TwAnswer;

typedef struct _TwTestWard TwTestWard;

/* query may be NULL. Sets the answer; FALSE: nothing there. */
typedef gboolean (*TwAnswerFunc) (TwTestWard *ward, const char *path, const char *query,
                                  TwAnswer *answer);

struct _TwTestWard
{
  SoupServer *server;
  char *base;              /* http://127.0.0.1:port/fhir/R4 */
  guint port;
  TwAnswerFunc answer;
  gboolean with_stream;    /* said in the CapabilityStatement */
  guint stream_status;     /* 0: 200 */
  const char *token;       /* NULL: none needed */
  gint64 ahead_us;         /* the stream's clock before ours */
  SoupServerMessage *message; /* what is being answered */
  GPtrArray *asked;        /* char: "path?query", in order */
  GPtrArray *streams;      /* SoupServerMessage, open ones */
  /* a stream was opened: write its greeting */
  void (*on_stream) (TwTestWard *ward, const char *query);
  gpointer data;
};

TwTestWard *tw_test_ward_new (TwAnswerFunc answer);
void tw_test_ward_free (TwTestWard *ward);
/* Writes to the newest stream; frames are sent at once. */
void tw_test_ward_write (TwTestWard *ward, const char *text);
void tw_test_ward_write_frame (TwTestWard *ward, const TwFrame *frame);
/* hello, dictionary of the two patients "pa" and "pb", heartbeat with the token. */
void tw_test_ward_greet (TwTestWard *ward, const char *epoch, const char *token);
void tw_test_ward_heartbeat (TwTestWard *ward, const char *token);
/* One tick: heart rate of the patient. NaN: absent. */
void tw_test_ward_sample (TwTestWard *ward, guint64 q, const char *puid, gint64 t_us,
                          double heart_rate);
/* Answers what is being answered so much later. */
void tw_test_ward_delay (TwTestWard *ward, guint ms);
/* Cuts every stream in the middle. */
void tw_test_ward_cut (TwTestWard *ward);
/* How often a path (with query, as a pattern) was asked. */
guint tw_test_ward_count (const TwTestWard *ward, const char *pattern);

/* What a sink heard. */
typedef struct
{
  GArray *readings;   /* TwObservation */
  GArray *statuses;   /* TwFeedStatus */
  GString *gaps;      /* "patient channel;" */
  GString *filled;    /* the same */
  GPtrArray *names;   /* char: names of the roster, the last told */
  char *present;      /* "10": bed by bed */
  char *beds;         /* "3,4" */
  char *ward;
  guint n_rosters;
  gint64 now_us;
  double speed;
} TwHeard;

void tw_heard_init (TwHeard *heard, TwSource *source);
void tw_heard_clear (TwHeard *heard);
const TwFeedStatus *tw_heard_status (const TwHeard *heard);
/* "p:channel=value@minute[flags] " of all readings so far; minutes count from base_us. */
char *tw_heard_dup_text (const TwHeard *heard, gint64 base_us);

/* Runs the loop until the condition holds; fails the test after ten seconds. */
#define tw_wait_until(condition)                                                       \
  G_STMT_START                                                                         \
  {                                                                                    \
    gint64 until = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;                      \
    guint wake = g_timeout_add (20, tw_test_wake, NULL);                               \
    while (!(condition) && g_get_monotonic_time () < until)                            \
      g_main_context_iteration (NULL, TRUE);                                           \
    g_source_remove (wake);                                                            \
    g_assert_true (condition);                                                         \
  }                                                                                    \
  G_STMT_END

gboolean tw_test_wake (gpointer unused);
void tw_test_run_for (guint ms);
