/* SPDX-License-Identifier: Apache-2.0 */
/* Collects the claims on devices and settles them. */
#include "claims.h"

#include <libfdt.h>
#include <string.h>

#include "dependencies.h"
#include "diagnostics.h"
#include "memory.h"
#include "tree.h"

const struct claim *claim_find(const struct claims *claims, uint32_t device)
{
    for (size_t i = 0; i < claims->count; i++)
        if (claims->list[i].device == device)
            return &claims->list[i];
    return NULL;
}

const char *claim_holder(const struct system *system, const struct claim *claim)
{
    return claim->vm == CLAIM_BY_HYPERVISOR ? "the hypervisor's console"
                                            : text_format("vm %s", system->vms[claim->vm].name);
}

const char *claim_words(const struct system *system, const struct claim *claim)
{
    if (claim->property == NULL)
        return claim->named.text;
    return text_format("%s (dragged in by %s: %s)", system->board.devices[claim->device].name, claim->named.text,
                       claim->property);
}

static void report_conflict(const struct system *system, const struct claim *claim, const struct claim *holder)
{
    const char *device = system->board.devices[claim->device].name;
    const char *who = claim_holder(system, holder);
    struct place place = claim->named.place;

    if (claim->property == NULL && holder->property == NULL && strcmp(claim->named.text, holder->named.text) != 0)
        who = text_format("%s, as %s,", who, holder->named.text);
    if (claim->vm == holder->vm && claim->property == NULL)
        mistake(place, "device %s: %s has it already (line %d); remove one", claim->named.text, who,
                holder->named.place.line);
    else if (claim->property == NULL)
        mistake(place, "device %s: %s has it (line %d), %s cannot; a device has one owner, remove it from one",
                claim->named.text, who, holder->named.place.line, claim_holder(system, claim));
    else if (holder->property == NULL)
        mistake(place, "device %s of %s drags in %s (%s), which %s has (line %d); give both to one VM",
                claim->named.text, claim_holder(system, claim), device, claim->property, who, holder->named.place.line);
    else
        mistake(place, "device %s of %s drags in %s (%s), and so does %s of %s (line %d); give both to one VM",
                claim->named.text, claim_holder(system, claim), device, claim->property, holder->named.text, who,
                holder->named.place.line);
}

void claim_add(const struct system *system, struct claims *claims, struct claim claim)
{
    const struct claim *holder = claim_find(claims, claim.device);

    if (holder == NULL) {
        *ARRAY_ADD(claims->list, claims->count) = claim;
        return;
    }
    if (holder->vm != claim.vm || claim.property == NULL)
        report_conflict(system, &claim, holder);
}

static void claim_named(const struct system *system, struct claims *claims, uint32_t vm, struct named named)
{
    uint32_t device = claim_resolve(&system->board, named);

    if (device != PLAN_NONE)
        claim_add(system, claims, (struct claim){device, vm, named, NULL});
}

/* What a device says itself that it needs must be there, and of what came along where its interrupts go: without the
 * controller nobody could read them. What else is needed only by something that came along is the matter of that one's
 * driver, and of a board's whole tree hardly anything could be given if it weren't. */
static void report_unusable(const struct system *system, const struct claim *claim, const struct dependency *need)
{
    const char *name = tree_path(system->board.dtb, need->node);
    bool is_controller = strncmp(need->property, "interrupt", strlen("interrupt")) == 0;

    if (need->direct && (claim->property == NULL || is_controller))
        mistake(claim->named.place, "device %s needs %s (%s), which is %s; remove it", claim_words(system, claim), name,
                need->property, need->reason);
    else
        remark(claim->named.place, "device %s comes without %s (%s), which is %s", claim_words(system, claim), name,
               need->property, need->reason);
}

/* The list grows while it is walked, so what a dragged-in device needs is dragged in too. */
static void drag_in(const struct system *system, struct claims *claims, size_t first)
{
    for (size_t i = first; i < claims->count; i++) {
        struct claim claim = claims->list[i];
        struct dependency *needs;
        size_t need_count;

        if (claim.vm == CLAIM_BY_HYPERVISOR)
            continue; /* the firmware left the console ready, nothing else is touched */
        dependencies_find(&system->board, claim.device, &needs, &need_count);
        for (size_t k = 0; k < need_count; k++) {
            if (needs[k].kind == DEPENDENCY_DEVICE)
                claim_add(system, claims, (struct claim){needs[k].device, claim.vm, claim.named, needs[k].property});
            if (needs[k].kind == DEPENDENCY_UNUSABLE)
                report_unusable(system, &claim, &needs[k]);
        }
    }
}

void claim_give(struct system *system, struct claims *claims, size_t first)
{
    drag_in(system, claims, first);
    for (size_t i = first; i < claims->count; i++) {
        const struct claim *claim = &claims->list[i];

        if (claim->vm == CLAIM_BY_HYPERVISOR) {
            claim_console(system, claim);
            continue;
        }
        struct vm *vm = &system->vms[claim->vm];
        claim_check_device(system, claim);
        *ARRAY_ADD(vm->devices, vm->device_count) = claim->device;
        system->board.devices[claim->device].owner = claim->vm;
    }
    claim_check_sharing(system, claims, first);
}

void claims_settle(struct system *system, const struct vm_source *sources, const struct named *console)
{
    struct claims claims = {0};
    unsigned mistakes_before = mistake_count();
    uint32_t rest = PLAN_NONE;

    if (console->text != NULL)
        claim_named(system, &claims, CLAIM_BY_HYPERVISOR, *console);
    for (uint32_t vm = 0; vm < system->vm_count; vm++) {
        for (size_t i = 0; i < sources[vm].device_count; i++)
            claim_named(system, &claims, vm, sources[vm].devices[i]);
        if (sources[vm].rest.line == 0)
            continue;
        if (rest != PLAN_NONE)
            mistake(sources[vm].rest, "devices: vm %s has the rest already (line %d); name those of one of the two",
                    system->vms[rest].name, sources[rest].rest.line);
        rest = vm;
    }
    claim_give(system, &claims, 0);
    if (rest != PLAN_NONE && mistake_count() == mistakes_before)
        claim_rest(system, &claims, rest, sources[rest].rest);
    claim_check_memory(system);
}
