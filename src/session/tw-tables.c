/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the versioned parameter tables (data/tables) out of the program's resources. */
#include "config.h"

#include "tw-tables.h"

#include "tw-tables-resource.h"

/* The table of the folder where it has one of that name, else the one that is compiled in. */
GBytes *
tw_tables_lookup (const char *folder, const char *name, GError **error)
{
  g_autofree char *path = g_strconcat ("/org/twinward/tables/", name, NULL);
  g_autofree char *file = folder != NULL ? g_build_filename (folder, name, NULL) : NULL;
  g_autoptr (GBytes) bytes = NULL;
  char *text;
  gsize length;

  if (tw_tables_get_resource () == NULL)
    tw_tables_register_resource ();
  if (file == NULL || !g_file_test (file, G_FILE_TEST_EXISTS))
    bytes = g_resource_lookup_data (tw_tables_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  else if (g_file_get_contents (file, &text, &length, error))
    bytes = g_bytes_new_take (text, length);
  if (bytes == NULL)
    g_prefix_error (error, "Table %s: ", name);
  return g_steal_pointer (&bytes);
}

/* Resource data and whole files are followed by a NUL byte, so that they can be read as text. */
static const char *
text_of (GBytes *bytes)
{
  return g_bytes_get_data (bytes, NULL);
}

static gboolean
load_twin (TwTables *tables, const char *folder, GError **error)
{
  g_autoptr (GBytes) clean = tw_tables_lookup (folder, "clean.csv", error);
  g_autoptr (GBytes) priors = clean != NULL ? tw_tables_lookup (folder, "priors.csv", error) : NULL;
  g_autoptr (GBytes) quantiles = priors != NULL ? tw_tables_lookup (folder, "quantiles.csv", error) : NULL;
  g_autoptr (GBytes) experts = quantiles != NULL ? tw_tables_lookup (folder, "experts.csv", error) : NULL;
  g_autoptr (GBytes) learning = experts != NULL ? tw_tables_lookup (folder, "learning.csv", error) : NULL;
  g_autoptr (GBytes) baselines = learning != NULL ? tw_tables_lookup (folder, "baselines.csv", error) : NULL;
  g_autoptr (GBytes) cgm = baselines != NULL ? tw_tables_lookup (folder, "cgm-prior.csv", error) : NULL;

  if (cgm == NULL)
    return FALSE;
  tables->limits = tw_clean_limits_new (text_of (clean), -1, error);
  if (tables->limits == NULL)
    return FALSE;
  tables->priors = tw_priors_new (&(TwTwinTables) { .priors = text_of (priors),
                                                    .quantiles = text_of (quantiles),
                                                    .experts = text_of (experts),
                                                    .learning = text_of (learning),
                                                    .baselines = text_of (baselines),
                                                    .cgm = text_of (cgm) },
                                  tables->limits, error);
  return tables->priors != NULL;
}

static gboolean
load_risk (TwTables *tables, const char *folder, GError **error)
{
  g_autoptr (GBytes) news2 = tw_tables_lookup (folder, "news2.csv", error);
  g_autoptr (GBytes) limits = news2 != NULL ? tw_tables_lookup (folder, "limits.csv", error) : NULL;
  g_autoptr (GBytes) rules = limits != NULL ? tw_tables_lookup (folder, "rules.csv", error) : NULL;
  g_autoptr (GBytes) crossing = rules != NULL ? tw_tables_lookup (folder, "crossing.csv", error) : NULL;
  g_autoptr (GBytes) mews = crossing != NULL ? tw_tables_lookup (folder, "mews.csv", error) : NULL;
  g_autoptr (GBytes) qsofa = mews != NULL ? tw_tables_lookup (folder, "qsofa.csv", error) : NULL;
  g_autoptr (GBytes) sirs = qsofa != NULL ? tw_tables_lookup (folder, "sirs.csv", error) : NULL;
  g_autoptr (GBytes) shock = sirs != NULL ? tw_tables_lookup (folder, "shock-index.csv", error) : NULL;
  g_autoptr (GBytes) glycaemia = shock != NULL ? tw_tables_lookup (folder, "glycaemia.csv", error) : NULL;
  g_autoptr (TwNews2Table) table = NULL;

  if (glycaemia == NULL || !tw_glycaemia_table_read (&tables->glycaemia, text_of (glycaemia), error))
    return FALSE;
  table = tw_news2_table_new (text_of (news2), -1, error);
  if (table == NULL)
    return FALSE;
  tables->risk = tw_risk_table_new (&(TwRiskTables) { .limits = text_of (limits),
                                                      .rules = text_of (rules),
                                                      .crossing = text_of (crossing),
                                                      .mews = text_of (mews),
                                                      .qsofa = text_of (qsofa),
                                                      .sirs = text_of (sirs),
                                                      .shock_index = text_of (shock) },
                                    table, error);
  return tables->risk != NULL;
}

TwTables *
tw_tables_load (GError **error)
{
  return tw_tables_load_from (NULL, error);
}

TwTables *
tw_tables_load_from (const char *folder, GError **error)
{
  g_autoptr (TwTables) tables = g_new0 (TwTables, 1);

  g_atomic_ref_count_init (&tables->refs);
  if (!load_twin (tables, folder, error) || !load_risk (tables, folder, error))
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
