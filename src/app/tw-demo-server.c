/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The demo ward: a gateway of our own on loopback. It ends when its standard input does, so it cannot
 * outlive this program, however that ends. */
#include "config.h"

#include "tw-demo-server.h"

#include "tw-program.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _TwDemoServer
{
  GObject parent_instance;
  GSubprocess *gateway;
  GDataInputStream *lines;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (TwDemoServer, tw_demo_server, G_TYPE_OBJECT)

enum
{
  READY,
  FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
tw_demo_server_dispose (GObject *object)
{
  TwDemoServer *self = TW_DEMO_SERVER (object);

  g_cancellable_cancel (self->cancellable);
  if (self->gateway != NULL)
    g_subprocess_force_exit (self->gateway);
  g_clear_object (&self->lines);
  g_clear_object (&self->gateway);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (tw_demo_server_parent_class)->dispose (object);
}

static void
tw_demo_server_class_init (TwDemoServerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_demo_server_dispose;
  signals[READY] = g_signal_new ("ready", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
tw_demo_server_init (TwDemoServer *self)
{
  self->cancellable = g_cancellable_new ();
}

TwDemoServer *
tw_demo_server_new (void)
{
  return g_object_new (TW_TYPE_DEMO_SERVER, NULL);
}

static void
on_line (GObject *source,
         GAsyncResult *result,
         gpointer data)
{
  g_autoptr (TwDemoServer) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *line
    = g_data_input_stream_read_line_finish_utf8 (G_DATA_INPUT_STREAM (source), result, NULL, &error);
  g_auto (GStrv) words = line != NULL ? g_strsplit (line, " ", 2) : NULL;

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (words != NULL && words[0] != NULL && words[1] != NULL)
    g_signal_emit (self, signals[READY], 0, words[0], g_strstrip (words[1]));
  else
    g_signal_emit (self, signals[FAILED], 0,
                   error != NULL ? error->message
                                 : _("The demo ward ended before it was ready. Start it once more."));
}

void
tw_demo_server_start (TwDemoServer *self,
                      const char *program,
                      double speed)
{
  g_autofree char *found = program != NULL ? g_strdup (program)
                                           : tw_program_find_sibling ("twinward-gateway");
  g_autofree char *speed_text = g_strdup_printf ("%g", speed);
  const char *arguments[] = { found, "--embedded", "--demo", NULL, NULL, NULL };
  g_autoptr (GError) error = NULL;

  g_return_if_fail (TW_IS_DEMO_SERVER (self));
  g_return_if_fail (self->gateway == NULL);

  if (found == NULL)
    {
      g_signal_emit (self, signals[FAILED], 0,
                     _("The program twinward-gateway was not found. Install it beside twinward."));
      return;
    }
  if (speed > 0)
    {
      arguments[3] = "--speed";
      arguments[4] = speed_text;
    }
  self->gateway = g_subprocess_newv (arguments,
                                     G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                                     &error);
  if (self->gateway == NULL)
    {
      g_signal_emit (self, signals[FAILED], 0, error->message);
      return;
    }
  self->lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->gateway));
  g_data_input_stream_read_line_async (self->lines, G_PRIORITY_DEFAULT, self->cancellable, on_line,
                                       g_object_ref (self));
}
