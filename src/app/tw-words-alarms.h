/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of the ward's alarm load. */
#pragma once

#include "tw-session.h"

G_BEGIN_DECLS

/* All are free with g_free. "Since 02:02, 3.9 patient-days", "Not watched yet". */
char *tw_words_alarms_span (const TwAlarmSummary *alarms);
/* "14, 5 of them predicted". */
char *tw_words_alarms_raised (const TwAlarmSummary *alarms);
/* "4 min (9 acknowledged)", "None acknowledged yet". */
char *tw_words_alarms_acknowledged (const TwAlarmSummary *alarms);
/* "Right 7 of 12", "Too few to judge (2 of 3 right)". */
char *tw_words_alarms_record (const TwAlarmSummary *alarms);
/* "3.1 a day; plain limits 9.4", "Too early to say". */
char *tw_words_alarms_rate (const TwAlarmSummary *alarms);

G_END_DECLS
