/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "tw-strip-data.h"

char *
tw_strip_data_dup_withheld (const TwForecast *forecast, gint64 now_us)
{
  return NULL;
}
