/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one window: who it is about, the state of the feed, the Ward and the Monitor. */
#include "config.h"

#include "tw-window-private.h"

#include "tw-badge.h"
#include "tw-words-flag.h"
#include "tw-words-value.h"

#include <glib/gi18n-lib.h>

G_DEFINE_FINAL_TYPE (TwWindow, tw_window, ADW_TYPE_APPLICATION_WINDOW)

/* Fewer pixels than this are low. */
#define LOW_HEIGHT 760

static const char *const pill_classes[] = { "live", "late", "lost", "replay", "quiet" };

/* The record number, where it is not the name already. A recording has its own number, not the ward's. */
static char *
dup_number (TwWindow *self,
            const TwPatient *patient)
{
  const char *identifier = tw_patient_get (patient)->identifier;
  TwStateInput input;

  if (identifier == NULL || !tw_patient_has_name (patient))
    return NULL;
  tw_ward_model_get_state (self->model, &input);
  if (input.status != NULL && input.status->recorded)
    /* Translators: name or number of a recording. */
    return g_strdup_printf (_("Record %s"), identifier);
  /* Translators: medical record number. */
  return g_strdup_printf (_("MRN %s"), identifier);
}

/* Identity in the title: bed, name, age and sex over birth date and number; or the ward. */
void
tw_window_update_title (TwWindow *self)
{
  g_autofree char *title = NULL;
  g_autofree char *subtitle = NULL;
  g_autofree char *plain = NULL;
  const char *bar = "<span alpha=\"45%\" weight=\"normal\">  |  </span>";

  if (self->shows_connections)
    {
      title = g_strdup (_("Connections"));
      subtitle = g_strdup ("");
      plain = g_strdup (_("Connections"));
    }
  else if (self->patient != NULL)
    {
      const TwSnapshot *snapshot = tw_bed_item_get_snapshot (self->patient);
      g_autofree char *bed = tw_bed_item_dup_bed (self->patient);
      g_autofree char *name = tw_patient_dup_name (snapshot->patient);
      g_autofree char *age = tw_patient_dup_age_sex (snapshot->patient, snapshot->made_us);
      g_autofree char *birth = tw_patient_dup_birth_date (snapshot->patient);
      g_autofree char *number = dup_number (self, snapshot->patient);
      g_autofree char *bed_text = g_markup_escape_text (bed, -1);
      g_autofree char *name_text = g_markup_escape_text (name, -1);
      g_autofree char *age_text = g_markup_escape_text (age, -1);
      g_autofree char *number_text = number != NULL ? g_markup_escape_text (number, -1) : NULL;

      title = g_strjoin (bar, bed_text, name_text, age_text[0] != '\0' ? age_text : NULL, NULL);
      subtitle = birth != NULL && number != NULL ? g_strjoin (bar, birth, number_text, NULL)
                                                 : g_strdup (birth != NULL ? birth
                                                             : number_text != NULL ? number_text : "");
      plain = g_strdup_printf ("%s – %s", bed, name);
    }
  else
    {
      const char *ward = tw_ward_model_get_ward (self->model);
      guint n = g_list_model_get_n_items (tw_ward_model_get_beds (self->model));

      title = g_markup_escape_text (n == 0        ? _("Twinward")
                                    : ward != NULL ? ward
                                                   : _("Ward"),
                                    -1);
      subtitle = n > 0 ? g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u bed", "%u beds", n), n)
                       : g_strdup ("");
      plain = g_strdup (ward != NULL ? ward : _("Twinward"));
    }
  tw_label_update_markup (self->title, title);
  tw_label_update_markup (self->subtitle, subtitle);
  gtk_widget_set_visible (GTK_WIDGET (self->subtitle), subtitle[0] != '\0');
  if (g_strcmp0 (gtk_window_get_title (GTK_WINDOW (self)), plain) != 0)
    gtk_window_set_title (GTK_WINDOW (self), plain);
}

static void
update_bars (TwWindow *self,
             const TwStateInput *input)
{
  g_autofree char *pill = tw_words_pill (input);
  g_autofree char *manner = tw_words_feed_manner (input);
  const char *pill_class = tw_words_pill_class (input);

  for (int bar = 0; bar < TW_N_BARS; bar++)
    {
      TwBarWords words;

      tw_words_bar (bar, input, &words);
      tw_state_bar_set_words (self->state_bars[bar], &words);
      tw_bar_words_clear (&words);
    }
  tw_label_update (self->pill_label, pill);
  gtk_widget_set_visible (GTK_WIDGET (self->pill), pill[0] != '\0');
  for (guint i = 0; i < G_N_ELEMENTS (pill_classes); i++)
    tw_widget_set_class (GTK_WIDGET (self->pill), pill_classes[i],
                         g_str_equal (pill_classes[i], pill_class));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->pill), manner);
  tw_widget_set_class (GTK_WIDGET (self->header), "recorded",
                       input->status != NULL && input->status->recorded);
}

