/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Resources that somebody else wrote. The checked document is written again as compact JSON, so that
 * no byte from outside is kept that the door has not read; depth is bounded by the door. */
#include "config.h"

#include "tw-fhir-record.h"

#include "tw-decimal.h"
#include "tw-fhir-parse.h"
#include "tw-text.h"
#include "tw-time.h"

#include <glib/gi18n-lib.h>

#define MAX_TOKENS 200
#define MAX_REFERENCES 2000

void
tw_fhir_record_free (TwFhirRecord *record)
{
  if (record == NULL)
    return;
  g_free (record->type);
  g_free (record->id);
  g_free (record->meta);
  g_free (record->members);
  g_free (record->patient);
  g_clear_pointer (&record->names, g_ptr_array_unref);
  g_clear_pointer (&record->tokens, g_ptr_array_unref);
  g_clear_pointer (&record->references, g_ptr_array_unref);
  g_free (record);
}

void
tw_fhir_order_free (TwFhirOrder *order)
{
  if (order == NULL)
    return;
  g_free (order->full_url);
  g_free (order->method);
  g_free (order->url);
  g_free (order->if_none_exist);
  g_free (order->if_match);
  g_free (order->if_none_match);
  tw_fhir_record_free (order->record);
  g_free (order);
}

void
tw_fhir_orders_free (TwFhirOrders *orders)
{
  if (orders == NULL)
    return;
  g_clear_pointer (&orders->orders, g_ptr_array_unref);
  g_free (orders);
}

typedef struct
{
  TwFhirParse *parse;
  TwFhirRecord *record;
  GString *out;
  gboolean refused; /* a text held U+0000 */
} Copy;

static void
copy_text (Copy *copy,
           TwJsonText text)
{
  if (memchr (text.text, '\0', text.length) != NULL)
    copy->refused = TRUE;
  tw_text_append_json (copy->out, text.text);
}

static void
copy_number (Copy *copy,
             guint32 at)
{
  const TwJsonDocument *document = &copy->parse->document;
  double value;

  switch (tw_json_type (document, at))
    {
    case 'l':
      g_string_append_printf (copy->out, "%" G_GINT64_FORMAT, (gint64) document->tape[at + 1]);
      break;
    case 'u':
      g_string_append_printf (copy->out, "%" G_GUINT64_FORMAT, document->tape[at + 1]);
      break;
    default:
      tw_json_number (document, at, &value);
      tw_decimal_append (copy->out, value);
      break;
    }
}

static void copy_value (Copy *copy, guint32 at);

static void
copy_object (Copy *copy,
             guint32 at)
{
  const TwJsonDocument *document = &copy->parse->document;
  TwJsonMembers members;
  TwJsonText key;
  guint32 value;
  gboolean any = FALSE;

  tw_json_members (document, at, &members);
  g_string_append_c (copy->out, '{');
  while (tw_json_members_next (&members, &key, &value))
    {
      if (any)
        g_string_append_c (copy->out, ',');
      any = TRUE;
      copy_text (copy, key);
      g_string_append_c (copy->out, ':');
      if (TW_FHIR_KEY (key, "reference") && tw_json_type (document, value) == '"'
          && copy->record->references->len < MAX_REFERENCES)
        g_ptr_array_add (copy->record->references, g_strdup (tw_json_text (document, value).text));
      copy_value (copy, value);
    }
  g_string_append_c (copy->out, '}');
}

static void
copy_list (Copy *copy,
           guint32 at)
{
  TwJsonItems items;
  guint32 item;
  gboolean any = FALSE;

  tw_json_items (&copy->parse->document, at, &items);
  g_string_append_c (copy->out, '[');
  while (tw_json_items_next (&items, &item))
    {
      if (any)
        g_string_append_c (copy->out, ',');
      any = TRUE;
      copy_value (copy, item);
    }
  g_string_append_c (copy->out, ']');
}

static void
copy_value (Copy *copy,
            guint32 at)
{
  const TwJsonDocument *document = &copy->parse->document;

  switch (tw_json_type (document, at))
    {
    case '{':
      copy_object (copy, at);
      break;
    case '[':
      copy_list (copy, at);
      break;
    case '"':
      copy_text (copy, tw_json_text (document, at));
      break;
    case 't':
      g_string_append (copy->out, "true");
      break;
    case 'f':
      g_string_append (copy->out, "false");
      break;
    case 'n':
      g_string_append (copy->out, "null");
      break;
    default:
      copy_number (copy, at);
      break;
    }
}

