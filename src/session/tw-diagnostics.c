/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Only keys and figures of our own: whatever a server said may hold a patient's name. */
#include "config.h"

#include "tw-diagnostics.h"

#include "tw-time.h"

static void
add_check (GString *text,
           TwConnectionCheck *check)
{
  for (int i = 0; i < TW_N_CHECKS; i++)
    {
      const TwCheckStep *step = tw_connection_check_get (check, (TwCheck) i);

      g_string_append_printf (text, "check %s: %s%s%s", tw_check_key ((TwCheck) i),
                              tw_check_state_key (step->state), step->cause != NULL ? ", " : "",
                              step->cause != NULL ? step->cause : "");
      if (step->figure != 0)
        g_string_append_printf (text, ", %" G_GINT64_FORMAT, step->figure);
      g_string_append_c (text, '\n');
    }
}

static void
add_feed (GString *text,
          const TwDiagnosticsInput *input)
{
  static const char *const states[] = { "connecting", "loading",   "live",      "reconnecting", "offline",
                                        "signed-out", "forbidden", "untrusted", "fault",        "ended" };
  const TwFeedStatus *status = input->status;

  g_string_append_printf (text, "feed: %s, for %" G_GINT64_FORMAT " s\n",
                          (guint) status->state < G_N_ELEMENTS (states) ? states[status->state] : "unknown",
                          (input->now_us - status->since_us) / TW_SECOND);
  g_string_append_printf (text, "way: %s\n", status->streaming ? "stream" : "polling");
  g_string_append_printf (text, "server clock minus ours: %" G_GINT64_FORMAT " ms\n",
                          status->clock_offset_us / 1000);
  g_string_append_printf (text, "patients: %u\n", input->n_patients);
  if (input->last_us != 0)
    g_string_append_printf (text, "newest reading: %" G_GINT64_FORMAT " s old\n",
                            (input->now_us + status->clock_offset_us - input->last_us) / TW_SECOND);
  if (input->counts != NULL)
    g_string_append_printf (text, "readings: %" G_GUINT64_FORMAT " received, %" G_GUINT64_FORMAT " refused\n",
                            input->counts->n_received, input->counts->n_refused);
}

/* Scheme, host and port are the engineer's; a path may be a tenant's, and is left out like everything
 * else that somebody typed. */
static void
add_site (GString *text,
          const TwSite *site)
{
  /* Best effort: an address that cannot be read is not told. */
  g_autoptr (GUri) uri = g_uri_parse (site->address, G_URI_FLAGS_NONE, NULL);

  if (uri != NULL && g_uri_get_host (uri) != NULL)
    g_string_append_printf (text, "server: %s://%s, port %d\n", g_uri_get_scheme (uri), g_uri_get_host (uri),
                            g_uri_get_port (uri));
  g_string_append_printf (text, "sign-in: %s\n", tw_sign_in_key (site->sign_in));
  g_string_append_printf (text, "ward: %s\n", site->ward != NULL ? "one" : "all");
  g_string_append_printf (text, "authorities: %s\n", site->ca_file == NULL ? "system"
                                                      : site->system_too  ? "site and system" : "site");
  g_string_append_printf (text, "pins: %d\n", (site->pins[0] != NULL) + (site->pins[1] != NULL));
  g_string_append_printf (text, "proxy: %s\n", site->proxy != NULL ? "yes" : "no");
}

char *
tw_diagnostics_dup (const TwDiagnosticsInput *input,
                    const TwSite *site)
{
  g_autoptr (GString) text = g_string_new ("Twinward connection diagnostics\n");
  char now[40];

  g_return_val_if_fail (input != NULL && site != NULL, NULL);

  g_string_append_printf (text, "version: %s\n", input->version != NULL ? input->version : "");
  g_string_append_printf (text, "time: %s\n", tw_time_format_iso (input->now_us, now, sizeof now));
  add_site (text, site);
  if (input->check != NULL)
    add_check (text, input->check);
  if (input->status != NULL)
    add_feed (text, input);
  return g_string_free (g_steal_pointer (&text), FALSE);
}
