/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The durable journal: what counts once, what survives, and what is said when it cannot be kept. */
#include "config.h"

#include "tw-crc32c.h"
#include "tw-intake-log.h"
#include "tw-observation.h"
#include "tw-test.h"
#include "tw-time.h"

#include <glib/gstdio.h>
#include <math.h>
#include <sqlite3.h>
#include <string.h>

#define T0 (G_GINT64_CONSTANT (1795356130000000))
#define SOURCE "urn:monitor:7"

typedef struct
{
  char *folder, *path;
} Place;

static void
place_init (Place *place)
{
  g_autoptr (GError) error = NULL;

  place->folder = g_dir_make_tmp ("twinward-intake-XXXXXX", &error);
  g_assert_no_error (error);
  place->path = g_build_filename (place->folder, "ward.db", NULL);
}

static void
place_clear (Place *place)
{
  static const char *const ends[] = { "", "-wal", "-shm" };

  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *path = g_strconcat (place->path, ends[i], NULL);
      g_unlink (path);
    }
  g_rmdir (place->folder);
  g_free (place->folder);
  g_free (place->path);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Place, place_clear)

static TwStore *
open_store (const Place *place)
{
  g_autoptr (GError) error = NULL;
  TwStore *store = tw_store_open (place->path, NULL, &error);

  g_assert_no_error (error);
  return store;
}

typedef struct
{
  TwStore *store;
  TwIntakeReceipt receipt;
  GError *error;
  gboolean done;
} Commit;

static void
on_commit (GObject *object,
           GAsyncResult *result,
           gpointer data)
{
  Commit *commit = data;

  tw_intake_log_commit_finish (commit->store, result, &commit->receipt, &commit->error);
  commit->done = TRUE;
}

static TwIntakeReceipt
commit_now (TwStore *store,
            TwIntakeBatch *batch,
            GError **error)
{
  Commit commit = { .store = store };

  tw_intake_log_commit_async (store, batch, on_commit, &commit);
  while (!commit.done)
    g_main_context_iteration (NULL, TRUE);
  if (commit.error != NULL)
    g_propagate_error (error, commit.error);
  return commit.receipt;
}

/* A message with one heart rate; pseq 0: it goes by name. */
static void
add (TwIntakeBatch *batch,
     gint64 pseq,
     const char *name,
     gint64 t_us,
     double value)
{
  TwIntakeValue rate = { value, TW_CHANNEL_HEART_RATE, TW_UNIT_PER_MIN, 0, 0 };
  TwIntakeMessage message = { pseq, name, "p-1", NULL, t_us, t_us + TW_SECOND, 1, &rate };

  tw_intake_batch_add (batch, &message);
}

static TwIntakeReceipt
send (TwStore *store,
      gint64 epoch,
      gint64 pseq,
      gint64 t_us,
      double value)
{
  g_autoptr (TwIntakeBatch) batch = tw_intake_batch_new (SOURCE, epoch);
  g_autoptr (GError) error = NULL;
  TwIntakeReceipt receipt;

  add (batch, pseq, NULL, t_us, value);
  receipt = commit_now (store, batch, &error);
  g_assert_no_error (error);
  return receipt;
}

typedef struct
{
  guint n_ticks, n_values;
  gint64 last_seq, last_t_us;
  double last;
  guint8 flags;
} Found;

static void
on_tick (gint64 seq,
         const char *source,
         const TwIntakeMessage *message,
         gpointer data)
{
  Found *found = data;

  g_assert_cmpint (seq, >, found->last_seq);
  g_assert_cmpstr (source, !=, NULL);
  g_assert_cmpstr (message->patient, ==, "p-1");
  found->last_seq = seq;
  found->n_ticks++;
  found->n_values += message->n;
  found->last = message->values[message->n - 1].value;
  found->flags = message->values[message->n - 1].flags;
  found->last_t_us = message->t_us;
  g_assert_cmpint (message->rx_us, >=, message->t_us);
}

static Found
read_back (TwStore *store,
           gint64 from_us)
{
  Found found = { 0 };
  g_autoptr (GError) error = NULL;

  tw_intake_log_read_ticks (store, G_MAXINT64, from_us, on_tick, &found, &error);
  g_assert_no_error (error);
  return found;
}

