/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many messages of a bedside monitor a core reads and answers: HL7 v2, 24 results, 7 channels.
 *
 *   bench-hl7      prints the best of the rounds: messages and results a second, CPU time */
#include "config.h"

#include "tw-hl7v2-message.h"
#include "tw-tables-resource.h"

#include <gio/gio.h>
#include <stdio.h>
#include <time.h>

#define N_ROUNDS 20
#define N_MESSAGES 2000
#define N_RESULTS 24
#define NOW_US (G_GINT64_CONSTANT (1795356010000000))

static double
cpu_s (void)
{
  struct timespec at;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &at);
  return (double) at.tv_sec + 1e-9 * (double) at.tv_nsec;
}

static char *
dup_table (const char *name)
{
  g_autofree char *path = g_strconcat ("/org/twinward/tables/", name, NULL);
  g_autoptr (GBytes) bytes = g_resource_lookup_data (tw_tables_get_resource (), path, 0, NULL);

  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* A monitor's message: headers of devices, seven channels, the rest of kinds that are not shown. */
static GString *
make_message (void)
{
  static const char *const vitals[] = {
    "147842^MDC_ECG_HEART_RATE^MDC|1.5.1.1|80|264864^MDC_DIM_BEAT_PER_MIN^MDC",
    "150033^MDC_PRESS_BLD_ART_SYS^MDC|1.13.1.1|112|266016^MDC_DIM_MMHG^MDC",
    "150034^MDC_PRESS_BLD_ART_DIA^MDC|1.13.1.2|76|266016^MDC_DIM_MMHG^MDC",
    "150035^MDC_PRESS_BLD_ART_MEAN^MDC|1.13.1.3|88|266016^MDC_DIM_MMHG^MDC",
    "150456^MDC_PULS_OXIM_SAT_O2^MDC|1.22.1.2|97|262688^MDC_DIM_PERCENT^MDC",
    "151562^MDC_RESP_RATE^MDC|1.6.1.1|18|264928^MDC_DIM_RESP_PER_MIN^MDC",
    "150344^MDC_TEMP^MDC|1.26.1.1|37.1|268192^MDC_DIM_DEGC^MDC",
  };
  GString *text = g_string_new (
    "MSH|^~\\&|VSP^080019FFFE000001^EUI-64|Example|||20261122140000+0000||ORU^R01^ORU_R01|1|P|2.6|||NE|AL||"
    "UNICODE UTF-8|||PCD_DEC_001^IHE PCD^1.3.6.1.4.1.19376.1.6.1.1.1^ISO\r"
    "PID|||TEST12^^^HOSP^MR||DEMO^CLARA^^^^^L||19660308|F\rPV1||I|WARD3^^V2\r"
    "OBR|1|a|b|182777000^monitoring of patient^SCT|||20261122140000+0000\r");

  for (guint i = 0; i < N_RESULTS; i++)
    if (i < G_N_ELEMENTS (vitals))
      g_string_append_printf (text, "OBX|%u|NM|%s|||||R|||||||080019FFFE000001^B40_GE\r", i + 1, vitals[i]);
    else
      g_string_append_printf (text, "OBX|%u||%u^MDC_DEV_VMD^MDC|1.%u.0.0|||||||X\r", i + 1, 69000 + i, i);
  return text;
}

int
main (void)
{
  g_autofree char *code_text = NULL, *unit_text = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwHl7Codes) codes = NULL;
  g_autoptr (GString) text = make_message ();
  g_autoptr (GString) answer = g_string_new (NULL);
  TwHl7Options options = { .now_us = NOW_US, .processing = 'P' };
  double best_s = 1e9;

  tw_tables_register_resource ();
  code_text = dup_table ("hl7-codes.csv");
  unit_text = dup_table ("hl7-units.csv");
  codes = tw_hl7_codes_new (code_text, unit_text, &error);
  g_assert_no_error (error);
  options.codes = codes;
  for (int round = 0; round < N_ROUNDS; round++)
    {
      double begin_s = cpu_s ();
      for (int i = 0; i < N_MESSAGES; i++)
        {
          g_autoptr (TwHl7Message) message = tw_hl7_message_read (text->str, text->len, &options);
          g_assert_cmpuint (message->readings->len, ==, 7);
          g_string_truncate (answer, 0);
          tw_hl7_write_answer (answer, message, NOW_US, "A1");
        }
      best_s = MIN (best_s, cpu_s () - begin_s);
    }
  printf ("%.0f messages/s, %.0f results/s (%zu bytes, %d results, 7 channels each)\n",
          N_MESSAGES / best_s, N_MESSAGES * N_RESULTS / best_s, (size_t) text->len, N_RESULTS);
  return 0;
}
