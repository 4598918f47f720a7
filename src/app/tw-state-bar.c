/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bars under the header for states that last: one line and at most one button each. */
#include "config.h"

#include "tw-state-bar.h"

#include "tw-badge.h"

struct _TwStateBar
{
  GtkBox parent_instance;
  GtkRevealer *revealer;
  GtkWidget *row;
  GtkLabel *label;
  GtkButton *button;
};

G_DEFINE_FINAL_TYPE (TwStateBar, tw_state_bar, GTK_TYPE_BOX)

static void
tw_state_bar_class_init (TwStateBarClass *klass)
{
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "statebar");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_STATUS);
}

static void
tw_state_bar_init (TwStateBar *self)
{
  self->revealer = GTK_REVEALER (gtk_revealer_new ());
  self->row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  self->label = GTK_LABEL (gtk_label_new (NULL));
  self->button = GTK_BUTTON (gtk_button_new ());
  gtk_label_set_xalign (self->label, 0);
  gtk_label_set_wrap (self->label, TRUE);
  gtk_widget_set_hexpand (GTK_WIDGET (self->label), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->label), "numeric");
  gtk_widget_add_css_class (self->row, "tw-state-row");
  gtk_widget_set_valign (GTK_WIDGET (self->button), GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (self->row), GTK_WIDGET (self->label));
  gtk_box_append (GTK_BOX (self->row), GTK_WIDGET (self->button));
  gtk_revealer_set_child (self->revealer, self->row);
  gtk_widget_set_hexpand (GTK_WIDGET (self->revealer), TRUE);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->revealer));
}

GtkWidget *
tw_state_bar_new (void)
{
  return g_object_new (TW_TYPE_STATE_BAR, NULL);
}

void
tw_state_bar_set_words (TwStateBar *self,
                        const TwBarWords *words)
{
  g_return_if_fail (TW_IS_STATE_BAR (self));
  g_return_if_fail (words != NULL);

  gtk_revealer_set_reveal_child (self->revealer, words->text != NULL);
  if (words->text == NULL)
    return;
  tw_label_update (self->label, words->text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->label), words->details);
  tw_widget_set_class (self->row, "tw-warning", words->tone == TW_TONE_WARNING);
  tw_widget_set_class (self->row, "tw-error", words->tone == TW_TONE_ERROR);
  gtk_widget_set_visible (GTK_WIDGET (self->button), words->button != NULL);
  if (words->button == NULL)
    return;
  if (g_strcmp0 (gtk_button_get_label (self->button), words->button) != 0)
    gtk_button_set_label (self->button, words->button);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->button), words->action);
}
