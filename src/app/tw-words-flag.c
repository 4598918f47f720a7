/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of flags in words: the fact, the time, the next step. */
#include "config.h"

#include "tw-words-flag.h"

#include "tw-time.h"
#include "tw-words-value.h"

#include <glib/gi18n-lib.h>
#include <math.h>

const char *
tw_words_channel_label (TwChannel channel)
{
  return channel == TW_CHANNEL_NONE ? _("NEWS2") : _(tw_channel_info (channel)->label);
}

static gboolean
is_unit_flag (const TwFlagFields *flag)
{
  return flag->kind == TW_FLAG_TECHNICAL && g_str_has_suffix (flag->rule, "-unit");
}

static char *
predicted_title (const TwFlagFields *flag,
                 TwUnit glucose_unit)
{
  const TwCrossing *crossing = &flag->crossing;
  const char *label = tw_words_channel_label (flag->channel);
  g_autofree char *limit = NULL;

  if (flag->channel == TW_CHANNEL_NONE)
    return g_strdup_printf (_("NEWS2 %.0f or more within %d min"), crossing->threshold,
                            crossing->horizon_min);
  limit = tw_words_quantity (flag->channel, crossing->threshold, glucose_unit);
  /* Translators: a forecast, as "MAP below 65 mmHg within 30 min". */
  return g_strdup_printf (crossing->below ? _("%s below %s within %d min")
                                          : _("%s above %s within %d min"),
                          label, limit, crossing->horizon_min);
}

char *
tw_words_flag_title (const TwFlagFields *flag,
                     TwUnit glucose_unit)
{
  const char *label = tw_words_channel_label (flag->channel);

  switch (flag->kind)
    {
    case TW_FLAG_LIMIT:
      /* Translators: a vital sign beyond its limit, as "HR high". */
      return g_strdup_printf (flag->below ? _("%s low") : _("%s high"), label);
    case TW_FLAG_SCORE:
      return g_strdup_printf (_("NEWS2 %.0f"), flag->value);
    case TW_FLAG_PREDICTED:
      return predicted_title (flag, glucose_unit);
    case TW_FLAG_TECHNICAL:
    default:
      if (is_unit_flag (flag))
        return g_strdup_printf (_("%s: unit not known"), label);
      /* Translators: a sensor is silent, as "No SpO₂ signal". */
      return g_strdup_printf (_("No %s signal"), label);
    }
}

static const char *
score_response (const TwFlagFields *flag)
{
  if (flag->value >= 7)
    return _("emergency response");
  if (flag->value >= 5)
    return _("urgent response");
  return _("urgent ward review");
}

static char *
technical_line (const TwFlagFields *flag,
                gint64 now_us)
{
  const char *label = tw_words_channel_label (flag->channel);
  g_autofree char *clock = NULL;
  g_autofree char *age = NULL;

  if (is_unit_flag (flag))
    return g_strdup_printf (_("%s comes in a unit that is not known: not converted."), label);
  if (flag->value_us == 0)
    return g_strdup_printf (_("No %s yet. Check the sensor."), label);
  clock = tw_words_clock (flag->value_us, FALSE);
  age = tw_words_age (now_us - flag->value_us);
  /* Translators: as "No SpO₂ since 13:56 (6 min). Check the sensor." */
  return g_strdup_printf (_("No %s since %s (%s). Check the sensor."), label, clock, age);
}

static char *
limit_line (const TwFlagFields *flag,
            gint64 now_us,
            TwUnit glucose_unit)
{
  g_autofree char *title = tw_words_flag_title (flag, glucose_unit);
  g_autofree char *limit = tw_words_number (flag->channel, flag->limit, glucose_unit);
  g_autofree char *value = NULL;
  g_autofree char *clock = NULL;
  g_autofree char *age = NULL;

  if (flag->last_known)
    {
      value = tw_words_quantity (flag->channel, flag->value, glucose_unit);
      clock = tw_words_clock (flag->value_us, FALSE);
      /* Translators: the feed is lost, as "HR high: 122 /min, last known 14:02". */
      return g_strdup_printf (_("%s: %s, last known %s"), title, value, clock);
    }
  age = tw_words_age (now_us - flag->since_us);
  /* Translators: as "HR low: limit 50, for 4 min". */
  return g_strdup_printf (_("%s: limit %s, for %s"), title, limit, age);
}

