/* SPDX-License-Identifier: GPL-3.0-or-later */
/* More than 200 bad messages, each with the answer that it deserves; the corpus; mutants; every
 * truncation. */
#include "config.h"

#include "hl7-test.h"

#include <math.h>

static guint n_bad;

/* One bad message: nothing of it is kept, the answer says what and why. */
static void
check_bad (const char    *text,
           gssize         length,
           const char    *code,
           TwHl7Condition condition,
           const char    *note)
{
  g_autoptr (TwHl7Message) message = hl7_read_with (text, length, NULL, 'P');
  g_autofree char *answer = hl7_answer (message);
  g_autofree char *msa = g_strdup_printf ("\rMSA|%s|", code);
  g_autofree char *err = g_strdup_printf ("%d", condition);
  g_autofree char *shown = g_strescape (note, NULL);
  const char *found;

  g_test_message ("%s %d %s", code, condition, shown);
  g_assert_cmpint (message->verdict, !=, TW_HL7_ACCEPT);
  g_assert_cmpuint (message->readings->len, ==, 0);
  g_assert_cmpuint (message->n_problems, >, 0);
  g_assert_cmpint (message->problems[0].condition, ==, condition);
  g_assert_true (message->problems[0].fatal);
  g_assert_true (g_str_has_prefix (answer, "MSH|^~\\&|"));
  g_assert_nonnull (strstr (answer, msa));
  found = strstr (answer, "\rERR|");
  g_assert_nonnull (found);
  g_assert_nonnull (strstr (found, err));
  g_assert_true (g_str_has_suffix (answer, "\r"));
  g_assert_true (g_utf8_validate (answer, -1, NULL));
  n_bad++;
}

/* The whole message with one place changed. */
typedef struct
{
  const char *from, *to;
  const char *code;
  TwHl7Condition condition;
} Change;

static const Change changes[] = {
  /* the header */
  { "MSH|", "", "AR", 100 },
  { "MSH|", "MSA|", "AR", 100 },
  { "MSH|", "msh|", "AR", 100 },
  { "MSH|", " MSH|", "AR", 100 },
  { "MSH|", "MSHA", "AR", 100 },
  { "MSH|", "MSH ", "AR", 100 },
  { "MSH|", "MSH1", "AR", 100 },
  { "MSH|", "MSH\x01", "AR", 100 },
  { "MSH|", "FHS|^~\\&|A\rMSH|", "AR", 100 },
  { "MSH|", "BHS|^~\\&|A\rMSH|", "AR", 100 },
  { "MSH|", "PID|||1\rMSH|", "AR", 100 },
  { "^~\\&|", "|", "AR", 100 },
  { "^~\\&|", "^|", "AR", 100 },
  { "^~\\&|", "^~|", "AR", 100 },
  { "^~\\&|", "^~\\|", "AR", 100 },
  { "^~\\&|", "^~\\&#!|", "AR", 100 },
  { "^~\\&|", "^^\\&|", "AR", 100 },
  { "^~\\&|", "^~~&|", "AR", 100 },
  { "^~\\&|", "^~\\^|", "AR", 100 },
  { "^~\\&|", "^~\\&&|", "AR", 100 },
  { "^~\\&|", "^~\\A|", "AR", 100 },
  { "^~\\&|", "^~ &|", "AR", 100 },
  { "^~\\&|", "1234|", "AR", 100 },
  { "^~\\&|", "^~\\\xc3|", "AR", 100 },
  { "|0000000001|", "||", "AR", 101 },
  { "|0000000001|", "| |", "AR", 101 },
  { "|0000000001|", "|\"\"|", "AR", 101 },
  /* the frame of segments */
  { "PID|", "PI|", "AR", 100 },
  { "PID|", "pid|", "AR", 100 },
  { "PID|", "PIDX|", "AR", 100 },
  { "PID|", "|PID|", "AR", 100 },
  { "PID|", " PID|", "AR", 100 },
  { "PID|", "1ID|", "AR", 100 },
  { "PID|", "P\rPID|", "AR", 100 },
  { "PID|", "free text\rPID|", "AR", 100 },
  { "PV1|", "MSH|^~\\&|A\rPV1|", "AR", 100 },
  { "OBR|1", "OBR1", "AR", 100 },
  /* the person */
  { "PID|||TEST12^^^HOSP^MR", "PID|||", "AE", 101 },
  { "PID|||TEST12^^^HOSP^MR", "PID|||^^^HOSP^MR", "AE", 101 },
  { "PID|||TEST12^^^HOSP^MR", "PID|||\"\"^^^HOSP^MR", "AE", 101 },
  { "PID|||TEST12^^^HOSP^MR", "PID|||   ^^^HOSP^MR", "AE", 101 },
  { "PID|||TEST12^^^HOSP^MR", "PID|||~~", "AE", 101 },
  { "PID|||TEST12^^^HOSP^MR", "PID|||ID Unknown", "AE", 101 },
  { "PID|||TEST12^^^HOSP^MR", "PID|||UNKNOWN^^^HOSP^MR", "AE", 101 },
  { "PID|||TEST12^^^HOSP^MR", "PID|||none", "AE", 101 },
  { "PID|||TEST12^^^HOSP^MR", "PID|||No ID", "AE", 101 },
  { "PID|||TEST12^^^HOSP^MR", "PID|TEST12||", "AE", 101 },
  { "PID|||TEST12^^^HOSP^MR", "PID|||\\H\\\\N\\", "AE", 101 },
  { "PID|||TEST12^^^HOSP^MR||DEMO^CLARA^^^^^L||19660308|F", "PID", "AE", 101 },
  { "PID|||TEST12^^^HOSP^MR||DEMO^CLARA^^^^^L||19660308|F\r", "", "AE", 101 },
  { "PID|||TEST12^^^HOSP^MR", "ZID|||TEST12", "AE", 101 },
};