/* A page reads its description as markup; what a server says is text, whatever it holds. */
static void
set_words (AdwStatusPage *page,
           const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_status_page_set_description (page, escaped);
}

/* What was refused, and what to do. */
static void
set_untrusted_words (TwWindow *self,
                     const char *message)
{
  g_autofree char *words = g_strconcat (
    message != NULL ? message
                    : _("Ask those who run the server for the authority that signed its certificate."),
    "\n\n", _("No value is shown until this is put right; there is no way past it."), NULL);

  set_words (self->untrusted, words);
}

static void
update_pages (TwWindow *self,
              const TwFeedStatus *status)
{
  const char *message = status != NULL && status->message[0] != '\0' ? status->message : NULL;

  if (self->problem || !self->complete)
    return;
  set_words (self->signed_out,
             message != NULL ? message : _("The server did not accept the token. Values are hidden."));
  set_words (self->forbidden, message != NULL ? message : _("This account may not see this ward."));
  set_untrusted_words (self, message);
  set_words (self->fault, message != NULL ? message : _("The server does not answer as expected."));
  set_words (self->unreachable, message != NULL ? message : _("Check the network and the address."));
}

void
tw_window_update_view (TwWindow *self)
{
  TwStateInput input;
  TwView view;
  gboolean ward, monitor;
  int shown;

  tw_ward_model_get_state (self->model, &input);
  view = tw_words_view (&input);
  if (self->problem)
    view = TW_VIEW_FAULT;
  else if (self->opening && view == TW_VIEW_WELCOME)
    view = TW_VIEW_LOADING;
  /* The first frame of "Loading…" has only what it shows; everything else is built behind it. */
  if (view != TW_VIEW_LOADING && view != TW_VIEW_WELCOME)
    tw_window_complete (self);
  update_bars (self, &input);
  update_pages (self, input.status);
  monitor = view == TW_VIEW_WARD && self->patient != NULL && !self->shows_connections;
  ward = view == TW_VIEW_WARD && !monitor && !self->shows_connections;
  gtk_stack_set_visible_child_name (self->views, self->shows_connections ? "connections"
                                                 : !monitor              ? tw_view_name (view)
                                                 : self->shows_analysis  ? "analysis"
                                                                         : "monitor");
  gtk_spinner_set_spinning (self->spinner, self->complete && view == TW_VIEW_LOADING);
  if (self->complete)
    {
      gtk_widget_set_visible (GTK_WIDGET (self->ward_bar), ward);
      gtk_widget_set_visible (self->switcher, monitor && !self->low);
      gtk_widget_set_visible (self->compact_switcher, monitor && self->low);
    }
  gtk_widget_set_visible (self->back_button, monitor || self->shows_connections);
  gtk_widget_set_visible (self->flags_overlay, monitor);
  gtk_widget_set_visible (GTK_WIDGET (self->patients_button),
                          view == TW_VIEW_WARD && !self->shows_connections);
  /* Only when the view changes: a panel that the user closed stays closed. */
  shown = self->shows_connections ? TW_N_VIEWS : (int) view;
  if (shown != self->view)
    adw_flap_set_reveal_flap (self->patients_flap, ward || monitor ? !self->patients_hidden : FALSE);
  self->view = shown;
  tw_window_update_actions (self);
}

/* Where the flags panel is folded away or on another page, its button carries their number. */
static void
update_flags_button (TwWindow *self)
{
  guint n = tw_flags_panel_get_count (self->flags);
  gboolean shown = n > 0 && (self->shows_analysis || !adw_flap_get_reveal_flap (self->flags_flap));
  g_autofree char *text = g_strdup_printf ("%u", n);

  tw_label_update (self->flags_count, text);
  gtk_widget_set_visible (GTK_WIDGET (self->flags_count), shown);
}

