/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file of patient ids, for servers that have neither encounters nor groups. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TW_PATIENTS_FILE_ERROR (tw_patients_file_error_quark ())
GQuark tw_patients_file_error_quark (void);

typedef enum
{
  TW_PATIENTS_FILE_ERROR_EMPTY,
  TW_PATIENTS_FILE_ERROR_TOO_MANY, /* more than 500, or the file is larger than 1 MiB */
  TW_PATIENTS_FILE_ERROR_LINE      /* a line is no id of FHIR's */
} TwPatientsFileError;

/* The ids of a file, one a line; empty lines and those after "#" are passed over, "Patient/" before an
 * id is dropped. Free with g_strfreev. */
char **tw_patients_file_read (const char *path, GError **error);

G_END_DECLS
