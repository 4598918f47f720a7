/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the versioned parameter tables (data/tables) out of the program's resources. */
#include "config.h"

#include "tw-tables.h"

#include "tw-tables-resource.h"

static GBytes *
lookup (const char *name, GError **error)
{
  g_autofree char *path = g_strconcat ("/org/twinward/tables/", name, NULL);
  g_autoptr (GBytes) bytes
      = g_resource_lookup_data (tw_tables_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, error);

  if (bytes == NULL)
    g_prefix_error (error, "Table %s: ", name);
  return g_steal_pointer (&bytes);
}

/* Resource data is followed by a NUL byte, so that it can be read as text. */
static const char *
text_of (GBytes *bytes)
{
  return g_bytes_get_data (bytes, NULL);
}

static gboolean
load_twin (TwTables *tables, GError **error)
{
  g_autoptr (GBytes) clean = lookup ("clean.csv", error);
  g_autoptr (GBytes) priors = clean != NULL ? lookup ("priors.csv", error) : NULL;
  g_autoptr (GBytes) quantiles = priors != NULL ? lookup ("quantiles.csv", error) : NULL;
  g_autoptr (GBytes) experts = quantiles != NULL ? lookup ("experts.csv", error) : NULL;
  g_autoptr (GBytes) learning = experts != NULL ? lookup ("learning.csv", error) : NULL;

  if (learning == NULL)
    return FALSE;
  tables->limits = tw_clean_limits_new (text_of (clean), -1, error);
  if (tables->limits == NULL)
    return FALSE;
  tables->priors = tw_priors_new (&(TwTwinTables) { .priors = text_of (priors),
                                                    .quantiles = text_of (quantiles),
                                                    .experts = text_of (experts),
                                                    .learning = text_of (learning) },
                                  tables->limits, error);
  return tables->priors != NULL;
}

static gboolean
load_risk (TwTables *tables, GError **error)
{
  g_autoptr (GBytes) news2 = lookup ("news2.csv", error);
  g_autoptr (GBytes) limits = news2 != NULL ? lookup ("limits.csv", error) : NULL;
  g_autoptr (GBytes) rules = limits != NULL ? lookup ("rules.csv", error) : NULL;
  g_autoptr (TwNews2Table) table = NULL;

  if (rules == NULL)
    return FALSE;
  table = tw_news2_table_new (text_of (news2), -1, error);
  if (table == NULL)
    return FALSE;
  tables->risk = tw_risk_table_new (text_of (limits), text_of (rules), table, error);
  return tables->risk != NULL;
}

TwTables *
tw_tables_load (GError **error)
{
  g_autoptr (TwTables) tables = g_new0 (TwTables, 1);

  g_atomic_ref_count_init (&tables->refs);
  if (tw_tables_get_resource () == NULL)
    tw_tables_register_resource ();
  if (!load_twin (tables, error) || !load_risk (tables, error))
    return NULL;
  return g_steal_pointer (&tables);
}

TwTables *
tw_tables_ref (TwTables *tables)
{
  g_return_val_if_fail (tables != NULL, NULL);

  g_atomic_ref_count_inc (&tables->refs);
  return tables;
}

void
tw_tables_unref (TwTables *tables)
{
  g_return_if_fail (tables != NULL);

  if (!g_atomic_ref_count_dec (&tables->refs))
    return;
  g_clear_pointer (&tables->risk, tw_risk_table_unref);
  g_clear_pointer (&tables->priors, tw_priors_unref);
  g_clear_pointer (&tables->limits, tw_clean_limits_unref);
  g_free (tables);
}
