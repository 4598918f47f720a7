/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds libcurl's functions by name. */
#include "config.h"

#include "tw-curl.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <gmodule.h>

#include "tw-connection.h"

#define LIBRARY "libcurl.so.4"

const TwCurl *tw_curl;

static TwCurl functions;

static const struct
{
  const char *name;
  gsize offset;
} symbols[] = {
#define SYMBOL(member) { "curl_" #member, G_STRUCT_OFFSET (TwCurl, member) }
  SYMBOL (easy_cleanup),     SYMBOL (easy_getinfo),        SYMBOL (easy_init),
  SYMBOL (easy_setopt),      SYMBOL (free),                SYMBOL (getdate),
  SYMBOL (global_init),      SYMBOL (multi_add_handle),    SYMBOL (multi_cleanup),
  SYMBOL (multi_info_read),  SYMBOL (multi_init),          SYMBOL (multi_remove_handle),
  SYMBOL (multi_setopt),     SYMBOL (multi_socket_action), SYMBOL (slist_append),
  SYMBOL (slist_free_all),   SYMBOL (url),                 SYMBOL (url_cleanup),
  SYMBOL (url_get),          SYMBOL (url_set),
  SYMBOL (version_info),
#undef SYMBOL
};

static gboolean
find_functions (GModule *module)
{
  for (gsize i = 0; i < G_N_ELEMENTS (symbols); i++)
    if (!g_module_symbol (module, symbols[i].name,
                          (gpointer *) G_STRUCT_MEMBER_P (&functions, symbols[i].offset)))
      return FALSE;
  return functions.global_init (CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

static gboolean
has_openssl (void)
{
  const curl_version_info_data *info = functions.version_info (CURLVERSION_NOW);

  return info->ssl_version != NULL && g_str_has_prefix (info->ssl_version, "OpenSSL/");
}

gboolean
tw_curl_load (GError **error)
{
  static gsize tried;
  static char *why;

  if (g_once_init_enter (&tried))
    {
      /* Never unloaded: it registers ends of threads and of the program. */
      GModule *module = g_module_open (LIBRARY, G_MODULE_BIND_LAZY | G_MODULE_BIND_LOCAL);

      if (module == NULL || !find_functions (module))
        why = g_strdup (g_module_error ());
      else if (!has_openssl ())
        why = g_strdup (_("its TLS is not OpenSSL"));
      else
        tw_curl = &functions;
      g_once_init_leave (&tried, 1);
    }
  if (tw_curl != NULL)
    return TRUE;
  g_set_error (error, TW_NET_ERROR, TW_NET_ERROR_LIBRARY, _("The library %s cannot be used: "
                                                            "%s"), LIBRARY,
               why != NULL ? why : "curl_global_init");
  return FALSE;
}
