/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How often the twin says on recorded patients that its forecasts are not to be trusted, and what the forecasts
 * were worth then: its own medians, the last value, and the ranges.
 *
 *   drift [--forecasts OUT.csv] FILE...
 *
 * Patients run through the chain that the app runs. Of every forecast that came true it is known whether the
 * mark stood when it was issued. */
#include "config.h"

#include <gio/gio.h>
#include <math.h>
#include <stdio.h>

#include "tw-chain.h"
#include "tw-recording.h"
#include "tw-tables.h"
#include "tw-time.h"
#include "tw-vital.h"

#define REASONS (TW_DRIFT_COVERAGE + 1)

/* Of one channel and horizon, of forecasts issued without (0) and with (1) the mark. */
typedef struct
{
  guint n, inside;
  double square, square_last, winkler;
} Worth;

typedef struct
{
  Worth worth[2];
  guint episodes[REASONS];
  guint patients, patients_hit;
  double days;
} Tally;

typedef struct
{
  Tally tally[TW_N_VITALS][TW_INTERVAL_HORIZONS];
  int horizon_min[TW_N_VITALS][TW_INTERVAL_HORIZONS];
  TwTables *tables;
  TwVital *vital;  /* a copy to look at */
  FILE *out;
} Bench;

/* What one patient's record said so far. */
typedef struct
{
  guint patient;
  guint32 settled[TW_N_VITALS][TW_INTERVAL_HORIZONS], issued[TW_N_VITALS][TW_INTERVAL_HORIZONS];
  guint32 episodes[TW_N_VITALS][TW_INTERVAL_HORIZONS];
  gboolean marked[TW_N_VITALS][TW_INTERVAL_HORIZONS][TW_SELF_RECENT];
} Patient;

static void
add_worth (Bench *bench, const Patient *patient, TwChannel c, guint h, guint32 k)
{
  const TwSelfSlot *slot = &bench->vital->score.slot[h];
  const TwSelfMemory *memory = &slot->memory[k % TW_SELF_RECENT];
  const TwSelfPending *pending = &slot->pending[k % TW_SELF_PENDING];
  gboolean marked = patient->marked[c][h][k % TW_SELF_RECENT];
  Worth *worth = &bench->tally[c][h].worth[marked];
  double y = (double) memory->observed;
  double e = y - (double) memory->median;
  double last = y - (double) pending->expert[TW_EXPERT_PERSISTENCE];

  if (memory->outcome != TW_OUTCOME_HIT && memory->outcome != TW_OUTCOME_MISS)
    return;
  worth->n++;
  worth->inside += memory->outcome == TW_OUTCOME_HIT;
  worth->square += e * e;
  worth->square_last += last * last;
  worth->winkler += tw_metric_winkler80 ((double) memory->q10, (double) memory->q90, y);
  if (bench->out != NULL)
    fprintf (bench->out, "%u,%s,%d,%.1f,%.2f,%.2f,%.2f,%.2f,%.2f,%.2f,%d\n", patient->patient,
             tw_channel_info (c)->name, slot->horizon_min, (double) memory->issued_us / TW_MINUTE, y,
             (double) memory->median, (double) memory->q10, (double) memory->q90,
             (double) pending->expert[TW_EXPERT_PERSISTENCE], (double) pending->expert[TW_EXPERT_EWMA],
             marked);
}

/* Takes note of what an update changed: what was settled, then what was issued. */
static void
look (Bench *bench, Patient *patient, const TwTwin *twin, TwChannel c)
{
  tw_twin_save_channel (twin, c, bench->vital);
  for (guint h = 0; h < TW_INTERVAL_HORIZONS; h++)
    {
      const TwSelfSlot *slot = &bench->vital->score.slot[h];
      Tally *tally = &bench->tally[c][h];

      bench->horizon_min[c][h] = MAX (bench->horizon_min[c][h], slot->horizon_min);
      for (; patient->settled[c][h] != slot->settled; patient->settled[c][h]++)
        add_worth (bench, patient, c, h, patient->settled[c][h]);
      if (patient->episodes[c][h] != slot->drift.episodes)
        {
          tally->patients_hit += patient->episodes[c][h] == 0;
          tally->episodes[slot->drift.reason]++;
          patient->episodes[c][h] = slot->drift.episodes;
        }
      for (; patient->issued[c][h] != slot->issued; patient->issued[c][h]++)
        patient->marked[c][h][patient->issued[c][h] % TW_SELF_RECENT]
            = slot->drift.reason != TW_DRIFT_NONE;
    }
}

