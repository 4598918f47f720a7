/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A thread with a main loop; whoever wants something of it asks and waits. */
#include "config.h"

#include "tw-fault-server.h"

#include "tw-fault-ward.h"
#include "tw-time.h"

#define TICK_MS 5
#define START_US G_GINT64_CONSTANT (1795363200000000)

struct _TwFaultServer
{
  TwFaultServerOptions options;
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  TwGateway *gateway;
  TwFaultProxy *proxy;
  GSource *tick;
  gint64 mono_us; /* when the ward's clock began */
  gboolean frozen;
  char *url;
  GMutex lock;
  GCond done;
};

/* A piece of work for the thread. */
typedef struct
{
  TwFaultServer *server;
  void (*work) (TwFaultServer *server, gpointer data);
  gpointer data;
  gboolean done;
} Call;

static gboolean
on_call (gpointer data)
{
  Call *call = data;

  call->work (call->server, call->data);
  g_mutex_lock (&call->server->lock);
  call->done = TRUE;
  g_cond_broadcast (&call->server->done);
  g_mutex_unlock (&call->server->lock);
  return G_SOURCE_REMOVE;
}

static void
ask (TwFaultServer *server,
     void (*work) (TwFaultServer *server, gpointer data),
     gpointer data)
{
  Call call = { server, work, data, FALSE };

  g_main_context_invoke_full (server->context, G_PRIORITY_HIGH, on_call, &call, NULL);
  g_mutex_lock (&server->lock);
  while (!call.done)
    g_cond_wait (&server->done, &server->lock);
  g_mutex_unlock (&server->lock);
}

static TwWardFeed *
make_feed (gpointer data,
           GError **error)
{
  const TwFaultServerOptions *options = data;

  return tw_fault_ward_new (options->seed, START_US, options->history_us, options->play_us);
}

static gboolean
on_tick (gpointer data)
{
  TwFaultServer *server = data;
  gint64 played_us = (gint64) ((double) (g_get_monotonic_time () - server->mono_us) * TW_FAULT_SPEED);

  if (!server->frozen)
    tw_gateway_advance (server->gateway, START_US + played_us);
  else
    tw_gateway_advance (server->gateway, tw_ward_get_now (tw_gateway_get_ward (server->gateway)));
  return G_SOURCE_CONTINUE;
}

static void
begin (TwFaultServer *server,
       gpointer unused)
{
  g_autoptr (GError) error = NULL;
  TwGatewayOptions options = {
    .bind = "127.0.0.1",
    .token = TW_FAULT_TOKEN,
    .speed = TW_FAULT_SPEED,
    .manual_clock = TRUE,
    .limits = &server->options.limits,
    .make_feed = make_feed,
    .feed_data = &server->options,
  };

  server->gateway = tw_gateway_new (&options, &error);
  g_assert_no_error (error);
  server->proxy = tw_fault_proxy_new (tw_gateway_get_port (server->gateway), server->options.plan,
                                      server->options.plan_data);
  server->url = g_strdup_printf ("http://127.0.0.1:%u/fhir/R4", tw_fault_proxy_get_port (server->proxy));
  server->mono_us = g_get_monotonic_time ();
  server->tick = g_timeout_source_new (TICK_MS);
  g_source_set_callback (server->tick, on_tick, server, NULL);
  g_source_attach (server->tick, server->context);
}

static void
end (TwFaultServer *server,
     gpointer unused)
{
  g_source_destroy (server->tick);
  g_clear_pointer (&server->tick, g_source_unref);
  g_clear_pointer (&server->proxy, tw_fault_proxy_free);
  g_clear_pointer (&server->gateway, tw_gateway_free);
  g_main_loop_quit (server->loop);
}

static gpointer
run (gpointer data)
{
  TwFaultServer *server = data;

  g_main_context_push_thread_default (server->context);
  g_main_loop_run (server->loop);
  g_main_context_pop_thread_default (server->context);
  return NULL;
}

TwFaultServer *
tw_fault_server_new (const TwFaultServerOptions *options)
{
  TwFaultServer *server = g_new0 (TwFaultServer, 1);

  server->options = *options;
  server->context = g_main_context_new ();
  server->loop = g_main_loop_new (server->context, FALSE);
  g_mutex_init (&server->lock);
  g_cond_init (&server->done);
  server->thread = g_thread_new ("fault-server", run, server);
  ask (server, begin, NULL);
  return server;
}

void
tw_fault_server_free (TwFaultServer *server)
{
  if (server == NULL)
    return;
  ask (server, end, NULL);
  g_thread_join (server->thread);
  while (g_main_context_iteration (server->context, FALSE))
    continue;
  g_main_loop_unref (server->loop);
  g_main_context_unref (server->context);
  g_mutex_clear (&server->lock);
  g_cond_clear (&server->done);
  g_free (server->url);
  g_free (server);
}

const char *
tw_fault_server_get_url (const TwFaultServer *server)
{
  return server->url;
}

static void
heal (TwFaultServer *server,
      gpointer unused)
{
  tw_fault_proxy_heal (server->proxy);
}

void
tw_fault_server_heal (TwFaultServer *server)
{
  ask (server, heal, NULL);
}

static void
freeze (TwFaultServer *server,
        gpointer unused)
{
  server->frozen = TRUE;
}

const TwWard *
tw_fault_server_freeze (TwFaultServer *server)
{
  ask (server, freeze, NULL);
  return tw_gateway_get_ward (server->gateway);
}

static void
get_counts (TwFaultServer *server,
            gpointer data)
{
  tw_fault_proxy_get_counts (server->proxy, data);
}

void
tw_fault_server_get_counts (TwFaultServer *server,
                            TwFaultCounts *counts)
{
  ask (server, get_counts, counts);
}
