/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sheet outside the program: as CSV, SVG, PDF, or on the clipboard. Always in light colours. */
#pragma once

#include <gtk/gtk.h>

#include "tw-sheet.h"

G_BEGIN_DECLS

typedef enum
{
  TW_EXPORT_CSV,
  TW_EXPORT_SVG,
  TW_EXPORT_PDF
} TwExport;

/* The bytes of the file. Errors: those of the drawing; a sheet without a figure has no SVG or PDF. */
GBytes *tw_sheet_export (const TwSheet *sheet, TwExport format, GError **error);
/* "twinward-fit-2026-11-22-1402.csv": says nothing about who the patient is. Free with g_free. */
char *tw_sheet_dup_file_name (const TwSheet *sheet, TwExport format, gint64 made_us);
/* A picture of the figure, at twice the size; NULL with error as above. */
GdkTexture *tw_sheet_picture (const TwSheet *sheet, GError **error);
/* The table as text, and the figure as a picture for programs that want one. */
void tw_sheet_copy (const TwSheet *sheet, GdkClipboard *clipboard);

G_END_DECLS
