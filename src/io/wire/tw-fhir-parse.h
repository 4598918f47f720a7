/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside the FHIR reader: the page being filled and what all kinds of resources need. */
#pragma once

#include "tw-fhir-read.h"
#include "tw-json-tape.h"

G_BEGIN_DECLS

#define TW_FHIR_CODE_SLOTS 64
#define TW_FHIR_UNIT_SLOTS 32
#define TW_FHIR_REFERENCE_SLOTS 256
#define TW_FHIR_CHANNEL_PANEL (-2) /* a panel code: components or members carry the values */

/* A code or unit that was looked up before. length 0: an empty slot. */
typedef struct
{
  char code[16];
  guint8 length;
  gint8 channel;
} TwFhirCodeSlot;

typedef struct
{
  char text[16]; /* zero beyond the code, so that it is copied whole into unit_text */
  guint8 length;
  guint8 unit;
} TwFhirUnitSlot;

/* A subject's reference that was followed before. length 0: an empty slot. */
typedef struct
{
  TwJsonText text;
  guint32 subject;
} TwFhirReferenceSlot;

typedef struct
{
  TwJsonDocument document;
  TwFhirPage *page;
  char *pool;            /* becomes page->text */
  gsize pool_length, pool_size;
  guint32 *subject_slots; /* open addressing: 1 + index of the subject; 0: empty */
  gsize n_subject_slots;  /* a power of two */
  TwFhirReferenceSlot references[TW_FHIR_REFERENCE_SLOTS];
  TwJsonText last_version;
  guint32 last_version_at;
  GHashTable *urls;      /* "urn:uuid:..." -> "Patient/1", made at the first such reference */
  guint32 entries;       /* tape index of the Bundle's entry list; 0: none */
  guint n_other_listed;
  guint bundle_seen;     /* members of the outermost Bundle that are there, a bit each */
  gboolean is_half;      /* other entries of the Bundle are read elsewhere ... */
  gboolean needs_whole;  /* ... and one of these may be what a reference means */
  gboolean assume_utc;   /* a time without a zone is UTC */
  gboolean has_nul;      /* a text of the resource in hand holds U+0000: it is refused */
  TwFhirCodeSlot codes[TW_FHIR_CODE_SLOTS];
  TwFhirUnitSlot units[TW_FHIR_UNIT_SLOTS];
} TwFhirParse;

/* Whether key is this literal; the length is compared first. */
#define TW_FHIR_KEY(key, literal) \
  ((key).length == sizeof (literal) - 1 && memcmp ((key).text, literal, sizeof (literal) - 1) == 0)

/* The text at index as it is, NULs and all: for comparisons and for parsers that refuse NUL by
 * themselves. */
static inline gboolean
tw_fhir_parse_raw (TwFhirParse *parse,
                   guint32 at,
                   TwJsonText *text)
{
  if (at == 0 || tw_json_type (&parse->document, at) != '"')
    return FALSE;
  *text = tw_json_text (&parse->document, at);
  return TRUE;
}

/* The one member called name: its tape index, 0 when absent or null. FALSE when it stands there
 * twice. */
static inline gboolean
tw_fhir_parse_member (TwFhirParse *parse,
                      guint32 object,
                      const char *name,
                      guint32 length,
                      guint32 *at)
{
  TwJsonMembers members;
  TwJsonText key;
  guint32 value, found = 0;

  *at = 0;
  if (object == 0 || !tw_json_members (&parse->document, object, &members))
    return TRUE;
  while (tw_json_members_next (&members, &key, &value))
    if (key.length == length && memcmp (key.text, name, length) == 0)
      {
        if (found != 0)
          return FALSE;
        found = value;
      }
  if (found != 0 && tw_json_type (&parse->document, found) != 'n')
    *at = found;
  return TRUE;
}

#define TW_FHIR_MEMBER(parse, object, literal, at) \
  tw_fhir_parse_member (parse, object, literal, sizeof (literal) - 1, at)

/* Eight bytes at a time; for tables that live as long as one page. */
static inline guint64
tw_fhir_hash (TwJsonText text)
{
  guint64 hash = text.length;

  for (guint32 i = 0; i < text.length; i += 8)
    {
      guint64 word = 0;

      memcpy (&word, text.text + i, MIN (text.length - i, 8));
      hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
      hash ^= hash >> 29;
    }
  return hash;
}

/* A string of the pool; its offset. text may not hold NUL (it would end there). */
guint32 tw_fhir_parse_keep (TwFhirParse *parse, const char *text, gsize length);
/* The same, cleaned and cut for people. */
guint32 tw_fhir_parse_keep_clean (TwFhirParse *parse, TwJsonText text);

