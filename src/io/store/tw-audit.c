/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The audit's file. Line 1 names the format; then a row a line:
 *
 *   {"seq":1,"time":"2026-11-22T14:02:10Z","who":"..","what":"..","ref":"..","prev":"HEX","hash":"HEX"}
 *
 * hash is BLAKE2b-256 of the line's bytes before ,"hash"; prev is the hash of the row before, and of the
 * first line for row 1. A row is compared with itself written again, so every byte counts. */
#include "config.h"

#include "tw-audit.h"

#include "tw-sodium.h"
#include "tw-time.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEX (2 * TW_AUDIT_HASH_BYTES)
#define HASH_MARK ",\"hash\":\""

G_DEFINE_QUARK (tw-audit-error-quark, tw_audit_error)

static gboolean
hash_of (const char *text, gsize length, char hex[HEX + 1], GError **error)
{
  const TwSodium *sodium = tw_sodium_get ();
  crypto_generichash_state state;
  guint8 digest[TW_AUDIT_HASH_BYTES];

  if (sodium == NULL || sodium->generichash_init (&state, NULL, 0, sizeof digest) != 0
      || sodium->generichash_update (&state, (const guint8 *) text, length) != 0
      || sodium->generichash_final (&state, digest, sizeof digest) != 0)
    {
      g_set_error_literal (error, TW_AUDIT_ERROR, TW_AUDIT_ERROR_LIBRARY,
                           _("The library libsodium cannot be used: nothing can be audited."));
      return FALSE;
    }
  for (guint i = 0; i < sizeof digest; i++)
    g_snprintf (hex + 2 * i, 3, "%02x", digest[i]);
  return TRUE;
}

static void
fail (GError **error, const char *path)
{
  g_set_error (error, TW_AUDIT_ERROR, TW_AUDIT_ERROR_FILE, _("The audit %s cannot be used: %s"), path,
               g_strerror (errno));
}

/* As JSON; control characters, quotes and bytes that are no UTF-8 never break a row. */
static void
append_text (GString *line, const char *key, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);

  g_string_append_printf (line, ",\"%s\":\"", key);
  for (const char *p = valid; *p != '\0' && line->len < TW_AUDIT_MAX_ROW / 2; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == '"' || c == '\\')
        g_string_append_printf (line, "\\%c", (char) c);
      else if (c < 0x20 || c == 0x7f)
        g_string_append_printf (line, "\\u%04x", c);
      else
        g_string_append_unichar (line, c);
    }
  g_string_append_c (line, '"');
}

/* The row's line with its hash and its end. */
static GString *
write_row (guint64 seq, const TwAuditRow *row, const char *prev, GError **error)
{
  g_autoptr (GString) line = g_string_new (NULL);
  char time[32], hex[HEX + 1];

  g_string_append_printf (line, "{\"seq\":%" G_GUINT64_FORMAT ",\"time\":\"%s\"", seq,
                          tw_time_format_iso (row->t_us, time, sizeof time));
  append_text (line, "who", row->who);
  append_text (line, "what", row->what);
  append_text (line, "ref", row->ref);
  g_string_append_printf (line, ",\"prev\":\"%s\"", prev);
  if (!hash_of (line->str, line->len, hex, error))
    return NULL;
  g_string_append_printf (line, HASH_MARK "%s\"}\n", hex);
  return g_steal_pointer (&line);
}

