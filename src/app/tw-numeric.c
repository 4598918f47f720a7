/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One row of the Monitor's left column. */
#include "config.h"

#include "tw-numeric.h"

#include "tw-badge.h"
#include "tw-words-flag.h"
#include "tw-words-value.h"

#include <glib/gi18n-lib.h>

struct _TwNumeric
{
  GtkBox parent_instance;
  GtkLabel *caption, *unit, *points, *age, *value, *mean, *details, *below_limits, *below_change;
  TwBadge *badge;
  GtkImage *hourglass;
  GtkWidget *below;
  int shown_points;
};

G_DEFINE_FINAL_TYPE (TwNumeric, tw_numeric, GTK_TYPE_BOX)

static void
tw_numeric_class_init (TwNumericClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TW_TYPE_BADGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/twinward/Twinward/tw-numeric.ui");
  gtk_widget_class_bind_template_child (widget_class, TwNumeric, caption);
  gtk_widget_class_bind_template_child (widget_class, TwNumeric, unit);
  gtk_widget_class_bind_template_child (widget_class, TwNumeric, points);
  gtk_widget_class_bind_template_child (widget_class, TwNumeric, age);
  gtk_widget_class_bind_template_child (widget_class, TwNumeric, value);
  gtk_widget_class_bind_template_child (widget_class, TwNumeric, mean);
  gtk_widget_class_bind_template_child (widget_class, TwNumeric, details);
  gtk_widget_class_bind_template_child (widget_class, TwNumeric, below);
  gtk_widget_class_bind_template_child (widget_class, TwNumeric, below_limits);
  gtk_widget_class_bind_template_child (widget_class, TwNumeric, below_change);
  gtk_widget_class_bind_template_child (widget_class, TwNumeric, badge);
  gtk_widget_class_bind_template_child (widget_class, TwNumeric, hourglass);
}

static void
tw_numeric_init (TwNumeric *self)
{
  self->shown_points = -1;
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
tw_numeric_new (void)
{
  return g_object_new (TW_TYPE_NUMERIC, NULL);
}

/* The worst open measured flag of this channel; of a pressure, of any of the three. */
static const TwFlagFields *
flag_of (const TwSnapshot *snapshot,
         TwChannel channel)
{
  for (guint i = 0; snapshot->flags != NULL && i < snapshot->flags->len; i++)
    {
      const TwFlagFields *flag = tw_flag_get (g_ptr_array_index (snapshot->flags, i));
      gboolean pressure = flag->channel == TW_CHANNEL_SYSTOLIC || flag->channel == TW_CHANNEL_DIASTOLIC;

      if (flag->kind == TW_FLAG_PREDICTED)
        continue;
      if (flag->channel == channel || (channel == TW_CHANNEL_MAP && pressure))
        return flag;
    }
  return NULL;
}

static void
update_points (TwNumeric *self,
               int points)
{
  static const char *const classes[] = { "points-0", "points-1", "points-2", "points-3" };
  g_autofree char *text = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->points), points > 0);
  if (points == self->shown_points)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    tw_widget_set_class (GTK_WIDGET (self->points), classes[i], (int) i == points);
  self->shown_points = points;
  if (points <= 0)
    return;
  text = g_strdup_printf ("+%d", points);
  gtk_label_set_label (self->points, text);
  g_free (text);
  text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%d NEWS2 point", "%d NEWS2 points",
                                       (gulong) points),
                          points);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->points), text);
}

static void
update_age (TwNumeric *self,
            TwFreshness freshness,
            gint64 age_us)
{
  gboolean old = freshness == TW_FRESH_STALE || freshness == TW_FRESH_LOST;
  g_autofree char *age = tw_words_age (age_us);
  g_autofree char *text = NULL;

  if (freshness == TW_FRESH_NEVER)
    text = g_strdup ("");
  else
    text = g_steal_pointer (&age);
  tw_label_update (self->age, text);
  tw_widget_set_class (GTK_WIDGET (self->age), "tw-ageing",
                       old || freshness == TW_FRESH_AGEING);
  tw_widget_set_class (GTK_WIDGET (self->age), "tw-secondary",
                       !old && freshness != TW_FRESH_AGEING);
  tw_widget_set_class (GTK_WIDGET (self->value), "stale", freshness == TW_FRESH_STALE);
  tw_widget_set_class (GTK_WIDGET (self->mean), "stale", freshness == TW_FRESH_STALE);
  gtk_widget_set_visible (GTK_WIDGET (self->hourglass), old);
}

