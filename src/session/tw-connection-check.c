/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the server can do, who is on the ward, what is measured: three kinds of requests, one after the
 * other. */
#include "config.h"

#include "tw-connection-check-private.h"

#include "tw-channel.h"
#include "tw-fetch.h"
#include "tw-roster-load.h"
#include "tw-time.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define SKEW_US (30 * TW_SECOND)
#define LOOK_BACK_US (24 * TW_HOUR)
/* Vital signs are looked for with so many patients. */
#define MAX_LOOKED 5

struct _TwConnectionCheck
{
  GObject parent_instance;
  TwAccess *access;
  TwCheckStep steps[TW_N_CHECKS];
  TwConnection *connection;
  GCancellable *cancellable; /* of the present run; NULL: none */
  TwFhirCapability *capability;
  TwRoster *roster;
  TwRosterWish wish;         /* the site's ward */
  gint64 begun_us;           /* monotonic, of the request under way */
  guint n_looked;            /* patients asked for vital signs */
  guint32 channels;          /* bits: what was found */
  gboolean running;
};

G_DEFINE_FINAL_TYPE (TwConnectionCheck, tw_connection_check, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* One of them for each TwNetError, in its order. */
static const char *const causes[] = {
  "address", "unreachable", "timeout", "tls",       "unauthorised", "forbidden", "gone",
  "busy",    "status",      "too-large", "broken", "server",       "library",
};

static void ask_vitals (TwConnectionCheck *self);

static void
tell (TwConnectionCheck *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

/* words: taken. */
static void
set_step (TwConnectionCheck *self,
          TwCheck check,
          TwCheckState state,
          const char *cause,
          char *words)
{
  TwCheckStep *step = &self->steps[check];

  g_free (step->words);
  g_clear_pointer (&step->next, g_free);
  step->words = words;
  step->state = state;
  step->cause = cause;
}

static void
set_next (TwConnectionCheck *self,
          TwCheck check,
          const char *next)
{
  g_free (self->steps[check].next);
  self->steps[check].next = g_strdup (next);
}

static void
begin_step (TwConnectionCheck *self,
            TwCheck check)
{
  set_step (self, check, TW_CHECK_RUNNING, NULL, NULL);
}

/* What was not reached is left out; the run is over. */
static void
end_run (TwConnectionCheck *self)
{
  for (int i = 0; i < TW_N_CHECKS; i++)
    if (self->steps[i].state == TW_CHECK_WAITING || self->steps[i].state == TW_CHECK_RUNNING)
      set_step (self, (TwCheck) i, TW_CHECK_SKIPPED, NULL, NULL);
  g_clear_object (&self->cancellable);
  self->running = FALSE;
  tell (self);
}

static const char *
cause_of (const GError *error)
{
  if (error->domain == TW_NET_ERROR && (guint) error->code < G_N_ELEMENTS (causes))
    return causes[error->code];
  return "answer";
}

static char *
dup_words (const GError *error)
{
  return error->domain == TW_NET_ERROR
           ? g_strdup (error->message)
           : g_strdup_printf (_("The server’s answer cannot be used: %s."), error->message);
}

static void
fail_step (TwConnectionCheck *self,
           TwCheck check,
           const GError *error,
           const char *next)
{
  set_step (self, check, TW_CHECK_BAD, cause_of (error), dup_words (error));
  set_next (self, check, next);
}

static void
pass_reachable (TwConnectionCheck *self)
{
  gint64 ms = (g_get_monotonic_time () - self->begun_us) / 1000;

  /* Translators: how long the server took to answer. */
  set_step (self, TW_CHECK_REACHABLE, TW_CHECK_GOOD, "ok",
            g_strdup_printf (_("The server answers, after %d ms"), (int) ms));
  self->steps[TW_CHECK_REACHABLE].figure = ms;
}

static void
pass_certificate (TwConnectionCheck *self)
{
  const TwSite *site = tw_access_get_site (self->access);

  if (!g_str_has_prefix (site->address, "https:"))
    set_step (self, TW_CHECK_CERTIFICATE, TW_CHECK_GOOD, "loopback",
              g_strdup (_("Not needed: the server is on this computer")));
  else if (site->pins[0] != NULL || site->pins[1] != NULL)
    set_step (self, TW_CHECK_CERTIFICATE, TW_CHECK_GOOD, "pinned",
              g_strdup (_("Trusted, and its key is the pinned one")));
  else if (site->ca_file != NULL)
    set_step (self, TW_CHECK_CERTIFICATE, TW_CHECK_GOOD, "site",
              g_strdup (_("Trusted by the authority that you imported")));
  else
    set_step (self, TW_CHECK_CERTIFICATE, TW_CHECK_GOOD, "system", g_strdup (_("Trusted by this computer")));
}

static void
fail_sign_in (TwConnectionCheck *self,
              const GError *error)
{
  static const char *const next[TW_N_SIGN_INS] = {
    [TW_SIGN_IN_NONE] = N_ ("This server asks for a sign-in. Edit the connection and choose one."),
    [TW_SIGN_IN_TOKEN] = N_ ("Ask the hospital’s engineers for a new token, and give it by Edit."),
    [TW_SIGN_IN_CERTIFICATE]
    = N_ ("The server wants more than the certificate, or does not know it. Ask the hospital’s engineers."),
    [TW_SIGN_IN_HOSPITAL] = N_ ("Sign in again. If that does not help, ask the hospital’s engineers."),
  };

  fail_step (self, TW_CHECK_SIGN_IN, error, _(next[tw_access_get_site (self->access)->sign_in]));
}

/* Where a first request failed: at the line, at the certificate, at the sign-in, or at what answers there. */
static void
judge_first_failure (TwConnectionCheck *self,
                     const GError *error,
                     gboolean answered)
{
  TwNetError code = error->domain == TW_NET_ERROR ? (TwNetError) error->code : TW_NET_ERROR_STATUS;

  /* It points to another server. */
  if (answered && code == TW_NET_ERROR_ADDRESS)
    code = TW_NET_ERROR_STATUS;

  switch (code)
    {
    case TW_NET_ERROR_ADDRESS:
    case TW_NET_ERROR_LIBRARY:
    case TW_NET_ERROR_BROKEN:
      fail_step (self, TW_CHECK_REACHABLE, error, NULL);
      return;
    case TW_NET_ERROR_UNREACHABLE:
      fail_step (self, TW_CHECK_REACHABLE, error,
                 _("Compare the address with the one that the hospital’s engineers gave you, and check that "
                   "this computer is on the hospital’s network."));
      return;
    case TW_NET_ERROR_TIMEOUT:
      fail_step (self, TW_CHECK_REACHABLE, error,
                 _("A firewall may be in between. Ask the hospital’s engineers whether this computer "
                   "may reach "
                   "the server."));
      return;
    case TW_NET_ERROR_TLS:
      pass_reachable (self);
      fail_step (self, TW_CHECK_CERTIFICATE, error, NULL);
      return;
    case TW_NET_ERROR_UNAUTHORISED:
    case TW_NET_ERROR_FORBIDDEN:
      pass_reachable (self);
      pass_certificate (self);
      set_step (self, TW_CHECK_FHIR, TW_CHECK_SKIPPED, NULL, g_strdup (_("Told only after signing in")));
      /* That nobody is signed in says more than that the server asks for it. */
      if (self->steps[TW_CHECK_SIGN_IN].state != TW_CHECK_BAD && code == TW_NET_ERROR_UNAUTHORISED)
        fail_sign_in (self, error);
      else if (self->steps[TW_CHECK_SIGN_IN].state != TW_CHECK_BAD)
        fail_step (self, TW_CHECK_SIGN_IN, error, NULL);
      return;
    case TW_NET_ERROR_GONE:
    case TW_NET_ERROR_BUSY:
    case TW_NET_ERROR_STATUS:
    case TW_NET_ERROR_TOO_LARGE:
    case TW_NET_ERROR_SERVER:
    default:
      pass_reachable (self);
      pass_certificate (self);
      fail_step (self, TW_CHECK_FHIR, error,
                 code == TW_NET_ERROR_STATUS
                   ? _("A FHIR address often ends in /fhir or /fhir/R4. Ask for the exact “base URL”.")
                 : code == TW_NET_ERROR_BUSY ? _("Try again in a minute.")
                                             : NULL);
    }
}

static void
judge_clock (TwConnectionCheck *self,
             gint64 date_us)
{
  gint64 ahead_us = g_get_real_time () - (date_us + TW_SECOND / 2);
  gint64 s = (ABS (ahead_us) + TW_SECOND / 2) / TW_SECOND;

  if (date_us == 0)
    {
      set_step (self, TW_CHECK_CLOCK, TW_CHECK_WARNING, "no-date",
                g_strdup (_("The server does not tell its time. Ages are taken from this computer’s "
                            "clock.")));
      return;
    }
  self->steps[TW_CHECK_CLOCK].figure = ahead_us / TW_SECOND;
  if (ABS (ahead_us) <= SKEW_US)
    {
      set_step (self, TW_CHECK_CLOCK, TW_CHECK_GOOD, "ok",
                g_strdup_printf (_("This computer and the server differ by %d s"), (int) s));
      return;
    }
  set_step (self, TW_CHECK_CLOCK, TW_CHECK_WARNING, "skew",
            g_strdup_printf (ahead_us > 0 ? _("This computer’s clock is %d min %d s fast")
                                          : _("This computer’s clock is %d min %d s slow"),
                             (int) (s / 60), (int) (s % 60)));
  set_next (self, TW_CHECK_CLOCK,
            _("Ages are taken from the server’s clock. Let this computer set its clock by the network; if it "
              "is right, tell those who run the server."));
}

static gboolean
body_has (const TwResponse *response,
          const char *text)
{
  return g_strstr_len ((const char *) response->body->data, MIN (response->body->len, 65536), text) != NULL;
}

static gboolean
is_web_page (const TwResponse *response)
{
  return body_has (response, "<html") || body_has (response, "<!DOCTYPE html")
         || body_has (response, "<!doctype html");
}

/* What answers in place of a FHIR R4 server. */
static void
judge_other_answer (TwConnectionCheck *self,
                    const TwResponse *response,
                    const GError *error)
{
  const char *type = response->content_type != NULL ? response->content_type : "";

  if (g_str_has_prefix (type, "text/html") || is_web_page (response))
    {
      set_step (self, TW_CHECK_FHIR, TW_CHECK_BAD, "html",
                g_strdup (_("A web page answers at this address, not a FHIR server.")));
      set_next (self, TW_CHECK_FHIR,
                _("The path is probably wrong. A FHIR address often ends in /fhir or /fhir/R4. Ask for "
                  "the exact "
                  "“base URL”."));
    }
  else if (strstr (type, "xml") != NULL)
    {
      set_step (self, TW_CHECK_FHIR, TW_CHECK_BAD, "xml",
                g_strdup (_("The server answers in XML, although JSON was asked for.")));
      set_next (self, TW_CHECK_FHIR, _("Ask those who run the server to switch on JSON."));
    }
  else if (body_has (response, "\"Conformance\""))
    {
      set_step (self, TW_CHECK_FHIR, TW_CHECK_BAD, "dstu2",
                g_strdup (_("The server speaks FHIR DSTU2. Twinward needs R4.")));
      set_next (self, TW_CHECK_FHIR, _("Ask for the server’s R4 address: many offer both."));
    }
  else
    fail_step (self, TW_CHECK_FHIR, error, _("Ask for the exact “base URL” of the FHIR R4 server."));
}

/* FALSE when it is no R4. */
static gboolean
judge_version (TwConnectionCheck *self)
{
  static const struct
  {
    const char *prefix, *name, *cause;
  } others[] = { { "1.", "DSTU2", "dstu2" }, { "0.", "DSTU", "dstu" }, { "3.", "STU3", "stu3" },
                 { "5.", "R5", "r5" },       { "6.", "R6", "r6" } };
  const char *version = self->capability->fhir_version;
  const char *software = self->capability->software;

  if (version == NULL || version[0] == '\0' || g_str_has_prefix (version, "4."))
    {
      set_step (self, TW_CHECK_FHIR, TW_CHECK_GOOD, "ok",
                software != NULL && software[0] != '\0'
                  /* Translators: version of FHIR, and the server's own name and version. */
                  ? g_strdup_printf (_("FHIR %s, %s"), version, software)
                  : g_strdup_printf (_("FHIR %s"), version));
      return TRUE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (g_str_has_prefix (version, others[i].prefix))
      set_step (self, TW_CHECK_FHIR, TW_CHECK_BAD, others[i].cause,
                g_strdup_printf (_("The server speaks FHIR %s (%s). Twinward needs R4 (4.0)."),
                                 others[i].name, version));
  if (self->steps[TW_CHECK_FHIR].state != TW_CHECK_BAD)
    set_step (self, TW_CHECK_FHIR, TW_CHECK_BAD, "version",
              g_strdup_printf (_("The server speaks FHIR %s. Twinward needs R4 (4.0)."), version));
  set_next (self, TW_CHECK_FHIR, _("Ask for the server’s R4 address: many offer both."));
  return FALSE;
}

static void
judge_feed (TwConnectionCheck *self)
{
  if (self->capability->twinward_stream)
    set_step (self, TW_CHECK_FEED, TW_CHECK_GOOD, "stream",
              g_strdup (_("Stream: readings arrive as they are made")));
  else if (self->capability->observation_last_updated)
    set_step (self, TW_CHECK_FEED, TW_CHECK_GOOD, "polling",
              g_strdup (_("Polling: the server is asked for new readings every few seconds")));
  else
    set_step (self, TW_CHECK_FEED, TW_CHECK_GOOD, "polling-by-time",
              g_strdup (_("Polling by time of measurement: corrections are found once an hour")));
}

static void
pass_sign_in (TwConnectionCheck *self)
{
  static const char *const words[TW_N_SIGN_INS] = {
    [TW_SIGN_IN_NONE] = N_ ("The server asks for none"),
    [TW_SIGN_IN_TOKEN] = N_ ("The token is accepted"),
    [TW_SIGN_IN_CERTIFICATE] = N_ ("The client certificate is accepted"),
    [TW_SIGN_IN_HOSPITAL] = N_ ("Signed in"),
  };

  set_step (self, TW_CHECK_SIGN_IN, TW_CHECK_GOOD, "ok",
            g_strdup (_(words[tw_access_get_site (self->access)->sign_in])));
}

static void
judge_vitals (TwConnectionCheck *self)
{
  g_autoptr (GString) list = g_string_new (NULL);
  int n = 0;

  for (int channel = 0; channel < TW_N_CHANNELS; channel++)
    if ((self->channels & (1u << channel)) != 0)
      {
        g_string_append_printf (list, "%s%s", n > 0 ? ", " : "",
                                _(tw_channel_info ((TwChannel) channel)->label));
        n++;
      }
  self->steps[TW_CHECK_VITALS].figure = n;
  if (n > 0)
    {
      set_step (self, TW_CHECK_VITALS, TW_CHECK_GOOD, "ok",
                g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%d channel: %s", "%d channels: %s",
                                              (gulong) n),
                                 n, list->str));
      return;
    }
  set_step (self, TW_CHECK_VITALS, TW_CHECK_WARNING, "none",
            g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "No vital signs of the last 24 h, of %u "
                                                           "patient looked at",
                                          "No vital signs of the last 24 h, of %u patients looked at",
                                          self->n_looked),
                             self->n_looked));
  set_next (self, TW_CHECK_VITALS,
            _("Ask whether the server has Observations of the category “vital-signs” for this ward, and "
              "whether "
              "this sign-in may read them."));
}

