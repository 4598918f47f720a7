/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames of the ward stream to lines of JSON. docs/stream.md describes every byte. */
#include "config.h"

#include "tw-frame.h"

#include "tw-crc32c.h"
#include "tw-decimal.h"
#include "tw-text.h"

#include <math.h>

double
tw_frame_scale (TwChannel channel)
{
  double resolution = tw_channel_info (channel)->resolution;

  return resolution > 0 ? resolution / 10 : 1;
}

/* ,"key":"text" */
static void
append_text (GString *out,
             const char *key,
             const char *text)
{
  g_string_append_printf (out, ",\"%s\":", key);
  tw_text_append_json (out, text);
}

static void
append_whole (GString *out,
              const char *key,
              gint64 whole)
{
  g_string_append_printf (out, ",\"%s\":%" G_GINT64_FORMAT, key, whole);
}

static void
append_count (GString *out,
              const char *key,
              guint64 count)
{
  g_string_append_printf (out, ",\"%s\":%" G_GUINT64_FORMAT, key, MIN (count, G_MAXINT64));
}

static void
append_patient (GString *out,
                const TwFrame *frame)
{
  if (frame->p_id > 0)
    append_count (out, "p", frame->p_id);
  else if (frame->puid[0] != '\0')
    append_text (out, "p", frame->puid);
  else
    g_string_append (out, ",\"p\":null");
}

/* The scaled integer, or null for a value that is absent or not in a unit of the channel: a
 * value whose unit is not known must never reach a screen as if it were. */
static void
append_scaled (GString *out,
               const TwFrameValue *value)
{
  TwUnit inside = tw_channel_info (value->channel)->unit;
  double v = value->value, whole;

  if (value->unit != inside && !tw_unit_convert (v, value->unit, inside, &v))
    v = (double) NAN;
  whole = tw_decimal_to_scale (v, tw_frame_scale (value->channel));
  if (isfinite (whole))
    g_string_append_printf (out, "%" G_GINT64_FORMAT, (gint64) whole);
  else
    g_string_append (out, "null");
}

static void
append_values (GString *out,
               const TwFrame *frame)
{
  gboolean any = FALSE;

  g_string_append (out, ",\"x\":[");
  for (guint i = 0; i < MIN (frame->n, TW_FRAME_MAX_VALUES); i++)
    {
      const TwFrameValue *value = &frame->values[i];

      if (value->channel < 0 || value->channel >= TW_N_CHANNELS)
        continue;
      g_string_append_printf (out, any ? ",[%d," : "[%d,", (int) value->channel);
      append_scaled (out, value);
      g_string_append_printf (out, ",%u]", (guint) value->quality);
      any = TRUE;
    }
  g_string_append_c (out, ']');
}

static void
append_channel (GString *out,
                TwChannel channel)
{
  if (channel >= 0 && channel < TW_N_CHANNELS)
    append_whole (out, "ch", channel);
  else
    g_string_append (out, ",\"ch\":null");
}

static void
append_hello (GString *out,
              const TwFrame *frame)
{
  append_whole (out, "v", TW_FRAME_VERSION);
  append_text (out, "epoch", frame->epoch);
  append_text (out, "ward", frame->ward);
  append_whole (out, "hb_s", frame->hb_s);
  append_whole (out, "now", frame->t_us);
  g_string_append (out, ",\"speed\":");
  tw_decimal_append (out, isfinite (frame->speed) ? frame->speed : 1);
  g_string_append_printf (out, ",\"recorded\":%s,\"invented\":%s",
                          frame->recorded ? "true" : "false", frame->invented ? "true" : "false");
}

static void
append_correction (GString *out,
                   const TwFrame *frame)
{
  TwFrameValue value = frame->values[0];

  value.channel = frame->channel;
  append_count (out, "q", frame->q);
  append_patient (out, frame);
  append_channel (out, frame->channel);
  append_whole (out, "ts", frame->t_us);
  g_string_append (out, ",\"now\":");
  if (frame->n == 0 || frame->channel < 0 || frame->channel >= TW_N_CHANNELS)
    g_string_append (out, "null");
  else
    append_scaled (out, &value);
  append_text (out, "why", frame->why);
}