static const char *const other_types[] = {
  "ACK", "ADT^A01", "ADT^A02", "ADT^A03", "ADT^A04", "ADT^A08^ADT_A01", "ADT^A31", "ADT^A40", "BAR^P01",
  "DFT^P03", "MDM^T02", "MFN^M02", "OMG^O19", "OML^O21", "ORM^O01", "ORF^R04", "ORR^O02", "OUL^R22",
  "PPR^PC1", "QRY^R02", "QBP^Q22", "RAS^O17", "RDE^O11", "REF^I12", "RSP^K22", "SIU^S12", "SUR^P09",
  "VXU^V04", "oru^R01", "ORU_R01", "O^R^U", "", "^R01", "\"\"", "NMD^N02",
};

static const char *const other_events[] = {
  "ORU", "ORU^", "ORU^R02", "ORU^R03", "ORU^R04", "ORU^R30", "ORU^R31", "ORU^R32", "ORU^R40^ORU_R40",
  "ORU^W01", "ORU^r01", "ORU^R01^ORU_W01", "ORU^R01^ADT_A01", "ORU^R01^oru_r01",
};

static const char *const bad_versions[] = { "", "2", "2.0", "2.1", "2.2", "2.10", "2.99", "3.0", "V2.6",
                                            "2,6", "26", "two", "2.6.1", "9.9" };
static const char *const bad_processing[] = { "", "T", "D", "p", "PP", "X", "T^A", "Prod", "\"\"" };
static const char *const bad_charsets[] = { "UNICODE UTF-16", "UTF8", "8859/2", "8859/15", "JAS2020",
                                            "GB 18030-2000", "latin1", "ISO IR6", "utf-8" };

static void
check_field (const char        *from,
             const char *const *values,
             gsize              n,
             const char        *pattern,
             TwHl7Condition     condition)
{
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *to = hl7_replace (pattern, "%", values[i]);
      g_autofree char *text = hl7_replace (HL7_PCD01, from, to);
      check_bad (text, -1, "AR", condition, to);
    }
}

