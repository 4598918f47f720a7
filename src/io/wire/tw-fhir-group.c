/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FHIR R4 Group and List -> the patients who are in it now. */
#include "config.h"

#include "tw-fhir-parse.h"

#define MAX_MEMBERS 10000

/* Whether a member that says who left (Group.member.inactive, List.entry.deleted) is true. */
static gboolean
has_left (const TwFhirParse *parse,
          guint32 at)
{
  return at != 0 && tw_json_type (&parse->document, at) == 't';
}

static void
read_member (TwFhirParse *parse,
             guint32 item,
             const char *who,
             const char *left)
{
  const char *names[] = { who, left };
  guint32 at[2], id;
  TwJsonText text;

  if (!tw_fhir_parse_index (parse, item, names, 2, at) || has_left (parse, at[1])
      || !tw_fhir_parse_reference (parse, at[0], "Patient", &text))
    return;
  id = tw_fhir_parse_keep (parse, text.text, text.length);
  g_array_append_val (parse->page->members, id);
}

void
tw_fhir_read_members (TwFhirParse *parse,
                      guint32 resource,
                      gboolean is_list)
{
  const char *const names[] = { is_list ? "entry" : "member" };
  TwJsonItems items;
  guint32 list, item;

  if (!tw_fhir_parse_index (parse, resource, names, 1, &list))
    {
      tw_fhir_parse_refuse_words (parse, TW_FHIR_PROBLEM_REPEATED_KEY, 0, TW_CHANNEL_NONE,
                                  is_list ? "List.entry" : "Group.member");
      return;
    }
  if (list == 0 || !tw_json_items (&parse->document, list, &items))
    return;
  while (parse->page->members->len < MAX_MEMBERS && tw_json_items_next (&items, &item))
    read_member (parse, item, is_list ? "item" : "entity", is_list ? "deleted" : "inactive");
}
