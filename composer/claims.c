/* SPDX-License-Identifier: Apache-2.0 */
/* Collects the claims on devices and settles them. */
#include "claims.h"

#include <libfdt.h>
#include <string.h>

#include "dependencies.h"
#include "diagnostics.h"
#include "memory.h"

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

static void add_claim(const struct system *system, struct claims *claims, struct claim claim)
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
        add_claim(system, claims, (struct claim){device, vm, named, NULL});
}

/* The list grows while it is walked, so what a dragged-in device needs is dragged in too. */
static void drag_in(const struct system *system, struct claims *claims)
{
    for (size_t i = 0; i < claims->count; i++) {
        struct claim claim = claims->list[i];
        struct dependency *needs;
        size_t need_count;

        if (claim.vm == CLAIM_BY_HYPERVISOR)
            continue; /* the firmware left the console ready, nothing else is touched */
        dependencies_find(&system->board, claim.device, &needs, &need_count);
        for (size_t k = 0; k < need_count; k++) {
            if (needs[k].kind == DEPENDENCY_DEVICE)
                add_claim(system, claims, (struct claim){needs[k].device, claim.vm, claim.named, needs[k].property});
            if (needs[k].kind == DEPENDENCY_UNUSABLE)
                mistake(claim.named.place, "device %s needs %s (%s), which is disabled or reserved memory; remove it",
                        claim.named.text, fdt_get_name(system->board.dtb, needs[k].node, NULL), needs[k].property);
        }
    }
}

static void give(struct system *system, const struct claims *claims)
{
    for (size_t i = 0; i < claims->count; i++) {
        const struct claim *claim = &claims->list[i];

        if (claim->vm == CLAIM_BY_HYPERVISOR)
            continue;
        struct vm *vm = &system->vms[claim->vm];
        *ARRAY_ADD(vm->devices, vm->device_count) = claim->device;
        system->board.devices[claim->device].owner = claim->vm;
    }
}

void claims_settle(struct system *system, const struct vm_source *sources, const struct named *console)
{
    struct claims claims = {0};

    if (console->text != NULL)
        claim_named(system, &claims, CLAIM_BY_HYPERVISOR, *console);
    for (uint32_t vm = 0; vm < system->vm_count; vm++)
        for (size_t i = 0; i < sources[vm].device_count; i++)
            claim_named(system, &claims, vm, sources[vm].devices[i]);
    drag_in(system, &claims);
    for (size_t i = 0; i < claims.count; i++) {
        if (claims.list[i].vm == CLAIM_BY_HYPERVISOR)
            claim_console(system, &claims.list[i]);
        else
            claim_check_device(&system->board, &claims.list[i]);
    }
    give(system, &claims);
    claim_check_sharing(system, &claims);
}
