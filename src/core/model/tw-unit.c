/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Units of measure. Base value = (v - offset) * multiplier / divisor, one of the last two being 1,
 * so that each conversion is one rounding: mg/dL = mmol/L x 18.016, mm[Hg] = kPa x 7.50062, Cel =
 * ([degF] - 32) / 1.8, % = fraction x 100 (decisions.md, twin.md section 2). */
#include "config.h"

#include "tw-unit.h"

#include <math.h>
#include <string.h>

typedef enum
{
  QUANTITY_NONE,
  QUANTITY_NUMBER,
  QUANTITY_RATE,
  QUANTITY_PRESSURE,
  QUANTITY_SHARE,
  QUANTITY_TEMPERATURE,
  QUANTITY_GLUCOSE,
  QUANTITY_FLOW,
  QUANTITY_INSULIN,
  QUANTITY_INSULIN_RATE,
  QUANTITY_MASS,
  QUANTITY_VOLUME,
  QUANTITY_DOSE_RATE
} Quantity;

typedef struct
{
  const char *ucum;
  const char *symbol;
  Quantity quantity; /* values convert only within one quantity */
  double multiplier, divisor, offset;
} Unit;

static const Unit units[TW_N_UNITS] = {
  [TW_UNIT_UNKNOWN] = { "", "", QUANTITY_NONE, 1, 1, 0 },
  [TW_UNIT_NONE] = { "1", "", QUANTITY_NUMBER, 1, 1, 0 },
  [TW_UNIT_PER_MIN] = { "/min", "/min", QUANTITY_RATE, 1, 1, 0 },
  [TW_UNIT_MMHG] = { "mm[Hg]", "mmHg", QUANTITY_PRESSURE, 1, 1, 0 },
  [TW_UNIT_KPA] = { "kPa", "kPa", QUANTITY_PRESSURE, 7.50062, 1, 0 },
  [TW_UNIT_PERCENT] = { "%", "%", QUANTITY_SHARE, 1, 1, 0 },
  [TW_UNIT_FRACTION] = { "{fraction}", "", QUANTITY_SHARE, 100, 1, 0 },
  [TW_UNIT_CEL] = { "Cel", "°C", QUANTITY_TEMPERATURE, 1, 1, 0 },
  [TW_UNIT_DEGF] = { "[degF]", "°F", QUANTITY_TEMPERATURE, 1, 1.8, 32 },
  [TW_UNIT_MG_DL] = { "mg/dL", "mg/dL", QUANTITY_GLUCOSE, 1, 1, 0 },
  [TW_UNIT_MMOL_L] = { "mmol/L", "mmol/L", QUANTITY_GLUCOSE, 18.016, 1, 0 },
  [TW_UNIT_L_MIN] = { "L/min", "L/min", QUANTITY_FLOW, 1, 1, 0 },
  [TW_UNIT_SCORE] = { "{score}", "", QUANTITY_NUMBER, 1, 1, 0 },
  [TW_UNIT_INSULIN_U] = { "[iU]", "U", QUANTITY_INSULIN, 1, 1, 0 },
  [TW_UNIT_INSULIN_U_H] = { "[iU]/h", "U/h", QUANTITY_INSULIN_RATE, 1, 1, 0 },
  [TW_UNIT_G] = { "g", "g", QUANTITY_MASS, 1000, 1, 0 },
  [TW_UNIT_MG] = { "mg", "mg", QUANTITY_MASS, 1, 1, 0 },
  [TW_UNIT_ML] = { "mL", "mL", QUANTITY_VOLUME, 1, 1, 0 },
  [TW_UNIT_L] = { "L", "L", QUANTITY_VOLUME, 1000, 1, 0 },
  [TW_UNIT_UG_KG_MIN] = { "ug/kg/min", "µg/kg/min", QUANTITY_DOSE_RATE, 1, 1, 0 },
};

typedef struct
{
  const char *code;
  TwUnit unit;
} Code;

/* Every spelling that is taken. The common ones stand first: this list is walked for each
 * reading. */
