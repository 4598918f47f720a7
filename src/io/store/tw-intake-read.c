/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading the journal back: the bytes of a tick, the patients, all ticks in the order they came.
 *
 * A tick's body has 12 bytes a value, little-endian: u16 row of the channel table, u8 quality, u8
 * flags, f64 value. */
#include "config.h"

#include "tw-intake-private.h"

#include "tw-store-private.h"

#include <string.h>

#define VALUE_BYTES 12
#define PAGE_ROWS 2000

G_STATIC_ASSERT (sizeof (double) == 8);

static gboolean
number_of (TwDatabase *database,
           const TwIntakeValue *value,
           gint64 *number,
           GError **error)
{
  return tw_database_number (database, 0, number, error,
                             "SELECT id FROM channel WHERE name = ? AND ucum = ?", "tt",
                             tw_channel_info (value->channel)->name, tw_unit_ucum (value->unit));
}

gboolean
tw_intake_body_write (TwDatabase *database,
                      const TwIntakeValue *values,
                      guint n,
                      GByteArray *body,
                      GError **error)
{
  for (guint i = 0; i < n; i++)
    {
      guint8 bytes[VALUE_BYTES];
      guint64 word;
      gint64 number;

      if (!number_of (database, &values[i], &number, error))
        return FALSE;
      if (number <= 0 || number > G_MAXUINT16)
        {
          g_set_error_literal (error, TW_STORE_ERROR, TW_STORE_ERROR_FAILED,
                               "a value's unit is not one of its channel");
          return FALSE;
        }
      memcpy (&word, &values[i].value, sizeof word);
      word = GUINT64_TO_LE (word);
      bytes[0] = (guint8) number;
      bytes[1] = (guint8) (number >> 8);
      bytes[2] = values[i].quality;
      bytes[3] = values[i].flags;
      memcpy (bytes + 4, &word, sizeof word);
      g_byte_array_append (body, bytes, sizeof bytes);
    }
  return TRUE;
}

static gboolean
name_of (TwDatabase *database,
         gint64 number,
         TwIntakeValue *value,
         GError **error)
{
  sqlite3_stmt *row = tw_database_prepare (database, error,
                                           "SELECT name, ucum FROM channel WHERE id = ?", "i",
                                           number);
  TwStep step;

  if (row == NULL || (step = tw_database_step (database, row, error)) == TW_STEP_ERROR)
    return FALSE;
  if (step == TW_STEP_DONE)
    return tw_database_set_damaged (database, "channel", error);
  value->channel = tw_channel_from_name ((const char *) sqlite3_column_text (row, 0));
  value->unit = tw_unit_from_ucum ((const char *) sqlite3_column_text (row, 1), -1);
  sqlite3_reset (row);
  if (value->channel == TW_CHANNEL_NONE || value->unit == TW_UNIT_UNKNOWN)
    return tw_database_set_damaged (database, "channel", error);
  return TRUE;
}

gboolean
tw_intake_body_read (TwDatabase *database,
                     sqlite3_stmt *row,
                     int column,
                     guint32 crc,
                     TwIntakeValue *values,
                     guint *n,
                     GError **error)
{
  const guint8 *bytes = sqlite3_column_blob (row, column);
  gsize size = (gsize) sqlite3_column_bytes (row, column);

  if (size % VALUE_BYTES != 0 || size / VALUE_BYTES > TW_INTAKE_MAX_VALUES
      || tw_crc32c (bytes, size) != crc)
    return tw_database_set_damaged (database, "checksum", error);
  *n = (guint) (size / VALUE_BYTES);
  for (guint i = 0; i < *n; i++, bytes += VALUE_BYTES)
    {
      guint64 word;

      memcpy (&word, bytes + 4, sizeof word);
      word = GUINT64_FROM_LE (word);
      memcpy (&values[i].value, &word, sizeof word);
      values[i].quality = bytes[2];
      values[i].flags = bytes[3];
      if (!name_of (database, bytes[0] | (gint64) bytes[1] << 8, &values[i], error))
        return FALSE;
    }
  return TRUE;
}

typedef struct
{
  TwIntakePatientFunc on_patient;
  TwIntakeTickFunc on_tick;
  gpointer user_data;
  gint64 at_seq, after_seq, from_us;
  gboolean more;
} Reading;

