/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of the demo ward: what they give at each minute, and what a bad one is told. */
#include "config.h"

#include "tw-story.h"

#include <math.h>

#define BEDS_HEAD \
  "# table: beds\n# version: 1\n" \
  "bed,family,given,record,sex,age_years,birth_month,birth_day,scale_2,weight_kg,heart_rate,map,pulse_pressure," \
  "respiratory_rate,spo2,temperature,line,cuff_min,round_min,round_offset_min,glucose,artefact_rate," \
  "cycle_start_min,cycle_min\n"
#define BED_ROW "1,Demo,Ada,1,F,46,5,12,0,68,72,89,52,14,98,36.8,0,15,25,3,0,0,-100,200\n"
#define STORIES_HEAD "# table: stories\n# version: 1\nbed,driver,minute,value\n"

static void
test_drivers (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwStory) story = tw_story_new_from_text (BEDS_HEAD BED_ROW,
                                                      STORIES_HEAD
                                                      "1,tone,-100,0\n1,tone,0,-0.2\n1,tone,50,0.1\n"
                                                      "1,oxygen,-100,1.5\n1,oxygen,20,4\n"
                                                      "1,paracetamol,10,1\n1,fluid,30,300\n1,spo2_off,-6,15\n",
                                                      &error);
  TwPhysiologyDrive drive;

  g_assert_no_error (error);
  g_assert_cmpuint (tw_story_get_n_beds (story), ==, 1);
  g_assert_cmpfloat (tw_story_get_bed (story, 0)->base.oxygen_l_min, ==, 1.5);

  g_assert_cmpfloat_with_epsilon (tw_story_value (story, 0, TW_DRIVER_TONE, -50.0), -0.1, 1e-12);
  g_assert_cmpfloat_with_epsilon (tw_story_value (story, 0, TW_DRIVER_TONE, 25.0), -0.05, 1e-12);
  g_assert_cmpfloat_with_epsilon (tw_story_value (story, 0, TW_DRIVER_TONE, 77.0), 0.1, 1e-12);
  /* The story begins again after 200 min. */
  g_assert_cmpfloat_with_epsilon (tw_story_value (story, 0, TW_DRIVER_TONE, 150.0), -0.1, 1e-12);
  g_assert_cmpfloat_with_epsilon (tw_story_value (story, 0, TW_DRIVER_TONE, -650.0), -0.1, 1e-12);
  g_assert_cmpfloat (tw_story_value (story, 0, TW_DRIVER_OXYGEN, 19.9), ==, 1.5);
  g_assert_cmpfloat (tw_story_value (story, 0, TW_DRIVER_OXYGEN, 20.0), ==, 4.0);
  g_assert_cmpfloat (tw_story_value (story, 0, TW_DRIVER_FEVER, 0.0), ==, 0.0);

  tw_story_drive (story, 0, 31.0, &drive);
  g_assert_cmpfloat_with_epsilon (drive.fluid_ml_min, 20.0, 1e-12);
  tw_story_drive (story, 0, 45.5, &drive);
  g_assert_cmpfloat (drive.fluid_ml_min, ==, 0.0);
  tw_story_drive (story, 0, 10.0 + 120.0 - 200.0, &drive); /* the dose of the cycle before */
  g_assert_cmpfloat_with_epsilon (drive.paracetamol, 1.0, 1e-12);
}