/* A new worst flag is told once, never a sample. */
static void
announce (TwWindow *self)
{
  const TwSnapshot *snapshot = tw_bed_item_get_snapshot (self->patient);
  const TwFlagFields *flag = tw_words_worst_flag (snapshot);
  TwUnit unit = tw_ward_model_get_glucose_unit (self->model);
  g_autofree char *title = flag != NULL ? tw_words_flag_title (flag, unit) : NULL;
  g_autofree char *text = NULL;

  if (g_strcmp0 (title, self->announced) == 0)
    return;
  g_free (self->announced);
  self->announced = g_strdup (title);
  if (flag == NULL)
    return;
  text = g_strdup_printf ("%s. %s", _(tw_level_label (flag->level)), title);
  tw_label_update (flag->level == TW_LEVEL_HIGH ? self->urgent_announcement : self->quiet_announcement,
                   text);
}

static void
on_patient_changed (TwWindow *self)
{
  tw_window_update_title (self);
  update_flags_button (self);
  announce (self);
}

static void
on_roster_changed (TwWindow *self)
{
  /* The open patient left the ward: the page must not show the last values as if they were somebody's. */
  if (self->patient != NULL
      && tw_ward_model_find (self->model, tw_bed_item_get_index (self->patient)) != self->patient)
    {
      tw_window_open_ward (self);
      tw_window_toast (self, _("The patient is no longer on this ward."));
    }
  tw_window_update_title (self);
  tw_window_update_view (self);
}

static void
on_settings_changed (TwWindow *self,
                     const char *key)
{
  if (g_str_equal (key, "glucose-unit"))
    tw_ward_model_set_glucose_unit (self->model, tw_settings_get_glucose_unit (self->settings));
}

static gboolean
on_folded_due (gpointer data)
{
  TwWindow *self = data;

  self->folded_source = 0;
  update_flags_button (self);
  return G_SOURCE_REMOVE;
}

/* A panel folds while the window is being laid out; nothing may change its size then. */
static void
on_folded (TwWindow *self)
{
  if (self->folded_source == 0)
    self->folded_source = g_idle_add (on_folded_due, self);
}

/* The children of the flap and of the stack that the first frame does not need, in the order of the
 * page. */
