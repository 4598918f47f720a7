/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line of /v1/ingest: what is read, and what is refused with which words. */
#include "config.h"

#include "tw-ingest-read.h"
#include "tw-test.h"

#include <math.h>
#include <string.h>

#define HEAD "{\"src\":\"urn:m:7\",\"epoch\":3,\"pseq\":41,\"p\":\"4711\",\"ts\":1795356130000000,\"x\":"

static TwIngestLine
read_well (const char *text)
{
  g_autoptr (GError) error = NULL;
  TwIngestLine line;

  g_assert_true (tw_ingest_read_line (text, strlen (text), &line, &error));
  g_assert_no_error (error);
  return line;
}

static void
test_read (void)
{
  TwIngestLine line = read_well (HEAD "[[\"heart_rate\",82.385,\"{beat}/min\"],[150456,null,\"%\"],"
                                      "[\"8310-5\",98.6,\"[degF]\",\"corrected\"],"
                                      "[\"consciousness\",\"V\",\"1\",65],"
                                      "[\"map\",70,\"mm[Hg]\",\"withdrawn\"]],\"bed\":\"12\",\"more\":[]}");

  g_assert_cmpstr (line.src, ==, "urn:m:7");
  g_assert_cmpstr (line.patient, ==, "4711");
  g_assert_cmpstr (line.bed, ==, "12");
  g_assert_cmpint (line.epoch, ==, 3);
  g_assert_cmpint (line.pseq, ==, 41);
  g_assert_cmpint (line.t_us, ==, 1795356130000000);
  g_assert_cmpuint (line.n, ==, 5);
  g_assert_cmpint (line.values[0].channel, ==, TW_CHANNEL_HEART_RATE);
  g_assert_cmpfloat (line.values[0].value, ==, 82.385);
  g_assert_cmpint (line.values[0].unit, ==, TW_UNIT_PER_MIN);
  g_assert_cmpint (line.values[1].channel, ==, TW_CHANNEL_SPO2);
  g_assert_true (isnan (line.values[1].value));
  g_assert_cmpuint (line.values[1].flags, ==, TW_OBSERVATION_ABSENT);
  g_assert_cmpint (line.values[2].unit, ==, TW_UNIT_DEGF);
  g_assert_cmpuint (line.values[2].flags, ==, TW_OBSERVATION_CORRECTED);
  g_assert_cmpfloat (line.values[3].value, ==, TW_ACVPU_VOICE);
  g_assert_cmpuint (line.quality[3], ==, 65);
  g_assert_cmpuint (line.values[4].flags, ==, TW_OBSERVATION_WITHDRAWN);
  g_assert_true (isnan (line.values[4].value));
  line = read_well ("{\"src\":\"s\",\"epoch\":0,\"pseq\":1,\"p\":\"p\","
                    "\"ts\":\"2026-11-22T15:02:10+01:00\",\"x\":[]}");
  g_assert_cmpint (line.t_us, ==, 1795356130000000);
  g_assert_cmpuint (line.n, ==, 0);
}

