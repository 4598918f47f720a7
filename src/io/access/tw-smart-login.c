/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The steps of a sign-in: configuration, page, answer, code for tokens, who it was. */
#include "config.h"

#include "tw-smart-login.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "tw-keyring.h"
#include "tw-login-listener.h"
#include "tw-nonce.h"
#include "tw-smart-exchange.h"

#define WAIT_S 300
/* Clocks of servers differ a little. */
#define CLOCK_SLACK_S 300

#define SCOPES_2 "user/Observation.rs user/Patient.rs user/Encounter.rs user/Location.rs"
#define SCOPES_1 "user/Observation.read user/Patient.read user/Encounter.read user/Location.read"
#define WRITES_2                                                                                           \
  " user/RiskAssessment.cu user/Flag.cu user/Observation.cu user/Device.cu user/Provenance.cu"             \
  " user/AuditEvent.cu"
#define WRITES_1                                                                                           \
  " user/RiskAssessment.write user/Flag.write user/Observation.write user/Provenance.write"                \
  " user/Device.write user/AuditEvent.write"

typedef struct
{
  TwSmartGrant *grant;
  TwSmartLoginPlan plan; /* only its function, data and numbers; texts are the grant's */
  TwLoginListener *listener;
  char *redirect, *state, *nonce, *verifier;
  char *code;
  gboolean old_scopes;   /* the v1 forms are asked for */
  GError *verdict;       /* what was wrong with the answer */
  GSource *wait;         /* leaves the listener's call before going on */
  GSource *on_cancel;
} Login;

static void begin_page (GTask *task);

static void
drop_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

/* Each attempt has its own numbers and its own door. */
static void
clear_attempt (Login *login)
{
  drop_source (&login->wait);
  drop_source (&login->on_cancel);
  g_clear_pointer (&login->listener, tw_login_listener_free);
  g_clear_pointer (&login->redirect, g_free);
  g_clear_pointer (&login->state, tw_secret_free);
  g_clear_pointer (&login->nonce, tw_secret_free);
  g_clear_pointer (&login->verifier, tw_secret_free);
  g_clear_pointer (&login->code, tw_secret_free);
  g_clear_error (&login->verdict);
}

static void
free_login (Login *login)
{
  clear_attempt (login);
  tw_smart_grant_free (login->grant);
  g_free (login);
}

static char *
dup_scopes (const Login *login)
{
  const TwSmartConfiguration *configuration = login->grant->configuration;
  const char *reads = login->old_scopes ? SCOPES_1 : SCOPES_2;
  const char *writes = login->old_scopes ? WRITES_1 : WRITES_2;

  return g_strconcat ("openid fhirUser offline_access ",
                      configuration->standalone_patient ? "launch/patient " : "", reads,
                      login->plan.write ? writes : "", NULL);
}

static char *
dup_page (const Login *login)
{
  const char *endpoint = login->grant->configuration->authorization_endpoint;
  g_autofree char *scopes = dup_scopes (login);
  g_autofree char *challenge = tw_nonce_challenge (login->verifier);
  g_autoptr (GBytes) query = tw_smart_form_new (
    "response_type", "code", "client_id", login->grant->client_id, "redirect_uri", login->redirect, "scope",
    scopes, "state", login->state, "nonce", login->nonce, "aud", login->grant->fhir_base, "code_challenge",
    challenge, "code_challenge_method", "S256", NULL);

  return g_strdup_printf ("%s%c%s", endpoint, strchr (endpoint, '?') != NULL ? '&' : '?',
                          (const char *) g_bytes_get_data (query, NULL));
}

static GError *
mismatch (const char *words)
{
  return g_error_new_literal (TW_ACCESS_ERROR, TW_ACCESS_ERROR_MISMATCH, words);
}

