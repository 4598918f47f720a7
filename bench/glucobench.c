/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sensor's expert inside the protocol of GlucoBench (Sergazinov 2024, configurations of 661d840).
 *
 *   glucobench broll|colas|hall FILE [OTHER...]
 *
 * Their rules: minutes rounded, segments cut at the largest gap, short ones left out, straight lines on a 5-min
 * grid; a tenth of the subjects unseen (seeds 10 to 19, the choice of numpy), of the others the last points of
 * each segment for test, those before for validation; twelve steps foretold after the input length, every six
 * steps; mean and median over windows of squared and absolute error, then over seeds.
 * Ours: the table from the training points of FILE alone, or with all of OTHER...; the expert lives through
 * each subject in order and learns as it goes, never from what comes after the origin. Three experts of four
 * horizons make the twelve steps. */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gio/gio.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "cgm-read.h"
#include "tw-time.h"

#define STEPS 12
#define STRIDE 6
#define EXPERTS 3
#define SEEDS 10
#define FIRST_SEED 10
#define METHODS 2 /* persistence, ours */

typedef struct
{
  const char *name;
  int gap_min;
  guint min_length, test, input;
} Protocol;

static const Protocol protocols[] = {
  { "broll", 45, 240, 240, 192 }, { "colas", 45, 192, 72, 144 }, { "hall", 30, 192, 192, 144 },
};

/* A piece of one subject on the grid. */
typedef struct
{
  guint subject;
  GArray *readings; /* CgmReading */
} Segment;

/* Errors of the windows of one seed, in or out of distribution. */
typedef struct
{
  GArray *mse[METHODS], *mae[METHODS]; /* double */
} Windows;

typedef struct
{
  const Protocol *protocol;
  GPtrArray *segments;   /* Segment * in order */
  GPtrArray *others;     /* CgmPerson * of other sets */
  guint n_subjects;
  gboolean *unseen;
  TwCgmTable *tables[EXPERTS];
  Windows id, ood;
} Bench;

static void
segment_free (gpointer data)
{
  Segment *segment = data;

  g_array_unref (segment->readings);
  g_free (segment);
}

static gint64
get_minute (const CgmReading *reading)
{
  return (reading->t_us + TW_MINUTE / 2) / TW_MINUTE;
}

/* Straight lines between rows from..to-1, every 5 min from the first. */
static Segment *
make_segment (const GArray *rows, guint from, guint to, guint subject)
{
  Segment *segment = g_new0 (Segment, 1);
  gint64 first = get_minute (&g_array_index (rows, CgmReading, from));
  gint64 last = get_minute (&g_array_index (rows, CgmReading, to - 1));
  guint k = from;

  segment->subject = subject;
  segment->readings = g_array_new (FALSE, FALSE, sizeof (CgmReading));
  for (gint64 minute = first; minute <= last; minute += 5)
    {
      CgmReading point = { minute * TW_MINUTE, 0 };
      const CgmReading *a, *b;

      while (k + 1 < to && get_minute (&g_array_index (rows, CgmReading, k + 1)) <= minute)
        k++;
      a = &g_array_index (rows, CgmReading, k);
      b = &g_array_index (rows, CgmReading, MIN (k + 1, to - 1));
      point.value = a->value;
      if (get_minute (b) > get_minute (a))
        point.value += (b->value - a->value) * (double) (minute - get_minute (a))
                       / (double) (get_minute (b) - get_minute (a));
      g_array_append_val (segment->readings, point);
    }
  return segment;
}

static void
cut (Bench *bench, const CgmPerson *person, guint subject)
{
  const GArray *rows = person->readings;
  guint from = 0;

  for (guint i = 1; i <= rows->len; i++)
    {
      gboolean ends = i == rows->len
                      || get_minute (&g_array_index (rows, CgmReading, i))
                                 - get_minute (&g_array_index (rows, CgmReading, i - 1))
                             > bench->protocol->gap_min;

      if (!ends)
        continue;
      if (i - from >= bench->protocol->min_length)
        g_ptr_array_add (bench->segments, make_segment (rows, from, i, subject));
      from = i;
    }
}

/* numpy.random.seed (seed); numpy.random.choice (n, ceil (n / 10), replace=False) */
static void
choose_unseen (Bench *bench, unsigned long seed)
{
  gsl_rng *rng = gsl_rng_alloc (gsl_rng_mt19937);
  guint n = bench->n_subjects;
  g_autofree guint *order = g_new (guint, n);

  gsl_rng_set (rng, seed);
  for (guint i = 0; i < n; i++)
    order[i] = i;
  for (guint i = n - 1; i > 0; i--)
    {
      unsigned long mask = i, j;
      guint moved = order[i];

      for (guint shift = 1; shift < 32; shift *= 2)
        mask |= mask >> shift;
      do
        j = gsl_rng_get (rng) & mask;
      while (j > i);
      order[i] = order[j];
      order[j] = moved;
    }
  memset (bench->unseen, 0, n * sizeof *bench->unseen);
  for (guint i = 0; i < (n + 9) / 10; i++)
    bench->unseen[order[i]] = TRUE;
  gsl_rng_free (rng);
}

