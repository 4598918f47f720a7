/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sheet outside the program: as CSV, SVG, PDF, or on the clipboard. */
#include "config.h"

#include "tw-sheet-export.h"

#include "tw-plot.h"
#include "tw-time.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <glib/gi18n-lib.h>
#include <gio/gio.h>

#define WIDTH 640.0
#define HEIGHT 420.0
#define MARGIN 12.0
#define PICTURE_SCALE 2.0

static const char *const extensions[] = { "csv", "svg", "pdf" };

static gboolean
draw (const TwSheet *sheet,
      cairo_t *cr,
      double scale,
      GError **error)
{
  TwFigureView view = { WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN, scale, tw_theme_get (FALSE), sheet->caption,
                        _("Association, not cause.") };

  if (sheet->figure == NULL)
    {
      g_set_error (error, TW_PLOT_ERROR, TW_PLOT_ERROR_STRIP, _("There is no figure here to be saved."));
      return FALSE;
    }
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  cairo_translate (cr, MARGIN, MARGIN);
  return tw_plot_figure (cr, sheet->figure, &view, error);
}

static cairo_status_t
take_bytes (void *closure,
            const unsigned char *data,
            unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static GBytes *
draw_file (const TwSheet *sheet,
           TwExport format,
           GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  cairo_surface_t *surface
    = format == TW_EXPORT_PDF ? cairo_pdf_surface_create_for_stream (take_bytes, bytes, WIDTH, HEIGHT)
                              : cairo_svg_surface_create_for_stream (take_bytes, bytes, WIDTH, HEIGHT);
  cairo_t *cr = cairo_create (surface);
  gboolean done;

  if (format == TW_EXPORT_PDF)
    {
      cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE, sheet->caption);
      cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATOR, "Twinward " TW_VERSION);
    }
  done = draw (sheet, cr, 1, error);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  if (done && cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    {
      g_set_error (error, TW_PLOT_ERROR, TW_PLOT_ERROR_DRAW, _("The chart could not be drawn: %s."),
                   cairo_status_to_string (cairo_surface_status (surface)));
      done = FALSE;
    }
  cairo_surface_destroy (surface);
  return done ? g_byte_array_free_to_bytes (g_steal_pointer (&bytes)) : NULL;
}

GBytes *
tw_sheet_export (const TwSheet *sheet,
                 TwExport format,
                 GError **error)
{
  char *csv;

  g_return_val_if_fail (sheet != NULL, NULL);

  if (format != TW_EXPORT_CSV)
    return draw_file (sheet, format, error);
  csv = tw_sheet_dup_csv (sheet);
  return g_bytes_new_take (csv, strlen (csv));
}

char *
tw_sheet_dup_file_name (const TwSheet *sheet,
                        TwExport format,
                        gint64 made_us)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (made_us / TW_SECOND);
  g_autoptr (GDateTime) local = g_date_time_to_local (utc);
  g_autofree char *time = g_date_time_format (local, "%Y-%m-%d-%H%M");

  return g_strdup_printf ("twinward-%s-%s.%s", sheet->key, time, extensions[format]);
}

GdkTexture *
tw_sheet_picture (const TwSheet *sheet,
                  GError **error)
{
  cairo_surface_t *surface = cairo_image_surface_create (
    CAIRO_FORMAT_ARGB32, (int) (WIDTH * PICTURE_SCALE), (int) (HEIGHT * PICTURE_SCALE));
  GdkTexture *texture = NULL;
  cairo_t *cr;

  cairo_surface_set_device_scale (surface, PICTURE_SCALE, PICTURE_SCALE);
  cr = cairo_create (surface);
  if (draw (sheet, cr, PICTURE_SCALE, error))
    {
      g_autoptr (GBytes) bytes = NULL;
      int stride = cairo_image_surface_get_stride (surface);
      int height = cairo_image_surface_get_height (surface);

      cairo_surface_flush (surface);
      bytes = g_bytes_new (cairo_image_surface_get_data (surface), (gsize) stride * (gsize) height);
      texture = gdk_memory_texture_new (cairo_image_surface_get_width (surface), height,
                                        GDK_MEMORY_DEFAULT, bytes, (gsize) stride);
    }
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return texture;
}

void
tw_sheet_copy (const TwSheet *sheet,
               GdkClipboard *clipboard)
{
  g_autofree char *text = tw_sheet_dup_text (sheet);
  g_autoptr (GdkTexture) picture = NULL;
  g_autoptr (GdkContentProvider) content = NULL;
  GdkContentProvider *kinds[2] = { gdk_content_provider_new_typed (G_TYPE_STRING, text), NULL };
  gsize n = 1;

  if (sheet->figure != NULL)
    picture = tw_sheet_picture (sheet, NULL); /* best effort: the table is copied in any case */
  if (picture != NULL)
    kinds[n++] = gdk_content_provider_new_typed (GDK_TYPE_TEXTURE, picture);
  content = gdk_content_provider_new_union (kinds, n);
  gdk_clipboard_set_content (clipboard, content);
}