static void
test_refuse (void)
{
  static const struct
  {
    const char *text, *words;
    gint64 pseq;
  } rows[] = {
    { "", "", 0 },
    { "[]", "no JSON object", 0 },
    { "{\"src\":\"s\"", "", 0 },
    { "{}", "“src”", 0 },
    { "{\"src\":\"\"}", "“src”", 0 },
    { "{\"src\":7}", "“src”", 0 },
    { "{\"src\":\"a\\u0000b\"}", "", 0 },
    { "{\"src\":\"a\\nb\"}", "“src”", 0 },
    { "{\"src\":\"s\",\"src\":\"t\"}", "twice", 0 },
    { "{\"src\":\"s\"}", "“epoch”", 0 },
    { "{\"src\":\"s\",\"epoch\":-1}", "“epoch”", 0 },
    { "{\"src\":\"s\",\"epoch\":1.5}", "“epoch”", 0 },
    { "{\"src\":\"s\",\"epoch\":1,\"pseq\":0}", "“pseq”", 0 },
    { "{\"src\":\"s\",\"epoch\":1,\"pseq\":18446744073709551615}", "“pseq”", 0 },
    { "{\"src\":\"s\",\"epoch\":1,\"pseq\":9}", "“p”", 9 },
    { "{\"src\":\"s\",\"epoch\":1,\"pseq\":9,\"p\":\"p\"}", "“ts”", 9 },
    { "{\"src\":\"s\",\"epoch\":1,\"pseq\":9,\"p\":\"p\",\"ts\":\"2026-11-22T15:02:10\"}", "“ts”", 9 },
    { "{\"src\":\"s\",\"epoch\":1,\"pseq\":9,\"p\":\"p\",\"ts\":9223372036854775807}", "“ts”", 9 },
    { "{\"src\":\"s\",\"epoch\":1,\"pseq\":9,\"p\":\"p\",\"bed\":3,\"ts\":1}", "“bed”", 9 },
    { "{\"src\":\"s\",\"epoch\":1,\"pseq\":9,\"p\":\"p\",\"ts\":1}", "“x”", 9 },
    { HEAD "{}}", "“x”", 41 },
    { HEAD "[[\"heart_rate\",82]]}", "“x”", 41 },
    { HEAD "[[\"heart_rate\",82,\"/min\",0,0]]}", "“x”", 41 },
    { HEAD "[[\"pulse\",82,\"/min\"]]}", "channel is not known", 41 },
    { HEAD "[[\"heart_rate\\u0000\",82,\"/min\"]]}", "", 41 },
    { HEAD "[[-5,82,\"/min\"]]}", "channel is not known", 41 },
    { HEAD "[[\"heart_rate\",\"82\",\"/min\"]]}", "value of heart_rate", 41 },
    { HEAD "[[\"heart_rate\",true,\"/min\"]]}", "value of heart_rate", 41 },
    { HEAD "[[\"consciousness\",\"X\",\"1\"]]}", "value of consciousness", 41 },
    { HEAD "[[\"heart_rate\",82,\"%\"]]}", "unit of heart_rate", 41 },
    { HEAD "[[\"heart_rate\",82,null]]}", "unit of heart_rate", 41 },
    { HEAD "[[\"glucose\",5.4,\"mmol\"]]}", "unit of glucose", 41 },
    { HEAD "[[\"heart_rate\",82,\"/min\",256]]}", "quality of heart_rate", 41 },
    { HEAD "[[\"heart_rate\",82,\"/min\",\"good\"]]}", "quality of heart_rate", 41 },
    { HEAD "[[\"heart_rate\",82,\"/min\"],[\"8867-4\",83,\"/min\"]]}", "twice", 41 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      TwIngestLine line;

      g_test_message ("row %zu: %s", i, rows[i].text);
      g_assert_false (tw_ingest_read_line (rows[i].text, strlen (rows[i].text), &line, &error));
      g_assert_nonnull (error);
      g_assert_nonnull (strstr (error->message, rows[i].words));
      g_assert_cmpint (line.pseq, ==, rows[i].pseq);
    }
}

static void
test_many (void)
{
  g_autoptr (GString) text = g_string_new (HEAD "[");
  g_autoptr (GError) error = NULL;
  TwIngestLine line;

  for (int i = 0; i < 100; i++)
    g_string_append_printf (text, "%s[\"heart_rate\",%d,\"/min\"]", i > 0 ? "," : "", i);
  g_string_append (text, "]}");
  g_assert_false (tw_ingest_read_line (text->str, text->len, &line, &error));
  g_assert_nonnull (error);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/io/wire/ingest-read/read", test_read);
  g_test_add_func ("/io/wire/ingest-read/refuse", test_refuse);
  g_test_add_func ("/io/wire/ingest-read/many", test_many);
  return g_test_run ();
}
