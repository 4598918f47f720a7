/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stream frames: what is written is read, however the bytes are cut; and nothing hostile passes. */
#include "config.h"

#include "tw-frame.h"

#include "tw-decimal.h"
#include "tw-time.h"

#include "wire-test.h"

#include <math.h>

#define T0 G_GINT64_CONSTANT (1795356130000000)

static const char *const puids[] = { "demo-1", "a0c1e7e2-3f6d-4c55-9f6a-0f4e21f7c001", "p-3" };
static const char *const beds[] = { "1", NULL, "Side room" };

static void
on_frame (const TwFrame *frame,
          gpointer user_data)
{
  g_array_append_vals (user_data, frame, 1);
}

static void
write_hello (GString *out)
{
  TwFrame hello = { .type = TW_FRAME_HELLO, .epoch = "e1", .ward = "Ward 3B", .hb_s = 5, .t_us = T0,
                    .speed = 60, .recorded = TRUE };

  tw_frame_write (out, &hello);
  tw_frame_write_dict (out, puids, beds, G_N_ELEMENTS (puids));
}

static void
drop_checks (GString *out)
{
  const gsize n_check = TW_FRAME_CHECK_BYTES;
  gsize at = 0;

  for (const char *end; (end = strchr (out->str + at, '\n')) != NULL;)
    {
      at = (gsize) (end - out->str) - n_check;
      g_string_erase (out, (gssize) at, (gssize) n_check - 1);
      at += 2;
    }
}

/* The same without the checks, for lines that are written by hand. */
static void
write_plain_hello (GString *out)
{
  write_hello (out);
  drop_checks (out);
}

/* Values on the grid of the stream, so that they come back as the very numbers. */
static double
random_value (GRand *rand,
              TwChannel channel)
{
  if (g_rand_int_range (rand, 0, 6) == 0)
    return (double) NAN;
  return tw_decimal_scaled (g_rand_int_range (rand, -5000, 100000), tw_frame_scale (channel));
}

static void
random_frame (GRand *rand,
              TwFrame *frame)
{
  static const TwFrameType types[] = { TW_FRAME_SAMPLES,   TW_FRAME_SAMPLES,   TW_FRAME_CORRECTION, TW_FRAME_GAP,
                                       TW_FRAME_CONFLATED, TW_FRAME_HEARTBEAT, TW_FRAME_BYE };
  guint patient = (guint) g_rand_int_range (rand, 0, G_N_ELEMENTS (puids));

  memset (frame, 0, sizeof *frame);
  frame->type = types[g_rand_int_range (rand, 0, G_N_ELEMENTS (types))];
  frame->q = g_rand_int (rand);
  frame->channel = TW_CHANNEL_NONE;
  frame->t_us = T0 + g_rand_int (rand);
  g_strlcpy (frame->puid, puids[patient], sizeof frame->puid);
  frame->p_id = g_rand_boolean (rand) ? patient + 1 : 0;
  frame->from_us = T0 - g_rand_int_range (rand, 0, 1000000);
  frame->to_us = T0;
  frame->from_q = (guint64) g_rand_int_range (rand, 0, 1000);
  frame->to_q = frame->from_q + (guint64) g_rand_int_range (rand, 1, 1000);
  frame->hwm = g_rand_int (rand);
  frame->retry_s = g_rand_int_range (rand, 0, 60);
  g_strlcpy (frame->why, "line \"flat\"", sizeof frame->why);
  g_strlcpy (frame->token, "AQIDBAUGBw-_", sizeof frame->token);
  if (frame->type == TW_FRAME_SAMPLES)
    frame->n = (guint) g_rand_int_range (rand, 0, 9);
  else if (frame->type == TW_FRAME_CORRECTION)
    frame->n = 1;
  for (guint i = 0; i < frame->n; i++)
    {
      TwFrameValue *value = &frame->values[i];

      value->channel = (TwChannel) g_rand_int_range (rand, 0, TW_N_CHANNELS);
      value->unit = tw_channel_info (value->channel)->unit;
      value->value = random_value (rand, value->channel);
      value->quality = (TwQuality) g_rand_int_range (rand, 0, 256);
    }
  if (frame->type == TW_FRAME_CORRECTION)
    frame->channel = frame->values[0].channel;
}

