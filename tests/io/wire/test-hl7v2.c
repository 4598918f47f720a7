/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages of HL7 v2 become readings: codes, units, values, status, times, people. */
#include "config.h"

#include "hl7-test.h"

#include "tw-table.h"

#include <math.h>

static void
check_reading (const TwHl7Message *message,
               TwChannel           channel,
               double              value,
               TwUnit              unit)
{
  const TwObservation *reading = hl7_find (message, channel);

  g_assert_nonnull (reading);
  g_assert_cmpfloat (reading->value, ==, value);
  g_assert_cmpint (reading->unit, ==, unit);
}

static void
test_pcd01 (void)
{
  g_autoptr (TwHl7Message) message = hl7_read_with (HL7_PCD01, -1, NULL, 'P');
  g_autofree char *answer = hl7_answer (message);
  const TwHl7Person *person;

  g_assert_cmpint (message->verdict, ==, TW_HL7_ACCEPT);
  g_assert_cmpuint (message->readings->len, ==, 7);
  check_reading (message, TW_CHANNEL_HEART_RATE, 80, TW_UNIT_PER_MIN);
  check_reading (message, TW_CHANNEL_SYSTOLIC, 112, TW_UNIT_MMHG);
  check_reading (message, TW_CHANNEL_DIASTOLIC, 76, TW_UNIT_MMHG);
  check_reading (message, TW_CHANNEL_MAP, 88, TW_UNIT_MMHG);
  check_reading (message, TW_CHANNEL_SPO2, 97, TW_UNIT_PERCENT);
  check_reading (message, TW_CHANNEL_RESPIRATORY_RATE, 18, TW_UNIT_PER_MIN);
  check_reading (message, TW_CHANNEL_TEMPERATURE, 37.1, TW_UNIT_CEL);
  g_assert_cmpuint (message->n_other_codes, ==, 3);
  g_assert_cmpuint (message->n_second, ==, 2); /* the line's pulse, the second temperature */
  g_assert_cmpint (hl7_find (message, TW_CHANNEL_SPO2)->t_us, ==, HL7_NOW_US - 10 * TW_SECOND);
  g_assert_cmpuint (message->people->len, ==, 1);
  person = &g_array_index (message->people, TwHl7Person, 0);
  g_assert_cmpstr (person->record, ==, "TEST12");
  g_assert_cmpstr (person->family, ==, "DEMO");
  g_assert_cmpstr (person->given, ==, "CLARA");
  g_assert_cmpstr (person->ward, ==, "WARD3");
  g_assert_cmpstr (person->bed, ==, "V2");
  g_assert_cmpint (person->sex, ==, TW_SEX_FEMALE);
  g_assert_cmpint (person->birth_year * 10000 + person->birth_month * 100 + person->birth_day, ==,
                   19660308);
  g_assert_true (g_str_has_prefix (person->id, "hl7-"));
  g_assert_cmpstr (answer, ==,
                   "MSH|^~\\&|GW|Ward|VSP^080019FFFE000001^EUI-64|Example|20261122140010+0000||"
                   "ACK^R01^ACK|A1|P|2.6\rMSA|AA|0000000001\r");
}

static void
test_efficia (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Europe/Berlin");
  g_autoptr (TwHl7Message) message = NULL;
  g_autofree char *answer = NULL;

  if (zone == NULL)
    {
      g_test_skip ("this machine does not know the zone Europe/Berlin");
      return;
    }
  message = hl7_read_with (HL7_EFFICIA, -1, zone, 'P');
  answer = hl7_answer (message);
  g_assert_cmpint (message->verdict, ==, TW_HL7_ACCEPT);
  g_assert_cmpuint (message->readings->len, ==, 7);
  check_reading (message, TW_CHANNEL_SPO2, 98, TW_UNIT_PERCENT);
  check_reading (message, TW_CHANNEL_SYSTOLIC, 122, TW_UNIT_MMHG);
  check_reading (message, TW_CHANNEL_TEMPERATURE, 99.1, TW_UNIT_DEGF);
  check_reading (message, TW_CHANNEL_RESPIRATORY_RATE, 20, TW_UNIT_PER_MIN);
  /* The ECG has no valid rate: the oximeter's stands in for it. */
  check_reading (message, TW_CHANNEL_HEART_RATE, 80, TW_UNIT_PER_MIN);
  g_assert_cmpint (hl7_find (message, TW_CHANNEL_SPO2)->t_us, ==, HL7_NOW_US - 10 * TW_SECOND);
  g_assert_cmpint (hl7_find (message, TW_CHANNEL_SYSTOLIC)->t_us, ==,
                   HL7_NOW_US - 10 * TW_SECOND - 5 * TW_MINUTE);
  g_assert_cmpstr (g_array_index (message->people, TwHl7Person, 0).bed, ==, "LOCATION34");
  g_assert_cmpstr (message->other_code, ==, "");
  g_assert_cmpstr (answer, ==,
                   "MSH|^~\\&|||^EfficiaCM||20261122140010+0000||ACK^R01^ACK|A1|P|2.4\r"
                   "MSA|AA|MONITORTST000000002D\r");
}