/* Limits and change; for a lost value where it was last; for a refused reading why. */
static char *
dup_limits (const TwSnapshot *snapshot,
            TwChannel channel,
            TwFreshness freshness,
            TwUnit glucose_unit)
{
  const TwChannelSnapshot *values = &snapshot->channels[channel];

  if (values->raw.t_us != 0)
    {
      g_autofree char *raw = tw_words_raw (&values->raw);

      /* Translators: a value whose unit is not known, as "82 “beats”" and "not converted" under it. */
      return g_strdup_printf (_("%s\nnot converted"), raw);
    }
  if (freshness == TW_FRESH_LOST)
    {
      g_autofree char *last = tw_words_quantity (channel, values->last.value, glucose_unit);
      g_autofree char *clock = tw_words_clock (values->last.t_us, FALSE);

      /* Translators: a lost value, as "last 97 % 13:41". */
      return g_strdup_printf (_("last %s\n%s"), last, clock);
    }
  if (values->newest.t_us > values->last.t_us
      && tw_quality_verdict (values->newest.quality) == TW_VERDICT_REJECTED
      && !(tw_quality_is_silent (values->newest.quality)
           && freshness == TW_FRESH_LIVE)) /* a cuff between two readings */
    return g_strdup (_(tw_reason_label (tw_quality_reason (values->newest.quality))));
  return tw_words_limits (channel, values->limit_low, values->limit_high, glucose_unit);
}

static void
update_details (TwNumeric *self,
                const TwSnapshot *snapshot,
                TwChannel channel,
                TwFreshness freshness,
                TwUnit glucose_unit)
{
  g_autofree char *limits = dup_limits (snapshot, channel, freshness, glucose_unit);
  g_autofree char *change = freshness == TW_FRESH_LIVE || freshness == TW_FRESH_AGEING
                              ? tw_words_change (channel, &snapshot->channels[channel].trend,
                                                 glucose_unit)
                              : g_strdup ("");
  g_autofree char *text = NULL;
  gboolean below = channel == TW_CHANNEL_MAP;

  gtk_widget_set_visible (self->below, below);
  gtk_widget_set_visible (GTK_WIDGET (self->details), !below);
  if (below)
    {
      /* Translators: limits of the mean pressure, as "MAP 65–110". */
      text = limits[0] != '\0' && freshness != TW_FRESH_LOST ? g_strdup_printf (_("MAP %s"), limits)
                                                             : g_strdelimit (g_strdup (limits), "\n", ' ');
      tw_label_update (self->below_limits, text);
      tw_label_update (self->below_change, change);
      return;
    }
  text = g_strdup_printf ("%s%s%s", limits, limits[0] != '\0' && change[0] != '\0' ? "\n" : "", change);
  tw_label_update (self->details, text);
}

void
tw_numeric_update (TwNumeric *self,
                   const TwSnapshot *snapshot,
                   TwChannel channel,
                   gint64 now_us,
                   TwUnit glucose_unit)
{
  gboolean pressure = channel == TW_CHANNEL_MAP;
  TwChannel source = pressure ? tw_words_pressure_channel (snapshot) : channel;
  const TwChannelSnapshot *values = &snapshot->channels[source];
  TwFreshness freshness = tw_snapshot_freshness (snapshot, source, now_us);
  gboolean old = freshness == TW_FRESH_STALE || freshness == TW_FRESH_LOST;
  const TwFlagFields *flag = flag_of (snapshot, channel);
  g_autofree char *value = NULL;
  g_autofree char *mean = NULL;

  g_return_if_fail (TW_IS_NUMERIC (self));

  if (freshness == TW_FRESH_NEVER || freshness == TW_FRESH_LOST)
    value = g_strdup ("–");
  else if (pressure)
    value = tw_words_pressure (snapshot);
  else
    value = tw_words_number (channel, values->last.value, glucose_unit);
  mean = pressure && freshness != TW_FRESH_NEVER && freshness != TW_FRESH_LOST
           ? tw_words_mean_pressure (snapshot)
           : g_strdup ("");
  tw_label_update (self->caption, pressure ? _("BP") : tw_words_channel_label (channel));
  tw_label_update (self->unit, tw_unit_symbol (tw_words_unit (channel, glucose_unit)));
  tw_label_update (self->value, value);
  tw_widget_set_class (GTK_WIDGET (self), "long", g_utf8_strlen (value, -1) == 6);
  tw_widget_set_class (GTK_WIDGET (self), "longer", g_utf8_strlen (value, -1) > 6);
  tw_label_update (self->mean, mean);
  gtk_widget_set_visible (GTK_WIDGET (self->mean), mean[0] != '\0');
  /* An old value has its age in words; points and mark leave it their room. */
  update_points (self, old ? -1 : tw_words_news2_points (&snapshot->news2, channel));
  tw_badge_set_level (self->badge, flag != NULL ? flag->level : TW_LEVEL_NONE,
                      old ? TW_BADGE_ICON : TW_BADGE_MINI, NULL);
  tw_badge_set_acknowledged (self->badge, flag != NULL && flag->state == TW_FLAG_ACKNOWLEDGED);
  update_age (self, freshness, now_us - values->last.t_us);
  update_details (self, snapshot, channel, freshness, glucose_unit);
}
