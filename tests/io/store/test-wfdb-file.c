/* SPDX-License-Identifier: GPL-3.0-or-later */
/* WFDB records: our own small ones in every packing, hostile headers, and real ones against their
 * checksums. */
#include "config.h"

#include "tw-wfdb-file.h"

#include <math.h>
#include <string.h>

#include <glib/gstdio.h>

#include "tw-test.h"
#include "tw-wfdb-header.h"
#include "tw-wfdb-signal.h"

typedef struct
{
  char *folder;
} Fixture;

static void
set_up (Fixture *fixture,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  fixture->folder = g_dir_make_tmp ("tw-wfdb-XXXXXX", &error);
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

static TwWfdbRecord *
open_record (const Fixture *fixture,
             const char *name,
             GError **error)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  return tw_wfdb_record_open (path, error);
}

static TwWfdbRecord *
open_good (const Fixture *fixture,
           const char *name)
{
  g_autoptr (GError) error = NULL;
  TwWfdbRecord *record = open_record (fixture, name, &error);
  g_assert_no_error (error);
  return record;
}

/* NaN in expected means NaN. */
static void
assert_values (TwWfdbRecord *record,
               guint signal,
               guint64 from,
               gsize n,
               const double *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree double *values = g_new (double, n);
  tw_wfdb_record_read (record, signal, from, n, values, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < n; i++)
    if (isnan (expected[i]))
      g_assert_true (isnan (values[i]));
    else
      g_assert_cmpfloat_with_epsilon (values[i], expected[i], 1e-9);
}

static void
assert_checked (TwWfdbRecord *record,
                guint signal,
                gboolean expected)
{
  g_autoptr (GError) error = NULL;
  gboolean matches = !expected;
  tw_wfdb_record_check (record, signal, &matches, &error);
  g_assert_no_error (error);
  g_assert_cmpint (matches, ==, expected);
}

/* Two samples of each packing, the missing code among them, with the digital values worked out by
 * hand. */
static const struct
{
  int format;
  guint n_bytes, n_samples;
  guint8 bytes[12];
  gint32 digital[4];
} packed[] = {
  { 16, 6, 3, { 0x85, 0x03, 0x7b, 0xfc, 0x00, 0x80 }, { 901, -901, -32768 } },
  { 61, 6, 3, { 0x03, 0x85, 0xfc, 0x7b, 0x80, 0x00 }, { 901, -901, -32768 } },
  { 160, 6, 3, { 0x85, 0x83, 0x7b, 0x7c, 0x00, 0x00 }, { 901, -901, -32768 } },
  { 80, 3, 3, { 0xd9, 0x27, 0x00 }, { 89, -89, -128 } },
  { 24, 9, 3, { 0x85, 0x03, 0x00, 0x7b, 0xfc, 0xff, 0x00, 0x00, 0x80 }, { 901, -901, -8388608 } },
  { 32, 8, 2, { 0x85, 0x03, 0x01, 0x00, 0x00, 0x00, 0x00, 0x80 }, { 66437, G_MININT32 } },
  { 212, 5, 3, { 0x85, 0xc3, 0x7b, 0x00, 0x08 }, { 901, -901, -2048 } },
  { 310, 4, 3, { 0x0a, 0xff, 0xf4, 0xf7 }, { -123, -6, -33 } },
  { 311, 4, 3, { 0x85, 0x01, 0x20, 0x20 }, { 389, 0, -510 } },
};

static void
test_packings (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (packed); i++)
    {
      const TwWfdbPacking *packing = tw_wfdb_packing (packed[i].format);
      g_assert_nonnull (packing);
      for (guint s = 0; s < packed[i].n_samples; s++)
        {
          guint unit = s / packing->unit_samples, within = s % packing->unit_samples;
          const guint8 *at = packed[i].bytes + unit * packing->unit_bytes;
          g_assert_cmpuint (unit * packing->unit_bytes + tw_wfdb_packing_need (packing, within), <=,
                            packed[i].n_bytes);
          g_assert_cmpint (tw_wfdb_unpack (packing, at, within), ==, packed[i].digital[s]);
        }
    }
  g_assert_null (tw_wfdb_packing (8));
  g_assert_null (tw_wfdb_packing (508));
}

