/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From confirmed items to the transaction: Device, the items, Provenance, AuditEvent, in this order. */
#include "config.h"

#include "tw-write-seal.h"

#include "tw-uuid.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define SYSTEM_TWIN "urn:twinward:twin"
#define SYSTEM_TABLE "urn:twinward:table"
#define MAX_ORIGINS 8

typedef struct
{
  TwWriteBatch *batch;
  const TwWriteTerms *terms;
  GArray *entries;       /* TwFhirEntry */
  GPtrArray *texts;      /* char, owned: what entries point to */
  GArray *written;       /* TwFhirLink: the items */
  const char *device;    /* "urn:uuid:..." */
} Seal;

char *
tw_write_seal_find_obstacle (const TwFhirWritable *writable)
{
  TwFhirWay way;

  g_return_val_if_fail (writable != NULL, NULL);

  if (!writable->transaction)
    return g_strdup (_("This server takes no transactions: results could only be written in part."));
  for (TwFhirResultType type = 0; type < TW_FHIR_N_RESULTS; type++)
    if (!tw_fhir_writable_way (writable, type, type == TW_FHIR_FLAG, &way))
      /* Translators: %s is the name of a FHIR resource, as "RiskAssessment". */
      return g_strdup_printf (_("This server has no way to write %s so that it is never doubled."),
                              tw_fhir_result_type_name (type));
  return NULL;
}

static const char *
keep (Seal *seal, char *text)
{
  g_ptr_array_add (seal->texts, text);
  return text;
}

static void
add_entry (Seal *seal, TwFhirResultType type, const char *id, GString *resource)
{
  TwFhirEntry entry = {
    .type = tw_fhir_result_type_name (type),
    .id = keep (seal, g_strdup (id)),
    .resource = keep (seal, g_string_free (resource, FALSE)),
    .by_tag = type == TW_FHIR_PROVENANCE || type == TW_FHIR_AUDIT,
  };

  tw_fhir_writable_way (seal->terms->writable, type, type == TW_FHIR_FLAG, &entry.way);
  g_array_append_val (seal->entries, entry);
}

static char *
dup_method (const TwWriteItem *item)
{
  if (*item->twin_version != '\0')
    return g_strdup_printf ("Twinward " TW_VERSION ", twin %s, table %s %s", item->twin_version,
                            item->table, item->table_version);
  return g_strdup_printf ("Twinward " TW_VERSION ", table %s %s", item->table, item->table_version);
}

static void
write_flag (Seal *seal, const TwWriteItem *item, const TwFhirResult *result)
{
  TwFhirFlag flag = { *result, { TW_SYSTEM_RULE, item->rule, NULL }, item->title, item->active,
                      item->from_us, item->to_us };
  GString *out = g_string_new (NULL);

  tw_fhir_write_flag (out, &flag);
  add_entry (seal, TW_FHIR_FLAG, item->id, out);
}

static guint
list_sources (const TwWriteItem *item, TwFhirLink links[TW_WRITE_MAX_SOURCES])
{
  for (guint i = 0; i < item->n_sources; i++)
    links[i] = (TwFhirLink) { item->sources[i].reference, item->sources[i].text };
  return item->n_sources;
}

static void
write_risk (Seal *seal, const TwWriteItem *item, const TwFhirResult *result)
{
  TwFhirLink links[TW_WRITE_MAX_SOURCES];
  g_autofree char *method = dup_method (item);
  TwFhirRisk risk = {
    .result = *result,
    .code = { TW_SYSTEM_RULE, item->rule, NULL },
    .text = item->title,
    .method = method,
    .outcome = item->outcome,
    .rationale = item->value,
    .note = _("Model estimate. Check the patient and the bedside monitor before acting."),
    .occurrence_us = item->t_us,
    .from_us = item->from_us,
    .to_us = item->to_us,
    .probability = item->probability,
    .basis = links,
    .n_basis = list_sources (item, links),
  };
  GString *out = g_string_new (NULL);

  tw_fhir_write_risk (out, &risk);
  add_entry (seal, TW_FHIR_RISK, item->id, out);
}

