/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What could be written to one patient's record: proposed from a snapshot, chosen by a person, sealed
 * once, and then always the same bytes, so that sending it again changes nothing. */
#pragma once

#include "tw-session.h"

G_BEGIN_DECLS

typedef enum
{
  TW_WRITE_FLAG,  /* Flag */
  TW_WRITE_RISK,  /* RiskAssessment */
  TW_WRITE_SCORE  /* Observation */
} TwWriteKind;

#define TW_WRITE_MAX_SOURCES TW_FLAG_MAX_EVIDENCE

/* A reading that an item rests on, and where the server keeps it. */
typedef struct
{
  TwChannel channel;
  gint64 t_us;
  double value;      /* in the channel's unit */
  char *text;        /* "Mean arterial pressure 68 mmHg, 14:02:10" */
  char *reference;   /* "Observation/7"; NULL: not found on the server */
} TwWriteSource;

typedef struct
{
  TwWriteKind kind;
  char id[37];
  char *rule;         /* "map-low-predicted", "news2" */
  char *title;        /* as it stands in the record: "Mean arterial pressure below 65 mmHg within 30 min" */
  char *value;        /* with its unit: "62 % (48–75 %)", "7 points", "active"; as it stands there */
  gint64 t_us;        /* what it is about: when it was found */
  gint64 from_us, to_us; /* of a flag its life, of a risk the time that it speaks of; to_us 0: still holds */
  gboolean active;    /* of a flag */
  double probability; /* of a risk */
  char *outcome;      /* of a risk */
  TwNews2 news2;      /* of a score */
  const char *table;  /* that decided on it: "limits", "rules", "news2" */
  char twin_version[16], table_version[16];
  guint n_sources;
  TwWriteSource sources[TW_WRITE_MAX_SOURCES];

  gboolean chosen;    /* a person's decision; at first: what is shown as a flag, and a complete score */
  guint status;       /* of HTTP, once it was sent; 0: unsaid */
  char *location;     /* "Flag/1"; NULL */
  char *words;        /* the server's own, where it refused; NULL */
} TwWriteItem;

typedef struct
{
  TwPatient *patient;
  gint64 made_us;       /* source time */
  GPtrArray *items;     /* TwWriteItem */
  char *left_out;       /* why there is no score; NULL */
  char *person;         /* who confirmed; NULL: nobody yet */
  GBytes *body;         /* the transaction; NULL: not sealed */
  guint n_entries;      /* of the transaction */
  char *record;         /* "Provenance/7": of the whole batch; NULL */
  grefcount refs;
} TwWriteBatch;

/* Flags that ended longer ago than this are not proposed. */
#define TW_WRITE_ENDED_US (60 * (gint64) 60 * G_USEC_PER_SEC)

/* Never NULL. base: the server's address, part of every id. Glucose is told in glucose_unit. */
TwWriteBatch *tw_write_batch_new (const TwSnapshot *snapshot, const char *base, TwUnit glucose_unit);
TwWriteBatch *tw_write_batch_ref (TwWriteBatch *batch);
void tw_write_batch_unref (TwWriteBatch *batch);
guint tw_write_batch_count_chosen (const TwWriteBatch *batch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwWriteBatch, tw_write_batch_unref)

G_END_DECLS