static void
test_format_16 (Fixture *fixture,
                gconstpointer data)
{
  /* Three frames of two vital signs: 90.1, missing, -90.1 (a sensor's fault, but a value) and 118,
   * 0, missing. */
  static const guint8 bytes[]
    = { 0x85, 0x03, 0x76, 0x00, 0x00, 0x80, 0x00, 0x00, 0x7b, 0xfc, 0x00, 0x80 };
  write_file (fixture, "r1.dat", bytes, sizeof bytes);
  write_file (fixture, "r1.hea",
              "# a comment first\n"
              "r1 2 0.0166666666667/125 3 1:56:25.894 09/10/2096\r\n"
              "r1.dat 16 10/bpm 16 0 901 -32768 0 HR\n"
              "\n"
              "r1.dat 16 1/mmHg 16 0 118 -32650 0 NBP Sys\n"
              "# <age>: 60 <sex>: F\n",
              -1);
  g_autoptr (TwWfdbRecord) record = open_good (fixture, "r1");
  g_autoptr (TwWfdbRecord) same = open_good (fixture, "r1.hea");
  g_assert_cmpuint (tw_wfdb_record_get_n_signals (same), ==, 2);
  g_assert_cmpuint (tw_wfdb_record_get_n_frames (record), ==, 3);
  g_assert_cmpuint (tw_wfdb_record_get_n_lacking (record), ==, 0);
  g_assert_cmpfloat_with_epsilon (tw_wfdb_record_get_frequency (record), 1.0 / 60.0, 1e-12);
  g_autoptr (GDateTime) start = g_date_time_new_utc (2096, 10, 9, 1, 56, 25.894);
  g_assert_cmpint (tw_wfdb_record_get_start_us (record), ==,
                   g_date_time_to_unix (start) * G_USEC_PER_SEC + 894000);
  g_assert_cmpint (tw_wfdb_record_get_age (record), ==, 60);
  g_assert_cmpint (tw_wfdb_record_get_sex (record), ==, 'F');

  const TwWfdbSignal *rate = tw_wfdb_record_get_signal (record, 0);
  const TwWfdbSignal *cuff = tw_wfdb_record_get_signal (record, 1);
  g_assert_cmpint (rate->channel, ==, TW_CHANNEL_HEART_RATE);
  g_assert_cmpint (rate->unit, ==, TW_UNIT_PER_MIN);
  g_assert_cmpint (cuff->channel, ==, TW_CHANNEL_SYSTOLIC);
  g_assert_cmpuint (cuff->rank, ==, 1);
  assert_values (record, 0, 0, 3, (double[]){ 90.1, NAN, -90.1 });
  assert_values (record, 1, 0, 4, (double[]){ 118, 0, NAN, NAN });
  assert_values (record, 1, 2, 1, (double[]){ NAN });
  assert_values (record, 1, G_MAXUINT64, 1, (double[]){ NAN });
  assert_checked (record, 0, TRUE);
  assert_checked (record, 1, TRUE);
}

static void
test_format_212 (Fixture *fixture,
                 gconstpointer data)
{
  /* Frames of three samples: two of the first signal, one of the second; 5 bytes before the first
   * sample. */
  static const guint8 bytes[]
    = { 9, 9, 9, 9, 9, 0x85, 0xc3, 0x7b, 0x02, 0x10, 0x03, 0x04, 0x80, 0x00 };
  write_file (fixture, "r2.dat", bytes, sizeof bytes);
  write_file (fixture, "r2.hea",
              "r2 2 125 2\n"
              "r2.dat 212x2+5 2(1)/mV 12 0 901 0 0 II\n"
              "r2.dat 212:1+5 10/bpm 12 0 2 0 0 HR\n",
              -1);
  g_autoptr (TwWfdbRecord) record = open_good (fixture, "r2");
  g_assert_cmpuint (tw_wfdb_record_get_n_frames (record), ==, 2);
  g_assert_cmpint (tw_wfdb_record_get_start_us (record), ==, 0);
  /* samples: 901 -901 2 | 259 4 -2048 (missing); the second signal lies one frame later in the file
   */
  assert_values (record, 0, 0, 2, (double[]){ 450, 129 });
  assert_values (record, 1, 0, 2, (double[]){ NAN, NAN });
  assert_checked (record, 0, FALSE);
}

