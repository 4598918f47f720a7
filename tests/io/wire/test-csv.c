/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plain observations file: every form of a row, every way to be bad, however the bytes are cut. */
#include "config.h"

#include "tw-csv.h"

#include "tw-time.h"

#include "wire-test.h"

#include <math.h>

#define T0 G_GINT64_CONSTANT (1795356130000000)
#define HEADER "patient,time,channel,value,unit\n"
#define AT "2026-11-22T14:02:10Z"

typedef struct
{
  GArray *rows;      /* TwObservation */
  GPtrArray *ids;    /* patient ids, row by row */
} Seen;

static void
on_row (const TwObservation *obs,
        const char *patient_id,
        gpointer user_data)
{
  Seen *seen = user_data;

  g_array_append_vals (seen->rows, obs, 1);
  g_ptr_array_add (seen->ids, g_strdup (patient_id));
}

static Seen *
seen_new (void)
{
  Seen *seen = g_new0 (Seen, 1);

  seen->rows = g_array_new (FALSE, FALSE, sizeof (TwObservation));
  seen->ids = g_ptr_array_new_with_free_func (g_free);
  return seen;
}

static void
seen_free (Seen *seen)
{
  g_array_unref (seen->rows);
  g_ptr_array_unref (seen->ids);
  g_free (seen);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Seen, seen_free)

static const TwObservation *
row_at (const Seen *seen,
        guint i)
{
  g_assert_cmpuint (i, <, seen->rows->len);
  return &g_array_index (seen->rows, TwObservation, i);
}

static const char *
problem_at (const TwCsvReader *reader,
            gsize i,
            guint64 *line)
{
  gsize n;
  const TwCsvProblem *problems = tw_csv_reader_get_problems (reader, &n);

  g_assert_cmpuint (i, <, n);
  *line = problems[i].line;
  return problems[i].why;
}

