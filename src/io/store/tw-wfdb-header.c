/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the text of a WFDB header: every field bounded, every number checked, nothing opened. */
#include "config.h"

#include "tw-wfdb-header.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "tw-wfdb-file.h"

/* Walks over one line; fields are separated by blanks. */
typedef struct
{
  const char *at;
  guint line;
} Cursor;

static gboolean
refuse (GError **error,
        guint line,
        const char *what)
{
  /* Translators: first a line number of a header file, then what is wrong there. */
  g_set_error (error, TW_STORE_ERROR, TW_STORE_ERROR_FORMAT, _("Line %u of the header: %s"), line,
               what);
  return FALSE;
}

/* The next field, or NULL at the end of the line. */
static char *
next_field (Cursor *cursor)
{
  cursor->at += strspn (cursor->at, " \t");
  gsize n = strcspn (cursor->at, " \t");
  if (n == 0)
    return NULL;
  char *field = g_strndup (cursor->at, n);
  cursor->at += n;
  return field;
}

/* Digits at *at, moved past them. */
static gboolean
take_number (const char **at,
             guint64 max,
             guint64 *number)
{
  if (!g_ascii_isdigit (**at))
    return FALSE;
  char *end;
  guint64 n = g_ascii_strtoull (*at, &end, 10);
  if (n > max)
    return FALSE;
  *at = end;
  *number = n;
  return TRUE;
}

static gboolean
take_real (const char **at,
           double *real)
{
  char *end;
  if (!g_ascii_isdigit (**at) && **at != '-' && **at != '+' && **at != '.')
    return FALSE;
  double d = g_ascii_strtod (*at, &end);
  if (end == *at || !isfinite (d))
    return FALSE;
  *at = end;
  *real = d;
  return TRUE;
}

gboolean
tw_wfdb_name_is_plain (const char *name)
{
  if (name[0] == '\0' || name[0] == '.' || strlen (name) > 200)
    return FALSE;
  for (const char *p = name; *p != '\0'; p++)
    if (*p == '/' || *p == '\\' || g_ascii_iscntrl (*p))
      return FALSE;
  return TRUE;
}

/* "250", "0.0166666666667/125", "360/24000(0)": the frame frequency stands first. */
static gboolean
parse_frequency (const char *field,
                 double *frequency)
{
  const char *at = field;
  double counter;
  if (!take_real (&at, frequency) || *frequency <= 0.0)
    return FALSE;
  if (*at == '/')
    {
      at++;
      if (!take_real (&at, &counter))
        return FALSE;
    }
  return *at == '\0' || *at == '(';
}

/* "1:56:25.894", "31:25.894" (minutes and seconds), "25.894": seconds since midnight. */
static gboolean
parse_time (const char *field,
            double *seconds)
{
  double part[3];
  guint n = 0;
  const char *at = field;
  for (;;)
    {
      if (n == 3 || !take_real (&at, &part[n]) || part[n] < 0.0 || part[n] >= 100.0)
        return FALSE;
      n++;
      if (*at == '\0')
        break;
      if (*at++ != ':')
        return FALSE;
    }
  *seconds = 0.0;
  for (guint i = 0; i < n; i++)
    *seconds = *seconds * 60.0 + part[i];
  return TRUE;
}

/* "10/10/2896": day, month, year. */
static gboolean
parse_date (const char *field,
            gint64 *midnight_us)
{
  guint64 day, month, year;
  const char *at = field;
  if (!take_number (&at, 31, &day) || *at++ != '/' || !take_number (&at, 12, &month) || *at++ != '/'
      || !take_number (&at, 9999, &year) || *at != '\0')
    return FALSE;
  g_autoptr (GDateTime) date
    = g_date_time_new_utc ((gint) MAX (year, 1), (gint) month, (gint) day, 0, 0, 0.0);
  if (date == NULL || year == 0)
    return FALSE;
  *midnight_us = g_date_time_to_unix (date) * G_USEC_PER_SEC;
  return TRUE;
}

/* Record name and number of segments: "s00001/21". */
static gboolean
parse_record_name (TwWfdbHeader *header,
                   const char *field,
                   guint64 *n_segments)
{
  const char *slash = strchr (field, '/');
  *n_segments = 0;
  header->name = slash != NULL ? g_strndup (field, (gsize) (slash - field)) : g_strdup (field);
  if (slash != NULL)
    {
      const char *at = slash + 1;
      if (!take_number (&at, TW_WFDB_MAX_SEGMENTS, n_segments) || *at != '\0' || *n_segments == 0)
        return FALSE;
      header->multi_segment = TRUE;
    }
  return tw_wfdb_name_is_plain (header->name);
}

