/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The counts as sentences; a judgement only where the report makes one. */
#include "config.h"

#include "tw-words-trust.h"

#include "tw-quality.h"
#include "tw-time.h"
#include "tw-words-flag.h"
#include "tw-words-value.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define LINE_US (6 * TW_HOUR)
#define MAX_CAUSES 4

char *
tw_words_trust_line (const TwSelfReport *report,
                     gint64 now_us)
{
  const TwHonestyLine *line;
  const char *label;

  if (report == NULL)
    return g_strdup ("");
  line = &report->line;
  label = tw_words_channel_label (report->channel);
  if (line->n == 0)
    /* Translators: channel: "MAP forecasts: none has come due on this patient yet." */
    return g_strdup_printf (_("%s forecasts: none has come due on this patient yet."), label);
  if (line->meter == TW_METER_TOO_FEW)
    /* Translators: channel, counts: "MAP forecasts: 9 of 12 inside their 80 % range; 20 are needed…". */
    return g_strdup_printf (_("%s forecasts: %u of %u inside their 80 %% range; %d are needed to judge."),
                            label, line->inside80, line->n, TW_TRUST_AT_LEAST);
  if (line->from_us < now_us - LINE_US)
    /* Translators: as "Last 20: 17 of 20 MAP forecasts fell inside their 80 % range (16 expected)." */
    return g_strdup_printf (_("Last %u: %u of %u %s forecasts fell inside their 80 %% range "
                              "(%.0f expected)."),
                            line->n, line->inside80, line->n, label, line->expected);
  /* Translators: as "Last 6 h: 37 of 46 MAP forecasts fell inside their 80 % range (37 expected)." */
  return g_strdup_printf (_("Last 6 h: %u of %u %s forecasts fell inside their 80 %% range (%.0f expected)."),
                          line->inside80, line->n, label, line->expected);
}

char *
tw_words_trust_verdict (const TwSelfReport *report)
{
  if (report != NULL && report->line.meter == TW_METER_NARROW)
    /* Translators: after the honesty line, where the count is too low. */
    return g_strdup_printf (_("Fewer than %u: the ranges are too narrow. Do not rely on them now."),
                            report->line.low);
  if (report != NULL && report->line.meter == TW_METER_WIDE)
    return g_strdup (_("More than expected: the ranges are wider than they need to be."));
  return g_strdup ("");
}

char *
tw_words_trust_short (const TwSelfReport *report)
{
  if (report == NULL || report->line.meter == TW_METER_TOO_FEW)
    return g_strdup ("");
  /* Translators: forecasts inside their range, of all: "37 of 46". */
  return g_strdup_printf (_("%u of %u"), report->line.inside80, report->line.n);
}

char *
tw_words_trust_too_few (const TwSelfReport *report)
{
  guint scored = report != NULL ? report->scored : 0;

  if (scored >= TW_TRUST_AT_LEAST)
    return NULL;
  return g_strdup_printf (_("Too few to judge: %u scored, %d needed."), scored, TW_TRUST_AT_LEAST);
}

/* With a true minus. */
static char *
dup_signed (double percent)
{
  double shown = round (percent);

  return shown < 0 ? g_strdup_printf ("−%.0f", -shown) : g_strdup_printf ("+%.0f", shown);
}

char *
tw_words_trust_contest (const TwContest *contest,
                        gboolean persistence)
{
  const char *rival = persistence ? C_ ("rival", "the last value") : C_ ("rival", "the running mean");
  double low = contest->rmse.low, high = contest->rmse.high;
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;

  if (!isfinite (low) || !isfinite (high))
    /* Translators: rival: "Not yet known whether this beats the last value." */
    return g_strdup_printf (_("Not yet known whether this beats %s."), rival);
  if (contest->beats)
    /* Translators: rival and percentages: "Beats the last value: error 18 % smaller (9 to 26 %)." */
    return g_strdup_printf (_("Beats %s: error %.0f %% smaller (%.0f to %.0f %%)."), rival,
                            100 * contest->rmse.value, 100 * low, 100 * high);
  if (high < 0)
    return g_strdup_printf (_("Worse than %s: error %.0f %% larger (%.0f to %.0f %%)."), rival,
                            -100 * contest->rmse.value, -100 * high, -100 * low);
  from = dup_signed (100 * low);
  to = dup_signed (100 * high);
  /* Translators: rival; then the interval of a difference in error that may be none at all. */
  return g_strdup_printf (_("No better than %s, as far as can be told (%s to %s %%)."), rival, from, to);
}