static void
test_header (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autofree char *text = hl7_replace (HL7_PCD01, changes[i].from, changes[i].to);
      check_bad (text, -1, changes[i].code, changes[i].condition, changes[i].to);
    }
  check_field ("|ORU^R01^ORU_R01|", other_types, G_N_ELEMENTS (other_types), "|%|", 200);
  check_field ("|ORU^R01^ORU_R01|", other_events, G_N_ELEMENTS (other_events), "|%|", 201);
  check_field ("|P|2.6|", bad_versions, G_N_ELEMENTS (bad_versions), "|P|%|", 203);
  check_field ("|P|2.6|", bad_processing, G_N_ELEMENTS (bad_processing), "|%|2.6|", 202);
  check_field ("|UNICODE UTF-8|", bad_charsets, G_N_ELEMENTS (bad_charsets), "|%|", 103);
}

/* A message whose only result is bad in one way. */
typedef struct
{
  const char *obx;
  TwHl7Condition condition;
} BadResult;

#define HR(type, value, unit, status) \
  type "|8867-4^HR^LN||" value "|" unit "|||||" status "|||20261122135900+0000"
#define AT(time) "NM|8867-4^HR^LN||72|/min|||||F|||" time

static const BadResult bad_results[] = {
  /* values */
  { HR ("NM", "abc", "/min", "F"), 102 },   { HR ("NM", "72 bpm", "/min", "F"), 102 },
  { HR ("NM", "72,5", "/min", "F"), 102 },  { HR ("NM", "7 2", "/min", "F"), 102 },
  { HR ("NM", "7.2.1", "/min", "F"), 102 }, { HR ("NM", "1e2", "/min", "F"), 102 },
  { HR ("NM", "0x48", "/min", "F"), 102 },  { HR ("NM", "nan", "/min", "F"), 102 },
  { HR ("NM", "inf", "/min", "F"), 102 },   { HR ("NM", "--72", "/min", "F"), 102 },
  { HR ("NM", "+", "/min", "F"), 102 },     { HR ("NM", ".", "/min", "F"), 102 },
  { HR ("NM", "72-", "/min", "F"), 102 },   { HR ("NM", "72^73", "/min", "F"), 102 },
  { HR ("NM", "72&73", "/min", "F"), 102 }, { HR ("NM", "72~73", "/min", "F"), 102 },
  { HR ("NM", "~72", "/min", "F"), 102 },   { HR ("NM", "72~", "/min", "F"), 102 },
  { HR ("NM", "<72", "/min", "F"), 102 },   { HR ("NM", "\\X37\\2", "/min", "F"), 102 },
  { HR ("NM", "1234567890123456789012345", "/min", "F"), 102 },
  { HR ("NM", "\xd9\xa7\xd9\xa2", "/min", "F"), 102 },
  { HR ("SN", "^72^-^80", "/min", "F"), 102 },  { HR ("SN", "^1^:^128", "/min", "F"), 102 },
  { HR ("SN", "72", "/min", "F"), 102 },        { HR ("SN", "<>^72", "/min", "F"), 102 },
  { HR ("SN", "~^72", "/min", "F"), 102 },      { HR ("SN", "^72^+", "/min", "F"), 102 },
  { HR ("SN", "^", "/min", "F"), 102 },         { HR ("SN", ">^", "/min", "F"), 102 },
  { HR ("ST", "about 72", "/min", "F"), 102 },  { HR ("ST", "<", "/min", "F"), 102 },
  { HR ("ST", "<<72", "/min", "F"), 102 },      { HR ("ST", "=>72", "/min", "F"), 102 },
  { HR ("ST", "high", "/min", "F"), 102 },      { HR ("ST", "72-80", "/min", "F"), 102 },
  { HR ("TX", "see note", "/min", "F"), 102 },  { HR ("ST", "72<", "/min", "F"), 102 },
  /* types that carry no number */
  { HR ("", "72", "/min", "F"), 102 },    { HR ("NA", "72^73^74", "/min", "F"), 102 },
  { HR ("MA", "72", "/min", "F"), 102 },  { HR ("CE", "72^x^L", "/min", "F"), 102 },
  { HR ("CWE", "72", "/min", "F"), 102 }, { HR ("ED", "72", "/min", "F"), 102 },
  { HR ("RP", "72", "/min", "F"), 102 },  { HR ("FT", "72", "/min", "F"), 102 },
  { HR ("DT", "20261122", "/min", "F"), 102 }, { HR ("TS", "20261122", "/min", "F"), 102 },
  { HR ("TM", "1200", "/min", "F"), 102 }, { HR ("nm", "72", "/min", "F"), 102 },
  { HR ("CQ", "72^/min", "/min", "F"), 102 }, { HR ("XYZ", "72", "/min", "F"), 102 },
  { HR ("DR", "72", "/min", "F"), 102 },   { HR ("CF", "72", "/min", "F"), 102 },
  /* units */
  { HR ("NM", "72", "", "F"), 101 },            { HR ("NM", "72", "\"\"", "F"), 101 },
  { HR ("NM", "72", "bpm", "F"), 103 },         { HR ("NM", "72", "beats/min", "F"), 103 },
  { HR ("NM", "72", "beats/min^^ISO", "F"), 103 }, { HR ("NM", "72", "/MIN", "F"), 103 },
  { HR ("NM", "72", "^/min", "F"), 103 },       { HR ("NM", "72", "^bpm^MDC", "F"), 103 },
  { HR ("NM", "72", "264864", "F"), 103 },      { HR ("NM", "72", "264864^x^L", "F"), 103 },
  { HR ("NM", "72", "264863^x^MDC", "F"), 103 }, { HR ("NM", "72", "/min^^L", "F"), 103 },
  { HR ("NM", "72", "/min^^99ZZZ", "F"), 103 }, { HR ("NM", "72", "/s", "F"), 103 },
  { HR ("NM", "72", "Hz^^UCUM", "F"), 103 },    { HR ("NM", "72", "0004-0aa1^bpm^MDIL", "F"), 103 },
  { HR ("NM", "72", "0004-0aa0^bpm^MDC", "F"), 103 }, { HR ("NM", "72", "00040aa0^bpm^MDIL", "F"), 103 },
  { HR ("NM", "72", "mm[Hg]^^UCUM", "F"), 103 }, { HR ("NM", "72", "%", "F"), 103 },
  { HR ("NM", "72", "1", "F"), 103 },           { HR ("NM", "72", "Cel", "F"), 103 },
  { HR ("NM", "72", "/min^^UCUM^%^^UCUM", "F"), 103 },
  { HR ("NM", "72", "MDC_DIM_MMHG", "F"), 103 },
  { "NM|8480-6^SBP^LN||120|mmHg|||||F", 103 },  { "NM|8480-6^SBP^LN||120|/min|||||F", 103 },
  { "NM|8480-6^SBP^LN||120|mm(Hg)^^ISO+|||||F", 103 }, { "NM|8480-6^SBP^LN||120|cmH2O|||||F", 103 },
  { "NM|8310-5^T^LN||37|C|||||F", 103 },        { "NM|8310-5^T^LN||37|F|||||F", 103 },
  { "NM|8310-5^T^LN||37|\xc2\xb0" "C|||||F", 103 }, { "NM|8310-5^T^LN||37|K^^UCUM|||||F", 103 },
  { "NM|8310-5^T^LN||37|0004-1710^C^MDIL|||||F", 103 },
  { "NM|59408-5^S^LN||97|1|||||F", 103 },       { "NM|59408-5^S^LN||97|mm[Hg]|||||F", 103 },
  { "NM|2339-0^G^LN||97|g/L^^UCUM|||||F", 103 }, { "NM|2339-0^G^LN||5.4|mol/L^^UCUM|||||F", 103 },
  { "ST|67775-7^L^LN||X||||||F", 102 },         { "ST|67775-7^L^LN||alert||||||F", 102 },
  { "CWE|67775-7^L^LN||123^?^SCT||||||F", 102 }, { "CWE|67775-7^L^LN||248234008^Alert^L||||||F", 102 },
  /* codes that contradict each other */
  { "NM|147842^HR^MDC^9279-1^RR^LN||72|/min|||||F", 103 },
  { "NM|8480-6^S^LN^150022^D^MDC||72|mm[Hg]|||||F", 103 },
  /* status */
  { HR ("NM", "72", "/min", ""), 101 },   { HR ("NM", "72", "/min", "\"\""), 101 },
  { HR ("NM", "72", "/min", "f"), 103 },  { HR ("NM", "72", "/min", "FF"), 103 },
  { HR ("NM", "72", "/min", "Z"), 103 },  { HR ("NM", "72", "/min", "final"), 103 },
  { HR ("NM", "72", "/min", "F~C"), 103 }, { HR ("NM", "72", "/min", "?"), 103 },
  /* times */
  { AT ("20261122"), 102 },               { AT ("2026112213"), 102 },
  { AT ("202611"), 102 },                 { AT ("2026"), 102 },
  { AT ("20261122+0000"), 102 },          { AT ("2026112213590"), 102 },
  { AT ("20261122135900.+0000"), 102 },   { AT ("20261122135900+00"), 102 },
  { AT ("20261122135900+00:00"), 102 },   { AT ("20261122135900Z"), 102 },
  { AT ("20261122135900+2400"), 102 },    { AT ("20261122135900+0060"), 102 },
  { AT ("20261322135900+0000"), 102 },    { AT ("20261100135900+0000"), 102 },
  { AT ("20260231135900+0000"), 102 },    { AT ("20261122245900+0000"), 102 },
  { AT ("20261122136000+0000"), 102 },    { AT ("2026-11-22T13:59:00Z"), 102 },
  { AT ("22.11.2026 13:59"), 102 },       { AT ("now"), 102 },
  { AT ("00000000000000+0000"), 102 },    { AT ("20261122135900.1234567890+0000"), 102 },
  { AT ("20261122135900"), 101 },         { AT ("202611221359"), 101 },
  { AT ("20261122135900.25"), 101 },      { AT ("20261122141000+0000"), 102 },
  { AT ("20261123135900+0000"), 102 },    { AT ("20271122135900+0000"), 102 },
  { AT ("99991231235959+0000"), 102 },    { AT ("20261122145900-0100"), 102 },
  { AT (""), 101 },                       { AT ("\"\""), 101 },
};