static void
assert_values (const TwFrame *a,
               const TwFrame *b)
{
  g_assert_cmpuint (a->n, ==, b->n);
  for (guint i = 0; i < a->n; i++)
    {
      g_assert_cmpint (a->values[i].channel, ==, b->values[i].channel);
      g_assert_cmpint (a->values[i].unit, ==, b->values[i].unit);
      g_assert_cmpstr (b->values[i].unit_text, ==, tw_unit_ucum (a->values[i].unit));
      if (isnan (a->values[i].value))
        g_assert_true (isnan (b->values[i].value));
      else
        g_assert_cmpfloat (a->values[i].value, ==, b->values[i].value);
      if (a->type == TW_FRAME_SAMPLES)
        g_assert_cmpuint (a->values[i].quality, ==, b->values[i].quality);
    }
}

static void
assert_frame (const TwFrame *a,
              const TwFrame *b)
{
  g_assert_cmpint (a->type, ==, b->type);
  switch (a->type)
    {
    case TW_FRAME_SAMPLES:
      g_assert_cmpuint (a->q, ==, b->q);
      g_assert_cmpstr (a->puid, ==, b->puid);
      g_assert_cmpuint (a->p_id, ==, b->p_id);
      g_assert_cmpint (a->t_us, ==, b->t_us);
      assert_values (a, b);
      break;
    case TW_FRAME_CORRECTION:
      g_assert_cmpint (a->channel, ==, b->channel);
      g_assert_cmpstr (a->why, ==, b->why);
      if (isnan (a->values[0].value))
        {
          g_assert_cmpuint (b->n, ==, 0);
          g_assert_true (isnan (b->values[0].value));
        }
      else
        assert_values (a, b);
      break;
    case TW_FRAME_GAP:
      g_assert_cmpint (a->from_us, ==, b->from_us);
      g_assert_cmpint (a->to_us, ==, b->to_us);
      g_assert_cmpint (a->channel, ==, b->channel);
      g_assert_cmpstr (a->puid, ==, b->puid);
      break;
    case TW_FRAME_CONFLATED:
      g_assert_cmpuint (a->from_q, ==, b->from_q);
      g_assert_cmpuint (a->to_q, ==, b->to_q);
      g_assert_cmpuint (a->to_q, ==, b->q);
      break;
    case TW_FRAME_HEARTBEAT:
      g_assert_cmpint (a->t_us, ==, b->t_us);
      g_assert_cmpuint (a->hwm, ==, b->hwm);
      g_assert_cmpstr (a->token, ==, b->token);
      break;
    default:
      g_assert_cmpint (a->retry_s, ==, b->retry_s);
      g_assert_cmpstr (a->why, ==, b->why);
    }
}

static void
test_exact (void)
{
  TwFrame frame = { .type = TW_FRAME_SAMPLES, .q = 41, .puid = "p", .p_id = 2, .t_us = T0, .n = 3,
                    .values = { { .channel = TW_CHANNEL_HEART_RATE, .value = 82.5, .unit = TW_UNIT_PER_MIN },
                                { .channel = TW_CHANNEL_TEMPERATURE, .value = 98.6, .unit = TW_UNIT_DEGF,
                                  .quality = 64 },
                                { .channel = TW_CHANNEL_SPO2, .value = 97, .unit = TW_UNIT_UNKNOWN } } };
  g_autoptr (GString) out = g_string_new (NULL);

  tw_frame_write (out, &frame);
  g_assert_cmpstr (out->str, ==,
                   "{\"t\":\"s\",\"q\":41,\"p\":2,\"ts\":1795356130000000,"
                   "\"x\":[[0,825,0],[6,3700,64],[5,null,0]],\"crc\":\"a59c6b4b\"}\n");
}

static void
test_round_trip (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GArray) frames = g_array_new (FALSE, FALSE, sizeof (TwFrame));
  const int n = 60;
  TwFrame *sent = g_new0 (TwFrame, n);

  write_hello (out);
  for (int i = 0; i < n; i++)
    {
      random_frame (rand, &sent[i]);
      tw_frame_write (out, &sent[i]);
    }
  /* One cut at every byte, and now and then byte by byte. */
  for (gsize cut = 0; cut <= out->len; cut++)
    {
      g_autoptr (TwFrameReader) reader = tw_frame_reader_new ();
      g_autoptr (GError) error = NULL;

      g_array_set_size (frames, 0);
      if (cut % 1000 == 17)
        for (gsize i = 0; i < out->len && error == NULL; i++)
          tw_frame_reader_feed (reader, out->str + i, 1, on_frame, frames, &error);
      else if (tw_frame_reader_feed (reader, out->str, cut, on_frame, frames, &error))
        tw_frame_reader_feed (reader, out->str + cut, out->len - cut, on_frame, frames, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (frames->len, ==, (guint) n + 2);
      if (cut % 97 == 0 || cut % 1000 == 17)
        for (int i = 0; i < n; i++)
          assert_frame (&sent[i], &g_array_index (frames, TwFrame, i + 2));
    }
  g_free (sent);
}

