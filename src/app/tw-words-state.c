/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the window says of the feed as a whole. */
#include "config.h"

#include "tw-words-state.h"

#include "tw-time.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* A transport error is worth a bar only when it lasts. */
#define RECONNECT_GRACE_US (5 * TW_SECOND)
/* Differences between two clocks that are worth a bar. */
#define CLOCK_SKEW_US (30 * TW_SECOND)

char *
tw_words_span (gint64 span_us)
{
  gint64 s = ABS (span_us) / TW_SECOND;

  if (s < 60)
    return g_strdup_printf (_("%d s"), (int) s);
  if (s < 3600)
    return g_strdup_printf (_("%d min %d s"), (int) (s / 60), (int) (s % 60));
  return g_strdup_printf (_("%d h %d min"), (int) (s / 3600), (int) (s % 3600 / 60));
}

static char *
dup_clock (gint64 t_us)
{
  char buffer[32];

  return g_strdup (tw_time_format_clock (t_us, NULL, FALSE, buffer, sizeof buffer));
}

/* "3 Mar": months as words, in the reader's language. */
static char *
dup_date (gint64 t_us)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (t_us / TW_SECOND);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;

  /* Translators: day and month as g_date_time_format() writes them, "3 Mar". */
  return local != NULL ? g_date_time_format (local, _("%-d %b")) : g_strdup ("");
}

static void
source_bar (const TwStateInput *input,
            TwBarWords *words)
{
  if (input->status->invented)
    {
      words->text = g_strdup (_("Demo – invented patients"));
      words->button = _("Connect to a Server");
      words->action = "win.connect";
      return;
    }
  if (input->status->recorded)
    {
      g_autofree char *date = dup_date (input->first_us != 0 ? input->first_us : input->now_us);
      g_autofree char *first = dup_clock (input->first_us);
      g_autofree char *last = dup_clock (input->last_us);

      if (input->first_us == 0)
        words->text = g_strdup (_("Recorded session"));
      else
        /* Translators: as "Recorded session, 3 Mar 08:00–12:00". */
        words->text = g_strdup_printf (_("Recorded session, %s %s–%s"), date, first, last);
    }
}

static void
reconnecting_bar (const TwStateInput *input,
                  TwBarWords *words)
{
  const TwFeedStatus *status = input->status;
  g_autofree char *since = dup_clock (status->since_us);
  gint64 wait_us = status->retry_us - input->wall_us;

  if (input->wall_us - status->since_us < RECONNECT_GRACE_US)
    return;
  words->tone = TW_TONE_WARNING;
  words->button = _("Retry Now");
  words->action = "win.refresh";
  if (status->retry_us != 0 && wait_us > 0)
    /* Translators: as "Connection lost 14:02. Retrying in 8 s". */
    words->text = g_strdup_printf (_("Connection lost %s. Retrying in %d s"), since,
                                   (int) ((wait_us + TW_SECOND - 1) / TW_SECOND));
  else
    words->text = g_strdup_printf (_("Connection lost %s. Retrying now"), since);
}

static void
connection_bar (const TwStateInput *input,
                TwBarWords *words)
{
  const TwFeedStatus *status = input->status;
  g_autofree char *last = dup_clock (input->last_us != 0 ? input->last_us : input->now_us);

  switch (status->state)
    {
    case TW_FEED_RECONNECTING:
      reconnecting_bar (input, words);
      break;
    case TW_FEED_OFFLINE:
      words->text = g_strdup_printf (_("Working offline – data to %s"), last);
      words->button = _("Retry Now");
      words->action = "win.refresh";
      words->tone = TW_TONE_WARNING;
      break;
    case TW_FEED_FORBIDDEN:
      words->text = g_strdup (status->message[0] != '\0' ? status->message
                                                         : _("No permission for this ward."));
      words->tone = TW_TONE_WARNING;
      return;
    case TW_FEED_FAULT:
      words->text = g_strdup (status->message[0] != '\0'
                                ? status->message
                                : _("The server does not answer as expected."));
      words->button = _("Retry Now");
      words->action = "win.refresh";
      words->tone = TW_TONE_ERROR;
      return;
    case TW_FEED_ENDED:
      words->text = g_strdup (_("The recording has ended."));
      break;
    default:
      return;
    }
  if (words->text != NULL && status->message[0] != '\0')
    words->details = g_strdup (status->message);
}

static void
clock_bar (const TwStateInput *input,
           TwBarWords *words)
{
  gint64 offset_us = input->status->clock_offset_us;
  g_autofree char *span = tw_words_span (offset_us);

  if (input->status->recorded || ABS (offset_us) <= CLOCK_SKEW_US)
    return;
  words->tone = TW_TONE_WARNING;
  words->text = g_strdup_printf (offset_us < 0 ? _("This computer’s clock is %s fast")
                                               : _("This computer’s clock is %s slow"),
                                 span);
  words->details = g_strdup (_("Times and ages are taken from the server’s clock."));
}

