/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of a gateway's store, by user_version: each step is applied once, in order, in one
 * transaction with its number. */
#include "config.h"

#include "tw-store-private.h"

#include "tw-channel.h"
#include "tw-unit.h"

#include <glib/gi18n-lib.h>

/* A source counts its messages; all up to hwm of its epoch are in. Those beyond a hole, and those
 * that go by a name instead, have a row in message. A tick holds one value per channel of a patient,
 * an instant and a source; a change gives it a new seq, so that who reads on by seq sees it. */
static const char *const steps[] = {
  "CREATE TABLE source (id INTEGER PRIMARY KEY, uri TEXT NOT NULL UNIQUE, epoch INTEGER NOT NULL,"
  " hwm INTEGER NOT NULL, n_beyond INTEGER NOT NULL DEFAULT 0);"
  "CREATE TABLE message (source INTEGER NOT NULL REFERENCES source, epoch INTEGER NOT NULL,"
  " pseq NOT NULL, rx_us INTEGER NOT NULL, PRIMARY KEY (source, epoch, pseq)) WITHOUT ROWID;"
  "CREATE INDEX message_age ON message (rx_us);"
  "CREATE TABLE patient (id INTEGER PRIMARY KEY, puid TEXT NOT NULL UNIQUE, family TEXT, given TEXT,"
  " identifier TEXT, bed TEXT, ward TEXT, sex INTEGER NOT NULL DEFAULT 0,"
  " birth_year INTEGER NOT NULL DEFAULT 0, birth_month INTEGER NOT NULL DEFAULT 0,"
  " birth_day INTEGER NOT NULL DEFAULT 0, first_us INTEGER NOT NULL, last_us INTEGER NOT NULL);"
  "CREATE TABLE channel (id INTEGER PRIMARY KEY, name TEXT NOT NULL, ucum TEXT NOT NULL,"
  " UNIQUE (name, ucum));"
  "CREATE TABLE tick (seq INTEGER PRIMARY KEY AUTOINCREMENT,"
  " source INTEGER NOT NULL REFERENCES source, patient INTEGER NOT NULL REFERENCES patient,"
  " t_us INTEGER NOT NULL, rx_us INTEGER NOT NULL, body BLOB NOT NULL, crc INTEGER NOT NULL,"
  " UNIQUE (patient, t_us, source));",

  /* The way to another server: facts are its name, how far the journal is in, a running number. */
  "CREATE TABLE outbox (id TEXT PRIMARY KEY, rank INTEGER NOT NULL, change INTEGER NOT NULL,"
  " body BLOB NOT NULL, why TEXT) WITHOUT ROWID;"
  "CREATE INDEX outbox_order ON outbox (rank, change) WHERE why IS NULL;"
  "CREATE INDEX outbox_refused ON outbox (id) WHERE why IS NOT NULL;"
  "CREATE TABLE grid (patient TEXT NOT NULL, channel TEXT NOT NULL, from_us INTEGER NOT NULL,"
  " period_us INTEGER NOT NULL, PRIMARY KEY (patient, channel, from_us)) WITHOUT ROWID;"
  "CREATE TABLE remote (target TEXT NOT NULL, id TEXT NOT NULL, remote TEXT NOT NULL,"
  " PRIMARY KEY (target, id)) WITHOUT ROWID;"
  "CREATE TABLE fact (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;"
  "INSERT INTO fact VALUES ('cursor', 0), ('change', 0), ('name', lower (hex (randomblob (8))));",
};

#define VERSION ((gint64) G_N_ELEMENTS (steps))

/* Stored by name and unit, never by the program's own numbers. */
static gboolean
name_channels (TwDatabase *database,
               GError **error)
{
  for (int channel = 0; channel < TW_N_CHANNELS; channel++)
    for (int unit = TW_UNIT_NONE; unit < TW_N_UNITS; unit++)
      {
        const TwChannelInfo *info = tw_channel_info ((TwChannel) channel);
        double unused;

        if (tw_unit_convert (1.0, (TwUnit) unit, info->unit, &unused)
            && !tw_database_run (database, error,
                                 "INSERT OR IGNORE INTO channel (name, ucum) VALUES (?, ?)", "tt",
                                 info->name, tw_unit_ucum ((TwUnit) unit)))
          return FALSE;
      }
  return TRUE;
}

static gboolean
bring_up_to_date (TwDatabase *database,
                  gint64 version,
                  GError **error)
{
  for (; version < VERSION; version++)
    {
      g_autofree char *number = g_strdup_printf ("PRAGMA user_version=%" G_GINT64_FORMAT, version + 1);
      if (!tw_database_execute (database, steps[version], error)
          || !tw_database_execute (database, number, error))
        return FALSE;
    }
  return name_channels (database, error);
}

gboolean
tw_store_schema_prepare (TwDatabase *database,
                         GError **error)
{
  gint64 version;

  if (!tw_database_number (database, 0, &version, error, "PRAGMA user_version", ""))
    return FALSE;
  if (version < 0 || version > VERSION)
    {
      g_set_error_literal (error, TW_STORE_ERROR, TW_STORE_ERROR_NEWER,
                           _("This store was made by a newer version of Twinward. "
                             "Update the gateway, or start with another file."));
      return FALSE;
    }
  if (!tw_database_execute (database, "BEGIN IMMEDIATE", error))
    return FALSE;
  if (bring_up_to_date (database, version, error) && tw_database_execute (database, "COMMIT", error))
    return TRUE;
  if (tw_database_in_transaction (database))
    tw_database_execute (database, "ROLLBACK", NULL /* best effort: the cause is told */);
  return FALSE;
}
