/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Remembers per resource id its version and the instants it spoke for, under a cap. */
#include "config.h"

#include "tw-ledger.h"

#include <math.h>
#include <string.h>

#include "tw-time.h"

/* Instants t_us + i * period_us of one channel. */
typedef struct
{
  gint64 t_us, period_us;
  guint32 patient;
  guint32 n;
  gint16 channel;
} Run;

typedef struct
{
  char *id;
  char *version; /* a GRefString that is interned: most resources stay at their first version */
  gint64 last_updated_us;
  guint64 said;  /* of a resource without version and stamp: what it said, as a hash */
  Run one;       /* where runs points when there is one: most resources say one thing */
  Run *runs;
  guint n_runs;
  guint scan;    /* the last search in which it came */
} Entry;

/* Tables are split, so that one that grows is small: what it takes to move the entries of a large one would
 * hold up the main loop. */
#define SHARDS 64

struct _TwLedger
{
  gsize max_ids, n_ids;
  GHashTable *entries[SHARDS]; /* id -> Entry */
  GHashTable *owners[SHARDS];  /* Run of one instant (borrowed) -> Entry that spoke last */
  GQueue order;        /* Entry, oldest first */
  gboolean forgot;     /* something was forgotten to keep the cap */
  guint scan;          /* the search under way; 0 none yet */
};

static guint
hash_run (gconstpointer key)
{
  const Run *run = key;
  guint64 h = (guint64) run->t_us * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  h ^= ((guint64) run->patient << 8 ^ (guint64) (guint16) run->channel)
       * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  return (guint) (h >> 32);
}

static gboolean
equal_runs (gconstpointer a,
            gconstpointer b)
{
  const Run *x = a, *y = b;
  return x->t_us == y->t_us && x->patient == y->patient && x->channel == y->channel;
}

static guint
get_shard (guint hash)
{
  return hash * 0x9e3779b1u >> 26; /* the upper bits: the tables use the lower ones */
}

static GHashTable *
get_owners (const TwLedger *ledger,
            const Run *run)
{
  return ledger->owners[get_shard (hash_run (run))];
}

static GHashTable *
get_entries (const TwLedger *ledger,
             const char *id)
{
  return ledger->entries[get_shard (g_str_hash (id))];
}

/* The entry no longer owns its instants. */
static void
let_go (TwLedger *ledger,
        Entry *entry)
{
  for (guint i = 0; i < entry->n_runs; i++)
    if (entry->runs[i].n == 1
        && g_hash_table_lookup (get_owners (ledger, &entry->runs[i]), &entry->runs[i]) == entry)
      g_hash_table_remove (get_owners (ledger, &entry->runs[i]), &entry->runs[i]);
}

static void
clear_runs (Entry *entry)
{
  if (entry->runs != &entry->one)
    g_free (entry->runs);
  entry->runs = NULL;
  entry->n_runs = 0;
}

static void
free_entry (Entry *entry)
{
  clear_runs (entry);
  g_free (entry->id);
  g_ref_string_release (entry->version);
  g_free (entry);
}

TwLedger *
tw_ledger_new (gsize max_ids)
{
  TwLedger *ledger = g_new0 (TwLedger, 1);
  ledger->max_ids = max_ids;
  for (guint i = 0; i < SHARDS; i++)
    {
      ledger->entries[i] = g_hash_table_new (g_str_hash, g_str_equal);
      ledger->owners[i] = g_hash_table_new (hash_run, equal_runs);
    }
  g_queue_init (&ledger->order);
  return ledger;
}

void
tw_ledger_free (TwLedger *ledger)
{
  if (ledger == NULL)
    return;
  for (guint i = 0; i < SHARDS; i++)
    {
      g_hash_table_unref (ledger->owners[i]);
      g_hash_table_unref (ledger->entries[i]);
    }
  g_queue_clear_full (&ledger->order, (GDestroyNotify) free_entry);
  g_free (ledger);
}

/* How a version stands to the one that is known. */
typedef enum
{
  VERSION_NEWER,
  VERSION_SAME,
  VERSION_OLDER
} Standing;

static gboolean
is_number (const char *text)
{
  return text[0] != '\0' && strspn (text, "0123456789") == strlen (text) && strlen (text) < 19;
}