/* An urgent condition that is over keeps its flag until somebody has seen it; it must not read as if it
 * still held. */
static char *
ended_line (const TwFlagFields *flag,
            TwUnit glucose_unit)
{
  g_autofree char *title = tw_words_flag_title (flag, glucose_unit);
  g_autofree char *clock = tw_words_clock (flag->ended_us, FALSE);

  /* Translators: a flag that is over but was not acknowledged, as "NEWS2 7 until 14:05, not acknowledged". */
  return g_strdup_printf (_("%s until %s, not acknowledged"), title, clock);
}

char *
tw_words_flag_line (const TwFlagFields *flag,
                    gint64 now_us,
                    TwUnit glucose_unit)
{
  if (flag->ended_us != 0)
    return ended_line (flag, glucose_unit);
  switch (flag->kind)
    {
    case TW_FLAG_LIMIT:
      return limit_line (flag, now_us, glucose_unit);
    case TW_FLAG_SCORE:
      /* Translators: as "NEWS2 7: emergency response". */
      return g_strdup_printf (_("NEWS2 %.0f: %s"), flag->value, score_response (flag));
    case TW_FLAG_PREDICTED:
      return tw_words_flag_chip (flag, glucose_unit);
    case TW_FLAG_TECHNICAL:
    default:
      return technical_line (flag, now_us);
    }
}

char *
tw_words_flag_chip (const TwFlagFields *flag,
                    TwUnit glucose_unit)
{
  const TwCrossing *crossing = &flag->crossing;
  g_autofree char *probability = tw_words_probability (crossing);
  g_autofree char *limit = NULL;

  if (flag->channel == TW_CHANNEL_NONE)
    return g_strdup_printf (_("NEWS2 ≥ %.0f in %d min: %s"), crossing->threshold,
                            crossing->horizon_min, probability);
  limit = tw_words_number (flag->channel, crossing->threshold, glucose_unit);
  /* Translators: as "MAP < 65 in 30 min: 62 % (48–75 %)". */
  return g_strdup_printf (crossing->below ? _("%s < %s in %d min: %s") : _("%s > %s in %d min: %s"),
                          tw_words_channel_label (flag->channel), limit, crossing->horizon_min,
                          probability);
}

char *
tw_words_flag_value_markup (const TwFlagFields *flag,
                            TwUnit glucose_unit)
{
  g_autofree char *number = NULL;
  g_autofree char *limit = NULL;

  if (flag->kind == TW_FLAG_PREDICTED)
    {
      if (isnan (flag->crossing.p))
        return g_strdup ("–");
      if (isnan (flag->crossing.p_low) || isnan (flag->crossing.p_high))
        return g_strdup_printf (_("<b>%.0f %%</b>"), 100 * flag->crossing.p);
      /* Translators: a probability and its range; keep the markup. */
      return g_strdup_printf (_("<b>%.0f %%</b> <small>(%.0f–%.0f %%)</small>"),
                              100 * flag->crossing.p, 100 * flag->crossing.p_low,
                              100 * flag->crossing.p_high);
    }
  if (flag->kind != TW_FLAG_LIMIT)
    return g_strdup ("");
  number = tw_words_number (flag->channel, flag->value, glucose_unit);
  limit = tw_words_number (flag->channel, flag->limit, glucose_unit);
  /* Translators: value, unit and limit, as "122 /min, limit 120"; keep the markup. */
  return g_strdup_printf (_("<b>%s</b> <small>%s, limit %s</small>"), number,
                          tw_unit_symbol (tw_words_unit (flag->channel, glucose_unit)), limit);
}