/* The members of an object but those named, each with a comma before it. FALSE when one stands there
 * twice. */
static gboolean
copy_members (Copy *copy,
              guint32 object,
              const char *const *left_out,
              GPtrArray *names)
{
  TwJsonMembers members;
  TwJsonText key;
  guint32 value;

  if (!tw_json_members (&copy->parse->document, object, &members))
    return FALSE;
  while (tw_json_members_next (&members, &key, &value))
    {
      g_autofree char *name = g_strndup (key.text, key.length);

      if (g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
        return FALSE;
      g_ptr_array_add (names, g_strdup (name));
      if (g_strv_contains (left_out, name) || tw_json_type (&copy->parse->document, value) == 'n')
        continue;
      g_string_append_c (copy->out, ',');
      copy_text (copy, key);
      g_string_append_c (copy->out, ':');
      copy_value (copy, value);
    }
  return TRUE;
}

static void
add_token (TwFhirParse *parse,
           TwFhirRecord *record,
           const char *kind,
           guint32 item)
{
  static const char *const names[] = { "system", "value", "code" };
  g_autofree char *system = NULL, *value = NULL;
  guint32 at[3];

  if (!tw_fhir_parse_index (parse, item, names, 3, at))
    return;
  system = tw_fhir_parse_dup_text (parse, at[0]);
  value = tw_fhir_parse_dup_text (parse, at[1] != 0 ? at[1] : at[2]);
  if (value != NULL && record->tokens->len < MAX_TOKENS)
    g_ptr_array_add (record->tokens, g_strdup_printf ("%s %s|%s", kind,
                                                      system != NULL ? system : "", value));
}

/* Tokens of a list of Identifiers or Codings; concepts: of the codings of a concept or of a list of
 * concepts. */
static void
add_tokens (TwFhirParse *parse,
            TwFhirRecord *record,
            const char *kind,
            guint32 list,
            gboolean concepts)
{
  TwJsonItems items;
  guint32 item, codings;

  if (list == 0)
    return;
  if (concepts && tw_json_type (&parse->document, list) == '{')
    {
      if (TW_FHIR_MEMBER (parse, list, "coding", &codings))
        add_tokens (parse, record, kind, codings, FALSE);
      return;
    }
  if (!tw_json_items (&parse->document, list, &items))
    return;
  while (tw_json_items_next (&items, &item))
    if (concepts)
      add_tokens (parse, record, kind, item, TRUE);
    else
      add_token (parse, record, kind, item);
}

/* What searches ask for. */
static void
index_record (TwFhirParse *parse,
              TwFhirRecord *record,
              guint32 resource,
              guint32 meta)
{
  static const char *const names[] = { "identifier", "code", "category", "subject", "patient" };
  guint32 at[5], reference, tags;

  if (tw_fhir_parse_index (parse, resource, names, 5, at))
    {
      add_tokens (parse, record, "identifier", at[0], FALSE);
      add_tokens (parse, record, "code", at[1], TRUE);
      add_tokens (parse, record, "category", at[2], TRUE);
      if (TW_FHIR_MEMBER (parse, at[3] != 0 ? at[3] : at[4], "reference", &reference))
        record->patient = tw_fhir_parse_dup_text (parse, reference);
    }
  if (meta != 0 && TW_FHIR_MEMBER (parse, meta, "tag", &tags))
    add_tokens (parse, record, "_tag", tags, FALSE);
}

static TwFhirRecord *
read_record (TwFhirParse *parse,
             guint32 resource,
             GError **error)
{
  static const char *const own[] = { "resourceType", "id", "meta", NULL };
  static const char *const meta_own[] = { "versionId", "lastUpdated", NULL };
  static const char *const names[] = { "resourceType", "id", "meta" };
  g_autoptr (TwFhirRecord) record = g_new0 (TwFhirRecord, 1);
  g_autoptr (GPtrArray) meta_names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) members = g_string_new (NULL), meta = g_string_new (NULL);
  Copy copy = { parse, record, members, FALSE };
  TwJsonText id;
  guint32 at[3];
  gboolean whole;

  record->names = g_ptr_array_new_with_free_func (g_free);
  record->tokens = g_ptr_array_new_with_free_func (g_free);
  record->references = g_ptr_array_new_with_free_func (g_free);
  whole = tw_json_type (&parse->document, resource) == '{'
          && tw_fhir_parse_index (parse, resource, names, 3, at)
          && copy_members (&copy, resource, own, record->names);
  copy.out = meta;
  whole = whole && (at[2] == 0 || copy_members (&copy, at[2], meta_own, meta_names));
  record->type = whole ? tw_fhir_parse_dup_text (parse, at[0]) : NULL;
  if (record->type == NULL || copy.refused || parse->has_nul)
    {
      g_set_error_literal (error, TW_WIRE_ERROR, TW_WIRE_ERROR_RESOURCE,
                           _("no FHIR resource, or a member stands in it twice"));
      return NULL;
    }
  if (at[1] != 0 && (!tw_fhir_parse_text (parse, at[1], &id) || !tw_fhir_is_id (id)))
    {
      g_set_error_literal (error, TW_WIRE_ERROR, TW_WIRE_ERROR_RESOURCE,
                           _("the id of the resource is none of FHIR's"));
      return NULL;
    }
  record->id = tw_fhir_parse_dup_text (parse, at[1]);
  index_record (parse, record, resource, at[2]);
  record->meta = g_strdup (meta->len > 0 ? meta->str + 1 : "");
  record->members = g_strdup (members->str);
  return g_steal_pointer (&record);
}