static void
test_format_80 (Fixture *fixture,
                gconstpointer data)
{
  static const guint8 bytes[] = { 0xd9, 0x00, 0x27, 0x80 };
  write_file (fixture, "r3.dat", bytes, sizeof bytes);
  write_file (fixture, "r3.hea", "r3 1 125\nr3.dat 80 1.25(-100)/mmHg\n", -1);
  g_autoptr (TwWfdbRecord) record = open_good (fixture, "r3");
  g_assert_cmpuint (tw_wfdb_record_get_n_frames (record), ==, 4);
  g_assert_cmpstr (tw_wfdb_record_get_signal (record, 0)->name, ==, "");
  g_assert_cmpint (tw_wfdb_record_get_signal (record, 0)->channel, ==, TW_CHANNEL_NONE);
  assert_values (record, 0, 0, 4, (double[]){ 151.2, NAN, 8.8, 80 });
  assert_checked (record, 0, TRUE);
}

static void
test_segments (Fixture *fixture,
               gconstpointer data)
{
  write_file (fixture, "m.hea", "m/4 2 1/125 7 31:25.894 10/10/2096\nm_layout 0\nm1 2\n~ 3\nm2 2\n",
              -1);
  write_file (fixture, "m_layout.hea",
              "m_layout 2 1\n~ 0 1/bpm 8 0 -128 0 0 HR\n~ 0 1/% 8 0 -128 0 0 SpO2\n", -1);
  write_file (fixture, "m1.hea", "m1 1 1 2\nm1.dat 80 1/% 8 0 97 0 0 SpO2\n", -1);
  write_file (fixture, "m1.dat", "\xe1\xe0", 2);
  write_file (fixture, "m2.hea",
              "m2 2 1 2\nm2.dat 80 1/% 8 0 0 0 0 SpO2\nm2.dat 80 2/bpm 8 0 0 0 0 HR\n", -1);
  write_file (fixture, "m2.dat", "\xdf\xe9\x00\xeb", 4);
  g_autoptr (TwWfdbRecord) record = open_good (fixture, "m");
  g_assert_cmpuint (tw_wfdb_record_get_n_frames (record), ==, 7);
  g_assert_cmpint (tw_wfdb_record_get_signal (record, 1)->channel, ==, TW_CHANNEL_SPO2);
  assert_values (record, 1, 0, 7, (double[]){ 97, 96, NAN, NAN, NAN, 95, NAN });
  assert_values (record, 0, 0, 8, (double[]){ NAN, NAN, NAN, NAN, NAN, 52.5, 53.5, NAN });
  assert_values (record, 1, 4, 2, (double[]){ NAN, 95 });

  /* A fixed layout: every segment has the same signals in the same order. */
  write_file (fixture, "f.hea", "f/2 2 1 4\nm2 2\nm2 2\n", -1);
  g_autoptr (TwWfdbRecord) fixed = open_good (fixture, "f");
  assert_values (fixed, 1, 1, 3, (double[]){ 53.5, 52.5, 53.5 });

  /* A segment that is not there: its frames are an error that names it, the others can be read. */
  write_file (fixture, "h.hea", "h/2 2 1 4\nm2 2\nm9 2\n", -1);
  g_autoptr (TwWfdbRecord) holed = open_good (fixture, "h");
  g_autoptr (GError) error = NULL;
  double values[4];
  assert_values (holed, 1, 0, 2, (double[]){ 52.5, 53.5 });
  g_assert_false (tw_wfdb_record_read (holed, 0, 0, 4, values, &error));
  g_assert_error (error, TW_STORE_ERROR, TW_STORE_ERROR_IO);
  g_assert_nonnull (strstr (error->message, "m9.hea"));
}

static void
test_truncated (Fixture *fixture,
                gconstpointer data)
{
  write_file (fixture, "t.hea", "t 1 1 1099511627776\nt.dat 16 10/bpm 16 0 0 0 0 HR\n", -1);
  write_file (fixture, "t.dat", "\x85\x03\x7b\x02\x11", 5);
  g_autoptr (TwWfdbRecord) record = open_good (fixture, "t");
  g_assert_cmpuint (tw_wfdb_record_get_n_frames (record), ==, 2);
  g_assert_cmpuint (tw_wfdb_record_get_n_lacking (record), ==, G_GUINT64_CONSTANT (1099511627774));
  assert_values (record, 0, 0, 3, (double[]){ 90.1, 63.5, NAN });
  assert_checked (record, 0, TRUE);
}

