/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing results back: off until it is switched on, nothing without a person, nothing twice, the
 * server's own words. Against the gateway as a process of its own. */
#include "config.h"

#include "tw-write-back.h"

#include "tw-connection.h"
#include "tw-fhir-read.h"
#include "tw-gateway-fixture.h"
#include "tw-scripted-source.h"
#include "tw-test.h"
#include "tw-time.h"

#include <gsl/gsl_errno.h>
#include <string.h>

typedef struct
{
  gboolean ended, good;
  GError *error;
} End;

static void
on_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  End *end = data;

  end->good = tw_write_back_send_finish (TW_WRITE_BACK (source), result, &end->error);
  end->ended = TRUE;
}

/* The result: TRUE, or the code of the error. */
static gboolean
send_batch (TwWriteBack *back, TwWriteBatch *batch, const char *person, int *code)
{
  g_autoptr (GError) error = NULL;
  End end = { 0 };

  tw_write_back_send_async (back, batch, person, NULL, on_sent, &end);
  while (!end.ended)
    g_main_context_iteration (NULL, TRUE);
  error = end.error;
  if (error != NULL)
    {
      g_test_message ("%s", error->message);
      g_assert_cmpint (error->domain, ==, TW_WRITE_BACK_ERROR);
      *code = error->code;
    }
  return end.good;
}

static void
wait_until_known (TwWriteBack *back)
{
  while (tw_write_back_get_state (back) == TW_WRITE_BACK_ASKING)
    g_main_context_iteration (NULL, TRUE);
}

static guint
count_kind (const TwWriteBatch *batch, TwWriteKind kind)
{
  guint n = 0;

  for (guint i = 0; i < batch->items->len; i++)
    n += ((TwWriteItem *) g_ptr_array_index (batch->items, i))->kind == kind ? 1 : 0;
  return n;
}

/* A patient with a flag, a risk and a score at once. */
static TwWriteBatch *
wait_for_batch (TwSession *session, TwWriteBack *back)
{
  gint64 end = g_get_monotonic_time () + 90 * G_USEC_PER_SEC;

  while (g_get_monotonic_time () < end)
    {
      for (guint i = 0; i < tw_session_get_n_patients (session); i++)
        {
          g_autoptr (TwWriteBatch) batch = tw_write_back_propose (back, i, TW_UNIT_MMOL_L);

          if (count_kind (batch, TW_WRITE_FLAG) > 0 && count_kind (batch, TW_WRITE_RISK) > 0
              && count_kind (batch, TW_WRITE_SCORE) > 0)
            return g_steal_pointer (&batch);
        }
      for (guint i = 0; i < 200; i++)
        if (!g_main_context_iteration (NULL, FALSE))
          g_usleep (1000);
    }
  g_error ("no patient ever had a flag, a risk and a score");
  return NULL;
}

typedef struct
{
  gboolean ended;
  char *text;
} Page;

static void
on_page (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwResponse) response = tw_connection_get_finish (TW_CONNECTION (source), result, &error);
  Page *page = data;

  g_assert_no_error (error);
  page->text = g_strndup ((const char *) response->body->data, response->body->len);
  page->ended = TRUE;
}

static char *
fetch (TwConnection *connection, const char *url)
{
  Page page = { 0 };

  tw_connection_get_async (connection, url, NULL, NULL, on_page, &page);
  while (!page.ended)
    g_main_context_iteration (NULL, TRUE);
  return page.text;
}

static int
count_on_server (TwConnection *connection, const char *search)
{
  g_autofree char *url = g_strconcat (search, strchr (search, '?') != NULL ? "&" : "?", "_summary=count", NULL);
  g_autofree char *text = fetch (connection, url);
  const char *total = strstr (text, "\"total\":");

  g_assert_nonnull (total);
  return atoi (total + strlen ("\"total\":"));
}

static int
count_all (TwConnection *connection)
{
  static const char *const searches[] = { "Flag", "RiskAssessment", "Observation?category=survey", "Device",
                                          "Provenance", "AuditEvent" };
  int n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (searches); i++)
    n += count_on_server (connection, searches[i]);
  return n;
}

/* Every item has its place on the server, its words, and the readings that it rests on. */
static void
check_written (TwConnection *connection, const TwWriteBatch *batch)
{
  for (guint i = 0; i < batch->items->len; i++)
    {
      const TwWriteItem *item = g_ptr_array_index (batch->items, i);
      g_autofree char *text = NULL;

      if (!item->chosen)
        {
          g_assert_null (item->location);
          continue;
        }
      g_assert_cmpuint (item->status, >=, 200);
      g_assert_cmpuint (item->status, <, 300);
      text = fetch (connection, item->location);
      g_assert_nonnull (strstr (text, item->title));
      g_assert_nonnull (strstr (text, item->id));
      g_assert_null (strstr (text, "urn:uuid:"));
      for (guint s = 0; item->kind != TW_WRITE_FLAG && s < item->n_sources; s++)
        {
          g_assert_nonnull (item->sources[s].reference);
          g_assert_nonnull (strstr (text, item->sources[s].reference));
        }
    }
}

