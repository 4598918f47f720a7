/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The demo ward's beds and what happens to them, read from tables of data/demo.
 * A bed's story is a cycle: after cycle_min minutes it begins again, so the ward never runs out. */
#include "config.h"

#include "tw-story.h"

#include "tw-demo-resource.h"
#include "tw-table.h"

#include <gio/gio.h>

#define FLUID_MIN 15.0
#define PARACETAMOL_MIN 480.0

typedef struct
{
  double minute, value;
} Row;

struct _TwStory
{
  GArray *beds;   /* TwStoryBed */
  GArray **rows;  /* Row, by bed * TW_N_DRIVERS + driver; NULL: none */
};

static const char *const driver_names[TW_N_DRIVERS] = {
  "bleed", "tone", "fever", "shunt", "drive", "sinus", "labile", "oxygen", "norepinephrine",
  "consciousness", "paracetamol", "fluid", "carbohydrate", "insulin_bolus", "spo2_off", "line_off",
};

G_DEFINE_QUARK (tw-story-error-quark, tw_story_error)

static int
column_of (const TwTable *table,
           const char    *name,
           GError       **error)
{
  int column = tw_table_get_column (table, name);
  if (column < 0)
    g_set_error (error, TW_STORY_ERROR, TW_STORY_ERROR_TABLE, "the table has no column \"%s\"",
                 name);
  return column;
}

static gboolean
read_number (const TwTable *table,
             gsize          row,
             const char    *name,
             double        *value,
             GError       **error)
{
  int column = column_of (table, name, error);
  return column >= 0 && tw_table_get_number (table, row, column, value, error);
}

static gboolean
read_int (const TwTable *table,
          gsize          row,
          const char    *name,
          int           *value,
          GError       **error)
{
  double number;
  if (!read_number (table, row, name, &number, error))
    return FALSE;
  *value = (int) number;
  return TRUE;
}

static gboolean
read_text (const TwTable *table,
           gsize          row,
           const char    *name,
           char         **value,
           GError       **error)
{
  int column = column_of (table, name, error);
  if (column < 0)
    return FALSE;
  *value = g_strdup (tw_table_get_text (table, row, column));
  return TRUE;
}

static gboolean
read_base (const TwTable    *table,
           gsize             row,
           TwPhysiologyBase *base,
           GError          **error)
{
  return read_number (table, row, "weight_kg", &base->weight_kg, error)
         && read_number (table, row, "heart_rate", &base->heart_rate_bpm, error)
         && read_number (table, row, "map", &base->map_mmhg, error)
         && read_number (table, row, "pulse_pressure", &base->pulse_pressure_mmhg, error)
         && read_number (table, row, "respiratory_rate", &base->respiratory_rate_bpm, error)
         && read_number (table, row, "spo2", &base->spo2_percent, error)
         && read_number (table, row, "temperature", &base->temperature_cel, error);
}

