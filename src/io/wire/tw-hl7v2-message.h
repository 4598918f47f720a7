/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A message of HL7 v2 as patients and readings, and the answer that it deserves. Pure: the time
 * and the site's zone are arguments. */
#pragma once

#include "tw-hl7v2-codes.h"
#include "tw-observation.h"
#include "tw-patient.h"

G_BEGIN_DECLS

#define TW_HL7_MAX_READINGS 4096
#define TW_HL7_MAX_PATIENTS 64
#define TW_HL7_MAX_PROBLEMS 20   /* kept; all are counted */
#define TW_HL7_AHEAD_US (5 * G_TIME_SPAN_MINUTE) /* a reading from the future is refused */

typedef struct
{
  const TwHl7Codes *codes;
  GTimeZone *zone;       /* of times that say none; NULL: such times are refused */
  gint64 now_us;
  char processing;       /* MSH-11 that is taken: 'P', 'T' or 'D' */
} TwHl7Options;

typedef enum
{
  TW_HL7_ACCEPT,         /* AA: to be answered so after it is safe */
  TW_HL7_ERROR,          /* AE: the content cannot be used */
  TW_HL7_REJECT          /* AR: not a message of a kind that is taken */
} TwHl7Verdict;

/* Codes of HL7 table 0357. */
typedef enum
{
  TW_HL7_SEGMENT_SEQUENCE = 100,
  TW_HL7_FIELD_MISSING = 101,
  TW_HL7_DATA_TYPE = 102,
  TW_HL7_VALUE_NOT_FOUND = 103,
  TW_HL7_MESSAGE_TYPE = 200,
  TW_HL7_EVENT_CODE = 201,
  TW_HL7_PROCESSING_ID = 202,
  TW_HL7_VERSION_ID = 203,
  TW_HL7_DUPLICATE_KEY = 205,
  TW_HL7_INTERNAL = 207
} TwHl7Condition;

/* What could not be used. Never an identity of a patient. */
typedef struct
{
  TwHl7Condition condition;
  gboolean fatal;        /* decided the verdict; else one reading was left out */
  char segment[4];
  guint sequence, field; /* the n-th segment of that name; 0: none */
  char text[96];
} TwHl7Problem;

typedef struct
{
  char id[32];           /* a logical id that FHIR allows, always the same for the same person */
  char record[64];       /* PID-3.1 */
  char family[TW_HL7_MAX_TEXT], given[TW_HL7_MAX_TEXT];
  char ward[64], bed[64];
  TwSex sex;
  int birth_year, birth_month, birth_day; /* 0: unknown */
} TwHl7Person;

/* As received, with the separators as there: for the answer and for knowing it again. */
typedef struct
{
  TwHl7Separators separators;
  TwHl7Piece application, facility;          /* MSH-3, MSH-4 */
  TwHl7Piece to_application, to_facility;    /* MSH-5, MSH-6 */
  TwHl7Piece control_id;                     /* MSH-10 */
  TwHl7Piece trigger;                        /* MSH-9.2 */
  TwHl7Piece processing, version;            /* MSH-11, MSH-12 */
  TwHl7Piece accept_when, apply_when;        /* MSH-15, MSH-16 */
  gint64 sent_us;                            /* MSH-7; 0: not known */
} TwHl7Header;

typedef struct
{
  TwHl7Verdict verdict;
  TwHl7Header header;
  GArray *people;        /* TwHl7Person */
  GArray *readings;      /* TwObservation; patient is an index into people */
  TwHl7Problem problems[TW_HL7_MAX_PROBLEMS];
  guint n_problems;      /* kept in problems */
  guint n_refused;       /* readings that could not be used */
  guint n_results;       /* OBX segments */
  guint n_other_codes;   /* of something that is not one of our channels: nothing is wrong */
  guint n_empty;         /* without a result, as their status says */
  guint n_second;        /* a second source of a channel and instant */
  guint n_test;          /* marked as test, demonstration or calibration */
  char other_code[40];   /* the first of n_other_codes, for a list; "" */
  char *text;            /* what the pieces lie in */
} TwHl7Message;

/* Never NULL. bytes is one message without its frame. */
TwHl7Message *tw_hl7_message_read (const char *bytes, gsize length, const TwHl7Options *options);
/* One of which nothing is left but that it was longer than TW_HL7_MAX_BYTES. */
TwHl7Message *tw_hl7_message_new_too_long (void);
void tw_hl7_message_free (TwHl7Message *message);

/* Makes the verdict worse and says why; for what is found after reading. */
void tw_hl7_message_refuse (TwHl7Message *message, TwHl7Verdict verdict, TwHl7Condition condition,
                            const char *text);

/* The decision in words, at most 80 characters: "3 of 12 values could not be used". Returns
 * buffer. */
char *tw_hl7_message_describe (const TwHl7Message *message, char *buffer, gsize size);

/* Appends the answer; nothing when the sender does not want one (MSH-15, MSH-16). now_us and
 * control_id are the answer's own. TRUE: there is one. */
gboolean tw_hl7_write_answer (GString *out, const TwHl7Message *message, gint64 now_us,
                              const char *control_id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwHl7Message, tw_hl7_message_free)

G_END_DECLS