/* "MAP −9 and HR +18 in 30 min": how the target and the heart rate move. */
static char *
drivers_line (const TwFlagFields *flag,
              const TwSnapshot *snapshot,
              TwUnit glucose_unit)
{
  const TwTrend *heart = &snapshot->channels[TW_CHANNEL_HEART_RATE].trend;
  g_autofree char *own = NULL;
  g_autofree char *rate = NULL;

  if (flag->channel == TW_CHANNEL_NONE && flag->n_evidence > 0)
    /* Translators: the vital sign that would raise a score most, as "Driven by RR". */
    return g_strdup_printf (_("Driven by %s"), tw_words_channel_label (flag->evidence[0].channel));
  if (flag->channel == TW_CHANNEL_NONE || flag->trend.direction == TW_TREND_NONE)
    return NULL;
  own = tw_words_number (flag->channel, flag->trend.per_hour / 2, glucose_unit);
  if (flag->channel == TW_CHANNEL_HEART_RATE || heart->direction == TW_TREND_NONE)
    /* Translators: change of a vital sign, as "MAP −9 in 30 min"; the second %s is a plus sign or empty. */
    return g_strdup_printf (_("%s %s%s in 30 min"), tw_words_channel_label (flag->channel),
                            flag->trend.per_hour > 0 ? "+" : "", own);
  rate = tw_words_number (TW_CHANNEL_HEART_RATE, heart->per_hour / 2, glucose_unit);
  /* Translators: as "MAP −9 and HR +18 in 30 min"; the plus signs come as own arguments. */
  return g_strdup_printf (_("%s %s%s and HR %s%s in 30 min"), tw_words_channel_label (flag->channel),
                          flag->trend.per_hour > 0 ? "+" : "", own, heart->per_hour > 0 ? "+" : "",
                          rate);
}

