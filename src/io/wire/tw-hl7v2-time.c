/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times of HL7 v2, and what one without a zone means. */
#include "config.h"

#include "tw-hl7v2-syntax.h"

#include "tw-time.h"

#include <stdio.h>
#include <string.h>

static gsize
count_digits (TwHl7Piece piece)
{
  gsize n = 0;

  while (n < piece.length && g_ascii_isdigit (piece.text[n]))
    n++;
  return n;
}

/* "+0100", and nothing after it. */
static gboolean
read_offset (TwHl7Piece  piece,
             gint64     *offset_us)
{
  TwHl7Piece digits = { piece.text + 1, piece.length - 1 };
  int hours, minutes;

  if (piece.length != 5 || (piece.text[0] != '+' && piece.text[0] != '-')
      || count_digits (digits) != 4)
    return FALSE;
  hours = (digits.text[0] - '0') * 10 + digits.text[1] - '0';
  minutes = (digits.text[2] - '0') * 10 + digits.text[3] - '0';
  if (minutes > 59 || hours * 60 + minutes > 14 * 60)
    return FALSE;
  *offset_us = (piece.text[0] == '-' ? -1 : 1) * (hours * 60 + minutes) * TW_MINUTE;
  return TRUE;
}

/* The clock's reading as if it were UTC; *rest is what follows, a zone or nothing. */
static TwHl7TimeResult
read_clock (TwHl7Piece  piece,
            gint64     *clock_us,
            TwHl7Piece *rest)
{
  gsize n = count_digits (piece);
  char iso[40];
  gsize fraction = 0;
  TwHl7Piece after = { piece.text + n, piece.length - n };

  if ((n == 4 || n == 6 || n == 8 || n == 10)
      && (after.length == 0 || read_offset (after, clock_us)))
    return TW_HL7_TIME_COARSE;
  if (n != 12 && n != 14)
    return TW_HL7_TIME_MALFORMED;
  if (after.length > 0 && after.text[0] == '.')
    {
      TwHl7Piece digits = { after.text + 1, after.length - 1 };
      fraction = count_digits (digits);
      if (n != 14 || fraction == 0 || fraction > 9)
        return TW_HL7_TIME_MALFORMED;
    }
  g_snprintf (iso, sizeof iso, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2s%s%.*sZ", piece.text, piece.text + 4,
              piece.text + 6, piece.text + 8, piece.text + 10, n == 14 ? piece.text + 12 : "00",
              fraction > 0 ? "." : "", (int) fraction, fraction > 0 ? after.text + 1 : "");
  if (!tw_time_parse (iso, -1, clock_us))
    return TW_HL7_TIME_MALFORMED;
  n += fraction > 0 ? fraction + 1 : 0;
  *rest = (TwHl7Piece) { piece.text + n, piece.length - n };
  return TW_HL7_TIME_OK;
}

/* A clock of the site: in autumn an hour comes twice, and the one nearer to now is meant; in
 * spring an hour does not come at all. */
static TwHl7TimeResult
resolve (gint64           clock_us,
         const TwHl7Zone *zone,
         gint64          *t_us)
{
  static const GTimeType types[] = { G_TIME_TYPE_STANDARD, G_TIME_TYPE_DAYLIGHT };
  gboolean found = FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      int interval = g_time_zone_find_interval (zone->zone, types[i], clock_us / TW_SECOND);
      gint64 candidate_us, offset_s;
      int there;

      if (interval < 0)
        continue;
      offset_s = g_time_zone_get_offset (zone->zone, interval);
      candidate_us = clock_us - offset_s * TW_SECOND;
      there = g_time_zone_find_interval (zone->zone, G_TIME_TYPE_UNIVERSAL,
                                         candidate_us / TW_SECOND);
      if (there < 0 || g_time_zone_get_offset (zone->zone, there) != offset_s)
        continue;
      if (!found || ABS (candidate_us - zone->now_us) < ABS (*t_us - zone->now_us))
        *t_us = candidate_us;
      found = TRUE;
    }
  return found ? TW_HL7_TIME_OK : TW_HL7_TIME_SKIPPED;
}

TwHl7TimeResult
tw_hl7_read_time (TwHl7Piece       piece,
                  const TwHl7Zone *zone,
                  gint64          *t_us,
                  gboolean        *has_zone,
                  gint64          *offset_us)
{
  TwHl7Piece rest = { NULL, 0 };
  gint64 clock_us = 0, own_us = 0;
  TwHl7TimeResult result;

  g_return_val_if_fail (zone != NULL && t_us != NULL, TW_HL7_TIME_MALFORMED);

  piece = tw_hl7_trim (piece);
  if (has_zone != NULL)
    *has_zone = FALSE;
  if (tw_hl7_piece_is_empty (piece))
    return TW_HL7_TIME_EMPTY;
  result = read_clock (piece, &clock_us, &rest);
  if (result != TW_HL7_TIME_OK)
    return result;
  if (rest.length > 0)
    {
      if (!read_offset (rest, &own_us))
        return TW_HL7_TIME_MALFORMED;
      *t_us = clock_us - own_us;
      if (has_zone != NULL)
        *has_zone = TRUE;
      if (offset_us != NULL)
        *offset_us = own_us;
      return TW_HL7_TIME_OK;
    }
  if (zone->has_offset)
    {
      *t_us = clock_us - zone->offset_us;
      return TW_HL7_TIME_OK;
    }
  return zone->zone != NULL ? resolve (clock_us, zone, t_us) : TW_HL7_TIME_NO_ZONE;
}
