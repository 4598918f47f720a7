/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints the glycaemic metrics of each patient of an observations file with all digits. */
#include "config.h"

#include "tw-glycaemia.h"

#include "tw-glucose-file.h"
#include "tw-test.h"

#include <stdio.h>

static void
print_patient (const TwGlycaemiaTable *table, const TwGlucoseFile *file, guint from, guint to)
{
  TwGlycaemia m;

  tw_glycaemia_compute (table, &g_array_index (file->t_us, gint64, from),
                        &g_array_index (file->mg_dl, double, from), to - from, &m);
  printf ("%s %u %.17g %.17g %.17g %.17g %.17g %.17g %.17g %.17g %.17g %.17g %.17g %.17g\n",
          (const char *) g_ptr_array_index (file->patient, from), m.n, m.mean, m.sd, m.cv, m.gmi, m.lbgi,
          m.hbgi, m.gri, m.in_range, m.below, m.very_low, m.above, m.very_high);
}

int
main (int argc, char **argv)
{
  g_autofree char *text = tw_test_dup_table ("glycaemia.csv");
  g_autoptr (GError) error = NULL;
  TwGlycaemiaTable table;
  guint from = 0;

  if (argc != 2 || !tw_glycaemia_table_read (&table, text, &error))
    return 2;
  g_auto (TwGlucoseFile) file = tw_glucose_file_read (argv[1]);

  for (guint i = 1; i <= file.patient->len; i++)
    if (i == file.patient->len
        || !g_str_equal (g_ptr_array_index (file.patient, i), g_ptr_array_index (file.patient, from)))
      {
        print_patient (&table, &file, from, i);
        from = i;
      }
  return 0;
}