/* One good row each, after the header. */
static void
test_values (void)
{
  static const struct
  {
    const char *row;
    TwChannel channel;
    double value;
    TwUnit unit;
    guint32 flags;
  } table[] = {
    { "p," AT ",heart_rate,82.5,/min", TW_CHANNEL_HEART_RATE, 82.5, TW_UNIT_PER_MIN, 0 },
    { "p," AT ",8867-4,82,{beat}/min", TW_CHANNEL_HEART_RATE, 82, TW_UNIT_PER_MIN, 0 },
    { "p," AT ",temperature,98.6,[degF]", TW_CHANNEL_TEMPERATURE, 98.6, TW_UNIT_DEGF, 0 },
    { "p,2026-11-22T15:02:10+01:00,spo2,97,%", TW_CHANNEL_SPO2, 97, TW_UNIT_PERCENT, 0 },
    { "p," AT ",spo2,,%", TW_CHANNEL_SPO2, NAN, TW_UNIT_PERCENT, TW_OBSERVATION_ABSENT },
    { "p," AT ",spo2,,", TW_CHANNEL_SPO2, NAN, TW_UNIT_PERCENT, TW_OBSERVATION_ABSENT },
    { "p," AT ",consciousness,A,", TW_CHANNEL_CONSCIOUSNESS, TW_ACVPU_ALERT, TW_UNIT_NONE, 0 },
    { "p," AT ",67775-7,U,-", TW_CHANNEL_CONSCIOUSNESS, TW_ACVPU_UNRESPONSIVE, TW_UNIT_NONE, 0 },
    { "p," AT ",gcs_total,14,{score}", TW_CHANNEL_GCS_TOTAL, 14, TW_UNIT_SCORE, 0 },
    { "p," AT ",gcs_total,14,", TW_CHANNEL_GCS_TOTAL, 14, TW_UNIT_SCORE, 0 },
    { "p," AT ",glucose,Low,mmol/L", TW_CHANNEL_GLUCOSE, 40, TW_UNIT_MG_DL, TW_OBSERVATION_CENSORED_LOW },
    { "p," AT ",glucose,HIGH,mg/dL", TW_CHANNEL_GLUCOSE, 400, TW_UNIT_MG_DL, TW_OBSERVATION_CENSORED_HIGH },
    { "p," AT ",glucose,<2.2,mmol/L", TW_CHANNEL_GLUCOSE, 2.2, TW_UNIT_MMOL_L, TW_OBSERVATION_CENSORED_LOW },
    { "p," AT ",glucose,>27.8,mmol/L", TW_CHANNEL_GLUCOSE, 27.8, TW_UNIT_MMOL_L,
      TW_OBSERVATION_CENSORED_HIGH },
    { "\"p\",\"" AT "\",\"heart_rate\",\"82.5\",\"/min\"", TW_CHANNEL_HEART_RATE, 82.5, TW_UNIT_PER_MIN, 0 },
    { " p ,\t" AT " , heart_rate , 82.5 , /min ", TW_CHANNEL_HEART_RATE, 82.5, TW_UNIT_PER_MIN, 0 },
    { "p," AT ",heart_rate,-1e2,/min", TW_CHANNEL_HEART_RATE, -100, TW_UNIT_PER_MIN, 0 },
    { "p," AT ",insulin_bolus,2.5,U", TW_CHANNEL_INSULIN_BOLUS, 2.5, TW_UNIT_INSULIN_U, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (Seen) seen = seen_new ();
      g_autoptr (TwCsvReader) reader = tw_csv_reader_new (on_row, seen);
      g_autofree char *text = g_strconcat (HEADER, table[i].row, NULL);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", table[i].row);
      tw_csv_reader_feed (reader, text, strlen (text), TRUE, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (tw_csv_reader_get_n_problems (reader), ==, 0);
      g_assert_cmpuint (tw_csv_reader_get_rows (reader), ==, 1);
      g_assert_cmpstr (seen->ids->pdata[0], ==, "p");
      g_assert_cmpint (row_at (seen, 0)->channel, ==, table[i].channel);
      g_assert_cmpint (row_at (seen, 0)->unit, ==, table[i].unit);
      g_assert_cmpuint (row_at (seen, 0)->flags, ==, table[i].flags);
      g_assert_cmpint (row_at (seen, 0)->t_us, ==, T0);
      if (isnan (table[i].value))
        g_assert_true (isnan (row_at (seen, 0)->value));
      else
        g_assert_cmpfloat (row_at (seen, 0)->value, ==, table[i].value);
    }
}

/* A bad row between two good ones: it is counted and named, they stay. */
static void
test_problems (void)
{
  static const struct
  {
    const char *row;
    const char *why;
  } table[] = {
    { "p," AT ",heart_rate,abc,/min", "value “abc” is not a number" },
    { "p," AT ",heart_rate,nan,/min", "value “nan” is not a number" },
    { "p," AT ",heart_rate,0x52,/min", "value “0x52” is not a number" },
    { "p," AT ",heart_rate,\"8,2\",/min", "value “8,2” is not a number" },
    { "p," AT ",heart_rate,Low,/min", "value “Low” is not a number" },
    { "p," AT ",heart_rate,A,/min", "value “A” is not a number" },
    { "p," AT ",heart_rate,<,/min", "value “<” is not a number" },
    { "p," AT ",consciousness,X,", "value “X” is not one of A C V P U" },
    { "p," AT ",aura,82,/min", "channel “aura” is not known" },
    { "p," AT ",,82,/min", "channel “” is not known" },
    { "p,2026-11-22T14:02:10,heart_rate,82,/min", "time “2026-11-22T14:02:10” is malformed or has no zone" },
    { "p,yesterday,heart_rate,82,/min", "time “yesterday” is malformed or has no zone" },
    { "," AT ",heart_rate,82,/min", "the patient is missing" },
    { "\xff," AT ",heart_rate,82,/min", "the patient is not a usable text" },
    { "p," AT ",heart_rate,82", "the row has 4 fields where the first line has 5" },
    { "p," AT ",heart_rate,82,/min,x", "the row has 6 fields where the first line has 5" },
    { "p," AT ",heart_rate,82,\"/min\"x", "a quotation mark is not closed, or stands inside a field" },
    { "p," AT ",heart_rate,82,/m\"in", "a quotation mark is not closed, or stands inside a field" },
    { "p," AT ",heart\x01rate\xe2\x80\xae,82,/min", "channel “heartrate” is not known" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (Seen) seen = seen_new ();
      g_autoptr (TwCsvReader) reader = tw_csv_reader_new (on_row, seen);
      g_autofree char *text = g_strconcat (HEADER "a," AT ",spo2,97,%\n", table[i].row,
                                           "\nb," AT ",spo2,96,%\n", NULL);
      g_autoptr (GError) error = NULL;
      guint64 line;

      tw_csv_reader_feed (reader, text, strlen (text), TRUE, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (tw_csv_reader_get_n_problems (reader), ==, 1);
      g_assert_cmpstr (problem_at (reader, 0, &line), ==, table[i].why);
      g_assert_cmpuint (line, ==, 3);
      g_assert_cmpuint (tw_csv_reader_get_rows (reader), ==, 2);
      g_assert_cmpstr (seen->ids->pdata[0], ==, "a");
      g_assert_cmpstr (seen->ids->pdata[1], ==, "b");
      g_assert_cmpuint (row_at (seen, 1)->patient, ==, 1);
    }
}

/* A row in an unknown unit is a problem, and handed on as it came. */
static void
test_unknown_units (void)
{
  static const struct
  {
    const char *row, *why, *unit;
  } table[] = {
    { "p," AT ",heart_rate,82,furlong", "unit “furlong” is not known", "furlong" },
    { "p," AT ",heart_rate,82,", "the unit is missing", "?" },
    { "p," AT ",spo2,82,a unit longer than sixteen", "unit “a unit longer than sixteen” is not known",
      "a unit longer t" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (Seen) seen = seen_new ();
      g_autoptr (TwCsvReader) reader = tw_csv_reader_new (on_row, seen);
      g_autofree char *text = g_strconcat (HEADER, table[i].row, "\nb," AT ",spo2,96,%\n", NULL);
      g_autoptr (GError) error = NULL;
      guint64 line;

      tw_csv_reader_feed (reader, text, strlen (text), TRUE, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (tw_csv_reader_get_n_problems (reader), ==, 1);
      g_assert_cmpstr (problem_at (reader, 0, &line), ==, table[i].why);
      g_assert_cmpuint (line, ==, 2);
      g_assert_cmpuint (tw_csv_reader_get_rows (reader), ==, 1);
      g_assert_cmpuint (seen->rows->len, ==, 2);
      g_assert_cmpint (row_at (seen, 0)->unit, ==, TW_UNIT_UNKNOWN);
      g_assert_cmpfloat (row_at (seen, 0)->value, ==, 82);
      g_assert_cmpstr (row_at (seen, 0)->unit_text, ==, table[i].unit);
    }
}

/* NUL bytes need their length. */
static void
test_nul (void)
{
  static const char text[] = HEADER "a\0b," AT ",spo2,97,%\nc," AT ",spo2,96,%\n";
  g_autoptr (Seen) seen = seen_new ();
  g_autoptr (TwCsvReader) reader = tw_csv_reader_new (on_row, seen);
  guint64 line;

  g_assert_true (tw_csv_reader_feed (reader, text, sizeof text - 1, TRUE, NULL));
  g_assert_cmpuint (tw_csv_reader_get_rows (reader), ==, 1);
  g_assert_cmpstr (problem_at (reader, 0, &line), ==, "the patient is not a usable text");
}

/* Files that are of this form in spite of their looks. */
static void
test_forms (void)
{
  static const char *const table[] = {
    HEADER "p," AT ",spo2,97,%\nq," AT ",spo2,96,%\n",
    HEADER "p," AT ",spo2,97,%\nq," AT ",spo2,96,%",
    "\xef\xbb\xbf" HEADER "p," AT ",spo2,97,%\nq," AT ",spo2,96,%\n",
    "patient,time,channel,value,unit\r\np," AT ",spo2,97,%\r\nq," AT ",spo2,96,%\r\n",
    "\n\r\n" HEADER "\np," AT ",spo2,97,%\n\n  \nq," AT ",spo2,96,%\n\n",
    "unit,value,channel,time,patient\n%,97,spo2," AT ",p\n%,96,spo2," AT ",q\n",
    "note,Patient, TIME ,\"channel\",value,unit\n\"a \"\"b\"\",\nc\",p," AT ",spo2,97,%\nx,q," AT
    ",spo2,96,%\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    for (gsize cut = 0; cut <= strlen (table[i]); cut++)
      {
        g_autoptr (Seen) seen = seen_new ();
        g_autoptr (TwCsvReader) reader = tw_csv_reader_new (on_row, seen);
        g_autoptr (GError) error = NULL;

        tw_csv_reader_feed (reader, table[i], cut, FALSE, &error);
        g_assert_no_error (error);
        tw_csv_reader_feed (reader, table[i] + cut, strlen (table[i]) - cut, TRUE, &error);
        g_assert_no_error (error);
        g_assert_cmpuint (tw_csv_reader_get_n_problems (reader), ==, 0);
        g_assert_cmpuint (seen->rows->len, ==, 2);
        g_assert_cmpfloat (row_at (seen, 1)->value, ==, 96);
        g_assert_cmpstr (seen->ids->pdata[1], ==, "q");
      }
}

/* What is no such file, in words. */
static void
test_no_such_file (void)
{
  static const struct
  {
    const char *text;
    gsize length;
    const char *words;
  } table[] = {
    { "", 0, "the file is empty" },
    { "\n\n", 2, "the file is empty" },
    { "patient,time,channel,value\n", 27, "no column “unit”" },
    { "time,channel,value,unit\n", 24, "no column “patient”" },
    { "patient,time,channel,value,unit,value\n", 38, "“value” twice" },
    { "PK\x03\x04\0\0\0\n", 8, "not text" },
    { "\x1f\x8b\x08\xff\xfe\n", 6, "not text" },
    { "\xff\xfep\0a\0\n\0", 8, "UTF-16" },
    { "\xfe\xff\0p\0\n", 6, "UTF-16" },
    { "{\"resourceType\":\"Bundle\"}\n", 26, "the first line" },
    { "\"patient\n", 9, "the first line" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (Seen) seen = seen_new ();
      g_autoptr (TwCsvReader) reader = tw_csv_reader_new (on_row, seen);
      g_autoptr (GError) error = NULL;

      g_assert_false (tw_csv_reader_feed (reader, table[i].text, table[i].length, TRUE, &error));
      g_assert_error (error, TW_WIRE_ERROR, TW_WIRE_ERROR_FILE);
      g_assert_nonnull (strstr (error->message, table[i].words));
    }
}

/* A row or a quotation mark without end costs that row, not the file. */
static void
test_long_rows (void)
{
  static const char *const starts[] = { "p," AT ",spo2,", "p," AT ",\"spo2," };

  for (gsize i = 0; i < G_N_ELEMENTS (starts); i++)
    for (gsize piece = 1000; piece < 1000000; piece *= 30)
      {
        g_autoptr (Seen) seen = seen_new ();
        g_autoptr (TwCsvReader) reader = tw_csv_reader_new (on_row, seen);
        g_autoptr (GString) text = g_string_new (HEADER);
        guint64 line;

        g_string_append (text, starts[i]);
        for (int k = 0; k < 300000; k++)
          g_string_append_c (text, '7');
        g_string_append (text, "\nq," AT ",spo2,96,%\n");
        for (gsize at = 0; at < text->len; at += piece)
          g_assert_true (tw_csv_reader_feed (reader, text->str + at, MIN (piece, text->len - at),
                                             at + piece >= text->len, NULL));
        g_assert_cmpuint (tw_csv_reader_get_n_problems (reader), ==, 1);
        problem_at (reader, 0, &line);
        g_assert_cmpuint (line, ==, 2);
        g_assert_cmpuint (seen->rows->len, ==, 1);
        g_assert_cmpfloat (row_at (seen, 0)->value, ==, 96);
      }
}

/* An unclosed quotation mark: its line is bad, those after it are read, and lines keep their numbers. */
static void
test_open_quote (void)
{
  g_autoptr (Seen) seen = seen_new ();
  g_autoptr (TwCsvReader) reader = tw_csv_reader_new (on_row, seen);
  g_autoptr (GString) text = g_string_new (HEADER "p,\"" AT ",spo2,97,%\n");
  guint64 line;

  for (int i = 0; i < 5000; i++)
    g_string_append (text, "q," AT ",spo2,96,%\n");
  g_string_append (text, "q," AT ",aura,96,%\n");
  g_assert_true (tw_csv_reader_feed (reader, text->str, text->len, TRUE, NULL));
  g_assert_cmpuint (seen->rows->len, ==, 5000);
  g_assert_cmpuint (tw_csv_reader_get_n_problems (reader), ==, 2);
  problem_at (reader, 0, &line);
  g_assert_cmpuint (line, ==, 2);
  problem_at (reader, 1, &line);
  g_assert_cmpuint (line, ==, 5003);
}

/* All problems are counted, the first hundred kept. */
static void
test_many_problems (void)
{
  g_autoptr (Seen) seen = seen_new ();
  g_autoptr (TwCsvReader) reader = tw_csv_reader_new (on_row, seen);
  g_autoptr (GString) text = g_string_new (HEADER);
  gsize n;

  for (int i = 0; i < 1000; i++)
    g_string_append (text, "bad\n");
  g_assert_true (tw_csv_reader_feed (reader, text->str, text->len, TRUE, NULL));
  tw_csv_reader_get_problems (reader, &n);
  g_assert_cmpuint (n, ==, TW_CSV_MAX_PROBLEMS);
  g_assert_cmpuint (tw_csv_reader_get_n_problems (reader), ==, 1000);
}

static void
count_row (const TwObservation *obs,
           const char *patient_id,
           gpointer user_data)
{
  guint *n = user_data;

  (*n)++;
}

static void
test_many_patients (void)
{
  guint n = 0;
  g_autoptr (TwCsvReader) reader = tw_csv_reader_new (count_row, &n);
  g_autoptr (GString) text = g_string_new (HEADER);
  guint64 line;

  for (int i = 0; i < TW_CSV_MAX_PATIENTS + 3; i++)
    g_string_append_printf (text, "%d," AT ",spo2,96,%%\n", i);
  g_string_append (text, "5," AT ",spo2,96,%\n");
  g_assert_true (tw_csv_reader_feed (reader, text->str, text->len, TRUE, NULL));
  g_assert_cmpuint (n, ==, TW_CSV_MAX_PATIENTS + 1);
  g_assert_cmpuint (tw_csv_reader_get_n_problems (reader), ==, 3);
  g_assert_cmpstr (problem_at (reader, 0, &line), ==, "more than 100,000 patients: this one is left out");
}

static void
test_mutants (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261122);
  g_autoptr (GString) text = g_string_new (HEADER);
  guint n_read = 0;

  for (int i = 0; i < 30; i++)
    g_string_append_printf (text, "p%d," AT ",\"heart_rate\",%d.5,/min\r\n", i % 3, 60 + i);
  for (int i = 0; i < 2000; i++)
    {
      g_autoptr (Seen) seen = seen_new ();
      g_autoptr (TwCsvReader) reader = tw_csv_reader_new (on_row, seen);
      g_autoptr (GString) mutant = g_string_new (text->str);
      gsize cut, n_known = 0;

      wire_mutate (mutant, rand);
      cut = (gsize) g_rand_int_range (rand, 0, (gint32) mutant->len);
      if (tw_csv_reader_feed (reader, mutant->str, cut, FALSE, NULL)
          && tw_csv_reader_feed (reader, mutant->str + cut, mutant->len - cut, TRUE, NULL))
        n_read++;
      for (guint k = 0; k < seen->rows->len; k++)
        {
          g_assert_false (isinf (row_at (seen, k)->value));
          n_known += row_at (seen, k)->unit != TW_UNIT_UNKNOWN;
        }
      g_assert_cmpuint (n_known, ==, tw_csv_reader_get_rows (reader));
    }
  g_assert_cmpuint (n_read, >, 1500);
}

static void
test_real (gconstpointer data)
{
  g_autofree char *path = tw_test_dup_shared (data);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  guint n = 0;
  g_autoptr (TwCsvReader) reader = tw_csv_reader_new (count_row, &n);
  gsize length;
  guint n_lines = 0;

  if (path == NULL)
    return;
  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  for (gsize at = 0; at < length; at += 16384)
    tw_csv_reader_feed (reader, text + at, MIN (16384, length - at), at + 16384 >= length, &error);
  g_assert_no_error (error);
  for (const char *p = text; (p = strchr (p, '\n')) != NULL; p++)
    n_lines++;
  g_assert_cmpuint (tw_csv_reader_get_n_problems (reader), ==, 0);
  g_assert_cmpuint (n, ==, n_lines - 1);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/csv/values", test_values);
  g_test_add_func ("/csv/problems", test_problems);
  g_test_add_func ("/csv/unknown-units", test_unknown_units);
  g_test_add_func ("/csv/nul", test_nul);
  g_test_add_func ("/csv/forms", test_forms);
  g_test_add_func ("/csv/no-such-file", test_no_such_file);
  g_test_add_func ("/csv/long-rows", test_long_rows);
  g_test_add_func ("/csv/open-quote", test_open_quote);
  g_test_add_func ("/csv/many-problems", test_many_problems);
  g_test_add_func ("/csv/many-patients", test_many_patients);
  g_test_add_func ("/csv/mutants", test_mutants);
  g_test_add_data_func ("/csv/icu", "data/icu-mimic4-demo/observations.csv", test_real);
  g_test_add_data_func ("/csv/cgm", "data/cgm-bigideas/observations.csv", test_real);
  return g_test_run ();
}
