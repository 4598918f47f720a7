/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One patient as an item of lists and grids. */
#include "config.h"

#include "tw-bed-item.h"

#include "tw-words-flag.h"

#include <glib/gi18n-lib.h>

struct _TwBedItem
{
  GObject parent_instance;
  TwSnapshot *snapshot;
};

G_DEFINE_FINAL_TYPE (TwBedItem, tw_bed_item, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
tw_bed_item_finalize (GObject *object)
{
  TwBedItem *self = TW_BED_ITEM (object);

  g_clear_pointer (&self->snapshot, tw_snapshot_unref);
  G_OBJECT_CLASS (tw_bed_item_parent_class)->finalize (object);
}

static void
tw_bed_item_class_init (TwBedItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = tw_bed_item_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
tw_bed_item_init (TwBedItem *self)
{
}

TwBedItem *
tw_bed_item_new (TwSnapshot *snapshot)
{
  TwBedItem *self = g_object_new (TW_TYPE_BED_ITEM, NULL);

  self->snapshot = tw_snapshot_ref (snapshot);
  return self;
}

TwSnapshot *
tw_bed_item_get_snapshot (TwBedItem *self)
{
  g_return_val_if_fail (TW_IS_BED_ITEM (self), NULL);

  return self->snapshot;
}

void
tw_bed_item_set_snapshot (TwBedItem *self,
                          TwSnapshot *snapshot)
{
  g_return_if_fail (TW_IS_BED_ITEM (self));
  g_return_if_fail (snapshot != NULL);

  if (snapshot == self->snapshot)
    return;
  tw_snapshot_ref (snapshot);
  tw_snapshot_unref (self->snapshot);
  self->snapshot = snapshot;
  g_signal_emit (self, signals[CHANGED], 0);
}

guint
tw_bed_item_get_index (TwBedItem *self)
{
  g_return_val_if_fail (TW_IS_BED_ITEM (self), 0);

  return self->snapshot->index;
}

char *
tw_bed_item_dup_bed (TwBedItem *self)
{
  const TwPatientFields *patient = tw_patient_get (self->snapshot->patient);

  if (patient->bed == NULL)
    return g_strdup (_("No bed"));
  return g_strdup_printf (_("Bed %s"), patient->bed);
}

char *
tw_bed_item_dup_person (TwBedItem *self,
                        gint64 now_us)
{
  g_autofree char *name = tw_patient_dup_name (self->snapshot->patient);
  g_autofree char *age_sex = tw_patient_dup_age_sex (self->snapshot->patient, now_us);

  if (age_sex[0] == '\0')
    return g_steal_pointer (&name);
  /* Translators: a person in a list, name, then age and sex, as "DEMO, Clara, 59 F". */
  return g_strdup_printf (C_ ("person", "%s, %s"), name, age_sex);
}

char *
tw_bed_item_dup_short_name (TwBedItem *self)
{
  const TwPatientFields *patient = tw_patient_get (self->snapshot->patient);
  g_autofree char *family = NULL;
  gunichar initial;

  if (patient->family == NULL || patient->given == NULL || patient->given[0] == '\0')
    return tw_patient_dup_name (self->snapshot->patient);
  family = g_utf8_strup (patient->family, -1);
  initial = g_utf8_get_char_validated (patient->given, -1);
  if (initial == (gunichar) -1 || initial == (gunichar) -2)
    return g_steal_pointer (&family);
  if (g_unichar_iswide (initial))
    return g_strdup_printf ("%s%s", family, patient->given);
  {
    char text[7] = "";

    text[g_unichar_to_utf8 (g_unichar_toupper (initial), text)] = '\0';
    return g_strdup_printf ("%s %s.", family, text);
  }
}

gboolean
tw_bed_item_is_flagged (TwBedItem *self)
{
  return tw_bed_item_get_level (self) != TW_LEVEL_NONE;
}

TwLevel
tw_bed_item_get_level (TwBedItem *self)
{
  const TwFlagFields *flag = tw_words_worst_flag (self->snapshot);
  const TwFlagFields *predicted = tw_words_worst_predicted (self->snapshot);

  return MAX (flag != NULL ? flag->level : TW_LEVEL_NONE,
              predicted != NULL ? predicted->level : TW_LEVEL_NONE);
}

gint64
tw_bed_item_get_flag_time (TwBedItem *self)
{
  const TwFlagFields *flag = tw_words_worst_flag (self->snapshot);

  if (flag == NULL)
    flag = tw_words_worst_predicted (self->snapshot);
  return flag != NULL ? flag->raised_us : 0;
}

gboolean
tw_bed_item_lacks_data (TwBedItem *self,
                        gint64 now_us)
{
  static const TwChannel needed[] = { TW_CHANNEL_HEART_RATE, TW_CHANNEL_SPO2, TW_CHANNEL_SYSTOLIC,
                                      TW_CHANNEL_RESPIRATORY_RATE, TW_CHANNEL_TEMPERATURE,
                                      TW_CHANNEL_GLUCOSE };
  gboolean any = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (needed); i++)
    {
      TwFreshness fresh = tw_snapshot_freshness (self->snapshot, needed[i], now_us);

      if (fresh == TW_FRESH_STALE || fresh == TW_FRESH_LOST)
        return TRUE;
      any |= fresh != TW_FRESH_NEVER;
    }
  return !any;
}

static gboolean
contains (const char *where,
          const char *folded)
{
  g_autofree char *folded_where = where != NULL ? g_utf8_casefold (where, -1) : NULL;

  return folded_where != NULL && strstr (folded_where, folded) != NULL;
}

gboolean
tw_bed_item_matches (TwBedItem *self,
                     const char *text)
{
  const TwPatientFields *patient = tw_patient_get (self->snapshot->patient);
  g_autofree char *folded = g_utf8_casefold (text, -1);
  g_autofree char *bed = tw_bed_item_dup_bed (self);
  g_autofree char *name = tw_patient_dup_name (self->snapshot->patient);

  g_strstrip (folded);
  return folded[0] == '\0' || contains (bed, folded) || contains (name, folded)
         || contains (patient->identifier, folded);
}
