/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A level's badge: symbol, mark and word together. */
#include "config.h"

#include "tw-badge.h"

#include <glib/gi18n-lib.h>

struct _TwBadge
{
  GtkBox parent_instance;
  GtkImage *icon;
  GtkLabel *label;
  TwLevel level;
  gboolean predicted;
};

G_DEFINE_FINAL_TYPE (TwBadge, tw_badge, GTK_TYPE_BOX)

static const char *const level_classes[] = {
  [TW_LEVEL_NONE] = "none", [TW_LEVEL_TECHNICAL] = "technical", [TW_LEVEL_LOW] = "low",
  [TW_LEVEL_MEDIUM] = "medium", [TW_LEVEL_HIGH] = "high",
};

const char *
tw_badge_mark (TwLevel level)
{
  static const char *const marks[] = {
    [TW_LEVEL_NONE] = "", [TW_LEVEL_TECHNICAL] = "", [TW_LEVEL_LOW] = "!",
    [TW_LEVEL_MEDIUM] = "!!", [TW_LEVEL_HIGH] = "!!!",
  };

  return marks[level];
}

const char *
tw_badge_icon (TwLevel level,
               gboolean predicted)
{
  static const char *const icons[] = {
    [TW_LEVEL_NONE] = "tw-circle-symbolic",    [TW_LEVEL_TECHNICAL] = "tw-plug-symbolic",
    [TW_LEVEL_LOW] = "tw-circle-symbolic",     [TW_LEVEL_MEDIUM] = "tw-triangle-symbolic",
    [TW_LEVEL_HIGH] = "tw-octagon-symbolic",
  };

  return predicted ? "tw-clock-symbolic" : icons[level];
}

void
tw_label_update (GtkLabel *label,
                 const char *text)
{
  if (g_strcmp0 (gtk_label_get_label (label), text) != 0)
    gtk_label_set_label (label, text);
}

void
tw_label_update_markup (GtkLabel *label,
                        const char *markup)
{
  if (!gtk_label_get_use_markup (label))
    gtk_label_set_use_markup (label, TRUE);
  tw_label_update (label, markup);
}

void
tw_widget_set_class (GtkWidget *widget,
                     const char *name,
                     gboolean on)
{
  if (on == gtk_widget_has_css_class (widget, name))
    return;
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

static void
tw_badge_class_init (TwBadgeClass *klass)
{
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "badge");
}

static void
tw_badge_init (TwBadge *self)
{
  self->icon = GTK_IMAGE (gtk_image_new ());
  self->label = GTK_LABEL (gtk_label_new (NULL));
  gtk_image_set_pixel_size (self->icon, 14);
  gtk_label_set_ellipsize (self->label, PANGO_ELLIPSIZE_END);
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->icon));
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->label));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

GtkWidget *
tw_badge_new (void)
{
  return g_object_new (TW_TYPE_BADGE, NULL);
}

static void
apply (TwBadge *self,
       TwLevel level,
       gboolean predicted,
       const char *text)
{
  GtkWidget *widget = GTK_WIDGET (self);

  if (level != self->level || predicted != self->predicted)
    {
      gtk_widget_remove_css_class (widget, level_classes[self->level]);
      gtk_widget_add_css_class (widget, level_classes[level]);
      tw_widget_set_class (widget, "predicted", predicted);
      gtk_image_set_from_icon_name (self->icon, tw_badge_icon (level, predicted));
      self->level = level;
      self->predicted = predicted;
    }
  tw_label_update (self->label, text);
  tw_widget_set_class (widget, "bare", text[0] == '\0');
  gtk_widget_set_visible (GTK_WIDGET (self->label), text[0] != '\0');
  gtk_widget_set_visible (widget, level != TW_LEVEL_NONE);
}

void
tw_badge_set_level (TwBadge *self,
                    TwLevel level,
                    TwBadgeSize size,
                    const char *text)
{
  g_autofree char *shown = NULL;
  const char *mark = tw_badge_mark (level);
  const char *word = level == TW_LEVEL_NONE ? "" : _(tw_level_label (level));
  const char *gap = mark[0] != '\0' ? " " : "";

  g_return_if_fail (TW_IS_BADGE (self));

  if (size == TW_BADGE_ICON)
    shown = g_strdup ("");
  else if (size == TW_BADGE_MINI)
    shown = g_strdup (mark);
  else if (size == TW_BADGE_WORD)
    shown = g_strdup_printf ("%s%s%s", mark, gap, word);
  else
    shown = g_strdup_printf ("%s%s%s %s", mark, gap, word, text);
  apply (self, level, FALSE, shown);
  if (level != TW_LEVEL_NONE)
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, word, -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), size <= TW_BADGE_MINI ? word : NULL);
}

void
tw_badge_set_predicted (TwBadge *self,
                        TwLevel level,
                        const char *text)
{
  g_return_if_fail (TW_IS_BADGE (self));

  apply (self, level, TRUE, text != NULL ? text : "");
  if (level != TW_LEVEL_NONE)
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    text != NULL ? text : _("Predicted"), -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), text == NULL ? _("Predicted") : NULL);
}

void
tw_badge_set_acknowledged (TwBadge *self,
                           gboolean acknowledged)
{
  g_return_if_fail (TW_IS_BADGE (self));

  tw_widget_set_class (GTK_WIDGET (self), "acknowledged", acknowledged);
}