/* Without a zone of the site every one of them is refused, and says so. */
static void
test_no_zone (void)
{
  g_autoptr (TwHl7Message) message = hl7_read_with (HL7_EFFICIA, -1, NULL, 'P');
  g_autofree char *answer = hl7_answer (message);

  g_assert_cmpint (message->verdict, ==, TW_HL7_ERROR);
  g_assert_cmpuint (message->readings->len, ==, 0);
  g_assert_nonnull (strstr (answer, "MSA|AE|MONITORTST000000002D|the time has no zone"));
  g_assert_nonnull (strstr (answer, "ERR|OBX^1^^101&Required field missing&HL70357\r"));
}

/* One OBX in a message of its own. expect: the value, or why not. */
typedef struct
{
  const char *obx;
  TwChannel channel;
  double value;          /* NaN: absent */
  TwUnit unit;
  guint32 flags;
} OneResult;

static const OneResult one_results[] = {
  { "NM|8867-4^Heart rate^LN||72|/min^^UCUM|||||F", TW_CHANNEL_HEART_RATE, 72, TW_UNIT_PER_MIN, 0 },
  { "NM|8867-4^Heart rate^LN||72|{beats}/min|||||F", TW_CHANNEL_HEART_RATE, 72, TW_UNIT_PER_MIN, 0 },
  { "NM|8867-4^HR^LOINC||+72|/min^^ISO+|||||F", TW_CHANNEL_HEART_RATE, 72, TW_UNIT_PER_MIN, 0 },
  { "NM|X^Y^L^8867-4^HR^LN||72|x^y^L^/min^^UCUM|||||F", TW_CHANNEL_HEART_RATE, 72,
    TW_UNIT_PER_MIN, 0 },
  { "NM|147842^X^MDC^8867-4^HR^LN||2.385|264864^x^MDC|||||F", TW_CHANNEL_HEART_RATE, 2.385,
    TW_UNIT_PER_MIN, 0 },
  { "NM|8480-6^SBP^LN||16.5|kPa^^UCUM|||||F", TW_CHANNEL_SYSTOLIC, 16.5, TW_UNIT_KPA, 0 },
  { "NM|8480-6^SBP^LN||120|mm(hg)^^ISO+|||||F", TW_CHANNEL_SYSTOLIC, 120, TW_UNIT_MMHG, 0 },
  { "NM|8480-6^SBP^LN||120|MDC_DIM_MMHG|||||F", TW_CHANNEL_SYSTOLIC, 120, TW_UNIT_MMHG, 0 },
  { "NM|8310-5^T^LN|| 38.05 |Cel^^UCUM|||||F", TW_CHANNEL_TEMPERATURE, 38.05, TW_UNIT_CEL, 0 },
  { "NM|8310-5^T^LN||-.5|Cel^^UCUM|||||F", TW_CHANNEL_TEMPERATURE, -.5, TW_UNIT_CEL, 0 },
  { "SN|2339-0^GLU^LN||^182|mg/dl^^UCUM|||||F", TW_CHANNEL_GLUCOSE, 182, TW_UNIT_MG_DL, 0 },
  { "SN|2339-0^GLU^LN||>^400|mg/dL^^UCUM|||||F", TW_CHANNEL_GLUCOSE, 400, TW_UNIT_MG_DL,
    TW_OBSERVATION_CENSORED_HIGH },
  { "SN|2339-0^GLU^LN||<=^40|mg/dL^^UCUM|||||F", TW_CHANNEL_GLUCOSE, 40, TW_UNIT_MG_DL,
    TW_OBSERVATION_CENSORED_LOW },
  { "ST|2339-0^GLU^LN||<2.2|mmol/L^^UCUM|||||F", TW_CHANNEL_GLUCOSE, 2.2, TW_UNIT_MMOL_L,
    TW_OBSERVATION_CENSORED_LOW },
  { "ST|2339-0^GLU^LN||HIGH||||||F", TW_CHANNEL_GLUCOSE, 400, TW_UNIT_MG_DL,
    TW_OBSERVATION_CENSORED_HIGH },
  { "ST|2339-0^GLU^LN||Low||||||F", TW_CHANNEL_GLUCOSE, 40, TW_UNIT_MG_DL,
    TW_OBSERVATION_CENSORED_LOW },
  { "ST|67775-7^ACVPU^LN||V||||||F", TW_CHANNEL_CONSCIOUSNESS, TW_ACVPU_VOICE, TW_UNIT_NONE, 0 },
  { "CWE|80288-4^LOC^LN||450847001^Pain^SCT||||||F", TW_CHANNEL_CONSCIOUSNESS, TW_ACVPU_PAIN,
    TW_UNIT_NONE, 0 },
  { "NM|9269-2^GCS^LN||14||||||F", TW_CHANNEL_GCS_TOTAL, 14, TW_UNIT_SCORE, 0 },
  { "NM|9269-2^GCS^LN||14|{score}|||||F", TW_CHANNEL_GCS_TOTAL, 14, TW_UNIT_SCORE, 0 },
  { "NM|3150-6^FiO2^LN||40|%|||||F", TW_CHANNEL_FIO2, 40, TW_UNIT_PERCENT, 0 },
  { "NM|3151-8^O2^LN||2.5|265216^MDC_DIM_L_PER_MIN^MDC|||||F", TW_CHANNEL_OXYGEN_FLOW, 2.5,
    TW_UNIT_L_MIN, 0 },
  /* status */
  { "NM|8867-4^HR^LN||72|/min|||||C", TW_CHANNEL_HEART_RATE, 72, TW_UNIT_PER_MIN,
    TW_OBSERVATION_CORRECTED },
  { "NM|8867-4^HR^LN||72|/min|||||P", TW_CHANNEL_HEART_RATE, 72, TW_UNIT_PER_MIN,
    TW_OBSERVATION_PRELIMINARY },
  { "NM|8867-4^HR^LN||72|/min|||||R", TW_CHANNEL_HEART_RATE, 72, TW_UNIT_PER_MIN, 0 },
  { "NM|8867-4^HR^LN||72|/min|||||D", TW_CHANNEL_HEART_RATE, NAN, TW_UNIT_PER_MIN,
    TW_OBSERVATION_WITHDRAWN },
  { "NM|8867-4^HR^LN||72|/min|||||W", TW_CHANNEL_HEART_RATE, NAN, TW_UNIT_PER_MIN,
    TW_OBSERVATION_WITHDRAWN },
  { "NM|8867-4^HR^LN||72|/min|||||X", TW_CHANNEL_HEART_RATE, NAN, TW_UNIT_PER_MIN,
    TW_OBSERVATION_ABSENT },
  { "NM|8867-4^HR^LN|||/min|||||F", TW_CHANNEL_HEART_RATE, NAN, TW_UNIT_PER_MIN,
    TW_OBSERVATION_ABSENT },
  { "NM|8867-4^HR^LN||\"\"|/min|||||F", TW_CHANNEL_HEART_RATE, NAN, TW_UNIT_PER_MIN,
    TW_OBSERVATION_ABSENT },
  { "|8867-4^HR^LN||||||||X", TW_CHANNEL_HEART_RATE, NAN, TW_UNIT_PER_MIN, TW_OBSERVATION_ABSENT },
  { "NM|8867-4^HR^LN||72|/min||INV|||R", TW_CHANNEL_HEART_RATE, NAN, TW_UNIT_PER_MIN,
    TW_OBSERVATION_ABSENT },
  { "NM|8867-4^HR^LN||72|/min||L~QUES|||R", TW_CHANNEL_HEART_RATE, 72, TW_UNIT_PER_MIN,
    TW_OBSERVATION_NOT_FOR_TWIN },
};

