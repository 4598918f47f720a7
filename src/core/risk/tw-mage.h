/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mean amplitude of glycaemic excursions. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  double plus, minus; /* mean of rising and of falling excursions, mg/dL; NaN: none */
  double service;     /* the direction of the first excursion of each segment */
  double mean;        /* of plus and minus; of the one there is */
} TwMage;

/* n readings in rising time, finite, mg/dL. FALSE, and all NaN: too few. */
gboolean tw_mage_compute (const gint64 *t_us, const double *mg_dl, gsize n, TwMage *mage);

/* Mean and standard deviation of finite values; NaN where there are too few. */
void tw_moments (const double *values, gsize n, double *mean, double *sd);

G_END_DECLS
