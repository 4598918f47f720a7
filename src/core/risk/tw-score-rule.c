/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NEWS2 as one flag: a single 3 or 5-6 is a warning, 7 and more is urgent. "At least n" may
 * raise it. It ends only when newer values bring the score down, never because a value grew old:
 * an item that is no longer fresh keeps its last points for that question alone, and the flag
 * says "last known" meanwhile. */
#include "config.h"

#include "tw-score-rule.h"

#include "tw-time.h"

#include <math.h>
#include <string.h>

/* The level of a total and of the greatest single points, by the table. */
static TwLevel
level_of (const TwRiskMoment *moment, int total, int most)
{
  const TwNews2Table *news2 = moment->table->news2;
  const TwScoreRule *score = moment->table->rules.score;
  TwLevel level = TW_LEVEL_NONE;

  if (most >= news2->single_points)
    level = MAX (level, score[TW_SCORE_SINGLE].level);
  if (total >= news2->medium_total)
    level = MAX (level, score[TW_SCORE_MEDIUM].level);
  if (total >= news2->high_total)
    level = MAX (level, score[TW_SCORE_HIGH].level);
  return level;
}

/* The times of a level: those of the first rule that has it. */
static const TwScoreRule *
rule_of (const TwRiskMoment *moment, TwLevel level)
{
  const TwScoreRule *score = moment->table->rules.score;

  for (int i = 0; i < TW_N_SCORES; i++)
    if (score[i].level == level)
      return &score[i];
  return NULL;
}

/* Level by what is fresh, and by what was known last. */
static void
find_levels (TwScoreState *state, const TwRiskMoment *moment, TwLevel *fresh, TwLevel *last)
{
  int total = 0, most = 0, fresh_most = 0;

  for (int i = 0; i < TW_NEWS2_N_ITEMS; i++)
    {
      if (state->news2.parts[i].points >= 0)
        state->carried[i] = state->news2.parts[i];
      total += state->carried[i].points;
      most = MAX (most, state->carried[i].points);
      fresh_most = MAX (fresh_most, state->news2.parts[i].points);
    }
  *fresh = level_of (moment, state->news2.total, fresh_most);
  *last = level_of (moment, total, most);
}

/* When the score came to be what it is: the newest value that has points. */
static gint64
newest_scoring (const TwNews2Part *parts)
{
  gint64 newest_us = 0;

  for (int i = 0; i < TW_NEWS2_N_ITEMS; i++)
    if (parts[i].points > 0)
      newest_us = MAX (newest_us, parts[i].t_us);
  return newest_us;
}

static void
step_run (TwScoreRun *run,
          const TwScoreState *state,
          const TwRiskMoment *moment,
          const TwScoreRule *rule,
          gboolean holds,
          gboolean held_last)
{
  if (holds)
    {
      if (run->since_us == 0)
        run->since_us = newest_scoring (state->news2.parts);
      run->below_us = 0;
      memcpy (run->parts, state->news2.parts, sizeof run->parts);
      run->met = run->met || moment->now_us - run->since_us >= rule->persist_us;
    }
  else if (held_last && run->met)
    run->below_us = 0;
  else if (!run->met)
    run->since_us = 0;
  else
    {
      if (run->below_us == 0)
        run->below_us = moment->now_us;
      if (moment->now_us - run->below_us >= rule->clear_us)
        memset (run, 0, sizeof *run);
    }
}

/* Adds the items, those with most points first; returns their sum. */
static int
add_items (TwFlagFields *fields, const TwNews2Part *parts)
{
  int total = 0;

  for (int points = 3; points >= 0; points--)
    for (int i = 0; i < TW_NEWS2_N_ITEMS; i++)
      if (parts[i].points == points && parts[i].t_us != 0)
        {
          tw_risk_moment_add_evidence (fields, parts[i].channel, parts[i].value, parts[i].t_us,
                                       points);
          total += points;
        }
  return total;
}

/* From what reached the level; where the flag lives on what was known last, from that. */
static void
describe (const TwScoreState *state,
          const TwRiskMoment *moment,
          TwLevel level,
          gboolean known,
          TwFlagFields *fields)
{
  const TwNews2Table *table = moment->table->news2;
  const TwScoreRun *run = &state->run[level - TW_LEVEL_LOW];
  const TwNews2Part *parts = known ? run->parts : state->carried;

  tw_risk_moment_start (moment, fields, TW_FLAG_SCORE, TW_CHANNEL_HEART_RATE, "");
  g_strlcpy (fields->rule, "news2", sizeof fields->rule);
  memset (&fields->trend, 0, sizeof fields->trend);
  fields->channel = TW_CHANNEL_NONE;
  fields->value = add_items (fields, parts);
  fields->value_us = newest_scoring (parts);
  fields->since_us = run->since_us;
  fields->limit = level == TW_LEVEL_HIGH               ? table->high_total
                  : fields->value < table->medium_total ? table->single_points
                                                        : table->medium_total;
  g_strlcpy (fields->table_version, state->news2.table_version, sizeof fields->table_version);
}

/* Scores, and brings the flag up to it. In a patient for whom NEWS2 is not used an open flag
 * ends. */
void
tw_score_rule_step (TwScoreState *state, TwFlagLife *life, const TwRiskMoment *moment)
{
  TwFinding finding = { TW_LEVEL_NONE, TRUE, NULL };
  TwLevel fresh, last;
  TwFlagFields fields;

  tw_news2_evaluate_in (moment->table->news2, moment->setting, moment->judged, moment->now_us,
                        &state->news2);
  if (state->news2.status == TW_NEWS2_NOT_USED)
    {
      tw_flag_life_resolve (life, moment->sink);
      return;
    }
  find_levels (state, moment, &fresh, &last);
  life->pending = FALSE;
  for (TwLevel level = TW_LEVEL_LOW; level <= TW_LEVEL_HIGH && !moment->input->feed_lost; level++)
    {
      const TwScoreRule *rule = rule_of (moment, level);
      TwScoreRun *run = &state->run[level - TW_LEVEL_LOW];

      if (rule == NULL)
        continue;
      step_run (run, state, moment, rule, fresh >= level, last >= level);
      life->pending = life->pending || (run->since_us != 0 && !run->met);
      if (run->met)
        finding.level = level;
    }
  if (moment->input->feed_lost || (finding.level > fresh && last >= finding.level))
    finding.known = FALSE;
  if (finding.level == TW_LEVEL_NONE && life->flag == NULL)
    return;
  if (finding.level != TW_LEVEL_NONE)
    {
      describe (state, moment, finding.level, finding.known, &fields);
      finding.is = &fields;
    }
  tw_flag_life_step (life, &finding, moment->sink);
}
