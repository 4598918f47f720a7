/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The session's door to the audit: deeds are noted at once and written behind, in a thread, in the order
 * in which they were noted. Nothing is opened before the first one. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  TW_DEED_SIGN_IN,
  TW_DEED_PATIENT_OPENED,
  TW_DEED_WRITE_BACK,
  TW_DEED_SETTINGS,
  TW_DEED_EXPORT,
  TW_N_DEEDS
} TwDeed;

/* "sign-in", "patient-opened", "write-back", "settings", "export" */
const char *tw_deed_key (TwDeed deed);

typedef struct _TwAuditTrail TwAuditTrail;

/* On the main context, when a deed could not be written. */
typedef void (*TwAuditFailed) (const char *message, gpointer data);

/* path NULL: the user's own, tw_audit_trail_dup_place (). */
TwAuditTrail *tw_audit_trail_new (const char *path, TwAuditFailed failed, gpointer data);
/* Waits until everything that was noted is on the disk. */
void tw_audit_trail_free (TwAuditTrail *trail);
/* who NULL: the account of this computer. ref: a reference, never a name or a value; NULL: nothing. */
void tw_audit_trail_note (TwAuditTrail *trail, TwDeed deed, const char *who, const char *ref);
/* Where a user's audit lies. */
char *tw_audit_trail_dup_place (void);

typedef void (*TwAuditTrailFunc) (guint64 seq, gint64 t_us, const char *who, const char *what,
                                  const char *ref, gpointer data);
/* Reads and checks a whole audit; an error names the first row that is not as it was written. */
gboolean tw_audit_trail_verify (const char *path, TwAuditTrailFunc func, gpointer data, guint64 *n_rows,
                                char **last_hash, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwAuditTrail, tw_audit_trail_free)

G_END_DECLS