char *
tw_words_trust_counts (const TwSelfReport *report)
{
  /* Translators: what became of the forecasts that were issued. */
  return g_strdup_printf (_("%u issued: %u scored, %u not due yet, %u without a reading at their time, "
                            "%u where that reading was rejected."),
                          report->issued, report->scored, report->pending, report->no_target,
                          report->rejected);
}

/* A share of the width in words that stay in the mind. */
static const char *
portion (double share)
{
  return share < .04    ? NULL
         : share < .15  ? _("about a tenth")
         : share < .225 ? _("about a fifth")
         : share < .29  ? _("about a quarter")
         : share < .42  ? _("about a third")
         : share < .58  ? _("about half")
                        : _("more than half");
}

char *
tw_words_trust_width (const TwSelfReport *report,
                      const TwWidthSplit *width,
                      TwUnit glucose_unit)
{
  g_autofree char *age = NULL;
  g_autofree char *sd = NULL;
  g_autofree char *fresh = NULL;

  if (!isfinite (width->narrowing) || !isfinite (width->sd))
    return g_strdup (_("No forecast now, so no width to explain."));
  age = tw_words_age ((gint64) (width->age_min * TW_MINUTE));
  sd = tw_words_difference (report->channel, width->sd, glucose_unit);
  fresh = tw_words_difference (report->channel, width->sd_fresh, glucose_unit);
  if (portion (width->narrowing) == NULL)
    /* Translators: age of the newest reading; then the usual error of the model. */
    return g_strdup_printf (_("The newest reading is %s old: a new one would hardly narrow the range. What "
                              "is left, ±%s, is how this patient moves."),
                            age, fresh);
  /* Translators: age, "about a third", usual error with and without a new reading. */
  return g_strdup_printf (_("The newest reading is %s old: a new one would narrow the range by %s, from ±%s "
                            "to ±%s. The rest is how this patient moves."),
                          age, portion (width->narrowing), sd, fresh);
}

char *
tw_words_trust_drift (const TwSelfReport *report)
{
  g_autofree char *clock = NULL;

  if (report->drift.since_us == 0)
    return g_strdup ("");
  clock = tw_words_clock (report->drift.since_us, FALSE);
  switch (report->drift.reason)
    {
    case TW_DRIFT_ABOVE:
      /* Translators: a clock time. */
      return g_strdup_printf (_("Since %s readings run above the forecasts: the weights go back to those of "
                                "the population, and no range is narrower than its."),
                              clock);
    case TW_DRIFT_BELOW:
      return g_strdup_printf (_("Since %s readings run below the forecasts: the weights go back to those of "
                                "the population, and no range is narrower than its."),
                              clock);
    case TW_DRIFT_COVERAGE:
      return g_strdup_printf (_("Since %s too few readings fell inside: %u of the last %u, at least %u "
                                "needed. The weights go back to those of the population, and no range is "
                                "narrower than its."),
                              clock, report->drift.recent_inside80, report->drift.recent_n,
                              report->drift.recent_at_least);
    case TW_DRIFT_NONE:
    default:
      return g_strdup ("");
    }
}

const char *
tw_words_expert (TwExpert expert)
{
  switch (expert)
    {
    case TW_EXPERT_PERSISTENCE:
      return C_ ("expert", "last value");
    case TW_EXPERT_EWMA:
      return C_ ("expert", "running mean");
    case TW_EXPERT_FILTER:
      return C_ ("expert", "own baseline");
    case TW_EXPERT_RIDGE:
      return C_ ("expert", "learned from recorded patients");
    case TW_EXPERT_PERSONAL:
      return C_ ("expert", "learned, fitted to this patient");
    default:
      return "";
    }
}

char *
tw_words_difference (TwChannel channel,
                     double difference,
                     TwUnit glucose_unit)
{
  TwUnit unit = tw_words_unit (channel, glucose_unit);
  double shown = difference;
  int decimals = MAX (tw_channel_info (channel)->decimals, 1);

  if (!isfinite (difference))
    return g_strdup ("–");
  tw_unit_convert (difference, tw_channel_info (channel)->unit, unit, &shown);
  /* Temperature errors of a twentieth are told apart. */
  if (shown < .95)
    decimals = 2;
  return g_strdup_printf ("%.*f %s", decimals, shown, tw_unit_symbol (unit));
}

const char *
tw_words_outcome (TwOutcome outcome)
{
  switch (outcome)
    {
    case TW_OUTCOME_HIT:
      return C_ ("outcome", "inside");
    case TW_OUTCOME_MISS:
      return C_ ("outcome", "outside");
    case TW_OUTCOME_NO_TARGET:
      return C_ ("outcome", "no reading came");
    case TW_OUTCOME_REJECTED:
      return C_ ("outcome", "reading rejected");
    case TW_OUTCOME_PENDING:
    default:
      return C_ ("outcome", "not due yet");
    }
}

