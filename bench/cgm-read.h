/* SPDX-License-Identifier: GPL-3.0-or-later */
/* People with glucose sensors from plain observations files, cleaned as in the app. */
#pragma once

#include "cgm-fit.h"

G_BEGIN_DECLS

typedef struct
{
  GPtrArray *persons; /* CgmPerson * */
  GPtrArray *names;   /* char *, of the sets: the folder of each file */
  GPtrArray *sums;    /* char *, SHA-256 of each file */
} CgmCohort;

CgmCohort *cgm_cohort_read (char **files, GError **error);
void cgm_cohort_free (CgmCohort *cohort);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CgmCohort, cgm_cohort_free)

G_END_DECLS
