/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An access with its own keyring: for tests. */
#pragma once

#include "tw-access.h"

#include "tw-keyring.h"

G_BEGIN_DECLS

TwAccess *tw_access_new_with_keyring (const TwSite *site, TwKeyring *keyring);

G_END_DECLS
