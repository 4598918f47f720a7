/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The demo ward's beds and what happens to them, read from tables of data/demo. */
#pragma once

#include <glib.h>

#include "tw-patient.h"
#include "tw-physiology.h"

G_BEGIN_DECLS

#define TW_STORY_ERROR (tw_story_error_quark ())
GQuark tw_story_error_quark (void);

typedef enum
{
  TW_STORY_ERROR_TABLE
} TwStoryError;

typedef enum
{
  /* Straight lines between the rows: */
  TW_DRIVER_BLEED,          /* mL/min */
  TW_DRIVER_TONE,
  TW_DRIVER_FEVER,          /* Cel */
  TW_DRIVER_SHUNT,          /* % of saturation */
  TW_DRIVER_DRIVE,          /* /min */
  TW_DRIVER_SINUS,          /* /min */
  TW_DRIVER_LABILE,
  /* Steps that hold until the next row: */
  TW_DRIVER_OXYGEN,         /* L/min */
  TW_DRIVER_NOREPINEPHRINE, /* ug/kg/min */
  TW_DRIVER_CONSCIOUSNESS,  /* TwAcvpu */
  /* Events: a dose, or the minutes for which something is off: */
  TW_DRIVER_PARACETAMOL,    /* g */
  TW_DRIVER_FLUID,          /* mL within 15 min */
  TW_DRIVER_CARBOHYDRATE,   /* g */
  TW_DRIVER_INSULIN_BOLUS,  /* U */
  TW_DRIVER_SPO2_OFF,       /* min */
  TW_DRIVER_LINE_OFF,       /* min */
  TW_N_DRIVERS
} TwDriver;

/* One row of table beds. */
typedef struct
{
  char *given, *family, *record;
  TwSex sex;
  int age_years, birth_month, birth_day;
  gboolean scale_2;
  gboolean line;             /* arterial line; else a cuff */
  gboolean glucose;          /* wears a glucose sensor */
  int cuff_min, round_min, round_offset_min;
  double artefact_rate;      /* per tick */
  double cycle_start_min, cycle_min;
  TwPhysiologyBase base;
} TwStoryBed;

typedef struct _TwStory TwStory;

/* The built-in tables, or others as text (tests). */
TwStory *tw_story_new (GError **error);
TwStory *tw_story_new_from_text (const char *beds, const char *stories, GError **error);
void tw_story_free (TwStory *story);

guint tw_story_get_n_beds (const TwStory *story);
const TwStoryBed *tw_story_get_bed (const TwStory *story, guint bed);

/* Value of a driver that is no event at minute (since the clock started, any sign). */
double tw_story_value (const TwStory *story, guint bed, TwDriver driver, double minute);
/* Everything that acts on the body at minute. */
void tw_story_drive (const TwStory *story, guint bed, double minute, TwPhysiologyDrive *drive);
/* The event that begins within half a step of minute; NaN when none does. */
double tw_story_event (const TwStory *story, guint bed, TwDriver driver, double minute,
                       double step);
/* TRUE while an event whose value is its length in minutes lasts. */
gboolean tw_story_is_off (const TwStory *story, guint bed, TwDriver driver, double minute);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwStory, tw_story_free)

G_END_DECLS
