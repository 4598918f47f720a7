/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One patient on the ward page. Changes only what differs, and nothing while it is not on screen. */
#include "config.h"

#include "tw-tile.h"

#include "tw-badge.h"
#include "tw-chart-data.h"
#include "tw-sparkline.h"
#include "tw-time.h"
#include "tw-value-cell.h"
#include "tw-words-flag.h"
#include "tw-words-value.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* The trend shows two hours and one hour ahead. */
#define PAST_US (2 * TW_HOUR)
#define AHEAD_US TW_HOUR

struct _TwTile
{
  GtkBox parent_instance;
  TwWardModel *model;
  TwBedItem *item;
  gboolean outdated; /* something changed while it was not mapped */
  GtkLabel *bed, *name, *age_sex, *line, *data, *note;
  TwBadge *badge, *chip;
  TwValueCell *heart_rate, *spo2, *pressure, *respiration, *temperature, *score;
  TwSparkline *sparkline;
  GtkImage *note_icon;
  GtkWidget *flag_row;
};

G_DEFINE_FINAL_TYPE (TwTile, tw_tile, GTK_TYPE_BOX)

static void
update_identity (TwTile *self,
                 const TwSnapshot *snapshot,
                 gint64 now_us)
{
  const TwPatientFields *patient = tw_patient_get (snapshot->patient);
  g_autofree char *name = tw_bed_item_dup_short_name (self->item);
  g_autofree char *whole = tw_patient_dup_name (snapshot->patient);
  g_autofree char *age_sex = tw_patient_dup_age_sex (snapshot->patient, now_us);

  tw_label_update (self->bed, patient->bed != NULL ? patient->bed : "–");
  tw_label_update (self->name, name);
  /* The ends of a record number tell patients apart; the whole of it is one look away. */
  gtk_label_set_ellipsize (self->name, tw_patient_has_name (snapshot->patient) ? PANGO_ELLIPSIZE_END
                                                                               : PANGO_ELLIPSIZE_MIDDLE);
  if (g_strcmp0 (gtk_widget_get_tooltip_text (GTK_WIDGET (self->name)), whole) != 0)
    gtk_widget_set_tooltip_text (GTK_WIDGET (self->name), whole);
  tw_label_update (self->age_sex, age_sex);
}

static void
update_badge (TwTile *self,
              const TwSnapshot *snapshot,
              gint64 now_us)
{
  const TwFlagFields *flag = tw_words_worst_flag (snapshot);
  g_autofree char *age = NULL;

  if (flag == NULL)
    {
      tw_badge_set_level (self->badge, TW_LEVEL_NONE, TW_BADGE_WORD, NULL);
      return;
    }
  age = tw_words_age (now_us - (flag->raised_us != 0 ? flag->raised_us : flag->since_us));
  tw_badge_set_level (self->badge, flag->level, TW_BADGE_TEXT, age);
  tw_badge_set_acknowledged (self->badge, flag->state == TW_FLAG_ACKNOWLEDGED);
}

static void
update_values (TwTile *self,
               const TwSnapshot *snapshot,
               gint64 now_us,
               TwUnit glucose_unit)
{
  tw_value_cell_set_channel (self->heart_rate, snapshot, TW_CHANNEL_HEART_RATE, now_us, glucose_unit);
  tw_value_cell_set_channel (self->spo2, snapshot, TW_CHANNEL_SPO2, now_us, glucose_unit);
  tw_value_cell_set_channel (self->pressure, snapshot, TW_CHANNEL_SYSTOLIC, now_us, glucose_unit);
  tw_value_cell_set_channel (self->respiration, snapshot, TW_CHANNEL_RESPIRATORY_RATE, now_us,
                             glucose_unit);
  tw_value_cell_set_channel (self->temperature, snapshot, TW_CHANNEL_TEMPERATURE, now_us,
                             glucose_unit);
  if (snapshot->news2.status == TW_NEWS2_NOT_USED
      && snapshot->channels[TW_CHANNEL_GLUCOSE].last.t_us != 0)
    tw_value_cell_set_channel (self->score, snapshot, TW_CHANNEL_GLUCOSE, now_us, glucose_unit);
  else
    tw_value_cell_set_news2 (self->score, snapshot);
}