static void
write_score (Seal *seal, const TwWriteItem *item, const TwFhirResult *result)
{
  const char *names[TW_NEWS2_N_ITEMS] = {
    [TW_NEWS2_RESPIRATION] = "respiration",
    [TW_NEWS2_SPO2] = item->news2.scale_2 ? "spo2-scale-2" : "spo2-scale-1",
    [TW_NEWS2_OXYGEN] = "oxygen",
    [TW_NEWS2_PRESSURE] = "pressure",
    [TW_NEWS2_PULSE] = "pulse",
    [TW_NEWS2_CONSCIOUSNESS] = "consciousness",
    [TW_NEWS2_TEMPERATURE] = "temperature",
  };
  TwFhirCode codes[TW_NEWS2_N_ITEMS + 1][TW_RECORD_MAX_CODES];
  TwFhirScorePart parts[TW_NEWS2_N_ITEMS];
  TwFhirLink links[TW_WRITE_MAX_SOURCES];
  g_autofree char *method = dup_method (item);
  TwFhirScore score = { .result = *result, .parts = parts, .method = method, .t_us = item->t_us,
                        .derived_from = links, .n_derived_from = list_sources (item, links) };
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < TW_NEWS2_N_ITEMS; i++)
    {
      guint n = tw_record_codes_get (seal->terms->codes, "news2", names[i], codes[i]);

      if (n > 0)
        parts[score.n_parts++] = (TwFhirScorePart) { codes[i], n, NULL, item->news2.parts[i].points };
    }
  score.total = (TwFhirScorePart) { codes[TW_NEWS2_N_ITEMS],
                                    tw_record_codes_get (seal->terms->codes, "news2", "total",
                                                         codes[TW_NEWS2_N_ITEMS]),
                                    item->title, item->news2.total };
  tw_fhir_write_score (out, &score);
  add_entry (seal, TW_FHIR_SCORE, item->id, out);
}

static void
write_item (Seal *seal, const TwWriteItem *item)
{
  TwFhirResult result = { item->id, tw_patient_get (seal->batch->patient)->id, seal->device };
  TwFhirLink link = { keep (seal, g_strconcat ("urn:uuid:", item->id, NULL)), item->title };

  g_array_append_val (seal->written, link);
  switch (item->kind)
    {
    case TW_WRITE_FLAG:
      write_flag (seal, item, &result);
      break;
    case TW_WRITE_RISK:
      write_risk (seal, item, &result);
      break;
    case TW_WRITE_SCORE:
    default:
      write_score (seal, item, &result);
      break;
    }
}

/* One origin, once. */
static void
add_origin (Seal *seal, GArray *origins, const char *system, char *value)
{
  TwFhirOrigin origin = { system, keep (seal, value), NULL };

  for (guint i = 0; i < origins->len; i++)
    {
      const TwFhirOrigin *other = &g_array_index (origins, TwFhirOrigin, i);

      if (g_str_equal (other->system, system) && g_str_equal (other->value, value))
        return;
    }
  if (origins->len == MAX_ORIGINS)
    return;
  if (g_str_equal (system, SYSTEM_TWIN))
    origin.display = keep (seal, g_strdup_printf ("Twin and its parameters, version %s", value));
  else if (g_str_equal (system, SYSTEM_TABLE))
    origin.display = keep (seal, g_strdup_printf ("Parameter table and version: %s", value));
  else
    origin.display = keep (seal, g_strdup_printf ("Twinward %s", value));
  g_array_append_val (origins, origin);
}

static GArray *
list_origins (Seal *seal)
{
  GArray *origins = g_array_new (FALSE, FALSE, sizeof (TwFhirOrigin));

  add_origin (seal, origins, TW_SYSTEM_SOFTWARE, g_strdup (TW_VERSION));
  for (guint i = 0; i < seal->batch->items->len; i++)
    {
      const TwWriteItem *item = g_ptr_array_index (seal->batch->items, i);

      if (!item->chosen)
        continue;
      if (*item->twin_version != '\0')
        add_origin (seal, origins, SYSTEM_TWIN, g_strdup (item->twin_version));
      add_origin (seal, origins, SYSTEM_TABLE, g_strconcat (item->table, " ", item->table_version, NULL));
      if (item->kind == TW_WRITE_SCORE)
        add_origin (seal, origins, SYSTEM_TABLE,
                    g_strconcat ("record-codes ", tw_record_codes_get_version (seal->terms->codes), NULL));
    }
  return origins;
}

