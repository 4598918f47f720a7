/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Locale, library guards, run. */
#include "config.h"

#include "tw-cli.h"

#include <gsl/gsl_errno.h>
#include <libintl.h>
#include <locale.h>

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, TW_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  gsl_set_error_handler_off ();
  return tw_cli_run (argc, argv);
}
