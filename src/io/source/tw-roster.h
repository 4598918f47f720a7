/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is on the ward: patients by an index that never changes its meaning, with bed and ward. */
#pragma once

#include "tw-fhir-read.h"
#include "tw-patient.h"

G_BEGIN_DECLS

#define TW_ROSTER_MAX_PATIENTS 500

typedef struct
{
  GPtrArray *patients;  /* TwPatient */
  GArray *present;      /* gboolean by index */
  GHashTable *by_id;    /* id -> index + 1; ids borrowed from patients */
  char *ward;           /* "Ward 3B"; "" when unsaid */
} TwRoster;

TwRoster *tw_roster_new (void);
void tw_roster_free (TwRoster *roster);
/* -1 when not known. */
int tw_roster_find (const TwRoster *roster, const char *id);

/* What one reading of the server brings together, page by page. */
typedef struct _TwRosterDraft TwRosterDraft;

TwRosterDraft *tw_roster_draft_new (void);
void tw_roster_draft_free (TwRosterDraft *draft);
void tw_roster_draft_add (TwRosterDraft *draft, const TwFhirPage *page);
guint tw_roster_draft_get_n_encounters (const TwRosterDraft *draft);
/* The id of a ward's Location that is named but was not sent; NULL when none is missing. */
const char *tw_roster_draft_get_missing (const TwRosterDraft *draft);
/* It cannot be had: do not ask again. */
void tw_roster_draft_give_up (TwRosterDraft *draft, const char *location);
/* Everybody of a Patient list is present, where a server has no encounters. */
void tw_roster_draft_use_all_patients (TwRosterDraft *draft);

/* Takes the draft over; TRUE when anything changed. */
gboolean tw_roster_apply (TwRoster *roster, const TwRosterDraft *draft);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwRoster, tw_roster_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwRosterDraft, tw_roster_draft_free)

G_END_DECLS
