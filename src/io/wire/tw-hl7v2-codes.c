/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Codes of devices to channels and units. */
#include "config.h"

#include "tw-hl7v2-codes.h"

#include "tw-table.h"

#include <math.h>
#include <string.h>

#define MAX_ROWS 1000

struct _TwHl7Codes
{
  GHashTable *channels;  /* MDC number -> TwHl7Code */
  GHashTable *numbers;   /* MDC number of a unit -> TwUnit */
  GHashTable *names;     /* "MDC_DIM_MMHG" or "ISO+ mm(hg)" -> TwUnit */
  char *version;
};

static gboolean
refuse_row (GError    **error,
            const char *table,
            gsize       row,
            const char *what)
{
  g_set_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_VALUE, "table %s, row %" G_GSIZE_FORMAT ": %s",
               table, row + 1, what);
  return FALSE;
}

/* A whole number of at most 32 bits; 0 for an empty cell. */
static gboolean
read_code (const TwTable *table,
           gsize          row,
           int            column,
           guint32       *code)
{
  double value;

  *code = 0;
  if (!tw_table_get_number (table, row, column, &value, NULL /* told by the caller, with the row */))
    return FALSE;
  if (isnan (value))
    return TRUE;
  if (value < 1 || value > G_MAXUINT32 || value > floor (value))
    return FALSE;
  *code = (guint32) value;
  return TRUE;
}

static gboolean
read_channels (TwHl7Codes    *codes,
               const TwTable *table,
               GError       **error)
{
  int code_column = tw_table_get_column (table, "mdc");
  int channel_column = tw_table_get_column (table, "channel");
  int rank_column = tw_table_get_column (table, "rank");

  if (code_column < 0 || channel_column < 0 || rank_column < 0)
    return refuse_row (error, "hl7-codes", 0, "a column mdc, channel or rank is missing");
  for (gsize i = 0; i < tw_table_get_n_rows (table); i++)
    {
      TwHl7Code *code = g_new0 (TwHl7Code, 1);
      guint32 mdc;
      double rank = NAN;

      code->channel = tw_channel_from_name (tw_table_get_text (table, i, channel_column));
      if (!read_code (table, i, code_column, &mdc) || mdc == 0
          || !tw_table_get_number (table, i, rank_column, &rank, error)
          || !(rank >= 0 && rank < 100) || code->channel == TW_CHANNEL_NONE
          || g_hash_table_contains (codes->channels, GUINT_TO_POINTER (mdc)))
        {
          g_free (code);
          if (error != NULL)
            g_clear_error (error);
          return refuse_row (error, "hl7-codes", i, "the code, channel or rank is not right");
        }
      code->rank = (guint) rank;
      g_hash_table_insert (codes->channels, GUINT_TO_POINTER (mdc), code);
    }
  return TRUE;
}

static gboolean
read_units (TwHl7Codes    *codes,
            const TwTable *table,
            GError       **error)
{
  int code_column = tw_table_get_column (table, "mdc");
  int system_column = tw_table_get_column (table, "system");
  int name_column = tw_table_get_column (table, "name");
  int ucum_column = tw_table_get_column (table, "ucum");

  if (code_column < 0 || system_column < 0 || name_column < 0 || ucum_column < 0)
    return refuse_row (error, "hl7-units", 0, "a column mdc, system, name or ucum is missing");
  for (gsize i = 0; i < tw_table_get_n_rows (table); i++)
    {
      const char *system = tw_table_get_text (table, i, system_column);
      const char *name = tw_table_get_text (table, i, name_column);
      TwUnit unit = tw_unit_from_ucum (tw_table_get_text (table, i, ucum_column), -1);
      guint32 mdc;

      if (!read_code (table, i, code_column, &mdc) || unit == TW_UNIT_UNKNOWN || *name == '\0'
          || *system == '\0')
        return refuse_row (error, "hl7-units", i, "the code, name or unit is not right");
      if (mdc != 0)
        g_hash_table_insert (codes->numbers, GUINT_TO_POINTER (mdc), GINT_TO_POINTER (unit));
      g_hash_table_insert (codes->names, g_strdup_printf ("%s %s", system, name),
                           GINT_TO_POINTER (unit));
    }
  return TRUE;
}

TwHl7Codes *
tw_hl7_codes_new (const char *codes_text,
                  const char *units_text,
                  GError    **error)
{
  g_autoptr (TwTable) channels = NULL;
  g_autoptr (TwTable) units = NULL;
  g_autoptr (TwHl7Codes) codes = NULL;

  g_return_val_if_fail (codes_text != NULL && units_text != NULL, NULL);

  channels = tw_table_new ("hl7-codes", codes_text, -1, error);
  if (channels == NULL)
    return NULL;
  units = tw_table_new ("hl7-units", units_text, -1, error);
  if (units == NULL)
    return NULL;
  if (tw_table_get_n_rows (channels) > MAX_ROWS || tw_table_get_n_rows (units) > MAX_ROWS)
    {
      refuse_row (error, "hl7-codes", MAX_ROWS, "there are too many rows");
      return NULL;
    }
  codes = g_new0 (TwHl7Codes, 1);
  codes->channels = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, g_free);
  codes->numbers = g_hash_table_new (g_direct_hash, g_direct_equal);
  codes->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  codes->version = g_strdup_printf ("%s.%s", tw_table_get_version (channels),
                                    tw_table_get_version (units));
  if (!read_channels (codes, channels, error) || !read_units (codes, units, error))
    return NULL;
  return g_steal_pointer (&codes);
}

