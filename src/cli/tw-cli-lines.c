/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the session says, as JSON, one object a line. Times are ISO 8601 UTC; a missing number is null. */
#include "config.h"

#include "tw-cli-lines.h"

#include "tw-cli-honesty.h"
#include "tw-cli-json.h"
#include "tw-time.h"

#include <math.h>

static void
add_time (JsonBuilder *builder, const char *name, gint64 t_us)
{
  char text[40];

  tw_cli_json_text (builder, name, t_us != 0 ? tw_time_format_iso (t_us, text, sizeof text) : NULL);
}

static JsonBuilder *
begin (const char *type, const char *patient)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  tw_cli_json_text (builder, "type", type);
  if (patient != NULL)
    tw_cli_json_text (builder, "patient", patient);
  return builder;
}

static const char *
state_key (TwFeedState state)
{
  static const char *const keys[]
      = { "connecting", "loading",   "live",      "reconnecting", "offline",
          "signed-out", "forbidden", "untrusted", "fault",        "ended" };

  return (guint) state < G_N_ELEMENTS (keys) ? keys[state] : "unknown";
}

char *
tw_cli_line_status (const TwFeedStatus *status, const char *ward, gint64 now_us)
{
  g_autoptr (JsonBuilder) builder = begin ("status", NULL);

  add_time (builder, "time", now_us);
  tw_cli_json_text (builder, "state", state_key (status->state));
  tw_cli_json_text (builder, "ward", ward);
  tw_cli_json_text (builder, "message", status->message);
  tw_cli_json_truth (builder, "streaming", status->streaming);
  tw_cli_json_truth (builder, "recorded", status->recorded);
  tw_cli_json_truth (builder, "invented", status->invented);
  tw_cli_json_number (builder, "speed", status->speed);
  return tw_cli_json_finish (builder);
}

char *
tw_cli_line_patient (const TwSnapshot *snapshot)
{
  const TwPatientFields *fields = tw_patient_get (snapshot->patient);
  g_autoptr (JsonBuilder) builder = begin ("patient", fields->id);

  tw_cli_json_text (builder, "bed", fields->bed);
  tw_cli_json_text (builder, "ward", fields->ward);
  tw_cli_json_truth (builder, "present", snapshot->present);
  return tw_cli_json_finish (builder);
}

char *
tw_cli_line_value (const char *patient, const TwCleaned *cleaned)
{
  static const char *const verdicts[] = { "good", "doubtful", "suspect", "rejected" };
  static const char *const actions[] = { "add", "revise", "remove", "drop" };
  g_autoptr (JsonBuilder) builder = begin ("value", patient);
  const TwChannelInfo *info = tw_channel_info (cleaned->channel);

  add_time (builder, "time", cleaned->sample.t_us);
  tw_cli_json_text (builder, "channel", info->name);
  tw_cli_json_number (builder, "value", cleaned->sample.value);
  tw_cli_json_text (builder, "unit", tw_unit_ucum (info->unit));
  tw_cli_json_text (builder, "verdict", verdicts[tw_quality_verdict (cleaned->sample.quality)]);
  tw_cli_json_text (builder, "reason", tw_reason_key (tw_quality_reason (cleaned->sample.quality)));
  tw_cli_json_text (builder, "action", actions[cleaned->action]);
  tw_cli_json_truth (builder, "late", cleaned->late);
  return tw_cli_json_finish (builder);
}

static const char *
forecast_key (TwForecastStatus status)
{
  static const char *const keys[]
      = { "ok", "unreliable", "too-few", "stale-input", "no-data", "not-modelled" };

  return (guint) status < G_N_ELEMENTS (keys) ? keys[status] : "unknown";
}