static const struct
{
  const char *header;
  TwStoreError code;
  const char *words; /* in the message */
} refused[] = {
  { "", TW_STORE_ERROR_FORMAT, "record line" },
  { "# only a comment\n", TW_STORE_ERROR_FORMAT, "record line" },
  { "r\n", TW_STORE_ERROR_FORMAT, "number of signals" },
  { "r x\n", TW_STORE_ERROR_FORMAT, "number of signals" },
  { "r 99999999999999999999\n", TW_STORE_ERROR_FORMAT, "number of signals" },
  { "r 641 1 1\n", TW_STORE_ERROR_FORMAT, "number of signals" },
  { "../r 1 1 1\n", TW_STORE_ERROR_FORMAT, "plain name" },
  { "r 1 0 1\nr.dat 16\n", TW_STORE_ERROR_FORMAT, "frequency" },
  { "r 1 -5 1\nr.dat 16\n", TW_STORE_ERROR_FORMAT, "frequency" },
  { "r 1 nan 1\nr.dat 16\n", TW_STORE_ERROR_FORMAT, "frequency" },
  { "r 1 1 -1\nr.dat 16\n", TW_STORE_ERROR_FORMAT, "length" },
  { "r 1 1 9999999999999999999999\nr.dat 16\n", TW_STORE_ERROR_FORMAT, "length" },
  { "r 1 1 1 12:99999:1\nr.dat 16\n", TW_STORE_ERROR_FORMAT, "start time" },
  { "r 1 1 1 1:2:3:4\nr.dat 16\n", TW_STORE_ERROR_FORMAT, "start time" },
  { "r 1 1 1 1:2:3 31/02/2020\nr.dat 16\n", TW_STORE_ERROR_FORMAT, "start date" },
  { "r 1 1 1 1:2:3 2020-01-01\nr.dat 16\n", TW_STORE_ERROR_FORMAT, "start date" },
  { "r 2 1 1\nr.dat 16\n", TW_STORE_ERROR_FORMAT, "ends early" },
  { "r 1 1 1\nr.dat 16\nr.dat 16\n", TW_STORE_ERROR_FORMAT, "more lines" },
  { "r 1 1 1\n../r.dat 16\n", TW_STORE_ERROR_FORMAT,
    "Line 2 of the header: the signal file is not a plain name" },
  { "r 1 1 1\n/etc/passwd 16\n", TW_STORE_ERROR_FORMAT, "plain name" },
  { "r 1 1 1\n..\\r.dat 16\n", TW_STORE_ERROR_FORMAT, "plain name" },
  { "r 1 1 1\nr.dat 16y4\n", TW_STORE_ERROR_FORMAT, "format" },
  { "r 1 1 1\nr.dat 16x0\n", TW_STORE_ERROR_FORMAT, "format" },
  { "r 1 1 1\nr.dat 16x4000000000\n", TW_STORE_ERROR_FORMAT, "format" },
  { "r 1 1 1\nr.dat 16+99999999999999999999\n", TW_STORE_ERROR_FORMAT, "format" },
  { "r 1 1 1\nr.dat 16+4000000000\n", TW_STORE_ERROR_FORMAT, "before its first sample" },
  { "r 1 1 1\nr.dat 16 ten/bpm\n", TW_STORE_ERROR_FORMAT, "gain" },
  { "r 1 1 1\nr.dat 16 10(3/bpm\n", TW_STORE_ERROR_FORMAT, "gain" },
  { "r 1 1 1\nr.dat 16 10/bpm 16 0 zero\n", TW_STORE_ERROR_FORMAT, "number" },
  { "r 1 1 1\nnot-there.dat 16\n", TW_STORE_ERROR_IO, "not-there.dat" },
  { "r 1 1 1\nr.dat 7\n", TW_STORE_ERROR_UNSUPPORTED, "signal format 7" },
  { "r 1 1 1\nr.dat 516\n", TW_STORE_ERROR_UNSUPPORTED, "FLAC" },
  { "r 2 1 1\nr.dat 16\nr.dat 80\n", TW_STORE_ERROR_FORMAT, "two different formats" },
  { "r 1 1 1\n~ 0\n", TW_STORE_ERROR_FORMAT, "holds no signals" },
  { "r/0 1 1 1\n", TW_STORE_ERROR_FORMAT, "plain name" },
  { "r/99999999 1 1 1\n", TW_STORE_ERROR_FORMAT, "plain name" },
  { "r/2 1 1 1\nr_1 1\n", TW_STORE_ERROR_FORMAT, "ends early" },
  { "r/1 1 1 1\n../r_1 1\n", TW_STORE_ERROR_FORMAT, "plain name" },
  { "r/1 1 1 1\nr_1 x\n", TW_STORE_ERROR_FORMAT, "segment's length" },
  { "r/1 1 1 1\n~ 10\n", TW_STORE_ERROR_FORMAT, "gaps only" },
  { "r/1 1 1 1\nr 10\n", TW_STORE_ERROR_FORMAT, "itself cut in segments" },
  { "r/1 1 1 1\nr_1 10\n", TW_STORE_ERROR_IO, "r_1.hea" },
};

