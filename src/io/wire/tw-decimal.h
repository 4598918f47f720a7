/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decimal numbers as text and as scaled integers, without a digit gained or lost. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Appends the shortest decimal that reads back as exactly value: 37.2 is "37.2". value must be
 * finite. */
void tw_decimal_append (GString *out, double value);

/* A JSON-like number ("-3.5e2"; ".5" and "5." too) that fills text exactly. FALSE for anything
 * else, for "nan" and "inf", and beyond the range of double. */
gboolean tw_decimal_parse (const char *text, gsize length, double *value);

/* n * scale. Where 1 / scale is a whole number the result is divided, not multiplied, so that
 * 372 at 0.1 is the double nearest to 37.2. */
double tw_decimal_scaled (double n, double scale);

/* The whole number of scales nearest to value; NaN for NaN, infinities and beyond 2^53. */
double tw_decimal_to_scale (double value, double scale);

G_END_DECLS
