/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gateway's command line. */
#include "config.h"

#include "tw-gateway-options.h"

#include "tw-gateway.h"
#include "tw-monitors.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static gboolean
refuse (GError    **error,
        const char *text)
{
  g_set_error_literal (error, TW_GATEWAY_ERROR, TW_GATEWAY_ERROR_OPTION, text);
  return FALSE;
}

static gboolean
is_loopback (const char *bind)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (bind);
  return address == NULL || g_inet_address_get_is_loopback (address);
}

/* Links lead there, and they may not lead from encryption into the clear. */
static gboolean
is_public_url (const char *text)
{
  /* Best effort: what is no URI has no host. */
  g_autoptr (GUri) uri = g_uri_parse (text, G_URI_FLAGS_NONE, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;

  if (host == NULL || *host == '\0' || g_uri_get_userinfo (uri) != NULL || g_uri_get_query (uri) != NULL)
    return FALSE;
  return g_str_equal (g_uri_get_scheme (uri), "https")
         || (g_str_equal (g_uri_get_scheme (uri), "http") && g_hostname_is_ip_address (host)
             && is_loopback (host));
}

static gboolean
check_tls (TwCommandLine *line,
           GError       **error)
{
  if ((line->tls_cert == NULL) != (line->tls_key == NULL))
    return refuse (error, _("--tls-cert and --tls-key belong together."));
  if (line->tls_client_ca != NULL && line->tls_cert == NULL)
    return refuse (error, _("--tls-client-ca needs --tls-cert and --tls-key."));
  if (line->public_url != NULL && !is_public_url (line->public_url))
    return refuse (error, _("--public-url should look like https://ward.example/fhir/R4."));
  if (line->public_url != NULL && g_str_has_suffix (line->public_url, "/"))
    line->public_url[strlen (line->public_url) - 1] = '\0';
  if (!is_loopback (line->bind) && line->tls_cert == NULL && !line->insecure_bind)
    return refuse (error,
                   _("Other machines could reach this address, and what is sent is not encrypted. "
                     "Give --tls-cert and --tls-key, or use 127.0.0.1 behind a front that encrypts, or "
                     "add --insecure-bind if you accept that."));
  return TRUE;
}

/* The listener for monitors. */
static gboolean
check_mllp (const TwCommandLine *line,
            GError             **error)
{
  if (line->mllp > 65535)
    return refuse (error, _("The port for monitors must be from 0 (any free one) to 65535."));
  if (line->mllp < 0
      && (line->mllp_bind != NULL || line->mllp_cert != NULL || line->mllp_key != NULL
          || line->mllp_ca != NULL || line->mllp_zone != NULL || line->mllp_processing != NULL))
    return refuse (error, _("--mllp-bind and the like need --mllp with a port."));
  if (line->mllp >= 0 && (line->demo || line->replay != NULL))
    return refuse (error, _("Monitors' values do not belong into a demo ward or a recording: "
                            "leave out --demo and --replay."));
  if ((line->mllp_cert == NULL) != (line->mllp_key == NULL))
    return refuse (error, _("--mllp-cert and --mllp-key belong together."));
  if (line->mllp_ca != NULL && line->mllp_cert == NULL)
    return refuse (error, _("--mllp-ca needs --mllp-cert and --mllp-key."));
  if (line->mllp_zone != NULL && !tw_monitors_is_zone (line->mllp_zone))
    return refuse (error, _("The zone of the monitors is not known here. "
                            "Give a name such as Europe/Berlin, or an offset such as +01:00."));
  if (line->mllp_processing != NULL
      && (strlen (line->mllp_processing) != 1 || strchr ("PTD", line->mllp_processing[0]) == NULL))
    return refuse (error, _("The processing id must be P (production), T (training) or "
                            "D (debugging)."));
  if (line->mllp_bind != NULL && !is_loopback (line->mllp_bind) && line->mllp_cert == NULL
      && !line->insecure_bind)
    return refuse (error,
                   _("Other machines could reach the address for monitors, and what they send is not "
                     "encrypted. Give --mllp-cert and --mllp-key, or add --insecure-bind if you "
                     "accept that."));
  return TRUE;
}

static gboolean
check (TwCommandLine *line,
       int            argc,
       GError       **error)
{
  if (argc > 1)
    return refuse (error, _("There is a word too many on the command line. See --help."));
  if (line->mllp < 0 && line->demo + (line->replay != NULL) + line->ingest > 1)
    return refuse (error, _("Choose one of --demo, --replay and --ingest."));
  if (line->store != NULL && !line->ingest && line->forward == NULL)
    return refuse (error, _("--store needs --ingest or --forward."));
  if (line->forward_token_file != NULL && line->forward == NULL)
    return refuse (error, _("--forward-token-file needs --forward."));
  if (line->ingest && line->speed > 1.0)
    return refuse (error, _("What devices send comes at its own speed: leave --speed out."));
  if (!(line->speed >= 1.0 && line->speed <= 600.0))
    return refuse (error,
                   _("The speed must be from 1 (as it happened) to 600 (ten hours a minute)."));
  if (line->port < 0 || line->port > 65535)
    return refuse (error, _("The port must be from 0 (any free one) to 65535."));
  if (!(line->history_h >= 0.0 && line->history_h <= 24.0))
    return refuse (error, _("The history must be from 0 to 24 hours."));
  if (!(line->lead_h >= 0.0 && line->lead_h <= 8760.0))
    return refuse (error, _("The lead must be from 0 to 8760 hours."));
  if (line->token != NULL && line->token_file != NULL)
    return refuse (error, _("Choose either --token or --token-file."));
  if (line->loop && line->replay == NULL)
    return refuse (error, _("--loop needs --replay: the demo ward never ends."));
  return check_tls (line, error) && check_mllp (line, error);
}

static GOptionGroup *
make_monitors_group (TwCommandLine *line)
{
  const GOptionEntry entries[] = {
    { "mllp", 0, 0, G_OPTION_ARG_INT, &line->mllp,
      N_("Listen for bedside monitors that send HL7 v2 over MLLP; 0 for any free port"), N_("PORT") },
    { "mllp-bind", 0, 0, G_OPTION_ARG_STRING, &line->mllp_bind,
      N_("Address to listen on for monitors (127.0.0.1)"), N_("ADDRESS") },
    { "mllp-cert", 0, 0, G_OPTION_ARG_FILENAME, &line->mllp_cert,
      N_("Certificate with its chain (PEM): monitors must use TLS"), N_("FILE") },
    { "mllp-key", 0, 0, G_OPTION_ARG_FILENAME, &line->mllp_key,
      N_("The certificate’s key (PEM, without a passphrase)"), N_("FILE") },
    { "mllp-ca", 0, 0, G_OPTION_ARG_FILENAME, &line->mllp_ca,
      N_("Only monitors with a certificate of these authorities (PEM)"), N_("FILE") },
    { "mllp-zone", 0, 0, G_OPTION_ARG_STRING, &line->mllp_zone,
      N_("Zone of times that say none, such as Europe/Berlin; without it they are refused"),
      N_("ZONE") },
    { "mllp-processing", 0, 0, G_OPTION_ARG_STRING, &line->mllp_processing,
      N_("Messages that are taken: P production (the default), T training, D debugging"), "P|T|D" },
    { NULL },
  };
  GOptionGroup *group = g_option_group_new ("monitors", _("Bedside monitors:"),
                                            _("Show the options for bedside monitors"), NULL, NULL);

  g_option_group_add_entries (group, entries);
  g_option_group_set_translation_domain (group, GETTEXT_PACKAGE);
  return group;
}

gboolean
tw_command_line_parse (TwCommandLine *line,
                       int           *argc,
                       char        ***argv,
                       GError       **error)
{
  g_autoptr (GOptionContext) context = NULL;
  GOptionEntry entries[] = {
    { "demo", 0, 0, G_OPTION_ARG_NONE, &line->demo,
      N_("Serve the demo ward: eight invented patients (the default)"), NULL },
    { "replay", 0, 0, G_OPTION_ARG_FILENAME, &line->replay,
      N_("Play a recorded file: CSV, or a WFDB record (.hea)"), N_("FILE") },
    { "ingest", 0, 0, G_OPTION_ARG_NONE, &line->ingest,
      N_("Serve what devices send to /v1/ingest, kept in a store"), NULL },
    { "store", 0, 0, G_OPTION_ARG_FILENAME, &line->store,
      N_("File of the store (gateway.db in the user's state folder)"), N_("FILE") },
    { "forward", 0, 0, G_OPTION_ARG_STRING, &line->forward,
      N_("Push what the ward gets to the FHIR server at this address"), N_("URL") },
    { "forward-token-file", 0, 0, G_OPTION_ARG_FILENAME, &line->forward_token_file,
      N_("File that holds the bearer token for that server"), N_("FILE") },
    { "speed", 0, 0, G_OPTION_ARG_DOUBLE, &line->speed,
      N_("Times faster than it happened, 1 to 600 (1)"), N_("N") },
    { "port", 0, 0, G_OPTION_ARG_INT, &line->port,
      N_("Port to listen on; 0 for any free one (8420)"), N_("N") },
    { "bind", 0, 0, G_OPTION_ARG_STRING, &line->bind, N_("Address to listen on (127.0.0.1)"),
      N_("ADDRESS") },
    { "tls-cert", 0, 0, G_OPTION_ARG_FILENAME, &line->tls_cert,
      N_("Serve HTTPS with this certificate and its chain (PEM); read again at SIGHUP"), N_("FILE") },
    { "tls-key", 0, 0, G_OPTION_ARG_FILENAME, &line->tls_key,
      N_("The certificate’s key (PEM, without a passphrase)"), N_("FILE") },
    { "tls-client-ca", 0, 0, G_OPTION_ARG_FILENAME, &line->tls_client_ca,
      N_("Let in only clients with a certificate of these authorities (PEM)"), N_("FILE") },
    { "public-url", 0, 0, G_OPTION_ARG_STRING, &line->public_url,
      N_("Address by which clients come through a front, such as https://ward.example/fhir/R4"), N_("URL") },
    { "insecure-bind", 0, 0, G_OPTION_ARG_NONE, &line->insecure_bind,
      N_("Allow an address that other machines can reach, without encryption"), NULL },
    { "token", 0, 0, G_OPTION_ARG_STRING, &line->token,
      N_("Bearer token; made up when none is given"), N_("TEXT") },
    { "token-file", 0, 0, G_OPTION_ARG_FILENAME, &line->token_file,
      N_("File that holds the bearer token"), N_("FILE") },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &line->seed,
      N_("Seed of the demo ward; the same seed gives the same values (1)"), N_("N") },
    { "history", 0, 0, G_OPTION_ARG_DOUBLE, &line->history_h,
      N_("Hours of the demo ward that lie before the start, 0 to 24 (6)"), N_("HOURS") },
    { "lead", 0, 0, G_OPTION_ARG_DOUBLE, &line->lead_h,
      N_("Hours of a recording that are history at the start (12; at most half of it)"),
      N_("HOURS") },
    { "ward", 0, 0, G_OPTION_ARG_STRING, &line->ward, N_("Name of the ward"), N_("NAME") },
    { "loop", 0, 0, G_OPTION_ARG_NONE, &line->loop, N_("Begin a recording again when it has ended"),
      NULL },
    { "rehearse-loss", 0, 0, G_OPTION_ARG_NONE, &line->rehearse_loss,
      N_("Nothing answers for 90 s from minute 6 on, to see how a lost connection shows"), NULL },
    { "embedded", 0, 0, G_OPTION_ARG_NONE, &line->embedded,
      N_("For the app: one line with address and token, end when standard input closes"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &line->version, N_("Print the version and end"), NULL },
    { NULL },
  };

  g_return_val_if_fail (line != NULL, FALSE);

  *line = (TwCommandLine) { .speed = 1.0, .port = 8420, .seed = 1, .history_h = 6.0,
                            .lead_h = 12.0, .mllp = -1 };
  context = g_option_context_new (NULL);
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, _("Serves a ward as FHIR R4 and as a stream: "
                                           "a demo ward, a recorded file, or what devices send."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_add_group (context, make_monitors_group (line));
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (line->bind == NULL)
    line->bind = g_strdup ("127.0.0.1");
  if (line->embedded)
    line->port = 0;
  line->ingest = line->ingest || line->mllp >= 0;
  return check (line, *argc, error);
}

void
tw_command_line_clear (TwCommandLine *line)
{
  g_clear_pointer (&line->replay, g_free);
  g_clear_pointer (&line->store, g_free);
  g_clear_pointer (&line->forward, g_free);
  g_clear_pointer (&line->forward_token_file, g_free);
  g_clear_pointer (&line->bind, g_free);
  g_clear_pointer (&line->token, g_free);
  g_clear_pointer (&line->token_file, g_free);
  g_clear_pointer (&line->ward, g_free);
  g_clear_pointer (&line->tls_cert, g_free);
  g_clear_pointer (&line->tls_key, g_free);
  g_clear_pointer (&line->tls_client_ca, g_free);
  g_clear_pointer (&line->public_url, g_free);
  g_clear_pointer (&line->mllp_bind, g_free);
  g_clear_pointer (&line->mllp_cert, g_free);
  g_clear_pointer (&line->mllp_key, g_free);
  g_clear_pointer (&line->mllp_ca, g_free);
  g_clear_pointer (&line->mllp_zone, g_free);
  g_clear_pointer (&line->mllp_processing, g_free);
}
