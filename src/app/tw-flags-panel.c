/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The panel at the right of the Monitor: open flags worst first, technical ones in their own group. */
#include "config.h"

#include "tw-flags-panel.h"

#include "tw-badge.h"
#include "tw-flag-card.h"
#include "tw-words-flag.h"
#include "tw-words-scores.h"
#include "tw-words-value.h"

#include <glib/gi18n-lib.h>

struct _TwFlagsPanel
{
  GtkBox parent_instance;
  TwWardModel *model;
  TwBedItem *item;
  gboolean outdated;
  GtkBox *cards, *technical;
  GtkLabel *count, *none, *no_technical, *scores_heading, *scores, *record_reason;
};

G_DEFINE_FINAL_TYPE (TwFlagsPanel, tw_flags_panel, GTK_TYPE_BOX)

enum
{
  SHOW_CHANNEL,
  OUTCOME,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
on_acknowledge (TwFlagCard *card,
                TwFlagsPanel *self)
{
  if (!tw_ward_model_acknowledge (self->model, tw_bed_item_get_index (self->item),
                                  tw_flag_card_get_rule (card)))
    g_signal_emit (self, signals[OUTCOME], 0, _("This flag is no longer open."));
}

static void
on_silence (TwFlagCard *card,
            int minutes,
            TwFlagsPanel *self)
{
  if (!tw_ward_model_silence (self->model, tw_bed_item_get_index (self->item),
                              tw_flag_card_get_rule (card), minutes))
    g_signal_emit (self, signals[OUTCOME], 0, _("This flag is no longer open."));
}

static void
on_show (TwFlagCard *card,
         TwFlagsPanel *self)
{
  g_signal_emit (self, signals[SHOW_CHANNEL], 0, (int) tw_flag_card_get_channel (card));
}

/* The card at position n of a box, made when it is not there yet. */
static TwFlagCard *
card_at (TwFlagsPanel *self,
         GtkBox *box,
         guint n)
{
  GtkWidget *card = gtk_widget_get_first_child (GTK_WIDGET (box));

  for (guint i = 0; card != NULL && i < n; i++)
    card = gtk_widget_get_next_sibling (card);
  if (card != NULL)
    return TW_FLAG_CARD (card);
  card = tw_flag_card_new ();
  g_signal_connect (card, "acknowledge", G_CALLBACK (on_acknowledge), self);
  g_signal_connect (card, "silence", G_CALLBACK (on_silence), self);
  g_signal_connect (card, "show-strip", G_CALLBACK (on_show), self);
  gtk_box_append (box, card);
  return TW_FLAG_CARD (card);
}

static void
drop_cards_from (GtkBox *box,
                 guint n)
{
  GtkWidget *card = gtk_widget_get_first_child (GTK_WIDGET (box));

  for (guint i = 0; card != NULL; i++)
    {
      GtkWidget *next = gtk_widget_get_next_sibling (card);

      if (i >= n)
        gtk_box_remove (box, card);
      card = next;
    }
}

/* Cards stay with their rule where they can, so that a press never lands on another flag. */
static void
place_card (TwFlagsPanel *self,
            GtkBox *box,
            guint n,
            const char *rule)
{
  GtkWidget *before = NULL;
  GtkWidget *card = gtk_widget_get_first_child (GTK_WIDGET (box));

  for (guint i = 0; card != NULL; i++, card = gtk_widget_get_next_sibling (card))
    {
      if (i >= n && g_strcmp0 (tw_flag_card_get_rule (TW_FLAG_CARD (card)), rule) == 0)
        {
          if (i > n)
            gtk_box_reorder_child_after (box, card, before);
          return;
        }
      if (i + 1 == n)
        before = card;
    }
  card = GTK_WIDGET (card_at (self, box, G_MAXUINT));
  gtk_box_reorder_child_after (box, card, before);
}

static char *
dup_no_technical (const TwSnapshot *snapshot)
{
  for (guint i = 0; snapshot->history != NULL && i < snapshot->history->len; i++)
    {
      const TwFlagFields *flag = tw_flag_get (g_ptr_array_index (snapshot->history, i));
      g_autofree char *from = NULL;
      g_autofree char *to = NULL;

      if (flag->kind != TW_FLAG_TECHNICAL || flag->channel == TW_CHANNEL_NONE)
        continue;
      from = tw_words_clock (flag->since_us, FALSE);
      to = tw_words_clock (flag->resolved_us, FALSE);
      /* Translators: as "No open technical flags. Last: MAP, 11:26–11:52." */
      return g_strdup_printf (_("No open technical flags. Last: %s, %s–%s."),
                              tw_words_channel_label (flag->channel), from, to);
    }
  return g_strdup (_("No open technical flags."));
}

static void
update_scores (TwFlagsPanel *self,
               const TwSnapshot *snapshot)
{
  g_autofree char *scores = tw_words_scores (snapshot);

  gtk_widget_set_visible (GTK_WIDGET (self->scores_heading), scores[0] != '\0');
  gtk_widget_set_visible (GTK_WIDGET (self->scores), scores[0] != '\0');
  tw_label_update (self->scores, scores);
}

static void
update_none (TwFlagsPanel *self,
             const TwSnapshot *snapshot,
             guint n_clinical,
             guint n_technical)
{
  g_autofree char *checked = tw_words_clock (tw_ward_model_get_checked (self->model), TRUE);
  g_autofree char *none = g_strdup_printf (_("No flags. Checked %s"), checked);
  g_autofree char *no_technical = dup_no_technical (snapshot);
  g_autofree char *count = g_strdup_printf ("%u", n_clinical + n_technical);

  tw_label_update (self->count, count);
  gtk_widget_set_visible (GTK_WIDGET (self->none), n_clinical == 0);
  gtk_widget_set_visible (GTK_WIDGET (self->no_technical), n_technical == 0);
  tw_label_update (self->none, none);
  tw_label_update (self->no_technical, no_technical);
}

static void
update (TwFlagsPanel *self)
{
  TwSnapshot *snapshot;
  guint n_clinical = 0, n_technical = 0;
  gint64 now_us;

  if (self->item == NULL)
    return;
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    {
      self->outdated = TRUE;
      return;
    }
  self->outdated = FALSE;
  snapshot = tw_bed_item_get_snapshot (self->item);
  now_us = tw_ward_model_get_now (self->model);
  for (guint i = 0; i < snapshot->flags->len; i++)
    {
      const TwFlagFields *flag = tw_flag_get (g_ptr_array_index (snapshot->flags, i));
      gboolean technical = flag->kind == TW_FLAG_TECHNICAL;
      GtkBox *box = technical ? self->technical : self->cards;
      guint n = technical ? n_technical++ : n_clinical++;

      place_card (self, box, n, flag->rule);
      tw_flag_card_update (card_at (self, box, n), flag, snapshot, now_us,
                           tw_ward_model_get_glucose_unit (self->model));
    }
  drop_cards_from (self->cards, n_clinical);
  drop_cards_from (self->technical, n_technical);
  update_none (self, snapshot, n_clinical, n_technical);
  update_scores (self, snapshot);
}

static void
tw_flags_panel_map (GtkWidget *widget)
{
  TwFlagsPanel *self = TW_FLAGS_PANEL (widget);

  GTK_WIDGET_CLASS (tw_flags_panel_parent_class)->map (widget);
  if (self->outdated)
    update (self);
}

static void
tw_flags_panel_dispose (GObject *object)
{
  TwFlagsPanel *self = TW_FLAGS_PANEL (object);

  tw_flags_panel_set_item (self, NULL);
  if (self->model != NULL)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (tw_flags_panel_parent_class)->dispose (object);
}

static void
tw_flags_panel_class_init (TwFlagsPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_flags_panel_dispose;
  widget_class->map = tw_flags_panel_map;
  signals[SHOW_CHANNEL] = g_signal_new ("show-channel", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_INT);
  signals[OUTCOME] = g_signal_new ("outcome", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/twinward/Twinward/tw-flags-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, TwFlagsPanel, cards);
  gtk_widget_class_bind_template_child (widget_class, TwFlagsPanel, technical);
  gtk_widget_class_bind_template_child (widget_class, TwFlagsPanel, count);
  gtk_widget_class_bind_template_child (widget_class, TwFlagsPanel, none);
  gtk_widget_class_bind_template_child (widget_class, TwFlagsPanel, no_technical);
  gtk_widget_class_bind_template_child (widget_class, TwFlagsPanel, scores_heading);
  gtk_widget_class_bind_template_child (widget_class, TwFlagsPanel, scores);
  gtk_widget_class_bind_template_child (widget_class, TwFlagsPanel, record_reason);
}

static void
tw_flags_panel_init (TwFlagsPanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
tw_flags_panel_new (void)
{
  return g_object_new (TW_TYPE_FLAGS_PANEL, NULL);
}

void
tw_flags_panel_set_model (TwFlagsPanel *self,
                          TwWardModel *model)
{
  g_return_if_fail (TW_IS_FLAGS_PANEL (self));
  g_return_if_fail (self->model == NULL);

  self->model = g_object_ref (model);
  g_signal_connect_swapped (model, "tick", G_CALLBACK (update), self);
}

void
tw_flags_panel_set_item (TwFlagsPanel *self,
                         TwBedItem *item)
{
  g_return_if_fail (TW_IS_FLAGS_PANEL (self));

  if (item == self->item)
    return;
  if (self->item != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->item, self);
      /* Another patient's cards must not be pressed by chance. */
      drop_cards_from (self->cards, 0);
      drop_cards_from (self->technical, 0);
    }
  g_set_object (&self->item, item);
  if (item == NULL)
    return;
  g_signal_connect_swapped (item, "changed", G_CALLBACK (update), self);
  update (self);
}

guint
tw_flags_panel_get_count (TwFlagsPanel *self)
{
  g_return_val_if_fail (TW_IS_FLAGS_PANEL (self), 0);

  return self->item != NULL ? tw_bed_item_get_snapshot (self->item)->flags->len : 0;
}

static TwFlagCard *
find_card (TwFlagsPanel *self,
           gboolean waiting)
{
  GtkBox *boxes[] = { self->cards, self->technical };
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  GtkWidget *focused = focus != NULL ? gtk_widget_get_ancestor (focus, TW_TYPE_FLAG_CARD) : NULL;

  if (focused != NULL && gtk_widget_is_ancestor (focused, GTK_WIDGET (self)))
    return TW_FLAG_CARD (focused);
  for (guint b = 0; b < G_N_ELEMENTS (boxes); b++)
    for (GtkWidget *card = gtk_widget_get_first_child (GTK_WIDGET (boxes[b])); card != NULL;
         card = gtk_widget_get_next_sibling (card))
      if (!waiting || !tw_flag_card_is_acknowledged (TW_FLAG_CARD (card)))
        return TW_FLAG_CARD (card);
  return NULL;
}

gboolean
tw_flags_panel_acknowledge (TwFlagsPanel *self)
{
  TwFlagCard *card = find_card (self, TRUE);

  if (card == NULL)
    return FALSE;
  on_acknowledge (card, self);
  return TRUE;
}

gboolean
tw_flags_panel_silence (TwFlagsPanel *self)
{
  TwFlagCard *card = find_card (self, FALSE);

  if (card == NULL)
    return FALSE;
  tw_flag_card_open_silence (card);
  return TRUE;
}

void
tw_flags_panel_set_record_reason (TwFlagsPanel *self,
                                  const char *reason)
{
  g_return_if_fail (TW_IS_FLAGS_PANEL (self) && reason != NULL);

  tw_label_update (self->record_reason, reason);
  gtk_widget_set_visible (GTK_WIDGET (self->record_reason), reason[0] != '\0');
}

void
tw_flags_panel_set_evidence_shown (TwFlagsPanel *self,
                                   gboolean shown)
{
  for (GtkWidget *card = gtk_widget_get_first_child (GTK_WIDGET (self->cards)); card != NULL;
       card = gtk_widget_get_next_sibling (card))
    tw_flag_card_set_evidence_shown (TW_FLAG_CARD (card), shown);
}