void
tw_hl7_codes_free (TwHl7Codes *codes)
{
  g_return_if_fail (codes != NULL);

  g_hash_table_unref (codes->channels);
  g_hash_table_unref (codes->numbers);
  g_hash_table_unref (codes->names);
  g_free (codes->version);
  g_free (codes);
}

const char *
tw_hl7_codes_get_version (const TwHl7Codes *codes)
{
  return codes->version;
}

/* "150456"; 0 when it is no number of 32 bits. */
static guint32
parse_mdc (TwHl7Piece piece)
{
  guint64 value = 0;

  for (gsize i = 0; i < piece.length; i++)
    {
      if (!g_ascii_isdigit (piece.text[i]))
        return 0;
      value = value * 10 + (guint64) (piece.text[i] - '0');
      if (value > G_MAXUINT32)
        return 0;
    }
  return (guint32) value;
}

/* "0002-4bb8": partition and term in hexadecimal, which together are the MDC number. */
static guint32
parse_mdil (TwHl7Piece piece)
{
  guint32 value = 0;

  if (piece.length != 9 || piece.text[4] != '-')
    return 0;
  for (gsize i = 0; i < 9; i++)
    {
      int digit = g_ascii_xdigit_value (piece.text[i]);
      if (i == 4)
        continue;
      if (digit < 0)
        return 0;
      value = value << 4 | (guint32) digit;
    }
  return value;
}

static gboolean
is_system (TwHl7Piece  system,
           const char *first,
           const char *second)
{
  return tw_hl7_piece_equal (system, first) || tw_hl7_piece_equal (system, second);
}

/* 0: the identifier is not one of MDC or MDIL. */
static guint32
parse_number (TwHl7Piece identifier,
              TwHl7Piece system)
{
  if (tw_hl7_piece_equal (system, "MDC"))
    return parse_mdc (identifier);
  if (tw_hl7_piece_equal (system, "MDIL"))
    return parse_mdil (identifier);
  return 0;
}

static TwHl7Code
look_up (const TwHl7Codes *codes,
         TwHl7Piece        identifier,
         TwHl7Piece        system)
{
  TwHl7Code code = { TW_CHANNEL_NONE, 0 };
  guint32 number = parse_number (identifier, system);
  const TwHl7Code *found = NULL;

  if (number != 0)
    found = g_hash_table_lookup (codes->channels, GUINT_TO_POINTER (number));
  if (found != NULL)
    return *found;
  if (is_system (system, "LN", "LOINC"))
    code.channel = tw_channel_from_loinc (identifier.text, (gssize) identifier.length);
  return code;
}

gboolean
tw_hl7_codes_find (const TwHl7Codes      *codes,
                   TwHl7Piece             element,
                   const TwHl7Separators *separators,
                   TwHl7Code             *code)
{
  TwHl7Piece parts[6];
  TwHl7Code other;

  tw_hl7_split (element, separators->component, parts, G_N_ELEMENTS (parts));
  *code = look_up (codes, tw_hl7_trim (parts[0]), tw_hl7_trim (parts[2]));
  other = look_up (codes, tw_hl7_trim (parts[3]), tw_hl7_trim (parts[5]));
  if (code->channel == TW_CHANNEL_NONE)
    *code = other;
  return other.channel == TW_CHANNEL_NONE || other.channel == code->channel;
}

static TwUnit
look_up_name (const TwHl7Codes *codes,
              const char       *system,
              TwHl7Piece        name)
{
  char key[64];

  if (name.length == 0 || name.length > 40)
    return TW_UNIT_UNKNOWN;
  g_snprintf (key, sizeof key, "%s %.*s", system, (int) name.length, name.text);
  return (TwUnit) GPOINTER_TO_INT (g_hash_table_lookup (codes->names, key));
}

/* An MDC number, MDIL, the reference name of MDC ("MDC_DIM_MMHG"), UCUM (also where no system is
 * said: its codes are not mistaken for others), or a code of ISO+ that is in the table. */
static TwUnit
look_up_unit (const TwHl7Codes *codes,
              TwHl7Piece        identifier,
              TwHl7Piece        system)
{
  guint32 number = parse_number (identifier, system);

  if (number != 0)
    return (TwUnit) GPOINTER_TO_INT (g_hash_table_lookup (codes->numbers,
                                                          GUINT_TO_POINTER (number)));
  if (identifier.length == 0)
    return TW_UNIT_UNKNOWN;
  if (is_system (system, "UCUM", ""))
    {
      TwUnit unit = tw_unit_from_ucum (identifier.text, (gssize) identifier.length);
      if (unit != TW_UNIT_UNKNOWN)
        return unit;
    }
  if (is_system (system, "ISO+", "ISO"))
    return look_up_name (codes, "ISO+", identifier);
  if (is_system (system, "MDC", ""))
    return look_up_name (codes, "MDC", identifier);
  return TW_UNIT_UNKNOWN;
}

gboolean
tw_hl7_codes_find_unit (const TwHl7Codes      *codes,
                        TwHl7Piece             element,
                        const TwHl7Separators *separators,
                        TwUnit                *unit)
{
  TwHl7Piece parts[6];
  TwUnit other;

  tw_hl7_split (element, separators->component, parts, G_N_ELEMENTS (parts));
  *unit = look_up_unit (codes, tw_hl7_trim (parts[0]), tw_hl7_trim (parts[2]));
  other = look_up_unit (codes, tw_hl7_trim (parts[3]), tw_hl7_trim (parts[5]));
  if (*unit == TW_UNIT_UNKNOWN)
    *unit = other;
  return other == TW_UNIT_UNKNOWN || other == *unit;
}
