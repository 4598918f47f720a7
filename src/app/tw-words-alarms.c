/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of the ward's alarm load: counts as they are, shares and rates only when there is enough. */
#include "config.h"

#include "tw-words-alarms.h"

#include "tw-words-value.h"

#include <glib/gi18n-lib.h>
#include <math.h>

char *
tw_words_alarms_span (const TwAlarmSummary *alarms)
{
  g_autofree char *clock = NULL;

  if (alarms->from_us == 0)
    return g_strdup (_("Not watched yet"));
  clock = tw_words_clock (alarms->from_us, FALSE);
  /* Translators: the span of the ward's alarm load, as "Since 02:02, 3.9 patient-days". */
  return g_strdup_printf (_("Since %s, %.1f patient-days"), clock, alarms->days);
}

char *
tw_words_alarms_raised (const TwAlarmSummary *alarms)
{
  if (alarms->n_raised == 0)
    return g_strdup (_("None"));
  /* Translators: flags raised on the ward, as "14, 5 of them predicted". */
  return g_strdup_printf (_("%u, %u of them predicted"), alarms->n_raised, alarms->n_predicted);
}

char *
tw_words_alarms_acknowledged (const TwAlarmSummary *alarms)
{
  if (alarms->n_acknowledged == 0)
    return g_strdup (_("None acknowledged yet"));
  if (alarms->acknowledge_min < 1)
    /* Translators: the median time to acknowledge, as "Under 1 min (9 acknowledged)". */
    return g_strdup_printf (_("Under 1 min (%u acknowledged)"), alarms->n_acknowledged);
  /* Translators: the median time to acknowledge, as "4 min (9 acknowledged)". */
  return g_strdup_printf (_("%.0f min (%u acknowledged)"), alarms->acknowledge_min, alarms->n_acknowledged);
}

char *
tw_words_alarms_record (const TwAlarmSummary *alarms)
{
  if (alarms->n_scored == 0)
    return g_strdup (_("None has come due"));
  if (alarms->n_scored < TW_ALARM_SUMMARY_ENOUGH_SCORED)
    /* Translators: predictions that came true, as "Too few to judge (2 of 3 right)". */
    return g_strdup_printf (_("Too few to judge (%u of %u right)"), alarms->n_right, alarms->n_scored);
  /* Translators: predictions that came true, as "Right 7 of 12". */
  return g_strdup_printf (_("Right %u of %u"), alarms->n_right, alarms->n_scored);
}

char *
tw_words_alarms_rate (const TwAlarmSummary *alarms)
{
  if (alarms->days < TW_ALARM_SUMMARY_ENOUGH_DAYS)
    return g_strdup (_("Too early to say"));
  /* Translators: flags per patient-day, and what limits without any rule would give, as "3.1; plain limits
   * 9.4". */
  return g_strdup_printf (_("%.1f; plain limits %.1f"), alarms->n_raised / alarms->days,
                          alarms->n_plain / alarms->days);
}
