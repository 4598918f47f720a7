/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The two palettes of product.md section 7: channel colours told apart in every kind of colour
 * sight, level colours that nobody can change. */
#include "config.h"

#include "tw-theme.h"

#define RGBA(hex, alpha) \
  { (((hex) >> 16) & 0xff) / 255.0, (((hex) >> 8) & 0xff) / 255.0, ((hex) & 0xff) / 255.0, (alpha) }
#define RGB(hex) RGBA (hex, 1.0)
#define NO_COLOUR { 0, 0, 0, -1 }

/* The three pressures share one colour, the two oxygen channels another; what has no trace of its
 * own is drawn in the text colour. */
#define CHANNELS(rate, pressure, breathing, saturation, warmth, sugar, oxygen, plain) \
  { \
    [TW_CHANNEL_HEART_RATE] = RGB (rate), [TW_CHANNEL_SYSTOLIC] = RGB (pressure), \
    [TW_CHANNEL_DIASTOLIC] = RGB (pressure), [TW_CHANNEL_MAP] = RGB (pressure), \
    [TW_CHANNEL_RESPIRATORY_RATE] = RGB (breathing), [TW_CHANNEL_SPO2] = RGB (saturation), \
    [TW_CHANNEL_TEMPERATURE] = RGB (warmth), [TW_CHANNEL_GLUCOSE] = RGB (sugar), \
    [TW_CHANNEL_FIO2] = RGB (oxygen), [TW_CHANNEL_OXYGEN_FLOW] = RGB (oxygen), \
    [TW_CHANNEL_CONSCIOUSNESS] = RGB (plain), [TW_CHANNEL_GCS_TOTAL] = RGB (plain), \
    [TW_CHANNEL_INSULIN_BOLUS] = RGB (plain), [TW_CHANNEL_INSULIN_BASAL] = RGB (plain), \
    [TW_CHANNEL_CARBOHYDRATE] = RGB (plain), [TW_CHANNEL_FLUID_BOLUS] = RGB (plain), \
    [TW_CHANNEL_NOREPINEPHRINE] = RGB (plain), [TW_CHANNEL_PARACETAMOL] = RGB (plain) \
  }

static const TwTheme themes[2] = {
  {
      .dark = FALSE,
      .ground = RGB (0xffffff),
      .text = RGB (0x2e2e2e),
      .text_secondary = RGB (0x5e5c64),
      .grid = RGBA (0x000000, .065),
      .frame = RGBA (0x000000, .105),
      .zone = RGBA (0x3584e4, .055),
      .hatch = RGBA (0x5e5c64, .38),
      .limit_tint = RGBA (0xc01c28, .06),
      .limit_line = RGBA (0x5e5c64, .6),
      .stale = RGBA (0x5e5c64, .12),
      .now = RGB (0x2e2e2e),
      .on_now = RGB (0xffffff),
      .mark = RGB (0x3d3846),
      .bar = RGBA (0x3d3846, .12),
      .channel =
          CHANNELS (0x128c6e, 0x93231b, 0x988300, 0x1b5271, 0xc214cb, 0x3a2be0, 0x8d5107, 0x2e2e2e),
  },
  {
      .dark = TRUE,
      .ground = RGB (0x1e1e1e),
      .text = RGB (0xf2f2f2),
      .text_secondary = RGB (0xb4b2b0),
      .grid = RGBA (0xffffff, .065),
      .frame = RGBA (0xffffff, .095),
      .zone = RGBA (0x78aeed, .08),
      .hatch = RGBA (0xb4b2b0, .38),
      .limit_tint = RGBA (0xff7b63, .06),
      .limit_line = RGBA (0xb4b2b0, .6),
      .stale = RGBA (0xb4b2b0, .14),
      .now = RGB (0xf2f2f2),
      .on_now = RGB (0x1e1e1e),
      .mark = RGB (0xc0bfbc),
      .bar = RGBA (0xffffff, .09),
      .channel =
          CHANNELS (0x5ef0a0, 0xf46a55, 0xf2e24a, 0xa9d2f7, 0xee5ce0, 0x8f7bff, 0xd38726, 0xf2f2f2),
  },
};

typedef struct
{
  TwColour fill, text, outline[2]; /* outline: light, dark */
} LevelColours;

static const LevelColours levels[] = {
  [TW_LEVEL_NONE] = { NO_COLOUR, NO_COLOUR, { NO_COLOUR, NO_COLOUR } },
  [TW_LEVEL_TECHNICAL] = { NO_COLOUR, NO_COLOUR, { RGB (0x5e5c64), RGB (0xc0bfbc) } },
  [TW_LEVEL_LOW] = { RGB (0x1fb5cc), RGB (0x000000), { RGB (0x007184), NO_COLOUR } },
  [TW_LEVEL_MEDIUM] = { RGB (0xf5c211), RGB (0x000000), { RGB (0x905400), NO_COLOUR } },
  [TW_LEVEL_HIGH] = { RGB (0xc01c28), RGB (0xffffff), { NO_COLOUR, RGB (0xff938c) } },
};

const TwTheme *
tw_theme_get (gboolean dark)
{
  return &themes[dark ? 1 : 0];
}

void
tw_theme_get_level (const TwTheme *theme,
                    TwLevel level,
                    TwColour *fill,
                    TwColour *text,
                    TwColour *outline)
{
  const LevelColours *colours = NULL;

  g_return_if_fail (theme != NULL);
  g_return_if_fail (level >= TW_LEVEL_NONE && level <= TW_LEVEL_HIGH);

  colours = &levels[level];
  if (fill != NULL)
    *fill = colours->fill;
  /* Where the level has no fill its words stand on the page, in the page's own text colour. */
  if (text != NULL)
    *text = colours->text.a < 0 ? theme->text : colours->text;
  if (outline != NULL)
    *outline = colours->outline[theme->dark ? 1 : 0];
}
