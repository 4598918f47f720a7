/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of the ward stream to frames: any split of the bytes, one dictionary, nothing believed
 * unchecked. */
#include "config.h"

#include "tw-frame.h"

#include "tw-crc32c.h"
#include "tw-decimal.h"
#include "tw-frame-dictionary.h"
#include "tw-json-tape.h"
#include "tw-text.h"

#include <glib/gi18n-lib.h>

#include <math.h>

#define MAX_SLICE (64 * 1024) /* bytes taken at once: bounds memory, whatever is handed in */
#define MAX_SCALED ((gint64) 1 << 53)

struct _TwFrameReader
{
  GByteArray *pending;   /* bytes of lines not yet ended */
  gsize scanned;         /* of these, known to hold no line end */
  TwFrameDictionary *dictionary;
  guint64 n_unknown;
  gboolean greeted;
  gboolean begun, checked; /* a line came; the first one carried its check, so all must */
  GError *failure;       /* once wrong, always wrong */
  TwFrame frame;         /* the one being decoded */
};

typedef enum
{
  KEY_T,
  KEY_Q,
  KEY_P,
  KEY_TS,
  KEY_X,
  KEY_CH,
  KEY_NOW,
  KEY_WHY,
  KEY_FROM,
  KEY_TO,
  KEY_HWM,
  KEY_TOKEN,
  KEY_AT,
  KEY_V,
  KEY_EPOCH,
  KEY_WARD,
  KEY_HB_S,
  KEY_SPEED,
  KEY_RECORDED,
  KEY_INVENTED,
  KEY_RETRY_S,
  N_KEYS
} Key;

static const char *const key_names[N_KEYS] = {
  "t",     "q",   "p",     "ts", "x",     "ch",   "now",  "why",   "from",     "to",
  "hwm",   "token", "at",  "v",   "epoch", "ward", "hb_s", "speed", "recorded", "invented", "retry_s",
};

/* One line: where the value of each key stands on the tape; 0: absent. */
typedef struct
{
  TwJsonDocument document;
  guint32 at[N_KEYS];
} Line;

TwFrameReader *
tw_frame_reader_new (void)
{
  TwFrameReader *reader = g_new0 (TwFrameReader, 1);

  reader->pending = g_byte_array_new ();
  reader->dictionary = tw_frame_dictionary_new ();
  return reader;
}

void
tw_frame_reader_free (TwFrameReader *reader)
{
  if (reader == NULL)
    return;
  g_byte_array_unref (reader->pending);
  tw_frame_dictionary_free (reader->dictionary);
  g_clear_error (&reader->failure);
  g_free (reader);
}

guint64
tw_frame_reader_get_n_unknown (const TwFrameReader *reader)
{
  g_return_val_if_fail (reader != NULL, 0);
  return reader->n_unknown;
}

gboolean
tw_frame_reader_get_patient (const TwFrameReader *reader,
                             gsize index,
                             const char **puid,
                             const char **bed)
{
  const TwFramePatient *entry;

  g_return_val_if_fail (reader != NULL, FALSE);
  entry = tw_frame_dictionary_get_nth (reader->dictionary, index);
  if (entry == NULL)
    return FALSE;
  if (puid != NULL)
    *puid = entry->puid;
  if (bed != NULL)
    *bed = entry->bed;
  return TRUE;
}

static gboolean
fail_key (GError **error,
          Key key)
{
  g_set_error (error, TW_WIRE_ERROR, TW_WIRE_ERROR_RESOURCE,
               _("the ward stream sent a line whose field “%s” is missing or wrong"),
               key_names[key]);
  return FALSE;
}

/* Text for people: cleaned and cut. Absent is "". */
static gboolean
read_words (const Line *line,
            Key key,
            char *out,
            gsize size,
            GError **error)
{
  TwJsonText text;

  if (line->at[key] == 0)
    return TRUE;
  if (tw_json_type (&line->document, line->at[key]) != '"')
    return fail_key (error, key);
  text = tw_json_text (&line->document, line->at[key]);
  tw_text_clean (out, size, text.text, text.length);
  return TRUE;
}

