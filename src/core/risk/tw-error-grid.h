/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clinical error grids of glucose: how dangerous it would be to act on a forecast instead of the truth. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  TW_ZONE_A, /* no effect on the outcome */
  TW_ZONE_B,
  TW_ZONE_C,
  TW_ZONE_D,
  TW_ZONE_E, /* the opposite treatment */
  TW_N_ZONES,
  TW_ZONE_NONE = TW_N_ZONES /* a number is missing */
} TwErrorZone;

/* Both in mg/dL. Clarke 1987. */
TwErrorZone tw_error_grid_clarke (double reference, double predicted);
/* Both in mg/dL. Diabetes Technology Society 2024. */
TwErrorZone tw_error_grid_dts (double reference, double predicted);

G_END_DECLS