static const Code codes[] = {
  { "/min", TW_UNIT_PER_MIN },
  { "mm[Hg]", TW_UNIT_MMHG },
  { "%", TW_UNIT_PERCENT },
  { "Cel", TW_UNIT_CEL },
  { "mg/dL", TW_UNIT_MG_DL },
  { "mmol/L", TW_UNIT_MMOL_L },
  { "{score}", TW_UNIT_SCORE },
  { "{beat}/min", TW_UNIT_PER_MIN },
  { "{beats}/min", TW_UNIT_PER_MIN },
  { "{breath}/min", TW_UNIT_PER_MIN },
  { "{breaths}/min", TW_UNIT_PER_MIN },
  { "1/min", TW_UNIT_PER_MIN },
  { "/min{beat}", TW_UNIT_PER_MIN },
  { "/min{beats}", TW_UNIT_PER_MIN },
  { "/min{breath}", TW_UNIT_PER_MIN },
  { "/min{breaths}", TW_UNIT_PER_MIN },
  { "{pulse}/min", TW_UNIT_PER_MIN },
  { "{resp}/min", TW_UNIT_PER_MIN },
  { "L/min", TW_UNIT_L_MIN },
  { "l/min", TW_UNIT_L_MIN },
  { "[degF]", TW_UNIT_DEGF },
  { "kPa", TW_UNIT_KPA },
  { "mg/dl", TW_UNIT_MG_DL },
  { "mmol/l", TW_UNIT_MMOL_L },
  { "{fraction}", TW_UNIT_FRACTION },
  { "1", TW_UNIT_NONE },
  { "", TW_UNIT_NONE },
  { "U", TW_UNIT_INSULIN_U },
  { "IU", TW_UNIT_INSULIN_U },
  { "[IU]", TW_UNIT_INSULIN_U },
  { "[iU]", TW_UNIT_INSULIN_U },
  { "U/h", TW_UNIT_INSULIN_U_H },
  { "IU/h", TW_UNIT_INSULIN_U_H },
  { "[IU]/h", TW_UNIT_INSULIN_U_H },
  { "[iU]/h", TW_UNIT_INSULIN_U_H },
  { "g", TW_UNIT_G },
  { "mg", TW_UNIT_MG },
  { "mL", TW_UNIT_ML },
  { "ml", TW_UNIT_ML },
  { "L", TW_UNIT_L },
  { "l", TW_UNIT_L },
  { "ug/kg/min", TW_UNIT_UG_KG_MIN },
  { "ug/(kg.min)", TW_UNIT_UG_KG_MIN },
};

/* Exact comparison of the whole code. "" and "1" are pure numbers: the cleaner accepts them only
 * for scores and shares. NULL and everything that is not in the list: TW_UNIT_UNKNOWN. */
TwUnit
tw_unit_from_ucum (const char *code, gssize length)
{
  gsize n;

  if (code == NULL)
    return TW_UNIT_UNKNOWN;
  n = length < 0 ? strlen (code) : (gsize) length;
  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      if (strlen (codes[i].code) == n && memcmp (codes[i].code, code, n) == 0)
        return codes[i].unit;
    }
  return TW_UNIT_UNKNOWN;
}

static const Unit *
get_unit (TwUnit unit)
{
  return &units[(guint) unit < TW_N_UNITS ? unit : TW_UNIT_UNKNOWN];
}

/* "" for TW_UNIT_UNKNOWN. */
const char *
tw_unit_ucum (TwUnit unit)
{
  return get_unit (unit)->ucum;
}

/* "" for a pure number. The same in every language: these are international symbols. */
const char *
tw_unit_symbol (TwUnit unit)
{
  return get_unit (unit)->symbol;
}

/* The same unit returns the value bit for bit. Infinity stays infinity: limits are the
 * cleaner's. */
gboolean
tw_unit_convert (double value, TwUnit from, TwUnit to, double *result)
{
  const Unit *a = get_unit (from);
  const Unit *b = get_unit (to);

  g_return_val_if_fail (result != NULL, FALSE);

  *result = NAN;
  if (a->quantity == QUANTITY_NONE || a->quantity != b->quantity)
    return FALSE;
  if (from == to)
    *result = value;
  else
    *result = (value - a->offset) * a->multiplier / a->divisor * b->divisor / b->multiplier
              + b->offset;
  return TRUE;
}
