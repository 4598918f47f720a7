/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libsecret, loaded when the first secret is asked for: the first frame does not wait for it. */
#pragma once

#include <libsecret/secret.h>

G_BEGIN_DECLS

typedef struct
{
  typeof (secret_password_clear_finish) *clear_finish;
  typeof (secret_password_clearv) *clearv;
  typeof (secret_password_free) *free;
  typeof (secret_password_lookup_finish) *lookup_finish;
  typeof (secret_password_lookupv) *lookupv;
  typeof (secret_password_store_finish) *store_finish;
  typeof (secret_password_storev) *storev;
} TwSecretLibrary;

/* The functions; NULL where the library is missing or too old. */
const TwSecretLibrary *tw_secret_library_get (void);

G_END_DECLS
