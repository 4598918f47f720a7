/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decimal numbers as text and as scaled integers, without a digit gained or lost. */
#include "config.h"

#include "tw-decimal.h"

#include <math.h>
#include <string.h>

#define MAX_WHOLE 9007199254740992.0 /* 2^53: whole numbers below are exact */
#define MAX_TEXT 400                 /* longer than any decimal that is meant */

/* Powers of ten that a double holds exactly. */
static const double power_of_ten[] = {
  1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
};

/* A quotient of two exact doubles is rounded once, so whole / 10^k == value proves that these
 * digits read back as value; the smallest k gives the fewest. */
static gboolean
append_fixed (GString *out,
              double value)
{
  for (int k = 0; k <= 6; k++)
    {
      double whole = rint (fabs (value) * power_of_ten[k]);
      char digits[32];
      int n;

      if (whole >= 1e15)
        return FALSE;
      if (whole / power_of_ten[k] != fabs (value))
        continue;
      if (value < 0)
        g_string_append_c (out, '-');
      n = g_snprintf (digits, sizeof digits, "%0*" G_GINT64_FORMAT, k + 1, (gint64) whole);
      g_string_append_len (out, digits, n - k);
      if (k > 0)
        {
          g_string_append_c (out, '.');
          g_string_append_len (out, digits + n - k, k);
        }
      return TRUE;
    }
  return FALSE;
}

void
tw_decimal_append (GString *out,
                   double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_return_if_fail (out != NULL && isfinite (value));

  if (append_fixed (out, value))
    return;
  for (int digits = 1; digits <= 17; digits++)
    {
      char format[8];

      g_snprintf (format, sizeof format, "%%.%dg", digits);
      g_ascii_formatd (buffer, sizeof buffer, format, value);
      if (g_ascii_strtod (buffer, NULL) == value)
        break;
    }
  g_string_append (out, buffer);
}

typedef struct
{
  guint64 mantissa;
  int n_digits;  /* significant ones */
  int n_decimals;
  int exponent;
  gboolean negative;
} Parts;

static const char *
scan_digits (const char *p,
             const char *end,
             Parts *parts,
             int *count)
{
  for (; p < end && *p >= '0' && *p <= '9'; p++)
    {
      (*count)++;
      if (parts->n_digits > 0 || *p != '0')
        parts->n_digits++;
      if (parts->n_digits <= 18)
        parts->mantissa = parts->mantissa * 10 + (guint64) (*p - '0');
    }
  return p;
}

/* The part after "e"; NULL when it has no digit. */
static const char *
scan_exponent (const char *p,
               const char *end,
               Parts *parts)
{
  gboolean negative = FALSE;
  const char *start;

  if (p < end && (*p == '+' || *p == '-'))
    negative = *p++ == '-';
  start = p;
  for (; p < end && *p >= '0' && *p <= '9'; p++)
    parts->exponent = MIN (parts->exponent * 10 + (*p - '0'), 100000);
  if (p == start)
    return NULL;
  if (negative)
    parts->exponent = -parts->exponent;
  return p;
}

gboolean
tw_decimal_parse (const char *text,
                  gsize length,
                  double *value)
{
  const char *p = text, *end = text + length;
  Parts parts = { 0 };
  int n_whole = 0, power;

  if (length == 0 || length > MAX_TEXT)
    return FALSE;
  if (*p == '-')
    {
      parts.negative = TRUE;
      p++;
    }
  p = scan_digits (p, end, &parts, &n_whole);
  if (p < end && *p == '.')
    p = scan_digits (p + 1, end, &parts, &parts.n_decimals);
  if (n_whole + parts.n_decimals == 0)
    return FALSE;
  if (p < end && (*p == 'e' || *p == 'E'))
    p = scan_exponent (p + 1, end, &parts);
  if (p != end)
    return FALSE;

  power = parts.exponent - parts.n_decimals;
  if (parts.n_digits <= 15 && power >= -22 && power <= 22)
    {
      double whole = (double) parts.mantissa;

      whole = power < 0 ? whole / power_of_ten[-power] : whole * power_of_ten[power];
      *value = parts.negative ? -whole : whole;
      return TRUE;
    }
  {
    char copy[MAX_TEXT + 1];

    memcpy (copy, text, length);
    copy[length] = '\0';
    *value = g_ascii_strtod (copy, NULL);
  }
  return isfinite (*value);
}

double
tw_decimal_scaled (double n,
                   double scale)
{
  double inverse = 1 / scale, whole = rint (inverse);

  if (whole > 1 && fabs (inverse - whole) <= 1e-9 * whole)
    return n / whole;
  return n * scale;
}

double
tw_decimal_to_scale (double value,
                     double scale)
{
  double n = rint (value / scale);

  return fabs (n) < MAX_WHOLE ? n : (double) NAN;
}
