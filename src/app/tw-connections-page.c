/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list at the side, the chosen server beside it. Nothing is asked of a server but by its check, and that
 * only when somebody looks at it or asks for it. */
#include "config.h"

#include "tw-connections-page.h"

#include "tw-badge.h"
#include "tw-check-row.h"
#include "tw-diagnostics.h"
#include "tw-time.h"
#include "tw-words-state.h"

#include <glib/gi18n-lib.h>

typedef enum
{
  FEED_STATE,
  FEED_LAST,
  FEED_DELAY,
  FEED_REFUSED,
  FEED_CLOCK,
  N_FEED_ROWS
} FeedRow;

typedef enum
{
  FACT_SIGN_IN,
  FACT_WARD,
  FACT_AUTHORITY,
  FACT_PINS,
  FACT_CERTIFICATE,
  N_FACT_ROWS
} FactRow;

struct _TwConnectionsPage
{
  GtkBox parent_instance;
  GtkWidget *side, *add, *open, *sign_in, *sign_out, *again, *edit, *copy,
    *remove;
  GtkListBox *list;
  GtkStack *stack;
  GtkScrolledWindow *scroller;
  GtkLabel *title, *address, *note;
  AdwPreferencesGroup *checks, *feed, *facts;
  TwCheckRow *check_rows[TW_N_CHECKS];
  AdwActionRow *feed_rows[N_FEED_ROWS];
  AdwActionRow *fact_rows[N_FACT_ROWS];
  TwConnections *connections;
  TwWardModel *model;
  TwConnectionItem *selected; /* NULL: none */
  GCancellable *signing_in;   /* NULL: nobody is asked */
  gint64 last_us, delay_us;   /* newest reading, and how late it came */
};

G_DEFINE_FINAL_TYPE (TwConnectionsPage, tw_connections_page, GTK_TYPE_BOX)

static void
tell (TwConnectionsPage *self,
      const char *text)
{
  g_signal_emit_by_name (self, "told", text);
}

static AdwActionRow *
add_row (AdwPreferencesGroup *group,
         const char *title)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  gtk_widget_add_css_class (row, "numeric");
  adw_preferences_group_add (group, row);
  return ADW_ACTION_ROW (row);
}

static void
set_row (AdwActionRow *row,
         const char *text)
{
  gtk_widget_set_visible (GTK_WIDGET (row), text != NULL);
  if (text != NULL && g_strcmp0 (adw_action_row_get_subtitle (row), text) != 0)
    adw_action_row_set_subtitle (row, text);
}

static gboolean
is_shown (TwConnectionsPage *self)
{
  return self->selected != NULL && tw_connections_get_shown (self->connections) == self->selected;
}

/* How late a reading came is known in the moment in which it comes. */
static void
note_delay (TwConnectionsPage *self,
            const TwStateInput *input)
{
  if (input->last_us == self->last_us)
    return;
  self->last_us = input->last_us;
  self->delay_us = input->now_us - input->last_us;
}

static char *
dup_clock_words (const TwFeedStatus *status)
{
  g_autofree char *span = tw_words_span (status->clock_offset_us);

  if (ABS (status->clock_offset_us) < TW_SECOND)
    return g_strdup (_("This computer and the server agree"));
  return g_strdup_printf (status->clock_offset_us < 0 ? _("This computer’s clock is %s fast")
                                                      : _("This computer’s clock is %s slow"),
                          span);
}

