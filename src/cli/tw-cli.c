/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the command and hands the rest of the line to it. */
#include "config.h"

#include "tw-cli.h"

#include "tw-cli-analyse.h"
#include "tw-cli-backtest.h"
#include "tw-cli-check.h"
#include "tw-cli-follow.h"
#include "tw-cli-verify.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct
{
  const char *name;
  const char *summary;
  int (*run) (int argc, char **argv);
} Command;

static const Command commands[] = {
  { "analyse", N_ ("Explain a channel by others: regression of a recording or of a plain table"),
    tw_cli_analyse },
  { "backtest", N_ ("Score the forecasts of recorded patients against what came true"), tw_cli_backtest },
  { "check", N_ ("Look at a server step by step: what works, why something fails, what to do next"),
    tw_cli_check },
  { "follow", N_ ("Follow a ward and print values, forecasts, flags and states as JSON lines"),
    tw_cli_follow },
  { "verify", N_ ("Check that an audit is as it was written"), tw_cli_verify },
};

static void
print_usage (void)
{
  g_printerr ("%s\n\n", _ ("Usage: twinward-cli COMMAND [OPTION…]"));
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_printerr ("  %-10s %s\n", commands[i].name, _ (commands[i].summary));
  g_printerr ("\n%s\n", _ ("Each command explains itself: twinward-cli COMMAND --help"));
}

int
tw_cli_run (int argc, char **argv)
{
  if (argc >= 2 && strcmp (argv[1], "--version") == 0)
    {
      g_print ("twinward-cli %s\n", TW_VERSION);
      return TW_CLI_OK;
    }
  for (guint i = 0; argc >= 2 && i < G_N_ELEMENTS (commands); i++)
    if (strcmp (argv[1], commands[i].name) == 0)
      return commands[i].run (argc - 1, argv + 1);
  print_usage ();
  return argc >= 2 && strcmp (argv[1], "--help") == 0 ? TW_CLI_OK : TW_CLI_USAGE;
}
