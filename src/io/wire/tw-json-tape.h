/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A parsed and fully checked JSON document, walked in C: the tape of simdjson's DOM.
 *
 * Each value is one 64-bit word, its type letter in the upper byte and a payload of 56 bits below:
 *   r  root, first word; the value stands at index 1
 *   {  [  payload low 32 bits: index just after the closing word; the 24 bits above: how many
 *   }  ]  closing words
 *   "  payload: offset into strings of a 32-bit length, then the bytes, then NUL
 *   l  u  d  signed, unsigned, double: the number is the next word
 *   t  f  n  true, false, null
 * An object is key, value, key, value ... The words come from the parser alone, never from
 * outside, so an index made by these functions is always in range. */
#pragma once

#include <string.h>

#include "tw-json-door.h"

G_BEGIN_DECLS

typedef struct
{
  const guint64 *tape;
  const guint8 *strings;
} TwJsonDocument;

/* A string of the document: NUL-terminated, but it may hold NULs of its own. */
typedef struct
{
  const char *text;
  guint32 length;
} TwJsonText;

/* Parses a document of which TW_JSON_PADDING more bytes may be read after length. The document
 * lives in this thread's parser until the next call or tw_json_release (). */
gboolean tw_json_open_padded (const char *data, gsize length, TwJsonDocument *document,
                              GError **error);
/* The same for any buffer; copies. */
gboolean tw_json_open (const char *data, gsize length, TwJsonDocument *document, GError **error);
/* The same for data between two texts that are joined to it. */
gboolean tw_json_open_between (const char *before, const char *data, gsize length, const char *after,
                               TwJsonDocument *document, GError **error);
/* Gives back the memory of a parser that has grown over a very large document. */
void tw_json_release (void);

#define TW_JSON_ROOT 1u

static inline char
tw_json_type (const TwJsonDocument *document,
              guint32 index)
{
  return (char) (document->tape[index] >> 56);
}

/* Index just after the closing word of the object or array at index. */
static inline guint32
tw_json_end (const TwJsonDocument *document,
             guint32 index)
{
  return (guint32) document->tape[index];
}

/* How many members or items the object or array at index has; at most 0xffffff is told. */
static inline guint32
tw_json_count (const TwJsonDocument *document,
               guint32 index)
{
  return (guint32) (document->tape[index] >> 32) & 0xffffff;
}

/* Index of what follows the value at index. */
static inline guint32
tw_json_next (const TwJsonDocument *document,
              guint32 index)
{
  switch (tw_json_type (document, index))
    {
    case '{':
    case '[':
      return tw_json_end (document, index);
    case 'l':
    case 'u':
    case 'd':
      return index + 2;
    default:
      return index + 1;
    }
}

/* The string at index, which must be one (a key always is). */
static inline TwJsonText
tw_json_text (const TwJsonDocument *document,
              guint32 index)
{
  const guint8 *p = document->strings + (document->tape[index] & 0xffffffffffffff);
  TwJsonText text;

  memcpy (&text.length, p, sizeof text.length);
  text.text = (const char *) p + sizeof text.length;
  return text;
}

static inline gboolean
tw_json_text_is (TwJsonText text,
                 const char *literal)
{
  gsize n = strlen (literal);
  return text.length == n && memcmp (text.text, literal, n) == 0;
}

/* A number of any kind as double; FALSE when the value is none. */
static inline gboolean
tw_json_number (const TwJsonDocument *document,
                guint32 index,
                double *value)
{
  switch (tw_json_type (document, index))
    {
    case 'd':
      memcpy (value, &document->tape[index + 1], sizeof *value);
      return TRUE;
    case 'l':
      *value = (double) (gint64) document->tape[index + 1];
      return TRUE;
    case 'u':
      *value = (double) document->tape[index + 1];
      return TRUE;
    default:
      return FALSE;
    }
}

/* A whole number within int64, written as one (1.0 is none). */
static inline gboolean
tw_json_integer (const TwJsonDocument *document,
                 guint32 index,
                 gint64 *value)
{
  if (tw_json_type (document, index) != 'l')
    return FALSE;
  *value = (gint64) document->tape[index + 1];
  return TRUE;
}

/* The members of an object, in order, each once. */
typedef struct
{
  const TwJsonDocument *document;
  guint32 at, end;
} TwJsonMembers;

/* FALSE when the value is no object. */
static inline gboolean
tw_json_members (const TwJsonDocument *document,
                 guint32 index,
                 TwJsonMembers *members)
{
  *members = (TwJsonMembers) { document, index + 1, 0 };
  if (tw_json_type (document, index) != '{')
    return FALSE;
  members->end = tw_json_end (document, index) - 1;
  return TRUE;
}

static inline gboolean
tw_json_members_next (TwJsonMembers *members,
                      TwJsonText *key,
                      guint32 *value)
{
  if (members->at >= members->end)
    return FALSE;
  *key = tw_json_text (members->document, members->at);
  *value = members->at + 1;
  members->at = tw_json_next (members->document, members->at + 1);
  return TRUE;
}

/* The items of an array, in order. */
typedef struct
{
  const TwJsonDocument *document;
  guint32 at, end;
} TwJsonItems;

/* FALSE when the value is no array. */
static inline gboolean
tw_json_items (const TwJsonDocument *document,
               guint32 index,
               TwJsonItems *items)
{
  *items = (TwJsonItems) { document, index + 1, 0 };
  if (tw_json_type (document, index) != '[')
    return FALSE;
  items->end = tw_json_end (document, index) - 1;
  return TRUE;
}

static inline gboolean
tw_json_items_next (TwJsonItems *items,
                    guint32 *value)
{
  if (items->at >= items->end)
    return FALSE;
  *value = items->at;
  items->at = tw_json_next (items->document, items->at);
  return TRUE;
}

G_END_DECLS