static void
test_once (void)
{
  /* epoch, number -> whether new, and how far the source is settled. */
  static const struct
  {
    gint64 epoch, pseq, hwm;
    guint n_new, n_beyond;
  } rows[] = {
    { 5, 1, 1, 1, 0 },      { 5, 2, 2, 1, 0 }, { 5, 2, 2, 0, 0 }, { 5, 1, 2, 0, 0 },
    { 5, 4, 2, 1, 0 },      { 5, 6, 2, 1, 0 }, { 5, 4, 2, 0, 0 }, { 5, 3, 4, 1, 0 },
    { 5, 4, 4, 0, 0 },      { 5, 5, 6, 1, 0 }, { 5, 100007, 6, 0, 1 }, { 5, 100006, 6, 1, 0 },
    { 5, 7, 7, 1, 0 },      { 8, 1, 1, 1, 0 }, { 8, 100006, 1, 0, 1 }, { 8, 3, 1, 1, 0 },
    { 8, 2, 3, 1, 0 },
  };
  g_auto (Place) place = { NULL };
  guint n_new = 0;

  place_init (&place);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      /* Opened anew each time: nothing of this may live in memory alone. */
      g_autoptr (TwStore) store = open_store (&place);
      TwIntakeReceipt receipt = send (store, rows[i].epoch, rows[i].pseq,
                                      T0 + (gint64) i * TW_SECOND, 70.5 + (double) i);

      g_test_message ("row %zu", i);
      n_new += rows[i].n_new;
      g_assert_cmpuint (receipt.n_new, ==, rows[i].n_new);
      g_assert_cmpuint (receipt.n_beyond, ==, rows[i].n_beyond);
      g_assert_cmpuint (receipt.n_known, ==, 1 - rows[i].n_new - rows[i].n_beyond);
      g_assert_cmpint (receipt.epoch, ==, rows[i].epoch);
      g_assert_cmpint (receipt.hwm, ==, rows[i].hwm);
      g_assert_cmpuint (read_back (store, 0).n_ticks, ==, n_new);
    }
}

static void
test_epoch (void)
{
  g_auto (Place) place = { NULL };
  g_autoptr (TwStore) store = NULL;
  g_autoptr (TwIntakeBatch) old = tw_intake_batch_new (SOURCE, 4);
  g_autoptr (TwIntakeBatch) other = tw_intake_batch_new ("urn:monitor:8", 4);
  g_autoptr (GError) error = NULL;
  TwIntakeReceipt receipt;

  place_init (&place);
  store = open_store (&place);
  send (store, 5, 1, T0, 71.5);
  add (old, 2, NULL, T0 + TW_SECOND, 72.5);
  receipt = commit_now (store, old, &error);
  g_assert_error (error, TW_STORE_ERROR, TW_STORE_ERROR_EPOCH);
  g_assert_cmpint (receipt.epoch, ==, 5);
  g_assert_cmpint (receipt.hwm, ==, 1);
  g_clear_error (&error);
  /* Another source counts for itself. */
  add (other, 1, NULL, T0, 73.5);
  receipt = commit_now (store, other, &error);
  g_assert_no_error (error);
  g_assert_cmpint (receipt.epoch, ==, 4);
  g_assert_cmpuint (receipt.n_new, ==, 1);
  g_assert_cmpuint (read_back (store, 0).n_ticks, ==, 2);
}

