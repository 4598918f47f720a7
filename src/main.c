/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The desktop application: locale, library guards, run. */
#include "config.h"

#include "tw-application.h"
#include "tw-program.h"

#include <glib/gi18n-lib.h>
#include <gsl/gsl_errno.h>
#include <locale.h>

int
main (int argc, char **argv)
{
  g_autoptr (TwApplication) application = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, tw_program_locale_dir ());
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  gsl_set_error_handler_off ();

  application = tw_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