static void
test_results (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad_results); i++)
    {
      g_autofree char *text =
        g_strconcat ("MSH|^~\\&|A|B|C|D|||ORU^R01|1|P|2.6\rPID|||TEST56\rPV1||I|W^B\rOBR|1\rOBX|1|",
                     bad_results[i].obx, "\r", NULL);
      g_autofree char *timed = NULL;

      /* Those without a time of their own get that of the order. */
      if (strstr (bad_results[i].obx, "|||2") == NULL
          && !g_str_has_prefix (bad_results[i].obx, "NM|8867-4^HR^LN||72|/min|||||F|||"))
        timed = hl7_replace (text, "OBR|1", "OBR|1||||||20261122135900+0000");
      check_bad (timed != NULL ? timed : text, -1, "AE", bad_results[i].condition,
                 bad_results[i].obx);
    }
}

static void
test_large (void)
{
  g_autoptr (GString) text = g_string_new (HL7_PCD01);
  g_autofree char *fields = g_strnfill (600, '|');
  g_autofree char *id = g_strnfill (200, 'x');
  g_autofree char *zero = g_strdup (HL7_PCD01);
  g_autofree char *wide = g_strconcat (HL7_PCD01, "OBX|13", fields, "\r", NULL);
  g_autofree char *named = hl7_replace (HL7_PCD01, "0000000001", id);

  for (guint i = 0; i < TW_HL7_MAX_SEGMENTS; i++)
    g_string_append (text, "NTE|1\r");
  check_bad (text->str, (gssize) text->len, "AR", 100, "segments");
  g_string_append_printf (text, "NTE|%*s", TW_HL7_MAX_BYTES, "");
  check_bad (text->str, (gssize) text->len, "AR", 100, "bytes");
  *strstr (zero, "CLARA") = '\0';
  check_bad (zero, strlen (HL7_PCD01), "AR", 102, "byte 0");
  check_bad (wide, -1, "AR", 100, "fields");
  check_bad (named, -1, "AR", 102, "id");
  check_bad ("", 0, "AR", 100, "nothing");
  check_bad ("MSH", 3, "AR", 100, "three bytes");
  check_bad ("MSH|^~\\&", 8, "AR", 100, "eight bytes");
  check_bad ("MSH|^~\\&|", 9, "AR", 101, "nine bytes");
  check_bad ("\xff\xfe", 2, "AR", 100, "two bytes");
}

