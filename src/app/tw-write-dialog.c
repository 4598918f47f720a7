/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What would be written, to whom, and what became of it. */
#include "config.h"

#include "tw-write-dialog.h"

#include "tw-time.h"
#include "tw-words-value.h"

#include <glib/gi18n-lib.h>

struct _TwWriteDialog
{
  AdwWindow parent_instance;
  TwWriteBack *back;      /* NULL: only shown */
  TwWriteBatch *batch;
  GPtrArray *rows;        /* AdwActionRow, by item; borrowed */
  GPtrArray *checks;      /* GtkCheckButton, by item; borrowed */
  GPtrArray *marks;       /* GtkLabel: what became of the item; borrowed */
  GCancellable *sending;  /* NULL: nothing is under way */
  gboolean done;
  GtkWidget *cancel, *write;
  GtkSpinner *spinner;
  GtkLabel *result;
  AdwActionRow *patient, *server;
  GtkEditable *person;
  AdwPreferencesGroup *items;
};

G_DEFINE_FINAL_TYPE (TwWriteDialog, tw_write_dialog, ADW_TYPE_WINDOW)

enum
{
  WRITTEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* "Bed 3 · DEMO, Clara · 59 F · 8 Mar 1966 · ID 004521" */
static char *
dup_identity (const TwPatient *patient,
              gint64 now_us)
{
  const TwPatientFields *fields = tw_patient_get (patient);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *name = tw_patient_dup_name (patient);
  g_autofree char *age = tw_patient_dup_age_sex (patient, now_us);
  g_autofree char *birth = tw_patient_dup_birth_date (patient);

  if (fields->bed != NULL)
    g_string_append_printf (text, _("Bed %s"), fields->bed);
  if (fields->bed != NULL)
    g_string_append (text, " · ");
  g_string_append (text, name);
  if (age[0] != '\0')
    g_string_append_printf (text, " · %s", age);
  if (birth != NULL)
    g_string_append_printf (text, " · %s", birth);
  if (fields->identifier != NULL && tw_patient_has_name (patient))
    g_string_append_printf (text, " · %s", fields->identifier);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* "14:02–14:32", "since 14:02", "14:02" */
static char *
dup_times (const TwWriteItem *item)
{
  g_autofree char *from = tw_words_clock (item->from_us != 0 ? item->from_us : item->t_us, FALSE);
  g_autofree char *to = item->to_us != 0 ? tw_words_clock (item->to_us, FALSE) : NULL;

  if (to != NULL)
    /* Translators: from one time of day to another. */
    return g_strdup_printf (_("%s–%s"), from, to);
  if (item->kind == TW_WRITE_FLAG)
    return g_strdup_printf (_("since %s"), from);
  return g_steal_pointer (&from);
}

/* The resource, its value, its time, and the readings that it rests on, a line each: they are there to be
 * compared, and a long run of them is measured too narrow by the row in Chinese. */
static char *
dup_details (const TwWriteItem *item)
{
  static const char *const types[] = { "Flag", "RiskAssessment", "Observation" };
  g_autofree char *times = dup_times (item);
  g_autoptr (GString) text = g_string_new (types[item->kind]);

  g_string_append_printf (text, " · %s · %s", item->value, times);
  for (guint i = 0; i < item->n_sources; i++)
    {
      if (i == 0)
        /* Translators: before the readings that a result rests on. */
        g_string_append_printf (text, "\n%s", _("From:"));
      g_string_append_printf (text, "\n%s", item->sources[i].text);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
update (TwWriteDialog *self)
{
  g_autofree char *person = g_strstrip (g_strdup (gtk_editable_get_text (self->person)));
  gboolean busy = self->sending != NULL;
  gboolean sealed = self->batch->body != NULL;

  for (guint i = 0; i < self->checks->len; i++)
    gtk_widget_set_sensitive (g_ptr_array_index (self->checks, i), !busy && !sealed && !self->done);
  gtk_widget_set_sensitive (GTK_WIDGET (self->person), !busy && !sealed && !self->done);
  gtk_widget_set_visible (self->cancel, !self->done);
  gtk_button_set_label (GTK_BUTTON (self->write), self->done ? _("_Close")
                                                  : sealed   ? _("_Send Again")
                                                             : _("_Write"));
  gtk_widget_set_sensitive (self->write,
                            self->done
                                || (!busy && tw_write_batch_count_chosen (self->batch) > 0
                                    && (sealed || person[0] != '\0')));
  gtk_spinner_set_spinning (self->spinner, busy);
}

static void
on_toggled (GtkCheckButton *check,
            TwWriteDialog *self)
{
  guint at;

  if (!g_ptr_array_find (self->checks, check, &at))
    return;
  ((TwWriteItem *) g_ptr_array_index (self->batch->items, at))->chosen
    = gtk_check_button_get_active (check);
  update (self);
}

static void
say (TwWriteDialog *self,
     const char *css_class,
     const char *text)
{
  gtk_widget_remove_css_class (GTK_WIDGET (self->result), "success");
  gtk_widget_remove_css_class (GTK_WIDGET (self->result), "error");
  gtk_widget_add_css_class (GTK_WIDGET (self->result), css_class);
  gtk_label_set_label (self->result, text);
  gtk_widget_set_visible (GTK_WIDGET (self->result), TRUE);
}

/* What became of an item, in words. */
static char *
dup_mark (const TwWriteItem *item)
{
  if (!item->chosen)
    return g_strdup (_("Not written"));
  if (item->status == 201)
    return g_strdup (_("Written"));
  if (item->status >= 200 && item->status < 300)
    return g_strdup (_("Up to date"));
  return g_strdup_printf (_("Refused: %s"), item->words != NULL ? item->words : _("no reason given"));
}

void
tw_write_dialog_show_result (TwWriteDialog *self,
                             const GError *error)
{
  g_autofree char *text = NULL;
  guint n = 0;

  g_return_if_fail (TW_IS_WRITE_DIALOG (self));

  if (error != NULL)
    {
      say (self, "error", error->message);
      update (self);
      gtk_widget_grab_focus (self->write);
      return;
    }
  self->done = TRUE;
  gtk_widget_grab_focus (self->cancel);
  for (guint i = 0; i < self->batch->items->len; i++)
    {
      const TwWriteItem *item = g_ptr_array_index (self->batch->items, i);
      g_autofree char *mark = dup_mark (item);
      GtkLabel *label = g_ptr_array_index (self->marks, i);

      n += item->chosen && item->status < 300 ? 1 : 0;
      gtk_label_set_label (label, mark);
      gtk_widget_set_visible (GTK_WIDGET (label), TRUE);
    }
  text = g_strdup_printf (ngettext ("%u result is in the record, confirmed by %s.",
                                    "%u results are in the record, confirmed by %s.", n),
                          n, self->batch->person != NULL ? self->batch->person : "");
  say (self, "success", text);
  update (self);
  gtk_window_set_default_widget (GTK_WINDOW (self), self->write);
  gtk_widget_grab_focus (self->write);
  g_signal_emit (self, signals[WRITTEN], 0);
}

static void
on_sent (GObject *source,
         GAsyncResult *result,
         gpointer data)
{
  g_autoptr (TwWriteDialog) self = data;
  g_autoptr (GError) error = NULL;

  tw_write_back_send_finish (TW_WRITE_BACK (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->sending);
  tw_write_dialog_show_result (self, error);
}

static void
on_write (TwWriteDialog *self)
{
  if (!gtk_widget_get_sensitive (self->write))
    return;
  if (self->done || self->back == NULL)
    {
      gtk_window_close (GTK_WINDOW (self));
      return;
    }
  /* A field that turns insensitive must not keep the focus. */
  gtk_widget_grab_focus (self->cancel);
  self->sending = g_cancellable_new ();
  gtk_widget_set_visible (GTK_WIDGET (self->result), FALSE);
  tw_write_back_send_async (self->back, self->batch, gtk_editable_get_text (self->person),
                            self->sending, on_sent, g_object_ref (self));
  update (self);
}

static GtkWidget *
new_mark (TwWriteDialog *self)
{
  GtkWidget *mark = gtk_label_new (NULL);

  gtk_label_set_wrap (GTK_LABEL (mark), TRUE);
  gtk_label_set_xalign (GTK_LABEL (mark), 1);
  gtk_label_set_width_chars (GTK_LABEL (mark), 10);
  gtk_label_set_max_width_chars (GTK_LABEL (mark), 24);
  gtk_widget_set_visible (mark, FALSE);
  gtk_widget_add_css_class (mark, "tw-small");
  gtk_widget_add_css_class (mark, "heading");
  g_ptr_array_add (self->marks, mark);
  return mark;
}

static void
add_row (TwWriteDialog *self,
         const TwWriteItem *item)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *check = gtk_check_button_new ();
  g_autofree char *details = dup_details (item);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), item->title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), details);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), item->chosen);
  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, item->title, -1);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), new_mark (self));
  g_ptr_array_add (self->rows, row);
  g_ptr_array_add (self->checks, check);
  g_signal_connect (check, "toggled", G_CALLBACK (on_toggled), self);
  adw_preferences_group_add (self->items, row);
}