/* Why the server sent the user back without a code. */
static GError *
explain_error (const char *name,
               const char *description)
{
  g_autofree char *shown = g_utf8_make_valid (description != NULL ? description : name, -1);

  if (g_str_equal (name, "access_denied"))
    return g_error_new_literal (TW_ACCESS_ERROR, TW_ACCESS_ERROR_REFUSED,
                                _("The sign-in was refused or left. Nobody is signed in."));
  if (g_utf8_strlen (shown, -1) > 160)
    *g_utf8_offset_to_pointer (shown, 160) = '\0';
  for (char *c = shown; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  return g_error_new (TW_ACCESS_ERROR, TW_ACCESS_ERROR_REFUSED, _("The sign-in server refused: %s."), shown);
}

/* What the browser brought: its state is compared first, then whose answer it is. */
static GError *
judge_answer (Login *login,
              const char *query)
{
  g_autoptr (GHashTable) answer = NULL;
  const TwSmartConfiguration *configuration = login->grant->configuration;
  const char *issuer, *code, *error;

  /* Best effort: a query that cannot be read has no state. */
  if (query != NULL)
    answer = g_uri_parse_params (query, -1, "&", G_URI_PARAMS_WWW_FORM, NULL);
  if (answer == NULL || !tw_nonce_equal (login->state, g_hash_table_lookup (answer, "state")))
    return mismatch (_("The browser brought an answer that does not belong to this sign-in. Nobody is "
                       "signed in. Try again."));
  issuer = g_hash_table_lookup (answer, "iss");
  if ((issuer == NULL && configuration->sends_issuer)
      || (issuer != NULL && configuration->issuer != NULL && !g_str_equal (issuer, configuration->issuer)))
    return mismatch (_("The answer comes from another sign-in server than the one that was asked. Nobody is "
                       "signed in. Tell the hospital’s engineers."));
  error = g_hash_table_lookup (answer, "error");
  if (error != NULL && g_str_equal (error, "invalid_scope") && !login->old_scopes)
    return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, error);
  if (error != NULL)
    return explain_error (error, g_hash_table_lookup (answer, "error_description"));
  code = g_hash_table_lookup (answer, "code");
  if (code == NULL || code[0] == '\0')
    return mismatch (_("The sign-in server’s answer holds no code. Try again."));
  login->code = g_strdup (code);
  return NULL;
}

/* Who signed in, checked against what was asked. */
static GError *
take_identity (Login *login,
               const char *id_token)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwSmartIdentity) identity = NULL;
  const char *issuer = login->grant->configuration->issuer;
  gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;

  if (id_token == NULL)
    return NULL; /* a server may know no identities; the FHIR server judges the access token */
  identity = tw_smart_read_identity (id_token, login->grant->client_id, &error);
  if (identity == NULL)
    return g_error_new (TW_ACCESS_ERROR, TW_ACCESS_ERROR_MISMATCH, _("The sign-in cannot be used: %s."),
                        error->message);
  if (!identity->for_client || !tw_nonce_equal (login->nonce, identity->nonce) || identity->issuer == NULL
      || (issuer != NULL && !g_str_equal (identity->issuer, issuer)))
    return mismatch (_("The sign-in server answered for somebody else’s sign-in. Nobody is signed in. "
                       "Tell the hospital’s engineers."));
  if (identity->expires_s == 0 || identity->expires_s < now_s - CLOCK_SLACK_S
      || identity->issued_s > now_s + CLOCK_SLACK_S)
    return mismatch (_("The sign-in server’s answer is not valid at this time. Check this computer’s "
                       "clock."));
  login->grant->fhir_user = g_steal_pointer (&identity->fhir_user);
  login->grant->name = g_steal_pointer (&identity->name);
  return NULL;
}

static void
on_tokens (GObject *source,
           GAsyncResult *result,
           gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Login *login = g_task_get_task_data (task);
  g_autoptr (TwSmartTokens) tokens = NULL;
  GError *error = NULL;

  if (tw_smart_exchange_finish (result, &tokens, &error))
    error = take_identity (login, tokens->id_token);
  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  tw_smart_grant_take (login->grant, tokens, g_get_real_time ());
  g_task_return_pointer (task, g_steal_pointer (&login->grant), (GDestroyNotify) tw_smart_grant_free);
}