char *
tw_cli_line_forecast (const char *patient, const TwForecast *forecast, const TwSelfReport *report)
{
  static const char *const names[TW_N_QUANTILES]
      = { "q025", "q10", "q25", "median", "q75", "q90", "q975" };
  g_autoptr (JsonBuilder) builder = begin ("forecast", patient);
  const TwChannelInfo *info = tw_channel_info (forecast->channel);

  tw_cli_json_text (builder, "channel", info->name);
  tw_cli_json_text (builder, "unit", tw_unit_ucum (info->unit));
  tw_cli_json_text (builder, "status", forecast_key (forecast->status));
  add_time (builder, "issued_at", forecast->issued_us);
  add_time (builder, "input_time", forecast->input_us);
  tw_cli_json_text (builder, "version", forecast->version);
  json_builder_set_member_name (builder, "points");
  json_builder_begin_array (builder);
  for (guint i = 0; i < forecast->n_points; i++)
    {
      json_builder_begin_object (builder);
      tw_cli_json_count (builder, "horizon_min", forecast->points[i].horizon_min);
      for (guint k = 0; k < TW_N_QUANTILES; k++)
        tw_cli_json_number (builder, names[k], forecast->points[i].q[k]);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  tw_cli_add_honesty (builder, &forecast->honesty, report);
  return tw_cli_json_finish (builder);
}

static void
add_crossing (JsonBuilder *builder, const TwCrossing *crossing)
{
  json_builder_set_member_name (builder, "crossing");
  json_builder_begin_object (builder);
  tw_cli_json_number (builder, "threshold", crossing->threshold);
  tw_cli_json_text (builder, "direction", crossing->below ? "below" : "above");
  tw_cli_json_count (builder, "horizon_min", crossing->horizon_min);
  tw_cli_json_number (builder, "p", crossing->p);
  tw_cli_json_number (builder, "p_low", crossing->p_low);
  tw_cli_json_number (builder, "p_high", crossing->p_high);
  tw_cli_json_number (builder, "t10_min", crossing->t10_min);
  tw_cli_json_number (builder, "t50_min", crossing->t50_min);
  tw_cli_json_number (builder, "t90_min", crossing->t90_min);
  json_builder_end_object (builder);
}

static void
add_evidence (JsonBuilder *builder, const TwFlagFields *fields)
{
  json_builder_set_member_name (builder, "evidence");
  json_builder_begin_array (builder);
  for (guint i = 0; i < fields->n_evidence; i++)
    {
      const TwEvidence *evidence = &fields->evidence[i];

      json_builder_begin_object (builder);
      if (evidence->channel >= 0 && evidence->channel < TW_N_CHANNELS)
        {
          tw_cli_json_text (builder, "channel", tw_channel_info (evidence->channel)->name);
          tw_cli_json_text (builder, "unit", tw_unit_ucum (tw_channel_info (evidence->channel)->unit));
        }
      tw_cli_json_number (builder, "value", evidence->value);
      add_time (builder, "time", evidence->t_us);
      if (evidence->points >= 0)
        tw_cli_json_count (builder, "points", evidence->points);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

char *
tw_cli_line_flag (const char *patient, TwFlag *flag)
{
  static const char *const kinds[] = { "limit", "score", "predicted", "technical" };
  static const char *const states[] = { "pending", "active", "acknowledged", "resolved" };
  const TwFlagFields *fields = tw_flag_get (flag);
  g_autoptr (JsonBuilder) builder = begin ("flag", patient);

  tw_cli_json_text (builder, "rule", fields->rule);
  tw_cli_json_text (builder, "kind", kinds[fields->kind]);
  tw_cli_json_text (builder, "level", tw_level_key (fields->level));
  tw_cli_json_text (builder, "state", states[fields->state]);
  if (fields->channel >= 0 && fields->channel < TW_N_CHANNELS)
    {
      tw_cli_json_text (builder, "channel", tw_channel_info (fields->channel)->name);
      tw_cli_json_text (builder, "unit", tw_unit_ucum (tw_channel_info (fields->channel)->unit));
    }
  tw_cli_json_number (builder, "value", fields->value);
  tw_cli_json_number (builder, "limit", fields->limit);
  add_time (builder, "value_time", fields->value_us);
  add_time (builder, "since", fields->since_us);
  add_time (builder, "raised", fields->raised_us);
  add_time (builder, "resolved", fields->resolved_us);
  add_time (builder, "acknowledged", fields->acknowledged_us);
  tw_cli_json_truth (builder, "last_known", fields->last_known);
  if (fields->kind == TW_FLAG_PREDICTED)
    {
      add_crossing (builder, &fields->crossing);
      tw_cli_json_number (builder, "p_raise", fields->p_raise > 0 ? fields->p_raise : (double) NAN);
      tw_cli_json_count (builder, "scored", fields->n_scored);
      tw_cli_json_count (builder, "right", fields->n_right);
    }
  add_evidence (builder, fields);
  tw_cli_json_text (builder, "table_version", fields->table_version);
  if (fields->kind == TW_FLAG_PREDICTED)
    tw_cli_json_text (builder, "twin_version", fields->twin_version);
  return tw_cli_json_finish (builder);
}

char *
tw_cli_line_alarms (const TwAlarmSummary *alarms)
{
  g_autoptr (JsonBuilder) builder = begin ("alarms", NULL);

  add_time (builder, "from", alarms->from_us);
  add_time (builder, "to", alarms->to_us);
  tw_cli_json_number (builder, "patient_days", alarms->days);
  tw_cli_json_count (builder, "raised", alarms->n_raised);
  tw_cli_json_count (builder, "predicted", alarms->n_predicted);
  tw_cli_json_count (builder, "acknowledged", alarms->n_acknowledged);
  tw_cli_json_number (builder, "acknowledge_min", alarms->acknowledge_min);
  tw_cli_json_count (builder, "scored", alarms->n_scored);
  tw_cli_json_count (builder, "right", alarms->n_right);
  tw_cli_json_count (builder, "plain_limits", alarms->n_plain);
  return tw_cli_json_finish (builder);
}

static const char *
status_key (TwNews2Status status)
{
  static const char *const statuses[] = { "not-used", "incomplete", "complete" };

  return statuses[status];
}

char *
tw_cli_line_news2 (const char *patient, const TwNews2 *news2)
{
  static const char *const risks[] = { "unknown", "low", "low-medium", "medium", "high" };
  static const char *const items[TW_NEWS2_N_ITEMS]
      = { "respiration", "spo2", "oxygen", "pressure", "pulse", "consciousness", "temperature" };
  g_autoptr (JsonBuilder) builder = begin ("news2", patient);

  add_time (builder, "time", news2->t_us);
  tw_cli_json_text (builder, "status", status_key (news2->status));
  tw_cli_json_text (builder, "risk", risks[news2->risk]);
  tw_cli_json_count (builder, "total", news2->total);
  tw_cli_json_truth (builder, "scale_2", news2->scale_2);
  json_builder_set_member_name (builder, "points");
  json_builder_begin_object (builder);
  for (int i = 0; i < TW_NEWS2_N_ITEMS; i++)
    tw_cli_json_number (builder, items[i], news2->parts[i].points >= 0 ? news2->parts[i].points : NAN);
  json_builder_end_object (builder);
  return tw_cli_json_finish (builder);
}

static void
add_band (JsonBuilder *builder, const TwBandScore *score)
{
  json_builder_set_member_name (builder, tw_band_kind_key (score->kind));
  json_builder_begin_object (builder);
  tw_cli_json_text (builder, "status", status_key (score->status));
  tw_cli_json_count (builder, "total", score->total);
  tw_cli_json_count (builder, "known", score->n_known);
  tw_cli_json_count (builder, "items", score->n_items);
  tw_cli_json_truth (builder, "reached", score->reached);
  json_builder_end_object (builder);
}

static void
add_news2_forecast (JsonBuilder *builder, const TwNews2Forecast *forecast)
{
  json_builder_set_member_name (builder, "news2_forecast");
  json_builder_begin_object (builder);
  tw_cli_json_text (builder, "status", status_key (forecast->status));
  tw_cli_json_count (builder, "horizon_min", forecast->horizon_min);
  tw_cli_json_number (builder, "p_medium", forecast->p_medium);
  tw_cli_json_number (builder, "p_high", forecast->p_high);
  if (forecast->driver_high != TW_CHANNEL_NONE)
    tw_cli_json_text (builder, "driver", tw_channel_info (forecast->driver_high)->name);
  json_builder_end_object (builder);
}

static void
add_glycaemia (JsonBuilder *builder, const TwGlycaemia *glycaemia)
{
  json_builder_set_member_name (builder, "glycaemia");
  json_builder_begin_object (builder);
  tw_cli_json_count (builder, "n", glycaemia->n);
  tw_cli_json_number (builder, "mean", glycaemia->mean);
  tw_cli_json_number (builder, "cv", glycaemia->cv);
  tw_cli_json_number (builder, "gmi", glycaemia->gmi);
  tw_cli_json_number (builder, "lbgi", glycaemia->lbgi);
  tw_cli_json_number (builder, "hbgi", glycaemia->hbgi);
  tw_cli_json_number (builder, "gri", glycaemia->gri);
  tw_cli_json_number (builder, "in_range", glycaemia->in_range);
  tw_cli_json_number (builder, "below", glycaemia->below);
  tw_cli_json_number (builder, "above", glycaemia->above);
  tw_cli_json_number (builder, "mage", glycaemia->mage);
  json_builder_end_object (builder);
}

char *
tw_cli_line_scores (const char *patient, const TwSnapshot *snapshot)
{
  g_autoptr (JsonBuilder) builder = begin ("scores", patient);

  add_time (builder, "time", snapshot->news2.t_us);
  add_news2_forecast (builder, &snapshot->news2_forecast);
  for (int i = 0; i < TW_N_BAND_SCORES; i++)
    add_band (builder, &snapshot->scores.band[i]);
  tw_cli_json_number (builder, "shock_index", snapshot->scores.shock.index);
  if (snapshot->glycaemia.n > 0)
    add_glycaemia (builder, &snapshot->glycaemia);
  return tw_cli_json_finish (builder);
}
