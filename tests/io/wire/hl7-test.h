/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages of HL7 v2 that were written for these tests, and how to change and read them. */
#pragma once

#include "wire-test.h"

#include "tw-hl7v2-message.h"
#include "tw-time.h"

#define HL7_NOW_US (G_GINT64_CONSTANT (1795356010000000)) /* 2026-11-22T14:00:10Z */

/* The way of a GE B40: IHE PCD-01, headers of device and channels as results without a value. */
#define HL7_PCD01 \
  "MSH|^~\\&|VSP^080019FFFE000001^EUI-64|Example|GW|Ward|20261122140000+0000||ORU^R01^ORU_R01|" \
  "0000000001|P|2.6|||NE|AL||UNICODE UTF-8|||PCD_DEC_001^IHE PCD^1.3.6.1.4.1.19376.1.6.1.1.1^ISO\r" \
  "PID|||TEST12^^^HOSP^MR||DEMO^CLARA^^^^^L||19660308|F\r" \
  "PV1||I|WARD3^^V2\r" \
  "OBR|1|a^VSP|a^VSP|182777000^monitoring of patient^SCT|||20261122140000+0000\r" \
  "OBX|1||69965^MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS^MDC|1.0.0.0|||||||X\r" \
  "OBX|2||70671^MDC_DEV_ECG_RESP_VMD^MDC|1.5.0.0|||||||X\r" \
  "OBX|3|NM|147842^MDC_ECG_HEART_RATE^MDC|1.5.1.1|80|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||R\r" \
  "OBX|4|NM|148066^MDC_ECG_V_P_C_RATE^MDC|1.5.1.2|0|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||R\r" \
  "OBX|5|NM|150033^MDC_PRESS_BLD_ART_SYS^MDC|1.13.1.1|112|266016^MDC_DIM_MMHG^MDC|||||R\r" \
  "OBX|6|NM|150034^MDC_PRESS_BLD_ART_DIA^MDC|1.13.1.2|76|266016^MDC_DIM_MMHG^MDC|||||R\r" \
  "OBX|7|NM|150035^MDC_PRESS_BLD_ART_MEAN^MDC|1.13.1.3|88|266016^MDC_DIM_MMHG^MDC|||||R\r" \
  "OBX|8|NM|149522^MDC_BLD_PULS_RATE_INV^MDC|1.13.1.4|81|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||R\r" \
  "OBX|9|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|1.22.1.2|97|262688^MDC_DIM_PERCENT^MDC|||||R\r" \
  "OBX|10|NM|151562^MDC_RESP_RATE^MDC|1.6.1.1|18|264928^MDC_DIM_RESP_PER_MIN^MDC|||||R\r" \
  "OBX|11|NM|150344^MDC_TEMP^MDC|1.26.1.1|37.1|268192^MDC_DIM_DEGC^MDC|||||R\r" \
  "OBX|12|NM|150344^MDC_TEMP^MDC|1.26.1.2|33.5|268192^MDC_DIM_DEGC^MDC|||||R\r"

/* The way of a Philips Efficia: 2.4, MDIL, no zone, X and nothing for what is not valid. */
#define HL7_EFFICIA \
  "MSH|^~\\&|^EfficiaCM||||20261122150000||ORU^R01^ORU_R01|MONITORTST000000002D|P|2.4|||||||||" \
  "2.16.840.1.113883.9.2.1\r" \
  "PID|||TEST34||DEMO^BRUNO^A\r" \
  "PV1|||^^LOCATION34\r" \
  "ORC|NW|||||||||||||||||MONITORTST\r" \
  "OBR||||MONITOR|||20261122150000|||OPERATOR12\r" \
  "OBX||NM|0002-4bb8^SpO2^MDIL||98|0004-0220^%^MDIL|||||F\r" \
  "OBX||NM|0002-4a05^NBPs^MDIL||122|0004-0f20^mmHg^MDIL|||||F|||20261122145500\r" \
  "OBX||NM|0002-4a06^NBPd^MDIL||85|0004-0f20^mmHg^MDIL|||||F|||20261122145500\r" \
  "OBX||NM|0002-4a07^NBPm^MDIL||98|0004-0f20^mmHg^MDIL|||||F|||20261122145500\r" \
  "OBX||NM|0002-4182^HR^MDIL|||0004-0aa0^bpm^MDIL|||||X\r" \
  "OBX||NM|0002-480a^Pulse^MDIL||80|0004-0aa0^bpm^MDIL|||||F|||||0002-4bb8^SpO2^MDIL\r" \
  "OBX||NM|0002-5000^Resp^MDIL||20|0004-0ae0^rpm^MDIL|||||F\r" \
  "OBX||NM|0002-f0c7^Temp^MDIL||99.1|0004-1140^F^MDIL|||||F\r" \
  "OBX||TX|2^Yellow Alarm^MDIL-ALERT||SpO2 High, SpO2=98 %||||||F\r"

static inline TwHl7Codes *
hl7_codes (void)
{
  static TwHl7Codes *codes;

  if (codes == NULL)
    {
      g_autofree char *code_text = tw_test_dup_table ("hl7-codes.csv");
      g_autofree char *unit_text = tw_test_dup_table ("hl7-units.csv");
      g_autoptr (GError) error = NULL;
      codes = tw_hl7_codes_new (code_text, unit_text, &error);
      g_assert_no_error (error);
    }
  return codes;
}

static inline TwHl7Message *
hl7_read_with (const char *text, gssize length, GTimeZone *zone, char processing)
{
  TwHl7Options options = { .codes = hl7_codes (), .zone = zone, .now_us = HL7_NOW_US,
                           .processing = processing };
  return tw_hl7_message_read (text, length < 0 ? strlen (text) : (gsize) length, &options);
}

/* The first place where it stands gets another text. */
static inline char *
hl7_replace (const char *text, const char *from, const char *to)
{
  const char *at = strstr (text, from);
  g_autofree char *head = NULL;

  g_assert_nonnull (at);
  head = g_strndup (text, (gsize) (at - text));
  return g_strconcat (head, to, at + strlen (from), NULL);
}

static inline const TwObservation *
hl7_find (const TwHl7Message *message, TwChannel channel)
{
  for (guint i = 0; i < message->readings->len; i++)
    {
      const TwObservation *reading = &g_array_index (message->readings, TwObservation, i);
      if (reading->channel == (gint16) channel)
        return reading;
    }
  return NULL;
}

static inline char *
hl7_answer (const TwHl7Message *message)
{
  GString *out = g_string_new (NULL);

  if (!tw_hl7_write_answer (out, message, HL7_NOW_US, "A1"))
    g_assert_cmpuint (out->len, ==, 0);
  return g_string_free (out, FALSE);
}
