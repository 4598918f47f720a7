/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plain observations file: patient,time,channel,value,unit (RFC 4180, UTF-8). */
#include "config.h"

#include "tw-csv.h"

#include "tw-decimal.h"
#include "tw-fhir-codes.h"
#include "tw-text.h"
#include "tw-time.h"

#include <glib/gi18n-lib.h>

#include <math.h>
#include <string.h>

#define MAX_FIELDS 64
#define MAX_ID 128
#define MAX_SLICE (64 * 1024) /* bytes taken at once: bounds memory, whatever is handed in */

typedef enum
{
  COLUMN_PATIENT,
  COLUMN_TIME,
  COLUMN_CHANNEL,
  COLUMN_VALUE,
  COLUMN_UNIT,
  N_COLUMNS
} Column;

static const char *const column_names[N_COLUMNS] = {
  "patient", "time", "channel", "value", "unit",
};

/* A field of the row in hand, unquoted in place. */
typedef struct
{
  char *text;
  gsize length;
} Field;

/* Where a row ends. */
typedef enum
{
  ROW_WHOLE,
  ROW_OPEN,       /* more bytes are needed */
  ROW_OPEN_QUOTE, /* the same, inside a quoted field */
  ROW_BAD_QUOTE   /* a quotation mark stands where none may */
} RowEnd;

struct _TwCsvReader
{
  TwCsvRowFunc row;
  gpointer user_data;
  GString *pending;      /* the row not yet ended */
  guint64 line;          /* of the row in hand, from 1 */
  gboolean has_header;
  gboolean failed;
  int column[N_COLUMNS]; /* place of each column in the file */
  int n_fields;          /* of the header */
  GHashTable *patients;  /* id -> index + 1 */
  guint64 n_rows;
  guint64 n_problems;
  GArray *problems;      /* TwCsvProblem */
  char last_id[MAX_ID + 1]; /* rows of one patient come together: the look-up is spared */
  guint32 last_patient;
  gboolean skipping;     /* inside a row that was too long */
};

TwCsvReader *
tw_csv_reader_new (TwCsvRowFunc row,
                   gpointer user_data)
{
  TwCsvReader *reader;

  g_return_val_if_fail (row != NULL, NULL);

  reader = g_new0 (TwCsvReader, 1);
  reader->row = row;
  reader->user_data = user_data;
  reader->pending = g_string_new (NULL);
  reader->line = 1;
  reader->patients = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  reader->problems = g_array_new (FALSE, FALSE, sizeof (TwCsvProblem));
  return reader;
}

void
tw_csv_reader_free (TwCsvReader *reader)
{
  if (reader == NULL)
    return;
  g_string_free (reader->pending, TRUE);
  g_hash_table_unref (reader->patients);
  g_array_unref (reader->problems);
  g_free (reader);
}

guint64
tw_csv_reader_get_rows (const TwCsvReader *reader)
{
  g_return_val_if_fail (reader != NULL, 0);
  return reader->n_rows;
}

guint64
tw_csv_reader_get_n_problems (const TwCsvReader *reader)
{
  g_return_val_if_fail (reader != NULL, 0);
  return reader->n_problems;
}

const TwCsvProblem *
tw_csv_reader_get_problems (const TwCsvReader *reader,
                            gsize *n)
{
  g_return_val_if_fail (reader != NULL && n != NULL, NULL);
  *n = reader->problems->len;
  return (const TwCsvProblem *) (void *) reader->problems->data;
}

/* Counts a bad row. Takes message. */
static void
add_problem (TwCsvReader *reader,
             char *message)
{
  reader->n_problems++;
  if (reader->problems->len < TW_CSV_MAX_PROBLEMS)
    {
      TwCsvProblem problem = { .line = reader->line };

      tw_text_clean (problem.why, sizeof problem.why, message, strlen (message));
      g_array_append_val (reader->problems, problem);
    }
  g_free (message);
}

/* A field as it may stand in a message; valid until the next call. */
static const char *
show (const Field *field)
{
  static _Thread_local char shown[28];

  tw_text_clean (shown, sizeof shown, field->text, field->length);
  return shown;
}

