/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recorded file in order, whatever its order and however small the memory. */
#include "config.h"

#include <string.h>

#include <glib/gstdio.h>

#include "tw-recording-spool.h"
#include "tw-time.h"

#define N_ROWS 2385

static char *
write_file (const char *text)
{
  g_autofree char *name = NULL;
  int fd = g_file_open_tmp ("twinward-XXXXXX.csv", &name, NULL);

  g_assert_cmpint (fd, >=, 0);
  g_assert_true (g_close (fd, NULL));
  g_assert_true (g_file_set_contents (name, text, -1, NULL));
  return g_steal_pointer (&name);
}

/* Rows of seven patients at whole minutes; the value is the row's number, so that order can be told.
 * Out of order, everybody stands in the first seven rows. */
static char *
dup_rows (gboolean sorted)
{
  GString *text = g_string_new ("patient,time,channel,value,unit\n");
  g_autoptr (GRand) dice = g_rand_new_with_seed (19);

  for (int i = 0; i < N_ROWS; i++)
    {
      int patient = i < 7 ? i : (int) g_rand_int_range (dice, 0, 7);
      int minute = (int) g_rand_int_range (dice, 0, 300);

      if (sorted)
        {
          patient = i * 7 / N_ROWS;
          minute = (i - (patient * N_ROWS + 6) / 7) / 2;
        }
      g_string_append_printf (text, "p%d,2000-01-01T%02d:%02d:00Z,heart_rate,%d,/min\n", patient,
                              minute / 60, minute % 60, i);
    }
  return g_string_free (text, FALSE);
}

/* Every row comes once; patients in one piece, times rise, equal times keep the order of the file. */
static void
check (const char *path, guint block)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwRecordingSpool) spool = tw_recording_spool_open (path, block, &error);
  gboolean seen[N_ROWS] = { FALSE };
  TwObservation last = { .t_us = G_MININT64, .value = -1 }, reading;
  guint n = 0;

  g_assert_no_error (error);
  while (tw_recording_spool_next (spool, &reading, &error) == TW_SPOOL_READING)
    {
      g_assert_cmpuint (reading.patient, >=, last.patient);
      if (reading.patient == last.patient)
        {
          g_assert_cmpint (reading.t_us, >=, last.t_us);
          if (reading.t_us == last.t_us)
            g_assert_cmpfloat (reading.value, >, last.value);
        }
      g_assert_false (seen[(guint) reading.value]);
      seen[(guint) reading.value] = TRUE;
      last = reading;
      n++;
    }
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, N_ROWS);
  g_assert_cmpuint (tw_recording_spool_get_n_rows (spool), ==, N_ROWS);
  g_assert_cmpstr (tw_recording_spool_get_patient (spool, 6), ==, "p6");
}

/* 3 rows a block make 795 runs: three passes of 16 at a time. */
static void
test_order (void)
{
  static const guint blocks[] = { 0, 3, 7, 150, N_ROWS - 1, N_ROWS, N_ROWS + 1 };

  for (guint sorted = 0; sorted < 2; sorted++)
    {
      g_autofree char *text = dup_rows (sorted == 1);
      g_autofree char *path = write_file (text);

      for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
        check (path, blocks[i]);
      g_unlink (path);
    }
}

static void
test_problems (void)
{
  g_autofree char *path = write_file ("patient,time,channel,value,unit\n"
                                      "a,2000-01-01T00:00:00Z,pulse,80,/min\n"
                                      "a,2000-01-01T00:00:00Z,heart_rate,80,/min\n");
  g_autoptr (GError) error = NULL;
  g_autoptr (TwRecordingSpool) spool = tw_recording_spool_open (path, 0, &error);
  const TwCsvProblem *problems;
  gsize n;

  g_assert_no_error (error);
  problems = tw_recording_spool_get_problems (spool, &n);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (problems[0].line, ==, 2);
  g_assert_cmpuint (tw_recording_spool_get_n_problems (spool), ==, 1);
  g_unlink (path);
}

static void
test_refusals (void)
{
  g_autofree char *path = write_file ("time,pulse\n1,2\n");
  g_autoptr (GError) error = NULL;

  g_assert_null (tw_recording_spool_open (path, 0, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_null (tw_recording_spool_open ("nowhere/at-all.csv", 0, &error));
  g_assert_nonnull (strstr (error->message, "at-all.csv"));
  g_clear_error (&error);
  g_unlink (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recording-spool/order", test_order);
  g_test_add_func ("/recording-spool/problems", test_problems);
  g_test_add_func ("/recording-spool/refusals", test_refusals);
  return g_test_run ();
}