static char *
predicted_details (const TwFlagFields *flag,
                   const TwSnapshot *snapshot,
                   TwUnit glucose_unit)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *drivers = drivers_line (flag, snapshot, glucose_unit);
  const TwHonesty *honesty;

  if (!isnan (flag->crossing.p))
    {
      int of_ten = (int) lround (10 * flag->crossing.p);

      if (of_ten >= 1 && of_ten <= 9)
        g_string_append_printf (text,
                                g_dngettext (GETTEXT_PACKAGE, "About %d of 10 such patients had it.",
                                             "About %d of 10 such patients had it.",
                                             (gulong) of_ten),
                                of_ten);
    }
  if (drivers != NULL)
    g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", drivers);
  if (text->len > 0)
    g_string_append_c (text, '\n');
  if (flag->n_scored > 0)
    /* Translators: how earlier flags of this kind fared, as "Twin 0.1.0; right 7 of 12 in this patient". */
    g_string_append_printf (text, _("Twin %s; right %u of %u in this patient"), flag->twin_version,
                            flag->n_right, flag->n_scored);
  else if (flag->channel != TW_CHANNEL_NONE)
    {
      honesty = &snapshot->channels[flag->channel].forecast.honesty;
      if (honesty->scored > 0)
        g_string_append_printf (text, _("Twin %s; inside its 80 %% range %u of %u times"),
                                flag->twin_version, honesty->inside80, honesty->scored);
      else
        g_string_append_printf (text, _("Twin %s; not yet scored on this patient"),
                                flag->twin_version);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
tw_words_flag_details (const TwFlagFields *flag,
                       const TwSnapshot *snapshot,
                       gint64 now_us,
                       TwUnit glucose_unit)
{
  g_autofree char *clock = NULL;
  g_autofree char *age = NULL;

  if (flag->kind == TW_FLAG_PREDICTED)
    return predicted_details (flag, snapshot, glucose_unit);
  if (flag->kind == TW_FLAG_TECHNICAL)
    return technical_line (flag, now_us);
  clock = tw_words_clock (flag->raised_us, TRUE);
  if (flag->ended_us != 0)
    {
      g_autofree char *end = tw_words_clock (flag->ended_us, TRUE);

      /* Translators: from when to when a condition held, as "14:00:10 to 14:05:30, over now". */
      return g_strdup_printf (_("%s to %s, over now"), clock, end);
    }
  if (flag->kind == TW_FLAG_SCORE)
    {
      g_autofree char *parts = tw_words_news2_parts (&snapshot->news2);

      return g_strdup_printf ("%s\n%s, %s", parts, clock, score_response (flag));
    }
  if (flag->last_known)
    {
      g_autofree char *last = tw_words_clock (flag->value_us, FALSE);

      return g_strdup_printf (_("Last known %s"), last);
    }
  age = tw_words_age (now_us - flag->value_us);
  /* Translators: when a flag was raised and how old the value is, as "14:00:10, value 8 s old". */
  return g_strdup_printf (_("%s, value %s old"), clock, age);
}

static void
append_input (GString *text,
              const TwEvidence *input,
              gint64 now_us,
              TwUnit glucose_unit)
{
  g_autofree char *value = NULL;
  g_autofree char *clock = tw_words_clock (input->t_us, TRUE);
  g_autofree char *age = tw_words_age (now_us - input->t_us);

  if (input->channel < 0 || input->channel >= TW_N_CHANNELS)
    return;
  if (input->channel == TW_CHANNEL_CONSCIOUSNESS)
    value = g_strdup (tw_acvpu_letter ((int) input->value));
  else
    value = tw_words_quantity (input->channel, input->value, glucose_unit);
  /* Translators: an input of a rule, as "HR 122 /min at 14:02:02 (8 s old)". */
  g_string_append_printf (text, _("%s %s at %s (%s old)"), tw_words_channel_label (input->channel),
                          value, clock, age);
  if (input->points >= 0)
    g_string_append_printf (text, g_dngettext (GETTEXT_PACKAGE, ", %d point", ", %d points",
                                               (gulong) input->points),
                            input->points);
  g_string_append_c (text, '\n');
}

char *
tw_words_flag_evidence (const TwFlagFields *flag,
                        gint64 now_us,
                        TwUnit glucose_unit)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *since = tw_words_clock (flag->since_us, TRUE);

  for (guint i = 0; i < flag->n_evidence && i < TW_FLAG_MAX_EVIDENCE; i++)
    append_input (text, &flag->evidence[i], now_us, glucose_unit);
  if (flag->kind == TW_FLAG_PREDICTED && !isnan (flag->crossing.t50_min))
    g_string_append_printf (text, _("If it happens: in about %.0f min (%.0f–%.0f)\n"),
                            flag->crossing.t50_min, flag->crossing.t10_min, flag->crossing.t90_min);
  if (flag->kind == TW_FLAG_PREDICTED && flag->p_raise > 0)
    /* Translators: the probability from which a prediction is told; the ward's alarm budget moves it. */
    g_string_append_printf (text, _("Told from a probability of %.0f %% on, at present\n"),
                            100 * flag->p_raise);
  if (flag->since_us != 0 && flag->ended_us == 0)
    g_string_append_printf (text, _("The condition holds since %s\n"), since);
  g_string_append_printf (text, _("Rule %s, table %s"), flag->rule, flag->table_version);
  if (flag->twin_version[0] != '\0')
    g_string_append_printf (text, _(", twin %s"), flag->twin_version);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
tw_words_flag_acknowledged (const TwFlagFields *flag)
{
  g_autofree char *clock = NULL;

  if (flag->acknowledged_us == 0)
    return g_strdup ("");
  clock = tw_words_clock (flag->acknowledged_us, FALSE);
  /* Translators: "Acknowledged 14:07". */
  return g_strdup_printf (_("Acknowledged %s"), clock);
}

const TwFlagFields *
tw_words_worst_flag (const TwSnapshot *snapshot)
{
  const TwFlagFields *worst = NULL;

  for (guint i = 0; snapshot->flags != NULL && i < snapshot->flags->len; i++)
    {
      const TwFlagFields *flag = tw_flag_get (g_ptr_array_index (snapshot->flags, i));

      if (flag->kind != TW_FLAG_PREDICTED && (worst == NULL || flag->level > worst->level))
        worst = flag;
    }
  return worst;
}

const TwFlagFields *
tw_words_worst_predicted (const TwSnapshot *snapshot)
{
  const TwFlagFields *worst = NULL;

  for (guint i = 0; snapshot->flags != NULL && i < snapshot->flags->len; i++)
    {
      const TwFlagFields *flag = tw_flag_get (g_ptr_array_index (snapshot->flags, i));

      if (flag->kind == TW_FLAG_PREDICTED && (worst == NULL || flag->level > worst->level))
        worst = flag;
    }
  return worst;
}