static gboolean
parse_record_line (TwWfdbHeader *header,
                   Cursor *cursor,
                   guint64 *n_segments,
                   GError **error)
{
  g_autofree char *name = next_field (cursor);
  g_autofree char *signals = next_field (cursor);
  g_autofree char *frequency = next_field (cursor);
  g_autofree char *length = next_field (cursor);
  g_autofree char *time = next_field (cursor);
  g_autofree char *date = next_field (cursor);
  const char *at = signals;
  guint64 n;
  double seconds = 0.0;

  if (name == NULL || !parse_record_name (header, name, n_segments))
    return refuse (error, cursor->line, _("the record's name is missing or not a plain name"));
  if (signals == NULL || !take_number (&at, TW_WFDB_MAX_SIGNALS, &n) || *at != '\0')
    return refuse (error, cursor->line, _("the number of signals is missing or too large"));
  header->n_signals = (guint) n;
  if (frequency != NULL && !parse_frequency (frequency, &header->frequency))
    return refuse (error, cursor->line, _("the frequency is not a positive number"));
  if (length != NULL)
    {
      at = length;
      if (!take_number (&at, TW_WFDB_MAX_FRAMES, &header->n_frames) || *at != '\0')
        return refuse (error, cursor->line, _("the length is not a number that can be true"));
      header->has_length = header->n_frames > 0;
    }
  if (time != NULL && !parse_time (time, &seconds))
    return refuse (error, cursor->line, _("the start time is not a time"));
  if (date != NULL)
    {
      gint64 midnight_us;
      if (!parse_date (date, &midnight_us))
        return refuse (error, cursor->line, _("the start date is not a date"));
      header->start_us = midnight_us + (gint64) llround (seconds * 1e6);
    }
  return TRUE;
}

/* "16", "212x4", "16:3", "16x2:1+24": format, samples per frame, skew, byte offset. */
static gboolean
parse_format (TwWfdbSignalLine *line,
              const char *field)
{
  const char *at = field;
  guint64 n;
  if (!take_number (&at, 9999, &n))
    return FALSE;
  line->format = (int) n;
  line->samples_per_frame = 1;
  while (*at != '\0')
    {
      char kind = *at++;
      if (!take_number (&at, kind == '+' ? G_MAXINT64 : TW_WFDB_MAX_SAMPLES_PER_FRAME, &n))
        return FALSE;
      if (kind == 'x' && n > 0)
        line->samples_per_frame = (guint) n;
      else if (kind == ':')
        line->skew = (guint) n;
      else if (kind == '+')
        line->byte_offset = n;
      else
        return FALSE;
    }
  return TRUE;
}

/* "10/mmHg", "1.25(-100)/mmHg", "200": steps per unit, digital zero, unit. */
static gboolean
parse_gain (TwWfdbSignalLine *line,
            const char *field,
            gboolean *has_baseline)
{
  const char *at = field;
  if (!take_real (&at, &line->gain))
    return FALSE;
  if (*at == '(')
    {
      at++;
      if (!take_real (&at, &line->baseline) || *at++ != ')')
        return FALSE;
      *has_baseline = TRUE;
    }
  if (*at == '/')
    {
      g_autofree char *valid = g_utf8_make_valid (at + 1, -1);
      g_free (line->unit);
      line->unit = g_strndup (valid, 24);
      at = "";
    }
  return *at == '\0';
}

/* After the gain: resolution, zero, first value, checksum, block size, and the name in the rest of
 * the line. Each may be missing together with all that follow. */
static gboolean
parse_signal_rest (TwWfdbSignalLine *line,
                   Cursor *cursor,
                   gboolean has_baseline)
{
  double number[5] = { 0.0 };
  guint n = 0;
  for (; n < G_N_ELEMENTS (number); n++)
    {
      g_autofree char *field = next_field (cursor);
      if (field == NULL)
        break;
      const char *at = field;
      if (!take_real (&at, &number[n]) || *at != '\0' || fabs (number[n]) > 4294967296.0)
        return FALSE;
    }
  if (!has_baseline)
    line->baseline = number[1];
  line->has_checksum = n >= 4;
  line->checksum = (gint16) (guint16) ((gint64) number[3] & 0xffff);
  g_autofree char *rest = g_utf8_make_valid (cursor->at, -1);
  line->name = g_strndup (g_strstrip (rest), 120);
  return TRUE;
}

static void
clear_signal_line (TwWfdbSignalLine *line)
{
  g_clear_pointer (&line->file, g_free);
  g_clear_pointer (&line->unit, g_free);
  g_clear_pointer (&line->name, g_free);
}

static gboolean
parse_signal_line (TwWfdbHeader *header,
                   Cursor *cursor,
                   GError **error)
{
  TwWfdbSignalLine line = { .gain = TW_WFDB_DEFAULT_GAIN, .samples_per_frame = 1 };
  g_autofree char *format = NULL, *gain = NULL;
  gboolean has_baseline = FALSE;
  const char *why = NULL;

  line.file = next_field (cursor);
  line.unit = g_strdup ("mV");
  format = next_field (cursor);
  gain = next_field (cursor);
  if (line.file == NULL || (!g_str_equal (line.file, "~") && !tw_wfdb_name_is_plain (line.file)))
    why = _("the signal file is not a plain name in the same folder");
  else if (format == NULL || !parse_format (&line, format))
    why = _("the signal's format cannot be read");
  else if (gain != NULL && !parse_gain (&line, gain, &has_baseline))
    why = _("the signal's gain cannot be read");
  else if (!parse_signal_rest (&line, cursor, has_baseline))
    why = _("a number of the signal cannot be read");
  if (why != NULL)
    {
      clear_signal_line (&line);
      return refuse (error, cursor->line, why);
    }
  if (line.gain == 0.0)
    line.gain = TW_WFDB_DEFAULT_GAIN;
  g_array_append_val (header->signals, line);
  return TRUE;
}