static gboolean
is_blank (const char *text,
          gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r')
      return FALSE;
  return TRUE;
}

/* Finds the end of the first row of text: *end is its line end (or length), *n_lines how many
 * physical lines it spans. Only a quotation mark that opens a field may hide a line end. */
static RowEnd
find_row_end (const char *text,
              gsize length,
              gsize *end,
              guint64 *n_lines)
{
  const char *newline = memchr (text, '\n', length);
  gsize line_length = newline != NULL ? (gsize) (newline - text) : length;
  gboolean quoted = FALSE, field_start = TRUE;

  *n_lines = 1;
  if (memchr (text, '"', line_length) == NULL)
    {
      *end = line_length;
      return newline != NULL ? ROW_WHOLE : ROW_OPEN;
    }
  for (gsize i = 0; i < length; i++)
    {
      if (quoted)
        {
          if (text[i] == '\n')
            (*n_lines)++;
          else if (text[i] == '"' && i + 1 < length && text[i + 1] == '"')
            i++;
          else if (text[i] == '"')
            {
              quoted = FALSE;
              if (i + 1 < length && strchr (",\r\n", text[i + 1]) == NULL)
                return ROW_BAD_QUOTE;
            }
        }
      else if (text[i] == '\n')
        {
          *end = i;
          return ROW_WHOLE;
        }
      else if (text[i] == '"' && field_start)
        quoted = TRUE;
      else if (text[i] == '"')
        return ROW_BAD_QUOTE;
      field_start = !quoted && text[i] == ',';
    }
  *end = length;
  return quoted ? ROW_OPEN_QUOTE : ROW_OPEN;
}

/* Unquotes a field in place. */
static void
unquote (Field *field)
{
  gsize n = 0;

  for (gsize i = 1; i + 1 < field->length; i++)
    {
      if (field->text[i] == '"')
        i++;
      field->text[n++] = field->text[i];
    }
  field->length = n;
}

static void
trim (Field *field)
{
  while (field->length > 0 && (field->text[0] == ' ' || field->text[0] == '\t'))
    {
      field->text++;
      field->length--;
    }
  while (field->length > 0
         && (field->text[field->length - 1] == ' ' || field->text[field->length - 1] == '\t'))
    field->length--;
}

/* Cuts a whole row into fields; the number of fields, at most MAX_FIELDS + 1. */
static int
split_row (char *text,
           gsize length,
           Field *fields)
{
  char *p = text, *end = text + length;
  int n = 0;

  if (length > 0 && end[-1] == '\r')
    end--;
  while (n < MAX_FIELDS)
    {
      Field *field = &fields[n++];
      char *start = p;

      if (p < end && *p == '"')
        {
          for (p++; p < end && (*p != '"' || (p + 1 < end && p[1] == '"')); p++)
            if (*p == '"')
              p++;
          p = MIN (p + 1, end);
          *field = (Field) { start, (gsize) (p - start) };
          unquote (field);
        }
      else
        {
          p = memchr (p, ',', (gsize) (end - p));
          if (p == NULL)
            p = end;
          *field = (Field) { start, (gsize) (p - start) };
          trim (field);
        }
      if (p >= end)
        return n;
      p++;
    }
  return MAX_FIELDS + 1;
}

/* Words for a file that is not text at all. */
static gboolean
check_text (const char *text,
            gsize length,
            GError **error)
{
  if (length >= 2 && ((guchar) text[0] ^ (guchar) text[1]) == 1 && (guchar) text[0] >= 0xfe)
    g_set_error_literal (error, TW_WIRE_ERROR, TW_WIRE_ERROR_FILE,
                         _("the file is written in UTF-16; save it as UTF-8 and try again"));
  else if (memchr (text, '\0', length) != NULL || !g_utf8_validate_len (text, length, NULL))
    g_set_error_literal (error, TW_WIRE_ERROR, TW_WIRE_ERROR_FILE,
                         _("the file is not text, so it is no observations file"));
  else
    return TRUE;
  return FALSE;
}