static void
on_vitals (GObject *source,
           GAsyncResult *result,
           gpointer user_data)
{
  g_autoptr (TwConnectionCheck) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwFetched) fetched = tw_fetch_finish (result, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error != NULL)
    {
      fail_step (self, TW_CHECK_VITALS, error,
                 g_error_matches (error, TW_NET_ERROR, TW_NET_ERROR_FORBIDDEN)
                   ? _("Ask the hospital’s engineers for the permission to read Observations.") : NULL);
      end_run (self);
      return;
    }
  for (guint i = 0; fetched->page != NULL && i < fetched->page->readings->len; i++)
    {
      const TwFhirReading *reading = &g_array_index (fetched->page->readings, TwFhirReading, i);

      if (reading->obs.channel >= 0 && reading->obs.channel < TW_N_CHANNELS)
        self->channels |= 1u << reading->obs.channel;
    }
  ask_vitals (self);
}

/* The next patient who is present; a ward whose first ones are just being monitored is enough. */
static void
ask_vitals (TwConnectionCheck *self)
{
  static const char *const headers[] = { "Cache-Control: no-cache", NULL };
  char from[40];
  guint seen = 0;
  const TwRoster *roster = self->roster;

  for (guint i = 0; i < roster->patients->len && self->n_looked < MAX_LOOKED && self->channels == 0; i++)
    {
      g_autofree char *id = NULL;
      g_autofree char *url = NULL;

      if (!g_array_index (self->roster->present, gboolean, i) || seen++ < self->n_looked)
        continue;
      self->n_looked++;
      id = g_uri_escape_string (tw_patient_get (self->roster->patients->pdata[i])->id, NULL, FALSE);
      tw_time_format_iso (g_get_real_time () - LOOK_BACK_US, from, sizeof from);
      url = g_strdup_printf ("Observation?patient=%s&category=vital-signs&date=ge%s&_sort=-date&_count=100",
                             id, from);
      tw_fetch_async (self->connection, url, headers, self->cancellable, on_vitals, g_object_ref (self));
      return;
    }
  judge_vitals (self);
  end_run (self);
}