static void
add_pages (TwWindow *self,
           GtkBuilder *builder)
{
  static const struct
  {
    const char *id;
    const char *page;
  } pages[] = {
    { "ward_page", "ward" },     { "flags_flap", "monitor" },  { "analysis", "analysis" },
    { "empty", "empty" },
    { "signed_out", "signed-out" }, { "forbidden", "forbidden" }, { "untrusted", "untrusted" },
    { "fault", "fault" },        { "unreachable", "unreachable" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    gtk_stack_add_named (self->views, GTK_WIDGET (gtk_builder_get_object (builder, pages[i].id)),
                         pages[i].page);
  self->ward_page = TW_WARD_PAGE (gtk_builder_get_object (builder, "ward_page"));
  self->flags_flap = ADW_FLAP (gtk_builder_get_object (builder, "flags_flap"));
  self->monitor = TW_MONITOR_PAGE (gtk_builder_get_object (builder, "monitor"));
  self->analysis = TW_ANALYSIS_PAGE (gtk_builder_get_object (builder, "analysis"));
  self->flags = TW_FLAGS_PANEL (gtk_builder_get_object (builder, "flags"));
  self->signed_out = ADW_STATUS_PAGE (gtk_builder_get_object (builder, "signed_out"));
  self->forbidden = ADW_STATUS_PAGE (gtk_builder_get_object (builder, "forbidden"));
  self->untrusted = ADW_STATUS_PAGE (gtk_builder_get_object (builder, "untrusted"));
  self->fault = ADW_STATUS_PAGE (gtk_builder_get_object (builder, "fault"));
  self->unreachable = ADW_STATUS_PAGE (gtk_builder_get_object (builder, "unreachable"));
}

/* Its first symbol makes GTK read the whole icon theme: that comes after the first frame. */
static void
complete_header (TwWindow *self,
                 GtkBuilder *builder)
{
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (self->menu_button),
                                  G_MENU_MODEL (gtk_builder_get_object (builder, "main_menu")));
  gtk_widget_set_visible (self->menu_button, TRUE);
  adw_header_bar_set_show_end_title_buttons (self->header, TRUE);
}

static void
give_model (TwWindow *self)
{
  tw_patients_panel_set_model (self->patients, self->model);
  tw_ward_bar_set_model (self->ward_bar, self->model);
  tw_ward_page_set_model (self->ward_page, self->model);
  tw_monitor_page_set_model (self->monitor, self->model);
  tw_analysis_page_set_model (self->analysis, self->model);
  tw_flags_panel_set_model (self->flags, self->model);
}

static void
on_exported (TwWindow *self)
{
  tw_window_tell_deed (self, TW_DEED_EXPORT, NULL, NULL);
}

void
tw_window_complete (TwWindow *self)
{
  g_autoptr (GtkBuilder) builder = NULL;

  if (self->complete)
    return;
  self->complete = TRUE;
  g_clear_handle_id (&self->complete_source, g_source_remove);
  builder = gtk_builder_new_from_resource ("/org/twinward/Twinward/tw-window-pages.ui");
  add_pages (self, builder);
  complete_header (self, builder);
  self->patients = TW_PATIENTS_PANEL (gtk_builder_get_object (builder, "patients"));
  self->ward_bar = TW_WARD_BAR (gtk_builder_get_object (builder, "ward_bar"));
  self->switcher = GTK_WIDGET (gtk_builder_get_object (builder, "switcher"));
  self->compact_switcher = GTK_WIDGET (gtk_builder_get_object (builder, "compact_switcher"));
  gtk_widget_set_visible (GTK_WIDGET (self->ward_bar), FALSE);
  gtk_widget_set_visible (self->switcher, FALSE);
  adw_flap_set_flap (self->patients_flap, GTK_WIDGET (self->patients));
  gtk_box_insert_child_after (self->column, GTK_WIDGET (self->ward_bar), GTK_WIDGET (self->header));
  gtk_box_insert_child_after (self->column, self->switcher, GTK_WIDGET (self->header));
  adw_header_bar_pack_start (self->header, self->compact_switcher);
  give_model (self);
  g_signal_connect_swapped (self->patients, "patient-activated", G_CALLBACK (tw_window_open_patient),
                            self);
  g_signal_connect_swapped (self->ward_page, "patient-activated", G_CALLBACK (tw_window_open_patient),
                            self);
  g_signal_connect_swapped (self->flags, "show-channel", G_CALLBACK (tw_monitor_page_show_channel),
                            self->monitor);
  g_signal_connect_swapped (self->flags, "outcome", G_CALLBACK (tw_window_toast), self);
  g_signal_connect_object (self->analysis, "outcome", G_CALLBACK (tw_window_toast), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->analysis, "exported", G_CALLBACK (on_exported), self, G_CONNECT_SWAPPED);
  g_signal_connect_swapped (self->flags_flap, "notify::reveal-flap", G_CALLBACK (on_folded), self);
  tw_window_connect_flags (self);
  tw_window_update_view (self);
}

static gboolean
on_complete_due (gpointer data)
{
  TwWindow *self = data;

  self->complete_source = 0;
  tw_window_complete (self);
  return G_SOURCE_REMOVE;
}

static void
on_first_painted (GdkFrameClock *clock,
                  TwWindow *self)
{
  g_signal_handlers_disconnect_by_func (clock, on_first_painted, self);
  if (!self->complete && self->complete_source == 0)
    self->complete_source = g_idle_add (on_complete_due, self);
}

static void
tw_window_realize (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (tw_window_parent_class)->realize (widget);
  g_signal_connect_object (gtk_widget_get_frame_clock (widget), "after-paint",
                           G_CALLBACK (on_first_painted), widget, 0);
}

static gboolean
on_low_due (gpointer data)
{
  TwWindow *self = data;

  self->low_source = 0;
  tw_window_update_view (self);
  return G_SOURCE_REMOVE;
}

/* In a low window the pages stand in the header, so that the charts keep their height. */
static void
tw_window_size_allocate (GtkWidget *widget,
                         int width,
                         int height,
                         int baseline)
{
  TwWindow *self = TW_WINDOW (widget);
  gboolean low = height < LOW_HEIGHT;

  GTK_WIDGET_CLASS (tw_window_parent_class)->size_allocate (widget, width, height, baseline);
  if (low == self->low)
    return;
  self->low = low;
  if (self->low_source == 0)
    self->low_source = g_idle_add (on_low_due, self);
}

static gboolean
tw_window_close_request (GtkWindow *window)
{
  TwWindow *self = TW_WINDOW (window);
  int width = 0, height = 0;

  gtk_window_get_default_size (window, &width, &height);
  tw_settings_set_int (self->settings, "window-width", width);
  tw_settings_set_int (self->settings, "window-height", height);
  tw_settings_set_int (self->settings, "window-maximized", gtk_window_is_maximized (window));
  return GTK_WINDOW_CLASS (tw_window_parent_class)->close_request (window);
}

static void
tw_window_dispose (GObject *object)
{
  TwWindow *self = TW_WINDOW (object);

  g_clear_handle_id (&self->folded_source, g_source_remove);
  g_clear_handle_id (&self->complete_source, g_source_remove);
  g_clear_handle_id (&self->low_source, g_source_remove);
  if (self->patient != NULL)
    g_signal_handlers_disconnect_by_data (self->patient, self);
  if (self->model != NULL)
    g_signal_handlers_disconnect_by_data (self->model, self);
  if (self->settings != NULL)
    g_signal_handlers_disconnect_by_data (self->settings, self);
  g_clear_object (&self->patient);
  g_clear_object (&self->connections);
  g_clear_object (&self->model);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (tw_window_parent_class)->dispose (object);
}

static void
tw_window_finalize (GObject *object)
{
  g_free (TW_WINDOW (object)->announced);
  G_OBJECT_CLASS (tw_window_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/org/twinward/Twinward/tw-window.ui");
  gtk_widget_class_bind_template_child (widget_class, TwWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, TwWindow, patients_flap);
  gtk_widget_class_bind_template_child (widget_class, TwWindow, views);
  gtk_widget_class_bind_template_child (widget_class, TwWindow, column);
  gtk_widget_class_bind_template_child (widget_class, TwWindow, bars);
  gtk_widget_class_bind_template_child (widget_class, TwWindow, pill);
  gtk_widget_class_bind_template_child (widget_class, TwWindow, title);
  gtk_widget_class_bind_template_child (widget_class, TwWindow, subtitle);
  gtk_widget_class_bind_template_child (widget_class, TwWindow, pill_label);
  gtk_widget_class_bind_template_child (widget_class, TwWindow, flags_count);
  gtk_widget_class_bind_template_child (widget_class, TwWindow, urgent_announcement);
  gtk_widget_class_bind_template_child (widget_class, TwWindow, quiet_announcement);
  gtk_widget_class_bind_template_child (widget_class, TwWindow, back_button);
  gtk_widget_class_bind_template_child (widget_class, TwWindow, flags_overlay);
  gtk_widget_class_bind_template_child (widget_class, TwWindow, flags_button);
  gtk_widget_class_bind_template_child (widget_class, TwWindow, patients_button);
  gtk_widget_class_bind_template_child (widget_class, TwWindow, menu_button);
  gtk_widget_class_bind_template_child (widget_class, TwWindow, header);
  gtk_widget_class_bind_template_child (widget_class, TwWindow, spinner);
}

static void
tw_window_class_init (TwWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = tw_window_finalize;
  widget_class->realize = tw_window_realize;
  widget_class->size_allocate = tw_window_size_allocate;
  GTK_WINDOW_CLASS (klass)->close_request = tw_window_close_request;
  g_type_ensure (TW_TYPE_PATIENTS_PANEL);
  g_type_ensure (TW_TYPE_WARD_BAR);
  g_type_ensure (TW_TYPE_WARD_PAGE);
  g_type_ensure (TW_TYPE_MONITOR_PAGE);
  g_type_ensure (TW_TYPE_ANALYSIS_PAGE);
  g_type_ensure (TW_TYPE_FLAGS_PANEL);
  g_signal_new ("deed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                G_TYPE_UINT, G_TYPE_STRING, G_TYPE_STRING);
  g_signal_new ("server-chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 3, G_TYPE_VARIANT, G_TYPE_STRING, G_TYPE_STRING);
  g_signal_new ("connection-opened", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, TW_TYPE_CONNECTION_ITEM);
  bind_children (widget_class);
  tw_window_class_install_actions (widget_class);
}

static void
tw_window_init (TwWindow *self)
{
  self->view = -1;
  gtk_widget_init_template (GTK_WIDGET (self));
  for (int bar = 0; bar < TW_N_BARS; bar++)
    {
      self->state_bars[bar] = TW_STATE_BAR (tw_state_bar_new ());
      gtk_box_append (self->bars, GTK_WIDGET (self->state_bars[bar]));
    }
  tw_window_init_actions (self);
}

TwWindow *
tw_window_new (GtkApplication *application,
               TwWardModel *model,
               TwSettings *settings)
{
  TwWindow *self = g_object_new (TW_TYPE_WINDOW, "application", application, NULL);

  self->model = g_object_ref (model);
  self->settings = g_object_ref (settings);
  tw_ward_model_set_glucose_unit (model, tw_settings_get_glucose_unit (settings));
  g_signal_connect_swapped (model, "roster-changed", G_CALLBACK (on_roster_changed), self);
  g_signal_connect_swapped (model, "status-changed", G_CALLBACK (tw_window_update_view), self);
  g_signal_connect_swapped (model, "tick", G_CALLBACK (tw_window_update_view), self);
  g_signal_connect_swapped (settings, "changed", G_CALLBACK (on_settings_changed), self);
  tw_window_connect_record (self);
  gtk_window_set_default_size (GTK_WINDOW (self), tw_settings_get_int (settings, "window-width"),
                               tw_settings_get_int (settings, "window-height"));
  if (tw_settings_get_int (settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  tw_window_update_title (self);
  tw_window_update_view (self);
  return self;
}

void
tw_window_open_patient (TwWindow *self,
                        TwBedItem *item)
{
  g_return_if_fail (TW_IS_WINDOW (self));
  g_return_if_fail (TW_IS_BED_ITEM (item));

  if (item == self->patient && !self->shows_connections)
    return;
  tw_window_complete (self);
  self->shows_connections = FALSE;
  if (self->patient != NULL)
    g_signal_handlers_disconnect_by_data (self->patient, self);
  g_set_object (&self->patient, item);
  g_signal_connect_swapped (item, "changed", G_CALLBACK (on_patient_changed), self);
  tw_monitor_page_set_item (self->monitor, item);
  tw_analysis_page_set_item (self->analysis, item);
  tw_flags_panel_set_item (self->flags, item);
  tw_window_tell_deed (self, TW_DEED_PATIENT_OPENED, NULL, NULL);
  tw_patients_panel_set_current (self->patients, item);
  tw_window_update_view (self);
  on_patient_changed (self);
}

void
tw_window_open_ward (TwWindow *self)
{
  g_return_if_fail (TW_IS_WINDOW (self));

  if (self->patient != NULL)
    g_signal_handlers_disconnect_by_data (self->patient, self);
  g_clear_object (&self->patient);
  if (self->complete)
    {
      tw_monitor_page_set_item (self->monitor, NULL);
      tw_analysis_page_set_item (self->analysis, NULL);
      tw_flags_panel_set_item (self->flags, NULL);
      tw_patients_panel_set_current (self->patients, NULL);
    }
  tw_window_update_view (self);
  tw_window_update_title (self);
}

void
tw_window_show_analysis (TwWindow *self,
                         gboolean analysis)
{
  g_return_if_fail (TW_IS_WINDOW (self));

  tw_window_complete (self);
  if (self->shows_analysis == analysis)
    return;
  self->shows_analysis = analysis;
  tw_window_update_view (self);
  update_flags_button (self);
}

TwAnalysisPage *
tw_window_open_analysis (TwWindow *self)
{
  g_return_val_if_fail (TW_IS_WINDOW (self), NULL);

  tw_window_complete (self);
  g_action_group_change_action_state (G_ACTION_GROUP (self), "page", g_variant_new_string ("analysis"));
  return self->analysis;
}

TwBedItem *
tw_window_get_patient (TwWindow *self)
{
  g_return_val_if_fail (TW_IS_WINDOW (self), NULL);

  return self->patient;
}

void
tw_window_toast (TwWindow *self,
                 const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  AdwToast *toast;

  g_return_if_fail (TW_IS_WINDOW (self));

  toast = adw_toast_new (escaped);
  adw_toast_set_timeout (toast, 4);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

void
tw_window_set_problem (TwWindow *self,
                       const char *title,
                       const char *text)
{
  g_return_if_fail (TW_IS_WINDOW (self));

  self->problem = title != NULL;
  if (title != NULL)
    {
      tw_window_complete (self);
      adw_status_page_set_title (self->fault, title);
      set_words (self->fault, text);
    }
  else if (self->complete)
    adw_status_page_set_title (self->fault, _("Nothing can be shown from this server"));
  tw_window_update_view (self);
}

void
tw_window_set_opening (TwWindow *self,
                       gboolean opening)
{
  g_return_if_fail (TW_IS_WINDOW (self));

  self->opening = opening;
  tw_window_update_view (self);
}

void
tw_window_show_evidence (TwWindow *self)
{
  g_return_if_fail (TW_IS_WINDOW (self));

  tw_window_complete (self);
  adw_flap_set_reveal_flap (self->flags_flap, TRUE);
  tw_flags_panel_set_evidence_shown (self->flags, TRUE);
}
