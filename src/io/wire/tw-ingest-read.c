/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line of /v1/ingest: whole or refused, with the first thing that is wrong with it. */
#include "config.h"

#include "tw-ingest-read.h"

#include "tw-json-tape.h"
#include "tw-text.h"
#include "tw-time.h"

#include <glib/gi18n-lib.h>
#include <math.h>

typedef enum
{
  KEY_SRC,
  KEY_EPOCH,
  KEY_PSEQ,
  KEY_P,
  KEY_TS,
  KEY_X,
  KEY_BED,
  N_KEYS
} Key;

static const char *const key_names[N_KEYS] = { "src", "epoch", "pseq", "p", "ts", "x", "bed" };

static gboolean
fail (GError **error,
      const char *format,
      const char *what)
{
  char clean[48];

  tw_text_clean (clean, sizeof clean, what, strlen (what));
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  g_set_error (error, TW_WIRE_ERROR, TW_WIRE_ERROR_RESOURCE, format, clean);
#pragma GCC diagnostic pop
  return FALSE;
}

static gboolean
fail_key (GError **error,
          Key key)
{
  return fail (error, _("field “%s” is missing or wrong"), key_names[key]);
}

/* Where each key's value stands; 0: absent. */
static gboolean
index_keys (const TwJsonDocument *document,
            guint32 at[N_KEYS],
            GError **error)
{
  TwJsonMembers members;
  TwJsonText key;
  guint32 value;

  memset (at, 0, N_KEYS * sizeof *at);
  if (!tw_json_members (document, TW_JSON_ROOT, &members))
    return fail (error, _("the line is no JSON object%s"), "");
  while (tw_json_members_next (&members, &key, &value))
    for (int i = 0; i < N_KEYS; i++)
      if (tw_json_text_is (key, key_names[i]))
        {
          if (at[i] != 0)
            return fail (error, _("field “%s” stands there twice"), key_names[i]);
          at[i] = value;
        }
  return TRUE;
}

/* A text that is not empty, fits, and has no control characters. */
static gboolean
read_text (const TwJsonDocument *document,
           guint32 at,
           char out[TW_INGEST_MAX_TEXT])
{
  TwJsonText text;

  if (at == 0 || tw_json_type (document, at) != '"')
    return FALSE;
  text = tw_json_text (document, at);
  return text.length > 0 && text.length < TW_INGEST_MAX_TEXT
         && tw_text_clean (out, TW_INGEST_MAX_TEXT, text.text, text.length) == text.length
         && memcmp (out, text.text, text.length) == 0;
}

/* Microseconds, or ISO 8601 with a zone. */
static gboolean
read_time (const TwJsonDocument *document,
           guint32 at,
           gint64 *t_us)
{
  TwJsonText text;

  if (at != 0 && tw_json_type (document, at) == '"')
    {
      text = tw_json_text (document, at);
      return tw_time_parse (text.text, (gssize) text.length, t_us);
    }
  return at != 0 && tw_json_integer (document, at, t_us) && *t_us > -62135596800000000
         && *t_us < 253402300800000000;
}

/* A name, a LOINC code, or the number of an MDC code. */
static TwChannel
read_channel (const TwJsonDocument *document,
              guint32 at)
{
  TwChannel channel;
  TwJsonText text;
  gint64 number;

  if (tw_json_integer (document, at, &number))
    return number > 0 && number <= G_MAXINT ? tw_channel_from_mdc ((guint) number) : TW_CHANNEL_NONE;
  if (tw_json_type (document, at) != '"')
    return TW_CHANNEL_NONE;
  text = tw_json_text (document, at);
  if (memchr (text.text, '\0', text.length) != NULL)
    return TW_CHANNEL_NONE;
  channel = tw_channel_from_name (text.text);
  return channel != TW_CHANNEL_NONE ? channel
                                    : tw_channel_from_loinc (text.text, (gssize) text.length);
}

/* A number, null, or the letter of consciousness. */
static gboolean
read_value (const TwJsonDocument *document,
            guint32 at,
            TwObservation *obs)
{
  TwJsonText text;

  if (tw_json_type (document, at) == 'n')
    {
      obs->value = (double) NAN;
      obs->flags |= TW_OBSERVATION_ABSENT;
      return TRUE;
    }
  if (tw_json_type (document, at) == '"' && obs->channel == TW_CHANNEL_CONSCIOUSNESS)
    {
      text = tw_json_text (document, at);
      obs->value = text.length == 1 ? tw_acvpu_from_letter (text.text) : -1;
      return obs->value >= 0;
    }
  return tw_json_number (document, at, &obs->value) && isfinite (obs->value);
}

static gboolean
read_unit (const TwJsonDocument *document,
           guint32 at,
           TwObservation *obs)
{
  TwJsonText text;
  double unused;

  if (tw_json_type (document, at) != '"')
    return FALSE;
  text = tw_json_text (document, at);
  obs->unit = (guint8) tw_unit_from_ucum (text.text, (gssize) text.length);
  return obs->unit != TW_UNIT_UNKNOWN
         && tw_unit_convert (1.0, (TwUnit) obs->unit,
                             tw_channel_info ((TwChannel) obs->channel)->unit, &unused);
}