static void
test_refused (Fixture *fixture,
              gconstpointer data)
{
  write_file (fixture, "r.dat", "\1\2", 2);
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GError) error = NULL;
      write_file (fixture, "r.hea", refused[i].header, -1);
      g_autoptr (TwWfdbRecord) record = open_record (fixture, "r", &error);
      g_test_message ("%s -> %s", refused[i].header, error != NULL ? error->message : "(accepted)");
      g_assert_null (record);
      g_assert_error (error, TW_STORE_ERROR, (int) refused[i].code);
      g_assert_nonnull (strstr (error->message, refused[i].words));
    }
  g_autoptr (GError) error = NULL;
  g_autoptr (TwWfdbRecord) nothing = open_record (fixture, "nothing-here", &error);
  g_assert_null (nothing);
  g_assert_error (error, TW_STORE_ERROR, TW_STORE_ERROR_IO);
}

/* Every cut and many single-byte changes of a header are read or refused, never worse. */
static void
test_mutants (void)
{
  static const char header[] =
      "s/3 2 0.0166666666667/125(7) 1936 31:25.894 10/10/2896\nl 0\n~ 3\ns_1 4\n"
      "# <age>: 60 <sex>: F\n";
  static const char single[] =
      "s 2 360 9\ns.dat 212x4:3+24 20(-1600)/mmHg 12 0 -242 -18875 0 ABP Mean\n"
      "s.dat 212 10/bpm 12 0 1 2 3 HR\n# age: 7 sex: m";
  static const char bytes[] = "\0\n \x80\xff-9/:x~";
  g_autoptr (GRand) rand = g_rand_new_with_seed (8312);
  const char *texts[] = { header, single };
  for (guint t = 0; t < 2; t++)
    {
      gsize n = strlen (texts[t]);
      for (gsize cut = 0; cut <= n; cut++)
        {
          g_autoptr (TwWfdbHeader) parsed = tw_wfdb_header_parse (texts[t], cut, NULL);
          g_assert_true (parsed == NULL || parsed->name != NULL);
        }
      for (guint i = 0; i < 20000; i++)
        {
          g_autofree char *mutant = g_strndup (texts[t], n);
          for (guint k = 0; k < 3; k++)
            mutant[g_rand_int_range (rand, 0, (gint32) n)]
              = bytes[g_rand_int_range (rand, 0, (gint32) sizeof bytes - 1)];
          g_autoptr (TwWfdbHeader) parsed = tw_wfdb_header_parse (mutant, n, NULL);
          g_assert_true (parsed == NULL || parsed->frequency > 0.0);
        }
    }
}

#define SAMPLES "formats/wfdb_samples/sample-data/"

static void
test_numerics (void)
{
  g_autofree char *path
    = tw_test_dup_shared (SAMPLES "multi-segment/s00001/s00001-2896-10-10-00-31n.hea");
  if (path == NULL)
    return;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwWfdbRecord) record = tw_wfdb_record_open (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tw_wfdb_record_get_n_signals (record), ==, 10);
  g_assert_cmpuint (tw_wfdb_record_get_n_frames (record), ==, 1936);
  g_assert_cmpint (tw_wfdb_record_get_age (record), ==, 60);
  g_assert_cmpint (tw_wfdb_record_get_sex (record), ==, 'F');
  g_autoptr (GDateTime) start
    = g_date_time_new_from_unix_utc (tw_wfdb_record_get_start_us (record) / G_USEC_PER_SEC);
  g_autofree char *text = g_date_time_format (start, "%Y-%m-%d %H:%M:%S");
  g_assert_cmpstr (text, ==, "2896-10-10 00:31:25");
  /* Decoded by hand from the 16-bit samples of frames 13 to 15. */
  assert_values (record, 0, 13, 3, (double[]){ 58.6, 55.6, 55.7 });
  assert_values (record, 1, 13, 3, (double[]){ 0, 0, 0 });
  assert_values (record, 4, 13, 3, (double[]){ 0, 55.0, 0 });
  assert_values (record, 5, 13, 3, (double[]){ 17.2, 12.4, 10.3 });
  assert_values (record, 6, 13, 3, (double[]){ 0, 96.0, 0 });
  assert_values (record, 7, 13, 3, (double[]){ NAN, 120, NAN });
  assert_values (record, 9, 803, 1, (double[]){ 79 });
  for (guint i = 0; i < 10; i++)
    {
      g_assert_cmpint (tw_wfdb_record_get_signal (record, i)->channel, !=, TW_CHANNEL_NONE);
      assert_checked (record, i, TRUE);
    }
}