static gboolean
read_header (TwCsvReader *reader,
             char *text,
             gsize length,
             GError **error)
{
  Field fields[MAX_FIELDS];
  int n;

  if (length >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0)
    {
      text += 3;
      length -= 3;
    }
  if (!check_text (text, length, error))
    return FALSE;
  n = split_row (text, length, fields);
  for (int c = 0; c < N_COLUMNS; c++)
    {
      const char *name = column_names[c];

      reader->column[c] = -1;
      for (int i = 0; i < MIN (n, MAX_FIELDS); i++)
        if (fields[i].length == strlen (name)
            && g_ascii_strncasecmp (fields[i].text, name, fields[i].length) == 0)
          {
            if (reader->column[c] >= 0)
              {
                g_set_error (error, TW_WIRE_ERROR, TW_WIRE_ERROR_FILE,
                             _("the first line names the column “%s” twice"), name);
                return FALSE;
              }
            reader->column[c] = i;
          }
      if (reader->column[c] < 0)
        {
          g_set_error (error, TW_WIRE_ERROR, TW_WIRE_ERROR_FILE,
                       _("the first line has no column “%s”: "
                         "it should read patient,time,channel,value,unit"),
                       name);
          return FALSE;
        }
    }
  reader->n_fields = n;
  reader->has_header = TRUE;
  return TRUE;
}

/* Index of the patient in order of first appearance. */
static gboolean
look_up_patient (TwCsvReader *reader,
                 const Field *field,
                 guint32 *patient)
{
  char id[MAX_ID + 1];
  gpointer known;

  if (field->length > 0 && field->length == strlen (reader->last_id)
      && memcmp (field->text, reader->last_id, field->length) == 0)
    {
      *patient = reader->last_patient;
      return TRUE;
    }
  if (field->length == 0 || field->length > MAX_ID
      || memchr (field->text, '\0', field->length) != NULL
      || !g_utf8_validate_len (field->text, field->length, NULL))
    {
      add_problem (reader, field->length == 0 ? g_strdup (_("the patient is missing"))
                                              : g_strdup (_("the patient is not a usable text")));
      return FALSE;
    }
  memcpy (id, field->text, field->length);
  id[field->length] = '\0';
  known = g_hash_table_lookup (reader->patients, id);
  if (known == NULL)
    {
      if (g_hash_table_size (reader->patients) >= TW_CSV_MAX_PATIENTS)
        {
          add_problem (reader, g_strdup (_("more than 100,000 patients: this one is left out")));
          return FALSE;
        }
      known = GUINT_TO_POINTER (g_hash_table_size (reader->patients) + 1);
      g_hash_table_insert (reader->patients, g_strdup (id), known);
    }
  *patient = GPOINTER_TO_UINT (known) - 1;
  reader->last_patient = *patient;
  memcpy (reader->last_id, id, field->length + 1);
  return TRUE;
}

static TwChannel
look_up_channel (const Field *field)
{
  char name[64];
  TwChannel channel;

  if (field->length == 0 || field->length >= sizeof name)
    return TW_CHANNEL_NONE;
  memcpy (name, field->text, field->length);
  name[field->length] = '\0';
  channel = tw_channel_from_name (name);
  return channel != TW_CHANNEL_NONE ? channel : tw_channel_from_loinc (name, -1);
}

static gboolean
is_word (const Field *field,
         const char *word)
{
  return field->length == strlen (word)
         && g_ascii_strncasecmp (field->text, word, field->length) == 0;
}