static void
test_hello (void)
{
  g_autoptr (TwFrameReader) reader = tw_frame_reader_new ();
  g_autoptr (GArray) frames = g_array_new (FALSE, FALSE, sizeof (TwFrame));
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  const TwFrame *hello;
  const char *puid, *bed;

  write_plain_hello (out);
  g_string_append (out, "\r\n  \n{\"t\":\"weather\",\"sun\":[1]}\n"
                        "{\"t\":\"dict\",\"ch\":{\"0\":{\"name\":\"heart_rate\",\"ucum\":\"/min\",\"scale\":0.5},"
                        "\"7\":{\"name\":\"aura\",\"ucum\":\"glow\"},\"8\":{\"name\":\"spo2\",\"ucum\":\"‰\"}}}\n"
                        "{\"t\":\"s\",\"q\":1,\"p\":3,\"ts\":5,\"x\":[[7,1,0],[0,165,0],[8,970,1]],\"new\":{}}\n");
  tw_frame_reader_feed (reader, out->str, out->len, on_frame, frames, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (frames->len, ==, 4);
  hello = &g_array_index (frames, TwFrame, 0);
  g_assert_cmpint (hello->type, ==, TW_FRAME_HELLO);
  g_assert_cmpstr (hello->epoch, ==, "e1");
  g_assert_cmpstr (hello->ward, ==, "Ward 3B");
  g_assert_cmpint (hello->hb_s, ==, 5);
  g_assert_cmpfloat (hello->speed, ==, 60);
  g_assert_true (hello->recorded && !hello->invented);
  g_assert_cmpint (hello->t_us, ==, T0);
  g_assert_true (tw_frame_reader_get_patient (reader, 2, &puid, &bed));
  g_assert_cmpstr (puid, ==, "p-3");
  g_assert_cmpstr (bed, ==, "Side room");
  g_assert_true (tw_frame_reader_get_patient (reader, 1, &puid, &bed));
  g_assert_cmpstr (bed, ==, "");
  g_assert_false (tw_frame_reader_get_patient (reader, 3, &puid, &bed));
  g_assert_cmpuint (tw_frame_reader_get_n_unknown (reader), ==, 2);
  hello = &g_array_index (frames, TwFrame, 3);
  g_assert_cmpuint (hello->n, ==, 2);
  g_assert_cmpfloat (hello->values[0].value, ==, 82.5);
  g_assert_cmpint (hello->values[1].channel, ==, TW_CHANNEL_SPO2);
  g_assert_cmpint (hello->values[1].unit, ==, TW_UNIT_UNKNOWN);
  g_assert_cmpstr (hello->values[1].unit_text, ==, "‰");
}

/* Lines after a good greeting that must end the connection. */
static const char *const bad_lines[] = {
  "{", "[]", "7", "null", "{}", "{'t':5}", "{'t':'s','t':'s'}",
  "{'t':'s'}",
  "{'t':'s','q':1,'p':1,'ts':5}",
  "{'t':'s','q':1,'p':1,'ts':5,'x':{}}",
  "{'t':'s','q':1,'p':1,'ts':5,'x':[7]}",
  "{'t':'s','q':1,'p':1,'ts':5,'x':[[]]}",
  "{'t':'s','q':1,'p':1,'ts':5,'x':[[0]]}",
  "{'t':'s','q':1,'p':1,'ts':5,'x':[[0,1]]}",
  "{'t':'s','q':1,'p':1,'ts':5,'x':[[0,1,0,0]]}",
  "{'t':'s','q':1,'p':1,'ts':5,'x':[[0,1.5,0]]}",
  "{'t':'s','q':1,'p':1,'ts':5,'x':[[0,'1',0]]}",
  "{'t':'s','q':1,'p':1,'ts':5,'x':[[0,9999999999999999999,0]]}",
  "{'t':'s','q':1,'p':1,'ts':5,'x':[[0,1,256]]}",
  "{'t':'s','q':1,'p':1,'ts':5,'x':[[0,1,-1]]}",
  "{'t':'s','q':1,'p':1,'ts':5,'x':[[0,1,null]]}",
  "{'t':'s','q':1,'p':1,'ts':5,'x':[[99,1,0]]}",
  "{'t':'s','q':1,'p':1,'ts':5,'x':[[-1,1,0]]}",
  "{'t':'s','q':1,'p':1,'ts':5,'x':[['0',1,0]]}",
  "{'t':'s','q':1,'p':4,'ts':5,'x':[]}",
  "{'t':'s','q':1,'p':0,'ts':5,'x':[]}",
  "{'t':'s','q':1,'p':null,'ts':5,'x':[]}",
  "{'t':'s','q':1,'p':'','ts':5,'x':[]}",
  "{'t':'s','q':1,'p':'a\\u0000','ts':5,'x':[]}",
  "{'t':'s','q':-1,'p':1,'ts':5,'x':[]}",
  "{'t':'s','q':1.0,'p':1,'ts':5,'x':[]}",
  "{'t':'s','q':1,'p':1,'ts':'5','x':[]}",
  "{'t':'s','q':1,'p':1,'ts':9223372036854775807,'x':[]}",
  "{'t':'s','q':1,'q':2,'p':1,'ts':5,'x':[]}",
  "{'t':'corr','q':1,'p':1,'ts':5,'now':3}",
  "{'t':'corr','q':1,'p':1,'ch':0,'ts':5}",
  "{'t':'corr','q':1,'p':1,'ch':0,'ts':5,'now':'x'}",
  "{'t':'corr','q':1,'p':1,'ch':0,'ts':5,'now':1,'why':7}",
  "{'t':'gap','q':1,'p':1,'from':5,'to':4}",
  "{'t':'gap','q':1,'p':1,'ch':55,'from':4,'to':5}",
  "{'t':'gap','q':1,'from':4}",
  "{'t':'conflated','from':9,'to':8}",
  "{'t':'conflated'}",
  "{'t':'hb','hwm':1}",
  "{'t':'hb','now':1,'hwm':1,'token':5}",
  "{'t':'bye','why':[]}",
  "{'t':'bye','retry_s':-1}",
  "{'t':'hello','v':2,'epoch':'e','ward':'w','hb_s':5,'now':1}",
  "{'t':'hello','v':1,'epoch':'e','ward':'w','hb_s':0,'now':1}",
  "{'t':'hello','v':1,'epoch':'e','ward':'w','hb_s':5,'now':1,'speed':-1}",
  "{'t':'hello','v':1,'epoch':'e','ward':'w','hb_s':5,'now':1,'recorded':1}",
  "{'t':'hello','v':1,'ward':'w','hb_s':5,'now':1}",
  "{'t':'dict','ch':[]}",
  "{'t':'dict','ch':{'x':{}}}",
  "{'t':'dict','ch':{'256':{}}}",
  "{'t':'dict','ch':{'1':{},'1':{}}}",
  "{'t':'dict','ch':{'1':5}}",
  "{'t':'dict','ch':{'1':{'name':5}}}",
  "{'t':'dict','ch':{'1':{'name':'spo2','name':'map'}}}",
  "{'t':'dict','ch':{'1':{'scale':0}}}",
  "{'t':'dict','ch':{'1':{'scale':'1'}}}",
  "{'t':'dict','p':{'0':{'puid':'a'}}}",
  "{'t':'dict','p':{'1':{}}}",
  "{'t':'dict','p':{'1':{'puid':'a'},'1':{'puid':'b'}}}",
  "{'t':'dict','p':{'1':{'puid':'a','puid':'b'}}}",
  "{'t':'dict','p':{'99999999999':{'puid':'a'}}}",
  "{'t':'dict','p':{'1':{'puid':'0123456789012345678901234567890123456789012345678901234567890123'}}}",
};

static void
test_bad_lines (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad_lines); i++)
    {
      g_autoptr (TwFrameReader) reader = tw_frame_reader_new ();
      g_autoptr (GArray) frames = g_array_new (FALSE, FALSE, sizeof (TwFrame));
      g_autoptr (GString) out = g_string_new (NULL);
      g_autofree char *line = wire_quoted (bad_lines[i]);
      g_autoptr (GError) error = NULL;
      g_autoptr (GError) again = NULL;

      g_test_message ("%s", line);
      write_plain_hello (out);
      g_string_append_printf (out, "%s\n", line);
      g_assert_false (tw_frame_reader_feed (reader, out->str, out->len, on_frame, frames, &error));
      g_assert_cmpint (error->domain, ==, TW_WIRE_ERROR);
      g_assert_nonnull (strstr (error->message, "ward stream"));
      g_assert_cmpuint (frames->len, ==, 2);
      /* Once wrong, always wrong. */
      g_assert_false (tw_frame_reader_feed (reader, "{\"t\":\"bye\"}\n", 12, on_frame, frames, &again));
      g_assert_cmpstr (again->message, ==, error->message);
      g_assert_cmpuint (frames->len, ==, 2);
    }
}

