/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Patients: ages and categories at their boundaries, names that are missing or hostile. */
#include "config.h"

#include "tw-patient.h"
#include "tw-test.h"
#include "tw-time.h"

#include <math.h>

static gint64
at (const char *text)
{
  gint64 t_us = 0;

  g_assert_true (tw_time_parse (text, -1, &t_us));
  return t_us;
}

static void
test_age (void)
{
  static const struct
  {
    int year, month, day, age_years;
    TwSex sex;
    const char *now;
    int years;
    TwCategory category;
    const char *text;
  } table[] = {
    { 1966, 3, 8, -1, TW_SEX_FEMALE, "2026-03-07T23:59:59Z", 59, TW_CATEGORY_ADULT, "59 F" },
    { 1966, 3, 8, -1, TW_SEX_FEMALE, "2026-03-08T00:00:00Z", 60, TW_CATEGORY_ADULT, "60 F" },
    { 2010, 11, 22, -1, TW_SEX_MALE, "2026-11-21T12:00:00Z", 15, TW_CATEGORY_CHILD, "15 M" },
    { 2010, 11, 22, -1, TW_SEX_MALE, "2026-11-22T00:00:00Z", 16, TW_CATEGORY_ADULT, "16 M" },
    { 2026, 10, 25, -1, TW_SEX_UNKNOWN, "2026-11-21T23:59:59Z", 0, TW_CATEGORY_NEONATE, "27 days" },
    { 2026, 10, 25, -1, TW_SEX_UNKNOWN, "2026-11-22T00:00:00Z", 0, TW_CATEGORY_CHILD, "0 months" },
    { 2026, 11, 21, -1, TW_SEX_UNKNOWN, "2026-11-22T00:00:00Z", 0, TW_CATEGORY_NEONATE, "1 day" },
    { 2026, 6, 1, -1, TW_SEX_UNKNOWN, "2026-11-22T00:00:00Z", 0, TW_CATEGORY_CHILD, "5 months" },
    { 2024, 11, 23, -1, TW_SEX_UNKNOWN, "2026-11-22T00:00:00Z", 1, TW_CATEGORY_CHILD, "23 months" },
    { 2024, 11, 22, -1, TW_SEX_OTHER, "2026-11-22T00:00:00Z", 2, TW_CATEGORY_CHILD, "2" },
    { 2004, 2, 29, -1, TW_SEX_FEMALE, "2023-02-28T12:00:00Z", 18, TW_CATEGORY_ADULT, "18 F" },
    { 2004, 2, 29, -1, TW_SEX_FEMALE, "2023-03-01T00:00:00Z", 19, TW_CATEGORY_ADULT, "19 F" },
    { 1990, 0, 0, -1, TW_SEX_MALE, "2026-01-02T00:00:00Z", 36, TW_CATEGORY_ADULT, "36 M" },
    { 1990, 13, 5, -1, TW_SEX_MALE, "2026-01-02T00:00:00Z", 36, TW_CATEGORY_ADULT, "36 M" },
    { 2030, 1, 1, -1, TW_SEX_MALE, "2026-01-02T00:00:00Z", -1, TW_CATEGORY_ADULT, "M" },
    { 0, 0, 0, 68, TW_SEX_FEMALE, "2113-08-25T12:29:00Z", 68, TW_CATEGORY_ADULT, "68 F" },
    { 0, 0, 0, 0, TW_SEX_FEMALE, "2026-01-01T00:00:00Z", 0, TW_CATEGORY_CHILD, "0 F" },
    { 0, 0, 0, -1, TW_SEX_UNKNOWN, "2026-01-01T00:00:00Z", -1, TW_CATEGORY_ADULT, "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      TwPatientFields fields = { .birth_year = table[i].year, .birth_month = table[i].month,
                                 .birth_day = table[i].day, .age_years = table[i].age_years,
                                 .sex = table[i].sex, .weight_kg = (double) NAN };
      g_autoptr (TwPatient) patient = tw_patient_new (&fields);
      gint64 now = at (table[i].now);
      g_autofree char *text = tw_patient_dup_age_sex (patient, now);

      g_assert_cmpint (tw_patient_age_years (patient, now), ==, table[i].years);
      g_assert_cmpint (tw_patient_category (patient, now), ==, table[i].category);
      g_assert_cmpstr (text, ==, table[i].text);
    }
}

static void
test_names (void)
{
  static const struct
  {
    const char *family, *given, *identifier, *name;
  } table[] = {
    { "DEMO", "Clara", "4503", "DEMO, Clara" },
    { "Müller", "Ana Sofía", NULL, "MÜLLER, Ana Sofía" },
    { "Demo", NULL, "4503", "DEMO" },
    { NULL, "Clara", "4503", "Clara" },
    { NULL, NULL, "20192635", "ID 20192635" },
    { " \t\n", "", " 2019-2635/\xe2\x80\xae" "7 ", "ID 2019-2635/7" },
    { NULL, NULL, NULL, "No name" },
    { " \t\n", "", " \n", "No name" },
    { "De\xe2\x80\xaemo\x07", "Cla\xe2\x81\xa6ra\n", NULL, "DEMO, Clara" },
    { "王", "小明", "4503", "王, 小明" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      TwPatientFields fields = { .family = (char *) table[i].family,
                                 .given = (char *) table[i].given,
                                 .identifier = (char *) table[i].identifier, .age_years = -1 };
      g_autoptr (TwPatient) patient = tw_patient_new (&fields);
      const TwPatientFields *got = tw_patient_get (patient);
      g_autofree char *name = tw_patient_dup_name (patient);
      g_assert_cmpstr (name, ==, table[i].name);
      g_assert_true (tw_patient_has_name (patient)
                     == (got->family != NULL || got->given != NULL));
    }
}

static void
test_cleaning (void)
{
  g_autofree char *family = g_strnfill (5000, 'x');
  TwPatientFields fields = { .id = (char *) "p-1", .family = family, .given = (char *) "\xff\xfe",
                             .bed = (char *) " 3 ", .age_years = 999, .weight_kg = -4 };
  g_autoptr (TwPatient) patient = tw_patient_new (&fields);
  g_autoptr (TwPatient) second = tw_patient_ref (patient);
  const TwPatientFields *got = tw_patient_get (second);

  g_assert_cmpuint (strlen (got->family), ==, 120);
  g_assert_true (g_utf8_validate (got->given, -1, NULL));
  g_assert_cmpstr (got->bed, ==, "3");
  g_assert_cmpstr (got->id, ==, "p-1");
  g_assert_null (got->ward);
  g_assert_cmpint (got->age_years, ==, -1);
  g_assert_true (isnan (got->weight_kg));
}

static void
test_birth_date (void)
{
  static const struct
  {
    int year, month, day;
    const char *text;
  } table[] = {
    { 1966, 3, 8, "8 Mar 1966" }, { 1966, 3, 0, "Mar 1966" }, { 1966, 0, 0, "1966" },
    { 1966, 2, 30, "Feb 1966" },  { 0, 0, 0, NULL },          { 12, 1, 1, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      TwPatientFields fields = { .birth_year = table[i].year, .birth_month = table[i].month,
                                 .birth_day = table[i].day, .age_years = -1 };
      g_autoptr (TwPatient) patient = tw_patient_new (&fields);
      g_autofree char *text = tw_patient_dup_birth_date (patient);
      g_assert_cmpstr (text, ==, table[i].text);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/patient/age", test_age);
  g_test_add_func ("/patient/names", test_names);
  g_test_add_func ("/patient/cleaning", test_cleaning);
  g_test_add_func ("/patient/birth-date", test_birth_date);
  return g_test_run ();
}
