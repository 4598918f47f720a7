/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds libsecret's functions by name. */
#include "config.h"

#include "tw-secret-library.h"

#include <gmodule.h>

#define LIBRARY "libsecret-1.so.0"

static TwSecretLibrary functions;

static const struct
{
  const char *name;
  gsize offset;
} symbols[] = {
#define SYMBOL(member) { "secret_password_" #member, G_STRUCT_OFFSET (TwSecretLibrary, member) }
  SYMBOL (clear_finish), SYMBOL (clearv),       SYMBOL (free),   SYMBOL (lookup_finish),
  SYMBOL (lookupv),      SYMBOL (store_finish), SYMBOL (storev),
#undef SYMBOL
};

static gboolean
find_functions (void)
{
  /* Never unloaded: it registers types. */
  GModule *module = g_module_open (LIBRARY, G_MODULE_BIND_LAZY | G_MODULE_BIND_LOCAL);

  if (module == NULL)
    return FALSE;
  g_module_make_resident (module);
  for (gsize i = 0; i < G_N_ELEMENTS (symbols); i++)
    if (!g_module_symbol (module, symbols[i].name,
                          (gpointer *) G_STRUCT_MEMBER_P (&functions, symbols[i].offset)))
      return FALSE;
  return TRUE;
}

const TwSecretLibrary *
tw_secret_library_get (void)
{
  static gsize tried; /* 1: missing, 2: there */

  if (g_once_init_enter (&tried))
    g_once_init_leave (&tried, find_functions () ? 2 : 1);
  return tried == 2 ? &functions : NULL;
}
