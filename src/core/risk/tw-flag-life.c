/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The life of one condition's flag: active, acknowledged, resolved; urgent ones wait for
 * acknowledgement, a higher level starts anew and breaks through a silence. Published flags
 * never change: a new one takes their place. */
#include "config.h"

#include "tw-flag-life.h"

#include "tw-time.h"

#include <math.h>
#include <string.h>

/* Times of inputs move with every sample; a flag that is otherwise the same is published no more
 * often. */
#define REFRESH (10 * TW_SECOND)

static gboolean
same_number (double a, double b)
{
  return a == b || (isnan (a) && isnan (b));
}

/* No news: neither level nor state nor an attribute of the flag's life moved. */
static gboolean
is_no_news (const TwFlagFields *a, const TwFlagFields *b)
{
  return a->level == b->level && a->state == b->state && a->last_known == b->last_known
         && a->silenced_until_us == b->silenced_until_us && a->acknowledged_us == b->acknowledged_us
         && a->ended_us == b->ended_us && a->since_us == b->since_us
         && a->raised_us == b->raised_us;
}

/* The same numbers: what a person reads did not move either. */
static gboolean
is_alike (const TwFlagFields *a, const TwFlagFields *b)
{
  return a->n_evidence == b->n_evidence && a->n_scored == b->n_scored && a->n_right == b->n_right
         && same_number (a->value, b->value) && same_number (a->limit, b->limit)
         && same_number (a->crossing.p, b->crossing.p) && same_number (a->p_raise, b->p_raise);
}

static gboolean
is_same_evidence (const TwFlagFields *a, const TwFlagFields *b)
{
  for (guint i = 0; i < a->n_evidence; i++)
    if (a->evidence[i].channel != b->evidence[i].channel
        || a->evidence[i].t_us != b->evidence[i].t_us
        || a->evidence[i].points != b->evidence[i].points
        || !same_number (a->evidence[i].value, b->evidence[i].value))
      return FALSE;
  return a->value_us == b->value_us && a->trend.direction == b->trend.direction
         && same_number (a->trend.per_hour, b->trend.per_hour);
}

/* Puts a flag with these fields in place of the one before, when it differs. TRUE when that is
 * news. */
static gboolean
publish (TwFlagLife *life, const TwFlagFields *fields, TwFlagSink *sink)
{
  const TwFlagFields *old = life->flag != NULL ? tw_flag_get (life->flag) : NULL;
  gboolean news = old == NULL || !is_no_news (old, fields);

  if (!news && is_alike (old, fields)
      && (sink->now_us - life->published_us < REFRESH || is_same_evidence (old, fields)))
    return FALSE;
  g_clear_pointer (&life->flag, tw_flag_unref);
  life->flag = tw_flag_new (fields);
  life->published_us = sink->now_us;
  sink->published = TRUE;
  return news;
}

/* The old flag's life with the new finding's content. */
static void
carry_on (TwFlagFields *next, const TwFlagFields *old, const TwFlagFields *is)
{
  *next = *is;
  next->level = old->level;
  next->state = old->state;
  next->raised_us = old->raised_us;
  next->resolved_us = 0;
  next->acknowledged_us = old->acknowledged_us;
  next->silenced_until_us = old->silenced_until_us;
  next->last_known = FALSE;
  next->ended_us = 0;
}

void
tw_flag_life_tell (TwRiskEventKind kind, const TwFlagFields *flag, TwFlagSink *sink)
{
  TwRiskEvent event = {
    .kind = kind, .t_us = sink->now_us, .raised_us = flag->raised_us, .level = flag->level,
    .predicted = flag->kind == TW_FLAG_PREDICTED,
  };

  if (sink->events == NULL)
    return;
  g_strlcpy (event.rule, flag->rule, sizeof event.rule);
  tw_risk_events_add (sink->events, &event);
}