/* "3 of 412 readings could not be read" */
static char *
dup_refused_of (const TwFeedCounts *counts)
{
  g_autofree char *refused = g_strdup_printf ("%" G_GUINT64_FORMAT, counts->n_refused);
  g_autofree char *received = g_strdup_printf ("%" G_GUINT64_FORMAT, counts->n_received);

  /* Translators: as "3 of 412 readings could not be read". */
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s of %s readings could not be read",
                                       "%s of %s readings could not be read",
                                       (gulong) counts->n_refused),
                          refused, received);
}

static void
partial_bar (const TwStateInput *input,
             TwBarWords *words)
{
  const TwFeedCounts *counts = input->counts;

  if (counts == NULL || (counts->n_refused == 0 && counts->said[0] == '\0'))
    return;
  words->text = counts->n_refused > 0 ? dup_refused_of (counts)
                                      : g_strdup (_("The server sends a remark with its readings"));
  words->button = _("Details");
  words->action = "win.refused";
  words->tone = TW_TONE_WARNING;
  if (counts->last_refusal[0] != '\0')
    words->details = g_strdup_printf (_("Last: %s"), counts->last_refusal);
  else if (counts->said[0] != '\0')
    words->details = g_strdup_printf (_("The server says: %s"), counts->said);
}

static void
append_paragraph (GString *text,
                  const char *paragraph)
{
  g_string_append_printf (text, "%s%s", text->len > 0 ? "\n\n" : "", paragraph);
}

/* "• unit “foo” of heart rate is not known (3 times, the last: Observation o7)" */
static char *
dup_kind (const TwFeedRefusal *kind)
{
  g_autofree char *times
    = kind->n > 1 ? g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%d time", "%d times", (gulong) kind->n),
                                     (int) kind->n)
                  : NULL;
  /* Translators: the id of a resource on the server; "Observation" is FHIR's word. */
  g_autofree char *id
    = kind->id[0] != '\0' && strstr (kind->words, kind->id) == NULL
        ? g_strdup_printf (kind->n > 1 ? _("the last: Observation %s") : _("Observation %s"), kind->id)
        : NULL;

  g_autofree char *first = g_utf8_substring (kind->words, 0, MIN (g_utf8_strlen (kind->words, -1), 1));
  g_autofree char *capital = g_utf8_strup (first, -1);
  const char *rest = kind->words + strlen (first);

  if (times == NULL && id == NULL)
    return g_strdup_printf ("• %s%s", capital, rest);
  return g_strdup_printf ("• %s%s (%s%s%s)", capital, rest, times != NULL ? times : "",
                          times != NULL && id != NULL ? ", " : "", id != NULL ? id : "");
}

static char *
dup_ignored (const TwFeedCounts *counts)
{
  /* Translators: names of FHIR's search parameters, as "_sort, date". */
  g_autofree char *what
    = g_strdup_printf (_("This server ignores or refuses these parts of a search: %s. "
                         "Twinward asks in another way."),
                       counts->ignored);

  if (strstr (counts->ignored, "_lastUpdated") == NULL)
    return g_steal_pointer (&what);
  return g_strconcat (what, " ", _("A value that is charted late may be shown up to an hour late."), NULL);
}