TwFhirRecord *
tw_fhir_record_read (const char *data,
                     gsize length,
                     GError **error)
{
  g_autofree TwFhirParse *parse = g_new0 (TwFhirParse, 1);
  TwFhirRecord *record;

  if (!tw_json_open (data, length, &parse->document, error))
    return NULL;
  record = read_record (parse, TW_JSON_ROOT, error);
  tw_json_release ();
  return record;
}

static TwFhirOrder *
read_order (TwFhirParse *parse,
            guint32 entry,
            GError **error)
{
  static const char *const names[] = { "fullUrl", "resource", "request" };
  static const char *const request_names[] = { "method", "url", "ifNoneExist", "ifMatch",
                                               "ifNoneMatch" };
  g_autoptr (TwFhirOrder) order = g_new0 (TwFhirOrder, 1);
  guint32 at[3], request[5];

  if (tw_json_type (&parse->document, entry) != '{'
      || !tw_fhir_parse_index (parse, entry, names, 3, at)
      || !tw_fhir_parse_index (parse, at[2], request_names, 5, request))
    {
      g_set_error_literal (error, TW_WIRE_ERROR, TW_WIRE_ERROR_RESOURCE,
                           _("no entry, or a member stands in it twice"));
      return NULL;
    }
  order->full_url = tw_fhir_parse_dup_text (parse, at[0]);
  order->method = tw_fhir_parse_dup_text (parse, request[0]);
  order->url = tw_fhir_parse_dup_text (parse, request[1]);
  order->if_none_exist = tw_fhir_parse_dup_text (parse, request[2]);
  order->if_match = tw_fhir_parse_dup_text (parse, request[3]);
  order->if_none_match = tw_fhir_parse_dup_text (parse, request[4]);
  if (at[1] == 0)
    return g_steal_pointer (&order);
  order->record = read_record (parse, at[1], error);
  return order->record != NULL ? g_steal_pointer (&order) : NULL;
}

