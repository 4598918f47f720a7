/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the rules that are not plain limits: predicted crossings, the levels of NEWS2, technical
 * faults. */
#include "config.h"

#include "tw-risk-table.h"

#include "tw-time.h"

#include <math.h>
#include <string.h>

typedef enum
{
  COLUMN_RULE,
  COLUMN_KIND,
  COLUMN_CHANNEL,
  COLUMN_SIDE,
  COLUMN_LEVEL,
  COLUMN_THRESHOLD,
  COLUMN_HORIZON,
  COLUMN_P_RAISE,
  COLUMN_CLEAR_SHARE,
  COLUMN_PERSIST,
  COLUMN_CLEAR,
  COLUMN_REFRACTORY,
  COLUMN_CONTEXT,
  COLUMN_UNLESS,
  N_COLUMNS
} Column;

static const char *const column_names[N_COLUMNS] = {
  "rule",    "kind",      "channel",      "side",    "level",   "threshold",      "horizon_min",
  "p_raise", "clear_share", "persist_s", "clear_s", "refractory_min", "context", "unless",
};

static const char *const score_names[TW_N_SCORES] = { "news2-single", "news2-medium",
                                                      "news2-high" };
static const char *const forecast_names[TW_N_SCORE_FORECASTS] = { "news2-medium-predicted",
                                                                  "news2-high-predicted" };
static const char *const technical_names[TW_N_TECHNICAL] = { "lost", "off", "artefact", "unit" };

/* What reading goes on with. */
typedef struct
{
  const TwTable *csv;
  int column[N_COLUMNS];
  gboolean seen_score[TW_N_SCORES], seen_forecast[TW_N_SCORE_FORECASTS];
  gboolean seen_technical[TW_N_TECHNICAL];
} Reader;

static const char *
text_at (const Reader *reader, gsize row, Column column)
{
  return tw_table_get_text (reader->csv, row, reader->column[column]);
}

/* A number within [low, high]; an empty cell is refused. */
static gboolean
read_within (const Reader *reader,
             gsize row,
             Column column,
             double low,
             double high,
             double *value,
             GError **error)
{
  g_autofree char *what = NULL;

  if (!tw_table_get_number (reader->csv, row, reader->column[column], value, error))
    return FALSE;
  if (*value >= low && *value <= high)
    return TRUE;
  what = g_strdup_printf ("%s must be a number from %g to %g", column_names[column], low, high);
  return tw_risk_refuse_row (reader->csv, row, what, error);
}

static gboolean
read_context (const Reader *reader, gsize row, TwPredictedRule *rule, GError **error)
{
  g_auto (GStrv) names = g_strsplit (text_at (reader, row, COLUMN_CONTEXT), " ", -1);
  guint n = 0;

  for (guint i = 0; i < TW_PREDICTED_MAX_CONTEXT; i++)
    rule->context[i] = TW_CHANNEL_NONE;
  for (guint i = 0; names[i] != NULL; i++)
    {
      if (*names[i] == '\0')
        continue;
      if (n == TW_PREDICTED_MAX_CONTEXT || tw_channel_from_name (names[i]) == TW_CHANNEL_NONE)
        return tw_risk_refuse_row (reader->csv, row, "the context must be up to three channels",
                                   error);
      rule->context[n++] = tw_channel_from_name (names[i]);
    }
  rule->unless = tw_channel_from_name (text_at (reader, row, COLUMN_UNLESS));
  if (rule->unless == TW_CHANNEL_NONE && *text_at (reader, row, COLUMN_UNLESS) != '\0')
    return tw_risk_refuse_row (reader->csv, row, "unless must be a channel or empty", error);
  return TRUE;
}

/* Level, horizon, probability and times. */
static gboolean
read_raising (const Reader *reader, gsize row, TwPredictedRule *rule, GError **error)
{
  double horizon, share, apart_s, refractory_min;

  if (!tw_risk_read_level (reader->csv, row, reader->column[COLUMN_LEVEL], &rule->level, error)
      || !read_within (reader, row, COLUMN_HORIZON, 1, 240, &horizon, error)
      || !read_within (reader, row, COLUMN_P_RAISE, .05, .95, &rule->p_raise, error)
      || !read_within (reader, row, COLUMN_CLEAR_SHARE, .1, 1, &share, error)
      || !read_within (reader, row, COLUMN_PERSIST, 0, 86400, &apart_s, error)
      || !read_within (reader, row, COLUMN_REFRACTORY, 0, 1440, &refractory_min, error))
    return FALSE;
  g_strlcpy (rule->key, text_at (reader, row, COLUMN_RULE), sizeof rule->key);
  rule->horizon_min = (int) horizon;
  rule->clear_share = share;
  rule->p_clear = share * rule->p_raise;
  rule->apart_us = (gint64) (apart_s * TW_SECOND);
  rule->refractory_us = (gint64) (refractory_min * TW_MINUTE);
  return TRUE;
}