static void
test_no_greeting (void)
{
  g_autoptr (TwFrameReader) reader = tw_frame_reader_new ();
  g_autoptr (GArray) frames = g_array_new (FALSE, FALSE, sizeof (TwFrame));
  g_autoptr (GError) error = NULL;
  const char *line = "{\"t\":\"hb\",\"now\":1,\"hwm\":1}\n";

  g_assert_false (tw_frame_reader_feed (reader, line, strlen (line), on_frame, frames, &error));
  g_assert_error (error, TW_WIRE_ERROR, TW_WIRE_ERROR_RESOURCE);
}

/* More values in one frame than a frame holds. */
static void
test_too_many (void)
{
  for (int more = 0; more <= 1; more++)
    {
      g_autoptr (TwFrameReader) reader = tw_frame_reader_new ();
      g_autoptr (GArray) frames = g_array_new (FALSE, FALSE, sizeof (TwFrame));
      g_autoptr (GString) out = g_string_new (NULL);

      write_plain_hello (out);
      g_string_append (out, "{\"t\":\"s\",\"q\":1,\"p\":1,\"ts\":5,\"x\":[");
      for (int i = 0; i < TW_FRAME_MAX_VALUES + more; i++)
        g_string_append (out, i > 0 ? ",[0,1,0]" : "[0,1,0]");
      g_string_append (out, "]}\n");
      g_assert_cmpint (tw_frame_reader_feed (reader, out->str, out->len, on_frame, frames, NULL), ==, !more);
    }
}