#define ONE_HEAD \
  "MSH|^~\\&|A|B|||20261122140000Z_||ORU^R01|1|P|2.5.1\rPID|||TEST56\rOBR|1||||||20261122135900+0000\rOBX|1|"

static char *
make_one (const char *obx)
{
  g_autofree char *head = hl7_replace (ONE_HEAD, "Z_", "+0000");

  return g_strconcat (head, obx, "\r", NULL);
}

static void
test_results (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (one_results); i++)
    {
      const OneResult *expect = &one_results[i];
      g_autofree char *text = make_one (expect->obx);
      g_autoptr (TwHl7Message) message = hl7_read_with (text, -1, NULL, 'P');
      const TwObservation *reading;

      g_test_message ("%s", expect->obx);
      g_assert_cmpint (message->verdict, ==, TW_HL7_ACCEPT);
      g_assert_cmpuint (message->readings->len, ==, 1);
      reading = &g_array_index (message->readings, TwObservation, 0);
      g_assert_cmpint (reading->channel, ==, expect->channel);
      g_assert_cmpint (reading->unit, ==, expect->unit);
      g_assert_cmpuint (reading->flags, ==, expect->flags);
      g_assert_cmpint (reading->t_us, ==, HL7_NOW_US - 70 * TW_SECOND);
      if (isnan (expect->value))
        g_assert_true (isnan (reading->value));
      else
        g_assert_cmpfloat (reading->value, ==, expect->value);
    }
}