/* On so small a trend only the limit that a flag is about is drawn. */
static void
keep_limit_of_flag (TwStripData *data,
                    const TwSnapshot *snapshot)
{
  gboolean low = FALSE, high = FALSE;

  for (guint i = 0; snapshot->flags != NULL && i < snapshot->flags->len; i++)
    {
      const TwFlagFields *flag = tw_flag_get (g_ptr_array_index (snapshot->flags, i));

      if (flag->channel != data->channel || flag->kind == TW_FLAG_TECHNICAL)
        continue;
      low |= flag->below;
      high |= !flag->below;
    }
  if (!low)
    data->limit_low = NAN;
  if (!high)
    data->limit_high = NAN;
}

static void
update_trend (TwTile *self,
              const TwSnapshot *snapshot,
              gint64 now_us,
              TwUnit glucose_unit)
{
  TwChannel driver = snapshot->driver != TW_CHANNEL_NONE ? snapshot->driver : TW_CHANNEL_HEART_RATE;
  TwTimeWindow window = { now_us - PAST_US, now_us + AHEAD_US, now_us, NULL };
  TwStripData data;

  if (!gtk_widget_get_visible (GTK_WIDGET (self->sparkline)))
    return;
  tw_chart_data_fill (&data, snapshot, driver, &window, glucose_unit);
  keep_limit_of_flag (&data, snapshot);
  tw_sparkline_set_data (self->sparkline, &data);
  tw_chart_data_clear (&data);
}

/* The one line under the trend: what is most worth reading. */
static void
update_line (TwTile *self,
             const TwSnapshot *snapshot,
             gint64 now_us,
             TwUnit glucose_unit)
{
  const TwFlagFields *flag = tw_words_worst_flag (snapshot);
  const TwFlagFields *predicted = tw_words_worst_predicted (snapshot);
  gboolean chip = predicted != NULL && (flag == NULL || predicted->level >= flag->level);
  g_autofree char *unreliable = NULL;
  g_autofree char *text = NULL;

  if (snapshot->driver != TW_CHANNEL_NONE)
    unreliable = tw_words_unreliable (&snapshot->channels[snapshot->driver].forecast);
  if (chip)
    text = tw_words_flag_chip (predicted, glucose_unit);
  tw_badge_set_predicted (self->chip, chip ? predicted->level : TW_LEVEL_NONE, text);
  g_clear_pointer (&text, g_free);
  if (flag != NULL)
    text = tw_words_flag_line (flag, now_us, glucose_unit);
  else if (unreliable != NULL && unreliable[0] != '\0')
    text = g_strdup (unreliable);
  else
    {
      g_autofree char *checked = tw_words_clock (tw_ward_model_get_checked (self->model), TRUE);

      text = snapshot->loading ? g_strdup (_("Loading history…"))
                               : g_strdup_printf (_("No flags. Checked %s"), checked);
    }
  tw_label_update (self->line, chip ? "" : text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->line), flag != NULL ? text : NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->line), !chip);
  tw_widget_set_class (GTK_WIDGET (self->line), "tw-secondary",
                       flag == NULL && (unreliable == NULL || unreliable[0] == '\0'));
  tw_widget_set_class (GTK_WIDGET (self->line), "tw-amber",
                       !chip && flag == NULL && unreliable != NULL && unreliable[0] != '\0');
  gtk_widget_set_visible (GTK_WIDGET (self->note_icon),
                          !chip && flag == NULL && unreliable != NULL && unreliable[0] != '\0');
}

static guint
count_artefacts (const TwSnapshot *snapshot)
{
  static const TwReason artefacts[] = { TW_REASON_HARD_LIMIT, TW_REASON_TOO_FAST,
                                        TW_REASON_HAMPEL_CONFIRMED, TW_REASON_PRESSURE_ORDER,
                                        TW_REASON_DAMPED_LINE };
  guint n = 0;

  for (int channel = 0; channel < TW_N_VITALS; channel++)
    for (guint i = 0; i < G_N_ELEMENTS (artefacts); i++)
      n += snapshot->channels[channel].counts.by_reason[artefacts[i]];
  return n;
}

