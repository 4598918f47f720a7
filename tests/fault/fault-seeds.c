/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Seeds of the fault proxy, one TAP line each:
 *   fault-seeds [--polling] [--jobs N] --from N --to N
 *   fault-seeds [--polling] [--verbose] --seed N
 *   fault-seeds --every-byte */
#include "config.h"

#include "tw-fault-run.h"

#include <gio/gio.h>
#include <gsl/gsl_errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int n_from = 1, n_to = 1;
static gint64 one_seed = 0;
static int n_jobs = 1;
static gboolean polling, every_byte, verbose;

static const GOptionEntry entries[] = {
  { "from", 0, 0, G_OPTION_ARG_INT, &n_from, "first seed", "N" },
  { "to", 0, 0, G_OPTION_ARG_INT, &n_to, "last seed", "N" },
  { "seed", 0, 0, G_OPTION_ARG_INT64, &one_seed, "this seed only", "N" },
  { "jobs", 0, 0, G_OPTION_ARG_INT, &n_jobs, "so many seeds at a time, each in a process of its own", "N" },
  { "every-byte", 0, 0, G_OPTION_ARG_NONE, &every_byte, "cut the line behind each of its bytes", NULL },
  { "polling", 0, 0, G_OPTION_ARG_NONE, &polling, "poll, although there is a stream", NULL },
  { "verbose", 0, 0, G_OPTION_ARG_NONE, &verbose, "name each fault and each wait", NULL },
  G_OPTION_ENTRY_NULL,
};

/* Sums over all seeds, for the last line. */
typedef struct
{
  TwFaultCounts faults;
  double recovery_s, block_ms, turn_ms;
  guint n_waits, n_told;
} Totals;

static void
add_up (Totals *totals,
        const TwFaultResult *result)
{
  totals->faults.n_connections += result->faults.n_connections;
  for (int i = 0; i < TW_N_FAULTS; i++)
    totals->faults.struck[i] += result->faults.struck[i];
  totals->recovery_s = MAX (totals->recovery_s, result->recovery_s);
  totals->block_ms = MAX (totals->block_ms, result->longest_block_ms);
  totals->turn_ms = MAX (totals->turn_ms, result->longest_turn_ms);
  totals->n_waits = MAX (totals->n_waits, result->n_waits);
  totals->n_told += result->n_told;
}

static void
print_totals (const Totals *totals)
{
  printf ("# %u connections, %u samples, longest way back %.2f s (%u waits), longest turn of the main loop "
          "%.1f ms of processor time, %.1f ms on the wall\n# struck:",
          totals->faults.n_connections, totals->n_told, totals->recovery_s, totals->n_waits,
          totals->block_ms, totals->turn_ms);
  for (int i = 0; i < TW_N_FAULTS; i++)
    printf (" %s %u", tw_fault_name ((TwFaultKind) i), totals->faults.struck[i]);
  printf ("\n");
}

/* One seed after the other, in this process. */
static gboolean
run_here (const char *program)
{
  Totals totals = { 0 };
  gboolean good = TRUE;

  for (int seed = n_from; seed <= n_to; seed++)
    {
      TwFaultRunOptions options = { (guint64) seed, polling, every_byte, verbose };
      TwFaultResult result;

      tw_fault_run (&options, &result);
      add_up (&totals, &result);
      printf ("%sok %d - seed %d\n", result.problem == NULL ? "" : "not ", seed - n_from + 1, seed);
      if (result.problem != NULL)
        printf ("# seed %d: %s\n# again: %s%s --verbose --seed %d\n", seed, result.problem, program,
                polling ? " --polling" : "", seed);
      fflush (stdout);
      good = good && result.problem == NULL;
      tw_fault_result_clear (&result);
    }
  print_totals (&totals);
  return good;
}

/* Hands on what a child said, its lines numbered anew. */
static gboolean
print_child (GSubprocess *child,
             int *n)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  gboolean said = g_subprocess_communicate_utf8 (child, NULL, NULL, &text, NULL, NULL);

  lines = g_strsplit (said && text != NULL ? text : "", "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    {
      const char *name = strstr (*line, " - seed ");

      if (name != NULL && (*line)[0] != '#')
        printf ("%sok %d%s\n", g_str_has_prefix (*line, "not") ? "not " : "", ++*n, name);
      else if ((*line)[0] == '#')
        printf ("%s\n", *line);
    }
  fflush (stdout);
  return said && g_subprocess_get_successful (child);
}

/* The seeds in as many processes as were asked for: a seed waits most of its time. */
static gboolean
run_in_children (const char *program)
{
  g_autoptr (GPtrArray) children = g_ptr_array_new_with_free_func (g_object_unref);
  int each = (n_to - n_from + n_jobs) / n_jobs, n = 0;
  gboolean good = TRUE;

  for (int from = n_from; from <= n_to; from += each)
    {
      g_autofree char *first = g_strdup_printf ("%d", from);
      g_autofree char *last = g_strdup_printf ("%d", MIN (from + each - 1, n_to));
      g_autoptr (GError) error = NULL;
      GSubprocess *child
          = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, "--from", first, "--to", last,
                              polling ? "--polling" : NULL, NULL);

      g_assert_no_error (error);
      g_ptr_array_add (children, child);
    }
  for (guint i = 0; i < children->len; i++)
    good = print_child (children->pdata[i], &n) && good;
  return good && n == n_to - n_from + 1;
}

int
main (int argc,
      char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  gboolean good;

  gsl_set_error_handler_off ();
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return 2;
    }
  if (one_seed > 0)
    n_from = n_to = (int) one_seed;
  printf ("1..%d\n", n_to - n_from + 1);
  fflush (stdout);
  good = n_jobs > 1 ? run_in_children (argv[0]) : run_here (argv[0]);
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
