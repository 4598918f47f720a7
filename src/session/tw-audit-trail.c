/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Deeds on their way to the audit. */
#include "config.h"

#include "tw-audit-trail.h"

#include "tw-audit.h"

#include <glib/gstdio.h>

static const char *const keys[TW_N_DEEDS] = { "sign-in", "patient-opened", "write-back", "settings",
                                              "export" };

struct _TwAuditTrail
{
  char *path;
  GThreadPool *writer; /* one thread; NULL until the first deed */
  TwAuditFailed failed;
  gpointer data;
  GMainContext *context;
  GMutex lock;
  GSource *telling;    /* of a failure, under lock */
  char *message;       /* the newest failure, under lock */
};

typedef struct
{
  gint64 t_us;
  TwDeed deed;
  char *who, *ref;
} Noted;

const char *
tw_deed_key (TwDeed deed)
{
  g_return_val_if_fail (deed >= 0 && deed < TW_N_DEEDS, NULL);

  return keys[deed];
}

char *
tw_audit_trail_dup_place (void)
{
  return g_build_filename (g_get_user_state_dir (), "twinward", "audit.jsonl", NULL);
}

static gboolean
on_tell (gpointer data)
{
  TwAuditTrail *trail = data;
  g_autofree char *message = NULL;

  g_mutex_lock (&trail->lock);
  message = g_steal_pointer (&trail->message);
  g_clear_pointer (&trail->telling, g_source_unref);
  g_mutex_unlock (&trail->lock);
  if (trail->failed != NULL && message != NULL)
    trail->failed (message, trail->data);
  return G_SOURCE_REMOVE;
}

static void
tell_failure (TwAuditTrail *trail, const char *message)
{
  g_mutex_lock (&trail->lock);
  g_free (trail->message);
  trail->message = g_strdup (message);
  if (trail->telling == NULL)
    {
      trail->telling = g_idle_source_new ();
      g_source_set_callback (trail->telling, on_tell, trail, NULL);
      g_source_attach (trail->telling, trail->context);
    }
  g_mutex_unlock (&trail->lock);
}

/* In the writer's thread. */
static void
write_deed (gpointer data, gpointer user_data)
{
  TwAuditTrail *trail = user_data;
  Noted *noted = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_path_get_dirname (trail->path);
  TwAuditRow row = { noted->t_us, noted->who, keys[noted->deed], noted->ref };

  /* Best effort: where the folder cannot be made, opening the file says why. */
  g_mkdir_with_parents (folder, 0700);
  if (!tw_audit_append (trail->path, &row, &error))
    tell_failure (trail, error->message);
  g_free (noted->who);
  g_free (noted->ref);
  g_free (noted);
}

TwAuditTrail *
tw_audit_trail_new (const char *path, TwAuditFailed failed, gpointer data)
{
  TwAuditTrail *trail = g_new0 (TwAuditTrail, 1);

  trail->path = path != NULL ? g_strdup (path) : tw_audit_trail_dup_place ();
  trail->failed = failed;
  trail->data = data;
  trail->context = g_main_context_ref_thread_default ();
  g_mutex_init (&trail->lock);
  return trail;
}

void
tw_audit_trail_free (TwAuditTrail *trail)
{
  if (trail == NULL)
    return;
  if (trail->writer != NULL)
    g_thread_pool_free (trail->writer, FALSE, TRUE);
  if (trail->telling != NULL)
    g_source_destroy (trail->telling);
  g_clear_pointer (&trail->telling, g_source_unref);
  g_main_context_unref (trail->context);
  g_mutex_clear (&trail->lock);
  g_free (trail->message);
  g_free (trail->path);
  g_free (trail);
}

void
tw_audit_trail_note (TwAuditTrail *trail, TwDeed deed, const char *who, const char *ref)
{
  Noted *noted = g_new0 (Noted, 1);

  g_return_if_fail (trail != NULL && deed >= 0 && deed < TW_N_DEEDS);

  *noted = (Noted) { g_get_real_time (), deed, g_strdup (who != NULL ? who : g_get_user_name ()),
                     g_strdup (ref != NULL ? ref : "") };
  if (trail->writer == NULL)
    trail->writer = g_thread_pool_new (write_deed, trail, 1, FALSE, NULL);
  g_thread_pool_push (trail->writer, noted, NULL);
}

typedef struct
{
  TwAuditTrailFunc func;
  gpointer data;
} Reader;

static void
on_row (guint64 seq, const TwAuditRow *row, gpointer data)
{
  const Reader *reader = data;

  reader->func (seq, row->t_us, row->who, row->what, row->ref, reader->data);
}

gboolean
tw_audit_trail_verify (const char *path,
                       TwAuditTrailFunc func,
                       gpointer data,
                       guint64 *n_rows,
                       char **last_hash,
                       GError **error)
{
  Reader reader = { func, data };
  char last[2 * TW_AUDIT_HASH_BYTES + 1];

  g_return_val_if_fail (path != NULL, FALSE);

  if (!tw_audit_verify (path, func != NULL ? on_row : NULL, &reader, n_rows, last, error))
    return FALSE;
  if (last_hash != NULL)
    *last_hash = g_strdup (last);
  return TRUE;
}
