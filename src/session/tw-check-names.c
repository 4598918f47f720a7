/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the steps of a check list are called: by people, by scripts. */
#include "config.h"

#include "tw-connection-check.h"

#include <glib/gi18n-lib.h>

static const struct
{
  const char *key, *label;
} names[TW_N_CHECKS] = {
  [TW_CHECK_REACHABLE] = { "reachable", N_ ("Reachable") },
  [TW_CHECK_CERTIFICATE] = { "certificate", N_ ("Certificate") },
  [TW_CHECK_FHIR] = { "fhir", N_ ("FHIR version") },
  [TW_CHECK_SIGN_IN] = { "sign-in", N_ ("Sign-in") },
  [TW_CHECK_PATIENTS] = { "patients", N_ ("Patients") },
  [TW_CHECK_VITALS] = { "vitals", N_ ("Vital signs") },
  [TW_CHECK_CLOCK] = { "clock", N_ ("Clock") },
  [TW_CHECK_FEED] = { "feed", N_ ("Stream or polling") },
};

const char *
tw_check_label (TwCheck check)
{
  g_return_val_if_fail ((guint) check < TW_N_CHECKS, "");

  return _(names[check].label);
}

const char *
tw_check_key (TwCheck check)
{
  g_return_val_if_fail ((guint) check < TW_N_CHECKS, "");

  return names[check].key;
}

const char *
tw_check_state_key (TwCheckState state)
{
  static const char *const keys[] = { "waiting", "running", "ok", "warning", "failed", "skipped" };

  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (keys), "");

  return keys[state];
}
