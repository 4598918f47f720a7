/* SPDX-License-Identifier: GPL-3.0-or-later */
/* twinward-gateway: locale and run; nothing else. */
#include "config.h"

#include "tw-gateway-program.h"

#include <libintl.h>
#include <locale.h>

int
main (int    argc,
      char **argv)
{
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, TW_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  return tw_gateway_program_run (argc, argv);
}
