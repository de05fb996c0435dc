/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `devices: rest`: a VM gets what no other VM has and this one can have. Each device is claimed as
 * if the user had named it; where that is a mistake, it and what it would drag in are left out, and
 * the user is told.
 */
#include <string.h>

#include "assignments.h"
#include "diagnostics.h"
#include "memory.h"

/* What is to be as it was after an assignment that failed. */
struct before {
    size_t moment;
    size_t assignment_count;
    size_t device_count;
    uint32_t *owners;
};

static struct before remember(const struct system *system, const struct assignments *assignments,
                              uint32_t vm)
{
    struct before before = {errors_now(), assignments->count, system->vms[vm].device_count, NULL};

    before.owners = memory_new(system->board.device_count, sizeof(*before.owners));
    for (size_t i = 0; i < system->board.device_count; i++) {
        before.owners[i] = system->board.devices[i].owner;
    }
    return before;
}

static void go_back(struct system *system, struct assignments *assignments, uint32_t vm,
                    const struct before *before)
{
    assignments->count = before->assignment_count;
    system->vms[vm].device_count = before->device_count;
    for (size_t i = 0; i < system->board.device_count; i++) {
        system->board.devices[i].owner = before->owners[i];
    }
}

/* Of a message only what is wrong: there is nothing that the user must do. */
static void say_left_out(struct source_location rest, const char *name, const char *message)
{
    const char *advice = strrchr(message, ';');

    remark(rest, "devices: rest leaves out %s: %.*s", name,
           (int)(advice != NULL ? (size_t)(advice - message) : strlen(message)), message);
}

void assignment_rest(struct system *system, struct assignments *assignments, uint32_t vm,
                     struct source_location rest)
{
    for (uint32_t i = 0; i < system->board.device_count; i++) {
        const struct board_device *device = &system->board.devices[i];
        struct named named = {rest, device->name};
        unsigned mistakes_before = error_count();

        if (device->interrupt_controller || assignment_find(assignments, i) != NULL) {
            continue;
        }
        struct before before = remember(system, assignments, vm);
        assignment_add(system, assignments, (struct assignment){i, vm, named, NULL});
        assignment_give(system, assignments, before.assignment_count);
        if (error_count() == mistakes_before) {
            continue;
        }
        const char *message = errors_undo(before.moment);
        go_back(system, assignments, vm, &before);
        say_left_out(rest, device->name, message);
    }
}
