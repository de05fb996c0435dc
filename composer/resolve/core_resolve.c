/* SPDX-License-Identifier: Apache-2.0 */
/* Gives each CPU what the list `cores` says of it, with its timetable (core_resolve.h). */
#include <stdlib.h>

#include "core_resolve.h"
#include "diagnostics.h"
#include "memory.h"
#include "yaml_value.h"

static bool vm_has_cpu(const struct vm *vm, uint32_t cpu)
{
    for (size_t i = 0; i < vm->cpu_count; i++) {
        if (vm->cpus[i] == cpu) {
            return true;
        }
    }
    return false;
}

static int slot_compare(const void *a, const void *b)
{
    const struct core_slot *left = a, *right = b;

    return (left->start_ns > right->start_ns) - (left->start_ns < right->start_ns);
}

static void check_slots(const struct core *core)
{
    char start[TIME_TEXT_SIZE], end[TIME_TEXT_SIZE], frame[TIME_TEXT_SIZE];

    for (size_t i = 0; i < core->slot_count; i++) {
        const struct core_slot *slot = &core->slots[i];
        const struct core_slot *before = i > 0 ? slot - 1 : NULL;

        if (core->frame_ns != 0 && slot->start_ns + slot->length_ns > core->frame_ns) {
            error(slot->location,
                  "slots: this one ends at %s, the frame at %s; shorten it, or lengthen the frame",
                  yaml_time_text(slot->start_ns + slot->length_ns, end),
                  yaml_time_text(core->frame_ns, frame));
        }
        if (before != NULL && before->start_ns + before->length_ns > slot->start_ns) {
            error(
                slot->location,
                "slots: this one starts at %s, the one on line %d ends at %s; move or shorten one",
                yaml_time_text(slot->start_ns, start), before->location.line,
                yaml_time_text(before->start_ns + before->length_ns, end));
        }
    }
}

/* The slots of CPU @cpu; mistakes that do not depend on the CPU are reported for the first one
 * only. */
static void resolve_slots(const struct system *system, const struct core_source *source,
                          size_t index, struct core *core)
{
    uint32_t cpu = source->cpus[index];

    for (size_t i = 0; i < source->slot_count; i++) {
        const struct core_slot_source *slot = &source->slots[i];
        uint32_t vm = name_find_vm(system, "vm", slot->vm);

        if (vm == PLAN_NONE) {
            continue;
        }
        if (!vm_has_cpu(&system->vms[vm], cpu)) {
            error(slot->vm.location,
                  "vm: %s does not run on CPU %u; add %u to its cpus, or name another",
                  slot->vm.text, cpu, cpu);
            continue;
        }
        struct core_slot *added = ARRAY_ADD(core->slots, core->slot_count);
        *added = slot->slot;
        added->vm = vm;
    }
    if (core->slot_count != 0) {
        qsort(core->slots, core->slot_count, sizeof(*core->slots), slot_compare);
    }
    check_slots(core);
}

/* Whether a VM has @cpu, or may be meant to: what it says of its CPUs could not be read. */
static bool cpu_is_used(const struct system *system, const struct vm_source *vms, uint32_t cpu)
{
    for (size_t i = 0; i < system->vm_count; i++) {
        if (vm_has_cpu(&system->vms[i], cpu) || vms[i].cpus_wrong) {
            return true;
        }
    }
    return system->vm_count == 0;
}

static void resolve_core(struct system *system, const struct vm_source *vms,
                         const struct core_source *source, size_t index)
{
    unsigned before = error_count();
    uint32_t cpu = source->cpus[index];
    struct source_location location = source->cpu_places[index];

    if (cpu >= system->board.cpu_count) {
        error(location, "cpus: there is no CPU %u; board %s has CPUs 0 to %zu", cpu,
              system->board.name, system->board.cpu_count - 1);
    } else if (system->cores[cpu].location.line != 0) {
        error(location, "cpus: CPU %u is in cores already (line %d); remove one", cpu,
              system->cores[cpu].location.line);
    } else if (!cpu_is_used(system, vms, cpu)) {
        error(location, "cpus: no VM has CPU %u; add it to a VM's cpus, or remove it here", cpu);
    } else {
        struct core *core = &system->cores[cpu];

        *core = source->core;
        core->location = location;
        resolve_slots(system, source, index, core);
        core->wrong |= error_count() != before;
    }
}

void cores_resolve(struct system *system, struct vm_source *vms, const struct core_source *cores,
                   size_t count)
{
    unsigned before = error_count();

    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < cores[i].cpu_count; j++) {
            resolve_core(system, vms, &cores[i], j);
        }
    }
    system->cores_wrong |= error_count() != before;
    cores_check_vms(system, vms);
    delivery_notes(system, vms);
}