static guint64
mix (guint64 hash,
     guint64 value)
{
  hash = (hash ^ value) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  return hash ^ hash >> 29;
}

/* What readings [from, end) say; 0 where a version or a stamp tells one from the next. */
static guint64
hash_said (const TwFhirPage *page,
           guint from,
           guint end)
{
  const TwFhirReading *first = &g_array_index (page->readings, TwFhirReading, from);
  guint64 hash = 1;
  if (first->last_updated_us != 0 || tw_fhir_page_text (page, first->version)[0] != '\0')
    return 0;
  for (guint i = from; i < end; i++)
    {
      const TwObservation *obs = &g_array_index (page->readings, TwFhirReading, i).obs;
      guint64 bits;
      memcpy (&bits, &obs->value, sizeof bits);
      hash = mix (hash, (guint64) obs->t_us);
      hash = mix (hash, bits);
      hash = mix (hash, (guint64) (guint16) obs->channel << 40 | (guint64) obs->unit << 32 | obs->flags);
    }
  return MAX (hash, 1);
}

static Standing
compare_version (const Entry *known,
                 const char *version,
                 gint64 last_updated_us,
                 guint64 said)
{
  if (said != 0 && said == known->said)
    return VERSION_SAME;
  if (version[0] != '\0' && g_str_equal (known->version, version))
    return VERSION_SAME;
  if (is_number (version) && is_number (known->version))
    return g_ascii_strtoull (version, NULL, 10) > g_ascii_strtoull (known->version, NULL, 10)
               ? VERSION_NEWER
               : VERSION_OLDER;
  if (version[0] == '\0' && last_updated_us != 0 && last_updated_us == known->last_updated_us)
    return VERSION_SAME;
  return last_updated_us < known->last_updated_us ? VERSION_OLDER : VERSION_NEWER;
}

/* Joins readings of even spacing into runs. */
static void
note_instant (GArray *runs,
              const TwObservation *obs)
{
  if (runs->len > 0)
    {
      Run *last = &g_array_index (runs, Run, runs->len - 1);
      gint64 step = obs->t_us - (last->t_us + last->period_us * (last->n - 1));
      if (last->patient == obs->patient && last->channel == obs->channel && step > 0
          && (last->n == 1 || step == last->period_us))
        {
          last->period_us = step;
          last->n++;
          return;
        }
    }
  Run run = { obs->t_us, 0, obs->patient, 1, obs->channel };
  g_array_append_val (runs, run);
}

static gboolean
covers (const GArray *runs,
        const Run *instant)
{
  for (guint i = 0; i < runs->len; i++)
    {
      const Run *run = &g_array_index (runs, Run, i);
      gint64 offset = instant->t_us - run->t_us;
      if (run->patient != instant->patient || run->channel != instant->channel || offset < 0)
        continue;
      if (offset == 0
          || (run->period_us > 0 && offset % run->period_us == 0
              && offset / run->period_us < run->n))
        return TRUE;
    }
  return FALSE;
}

/* Withdraws what the entry said and `now` no longer says, unless another resource has spoken there
 * since. */
static void
take_back (TwLedger *ledger,
           const Entry *entry,
           const GArray *now,
           const TwLedgerTerms *terms,
           GArray *out)
{
  for (guint i = 0; i < entry->n_runs; i++)
    for (guint k = 0; k < entry->runs[i].n; k++)
      {
        Run instant = entry->runs[i];
        instant.t_us += instant.period_us * k;
        const Entry *owner = g_hash_table_lookup (get_owners (ledger, &instant), &instant);
        if (covers (now, &instant) || (owner != NULL && owner != entry))
          continue;
        TwObservation obs = {
          .t_us = instant.t_us,
          .value = (double) NAN,
          .patient = instant.patient,
          .channel = instant.channel,
          .unit = (guint8) tw_channel_info ((TwChannel) instant.channel)->unit,
          .flags = TW_OBSERVATION_WITHDRAWN | terms->flags,
        };
        g_array_append_val (out, obs);
      }
}