static void
clear_segment_line (TwWfdbSegmentLine *line)
{
  g_clear_pointer (&line->record, g_free);
}

static gboolean
parse_segment_line (TwWfdbHeader *header,
                    Cursor *cursor,
                    GError **error)
{
  g_autofree char *record = next_field (cursor);
  g_autofree char *length = next_field (cursor);
  const char *at = length;
  TwWfdbSegmentLine line = { 0 };
  if (record == NULL || (!g_str_equal (record, "~") && !tw_wfdb_name_is_plain (record)))
    return refuse (error, cursor->line, _("the segment is not a plain name in the same folder"));
  if (length == NULL || !take_number (&at, TW_WFDB_MAX_FRAMES, &line.n_frames) || *at != '\0')
    return refuse (error, cursor->line, _("the segment's length is not a number that can be true"));
  line.record = g_steal_pointer (&record);
  g_array_append_val (header->segments, line);
  return TRUE;
}

/* "# <age>: 60 <sex>: F", also "# age: 81" and "# sex: female". */
static void
parse_comment (TwWfdbHeader *header,
               const char *text)
{
  g_autofree char *lower = g_ascii_strdown (text, -1);
  for (char *p = lower; *p != '\0'; p++)
    if (*p == '<' || *p == '>' || *p == '#')
      *p = ' ';
  const char *age = g_str_has_prefix (lower, "age") ? lower : strstr (lower, " age");
  const char *sex = strstr (lower, " sex");
  guint64 years;
  if (age != NULL && header->age < 0)
    {
      const char *at = age + strcspn (age, ":");
      at += strspn (at, ": \t");
      if (take_number (&at, 150, &years))
        header->age = (int) years;
    }
  if (sex != NULL && header->sex == 0)
    {
      const char *at = sex + strcspn (sex, ":");
      at += strspn (at, ": \t");
      header->sex = *at == 'f' ? 'F' : *at == 'm' ? 'M' : 0;
    }
}

/* Puts one line where it belongs: comment, record line, then signals or segments. */
static gboolean
parse_line (TwWfdbHeader *header,
            Cursor *cursor,
            guint64 *n_segments,
            GError **error)
{
  cursor->at += strspn (cursor->at, " \t");
  if (*cursor->at == '#')
    {
      parse_comment (header, cursor->at);
      return TRUE;
    }
  if (*cursor->at == '\0')
    return TRUE;
  if (header->name == NULL)
    return parse_record_line (header, cursor, n_segments, error);
  if (header->multi_segment && header->segments->len < *n_segments)
    return parse_segment_line (header, cursor, error);
  if (!header->multi_segment && header->signals->len < header->n_signals)
    return parse_signal_line (header, cursor, error);
  return refuse (error, cursor->line, _("more lines than the record line announces"));
}

TwWfdbHeader *
tw_wfdb_header_parse (const char *text,
                      gsize n,
                      GError **error)
{
  g_return_val_if_fail (text != NULL || n == 0, NULL);
  g_autoptr (TwWfdbHeader) header = g_new0 (TwWfdbHeader, 1);
  header->frequency = TW_WFDB_DEFAULT_FREQUENCY;
  header->age = -1;
  header->signals = g_array_new (FALSE, FALSE, sizeof (TwWfdbSignalLine));
  g_array_set_clear_func (header->signals, (GDestroyNotify) clear_signal_line);
  header->segments = g_array_new (FALSE, FALSE, sizeof (TwWfdbSegmentLine));
  g_array_set_clear_func (header->segments, (GDestroyNotify) clear_segment_line);

  guint64 n_segments = 0;
  Cursor cursor = { .line = 0 };
  for (gsize from = 0; from < n;)
    {
      const char *end = memchr (text + from, '\n', n - from);
      gsize length = end != NULL ? (gsize) (end - text) - from : n - from;
      g_autofree char *line = g_strndup (text + from, length);
      g_strchomp (line);
      cursor.at = line;
      cursor.line++;
      if (!parse_line (header, &cursor, &n_segments, error))
        return NULL;
      from += length + 1;
    }
  if (header->name == NULL)
    {
      refuse (error, MAX (cursor.line, 1), _("there is no record line"));
      return NULL;
    }
  if (header->segments->len < n_segments
      || (!header->multi_segment && header->signals->len < header->n_signals))
    {
      refuse (error, MAX (cursor.line, 1), _("the header ends early"));
      return NULL;
    }
  return g_steal_pointer (&header);
}

void
tw_wfdb_header_free (TwWfdbHeader *header)
{
  if (header == NULL)
    return;
  g_free (header->name);
  g_clear_pointer (&header->signals, g_array_unref);
  g_clear_pointer (&header->segments, g_array_unref);
  g_free (header);
}
