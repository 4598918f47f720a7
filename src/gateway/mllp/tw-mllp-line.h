/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One connection of the listener. */
#pragma once

#include "tw-mllp.h"

G_BEGIN_DECLS

/* What the lines share; the listener's own. Atomically nothing: one thread. */
typedef struct
{
  TwMllpOptions options;
  TwMllpLimits limits;
  TwMllpCounts counts;
  guint64 n_answers;      /* numbers the answers of this run */
  char run[17];           /* sets the answers of this run apart from another's */
} TwMllpShared;

typedef struct _TwMllpLine TwMllpLine;

/* Called once, when the line is closed and will not call back again. */
typedef void (*TwMllpGoneFunc) (TwMllpLine *line, gpointer data);

/* shared outlives the line unless tw_mllp_line_close was called before. */
TwMllpLine *tw_mllp_line_new (TwMllpShared *shared, GSocketConnection *connection,
                              TwMllpGoneFunc gone, gpointer data);
TwMllpLine *tw_mllp_line_ref (TwMllpLine *line);
void tw_mllp_line_unref (TwMllpLine *line);
/* Nothing is called back afterwards. */
void tw_mllp_line_close (TwMllpLine *line);
/* Closes the line when it is too slow; mono_us is the monotonic time. */
void tw_mllp_line_check (TwMllpLine *line, gint64 mono_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwMllpLine, tw_mllp_line_unref)

G_END_DECLS