static gboolean
read_whole (const Line *line,
            Key key,
            gint64 low,
            gint64 high,
            gint64 *value,
            GError **error)
{
  if (line->at[key] != 0 && tw_json_integer (&line->document, line->at[key], value)
      && *value >= low && *value <= high)
    return TRUE;
  return fail_key (error, key);
}

static gboolean
read_count (const Line *line,
            Key key,
            guint64 *value,
            GError **error)
{
  gint64 whole;

  if (!read_whole (line, key, 0, G_MAXINT64, &whole, error))
    return FALSE;
  *value = (guint64) whole;
  return TRUE;
}

static gboolean
read_time (const Line *line,
           Key key,
           gint64 *t_us,
           GError **error)
{
  return read_whole (line, key, G_MININT64 / 4, G_MAXINT64 / 4, t_us, error);
}

/* Absent is FALSE. */
static gboolean
read_boolean (const Line *line,
              Key key,
              gboolean *value,
              GError **error)
{
  char type;

  if (line->at[key] == 0)
    return TRUE;
  type = tw_json_type (&line->document, line->at[key]);
  if (type != 't' && type != 'f')
    return fail_key (error, key);
  *value = type == 't';
  return TRUE;
}

static gboolean
read_patient (TwFrameReader *reader,
              const Line *line,
              gboolean optional,
              GError **error)
{
  guint32 at = line->at[KEY_P];
  const TwFramePatient *entry;
  gint64 id;

  if (optional && (at == 0 || tw_json_type (&line->document, at) == 'n'))
    return TRUE;
  if (at != 0 && tw_json_type (&line->document, at) == '"')
    {
      if (tw_frame_take_text (&line->document, at, reader->frame.puid, TW_FRAME_MAX_TEXT)
          && reader->frame.puid[0] != '\0')
        return TRUE;
      return fail_key (error, KEY_P);
    }
  if (!read_whole (line, KEY_P, 1, G_MAXINT32, &id, error))
    return FALSE;
  entry = tw_frame_dictionary_get_patient (reader->dictionary, id);
  if (entry == NULL)
    {
      g_set_error_literal (error, TW_WIRE_ERROR, TW_WIRE_ERROR_RESOURCE,
                           _("the ward stream sent a value for a patient it had not announced"));
      return FALSE;
    }
  reader->frame.p_id = (guint32) id;
  memcpy (reader->frame.puid, entry->puid, TW_FRAME_MAX_TEXT);
  return TRUE;
}

/* The dictionary's entry for a channel id on the tape; NULL and an error when there is none. */
static const TwFrameChannel *
look_up_channel (const TwFrameReader *reader,
                 const TwJsonDocument *document,
                 guint32 at,
                 GError **error)
{
  const TwFrameChannel *entry = NULL;
  gint64 id;

  if (at != 0 && tw_json_integer (document, at, &id))
    entry = tw_frame_dictionary_get_channel (reader->dictionary, id);
  if (entry == NULL)
    g_set_error_literal (error, TW_WIRE_ERROR, TW_WIRE_ERROR_RESOURCE,
                         _("the ward stream sent a value for a channel it had not announced"));
  return entry;
}

/* A scaled integer or null. */
static gboolean
read_scaled (const TwJsonDocument *document,
             guint32 at,
             const TwFrameChannel *entry,
             TwFrameValue *value)
{
  gint64 whole;

  value->channel = entry->channel;
  value->unit = entry->unit;
  memcpy (value->unit_text, entry->unit_text, sizeof value->unit_text);
  value->value = (double) NAN;
  if (at == 0)
    return FALSE;
  if (tw_json_type (document, at) == 'n')
    return TRUE;
  if (!tw_json_integer (document, at, &whole) || ABS (whole) > MAX_SCALED)
    return FALSE;
  value->value = tw_decimal_scaled ((double) whole, entry->scale) + entry->offset;
  return TRUE;
}

