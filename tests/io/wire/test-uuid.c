/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ids from names, against those of another implementation (Python's uuid5). */
#include "config.h"

#include "tw-test.h"
#include "tw-uuid.h"

static void
test_names (void)
{
  static const struct
  {
    const char *name, *id;
  } cases[] = {
    { "", "bcb7250e-7753-5cf6-8e38-67d4bd1c2c37" },
    { "a", "adeac5d4-4225-54aa-985f-21c4140d4e16" },
    { "flag|https://ward.example/fhir|p-3|map-low-predicted|1795356130000000",
      "e54115ae-39a9-55d0-9af3-0de8f88e84f2" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      char id[TW_UUID_SIZE];

      g_assert_cmpstr (tw_uuid_from_name (cases[i].name, id), ==, cases[i].id);
    }
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/uuid/names", test_names);
  return g_test_run ();
}