/* A line that never ends is given up at 1 MiB, however it comes; one just as long is read. */
static void
test_long_line (void)
{
  static const gsize pieces[] = { 1000, 16384, 3 * 1024 * 1024 };
  g_autofree char *flood = g_malloc (3 * 1024 * 1024);

  memset (flood, ' ', 3 * 1024 * 1024);
  for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      g_autoptr (TwFrameReader) reader = tw_frame_reader_new ();
      g_autoptr (GArray) frames = g_array_new (FALSE, FALSE, sizeof (TwFrame));
      g_autoptr (GError) error = NULL;
      gsize fed = 0;

      while (fed < 3 * 1024 * 1024 && error == NULL)
        {
          gsize n = MIN (pieces[i], 3 * 1024 * 1024 - fed);

          tw_frame_reader_feed (reader, flood + fed, n, on_frame, frames, &error);
          fed += n;
        }
      g_assert_error (error, TW_WIRE_ERROR, TW_WIRE_ERROR_RESOURCE);
      g_assert_nonnull (strstr (error->message, "1 MiB"));
      g_assert_cmpuint (fed, <=, MAX (pieces[i], 1024 * 1024 + 2 * pieces[i]));
    }
  {
    g_autoptr (TwFrameReader) reader = tw_frame_reader_new ();
    g_autoptr (GArray) frames = g_array_new (FALSE, FALSE, sizeof (TwFrame));
    g_autoptr (GString) out = g_string_new (NULL);
    g_autoptr (GError) error = NULL;

    write_plain_hello (out);
    g_string_append (out, "{\"t\":\"bye\",\"why\":\"");
    for (int i = 0; i < TW_FRAME_MAX_LINE - 40; i++)
      g_string_append_c (out, 'x');
    g_string_append (out, "\"}\n");
    tw_frame_reader_feed (reader, out->str, out->len, on_frame, frames, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (strlen (g_array_index (frames, TwFrame, 2).why), ==, TW_FRAME_MAX_TEXT - 1);
  }
}

