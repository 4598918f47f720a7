/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recorded files: order, bad rows by line, people beside a CSV, which sensor speaks in a WFDB
 * record. */
#include "config.h"

#include "tw-recording.h"

#include <math.h>
#include <string.h>

#include <glib/gstdio.h>

#include "tw-test.h"
#include "tw-time.h"
#include "tw-wfdb-file.h"

typedef struct
{
  char *folder;
} Fixture;

static void
set_up (Fixture *fixture,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  fixture->folder = g_dir_make_tmp ("tw-recording-XXXXXX", &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture,
           gconstpointer data)
{
  g_autoptr (GDir) folder = g_dir_open (fixture->folder, 0, NULL);
  const char *name;
  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
      g_assert_cmpint (g_remove (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->folder);
}

static void
write_file (const Fixture *fixture,
            const char *name,
            const void *bytes,
            gssize n)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  g_file_set_contents (path, bytes, n, &error);
  g_assert_no_error (error);
}

static TwRecording *
load (const Fixture *fixture,
      const char *name,
      GError **error)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  return tw_recording_load (path, error);
}

static const TwObservation *
get_reading (const TwRecording *recording,
             guint i)
{
  g_assert_cmpuint (i, <, recording->readings->len);
  return &g_array_index (recording->readings, TwObservation, i);
}

static const TwPatientFields *
get_patient (const TwRecording *recording,
             guint i)
{
  g_assert_cmpuint (i, <, recording->patients->len);
  return tw_patient_get (g_ptr_array_index (recording->patients, i));
}

static void
test_csv (Fixture *fixture,
          gconstpointer data)
{
  write_file (fixture, "w.csv",
              "patient,time,channel,value,unit\n"
              "b-7,2113-08-25T14:10:00Z,heart_rate,71.5,/min\n"
              "a-3,2113-08-25T12:29:00Z,glucose,108,mg/dL\n"
              "b-7,2113-08-25T14:10:00Z,heart_rate,72.5,/min\n"
              "b-7,2113-08-25T12:29:00Z,8867-4,70,/min\n"
              "b-7,2113-08-25T16:00:00Z,heart_rate,abc,/min\n"
              "b-7,yesterday,heart_rate,70,/min\n"
              "b-7,2113-08-25T16:00:00Z,mood,70,/min\n"
              "c-1,2113-08-25T11:00:00+01:00,spo2,97,%\n",
              -1);
  write_file (fixture, "patients.csv",
              "\xef\xbb\xbf" "note,sex,patient,age_years\r\n"
              "\"a, \"\"quoted\"\" one\",Female,a-3,81\r\n"
              ",M,b-7,not said\r\n"
              ",female,unused,44\r\n",
              -1);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwRecording) recording = load (fixture, "w.csv", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (recording->title, ==, "w.csv");
  g_assert_cmpuint (recording->patients->len, ==, 3);
  g_assert_cmpuint (recording->readings->len, ==, 5);
  g_assert_cmpuint (recording->n_problems, ==, 3);
  static const guint64 lines[] = { 6, 7, 8 };
  for (guint i = 0; i < 3; i++)
    {
      const TwCsvProblem *problem = &g_array_index (recording->problems, TwCsvProblem, i);
      g_assert_cmpuint (problem->line, ==, lines[i]);
      g_assert_cmpuint (strlen (problem->why), >, 5);
    }
  /* By time; the two of one instant keep the order of the file. */
  static const double values[] = { 97, 108, 70, 71.5, 72.5 };
  for (guint i = 0; i < 5; i++)
    g_assert_cmpfloat (get_reading (recording, i)->value, ==, values[i]);
  g_assert_cmpstr (get_patient (recording, 0)->id, ==, "b-7");
  g_assert_cmpstr (get_patient (recording, 0)->identifier, ==, "b-7");
  g_assert_null (get_patient (recording, 0)->family);
  g_assert_cmpint (get_patient (recording, 0)->sex, ==, TW_SEX_MALE);
  g_assert_cmpint (get_patient (recording, 0)->age_years, ==, -1);
  g_assert_cmpint (get_patient (recording, 1)->sex, ==, TW_SEX_FEMALE);
  g_assert_cmpint (get_patient (recording, 1)->age_years, ==, 81);
  g_assert_cmpint (get_patient (recording, 2)->sex, ==, TW_SEX_UNKNOWN);
  g_assert_cmpint (g_array_index (recording->first_us, gint64, 0), ==,
                   get_reading (recording, 2)->t_us);
  g_assert_cmpint (g_array_index (recording->last_us, gint64, 0), ==,
                   get_reading (recording, 4)->t_us);
  g_assert_cmpint (g_array_index (recording->last_us, gint64, 0)
                     - g_array_index (recording->first_us, gint64, 0), ==, 101 * TW_MINUTE);
}

