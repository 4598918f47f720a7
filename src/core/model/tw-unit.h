/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Units of measure: the UCUM codes that are known, and exact conversion between them. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  TW_UNIT_UNKNOWN = 0, /* a code that is not in the table: refused, never guessed */
  TW_UNIT_NONE,        /* no unit, "1" */
  TW_UNIT_PER_MIN,     /* /min, {beat}/min, {beats}/min, {breath}/min, {breaths}/min, 1/min */
  TW_UNIT_MMHG,        /* mm[Hg] */
  TW_UNIT_KPA,         /* kPa */
  TW_UNIT_PERCENT,     /* % */
  TW_UNIT_FRACTION,    /* {fraction}, or a SpO2 / FiO2 given as 1 */
  TW_UNIT_CEL,         /* Cel */
  TW_UNIT_DEGF,        /* [degF] */
  TW_UNIT_MG_DL,       /* mg/dL */
  TW_UNIT_MMOL_L,      /* mmol/L */
  TW_UNIT_L_MIN,       /* L/min, l/min */
  TW_UNIT_SCORE,       /* {score} */
  TW_UNIT_INSULIN_U,   /* U, IU, [IU], [iU] */
  TW_UNIT_INSULIN_U_H, /* U/h, [iU]/h ... */
  TW_UNIT_G,           /* g */
  TW_UNIT_MG,          /* mg */
  TW_UNIT_ML,          /* mL */
  TW_UNIT_L,           /* L */
  TW_UNIT_UG_KG_MIN,   /* ug/kg/min */
  TW_N_UNITS
} TwUnit;

/* The code is compared as UCUM does: case-sensitive, annotations in braces ignored where the table
 * says so. */
TwUnit tw_unit_from_ucum (const char *code, gssize length);

/* Canonical UCUM code ("mm[Hg]") and the symbol for people ("mmHg", "/min", "°C"); never NULL. */
const char *tw_unit_ucum (TwUnit unit);
const char *tw_unit_symbol (TwUnit unit);

/* Converts value between units of one quantity. FALSE, and *result = NaN, when there is no
 * conversion. NaN in gives NaN out and TRUE. */
gboolean tw_unit_convert (double value, TwUnit from, TwUnit to, double *result);

G_END_DECLS
