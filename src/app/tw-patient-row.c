/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One patient in the patients panel: bed, person, level. */
#include "config.h"

#include "tw-patient-row.h"

#include "tw-badge.h"
#include "tw-words-flag.h"
#include "tw-words-value.h"

struct _TwPatientRow
{
  GtkBox parent_instance;
  TwWardModel *model;
  TwBedItem *item;
  gboolean with_age;
  GtkLabel *bed, *age, *person;
  TwBadge *predicted, *badge;
};

G_DEFINE_FINAL_TYPE (TwPatientRow, tw_patient_row, GTK_TYPE_BOX)

static void
update (TwPatientRow *self)
{
  const TwSnapshot *snapshot = tw_bed_item_get_snapshot (self->item);
  const TwFlagFields *flag = tw_words_worst_flag (snapshot);
  const TwFlagFields *predicted = tw_words_worst_predicted (snapshot);
  gint64 now_us = tw_ward_model_get_now (self->model);
  gint64 flag_us = tw_bed_item_get_flag_time (self->item);
  g_autofree char *bed = tw_bed_item_dup_bed (self->item);
  g_autofree char *person = tw_bed_item_dup_person (self->item, now_us);
  g_autofree char *age = tw_words_age (now_us - flag_us);

  tw_label_update (self->bed, bed);
  tw_label_update (self->person, person);
  gtk_label_set_ellipsize (self->person,
                           tw_patient_has_name (snapshot->patient) ? PANGO_ELLIPSIZE_END
                                                                   : PANGO_ELLIPSIZE_MIDDLE);
  if (g_strcmp0 (gtk_widget_get_tooltip_text (GTK_WIDGET (self->person)), person) != 0)
    gtk_widget_set_tooltip_text (GTK_WIDGET (self->person), person);
  tw_label_update (self->age, self->with_age && flag_us != 0 ? age : "");
  tw_badge_set_level (self->badge, flag != NULL ? flag->level : TW_LEVEL_NONE, TW_BADGE_MINI, NULL);
  tw_badge_set_acknowledged (self->badge, flag != NULL && flag->state == TW_FLAG_ACKNOWLEDGED);
  tw_badge_set_predicted (self->predicted, predicted != NULL ? predicted->level : TW_LEVEL_NONE, NULL);
}

static void
on_tick (TwPatientRow *self)
{
  if (self->with_age && gtk_widget_get_mapped (GTK_WIDGET (self)))
    update (self);
}

static void
tw_patient_row_dispose (GObject *object)
{
  TwPatientRow *self = TW_PATIENT_ROW (object);

  tw_patient_row_set_item (self, NULL, FALSE);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (tw_patient_row_parent_class)->dispose (object);
}

static void
tw_patient_row_class_init (TwPatientRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_patient_row_dispose;
  g_type_ensure (TW_TYPE_BADGE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/twinward/Twinward/tw-patient-row.ui");
  gtk_widget_class_bind_template_child (widget_class, TwPatientRow, bed);
  gtk_widget_class_bind_template_child (widget_class, TwPatientRow, age);
  gtk_widget_class_bind_template_child (widget_class, TwPatientRow, person);
  gtk_widget_class_bind_template_child (widget_class, TwPatientRow, predicted);
  gtk_widget_class_bind_template_child (widget_class, TwPatientRow, badge);
}

static void
tw_patient_row_init (TwPatientRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
tw_patient_row_new (TwWardModel *model)
{
  TwPatientRow *self = g_object_new (TW_TYPE_PATIENT_ROW, NULL);

  self->model = g_object_ref (model);
  return GTK_WIDGET (self);
}

void
tw_patient_row_set_item (TwPatientRow *self,
                         TwBedItem *item,
                         gboolean with_age)
{
  g_return_if_fail (TW_IS_PATIENT_ROW (self));

  self->with_age = with_age;
  if (item == self->item)
    return;
  if (self->item != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->item, self);
      g_signal_handlers_disconnect_by_data (self->model, self);
    }
  g_set_object (&self->item, item);
  if (item == NULL)
    return;
  g_signal_connect_swapped (item, "changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->model, "tick", G_CALLBACK (on_tick), self);
  update (self);
}
