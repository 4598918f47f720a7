/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Utility (CinC 2019) of simple alarms on recorded patients with sepsis labels.
 *
 *   sepsis-utility FOLDER      observations.csv and sepsis.csv (patient, seconds since 2000-01-01, True or False)
 *
 * An alarm of an hour is the score of the values known then, through the chain of the app. */
#include "config.h"

#include <gio/gio.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>

#include "tw-band-score.h"
#include "tw-chain.h"
#include "tw-recording.h"
#include "tw-sepsis-utility.h"
#include "tw-shock-index.h"
#include "tw-tables.h"
#include "tw-time.h"

#define EPOCH_US ((gint64) 946684800 * TW_SECOND)

typedef enum
{
  ALARM_SIRS,
  ALARM_QSOFA_1,
  ALARM_QSOFA_2,
  ALARM_NEWS2_5,
  ALARM_NEWS2_7,
  ALARM_SHOCK,
  N_ALARMS
} Alarm;

static const char *const names[N_ALARMS] = { "SIRS >= 2", "qSOFA >= 1", "qSOFA >= 2", "NEWS2 >= 5",
                                             "NEWS2 >= 7", "shock index >= 0.9" };

/* The tables of the scores. */
typedef struct
{
  TwBandTable *sirs, *qsofa;
  TwNews2Table *news2;
  TwShockTable shock;
} Scores;

/* One patient's labels, an hour each. */
typedef struct
{
  GArray *t_us;  /* gint64 */
  GArray *label; /* guint8 */
  GArray *alarm[N_ALARMS];
} Labels;

static void
labels_free (gpointer data)
{
  Labels *labels = data;

  g_array_unref (labels->t_us);
  g_array_unref (labels->label);
  for (int i = 0; i < N_ALARMS; i++)
    g_array_unref (labels->alarm[i]);
  g_free (labels);
}

static GHashTable *
read_labels (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  GHashTable *all;

  if (!g_file_get_contents (path, &text, NULL, error))
    return NULL;
  lines = g_strsplit (text, "\n", -1);
  all = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, labels_free);
  for (guint i = 1; lines[i] != NULL && *lines[i] != '\0'; i++)
    {
      g_auto (GStrv) cells = g_strsplit (g_strchomp (lines[i]), ",", -1);
      Labels *labels = g_hash_table_lookup (all, cells[0]);
      gint64 t_us = EPOCH_US + g_ascii_strtoll (cells[1], NULL, 10) * TW_SECOND;
      guint8 label = strcmp (cells[2], "True") == 0;

      if (labels == NULL)
        {
          labels = g_new0 (Labels, 1);
          labels->t_us = g_array_new (FALSE, FALSE, sizeof (gint64));
          labels->label = g_array_new (FALSE, FALSE, 1);
          for (int k = 0; k < N_ALARMS; k++)
            labels->alarm[k] = g_array_new (FALSE, FALSE, 1);
          g_hash_table_insert (all, g_strdup (cells[0]), labels);
        }
      g_array_append_val (labels->t_us, t_us);
      g_array_append_val (labels->label, label);
    }
  return all;
}

static gboolean
load_scores (Scores *scores, GError **error)
{
  g_autoptr (GBytes) sirs = tw_tables_lookup (NULL, "sirs.csv", error);
  g_autoptr (GBytes) qsofa = tw_tables_lookup (NULL, "qsofa.csv", error);
  g_autoptr (GBytes) news2 = tw_tables_lookup (NULL, "news2.csv", error);
  g_autoptr (GBytes) shock = tw_tables_lookup (NULL, "shock-index.csv", error);

  scores->sirs = tw_band_table_new (TW_BAND_SIRS, g_bytes_get_data (sirs, NULL), error);
  scores->qsofa = tw_band_table_new (TW_BAND_QSOFA, g_bytes_get_data (qsofa, NULL), error);
  scores->news2 = tw_news2_table_new (g_bytes_get_data (news2, NULL), -1, error);
  return scores->sirs != NULL && scores->qsofa != NULL && scores->news2 != NULL
         && tw_shock_table_read (&scores->shock, g_bytes_get_data (shock, NULL), error);
}

