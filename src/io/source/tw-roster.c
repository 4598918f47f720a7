/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Brings Encounter, Patient and Location together into beds with patients. */
#include "config.h"

#include "tw-roster.h"

#include <math.h>
#include <string.h>

typedef struct
{
  char *name, *part_of, *kind;
} Place;

typedef struct
{
  char *patient, *location;
} Stay;

struct _TwRosterDraft
{
  GHashTable *patients; /* id -> TwPatient */
  GPtrArray *order;     /* ids of patients as listed; borrowed from the table */
  GHashTable *places;   /* Location id -> Place; NULL value: given up */
  GArray *stays;        /* Stay */
};

static void
free_place (Place *place)
{
  if (place == NULL)
    return;
  g_free (place->name);
  g_free (place->part_of);
  g_free (place->kind);
  g_free (place);
}

static void
clear_stay (Stay *stay)
{
  g_free (stay->patient);
  g_free (stay->location);
}

TwRosterDraft *
tw_roster_draft_new (void)
{
  TwRosterDraft *draft = g_new0 (TwRosterDraft, 1);
  draft->patients
    = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) tw_patient_unref);
  draft->order = g_ptr_array_new ();
  draft->places =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)free_place);
  draft->stays = g_array_new (FALSE, FALSE, sizeof (Stay));
  g_array_set_clear_func (draft->stays, (GDestroyNotify) clear_stay);
  return draft;
}

void
tw_roster_draft_free (TwRosterDraft *draft)
{
  if (draft == NULL)
    return;
  g_hash_table_unref (draft->patients);
  g_ptr_array_unref (draft->order);
  g_hash_table_unref (draft->places);
  g_array_unref (draft->stays);
  g_free (draft);
}

static void
add_stay (TwRosterDraft *draft,
          const char *patient,
          const char *location)
{
  for (guint i = 0; i < draft->stays->len; i++)
    {
      Stay *known = &g_array_index (draft->stays, Stay, i);
      if (!g_str_equal (known->patient, patient))
        continue;
      /* Two encounters of one patient: a bed is better than none. */
      if (known->location[0] == '\0')
        {
          g_free (known->location);
          known->location = g_strdup (location);
        }
      return;
    }
  Stay stay = { g_strdup (patient), g_strdup (location) };
  if (draft->stays->len < TW_ROSTER_MAX_PATIENTS)
    g_array_append_val (draft->stays, stay);
  else
    clear_stay (&stay);
}

void
tw_roster_draft_add (TwRosterDraft *draft,
                     const TwFhirPage *page)
{
  for (guint i = 0; i < page->patients->len; i++)
    {
      TwPatient *patient = g_ptr_array_index (page->patients, i);
      const char *id = tw_patient_get (patient)->id;
      if (id == NULL || id[0] == '\0' || g_hash_table_contains (draft->patients, id))
        continue;
      char *key = g_strdup (id);
      g_hash_table_insert (draft->patients, key, tw_patient_ref (patient));
      g_ptr_array_add (draft->order, key);
    }
  for (guint i = 0; i < page->locations->len; i++)
    {
      const TwFhirLocation *location = &g_array_index (page->locations, TwFhirLocation, i);
      Place *place = g_new0 (Place, 1);
      place->name = g_strdup (tw_fhir_page_text (page, location->name));
      place->part_of = g_strdup (tw_fhir_page_text (page, location->part_of));
      place->kind = g_strdup (tw_fhir_page_text (page, location->kind));
      g_hash_table_replace (draft->places, g_strdup (tw_fhir_page_text (page, location->id)),
                            place);
    }
  for (guint i = 0; i < page->encounters->len; i++)
    {
      const TwFhirEncounter *encounter = &g_array_index (page->encounters, TwFhirEncounter, i);
      const char *patient = tw_fhir_page_text (page, encounter->patient);
      /* A server that ignored the parameter sends finished ones too. */
      if (patient[0] != '\0'
          && g_str_equal (tw_fhir_page_text (page, encounter->status), "in-progress"))
        add_stay (draft, patient, tw_fhir_page_text (page, encounter->location));
    }
}

guint
tw_roster_draft_get_n_encounters (const TwRosterDraft *draft)
{
  return draft->stays->len;
}

const char *
tw_roster_draft_get_missing (const TwRosterDraft *draft)
{
  for (guint i = 0; i < draft->stays->len; i++)
    {
      const char *location = g_array_index (draft->stays, Stay, i).location;
      const Place *place;
      if (location[0] == '\0')
        continue;
      if (!g_hash_table_contains (draft->places, location))
        return location;
      place = g_hash_table_lookup (draft->places, location);
      if (place != NULL && place->part_of[0] != '\0'
          && !g_hash_table_contains (draft->places, place->part_of))
        return place->part_of;
    }
  return NULL;
}

void
tw_roster_draft_give_up (TwRosterDraft *draft,
                         const char *location)
{
  g_hash_table_replace (draft->places, g_strdup (location), NULL);
}

void
tw_roster_draft_use_all_patients (TwRosterDraft *draft)
{
  for (guint i = 0; i < draft->order->len; i++)
    add_stay (draft, g_ptr_array_index (draft->order, i), "");
}

