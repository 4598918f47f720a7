/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The check list of the app's Connections page, one JSON object for each step. */
#include "config.h"

#include "tw-cli-check.h"

#include "tw-cli.h"
#include "tw-cli-json.h"
#include "tw-connection-check.h"
#include "tw-trust-options.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct
{
  char *server, *token_file, *ward;
  TwTrustOptions trust;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->server);
  g_free (options->token_file);
  g_free (options->ward);
  tw_trust_options_clear (&options->trust);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse (Options *options, int *argc, char ***argv, GError **error)
{
  GOptionEntry entries[] = {
    { "server", 0, 0, G_OPTION_ARG_STRING, &options->server, N_ ("Base address of the FHIR R4 server"),
      "URL" },
    { "token-file", 0, 0, G_OPTION_ARG_FILENAME, &options->token_file,
      N_ ("File whose first line is the token"), N_ ("FILE") },
    { "ward", 0, 0, G_OPTION_ARG_STRING, &options->ward, N_ ("Look at one ward only"), N_ ("ID") },
    { NULL }
  };
  GOptionEntry trust[TW_TRUST_N_ENTRIES];
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  tw_trust_options_fill_entries (&options->trust, trust);
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_set_summary (
    context, _ ("Looks at a server step by step, and prints for each what was found, why it failed, and what "
                "to do next."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, trust, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, argc, argv, error)
      || !tw_trust_options_check (&options->trust, error))
    return FALSE;
  if (options->server != NULL && *argc == 1)
    return TRUE;
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, _ ("--server is needed, and "
                                                                        "nothing else."));
  return FALSE;
}

static void
print_step (TwConnectionCheck *check, TwCheck which)
{
  const TwCheckStep *step = tw_connection_check_get (check, which);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *line = NULL;

  json_builder_begin_object (builder);
  tw_cli_json_text (builder, "check", tw_check_key (which));
  tw_cli_json_text (builder, "state", tw_check_state_key (step->state));
  tw_cli_json_text (builder, "cause", step->cause);
  tw_cli_json_count (builder, "figure", step->figure);
  tw_cli_json_text (builder, "words", step->words);
  tw_cli_json_text (builder, "next", step->next);
  line = tw_cli_json_finish (builder);
  g_print ("%s\n", line);
}

int
tw_cli_check (int argc, char **argv)
{
  g_auto (Options) options = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (TwAccess) access = NULL;
  g_autoptr (TwConnectionCheck) check = NULL;
  g_autoptr (TwSite) site = NULL;
  g_autofree char *token = NULL;
  TwTrust trust;

  if (!parse (&options, &argc, &argv, &error))
    {
      g_printerr ("twinward-cli check: %s\n", error->message);
      return TW_CLI_USAGE;
    }
  if (options.token_file != NULL && !g_file_get_contents (options.token_file, &token, NULL, &error))
    {
      g_printerr (_ ("The token file cannot be read: %s\n"), error->message);
      return TW_CLI_FAILED;
    }
  site = tw_site_new (options.server);
  tw_site_set (&site->ward, options.ward);
  tw_trust_options_get (&options.trust, &trust);
  access = tw_access_new_lent (site, token != NULL ? g_strstrip (token) : NULL, &trust);
  if (token != NULL)
    explicit_bzero (token, strlen (token));
  check = tw_connection_check_new (access);
  tw_connection_check_start (check);
  while (tw_connection_check_is_running (check))
    g_main_context_iteration (NULL, TRUE);
  for (int i = 0; i < TW_N_CHECKS; i++)
    print_step (check, (TwCheck) i);
  return tw_connection_check_is_good (check) ? TW_CLI_OK : TW_CLI_REFUSED;
}
