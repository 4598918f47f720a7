/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A WFDB header (.hea) as data: what the record line, the signal or segment lines and the comments
 * say. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TW_WFDB_MAX_HEADER_BYTES (1024 * 1024)
#define TW_WFDB_MAX_SIGNALS 640
#define TW_WFDB_MAX_SEGMENTS 20000
#define TW_WFDB_MAX_SAMPLES_PER_FRAME 100000
#define TW_WFDB_MAX_FRAMES (G_GUINT64_CONSTANT (1) << 40)
#define TW_WFDB_DEFAULT_FREQUENCY 250.0 /* of the format, where a header names none */
#define TW_WFDB_DEFAULT_GAIN 200.0      /* the same, in steps per unit */

/* One signal line. */
typedef struct
{
  char *file;              /* "3975656n.dat"; "~" in a layout */
  int format;              /* 0, 16, 212, 80 ... */
  guint samples_per_frame; /* at least 1 */
  guint skew;              /* frames */
  guint64 byte_offset;     /* of the first sample in the file */
  double gain;             /* digital steps per unit */
  double baseline;         /* digital value of 0 units */
  char *unit;              /* "mV" where the header names none */
  gboolean has_checksum;
  gint16 checksum;         /* low 16 bits of the sum of all samples */
  char *name;              /* description; "" when none */
} TwWfdbSignalLine;

/* One segment line of a multi-segment record. */
typedef struct
{
  char *record;            /* "~": nothing was recorded */
  guint64 n_frames;
} TwWfdbSegmentLine;

typedef struct
{
  char *name;
  gboolean multi_segment;
  guint n_signals;
  double frequency;        /* frames per second */
  gboolean has_length;
  guint64 n_frames;        /* as declared; 0 when has_length is FALSE */
  gint64 start_us;         /* UTC assumed; 0 when there is no date */
  int age;                 /* -1 */
  char sex;                /* 'F', 'M', 0 */
  GArray *signals;         /* TwWfdbSignalLine, n_signals; empty for a multi-segment record */
  GArray *segments;        /* TwWfdbSegmentLine; empty for a single record */
} TwWfdbHeader;

/* text: n bytes. Errors: TW_STORE_ERROR_FORMAT, naming the line. */
TwWfdbHeader *tw_wfdb_header_parse (const char *text, gsize n, GError **error);
void tw_wfdb_header_free (TwWfdbHeader *header);

/* A name that stays in its folder: no separators, nothing hidden, no control characters. */
gboolean tw_wfdb_name_is_plain (const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwWfdbHeader, tw_wfdb_header_free)

G_END_DECLS