static gboolean
read_bed (const TwTable *table,
          gsize          row,
          TwStoryBed    *bed,
          GError       **error)
{
  g_autofree char *sex = NULL;

  if (!read_text (table, row, "family", &bed->family, error)
      || !read_text (table, row, "given", &bed->given, error)
      || !read_text (table, row, "record", &bed->record, error)
      || !read_text (table, row, "sex", &sex, error)
      || !read_int (table, row, "age_years", &bed->age_years, error)
      || !read_int (table, row, "birth_month", &bed->birth_month, error)
      || !read_int (table, row, "birth_day", &bed->birth_day, error)
      || !read_int (table, row, "scale_2", &bed->scale_2, error)
      || !read_int (table, row, "line", &bed->line, error)
      || !read_int (table, row, "glucose", &bed->glucose, error)
      || !read_int (table, row, "cuff_min", &bed->cuff_min, error)
      || !read_int (table, row, "round_min", &bed->round_min, error)
      || !read_int (table, row, "round_offset_min", &bed->round_offset_min, error)
      || !read_number (table, row, "artefact_rate", &bed->artefact_rate, error)
      || !read_number (table, row, "cycle_start_min", &bed->cycle_start_min, error)
      || !read_number (table, row, "cycle_min", &bed->cycle_min, error)
      || !read_base (table, row, &bed->base, error))
    return FALSE;
  bed->sex = g_str_equal (sex, "F") ? TW_SEX_FEMALE : TW_SEX_MALE;
  if (bed->round_min <= 0 || bed->cycle_min <= 0.0 || (!bed->line && bed->cuff_min <= 0))
    {
      g_set_error (error, TW_STORY_ERROR, TW_STORY_ERROR_TABLE,
                   "bed %" G_GSIZE_FORMAT ": intervals must be longer than nothing", row + 1);
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_beds (TwStory    *story,
           const char *text,
           GError    **error)
{
  g_autoptr (TwTable) table = tw_table_new ("beds", text, -1, error);
  if (table == NULL)
    return FALSE;
  for (gsize row = 0; row < tw_table_get_n_rows (table); row++)
    {
      TwStoryBed bed = { 0 };
      gboolean ok = read_bed (table, row, &bed, error);
      g_array_append_val (story->beds, bed);
      if (!ok)
        return FALSE;
    }
  story->rows = g_new0 (GArray *, (gsize) story->beds->len * TW_N_DRIVERS);
  return TRUE;
}

static int
driver_from_name (const char *name)
{
  for (int i = 0; i < TW_N_DRIVERS; i++)
    if (g_str_equal (driver_names[i], name))
      return i;
  return -1;
}

static int
compare_rows (gconstpointer a,
              gconstpointer b)
{
  double difference = ((const Row *) a)->minute - ((const Row *) b)->minute;
  return difference < 0.0 ? -1 : difference > 0.0;
}

static gboolean
read_stories (TwStory    *story,
              const char *text,
              GError    **error)
{
  g_autoptr (TwTable) table = tw_table_new ("stories", text, -1, error);
  if (table == NULL)
    return FALSE;
  for (gsize i = 0; i < tw_table_get_n_rows (table); i++)
    {
      g_autofree char *name = NULL;
      Row row = { 0 };
      int bed, driver;
      GArray **rows;
      if (!read_int (table, i, "bed", &bed, error) || !read_text (table, i, "driver", &name, error)
          || !read_number (table, i, "minute", &row.minute, error)
          || !read_number (table, i, "value", &row.value, error))
        return FALSE;
      driver = driver_from_name (name);
      if (bed < 1 || bed > (int) story->beds->len || driver < 0)
        {
          g_set_error (error, TW_STORY_ERROR, TW_STORY_ERROR_TABLE,
                       "row %" G_GSIZE_FORMAT " of stories: no bed %d, or no driver \"%s\"",
                       i + 1, bed, name);
          return FALSE;
        }
      rows = &story->rows[(bed - 1) * TW_N_DRIVERS + driver];
      if (*rows == NULL)
        *rows = g_array_new (FALSE, FALSE, sizeof (Row));
      g_array_append_val (*rows, row);
    }
  for (guint i = 0; i < story->beds->len * TW_N_DRIVERS; i++)
    if (story->rows[i] != NULL)
      g_array_sort (story->rows[i], compare_rows);
  return TRUE;
}

/* The oxygen that a patient gets from the start is part of the settled person. */
static void
settle_oxygen (TwStory *story)
{
  for (guint i = 0; i < story->beds->len; i++)
    {
      TwStoryBed *bed = &g_array_index (story->beds, TwStoryBed, i);
      bed->base.oxygen_l_min = tw_story_value (story, i, TW_DRIVER_OXYGEN, bed->cycle_start_min);
    }
}

/* Where in its cycle a bed is. */
static double
phase_of (const TwStory *story,
          guint          bed,
          double         minute)
{
  const TwStoryBed *info = tw_story_get_bed (story, bed);
  return minute - info->cycle_min * floor ((minute - info->cycle_start_min) / info->cycle_min);
}

static const GArray *
rows_of (const TwStory *story,
         guint          bed,
         TwDriver       driver)
{
  return story->rows[bed * TW_N_DRIVERS + driver];
}

static double
line_between (const GArray *rows,
              double        phase)
{
  const Row *before = &g_array_index (rows, Row, 0);
  for (guint i = 1; i < rows->len; i++)
    {
      const Row *after = &g_array_index (rows, Row, i);
      if (phase < after->minute)
        {
          double share = (phase - before->minute) / (after->minute - before->minute);
          return before->value + CLAMP (share, 0.0, 1.0) * (after->value - before->value);
        }
      before = after;
    }
  return before->value;
}

static double
step_at (const GArray *rows,
         double        phase)
{
  double value = g_array_index (rows, Row, 0).value;
  for (guint i = 1; i < rows->len && g_array_index (rows, Row, i).minute <= phase; i++)
    value = g_array_index (rows, Row, i).value;
  return value;
}

/* Minutes since an event of a cycle. */
static double
minutes_since (const TwStoryBed *bed,
               const Row        *row,
               double            phase)
{
  double since = phase - row->minute;
  return since < 0.0 ? since + bed->cycle_min : since;
}

static double
fluid_ml_min (const TwStory *story,
              guint          bed,
              double         phase)
{
  const GArray *rows = rows_of (story, bed, TW_DRIVER_FLUID);
  double sum = 0.0;
  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      const Row *row = &g_array_index (rows, Row, i);
      if (minutes_since (tw_story_get_bed (story, bed), row, phase) < FLUID_MIN)
        sum += row->value / FLUID_MIN;
    }
  return sum;
}

/* (t/2) exp (1 - t/2) with t in hours, 1 at its peak after 2 h (twin.md section 5). */
static double
paracetamol_effect (const TwStory *story,
                    guint          bed,
                    double         phase)
{
  const GArray *rows = rows_of (story, bed, TW_DRIVER_PARACETAMOL);
  double sum = 0.0;
  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      const Row *row = &g_array_index (rows, Row, i);
      double since = minutes_since (tw_story_get_bed (story, bed), row, phase);
      if (since < PARACETAMOL_MIN)
        sum += row->value * since / 120.0 * exp (1.0 - since / 120.0);
    }
  return sum;
}

