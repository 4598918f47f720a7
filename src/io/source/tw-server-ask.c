/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the server is (its CapabilityStatement, and the profile that follows from it), and who is on
 * the ward. */
#include "config.h"

#include "tw-server-parts.h"

#include <glib/gi18n-lib.h>

#include "tw-feed-state.h"
#include "tw-time.h"

/* Some servers have no statement; the roster shows whether this is one. */
static TwFhirCapability *
assume_capability (void)
{
  TwFhirCapability *capability = g_new0 (TwFhirCapability, 1);
  capability->observation_last_updated = TRUE;
  capability->software = g_strdup ("");
  capability->maker = g_strdup ("");
  capability->fhir_version = g_strdup ("");
  return capability;
}

/* FHIR R4 or unsaid. */
static gboolean
check_version (const TwFhirCapability *capability,
               GError **error)
{
  if (capability->fhir_version[0] == '\0' || g_str_has_prefix (capability->fhir_version, "4."))
    return TRUE;
  g_set_error (error, TW_NET_ERROR, TW_NET_ERROR_ADDRESS,
               _("The server speaks FHIR %s. Twinward needs FHIR R4 (4.0)."),
               capability->fhir_version);
  return FALSE;
}

static gboolean
take_capability (TwServerSource *self,
                 TwFhirCapability *capability,
                 GError **error)
{
  g_autoptr (TwFhirCapability) taken = capability;
  if (taken == NULL || !check_version (taken, error))
    return FALSE;
  g_clear_pointer (&self->profile, tw_server_profile_free);
  self->profile = tw_server_profile_new (taken, error);
  if (self->profile == NULL)
    return FALSE;
  self->capability = g_steal_pointer (&taken);
  self->teller.status.streaming = tw_server_uses_stream (self);
  return TRUE;
}

static void
on_capability (GObject *source,
               GAsyncResult *result,
               gpointer user_data)
{
  g_autoptr (TwServerCall) call = user_data;
  GError *error = NULL;
  int retry_after_s = -1;
  g_autoptr (TwResponse) response =
      tw_connection_get_finish (TW_CONNECTION (source), result, &error);
  g_autoptr (GError) owned = NULL;
  TwFhirCapability *capability = NULL;
  if (error != NULL && error->domain == TW_NET_ERROR)
    tw_fetch_explain (result, &error, &retry_after_s);
  owned = error;
  if (g_cancellable_is_cancelled (call->cancellable))
    return;
  TwServerSource *self = call->self;
  self->asking = FALSE;
  if (response != NULL && tw_response_check (response, "metadata", FALSE, &owned))
    capability
      = tw_fhir_read_capability ((const char *) response->body->data, response->body->len, &owned);
  else if (g_error_matches (owned, TW_NET_ERROR, TW_NET_ERROR_STATUS))
    {
      capability = assume_capability ();
      g_clear_error (&owned);
    }
  if (!take_capability (self, capability, owned == NULL ? &owned : NULL))
    {
      tw_server_fail (self, owned, retry_after_s);
      return;
    }
  if (response != NULL)
    {
      /* A gateway that vouches for one answer does so for all. */
      tw_connection_set_strict (self->connection,
                                self->capability->twinward_stream
                                    && tw_response_check (response, "metadata", TRUE,
                                                          NULL)); /* best effort: not strict */
      tw_server_take_date (self, response->date_us);
    }
  tw_server_proceed (self);
}

void
tw_server_ask_capability (TwServerSource *self)
{
  static const char *const headers[] = { "Cache-Control: no-cache", NULL };
  self->asking = TRUE;
  tw_connection_get_async (self->connection, "metadata", headers, self->cancellable, on_capability,
                           tw_server_call_new (self));
}

static void
tell_roster (TwServerSource *self)
{
  const char *ward = self->roster->ward[0] != '\0' ? self->roster->ward : self->hello_ward;
  if (self->parent.sink != NULL)
    self->parent.sink->on_roster (self->roster->patients,
                                  (const gboolean *) (gpointer)self->roster->present->data, ward,
                                  self->parent.sink_data);
}

static void
on_roster (GObject *source,
           GAsyncResult *result,
           gpointer user_data)
{
  g_autoptr (TwServerCall) call = user_data;
  g_autoptr (GError) error = NULL;
  int retry_after_s;
  g_autoptr (TwRosterAnswer) answer = tw_roster_load_finish (result, &retry_after_s, &error);
  if (g_cancellable_is_cancelled (call->cancellable))
    return;
  TwServerSource *self = call->self;
  TwFeedRetry retry;
  self->asking = FALSE;
  if (answer == NULL)
    {
      /* While readings come, a roster that could not be read again is asked for again later. */
      tw_feed_state_of_error (error, &retry);
      if (!self->have_roster || retry != TW_FEED_RETRY_SOON)
        tw_server_fail (self, error, retry_after_s);
      else
        tw_server_proceed (self);
      return;
    }
  tw_server_take_date (self, answer->date_us);
  if (answer->draft != NULL)
    {
      gboolean changed = tw_roster_apply (self->roster, answer->draft);
      g_free (self->etag);
      self->etag = g_steal_pointer (&answer->etag);
      tw_intake_grow (self->intake);
      if (changed || !self->have_roster)
        tell_roster (self);
    }
  self->have_roster = TRUE;
  tw_server_proceed (self);
}

void
tw_server_ask_roster (TwServerSource *self)
{
  self->asking = TRUE;
  tw_server_drop_timer (&self->roster_timer);
  tw_roster_load_async (self->connection, &self->wish, self->etag, self->cancellable, on_roster,
                        tw_server_call_new (self));
}

gboolean
tw_server_on_roster_time (gpointer user_data)
{
  TwServerSource *self = user_data;
  tw_server_drop_timer (&self->roster_timer);
  if (!self->asking)
    tw_server_ask_roster (self);
  return G_SOURCE_REMOVE;
}