static GString *
make_stream (guint32 seed,
             int n)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  GString *out = g_string_new (NULL);

  write_hello (out);
  for (int i = 0; i < n; i++)
    {
      TwFrame frame;

      random_frame (rand, &frame);
      tw_frame_write (out, &frame);
    }
  return out;
}

static void
test_truncated (void)
{
  g_autoptr (GString) out = make_stream (3, 12);

  for (gsize n = 0; n <= out->len; n++)
    {
      g_autoptr (TwFrameReader) reader = tw_frame_reader_new ();
      g_autoptr (GArray) frames = g_array_new (FALSE, FALSE, sizeof (TwFrame));
      g_autoptr (GError) error = NULL;
      guint n_lines = 0;

      for (gsize i = 0; i < n; i++)
        n_lines += out->str[i] == '\n';
      tw_frame_reader_feed (reader, out->str, n, on_frame, frames, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (frames->len, ==, n_lines);
    }
}

static void
test_mutants (void)
{
  g_autoptr (GString) out = make_stream (5, 20);
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261122);
  guint n_whole = 0;

  for (int i = 0; i < 2000; i++)
    {
      g_autoptr (TwFrameReader) reader = tw_frame_reader_new ();
      g_autoptr (GArray) frames = g_array_new (FALSE, FALSE, sizeof (TwFrame));
      g_autoptr (GString) mutant = g_string_new_len (out->str, (gssize) out->len);
      g_autoptr (GError) error = NULL;

      if (i % 4 > 0) /* past the checks, to what reads the fields */
        drop_checks (mutant);
      if (i % 2 == 0)
        wire_mutate (mutant, rand);
      else
        wire_mutate_value (mutant, rand);
      if (tw_frame_reader_feed (reader, mutant->str, mutant->len, on_frame, frames, &error))
        n_whole++;
      else
        g_assert_nonnull (error);
      for (guint k = 0; k < frames->len; k++)
        {
          const TwFrame *frame = &g_array_index (frames, TwFrame, k);

          g_assert_cmpuint (frame->n, <=, TW_FRAME_MAX_VALUES);
          for (guint v = 0; v < frame->n; v++)
            {
              g_assert_cmpint (frame->values[v].channel, >=, 0);
              g_assert_cmpint (frame->values[v].channel, <, TW_N_CHANNELS);
              g_assert_false (isinf (frame->values[v].value));
            }
        }
    }
  g_test_message ("%u of 2000 mutants were read to the end", n_whole);
}

/* What a newer server says of channels and types that are not known keeps its place in the numbering. */
static void
test_newer (void)
{
  g_autoptr (TwFrameReader) reader = tw_frame_reader_new ();
  g_autoptr (GArray) frames = g_array_new (FALSE, FALSE, sizeof (TwFrame));
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  write_plain_hello (out);
  g_string_append (out, "{\"t\":\"dict\",\"ch\":{\"7\":{\"name\":\"aura\",\"ucum\":\"glow\"}}}\n"
                        "{\"t\":\"corr\",\"q\":1,\"p\":1,\"ch\":7,\"ts\":5,\"now\":3}\n"
                        "{\"t\":\"gap\",\"q\":2,\"p\":2,\"ch\":7,\"from\":5,\"to\":6}\n"
                        "{\"t\":\"verdict\",\"q\":3,\"p\":1}\n{\"t\":\"verdict\",\"q\":4}\n");
  tw_frame_reader_feed (reader, out->str, out->len, on_frame, frames, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (frames->len, ==, 7);
  for (guint i = 3; i < frames->len; i++)
    {
      const TwFrame *frame = &g_array_index (frames, TwFrame, i);

      g_assert_cmpint (frame->type, ==, TW_FRAME_SAMPLES);
      g_assert_cmpuint (frame->n, ==, 0);
      g_assert_cmpuint (frame->q, ==, i - 2);
      g_assert_cmpstr (frame->puid, ==, i == 6 ? "" : puids[i == 4]);
    }
  g_assert_cmpuint (tw_frame_reader_get_n_unknown (reader), ==, 4);
}

/* The example of the page that others implement from. */
static void
test_page (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "docs", "stream.md", NULL);
  g_autoptr (TwFrameReader) reader = tw_frame_reader_new ();
  g_autoptr (GArray) frames = g_array_new (FALSE, FALSE, sizeof (TwFrame));
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) lines = NULL;
  const TwFrame *tick;

  if (g_getenv ("G_TEST_SRCDIR") == NULL)
    {
      g_test_skip ("run by hand: the folder of the tests is not known");
      return;
    }
  g_assert_true (g_file_get_contents (path, &text, NULL, &error));
  lines = g_strsplit (text, "\n", -1);
  for (int i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], "    {"))
      {
        g_autofree char *line = g_strconcat (lines[i] + 4, "\n", NULL);

        tw_frame_reader_feed (reader, line, strlen (line), on_frame, frames, &error);
        g_assert_no_error (error);
      }
  g_assert_cmpuint (frames->len, ==, 4);
  tick = &g_array_index (frames, TwFrame, 2);
  g_assert_cmpstr (tick->puid, ==, "demo-1");
  g_assert_cmpint (tick->t_us, ==, T0);
  g_assert_cmpfloat (tick->values[0].value, ==, 82.5);
  g_assert_cmpstr (g_array_index (frames, TwFrame, 3).token, ==, "AQIDBA");
}

