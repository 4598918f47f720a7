/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state stands in the symbol's shape and in words for a screen reader, never in a colour alone. */
#include "config.h"

#include "tw-check-row.h"

#include "tw-badge.h"

#include <glib/gi18n-lib.h>

struct _TwCheckRow
{
  AdwActionRow parent_instance;
  GtkStack *mark;
  GtkSpinner *spinner;
  GtkImage *image;
};

G_DEFINE_FINAL_TYPE (TwCheckRow, tw_check_row, ADW_TYPE_ACTION_ROW)

static const struct
{
  const char *icon, *words, *style;
} marks[] = {
  [TW_CHECK_WAITING] = { "content-loading-symbolic", N_ ("not looked at yet"), "tw-check-waiting" },
  [TW_CHECK_RUNNING] = { NULL, N_ ("being looked at"), NULL },
  [TW_CHECK_GOOD] = { "object-select-symbolic", N_ ("in order"), "tw-check-good" },
  [TW_CHECK_WARNING] = { "dialog-warning-symbolic", N_ ("needs attention"), "tw-check-warning" },
  [TW_CHECK_BAD] = { "window-close-symbolic", N_ ("failed"), "tw-check-bad" },
  [TW_CHECK_SKIPPED] = { "content-loading-symbolic", N_ ("not looked at"), "tw-check-waiting" },
};

static void
tw_check_row_class_init (TwCheckRowClass *klass)
{
}

static void
tw_check_row_init (TwCheckRow *self)
{
  self->mark = GTK_STACK (gtk_stack_new ());
  self->spinner = GTK_SPINNER (gtk_spinner_new ());
  self->image = GTK_IMAGE (gtk_image_new ());
  gtk_widget_set_valign (GTK_WIDGET (self->spinner), GTK_ALIGN_CENTER);
  gtk_stack_add_named (self->mark, GTK_WIDGET (self->spinner), "spinner");
  gtk_stack_add_named (self->mark, GTK_WIDGET (self->image), "image");
  gtk_widget_set_valign (GTK_WIDGET (self->mark), GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (GTK_WIDGET (self->mark), "tw-check-mark");
  adw_action_row_add_prefix (ADW_ACTION_ROW (self), GTK_WIDGET (self->mark));
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (self), 0);
}

GtkWidget *
tw_check_row_new (TwCheck check)
{
  TwCheckRow *self = g_object_new (TW_TYPE_CHECK_ROW, NULL);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), tw_check_label (check));
  return GTK_WIDGET (self);
}

void
tw_check_row_set_step (TwCheckRow *self,
                       const TwCheckStep *step)
{
  gboolean running = step->state == TW_CHECK_RUNNING;
  g_autofree char *both = step->words != NULL && step->next != NULL
                            ? g_strjoin ("\n", step->words, step->next, NULL)
                            : g_strdup (step->words != NULL ? step->words : step->next);

  g_return_if_fail (TW_IS_CHECK_ROW (self));

  gtk_stack_set_visible_child_name (self->mark, running ? "spinner" : "image");
  gtk_spinner_set_spinning (self->spinner, running);
  if (!running)
    gtk_image_set_from_icon_name (self->image, marks[step->state].icon);
  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    if (marks[i].style != NULL)
      gtk_widget_remove_css_class (GTK_WIDGET (self->image), marks[i].style);
  if (marks[step->state].style != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->image), marks[step->state].style);
  tw_widget_set_class (GTK_WIDGET (self), "tw-check-failed", step->state == TW_CHECK_BAD);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->image), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _(marks[step->state].words), -1);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), both != NULL ? both : "");
}
