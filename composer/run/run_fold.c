/* SPDX-License-Identifier: Apache-2.0 */
#include "run_fold.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "plural.h"

/* A burst is over when nothing of its kind has come for so long, ms. */
#define QUIET 1000
/* A burst that goes on is told of that often, ms. */
#define LONG 10000
/* So many lines of a burst are shown. */
#define SHOWN 10

/** A VM's own words are all shown, and the hypervisor sees to it that they are not many. */
static bool is_folded(const struct log_record *record)
{
    return record->vm < PLAN_MAX_VMS && record->event < LOG_EVENT_COUNT &&
           record->event != LOG_VM_TEXT;
}

/* Firmware cleans a cache line by line: one says it all. */
static unsigned shown_at_most(unsigned event)
{
    return event == LOG_VM_SET_WAY_IGNORED ? 1 : SHOWN;
}

bool fold_is_fault(unsigned event)
{
    switch (event) {
    case LOG_CPU_MISSING:
    case LOG_PLAN_DAMAGED:
    case LOG_PLAN_FOREIGN:
    case LOG_HYPERVISOR_FAULT:
    case LOG_HYPERVISOR_RESET:
    case LOG_VM_WATCHDOG:
    case LOG_VM_TOO_OFTEN:
    case LOG_INTERRUPT_AGAIN:
    case LOG_VM_REFUSED_READ:
    case LOG_VM_REFUSED_WRITE:
    case LOG_VM_REFUSED_FETCH:
    case LOG_VM_REFUSED_FORM:
    case LOG_VM_STUCK:
    case LOG_VM_REFUSED_REGISTER:
    case LOG_VM_REFUSED_OTHER:
    case LOG_VM_SERROR:
    case LOG_VM_LOST:
    case LOG_WATCHDOG_LOST:
    case LOG_VM_LATE:
    case LOG_GIC_SMALLER:
    case LOG_GIC_OTHER:
        return true;
    default:
        return false;
    }
}

/** 16895 as "16,895". */
static const char *number_text(uint64_t number, char text[32])
{
    char digits[24];
    size_t length = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, number);
    size_t size = 0;

    for (size_t i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0) {
            text[size++] = ',';
        }
        text[size++] = digits[i];
    }
    text[size] = '\0';
    return text;
}

static void show(struct terminal *terminal, const struct speaker *speaker, unsigned event,
                 const char *text)
{
    status_set_event(&terminal->status, text);
    if (fold_is_fault(event)) {
        terminal_warn(terminal, speaker, "%s", text);
    } else {
        terminal_say(terminal, speaker, "%s", text);
    }
}

/** Tells how many lines of a kind are held, with the last one: "vm NAME: 16,895 more like this;
 * the last one: ...". */
static void tell_kind(struct fold_kind *kind, unsigned event, struct terminal *terminal,
                      const struct speaker *speaker, int64_t now)
{
    const char *what = strstr(kind->text, ": ");
    char line[2 * LOG_LINE_SIZE];
    char number[32];

    if (kind->held == 1 || what == NULL) {
        snprintf(line, sizeof(line), "%s", kind->text);
    } else {
        snprintf(line, sizeof(line), "%.*s: %s more like this; the last one: %s",
                 (int)(what - kind->text), kind->text, number_text(kind->held, number), what + 2);
    }
    show(terminal, speaker, event, line);
    kind->held = 0;
    kind->told = now;
}

static void tell_lost(struct fold_kind *lost, struct terminal *terminal,
                      const struct speaker *speaker, int64_t now)
{
    char number[32];

    terminal_say(terminal, speaker, "(%s line%s of the log %s overwritten unread)",
                 number_text(lost->held, number), plural(lost->held),
                 plural_word(lost->held, "was", "were"));
    lost->held = 0;
    lost->told = now;
}

static bool is_due(const struct fold_kind *kind, int64_t now)
{
    return kind->held > 0 && (now - kind->last >= QUIET || now - kind->told >= LONG);
}

/** What was held of a VM comes before what happens to it next. */
static void tell_vm(struct fold *fold, unsigned vm, struct terminal *terminal,
                    const struct speaker *speaker, int64_t now)
{
    for (unsigned event = 0; event < LOG_EVENT_COUNT; event++) {
        if (fold->kinds[vm][event].held > 0) {
            tell_kind(&fold->kinds[vm][event], event, terminal, speaker, now);
        }
    }
}

void fold_line(struct fold *fold, struct terminal *terminal, const struct speaker *speaker,
               const struct log_record *record, const char *text, int64_t now)
{
    if (fold->off || !is_folded(record)) {
        show(terminal, speaker, record->event, text);
        return;
    }

    struct fold_kind *kind = &fold->kinds[record->vm][record->event];
    if (now - kind->last >= QUIET && kind->held == 0) {
        kind->shown = 0;
    }
    kind->last = now;
    if (kind->shown < shown_at_most(record->event)) {
        kind->shown++;
        tell_vm(fold, record->vm, terminal, speaker, now);
        show(terminal, speaker, record->event, text);
        return;
    }
    if (kind->held == 0) {
        kind->told = now;
    }
    kind->held++;
    snprintf(kind->text, sizeof(kind->text), "%s", text);
}

void fold_lost(struct fold *fold, struct terminal *terminal, const struct speaker *speaker,
               uint64_t count, int64_t now)
{
    bool first = fold->lost.shown == 0 || (fold->lost.held == 0 && now - fold->lost.last >= QUIET);

    if (!first && fold->lost.held == 0) {
        fold->lost.told = now;
    }
    fold->lost.held += count;
    fold->lost.last = now;
    fold->lost.shown = 1;
    if (first || fold->off) {
        tell_lost(&fold->lost, terminal, speaker, now);
    }
}

void fold_tick(struct fold *fold, struct terminal *terminal, const struct speaker *speaker,
               int64_t now)
{
    for (unsigned vm = 0; vm < PLAN_MAX_VMS; vm++) {
        for (unsigned event = 0; event < LOG_EVENT_COUNT; event++) {
            if (is_due(&fold->kinds[vm][event], now)) {
                tell_kind(&fold->kinds[vm][event], event, terminal, speaker, now);
            }
        }
    }
    if (is_due(&fold->lost, now)) {
        tell_lost(&fold->lost, terminal, speaker, now);
    }
}

void fold_finish(struct fold *fold, struct terminal *terminal, const struct speaker *speaker)
{
    for (unsigned vm = 0; vm < PLAN_MAX_VMS; vm++) {
        tell_vm(fold, vm, terminal, speaker, 0);
    }
    if (fold->lost.held > 0) {
        tell_lost(&fold->lost, terminal, speaker, 0);
    }
}
