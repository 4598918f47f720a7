/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One open flag with its evidence and what can be done about it. */
#include "config.h"

#include "tw-flag-card.h"

#include "tw-badge.h"
#include "tw-words-flag.h"
#include "tw-words-value.h"

#include <glib/gi18n-lib.h>

struct _TwFlagCard
{
  GtkBox parent_instance;
  TwBadge *badge;
  GtkLabel *since, *title, *value, *details, *silenced, *evidence;
  GtkWidget *silenced_row, *acknowledge, *show, *buttons;
  GtkMenuButton *silence;
  GtkToggleButton *why;
  char rule[32];
  TwChannel channel;
  TwLevel level;
  gboolean acknowledged;
};

G_DEFINE_FINAL_TYPE (TwFlagCard, tw_flag_card, GTK_TYPE_BOX)

enum
{
  ACKNOWLEDGE,
  SILENCE,
  SHOW,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
on_acknowledge (GtkWidget *widget,
                const char *action,
                GVariant *parameter)
{
  g_signal_emit (widget, signals[ACKNOWLEDGE], 0);
}

static void
on_silence (GtkWidget *widget,
            const char *action,
            GVariant *parameter)
{
  g_signal_emit (widget, signals[SILENCE], 0, g_variant_get_int32 (parameter));
}

static void
on_show (GtkWidget *widget,
         const char *action,
         GVariant *parameter)
{
  g_signal_emit (widget, signals[SHOW], 0);
}

static void
tw_flag_card_class_init (TwFlagCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  signals[ACKNOWLEDGE] = g_signal_new ("acknowledge", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 0);
  signals[SILENCE] = g_signal_new ("silence", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_INT);
  signals[SHOW] = g_signal_new ("show-strip", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (TW_TYPE_BADGE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/twinward/Twinward/tw-flag-card.ui");
  gtk_widget_class_bind_template_child (widget_class, TwFlagCard, badge);
  gtk_widget_class_bind_template_child (widget_class, TwFlagCard, since);
  gtk_widget_class_bind_template_child (widget_class, TwFlagCard, title);
  gtk_widget_class_bind_template_child (widget_class, TwFlagCard, value);
  gtk_widget_class_bind_template_child (widget_class, TwFlagCard, details);
  gtk_widget_class_bind_template_child (widget_class, TwFlagCard, silenced);
  gtk_widget_class_bind_template_child (widget_class, TwFlagCard, silenced_row);
  gtk_widget_class_bind_template_child (widget_class, TwFlagCard, evidence);
  gtk_widget_class_bind_template_child (widget_class, TwFlagCard, acknowledge);
  gtk_widget_class_bind_template_child (widget_class, TwFlagCard, show);
  gtk_widget_class_bind_template_child (widget_class, TwFlagCard, buttons);
  gtk_widget_class_bind_template_child (widget_class, TwFlagCard, silence);
  gtk_widget_class_bind_template_child (widget_class, TwFlagCard, why);
  gtk_widget_class_install_action (widget_class, "flag.acknowledge", NULL, on_acknowledge);
  gtk_widget_class_install_action (widget_class, "flag.silence", "i", on_silence);
  gtk_widget_class_install_action (widget_class, "flag.show", NULL, on_show);
}

static void
tw_flag_card_init (TwFlagCard *self)
{
  self->channel = TW_CHANNEL_NONE;
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
tw_flag_card_new (void)
{
  return g_object_new (TW_TYPE_FLAG_CARD, NULL);
}

static void
update_look (TwFlagCard *self,
             const TwFlagFields *flag)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean predicted = flag->kind == TW_FLAG_PREDICTED;
  g_autofree char *word = NULL;

  tw_widget_set_class (widget, "predicted", predicted);
  tw_widget_set_class (widget, "high", flag->level == TW_LEVEL_HIGH);
  tw_widget_set_class (widget, "medium", flag->level == TW_LEVEL_MEDIUM);
  tw_widget_set_class (widget, "low", flag->level == TW_LEVEL_LOW);
  tw_widget_set_class (widget, "technical", flag->level == TW_LEVEL_TECHNICAL);
  if (predicted)
    {
      /* Translators: "Predicted, in 30 min". */
      word = g_strdup_printf (_("Predicted, in %d min"), flag->crossing.horizon_min);
      tw_badge_set_predicted (self->badge, flag->level, word);
    }
  else
    tw_badge_set_level (self->badge, flag->level, TW_BADGE_WORD, NULL);
  tw_badge_set_acknowledged (self->badge, self->acknowledged);
  /* A high flag pulses until it is acknowledged. */
  tw_widget_set_class (widget, "pulse", flag->level == TW_LEVEL_HIGH && !predicted && !self->acknowledged);
}

static void
update_silence (TwFlagCard *self,
                const TwFlagFields *flag,
                gint64 now_us)
{
  gboolean silenced = flag->silenced_until_us > now_us;
  g_autofree char *clock = tw_words_clock (flag->silenced_until_us, FALSE);
  g_autofree char *text = NULL;

  gtk_widget_set_visible (self->silenced_row, silenced);
  if (!silenced)
    return;
  text = g_strdup_printf (_("Silenced until %s"), clock);
  tw_label_update (self->silenced, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->silenced), _("On this workstation only"));
}

void
tw_flag_card_update (TwFlagCard *self,
                     const TwFlagFields *flag,
                     const TwSnapshot *snapshot,
                     gint64 now_us,
                     TwUnit glucose_unit)
{
  g_autofree char *title = tw_words_flag_title (flag, glucose_unit);
  g_autofree char *value = tw_words_flag_value_markup (flag, glucose_unit);
  g_autofree char *details = tw_words_flag_details (flag, snapshot, now_us, glucose_unit);
  g_autofree char *evidence = tw_words_flag_evidence (flag, now_us, glucose_unit);
  g_autofree char *acknowledged = tw_words_flag_acknowledged (flag);
  g_autofree char *age = tw_words_age (now_us - flag->since_us);
  g_autofree char *since = NULL;
  g_autofree char *label = NULL;

  g_return_if_fail (TW_IS_FLAG_CARD (self));

  g_strlcpy (self->rule, flag->rule, sizeof self->rule);
  self->channel = flag->channel;
  self->level = flag->level;
  self->acknowledged = flag->state == TW_FLAG_ACKNOWLEDGED;
  if (self->acknowledged)
    since = g_strdup (acknowledged);
  else if (flag->kind == TW_FLAG_PREDICTED)
    since = g_strdup ("");
  else
    /* Translators: how long a condition holds, "for 2 min". */
    since = g_strdup_printf (_("for %s"), age);
  tw_label_update (self->since, since);
  tw_label_update (self->title, title);
  tw_label_update_markup (self->value, value);
  gtk_widget_set_visible (GTK_WIDGET (self->value), value[0] != '\0');
  tw_label_update (self->details, details);
  tw_label_update (self->evidence, evidence);
  gtk_widget_set_visible (GTK_WIDGET (self->details), details[0] != '\0');
  gtk_widget_set_sensitive (self->acknowledge, !self->acknowledged);
  gtk_widget_set_sensitive (self->show, flag->channel != TW_CHANNEL_NONE);
  gtk_widget_set_tooltip_text (self->acknowledge,
                               self->acknowledged ? acknowledged : _("On this workstation only"));
  update_look (self, flag);
  update_silence (self, flag, now_us);
  label = g_strdup_printf ("%s. %s", _(tw_level_label (flag->level)), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

const char *
tw_flag_card_get_rule (TwFlagCard *self)
{
  g_return_val_if_fail (TW_IS_FLAG_CARD (self), "");

  return self->rule;
}

TwChannel
tw_flag_card_get_channel (TwFlagCard *self)
{
  g_return_val_if_fail (TW_IS_FLAG_CARD (self), TW_CHANNEL_NONE);

  return self->channel;
}

gboolean
tw_flag_card_is_acknowledged (TwFlagCard *self)
{
  g_return_val_if_fail (TW_IS_FLAG_CARD (self), FALSE);

  return self->acknowledged;
}

void
tw_flag_card_open_silence (TwFlagCard *self)
{
  g_return_if_fail (TW_IS_FLAG_CARD (self));

  gtk_menu_button_popup (self->silence);
}

void
tw_flag_card_set_evidence_shown (TwFlagCard *self,
                                 gboolean shown)
{
  g_return_if_fail (TW_IS_FLAG_CARD (self));

  gtk_toggle_button_set_active (self->why, shown);
}
