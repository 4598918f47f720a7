/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Eight invented patients: bodies stepped every 5 s, read by devices, charted by nurses. The
 * simulation always begins 24 h before the start, so that the values do not depend on how much
 * history is asked for. */
#include "config.h"

#include "tw-demo-ward.h"

#include "tw-devices.h"
#include "tw-glucose-body.h"
#include "tw-physiology.h"
#include "tw-story.h"
#include "tw-time.h"

#define STEP_US (TW_PHYSIOLOGY_STEP_S * TW_SECOND)
#define STEPS_PER_MIN (60 / TW_PHYSIOLOGY_STEP_S)
#define WARM_UP_US (24 * TW_HOUR)
#define LATE_RATE (1.0 / 1500.0)
#define DUPLICATE_RATE (1.0 / 2500.0)
#define MMOL_MG_DL 18.016

typedef struct
{
  const TwStoryBed *info;
  TwPhysiology body;
  TwGlucoseBody glucose;
  TwDevices devices;
  TwRandom network;
  gint64 spo2_off_us, line_off_us; /* since when a signal is off; 0: it is on */
  double norepinephrine;           /* the last rate that was charted */
} Bed;

typedef struct
{
  TwWardFeed feed;
  TwStory *story;
  Bed *beds;
  guint n_beds;
  gint64 start_us, tell_us; /* minute 0; nothing before tell_us is sent */
  gint64 next_step;         /* counted from minute 0; negative before it */
  GArray *late;             /* TwTick still under way */
} DemoWard;

static void
send_tick (DemoWard     *ward,
           const TwTick *tick)
{
  if (tick->n > 0 && tick->t_us >= ward->tell_us)
    ward->feed.sink->on_tick (tick, ward->feed.sink_data);
}

/* What was delayed and has now arrived. */
static void
send_late (DemoWard *ward,
           gint64    to_us)
{
  for (guint i = 0; i < ward->late->len;)
    {
      const TwTick *tick = &g_array_index (ward->late, TwTick, i);
      if (tick->rx_us > to_us)
        {
          i++;
          continue;
        }
      send_tick (ward, tick);
      g_array_remove_index (ward->late, i);
    }
}

/* The network sometimes holds a tick back, or brings it twice. */
static void
deliver (DemoWard *ward,
         Bed      *bed,
         TwTick   *tick)
{
  double chance = tw_random_unit (&bed->network);

  if (tick->n == 0)
    return;
  if (chance < LATE_RATE)
    {
      tick->rx_us = tick->t_us + (3 + (gint64) (tw_random_next (&bed->network) % 6)) * STEP_US;
      g_array_append_val (ward->late, *tick);
      return;
    }
  send_tick (ward, tick);
  if (chance > 1.0 - DUPLICATE_RATE)
    send_tick (ward, tick);
}

/* Tells, once a signal is back, from when to when it was off. */
static void
note_signal (DemoWard *ward,
             guint     index,
             TwChannel channel,
             gint64   *off_us,
             gint64    t_us,
             gboolean  off)
{
  if (off && *off_us == 0)
    {
      *off_us = t_us;
    }
  else if (!off && *off_us != 0)
    {
      TwTickGap gap = { index, channel, *off_us, t_us, "sensor off" };
      if (*off_us >= ward->tell_us)
        ward->feed.sink->on_gap (&gap, ward->feed.sink_data);
      *off_us = 0;
    }
}

static void
add_event (DemoWard *ward,
           guint     index,
           double    minute,
           TwDriver  driver,
           TwChannel channel,
           TwTick   *tick)
{
  double value = tw_story_event (ward->story, index, driver, minute, 1.0 / STEPS_PER_MIN);

  if (!isnan (value))
    tw_tick_add (tick, channel, tw_channel_info (channel)->unit, value);
}

/* Treatments are charted when they are given, rates when they change. */
static void
add_treatments (DemoWard *ward,
                guint     index,
                double    minute,
                double    norepinephrine,
                TwTick   *tick)
{
  Bed *bed = &ward->beds[index];

  add_event (ward, index, minute, TW_DRIVER_FLUID, TW_CHANNEL_FLUID_BOLUS, tick);
  add_event (ward, index, minute, TW_DRIVER_PARACETAMOL, TW_CHANNEL_PARACETAMOL, tick);
  add_event (ward, index, minute, TW_DRIVER_CARBOHYDRATE, TW_CHANNEL_CARBOHYDRATE, tick);
  add_event (ward, index, minute, TW_DRIVER_INSULIN_BOLUS, TW_CHANNEL_INSULIN_BOLUS, tick);
  if (norepinephrine < bed->norepinephrine || norepinephrine > bed->norepinephrine)
    tw_tick_add (tick, TW_CHANNEL_NOREPINEPHRINE, TW_UNIT_UG_KG_MIN, norepinephrine);
  bed->norepinephrine = norepinephrine;
}

