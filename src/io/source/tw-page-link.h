/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The query of a search's address: what it names, and the same address with another _count. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether the query names the parameter, with or without a modifier ("code:in=..."). */
gboolean tw_page_link_has (const char *url, const char *name);
/* The same address without the parameter. Free with g_free. */
char *tw_page_link_without (const char *url, const char *name);
/* The same address with this _count; NULL where a page is found by its number, which means another
 * place when pages are of another size. Free with g_free. */
char *tw_page_link_resize (const char *url, guint count);
/* Names of asked that self does not have, "_sort, patient": a server leaves out of its self link
 * what it ignored. "" when it honoured all, or gives no self link (NULL). Free with g_free. */
char *tw_page_link_dup_ignored (const char *asked, const char *self);

G_END_DECLS