/* More readings than are kept: those beyond are refused, and said. */
static void
test_many_readings (void)
{
  g_autoptr (GString) text = g_string_new ("MSH|^~\\&|A|B|||20261122140000+0000||ORU^R01|1|P|2.6\rPID|||1\r");
  g_autoptr (TwHl7Message) message = NULL;

  for (guint i = 0; i < TW_HL7_MAX_READINGS + 30; i++)
    g_string_append_printf (text, "OBX|%u|NM|8867-4^HR^LN||72|/min|||||F|||20261122%02u%02u%02u+0000\r",
                            i, i / 3600, i / 60 % 60, i % 60);
  message = hl7_read_with (text->str, (gssize) text->len, NULL, 'P');
  g_assert_cmpint (message->verdict, ==, TW_HL7_ACCEPT);
  g_assert_cmpuint (message->readings->len, ==, TW_HL7_MAX_READINGS);
  g_assert_cmpuint (message->n_refused, ==, 30);
  g_assert_cmpuint (message->n_problems, ==, TW_HL7_MAX_PROBLEMS);
}

static void
test_enough (void)
{
  g_test_message ("%u bad messages", n_bad);
  g_assert_cmpuint (n_bad, >=, 200);
}

/* What holds of any bytes whatever. */
static void
check_any (const char *text,
           gsize       length)
{
  /* The reader may not look beyond the end: a copy without room lets a sanitizer see it. */
  g_autofree char *copy = g_memdup2 (text, MAX (length, 1));
  g_autoptr (TwHl7Message) message = hl7_read_with (copy, (gssize) length, NULL, 'P');
  g_autofree char *answer = hl7_answer (message);

  g_assert_true (message->verdict == TW_HL7_ACCEPT || message->readings->len == 0);
  g_assert_true (message->verdict == TW_HL7_ACCEPT || message->n_problems > 0);
  g_assert_true (g_utf8_validate (answer, -1, NULL));
  g_assert_cmpuint (strlen (answer), <, 64 * 1024);
  for (guint i = 0; i < message->readings->len; i++)
    {
      const TwObservation *reading = &g_array_index (message->readings, TwObservation, i);
      double inside;
      g_assert_cmpuint (reading->patient, <, message->people->len);
      g_assert_true (tw_unit_convert (reading->value, (TwUnit) reading->unit,
                                      tw_channel_info ((TwChannel) reading->channel)->unit, &inside));
      g_assert_true (isnan (reading->value)
                     == ((reading->flags
                          & (TW_OBSERVATION_ABSENT | TW_OBSERVATION_WITHDRAWN)) != 0));
      g_assert_cmpint (reading->t_us, <=, HL7_NOW_US + TW_HL7_AHEAD_US);
    }
}

