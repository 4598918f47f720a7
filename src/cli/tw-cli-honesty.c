/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The record of forecasts as JSON: counts, errors, coverage, contests with baselines, the mark of drift. */
#include "config.h"

#include "tw-cli-honesty.h"

#include "tw-cli-json.h"
#include "tw-time.h"

static void
begin (JsonBuilder *builder, const char *name)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
}

static void
add_coverage (JsonBuilder *builder, const char *name, const TwCoverage *coverage)
{
  begin (builder, name);
  tw_cli_json_number (builder, "share", coverage->share);
  tw_cli_json_number (builder, "low", coverage->low);
  tw_cli_json_number (builder, "high", coverage->high);
  json_builder_end_object (builder);
}

static void
add_contest (JsonBuilder *builder, const char *name, const TwContest *contest)
{
  begin (builder, name);
  tw_cli_json_number (builder, "mae", contest->errors.mae);
  tw_cli_json_number (builder, "rmse", contest->errors.rmse);
  tw_cli_json_number (builder, "crps", contest->errors.crps);
  tw_cli_json_number (builder, "skill_rmse", contest->rmse.value);
  tw_cli_json_number (builder, "skill_rmse_low", contest->rmse.low);
  tw_cli_json_number (builder, "skill_rmse_high", contest->rmse.high);
  tw_cli_json_number (builder, "skill_crps", contest->crps.value);
  tw_cli_json_truth (builder, "beats", contest->beats);
  json_builder_end_object (builder);
}

static void
add_drift (JsonBuilder *builder, const TwDrift *drift)
{
  static const char *const reasons[] = { "none", "above", "below", "coverage" };
  char text[40];

  begin (builder, "drift");
  tw_cli_json_text (builder, "reason", reasons[drift->reason]);
  tw_cli_json_text (builder, "since",
                    drift->since_us != 0 ? tw_time_format_iso (drift->since_us, text, sizeof text) : NULL);
  tw_cli_json_count (builder, "recent", drift->recent_n);
  tw_cli_json_count (builder, "recent_inside80", drift->recent_inside80);
  tw_cli_json_count (builder, "at_least", drift->recent_at_least);
  tw_cli_json_number (builder, "cusum_up", drift->cusum_up);
  tw_cli_json_number (builder, "cusum_down", drift->cusum_down);
  json_builder_end_object (builder);
}

static void
add_report (JsonBuilder *builder, const TwSelfReport *report)
{
  static const char *const meters[] = { "too-few", "right", "narrow", "wide" };

  tw_cli_json_count (builder, "issued", report->issued);
  tw_cli_json_count (builder, "pending", report->pending);
  tw_cli_json_count (builder, "no_target", report->no_target);
  tw_cli_json_count (builder, "rejected_target", report->rejected);
  tw_cli_json_number (builder, "rmse", report->errors.rmse);
  tw_cli_json_number (builder, "bias", report->bias);
  tw_cli_json_number (builder, "crps", report->errors.crps);
  tw_cli_json_number (builder, "winkler80", report->winkler80);
  add_coverage (builder, "coverage50", &report->coverage50);
  add_coverage (builder, "coverage80", &report->coverage80);
  add_coverage (builder, "coverage95", &report->coverage95);
  add_contest (builder, "persistence", &report->persistence);
  add_contest (builder, "ewma", &report->ewma);
  tw_cli_json_text (builder, "meter", meters[report->line.meter]);
  add_drift (builder, &report->drift);
}

void
tw_cli_add_honesty (JsonBuilder *builder, const TwHonesty *honesty, const TwSelfReport *report)
{
  begin (builder, "honesty");
  tw_cli_json_count (builder, "horizon_min", honesty->horizon_min);
  tw_cli_json_count (builder, "scored", honesty->scored);
  tw_cli_json_count (builder, "inside50", honesty->inside50);
  tw_cli_json_count (builder, "inside80", honesty->inside80);
  tw_cli_json_count (builder, "inside95", honesty->inside95);
  tw_cli_json_number (builder, "mae", honesty->mae);
  if (report != NULL)
    add_report (builder, report);
  json_builder_end_object (builder);
}