static Entry *
find_or_add (TwLedger *ledger,
             const char *id)
{
  Entry *entry = g_hash_table_lookup (get_entries (ledger, id), id);
  if (entry != NULL)
    return entry;
  while (ledger->n_ids >= ledger->max_ids)
    {
      Entry *oldest = g_queue_pop_head (&ledger->order);
      let_go (ledger, oldest);
      g_hash_table_remove (get_entries (ledger, oldest->id), oldest->id);
      free_entry (oldest);
      ledger->n_ids--;
      ledger->forgot = TRUE;
    }
  entry = g_new0 (Entry, 1);
  entry->id = g_strdup (id);
  entry->version = g_ref_string_new_intern ("");
  g_hash_table_insert (get_entries (ledger, id), entry->id, entry);
  ledger->n_ids++;
  g_queue_push_tail (&ledger->order, entry);
  return entry;
}

static void
remember (TwLedger *ledger,
          Entry *entry,
          const char *version,
          gint64 last_updated_us,
          GArray *runs)
{
  let_go (ledger, entry);
  clear_runs (entry);
  g_ref_string_release (entry->version);
  entry->version = g_ref_string_new_intern (version);
  entry->last_updated_us = last_updated_us;
  entry->scan = ledger->scan;
  entry->n_runs = runs->len;
  if (runs->len == 1)
    entry->one = g_array_index (runs, Run, 0);
  entry->runs = runs->len == 1 ? &entry->one : g_memdup2 (runs->data, runs->len * sizeof (Run));
  for (guint i = 0; i < entry->n_runs; i++)
    if (entry->runs[i].n == 1)
      g_hash_table_replace (get_owners (ledger, &entry->runs[i]), &entry->runs[i], entry);
}

/* A page while it is taken. */
typedef struct
{
  TwLedger *ledger;
  const TwFhirPage *page;
  const TwLedgerTerms *terms;
  int *indices;        /* of the page's subjects in the roster, -1: a stranger */
  GArray *out;
  TwLedgerCounts *counts;
} Taking;

/* The reading as the roster's patient's; FALSE when it is not used. */
static gboolean
convert (const Taking *taking,
         const TwFhirReading *reading,
         TwObservation *obs)
{
  int index = taking->indices[reading->obs.patient];
  if (index < 0)
    {
      taking->counts->n_strangers++;
      return FALSE;
    }
  if (reading->obs.t_us > taking->terms->latest_us)
    {
      taking->counts->n_future++;
      return FALSE;
    }
  *obs = reading->obs;
  obs->patient = (guint32) index;
  obs->flags |= taking->terms->flags;
  return TRUE;
}

/* Readings [from, end) of the page: one version of one resource. */
static void
take_resource (const Taking *taking,
               guint from,
               guint end)
{
  TwLedger *ledger = taking->ledger;
  const TwFhirPage *page = taking->page;
  TwLedgerCounts *counts = taking->counts;
  const TwFhirReading *first = &g_array_index (page->readings, TwFhirReading, from);
  const char *id = tw_fhir_page_text (page, first->id);
  const char *version = tw_fhir_page_text (page, first->version);
  const guint64 said = hash_said (page, from, end);
  const gboolean withdrawn = (first->obs.flags & TW_OBSERVATION_WITHDRAWN) != 0;
  const gboolean named = ledger->max_ids > 0 && id[0] != '\0';
  Entry *known = named ? g_hash_table_lookup (get_entries (ledger, id), id) : NULL;
  if (known != NULL)
    known->scan = ledger->scan;
  Standing standing =
      known != NULL ? compare_version (known, version, first->last_updated_us, said) : VERSION_NEWER;
  if (standing != VERSION_NEWER)
    {
      *(standing == VERSION_SAME ? &counts->n_repeated : &counts->n_outdated) += end - from;
      return;
    }
  /* Who never said anything here has nothing to take back: another may have spoken for that
   * instant. */
  if (withdrawn && known == NULL && !ledger->forgot)
    {
      counts->n_outdated += end - from;
      return;
    }
  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (Run));
  gboolean raw = FALSE;
  for (guint i = from; i < end; i++)
    {
      TwObservation obs;
      if (!convert (taking, &g_array_index (page->readings, TwFhirReading, i), &obs))
        continue;
      if (withdrawn && known != NULL)
        continue; /* what it had said is taken back below, by its own memory */
      if (obs.unit == TW_UNIT_UNKNOWN)
        raw = TRUE; /* holds no instant: what stood there before is taken back */
      else if (named && !withdrawn)
        note_instant (runs, &obs);
      g_array_append_val (taking->out, obs);
      counts->n_taken++;
    }
  if (known != NULL)
    take_back (ledger, known, runs, taking->terms, taking->out);
  if (!named || (runs->len == 0 && known == NULL && !raw))
    return;
  Entry *entry = find_or_add (ledger, id);
  remember (ledger, entry, version, first->last_updated_us, runs);
  entry->said = said;
}

