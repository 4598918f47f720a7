/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cleaning whole recordings: the share that the hard limits reject, near that of twin.md section 2,
 * and the laws of accepted values. */
#include "config.h"

#include "clean-bench.h"

/* The plain observations file; its text is cut in place. One patient's rows stand together. */
typedef struct
{
  char *text;
  char *at;
} Rows;

static gboolean
next_row (Rows *rows, char *fields[5])
{
  char *end;

  if (*rows->at == '\0')
    return FALSE;
  end = rows->at + strcspn (rows->at, "\r\n");
  for (int i = 0; i < 5; i++)
    {
      gsize n = strcspn (rows->at, ",\r\n");
      fields[i] = rows->at;
      rows->at += n;
      if (rows->at < end)
        *rows->at++ = '\0';
    }
  if (*end != '\0')
    *end++ = '\0';
  rows->at = end + strspn (end, "\r\n");
  return TRUE;
}

static int
compare_time (const void *a, const void *b)
{
  gint64 ta = ((const TwObservation *) a)->t_us, tb = ((const TwObservation *) b)->t_us;

  return ta < tb ? -1 : ta > tb;
}

typedef struct
{
  TwCleanLimits *limits;
  TwCleanCounts totals[TW_N_CHANNELS];
  guint n_patients;
} Recording;

/* Instant by instant, as a session does. */
static void
clean_patient (Recording *recording, GArray *readings)
{
  g_autoptr (TwCleaner) cleaner = tw_cleaner_new (recording->limits);
  g_autoptr (GArray) out = g_array_new (FALSE, FALSE, sizeof (TwCleaned));
  const TwObservation *all = (const TwObservation *) (gpointer) readings->data;

  qsort (readings->data, readings->len, sizeof (TwObservation), compare_time);
  for (guint i = 0, next; i < readings->len; i = next)
    {
      for (next = i + 1; next < readings->len && all[next].t_us == all[i].t_us;)
        next++;
      g_array_set_size (out, 0);
      tw_cleaner_push (cleaner, all + i, next - i, out);
      for (guint k = 0; k < out->len; k++)
        {
          const TwCleaned *cleaned = &g_array_index (out, TwCleaned, k);
          double low, high;
          tw_clean_limits_get_hard (recording->limits, cleaned->channel, &low, &high);
          if (tw_quality_verdict (cleaned->sample.quality) < TW_VERDICT_REJECTED)
            g_assert_true (cleaned->sample.value >= low && cleaned->sample.value <= high);
          g_assert_cmpint (cleaned->sample.t_us, <=, all[i].t_us);
        }
    }
  for (int c = 0; c < TW_N_CHANNELS; c++)
    {
      const TwCleanCounts *counts = tw_cleaner_get_counts (cleaner, (TwChannel) c);
      recording->totals[c].n += counts->n;
      recording->totals[c].n_rejected += counts->n_rejected;
      for (int r = 0; r < TW_N_REASONS; r++)
        recording->totals[c].by_reason[r] += counts->by_reason[r];
    }
  recording->n_patients++;
  g_array_set_size (readings, 0);
}

static void
clean_file (Recording *recording, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) readings = g_array_new (FALSE, FALSE, sizeof (TwObservation));
  g_autofree char *text = NULL;
  const char *patient = NULL;
  char *fields[5];
  Rows rows;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  rows = (Rows){ text, text };
  g_assert_true (next_row (&rows, fields));
  g_assert_cmpstr (fields[2], ==, "channel");
  while (next_row (&rows, fields))
    {
      TwChannel channel = tw_channel_from_name (fields[2]);
      TwObservation reading = { .channel = (gint16) channel, .value = g_ascii_strtod (fields[3], NULL),
                                .unit = (guint8) tw_unit_from_ucum (fields[4], -1) };
      g_assert_cmpint (channel, !=, TW_CHANNEL_NONE);
      g_assert_true (tw_time_parse (fields[1], -1, &reading.t_us));
      if (patient != NULL && strcmp (patient, fields[0]) != 0)
        clean_patient (recording, readings);
      patient = fields[0];
      g_array_append_val (readings, reading);
    }
  clean_patient (recording, readings);
}