TwStory *
tw_story_new_from_text (const char *beds,
                        const char *stories,
                        GError    **error)
{
  g_autoptr (TwStory) story = g_new0 (TwStory, 1);

  g_return_val_if_fail (beds != NULL && stories != NULL, NULL);

  story->beds = g_array_new (FALSE, FALSE, sizeof (TwStoryBed));
  if (!read_beds (story, beds, error) || !read_stories (story, stories, error))
    return NULL;
  settle_oxygen (story);
  return g_steal_pointer (&story);
}

TwStory *
tw_story_new (GError **error)
{
  g_autoptr (GBytes) beds = NULL, stories = NULL;

  beds = g_resource_lookup_data (tw_demo_get_resource (), "/org/twinward/demo/beds.csv", 0, error);
  if (beds == NULL)
    return NULL;
  stories = g_resource_lookup_data (tw_demo_get_resource (), "/org/twinward/demo/stories.csv", 0,
                                    error);
  if (stories == NULL)
    return NULL;
  return tw_story_new_from_text (g_bytes_get_data (beds, NULL), g_bytes_get_data (stories, NULL),
                                 error);
}

void
tw_story_free (TwStory *story)
{
  g_return_if_fail (story != NULL);

  for (guint i = 0; i < story->beds->len; i++)
    {
      TwStoryBed *bed = &g_array_index (story->beds, TwStoryBed, i);
      g_free (bed->given);
      g_free (bed->family);
      g_free (bed->record);
    }
  for (guint i = 0; story->rows != NULL && i < story->beds->len * TW_N_DRIVERS; i++)
    g_clear_pointer (&story->rows[i], g_array_unref);
  g_free (story->rows);
  g_array_unref (story->beds);
  g_free (story);
}

guint
tw_story_get_n_beds (const TwStory *story)
{
  return story->beds->len;
}

const TwStoryBed *
tw_story_get_bed (const TwStory *story,
                  guint          bed)
{
  g_return_val_if_fail (bed < story->beds->len, NULL);

  return &g_array_index (story->beds, TwStoryBed, bed);
}

double
tw_story_value (const TwStory *story,
                guint          bed,
                TwDriver       driver,
                double         minute)
{
  const GArray *rows = rows_of (story, bed, driver);
  double phase = phase_of (story, bed, minute);

  g_return_val_if_fail (driver <= TW_DRIVER_CONSCIOUSNESS, 0.0);

  if (rows == NULL)
    return 0.0;
  return driver <= TW_DRIVER_LABILE ? line_between (rows, phase) : step_at (rows, phase);
}

void
tw_story_drive (const TwStory     *story,
                guint              bed,
                double             minute,
                TwPhysiologyDrive *drive)
{
  double phase = phase_of (story, bed, minute);

  *drive = (TwPhysiologyDrive) {
    .bleed_ml_min = tw_story_value (story, bed, TW_DRIVER_BLEED, minute),
    .tone = tw_story_value (story, bed, TW_DRIVER_TONE, minute),
    .fever_cel = tw_story_value (story, bed, TW_DRIVER_FEVER, minute),
    .shunt_percent = tw_story_value (story, bed, TW_DRIVER_SHUNT, minute),
    .drive_bpm = tw_story_value (story, bed, TW_DRIVER_DRIVE, minute),
    .sinus_bpm = tw_story_value (story, bed, TW_DRIVER_SINUS, minute),
    .labile = tw_story_value (story, bed, TW_DRIVER_LABILE, minute),
    .oxygen_l_min = tw_story_value (story, bed, TW_DRIVER_OXYGEN, minute),
    .norepinephrine_ug_kg_min = tw_story_value (story, bed, TW_DRIVER_NOREPINEPHRINE, minute),
    .fluid_ml_min = fluid_ml_min (story, bed, phase),
    .paracetamol = paracetamol_effect (story, bed, phase),
  };
}

double
tw_story_event (const TwStory *story,
                guint          bed,
                TwDriver       driver,
                double         minute,
                double         step)
{
  const GArray *rows = rows_of (story, bed, driver);
  double phase = phase_of (story, bed, minute);

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      const Row *row = &g_array_index (rows, Row, i);
      /* Half a step of margin: an event lies on a step, but minutes are not exact in binary. */
      if (minutes_since (tw_story_get_bed (story, bed), row, phase + 0.5 * step) < step)
        return row->value;
    }
  return (double) NAN;
}

gboolean
tw_story_is_off (const TwStory *story,
                 guint          bed,
                 TwDriver       driver,
                 double         minute)
{
  const GArray *rows = rows_of (story, bed, driver);
  double phase = phase_of (story, bed, minute);

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      const Row *row = &g_array_index (rows, Row, i);
      if (minutes_since (tw_story_get_bed (story, bed), row, phase) < row->value)
        return TRUE;
    }
  return FALSE;
}