static void
update_feed (TwConnectionsPage *self)
{
  TwStateInput input;
  g_autofree char *pill = NULL;
  g_autofree char *state = NULL;
  g_autofree char *last = NULL;
  g_autofree char *delay = NULL;
  g_autofree char *refused = NULL;
  g_autofree char *clock_words = NULL;

  tw_ward_model_get_state (self->model, &input);
  gtk_widget_set_visible (GTK_WIDGET (self->feed), is_shown (self) && input.status != NULL);
  if (!is_shown (self) || input.status == NULL)
    return;
  note_delay (self, &input);
  pill = tw_words_pill (&input);
  state = input.status->message[0] != '\0' ? g_strdup_printf ("%s. %s", pill, input.status->message)
                                           : g_strdup (pill);
  if (input.last_us != 0)
    {
      char at[32];
      g_autofree char *age = tw_words_span (input.now_us - input.last_us);
      g_autofree char *late = tw_words_span (self->delay_us);

      tw_time_format_clock (input.last_us, NULL, TRUE, at, sizeof at);
      /* Translators: time of the newest reading, and its age. */
      last = g_strdup_printf (_("%s, %s ago"), at, age);
      /* Translators: a span, as "3 s". */
      delay = g_strdup_printf (_("The last reading came %s after it was made"), late);
    }
  if (input.counts != NULL)
    refused = g_strdup_printf (_("%lu of %lu"), (gulong) input.counts->n_refused,
                               (gulong) input.counts->n_received);
  clock_words = dup_clock_words (input.status);
  set_row (self->feed_rows[FEED_STATE], state);
  set_row (self->feed_rows[FEED_LAST], last != NULL ? last : _("None yet"));
  set_row (self->feed_rows[FEED_DELAY], delay);
  set_row (self->feed_rows[FEED_REFUSED], refused);
  set_row (self->feed_rows[FEED_CLOCK], clock_words);
}

static char *
dup_sign_in_words (TwAccess *access)
{
  const TwSite *site = tw_access_get_site (access);
  const char *user = tw_access_get_user (access);
  gint64 expiry_us = tw_access_get_expiry (access);
  char until[32];

  if (site->sign_in != TW_SIGN_IN_HOSPITAL)
    return g_strdup (tw_sign_in_label (site->sign_in));
  if (tw_access_get_state (access) != TW_ACCESS_READY)
    return g_strdup_printf (_("%s, client id %s"), tw_sign_in_label (site->sign_in), site->client_id);
  if (expiry_us == 0)
    return user != NULL ? g_strdup_printf (_("Signed in as %s"), user) : g_strdup (_("Signed in"));
  tw_time_format_clock (expiry_us, NULL, FALSE, until, sizeof until);
  return user != NULL ? g_strdup_printf (_("Signed in as %s; renewed by itself before %s"), user, until)
                      : g_strdup_printf (_("Signed in; renewed by itself before %s"), until);
}

static void
update_facts (TwConnectionsPage *self)
{
  TwAccess *access = tw_connection_item_get_access (self->selected);
  const TwSite *site = tw_access_get_site (access);
  g_autofree char *sign_in = dup_sign_in_words (access);
  g_autofree char *authority = NULL;
  g_autofree char *pins = NULL;

  if (site->ca_file == NULL)
    authority = g_strdup (_("Those of this computer"));
  else
    authority = g_strdup_printf (site->system_too ? _("%s, and those of this computer") : _("%s, and no "
                                                                                            "other"),
                                 site->ca_file);
  if (site->pins[0] != NULL || site->pins[1] != NULL)
    pins = g_strjoin ("\n", site->pins[0] != NULL ? site->pins[0] : site->pins[1],
                      site->pins[0] != NULL ? site->pins[1] : NULL, NULL);
  set_row (self->fact_rows[FACT_SIGN_IN], sign_in);
  set_row (self->fact_rows[FACT_WARD], site->ward != NULL ? site->ward : _("All"));
  set_row (self->fact_rows[FACT_AUTHORITY], g_str_has_prefix (site->address, "https:") ? authority : NULL);
  set_row (self->fact_rows[FACT_PINS], pins);
  set_row (self->fact_rows[FACT_CERTIFICATE],
           site->sign_in == TW_SIGN_IN_CERTIFICATE ? site->client_cert : NULL);
}

static gboolean
has_failed (TwConnectionsPage *self)
{
  TwConnectionCheck *check = tw_connection_item_get_check (self->selected);

  for (int i = 0; i < TW_N_CHECKS; i++)
    if (tw_connection_check_get (check, (TwCheck) i)->state == TW_CHECK_BAD)
      return TRUE;
  return FALSE;
}