static void
fill (TwWriteDialog *self,
      const char *server)
{
  g_autofree char *identity = dup_identity (self->batch->patient, self->batch->made_us);
  g_autofree char *made = tw_words_clock (self->batch->made_us, TRUE);
  g_autoptr (GString) description = g_string_new (NULL);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self->patient), FALSE);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self->server), FALSE);
  adw_action_row_set_subtitle (self->patient, identity);
  adw_action_row_set_subtitle (self->server, server);
  for (guint i = 0; i < self->batch->items->len; i++)
    add_row (self, g_ptr_array_index (self->batch->items, i));
  g_string_append_printf (description, _("As found at %s. Only what is ticked leaves this program."), made);
  if (self->batch->items->len == 0)
    g_string_printf (description, _("There is nothing to write: no flag, no risk and no score at %s."),
                     made);
  if (self->batch->left_out != NULL)
    g_string_append_printf (description, "\n%s", self->batch->left_out);
  adw_preferences_group_set_description (self->items, description->str);
}

static void
tw_write_dialog_dispose (GObject *object)
{
  TwWriteDialog *self = TW_WRITE_DIALOG (object);

  g_cancellable_cancel (self->sending);
  g_clear_object (&self->sending);
  g_clear_object (&self->back);
  G_OBJECT_CLASS (tw_write_dialog_parent_class)->dispose (object);
}