/* One [channel, value, quality]. Values of unknown channels are left out. */
static gboolean
read_tick (TwFrameReader *reader,
           const TwJsonDocument *document,
           guint32 at,
           GError **error)
{
  TwFrame *frame = &reader->frame;
  TwFrameValue value = { 0 };
  const TwFrameChannel *entry;
  guint32 end, second;
  gint64 quality;

  if (tw_json_type (document, at) != '[')
    return fail_key (error, KEY_X);
  end = tw_json_end (document, at) - 1;
  if (at + 1 == end)
    return fail_key (error, KEY_X);
  entry = look_up_channel (reader, document, at + 1, error);
  if (entry == NULL)
    return FALSE;
  second = tw_json_next (document, at + 1);
  if (second == end || !read_scaled (document, second, entry, &value))
    return fail_key (error, KEY_X);
  at = tw_json_next (document, second);
  if (at == end || !tw_json_integer (document, at, &quality) || quality < 0 || quality > 255
      || tw_json_next (document, at) != end)
    return fail_key (error, KEY_X);
  value.quality = (TwQuality) quality;
  if (entry->channel == TW_CHANNEL_NONE)
    reader->n_unknown++;
  else if (frame->n == TW_FRAME_MAX_VALUES)
    return fail_key (error, KEY_X);
  else
    frame->values[frame->n++] = value;
  return TRUE;
}

static gboolean
read_samples (TwFrameReader *reader,
              const Line *line,
              GError **error)
{
  guint32 at = line->at[KEY_X], end;

  if (!read_count (line, KEY_Q, &reader->frame.q, error)
      || !read_patient (reader, line, FALSE, error)
      || !read_time (line, KEY_TS, &reader->frame.t_us, error))
    return FALSE;
  if (at == 0 || tw_json_type (&line->document, at) != '[')
    return fail_key (error, KEY_X);
  end = tw_json_end (&line->document, at) - 1;
  for (at++; at < end; at = tw_json_next (&line->document, at))
    if (!read_tick (reader, &line->document, at, error))
      return FALSE;
  return TRUE;
}

/* A frame of a newer server says nothing that is known here, but its number must not look like a
 * hole: it goes on as a tick without values. */
static void
keep_number (TwFrameReader *reader)
{
  reader->frame.type = TW_FRAME_SAMPLES;
  reader->frame.n = 0;
  reader->frame.channel = TW_CHANNEL_NONE;
  reader->n_unknown++;
}

static gboolean
read_correction (TwFrameReader *reader,
                 const Line *line,
                 GError **error)
{
  TwFrame *frame = &reader->frame;
  const TwFrameChannel *entry;

  if (!read_count (line, KEY_Q, &frame->q, error) || !read_patient (reader, line, FALSE, error)
      || !read_time (line, KEY_TS, &frame->t_us, error)
      || !read_words (line, KEY_WHY, frame->why, sizeof frame->why, error))
    return FALSE;
  entry = look_up_channel (reader, &line->document, line->at[KEY_CH], error);
  if (entry == NULL)
    return FALSE;
  frame->channel = entry->channel;
  if (!read_scaled (&line->document, line->at[KEY_NOW], entry, &frame->values[0]))
    return fail_key (error, KEY_NOW);
  if (entry->channel == TW_CHANNEL_NONE)
    {
      keep_number (reader);
      return TRUE;
    }
  frame->n = isnan (frame->values[0].value) ? 0 : 1;
  return TRUE;
}

