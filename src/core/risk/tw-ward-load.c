/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The alarm load of a ward over its last shift. Kept: each flag raised within the shift with its fate, the
 * plain alarms, and the patient-time watched in slices of 10 min. What is older is forgotten. */
#include "config.h"

#include "tw-ward-load.h"

#include "tw-risk-table.h"
#include "tw-time.h"

#include <math.h>
#include <string.h>

#define LEAP_US (15 * TW_MINUTE)
#define SLICE_US (10 * TW_MINUTE)

typedef struct
{
  guint patient;
  char rule[32];
  gint64 raised_us, acknowledged_us; /* 0: not yet */
  gboolean predicted;
} Raised;

typedef struct
{
  gint64 t_us;
  gboolean right;
} Scored;

typedef struct
{
  gint64 t_us; /* its end */
  gint64 patient_us;
} Slice;

struct _TwWardLoad
{
  gint64 shift_us, started_us, now_us;
  GArray *raised; /* in the order in which they came */
  GArray *scored;
  GArray *plain; /* gint64 */
  GArray *slices;
};

TwWardLoad *
tw_ward_load_new (const TwRiskTable *table)
{
  TwWardLoad *load;

  g_return_val_if_fail (table != NULL, NULL);

  load = g_new0 (TwWardLoad, 1);
  load->shift_us = table->rules.shift_us;
  load->raised = g_array_new (FALSE, FALSE, sizeof (Raised));
  load->scored = g_array_new (FALSE, FALSE, sizeof (Scored));
  load->plain = g_array_new (FALSE, FALSE, sizeof (gint64));
  load->slices = g_array_new (FALSE, FALSE, sizeof (Slice));
  return load;
}

void
tw_ward_load_free (TwWardLoad *load)
{
  g_return_if_fail (load != NULL);

  g_array_unref (load->raised);
  g_array_unref (load->scored);
  g_array_unref (load->plain);
  g_array_unref (load->slices);
  g_free (load);
}

/* Drops what is older from the front; the time stands at `offset` in each element. */
static void
forget_before (GArray *array, gsize offset, gint64 from_us)
{
  guint size = g_array_get_element_size (array), n = 0;

  while (n < array->len && G_STRUCT_MEMBER (gint64, array->data + (gsize) n * size, offset) < from_us)
    n++;
  if (n > 0)
    g_array_remove_range (array, 0, n);
}

/* Another time than before, as when a replay starts again: what was counted is of another shift. */
static void
start_anew (TwWardLoad *load, gint64 now_us)
{
  g_array_set_size (load->raised, 0);
  g_array_set_size (load->scored, 0);
  g_array_set_size (load->plain, 0);
  g_array_set_size (load->slices, 0);
  load->started_us = load->now_us = now_us;
}

gint64
tw_ward_load_advance (TwWardLoad *load, gint64 now_us, guint n_patients)
{
  gint64 elapsed_us, from_us;
  Slice *last;

  g_return_val_if_fail (load != NULL, 0);

  if (load->now_us == 0 || now_us < load->now_us - load->shift_us)
    {
      start_anew (load, now_us);
      return 0;
    }
  elapsed_us = CLAMP (now_us - load->now_us, 0, LEAP_US);
  load->now_us = MAX (load->now_us, now_us);
  from_us = load->now_us - load->shift_us;
  forget_before (load->raised, G_STRUCT_OFFSET (Raised, raised_us), from_us);
  forget_before (load->scored, G_STRUCT_OFFSET (Scored, t_us), from_us);
  forget_before (load->plain, 0, from_us);
  forget_before (load->slices, G_STRUCT_OFFSET (Slice, t_us), from_us);
  if (n_patients == 0 || elapsed_us == 0)
    return elapsed_us;
  last = load->slices->len > 0 ? &g_array_index (load->slices, Slice, load->slices->len - 1) : NULL;
  if (last == NULL || last->t_us < load->now_us)
    {
      Slice slice = { load->now_us + SLICE_US, 0 };

      g_array_append_val (load->slices, slice);
      last = &g_array_index (load->slices, Slice, load->slices->len - 1);
    }
  last->patient_us += elapsed_us * n_patients;
  return elapsed_us;
}

static Raised *
find_raised (TwWardLoad *load, guint patient, const TwRiskEvent *event)
{
  for (guint i = load->raised->len; i > 0; i--)
    {
      Raised *raised = &g_array_index (load->raised, Raised, i - 1);

      if (raised->patient == patient && raised->raised_us == event->raised_us
          && strcmp (raised->rule, event->rule) == 0)
        return raised;
    }
  return NULL;
}

void
tw_ward_load_note (TwWardLoad *load, guint patient, const TwRiskEvent *event)
{
  Raised next = { 0 }, *raised;
  Scored scored;

  g_return_if_fail (load != NULL && event != NULL);

  switch (event->kind)
    {
    case TW_RISK_RAISED:
      if (event->level <= TW_LEVEL_TECHNICAL)
        break;
      next.patient = patient;
      next.raised_us = event->raised_us;
      next.predicted = event->predicted;
      g_strlcpy (next.rule, event->rule, sizeof next.rule);
      g_array_append_val (load->raised, next);
      break;
    case TW_RISK_ACKNOWLEDGED:
      raised = find_raised (load, patient, event);
      if (raised != NULL)
        raised->acknowledged_us = event->t_us;
      break;
    case TW_RISK_SCORED:
      scored = (Scored) { event->t_us, event->right };
      g_array_append_val (load->scored, scored);
      break;
    case TW_RISK_PLAIN_LIMIT:
      g_array_append_val (load->plain, event->t_us);
      break;
    default:
      g_return_if_reached ();
    }
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  const double *x = a, *y = b;

  return (*x > *y) - (*x < *y);
}

static double
median_of (GArray *values)
{
  guint n = values->len;

  if (n == 0)
    return (double) NAN;
  g_array_sort (values, compare_doubles);
  return (g_array_index (values, double, (n - 1) / 2) + g_array_index (values, double, n / 2)) / 2;
}

void
tw_ward_load_summarise (const TwWardLoad *load, TwAlarmSummary *summary)
{
  g_autoptr (GArray) minutes = g_array_new (FALSE, FALSE, sizeof (double));

  g_return_if_fail (load != NULL && summary != NULL);

  *summary = (TwAlarmSummary) {
    .to_us = load->now_us, .n_raised = load->raised->len, .n_scored = load->scored->len,
    .n_plain = load->plain->len,
  };
  if (load->now_us != 0)
    summary->from_us = MAX (load->started_us, load->now_us - load->shift_us);
  for (guint i = 0; i < load->raised->len; i++)
    {
      const Raised *raised = &g_array_index (load->raised, Raised, i);
      double taken = (double) (raised->acknowledged_us - raised->raised_us) / TW_MINUTE;

      summary->n_predicted += raised->predicted ? 1 : 0;
      if (raised->acknowledged_us != 0)
        g_array_append_val (minutes, taken);
    }
  for (guint i = 0; i < load->scored->len; i++)
    summary->n_right += g_array_index (load->scored, Scored, i).right ? 1 : 0;
  for (guint i = 0; i < load->slices->len; i++)
    summary->days += (double) g_array_index (load->slices, Slice, i).patient_us / TW_DAY;
  summary->n_acknowledged = minutes->len;
  summary->acknowledge_min = median_of (minutes);
}