static void
test_truncated (void)
{
  for (gsize n = 0; n <= strlen (HL7_PCD01); n++)
    check_any (HL7_PCD01, n);
  for (gsize n = 0; n <= strlen (HL7_EFFICIA); n++)
    check_any (HL7_EFFICIA, n);
}

static void
test_mutants (void)
{
  static const char telling[] = "|^~\\&\r\n\x0b\x1c\"+-.0199XFMDC\xff\xc3";
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  guint n_accepted = 0;

  for (int i = 0; i < 20000; i++)
    {
      g_autoptr (GString) text = g_string_new (i % 2 == 0 ? HL7_PCD01 : HL7_EFFICIA);
      g_autoptr (TwHl7Message) message = NULL;

      if (i % 3 == 0)
        for (int k = g_rand_int_range (rand, 1, 4); k > 0; k--)
          text->str[g_rand_int_range (rand, 0, (gint32) text->len)] =
            telling[g_rand_int_range (rand, 0, (gint32) sizeof telling - 1)];
      else
        wire_mutate (text, rand);
      check_any (text->str, text->len);
      message = hl7_read_with (text->str, (gssize) text->len, NULL, 'P');
      n_accepted += message->verdict == TW_HL7_ACCEPT;
    }
  g_assert_cmpuint (n_accepted, >, 1000);
}