char *
tw_words_refused (const TwFeedCounts *counts)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_return_val_if_fail (counts != NULL, NULL);

  for (guint i = 0; i < counts->n_kinds; i++)
    {
      g_autofree char *kind = dup_kind (&counts->kinds[i]);

      g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", kind);
    }
  if (counts->n_refused > 0)
    append_paragraph (text, _("What could be read is shown. A reading in a unit that is not known is never "
                              "converted by guess."));
  if (counts->said[0] != '\0')
    {
      g_autofree char *said = g_strdup_printf (_("The server says: %s"), counts->said);

      append_paragraph (text, said);
    }
  if (counts->ignored[0] != '\0')
    {
      g_autofree char *ignored = dup_ignored (counts);

      append_paragraph (text, ignored);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
tw_words_feed_manner (const TwStateInput *input)
{
  const TwFeedCounts *counts = input->counts;
  const char *manner;
  g_autofree char *ignored = NULL;

  if (input->status == NULL)
    return g_strdup ("");
  manner = input->status->streaming ? _("Readings arrive as they are made")
                                    : _("The server is asked for new readings");
  if (counts == NULL || counts->ignored[0] == '\0')
    return g_strdup (manner);
  ignored = dup_ignored (counts);
  return g_strconcat (manner, "\n", ignored, NULL);
}

void
tw_words_bar (TwBar bar,
              const TwStateInput *input,
              TwBarWords *words)
{
  *words = (TwBarWords) { 0 };
  if (input->status == NULL)
    return;
  switch (bar)
    {
    case TW_BAR_SOURCE:
      source_bar (input, words);
      break;
    case TW_BAR_CONNECTION:
      connection_bar (input, words);
      break;
    case TW_BAR_CLOCK:
      clock_bar (input, words);
      break;
    case TW_BAR_PARTIAL:
      partial_bar (input, words);
      break;
    case TW_N_BARS:
    default:
      g_return_if_reached ();
    }
}

void
tw_bar_words_clear (TwBarWords *words)
{
  g_clear_pointer (&words->text, g_free);
  g_clear_pointer (&words->details, g_free);
}

char *
tw_words_pill (const TwStateInput *input)
{
  const TwFeedStatus *status = input->status;

  if (status == NULL)
    return g_strdup ("");
  switch (status->state)
    {
    case TW_FEED_CONNECTING:
      return g_strdup (_("Connecting"));
    case TW_FEED_LOADING:
      return g_strdup (_("Loading"));
    case TW_FEED_LIVE:
      break;
    case TW_FEED_RECONNECTING:
      return g_strdup (_("Reconnecting"));
    case TW_FEED_ENDED:
      return g_strdup (_("Ended"));
    case TW_FEED_OFFLINE:
      return g_strdup (_("Offline"));
    case TW_FEED_SIGNED_OUT:
      return g_strdup (_("Signed out"));
    case TW_FEED_FORBIDDEN:
    case TW_FEED_UNTRUSTED:
    case TW_FEED_FAULT:
    default:
      return g_strdup (_("No data"));
    }
  if (status->recorded && status->speed > 1.01)
    /* Translators: a recording played faster, as "Replay 60×". */
    return g_strdup_printf (_("Replay %.0f×"), status->speed);
  if (status->recorded)
    return g_strdup (_("Replay"));
  if (status->speed > 1.01)
    /* Translators: the demo ward runs faster than real time, as "Live 5×". */
    return g_strdup_printf (_("Live %.0f×"), status->speed);
  return g_strdup (_("Live"));
}

const char *
tw_words_pill_class (const TwStateInput *input)
{
  if (input->status == NULL)
    return "quiet";
  switch (input->status->state)
    {
    case TW_FEED_LIVE:
      return input->status->recorded ? "replay" : "live";
    case TW_FEED_RECONNECTING:
      return "late";
    case TW_FEED_OFFLINE:
    case TW_FEED_SIGNED_OUT:
    case TW_FEED_FORBIDDEN:
    case TW_FEED_UNTRUSTED:
    case TW_FEED_FAULT:
      return "lost";
    case TW_FEED_CONNECTING:
    case TW_FEED_LOADING:
    case TW_FEED_ENDED:
    default:
      return "quiet";
    }
}

TwView
tw_words_view (const TwStateInput *input)
{
  if (input->status == NULL)
    return TW_VIEW_WELCOME;
  switch (input->status->state)
    {
    case TW_FEED_SIGNED_OUT:
      return TW_VIEW_SIGNED_OUT;
    case TW_FEED_UNTRUSTED:
      return TW_VIEW_UNTRUSTED;
    case TW_FEED_FORBIDDEN:
      return TW_VIEW_FORBIDDEN;
    case TW_FEED_FAULT:
      return input->n_patients > 0 ? TW_VIEW_WARD : TW_VIEW_FAULT;
    case TW_FEED_CONNECTING:
    case TW_FEED_LOADING:
      return input->n_patients > 0 ? TW_VIEW_WARD : TW_VIEW_LOADING;
    case TW_FEED_RECONNECTING:
    case TW_FEED_OFFLINE:
      return input->n_patients > 0 ? TW_VIEW_WARD : TW_VIEW_UNREACHABLE;
    case TW_FEED_LIVE:
    case TW_FEED_ENDED:
    default:
      return input->n_patients > 0 ? TW_VIEW_WARD : TW_VIEW_EMPTY;
    }
}

const char *
tw_view_name (TwView view)
{
  static const char *const names[TW_N_VIEWS] = {
    [TW_VIEW_WELCOME] = "welcome",       [TW_VIEW_LOADING] = "loading",
    [TW_VIEW_WARD] = "ward",             [TW_VIEW_EMPTY] = "empty",
    [TW_VIEW_SIGNED_OUT] = "signed-out", [TW_VIEW_FORBIDDEN] = "forbidden",
    [TW_VIEW_UNTRUSTED] = "untrusted",   [TW_VIEW_FAULT] = "fault",
    [TW_VIEW_UNREACHABLE] = "unreachable",
  };

  g_return_val_if_fail ((guint) view < TW_N_VIEWS, "welcome");
  return names[view];
}
