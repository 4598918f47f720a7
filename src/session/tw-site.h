/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A server that somebody added: where it is, how one signs in there, which ward. No secret is in it. */
#pragma once

#include <gio/gio.h>

#include "tw-trust.h"

G_BEGIN_DECLS

typedef enum
{
  TW_SIGN_IN_NONE,        /* the server asks for nothing */
  TW_SIGN_IN_TOKEN,       /* a token that the user was given */
  TW_SIGN_IN_CERTIFICATE, /* a client certificate */
  TW_SIGN_IN_HOSPITAL,    /* the hospital's page in the browser: SMART on FHIR */
  TW_N_SIGN_INS
} TwSignIn;

/* Immutable once shared. Empty texts are NULL. */
typedef struct
{
  char *address;        /* of the FHIR base, as it was given: the site's identity */
  char *name;           /* for people */
  TwSignIn sign_in;
  char *client_id;      /* of a hospital sign-in */
  char *ward;           /* Location id; NULL: all */
  char *ca_file;        /* the site's authorities */
  gboolean system_too;  /* the system's beside them */
  char *pins[TW_TRUST_PINS];
  char *client_cert;    /* PEM file; its key is in the keyring */
  char *proxy;
} TwSite;

TwSite *tw_site_new (const char *address);
TwSite *tw_site_copy (const TwSite *site);
void tw_site_free (TwSite *site);

/* Replaces a text; "" is NULL, surrounding spaces go. */
void tw_site_set (char **text, const char *value);

/* What is wrong with an address, in words; NULL: nothing. Translated, static. */
const char *tw_site_check_address (const char *address);
/* What still keeps the site from being used, in words; NULL: nothing. Translated, static. */
const char *tw_site_check (const TwSite *site);

/* "ward.example" or the name. */
char *tw_site_dup_title (const TwSite *site);
/* The key in TwSignIn's order: "none", "token", "certificate", "hospital". */
const char *tw_sign_in_key (TwSignIn sign_in);
/* "Hospital sign-in": translated, static. */
const char *tw_sign_in_label (TwSignIn sign_in);

/* a{sv} for the settings; what is unknown or of another type is left out on reading. NULL: no address. */
GVariant *tw_site_to_variant (const TwSite *site);
TwSite *tw_site_from_variant (GVariant *variant);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwSite, tw_site_free)

G_END_DECLS
