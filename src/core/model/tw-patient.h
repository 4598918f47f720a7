/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who a stream belongs to. Immutable once built, atomically counted. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  TW_SEX_UNKNOWN,
  TW_SEX_FEMALE,
  TW_SEX_MALE,
  TW_SEX_OTHER
} TwSex;

/* Limits and scores differ by category. */
typedef enum
{
  TW_CATEGORY_ADULT,   /* 16 years and older, or age unknown (said beside the limits) */
  TW_CATEGORY_CHILD,   /* 28 days to under 16 years */
  TW_CATEGORY_NEONATE, /* under 28 days */
  TW_N_CATEGORIES
} TwCategory;

typedef struct
{
  char *id;         /* the server's logical id; never shown to people */
  char *family;     /* NULL: without a name */
  char *given;
  char *identifier; /* record number as written, NULL when none */
  char *bed;        /* "3"; NULL when none */
  char *ward;       /* "Ward 3B" */
  TwSex sex;
  int birth_year, birth_month, birth_day; /* 0: unknown (month and day may be unknown alone) */
  int age_years;    /* -1: unknown; used when no birth date is known (recordings) */
  gboolean spo2_scale_2;      /* a clinician set 88-92 % */
  gboolean pregnant;
  gboolean invented;          /* demo patient */
  double weight_kg;           /* NaN: unknown */
} TwPatientFields;

typedef struct _TwPatient TwPatient;

/* Copies the fields; strings are cleaned (control and bidi characters dropped, length capped at
 * 120). */
TwPatient *tw_patient_new (const TwPatientFields *fields);
TwPatient *tw_patient_ref (TwPatient *patient);
void tw_patient_unref (TwPatient *patient);
const TwPatientFields *tw_patient_get (const TwPatient *patient);

/* Whole years at t_us (a birthday counts from its start in UTC); -1 unknown. */
int tw_patient_age_years (const TwPatient *patient, gint64 t_us);
TwCategory tw_patient_category (const TwPatient *patient, gint64 t_us);

/* "DEMO, Clara"; without a name the record number, "ID 20192635", so that two patients are never
 * called the same; "No name" when there is neither. Both are translated. Free with g_free. */
char *tw_patient_dup_name (const TwPatient *patient);
/* Whether family or given name is known. */
gboolean tw_patient_has_name (const TwPatient *patient);
/* "59 F", "9 M", "5 months", "3 days", "F", "": age and sex as one short text. */
char *tw_patient_dup_age_sex (const TwPatient *patient, gint64 t_us);
/* "8 Mar 1966"; NULL when unknown. */
char *tw_patient_dup_birth_date (const TwPatient *patient);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwPatient, tw_patient_unref)

G_END_DECLS