/* Finds names among an object's members in one pass: at[i] is the tape index of the value, 0
 * when absent or null. FALSE when one of the names stands there twice. A value that is no object
 * has no members. */
gboolean tw_fhir_parse_index (TwFhirParse *parse, guint32 object, const char *const *names, guint n,
                              guint32 *at);
/* The text at index; FALSE when it is none, or holds NUL, which parse->has_nul remembers. */
gboolean tw_fhir_parse_text (TwFhirParse *parse, guint32 at, TwJsonText *text);
/* A copy of it, NULL when it is none. */
char *tw_fhir_parse_dup_text (TwFhirParse *parse, guint32 at);
gboolean tw_fhir_is_id (TwJsonText text);

/* "Patient/1", an absolute URL, or a "urn:uuid:" that an entry resolves -> the id of a resource
 * of this type (borrowed from the document or from parse). FALSE when the reference leads
 * nowhere. */
gboolean tw_fhir_parse_reference (TwFhirParse *parse, guint32 at, const char *type, TwJsonText *id);
/* Index of the patient in page->subjects. */
gboolean tw_fhir_parse_subject (TwFhirParse *parse, guint32 at, guint32 *subject);

/* meta -> version (offset) and last update; FALSE when a key repeats. at may be 0. */
gboolean tw_fhir_parse_meta (TwFhirParse *parse, guint32 at, guint32 *version,
                             gint64 *last_updated_us);

typedef struct
{
  TwFhirProblem problem;
  guint32 id;        /* offset */
  TwChannel channel;
  TwJsonText detail; /* length 0: none */
} TwFhirRefuse;

/* Fills refuse with a literal detail and gives FALSE. */
static inline gboolean
tw_fhir_refuse_as (TwFhirRefuse *refuse,
                   TwFhirProblem problem,
                   const char *words)
{
  refuse->problem = problem;
  refuse->detail = (TwJsonText) { words, (guint32) strlen (words) };
  return FALSE;
}

void tw_fhir_parse_refuse (TwFhirParse *parse, const TwFhirRefuse *refuse);
/* The detail as a literal. */
void tw_fhir_parse_refuse_words (TwFhirParse *parse, TwFhirProblem problem, guint32 id,
                                 TwChannel channel, const char *words);

/* Reads the document that the door has opened; the page stays the parse's. */
TwFhirParse *tw_fhir_parse_new (const TwJsonDocument *document);
void tw_fhir_parse_free (TwFhirParse *parse);
gboolean tw_fhir_parse_bundle (TwFhirParse *parse, GError **error);
/* The resourceType of a document; length 0 when there is none. */
TwJsonText tw_fhir_parse_type (TwFhirParse *parse);
/* The finished page; only once. */
TwFhirPage *tw_fhir_parse_steal_page (TwFhirParse *parse);
TwFhirPage *tw_fhir_page_new (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwFhirParse, tw_fhir_parse_free)

/* A large Bundle cut between two entries and read by two threads. NULL: it cannot be, for any reason;
 * the whole document is to be read, and says what is wrong with it. */
TwFhirPage *tw_fhir_read_halves (const char *data, gsize length);
/* The same in one piece. */
TwFhirPage *tw_fhir_read_whole (const char *data, gsize length, GError **error);

/* One resource each; full_url may be 0. They refuse what is wrong, and never fail. */
void tw_fhir_read_observation (TwFhirParse *parse, guint32 resource);
void tw_fhir_read_patient (TwFhirParse *parse, guint32 resource, guint32 full_url);
void tw_fhir_read_encounter (TwFhirParse *parse, guint32 resource);
void tw_fhir_read_location (TwFhirParse *parse, guint32 resource);
/* A Group, or a List. */
void tw_fhir_read_members (TwFhirParse *parse, guint32 resource, gboolean is_list);

/* An OperationOutcome in words, cleaned and cut; free with g_free. */
char *tw_fhir_read_outcome (TwFhirParse *parse, guint32 resource, gboolean *transient);

/* Values of SampledData, one reading each; reading carries all but time, value, unit and flags. */
typedef struct
{
  guint32 at;        /* the SampledData */
  gint64 start_us;
  TwFhirReading reading;
} TwFhirSamples;

/* FALSE when refused: problem and words say why. */
gboolean tw_fhir_read_samples (TwFhirParse *parse, const TwFhirSamples *samples,
                               TwFhirRefuse *refuse);

/* UCUM code with its system -> unit and text of obs; FALSE when it is not a known one. */
gboolean tw_fhir_parse_unit (TwFhirParse *parse, guint32 system, guint32 code, TwObservation *obs);

G_END_DECLS
