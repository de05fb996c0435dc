/* SPDX-License-Identifier: Apache-2.0 */
/* Collects what VMs ask of devices and resolves it. */
#include "assignments.h"

#include <libfdt.h>
#include <string.h>

#include "dependencies.h"
#include "diagnostics.h"
#include "memory.h"
#include "tree.h"

const struct assignment *assignment_find(const struct assignments *assignments, uint32_t device)
{
    for (size_t i = 0; i < assignments->count; i++) {
        if (assignments->list[i].device == device) {
            return &assignments->list[i];
        }
    }
    return NULL;
}

const char *assignment_holder(const struct system *system, const struct assignment *assignment)
{
    return assignment->vm == ASSIGNMENT_BY_HYPERVISOR
               ? "the hypervisor's console"
               : text_format("vm %s", system->vms[assignment->vm].name);
}

const char *assignment_words(const struct system *system, const struct assignment *assignment)
{
    if (assignment->property == NULL) {
        return assignment->named.text;
    }
    return text_format("%s (dragged in by %s: %s)", system->board.devices[assignment->device].name,
                       assignment->named.text, assignment->property);
}

static void report_conflict(const struct system *system, const struct assignment *assignment,
                            const struct assignment *holder)
{
    const char *device = system->board.devices[assignment->device].name;
    const char *who = assignment_holder(system, holder);
    struct source_location location = assignment->named.location;

    if (assignment->property == NULL && holder->property == NULL &&
        strcmp(assignment->named.text, holder->named.text) != 0) {
        who = text_format("%s, as %s,", who, holder->named.text);
    }
    if (assignment->vm == holder->vm && assignment->property == NULL) {
        error(location, "device %s: %s has it already (line %d); remove one",
              assignment->named.text, who, holder->named.location.line);
    } else if (assignment->property == NULL) {
        error(
            location,
            "device %s: %s has it (line %d), %s cannot; a device has one owner, remove it from one",
            assignment->named.text, who, holder->named.location.line,
            assignment_holder(system, assignment));
    } else if (holder->property == NULL) {
        error(location,
              "device %s of %s drags in %s (%s), which %s has (line %d); give both to one VM",
              assignment->named.text, assignment_holder(system, assignment), device,
              assignment->property, who, holder->named.location.line);
    } else {
        error(
            location,
            "device %s of %s drags in %s (%s), and so does %s of %s (line %d); give both to one VM",
            assignment->named.text, assignment_holder(system, assignment), device,
            assignment->property, holder->named.text, who, holder->named.location.line);
    }
}

void assignment_add(const struct system *system, struct assignments *assignments,
                    struct assignment assignment)
{
    const struct assignment *holder = assignment_find(assignments, assignment.device);

    if (holder == NULL) {
        *ARRAY_ADD(assignments->list, assignments->count) = assignment;
        return;
    }
    if (holder->vm != assignment.vm || assignment.property == NULL) {
        report_conflict(system, &assignment, holder);
    }
}

static void assignment_named(const struct system *system, struct assignments *assignments,
                             uint32_t vm, struct named named)
{
    uint32_t device = assignment_resolve(&system->board, named);

    if (device != PLAN_NONE) {
        assignment_add(system, assignments, (struct assignment){device, vm, named, NULL});
    }
}

/* What a device says itself that it needs must be there, and of what came along where its
 * interrupts go: without the controller nobody could read them. What else is needed only by
 * something that came along is the matter of that one's driver, and of a board's whole tree
 * hardly anything could be given if it weren't. */
static void report_unusable(const struct system *system, const struct assignment *assignment,
                            const struct dependency *need)
{
    const char *name = tree_path(system->board.dtb, need->node);
    bool is_controller = strncmp(need->property, "interrupt", strlen("interrupt")) == 0;

    if (need->direct && (assignment->property == NULL || is_controller)) {
        error(assignment->named.location, "device %s needs %s (%s), which is %s; remove it",
              assignment_words(system, assignment), name, need->property, need->reason);
    } else {
        remark(assignment->named.location, "device %s comes without %s (%s), which is %s",
               assignment_words(system, assignment), name, need->property, need->reason);
    }
}

/* The list grows while it is walked, so what a dragged-in device needs is dragged in too. */
static void drag_in(const struct system *system, struct assignments *assignments, size_t first)
{
    for (size_t i = first; i < assignments->count; i++) {
        struct assignment assignment = assignments->list[i];
        struct dependency *needs;
        size_t need_count;

        if (assignment.vm == ASSIGNMENT_BY_HYPERVISOR) {
            continue; /* the firmware left the console ready, nothing else is touched */
        }
        dependencies_find(&system->board, assignment.device, &needs, &need_count);
        for (size_t k = 0; k < need_count; k++) {
            if (needs[k].kind == DEPENDENCY_DEVICE) {
                assignment_add(system, assignments,
                               (struct assignment){needs[k].device, assignment.vm, assignment.named,
                                                   needs[k].property});
            }
            if (needs[k].kind == DEPENDENCY_UNUSABLE) {
                report_unusable(system, &assignment, &needs[k]);
            }
        }
    }
}

void assignment_give(struct system *system, struct assignments *assignments, size_t first)
{
    drag_in(system, assignments, first);
    for (size_t i = first; i < assignments->count; i++) {
        const struct assignment *assignment = &assignments->list[i];

        if (assignment->vm == ASSIGNMENT_BY_HYPERVISOR) {
            assignment_console(system, assignment);
            continue;
        }
        struct vm *vm = &system->vms[assignment->vm];
        assignment_check_device(system, assignment);
        *ARRAY_ADD(vm->devices, vm->device_count) = assignment->device;
        system->board.devices[assignment->device].owner = assignment->vm;
    }
    assignment_check_sharing(system, assignments, first);
}

void assignments_resolve(struct system *system, const struct vm_source *sources,
                         const struct named *console)
{
    struct assignments assignments = {0};
    unsigned mistakes_before = error_count();
    uint32_t rest = PLAN_NONE;

    if (console->text != NULL) {
        assignment_named(system, &assignments, ASSIGNMENT_BY_HYPERVISOR, *console);
    }
    for (uint32_t vm = 0; vm < system->vm_count; vm++) {
        for (size_t i = 0; i < sources[vm].device_count; i++) {
            assignment_named(system, &assignments, vm, sources[vm].devices[i]);
        }
        if (sources[vm].rest.line == 0) {
            continue;
        }
        if (rest != PLAN_NONE) {
            error(sources[vm].rest,
                  "devices: vm %s has the rest already (line %d); name those of one of the two",
                  system->vms[rest].name, sources[rest].rest.line);
        }
        rest = vm;
    }
    assignment_give(system, &assignments, 0);
    if (rest != PLAN_NONE && error_count() == mistakes_before) {
        assignment_rest(system, &assignments, rest, sources[rest].rest);
    }
    assignment_check_memory(system);
}