static void
test_whole_way (void)
{
  static const char *const options[] = { "--demo", "--speed", "60", "--seed", "7", NULL };
  Gateway gateway = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (TwSession) session = NULL;
  g_autoptr (TwWriteBack) back = NULL;
  g_autoptr (TwWriteBatch) batch = NULL;
  g_autoptr (TwConnection) connection = NULL;
  int n, code = -1;

  gateway_start (&gateway, options);
  session = open_session (&gateway, gateway.token, FALSE);
  back = tw_write_back_new (session);
  connection = tw_connection_new (gateway.url, &error);
  tw_connection_set_bearer (connection, gateway.token);
  batch = wait_for_batch (session, back);

  /* Off: said so, and nothing leaves. */
  g_assert_cmpint (tw_write_back_get_state (back), ==, TW_WRITE_BACK_OFF);
  g_assert_cmpstr (tw_write_back_get_reason (back), !=, "");
  g_assert_false (send_batch (back, batch, "Dr. Test", &code));
  g_assert_cmpint (code, ==, TW_WRITE_BACK_ERROR_OFF);

  tw_write_back_set_on (back, TRUE);
  wait_until_known (back);
  g_assert_cmpint (tw_write_back_get_state (back), ==, TW_WRITE_BACK_READY);
  g_assert_cmpstr (tw_write_back_get_server (back), ==, gateway.url);

  /* Nobody confirmed. */
  g_assert_false (send_batch (back, batch, "  ", &code));
  g_assert_cmpint (code, ==, TW_WRITE_BACK_ERROR_PERSON);
  g_assert_cmpint (count_all (connection), ==, 0);

  g_assert_true (send_batch (back, batch, "Dr. Test", &code));
  check_written (connection, batch);
  n = count_all (connection);
  g_assert_cmpint (n, ==, (int) tw_write_batch_count_chosen (batch) + 3);

  /* The same batch again: the same count, and the first one's name stands. */
  g_assert_true (send_batch (back, batch, "Somebody Else", &code));
  g_assert_cmpint (count_all (connection), ==, n);
  g_assert_cmpstr (batch->person, ==, "Dr. Test");
  {
    g_autofree char *text = fetch (connection, batch->record);

    g_assert_nonnull (strstr (text, "{\"display\":\"Dr. Test\"}"));
    g_assert_nonnull (strstr (text, "urn:twinward:twin"));
    g_assert_nonnull (strstr (text, "news2 "));
  }

  tw_write_back_set_on (back, FALSE);
  g_assert_false (send_batch (back, batch, "Dr. Test", &code));
  g_assert_cmpint (code, ==, TW_WRITE_BACK_ERROR_OFF);
  gateway_stop (&gateway);
}

/* Nothing chosen; then the server goes away between confirmation and answer. */
static void
test_failures (void)
{
  static const char *const options[] = { "--demo", "--speed", "60", "--seed", "7", NULL };
  Gateway gateway = { 0 };
  g_autoptr (TwSession) session = NULL;
  g_autoptr (TwWriteBack) back = NULL;
  g_autoptr (TwWriteBatch) batch = NULL;
  int code = -1;

  gateway_start (&gateway, options);
  session = open_session (&gateway, gateway.token, FALSE);
  back = tw_write_back_new (session);
  tw_write_back_set_on (back, TRUE);
  wait_until_known (back);
  batch = wait_for_batch (session, back);
  for (guint i = 0; i < batch->items->len; i++)
    ((TwWriteItem *) g_ptr_array_index (batch->items, i))->chosen = FALSE;
  g_assert_false (send_batch (back, batch, "Dr. Test", &code));
  g_assert_cmpint (code, ==, TW_WRITE_BACK_ERROR_EMPTY);

  ((TwWriteItem *) g_ptr_array_index (batch->items, 0))->chosen = TRUE;
  g_assert_true (send_batch (back, batch, "Dr. Test", &code));
  gateway_stop (&gateway);
  g_assert_false (send_batch (back, batch, "Dr. Test", &code));
  g_assert_cmpint (code, ==, TW_WRITE_BACK_ERROR_UNSURE);
}

/* A recording has no server: said in words. */
static void
test_no_server (void)
{
  gboolean freed = FALSE;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwSession) session = tw_session_new ((TwSource *) tw_scripted_source_new (&freed), NULL, &error);
  g_autoptr (TwWriteBack) back = NULL;

  g_assert_no_error (error);
  back = tw_write_back_new (session);
  tw_write_back_set_on (back, TRUE);
  g_assert_cmpint (tw_write_back_get_state (back), ==, TW_WRITE_BACK_CANNOT);
  g_assert_nonnull (strstr (tw_write_back_get_reason (back), "no server"));
  g_assert_cmpstr (tw_write_back_get_server (back), ==, "");
  g_assert_null (tw_write_back_propose (back, 0, TW_UNIT_MMOL_L));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  gsl_set_error_handler_off ();
  g_test_add_func ("/session/write-back/whole-way", test_whole_way);
  g_test_add_func ("/session/write-back/failures", test_failures);
  g_test_add_func ("/session/write-back/no-server", test_no_server);
  return g_test_run ();
}
