/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A patient's fields behind an atomic count: cleaned when built, never changed; age, category and
 * name as text. */
#include "config.h"

#include "tw-patient.h"
#include "tw-time.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define MAX_TEXT 120 /* characters */
#define NEONATE_DAYS 28
#define ADULT_YEARS 16

struct _TwPatient
{
  gatomicrefcount ref_count;
  TwPatientFields fields;
};

/* Format characters (Cf) hold the marks that turn the direction of text; joiners are Cf too, and
 * some scripts need them to write a name, so these two stay. */
static gboolean
is_allowed (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  if (c == 0x200c || c == 0x200d)
    return TRUE;
  return type != G_UNICODE_CONTROL && type != G_UNICODE_FORMAT && type != G_UNICODE_LINE_SEPARATOR
         && type != G_UNICODE_PARAGRAPH_SEPARATOR && type != G_UNICODE_PRIVATE_USE
         && type != G_UNICODE_UNASSIGNED && type != G_UNICODE_SURROGATE;
}

/* NULL for a text that holds nothing to show. */
static char *
dup_clean (const char *text)
{
  g_autofree char *valid = NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  int n = 0;

  if (text == NULL)
    return NULL;
  valid = g_utf8_make_valid (text, -1);
  for (const char *p = valid; *p != '\0' && n < MAX_TEXT; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      if (!is_allowed (c))
        continue;
      g_string_append_unichar (out, c);
      n++;
    }
  g_strstrip (out->str);
  return out->str[0] != '\0' ? g_strdup (out->str) : NULL;
}

static void
clear_birth_from (TwPatientFields *fields, gboolean month)
{
  if (month)
    fields->birth_month = 0;
  fields->birth_day = 0;
}

/* A part that does not exist ("month 13") is unknown, and so is every finer part. */
static void
check_birth (TwPatientFields *fields)
{
  if (fields->birth_year < 1800 || fields->birth_year > 9999)
    {
      fields->birth_year = 0;
      clear_birth_from (fields, TRUE);
    }
  else if (fields->birth_month < 1 || fields->birth_month > 12)
    clear_birth_from (fields, TRUE);
  else if (fields->birth_day < 1
           || !g_date_valid_dmy ((GDateDay) MIN (fields->birth_day, 32),
                                 (GDateMonth) fields->birth_month, (GDateYear) fields->birth_year))
    clear_birth_from (fields, FALSE);
}