static void
update_buttons (TwConnectionsPage *self)
{
  TwAccess *access = tw_connection_item_get_access (self->selected);
  TwAccessState state = tw_access_get_state (access);
  TwSignIn sign_in = tw_access_get_site (access)->sign_in;
  gboolean asking = self->signing_in != NULL;
  gboolean out = state == TW_ACCESS_OUT || state == TW_ACCESS_ASKING || asking;

  gtk_button_set_label (GTK_BUTTON (self->sign_in), asking ? _("_Cancel Sign-in") : _("_Sign In…"));
  gtk_widget_set_visible (self->sign_in, sign_in != TW_SIGN_IN_NONE && out);
  gtk_widget_set_visible (self->sign_out,
                          sign_in != TW_SIGN_IN_NONE && state == TW_ACCESS_READY && !asking);
  gtk_widget_set_sensitive (self->open, !asking);
  gtk_widget_set_sensitive (self->again,
                            !tw_connection_check_is_running (tw_connection_item_get_check (self->selected)));
  tw_widget_set_class (self->sign_in, "suggested-action", sign_in == TW_SIGN_IN_HOSPITAL && !asking);
  tw_widget_set_class (self->open, "suggested-action",
                       (sign_in == TW_SIGN_IN_NONE || !out) && !has_failed (self));
}

static void
update (TwConnectionsPage *self)
{
  TwConnectionCheck *check;
  const TwSite *site;
  g_autofree char *title = NULL;
  const char *note;

  gtk_stack_set_visible_child_name (self->stack, self->selected != NULL ? "detail" : "empty");
  if (self->selected == NULL)
    return;
  site = tw_connection_item_get_site (self->selected);
  check = tw_connection_item_get_check (self->selected);
  title = tw_site_dup_title (site);
  tw_label_update (self->title, title);
  tw_label_update (self->address, site->address);
  note = self->signing_in != NULL ? _("Sign in on the page that your browser shows. Twinward waits for five "
                                      "minutes.")
                                  : tw_access_get_problem (tw_connection_item_get_access (self->selected));
  tw_label_update (self->note, note != NULL ? note : "");
  gtk_widget_set_visible (GTK_WIDGET (self->note), note != NULL);
  for (int i = 0; i < TW_N_CHECKS; i++)
    tw_check_row_set_step (self->check_rows[i], tw_connection_check_get (check, (TwCheck) i));
  update_buttons (self);
  update_facts (self);
  update_feed (self);
}

static void
on_tick (TwConnectionsPage *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)) && self->selected != NULL)
    update_feed (self);
}

static GtkWidget *
new_side_row (TwConnectionsPage *self,
              TwConnectionItem *item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  g_autofree char *title = tw_site_dup_title (tw_connection_item_get_site (item));
  GtkWidget *name = gtk_label_new (title);
  GtkWidget *below = gtk_label_new (tw_connections_get_shown (self->connections) == item
                                      ? _("Shown now")
                                      : tw_sign_in_label (tw_connection_item_get_site (item)->sign_in));

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_xalign (GTK_LABEL (below), 0);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (name, "tw-bold");
  gtk_widget_add_css_class (below, "tw-secondary");
  gtk_widget_add_css_class (below, "tw-small");
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), below);
  gtk_widget_set_margin_top (box, 6);
  gtk_widget_set_margin_bottom (box, 6);
  return box;
}

static void
select_item (TwConnectionsPage *self,
             TwConnectionItem *item)
{
  if (self->selected != NULL)
    g_signal_handlers_disconnect_by_data (self->selected, self);
  if (self->signing_in != NULL)
    g_cancellable_cancel (self->signing_in);
  g_set_object (&self->selected, item);
  if (item != NULL)
    g_signal_connect_swapped (item, "changed", G_CALLBACK (update), self);
  self->last_us = self->delay_us = 0;
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0);
  update (self);
}

