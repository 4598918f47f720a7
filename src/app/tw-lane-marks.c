/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Doses are points, rates and oxygen last until the next entry, flags from being raised to being
 * resolved. */
#include "config.h"

#include "tw-lane-marks.h"

#include "tw-time.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* A burst of entries is cut: what the lane cannot show is not made. */
#define MAX_MARKS 200

static void
clear_mark (gpointer data)
{
  TwLaneMark *mark = data;

  g_free ((char *) mark->label);
}

GArray *
tw_lane_marks_new (void)
{
  GArray *marks = g_array_new (FALSE, FALSE, sizeof (TwLaneMark));

  g_array_set_clear_func (marks, clear_mark);
  return marks;
}

void
tw_lane_marks_add (GArray *marks,
                   const TwLaneMark *mark)
{
  TwLaneMark copy = *mark;

  if (marks->len >= MAX_MARKS)
    return;
  copy.label = g_strdup (mark->label);
  g_array_append_val (marks, copy);
}

static const char *
consciousness_word (int value)
{
  static const char *const words[] = { N_ ("Alert"), N_ ("Confused"), N_ ("Voice"), N_ ("Pain"),
                                       N_ ("Unresponsive") };

  return value >= 0 && value < (int) G_N_ELEMENTS (words) ? _(words[value]) : "–";
}

/* Index of the first sample that is in force at from_us: the one before it, where there is one. */
static gsize
first_in_force (TwSeriesView *series,
                gint64 from_us)
{
  gsize at = tw_series_view_find (series, from_us);

  return at > 0 ? at - 1 : 0;
}

static gboolean
is_usable (const TwSample *sample)
{
  return isfinite (sample->value) && tw_quality_verdict (sample->quality) <= TW_VERDICT_DOUBTFUL;
}

/* Entries of a lane that do not count, each with its reason. */
static void
add_refused (GArray *marks,
             const TwLaneMark *place,
             TwSeriesView *series,
             gint64 from_us,
             gint64 now_us)
{
  gsize n = tw_series_view_get_length (series);

  for (gsize i = tw_series_view_find (series, from_us); i < n; i++)
    {
      TwSample sample;
      TwLaneMark mark = *place;

      tw_series_view_get (series, i, &sample);
      if (sample.t_us > now_us)
        break;
      if (is_usable (&sample))
        continue;
      mark.kind = TW_MARK_REFUSED;
      mark.from_us = sample.t_us;
      mark.label = _(tw_reason_label (tw_quality_reason (sample.quality)));
      tw_lane_marks_add (marks, &mark);
    }
}

static void
add_points (GArray *marks,
            TwSeriesView *series,
            gint64 from_us,
            gint64 now_us)
{
  gsize n = tw_series_view_get_length (series);

  for (gsize i = tw_series_view_find (series, from_us); i < n; i++)
    {
      TwSample sample;
      tw_series_view_get (series, i, &sample);
      if (sample.t_us > now_us)
        break;
      TwLaneMark mark = { .lane = TW_LANE_CONSCIOUSNESS,
                          .kind = TW_MARK_POINT,
                          .from_us = sample.t_us,
                          .label = consciousness_word ((int) lround (sample.value)) };
      if (is_usable (&sample))
        tw_lane_marks_add (marks, &mark);
    }
}

static gboolean
add_doses (GArray *marks,
           TwSeriesView *series,
           TwChannel channel,
           gint64 from_us,
           gint64 now_us,
           gboolean named)
{
  gsize n = tw_series_view_get_length (series);
  gboolean any = FALSE;
  char number[32];

  for (gsize i = tw_series_view_find (series, from_us); i < n; i++)
    {
      TwSample sample;
      tw_series_view_get (series, i, &sample);
      if (sample.t_us > now_us)
        break;
      if (!is_usable (&sample) || sample.value <= 0)
        continue;
      tw_channel_format (channel, sample.value, tw_channel_info (channel)->unit, number,
                         sizeof number);
      g_autofree char *text =
          named ? g_strdup_printf ("%s %s %s", _ (tw_channel_info (channel)->label), number,
                                   tw_unit_symbol (tw_channel_info (channel)->unit))
                : g_strdup (number);
      TwLaneMark mark = {
        .lane = TW_LANE_TREATMENTS, .kind = TW_MARK_DOSE, .from_us = sample.t_us, .label = text
      };
      tw_lane_marks_add (marks, &mark);
      any = TRUE;
    }
  return any;
}