/* Of what is no reading, but nothing wrong either: AA, and no value. */
static void
test_nothing (void)
{
  static const char *const results[] = {
    "NM|8867-4^HR^LN||72|/min|||||I", "NM|8867-4^HR^LN||72|/min|||||N",
    "NM|8867-4^HR^LN||72|/min|||||O", "NM|8867-4^HR^LN||72|/min||TEST|||R",
    "NM|8867-4^HR^LN||72|/min||DEMO|||R", "NM|8867-4^HR^LN||72|/min||CAL|||R",
    "NM|29463-7^Weight^LN||72|kg^^UCUM|||||F", "TX|2^Yellow Alarm^MDIL-ALERT||HR high||||||F",
    "NM|8867-4^HR^L||72|/min|||||F", "NM|8867-4||72|/min|||||F", "NM|||72|/min|||||F",
    "NM|147842^HR^LN||72|/min|||||F", "NM|0002-4182^HR^MDC||72|/min|||||F",
    "NM|147842^HR^MDIL||72|/min|||||F", "NM|150388^MDC_TEMP_SKIN^MDC||30|268192^^MDC|||||F",
    "NM|150045^MDC_PRESS_BLD_ART_PULM_SYS^MDC||30|266016^^MDC|||||F",
    "NM|4295115138^overflow^MDC||72|/min|||||F", "NM|147842x^HR^MDC||72|/min|||||F",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autofree char *text = make_one (results[i]);
      g_autoptr (TwHl7Message) message = hl7_read_with (text, -1, NULL, 'P');
      g_autofree char *answer = hl7_answer (message);

      g_test_message ("%s", results[i]);
      g_assert_cmpint (message->verdict, ==, TW_HL7_ACCEPT);
      g_assert_cmpuint (message->readings->len, ==, 0);
      g_assert_cmpuint (message->n_refused, ==, 0);
      g_assert_cmpuint (message->n_empty + message->n_test + message->n_other_codes, ==, 1);
      g_assert_nonnull (strstr (answer, "MSA|AA|1\r"));
    }
}

/* The number of the code decides which is taken, not the order; of one code the first. */
static void
test_ranks (void)
{
  static const struct
  {
    const char *first, *second;
    double value;
  } cases[] = {
    { "149530^P^MDC||81|264864^^MDC|||||R", "147842^H^MDC||80|264864^^MDC|||||R", 80 },
    { "147842^H^MDC||80|264864^^MDC|||||R", "149530^P^MDC||81|264864^^MDC|||||R", 80 },
    { "147842^H^MDC|||264864^^MDC|||||X", "149530^P^MDC||81|264864^^MDC|||||R", 81 },
    { "149530^P^MDC||81|264864^^MDC|||||R", "147842^H^MDC|||264864^^MDC|||||X", 81 },
    { "147842^H^MDC|1.1|82|264864^^MDC|||||R", "147842^H^MDC|1.2|80|264864^^MDC|||||R", 82 },
    { "150344^T1^MDC|1.1||268192^^MDC|||||X", "150344^T2^MDC|1.2|33|268192^^MDC|||||R", NAN },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *pair = g_strconcat ("NM|", cases[i].first, "\rOBX|2|NM|", cases[i].second, NULL);
      g_autofree char *text = make_one (pair);
      g_autoptr (TwHl7Message) message = hl7_read_with (text, -1, NULL, 'P');
      const TwObservation *reading;

      g_assert_cmpuint (message->readings->len, ==, 1);
      g_assert_cmpuint (message->n_second, ==, 1);
      reading = &g_array_index (message->readings, TwObservation, 0);
      if (isnan (cases[i].value))
        g_assert_true (isnan (reading->value));
      else
        g_assert_cmpfloat (reading->value, ==, cases[i].value);
    }
}

