/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The door for monitors as the command line asks for it: what it needs, and what it says when that is
 * not there. */
#include "config.h"

#include "tw-monitors.h"

#include <glib/gstdio.h>

typedef struct
{
  char *folder, *store_path, *text_path;
  TwStore *store;
  TwIngest *ingest;
} Bench;

static void
bench_init (Bench *bench)
{
  g_autoptr (GError) error = NULL;

  bench->folder = g_dir_make_tmp ("twinward-monitors-XXXXXX", &error);
  g_assert_no_error (error);
  bench->store_path = g_build_filename (bench->folder, "ward.db", NULL);
  bench->text_path = g_build_filename (bench->folder, "not.pem", NULL);
  g_assert_true (g_file_set_contents (bench->text_path, "no certificate\n", -1, NULL));
  bench->store = tw_store_open (bench->store_path, NULL, &error);
  g_assert_no_error (error);
  bench->ingest = tw_ingest_new (bench->store);
}

static void
bench_clear (Bench *bench)
{
  static const char *const ends[] = { "ward.db", "ward.db-wal", "ward.db-shm", "not.pem" };

  g_clear_pointer (&bench->ingest, tw_ingest_free);
  g_clear_pointer (&bench->store, tw_store_close);
  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *path = g_build_filename (bench->folder, ends[i], NULL);
      g_unlink (path);
    }
  g_rmdir (bench->folder);
  g_free (bench->folder);
  g_free (bench->store_path);
  g_free (bench->text_path);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Bench, bench_clear)

static void
test_refused (void)
{
  g_auto (Bench) bench = { 0 };
  g_autoptr (TwMonitors) first = NULL;
  g_autoptr (GError) error = NULL;
  TwMonitorsOptions good = { .bind = "127.0.0.1", .processing = 'P' };

  bench_init (&bench);
  good.ingest = bench.ingest;
  first = tw_monitors_new (&good, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tw_monitors_get_port (first), >, 0);
  g_assert_true (tw_monitors_reload (first, &error)); /* nothing to read again */

  for (int i = 0; i < 4; i++)
    {
      TwMonitorsOptions bad = good;
      g_autoptr (GError) why = NULL;
      static const char *const words[] = { "Cannot listen for HL7 on 127.0.0.1 port",
                                           "is not an address", "The certificate for monitors",
                                           "The certificate for monitors" };

      if (i == 0)
        bad.port = tw_monitors_get_port (first);
      else if (i == 1)
        bad.bind = "ward.example";
      else if (i == 2)
        bad.certificate = bad.key = bench.text_path;
      else
        bad.certificate = bad.key = "/nowhere/ward.pem";
      g_assert_null (tw_monitors_new (&bad, &why));
      g_assert_nonnull (why);
      g_test_message ("%s", why->message);
      g_assert_nonnull (g_strstr_len (why->message, -1, words[i]));
    }
}

static void
test_zones (void)
{
  static const char *const known[] = { "UTC", "+01:00", "-05:00", "Z" };
  static const char *const unknown[] = { "", "Nowhere/City", "CEST+", "25:00", "+99:00" };

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    g_assert_true (tw_monitors_is_zone (known[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (unknown); i++)
    {
      g_test_message ("%s", unknown[i]);
      g_assert_false (tw_monitors_is_zone (unknown[i]));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/monitors/refused", test_refused);
  g_test_add_func ("/monitors/zones", test_zones);
  return g_test_run ();
}
