/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside the stream's reader: what its channel and patient numbers stand for. */
#pragma once

#include "tw-frame.h"
#include "tw-json-tape.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean known;    /* the id stands in the dictionary */
  TwChannel channel; /* TW_CHANNEL_NONE: of a newer server */
  double scale;
  double offset;
  TwUnit unit;
  char unit_text[16];
} TwFrameChannel;

typedef struct
{
  char puid[TW_FRAME_MAX_TEXT];
  char bed[TW_FRAME_MAX_TEXT];
} TwFramePatient;

typedef struct _TwFrameDictionary TwFrameDictionary;

TwFrameDictionary *tw_frame_dictionary_new (void);
void tw_frame_dictionary_free (TwFrameDictionary *dictionary);

/* The object at index replaces what was known. FALSE when it is not of the form of
 * docs/stream.md: the dictionary is then of no more use. */
gboolean tw_frame_dictionary_read_channels (TwFrameDictionary *dictionary,
                                            const TwJsonDocument *document, guint32 at);
gboolean tw_frame_dictionary_read_patients (TwFrameDictionary *dictionary,
                                            const TwJsonDocument *document, guint32 at);

/* NULL when the id was not announced. */
const TwFrameChannel *tw_frame_dictionary_get_channel (const TwFrameDictionary *dictionary,
                                                       gint64 id);
const TwFramePatient *tw_frame_dictionary_get_patient (const TwFrameDictionary *dictionary,
                                                       gint64 id);
/* NULL beyond the end. */
const TwFramePatient *tw_frame_dictionary_get_nth (const TwFrameDictionary *dictionary,
                                                   gsize index);

/* Takes a text of the document whole: FALSE when it is absent, none, too long, or holds NUL. */
gboolean tw_frame_take_text (const TwJsonDocument *document, guint32 at, char *out, gsize size);

G_END_DECLS
