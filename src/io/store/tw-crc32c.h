/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CRC-32C (Castagnoli), the checksum of stored bodies. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* "123456789" gives 0xe3069283. */
guint32 tw_crc32c (const void *bytes, gsize n);

G_END_DECLS