/* Longer than the piece that is read at once; rows are cut anywhere. */
static void
test_long_csv (Fixture *fixture,
               gconstpointer data)
{
  g_autoptr (GString) text = g_string_new ("patient,time,channel,value,unit\n");
  char time[40];
  for (guint i = 0; i < 60000; i++)
    g_string_append_printf (text, "p%u,%s,heart_rate,%u.5,/min\n", i % 7,
                            tw_time_format_iso ((gint64) i * TW_SECOND, time, sizeof time),
                            40 + i % 91);
  g_assert_cmpuint (text->len, >, 2u * 1024 * 1024);
  write_file (fixture, "long.csv", text->str, (gssize) text->len);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwRecording) recording = load (fixture, "long.csv", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (recording->n_problems, ==, 0);
  g_assert_cmpuint (recording->readings->len, ==, 60000);
  g_assert_cmpuint (recording->patients->len, ==, 7);
  for (guint i = 0; i < 60000; i += 997)
    {
      g_assert_cmpint (get_reading (recording, i)->t_us, ==, (gint64) i * TW_SECOND);
      g_assert_cmpuint (get_reading (recording, i)->patient, ==, i % 7);
      g_assert_cmpfloat (get_reading (recording, i)->value, ==, 40.5 + i % 91);
    }
}

static void
put_frame (GByteArray *bytes,
           const gint16 *samples,
           guint n)
{
  for (guint i = 0; i < n; i++)
    {
      guint16 raw = (guint16) samples[i];
      guint8 pair[2] = { (guint8) (raw & 0xff), (guint8) (raw >> 8) };
      g_byte_array_append (bytes, pair, 2);
    }
}

static const char record_header[] = "n1 9 0.0166666666667/125 4 1:56:25.894 09/10/2096\n"
                                    "n1.dat 16 10/bpm 16 0 0 0 0 HR\n"
                                    "n1.dat 16 10/mmHg 16 0 0 0 0 ABPSys\n"
                                    "n1.dat 16 10/mmHg 16 0 0 0 0 ABPDias\n"
                                    "n1.dat 16 10/bpm 16 0 0 0 0 PULSE\n"
                                    "n1.dat 16 10/% 16 0 0 0 0 SpO2\n"
                                    "n1.dat 16 1/mmHg 16 0 0 0 0 NBPSys\n"
                                    "n1.dat 16 1/mmHg 16 0 0 0 0 NBPDias\n"
                                    "n1.dat 16 1/mmHg 16 0 0 0 0 NBPMean\n"
                                    "n1.dat 16 1/mV 16 0 0 0 0 II\n"
                                    "# <age>: 60 <sex>: F\n";