/* A nurse's observations: temperature, consciousness, oxygen. */
static void
add_round (DemoWard       *ward,
           guint           index,
           double          minute,
           const TwVitals *vitals,
           TwTick         *tick)
{
  Bed *bed = &ward->beds[index];

  tw_devices_temperature (&bed->devices, vitals, tick);
  tw_tick_add (tick, TW_CHANNEL_CONSCIOUSNESS, tw_channel_info (TW_CHANNEL_CONSCIOUSNESS)->unit,
               tw_story_value (ward->story, index, TW_DRIVER_CONSCIOUSNESS, minute));
  tw_tick_add (tick, TW_CHANNEL_OXYGEN_FLOW, TW_UNIT_L_MIN,
               tw_story_value (ward->story, index, TW_DRIVER_OXYGEN, minute));
  if (bed->info->glucose)
    tw_tick_add (tick, TW_CHANNEL_INSULIN_BASAL, TW_UNIT_INSULIN_U_H, bed->glucose.basal_u_h);
}

static void
step_glucose (DemoWard *ward,
              guint     index,
              gint64    step,
              TwTick   *tick)
{
  Bed *bed = &ward->beds[index];
  double minute = (double) step / STEPS_PER_MIN;
  double grams, units;

  if (step % STEPS_PER_MIN != 0)
    return;
  grams = tw_story_event (ward->story, index, TW_DRIVER_CARBOHYDRATE, minute, 1.0);
  units = tw_story_event (ward->story, index, TW_DRIVER_INSULIN_BOLUS, minute, 1.0);
  if (!isnan (grams))
    tw_glucose_body_eat (&bed->glucose, grams);
  if (!isnan (units))
    tw_glucose_body_inject (&bed->glucose, units);
  tw_glucose_body_step (&bed->glucose);
  if (step % (5 * STEPS_PER_MIN) == 0)
    {
      double mmol = tw_glucose_body_read (&bed->glucose) / MMOL_MG_DL;
      tw_tick_add (tick, TW_CHANNEL_GLUCOSE, TW_UNIT_MMOL_L, round (mmol * 10.0) / 10.0);
    }
}

static gboolean
is_due (gint64 step,
        gint64 every_min,
        gint64 offset_min)
{
  return (step - offset_min * STEPS_PER_MIN) % (every_min * STEPS_PER_MIN) == 0;
}

static void
step_bed (DemoWard *ward,
          guint     index,
          gint64    step)
{
  Bed *bed = &ward->beds[index];
  gint64 t_us = ward->start_us + step * STEP_US;
  double minute = (double) step / STEPS_PER_MIN;
  TwTick tick = { .patient = index, .t_us = t_us, .rx_us = t_us };
  TwMonitorState state = {
    .spo2_off = tw_story_is_off (ward->story, index, TW_DRIVER_SPO2_OFF, minute),
    .line_off = tw_story_is_off (ward->story, index, TW_DRIVER_LINE_OFF, minute),
  };
  TwPhysiologyDrive drive;
  TwVitals vitals;

  tw_story_drive (ward->story, index, minute, &drive);
  tw_physiology_step (&bed->body, &drive, &vitals);
  tw_devices_monitor (&bed->devices, bed->info, &vitals, &state, &tick);
  if (!bed->info->line && is_due (step, bed->info->cuff_min, index))
    tw_devices_cuff (&bed->devices, bed->info, &vitals, &tick);
  if (is_due (step, bed->info->round_min, bed->info->round_offset_min))
    add_round (ward, index, minute, &vitals, &tick);
  add_treatments (ward, index, minute, drive.norepinephrine_ug_kg_min, &tick);
  if (bed->info->glucose)
    step_glucose (ward, index, step, &tick);
  note_signal (ward, index, TW_CHANNEL_SPO2, &bed->spo2_off_us, t_us, state.spo2_off);
  note_signal (ward, index, TW_CHANNEL_MAP, &bed->line_off_us, t_us, state.line_off);
  deliver (ward, bed, &tick);
}

static void
demo_ward_advance (TwWardFeed *feed,
                   gint64      to_us)
{
  DemoWard *ward = (DemoWard *) feed;

  while (ward->start_us + ward->next_step * STEP_US <= to_us)
    {
      send_late (ward, ward->start_us + ward->next_step * STEP_US);
      for (guint i = 0; i < ward->n_beds; i++)
        step_bed (ward, i, ward->next_step);
      ward->next_step++;
    }
  send_late (ward, to_us);
}

