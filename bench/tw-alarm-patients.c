/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs recorded patients through cleaner and twin, one instant at a time, and asks at each accepted reading. */
#include "config.h"

#include "tw-alarm-patients.h"

#include "tw-chain.h"
#include "tw-recording.h"

#include <math.h>

guint
tw_alarm_fold (const char *person)
{
  guint32 hash = 2166136261u;

  for (const char *c = person; *c != '\0'; c++)
    hash = (hash ^ (guint8) *c) * 16777619u;
  return hash % TW_ALARM_FOLDS;
}

gboolean
tw_fold_tables_load (TwFoldTables *tables, const char *folder, GError **error)
{
  for (guint f = 0; f < TW_ALARM_FOLDS; f++)
    {
      g_autofree char *leaf = g_strdup_printf ("fold%u", f);
      g_autofree char *path = folder != NULL ? g_build_filename (folder, leaf, NULL) : NULL;

      tables->fold[f] = tw_tables_load_from (path, error);
      if (tables->fold[f] == NULL)
        return FALSE;
    }
  return TRUE;
}

static void
patient_free (gpointer data)
{
  TwAlarmPatient *patient = data;

  g_array_unref (patient->samples);
  g_array_unref (patient->answers);
  g_free (patient);
}

static void
ask (const TwAlarmQuestion *question, const TwTwin *twin, gint64 t_us, TwAlarmAnswer *answer)
{
  TwForecast forecast;

  answer->cadence = tw_twin_get_cadence (twin, question->channel);
  for (guint h = 0; h < TW_ALARM_HORIZONS; h++)
    answer->at[h] = answer->any[h] = (double) NAN;
  tw_twin_forecast (twin, question->channel, t_us, question->horizon_min, question->n_horizons, &forecast);
  for (guint h = 0; h < forecast.n_points; h++)
    {
      TwCrossing crossing;

      tw_twin_crossing (twin, question->channel, t_us, question->threshold, question->below,
                        question->horizon_min[h], &crossing);
      answer->at[h] = tw_twin_probability_at (&forecast.points[h], question->threshold, question->below);
      answer->any[h] = crossing.p;
    }
}

/* Only what the twin took in as its newest counts as known at that time. */
static TwAlarmPatient *
run_patient (GArray *readings, const TwFoldTables *tables, guint fold, const TwAlarmQuestion *question)
{
  g_autoptr (TwChain) chain = tw_chain_new (tables->fold[fold]->limits, tables->fold[fold]->priors);
  const TwObservation *all = (const TwObservation *) (gpointer) readings->data;
  TwAlarmPatient *patient = g_new0 (TwAlarmPatient, 1);

  patient->fold = fold;
  patient->samples = g_array_new (FALSE, FALSE, sizeof (TwSample));
  patient->answers = g_array_new (FALSE, FALSE, sizeof (TwAlarmAnswer));
  for (guint i = 0, j; i < readings->len; i = j)
    {
      const TwChainResult *results;
      guint n;

      for (j = i + 1; j < readings->len && all[j].t_us == all[i].t_us; j++)
        ;
      results = tw_chain_push (chain, &all[i], j - i, &n);
      for (guint k = 0; k < n; k++)
        {
          TwAlarmAnswer answer;

          if (results[k].cleaned.channel != question->channel || !results[k].learned)
            continue;
          ask (question, tw_chain_get_twin (chain), results[k].cleaned.sample.t_us, &answer);
          g_array_append_val (patient->samples, results[k].cleaned.sample);
          g_array_append_val (patient->answers, answer);
        }
    }
  return patient;
}

GPtrArray *
tw_alarm_patients_run (const char *path,
                       GHashTable *people,
                       const TwFoldTables *tables,
                       const TwAlarmQuestion *question,
                       GError **error)
{
  g_autoptr (TwRecording) recording = tw_recording_load (path, error);
  g_autoptr (GPtrArray) own = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  GPtrArray *patients;

  if (recording == NULL)
    return NULL;
  for (guint p = 0; p < recording->patients->len; p++)
    g_ptr_array_add (own, g_array_new (FALSE, FALSE, sizeof (TwObservation)));
  for (guint i = 0; i < recording->readings->len; i++)
    {
      const TwObservation *reading = &g_array_index (recording->readings, TwObservation, i);

      if (reading->channel >= 0 && reading->channel < TW_N_VITALS)
        g_array_append_val (g_ptr_array_index (own, reading->patient), *reading);
    }
  patients = g_ptr_array_new_with_free_func (patient_free);
  for (guint p = 0; p < recording->patients->len; p++)
    {
      const char *stay = tw_patient_get (g_ptr_array_index (recording->patients, p))->id;
      const char *person = people != NULL ? g_hash_table_lookup (people, stay) : NULL;

      g_ptr_array_add (patients, run_patient (g_ptr_array_index (own, p), tables,
                                              tw_alarm_fold (person != NULL ? person : stay), question));
    }
  return patients;
}
