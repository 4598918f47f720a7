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
  TwUnit unit;         /* writer: of value, sent as absent when it cannot be converted to the inside
                        * unit; reader: from the dictionary */
  TwQuality quality;   /* what the gateway found; the client's cleaner judges anew */
  char unit_text[16];  /* reader only: the dictionary's UCUM code, for a message */
} TwFrameValue;

/* One decoded frame; fields are valid for the types that carry them. */
typedef struct
{
  TwFrameType type;
  guint64 q;                       /* gapless sequence number per ward; s, corr, gap, conflated */
  char puid[TW_FRAME_MAX_TEXT];    /* FHIR Patient id; gap: "" for all patients */
  guint32 p_id;                    /* writer: 1 + index in the dictionary's puids; 0: puid is written
                                    * itself. Reader: the dictionary's id, 0 when puid came itself */
  gint64 t_us;                     /* s, corr: source time; hb, hello: "now" of the source clock */
  guint n;
  TwFrameValue values[TW_FRAME_MAX_VALUES]; /* s: the tick. corr: values[0] is the new value of
                                             * channel; n 0 and a NaN there: withdrawn */
  gint64 from_us, to_us;           /* gap */
  guint64 from_q, to_q;            /* conflated: the numbers left out; the reader sets q = to_q */
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
  gboolean has_at;                 /* hb: at is said */
  guint64 at;                      /* hb: the number that was sent last before it; the token leads on
                                    * from there */
} TwFrame;

#define TW_FRAME_VERSION 1
#define TW_FRAME_MAX_LINE (1024 * 1024)

/* Reader: keeps the dictionary, decodes line by line. Feed any pieces of the byte stream; a line
 * longer than 1 MiB, bad JSON, a field of the wrong type, a value for an unknown dictionary id,
 * or a first frame other than hello is an error (reconnect), and so is every call after it. So is a line
 * whose check does not fit its bytes; where the first line carries one, every line must.
 * Frames of unknown type are left out; one that carries q, and a correction or gap of an unknown
 * channel, comes as a tick without values (type SAMPLES, n 0), so that its number is not missed.
 * q is handed over as it came: the caller checks that it rises by one. */
typedef struct _TwFrameReader TwFrameReader;
typedef void (*TwFrameFunc) (const TwFrame *frame, gpointer user_data);

TwFrameReader *tw_frame_reader_new (void);
void tw_frame_reader_free (TwFrameReader *reader);
gboolean tw_frame_reader_feed (TwFrameReader *reader, const char *bytes, gsize n,
                               TwFrameFunc func, gpointer user_data, GError **error);
/* Frames of a type this version does not know, and values of channels it does not know: left
 * out, counted. */
guint64 tw_frame_reader_get_n_unknown (const TwFrameReader *reader);
/* The patients of the dictionary, by index 0 .. n - 1; bed is "" when unsaid. FALSE beyond the
 * end. */
gboolean tw_frame_reader_get_patient (const TwFrameReader *reader, gsize index,
                                      const char **puid, const char **bed);

/* Writer: appends one line with its newline. tw_frame_write_dict lists all channels with scale
 * and offset; bed may be NULL. Values are scaled integers of the channel's resolution / 10. A
 * frame of type DICT is written by tw_frame_write_dict only. */
void tw_frame_write (GString *out, const TwFrame *frame);
void tw_frame_write_dict (GString *out, const char *const *puids, const char *const *beds, gsize n);
/* Ends the line that begins at start of out: its check and the newline. The two above do so themselves. */
void tw_frame_seal_line (GString *out, gsize start);
#define TW_FRAME_CHECK_KEY ",\"crc\":\""
#define TW_FRAME_CHECK_BYTES 18 /* ,"crc":"xxxxxxxx"} */
/* What one step of a scaled integer is worth, in the channel's inside unit. */
double tw_frame_scale (TwChannel channel);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwFrameReader, tw_frame_reader_free)

G_END_DECLS
