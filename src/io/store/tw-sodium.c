/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds libsodium's functions by name. */
#include "config.h"

#include "tw-sodium.h"

#include <gmodule.h>

/* The name changes with the library's interface; what is used here is in all of them. */
static const char *const libraries[] = { "libsodium.so.23", "libsodium.so.26" };

static TwSodium functions;

static gboolean
find_functions (void)
{
  GModule *module = NULL;

  for (gsize i = 0; module == NULL && i < G_N_ELEMENTS (libraries); i++)
    module = g_module_open (libraries[i], G_MODULE_BIND_LAZY | G_MODULE_BIND_LOCAL);
  if (module == NULL)
    return FALSE;
  g_module_make_resident (module);
  return g_module_symbol (module, "sodium_init", (gpointer *) &functions.init)
         && g_module_symbol (module, "crypto_generichash_init", (gpointer *) &functions.generichash_init)
         && g_module_symbol (module, "crypto_generichash_update",
                             (gpointer *) &functions.generichash_update)
         && g_module_symbol (module, "crypto_generichash_final", (gpointer *) &functions.generichash_final)
         && functions.init () >= 0;
}

const TwSodium *
tw_sodium_get (void)
{
  static gsize tried; /* 1: missing, 2: there */

  if (g_once_init_enter (&tried))
    g_once_init_leave (&tried, find_functions () ? 2 : 1);
  return tried == 2 ? &functions : NULL;
}