static void
demo_ward_free (TwWardFeed *feed)
{
  DemoWard *ward = (DemoWard *) feed;

  g_clear_pointer (&ward->story, tw_story_free);
  g_clear_pointer (&ward->late, g_array_unref);
  g_free (ward->beds);
  g_free (ward);
}

static const TwWardFeedClass demo_ward_class = { demo_ward_advance, demo_ward_free };

/* The birthday of the table in the year that gives the age of the table today. */
static void
set_birth_date (TwPatientFields  *fields,
                const TwStoryBed *bed,
                gint64            now_us)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (now_us / TW_SECOND);
  gboolean still_to_come = bed->birth_month > g_date_time_get_month (now)
                           || (bed->birth_month == g_date_time_get_month (now)
                               && bed->birth_day > g_date_time_get_day_of_month (now));

  fields->birth_year = g_date_time_get_year (now) - bed->age_years - (still_to_come ? 1 : 0);
  fields->birth_month = bed->birth_month;
  fields->birth_day = bed->birth_day;
}

static void
add_patient (DemoWard *ward,
             guint     index)
{
  const TwStoryBed *bed = tw_story_get_bed (ward->story, index);
  g_autofree char *id = g_strdup_printf ("demo-%u", index + 1);
  g_autofree char *number = g_strdup_printf ("%u", index + 1);
  TwPatientFields fields = {
    .id = id,
    .family = bed->family,
    .given = bed->given,
    .identifier = bed->record,
    .bed = number,
    .ward = ward->feed.ward,
    .sex = bed->sex,
    .age_years = -1,
    .spo2_scale_2 = bed->scale_2,
    .invented = TRUE,
    .weight_kg = bed->base.weight_kg,
  };
  gint64 stay_us = ward->start_us - WARM_UP_US - index * 7 * TW_HOUR;

  set_birth_date (&fields, bed, ward->start_us);
  g_ptr_array_add (ward->feed.patients, tw_patient_new (&fields));
  g_array_append_val (ward->feed.stay_us, stay_us);
}

static void
add_dense (DemoWard *ward,
           guint     index)
{
  static const TwChannel monitor[] = { TW_CHANNEL_HEART_RATE, TW_CHANNEL_RESPIRATORY_RATE,
                                       TW_CHANNEL_SPO2 };
  static const TwChannel line[] = { TW_CHANNEL_SYSTOLIC, TW_CHANNEL_DIASTOLIC, TW_CHANNEL_MAP };
  TwDenseChannel dense = { .patient = index, .period_us = STEP_US };

  for (gsize i = 0; i < G_N_ELEMENTS (monitor); i++)
    {
      dense.channel = monitor[i];
      g_array_append_val (ward->feed.dense, dense);
    }
  for (gsize i = 0; ward->beds[index].info->line && i < G_N_ELEMENTS (line); i++)
    {
      dense.channel = line[i];
      g_array_append_val (ward->feed.dense, dense);
    }
}

static void
add_bed (DemoWard *ward,
         guint     index,
         guint64   seed)
{
  Bed *bed = &ward->beds[index];

  bed->info = tw_story_get_bed (ward->story, index);
  bed->network = tw_random_new (seed, 3000 + index);
  bed->norepinephrine = 0.0;
  tw_physiology_init (&bed->body, &bed->info->base, tw_random_new (seed, index));
  tw_glucose_body_init (&bed->glucose, bed->info->base.weight_kg,
                        tw_random_new (seed, 4000 + index));
  tw_devices_init (&bed->devices, seed, index);
  add_patient (ward, index);
  add_dense (ward, index);
}

TwWardFeed *
tw_demo_ward_new (const TwDemoWardOptions *options,
                  GError                 **error)
{
  g_autoptr (TwStory) story = NULL;
  DemoWard *ward;

  g_return_val_if_fail (options != NULL, NULL);

  story = tw_story_new (error);
  if (story == NULL)
    return NULL;

  ward = g_new0 (DemoWard, 1);
  tw_ward_feed_init (&ward->feed, &demo_ward_class);
  ward->feed.ward = g_strdup (options->ward != NULL ? options->ward : "Ward 3B");
  ward->feed.start_us = options->start_us;
  ward->feed.invented = TRUE;
  ward->start_us = options->start_us - options->start_us % STEP_US;
  ward->tell_us = options->start_us - CLAMP (options->history_us, 0, WARM_UP_US);
  ward->next_step = -(WARM_UP_US / STEP_US);
  ward->late = g_array_new (FALSE, FALSE, sizeof (TwTick));
  ward->story = g_steal_pointer (&story);
  ward->n_beds = tw_story_get_n_beds (ward->story);
  ward->beds = g_new0 (Bed, ward->n_beds);
  for (guint i = 0; i < ward->n_beds; i++)
    add_bed (ward, i, options->seed);
  return &ward->feed;
}
