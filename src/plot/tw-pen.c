/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One PLplot stream for the life of the process, re-targeted to each cairo context. */
#include "config.h"

#include "tw-pen.h"
#include "tw-plot.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <plplot/plplot.h>
#include <setjmp.h>
#include <string.h>

/* Font size 1 mm in PLplot's page is this many pixels: it takes 72 dots an inch, pango 96. */
#define PIXELS_PER_MM (96.0 / 25.4)
/* The driver outlines what it fills with the pen of lines: translucent edges would show twice. */
#define FILL_PEN .001
#define MAX_WIDTHS 256
#define MESSAGE_SIZE 512
#define DEFAULT_FONT "Cantarell,Noto Sans,Sans"

static struct
{
  gboolean open;
  gboolean guarded;          /* a jump target is set */
  sigjmp_buf door;
  PLINT warned;
  char message[MESSAGE_SIZE]; /* written by PLplot, warnings and errors alike */
  char reason[MESSAGE_SIZE];  /* of the abort or exit that was caught */
  char *font;
  cairo_t *cr;                /* while drawing */
  GHashTable *widths;         /* "size text" -> width in pixels */
} pen;

/* plexit ends the process when its handler returns, so this one does not. */
static int
on_exit_wanted (const char *message)
{
  g_strlcpy (pen.reason, message, sizeof pen.reason);
  if (pen.guarded)
    siglongjmp (pen.door, 1);
  return 1;
}

static void
on_abort (const char *message)
{
  if (pen.reason[0] == '\0')
    g_strlcpy (pen.reason, message, sizeof pen.reason);
}

/* Without its driver PLplot would ask for another one on the terminal. */
static gboolean
has_driver (void)
{
  const char *menu[128] = { NULL };
  const char *names[128] = { NULL };
  const char **menus = menu, **devices = names;
  int n = G_N_ELEMENTS (names); /* room going in, count coming out */

  plgDevs (&menus, &devices, &n);
  for (int i = 0; i < n; i++)
    if (g_strcmp0 (devices[i], "extcairo") == 0)
      return TRUE;
  return FALSE;
}

static void
open_stream (void)
{
  g_setenv ("PLPLOT_FREETYPE_SANS_FAMILY", pen.font != NULL ? pen.font : DEFAULT_FONT, TRUE);
  plsError (&pen.warned, pen.message);
  plsexit (on_exit_wanted);
  plsabort (on_abort);
  if (!has_driver ())
    {
      g_strlcpy (pen.reason, _("the PLplot driver “extcairo” is not installed"), sizeof pen.reason);
      return;
    }
  plsdev ("extcairo");
  plspage (0, 0, TW_PEN_PAGE, TW_PEN_PAGE, 0, 0);
  plinit ();
  pladv (0);
  plvpor (0, 1, 0, 1);
  plwind (0, TW_PEN_PAGE, TW_PEN_PAGE, 0);
  plfontld (0);
  pen.open = TRUE;
}

gboolean
tw_pen_open (GError **error)
{
  if (pen.open)
    return TRUE;

  pen.reason[0] = '\0';
  pen.guarded = TRUE;
  if (sigsetjmp (pen.door, 0) == 0)
    open_stream ();
  pen.guarded = FALSE;
  if (!pen.open)
    g_set_error (error, TW_PLOT_ERROR, TW_PLOT_ERROR_DRIVER, _("Charts cannot be drawn: %s."),
                 pen.reason);
  return pen.open;
}

void
tw_pen_close (void)
{
  if (!pen.open)
    return;
  pen.guarded = TRUE;
  if (sigsetjmp (pen.door, 0) == 0)
    plend ();
  pen.guarded = FALSE;
  pen.open = FALSE;
  g_clear_pointer (&pen.widths, g_hash_table_unref);
}

gboolean
tw_pen_is_open (void)
{
  return pen.open;
}

/* The driver reads the family when its stream opens. */
void
tw_pen_set_font (const char *family)
{
  if (g_strcmp0 (family, pen.font) == 0)
    return;
  g_free (pen.font);
  pen.font = g_strdup (family);
  if (pen.open)
    {
      tw_pen_close ();
      tw_pen_open (
          NULL); /* best effort: it was open a moment ago, and drawing reports what is wrong */
    }
}

/* The driver keeps the raw context and multiplies a flip about its page's height into the matrix:
 * within save and restore that is harmless, and it cancels the page's own upward y axis. */