/* The rows again, with the same one chosen where it is still there. */
static void
on_list_changed (TwConnectionsPage *self)
{
  GListModel *items = tw_connections_get_list (self->connections);
  guint n = g_list_model_get_n_items (items);
  guint chosen = 0;
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TwConnectionItem) item = g_list_model_get_item (items, i);

      gtk_list_box_append (self->list, new_side_row (self, item));
      if (item == self->selected)
        chosen = i;
    }
  gtk_widget_set_visible (self->side, n > 0);
  row = gtk_list_box_get_row_at_index (self->list, (int) chosen);
  gtk_list_box_select_row (self->list, row);
  if (row == NULL)
    select_item (self, NULL);
  update (self);
}

static void
on_row_selected (GtkListBox *list,
                 GtkListBoxRow *row,
                 TwConnectionsPage *self)
{
  g_autoptr (TwConnectionItem) item = NULL;

  if (row == NULL)
    return;
  item = g_list_model_get_item (tw_connections_get_list (self->connections),
                                (guint) gtk_list_box_row_get_index (row));
  if (item != self->selected)
    select_item (self, item);
}

static void
open_page (const char *uri,
           gpointer data)
{
  GtkRoot *root = gtk_widget_get_root (data);

  gtk_show_uri (root != NULL ? GTK_WINDOW (root) : NULL, uri, GDK_CURRENT_TIME);
}

static void
on_signed_in (GObject *source,
              GAsyncResult *result,
              gpointer user_data)
{
  g_autoptr (TwConnectionsPage) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean good = tw_access_finish (TW_ACCESS (source), result, &error);

  g_clear_object (&self->signing_in);
  if (self->connections == NULL)
    return;
  if (good)
    {
      tell (self, _("You are signed in."));
      if (self->selected != NULL && tw_connection_item_get_access (self->selected) == TW_ACCESS (source))
        tw_connection_check_start (tw_connection_item_get_check (self->selected));
    }
  update (self);
}

void
tw_connections_page_sign_in (TwConnectionsPage *self)
{
  TwAccess *access;

  g_return_if_fail (TW_IS_CONNECTIONS_PAGE (self));

  if (self->selected == NULL)
    return;
  if (self->signing_in != NULL)
    {
      g_cancellable_cancel (self->signing_in);
      return;
    }
  access = tw_connection_item_get_access (self->selected);
  if (tw_access_get_site (access)->sign_in != TW_SIGN_IN_HOSPITAL)
    {
      g_signal_emit_by_name (self, "edit", self->selected);
      return;
    }
  tw_connection_check_stop (tw_connection_item_get_check (self->selected));
  self->signing_in = g_cancellable_new ();
  tw_access_set_writes (access, tw_connections_may_write (self->connections, self->selected));
  tw_access_sign_in_async (access, open_page, self, self->signing_in, on_signed_in, g_object_ref (self));
  update (self);
}