static void
judge_hour (const Scores *scores, TwPatient *patient, const TwVitals *vitals, gint64 t_us, Labels *labels)
{
  TwBandScore sirs, qsofa;
  TwShockIndex shock;
  TwNews2 news2;
  guint8 alarms[N_ALARMS];

  tw_band_score_evaluate (scores->sirs, TRUE, vitals, t_us, &sirs);
  tw_band_score_evaluate (scores->qsofa, TRUE, vitals, t_us, &qsofa);
  tw_news2_evaluate (scores->news2, patient, vitals, t_us, &news2);
  tw_shock_index_evaluate (&scores->shock, TRUE, vitals, t_us, &shock);
  alarms[ALARM_SIRS] = sirs.reached;
  alarms[ALARM_QSOFA_1] = qsofa.total >= 1;
  alarms[ALARM_QSOFA_2] = qsofa.reached;
  alarms[ALARM_NEWS2_5] = news2.total >= 5;
  alarms[ALARM_NEWS2_7] = news2.total >= 7;
  alarms[ALARM_SHOCK] = shock.grade >= TW_SHOCK_RAISED;
  for (int i = 0; i < N_ALARMS; i++)
    g_array_append_val (labels->alarm[i], alarms[i]);
}

static void
live (const Scores *scores, const TwTables *tables, TwPatient *patient, GArray *readings, Labels *labels)
{
  g_autoptr (TwChain) chain = tw_chain_new (tables->limits, tables->priors);
  const TwObservation *all = (const TwObservation *) (gpointer) readings->data;
  TwVitals vitals = { 0 };
  guint i = 0;

  for (guint hour = 0; hour < labels->t_us->len; hour++)
    {
      gint64 t_us = g_array_index (labels->t_us, gint64, hour);

      while (i < readings->len && all[i].t_us <= t_us)
        {
          const TwChainResult *results;
          guint n, j = i + 1;

          while (j < readings->len && all[j].t_us == all[i].t_us)
            j++;
          results = tw_chain_push (chain, &all[i], j - i, &n);
          for (guint k = 0; k < n; k++)
            if (results[k].kept && isfinite (results[k].cleaned.sample.value))
              vitals.last[results[k].cleaned.channel] = results[k].cleaned.sample;
          i = j;
        }
      judge_hour (scores, patient, &vitals, t_us, labels);
    }
}

static void
print_utilities (GHashTable *all)
{
  TwSepsisUtility sums[N_ALARMS] = { 0 };
  guint on[N_ALARMS] = { 0 }, hours = 0;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, all);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Labels *labels = value;

      hours += labels->label->len;
      for (int i = 0; i < N_ALARMS; i++)
        {
          const guint8 *alarm = (const guint8 *) labels->alarm[i]->data;

          if (labels->alarm[i]->len != labels->label->len)
            continue;
          tw_sepsis_utility_add (&sums[i], (const guint8 *) labels->label->data, alarm, labels->label->len);
          for (guint h = 0; h < labels->label->len; h++)
            on[i] += alarm[h];
        }
    }
  g_print ("| alarm | patients | septic | hours in alarm | utility |\n|---|---|---|---|---|\n");
  for (int i = 0; i < N_ALARMS; i++)
    g_print ("| %s | %u | %u | %.1f %% | %.3f |\n", names[i], sums[i].n_patients, sums[i].n_septic,
             100.0 * on[i] / hours, tw_sepsis_utility_score (&sums[i]));
}

int
main (int argc, char **argv)
{
  g_autofree char *observations = g_build_filename (argc == 2 ? argv[1] : "", "observations.csv", NULL);
  g_autofree char *path = g_build_filename (argc == 2 ? argv[1] : "", "sepsis.csv", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) all = read_labels (path, &error);
  g_autoptr (TwRecording) recording = all != NULL ? tw_recording_load (observations, &error) : NULL;
  g_autoptr (TwTables) tables = recording != NULL ? tw_tables_load (&error) : NULL;
  g_autoptr (GPtrArray) own = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  Scores scores = { 0 };

  gsl_set_error_handler_off ();
  if (tables == NULL || !load_scores (&scores, &error))
    {
      g_printerr ("%s\n", error->message);
      return 2;
    }
  for (guint p = 0; p < recording->patients->len; p++)
    g_ptr_array_add (own, g_array_new (FALSE, FALSE, sizeof (TwObservation)));
  for (guint i = 0; i < recording->readings->len; i++)
    {
      const TwObservation *reading = &g_array_index (recording->readings, TwObservation, i);

      g_array_append_val (g_ptr_array_index (own, reading->patient), *reading);
    }
  for (guint p = 0; p < recording->patients->len; p++)
    {
      TwPatient *patient = g_ptr_array_index (recording->patients, p);
      Labels *labels = g_hash_table_lookup (all, tw_patient_get (patient)->id);

      if (labels != NULL)
        live (&scores, tables, patient, g_ptr_array_index (own, p), labels);
    }
  print_utilities (all);
  return 0;
}