static void
judge_patients (TwConnectionCheck *self)
{
  const TwSite *site = tw_access_get_site (self->access);
  guint n = 0;

  for (guint i = 0; i < self->roster->patients->len; i++)
    n += g_array_index (self->roster->present, gboolean, i) ? 1 : 0;
  self->steps[TW_CHECK_PATIENTS].figure = n;
  if (n > 0)
    {
      set_step (self, TW_CHECK_PATIENTS, TW_CHECK_GOOD, "ok",
                g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u patient", "%u patients", n), n));
      begin_step (self, TW_CHECK_VITALS);
      tell (self);
      ask_vitals (self);
      return;
    }
  set_step (self, TW_CHECK_PATIENTS, TW_CHECK_WARNING, "none",
            g_strdup (site->ward != NULL ? _("The server lists nobody on this ward now")
                                         : _("The server lists no patients")));
  set_next (self, TW_CHECK_PATIENTS,
            site->ward != NULL
              ? _("Check the ward’s id. Only encounters “in-progress” at that Location count.")
              : _("Ask whether this sign-in may see encounters “in-progress”."));
  end_run (self);
}

static void
on_roster (GObject *source,
           GAsyncResult *result,
           gpointer user_data)
{
  g_autoptr (TwConnectionCheck) self = user_data;
  g_autoptr (GError) error = NULL;
  int retry_after_s;
  g_autoptr (TwRosterAnswer) answer = tw_roster_load_finish (result, &retry_after_s, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (g_error_matches (error, TW_NET_ERROR, TW_NET_ERROR_UNAUTHORISED))
    {
      fail_sign_in (self, error);
      end_run (self);
      return;
    }
  pass_sign_in (self);
  if (answer != NULL && answer->draft != NULL)
    {
      tw_roster_apply (self->roster, answer->draft);
      judge_patients (self);
      return;
    }
  if (error != NULL)
    fail_step (self, TW_CHECK_PATIENTS, error,
               g_error_matches (error, TW_NET_ERROR, TW_NET_ERROR_FORBIDDEN)
                 ? _("You are known, but not allowed to see this ward. Ask the hospital’s engineers.")
                 : NULL);
  end_run (self);
}

static void
ask_roster (TwConnectionCheck *self)
{
  begin_step (self, TW_CHECK_PATIENTS);
  if (self->steps[TW_CHECK_SIGN_IN].state == TW_CHECK_WAITING)
    begin_step (self, TW_CHECK_SIGN_IN);
  tell (self);
  tw_roster_load_async (self->connection, &self->wish, NULL, self->cancellable, on_roster,
                        g_object_ref (self));
}

static void
on_capability (GObject *source,
               GAsyncResult *result,
               gpointer user_data)
{
  g_autoptr (TwConnectionCheck) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwResponse) response = tw_connection_get_finish (TW_CONNECTION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (response == NULL)
    {
      g_autoptr (TwResponse) refused = tw_connection_steal_refused (result);

      judge_first_failure (self, error, refused != NULL);
      if (g_error_matches (error, TW_NET_ERROR, TW_NET_ERROR_STATUS) && refused != NULL
          && refused->body != NULL && is_web_page (refused))
        judge_other_answer (self, refused, error);
      if (refused != NULL && refused->date_us != 0)
        judge_clock (self, refused->date_us);
      end_run (self);
      return;
    }
  pass_reachable (self);
  pass_certificate (self);
  judge_clock (self, response->date_us);
  self->capability
    = tw_fhir_read_capability ((const char *) response->body->data, response->body->len, &error);
  if (self->capability == NULL)
    judge_other_answer (self, response, error);
  if (self->capability == NULL || !judge_version (self))
    {
      end_run (self);
      return;
    }
  judge_feed (self);
  if (self->steps[TW_CHECK_SIGN_IN].state == TW_CHECK_BAD)
    end_run (self);
  else
    ask_roster (self);
}

/* The secrets are here, or they are not: then the steps that need none are still looked at. */
static void
on_prepared (GObject *source,
             GAsyncResult *result,
             gpointer user_data)
{
  static const char *const headers[] = { "Cache-Control: no-cache", NULL };
  g_autoptr (TwConnectionCheck) self = user_data;
  g_autoptr (GError) error = NULL;
  TwTrust trust;

  tw_access_finish (self->access, result, &error);
  if (!self->running || g_task_get_cancellable (G_TASK (result)) != self->cancellable)
    return;
  if (error != NULL)
    {
      set_step (self, TW_CHECK_SIGN_IN, TW_CHECK_BAD, "signed-out", g_strdup (error->message));
      set_next (self, TW_CHECK_SIGN_IN,
                tw_access_get_site (self->access)->sign_in == TW_SIGN_IN_HOSPITAL
                  ? _("Choose Sign In.") : _("Give the token by Edit."));
    }
  tw_access_get_trust (self->access, &trust);
  tw_connection_set_trust (self->connection, &trust);
  tw_connection_set_bearer (self->connection, tw_access_get_token (self->access));
  self->begun_us = g_get_monotonic_time ();
  tell (self);
  tw_connection_get_async (self->connection, "metadata", headers, self->cancellable, on_capability,
                           g_object_ref (self));
}

static void
clear_run (TwConnectionCheck *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->connection);
  g_clear_pointer (&self->capability, tw_fhir_capability_free);
  g_clear_pointer (&self->roster, tw_roster_free);
  self->running = FALSE;
}

void
tw_connection_check_start (TwConnectionCheck *self)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (TW_IS_CONNECTION_CHECK (self));

  clear_run (self);
  for (int i = 0; i < TW_N_CHECKS; i++)
    {
      set_step (self, (TwCheck) i, TW_CHECK_WAITING, NULL, NULL);
      self->steps[i].figure = 0;
    }
  self->n_looked = self->channels = 0;
  self->roster = tw_roster_new ();
  self->connection = tw_connection_new (tw_access_get_site (self->access)->address, &error);
  self->running = TRUE;
  if (self->connection == NULL)
    {
      fail_step (self, TW_CHECK_REACHABLE, error, NULL);
      end_run (self);
      return;
    }
  self->cancellable = g_cancellable_new ();
  begin_step (self, TW_CHECK_REACHABLE);
  tell (self);
  tw_access_prepare_async (self->access, self->cancellable, on_prepared, g_object_ref (self));
}