static gboolean
read_gap (TwFrameReader *reader,
          const Line *line,
          GError **error)
{
  TwFrame *frame = &reader->frame;
  guint32 at = line->at[KEY_CH];

  if (!read_count (line, KEY_Q, &frame->q, error) || !read_patient (reader, line, TRUE, error)
      || !read_time (line, KEY_FROM, &frame->from_us, error)
      || !read_time (line, KEY_TO, &frame->to_us, error)
      || !read_words (line, KEY_WHY, frame->why, sizeof frame->why, error))
    return FALSE;
  frame->channel = TW_CHANNEL_NONE;
  if (at != 0 && tw_json_type (&line->document, at) != 'n')
    {
      const TwFrameChannel *entry = look_up_channel (reader, &line->document, at, error);

      if (entry == NULL)
        return FALSE;
      frame->channel = entry->channel;
      if (entry->channel == TW_CHANNEL_NONE)
        keep_number (reader);
    }
  return frame->from_us <= frame->to_us ? TRUE : fail_key (error, KEY_TO);
}

static gboolean
read_conflated (TwFrameReader *reader,
                const Line *line,
                GError **error)
{
  if (!read_count (line, KEY_FROM, &reader->frame.from_q, error)
      || !read_count (line, KEY_TO, &reader->frame.to_q, error))
    return FALSE;
  reader->frame.q = reader->frame.to_q;
  return reader->frame.from_q <= reader->frame.to_q ? TRUE : fail_key (error, KEY_TO);
}

static gboolean
read_hello (TwFrameReader *reader,
            const Line *line,
            GError **error)
{
  TwFrame *frame = &reader->frame;
  gint64 version, heartbeat;

  if (!read_whole (line, KEY_V, 0, G_MAXINT32, &version, error))
    return FALSE;
  if (version != TW_FRAME_VERSION)
    {
      g_set_error (error, TW_WIRE_ERROR, TW_WIRE_ERROR_UNSUPPORTED,
                   _("the ward stream is of version %d, which this program does not know"),
                   (int) version);
      return FALSE;
    }
  if (!tw_frame_take_text (&line->document, line->at[KEY_EPOCH], frame->epoch, sizeof frame->epoch))
    return fail_key (error, KEY_EPOCH);
  if (!tw_frame_take_text (&line->document, line->at[KEY_WARD], frame->ward, sizeof frame->ward))
    return fail_key (error, KEY_WARD);
  if (!read_whole (line, KEY_HB_S, 1, 3600, &heartbeat, error)
      || !read_time (line, KEY_NOW, &frame->t_us, error)
      || !read_boolean (line, KEY_RECORDED, &frame->recorded, error)
      || !read_boolean (line, KEY_INVENTED, &frame->invented, error))
    return FALSE;
  frame->hb_s = (int) heartbeat;
  frame->speed = 1;
  if (line->at[KEY_SPEED] != 0
      && (!tw_json_number (&line->document, line->at[KEY_SPEED], &frame->speed)
          || !(frame->speed > 0 && frame->speed <= 1e6)))
    return fail_key (error, KEY_SPEED);
  reader->greeted = TRUE;
  return TRUE;
}

static gboolean
read_heartbeat (TwFrameReader *reader,
                const Line *line,
                GError **error)
{
  TwFrame *frame = &reader->frame;

  if (!read_time (line, KEY_NOW, &frame->t_us, error)
      || !read_count (line, KEY_HWM, &frame->hwm, error))
    return FALSE;
  if (line->at[KEY_TOKEN] != 0
      && !tw_frame_take_text (&line->document, line->at[KEY_TOKEN], frame->token,
                              sizeof frame->token))
    return fail_key (error, KEY_TOKEN);
  frame->has_at = line->at[KEY_AT] != 0;
  return !frame->has_at || read_count (line, KEY_AT, &frame->at, error);
}

static gboolean
read_bye (TwFrameReader *reader,
          const Line *line,
          GError **error)
{
  gint64 retry = 0;

  if (!read_words (line, KEY_WHY, reader->frame.why, sizeof reader->frame.why, error))
    return FALSE;
  if (line->at[KEY_RETRY_S] != 0 && !read_whole (line, KEY_RETRY_S, 0, 86400, &retry, error))
    return FALSE;
  reader->frame.retry_s = (int) retry;
  return TRUE;
}

