/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys and names of the scores. */
#include "config.h"

#include "tw-score.h"

static const struct
{
  const char *key, *name;
} kinds[TW_N_BAND_SCORES] = {
  [TW_BAND_MEWS] = { "mews", "MEWS" },
  [TW_BAND_QSOFA] = { "qsofa", "qSOFA" },
  [TW_BAND_SIRS] = { "sirs", "SIRS" },
};

const char *
tw_band_kind_key (TwBandKind kind)
{
  g_return_val_if_fail ((guint) kind < TW_N_BAND_SCORES, NULL);
  return kinds[kind].key;
}

const char *
tw_band_kind_name (TwBandKind kind)
{
  g_return_val_if_fail ((guint) kind < TW_N_BAND_SCORES, NULL);
  return kinds[kind].name;
}