/* Value and flags; FALSE when the text is no value of this channel. */
static gboolean
read_value (const Field *field,
            TwObservation *obs)
{
  Field number = *field;

  if (field->length == 0)
    {
      obs->value = (double) NAN;
      obs->flags |= TW_OBSERVATION_ABSENT;
      return TRUE;
    }
  if (obs->channel == TW_CHANNEL_CONSCIOUSNESS && field->length == 1
      && g_ascii_isalpha (field->text[0]))
    {
      char letter[2] = { field->text[0], '\0' };
      int level = tw_acvpu_from_letter (letter);

      obs->value = level;
      return level >= 0;
    }
  if (obs->channel == TW_CHANNEL_GLUCOSE && (is_word (field, "low") || is_word (field, "high")))
    {
      gboolean low = is_word (field, "low");

      obs->value = low ? TW_GLUCOSE_SENSOR_LOW_MG_DL : TW_GLUCOSE_SENSOR_HIGH_MG_DL;
      obs->unit = TW_UNIT_MG_DL;
      obs->flags |= low ? TW_OBSERVATION_CENSORED_LOW : TW_OBSERVATION_CENSORED_HIGH;
      return TRUE;
    }
  if (number.text[0] == '<' || number.text[0] == '>')
    {
      obs->flags |= number.text[0] == '<' ? TW_OBSERVATION_CENSORED_LOW
                                          : TW_OBSERVATION_CENSORED_HIGH;
      number.text++;
      number.length--;
    }
  return tw_decimal_parse (number.text, number.length, &obs->value);
}

/* The unit as received. Channels without a unit may leave it empty or "-", and so may a value
 * that is absent. */
static gboolean
read_unit (TwCsvReader *reader,
           const Field *field,
           TwObservation *obs)
{
  TwUnit inside = tw_channel_info ((TwChannel) obs->channel)->unit;
  gboolean none = field->length == 0 || (field->length == 1 && field->text[0] == '-');

  tw_text_clean (obs->unit_text, sizeof obs->unit_text, field->text, field->length);
  if (obs->unit != TW_UNIT_UNKNOWN)
    return TRUE; /* the value was a word that stands for a number of its own unit */
  if (!none)
    obs->unit = (guint8) tw_unit_from_ucum (field->text, (gssize) field->length);
  else if (inside == TW_UNIT_NONE || inside == TW_UNIT_SCORE
           || (obs->flags & TW_OBSERVATION_ABSENT) != 0)
    obs->unit = (guint8) inside;
  if (obs->unit != TW_UNIT_UNKNOWN)
    return TRUE;
  if (none)
    g_strlcpy (obs->unit_text, "?", sizeof obs->unit_text);
  add_problem (reader, none ? g_strdup (_("the unit is missing"))
                            : g_strdup_printf (_("unit “%s” is not known"), show (field)));
  return FALSE;
}

static void
read_row (TwCsvReader *reader,
          char *text,
          gsize length)
{
  Field fields[MAX_FIELDS];
  const Field *at[N_COLUMNS];
  TwObservation obs = { 0 };
  TwChannel channel;
  int n = split_row (text, length, fields);

  if (n != reader->n_fields)
    {
      add_problem (reader, g_strdup_printf (_("the row has %d fields where the first line has %d"),
                                            n, reader->n_fields));
      return;
    }
  for (int c = 0; c < N_COLUMNS; c++)
    at[c] = &fields[reader->column[c]];

  channel = look_up_channel (at[COLUMN_CHANNEL]);
  obs.channel = (gint16) channel;
  if (channel == TW_CHANNEL_NONE)
    add_problem (reader,
                 g_strdup_printf (_("channel “%s” is not known"), show (at[COLUMN_CHANNEL])));
  else if (!tw_time_parse (at[COLUMN_TIME]->text, (gssize) at[COLUMN_TIME]->length, &obs.t_us))
    add_problem (reader, g_strdup_printf (_("time “%s” is malformed or has no zone"),
                                          show (at[COLUMN_TIME])));
  else if (!read_value (at[COLUMN_VALUE], &obs))
    add_problem (reader, g_strdup_printf (channel == TW_CHANNEL_CONSCIOUSNESS
                                              ? _("value “%s” is not one of A C V P U")
                                              : _("value “%s” is not a number"),
                                          show (at[COLUMN_VALUE])));
  else if (look_up_patient (reader, at[COLUMN_PATIENT], &obs.patient))
    {
      if (read_unit (reader, at[COLUMN_UNIT], &obs))
        reader->n_rows++;
      reader->row (&obs, reader->last_id, reader->user_data);
    }
}