/* The quality byte, or what became of an earlier value of this instant. */
static gboolean
read_quality (const TwJsonDocument *document,
              guint32 at,
              TwObservation *obs,
              TwQuality *quality)
{
  static const struct
  {
    const char *word;
    guint32 flag;
  } words[] = {
    { "withdrawn", TW_OBSERVATION_WITHDRAWN },
    { "corrected", TW_OBSERVATION_CORRECTED },
    { "preliminary", TW_OBSERVATION_PRELIMINARY },
  };
  TwJsonText text;
  gint64 number;

  if (tw_json_integer (document, at, &number))
    {
      *quality = (TwQuality) number;
      return number >= 0 && number <= 255;
    }
  if (tw_json_type (document, at) != '"')
    return FALSE;
  text = tw_json_text (document, at);
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (tw_json_text_is (text, words[i].word))
      {
        obs->flags |= words[i].flag;
        if (words[i].flag == TW_OBSERVATION_WITHDRAWN)
          {
            obs->flags &= ~(guint32) TW_OBSERVATION_ABSENT;
            obs->value = (double) NAN;
          }
        return TRUE;
      }
  return FALSE;
}

static gboolean
read_reading (const TwJsonDocument *document,
              guint32 at,
              TwIngestLine *line,
              GError **error)
{
  TwObservation *obs = &line->values[line->n];
  guint32 parts[4] = { 0 }, part;
  TwJsonItems items;
  guint n = 0;

  *obs = (TwObservation) { .t_us = line->t_us };
  line->quality[line->n] = 0;
  if (!tw_json_items (document, at, &items))
    return fail_key (error, KEY_X);
  while (tw_json_items_next (&items, &part))
    {
      if (n == G_N_ELEMENTS (parts))
        return fail_key (error, KEY_X);
      parts[n++] = part;
    }
  if (n < 3)
    return fail_key (error, KEY_X);
  obs->channel = (gint16) read_channel (document, parts[0]);
  if (obs->channel == TW_CHANNEL_NONE)
    return fail (error, _("a channel is not known%s"), "");
  for (guint i = 0; i < line->n; i++)
    if (line->values[i].channel == obs->channel)
      return fail (error, _("%s stands there twice"),
                   tw_channel_info ((TwChannel) obs->channel)->name);
  if (!read_value (document, parts[1], obs))
    return fail (error, _("the value of %s is no number"),
                 tw_channel_info ((TwChannel) obs->channel)->name);
  if (!read_unit (document, parts[2], obs))
    return fail (error, _("the unit of %s is not one of it"),
                 tw_channel_info ((TwChannel) obs->channel)->name);
  if (n == 4 && !read_quality (document, parts[3], obs, &line->quality[line->n]))
    return fail (error, _("the quality of %s is not known"),
                 tw_channel_info ((TwChannel) obs->channel)->name);
  line->n++;
  return TRUE;
}

static gboolean
read_readings (const TwJsonDocument *document,
               guint32 at,
               TwIngestLine *line,
               GError **error)
{
  TwJsonItems items;
  guint32 item;

  if (at == 0 || !tw_json_items (document, at, &items))
    return fail_key (error, KEY_X);
  while (tw_json_items_next (&items, &item))
    {
      if (line->n == TW_INGEST_MAX_VALUES)
        return fail (error, _("there are too many values%s"), "");
      if (!read_reading (document, item, line, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
tw_ingest_read_line (const char *text,
                     gsize length,
                     TwIngestLine *line,
                     GError **error)
{
  TwJsonDocument document;
  guint32 at[N_KEYS];

  g_return_val_if_fail (text != NULL && line != NULL, FALSE);

  line->src[0] = line->patient[0] = line->bed[0] = '\0';
  line->epoch = line->pseq = 0;
  line->n = 0;
  if (!tw_json_open (text, length, &document, error) || !index_keys (&document, at, error))
    return FALSE;
  if (!read_text (&document, at[KEY_SRC], line->src))
    return fail_key (error, KEY_SRC);
  if (at[KEY_EPOCH] == 0 || !tw_json_integer (&document, at[KEY_EPOCH], &line->epoch)
      || line->epoch < 0)
    return fail_key (error, KEY_EPOCH);
  if (at[KEY_PSEQ] == 0 || !tw_json_integer (&document, at[KEY_PSEQ], &line->pseq)
      || line->pseq < 1)
    {
      line->pseq = 0;
      return fail_key (error, KEY_PSEQ);
    }
  if (!read_text (&document, at[KEY_P], line->patient))
    return fail_key (error, KEY_P);
  if (at[KEY_BED] != 0 && !read_text (&document, at[KEY_BED], line->bed))
    return fail_key (error, KEY_BED);
  if (!read_time (&document, at[KEY_TS], &line->t_us))
    return fail_key (error, KEY_TS);
  return read_readings (&document, at[KEY_X], line, error);
}