static void
append_gap (GString *out,
            const TwFrame *frame)
{
  append_count (out, "q", frame->q);
  append_patient (out, frame);
  append_channel (out, frame->channel);
  append_whole (out, "from", frame->from_us);
  append_whole (out, "to", frame->to_us);
  append_text (out, "why", frame->why);
}

void
tw_frame_seal_line (GString *out,
                    gsize start)
{
  g_return_if_fail (out != NULL && out->len > start && out->str[out->len - 1] == '}');

  g_string_truncate (out, out->len - 1);
  g_string_append_printf (out, TW_FRAME_CHECK_KEY "%08x\"}\n",
                          tw_crc32c (out->str + start, out->len - start));
}

void
tw_frame_write (GString *out,
                const TwFrame *frame)
{
  static const char *const names[] = {
    [TW_FRAME_HELLO] = "hello",         [TW_FRAME_SAMPLES] = "s", [TW_FRAME_CORRECTION] = "corr",
    [TW_FRAME_GAP] = "gap",             [TW_FRAME_BYE] = "bye",   [TW_FRAME_HEARTBEAT] = "hb",
    [TW_FRAME_CONFLATED] = "conflated",
  };
  gsize start;

  g_return_if_fail (out != NULL && frame != NULL);
  start = out->len;
  g_return_if_fail (frame->type < G_N_ELEMENTS (names) && names[frame->type] != NULL);

  g_string_append_printf (out, "{\"t\":\"%s\"", names[frame->type]);
  switch (frame->type)
    {
    case TW_FRAME_HELLO:
      append_hello (out, frame);
      break;
    case TW_FRAME_SAMPLES:
      append_count (out, "q", frame->q);
      append_patient (out, frame);
      append_whole (out, "ts", frame->t_us);
      append_values (out, frame);
      break;
    case TW_FRAME_CORRECTION:
      append_correction (out, frame);
      break;
    case TW_FRAME_GAP:
      append_gap (out, frame);
      break;
    case TW_FRAME_CONFLATED:
      append_count (out, "from", frame->to_q != 0 ? frame->from_q : frame->q);
      append_count (out, "to", frame->to_q != 0 ? frame->to_q : frame->q);
      break;
    case TW_FRAME_HEARTBEAT:
      append_whole (out, "now", frame->t_us);
      append_count (out, "hwm", frame->hwm);
      append_text (out, "token", frame->token);
      if (frame->has_at)
        append_count (out, "at", frame->at);
      break;
    default:
      append_text (out, "why", frame->why);
      append_whole (out, "retry_s", frame->retry_s);
      break;
    }
  g_string_append_c (out, '}');
  tw_frame_seal_line (out, start);
}

static void
append_channel_entry (GString *out,
                      TwChannel channel)
{
  const TwChannelInfo *info = tw_channel_info (channel);

  g_string_append_printf (out, channel > 0 ? ",\"%d\":{\"name\":" : "\"%d\":{\"name\":",
                          (int) channel);
  tw_text_append_json (out, info->name);
  if (info->loinc != NULL)
    append_text (out, "loinc", info->loinc);
  append_text (out, "ucum", tw_unit_ucum (info->unit));
  g_string_append (out, ",\"scale\":");
  tw_decimal_append (out, tw_frame_scale (channel));
  g_string_append (out, ",\"off\":0}");
}

void
tw_frame_write_dict (GString *out,
                     const char *const *puids,
                     const char *const *beds,
                     gsize n)
{
  gsize start;

  g_return_if_fail (out != NULL && (puids != NULL || n == 0));

  start = out->len;
  g_string_append (out, "{\"t\":\"dict\",\"ch\":{");
  for (int channel = 0; channel < TW_N_CHANNELS; channel++)
    append_channel_entry (out, (TwChannel) channel);
  g_string_append (out, "},\"p\":{");
  for (gsize i = 0; i < n; i++)
    {
      g_string_append_printf (out, i > 0 ? ",\"%" G_GSIZE_FORMAT "\":{\"puid\":"
                                         : "\"%" G_GSIZE_FORMAT "\":{\"puid\":", i + 1);
      tw_text_append_json (out, puids[i]);
      if (beds != NULL && beds[i] != NULL)
        append_text (out, "bed", beds[i]);
      g_string_append_c (out, '}');
    }
  g_string_append (out, "}}");
  tw_frame_seal_line (out, start);
}
