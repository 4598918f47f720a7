/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Servers that do not exist, looked at by nobody. */
#include "config.h"

#include "tw-connection-shots.h"

#include "tw-connection-check-private.h"

#include <string.h>

/* A server of the user's, with a check list that says this. */
static TwConnectionItem *
put_server (TwWindow *window,
            const char *address,
            TwSignIn sign_in,
            const TwCheckStep steps[TW_N_CHECKS])
{
  g_autoptr (TwSite) site = tw_site_new (address);
  TwConnectionItem *item;

  site->sign_in = sign_in;
  tw_site_set (&site->client_id, "twinward-ward-3b");
  if (sign_in == TW_SIGN_IN_HOSPITAL)
    {
      tw_site_set (&site->name, "St. Anna, ward 3B");
      tw_site_set (&site->ward, "ward-3b");
      tw_site_set (&site->ca_file, "/etc/hospital/ca.pem");
      tw_site_set (&site->pins[0], "sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }
  item = tw_connections_put (tw_window_get_connections (window), site, NULL);
  if (steps != NULL)
    tw_connection_check_show (tw_connection_item_get_check (item), steps);
  return item;
}

static const TwCheckStep good_steps[TW_N_CHECKS] = {
  { TW_CHECK_GOOD, (char *) "The server answers, after 42 ms", NULL, "ok", 42 },
  { TW_CHECK_GOOD, (char *) "Trusted, and its key is the pinned one", NULL, "pinned", 0 },
  { TW_CHECK_GOOD, (char *) "FHIR 4.0.1, HAPI FHIR Server 8.10.0", NULL, "ok", 0 },
  { TW_CHECK_GOOD, (char *) "Signed in", NULL, "ok", 0 },
  { TW_CHECK_GOOD, (char *) "48 patients", NULL, "ok", 48 },
  { TW_CHECK_GOOD, (char *) "6 channels: HR, SpO₂, SBP, DBP, RR, T", NULL, "ok", 6 },
  { TW_CHECK_WARNING, (char *) "This computer’s clock is 2 min 10 s fast",
    (char *) "Ages are taken from the server’s clock. Let this computer set its clock by the network; if it is "
             "right, tell those who run the server.",
    "skew", 130 },
  { TW_CHECK_GOOD, (char *) "Polling: the server is asked for new readings every few seconds", NULL, "polling", 0 },
};

void
tw_shot_no_connections (TwWindow *window)
{
  TwConnections *connections = tw_window_get_connections (window);
  GListModel *list = tw_connections_get_list (connections);

  while (g_list_model_get_n_items (list) > 0)
    {
      g_autoptr (TwConnectionItem) item = g_list_model_get_item (list, 0);

      tw_connections_remove (connections, item);
    }
  tw_window_open_connections (window, NULL, FALSE);
}

static void
show_connections (TwWindow *window,
                  const TwCheckStep steps[TW_N_CHECKS])
{
  TwConnectionItem *item;

  tw_shot_no_connections (window);
  item = put_server (window, "https://fhir.st-anna.example/fhir/R4", TW_SIGN_IN_HOSPITAL, steps);
  put_server (window, "http://127.0.0.1:8080/fhir", TW_SIGN_IN_NONE, NULL);
  put_server (window, "https://research.example/fhir", TW_SIGN_IN_TOKEN, NULL);
  tw_connections_set_shown (tw_window_get_connections (window), item);
  tw_window_open_connections (window, item, FALSE);
}

void
tw_shot_good_connection (TwWindow *window)
{
  show_connections (window, good_steps);
}

void
tw_shot_running_connection (TwWindow *window)
{
  TwCheckStep steps[TW_N_CHECKS];

  memcpy (steps, good_steps, sizeof steps);
  steps[TW_CHECK_PATIENTS] = (TwCheckStep) { TW_CHECK_RUNNING, NULL, NULL, NULL, 0 };
  steps[TW_CHECK_VITALS] = (TwCheckStep) { TW_CHECK_WAITING, NULL, NULL, NULL, 0 };
  show_connections (window, steps);
}

void
tw_shot_bad_connection (TwWindow *window)
{
  TwCheckStep steps[TW_N_CHECKS];

  for (int i = 0; i < TW_N_CHECKS; i++)
    steps[i] = (TwCheckStep) { TW_CHECK_SKIPPED, NULL, NULL, NULL, 0 };
  steps[TW_CHECK_REACHABLE] = good_steps[TW_CHECK_REACHABLE];
  steps[TW_CHECK_CERTIFICATE] = (TwCheckStep) {
    TW_CHECK_BAD,
    (char *) "The server fhir.st-anna.example:443 was not trusted: its certificate comes from an authority that "
             "this computer does not trust. Ask those who run the server for the authority’s file, and import it.",
    NULL, "tls", 0
  };
  show_connections (window, steps);
}
