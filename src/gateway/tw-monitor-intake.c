/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A message's readings as ticks of the journal, one for each patient and instant. The answer waits
 * for the commit. */
#include "config.h"

#include "tw-monitor-intake.h"

#include <math.h>

#define EPOCH 1 /* messages go by their names, which need no counting anew */

typedef struct
{
  TwIngest *ingest;
  TwMllpTicket *ticket;
} Delivery;

static void
fill_who (TwPatientFields   *who,
          const TwHl7Person *person)
{
  *who = (TwPatientFields) {
    .family = person->family[0] != '\0' ? (char *) person->family : NULL,
    .given = person->given[0] != '\0' ? (char *) person->given : NULL,
    .identifier = (char *) person->record,
    .bed = person->bed[0] != '\0' ? (char *) person->bed : NULL,
    .ward = person->ward[0] != '\0' ? (char *) person->ward : NULL,
    .sex = person->sex,
    .birth_year = person->birth_year,
    .birth_month = person->birth_month,
    .birth_day = person->birth_day,
    .age_years = -1,
    .weight_kg = (double) NAN,
  };
}

/* All readings of the same patient and instant as the first; done marks those that were taken. */
static guint
gather (const GArray  *readings,
        guint          first,
        guint8        *done,
        TwIntakeValue *values)
{
  const TwObservation *key = &g_array_index (readings, TwObservation, first);
  guint n = 0;

  for (guint i = first; i < readings->len && n < TW_INTAKE_MAX_VALUES; i++)
    {
      const TwObservation *reading = &g_array_index (readings, TwObservation, i);
      if (done[i] || reading->patient != key->patient || reading->t_us != key->t_us)
        continue;
      done[i] = 1;
      values[n++] = (TwIntakeValue) {
        .value = reading->value,
        .channel = (TwChannel) reading->channel,
        .unit = (TwUnit) reading->unit,
        .flags = (guint8) reading->flags,
      };
    }
  return n;
}

static TwIntakeBatch *
make_batch (const TwMllpTicket *ticket,
            gint64              rx_us)
{
  const TwHl7Message *message = tw_mllp_ticket_get_message (ticket);
  TwIntakeBatch *batch = tw_intake_batch_new (tw_mllp_ticket_get_source (ticket), EPOCH);
  g_autofree guint8 *done = g_new0 (guint8, MAX (message->readings->len, 1));
  TwIntakeValue values[TW_INTAKE_MAX_VALUES];
  guint n_ticks = 0;

  for (guint i = 0; i < message->readings->len; i++)
    {
      const TwObservation *first = &g_array_index (message->readings, TwObservation, i);
      const TwHl7Person *person = &g_array_index (message->people, TwHl7Person, first->patient);
      g_autofree char *name = NULL;
      TwPatientFields who;
      TwIntakeMessage tick;

      if (done[i])
        continue;
      name = g_strdup_printf ("%s %u", tw_mllp_ticket_get_name (ticket), ++n_ticks);
      fill_who (&who, person);
      tick = (TwIntakeMessage) {
        .name = name,
        .patient = person->id,
        .who = &who,
        .t_us = first->t_us,
        .rx_us = MAX (rx_us, first->t_us),
        .n = gather (message->readings, i, done, values),
        .values = values,
      };
      tw_intake_batch_add (batch, &tick);
    }
  return batch;
}

static void
on_committed (GObject      *object,
              GAsyncResult *result,
              gpointer      data)
{
  g_autofree Delivery *delivery = data;
  g_autoptr (GError) error = NULL;
  TwIntakeReceipt receipt;

  if (!tw_ingest_submit_finish (delivery->ingest, result, &receipt, &error))
    {
      g_warning ("HL7: %s", error->message);
      tw_hl7_message_refuse (tw_mllp_ticket_get_message (delivery->ticket), TW_HL7_REJECT,
                             TW_HL7_INTERNAL, "it could not be kept here: send it again");
    }
  tw_mllp_ticket_answer (delivery->ticket);
}

void
tw_monitor_intake_deliver (TwMllpTicket *ticket,
                           gpointer      ingest)
{
  g_autoptr (TwIntakeBatch) batch = NULL;
  Delivery *delivery;

  g_return_if_fail (ticket != NULL && ingest != NULL);

  if (tw_mllp_ticket_get_message (ticket)->readings->len == 0)
    {
      tw_mllp_ticket_answer (ticket);
      return;
    }
  batch = make_batch (ticket, g_get_real_time ());
  delivery = g_new0 (Delivery, 1);
  delivery->ingest = ingest;
  delivery->ticket = ticket;
  tw_ingest_submit_async (ingest, batch, on_committed, delivery);
}