static void
end_patient (Bench *bench, const Patient *patient, const TwRecording *recording)
{
  gint64 span_us = g_array_index (recording->last_us, gint64, patient->patient)
                   - g_array_index (recording->first_us, gint64, patient->patient);

  for (guint c = 0; c < TW_N_VITALS; c++)
    for (guint h = 0; h < TW_INTERVAL_HORIZONS; h++)
      if (patient->settled[c][h] > 0)
        {
          bench->tally[c][h].patients++;
          bench->tally[c][h].days += (double) span_us / TW_DAY;
        }
}

static void
run_patient (Bench *bench, guint index, GArray *readings, const TwRecording *recording)
{
  g_autoptr (TwChain) chain = tw_chain_new (bench->tables->limits, bench->tables->priors);
  g_autofree Patient *patient = g_new0 (Patient, 1);
  const TwObservation *all = (const TwObservation *) (gpointer) readings->data;

  patient->patient = index;
  for (guint i = 0, j; i < readings->len; i = j)
    {
      const TwChainResult *results;
      guint n;

      for (j = i + 1; j < readings->len && all[j].t_us == all[i].t_us; j++)
        ;
      results = tw_chain_push (chain, &all[i], j - i, &n);
      for (guint k = 0; k < n; k++)
        if (results[k].learned)
          look (bench, patient, tw_chain_get_twin (chain), results[k].cleaned.channel);
    }
  end_patient (bench, patient, recording);
}

static gboolean
run_file (Bench *bench, const char *path, GError **error)
{
  g_autoptr (TwRecording) recording = tw_recording_load (path, error);
  g_autoptr (GPtrArray) by_patient = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);

  if (recording == NULL)
    return FALSE;
  for (guint i = 0; i < recording->patients->len; i++)
    g_ptr_array_add (by_patient, g_array_new (FALSE, FALSE, sizeof (TwObservation)));
  for (guint i = 0; i < recording->readings->len; i++)
    {
      const TwObservation *reading = &g_array_index (recording->readings, TwObservation, i);

      g_array_append_val (g_ptr_array_index (by_patient, reading->patient), *reading);
    }
  for (guint i = 0; i < by_patient->len; i++)
    run_patient (bench, i, g_ptr_array_index (by_patient, i), recording);
  return TRUE;
}

static double
mean (double sum, guint n)
{
  return n > 0 ? sum / n : (double) NAN;
}

static void
print_row (const Bench *bench, guint c, guint h)
{
  const Tally *tally = &bench->tally[c][h];
  const Worth *calm = &tally->worth[0];
  const Worth *marked = &tally->worth[1];
  guint n = calm->n + marked->n;

  if (n < 500)
    return;
  g_print ("%-16s %4d %5u %5.0f  %.4f %.4f %.4f  %4.1f %4.1f  %5.1f %5.1f  %6.2f %6.2f  %6.2f %6.2f\n",
           tw_channel_info ((TwChannel) c)->name, bench->horizon_min[c][h], tally->patients, tally->days,
           tally->episodes[TW_DRIFT_ABOVE] / tally->days, tally->episodes[TW_DRIFT_BELOW] / tally->days,
           tally->episodes[TW_DRIFT_COVERAGE] / tally->days, 100.0 * tally->patients_hit / tally->patients,
           100.0 * marked->n / n, mean (100.0 * calm->inside, calm->n), mean (100.0 * marked->inside, marked->n),
           sqrt (mean (marked->square, marked->n)), sqrt (mean (marked->square_last, marked->n)),
           mean (calm->winkler, calm->n), mean (marked->winkler, marked->n));
}

int
main (int argc, char **argv)
{
  g_autofree char *forecasts = NULL;
  const GOptionEntry entries[] = {
    { "forecasts", 0, 0, G_OPTION_ARG_FILENAME, &forecasts, "Every forecast that came true", "OUT.csv" },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("FILE...");
  g_autoptr (GError) error = NULL;
  g_autofree Bench *bench = g_new0 (Bench, 1);

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)
      || (bench->tables = tw_tables_load (&error)) == NULL)
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  bench->vital = g_malloc (tw_twin_channel_state_size (TW_CHANNEL_GLUCOSE)); /* the largest */
  bench->out = forecasts != NULL ? fopen (forecasts, "w") : NULL;
  for (int i = 1; i < argc; i++)
    if (!run_file (bench, argv[i], &error))
      {
        g_printerr ("%s\n", error->message);
        return 1;
      }
  g_print ("                      patients      marks a patient-day     %% marked     inside 80 %%   RMSE marked    "
           "Winkler 80\n"
           "channel          min        days   above  below  coverage  pat. time   calm marked    ours   last    "
           "calm marked\n");
  for (guint c = 0; c < TW_N_VITALS; c++)
    for (guint h = 0; h < TW_INTERVAL_HORIZONS; h++)
      print_row (bench, c, h);
  g_clear_pointer (&bench->out, fclose);
  g_clear_pointer (&bench->vital, g_free);
  g_clear_pointer (&bench->tables, tw_tables_unref);
  return 0;
}
