/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of the reader share. */
#pragma once

#include "tw-hl7v2-message.h"

G_BEGIN_DECLS

/* Where the reader is: what the segments before this one said. */
typedef struct
{
  const TwHl7Options *options;
  TwHl7Message *message;
  TwHl7Zone zone;
  gboolean has_person;   /* the last of message->people is whom results belong to */
  gboolean no_person;    /* a PID came that names nobody */
  TwHl7Piece order_time; /* OBR-7 of the last OBR */
  guint n_pid, n_obx;
  guint8 *ranks;         /* of each reading */
} TwHl7Reader;

/* Where a problem is. */
typedef struct
{
  const char *segment;
  guint sequence, field;
} TwHl7Place;

/* Notes that one reading is left out. */
void tw_hl7_reader_leave_out (TwHl7Reader *reader, TwHl7Place place, TwHl7Condition condition,
                              const char *text);

/* A whole segment of its kind. */
void tw_hl7_reader_take_pid (TwHl7Reader *reader, TwHl7Piece segment);
void tw_hl7_reader_take_pv1 (TwHl7Reader *reader, TwHl7Piece segment);
void tw_hl7_reader_take_obx (TwHl7Reader *reader, TwHl7Piece segment);

G_END_DECLS
