/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The listener for bedside monitors: HL7 v2 over MLLP, with or without TLS. It reads and answers;
 * what becomes of a message is its receiver's. */
#pragma once

#include "tw-hl7v2-message.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* A message that waits for its answer. */
typedef struct _TwMllpTicket TwMllpTicket;

/* Borrowed; its readings and header are there until the ticket is answered. */
TwHl7Message *tw_mllp_ticket_get_message (const TwMllpTicket *ticket);
/* "hl7:..." by MSH-3 and MSH-4: who sends. */
const char *tw_mllp_ticket_get_source (const TwMllpTicket *ticket);
/* MSH-10 and a digest of the whole message: the same message sent again has the same name. */
const char *tw_mllp_ticket_get_name (const TwMllpTicket *ticket);
/* Sends the answer that the message's verdict asks for, after those before it, and frees the ticket.
 * Call it once, when the message is safe, or was refused by tw_hl7_message_refuse. */
void tw_mllp_ticket_answer (TwMllpTicket *ticket);

typedef struct
{
  guint max_lines;          /* connections at a time; one more is closed at once */
  guint max_waiting;        /* unanswered messages of a line, before it is read no further */
  gint64 message_us;        /* a message that has begun must be whole by then */
  gint64 idle_us;           /* without a byte */
  gint64 handshake_us;
  gint64 write_us;          /* an answer must be taken by then */
} TwMllpLimits;

extern const TwMllpLimits tw_mllp_default_limits;

typedef struct
{
  const char *bind;             /* address */
  guint16 port;                 /* 0: any free one */
  GTlsCertificate *certificate; /* with its key; NULL: not encrypted */
  GTlsDatabase *clients;        /* authorities of clients' certificates, which are then required; NULL */
  const TwHl7Codes *codes;
  GTimeZone *zone;              /* of times that say none; NULL: such times are refused */
  char processing;              /* 'P', 'T' or 'D' */
  const TwMllpLimits *limits;   /* NULL: the usual */
  /* An accepted message. Must lead to tw_mllp_ticket_answer, now or later. */
  void (*deliver) (TwMllpTicket *ticket, gpointer data);
  /* Any message, when it is answered; NULL: nobody wants to know. */
  void (*notice) (const TwHl7Message *message, gpointer data);
  gpointer data;
} TwMllpOptions;

typedef struct
{
  guint64 n_lines;                          /* connections that came */
  guint64 n_turned_away;                    /* closed: too many at a time, or no TLS */
  guint64 n_accepted, n_errors, n_rejected; /* messages by their answer */
  guint64 n_cut;                            /* lines closed by us: slow, or not MLLP */
} TwMllpCounts;

typedef struct _TwMllp TwMllp;

/* Listens at once, in the thread-default main context. */
TwMllp *tw_mllp_new (const TwMllpOptions *options, GError **error);
/* Closes every line. Tickets that are still out may be answered afterwards; nothing is sent. */
void tw_mllp_free (TwMllp *mllp);

/* For lines that come from now on; clients may be NULL. Only where there was a certificate before. */
void tw_mllp_set_certificate (TwMllp *mllp, GTlsCertificate *certificate, GTlsDatabase *clients);

guint16 tw_mllp_get_port (const TwMllp *mllp);
guint tw_mllp_get_n_lines (const TwMllp *mllp);
void tw_mllp_get_counts (const TwMllp *mllp, TwMllpCounts *counts);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwMllp, tw_mllp_free)

G_END_DECLS