typedef char *(*DupWords) (TwChannel channel, double value);

static char *
dup_rate (TwChannel channel,
          double value)
{
  char number[32];

  if (value <= 0)
    return NULL;
  tw_channel_format (channel, value, tw_channel_info (channel)->unit, number, sizeof number);
  return g_strdup_printf ("%s %s", number, tw_unit_symbol (tw_channel_info (channel)->unit));
}

static char *
dup_oxygen (TwChannel channel,
            double value)
{
  char number[32];

  if (channel == TW_CHANNEL_OXYGEN_FLOW ? value <= 0 : value < 21.5)
    return g_strdup (_("Air"));
  tw_channel_format (channel, value, tw_channel_info (channel)->unit, number, sizeof number);
  return g_strdup_printf ("%s %s", number, tw_unit_symbol (tw_channel_info (channel)->unit));
}

/* Entries that hold until the next one; equal neighbours are one block. */
static gboolean
add_blocks (GArray *marks,
            const TwLaneMark *kind,
            TwSeriesView *series,
            TwChannel channel,
            gint64 from_us,
            gint64 now_us,
            DupWords dup_words)
{
  gsize n = tw_series_view_get_length (series);
  TwLaneMark open = *kind;
  gboolean any = FALSE;
  g_autofree char *label = NULL;

  for (gsize i = n > 0 ? first_in_force (series, from_us) : 0; i < n; i++)
    {
      TwSample sample;
      tw_series_view_get (series, i, &sample);
      if (sample.t_us > now_us)
        break;
      if (!is_usable (&sample))
        continue;
      g_autofree char *words = dup_words (channel, sample.value);
      if (g_strcmp0 (words, label) == 0)
        continue;
      open.to_us = sample.t_us;
      open.label = label;
      if (label != NULL)
        tw_lane_marks_add (marks, &open);
      any |= label != NULL;
      open.from_us = sample.t_us;
      g_free (label);
      label = g_steal_pointer (&words);
    }
  open.to_us = now_us;
  open.label = label;
  if (label != NULL)
    tw_lane_marks_add (marks, &open);
  return any || label != NULL;
}

static const char *
level_symbol (TwLevel level)
{
  switch (level)
    {
    case TW_LEVEL_HIGH:
      return "!!!";
    case TW_LEVEL_MEDIUM:
      return "!!";
    case TW_LEVEL_LOW:
      return "!";
    default:
      return "";
    }
}

static void
add_flag (GArray *marks,
          const TwFlagFields *flag,
          gint64 from_us,
          gint64 now_us)
{
  TwLaneMark mark = { .lane = TW_LANE_FLAGS, .level = flag->level, .kind = TW_MARK_FLAG };
  g_autofree char *words = NULL;

  mark.from_us = flag->raised_us != 0 ? flag->raised_us : flag->since_us;
  mark.to_us = flag->resolved_us != 0 ? flag->resolved_us : now_us;
  if (mark.to_us < from_us || mark.from_us > now_us)
    return;
  if (flag->kind == TW_FLAG_TECHNICAL)
    {
      mark.kind = TW_MARK_NO_SIGNAL;
      mark.from_us = flag->value_us != 0 ? flag->value_us : mark.from_us;
      words = g_strdup (_("No signal"));
    }
  else if (flag->kind == TW_FLAG_PREDICTED)
    {
      char number[32];
      /* What was predicted once and is over stands in the history, not in the zone ahead. */
      if (flag->resolved_us != 0 || flag->channel < 0)
        return;
      mark.kind = TW_MARK_PREDICTED;
      mark.from_us = now_us;
      tw_channel_format (flag->channel, flag->crossing.threshold,
                         tw_channel_info (flag->channel)->unit, number, sizeof number);
      words = g_strdup_printf ("%s %s %s", _ (tw_channel_info (flag->channel)->label),
                               flag->below ? "<" : ">", number);
    }
  else
    words = g_strdup (level_symbol (flag->level));
  mark.label = words;
  tw_lane_marks_add (marks, &mark);
}

static gboolean
has_values (const TwSnapshot *snapshot,
            TwChannel channel)
{
  TwSeriesView *series = snapshot->channels[channel].series;

  return series != NULL && tw_series_view_get_length (series) > 0;
}