/* Share of the readings, in per cent, that can have no place on a chart. */
static double
get_impossible_pct (const TwCleanCounts *counts)
{
  guint n = counts->by_reason[TW_REASON_HARD_LIMIT] + counts->by_reason[TW_REASON_ZERO];

  return 100. * n / counts->n;
}

static void
report (const Recording *recording)
{
  for (int c = 0; c < TW_N_CHANNELS; c++)
    {
      const TwCleanCounts *counts = &recording->totals[c];
      g_autoptr (GString) line = g_string_new (NULL);
      if (counts->n == 0)
        continue;
      g_string_append_printf (line, "%s: %u readings, impossible %.2f %%;",
                              tw_channel_info ((TwChannel) c)->name, counts->n,
                              get_impossible_pct (counts));
      for (int r = 1; r < TW_N_REASONS; r++)
        if (counts->by_reason[r] > 0)
          g_string_append_printf (line, " %s %.2f", tw_reason_key ((TwReason) r),
                                  100. * counts->by_reason[r] / counts->n);
      g_test_message ("%s", line->str);
    }
}

typedef struct
{
  const char *path;
  guint n_patients;
  struct
  {
    TwChannel channel;
    double impossible_pct; /* twin.md section 2 */
  } rates[5];
  guint n_rates;
} Expected;

static const Expected cinc2012 = { "data/icu-cinc2012/observations.csv", 1000,
                                   { { TW_CHANNEL_SYSTOLIC, .42 }, { TW_CHANNEL_DIASTOLIC, .42 },
                                     { TW_CHANNEL_MAP, .09 }, { TW_CHANNEL_RESPIRATORY_RATE, .15 },
                                     { TW_CHANNEL_TEMPERATURE, .09 } },
                                   5 };
static const Expected mimic4 = { "data/icu-mimic4-demo/observations.csv", 272,
                                 { { TW_CHANNEL_MAP, .17 }, { TW_CHANNEL_RESPIRATORY_RATE, .33 } },
                                 2 };

static void
test_recording (gconstpointer data)
{
  const Expected *expected = data;
  g_autofree char *path = tw_test_dup_shared (expected->path);
  g_autofree Recording *recording = NULL;
  g_autoptr (TwCleanLimits) limits = NULL;

  if (path == NULL)
    return;
  limits = bench_limits ();
  recording = g_new0 (Recording, 1);
  recording->limits = limits;
  clean_file (recording, path);
  report (recording);
  for (guint i = 0; i < expected->n_rates; i++)
    {
      const TwCleanCounts *counts = &recording->totals[expected->rates[i].channel];
      double expected_pct = expected->rates[i].impossible_pct;
      g_assert_cmpuint (counts->n, >, 10000);
      g_assert_cmpfloat_with_epsilon (get_impossible_pct (counts), expected_pct,
                                      .03 + .1 * expected_pct);
    }
  for (int c = 0; c < TW_N_VITALS; c++)
    {
      const TwCleanCounts *counts = &recording->totals[c];
      guint n_suspect = counts->by_reason[TW_REASON_UNUSUAL] + counts->by_reason[TW_REASON_TOO_FAST]
                        + counts->by_reason[TW_REASON_PRESSURE_ORDER] + counts->by_reason[TW_REASON_FLAT]
                        + counts->by_reason[TW_REASON_HAMPEL_CONFIRMED]
                        + counts->by_reason[TW_REASON_DAMPED_LINE];
      /* Cleaning that doubts an eighth of a nurse's chart is wrong, not careful. */
      g_assert_cmpuint (n_suspect, <=, counts->n / 8);
    }
  g_assert_cmpuint (recording->n_patients, >=, expected->n_patients * 9 / 10);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/cleaner-recorded/icu-cinc2012", &cinc2012, test_recording);
  g_test_add_data_func ("/cleaner-recorded/icu-mimic4-demo", &mimic4, test_recording);
  return g_test_run ();
}