static void
test_times (void)
{
  static const struct
  {
    const char *time, *zone;
    gint64 near_s;
    TwHl7TimeResult result;
    const char *iso;
  } cases[] = {
    { "20261122140000+0000", NULL, 0, TW_HL7_TIME_OK, "2026-11-22T14:00:00Z" },
    { "20261122140000.25+0530", NULL, 0, TW_HL7_TIME_OK, "2026-11-22T08:30:00.25Z" },
    { "20261122140000.1234-0330", NULL, 0, TW_HL7_TIME_OK, "2026-11-22T17:30:00.1234Z" },
    { "202611221400-0800", NULL, 0, TW_HL7_TIME_OK, "2026-11-22T22:00:00Z" },
    { " 20261122140000+0000 ", NULL, 0, TW_HL7_TIME_OK, "2026-11-22T14:00:00Z" },
    { "20261122140000", NULL, 0, TW_HL7_TIME_NO_ZONE, NULL },
    { "", "UTC", 0, TW_HL7_TIME_EMPTY, NULL },
    { "\"\"", "UTC", 0, TW_HL7_TIME_EMPTY, NULL },
    { "20261122", "UTC", 0, TW_HL7_TIME_COARSE, NULL },
    { "2026112214", "UTC", 0, TW_HL7_TIME_COARSE, NULL },
    { "20261122+0000", "UTC", 0, TW_HL7_TIME_COARSE, NULL },
    { "2026112214000", "UTC", 0, TW_HL7_TIME_MALFORMED, NULL },
    { "20261322140000", "UTC", 0, TW_HL7_TIME_MALFORMED, NULL },
    { "20260229140000", "UTC", 0, TW_HL7_TIME_MALFORMED, NULL },
    { "20261122250000", "UTC", 0, TW_HL7_TIME_MALFORMED, NULL },
    { "20261122140000+2500", "UTC", 0, TW_HL7_TIME_MALFORMED, NULL },
    { "20261122140000+000", "UTC", 0, TW_HL7_TIME_MALFORMED, NULL },
    { "20261122140000Z", "UTC", 0, TW_HL7_TIME_MALFORMED, NULL },
    { "20261122140000.+0000", "UTC", 0, TW_HL7_TIME_MALFORMED, NULL },
    { "2026-11-22T14:00:00Z", "UTC", 0, TW_HL7_TIME_MALFORMED, NULL },
    { "20261122150000", "Europe/Berlin", 0, TW_HL7_TIME_OK, "2026-11-22T14:00:00Z" },
    { "20260722150000", "Europe/Berlin", 0, TW_HL7_TIME_OK, "2026-07-22T13:00:00Z" },
    /* 2026-10-25: 02:30 comes at 00:30Z and at 01:30Z; the one nearer to now is meant. */
    { "20261025023000", "Europe/Berlin", 1792888200, TW_HL7_TIME_OK, "2026-10-25T00:30:00Z" },
    { "20261025023000", "Europe/Berlin", 1792891800, TW_HL7_TIME_OK, "2026-10-25T01:30:00Z" },
    { "20260329023000", "Europe/Berlin", 0, TW_HL7_TIME_SKIPPED, NULL },
    { "20261122140000", "-05:00", 0, TW_HL7_TIME_OK, "2026-11-22T19:00:00Z" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GTimeZone) zone = NULL;
      TwHl7Zone how = { .now_us = cases[i].near_s * TW_SECOND };
      TwHl7Piece piece = { cases[i].time, strlen (cases[i].time) };
      gint64 t_us = 0;
      char iso[40];

      g_test_message ("%s %s", cases[i].time, cases[i].zone);
      if (cases[i].zone != NULL)
        {
          zone = g_time_zone_new_identifier (cases[i].zone);
          if (zone == NULL)
            continue; /* a machine without tables of zones */
          how.zone = zone;
        }
      g_assert_cmpint (tw_hl7_read_time (piece, &how, &t_us, NULL, NULL), ==, cases[i].result);
      if (cases[i].iso != NULL)
        g_assert_cmpstr (tw_time_format_iso (t_us, iso, sizeof iso), ==, cases[i].iso);
    }
}

/* MSH-7's zone holds for the message, before the site's. */
static void
test_zone_of_message (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("-05:00");
  g_autofree char *text = hl7_replace (HL7_PCD01, "SCT|||20261122140000+0000",
                                       "SCT|||20261122145900");
  g_autofree char *moved = hl7_replace (text, "|20261122140000+0000||ORU", "|20261122150000+0100||ORU");
  g_autoptr (TwHl7Message) message = hl7_read_with (moved, -1, zone, 'P');

  g_assert_cmpint (hl7_find (message, TW_CHANNEL_SPO2)->t_us, ==, HL7_NOW_US - 70 * TW_SECOND);
}

