/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ward of invented patients at one fixed moment, made by hand: what the app's tests and pictures show. */
#pragma once

#include "tw-ward-model.h"

G_BEGIN_DECLS

/* 2026-11-22 14:02:10 UTC. */
#define TW_FIXTURE_NOW_US (G_GINT64_CONSTANT (1795356130) * 1000000)

typedef struct
{
  GPtrArray *snapshots; /* TwSnapshot, in bed order */
  TwWardScene scene;    /* live, demo; change what the state at hand needs */
} TwWardFixture;

/* The eight beds of the demo ward's stories. */
TwWardFixture *tw_ward_fixture_new (void);
/* n beds, for the ward that is large. */
TwWardFixture *tw_ward_fixture_new_large (guint n);
void tw_ward_fixture_free (TwWardFixture *fixture);

/* A writable patient: everything below is changed in place before it is shown. */
TwSnapshot *tw_ward_fixture_get (TwWardFixture *fixture, guint bed);
/* All values of the patient grow older by age_us: stale, lost. Forecasts are withdrawn. */
void tw_ward_fixture_age (TwSnapshot *snapshot, gint64 age_us);
/* Cuts a hole into every series. */
void tw_ward_fixture_cut (TwSnapshot *snapshot, gint64 from_us, gint64 to_us);
/* How the forecasts of a channel fared: so many scored, this share of them inside the 80 % range. */
void tw_ward_fixture_score (TwSnapshot *snapshot, TwChannel channel, guint scored, double inside80);
/* Readings of a channel that were left out: crosses in its series and counts. */
void tw_ward_fixture_leave_out (TwSnapshot *snapshot, TwChannel channel);
void tw_ward_fixture_withhold (TwSnapshot *snapshot, TwForecastStatus status);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwWardFixture, tw_ward_fixture_free)

G_END_DECLS
