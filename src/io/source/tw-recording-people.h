/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sex and age of the people of a recording, from the patients.csv beside it. */
#pragma once

#include <glib.h>

#include "tw-patient.h"

G_BEGIN_DECLS

typedef struct
{
  TwSex sex;
  int age_years; /* -1: unknown */
} TwRecordedPerson;

/* patient id -> TwRecordedPerson. Columns patient, sex, age_years in any order; others are left
 * alone. Empty where there is no such file; a file that cannot be used sets why (free with
 * g_free). */
GHashTable *tw_recording_people_load (const char *folder, char **why);

/* "F", "Female", "m", "male", "other"... */
TwSex tw_recording_people_sex (const char *text);

G_END_DECLS