static gboolean
read_predicted (const Reader *reader, gsize row, TwRules *rules, GError **error)
{
  TwPredictedRule *rule = &rules->predicted[rules->n_predicted];
  const char *key = text_at (reader, row, COLUMN_RULE);

  if (rules->n_predicted == TW_MAX_PREDICTED)
    return tw_risk_refuse_row (reader->csv, row, "there are too many predicted rules", error);
  if (strlen (key) >= sizeof rule->key || *key == '\0')
    return tw_risk_refuse_row (reader->csv, row, "the rule's name must have 1 to 31 characters",
                               error);
  for (guint i = 0; i < rules->n_predicted; i++)
    if (strcmp (rules->predicted[i].key, key) == 0)
      return tw_risk_refuse_row (reader->csv, row, "this rule is given twice", error);
  if (!tw_risk_read_channel (reader->csv, row, reader->column[COLUMN_CHANNEL], &rule->channel,
                             error)
      || !tw_risk_read_side (reader->csv, row, reader->column[COLUMN_SIDE], &rule->side, error)
      || !read_raising (reader, row, rule, error) || !read_context (reader, row, rule, error))
    return FALSE;
  rule->index = rules->n_predicted;
  rule->threshold = NAN;
  if (strcmp (text_at (reader, row, COLUMN_THRESHOLD), "limit") != 0
      && !read_within (reader, row, COLUMN_THRESHOLD, -1e6, 1e6, &rule->threshold, error))
    return FALSE;
  rules->n_predicted++;
  return TRUE;
}

static int
find_name (const char *const *names, guint n, const char *name)
{
  for (guint i = 0; i < n; i++)
    if (strcmp (names[i], name) == 0)
      return (int) i;
  return -1;
}

static gboolean
read_score (Reader *reader, gsize row, TwRules *rules, GError **error)
{
  int kind = find_name (score_names, TW_N_SCORES, text_at (reader, row, COLUMN_RULE));
  double persist_s, clear_s;

  if (kind < 0 || reader->seen_score[kind])
    return tw_risk_refuse_row (reader->csv, row, "this score rule is not known or is given twice",
                               error);
  if (!tw_risk_read_level (reader->csv, row, reader->column[COLUMN_LEVEL],
                           &rules->score[kind].level, error)
      || !read_within (reader, row, COLUMN_PERSIST, 0, 86400, &persist_s, error)
      || !read_within (reader, row, COLUMN_CLEAR, 0, 86400, &clear_s, error))
    return FALSE;
  rules->score[kind].persist_us = (gint64) (persist_s * TW_SECOND);
  rules->score[kind].clear_us = (gint64) (clear_s * TW_SECOND);
  reader->seen_score[kind] = TRUE;
  return TRUE;
}

static gboolean
read_forecast (Reader *reader, gsize row, TwRules *rules, GError **error)
{
  int kind = find_name (forecast_names, TW_N_SCORE_FORECASTS, text_at (reader, row, COLUMN_RULE));

  if (kind < 0 || reader->seen_forecast[kind])
    return tw_risk_refuse_row (reader->csv, row,
                               "this score forecast is not known or is given twice", error);
  reader->seen_forecast[kind] = TRUE;
  rules->score_forecast[kind].index = TW_MAX_PREDICTED + (guint) kind;
  return read_raising (reader, row, &rules->score_forecast[kind], error);
}

static gboolean
read_technical (Reader *reader, gsize row, TwRules *rules, GError **error)
{
  int kind = find_name (technical_names, TW_N_TECHNICAL, text_at (reader, row, COLUMN_RULE));
  double persist_s;

  if (kind < 0 || reader->seen_technical[kind])
    return tw_risk_refuse_row (reader->csv, row,
                               "this technical rule is not known or is given twice", error);
  if (!read_within (reader, row, COLUMN_PERSIST, 0, 86400, &persist_s, error))
    return FALSE;
  rules->technical_us[kind] = (gint64) (persist_s * TW_SECOND);
  reader->seen_technical[kind] = TRUE;
  return TRUE;
}