/* A new version that cannot be read takes its predecessor's values away: they are known to be
 * superseded. */
static void
take_refusal (const Taking *taking,
              const TwFhirRefusal *refusal,
              GHashTable *read)
{
  const char *id = tw_fhir_page_text (taking->page, refusal->id);
  Entry *known = g_hash_table_lookup (get_entries (taking->ledger, id), id);
  if (known == NULL || known->n_runs == 0 || g_hash_table_contains (read, id))
    return;
  g_autoptr (GArray) nothing = g_array_new (FALSE, FALSE, sizeof (Run));
  take_back (taking->ledger, known, nothing, taking->terms, taking->out);
  let_go (taking->ledger, known);
  clear_runs (known);
}

void
tw_ledger_take (TwLedger *ledger,
                const TwFhirPage *page,
                const TwLedgerTerms *terms,
                GArray *out,
                TwLedgerCounts *counts)
{
  g_return_if_fail (ledger != NULL && page != NULL && terms != NULL && out != NULL
                    && counts != NULL);
  g_autofree int *indices = g_new (int, page->subjects->len + 1);
  g_autoptr (GHashTable) read = g_hash_table_new (g_str_hash, g_str_equal);
  const Taking taking = { ledger, page, terms, indices, out, counts };
  for (guint i = 0; i < page->subjects->len; i++)
    indices[i] = tw_roster_find (
        terms->roster, tw_fhir_page_text (page, g_array_index (page->subjects, guint32, i)));

  for (guint from = 0, end; from < page->readings->len; from = end)
    {
      const TwFhirReading *first = &g_array_index (page->readings, TwFhirReading, from);
      const char *id = tw_fhir_page_text (page, first->id);
      for (end = from + 1; end < page->readings->len; end++)
        {
          const TwFhirReading *next = &g_array_index (page->readings, TwFhirReading, end);
          if (!g_str_equal (tw_fhir_page_text (page, next->id), id)
              || !g_str_equal (tw_fhir_page_text (page, next->version),
                               tw_fhir_page_text (page, first->version)))
            break; /* a history bundle holds several versions of one */
        }
      g_hash_table_add (read, (gpointer) id);
      take_resource (&taking, from, end);
    }
  for (guint i = 0; ledger->max_ids > 0 && i < page->refusals->len; i++)
    take_refusal (&taking, &g_array_index (page->refusals, TwFhirRefusal, i), read);
}

void
tw_ledger_begin_scan (TwLedger *ledger)
{
  ledger->scan++;
}

/* Whether all that the resource said lies in the search: someone present, measured since. */
static gboolean
lies_within (const Entry *entry,
             const TwRoster *roster,
             gint64 from_us)
{
  for (guint i = 0; i < entry->n_runs; i++)
    if (entry->runs[i].t_us < from_us + TW_SECOND
        || !g_array_index (roster->present, gboolean, entry->runs[i].patient))
      return FALSE;
  return entry->n_runs > 0;
}

GPtrArray *
tw_ledger_list_unseen (const TwLedger *ledger,
                       const TwRoster *roster,
                       gint64 from_us,
                       guint max)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);
  for (const GList *link = ledger->order.head; link != NULL && ids->len < max; link = link->next)
    {
      const Entry *entry = link->data;
      if (entry->scan < ledger->scan && lies_within (entry, roster, from_us))
        g_ptr_array_add (ids, g_strdup (entry->id));
    }
  return ids;
}

void
tw_ledger_withdraw (TwLedger *ledger,
                    const char *id,
                    const TwLedgerTerms *terms,
                    GArray *out)
{
  Entry *entry = g_hash_table_lookup (get_entries (ledger, id), id);
  g_autoptr (GArray) nothing = g_array_new (FALSE, FALSE, sizeof (Run));
  if (entry == NULL)
    return;
  take_back (ledger, entry, nothing, terms, out);
  let_go (ledger, entry);
  clear_runs (entry);
}