TwPatient *
tw_patient_new (const TwPatientFields *fields)
{
  TwPatient *self;

  g_return_val_if_fail (fields != NULL, NULL);

  self = g_new0 (TwPatient, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->fields = *fields;
  self->fields.id = dup_clean (fields->id);
  self->fields.family = dup_clean (fields->family);
  self->fields.given = dup_clean (fields->given);
  self->fields.identifier = dup_clean (fields->identifier);
  self->fields.bed = dup_clean (fields->bed);
  self->fields.ward = dup_clean (fields->ward);
  if (fields->age_years < 0 || fields->age_years > 150)
    self->fields.age_years = -1;
  if (!(isfinite (fields->weight_kg) && fields->weight_kg > 0))
    self->fields.weight_kg = NAN;
  check_birth (&self->fields);
  return self;
}

TwPatient *
tw_patient_ref (TwPatient *patient)
{
  g_return_val_if_fail (patient != NULL, NULL);

  g_atomic_ref_count_inc (&patient->ref_count);
  return patient;
}

void
tw_patient_unref (TwPatient *patient)
{
  g_return_if_fail (patient != NULL);

  if (!g_atomic_ref_count_dec (&patient->ref_count))
    return;
  g_free (patient->fields.id);
  g_free (patient->fields.family);
  g_free (patient->fields.given);
  g_free (patient->fields.identifier);
  g_free (patient->fields.bed);
  g_free (patient->fields.ward);
  g_free (patient);
}

/* Borrowed for as long as the patient is held. */
const TwPatientFields *
tw_patient_get (const TwPatient *patient)
{
  g_return_val_if_fail (patient != NULL, NULL);

  return &patient->fields;
}

/* Completed age. An unknown month or day counts as the first of the year or month. */
typedef struct
{
  int years;  /* -1: unknown */
  int months; /* beyond the years; -1: unknown */
  int days;   /* since birth; -1: unknown */
} Age;

static Age
get_age (const TwPatientFields *fields, gint64 t_us)
{
  Age age = { fields->age_years, -1, -1 };
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (t_us / TW_SECOND);
  g_autoptr (GDateTime) birth = NULL;
  int months;

  if (fields->birth_year == 0 || now == NULL)
    return age;
  birth = g_date_time_new_utc (fields->birth_year, MAX (fields->birth_month, 1),
                               MAX (fields->birth_day, 1), 0, 0, 0);
  if (birth == NULL || g_date_time_compare (now, birth) < 0)
    return (Age){ -1, -1, -1 };

  months = (g_date_time_get_year (now) - fields->birth_year) * 12 + g_date_time_get_month (now)
           - MAX (fields->birth_month, 1);
  if (g_date_time_get_day_of_month (now) < MAX (fields->birth_day, 1))
    months--;
  age.years = months / 12;
  if (fields->birth_month != 0)
    age.months = months % 12;
  if (fields->birth_day != 0)
    age.days = (int) (g_date_time_difference (now, birth) / G_TIME_SPAN_DAY);
  return age;
}

/* A date of birth after t_us (a shifted recording) gives -1. Born on 29 February: the birthday of a
 * common year is 1 March. */
int
tw_patient_age_years (const TwPatient *patient, gint64 t_us)
{
  g_return_val_if_fail (patient != NULL, -1);

  return get_age (&patient->fields, t_us).years;
}

/* Unknown age: adult. Under a year without a day of birth: child, as 28 days cannot be told. */
TwCategory
tw_patient_category (const TwPatient *patient, gint64 t_us)
{
  Age age;

  g_return_val_if_fail (patient != NULL, TW_CATEGORY_ADULT);

  age = get_age (&patient->fields, t_us);
  if (age.years < 0 || age.years >= ADULT_YEARS)
    return TW_CATEGORY_ADULT;
  if (age.days >= 0 && age.days < NEONATE_DAYS)
    return TW_CATEGORY_NEONATE;
  return TW_CATEGORY_CHILD;
}

char *
tw_patient_dup_name (const TwPatient *patient)
{
  const TwPatientFields *fields;
  g_autofree char *family = NULL;

  g_return_val_if_fail (patient != NULL, NULL);

  fields = &patient->fields;
  if (fields->family != NULL)
    family = g_utf8_strup (fields->family, -1);
  if (family != NULL && fields->given != NULL)
    /* Translators: surname in capitals, then given names. */
    return g_strdup_printf (_ ("%s, %s"), family, fields->given);
  if (family != NULL)
    return g_steal_pointer (&family);
  if (fields->given == NULL && fields->identifier != NULL)
    /* Translators: a record number in the place of a name that is not known, "ID 20192635". */
    return g_strdup_printf (_ ("ID %s"), fields->identifier);
  return g_strdup (fields->given != NULL ? fields->given : _ ("No name"));
}

gboolean
tw_patient_has_name (const TwPatient *patient)
{
  g_return_val_if_fail (patient != NULL, FALSE);

  return patient->fields.family != NULL || patient->fields.given != NULL;
}

static const char *
get_sex_letter (TwSex sex)
{
  switch (sex)
    {
    case TW_SEX_FEMALE:
      /* Translators: one letter or character for female, beside an age: "59 F". */
      return C_ ("sex", "F");
    case TW_SEX_MALE:
      /* Translators: one letter or character for male, beside an age: "59 M". */
      return C_ ("sex", "M");
    case TW_SEX_UNKNOWN:
    case TW_SEX_OTHER:
    default:
      return NULL;
    }
}

/* Days under 28 days, months under two years, then years. NULL: unknown. */
static char *
dup_age (const TwPatientFields *fields, gint64 t_us)
{
  Age age = get_age (fields, t_us);
  int months = age.years * 12 + age.months;

  if (age.years < 0)
    return NULL;
  if (age.days >= 0 && age.days < NEONATE_DAYS)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%d day", "%d days", (gulong) age.days),
                            age.days);
  if (age.years < 2 && age.months >= 0)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%d month", "%d months", (gulong) months),
                            months);
  return g_strdup_printf ("%d", age.years);
}

char *
tw_patient_dup_age_sex (const TwPatient *patient, gint64 t_us)
{
  g_autofree char *age = NULL;
  const char *sex;

  g_return_val_if_fail (patient != NULL, NULL);

  age = dup_age (&patient->fields, t_us);
  sex = get_sex_letter (patient->fields.sex);
  if (age != NULL && sex != NULL)
    /* Translators: age, then the letter of the sex: "59 F". */
    return g_strdup_printf (C_ ("age and sex", "%s %s"), age, sex);
  if (age != NULL)
    return g_steal_pointer (&age);
  return g_strdup (sex != NULL ? sex : "");
}

/* Month and year, or the year alone, where no more is known. */
char *
tw_patient_dup_birth_date (const TwPatient *patient)
{
  const TwPatientFields *fields;
  g_autoptr (GDateTime) date = NULL;

  g_return_val_if_fail (patient != NULL, NULL);

  fields = &patient->fields;
  if (fields->birth_year == 0)
    return NULL;
  date = g_date_time_new_utc (fields->birth_year, MAX (fields->birth_month, 1),
                              MAX (fields->birth_day, 1), 0, 0, 0);
  if (date == NULL)
    return NULL;
  if (fields->birth_month == 0)
    return g_date_time_format (date, "%Y");
  if (fields->birth_day == 0)
    /* Translators: month and year of birth, as of strftime: "Mar 1966". */
    return g_date_time_format (date, _ ("%b %Y"));
  /* Translators: date of birth with the month as a word, as of strftime: "8 Mar 1966". */
  return g_date_time_format (date, _ ("%-d %b %Y"));
}
