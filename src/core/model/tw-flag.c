/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A published flag: its fields behind an atomic count, never changed. */
#include "config.h"

#include "tw-flag.h"

#include <glib/gi18n-lib.h>

struct _TwFlag
{
  gatomicrefcount ref_count;
  TwFlagFields fields;
};

static const struct
{
  const char *key;
  const char *label;
} levels[] = {
  [TW_LEVEL_NONE] = { "none", "" },
  [TW_LEVEL_TECHNICAL] = { "technical", N_ ("No signal") },
  [TW_LEVEL_LOW] = { "advisory", N_ ("Advisory") },
  [TW_LEVEL_MEDIUM] = { "warning", N_ ("Warning") },
  [TW_LEVEL_HIGH] = { "urgent", N_ ("Urgent") },
};

/* Copies the fields; evidence beyond TW_FLAG_MAX_EVIDENCE is a mistake of the caller. */
TwFlag *
tw_flag_new (const TwFlagFields *fields)
{
  TwFlag *self;

  g_return_val_if_fail (fields != NULL, NULL);
  g_return_val_if_fail (fields->n_evidence <= TW_FLAG_MAX_EVIDENCE, NULL);

  self = g_new0 (TwFlag, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->fields = *fields;
  return self;
}

TwFlag *
tw_flag_ref (TwFlag *flag)
{
  g_return_val_if_fail (flag != NULL, NULL);

  g_atomic_ref_count_inc (&flag->ref_count);
  return flag;
}

void
tw_flag_unref (TwFlag *flag)
{
  g_return_if_fail (flag != NULL);

  if (g_atomic_ref_count_dec (&flag->ref_count))
    g_free (flag);
}

/* Borrowed for as long as the flag is held. */
const TwFlagFields *
tw_flag_get (const TwFlag *flag)
{
  g_return_val_if_fail (flag != NULL, NULL);

  return &flag->fields;
}

gboolean
tw_flag_is_open (const TwFlag *flag)
{
  g_return_val_if_fail (flag != NULL, FALSE);

  return flag->fields.state == TW_FLAG_ACTIVE || flag->fields.state == TW_FLAG_ACKNOWLEDGED;
}

/* "none" for a level out of range. */
const char *
tw_level_key (TwLevel level)
{
  return (guint) level < G_N_ELEMENTS (levels) ? levels[level].key : levels[TW_LEVEL_NONE].key;
}

/* "" for TW_LEVEL_NONE: gettext would answer "" with the catalogue's header. */
const char *
tw_level_label (TwLevel level)
{
  if (level == TW_LEVEL_NONE || (guint) level >= G_N_ELEMENTS (levels))
    return "";
  return _ (levels[level].label);
}