static gboolean
draw_guarded (cairo_t *cr,
              TwPenFunc draw,
              gconstpointer data)
{
  volatile gboolean done = FALSE; /* survives the jump */

  pen.guarded = TRUE;
  pen.cr = cr;
  if (sigsetjmp (pen.door, 0) == 0)
    {
      pl_cmd (PLESC_DEVINIT, cr);
      cairo_set_antialias (cr, CAIRO_ANTIALIAS_FAST);
      cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
      draw (cr, data);
      done = TRUE;
    }
  pen.guarded = FALSE;
  pen.cr = NULL;
  return done;
}

gboolean
tw_pen_draw (cairo_t *cr,
             TwPenFunc draw,
             gconstpointer data,
             GError **error)
{
  if (!pen.open)
    {
      g_set_error (error, TW_PLOT_ERROR, TW_PLOT_ERROR_DRIVER,
                   _("Charts cannot be drawn: the drawing library is not open."));
      return FALSE;
    }

  pen.reason[0] = '\0';
  cairo_save (cr);
  gboolean done = draw_guarded (cr, draw, data);
  cairo_restore (cr);

  cairo_status_t status = cairo_status (cr);
  if (done && pen.reason[0] == '\0' && status == CAIRO_STATUS_SUCCESS)
    return TRUE;
  g_set_error (error, TW_PLOT_ERROR, TW_PLOT_ERROR_DRAW, _("The chart could not be drawn: %s."),
               pen.reason[0] != '\0' ? pen.reason : cairo_status_to_string (status));
  return FALSE;
}

/* PLplot's palette has 8 bits a colour and its own alpha. */
void
tw_pen_colour (const TwColour *colour,
               double alpha)
{
  plscol0a (1, (PLINT) lround (colour->r * 255), (PLINT) lround (colour->g * 255),
            (PLINT) lround (colour->b * 255), CLAMP (colour->a * alpha, 0, 1));
  plcol0 (1);
}

void
tw_pen_width (double width)
{
  plwidth (width);
}

void
tw_pen_line (int n,
             double *x,
             double *y)
{
  if (n > 1)
    plline (n, x, y);
}

void
tw_pen_fill (int n,
             double *x,
             double *y)
{
  if (n < 3)
    return;
  plwidth (FILL_PEN);
  plfill (n, x, y);
}

void
tw_pen_rectangle (double x,
                  double y,
                  double width,
                  double height)
{
  double xs[4] = { x, x + width, x + width, x };
  double ys[4] = { y, y, y + height, y + height };

  if (!(width > 0 && height > 0))
    return;
  /* Whole pixels stay whole: PLplot's coordinates are a hair off them. */
  cairo_set_antialias (pen.cr, CAIRO_ANTIALIAS_NONE);
  plwidth (FILL_PEN);
  plfill (4, xs, ys);
  cairo_set_antialias (pen.cr, CAIRO_ANTIALIAS_FAST);
}

/* '#' starts PLplot's own escapes. */
static char *
dup_escaped (const char *text)
{
  GString *out = g_string_new (text);

  g_string_replace (out, "#", "##", 0);
  return g_string_free (out, FALSE);
}

void
tw_pen_text (double x,
             double y,
             double justification,
             double size,
             const char *text)
{
  g_autofree char *escaped = NULL;

  if (text[0] == '\0') /* the driver divides by its width */
    return;
  escaped = dup_escaped (text);
  plschr (size / PIXELS_PER_MM, 1.0);
  plptex (x, y, 1, 0, justification, escaped);
}

/* PLplot keeps the length of a string to itself, so the string is drawn on a surface that only
 * remembers its ink, and the stream is put back on its context afterwards. */
static double
measure (double size,
         const char *text)
{
  cairo_surface_t *surface = cairo_recording_surface_create (CAIRO_CONTENT_ALPHA, NULL);
  cairo_t *cr = cairo_create (surface);
  cairo_matrix_t matrix;
  double x, y, width, height;

  cairo_get_matrix (pen.cr, &matrix);
  pl_cmd (PLESC_DEVINIT, cr);
  tw_pen_text (100, 100, 0, size, text);
  pl_cmd (PLESC_DEVINIT, pen.cr);
  cairo_set_matrix (pen.cr, &matrix);
  cairo_recording_surface_ink_extents (surface, &x, &y, &width, &height);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return x + width - 100;
}

double
tw_pen_text_width (double size,
                   const char *text)
{
  g_autofree char *key = g_strdup_printf ("%g %s", size, text);
  double *known = NULL;

  if (pen.widths == NULL)
    pen.widths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  known = g_hash_table_lookup (pen.widths, key);
  if (known != NULL)
    return *known;
  if (g_hash_table_size (pen.widths) >= MAX_WIDTHS)
    g_hash_table_remove_all (pen.widths);
  known = g_new (double, 1);
  *known = measure (size, text);
  g_hash_table_insert (pen.widths, g_steal_pointer (&key), known);
  return *known;
}