/* Points of a segment that train; the rest is for validation and test. */
static guint
get_train_length (const Bench *bench, const Segment *segment)
{
  guint n = segment->readings->len, test = bench->protocol->test;

  if (n >= 3 * test)
    return n - 2 * test;
  if (n >= 2 * test)
    return n - test;
  return n >= test ? n : 0;
}

static void
person_free (gpointer data)
{
  CgmPerson *person = data;

  g_array_unref (person->readings);
  g_free (person);
}

static gboolean
takes_all (const CgmPerson *person, gconstpointer user_data)
{
  return TRUE;
}

static void
train (Bench *bench)
{
  g_autoptr (GPtrArray) persons = g_ptr_array_new_with_free_func (person_free);

  for (guint s = 0; s < bench->n_subjects; s++)
    {
      CgmPerson *person = g_new0 (CgmPerson, 1);

      person->readings = g_array_new (FALSE, FALSE, sizeof (CgmReading));
      g_ptr_array_add (persons, person);
    }
  for (guint s = 0; s < bench->segments->len; s++)
    {
      const Segment *segment = g_ptr_array_index (bench->segments, s);
      CgmPerson *person = g_ptr_array_index (persons, segment->subject);

      if (!bench->unseen[segment->subject])
        g_array_append_vals (person->readings, segment->readings->data, get_train_length (bench, segment));
    }
  for (guint e = 0; e < EXPERTS; e++)
    {
      const int horizons[TW_CGM_HORIZONS] = { 20 * e + 5, 20 * e + 10, 20 * e + 15, 20 * e + 20 };
      g_autoptr (TwCgmTable) neutral = cgm_neutral_table (horizons);
      g_autoptr (GPtrArray) all = g_ptr_array_new ();

      for (guint p = 0; p < persons->len; p++)
        g_ptr_array_add (all, g_ptr_array_index (persons, p));
      for (guint p = 0; p < bench->others->len; p++)
        g_ptr_array_add (all, g_ptr_array_index (bench->others, p));
      for (guint p = 0; p < all->len; p++)
        cgm_person_sum (g_ptr_array_index (all, p), neutral);
      memcpy (bench->tables[e]->horizon_min, horizons, sizeof horizons);
      if (!cgm_fit (all, takes_all, NULL, bench->tables[e]))
        g_error ("too few subjects for a table");
    }
}

static void
score_window (const Bench *bench, const Segment *segment, guint origin, TwCgm *const experts[EXPERTS],
              Windows *windows)
{
  double last = g_array_index (segment->readings, CgmReading, origin).value;
  double mse[METHODS] = { 0 }, mae[METHODS] = { 0 };

  for (guint k = 0; k < STEPS; k++)
    {
      double y = g_array_index (segment->readings, CgmReading, origin + 1 + k).value;
      guint e = k / TW_CGM_HORIZONS;
      double ours = tw_cgm_median (experts[e], bench->tables[e], 5.0 * (k + 1));
      double errors[METHODS] = { y - last, y - (isfinite (ours) ? ours : last) };

      for (guint m = 0; m < METHODS; m++)
        {
          mse[m] += errors[m] * errors[m] / STEPS;
          mae[m] += fabs (errors[m]) / STEPS;
        }
    }
  for (guint m = 0; m < METHODS; m++)
    {
      g_array_append_val (windows->mse[m], mse[m]);
      g_array_append_val (windows->mae[m], mae[m]);
    }
}

/* Walks through one subject; windows of unseen subjects lie everywhere, of others in the test points. */
static void
live (Bench *bench, guint subject)
{
  g_autofree TwCgm *states = g_new (TwCgm, EXPERTS);
  TwCgm *const experts[EXPERTS] = { &states[0], &states[1], &states[2] };
  gboolean unseen = bench->unseen[subject];
  guint test = bench->protocol->test, input = bench->protocol->input;

  for (guint e = 0; e < EXPERTS; e++)
    tw_cgm_start (experts[e], bench->tables[e]);
  for (guint s = 0; s < bench->segments->len; s++)
    {
      const Segment *segment = g_ptr_array_index (bench->segments, s);
      guint n = segment->readings->len, from = unseen ? 0 : n - MIN (n, test);

      if (segment->subject != subject)
        continue;
      for (guint i = 0; i < n; i++)
        {
          const CgmReading *reading = &g_array_index (segment->readings, CgmReading, i);
          gboolean due = i + 1 >= from + input && (i + 1 - from - input) % STRIDE == 0 && i + STEPS < n;

          for (guint e = 0; e < EXPERTS; e++)
            tw_cgm_add (experts[e], bench->tables[e], reading->t_us, reading->value);
          if (due && (unseen || n >= 3 * test))
            score_window (bench, segment, i, experts, unseen ? &bench->ood : &bench->id);
        }
    }
}