/* What a file of the corpus must be answered, from its header alone. */
static const char *
expect_of (const char *text,
           char        processing)
{
  g_auto (GStrv) lines = g_strsplit_set (text, "\r\n", 2);
  g_auto (GStrv) fields = g_strsplit (lines[0], "|", 20);
  g_auto (GStrv) type = g_strsplit (g_strv_length (fields) > 8 ? fields[8] : "", "^", 3);
  gboolean is_oru = type[0] != NULL && g_str_equal (type[0], "ORU") && type[1] != NULL
                    && g_str_equal (type[1], "R01");

  if (!is_oru || fields[10][0] != processing)
    return "AR";
  return "AA or AE";
}

static void
check_file (const char *path,
            char        processing,
            guint      *n_taken)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *answer = NULL;
  g_autoptr (TwHl7Message) message = NULL;
  const char *expect;
  gsize length;

  g_file_get_contents (path, &text, &length, &error);
  g_assert_no_error (error);
  check_any (text, length);
  message = hl7_read_with (text, (gssize) length, NULL, processing);
  answer = hl7_answer (message);
  expect = expect_of (text, processing);
  g_test_message ("%s %c: %d %u readings %u refused %s", strrchr (path, '/'), processing,
                  message->verdict, message->readings->len, message->n_refused,
                  message->n_problems > 0 ? message->problems[0].text : "");
  if (g_str_equal (expect, "AR"))
    g_assert_cmpint (message->verdict, ==, TW_HL7_REJECT);
  else
    {
      g_assert_cmpint (message->verdict, !=, TW_HL7_REJECT);
      /* What is not a unit of UCUM ("beats/min") is never taken for one. */
      g_assert_true (message->verdict == TW_HL7_ACCEPT || message->n_refused > 0);
      (*n_taken)++;
    }
  /* In one file MSH-15 and MSH-16 are NE: it wants no answer. */
  if (message->header.accept_when.length == 0 && message->header.apply_when.length == 0)
    g_assert_nonnull (strstr (answer, message->verdict == TW_HL7_ACCEPT   ? "\rMSA|AA|"
                                      : message->verdict == TW_HL7_REJECT ? "\rMSA|AR|"
                                                                          : "\rMSA|AE|"));
}

static void
test_corpus (void)
{
  static const char *const folders[] = { "formats/hl7v2/ms_fhir_converter/data/SampleData/Hl7v2",
                                         "formats/hl7v2/linuxforhealth/src/test/resources" };
  guint n = 0, n_taken = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *folder = tw_test_dup_shared (folders[i]);
      g_autoptr (GPtrArray) paths = NULL;
      if (folder == NULL)
        return;
      paths = wire_list (folder, ".hl7");
      for (guint k = 0; k < paths->len; k++, n++)
        {
          check_file (paths->pdata[k], 'P', &n_taken);
          check_file (paths->pdata[k], 'T', &n_taken);
        }
    }
  g_assert_cmpuint (n, ==, 143);
  g_assert_cmpuint (n_taken, ==, 7);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hl7v2/bad/header", test_header);
  g_test_add_func ("/hl7v2/bad/results", test_results);
  g_test_add_func ("/hl7v2/bad/large", test_large);
  g_test_add_func ("/hl7v2/bad/many-readings", test_many_readings);
  g_test_add_func ("/hl7v2/bad/enough", test_enough);
  g_test_add_func ("/hl7v2/bad/truncated", test_truncated);
  g_test_add_func ("/hl7v2/bad/mutants", test_mutants);
  g_test_add_func ("/hl7v2/bad/corpus", test_corpus);
  return g_test_run ();
}
