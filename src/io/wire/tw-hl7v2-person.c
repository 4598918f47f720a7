/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who a message is about, and in which bed: PID and PV1. */
#include "config.h"

#include "tw-hl7v2-read.h"

#include <string.h>

#define PID_FIELDS 10
#define PV1_FIELDS 5

/* Record numbers come before numbers of other kinds (HL7 table 0203). */
static int
rank_identifier (TwHl7Piece type)
{
  static const char *const types[] = { "MR", "PI", "PT", "" };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (tw_hl7_piece_equal (type, types[i]))
      return (int) i;
  return G_N_ELEMENTS (types);
}

/* The identifier of PID-3 that names the person best; empty when none does. */
static TwHl7Piece
choose_identifier (TwHl7Piece             field,
                   const TwHl7Separators *separators)
{
  TwHl7Piece best = { "", 0 };
  int best_rank = G_MAXINT;
  guint n = 0;

  for (gsize at = 0; at <= field.length && n < 16; n++)
    {
      TwHl7Piece rest = { field.text + at, field.length - at };
      TwHl7Piece one = tw_hl7_part (rest, separators->repetition, 1);
      TwHl7Piece type = tw_hl7_trim (tw_hl7_part (one, separators->component, 5));
      int rank = rank_identifier (type);

      if (rank < best_rank && !tw_hl7_piece_is_empty (tw_hl7_part (one, separators->component, 1)))
        {
          best = one;
          best_rank = rank;
        }
      at += one.length + 1;
    }
  return best;
}

/* What monitors send in the place of a number while nobody is admitted: everyone at once. */
static gboolean
is_nobody (const char *record)
{
  static const char *const words[] = { "unknown", "id unknown", "none", "no id" };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_ascii_strcasecmp (record, words[i]) == 0)
      return TRUE;
  return *record == '\0';
}

/* The same number of the same authority is the same person, whatever of it is shown. FALSE: it
 * names nobody. */
static gboolean
make_id (TwHl7Person           *person,
         TwHl7Piece             identifier,
         const TwHl7Separators *separators)
{
  TwHl7Piece number = tw_hl7_trim (tw_hl7_part (identifier, separators->component, 1));
  TwHl7Piece authority = tw_hl7_trim (tw_hl7_part (identifier, separators->component, 4));
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  tw_hl7_decode (number, separators, person->record, sizeof person->record);
  if (is_nobody (person->record))
    return FALSE;
  g_checksum_update (checksum, (const guchar *) number.text, (gssize) number.length);
  g_checksum_update (checksum, (const guchar *) "\n", 1);
  g_checksum_update (checksum, (const guchar *) authority.text, (gssize) authority.length);
  g_snprintf (person->id, sizeof person->id, "hl7-%.24s", g_checksum_get_string (checksum));
  return TRUE;
}

static TwSex
read_sex (TwHl7Piece piece)
{
  piece = tw_hl7_trim (piece);
  if (tw_hl7_piece_equal (piece, "F"))
    return TW_SEX_FEMALE;
  if (tw_hl7_piece_equal (piece, "M"))
    return TW_SEX_MALE;
  return tw_hl7_piece_equal (piece, "O") || tw_hl7_piece_equal (piece, "A") ? TW_SEX_OTHER
                                                                            : TW_SEX_UNKNOWN;
}

static int
read_number (TwHl7Piece piece,
             gsize      from,
             gsize      n)
{
  int value = 0;

  if (piece.length < from + n)
    return 0;
  for (gsize i = from; i < from + n; i++)
    {
      if (!g_ascii_isdigit (piece.text[i]))
        return 0;
      value = value * 10 + piece.text[i] - '0';
    }
  return value;
}

/* YYYY[MM[DD...]]; what is no date stays unknown. */
static void
read_birth (TwHl7Person *person,
            TwHl7Piece   piece)
{
  int year, month, day;

  piece = tw_hl7_trim (piece);
  year = read_number (piece, 0, 4);
  month = read_number (piece, 4, 2);
  day = read_number (piece, 6, 2);
  if (year < 1850 || month > 12 || day > 31)
    return;
  if (day > 0 && !g_date_valid_dmy ((GDateDay) day, (GDateMonth) month, (GDateYear) year))
    return;
  person->birth_year = year;
  person->birth_month = month;
  person->birth_day = month > 0 ? day : 0;
}

void
tw_hl7_reader_take_pid (TwHl7Reader *reader,
                        TwHl7Piece   segment)
{
  const TwHl7Separators *separators = &reader->message->header.separators;
  TwHl7Piece fields[PID_FIELDS];
  TwHl7Piece identifier, name;
  TwHl7Person person = { 0 };

  reader->n_pid++;
  reader->has_person = FALSE;
  reader->no_person = TRUE;
  reader->order_time = (TwHl7Piece) { "", 0 };
  if (reader->message->people->len == TW_HL7_MAX_PATIENTS)
    return;
  tw_hl7_split (segment, separators->field, fields, PID_FIELDS);
  identifier = choose_identifier (fields[3], separators);
  if (identifier.length == 0 || !make_id (&person, identifier, separators))
    return;
  name = tw_hl7_part (fields[5], separators->repetition, 1);
  tw_hl7_decode (tw_hl7_part (tw_hl7_part (name, separators->component, 1),
                              separators->subcomponent, 1),
                 separators, person.family, sizeof person.family);
  tw_hl7_decode (tw_hl7_part (name, separators->component, 2), separators, person.given,
                 sizeof person.given);
  read_birth (&person, tw_hl7_part (fields[7], separators->component, 1));
  person.sex = read_sex (tw_hl7_part (fields[8], separators->component, 1));
  g_array_append_val (reader->message->people, person);
  reader->has_person = TRUE;
}

void
tw_hl7_reader_take_pv1 (TwHl7Reader *reader,
                        TwHl7Piece   segment)
{
  const TwHl7Separators *separators = &reader->message->header.separators;
  TwHl7Piece fields[PV1_FIELDS];
  TwHl7Piece place, bed;
  TwHl7Person *person;

  if (!reader->has_person)
    return;
  person = &g_array_index (reader->message->people, TwHl7Person, reader->message->people->len - 1);
  tw_hl7_split (segment, separators->field, fields, PV1_FIELDS);
  place = tw_hl7_part (fields[3], separators->repetition, 1);
  bed = tw_hl7_part (place, separators->component, 3);
  if (tw_hl7_piece_is_empty (bed))
    bed = tw_hl7_part (place, separators->component, 2);
  tw_hl7_decode (tw_hl7_part (bed, separators->subcomponent, 1), separators, person->bed,
                 sizeof person->bed);
  tw_hl7_decode (tw_hl7_part (tw_hl7_part (place, separators->component, 1),
                              separators->subcomponent, 1),
                 separators, person->ward, sizeof person->ward);
}