static char *
text_of (sqlite3_stmt *row,
         int column)
{
  return (char *) sqlite3_column_text (row, column);
}

static gboolean
read_patients (TwDatabase *database,
               gpointer data,
               GError **error)
{
  const Reading *reading = data;
  sqlite3_stmt *row = tw_database_prepare (
      database, error,
      "SELECT puid, family, given, identifier, bed, ward, sex, birth_year, birth_month, birth_day,"
      " first_us, last_us FROM patient ORDER BY id", "");
  TwStep step;

  if (row == NULL)
    return FALSE;
  while ((step = tw_database_step (database, row, error)) == TW_STEP_ROW)
    {
      TwPatientFields fields = {
        .id = text_of (row, 0),
        .family = text_of (row, 1),
        .given = text_of (row, 2),
        .identifier = text_of (row, 3),
        .bed = text_of (row, 4),
        .ward = text_of (row, 5),
        .sex = (TwSex) CLAMP (sqlite3_column_int (row, 6), TW_SEX_UNKNOWN, TW_SEX_OTHER),
        .birth_year = sqlite3_column_int (row, 7),
        .birth_month = sqlite3_column_int (row, 8),
        .birth_day = sqlite3_column_int (row, 9),
        .age_years = -1,
        .weight_kg = (double) __builtin_nanf (""),
      };
      reading->on_patient (&fields, sqlite3_column_int64 (row, 10), sqlite3_column_int64 (row, 11),
                           reading->user_data);
    }
  return step == TW_STEP_DONE;
}

gboolean
tw_intake_log_read_patients (TwStore *store,
                             TwIntakePatientFunc func,
                             gpointer user_data,
                             GError **error)
{
  Reading reading = { .on_patient = func, .user_data = user_data };

  g_return_val_if_fail (store != NULL && func != NULL, FALSE);

  return tw_store_run_and_wait (store, read_patients, &reading, error);
}

/* A page of rows at a time: a statement that is left open would hold the journal's file. */
static gboolean
read_page (TwDatabase *database,
           gpointer data,
           GError **error)
{
  Reading *reading = data;
  guint n_rows = 0;
  sqlite3_stmt *row = tw_database_prepare (
      database, error,
      "SELECT tick.seq, source.uri, patient.puid, tick.t_us, tick.rx_us, tick.body, tick.crc"
      " FROM tick JOIN source ON source.id = tick.source JOIN patient ON patient.id = tick.patient"
      " WHERE tick.seq > ? AND (tick.t_us >= ? OR tick.seq > ?) ORDER BY tick.seq"
      " LIMIT " G_STRINGIFY (PAGE_ROWS),
      "iii", reading->at_seq, reading->from_us, reading->after_seq);
  TwStep step;

  if (row == NULL)
    return FALSE;
  while ((step = tw_database_step (database, row, error)) == TW_STEP_ROW)
    {
      TwIntakeValue values[TW_INTAKE_MAX_VALUES];
      TwIntakeMessage message = {
        .patient = text_of (row, 2),
        .t_us = sqlite3_column_int64 (row, 3),
        .rx_us = sqlite3_column_int64 (row, 4),
        .values = values,
      };

      reading->at_seq = sqlite3_column_int64 (row, 0);
      if (!tw_intake_body_read (database, row, 5, (guint32) sqlite3_column_int64 (row, 6), values,
                                &message.n, error))
        return FALSE;
      reading->on_tick (reading->at_seq, text_of (row, 1), &message, reading->user_data);
      n_rows++;
    }
  reading->more = n_rows == PAGE_ROWS;
  return step == TW_STEP_DONE;
}

gboolean
tw_intake_log_read_ticks (TwStore *store,
                          gint64 after_seq,
                          gint64 from_us,
                          TwIntakeTickFunc func,
                          gpointer user_data,
                          GError **error)
{
  Reading reading = { .on_tick = func, .user_data = user_data, .after_seq = after_seq,
                      .from_us = from_us };

  g_return_val_if_fail (store != NULL && func != NULL, FALSE);

  do
    if (!tw_store_run_and_wait (store, read_page, &reading, error))
      return FALSE;
  while (reading.more);
  return TRUE;
}
