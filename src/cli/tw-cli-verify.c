/* SPDX-License-Identifier: GPL-3.0-or-later */
/* twinward-cli verify AUDIT: reads every row, checks the chain, names the first row that was changed. */
#include "config.h"

#include "tw-cli-verify.h"

#include "tw-audit-trail.h"
#include "tw-time.h"

#include <glib/gi18n-lib.h>

static void
print_row (guint64 seq, gint64 t_us, const char *who, const char *what, const char *ref, gpointer data)
{
  char time[32];

  g_print ("%" G_GUINT64_FORMAT "\t%s\t%s\t%s\t%s\n", seq, tw_time_format_iso (t_us, time, sizeof time),
           who, what, ref);
}

int
tw_cli_verify (int argc, char **argv)
{
  gboolean list = FALSE;
  const GOptionEntry entries[]
    = { { "list", 'l', 0, G_OPTION_ARG_NONE, &list, N_ ("Print the rows too"), NULL }, { NULL } };
  g_autoptr (GOptionContext) context = g_option_context_new ("[AUDIT]");
  g_autoptr (GError) error = NULL;
  g_autofree char *own = tw_audit_trail_dup_place ();
  g_autofree char *last = NULL;
  const char *path;
  guint64 n = 0;

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_set_summary (
    context, _("Checks that an audit is as it was written: every row, in its place. Without a file: the\n"
               "audit of this account. Exits with 1 and names the first row that was changed."));
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return 2;
    }
  if (argc > 2)
    {
      g_printerr ("%s\n", _("Give one audit."));
      return 2;
    }
  path = argc == 2 ? argv[1] : own;
  if (!tw_audit_trail_verify (path, list ? print_row : NULL, NULL, &n, &last, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  g_print (ngettext ("%s: %lu row, none changed. Last hash: %s\n",
                     "%s: %lu rows, none changed. Last hash: %s\n", (gulong) n),
           path, (gulong) n, last);
  return 0;
}
