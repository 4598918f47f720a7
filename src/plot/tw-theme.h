/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Colours of the charts: channel and level colours, light and dark (product.md section 7). */
#pragma once

#include "tw-channel.h"
#include "tw-flag.h"

G_BEGIN_DECLS

typedef struct
{
  double r, g, b, a;
} TwColour;

typedef struct
{
  gboolean dark;
  TwColour ground;        /* plot background */
  TwColour text, text_secondary;
  TwColour grid, frame;
  TwColour zone;          /* forecast zone tint */
  TwColour hatch;
  TwColour limit_tint;
  TwColour channel[TW_N_CHANNELS];
  TwColour limit_line;
  TwColour stale;         /* zone from the last usable value to now */
  TwColour now;           /* now-line and its pill */
  TwColour on_now;        /* text on the pill */
  TwColour mark;          /* treatments, notes, consciousness */
  TwColour bar;           /* quiet bars of the lanes */
} TwTheme;

/* Immutable, static. */
const TwTheme *tw_theme_get (gboolean dark);

/* Fill, text and outline of a level; a < 0: none. */
void tw_theme_get_level (const TwTheme *theme, TwLevel level, TwColour *fill, TwColour *text,
                         TwColour *outline);

G_END_DECLS