void
tw_connection_check_stop (TwConnectionCheck *self)
{
  g_return_if_fail (TW_IS_CONNECTION_CHECK (self));

  if (!self->running)
    return;
  clear_run (self);
  end_run (self);
}

void
tw_connection_check_show (TwConnectionCheck *self,
                          const TwCheckStep steps[TW_N_CHECKS])
{
  g_return_if_fail (TW_IS_CONNECTION_CHECK (self));

  clear_run (self);
  for (int i = 0; i < TW_N_CHECKS; i++)
    {
      set_step (self, (TwCheck) i, steps[i].state, steps[i].cause, g_strdup (steps[i].words));
      set_next (self, (TwCheck) i, steps[i].next);
      self->running |= steps[i].state == TW_CHECK_RUNNING;
    }
  tell (self);
}

gboolean
tw_connection_check_is_running (TwConnectionCheck *self)
{
  g_return_val_if_fail (TW_IS_CONNECTION_CHECK (self), FALSE);

  return self->running;
}

gboolean
tw_connection_check_is_good (TwConnectionCheck *self)
{
  g_return_val_if_fail (TW_IS_CONNECTION_CHECK (self), FALSE);

  for (int i = 0; i < TW_N_CHECKS; i++)
    if (self->steps[i].state == TW_CHECK_BAD || self->steps[i].state == TW_CHECK_WAITING)
      return FALSE;
  return !self->running;
}