static void
test_wfdb (Fixture *fixture,
           gconstpointer data)
{
  enum { MISSING = -32768 };
  static const gint16 frames[4][9] = {
    { 601, 1183, 642, 611, 0, 131, 72, 90, 5 }, /* both: the arterial line speaks */
    { 0, 0, 0, 611, MISSING, 131, 72, 90, 5 },  /* arterial and ECG silent: cuff and pulse */
    { 0, 0, MISSING, MISSING, 975, MISSING, MISSING, MISSING,
      5 }, /* zeros stay, nothing else is known */
    { MISSING, 1201, MISSING, MISSING, MISSING, 131, 72, 90, 5 }, /* no mixture of line and cuff */
  };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  for (guint i = 0; i < 4; i++)
    put_frame (bytes, frames[i], 9);
  write_file (fixture, "n1.dat", bytes->data, bytes->len);
  write_file (fixture, "n1.hea", record_header, -1);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwRecording) recording = load (fixture, "n1", &error);
  g_assert_no_error (error);

  static const struct
  {
    int minute;
    TwChannel channel;
    double value;
  } expected[] = {
    { 0, TW_CHANNEL_HEART_RATE, 60.1 }, { 0, TW_CHANNEL_SYSTOLIC, 118.3 },
    { 0, TW_CHANNEL_DIASTOLIC, 64.2 },  { 0, TW_CHANNEL_SPO2, 0 },
    { 1, TW_CHANNEL_HEART_RATE, 61.1 }, { 1, TW_CHANNEL_SYSTOLIC, 131 },
    { 1, TW_CHANNEL_DIASTOLIC, 72 },    { 1, TW_CHANNEL_MAP, 90 },
    { 2, TW_CHANNEL_HEART_RATE, 0 },    { 2, TW_CHANNEL_SYSTOLIC, 0 },
    { 2, TW_CHANNEL_SPO2, 97.5 },       { 3, TW_CHANNEL_SYSTOLIC, 120.1 },
  };
  gint64 start = get_reading (recording, 0)->t_us;
  g_assert_cmpuint (recording->readings->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      const TwObservation *obs = get_reading (recording, i);
      g_assert_cmpint (obs->t_us - start, ==, expected[i].minute * TW_MINUTE);
      g_assert_cmpint (obs->channel, ==, expected[i].channel);
      g_assert_cmpfloat_with_epsilon (obs->value, expected[i].value, 1e-9);
    }
  g_assert_cmpstr (get_patient (recording, 0)->id, ==, "n1");
  g_assert_cmpint (get_patient (recording, 0)->sex, ==, TW_SEX_FEMALE);
  g_assert_cmpint (get_patient (recording, 0)->age_years, ==, 60);
  /* The header's checksums are all 0: those of eight signals do not match, and each is named. */
  g_assert_cmpuint (recording->n_problems, ==, 8);
  g_assert_nonnull (strstr (g_array_index (recording->problems, TwCsvProblem, 0).why, "HR"));
}

static void
test_refused (Fixture *fixture,
              gconstpointer data)
{
  write_file (fixture, "w.hea", "w 1 125 2\nw.dat 80 200/mV 8 0 0 0 0 II\n", -1);
  write_file (fixture, "w.dat", "\1\2", 2);
  write_file (fixture, "wn.hea", "wn 0 1\n", -1);
  write_file (fixture, "v.hea", "v 1 125 2\nw.dat 80 200/mV 8 0 0 0 0 ABP\n", -1);
  write_file (fixture, "f.hea", "f 1 125 2\nw.dat 516 200/mV 8 0 0 0 0 HR\n", -1);
  write_file (fixture, "rows.csv", "patient,time,channel,value,unit\na,b,c,d,e\n", -1);
  write_file (fixture, "empty.csv", "patient,time,channel,value,unit\n", -1);
  write_file (fixture, "nothing.csv", "", -1);
  write_file (fixture, "other.csv", "name;age\nx;1\n", -1);
  write_file (fixture, "binary.csv", "\0\1\2\3", 4);
  write_file (fixture, "x.edf", "0", 1);
  static const struct
  {
    const char *name, *words;
  } cases[] = {
    { "w.hea", "“wn.hea”: open that one" },
    { "w", "waveforms (II)" },
    { "v", "no vital signs to replay" },
    { "f", "FLAC" },
    { "rows.csv", "Line 2" },
    { "empty.csv", "holds no readings" },
    { "nothing.csv", "nothing.csv" },
    { "other.csv", "other.csv" },
    { "binary.csv", "binary.csv" },
    { "absent.csv", "cannot be opened" },
    { "x.edf", "not a recording" },
    { "absent", "not a recording" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TwRecording) recording = load (fixture, cases[i].name, &error);
      g_assert_null (recording);
      g_assert_nonnull (error);
      g_test_message ("%s: %s", cases[i].name, error->message);
      g_assert_nonnull (strstr (error->message, cases[i].words));
      g_assert_null (strstr (error->message, fixture->folder));
    }
}

