/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames of MLLP: VT, the message, FS, CR. */
#pragma once

#include "tw-hl7v2-syntax.h"

G_BEGIN_DECLS

#define TW_HL7_VT '\x0b'
#define TW_HL7_FS '\x1c'

/* Cuts a byte stream into messages, however it was cut on its way. */
typedef struct _TwHl7Framer TwHl7Framer;

/* One whole message, or NULL for one that was longer than 1 MiB: its end was found, its bytes are
 * gone. */
typedef void (*TwHl7FrameFunc) (const char *message, gsize length, gpointer user_data);

TwHl7Framer *tw_hl7_framer_new (void);
void tw_hl7_framer_free (TwHl7Framer *framer);
/* FALSE: bytes stand outside a frame, so that nothing can be trusted to be whole: close the line. */
gboolean tw_hl7_framer_feed (TwHl7Framer *framer, const char *bytes, gsize n, TwHl7FrameFunc func,
                             gpointer user_data);
/* A frame has begun and not ended. */
gboolean tw_hl7_framer_is_inside (const TwHl7Framer *framer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwHl7Framer, tw_hl7_framer_free)

G_END_DECLS
