/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The grammar of HL7 v2: separators, segments, fields, components, escapes. */
#include "config.h"

#include "tw-hl7v2-syntax.h"

#include "tw-text.h"

#include <string.h>

const TwHl7Separators tw_hl7_usual_separators = { '|', '^', '~', '\\', '&', '\r' };

static gboolean
is_fit (char c)
{
  return g_ascii_isgraph (c) && !g_ascii_isalnum (c);
}

gboolean
tw_hl7_read_separators (TwHl7Piece       message,
                        TwHl7Separators *separators)
{
  const char *at = message.text;
  gsize n = 0;

  if (message.length < 8 || memcmp (at, "MSH", 3) != 0 || !is_fit (at[3]))
    return FALSE;
  while (4 + n < message.length && at[4 + n] != at[3] && n < 6)
    n++;
  /* Four, or five since 2.7: the fifth says where a text was cut, and is not used here. */
  if ((n != 4 && n != 5) || 4 + n >= message.length)
    return FALSE;
  for (gsize i = 3; i < 4 + n; i++)
    {
      if (!is_fit (at[i]) || (i > 3 && memchr (at + 3, at[i], i - 3) != NULL))
        return FALSE;
    }
  *separators = (TwHl7Separators) { at[3], at[4], at[5], at[6], at[7], '\r' };
  for (gsize i = 8; i < message.length && at[i] != '\r'; i++)
    if (at[i] == '\n')
      {
        separators->segment = '\n';
        break;
      }
  return TRUE;
}

gboolean
tw_hl7_next_segment (TwHl7Piece             message,
                     const TwHl7Separators *separators,
                     gsize                 *offset,
                     TwHl7Piece            *segment)
{
  const char *at = message.text + *offset, *end = message.text + message.length;
  const char *stop;

  while (at < end && (*at == '\r' || *at == '\n'))
    at++;
  stop = at < end ? memchr (at, separators->segment, (gsize) (end - at)) : NULL;
  if (stop == NULL)
    stop = end;
  *segment = (TwHl7Piece) { at, (gsize) (stop - at) };
  *offset = (gsize) (stop - message.text);
  return at < end;
}

gboolean
tw_hl7_segment_is (TwHl7Piece             segment,
                   const TwHl7Separators *separators,
                   const char            *name)
{
  return segment.length >= 3 && memcmp (segment.text, name, 3) == 0
         && (segment.length == 3 || segment.text[3] == separators->field);
}

gboolean
tw_hl7_segment_is_named (TwHl7Piece             segment,
                         const TwHl7Separators *separators)
{
  if (segment.length < 3 || !g_ascii_isupper (segment.text[0]))
    return FALSE;
  for (int i = 1; i < 3; i++)
    if (!g_ascii_isupper (segment.text[i]) && !g_ascii_isdigit (segment.text[i]))
      return FALSE;
  return segment.length == 3 || segment.text[3] == separators->field;
}

guint
tw_hl7_split (TwHl7Piece  whole,
              char        separator,
              TwHl7Piece *parts,
              guint       n)
{
  const char *at = whole.text, *end = whole.text + whole.length;
  guint count = 0;

  for (guint i = 0; i < n; i++)
    parts[i] = (TwHl7Piece) { "", 0 };
  for (;;)
    {
      const char *stop = at < end ? memchr (at, separator, (gsize) (end - at)) : NULL;
      if (count < n)
        parts[count] = (TwHl7Piece) { at, (gsize) ((stop != NULL ? stop : end) - at) };
      count++;
      if (stop == NULL)
        return count;
      at = stop + 1;
    }
}

TwHl7Piece
tw_hl7_part (TwHl7Piece whole,
             char       separator,
             guint      index)
{
  const char *at = whole.text, *end = whole.text + whole.length;

  while (at != NULL && at <= end)
    {
      const char *stop = at < end ? memchr (at, separator, (gsize) (end - at)) : NULL;
      if (index <= 1)
        return (TwHl7Piece) { at, (gsize) ((stop != NULL ? stop : end) - at) };
      index--;
      at = stop != NULL ? stop + 1 : NULL;
    }
  return (TwHl7Piece) { "", 0 };
}