static TwFhirOrders *
read_orders (TwFhirParse *parse,
             GError **error)
{
  static const char *const names[] = { "resourceType", "type", "entry" };
  g_autoptr (TwFhirOrders) orders = g_new0 (TwFhirOrders, 1);
  TwJsonText type, kind;
  TwJsonItems items;
  guint32 at[3], item;

  orders->orders = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_fhir_order_free);
  if (!tw_fhir_parse_index (parse, TW_JSON_ROOT, names, 3, at)
      || !tw_fhir_parse_text (parse, at[0], &type) || !TW_FHIR_KEY (type, "Bundle")
      || !tw_fhir_parse_text (parse, at[1], &kind)
      || !(TW_FHIR_KEY (kind, "transaction") || TW_FHIR_KEY (kind, "batch")))
    {
      g_set_error_literal (error, TW_WIRE_ERROR, TW_WIRE_ERROR_RESOURCE,
                           _("no Bundle of type transaction or batch"));
      return NULL;
    }
  orders->atomic = TW_FHIR_KEY (kind, "transaction");
  if (at[2] == 0 || !tw_json_items (&parse->document, at[2], &items))
    return g_steal_pointer (&orders);
  while (tw_json_items_next (&items, &item))
    {
      TwFhirOrder *order = NULL;

      if (orders->orders->len == TW_FHIR_MAX_ORDERS)
        g_set_error (error, TW_WIRE_ERROR, TW_WIRE_ERROR_RESOURCE,
                     _("more than %d entries in one Bundle"), TW_FHIR_MAX_ORDERS);
      else
        order = read_order (parse, item, error);
      if (order == NULL)
        {
          g_prefix_error (error, _("entry %u: "), orders->orders->len + 1);
          return NULL;
        }
      g_ptr_array_add (orders->orders, order);
    }
  return g_steal_pointer (&orders);
}

TwFhirOrders *
tw_fhir_orders_read (const char *data,
                     gsize length,
                     GError **error)
{
  g_autofree TwFhirParse *parse = g_new0 (TwFhirParse, 1);
  TwFhirOrders *orders;

  if (!tw_json_open (data, length, &parse->document, error))
    return NULL;
  orders = read_orders (parse, error);
  tw_json_release ();
  return orders;
}

gboolean
tw_fhir_record_has (const TwFhirRecord *record,
                    const char *member)
{
  g_return_val_if_fail (record != NULL && member != NULL, FALSE);

  return g_ptr_array_find_with_equal_func (record->names, member, g_str_equal, NULL);
}

gboolean
tw_fhir_record_has_token (const TwFhirRecord *record,
                          const char *kind,
                          const char *token)
{
  gsize length;

  g_return_val_if_fail (record != NULL && kind != NULL && token != NULL, FALSE);

  length = strlen (kind);
  for (guint i = 0; i < record->tokens->len; i++)
    {
      const char *own = g_ptr_array_index (record->tokens, i);

      if (strncmp (own, kind, length) != 0 || own[length] != ' ')
        continue;
      own += length + 1;
      if (g_str_equal (strchr (token, '|') != NULL ? own : strrchr (own, '|') + 1, token))
        return TRUE;
    }
  return FALSE;
}

void
tw_fhir_record_replace (TwFhirRecord *record,
                        const char *reference,
                        const char *with)
{
  g_autoptr (GString) before = g_string_new ("\"reference\":"), after = g_string_new ("\"reference\":");
  g_autoptr (GString) members = NULL;

  g_return_if_fail (record != NULL && reference != NULL && with != NULL);

  tw_text_append_json (before, reference);
  tw_text_append_json (after, with);
  members = g_string_new (record->members);
  g_string_replace (members, before->str, after->str, 0);
  g_free (record->members);
  record->members = g_strdup (members->str);
  if (record->patient != NULL && g_str_equal (record->patient, reference))
    {
      g_free (record->patient);
      record->patient = g_strdup (with);
    }
  for (guint i = 0; i < record->references->len; i++)
    if (g_str_equal (g_ptr_array_index (record->references, i), reference))
      {
        g_free (g_ptr_array_index (record->references, i));
        record->references->pdata[i] = g_strdup (with);
      }
}

void
tw_fhir_record_write (const TwFhirRecord *record,
                      const char *id,
                      guint64 version,
                      gint64 last_updated_us,
                      GString *out)
{
  char text[32];

  g_return_if_fail (record != NULL && id != NULL && out != NULL);

  g_string_append (out, "{\"resourceType\":");
  tw_text_append_json (out, record->type);
  g_string_append (out, ",\"id\":");
  tw_text_append_json (out, id);
  g_string_append_printf (out, ",\"meta\":{\"versionId\":\"%" G_GUINT64_FORMAT
                          "\",\"lastUpdated\":\"%s\"%s%s}", version,
                          tw_time_format_iso (last_updated_us, text, sizeof text),
                          *record->meta != '\0' ? "," : "", record->meta);
  g_string_append (out, record->members);
  g_string_append_c (out, '}');
}
