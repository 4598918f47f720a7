/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gateway's door for bedside monitors: tables, certificates, zone, listener, and what came that
 * could not be used. */
#include "config.h"

#include "tw-monitors.h"

#include "tw-monitor-intake.h"
#include "tw-tables-resource.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_LISTED 100
#define CLOCK_OFF_US (60 * G_USEC_PER_SEC)

struct _TwMonitors
{
  TwIngest *ingest;
  TwHl7Codes *codes;
  GTimeZone *zone;
  char *certificate_path, *key_path, *clients_path; /* NULL: not encrypted; none are asked for */
  TwMllp *mllp;
  GHashTable *listed;   /* codes and reasons that were told: each once */
};

/* Each code and each reason is told once: a monitor says the same every few seconds. */
static void
tell_once (TwMonitors *monitors,
           const char *what)
{
  if (g_hash_table_size (monitors->listed) >= MAX_LISTED || *what == '\0'
      || !g_hash_table_add (monitors->listed, g_strdup (what)))
    return;
  g_printerr ("HL7: %s\n", what);
}

/* Values stand under the monitor's own time: a clock that is behind makes them look old. */
static void
check_clock (TwMonitors         *monitors,
             const TwHl7Message *message)
{
  gint64 off_us = message->header.sent_us - g_get_real_time ();

  if (message->header.sent_us == 0)
    return;
  if (off_us > CLOCK_OFF_US)
    tell_once (monitors, _("a monitor's clock is more than a minute ahead of this computer's"));
  else if (off_us < -CLOCK_OFF_US)
    tell_once (monitors, _("a monitor's clock is more than a minute behind this computer's, or its "
                           "messages come late"));
}

static void
on_notice (const TwHl7Message *message,
           gpointer            data)
{
  TwMonitors *monitors = data;

  check_clock (monitors, message);
  if (message->other_code[0] != '\0')
    {
      g_autofree char *text = g_strdup_printf (_("code %s is not shown: it is none of the channels"),
                                               message->other_code);
      tell_once (monitors, text);
    }
  for (guint i = 0; i < message->n_problems; i++)
    tell_once (monitors, message->problems[i].text);
}

static void
on_deliver (TwMllpTicket *ticket,
            gpointer      data)
{
  TwMonitors *monitors = data;

  tw_monitor_intake_deliver (ticket, monitors->ingest);
}

static char *
dup_table (const char *name)
{
  g_autofree char *path = g_strconcat ("/org/twinward/tables/", name, NULL);
  g_autoptr (GBytes) bytes = NULL;

  if (tw_tables_get_resource () == NULL)
    tw_tables_register_resource ();
  bytes = g_resource_lookup_data (tw_tables_get_resource (), path, 0,
                                  NULL /* best effort: it is compiled into the program */);
  g_assert (bytes != NULL);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

gboolean
tw_monitors_is_zone (const char *zone)
{
  g_autoptr (GTimeZone) known = g_time_zone_new_identifier (zone);

  return known != NULL;
}

static gboolean
load_certificates (const TwMonitors *monitors,
                   GTlsCertificate **certificate,
                   GTlsDatabase    **clients,
                   GError          **error)
{
  if (monitors->certificate_path == NULL)
    return TRUE;
  *certificate = g_tls_certificate_new_from_files (monitors->certificate_path, monitors->key_path,
                                                   error);
  if (*certificate == NULL)
    {
      g_prefix_error (error, _("The certificate for monitors cannot be used: "));
      return FALSE;
    }
  if (monitors->clients_path == NULL)
    return TRUE;
  *clients = g_tls_file_database_new (monitors->clients_path, error);
  if (*clients == NULL)
    g_prefix_error (error, _("The authorities of the monitors' certificates cannot be used: "));
  return *clients != NULL;
}

static gboolean
load_tables (TwMonitors *monitors,
             GError    **error)
{
  g_autofree char *codes = dup_table ("hl7-codes.csv");
  g_autofree char *units = dup_table ("hl7-units.csv");

  monitors->codes = tw_hl7_codes_new (codes, units, error);
  return monitors->codes != NULL;
}

TwMonitors *
tw_monitors_new (const TwMonitorsOptions *options,
                 GError                 **error)
{
  g_autoptr (TwMonitors) monitors = NULL;
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (GTlsDatabase) clients = NULL;
  TwMllpOptions mllp = { 0 };

  g_return_val_if_fail (options != NULL && options->ingest != NULL, NULL);

  monitors = g_new0 (TwMonitors, 1);
  monitors->ingest = options->ingest;
  monitors->listed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (options->zone != NULL)
    monitors->zone = g_time_zone_new_identifier (options->zone);
  monitors->certificate_path = g_strdup (options->certificate);
  monitors->key_path = g_strdup (options->key);
  monitors->clients_path = g_strdup (options->clients);
  if (!load_tables (monitors, error)
      || !load_certificates (monitors, &certificate, &clients, error))
    return NULL;
  mllp = (TwMllpOptions) {
    .bind = options->bind,
    .port = options->port,
    .certificate = certificate,
    .clients = clients,
    .codes = monitors->codes,
    .zone = monitors->zone,
    .processing = options->processing,
    .deliver = on_deliver,
    .notice = on_notice,
    .data = monitors,
  };
  monitors->mllp = tw_mllp_new (&mllp, error);
  return monitors->mllp != NULL ? g_steal_pointer (&monitors) : NULL;
}

static void
tell_counts (const TwMonitors *monitors)
{
  TwMllpCounts counts;
  g_autofree char *text = NULL;

  tw_mllp_get_counts (monitors->mllp, &counts);
  if (counts.n_lines == 0)
    return;
  text = g_strdup_printf ("%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT,
                          counts.n_accepted, counts.n_errors, counts.n_rejected);
  /* Translators: three counts, as in "120/2/0". */
  g_printerr (_("HL7: messages accepted/in error/rejected: %s\n"), text);
}

void
tw_monitors_free (TwMonitors *monitors)
{
  g_return_if_fail (monitors != NULL);

  if (monitors->mllp != NULL)
    tell_counts (monitors);
  g_clear_pointer (&monitors->mllp, tw_mllp_free);
  g_clear_pointer (&monitors->codes, tw_hl7_codes_free);
  g_clear_pointer (&monitors->zone, g_time_zone_unref);
  g_free (monitors->certificate_path);
  g_free (monitors->key_path);
  g_free (monitors->clients_path);
  g_hash_table_unref (monitors->listed);
  g_free (monitors);
}

gboolean
tw_monitors_reload (TwMonitors *monitors,
                    GError    **error)
{
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (GTlsDatabase) clients = NULL;

  g_return_val_if_fail (monitors != NULL, FALSE);

  if (!load_certificates (monitors, &certificate, &clients, error))
    return FALSE;
  if (certificate != NULL)
    tw_mllp_set_certificate (monitors->mllp, certificate, clients);
  return TRUE;
}

guint16
tw_monitors_get_port (const TwMonitors *monitors)
{
  return tw_mllp_get_port (monitors->mllp);
}