/* Who found it, by what, who let it be written, and that it was done. */
static void
write_witnesses (Seal *seal)
{
  g_autoptr (GArray) origins = list_origins (seal);
  g_autoptr (GString) name = g_string_new (NULL);
  char id[TW_UUID_SIZE], audit_id[TW_UUID_SIZE];
  const TwWriteTerms *terms = seal->terms;
  TwFhirProvenance provenance = {
    id, seal->device, terms->person, terms->now_us, (const TwFhirLink *) (gpointer) seal->written->data,
    seal->written->len, (const TwFhirOrigin *) (gpointer) origins->data, origins->len,
  };
  TwFhirAudit audit = { audit_id, tw_patient_get (seal->batch->patient)->id, seal->device, terms->person,
                        terms->now_us, provenance.targets, provenance.n_targets };
  GString *out = g_string_new (NULL);

  g_string_printf (name, "batch|%s|%" G_GINT64_FORMAT, terms->person, terms->now_us);
  for (guint i = 0; i < seal->written->len; i++)
    g_string_append_printf (name, "|%s", provenance.targets[i].reference);
  tw_uuid_from_name (name->str, id);
  tw_fhir_write_provenance (out, &provenance);
  add_entry (seal, TW_FHIR_PROVENANCE, id, out);
  g_string_append (name, "|audit");
  tw_uuid_from_name (name->str, audit_id);
  out = g_string_new (NULL);
  tw_fhir_write_audit (out, &audit);
  add_entry (seal, TW_FHIR_AUDIT, audit_id, out);
}

void
tw_write_seal (TwWriteBatch *batch, const TwWriteTerms *terms)
{
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (TwFhirEntry));
  g_autoptr (GArray) written = g_array_new (FALSE, FALSE, sizeof (TwFhirLink));
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  Seal seal = { batch, terms, entries, texts, written, NULL };
  GString *out = g_string_new (NULL);
  char device[TW_UUID_SIZE];

  g_return_if_fail (batch != NULL && terms != NULL && terms->person != NULL);
  g_return_if_fail (tw_write_batch_count_chosen (batch) > 0);

  if (batch->body != NULL)
    {
      g_string_free (out, TRUE);
      return;
    }
  tw_uuid_from_name ("device|" TW_VERSION, device);
  seal.device = keep (&seal, g_strconcat ("urn:uuid:", device, NULL));
  tw_fhir_write_software (out, device, TW_VERSION);
  add_entry (&seal, TW_FHIR_DEVICE, device, out);
  for (guint i = 0; i < batch->items->len; i++)
    {
      const TwWriteItem *item = g_ptr_array_index (batch->items, i);

      if (item->chosen)
        write_item (&seal, item);
    }
  write_witnesses (&seal);
  out = g_string_new (NULL);
  tw_fhir_write_transaction (out, (const TwFhirEntry *) (gpointer) entries->data, entries->len);
  batch->body = g_string_free_to_bytes (out);
  batch->n_entries = entries->len;
  if (g_strcmp0 (batch->person, terms->person) != 0)
    {
      g_free (batch->person);
      batch->person = g_strdup (terms->person);
    }
}

gboolean
tw_write_seal_take_answers (TwWriteBatch *batch, const GPtrArray *answers)
{
  guint at = 1; /* after the Device */

  g_return_val_if_fail (batch != NULL && answers != NULL, FALSE);

  if (answers->len != batch->n_entries)
    return FALSE;
  for (guint i = 0; i < batch->items->len; i++)
    {
      TwWriteItem *item = g_ptr_array_index (batch->items, i);
      const TwFhirAnswer *answer;

      if (!item->chosen)
        continue;
      answer = g_ptr_array_index (answers, at++);
      item->status = answer->status;
      g_free (item->location);
      item->location = g_strdup (answer->location);
      g_free (item->words);
      item->words = answer->status >= 300 ? g_strdup (answer->words) : NULL;
    }
  g_free (batch->record);
  batch->record = g_strdup (((const TwFhirAnswer *) g_ptr_array_index (answers, at))->location);
  return TRUE;
}