TwRoster *
tw_roster_new (void)
{
  TwRoster *roster = g_new0 (TwRoster, 1);
  roster->patients = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_patient_unref);
  roster->present = g_array_new (FALSE, TRUE, sizeof (gboolean));
  roster->by_id = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  roster->ward = g_strdup ("");
  return roster;
}

void
tw_roster_free (TwRoster *roster)
{
  if (roster == NULL)
    return;
  g_ptr_array_unref (roster->patients);
  g_array_unref (roster->present);
  g_hash_table_unref (roster->by_id);
  g_free (roster->ward);
  g_free (roster);
}

int
tw_roster_find (const TwRoster *roster,
                const char *id)
{
  return GPOINTER_TO_INT (g_hash_table_lookup (roster->by_id, id)) - 1;
}

/* A bed's name as it is shown, and the ward above it. A Location that is a ward itself is no bed.
 */
static void
find_place (const TwRosterDraft *draft,
            const char *location,
            const char **bed,
            const char **ward)
{
  const Place *place = g_hash_table_lookup (draft->places, location);
  const Place *parent = place != NULL ? g_hash_table_lookup (draft->places, place->part_of) : NULL;
  *bed = *ward = NULL;
  if (place == NULL)
    return;
  if (g_str_equal (place->kind, "wa"))
    {
      *ward = place->name;
      return;
    }
  *bed = place->name[0] != '\0' ? place->name : location;
  *ward = parent != NULL && parent->name[0] != '\0' ? parent->name : NULL;
}

static TwPatient *
make_patient (const TwRosterDraft *draft,
              const Stay *stay)
{
  TwPatient *known = g_hash_table_lookup (draft->patients, stay->patient);
  TwPatientFields fields = { .age_years = -1, .weight_kg = (double) NAN };
  const char *bed, *ward;
  if (known != NULL)
    fields = *tw_patient_get (known);
  find_place (draft, stay->location, &bed, &ward);
  fields.id = stay->patient;
  fields.bed = (char *) bed;
  fields.ward = (char *) ward;
  return tw_patient_new (&fields);
}

static gboolean
same_weight (double a,
             double b)
{
  return (isnan (a) && isnan (b)) || fabs (a - b) < 1e-9;
}

static gboolean
same_patient (const TwPatient *a,
              const TwPatient *b)
{
  const TwPatientFields *x = tw_patient_get (a), *y = tw_patient_get (b);
  return g_strcmp0 (x->family, y->family) == 0 && g_strcmp0 (x->given, y->given) == 0
         && g_strcmp0 (x->identifier, y->identifier) == 0 && g_strcmp0 (x->bed, y->bed) == 0
         && g_strcmp0 (x->ward, y->ward) == 0 && x->sex == y->sex && x->birth_year == y->birth_year
         && x->birth_month == y->birth_month && x->birth_day == y->birth_day
         && x->age_years == y->age_years && x->spo2_scale_2 == y->spo2_scale_2
         && x->pregnant == y->pregnant && x->invented == y->invented
         && same_weight (x->weight_kg, y->weight_kg);
}

/* Puts a patient in their place, a new one at the end. */
static gboolean
place_patient (TwRoster *roster,
               TwPatient *patient)
{
  int index = tw_roster_find (roster, tw_patient_get (patient)->id);
  if (index < 0)
    {
      gboolean present = TRUE;
      g_hash_table_insert (roster->by_id, g_strdup (tw_patient_get (patient)->id),
                           GINT_TO_POINTER ((int) roster->patients->len + 1));
      g_ptr_array_add (roster->patients, patient);
      g_array_append_val (roster->present, present);
      return TRUE;
    }
  gboolean *present = &g_array_index (roster->present, gboolean, (guint) index);
  gpointer *slot = &g_ptr_array_index (roster->patients, (guint) index);
  gboolean changed = !*present || !same_patient (*slot, patient);
  *present = TRUE;
  tw_patient_unref (*slot);
  *slot = patient;
  return changed;
}

gboolean
tw_roster_apply (TwRoster *roster,
                 const TwRosterDraft *draft)
{
  gboolean changed = FALSE;
  const char *ward = "";
  g_autoptr (GHashTable) here = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < draft->stays->len; i++)
    {
      const Stay *stay = &g_array_index (draft->stays, Stay, i);
      TwPatient *patient = make_patient (draft, stay);
      if (ward[0] == '\0' && tw_patient_get (patient)->ward != NULL)
        ward = tw_patient_get (patient)->ward;
      g_hash_table_add (here, stay->patient);
      changed = place_patient (roster, patient) || changed;
    }
  for (guint i = 0; i < roster->patients->len; i++)
    {
      gboolean *present = &g_array_index (roster->present, gboolean, i);
      if (*present
          && !g_hash_table_contains (here,
                                     tw_patient_get (g_ptr_array_index (roster->patients, i))->id))
        {
          *present = FALSE;
          changed = TRUE;
        }
    }
  if (!g_str_equal (ward, roster->ward))
    {
      g_free (roster->ward);
      roster->ward = g_strdup (ward);
      changed = TRUE;
    }
  return changed;
}