/* Outside of the listener's and the canceller's calls. */
static gboolean
on_go_on (gpointer data)
{
  g_autoptr (GTask) task = data; /* held since the page was shown */
  Login *login = g_task_get_task_data (task);
  g_autoptr (GError) verdict = g_steal_pointer (&login->verdict);
  g_autoptr (GBytes) form = NULL;

  drop_source (&login->wait);
  drop_source (&login->on_cancel);
  g_clear_pointer (&login->listener, tw_login_listener_free);
  if (g_task_return_error_if_cancelled (task))
    return G_SOURCE_REMOVE;
  if (g_error_matches (verdict, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
    {
      /* The server knows the scopes of SMART 1 only. */
      clear_attempt (login);
      login->old_scopes = TRUE;
      begin_page (task);
      return G_SOURCE_REMOVE;
    }
  if (verdict != NULL)
    {
      g_task_return_error (task, g_steal_pointer (&verdict));
      return G_SOURCE_REMOVE;
    }
  form = tw_smart_form_new ("grant_type", "authorization_code", "code", login->code, "redirect_uri",
                            login->redirect, "client_id", login->grant->client_id, "code_verifier",
                            login->verifier, NULL);
  tw_smart_exchange_async (login->grant->configuration->token_endpoint, &login->grant->trust, form,
                           g_task_get_cancellable (task), on_tokens, g_object_ref (task));
  return G_SOURCE_REMOVE;
}

static void
go_on_soon (GTask *task)
{
  Login *login = g_task_get_task_data (task);

  if (login->wait != NULL)
    return;
  login->wait = g_idle_source_new ();
  g_source_set_priority (login->wait, G_PRIORITY_DEFAULT);
  g_source_set_callback (login->wait, on_go_on, task, NULL);
  g_source_attach (login->wait, g_main_context_get_thread_default ());
}

static gboolean
on_answered (const char *query,
             gpointer data)
{
  GTask *task = data;
  Login *login = g_task_get_task_data (task);

  login->verdict = judge_answer (login, query);
  go_on_soon (task);
  return login->verdict == NULL;
}

static void
on_late (gpointer data)
{
  GTask *task = data;
  Login *login = g_task_get_task_data (task);

  login->verdict = g_error_new_literal (TW_ACCESS_ERROR, TW_ACCESS_ERROR_LATE,
                                        _("Nobody signed in within the time. Try again."));
  go_on_soon (task);
}

static gboolean
on_cancelled (GCancellable *cancellable,
              gpointer data)
{
  go_on_soon (data);
  return G_SOURCE_REMOVE;
}

static void
begin_page (GTask *task)
{
  static const TwLoginEvents events = { on_answered, on_late };
  Login *login = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autofree char *page = NULL;
  GError *error = NULL;

  login->listener = tw_login_listener_new (login->plan.wait_s, &events, task, &error);
  if (login->listener == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  login->redirect = g_strdup (tw_login_listener_get_address (login->listener));
  login->state = tw_nonce_new ();
  login->nonce = tw_nonce_new ();
  login->verifier = tw_nonce_new ();
  if (cancellable != NULL)
    {
      login->on_cancel = g_cancellable_source_new (cancellable);
      g_source_set_callback (login->on_cancel, G_SOURCE_FUNC (on_cancelled), task, NULL);
      g_source_attach (login->on_cancel, g_main_context_get_thread_default ());
    }
  page = dup_page (login);
  g_object_ref (task); /* until there is an answer, or none will come */
  login->plan.open_page (page, login->plan.data);
}

static void
on_discovered (GObject *source,
               GAsyncResult *result,
               gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Login *login = g_task_get_task_data (task);
  GError *error = NULL;

  login->grant->configuration = tw_smart_discover_finish (result, &error);
  if (login->grant->configuration == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  login->old_scopes = login->grant->configuration->v1_only;
  begin_page (task);
}

void
tw_smart_login_async (const TwSmartLoginPlan *plan,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_return_if_fail (plan != NULL && plan->fhir_base != NULL && plan->client_id != NULL
                    && plan->open_page != NULL);

  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Login *login = g_new0 (Login, 1);

  g_task_set_source_tag (task, tw_smart_login_async);
  g_task_set_task_data (task, login, (GDestroyNotify) free_login);
  login->plan.open_page = plan->open_page;
  login->plan.data = plan->data;
  login->plan.write = plan->write;
  login->plan.wait_s = plan->wait_s > 0 ? plan->wait_s : WAIT_S;
  login->grant = tw_smart_grant_new (plan->fhir_base, plan->client_id, plan->trust);
  tw_smart_discover_async (plan->fhir_base, plan->trust, cancellable, on_discovered, task);
}

TwSmartGrant *
tw_smart_login_finish (GAsyncResult *result,
                       GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, tw_smart_login_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