/* Every flipped bit of a line ends the connection before anything of it, or after it, is believed. */
static void
test_flips (void)
{
  g_autoptr (GString) out = make_stream (11, 2);
  gsize first = 0, last = 0, n_lines = 0;

  for (gsize i = 0; i < out->len; i++)
    if (out->str[i] == '\n' && ++n_lines == 2)
      first = i + 1;
    else if (out->str[i] == '\n' && n_lines == 3)
      last = i;
  for (gsize bit = 8 * first; bit < 8 * last; bit++)
    {
      g_autoptr (TwFrameReader) reader = tw_frame_reader_new ();
      g_autoptr (GArray) frames = g_array_new (FALSE, FALSE, sizeof (TwFrame));

      out->str[bit / 8] ^= (char) (1 << bit % 8);
      g_assert_false (tw_frame_reader_feed (reader, out->str, out->len, on_frame, frames, NULL));
      g_assert_cmpuint (frames->len, ==, 2);
      out->str[bit / 8] ^= (char) (1 << bit % 8);
    }
}

/* Where the first line carries a check, one without is as bad as a wrong one, and the other way round. */
static void
test_missing_check (void)
{
  g_autoptr (GString) sealed = make_stream (11, 1), plain = make_stream (11, 1);
  const char *const *mixes[2];
  g_auto (GStrv) a = NULL, b = NULL;

  drop_checks (plain);
  a = g_strsplit (sealed->str, "\n", -1);
  b = g_strsplit (plain->str, "\n", -1);
  mixes[0] = (const char *const[]) { a[0], b[1] };
  mixes[1] = (const char *const[]) { b[0], a[1] };
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (TwFrameReader) reader = tw_frame_reader_new ();
      g_autoptr (GArray) frames = g_array_new (FALSE, FALSE, sizeof (TwFrame));
      g_autoptr (GError) error = NULL;
      g_autofree char *text = g_strdup_printf ("%s\n%s\n", mixes[i][0], mixes[i][1]);

      g_assert_false (tw_frame_reader_feed (reader, text, strlen (text), on_frame, frames, &error));
      g_assert_nonnull (strstr (error->message, "damaged"));
      g_assert_cmpuint (frames->len, ==, 1);
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/frame/exact", test_exact);
  g_test_add_func ("/frame/round-trip", test_round_trip);
  g_test_add_func ("/frame/hello", test_hello);
  g_test_add_func ("/frame/newer", test_newer);
  g_test_add_func ("/frame/bad-lines", test_bad_lines);
  g_test_add_func ("/frame/no-greeting", test_no_greeting);
  g_test_add_func ("/frame/page", test_page);
  g_test_add_func ("/frame/too-many", test_too_many);
  g_test_add_func ("/frame/long-line", test_long_line);
  g_test_add_func ("/frame/truncated", test_truncated);
  g_test_add_func ("/frame/mutants", test_mutants);
  g_test_add_func ("/frame/flips", test_flips);
  g_test_add_func ("/frame/missing-check", test_missing_check);
  return g_test_run ();
}
