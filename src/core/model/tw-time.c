/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times: ISO 8601 to and from UTC microseconds in the proleptic Gregorian calendar, and words for
 * people. */
#include "config.h"

#include "tw-time.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define FIRST_YEAR 1900
#define LAST_YEAR 9999
#define MAX_ZONE_MIN (14 * 60) /* the widest offset in use and the widest that FHIR allows */

static gboolean
is_leap (int year)
{
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int
days_in_month (int year, int month)
{
  static const guint8 days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

  return month == 2 && is_leap (year) ? 29 : days[month - 1];
}

/* Days since 1970-01-01. The year is counted from March, so that the leap day is its last. */
static gint64
days_from_date (gint64 year, int month, int day)
{
  gint64 y = month > 2 ? year : year - 1;
  gint64 m = month > 2 ? month - 3 : month + 9;
  gint64 leap_days = y / 4 - y / 100 + y / 400;

  return 365 * y + leap_days + (153 * m + 2) / 5 + day - 1 - 719468;
}

/* The inverse, for any day of the 64-bit range of microseconds. */
static void
date_from_days (gint64 days, gint64 *year, int *month, int *day)
{
  const gint64 cycle = 146097; /* days in 400 years */
  gint64 z = days + 719468;
  gint64 era = (z >= 0 ? z : z - (cycle - 1)) / cycle;
  gint64 in_era = z - era * cycle;
  gint64 y = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
  gint64 in_year = in_era - (365 * y + y / 4 - y / 100);
  gint64 m = (5 * in_year + 2) / 153;

  *day = (int) (in_year - (153 * m + 2) / 5 + 1);
  *month = (int) (m < 10 ? m + 3 : m - 9);
  *year = y + era * 400 + (*month <= 2 ? 1 : 0);
}

/* A cursor over the text; each step fails for good once a character does not fit. */
typedef struct
{
  const char *at, *end;
  gboolean ok;
} Cursor;

static int
take_digits (Cursor *cursor, int n)
{
  int value = 0;

  if (cursor->end - cursor->at < n)
    cursor->ok = FALSE;
  for (int i = 0; cursor->ok && i < n; i++)
    {
      guint digit = (guint) (guchar) cursor->at[i] - '0';
      if (digit > 9)
        cursor->ok = FALSE;
      value = value * 10 + (int) digit;
    }
  if (cursor->ok)
    cursor->at += n;
  return cursor->ok ? value : 0;
}

static gboolean
take_char (Cursor *cursor, char c)
{
  if (!cursor->ok || cursor->at == cursor->end || *cursor->at != c)
    return FALSE;
  cursor->at++;
  return TRUE;
}

static void
expect (Cursor *cursor, char c)
{
  if (!take_char (cursor, c))
    cursor->ok = FALSE;
}

/* Digits after the point, as microseconds; what is finer is cut off. */
static gint64
take_fraction (Cursor *cursor)
{
  gint64 value = 0;
  gint64 unit = TW_SECOND / 10;
  const char *start = cursor->at;

  while (cursor->ok && cursor->at < cursor->end && g_ascii_isdigit (*cursor->at))
    {
      value += unit * (*cursor->at - '0');
      unit /= 10;
      cursor->at++;
    }
  if (cursor->at == start)
    cursor->ok = FALSE;
  return value;
}

/* Minutes east of UTC. */
static int
take_zone (Cursor *cursor)
{
  int sign, hours, minutes;

  if (take_char (cursor, 'Z'))
    return 0;
  sign = take_char (cursor, '-') ? -1 : 1;
  if (sign > 0)
    expect (cursor, '+');
  hours = take_digits (cursor, 2);
  expect (cursor, ':');
  minutes = take_digits (cursor, 2);
  if (minutes > 59 || hours * 60 + minutes > MAX_ZONE_MIN)
    cursor->ok = FALSE;
  return sign * (hours * 60 + minutes);
}

/* "YYYY-MM-DDTHH:MM[:SS[.f...]](Z|+HH:MM|-HH:MM)", nothing before or after it. Refused: no zone, a
 * day that the month does not have, hour 24, second 60 (a leap second has no microsecond count),
 * zones beyond 14 h. */
gboolean
tw_time_parse (const char *text, gssize length, gint64 *t_us)
{
  Cursor cursor = { text, NULL, TRUE };
  int year, month, day, hour, minute, second = 0, zone;
  gint64 fraction = 0;

  g_return_val_if_fail (t_us != NULL, FALSE);
  if (text == NULL)
    return FALSE;

  cursor.end = text + (length < 0 ? strlen (text) : (gsize) length);
  year = take_digits (&cursor, 4);
  expect (&cursor, '-');
  month = take_digits (&cursor, 2);
  expect (&cursor, '-');
  day = take_digits (&cursor, 2);
  expect (&cursor, 'T');
  hour = take_digits (&cursor, 2);
  expect (&cursor, ':');
  minute = take_digits (&cursor, 2);
  if (take_char (&cursor, ':'))
    {
      second = take_digits (&cursor, 2);
      if (take_char (&cursor, '.'))
        fraction = take_fraction (&cursor);
    }
  zone = take_zone (&cursor);

  if (!cursor.ok || cursor.at != cursor.end || year < FIRST_YEAR || month < 1 || month > 12
      || day < 1 || day > days_in_month (year, month) || hour > 23 || minute > 59 || second > 59)
    return FALSE;

  *t_us = days_from_date (year, month, day) * TW_DAY + hour * TW_HOUR + (minute - zone) * TW_MINUTE
          + second * TW_SECOND + fraction;
  return TRUE;
}

static gint64
floor_div (gint64 a, gint64 b, gint64 *rest)
{
  gint64 q = a / b;

  if (a % b < 0)
    q--;
  *rest = a - q * b;
  return q;
}

/* Always in UTC. The fraction is as short as it can be ("10.5"). */
char *
tw_time_format_iso (gint64 t_us, char *buffer, gsize size)
{
  gint64 in_day, in_second, year;
  gint64 days = floor_div (t_us, TW_DAY, &in_day);
  gint64 seconds = floor_div (in_day, TW_SECOND, &in_second);
  int month, day;
  char fraction[8] = "";

  g_return_val_if_fail (buffer != NULL && size >= 32, buffer);

  date_from_days (days, &year, &month, &day);
  if (in_second != 0)
    {
      gsize n = (gsize) g_snprintf (fraction, sizeof fraction, ".%06d", (int) in_second);
      while (fraction[n - 1] == '0')
        fraction[--n] = '\0';
    }
  g_snprintf (buffer, size, "%04d-%02d-%02dT%02d:%02d:%02d%sZ", (int) year, month, day,
              (int) (seconds / 3600), (int) (seconds / 60 % 60), (int) (seconds % 60), fraction);
  return buffer;
}

/* 24-hour clock in the zone's rule of that moment. */
char *
tw_time_format_clock (gint64 t_us, GTimeZone *zone, gboolean seconds, char *buffer, gsize size)
{
  g_autoptr (GTimeZone) local = zone == NULL ? g_time_zone_new_local () : NULL;
  GTimeZone *used = zone == NULL ? local : zone;
  gint64 rest, in_day;
  gint64 utc = floor_div (t_us, TW_SECOND, &rest);
  gint interval = g_time_zone_find_interval (used, G_TIME_TYPE_UNIVERSAL, utc);
  gint32 offset = g_time_zone_get_offset (used, interval);

  g_return_val_if_fail (buffer != NULL, buffer);

  floor_div (utc + offset, 86400, &in_day);
  if (seconds)
    g_snprintf (buffer, size, "%02d:%02d:%02d", (int) (in_day / 3600), (int) (in_day / 60 % 60),
                (int) (in_day % 60));
  else
    g_snprintf (buffer, size, "%02d:%02d", (int) (in_day / 3600), (int) (in_day / 60 % 60));
  return buffer;
}

/* Seconds below a minute, minutes below an hour, hours and minutes below a day, then whole days. */
char *
tw_time_format_age (gint64 age_us, char *buffer, gsize size)
{
  gint64 age = MAX (age_us, 0);
  int minutes = (int) (age / TW_MINUTE % 60);

  g_return_val_if_fail (buffer != NULL, buffer);

  if (age < TW_MINUTE)
    /* Translators: an age of so many seconds, as short as can be. */
    g_snprintf (buffer, size, _ ("%d s"), (int) (age / TW_SECOND));
  else if (age < TW_HOUR)
    /* Translators: an age of so many minutes. */
    g_snprintf (buffer, size, _ ("%d min"), minutes);
  else if (age < TW_DAY && minutes == 0)
    /* Translators: an age of so many whole hours. */
    g_snprintf (buffer, size, _ ("%d h"), (int) (age / TW_HOUR));
  else if (age < TW_DAY)
    /* Translators: an age of so many hours and minutes. */
    g_snprintf (buffer, size, _ ("%d h %d min"), (int) (age / TW_HOUR), minutes);
  else
    /* Translators: an age of so many whole days. */
    g_snprintf (buffer, size, _ ("%d d"), (int) (age / TW_DAY));
  return buffer;
}