/* Records of other people's making whose header gives a checksum of every signal. */
static const char *const checked[] = {
  "100",
  "100_3chan",
  "03700181",
  "1003",
  "12726",
  "310derive",
  "310derive_2",
  "310derive_3",
  "311derive",
  "311derive_2",
  "311derive_3",
  "311derive_4",
  "3000003_0003",
  "a103l",
  "drive02",
  "p10143",
  "s0010_re",
  "test01_00s",
  "test01_00s_frame",
  "test_generator_2",
  "v102s",
  "wave_4",
  "multi-segment/041s/041s01",
  "multi-segment/p000878/3269321_0002",
  "multi-segment/s25047/3234460_0018",
  "multi-segment/s00001/s00001-2896-10-09-01-56n",
};

static void
test_checksums (void)
{
  g_autofree char *folder = tw_test_dup_shared (SAMPLES);
  if (folder == NULL)
    return;
  guint n_verified = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (checked); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *path = g_build_filename (folder, checked[i], NULL);
      g_autoptr (TwWfdbRecord) record = tw_wfdb_record_open (path, &error);
      g_test_message ("%s: %s", checked[i], error != NULL ? error->message : "opened");
      if (g_error_matches (error, TW_STORE_ERROR, TW_STORE_ERROR_IO))
        continue; /* only the header is among the samples */
      g_assert_no_error (error);
      if (tw_wfdb_record_get_n_lacking (record) > 0)
        {
          g_test_message ("%s is an excerpt: its checksums are of the whole", checked[i]);
          continue;
        }
      for (guint s = 0; s < tw_wfdb_record_get_n_signals (record); s++)
        {
          g_test_message ("signal %u", s);
          assert_checked (record, s, TRUE);
          n_verified++;
        }
    }
  g_assert_cmpuint (n_verified, >, 60);
}

static void
test_real_segments (void)
{
  g_autofree char *path =
      tw_test_dup_shared (SAMPLES "multi-segment/s00001/s00001-2896-10-10-00-31.hea");
  if (path == NULL)
    return;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwWfdbRecord) record = tw_wfdb_record_open (path, &error);
  double values[6];
  g_assert_no_error (error);
  g_assert_cmpuint (tw_wfdb_record_get_n_signals (record), ==, 4);
  g_assert_cmpuint (tw_wfdb_record_get_n_frames (record), ==, 14518365);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpint (tw_wfdb_record_get_signal (record, i)->channel, ==, TW_CHANNEL_NONE);
  /* The record begins with a gap of 3261 frames. */
  g_assert_true (tw_wfdb_record_read (record, 0, 3259, 6, values, &error));
  g_assert_no_error (error);
  g_assert_true (isnan (values[0]) && isnan (values[1]) && isfinite (values[2])
                 && isfinite (values[5]));
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/wfdb/packings", test_packings);
  g_test_add ("/store/wfdb/format-16", Fixture, NULL, set_up, test_format_16, tear_down);
  g_test_add ("/store/wfdb/format-212", Fixture, NULL, set_up, test_format_212, tear_down);
  g_test_add ("/store/wfdb/format-80", Fixture, NULL, set_up, test_format_80, tear_down);
  g_test_add ("/store/wfdb/segments", Fixture, NULL, set_up, test_segments, tear_down);
  g_test_add ("/store/wfdb/truncated", Fixture, NULL, set_up, test_truncated, tear_down);
  g_test_add ("/store/wfdb/refused", Fixture, NULL, set_up, test_refused, tear_down);
  g_test_add_func ("/store/wfdb/mutants", test_mutants);
  g_test_add_func ("/store/wfdb/numerics", test_numerics);
  g_test_add_func ("/store/wfdb/checksums", test_checksums);
  g_test_add_func ("/store/wfdb/real-segments", test_real_segments);
  return g_test_run ();
}