/* Each part that is present replaces what was known. */
static gboolean
read_dictionary (TwFrameReader *reader,
                 const Line *line,
                 GError **error)
{
  if (line->at[KEY_CH] != 0
      && !tw_frame_dictionary_read_channels (reader->dictionary, &line->document, line->at[KEY_CH]))
    return fail_key (error, KEY_CH);
  if (line->at[KEY_P] != 0
      && !tw_frame_dictionary_read_patients (reader->dictionary, &line->document, line->at[KEY_P]))
    return fail_key (error, KEY_P);
  return TRUE;
}

typedef gboolean (*ReadFunc) (TwFrameReader *reader, const Line *line, GError **error);

static const struct
{
  const char *name;
  TwFrameType type;
  ReadFunc read;
} frame_types[] = {
  { "s", TW_FRAME_SAMPLES, read_samples },     { "hb", TW_FRAME_HEARTBEAT, read_heartbeat },
  { "corr", TW_FRAME_CORRECTION, read_correction }, { "gap", TW_FRAME_GAP, read_gap },
  { "dict", TW_FRAME_DICT, read_dictionary },  { "conflated", TW_FRAME_CONFLATED, read_conflated },
  { "hello", TW_FRAME_HELLO, read_hello },     { "bye", TW_FRAME_BYE, read_bye },
};

/* Notes where each known key's value stands; a key twice is an error. */
static gboolean
index_line (Line *line,
            GError **error)
{
  guint32 at = TW_JSON_ROOT, end;

  if (tw_json_type (&line->document, at) != '{')
    return fail_key (error, KEY_T);
  end = tw_json_end (&line->document, at) - 1;
  for (at++; at < end; at = tw_json_next (&line->document, at + 1))
    {
      TwJsonText name = tw_json_text (&line->document, at);

      for (int key = 0; key < N_KEYS; key++)
        if (tw_json_text_is (name, key_names[key]))
          {
            if (line->at[key] != 0)
              return fail_key (error, (Key) key);
            line->at[key] = at + 1;
            break;
          }
    }
  return TRUE;
}

static gboolean
read_line (TwFrameReader *reader,
           const char *text,
           gsize length,
           TwFrameFunc func,
           gpointer user_data,
           GError **error)
{
  Line line = { 0 };
  TwJsonText name;

  if (!tw_json_open_padded (text, length, &line.document, error))
    {
      g_prefix_error (error, "%s: ", _("the ward stream sent a line that cannot be read"));
      return FALSE;
    }
  if (!index_line (&line, error))
    return FALSE;
  if (line.at[KEY_T] == 0 || tw_json_type (&line.document, line.at[KEY_T]) != '"')
    return fail_key (error, KEY_T);
  name = tw_json_text (&line.document, line.at[KEY_T]);
  memset (&reader->frame, 0, sizeof reader->frame);
  reader->frame.channel = TW_CHANNEL_NONE;
  for (gsize i = 0; i < G_N_ELEMENTS (frame_types); i++)
    if (tw_json_text_is (name, frame_types[i].name))
      {
        if (!reader->greeted && frame_types[i].type != TW_FRAME_HELLO)
          {
            g_set_error_literal (error, TW_WIRE_ERROR, TW_WIRE_ERROR_RESOURCE,
                                 _("the ward stream did not begin with a greeting"));
            return FALSE;
          }
        reader->frame.type = frame_types[i].type;
        if (!frame_types[i].read (reader, &line, error))
          return FALSE;
        func (&reader->frame, user_data);
        return TRUE;
      }
  if (!reader->greeted || line.at[KEY_Q] == 0)
    {
      reader->n_unknown++;
      return TRUE;
    }
  if (!read_count (&line, KEY_Q, &reader->frame.q, error)
      || !read_patient (reader, &line, TRUE, error))
    return FALSE;
  keep_number (reader);
  func (&reader->frame, user_data);
  return TRUE;
}