static void
on_signed_out (GObject *source,
               GAsyncResult *result,
               gpointer user_data)
{
  g_autoptr (TwConnectionsPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (tw_access_finish (TW_ACCESS (source), result, &error))
    tell (self, _("You are signed out. Nothing of the sign-in is kept."));
  else
    tell (self, error->message);
}

static void
on_sign_out (TwConnectionsPage *self)
{
  tw_connection_check_stop (tw_connection_item_get_check (self->selected));
  tw_access_sign_out_async (tw_connection_item_get_access (self->selected), NULL, on_signed_out,
                            g_object_ref (self));
}

static void
on_again (TwConnectionsPage *self)
{
  tw_connection_check_start (tw_connection_item_get_check (self->selected));
}

static void
on_open (TwConnectionsPage *self)
{
  g_signal_emit_by_name (self, "open", self->selected);
}

static void
on_edit (TwConnectionsPage *self)
{
  g_signal_emit_by_name (self, "edit", self->selected);
}

char *
tw_connections_page_dup_diagnostics (TwConnectionsPage *self)
{
  TwDiagnosticsInput input = { .version = TW_VERSION, .now_us = g_get_real_time () };
  TwStateInput state;

  g_return_val_if_fail (TW_IS_CONNECTIONS_PAGE (self), NULL);

  if (self->selected == NULL)
    return NULL;
  input.check = tw_connection_item_get_check (self->selected);
  tw_ward_model_get_state (self->model, &state);
  if (is_shown (self) && state.status != NULL)
    {
      input.status = state.status;
      input.counts = state.counts;
      input.n_patients = state.n_patients;
      input.last_us = state.last_us;
    }
  return tw_diagnostics_dup (&input, tw_connection_item_get_site (self->selected));
}

static void
on_copy (TwConnectionsPage *self)
{
  g_autofree char *text = tw_connections_page_dup_diagnostics (self);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  tell (self, _("Diagnostics copied. Nothing about patients is in them."));
}

static void
on_remove_answered (AdwMessageDialog *dialog,
                    const char *answer,
                    TwConnectionsPage *self)
{
  g_autoptr (TwConnectionItem) item = NULL;

  if (!g_str_equal (answer, "remove") || self->selected == NULL)
    return;
  item = g_object_ref (self->selected);
  tw_access_sign_out_async (tw_connection_item_get_access (item), NULL, on_signed_out, g_object_ref (self));
  g_signal_emit_by_name (self, "removed", item);
  tw_connections_remove (self->connections, item);
}

static void
on_remove (TwConnectionsPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  g_autofree char *title = tw_site_dup_title (tw_connection_item_get_site (self->selected));
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (root), NULL, NULL);

  adw_message_dialog_format_heading (ADW_MESSAGE_DIALOG (dialog), _("Remove “%s”?"), title);
  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog),
                               _("You are signed out there, and its token or key is forgotten."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "remove",
                                    _("_Remove"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "remove",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_remove_answered), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
tw_connections_page_dispose (GObject *object)
{
  TwConnectionsPage *self = TW_CONNECTIONS_PAGE (object);

  if (self->signing_in != NULL)
    g_cancellable_cancel (self->signing_in);
  if (self->selected != NULL)
    g_signal_handlers_disconnect_by_data (self->selected, self);
  if (self->connections != NULL)
    g_signal_handlers_disconnect_by_data (self->connections, self);
  if (self->model != NULL)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_clear_object (&self->selected);
  g_clear_object (&self->connections);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (tw_connections_page_parent_class)->dispose (object);
}

static void
tw_connections_page_finalize (GObject *object)
{
  g_clear_object (&TW_CONNECTIONS_PAGE (object)->signing_in);
  G_OBJECT_CLASS (tw_connections_page_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/twinward/Twinward/tw-connections-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TwConnectionsPage, side);
  gtk_widget_class_bind_template_child (widget_class, TwConnectionsPage, list);
  gtk_widget_class_bind_template_child (widget_class, TwConnectionsPage, add);
  gtk_widget_class_bind_template_child (widget_class, TwConnectionsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TwConnectionsPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, TwConnectionsPage, title);
  gtk_widget_class_bind_template_child (widget_class, TwConnectionsPage, address);
  gtk_widget_class_bind_template_child (widget_class, TwConnectionsPage, note);
  gtk_widget_class_bind_template_child (widget_class, TwConnectionsPage, open);
  gtk_widget_class_bind_template_child (widget_class, TwConnectionsPage, sign_in);
  gtk_widget_class_bind_template_child (widget_class, TwConnectionsPage, sign_out);
  gtk_widget_class_bind_template_child (widget_class, TwConnectionsPage, again);
  gtk_widget_class_bind_template_child (widget_class, TwConnectionsPage, edit);
  gtk_widget_class_bind_template_child (widget_class, TwConnectionsPage, copy);
  gtk_widget_class_bind_template_child (widget_class, TwConnectionsPage, remove);
  gtk_widget_class_bind_template_child (widget_class, TwConnectionsPage, checks);
  gtk_widget_class_bind_template_child (widget_class, TwConnectionsPage, feed);
  gtk_widget_class_bind_template_child (widget_class, TwConnectionsPage, facts);
}

static void
tw_connections_page_class_init (TwConnectionsPageClass *klass)
{
  static const char *const of_item[] = { "open", "edit", "removed" };

  G_OBJECT_CLASS (klass)->dispose = tw_connections_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = tw_connections_page_finalize;
  for (guint i = 0; i < G_N_ELEMENTS (of_item); i++)
    g_signal_new (of_item[i], G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                  1, TW_TYPE_CONNECTION_ITEM);
  g_signal_new ("told", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                G_TYPE_STRING);
  bind_children (GTK_WIDGET_CLASS (klass));
}

static void
tw_connections_page_init (TwConnectionsPage *self)
{
  const char *const feed_titles[N_FEED_ROWS]
    = { _("State"), _("Last reading"), _("Delay"), _("Refused readings"), _("Clock") };
  const char *const fact_titles[N_FACT_ROWS]
    = { _("Sign-in"), _("Ward"), _("Certificate authority"), _("Pinned keys"), _("Client certificate") };

  gtk_widget_init_template (GTK_WIDGET (self));
  for (int i = 0; i < TW_N_CHECKS; i++)
    {
      self->check_rows[i] = TW_CHECK_ROW (tw_check_row_new ((TwCheck) i));
      adw_preferences_group_add (self->checks, GTK_WIDGET (self->check_rows[i]));
    }
  for (int i = 0; i < N_FEED_ROWS; i++)
    self->feed_rows[i] = add_row (self->feed, feed_titles[i]);
  for (int i = 0; i < N_FACT_ROWS; i++)
    self->fact_rows[i] = add_row (self->facts, fact_titles[i]);
  g_signal_connect (self->list, "row-selected", G_CALLBACK (on_row_selected), self);
  g_signal_connect_swapped (self->open, "clicked", G_CALLBACK (on_open), self);
  g_signal_connect_swapped (self->sign_in, "clicked", G_CALLBACK (tw_connections_page_sign_in), self);
  g_signal_connect_swapped (self->sign_out, "clicked", G_CALLBACK (on_sign_out), self);
  g_signal_connect_swapped (self->again, "clicked", G_CALLBACK (on_again), self);
  g_signal_connect_swapped (self->edit, "clicked", G_CALLBACK (on_edit), self);
  g_signal_connect_swapped (self->copy, "clicked", G_CALLBACK (on_copy), self);
  g_signal_connect_swapped (self->remove, "clicked", G_CALLBACK (on_remove), self);
}

GtkWidget *
tw_connections_page_new (TwConnections *connections,
                         TwWardModel *model)
{
  TwConnectionsPage *self = g_object_new (TW_TYPE_CONNECTIONS_PAGE, NULL);

  self->connections = g_object_ref (connections);
  self->model = g_object_ref (model);
  g_signal_connect_swapped (connections, "changed", G_CALLBACK (on_list_changed), self);
  g_signal_connect_swapped (model, "tick", G_CALLBACK (on_tick), self);
  g_signal_connect_swapped (model, "status-changed", G_CALLBACK (on_tick), self);
  on_list_changed (self);
  return GTK_WIDGET (self);
}

void
tw_connections_page_select (TwConnectionsPage *self,
                            TwConnectionItem *item,
                            gboolean check)
{
  GListModel *items;

  g_return_if_fail (TW_IS_CONNECTIONS_PAGE (self));

  items = tw_connections_get_list (self->connections);
  for (guint i = 0; item != NULL && i < g_list_model_get_n_items (items); i++)
    {
      g_autoptr (TwConnectionItem) known = g_list_model_get_item (items, i);

      if (known == item)
        gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, (int) i));
    }
  update (self);
  if (check && self->selected != NULL)
    tw_connection_check_start (tw_connection_item_get_check (self->selected));
  gtk_widget_grab_focus (self->selected != NULL ? self->open : self->add);
}

TwConnectionItem *
tw_connections_page_get_selected (TwConnectionsPage *self)
{
  g_return_val_if_fail (TW_IS_CONNECTIONS_PAGE (self), NULL);

  return self->selected;
}