/* The text of a member of a row that this program wrote; NULL when it is not there. */
static char *
read_text (const char *line, const char *key)
{
  g_autofree char *mark = g_strdup_printf (",\"%s\":\"", key);
  g_autoptr (GString) text = g_string_new (NULL);
  const char *p = strstr (line, mark);

  if (p == NULL)
    return NULL;
  for (p += strlen (mark); *p != '"'; p++)
    {
      guint code;

      if (*p == '\0')
        return NULL;
      if (*p != '\\')
        g_string_append_c (text, *p);
      else if (p[1] == '"' || p[1] == '\\')
        g_string_append_c (text, *++p);
      else if (p[1] == 'u' && sscanf (p + 2, "%4x", &code) == 1)
        {
          g_string_append_unichar (text, code);
          p += 5;
        }
      else
        return NULL;
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* What stands at the end: the last whole row's number and hash, and where it ends. */
typedef struct
{
  guint64 seq;
  char hash[HEX + 1];
  off_t end;
} Tail;

/* Number and hash of one line; FALSE when it is none of ours. */
static gboolean
read_tail_line (const char *line, Tail *tail)
{
  const char *mark = g_strrstr (line, HASH_MARK);

  if (!g_str_has_prefix (line, "{\"seq\":") || mark == NULL
      || strspn (mark + strlen (HASH_MARK), "0123456789abcdef") != HEX)
    return FALSE;
  tail->seq = g_ascii_strtoull (line + strlen ("{\"seq\":"), NULL, 10);
  g_strlcpy (tail->hash, mark + strlen (HASH_MARK), sizeof tail->hash);
  return TRUE;
}

static gboolean
start_file (int fd, const char *path, Tail *tail, GError **error)
{
  gsize length = strlen (TW_AUDIT_FIRST_LINE);

  tail->seq = 0;
  tail->end = (off_t) length;
  if (!hash_of (TW_AUDIT_FIRST_LINE, length, tail->hash, error))
    return FALSE;
  if (ftruncate (fd, 0) == 0 && pwrite (fd, TW_AUDIT_FIRST_LINE, length, 0) == (gssize) length)
    return TRUE;
  fail (error, path);
  return FALSE;
}

static gboolean
read_tail (int fd, const char *path, Tail *tail, GError **error)
{
  char block[2 * TW_AUDIT_MAX_ROW + 1];
  struct stat facts;
  off_t from;
  gssize n;
  char *end, *line;

  if (fstat (fd, &facts) != 0)
    {
      fail (error, path);
      return FALSE;
    }
  if (facts.st_size < (off_t) strlen (TW_AUDIT_FIRST_LINE))
    return start_file (fd, path, tail, error);
  from = MAX (0, facts.st_size - (off_t) (sizeof block - 1));
  n = pread (fd, block, sizeof block - 1, from);
  if (n < 0)
    {
      fail (error, path);
      return FALSE;
    }
  block[n] = '\0';
  end = g_strrstr_len (block, n, "\n");
  if (end != NULL)
    {
      tail->end = from + (end - block) + 1;
      *end = '\0';
      line = strrchr (block, '\n');
      line = line != NULL ? line + 1 : block;
      if (from == 0 && line == block && g_str_has_prefix (TW_AUDIT_FIRST_LINE, line))
        return start_file (fd, path, tail, error);
      if (read_tail_line (line, tail))
        return TRUE;
    }
  g_set_error (error, TW_AUDIT_ERROR, TW_AUDIT_ERROR_CHANGED,
               _("The audit %s does not end in a row of its own. Nothing is added to it."), path);
  return FALSE;
}

gboolean
tw_audit_append (const char *path, const TwAuditRow *row, GError **error)
{
  g_autoptr (GString) line = NULL;
  Tail tail = { 0 };
  gboolean good = FALSE;
  int fd;

  g_return_val_if_fail (path != NULL && row != NULL && row->who != NULL && row->what != NULL, FALSE);

  fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0 || flock (fd, LOCK_EX) != 0)
    {
      fail (error, path);
      if (fd >= 0)
        close (fd);
      return FALSE;
    }
  if (read_tail (fd, path, &tail, error))
    line = write_row (tail.seq + 1, row, tail.hash, error);
  if (line != NULL)
    {
      good = ftruncate (fd, tail.end) == 0
             && pwrite (fd, line->str, line->len, tail.end) == (gssize) line->len && fsync (fd) == 0;
      if (!good)
        fail (error, path);
    }
  close (fd);
  return good;
}

static gboolean
changed (GError **error, const char *path, guint64 seq, const char *how)
{
  g_set_error (error, TW_AUDIT_ERROR, TW_AUDIT_ERROR_CHANGED,
               _("The audit %s was changed at row %lu: %s."), path, (gulong) seq, how);
  return FALSE;
}

/* One line, without its end, against what must stand there. */
static gboolean
check_line (const char *path, const char *line, gsize length, Tail *tail, TwAuditFunc func, gpointer data,
            GError **error)
{
  guint64 seq = tail->seq + 1;
  g_autofree char *who = read_text (line, "who"), *what = read_text (line, "what");
  g_autofree char *ref = read_text (line, "ref"), *prev = read_text (line, "prev");
  g_autofree char *time = g_strdup (strstr (line, "\"time\":\""));
  g_autoptr (GString) again = NULL;
  TwAuditRow row = { .who = who, .what = what, .ref = ref };
  Tail own = { 0 };

  if (time != NULL)
    {
      memmove (time, time + strlen ("\"time\":\""), strlen (time + strlen ("\"time\":\"")) + 1);
      *(strchrnul (time, '"')) = '\0';
    }
  if (who == NULL || what == NULL || ref == NULL || prev == NULL || time == NULL
      || !tw_time_parse (time, -1, &row.t_us) || !read_tail_line (line, &own))
    return changed (error, path, seq, _("it is no row of an audit"));
  again = write_row (own.seq, &row, prev, error);
  if (again == NULL)
    return FALSE;
  if (again->len != length + 1 || memcmp (again->str, line, length) != 0)
    return changed (error, path, seq, _("its content is not what was sealed"));
  if (own.seq != seq || !g_str_equal (prev, tail->hash))
    return changed (error, path, seq, _("it does not follow the row before it"));
  *tail = own;
  if (func != NULL)
    func (seq, &row, data);
  return TRUE;
}

/* Line by line, each bounded; FALSE with an error, or at the end of a good file TRUE. */
static gboolean
check_file (FILE *file, const char *path, Tail *tail, TwAuditFunc func, gpointer data, GError **error)
{
  char line[TW_AUDIT_MAX_ROW + 2];
  gboolean first = TRUE;

  if (!hash_of (TW_AUDIT_FIRST_LINE, strlen (TW_AUDIT_FIRST_LINE), tail->hash, error))
    return FALSE;
  while (fgets (line, sizeof line, file) != NULL)
    {
      gsize length = strlen (line);

      if (first && !g_str_equal (line, TW_AUDIT_FIRST_LINE))
        return changed (error, path, 0, _("the file does not begin as an audit does"));
      if (first)
        {
          first = FALSE;
          continue;
        }
      if (length == 0 || line[length - 1] != '\n')
        return changed (error, path, tail->seq + 1, _("it is not whole"));
      line[length - 1] = '\0';
      if (!check_line (path, line, length - 1, tail, func, data, error))
        return FALSE;
    }
  if (first)
    return changed (error, path, 0, _("the file is empty"));
  return TRUE;
}

gboolean
tw_audit_verify (const char *path, TwAuditFunc func, gpointer data, guint64 *n_rows, char last[HEX + 1],
                 GError **error)
{
  Tail tail = { 0 };
  FILE *file;
  gboolean good;

  g_return_val_if_fail (path != NULL, FALSE);

  file = g_fopen (path, "rbe");
  if (file == NULL)
    {
      fail (error, path);
      return FALSE;
    }
  good = check_file (file, path, &tail, func, data, error);
  if (good && ferror (file))
    {
      fail (error, path);
      good = FALSE;
    }
  fclose (file);
  if (n_rows != NULL)
    *n_rows = tail.seq;
  if (last != NULL)
    g_strlcpy (last, tail.hash, HEX + 1);
  return good;
}
