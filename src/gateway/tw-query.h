/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The query of a request, taken apart: names and values in their order, FHIR dates and numbers. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TW_QUERY_MAX_BYTES 8192
#define TW_QUERY_MAX_PARAMETERS 64

typedef struct
{
  char *name;        /* with its modifier, if any: "code:text" */
  char *value;
  gboolean used;     /* understood: stands in the self link */
} TwQueryParameter;

typedef struct
{
  TwQueryParameter items[TW_QUERY_MAX_PARAMETERS];
  guint n;
} TwQuery;

/* raw: the query as it stands in the address, NULL: none. FALSE when it is too long or not well
 * encoded. */
gboolean tw_query_parse (const char *raw, TwQuery *query);
void tw_query_clear (TwQuery *query);
/* The first of that name, or NULL; marks all of that name as used. */
const char *tw_query_use (TwQuery *query, const char *name);
/* The understood ones, encoded again: "a=b&c=d". */
char *tw_query_dup_used (const TwQuery *query);

/* A FHIR date search value: a prefix and the range of instants [low,
                                                                  high) that its precision spans.
 * Without a zone it is UTC. */
typedef enum
{
  TW_DATE_EQ,
  TW_DATE_GE,
  TW_DATE_GT,
  TW_DATE_LE,
  TW_DATE_LT
} TwDatePrefix;

typedef struct
{
  TwDatePrefix prefix;
  gint64 low_us, high_us;
} TwDateFilter;

gboolean tw_query_parse_date (const char *text, TwDateFilter *filter);
/* Does something that lasted from start to end (both included) meet the filter? */
gboolean tw_date_filter_matches (const TwDateFilter *filter, gint64 start_us, gint64 end_us);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TwQuery, tw_query_clear)

G_END_DECLS