/* The quiet words at the right: what this patient's figures must be read with. */
static char *
dup_note (const TwSnapshot *snapshot,
          TwUnit glucose_unit)
{
  const TwChannelSnapshot *flow = &snapshot->channels[TW_CHANNEL_OXYGEN_FLOW];
  const TwChannelSnapshot *driver
    = snapshot->driver != TW_CHANNEL_NONE ? &snapshot->channels[snapshot->driver] : NULL;
  g_autofree char *missing = tw_words_news2_missing (&snapshot->news2, snapshot->patient);
  guint n_artefacts = count_artefacts (snapshot);

  if (driver != NULL && driver->forecast.status == TW_FORECAST_UNRELIABLE)
    return g_strdup (_("Do not rely on it now"));
  if (missing[0] != '\0')
    return g_steal_pointer (&missing);
  if (snapshot->news2.scale_2 && flow->last.t_us != 0 && flow->last.value > 0)
    {
      g_autofree char *amount
        = tw_words_quantity (TW_CHANNEL_OXYGEN_FLOW, flow->last.value, glucose_unit);

      return g_strdup_printf (_("Scale 2, oxygen %s"), amount);
    }
  if (snapshot->news2.scale_2)
    return g_strdup (_("Scale 2"));
  if (n_artefacts > 0)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u artefact not counted",
                                         "%u artefacts not counted", n_artefacts),
                            n_artefacts);
  return g_strdup ("");
}

static void
update_data (TwTile *self,
             const TwSnapshot *snapshot,
             gint64 now_us,
             TwUnit glucose_unit)
{
  guint present = 0, needed = 0;
  TwChannel oldest = TW_CHANNEL_NONE;
  gint64 age_us = 0;
  g_autofree char *age = NULL;
  g_autofree char *text = NULL;
  g_autofree char *note = dup_note (snapshot, glucose_unit);

  tw_snapshot_completeness (snapshot, now_us, &present, &needed, &oldest, &age_us);
  age = tw_words_age (age_us);
  if (oldest == TW_CHANNEL_NONE)
    text = g_strdup_printf (_("Data %u/%u"), present, needed);
  else
    {
      TwFreshness freshness = tw_snapshot_freshness (snapshot, oldest, now_us);
      const char *label = oldest == TW_CHANNEL_SYSTOLIC ? _("BP") : tw_words_channel_label (oldest);

      if (freshness == TW_FRESH_STALE || freshness == TW_FRESH_LOST)
        /* Translators: completeness and the oldest value; keep the markup. "Data 4/5, SpO₂ 6 min old". */
        text = g_strdup_printf (_("Data %u/%u, <b>%s %s old</b>"), present, needed, label, age);
      else if (freshness == TW_FRESH_AGEING)
        /* Translators: keep the markup. "Data 5/5, 20 s". */
        text = g_strdup_printf (_("Data %u/%u, <b>%s</b>"), present, needed, age);
      else
        /* Translators: completeness and age of the oldest needed value, as "Data 5/5, 9 s". */
        text = g_strdup_printf (_("Data %u/%u, %s"), present, needed, age);
    }
  tw_label_update_markup (self->data, text);
  tw_label_update (self->note, note);
}

static void
update (TwTile *self)
{
  TwSnapshot *snapshot;
  gint64 now_us;
  TwUnit glucose_unit;

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
  glucose_unit = tw_ward_model_get_glucose_unit (self->model);
  update_identity (self, snapshot, now_us);
  update_badge (self, snapshot, now_us);
  update_values (self, snapshot, now_us, glucose_unit);
  update_trend (self, snapshot, now_us, glucose_unit);
  update_line (self, snapshot, now_us, glucose_unit);
  update_data (self, snapshot, now_us, glucose_unit);
}

