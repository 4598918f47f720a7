/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All ticks are made beforehand and told in the order in which the gateway gets them. */
#include "config.h"

#include "tw-fault-ward.h"

#include "tw-time.h"

#include <math.h>

#define SENSOR_OFF_US (90 * TW_SECOND)

typedef struct
{
  TwTick tick;
  TwTickGap gap; /* told instead where to_us is set */
} Event;

typedef struct
{
  TwWardFeed feed;
  GArray *events; /* Event, by tick.rx_us */
  guint next;
  GRand *rand;
} FaultWard;

/* A value near its middle, on the grid of the device: a slow wave, and a step that is never zero. */
static double
draw (FaultWard *ward,
      TwChannel channel,
      double middle,
      gint64 t_us)
{
  double step = tw_channel_info (channel)->resolution;
  double wave = sin ((double) (t_us % TW_DAY) / (double) TW_HOUR * 5) * middle * 0.04;

  return rint ((middle + wave) / step + g_rand_double_range (ward->rand, -1.5, 1.5)) * step;
}

static void
add_value (TwTick *tick,
           TwChannel channel,
           TwUnit unit,
           double value)
{
  tick->values[tick->n++] = (TwTickValue) { channel, unit, value };
}

static void
add_plain (FaultWard *ward,
           TwTick *tick,
           TwChannel channel,
           double middle)
{
  add_value (tick, channel, tw_channel_info (channel)->unit, draw (ward, channel, middle, tick->t_us));
}

static void
end_tick (FaultWard *ward,
          const TwTick *tick)
{
  Event event = { .tick = *tick };

  g_array_append_val (ward->events, event);
}

/* A monitor on a grid of five seconds. */
static void
play_monitor (FaultWard *ward,
              gint64 t_us)
{
  TwTick tick = { .patient = 0, .t_us = t_us, .rx_us = t_us };

  add_plain (ward, &tick, TW_CHANNEL_HEART_RATE, 82);
  add_plain (ward, &tick, TW_CHANNEL_SPO2, 96);
  add_plain (ward, &tick, TW_CHANNEL_RESPIRATORY_RATE, 16);
  end_tick (ward, &tick);
}

/* A cuff each minute, a thermometer now and then. */
static void
play_cuff (FaultWard *ward,
           gint64 t_us)
{
  TwTick tick = { .patient = 1, .t_us = t_us, .rx_us = t_us + 2 * TW_SECOND };
  double mean = draw (ward, TW_CHANNEL_MAP, 84, t_us);

  add_value (&tick, TW_CHANNEL_SYSTOLIC, TW_UNIT_MMHG, mean + 32);
  add_value (&tick, TW_CHANNEL_DIASTOLIC, TW_UNIT_MMHG, mean - 16);
  add_value (&tick, TW_CHANNEL_MAP, TW_UNIT_MMHG, mean);
  if (g_rand_int_range (ward->rand, 0, 4) == 0)
    add_plain (ward, &tick, TW_CHANNEL_TEMPERATURE, 37.1);
  end_tick (ward, &tick);
}

/* Charted by hand, late, and in a unit of its own. */
static void
play_chart (FaultWard *ward,
            gint64 t_us)
{
  TwTick tick = { .patient = 2, .t_us = t_us };

  tick.rx_us = t_us + g_rand_int_range (ward->rand, 0, 40) * TW_SECOND;
  add_plain (ward, &tick, TW_CHANNEL_HEART_RATE, 71);
  add_value (&tick, TW_CHANNEL_GLUCOSE, TW_UNIT_MMOL_L,
             rint (g_rand_double_range (ward->rand, 55, 95)) / 10);
  end_tick (ward, &tick);
}

/* A sensor that falls off, and says so when it is back. */
static void
play_sensor (FaultWard *ward,
             gint64 t_us,
             gint64 *off_us)
{
  TwTick tick = { .patient = 3, .t_us = t_us, .rx_us = t_us };

  if (*off_us == 0 && g_rand_int_range (ward->rand, 0, 150) == 0)
    *off_us = t_us;
  if (*off_us != 0 && t_us - *off_us < SENSOR_OFF_US)
    return;
  if (*off_us != 0)
    {
      Event event = { .tick = tick, .gap = { 3, TW_CHANNEL_HEART_RATE, *off_us, t_us, "sensor off" } };

      g_array_append_val (ward->events, event);
      *off_us = 0;
    }
  add_plain (ward, &tick, TW_CHANNEL_HEART_RATE, 104);
  end_tick (ward, &tick);
}