static void
test_escapes (void)
{
  static const struct
  {
    const char *given, *meant;
  } cases[] = {
    { "O\\T\\K", "O&K" },          { "a\\F\\b\\S\\c\\R\\d\\E\\e", "a|b^c~d\\e" },
    { "\\X4142\\C", "ABC" },       { "\\XC3BC\\", "ü" },
    { "\\X4\\x", "x" },            { "\\Xzz\\x", "?x" },
    { "\\H\\bold\\N\\", "bold" },  { "one\\.br\\two", "one two" },
    { "open\\end", "open\\end" },  { "\"\"", "" },
    { "  blanks  ", "blanks" },    { "\\C2842\\x", "x" },
    { "\\\\x", "x" },              { "a\x01" "b", "ab" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TwHl7Piece piece = { cases[i].given, strlen (cases[i].given) };
      char out[64];

      tw_hl7_decode (piece, &tw_hl7_usual_separators, out, sizeof out);
      g_assert_cmpstr (out, ==, cases[i].meant);
    }
}

static void
test_charsets (void)
{
  static const struct
  {
    const char *charset, *family, *meant; /* meant NULL: rejected */
  } cases[] = {
    { "UNICODE UTF-8", "M\xc3\xbcller", "Müller" }, { "8859/1", "M\xfcller", "Müller" },
    { "", "M\xc3\xbcller", "Müller" },              { "", "M\xfcller", NULL },
    { "ASCII", "Muller", "Muller" },                { "ASCII", "M\xfcller", NULL },
    { "UNICODE UTF-8", "M\xfcller", NULL },         { "UNICODE UTF-16", "Muller", NULL },
    { "8859/15", "Muller", NULL },                  { "ISO IR87", "Muller", NULL },
    { "8859/1~ISO IR87", "M\xfcller", "Müller" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *named = hl7_replace (HL7_PCD01, "DEMO^", "NAME^");
      g_autofree char *with_name = hl7_replace (named, "NAME", cases[i].family);
      g_autofree char *text = hl7_replace (with_name, "UNICODE UTF-8", cases[i].charset);
      g_autoptr (TwHl7Message) message = hl7_read_with (text, -1, NULL, 'P');
      g_autofree char *answer = hl7_answer (message);

      g_assert_cmpint (message->verdict, ==,
                       cases[i].meant != NULL ? TW_HL7_ACCEPT : TW_HL7_REJECT);
      g_assert_nonnull (strstr (answer, "|0000000001"));
      if (cases[i].meant != NULL)
        g_assert_cmpstr (g_array_index (message->people, TwHl7Person, 0).family, ==, cases[i].meant);
    }
}

/* The separators are those that the message declares; the answer is in the usual ones. */
static void
test_separators (void)
{
  g_autofree char *text = g_strdelimit (
    g_strdup ("MSH$%*?@$A%a@b?S?c$B|b$$$20261122140000+0000$$ORU%R01$7?F?8$P$2.5.1\r"
              "PID$$$TEST%%%@H%PI*BEST%%%@H%MR$$O?T?K%x\r"
              "OBX$1$NM$147842%%MDC$$80$264864%%MDC$$$$$R\r"),
    "", 0);
  g_autoptr (TwHl7Message) message = hl7_read_with (text, -1, NULL, 'P');
  g_autofree char *answer = hl7_answer (message);
  const TwHl7Person *person = &g_array_index (message->people, TwHl7Person, 0);

  g_assert_cmpint (message->verdict, ==, TW_HL7_ACCEPT);
  g_assert_cmpstr (person->record, ==, "BEST");
  g_assert_cmpstr (person->family, ==, "O@K");
  g_assert_cmpuint (message->readings->len, ==, 1);
  g_assert_cmpstr (answer, ==,
                   "MSH|^~\\&|||A^a&b\\S\\c|B\\F\\b|20261122140010+0000||ACK^R01^ACK|A1|P|2.5.1\r"
                   "MSA|AA|7\\F\\8\r");
}

/* The same number of the same authority is the same person; another authority another. */
static void
test_people (void)
{
  static const char *const pids[] = { "PID|||77^^^A^MR", "PID||| 77 ^^^A^MR||X^Y", "PID|||77^^^B^MR",
                                      "PID|||78^^^A^MR", "PID|||9^^^A^VN~77^^^A^MR" };
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; i < G_N_ELEMENTS (pids); i++)
    {
      g_autofree char *one = make_one ("NM|8867-4^HR^LN||72|/min|||||F");
      g_autofree char *text = hl7_replace (one, "PID|||TEST56", pids[i]);
      g_autoptr (TwHl7Message) message = hl7_read_with (text, -1, NULL, 'P');
      const TwHl7Person *person = &g_array_index (message->people, TwHl7Person, 0);

      g_assert_cmpstr (person->record, ==, i == 3 ? "78" : "77");
      g_ptr_array_add (ids, g_strdup (person->id));
    }
  g_assert_cmpstr (ids->pdata[0], ==, ids->pdata[1]);
  g_assert_cmpstr (ids->pdata[0], ==, ids->pdata[4]);
  g_assert_cmpstr (ids->pdata[0], !=, ids->pdata[2]);
  g_assert_cmpstr (ids->pdata[0], !=, ids->pdata[3]);
}

/* Results belong to the PID before them; those after a PID that names nobody to nobody. */
static void
test_two_people (void)
{
  const char *obx = "\rOBX|1|NM|8867-4^HR^LN||72|/min|||||F|||20261122135900+0000";
  g_autofree char *text = g_strconcat ("MSH|^~\\&|A|B|||20261122140000||ORU^R01|1|P|2.6\rPID|||1", obx,
                                       "\rPID|||2\rPV1||I|W3^R4", obx, "\rPID|||^^^X", obx,
                                       "\rPID|||ID Unknown", obx, NULL);
  g_autoptr (TwHl7Message) message = hl7_read_with (text, -1, NULL, 'P');
  g_autofree char *answer = hl7_answer (message);

  g_assert_cmpint (message->verdict, ==, TW_HL7_ACCEPT);
  g_assert_cmpuint (message->people->len, ==, 2);
  g_assert_cmpuint (message->readings->len, ==, 2);
  g_assert_cmpuint (g_array_index (message->readings, TwObservation, 0).patient, ==, 0);
  g_assert_cmpuint (g_array_index (message->readings, TwObservation, 1).patient, ==, 1);
  g_assert_cmpstr (g_array_index (message->people, TwHl7Person, 1).bed, ==, "R4");
  g_assert_cmpuint (message->n_refused, ==, 2);
  g_assert_nonnull (strstr (answer, "MSA|AA|1|2 of 4 values could not be used\r"
                                    "ERR||PID^3^3|101^Required field missing^HL70357|W||||"));
}

/* MSH-15 and MSH-16: which answer is wanted. */
static void
test_modes (void)
{
  static const struct
  {
    const char *wish;    /* MSH-15|MSH-16 */
    const char *good, *bad;
  } cases[] = {
    { "|", "AA", "AE" },     { "NE|AL", "AA", "AE" }, { "AL|NE", "CA", "CE" },
    { "AL|AL", "AA", "AE" }, { "NE|NE", NULL, NULL }, { "NE|ER", NULL, "AE" },
    { "NE|SU", "AA", NULL }, { "ER|NE", NULL, "CE" }, { "SU|NE", "CA", NULL },
    { "AL|ER", "CA", "AE" }, { "AL|", "CA", "CE" },   { "|AL", "AA", "AE" },
    { "ER|SU", "AA", "CE" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (int bad = 0; bad < 2; bad++)
      {
        g_autofree char *text = hl7_replace (HL7_PCD01, "NE|AL", cases[i].wish);
        g_autofree char *other = hl7_replace (text, "TEST12", bad ? "" : "TEST12");
        g_autoptr (TwHl7Message) message = hl7_read_with (other, -1, NULL, 'P');
        g_autofree char *answer = hl7_answer (message);
        const char *expect = bad ? cases[i].bad : cases[i].good;
        g_autofree char *msa = g_strdup_printf ("\rMSA|%s|", expect);

        g_test_message ("%s %d", cases[i].wish, bad);
        if (expect == NULL)
          g_assert_cmpstr (answer, ==, "");
        else
          g_assert_nonnull (strstr (answer, msa));
      }
}

/* The table says of itself what the reader does: MDIL is MDC in hexadecimal, and what FHIR takes for a
 * channel HL7 does not take for another. */
static void
test_table (void)
{
  g_autofree char *text = tw_test_dup_table ("hl7-codes.csv");
  g_autoptr (GError) error = NULL;
  g_autoptr (TwTable) table = tw_table_new ("hl7-codes", text, -1, &error);
  guint n_shared = 0;

  g_assert_no_error (error);
  g_assert_cmpstr (tw_hl7_codes_get_version (hl7_codes ()), ==, "1.1");
  for (gsize i = 0; i < tw_table_get_n_rows (table); i++)
    {
      const char *number = tw_table_get_text (table, i, tw_table_get_column (table, "mdc"));
      const char *mdil = tw_table_get_text (table, i, tw_table_get_column (table, "mdil"));
      guint mdc = (guint) g_ascii_strtoull (number, NULL, 10);
      g_autofree char *expect = g_strdup_printf ("%04x-%04x", mdc >> 16, mdc & 0xffff);
      g_autofree char *as_mdc = g_strdup_printf ("%s^x^MDC", number);
      g_autofree char *as_mdil = g_ascii_strup (mdil, -1);
      g_autofree char *element = g_strconcat (as_mdil, "^x^MDIL", NULL);
      TwHl7Code code, other;

      g_assert_cmpstr (mdil, ==, expect);
      g_assert_true (tw_hl7_codes_find (hl7_codes (), (TwHl7Piece) { as_mdc, strlen (as_mdc) },
                                        &tw_hl7_usual_separators, &code));
      g_assert_true (tw_hl7_codes_find (hl7_codes (), (TwHl7Piece) { element, strlen (element) },
                                        &tw_hl7_usual_separators, &other));
      g_assert_cmpint (code.channel, !=, TW_CHANNEL_NONE);
      g_assert_cmpint (code.channel, ==, other.channel);
      g_assert_cmpuint (code.rank, ==, other.rank);
      if (tw_channel_from_mdc (mdc) != TW_CHANNEL_NONE)
        {
          g_assert_cmpint (tw_channel_from_mdc (mdc), ==, code.channel);
          n_shared++;
        }
    }
  g_assert_cmpuint (n_shared, ==, 14); /* all of interop.md's */
}

/* A table that is not right is refused as a whole, with its row. */
static void
test_bad_tables (void)
{
#define CODES "# table: hl7-codes\n# version: 1\n# source: test\n"
#define UNITS "# table: hl7-units\n# version: 1\n# source: test\n"
  static const struct
  {
    const char *codes, *units;
  } cases[] = {
    { "", UNITS "mdc,system,name,ucum\n" },
    { CODES "mdc,channel,rank\n", "" },
    { UNITS "mdc,channel,rank\n", UNITS "mdc,system,name,ucum\n" },
    { CODES "mdc,channel\n1,spo2\n", UNITS "mdc,system,name,ucum\n" },
    { CODES "mdc,channel,rank\nx,spo2,0\n", UNITS "mdc,system,name,ucum\n" },
    { CODES "mdc,channel,rank\n,spo2,0\n", UNITS "mdc,system,name,ucum\n" },
    { CODES "mdc,channel,rank\n1.5,spo2,0\n", UNITS "mdc,system,name,ucum\n" },
    { CODES "mdc,channel,rank\n4294967296,spo2,0\n", UNITS "mdc,system,name,ucum\n" },
    { CODES "mdc,channel,rank\n-1,spo2,0\n", UNITS "mdc,system,name,ucum\n" },
    { CODES "mdc,channel,rank\n1,spo3,0\n", UNITS "mdc,system,name,ucum\n" },
    { CODES "mdc,channel,rank\n1,spo2,\n", UNITS "mdc,system,name,ucum\n" },
    { CODES "mdc,channel,rank\n1,spo2,100\n", UNITS "mdc,system,name,ucum\n" },
    { CODES "mdc,channel,rank\n1,spo2,0\n1,map,0\n", UNITS "mdc,system,name,ucum\n" },
    { CODES "mdc,channel,rank\n1,spo2,0\n", UNITS "mdc,system,name\n" },
    { CODES "mdc,channel,rank\n1,spo2,0\n", UNITS "mdc,system,name,ucum\n5,MDC,x,furlong\n" },
    { CODES "mdc,channel,rank\n1,spo2,0\n", UNITS "mdc,system,name,ucum\n5,MDC,,%\n" },
    { CODES "mdc,channel,rank\n1,spo2,0\n", UNITS "mdc,system,name,ucum\n5,,x,%\n" },
    { CODES "mdc,channel,rank\n1,spo2,0\n", UNITS "mdc,system,name,ucum\ny,MDC,x,%\n" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (tw_hl7_codes_new (cases[i].codes, cases[i].units, &error));
      g_assert_nonnull (error);
      g_test_message ("%s", error->message);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hl7v2/pcd01", test_pcd01);
  g_test_add_func ("/hl7v2/efficia", test_efficia);
  g_test_add_func ("/hl7v2/no-zone", test_no_zone);
  g_test_add_func ("/hl7v2/results", test_results);
  g_test_add_func ("/hl7v2/nothing", test_nothing);
  g_test_add_func ("/hl7v2/ranks", test_ranks);
  g_test_add_func ("/hl7v2/times", test_times);
  g_test_add_func ("/hl7v2/zone-of-message", test_zone_of_message);
  g_test_add_func ("/hl7v2/escapes", test_escapes);
  g_test_add_func ("/hl7v2/charsets", test_charsets);
  g_test_add_func ("/hl7v2/separators", test_separators);
  g_test_add_func ("/hl7v2/people", test_people);
  g_test_add_func ("/hl7v2/two-people", test_two_people);
  g_test_add_func ("/hl7v2/modes", test_modes);
  g_test_add_func ("/hl7v2/table", test_table);
  g_test_add_func ("/hl7v2/bad-tables", test_bad_tables);
  return g_test_run ();
}
