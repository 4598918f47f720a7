/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session and its sign-in: the token follows every renewal, a 401 is answered by one renewal before
 * the user is asked, and signing out ends the feed. */
#include "config.h"

#include "tw-session-private.h"

#include "tw-connection.h"

#include <glib/gi18n-lib.h>

/* A server that refuses even a new token is not asked for another at once. */
#define AGAIN_US (30 * G_USEC_PER_SEC)

static void
show_signed_out (TwSession *self,
                 const char *words)
{
  TwFeedStatus status = self->status;

  status.state = TW_FEED_SIGNED_OUT;
  status.since_us = self->clock.wall_us (self->clock.data);
  status.retry_us = 0;
  g_strlcpy (status.message, words, sizeof status.message);
  tw_session_set_status (self, &status);
}

static void
on_renewed (GObject *source,
            GAsyncResult *result,
            gpointer user_data)
{
  g_autoptr (TwSession) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean renewed = tw_access_finish (TW_ACCESS (source), result, &error);

  self->renewing = FALSE;
  if (self->source == NULL || self->access != TW_ACCESS (source))
    return;
  if (renewed)
    tw_source_retry (self->source);
  else
    show_signed_out (self, error->message);
}

gboolean
tw_session_renews (TwSession *self,
                   TwFeedStatus *status)
{
  gint64 now_us = tw_session_monotonic_us (self);

  if (status->state != TW_FEED_SIGNED_OUT || self->access == NULL)
    return FALSE;
  if (!self->renewing)
    {
      if (!tw_access_can_renew (self->access)
          || (self->renewed_mono_us != 0 && now_us - self->renewed_mono_us < AGAIN_US))
        return FALSE;
      self->renewing = TRUE;
      self->renewed_mono_us = now_us;
      tw_access_renew_async (self->access, NULL, on_renewed, g_object_ref (self));
    }
  status->state = self->status.state == TW_FEED_CONNECTING || self->status.state == TW_FEED_LOADING
                    ? TW_FEED_CONNECTING : TW_FEED_RECONNECTING;
  g_strlcpy (status->message, _("The sign-in is being renewed."), sizeof status->message);
  return TRUE;
}

static void
give_token (TwSession *self,
            TwAccess *access)
{
  TwConnection *connection = tw_source_get_connection (self->source);

  if (connection != NULL)
    tw_connection_set_bearer (connection, tw_access_get_token (access));
}

static void
on_access_changed (TwAccess *access,
                   TwSession *self)
{
  if (self->source == NULL)
    return;
  give_token (self, access);
  if (tw_access_get_state (access) == TW_ACCESS_OUT && !self->renewing && !self->signed_out)
    {
      self->signed_out = TRUE;
      tw_source_stop (self->source);
      show_signed_out (self, tw_access_get_problem (access) != NULL ? tw_access_get_problem (access)
                                                                    : _("Nobody is signed in."));
    }
  else if (tw_access_get_state (access) == TW_ACCESS_READY && self->signed_out)
    {
      self->signed_out = FALSE;
      if (self->tick_id != 0)
        tw_source_start (self->source);
    }
  /* The sign-in server is back after it could not answer a 401. */
  else if (tw_access_get_state (access) == TW_ACCESS_READY && !self->renewing
           && self->status.state == TW_FEED_SIGNED_OUT)
    tw_source_retry (self->source);
}

void
tw_session_set_access (TwSession *self,
                       TwAccess *access)
{
  g_return_if_fail (TW_IS_SESSION (self));
  g_return_if_fail (access == NULL || TW_IS_ACCESS (access));

  if (self->access != NULL)
    g_signal_handlers_disconnect_by_data (self->access, self);
  g_set_object (&self->access, access);
  if (access == NULL)
    return;
  g_signal_connect (access, "changed", G_CALLBACK (on_access_changed), self);
  if (self->source != NULL)
    give_token (self, access);
}

TwSession *
tw_session_new_for_access (TwAccess *access,
                           GError **error)
{
  TwServerAddress address = { 0 };
  TwSession *self;

  g_return_val_if_fail (TW_IS_ACCESS (access), NULL);

  address.base_url = tw_access_get_site (access)->address;
  address.ward = tw_access_get_site (access)->ward;
  address.token = tw_access_get_token (access);
  tw_access_get_trust (access, &address.trust);
  self = tw_session_new_for_server (&address, error);
  if (self != NULL)
    tw_session_set_access (self, access);
  return self;
}