/* What a screen reader says of the tile as a whole. */
static void
update_accessible (TwTile *self)
{
  g_autofree char *bed = tw_bed_item_dup_bed (self->item);
  g_autofree char *person = tw_bed_item_dup_person (self->item, tw_ward_model_get_now (self->model));
  g_autofree char *label = g_strdup_printf ("%s. %s", bed, person);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
tw_tile_map (GtkWidget *widget)
{
  TwTile *self = TW_TILE (widget);

  GTK_WIDGET_CLASS (tw_tile_parent_class)->map (widget);
  if (self->outdated)
    update (self);
}

static void
tw_tile_dispose (GObject *object)
{
  TwTile *self = TW_TILE (object);

  tw_tile_set_item (self, NULL);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (tw_tile_parent_class)->dispose (object);
}

static void
tw_tile_class_init (TwTileClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = tw_tile_dispose;
  widget_class->map = tw_tile_map;
  g_type_ensure (TW_TYPE_BADGE);
  g_type_ensure (TW_TYPE_VALUE_CELL);
  g_type_ensure (TW_TYPE_SPARKLINE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/twinward/Twinward/tw-tile.ui");
  gtk_widget_class_bind_template_child (widget_class, TwTile, bed);
  gtk_widget_class_bind_template_child (widget_class, TwTile, name);
  gtk_widget_class_bind_template_child (widget_class, TwTile, age_sex);
  gtk_widget_class_bind_template_child (widget_class, TwTile, line);
  gtk_widget_class_bind_template_child (widget_class, TwTile, data);
  gtk_widget_class_bind_template_child (widget_class, TwTile, note);
  gtk_widget_class_bind_template_child (widget_class, TwTile, badge);
  gtk_widget_class_bind_template_child (widget_class, TwTile, chip);
  gtk_widget_class_bind_template_child (widget_class, TwTile, heart_rate);
  gtk_widget_class_bind_template_child (widget_class, TwTile, spo2);
  gtk_widget_class_bind_template_child (widget_class, TwTile, pressure);
  gtk_widget_class_bind_template_child (widget_class, TwTile, respiration);
  gtk_widget_class_bind_template_child (widget_class, TwTile, temperature);
  gtk_widget_class_bind_template_child (widget_class, TwTile, score);
  gtk_widget_class_bind_template_child (widget_class, TwTile, sparkline);
  gtk_widget_class_bind_template_child (widget_class, TwTile, note_icon);
  gtk_widget_class_bind_template_child (widget_class, TwTile, flag_row);
}

static void
tw_tile_init (TwTile *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
tw_tile_new (TwWardModel *model)
{
  TwTile *self = g_object_new (TW_TYPE_TILE, NULL);

  self->model = g_object_ref (model);
  return GTK_WIDGET (self);
}

void
tw_tile_set_item (TwTile *self,
                  TwBedItem *item)
{
  g_return_if_fail (TW_IS_TILE (self));

  if (item == self->item)
    return;
  if (self->item != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->item, self);
      g_signal_handlers_disconnect_by_data (self->model, self);
    }
  g_set_object (&self->item, item);
  if (item == NULL)
    return;
  g_signal_connect_swapped (item, "changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->model, "tick", G_CALLBACK (update), self);
  update_accessible (self);
  update (self);
}

TwBedItem *
tw_tile_get_item (TwTile *self)
{
  g_return_val_if_fail (TW_IS_TILE (self), NULL);

  return self->item;
}

void
tw_tile_set_size (TwTile *self,
                  TwTileSize size)
{
  static const int widths[] = { 240, 280, 420 };
  static const int heights[] = { 90, 196, 280 };
  gboolean trend = size != TW_TILE_SMALL;

  g_return_if_fail (TW_IS_TILE (self));

  gtk_widget_set_size_request (GTK_WIDGET (self), widths[size], heights[size]);
  tw_widget_set_class (GTK_WIDGET (self), "small", size == TW_TILE_SMALL);
  tw_widget_set_class (GTK_WIDGET (self), "large", size == TW_TILE_LARGE);
  if (gtk_widget_get_visible (GTK_WIDGET (self->sparkline)) == trend)
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->sparkline), trend);
  gtk_widget_set_visible (self->flag_row, trend);
  update (self);
}
