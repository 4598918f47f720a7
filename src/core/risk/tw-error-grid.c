/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Error grids of glucose, mg/dL. Clarke: Clarke WL, et al. Diabetes Care 1987; 10: 622-628, tested in the
 * order A, E, C, D, else B. DTS: Klonoff DC, et al. J Diabetes Sci Technol 2024: four straight lines above
 * the diagonal (constant up to a reference of 50) and four below (0 up to the knee); a point on a line
 * belongs to the better zone. */
#include "config.h"

#include "tw-error-grid.h"

#include <math.h>

TwErrorZone
tw_error_grid_clarke (double reference, double predicted)
{
  double r = reference, p = predicted;

  if (!isfinite (r) || !isfinite (p))
    return TW_ZONE_NONE;
  if ((p >= .8 * r && p <= 1.2 * r) || (r < 70 && p < 70))
    return TW_ZONE_A;
  if ((r >= 180 && p <= 70) || (r <= 70 && p >= 180))
    return TW_ZONE_E;
  if ((r >= 70 && p >= r + 110) || (r >= 130 && r <= 180 && p <= 1.4 * r - 182))
    return TW_ZONE_C;
  if ((r >= 240 && p >= 70 && p <= 180) || (r <= 70 && p >= 70 && p <= 180))
    return TW_ZONE_D;
  return TW_ZONE_B;
}

/* predicted = base + slope (reference - knee) beyond the knee, base up to it. */
typedef struct
{
  double base, slope, knee;
} Line;

static double
line_at (const Line *line, double reference)
{
  return line->base + line->slope * fmax (reference - line->knee, 0);
}

TwErrorZone
tw_error_grid_dts (double reference, double predicted)
{
  static const Line upper[TW_ZONE_E] = {
    { 60, 1.2, 50 }, { 86.5, 513.5 / 297, 50 }, { 124, 476.0 / 191, 50 }, { 179, 421.0 / 117, 50 },
  };
  static const Line lower[TW_ZONE_E] = {
    { 50, 430 / 537.5, 62.5 }, { 50, 257 / 502.5, 97.5 }, { 50, 147.0 / 447, 153 }, { 50, 76.0 / 362, 238 },
  };
  int zone = TW_ZONE_A;

  if (!isfinite (reference) || !isfinite (predicted))
    return TW_ZONE_NONE;
  for (int i = TW_ZONE_A; i < TW_ZONE_E; i++)
    if (predicted > line_at (&upper[i], reference)
        || (reference > lower[i].knee && predicted < line_at (&lower[i], reference)))
      zone = i + 1;
  return (TwErrorZone) zone;
}