static void
test_names (void)
{
  g_auto (Place) place = { NULL };
  g_autoptr (TwStore) store = NULL;
  g_autoptr (GError) error = NULL;

  place_init (&place);
  store = open_store (&place);
  for (int i = 0; i < 3; i++)
    {
      g_autoptr (TwIntakeBatch) batch = tw_intake_batch_new (SOURCE, 0);
      TwIntakeReceipt receipt;

      add (batch, 0, "MSG00042#1", T0, 71.5);
      add (batch, 0, "MSG00042#2", T0 + TW_SECOND, 72.5);
      receipt = commit_now (store, batch, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (receipt.n_new, ==, i == 0 ? 2 : 0);
      g_assert_cmpuint (receipt.n_known, ==, i == 0 ? 0 : 2);
      g_assert_true (tw_intake_batch_is_new (batch, 1) == (i == 0));
      g_assert_cmpint (receipt.hwm, ==, 0);
    }
  g_assert_cmpuint (read_back (store, 0).n_values, ==, 2);
}

/* One value per channel, instant and source: another one corrects it, the same one says nothing. */
static void
test_one_value (void)
{
  g_auto (Place) place = { NULL };
  g_autoptr (TwStore) store = NULL;
  Found found;

  place_init (&place);
  store = open_store (&place);
  send (store, 1, 1, T0, 71.5);
  send (store, 1, 2, T0 + TW_SECOND, 80.25);
  send (store, 1, 3, T0, 71.5);
  found = read_back (store, 0);
  g_assert_cmpuint (found.n_values, ==, 2);
  g_assert_cmpint (found.last_seq, ==, 2);
  send (store, 1, 4, T0, 72.385);
  found = read_back (store, 0);
  g_assert_cmpuint (found.n_ticks, ==, 2);
  g_assert_cmpint (found.last_seq, ==, 3);
  g_assert_cmpint (found.last_t_us, ==, T0);
  g_assert_cmpfloat (found.last, ==, 72.385);
  g_assert_cmpuint (found.flags, ==, TW_OBSERVATION_CORRECTED);
  /* From a time on, and after a number. */
  g_assert_cmpuint (read_back (store, T0 + 1).n_ticks, ==, 1);
}

static void
test_refused (void)
{
  g_auto (Place) place = { NULL };
  g_autoptr (TwStore) store = NULL;
  g_autoptr (TwIntakeBatch) batch = tw_intake_batch_new (SOURCE, 1);
  g_autoptr (GError) error = NULL;
  TwIntakeReceipt receipt;

  place_init (&place);
  store = open_store (&place);
  add (batch, 1, NULL, T0, 71.5);
  tw_intake_batch_refuse (batch, 2);
  add (batch, 3, NULL, T0 + TW_SECOND, 72.5);
  receipt = commit_now (store, batch, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (receipt.n_new, ==, 2);
  g_assert_cmpint (receipt.hwm, ==, 3);
}

static void
on_patient (const TwPatientFields *fields,
            gint64 first_us,
            gint64 last_us,
            gpointer data)
{
  guint *n = data;

  g_assert_cmpstr (fields->id, ==, "p-1");
  g_assert_cmpstr (fields->bed, ==, "12");
  g_assert_cmpstr (fields->family, ==, "TEST");
  g_assert_cmpint (fields->sex, ==, TW_SEX_FEMALE);
  g_assert_cmpint (fields->birth_year, ==, 1961);
  g_assert_cmpint (first_us, ==, T0 - TW_SECOND);
  g_assert_cmpint (last_us, ==, T0 + TW_SECOND);
  (*n)++;
}

/* What is not said again stays. */
static void
test_patient (void)
{
  g_auto (Place) place = { NULL };
  g_autoptr (TwStore) store = NULL;
  g_autoptr (TwIntakeBatch) batch = tw_intake_batch_new (SOURCE, 1);
  g_autoptr (GError) error = NULL;
  TwPatientFields first = { .bed = (char *) "11", .family = (char *) "TEST",
                            .sex = TW_SEX_FEMALE, .birth_year = 1961 };
  TwPatientFields second = { .bed = (char *) "12" };
  TwIntakeMessage messages[] = {
    { 1, NULL, "p-1", &first, T0, T0, 0, NULL },
    { 2, NULL, "p-1", &second, T0 + TW_SECOND, T0, 0, NULL },
    { 3, NULL, "p-1", NULL, T0 - TW_SECOND, T0, 0, NULL },
  };
  guint n = 0;

  place_init (&place);
  store = open_store (&place);
  for (gsize i = 0; i < G_N_ELEMENTS (messages); i++)
    tw_intake_batch_add (batch, &messages[i]);
  commit_now (store, batch, &error);
  g_assert_no_error (error);
  tw_intake_log_read_patients (store, on_patient, &n, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (read_back (store, 0).n_ticks, ==, 0);
}

/* Many at once share commits; each is told once, in order of its source. */
static void
test_many (void)
{
  g_auto (Place) place = { NULL };
  g_autoptr (TwStore) store = NULL;
  static Commit commits[2000];

  place_init (&place);
  store = open_store (&place);
  for (gsize i = 0; i < G_N_ELEMENTS (commits); i++)
    {
      g_autoptr (TwIntakeBatch) batch = tw_intake_batch_new (SOURCE, 1);
      commits[i] = (Commit) { .store = store };
      add (batch, (gint64) i + 1, NULL, T0 + (gint64) i * TW_SECOND, 60.5);
      tw_intake_log_commit_async (store, batch, on_commit, &commits[i]);
    }
  while (!commits[G_N_ELEMENTS (commits) - 1].done)
    g_main_context_iteration (NULL, TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (commits); i++)
    {
      g_assert_true (commits[i].done);
      g_assert_no_error (commits[i].error);
      g_assert_cmpint (commits[i].receipt.hwm, ==, (gint64) i + 1);
    }
  g_assert_cmpuint (read_back (store, 0).n_ticks, ==, G_N_ELEMENTS (commits));
}

/* A store at its ceiling refuses in words, keeps what it acknowledged, and goes on with room. */
static void
test_full (void)
{
  g_auto (Place) place = { NULL };
  TwStoreOptions options = { .max_bytes = 256 * 1024 };
  g_autoptr (TwStore) store = NULL;
  g_autoptr (GError) error = NULL;
  gint64 acknowledged = 0;

  place_init (&place);
  store = tw_store_open (place.path, &options, &error);
  g_assert_no_error (error);
  while (error == NULL)
    {
      g_autoptr (TwIntakeBatch) batch = tw_intake_batch_new (SOURCE, 1);
      for (gint64 i = 1; i <= 50; i++)
        add (batch, acknowledged + i, NULL, T0 + (acknowledged + i) * TW_SECOND, 60.5);
      commit_now (store, batch, &error);
      if (error == NULL)
        acknowledged += 50;
    }
  g_assert_error (error, TW_STORE_ERROR, TW_STORE_ERROR_FULL);
  g_assert_nonnull (strstr (error->message, "no room"));
  g_assert_cmpint (acknowledged, >, 100);
  g_assert_cmpuint (read_back (store, 0).n_ticks, ==, acknowledged);
  g_clear_pointer (&store, tw_store_close);
  g_clear_error (&error);

  options.max_bytes *= 2;
  store = tw_store_open (place.path, &options, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (read_back (store, 0).n_ticks, ==, acknowledged);
  g_assert_cmpint (send (store, 1, acknowledged + 1, T0, 61.5).hwm, ==, acknowledged + 1);
}

static void
run_sql (const Place *place,
         const char *sql)
{
  sqlite3 *handle = NULL;

  g_assert_cmpint (sqlite3_open (place->path, &handle), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (handle, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (handle);
}

/* Opening fails in words, and the file is left byte for byte as it was. */
static void
refuse (const Place *place,
        TwStoreError code,
        const char *words)
{
  g_autofree char *before = NULL, *after = NULL;
  g_autoptr (GError) error = NULL;
  gsize n_before, n_after;

  g_assert_true (g_file_get_contents (place->path, &before, &n_before, NULL));
  g_assert_null (tw_store_open (place->path, NULL, &error));
  g_assert_error (error, TW_STORE_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, words));
  g_assert_true (g_file_get_contents (place->path, &after, &n_after, NULL));
  g_assert_cmpmem (before, n_before, after, n_after);
}

static void
test_strangers (void)
{
  g_auto (Place) text = { NULL };
  g_auto (Place) foreign = { NULL };
  g_auto (Place) newer = { NULL };
  Place nowhere = { NULL, (char *) "/nonexistent/folder/ward.db" };
  g_autoptr (GError) error = NULL;

  place_init (&text);
  g_assert_true (g_file_set_contents (text.path, "patient,time,channel,value,unit\nno database "
                                                 "at all, but long enough to have a header of 100 "
                                                 "bytes or more, as a database has\n", -1, NULL));
  refuse (&text, TW_STORE_ERROR_FOREIGN, "not a store of Twinward");

  place_init (&foreign);
  run_sql (&foreign, "CREATE TABLE bookmarks (url TEXT)");
  refuse (&foreign, TW_STORE_ERROR_FOREIGN, "not a store of Twinward");

  place_init (&newer);
  tw_store_close (open_store (&newer));
  run_sql (&newer, "PRAGMA user_version=9999; PRAGMA journal_mode=DELETE");
  g_assert_null (tw_store_open (newer.path, NULL, &error));
  g_assert_error (error, TW_STORE_ERROR, TW_STORE_ERROR_NEWER);
  g_clear_error (&error);

  g_assert_null (tw_store_open (nowhere.path, NULL, &error));
  g_assert_error (error, TW_STORE_ERROR, TW_STORE_ERROR_OPEN);
}

static void
test_in_use (void)
{
  g_auto (Place) place = { NULL };
  g_autoptr (TwStore) store = NULL;
  g_autoptr (GError) error = NULL;
  GStatBuf status;

  place_init (&place);
  store = open_store (&place);
  g_assert_null (tw_store_open (place.path, NULL, &error));
  g_assert_error (error, TW_STORE_ERROR, TW_STORE_ERROR_IN_USE);
  g_assert_cmpint (g_stat (place.path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
}

/* A changed byte of a stored value is found, and never becomes a number. */
static void
test_damage (void)
{
  g_auto (Place) place = { NULL };
  g_autoptr (TwStore) store = NULL;
  g_autoptr (GError) error = NULL;
  Found found = { 0 };

  place_init (&place);
  store = open_store (&place);
  send (store, 1, 1, T0, 71.5);
  send (store, 1, 2, T0 + TW_SECOND, 72.5);
  g_clear_pointer (&store, tw_store_close);
  run_sql (&place, "UPDATE tick SET body = x'010000000000000000e05140' WHERE seq = 2");
  store = open_store (&place);
  g_assert_false (tw_intake_log_read_ticks (store, 0, 0, on_tick, &found, &error));
  g_assert_error (error, TW_STORE_ERROR, TW_STORE_ERROR_DAMAGED);
  g_assert_cmpuint (found.n_ticks, ==, 1);
}

typedef struct
{
  TwStore *store;
  gboolean done, more;
} Pruning;

static void
on_pruned (GObject *object,
           GAsyncResult *result,
           gpointer data)
{
  Pruning *pruning = data;
  g_autoptr (GError) error = NULL;

  tw_intake_log_prune_finish (pruning->store, result, &pruning->more, &error);
  g_assert_no_error (error);
  pruning->done = TRUE;
}

/* Forgotten ticks do not come back when they are sent again. */
static void
test_prune (void)
{
  g_auto (Place) place = { NULL };
  g_autoptr (TwStore) store = NULL;
  Pruning pruning = { 0 };

  place_init (&place);
  pruning.store = store = open_store (&place);
  for (int i = 1; i <= 10; i++)
    send (store, 1, i, T0 + i * TW_MINUTE, 60.5);
  tw_intake_log_prune_async (store, T0 + 7 * TW_MINUTE, 5, on_pruned, &pruning);
  while (!pruning.done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (pruning.more);
  g_assert_cmpuint (read_back (store, 0).n_ticks, ==, 5);
  g_assert_cmpuint (send (store, 1, 2, T0 + 2 * TW_MINUTE, 60.5).n_known, ==, 1);
  g_assert_cmpuint (read_back (store, 0).n_ticks, ==, 5);
}

static void
test_checksum (void)
{
  g_assert_cmphex (tw_crc32c ("123456789", 9), ==, 0xe3069283);
  g_assert_cmphex (tw_crc32c ("", 0), ==, 0);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/io/store/intake-log/checksum", test_checksum);
  g_test_add_func ("/io/store/intake-log/once", test_once);
  g_test_add_func ("/io/store/intake-log/epoch", test_epoch);
  g_test_add_func ("/io/store/intake-log/names", test_names);
  g_test_add_func ("/io/store/intake-log/one-value", test_one_value);
  g_test_add_func ("/io/store/intake-log/refused", test_refused);
  g_test_add_func ("/io/store/intake-log/patient", test_patient);
  g_test_add_func ("/io/store/intake-log/many", test_many);
  g_test_add_func ("/io/store/intake-log/full", test_full);
  g_test_add_func ("/io/store/intake-log/strangers", test_strangers);
  g_test_add_func ("/io/store/intake-log/in-use", test_in_use);
  g_test_add_func ("/io/store/intake-log/damage", test_damage);
  g_test_add_func ("/io/store/intake-log/prune", test_prune);
  return g_test_run ();
}