TwHl7Piece
tw_hl7_trim (TwHl7Piece piece)
{
  while (piece.length > 0 && piece.text[0] == ' ')
    {
      piece.text++;
      piece.length--;
    }
  while (piece.length > 0 && piece.text[piece.length - 1] == ' ')
    piece.length--;
  return piece;
}

gboolean
tw_hl7_piece_equal (TwHl7Piece  piece,
                    const char *text)
{
  return strlen (text) == piece.length
         && (piece.length == 0 || memcmp (piece.text, text, piece.length) == 0);
}

gboolean
tw_hl7_piece_is_empty (TwHl7Piece piece)
{
  piece = tw_hl7_trim (piece);
  return piece.length == 0 || tw_hl7_piece_equal (piece, "\"\"");
}

/* What stands between two escape characters. Highlighting and other character sets say nothing
 * here, line breaks become blanks. Returns how many bytes were put into out, at most 64. */
static gsize
undo_escape (TwHl7Piece             inner,
             const TwHl7Separators *separators,
             char                  *out)
{
  static const char names[] = "FSRETP";
  const char meant[] = { separators->field, separators->component, separators->repetition,
                         separators->escape, separators->subcomponent, '#' };
  const char *name = inner.length == 1 ? strchr (names, inner.text[0]) : NULL;
  gsize n = 0;

  if (name != NULL && *name != '\0')
    out[n++] = meant[name - names];
  else if (inner.length > 0 && inner.text[0] == '.')
    out[n++] = ' ';
  else if (inner.length > 1 && inner.text[0] == 'X')
    {
      for (gsize i = 1; i + 1 < inner.length && n < 64; i += 2)
        {
          int high = g_ascii_xdigit_value (inner.text[i]);
          int low = g_ascii_xdigit_value (inner.text[i + 1]);
          out[n++] = high < 0 || low < 0 ? '?' : (char) (high << 4 | low);
        }
    }
  return n;
}

void
tw_hl7_decode (TwHl7Piece             piece,
               const TwHl7Separators *separators,
               char                  *out,
               gsize                  size)
{
  char raw[2 * TW_HL7_MAX_TEXT];
  gsize n = 0;

  g_return_if_fail (out != NULL && size > 0);

  piece = tw_hl7_trim (piece);
  if (tw_hl7_piece_equal (piece, "\"\""))
    piece.length = 0;
  while (piece.length > 0 && n + 64 < sizeof raw)
    {
      const char *stop = NULL;
      if (piece.text[0] == separators->escape)
        stop = memchr (piece.text + 1, separators->escape, piece.length - 1);
      if (stop != NULL)
        {
          TwHl7Piece inner = { piece.text + 1, (gsize) (stop - piece.text) - 1 };
          n += undo_escape (inner, separators, raw + n);
          piece.length -= inner.length + 2;
          piece.text = stop + 1;
          continue;
        }
      raw[n++] = *piece.text++;
      piece.length--;
    }
  tw_text_clean (out, size, raw, n);
}

/* A character that means something else to the reader of the answer. */
static gboolean
append_escaped (GString *out,
                char     c)
{
  static const char special[] = "|^~\\&", names[] = "FSRET";
  const char *found = c != '\0' ? strchr (special, c) : NULL;

  if (found == NULL)
    return FALSE;
  g_string_append_printf (out, "\\%c\\", names[found - special]);
  return TRUE;
}

void
tw_hl7_append_field (GString               *out,
                     TwHl7Piece             field,
                     const TwHl7Separators *separators)
{
  for (gsize i = 0; i < field.length; i++)
    {
      char c = field.text[i];

      if (c == separators->component)
        g_string_append_c (out, '^');
      else if (c == separators->subcomponent)
        g_string_append_c (out, '&');
      else if (c == separators->repetition)
        g_string_append_c (out, '~');
      else if (c == separators->escape)
        g_string_append_c (out, '\\');
      else if (!append_escaped (out, c) && ((guchar) c >= 0x20 && c != 0x7f))
        g_string_append_c (out, c);
    }
}

void
tw_hl7_append_text (GString    *out,
                    const char *text)
{
  for (; *text != '\0'; text++)
    if (!append_escaped (out, *text) && (guchar) *text >= 0x20)
      g_string_append_c (out, *text);
}