static void
tw_write_dialog_finalize (GObject *object)
{
  TwWriteDialog *self = TW_WRITE_DIALOG (object);

  g_clear_pointer (&self->batch, tw_write_batch_unref);
  g_ptr_array_unref (self->rows);
  g_ptr_array_unref (self->checks);
  g_ptr_array_unref (self->marks);
  G_OBJECT_CLASS (tw_write_dialog_parent_class)->finalize (object);
}

static void
tw_write_dialog_class_init (TwWriteDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_write_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = tw_write_dialog_finalize;
  signals[WRITTEN] = g_signal_new ("written", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/twinward/Twinward/tw-write-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TwWriteDialog, cancel);
  gtk_widget_class_bind_template_child (widget_class, TwWriteDialog, write);
  gtk_widget_class_bind_template_child (widget_class, TwWriteDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, TwWriteDialog, result);
  gtk_widget_class_bind_template_child (widget_class, TwWriteDialog, patient);
  gtk_widget_class_bind_template_child (widget_class, TwWriteDialog, server);
  gtk_widget_class_bind_template_child (widget_class, TwWriteDialog, person);
  gtk_widget_class_bind_template_child (widget_class, TwWriteDialog, items);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
tw_write_dialog_init (TwWriteDialog *self)
{
  self->rows = g_ptr_array_new ();
  self->checks = g_ptr_array_new ();
  self->marks = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_window_set_default_widget (GTK_WINDOW (self), self->write);
  g_signal_connect_swapped (self->person, "changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->write, "clicked", G_CALLBACK (on_write), self);
  g_signal_connect_swapped (self->cancel, "clicked", G_CALLBACK (gtk_window_close), self);
}

GtkWidget *
tw_write_dialog_new (GtkWindow *parent,
                     TwWriteBack *back,
                     const char *server,
                     TwWriteBatch *batch)
{
  TwWriteDialog *self;

  g_return_val_if_fail (batch != NULL, NULL);

  self = g_object_new (TW_TYPE_WRITE_DIALOG, "transient-for", parent, "destroy-with-parent", TRUE,
                       NULL);
  g_set_object (&self->back, back);
  self->batch = batch;
  fill (self, server);
  update (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->person));
  return GTK_WIDGET (self);
}

const TwWriteBatch *
tw_write_dialog_get_batch (TwWriteDialog *self)
{
  g_return_val_if_fail (TW_IS_WRITE_DIALOG (self), NULL);

  return self->batch;
}

void
tw_write_dialog_set_person (TwWriteDialog *self,
                            const char *person)
{
  g_return_if_fail (TW_IS_WRITE_DIALOG (self));

  gtk_editable_set_text (self->person, person);
}