static void
test_bad_people (Fixture *fixture,
                 gconstpointer data)
{
  write_file (fixture, "w.csv",
              "patient,time,channel,value,unit\na,2113-08-25T14:10:00Z,heart_rate,71,/min\n", -1);
  static const char *const texts[] = { "", "person,sex\n1,F\n", "\xff\xfe\n", "\"patient" };
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      write_file (fixture, "patients.csv", texts[i], -1);
      g_autoptr (TwRecording) recording = load (fixture, "w.csv", &error);
      g_assert_no_error (error);
      g_assert_cmpint (get_patient (recording, 0)->age_years, ==, -1);
      g_assert_cmpuint (recording->readings->len, ==, 1);
      g_assert_cmpuint (recording->n_problems, ==, i == 3 ? 0 : 1);
    }
}

static void
test_real_wfdb (void)
{
  static const struct
  {
    const char *name;
    guint n_frames;
  } cases[] = { { "s00001-2896-10-10-00-31n", 1936 }, { "s00001-2896-10-09-01-56n.hea", 1 } };
  g_autofree char *folder =
      tw_test_dup_shared ("formats/wfdb_samples/sample-data/multi-segment/s00001");
  if (folder == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *path = g_build_filename (folder, cases[i].name, NULL);
      g_autoptr (TwRecording) recording = tw_recording_load (path, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (recording->n_rows, ==, cases[i].n_frames);
      g_assert_cmpuint (recording->n_problems, ==, 0);
      g_assert_cmpint (get_patient (recording, 0)->age_years, ==, 60);
      gint64 length = g_array_index (recording->last_us, gint64, 0)
                      - g_array_index (recording->first_us, gint64, 0);
      g_assert_cmpint (length, ==, (gint64) (cases[i].n_frames - 1) * TW_MINUTE);
    }
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (folder, "s00001-2896-10-10-00-31", NULL);
  g_autoptr (TwRecording) waves = tw_recording_load (path, &error);
  g_assert_null (waves);
  g_assert_nonnull (strstr (error->message, "s00001-2896-10-10-00-31n.hea"));
}

static void
test_real_csv (void)
{
  g_autofree char *path = tw_test_dup_shared ("data/icu-mimic4-demo/observations.csv");
  if (path == NULL)
    return;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwRecording) recording = tw_recording_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (recording->patients->len, >, 250);
  g_assert_cmpuint (recording->readings->len + recording->n_problems, ==, 102478);
  g_assert_cmpuint (recording->readings->len, >, 102000);
  guint n_known = 0;
  for (guint i = 0; i < recording->patients->len; i++)
    n_known += get_patient (recording, i)->age_years > 0;
  g_assert_cmpuint (n_known, ==, recording->patients->len);
  for (guint i = 1; i < recording->readings->len; i++)
    g_assert_cmpint (get_reading (recording, i)->t_us, >=, get_reading (recording, i - 1)->t_us);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/source/recording/csv", Fixture, NULL, set_up, test_csv, tear_down);
  g_test_add ("/source/recording/long-csv", Fixture, NULL, set_up, test_long_csv, tear_down);
  g_test_add ("/source/recording/wfdb", Fixture, NULL, set_up, test_wfdb, tear_down);
  g_test_add ("/source/recording/refused", Fixture, NULL, set_up, test_refused, tear_down);
  g_test_add ("/source/recording/bad-people", Fixture, NULL, set_up, test_bad_people, tear_down);
  g_test_add_func ("/source/recording/real-wfdb", test_real_wfdb);
  g_test_add_func ("/source/recording/real-csv", test_real_csv);
  return g_test_run ();
}
