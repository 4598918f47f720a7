/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A value on a tile: its label, the figure, an hourglass when it is old. */
#include "config.h"

#include "tw-value-cell.h"

#include "tw-badge.h"
#include "tw-words-flag.h"
#include "tw-words-value.h"

#include <glib/gi18n-lib.h>

struct _TwValueCell
{
  GtkBox parent_instance;
  GtkLabel *caption;
  GtkLabel *value;
  GtkImage *hourglass;
};

G_DEFINE_FINAL_TYPE (TwValueCell, tw_value_cell, GTK_TYPE_BOX)

static void
tw_value_cell_class_init (TwValueCellClass *klass)
{
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "valuecell");
}

static void
tw_value_cell_init (TwValueCell *self)
{
  self->caption = GTK_LABEL (gtk_label_new (NULL));
  self->value = GTK_LABEL (gtk_label_new ("–"));
  self->hourglass = GTK_IMAGE (gtk_image_new_from_icon_name ("tw-hourglass-symbolic"));
  gtk_image_set_pixel_size (self->hourglass, 12);
  gtk_widget_set_visible (GTK_WIDGET (self->hourglass), FALSE);
  gtk_widget_add_css_class (GTK_WIDGET (self->caption), "tw-caption");
  gtk_widget_add_css_class (GTK_WIDGET (self->value), "tw-value");
  gtk_widget_add_css_class (GTK_WIDGET (self->value), "numeric");
  gtk_widget_add_css_class (GTK_WIDGET (self->hourglass), "tw-secondary");
  gtk_widget_set_valign (GTK_WIDGET (self->caption), GTK_ALIGN_BASELINE);
  gtk_widget_set_valign (GTK_WIDGET (self->value), GTK_ALIGN_BASELINE);
  gtk_box_set_spacing (GTK_BOX (self), 6);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->caption));
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->value));
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->hourglass));
}

GtkWidget *
tw_value_cell_new (void)
{
  return g_object_new (TW_TYPE_VALUE_CELL, NULL);
}

static void
set_freshness (TwValueCell *self,
               TwFreshness freshness)
{
  gboolean stale = freshness == TW_FRESH_STALE;

  tw_widget_set_class (GTK_WIDGET (self->value), "stale", stale);
  tw_widget_set_class (GTK_WIDGET (self->value), "lost", freshness == TW_FRESH_LOST);
  gtk_widget_set_visible (GTK_WIDGET (self->hourglass), stale || freshness == TW_FRESH_LOST);
}

static void
set_tooltip (TwValueCell *self,
             const TwSnapshot *snapshot,
             TwChannel channel,
             gint64 now_us,
             TwUnit glucose_unit)
{
  const TwChannelSnapshot *values = &snapshot->channels[channel];
  const char *name = _(tw_channel_info (channel)->long_name);
  g_autofree char *text = NULL;
  g_autofree char *quantity = NULL;
  g_autofree char *clock = NULL;
  g_autofree char *age = NULL;
  g_autofree char *old = gtk_widget_get_tooltip_text (GTK_WIDGET (self))
                           ? g_strdup (gtk_widget_get_tooltip_text (GTK_WIDGET (self)))
                           : NULL;

  if (values->raw.t_us != 0)
    {
      quantity = tw_words_raw (&values->raw);
      clock = tw_words_clock (values->raw.t_us, TRUE);
      /* Translators: tooltip of a value, as "Heart rate: 82 “beats” at 14:02:02, not converted". */
      text = g_strdup_printf (_("%s: %s at %s, not converted"), name, quantity, clock);
    }
  else if (values->last.t_us == 0)
    text = g_strdup_printf (_("%s: no value yet"), name);
  else
    {
      quantity = tw_words_quantity (channel, values->last.value, glucose_unit);
      clock = tw_words_clock (values->last.t_us, TRUE);
      age = tw_words_age (now_us - values->last.t_us);
      /* Translators: tooltip of a value, as "Heart rate: 122 /min at 14:02:02, 8 s old". */
      text = g_strdup_printf (_("%s: %s at %s, %s old"), name, quantity, clock, age);
    }
  if (g_strcmp0 (old, text) != 0)
    {
      gtk_widget_set_tooltip_text (GTK_WIDGET (self), text);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->value), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                      text, -1);
    }
}

void
tw_value_cell_set_channel (TwValueCell *self,
                           const TwSnapshot *snapshot,
                           TwChannel channel,
                           gint64 now_us,
                           TwUnit glucose_unit)
{
  TwChannel source = channel == TW_CHANNEL_SYSTOLIC ? tw_words_pressure_channel (snapshot) : channel;
  TwFreshness freshness = tw_snapshot_freshness (snapshot, source, now_us);
  g_autofree char *text = NULL;

  g_return_if_fail (TW_IS_VALUE_CELL (self));

  if (freshness == TW_FRESH_NEVER || freshness == TW_FRESH_LOST)
    text = g_strdup ("–");
  else if (channel == TW_CHANNEL_SYSTOLIC)
    text = tw_words_pressure (snapshot);
  else
    text = tw_words_number (channel, snapshot->channels[channel].last.value, glucose_unit);
  /* Translators: short label of blood pressure. */
  tw_label_update (self->caption, channel == TW_CHANNEL_SYSTOLIC ? _("BP")
                                  /* Translators: short label of glucose on a tile. */
                                  : channel == TW_CHANNEL_GLUCOSE ? _("Glu")
                                                                  : tw_words_channel_label (channel));
  tw_label_update (self->value, text);
  set_freshness (self, freshness);
  set_tooltip (self, snapshot, source, now_us, glucose_unit);
}

void
tw_value_cell_set_news2 (TwValueCell *self,
                         const TwSnapshot *snapshot)
{
  g_autofree char *total = tw_words_news2_total (&snapshot->news2);
  g_autofree char *missing = tw_words_news2_missing (&snapshot->news2, snapshot->patient);
  g_autofree char *parts = tw_words_news2_parts (&snapshot->news2);

  g_return_if_fail (TW_IS_VALUE_CELL (self));

  tw_label_update (self->caption, _("NEWS2"));
  tw_label_update (self->value, total);
  set_freshness (self, TW_FRESH_LIVE);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), missing[0] != '\0' ? missing : parts);
}
