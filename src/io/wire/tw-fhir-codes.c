/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Code systems and codes that the FHIR reader and writer share. */
#include "config.h"

#include "tw-fhir-codes.h"

#include <string.h>

static const char *const snomed[] = {
  [TW_ACVPU_ALERT] = "248234008",
  [TW_ACVPU_CONFUSION] = "130987000",
  [TW_ACVPU_VOICE] = "300202002",
  [TW_ACVPU_PAIN] = "450847001",
  [TW_ACVPU_UNRESPONSIVE] = "422768004",
};

int
tw_fhir_acvpu_from_snomed (const char *code,
                           gsize length)
{
  for (gsize i = 0; i < G_N_ELEMENTS (snomed); i++)
    if (strlen (snomed[i]) == length && memcmp (snomed[i], code, length) == 0)
      return (int) i;
  return -1;
}

const char *
tw_fhir_acvpu_snomed (int value)
{
  return value >= 0 && value < (int) G_N_ELEMENTS (snomed) ? snomed[value] : NULL;
}