static gboolean
read_rows (Reader *reader, TwRules *rules, GError **error)
{
  for (gsize row = 0; row < tw_table_get_n_rows (reader->csv); row++)
    {
      const char *kind = text_at (reader, row, COLUMN_KIND);
      gboolean read;

      if (strcmp (kind, "predicted") == 0)
        read = read_predicted (reader, row, rules, error);
      else if (strcmp (kind, "score") == 0)
        read = read_score (reader, row, rules, error);
      else if (strcmp (kind, "forecast") == 0)
        read = read_forecast (reader, row, rules, error);
      else if (strcmp (kind, "technical") == 0)
        read = read_technical (reader, row, rules, error);
      else
        read = tw_risk_refuse_row (reader->csv, row,
                                   "the kind must be predicted, score, forecast or technical", error);
      if (!read)
        return FALSE;
    }
  for (int i = 0; i < TW_N_SCORES; i++)
    if (!reader->seen_score[i])
      return tw_risk_refuse_row (reader->csv, tw_table_get_n_rows (reader->csv),
                                 "news2-single, news2-medium and news2-high must all be given",
                                 error);
  for (int i = 0; i < TW_N_SCORE_FORECASTS; i++)
    if (!reader->seen_forecast[i])
      return tw_risk_refuse_row (reader->csv, tw_table_get_n_rows (reader->csv),
                                 "both forecasts of news2 must be given", error);
  for (int i = 0; i < TW_N_TECHNICAL; i++)
    if (!reader->seen_technical[i])
      return tw_risk_refuse_row (reader->csv, tw_table_get_n_rows (reader->csv),
                                 "lost, off, artefact and unit must all be given", error);
  return TRUE;
}

static gboolean
read_header (const TwTable *csv, const char *key, double low, double high, double *value, GError **error)
{
  const char *text = tw_table_get_header (csv, key);
  char *end = NULL;

  *value = text != NULL ? g_ascii_strtod (text, &end) : (double) NAN;
  if (*value >= low && *value <= high && end != text && *end == '\0')
    return TRUE;
  g_set_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_VALUE,
               "Table rules: the line \"%s\" must be a number from %g to %g.", key, low, high);
  return FALSE;
}

/* unit_us: TW_SECOND or TW_MINUTE. */
static gboolean
read_span (const TwTable *csv, const char *key, gint64 unit_us, gint64 *us, GError **error)
{
  double value;

  if (!read_header (csv, key, 0, 86400.0 * TW_SECOND / (double) unit_us, &value, error))
    return FALSE;
  *us = (gint64) (value * (double) unit_us);
  return TRUE;
}

static gboolean
read_budget (const TwTable *csv, TwBudgetRule *budget, GError **error)
{
  return read_header (csv, "budget_high", .01, 1000, &budget->allowed[TW_BUDGET_HIGH], error)
         && read_header (csv, "budget_medium", .01, 1000, &budget->allowed[TW_BUDGET_MEDIUM], error)
         && read_header (csv, "budget_gain", 0, 1, &budget->gain, error)
         && read_header (csv, "budget_p_most", .05, .95, &budget->p_most, error)
         && read_header (csv, "budget_warmup_days", .01, 100, &budget->warmup_days, error)
         && read_span (csv, "budget_every_min", TW_MINUTE, &budget->every_us, error)
         && read_span (csv, "budget_window_min", TW_MINUTE, &budget->window_us, error);
}

/* Reads the rules. FALSE and an error (TW_TABLE_ERROR) that names the row. */
gboolean
tw_rules_read (TwRules *rules, const char *csv, GError **error)
{
  g_autoptr (TwTable) table = tw_table_new ("rules", csv, -1, error);
  Reader reader = { table };

  if (table == NULL)
    return FALSE;
  for (int i = 0; i < N_COLUMNS; i++)
    {
      reader.column[i] = tw_table_get_column (table, column_names[i]);
      if (reader.column[i] < 0)
        {
          g_set_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_COLUMN,
                       "Table rules needs the column %s.",
                       column_names[i]);
          return FALSE;
        }
    }
  memset (rules, 0, sizeof *rules);
  g_strlcpy (rules->version, tw_table_get_version (table), sizeof rules->version);
  return read_span (table, "learning_s", TW_SECOND, &rules->learning_us, error)
         && read_span (table, "every_s", TW_SECOND, &rules->every_us, error)
         && read_span (table, "streamed_s", TW_SECOND, &rules->streamed_us, error)
         && read_span (table, "shift_min", TW_MINUTE, &rules->shift_us, error)
         && read_budget (table, &rules->budget, error)
         && read_rows (&reader, rules, error);
}
