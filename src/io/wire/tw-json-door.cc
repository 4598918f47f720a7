/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shim over simdjson: one parser per thread, error codes only, the tape handed to C
 * (tw-json-tape.h). */
#include "config.h"

#define SIMDJSON_EXCEPTIONS 0

#include "tw-json-tape.h"

#include <simdjson.h>

#include <glib/gi18n-lib.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

namespace
{

constexpr size_t max_depth = 64;
constexpr size_t least_bytes = 64 * 1024;
/* A parser's memory stays resident at about 2.5 times the largest text it has seen. */
constexpr size_t keep_bytes = 12 * 1024 * 1024;

struct Door
{
  simdjson::dom::parser parser;
  std::unique_ptr<char, decltype (&std::free)> copy { nullptr, std::free };
  size_t copy_size = 0;
};

thread_local std::unique_ptr<Door> door;
thread_local bool door_is_large;

/* The message for people; nothing of the document goes into it. */
const char *
error_words (simdjson::error_code code)
{
  switch (code)
    {
    case simdjson::DEPTH_ERROR:
      return _("the data is nested too deeply");
    case simdjson::CAPACITY:
      return _("the data is larger than 32 MiB");
    case simdjson::MEMALLOC:
      return _("there is not enough memory to read the data");
    case simdjson::UTF8_ERROR:
      return _("the text is not valid UTF-8");
    case simdjson::NUMBER_ERROR:
      return _("a number is malformed or out of range");
    case simdjson::EMPTY:
      return _("the answer is empty");
    case simdjson::UNCLOSED_STRING:
      return _("the data ends inside a text");
    default:
      return _("the data is not valid JSON");
    }
}

gboolean
fail (GError **error, simdjson::error_code code)
{
  g_set_error_literal (error, TW_WIRE_ERROR, TW_WIRE_ERROR_JSON, error_words (code));
  return FALSE;
}

/* Room for a document, in powers of two: what grows a little with every poll is not made anew
 * each time, and a reader of short lines stays small. */
simdjson::error_code
make_room (simdjson::dom::parser &parser, size_t length)
{
  simdjson::error_code code = simdjson::SUCCESS;
  size_t size = least_bytes;

  while (size < length)
    size *= 2;
  if (parser.doc.capacity () < length)
    code = parser.doc.allocate (size);
  if (!code && parser.capacity () < length)
    code = parser.allocate (size, max_depth);
  return code;
}

simdjson::error_code
open_door ()
{
  if (!door)
    door.reset (new (std::nothrow) Door);
  return door ? simdjson::SUCCESS : simdjson::MEMALLOC;
}

/* A byte order mark is ignored, as RFC 8259 allows; older parsers refuse it, newer ones do not. */
void
skip_mark (const char **data, gsize *length)
{
  if (*length >= 3 && std::memcmp (*data, "\xef\xbb\xbf", 3) == 0)
    {
      *data += 3;
      *length -= 3;
    }
}

} // namespace

G_DEFINE_QUARK (tw-wire-error-quark, tw_wire_error)

gboolean
tw_json_open_padded (const char *data, gsize length, TwJsonDocument *document, GError **error)
{
  skip_mark (&data, &length);
  if (length > TW_JSON_MAX_BYTES)
    return fail (error, simdjson::CAPACITY);
  if (length == 0)
    return fail (error, simdjson::EMPTY);
  simdjson::error_code code = open_door ();
  if (!code)
    code = make_room (door->parser, length);
  if (code)
    return fail (error, code);

  door_is_large |= length > keep_bytes;
  code = door->parser.parse (data, length, false).error ();
  if (code)
    {
      tw_json_release ();
      return fail (error, code);
    }
  document->tape = door->parser.doc.tape.get ();
  document->strings = door->parser.doc.string_buf.get ();
  return TRUE;
}

gboolean
tw_json_open_between (const char *before, const char *data, gsize length, const char *after,
                      TwJsonDocument *document, GError **error)
{
  const size_t n_before = std::strlen (before), n_after = std::strlen (after);
  const size_t n = n_before + length + n_after;

  if (length > TW_JSON_MAX_BYTES)
    return fail (error, simdjson::CAPACITY);
  simdjson::error_code code = open_door ();
  if (code)
    return fail (error, code);
  if (door->copy_size < n + TW_JSON_PADDING)
    {
      size_t size = n + n / 4 + TW_JSON_PADDING;
      door->copy.reset (static_cast<char *> (std::malloc (size)));
      door->copy_size = door->copy ? size : 0;
      if (!door->copy)
        return fail (error, simdjson::MEMALLOC);
    }
  char *copy = door->copy.get ();
  std::memcpy (copy, before, n_before);
  std::memcpy (copy + n_before, data, length);
  std::memcpy (copy + n_before + length, after, n_after);
  std::memset (copy + n, 0, TW_JSON_PADDING);
  return tw_json_open_padded (copy, n, document, error);
}

gboolean
tw_json_open (const char *data, gsize length, TwJsonDocument *document, GError **error)
{
  return tw_json_open_between ("", data, length, "", document, error);
}

void
tw_json_release (void)
{
  if (door_is_large)
    door.reset ();
  door_is_large = false;
}

gboolean
tw_json_check (const char *data, gsize length, GError **error)
{
  TwJsonDocument document;

  g_return_val_if_fail (data != NULL || length == 0, FALSE);
  if (!tw_json_open (data, length, &document, error))
    return FALSE;
  tw_json_release ();
  return TRUE;
}
