/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CRC-32C (Castagnoli): the checksum of what is sent in clear and of what is stored. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* "123456789" gives 0xe3069283. It finds each error of up to 32 bits in a row; it is no protection
 * against a hand. */
guint32 tw_crc32c (const void *bytes, gsize n);

G_END_DECLS