/* One whole row, header or data, without its line end. */
static gboolean
take_row (TwCsvReader *reader,
          char *text,
          gsize length,
          GError **error)
{
  if (length > TW_CSV_MAX_ROW && reader->has_header)
    add_problem (reader, g_strdup (_("the row is longer than 64 KiB")));
  else if (!reader->has_header && !is_blank (text, length))
    return read_header (reader, text, length, error);
  else if (!is_blank (text, length))
    read_row (reader, text, length);
  return TRUE;
}

/* Takes the first physical line for bad, so that what follows an unclosed quotation mark is not
 * lost. */
static gsize
skip_bad_line (TwCsvReader *reader,
               const char *text,
               gsize length,
               const char *why)
{
  const char *newline = memchr (text, '\n', length);

  add_problem (reader, g_strdup (why));
  if (newline == NULL)
    {
      reader->skipping = TRUE;
      return length;
    }
  reader->line++;
  return (gsize) (newline - text) + 1;
}

/* Drops the rest of a row that was too long; FALSE when its end has not come yet. */
static gboolean
skip_rest (TwCsvReader *reader)
{
  const char *newline = memchr (reader->pending->str, '\n', reader->pending->len);

  if (newline == NULL)
    {
      g_string_truncate (reader->pending, 0);
      return FALSE;
    }
  g_string_erase (reader->pending, 0, newline - reader->pending->str + 1);
  reader->line++;
  reader->skipping = FALSE;
  return TRUE;
}

/* A first row that is longer than any header, or badly quoted. */
static gboolean
refuse_header (const char *text,
               gsize length,
               GError **error)
{
  if (check_text (text, length, error))
    g_set_error_literal (error, TW_WIRE_ERROR, TW_WIRE_ERROR_FILE,
                         _("the first line is not patient,time,channel,value,unit"));
  return FALSE;
}

/* Reads the whole rows of pending and keeps the rest. */
static gboolean
read_rows (TwCsvReader *reader,
           gboolean last,
           GError **error)
{
  GString *pending = reader->pending;
  gsize start = 0;

  if (reader->skipping && !skip_rest (reader))
    return TRUE;
  while (start < pending->len)
    {
      char *text = pending->str + start;
      gsize length = pending->len - start, end = length;
      guint64 n_lines;
      RowEnd how = find_row_end (text, length, &end, &n_lines);
      gboolean over = last || length > TW_CSV_MAX_ROW;

      if (how == ROW_WHOLE || (how == ROW_OPEN && last))
        {
          if (!take_row (reader, text, end, error))
            return FALSE;
          reader->line += n_lines;
          start += end + (how == ROW_WHOLE ? 1 : 0);
          continue;
        }
      if (!over && (how != ROW_BAD_QUOTE || memchr (text, '\n', length) == NULL))
        break;
      if (!reader->has_header)
        return refuse_header (text, length, error);
      start += skip_bad_line (reader, text, length,
                              how == ROW_OPEN ? _("the row is longer than 64 KiB")
                                              : _("a quotation mark is not closed, "
                                                  "or stands inside a field"));
    }
  g_string_erase (pending, 0, (gssize) start);
  return TRUE;
}

gboolean
tw_csv_reader_feed (TwCsvReader *reader,
                    const char *bytes,
                    gsize n,
                    gboolean last,
                    GError **error)
{
  g_return_val_if_fail (reader != NULL && (bytes != NULL || n == 0), FALSE);
  g_return_val_if_fail (!reader->failed, FALSE);

  do
    {
      gsize slice = MIN (n, MAX_SLICE);

      if (slice > 0)
        g_string_append_len (reader->pending, bytes, (gssize) slice);
      bytes += slice;
      n -= slice;
      if (!read_rows (reader, last && n == 0, error))
        {
          reader->failed = TRUE;
          return FALSE;
        }
    }
  while (n > 0);

  if (last && !reader->has_header)
    {
      reader->failed = TRUE;
      g_set_error_literal (error, TW_WIRE_ERROR, TW_WIRE_ERROR_FILE, _("the file is empty"));
      return FALSE;
    }
  return TRUE;
}