static void
windows_start (Windows *windows)
{
  for (guint m = 0; m < METHODS; m++)
    {
      windows->mse[m] = g_array_new (FALSE, FALSE, sizeof (double));
      windows->mae[m] = g_array_new (FALSE, FALSE, sizeof (double));
    }
}

/* Adds mean and median of this seed, and empties the windows. */
static guint
windows_close (Windows *windows, double sum[METHODS][4])
{
  guint n = windows->mse[0]->len;

  for (guint m = 0; m < METHODS; m++)
    {
      GArray *const arrays[] = { windows->mse[m], windows->mae[m] };

      for (guint a = 0; a < 2; a++)
        {
          double *values = (double *) (gpointer) arrays[a]->data;

          gsl_sort (values, 1, n);
          sum[m][a] += gsl_stats_mean (values, 1, n) / SEEDS;
          sum[m][2 + a] += gsl_stats_median_from_sorted_data (values, 1, n) / SEEDS;
          g_array_set_size (arrays[a], 0);
        }
    }
  return n;
}

static void
print_sums (const char *where, guint n, double sum[METHODS][4])
{
  static const char *const names[METHODS] = { "persistence", "ours" };

  for (guint m = 0; m < METHODS; m++)
    g_print ("%-16s %-12s %8u %10.2f %8.2f %12.2f %8.2f\n", where, names[m], n / SEEDS, sqrt (sum[m][0]),
             sum[m][1], sqrt (sum[m][2]), sum[m][3]);
}

static gint
compare_id (gconstpointer a, gconstpointer b)
{
  const CgmPerson *const *x = a;
  const CgmPerson *const *y = b;

  return strcmp ((*x)->id, (*y)->id);
}

static void
run (Bench *bench)
{
  double id[METHODS][4] = { 0 }, ood[METHODS][4] = { 0 };
  guint n_id = 0, n_ood = 0;

  windows_start (&bench->id);
  windows_start (&bench->ood);
  for (guint seed = 0; seed < SEEDS; seed++)
    {
      choose_unseen (bench, FIRST_SEED + seed);
      train (bench);
      for (guint s = 0; s < bench->n_subjects; s++)
        live (bench, s);
      n_id += windows_close (&bench->id, id);
      n_ood += windows_close (&bench->ood, ood);
    }
  g_print ("%-16s %-12s %8s %10s %8s %12s %8s\n", "windows", "method", "n a seed", "mean RMSE", "MAE",
           "median RMSE", "MAE");
  print_sums ("in distribution", n_id, id);
  print_sums ("unseen subjects", n_ood, ood);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CgmCohort) cohort = NULL;
  g_autoptr (GPtrArray) own = g_ptr_array_new ();
  Bench bench = { .others = g_ptr_array_new () };

  gsl_set_error_handler_off ();
  for (guint p = 0; argc > 2 && p < G_N_ELEMENTS (protocols); p++)
    if (g_str_equal (argv[1], protocols[p].name))
      bench.protocol = &protocols[p];
  if (bench.protocol == NULL)
    {
      g_printerr ("glucobench broll|colas|hall FILE [OTHER...]\n");
      return EXIT_FAILURE;
    }
  cohort = cgm_cohort_read (argv + 2, &error);
  if (cohort == NULL)
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }
  for (guint p = 0; p < cohort->persons->len; p++)
    {
      CgmPerson *person = g_ptr_array_index (cohort->persons, p);

      g_ptr_array_add (person->set == 0 ? own : bench.others, person);
    }
  g_ptr_array_sort (own, compare_id);
  bench.n_subjects = own->len;
  bench.unseen = g_new0 (gboolean, own->len);
  bench.segments = g_ptr_array_new_with_free_func (segment_free);
  for (guint e = 0; e < EXPERTS; e++)
    bench.tables[e] = g_new0 (TwCgmTable, 1);
  for (guint s = 0; s < own->len; s++)
    cut (&bench, g_ptr_array_index (own, s), s);
  run (&bench);
  return EXIT_SUCCESS;
}
