/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text from outside, made fit to be shown or written as JSON. */
#include "config.h"

#include "tw-text.h"

#include <string.h>

/* Characters that could hide or reorder what is shown. */
static gboolean
is_unfit (gunichar c)
{
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c || (c >= 0x200b && c <= 0x200f)
         || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x2069) || c == 0xfeff
         || (c >= 0xfff9 && c <= 0xfffb);
}

gsize
tw_text_clean (char *out,
               gsize size,
               const char *text,
               gsize length)
{
  const char *p = text, *end = text + length;
  gsize n = 0;

  g_return_val_if_fail (out != NULL && size > 0, 0);

  while (p < end)
    {
      gunichar c = g_utf8_get_char_validated (p, end - p);
      gsize step = 1;

      if (c == (gunichar) -1 || c == (gunichar) -2)
        c = '?';
      else
        step = (gsize) g_utf8_skip[(guchar) *p];
      if (c == '\n' || c == '\t' || c == '\r')
        c = ' ';
      if (!is_unfit (c))
        {
          char bytes[6];
          gsize width = (gsize) g_unichar_to_utf8 (c, bytes);

          if (n + width >= size)
            break;
          memcpy (out + n, bytes, width);
          n += width;
        }
      p += step;
    }
  out[n] = '\0';
  return n;
}

void
tw_text_append_json (GString *out,
                     const char *text)
{
  g_autofree char *valid = NULL;

  g_return_if_fail (out != NULL);

  if (text == NULL)
    text = "";
  if (!g_utf8_validate (text, -1, NULL))
    text = valid = g_utf8_make_valid (text, -1);
  g_string_append_c (out, '"');
  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '"' || *p == '\\')
        g_string_append_c (out, '\\');
      if ((guchar) *p < 0x20)
        g_string_append_printf (out, "\\u%04x", (guint) *p);
      else
        g_string_append_c (out, *p);
    }
  g_string_append_c (out, '"');
}
