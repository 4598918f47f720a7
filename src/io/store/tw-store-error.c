/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The error domain of the room. */
#include "config.h"

#include "tw-store-error.h"

G_DEFINE_QUARK (tw-store-error-quark, tw_store_error)