static void
raise_flag (TwFlagLife *life, TwFlagFields *next, TwLevel level, TwFlagSink *sink)
{
  next->level = level;
  next->state = TW_FLAG_ACTIVE;
  next->raised_us = sink->now_us;
  next->resolved_us = 0;
  next->acknowledged_us = 0;
  next->silenced_until_us = 0;
  next->last_known = FALSE;
  next->ended_us = 0;
  publish (life, next, sink);
  sink->changed = TRUE;
  tw_flag_life_tell (TW_RISK_RAISED, next, sink);
}

/* Urgent flags stay until somebody has seen them, although their cause is over: with the value that
 * was urgent and its time, since a milder one beside an urgent limit would say nothing. */
static gboolean
is_latched (const TwFlagFields *fields)
{
  return fields->level == TW_LEVEL_HIGH && fields->state == TW_FLAG_ACTIVE;
}

static void
step_open (TwFlagLife *life, const TwFinding *finding, TwFlagSink *sink)
{
  const TwFlagFields *old = tw_flag_get (life->flag);
  TwFlagFields next = *old;

  if (!finding->known)
    {
      if (finding->level != TW_LEVEL_NONE && finding->level < old->level && !is_latched (old))
        {
          carry_on (&next, old, finding->is);
          next.level = finding->level;
        }
      next.last_known = TRUE;
    }
  else if (finding->level == TW_LEVEL_NONE && !is_latched (old))
    {
      tw_flag_life_resolve (life, sink);
      return;
    }
  else if (is_latched (old) && finding->level < old->level)
    {
      next.last_known = FALSE;
      next.ended_us = old->ended_us != 0 ? old->ended_us : sink->now_us;
    }
  else
    {
      carry_on (&next, old, finding->is);
      if (finding->level > old->level)
        {
          raise_flag (life, &next, finding->level, sink);
          return;
        }
      next.level = finding->level;
    }
  if (next.silenced_until_us != 0 && sink->now_us >= next.silenced_until_us)
    next.silenced_until_us = 0;
  if (publish (life, &next, sink))
    sink->changed = TRUE;
}

void
tw_flag_life_step (TwFlagLife *life, const TwFinding *finding, TwFlagSink *sink)
{
  TwFlagFields next;

  if (life->flag != NULL)
    {
      step_open (life, finding, sink);
      return;
    }
  if (!finding->known || finding->level == TW_LEVEL_NONE)
    return;
  next = *finding->is;
  raise_flag (life, &next, finding->level, sink);
}

void
tw_flag_life_resolve (TwFlagLife *life, TwFlagSink *sink)
{
  TwFlagFields last;

  if (life->flag == NULL)
    return;
  last = *tw_flag_get (life->flag);
  last.state = TW_FLAG_RESOLVED;
  last.resolved_us = sink->now_us;
  last.silenced_until_us = 0;
  g_ptr_array_insert (sink->history, 0, tw_flag_new (&last));
  if (sink->history->len > TW_FLAG_HISTORY)
    g_ptr_array_set_size (sink->history, TW_FLAG_HISTORY);
  g_clear_pointer (&life->flag, tw_flag_unref);
  life->resolved_us = sink->now_us;
  sink->published = TRUE;
  sink->changed = TRUE;
}

void
tw_flag_life_acknowledge (TwFlagLife *life, TwFlagSink *sink)
{
  TwFlagFields next = *tw_flag_get (life->flag);

  if (next.state == TW_FLAG_ACKNOWLEDGED)
    return;
  next.state = TW_FLAG_ACKNOWLEDGED;
  next.acknowledged_us = sink->now_us;
  if (publish (life, &next, sink))
    sink->changed = TRUE;
  tw_flag_life_tell (TW_RISK_ACKNOWLEDGED, &next, sink);
}

void
tw_flag_life_silence (TwFlagLife *life, gint64 until_us, TwFlagSink *sink)
{
  TwFlagFields next = *tw_flag_get (life->flag);

  next.silenced_until_us = until_us;
  if (publish (life, &next, sink))
    sink->changed = TRUE;
}

void
tw_flag_life_clear (TwFlagLife *life)
{
  g_clear_pointer (&life->flag, tw_flag_unref);
  *life = (TwFlagLife) { 0 };
}
