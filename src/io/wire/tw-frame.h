/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gateway's NDJSON stream: frames to bytes and back. See docs/stream.md. */
#pragma once

#include <glib.h>

#include "tw-json-door.h"
#include "tw-observation.h"
#include "tw-quality.h"

G_BEGIN_DECLS

typedef enum
{
  TW_FRAME_HELLO,     /* v epoch ward hb_s now speed recorded */
  TW_FRAME_DICT,      /* ch: dictionary of channels; p: patients (id, puid = FHIR id, bed) */
  TW_FRAME_SAMPLES,   /* "s" */
  TW_FRAME_CORRECTION,/* "corr" */
  TW_FRAME_GAP,
  TW_FRAME_CONFLATED,
  TW_FRAME_HEARTBEAT, /* "hb" */
  TW_FRAME_BYE,
  TW_FRAME_UNKNOWN    /* a type of a newer server: skipped, counted */
} TwFrameType;

#define TW_FRAME_MAX_VALUES 32
#define TW_FRAME_MAX_TEXT 64

typedef struct
{
  TwChannel channel;
  double value;        /* in unit; NaN: absent */
  TwUnit unit;         /* from the dictionary; TW_UNIT_UNKNOWN with unit_text in the reader */
  TwQuality quality;   /* what the gateway found; the client's cleaner judges anew */
} TwFrameValue;

/* One decoded frame; fields are valid for the types that carry them. */
typedef struct
{
  TwFrameType type;
  guint64 q;                       /* gapless sequence number per ward; s, corr, gap, conflated */
  char puid[TW_FRAME_MAX_TEXT];    /* FHIR Patient id */
  gint64 t_us;                     /* s, corr: source time; hb, hello: "now" of the source clock */
  guint n;
  TwFrameValue values[TW_FRAME_MAX_VALUES];
  gint64 from_us, to_us;           /* gap */
  TwChannel channel;               /* gap (TW_CHANNEL_NONE: all), corr */
  char why[TW_FRAME_MAX_TEXT];
  char token[256];                 /* hb: resume token */
  char epoch[TW_FRAME_MAX_TEXT];   /* hello */
  char ward[TW_FRAME_MAX_TEXT];
  int hb_s;
  double speed;                    /* hello: source seconds per second; 1 live */
  gboolean recorded;               /* hello: a replay of a recording */
  gboolean invented;               /* hello: demo patients */
  int retry_s;                     /* bye */
  guint64 hwm;                     /* hb: newest q */
} TwFrame;

/* Reader: keeps the dictionary, decodes line by line. Feed any pieces of the byte stream; a line longer
 * than 1 MiB, bad JSON, or a value for an unknown dictionary id is an error (reconnect). */
typedef struct _TwFrameReader TwFrameReader;
typedef void (*TwFrameFunc) (const TwFrame *frame, gpointer user_data);

TwFrameReader *tw_frame_reader_new (void);
void tw_frame_reader_free (TwFrameReader *reader);
gboolean tw_frame_reader_feed (TwFrameReader *reader, const char *bytes, gsize n,
                               TwFrameFunc func, gpointer user_data, GError **error);

/* Writer: appends one line with its newline. tw_frame_write_dict lists all channels with scale and offset;
 * bed may be NULL. Values are scaled integers of the channel's resolution / 10. */
void tw_frame_write (GString *out, const TwFrame *frame);
void tw_frame_write_dict (GString *out, const char *const *puids, const char *const *beds, gsize n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwFrameReader, tw_frame_reader_free)

G_END_DECLS
