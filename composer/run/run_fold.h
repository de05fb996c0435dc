/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of the hypervisor's log on the screen: of each kind (a VM, and what it did) the first ones
 * of a burst are shown, the others counted. How many they were is told when the burst is over, when
 * something else happens to the VM, and every ten seconds.
 */
#ifndef COMPOSER_RUN_FOLD_H
#define COMPOSER_RUN_FOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "log_line.h"
#include "run_terminal.h"

/** One kind of line. */
struct fold_kind {
    unsigned shown; /* in this burst */
    uint64_t held;  /* and not shown since it was told last */
    int64_t last;   /* when the last one came, ms */
    int64_t told;   /* when it was told last how many were held */
    char text[LOG_LINE_SIZE];
};

struct fold {
    bool off; /* everything is shown */
    struct fold_kind kinds[PLAN_MAX_VMS][LOG_EVENT_COUNT];
    struct fold_kind lost; /* lines that were overwritten unread */
};

/** Shows the line @text of @record, or holds it. @now in ms. */
void fold_line(struct fold *fold, struct terminal *terminal, const struct speaker *speaker,
               const struct log_record *record, const char *text, int64_t now);

/** So many lines were overwritten in the machine before they could be read. */
void fold_lost(struct fold *fold, struct terminal *terminal, const struct speaker *speaker,
               uint64_t count, int64_t now);

/** Tells of bursts that are over or long; called every few milliseconds. */
void fold_tick(struct fold *fold, struct terminal *terminal, const struct speaker *speaker,
               int64_t now);

/** Tells of all that is held. */
void fold_finish(struct fold *fold, struct terminal *terminal, const struct speaker *speaker);

/** Whether lines of this event tell of something that a VM or the hypervisor must not do. */
bool fold_is_fault(unsigned event);

#endif