const TwCheckStep *
tw_connection_check_get (TwConnectionCheck *self,
                         TwCheck check)
{
  g_return_val_if_fail (TW_IS_CONNECTION_CHECK (self) && (guint) check < TW_N_CHECKS, NULL);

  return &self->steps[check];
}

TwAccess *
tw_connection_check_get_access (TwConnectionCheck *self)
{
  g_return_val_if_fail (TW_IS_CONNECTION_CHECK (self), NULL);

  return self->access;
}

static void
tw_connection_check_dispose (GObject *object)
{
  TwConnectionCheck *self = TW_CONNECTION_CHECK (object);

  clear_run (self);
  g_clear_object (&self->access);
  tw_roster_wish_clear (&self->wish);
  G_OBJECT_CLASS (tw_connection_check_parent_class)->dispose (object);
}

static void
tw_connection_check_finalize (GObject *object)
{
  TwConnectionCheck *self = TW_CONNECTION_CHECK (object);

  for (int i = 0; i < TW_N_CHECKS; i++)
    {
      g_free (self->steps[i].words);
      g_free (self->steps[i].next);
    }
  G_OBJECT_CLASS (tw_connection_check_parent_class)->finalize (object);
}

static void
tw_connection_check_class_init (TwConnectionCheckClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_connection_check_dispose;
  G_OBJECT_CLASS (klass)->finalize = tw_connection_check_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
tw_connection_check_init (TwConnectionCheck *self)
{
}

TwConnectionCheck *
tw_connection_check_new (TwAccess *access)
{
  TwConnectionCheck *self = g_object_new (TW_TYPE_CONNECTION_CHECK, NULL);

  self->access = g_object_ref (access);
  tw_roster_wish_init (&self->wish, tw_access_get_site (access)->ward, NULL);
  return self;
}
