/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A Secret Service for tests: the part of org.freedesktop.Secret that a program with passwords uses, on a
 * private bus, in this process. It keeps what it is given, can be locked against, and forgets on request. */
#pragma once

#include <gio/gio.h>

typedef struct
{
  GSubprocess *bus;     /* a dbus-daemon */
  char *address;
  GDBusConnection *connection;
  GDBusNodeInfo *node;
  GHashTable *items;    /* object path -> TwTestSecret */
  guint name_id, n_made;
  gboolean refuses;     /* every call fails */
  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
} TwSecretService;

typedef struct
{
  GHashTable *attributes;
  GVariant *secret; /* (oayays) */
  char *label;
  guint registration;
} TwTestSecret;

/* Sets DBUS_SESSION_BUS_ADDRESS. One for a program: GLib keeps its connection to the first bus. */
TwSecretService *tw_secret_service_new (void);
void tw_secret_service_free (TwSecretService *service);
/* The secret kept with these two attributes; NULL. Free with g_free. */
char *tw_secret_service_dup (TwSecretService *service, const char *server, const char *kind);
guint tw_secret_service_count (TwSecretService *service);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwSecretService, tw_secret_service_free)
