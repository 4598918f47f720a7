/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The door of the session that writes results back, for programs that check it against other servers.
 * Follows one ward, waits until a patient has a flag, a risk and a score, writes the batch twice as if a
 * person had confirmed it, and says what the server answered, a line each: KIND STATUS PLACE.
 *
 * usage: write-back-door BASE WARD [SECONDS] */
#include "config.h"

#include "tw-time.h"
#include "tw-write-back.h"

#include <gsl/gsl_errno.h>
#include <stdlib.h>

static gboolean
has_all_kinds (const TwWriteBatch *batch)
{
  guint kinds = 0;

  for (guint i = 0; i < batch->items->len; i++)
    kinds |= 1u << ((TwWriteItem *) g_ptr_array_index (batch->items, i))->kind;
  return kinds == ((1u << TW_WRITE_FLAG) | (1u << TW_WRITE_RISK) | (1u << TW_WRITE_SCORE));
}

static TwWriteBatch *
find_batch (TwSession *session, TwWriteBack *back)
{
  for (guint i = 0; i < tw_session_get_n_patients (session); i++)
    {
      g_autoptr (TwWriteBatch) batch = tw_write_back_propose (back, i, TW_UNIT_MMOL_L);

      if (has_all_kinds (batch))
        return g_steal_pointer (&batch);
    }
  return NULL;
}

static void
run_for (guint ms)
{
  gint64 end_us = g_get_monotonic_time () + ms * 1000;

  while (g_get_monotonic_time () < end_us)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
}

typedef struct
{
  gboolean ended;
  GError *error;
} End;

static void
on_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  End *end = data;

  tw_write_back_send_finish (TW_WRITE_BACK (source), result, &end->error);
  end->ended = TRUE;
}

static gboolean
send_batch (TwWriteBack *back, TwWriteBatch *batch)
{
  static const char *const kinds[] = { "Flag", "RiskAssessment", "Observation" };
  End end = { 0 };

  tw_write_back_send_async (back, batch, "Dr. Test", NULL, on_sent, &end);
  while (!end.ended)
    g_main_context_iteration (NULL, TRUE);
  if (end.error != NULL)
    {
      g_printerr ("%s\n", end.error->message);
      g_error_free (end.error);
      return FALSE;
    }
  for (guint i = 0; i < batch->items->len; i++)
    {
      const TwWriteItem *item = g_ptr_array_index (batch->items, i);

      if (item->chosen)
        g_print ("%s %u %s\n", kinds[item->kind], item->status, item->location);
    }
  g_print ("Provenance 0 %s\n", batch->record);
  return TRUE;
}

int
main (int argc, char *argv[])
{
  TwServerAddress address = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (TwSession) session = NULL;
  g_autoptr (TwWriteBack) back = NULL;
  g_autoptr (TwWriteBatch) batch = NULL;
  int seconds = argc > 3 ? atoi (argv[3]) : 120;

  if (argc < 3)
    {
      g_printerr ("usage: write-back-door BASE WARD [SECONDS]\n");
      return 2;
    }
  gsl_set_error_handler_off ();
  address.base_url = argv[1];
  address.ward = argv[2];
  session = tw_session_new_for_server (&address, &error);
  if (session == NULL)
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  tw_session_start (session);
  back = tw_write_back_new (session);
  tw_write_back_set_on (back, TRUE);
  for (int i = 0; batch == NULL && i < 4 * seconds; i++)
    {
      run_for (250);
      batch = find_batch (session, back);
    }
  if (batch == NULL || tw_write_back_get_state (back) != TW_WRITE_BACK_READY)
    {
      g_printerr ("nothing to write: %s; %s\n", tw_write_back_get_reason (back),
                  tw_session_get_status (session)->message);
      return 1;
    }
  return send_batch (back, batch) && send_batch (back, batch) ? 0 : 1;
}