/* The check at the end of a line, written in one form only; FALSE when there is none. */
static gboolean
find_check (const char *text,
            gsize length,
            guint32 *check)
{
  const gsize n_key = strlen (TW_FRAME_CHECK_KEY);
  const char *tail = text + length - TW_FRAME_CHECK_BYTES;

  if (length < TW_FRAME_CHECK_BYTES || memcmp (tail, TW_FRAME_CHECK_KEY, n_key) != 0
      || memcmp (text + length - 2, "\"}", 2) != 0)
    return FALSE;
  *check = 0;
  for (const char *p = tail + n_key; p < text + length - 2; p++)
    {
      if (!g_ascii_isxdigit (*p) || g_ascii_isupper (*p))
        return FALSE;
      *check = *check << 4 | (guint32) g_ascii_xdigit_value (*p);
    }
  return TRUE;
}

/* Whether the line is what was sent, as far as can be known. */
static gboolean
check_line (TwFrameReader *reader,
            const char *text,
            gsize length,
            GError **error)
{
  guint32 check;
  gboolean has = find_check (text, length, &check);

  if (!reader->begun)
    reader->checked = has;
  reader->begun = TRUE;
  if (has == reader->checked
      && (!has || check == tw_crc32c (text, length - TW_FRAME_CHECK_BYTES)))
    return TRUE;
  g_set_error_literal (error, TW_WIRE_ERROR, TW_WIRE_ERROR_RESOURCE,
                       _("a line of the ward stream was damaged on the way"));
  return FALSE;
}

static gboolean
is_blank (const char *text,
          gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (text[i] != ' ' && text[i] != '\r' && text[i] != '\t')
      return FALSE;
  return TRUE;
}

/* Reads the whole lines of pending and keeps the rest. */
static gboolean
read_lines (TwFrameReader *reader,
            TwFrameFunc func,
            gpointer user_data,
            GError **error)
{
  gsize length = reader->pending->len, start = 0;
  const char *data, *end;

  /* The parser reads beyond the last line: the room for it is made here, once. */
  g_byte_array_set_size (reader->pending, (guint) (length + TW_JSON_PADDING));
  memset (reader->pending->data + length, 0, TW_JSON_PADDING);
  data = (const char *) reader->pending->data;
  while ((end = memchr (data + MAX (start, reader->scanned), '\n',
                        length - MAX (start, reader->scanned))) != NULL)
    {
      gsize n = (gsize) (end - data) - start;

      if (n > TW_FRAME_MAX_LINE)
        break; /* the caller sees that too much is pending */
      if (!is_blank (data + start, n)
          && (!check_line (reader, data + start, n, error)
              || !read_line (reader, data + start, n, func, user_data, error)))
        return FALSE;
      start += n + 1;
    }
  g_byte_array_set_size (reader->pending, (guint) length);
  if (start > 0)
    g_byte_array_remove_range (reader->pending, 0, (guint) start);
  reader->scanned = reader->pending->len;
  return TRUE;
}

gboolean
tw_frame_reader_feed (TwFrameReader *reader,
                      const char *bytes,
                      gsize n,
                      TwFrameFunc func,
                      gpointer user_data,
                      GError **error)
{
  g_return_val_if_fail (reader != NULL && func != NULL && (bytes != NULL || n == 0), FALSE);

  while (n > 0 && reader->failure == NULL)
    {
      gsize slice = MIN (n, MAX_SLICE);

      g_byte_array_append (reader->pending, (const guint8 *) bytes, (guint) slice);
      if (read_lines (reader, func, user_data, &reader->failure)
          && reader->pending->len > TW_FRAME_MAX_LINE)
        g_set_error_literal (&reader->failure, TW_WIRE_ERROR, TW_WIRE_ERROR_RESOURCE,
                             _("the ward stream sent a line longer than 1 MiB"));
      bytes += slice;
      n -= slice;
    }
  if (reader->failure != NULL)
    {
      g_propagate_error (error, g_error_copy (reader->failure));
      return FALSE;
    }
  return TRUE;
}