static void
test_events (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwStory) story = tw_story_new_from_text (BEDS_HEAD BED_ROW,
                                                      STORIES_HEAD "1,fluid,30,300\n1,spo2_off,-6,15\n", &error);
  const double step = 1.0 / 12.0;
  int n = 0;

  g_assert_no_error (error);
  for (int i = -1200; i < 1200; i++)
    n += !isnan (tw_story_event (story, 0, TW_DRIVER_FLUID, i * step, step));
  g_assert_cmpint (n, ==, 1);
  g_assert_cmpfloat (tw_story_event (story, 0, TW_DRIVER_FLUID, 30.0, step), ==, 300.0);
  g_assert_true (isnan (tw_story_event (story, 0, TW_DRIVER_CARBOHYDRATE, 30.0, step)));

  g_assert_false (tw_story_is_off (story, 0, TW_DRIVER_SPO2_OFF, -6.1));
  g_assert_true (tw_story_is_off (story, 0, TW_DRIVER_SPO2_OFF, -6.0));
  g_assert_true (tw_story_is_off (story, 0, TW_DRIVER_SPO2_OFF, 8.9));
  g_assert_false (tw_story_is_off (story, 0, TW_DRIVER_SPO2_OFF, 9.0));
  g_assert_false (tw_story_is_off (story, 0, TW_DRIVER_LINE_OFF, 0.0));
}

static void
test_bad_tables (void)
{
  static const struct
  {
    const char *beds, *stories;
  } rows[] = {
    { "# table: other\n# version: 1\nbed\n1\n", STORIES_HEAD },
    { "# table: beds\n# version: 1\nbed,family\n1,Demo\n", STORIES_HEAD },
    { BEDS_HEAD "1,Demo,Ada,1,F,46,5,12,0,heavy,72,89,52,14,98,36.8,0,15,25,3,0,0,-100,200\n",
      STORIES_HEAD },
    { BEDS_HEAD "1,Demo,Ada,1,F,46,5,12,0,68,72,89,52,14,98,36.8,0,15,25,3,0,0,-100,0\n",
      STORIES_HEAD },
    { BEDS_HEAD "1,Demo,Ada,1,F,46,5,12,0,68,72,89,52,14,98,36.8,0,0,25,3,0,0,-100,200\n",
      STORIES_HEAD },
    { BEDS_HEAD BED_ROW, STORIES_HEAD "2,tone,0,0\n" },
    { BEDS_HEAD BED_ROW, STORIES_HEAD "0,tone,0,0\n" },
    { BEDS_HEAD BED_ROW, STORIES_HEAD "1,humour,0,0\n" },
    { BEDS_HEAD BED_ROW, STORIES_HEAD "1,tone,soon,0\n" },
    { BEDS_HEAD BED_ROW, "# table: stories\n# version: 1\nbed,driver\n1,tone\n" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      TwStory *story = tw_story_new_from_text (rows[i].beds, rows[i].stories, &error);
      g_test_message ("row %" G_GSIZE_FORMAT, i);
      g_assert_null (story);
      g_assert_nonnull (error);
      g_assert_cmpstr (error->message, !=, "");
    }
}

/* A story must end where it begins, or a value would jump when it begins again. */
static void
test_built_in (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwStory) story = tw_story_new (&error);

  g_assert_no_error (error);
  g_assert_cmpuint (tw_story_get_n_beds (story), ==, 8);
  for (guint bed = 0; bed < 8; bed++)
    {
      const TwStoryBed *info = tw_story_get_bed (story, bed);
      double first = info->cycle_start_min, last = first + info->cycle_min - 1e-6;
      for (int driver = 0; driver <= TW_DRIVER_LABILE; driver++)
        g_assert_cmpfloat_with_epsilon (tw_story_value (story, bed, (TwDriver) driver, first),
                                        tw_story_value (story, bed, (TwDriver) driver, last), 1e-3);
      g_assert_cmpstr (info->family, ==, "Demo");
    }
  g_assert_cmpstr (tw_story_get_bed (story, 2)->record, ==, "004503");
  g_assert_true (tw_story_get_bed (story, 3)->scale_2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gateway/story/drivers", test_drivers);
  g_test_add_func ("/gateway/story/events", test_events);
  g_test_add_func ("/gateway/story/bad-tables", test_bad_tables);
  g_test_add_func ("/gateway/story/built-in", test_built_in);
  return g_test_run ();
}