static int
compare_events (gconstpointer a,
                gconstpointer b)
{
  const TwTick *x = &((const Event *) a)->tick, *y = &((const Event *) b)->tick;

  if (x->rx_us != y->rx_us)
    return x->rx_us < y->rx_us ? -1 : 1;
  if (x->patient != y->patient)
    return x->patient < y->patient ? -1 : 1;
  return (x->t_us > y->t_us) - (x->t_us < y->t_us);
}

static void
make_events (FaultWard *ward,
             gint64 from_us,
             gint64 to_us)
{
  gint64 off_us = 0, charted_us = from_us;

  for (gint64 t_us = from_us; t_us < to_us; t_us += 5 * TW_SECOND)
    {
      play_monitor (ward, t_us);
      play_sensor (ward, t_us, &off_us);
      if ((t_us / (5 * TW_SECOND)) % 12 == 0)
        play_cuff (ward, t_us);
      if (t_us >= charted_us)
        {
          play_chart (ward, t_us);
          charted_us = t_us + g_rand_int_range (ward->rand, 4, 18) * 5 * TW_SECOND;
        }
    }
  g_array_sort (ward->events, compare_events);
}

static void
advance (TwWardFeed *feed,
         gint64 to_us)
{
  FaultWard *ward = (FaultWard *) feed;

  while (ward->next < ward->events->len)
    {
      const Event *event = &g_array_index (ward->events, Event, ward->next);

      if (event->tick.rx_us > to_us)
        return;
      ward->next++;
      if (event->gap.to_us != 0)
        feed->sink->on_gap (&event->gap, feed->sink_data);
      else
        feed->sink->on_tick (&event->tick, feed->sink_data);
    }
}

static void
fault_ward_free (TwWardFeed *feed)
{
  FaultWard *ward = (FaultWard *) feed;

  g_array_unref (ward->events);
  g_rand_free (ward->rand);
  g_free (ward);
}

static void
add_patient (FaultWard *ward,
             guint index,
             gint64 stay_us)
{
  g_autofree char *id = g_strdup_printf ("fault-%u", index + 1);
  g_autofree char *bed = g_strdup_printf ("%u", index + 1);
  TwPatientFields fields = {
    .id = id,
    .bed = bed,
    .ward = ward->feed.ward,
    .age_years = 50,
    .invented = TRUE,
    .weight_kg = NAN,
  };

  g_ptr_array_add (ward->feed.patients, tw_patient_new (&fields));
  g_array_append_val (ward->feed.stay_us, stay_us);
}

TwWardFeed *
tw_fault_ward_new (guint32 seed,
                   gint64 start_us,
                   gint64 history_us,
                   gint64 play_us)
{
  static const TwWardFeedClass klass = { advance, fault_ward_free };
  static const TwChannel dense[] = { TW_CHANNEL_HEART_RATE, TW_CHANNEL_SPO2,
                                     TW_CHANNEL_RESPIRATORY_RATE };
  FaultWard *ward = g_new0 (FaultWard, 1);

  tw_ward_feed_init (&ward->feed, &klass);
  ward->rand = g_rand_new_with_seed (seed);
  ward->events = g_array_new (FALSE, FALSE, sizeof (Event));
  ward->feed.ward = g_strdup ("Fault ward");
  ward->feed.start_us = start_us;
  ward->feed.invented = TRUE;
  for (guint i = 0; i < TW_FAULT_WARD_PATIENTS; i++)
    add_patient (ward, i, start_us - history_us);
  for (guint i = 0; i < G_N_ELEMENTS (dense); i++)
    {
      TwDenseChannel one = { 0, dense[i], 5 * TW_SECOND, 0 };

      g_array_append_val (ward->feed.dense, one);
    }
  make_events (ward, start_us - history_us, start_us + play_us);
  return &ward->feed;
}