/* A count with its cause, one or more; the words of a reason alone do for the rest. */
static char *
dup_cause (TwReason reason,
           guint n)
{
  static const struct
  {
    TwReason reason;
    const char *one, *many;
  } causes[] = {
    { TW_REASON_UNIT_UNKNOWN, N_("%u in an unknown unit"), N_("%u in an unknown unit") },
    { TW_REASON_HARD_LIMIT, N_("%u out of range"), N_("%u out of range") },
    { TW_REASON_UNUSUAL, N_("%u unusual value"), N_("%u unusual values") },
    { TW_REASON_TOO_FAST, N_("%u sudden jump"), N_("%u sudden jumps") },
    { TW_REASON_PRESSURE_ORDER, N_("%u pressure out of order"), N_("%u pressures out of order") },
    { TW_REASON_FLAT, N_("%u on a flat line"), N_("%u on a flat line") },
    { TW_REASON_HAMPEL_CONFIRMED, N_("%u spike"), N_("%u spikes") },
    { TW_REASON_DAMPED_LINE, N_("%u on a damped line"), N_("%u on a damped line") },
    { TW_REASON_COMPRESSION_LOW, N_("%u with pressure on the sensor"), N_("%u with pressure on the sensor") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (causes); i++)
    if (causes[i].reason == reason)
      {
        const char *format = g_dngettext (GETTEXT_PACKAGE, causes[i].one, causes[i].many, n);
        char number[16];
        GString *words = g_string_new (format);

        g_snprintf (number, sizeof number, "%u", n);
        g_string_replace (words, "%u", number, 1);
        return g_string_free (words, FALSE);
      }
  return g_strdup_printf ("%u %s", n, tw_reason_label (reason));
}

/* Left out of line, twin and rules: suspect or rejected. A repeat of a reading leaves nothing out. */
static gboolean
is_left_out (TwReason reason)
{
  return reason != TW_REASON_DUPLICATE
         && tw_quality_verdict (tw_quality_from_reason (reason)) >= TW_VERDICT_SUSPECT;
}

guint
tw_words_n_left_out (const TwCleanCounts *counts)
{
  guint n = 0;

  for (int reason = 0; reason < TW_N_REASONS; reason++)
    n += is_left_out (reason) ? counts->by_reason[reason] : 0;
  return n;
}

/* The largest cause that is still to be told; TW_REASON_NONE: no more. */
static TwReason
next_cause (const TwCleanCounts *counts,
            const gboolean told[TW_N_REASONS])
{
  TwReason largest = TW_REASON_NONE;

  for (int reason = 1; reason < TW_N_REASONS; reason++)
    if (!told[reason] && is_left_out (reason) && counts->by_reason[reason] > 0
        && (largest == TW_REASON_NONE || counts->by_reason[reason] > counts->by_reason[largest]))
      largest = reason;
  return largest;
}

char *
tw_words_left_out (const TwCleanCounts *counts)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean told[TW_N_REASONS] = { FALSE };
  guint n = tw_words_n_left_out (counts), left = n;

  if (n == 0)
    return g_strdup ("");
  g_string_append_printf (
    text, g_dngettext (GETTEXT_PACKAGE, "%u reading left out", "%u readings left out", n), n);
  for (int i = 0; i < MAX_CAUSES && left > 0; i++)
    {
      TwReason reason = next_cause (counts, told);
      g_autofree char *cause = dup_cause (reason, counts->by_reason[reason]);

      told[reason] = TRUE;
      left -= counts->by_reason[reason];
      g_string_append_printf (text, "%s%s", i == 0 ? _(": ") : _(", "), cause);
    }
  if (left > 0)
    /* Translators: the end of a list of causes with their counts: ", 3 other". */
    g_string_append_printf (text, _(", %u other"), left);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
tw_words_left_out_all (const TwSnapshot *snapshot)
{
  TwCleanCounts all = { 0 };

  for (int channel = 0; channel < TW_N_CHANNELS; channel++)
    for (int reason = 0; reason < TW_N_REASONS; reason++)
      all.by_reason[reason] += snapshot->channels[channel].counts.by_reason[reason];
  return tw_words_left_out (&all);
}

char *
tw_words_left_out_each (const TwSnapshot *snapshot)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (int channel = 0; channel < TW_N_CHANNELS; channel++)
    {
      g_autofree char *words = tw_words_left_out (&snapshot->channels[channel].counts);

      if (words[0] != '\0')
        g_string_append_printf (text, "%s%s: %s", text->len > 0 ? "\n" : "",
                                _(tw_channel_info (channel)->long_name), words);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