static void
add_treatments (GArray *marks,
                const TwSnapshot *snapshot,
                gint64 from_us,
                gint64 now_us,
                char *captions[2])
{
  static const TwChannel doses[] = { TW_CHANNEL_FLUID_BOLUS, TW_CHANNEL_PARACETAMOL,
                                     TW_CHANNEL_INSULIN_BOLUS, TW_CHANNEL_CARBOHYDRATE };
  static const TwChannel rates[] = { TW_CHANNEL_NOREPINEPHRINE, TW_CHANNEL_INSULIN_BASAL };
  TwLaneMark rate = { .lane = TW_LANE_TREATMENTS, .row = 1, .kind = TW_MARK_RATE };
  int n_kinds = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (doses); i++)
    n_kinds += has_values (snapshot, doses[i]) ? 1 : 0;
  for (gsize i = 0; i < G_N_ELEMENTS (doses); i++)
    if (has_values (snapshot, doses[i])
        && add_doses (marks, snapshot->channels[doses[i]].series, doses[i], from_us, now_us,
                      n_kinds > 1)
        && n_kinds == 1)
      captions[0] = g_strdup_printf ("%s %s", _(tw_channel_info (doses[i])->label),
                                     tw_unit_symbol (tw_channel_info (doses[i])->unit));
  for (gsize i = 0; i < G_N_ELEMENTS (rates); i++)
    if (has_values (snapshot, rates[i]) && captions[1] == NULL
        && add_blocks (marks, &rate, snapshot->channels[rates[i]].series, rates[i], from_us, now_us,
                       dup_rate))
      captions[1] = g_strdup (_(tw_channel_info (rates[i])->long_name));
}

void
tw_lane_marks_add_snapshot (GArray *marks,
                            const TwSnapshot *snapshot,
                            gint64 from_us,
                            gint64 now_us,
                            char *captions[2])
{
  static const struct
  {
    TwChannel channel;
    TwLaneMark mark;
  } places[] = {
    { TW_CHANNEL_FLUID_BOLUS, { .lane = TW_LANE_TREATMENTS } },
    { TW_CHANNEL_PARACETAMOL, { .lane = TW_LANE_TREATMENTS } },
    { TW_CHANNEL_INSULIN_BOLUS, { .lane = TW_LANE_TREATMENTS } },
    { TW_CHANNEL_CARBOHYDRATE, { .lane = TW_LANE_TREATMENTS } },
    { TW_CHANNEL_NOREPINEPHRINE, { .lane = TW_LANE_TREATMENTS, .row = 1 } },
    { TW_CHANNEL_INSULIN_BASAL, { .lane = TW_LANE_TREATMENTS, .row = 1 } },
    { TW_CHANNEL_OXYGEN_FLOW, { .lane = TW_LANE_OXYGEN } },
    { TW_CHANNEL_FIO2, { .lane = TW_LANE_OXYGEN } },
    { TW_CHANNEL_CONSCIOUSNESS, { .lane = TW_LANE_CONSCIOUSNESS } },
  };
  TwLaneMark oxygen = { .lane = TW_LANE_OXYGEN, .kind = TW_MARK_BAND };
  TwChannel source =
      has_values (snapshot, TW_CHANNEL_OXYGEN_FLOW) ? TW_CHANNEL_OXYGEN_FLOW : TW_CHANNEL_FIO2;

  captions[0] = captions[1] = NULL;
  add_treatments (marks, snapshot, from_us, now_us, captions);
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    if (has_values (snapshot, places[i].channel))
      add_refused (marks, &places[i].mark, snapshot->channels[places[i].channel].series, from_us, now_us);
  if (has_values (snapshot, source))
    add_blocks (marks, &oxygen, snapshot->channels[source].series, source, from_us, now_us,
                dup_oxygen);
  if (has_values (snapshot, TW_CHANNEL_CONSCIOUSNESS))
    add_points (marks, snapshot->channels[TW_CHANNEL_CONSCIOUSNESS].series, from_us, now_us);
  for (guint i = 0; snapshot->history != NULL && i < snapshot->history->len; i++)
    add_flag (marks, tw_flag_get (g_ptr_array_index (snapshot->history, i)), from_us, now_us);
  for (guint i = 0; snapshot->flags != NULL && i < snapshot->flags->len; i++)
    add_flag (marks, tw_flag_get (g_ptr_array_index (snapshot->flags, i)), from_us, now_us);
}
