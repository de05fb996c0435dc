/* SPDX-License-Identifier: Apache-2.0 */
/* Follows the hypervisor's log and shows its counters. Only reads: the hypervisor does not know
 * of it. */
#include "run_observe.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "guest.h"
#include "image_reader.h"
#include "log_line.h"
#include "log_read.h"
#include "memory.h"

static const void *plan_at(const struct plan *plan, struct plan_array array)
{
    return (const uint8_t *)plan + array.offset;
}

bool observer_open(struct observer *observer, const char *image_path, const char *colour)
{
    char why[IMAGE_FILE_WHY_SIZE];
    struct image_file image = {0};

    *observer = (struct observer){.speaker = {.name = "hypervisor", .colour = colour}};
    if (!image_file_read(image_path, &image, why) || !image_file_parse(&image, why)) {
        fprintf(stderr, "nagaya: %s: %s\n", image_path, why);
        return false;
    }

    struct plan head;
    image_file_copy(&image, image.plan_pa, &head, sizeof(head));
    struct plan *plan = memory_new(1, head.total_size);
    image_file_copy(&image, image.plan_pa, plan, head.total_size);
    image_file_close(&image);

    const struct plan_region *regions = plan_at(plan, plan->regions);
    observer->plan = plan;
    observer->memory_pa = UINT64_MAX;
    for (uint32_t i = 0; i < plan->regions.count; i++) {
        if (regions[i].kind == PLAN_REGION_RAM && regions[i].pa < observer->memory_pa) {
            observer->memory_pa = regions[i].pa;
        }
    }
    return true;
}

uint32_t observer_device_owner(const struct observer *observer, const char *name)
{
    const struct plan_region *regions = plan_at(observer->plan, observer->plan->regions);

    for (uint32_t i = 0; i < observer->plan->regions.count; i++) {
        if (regions[i].kind == PLAN_REGION_DEVICE && strcmp(regions[i].name, name) == 0) {
            return regions[i].owner;
        }
    }
    return PLAN_NONE;
}

const void *observer_memory(const struct observer *observer, uint64_t pa, uint64_t size)
{
    if (pa < observer->memory_pa || size > observer->memory_size ||
        pa - observer->memory_pa > observer->memory_size - size) {
        return NULL;
    }
    return observer->memory + (pa - observer->memory_pa);
}

/* The hypervisor writes on while we read (manager.h): twice the same is no copy of half a
 * change. */
#define STATUS_TRIES 1000

struct vm_status observer_status(const struct observer *observer, uint32_t vm)
{
    const volatile struct vm_status *page = observer_memory(
        observer, observer->plan->hypervisor.status_pa + (uint64_t)vm * PLAN_PAGE_SIZE,
        sizeof(*page));
    struct vm_status status = {0};

    for (unsigned tries = 0; page != NULL && tries < STATUS_TRIES; tries++) {
        struct vm_status again = *page;
        bool same = memcmp(&status, &again, sizeof(status)) == 0;

        status = again;
        if (same) {
            break;
        }
    }
    return status;
}

const struct vcpu_stats *observer_stats(const struct observer *observer, uint32_t vcpu)
{
    const struct vcpu_stats *stats = observer_memory(observer, observer->plan->hypervisor.stats_pa,
                                                     PLAN_MAX_VCPUS * sizeof(*stats));

    return stats != NULL && vcpu < PLAN_MAX_VCPUS ? &stats[vcpu] : NULL;
}

bool observer_any_started(const struct observer *observer)
{
    for (uint32_t vm = 0; vm < observer->plan->vms.count; vm++) {
        if (observer_status(observer, vm).generation > 0) {
            return true;
        }
    }
    return false;
}

const char *observer_state_name(struct vm_status status)
{
    static const char *const names[] = {"off",        "running",  "stopping", "restarting",
                                        "restarting", "stopping", "lost"};

    if (status.generation == 0 && status.state != VM_STATUS_LOST) {
        return "not started";
    }
    return status.state < sizeof(names) / sizeof(names[0]) ? names[status.state] : "?";
}

/* By the records: the log may be what has failed. */
static void note_faults(struct observer *observer, const struct log_ring *rings)
{
    struct engine_fault fault;

    for (uint32_t cpu = 0; cpu < observer->plan->cpu_count; cpu++) {
        if (!fault_read(&rings[cpu], &fault)) {
            continue;
        }
        observer->faulted = true;
        observer->resets = observer->plan->engine_fault == PLAN_ENGINE_FAULT_RESET;
    }
}

void observer_start(struct observer *observer, const uint8_t *memory, uint64_t size)
{
    observer->memory = memory;
    observer->memory_size = size;
    observer->resets = false;
    memset(observer->read, 0, sizeof(observer->read));
    memset(observer->unwatched, 0, sizeof(observer->unwatched));
}

/** Shows a VM's own text (HC_LOG) as its console, if that is where it is read. */
static bool take_text(struct observer *observer, const struct log_record *record,
                      const struct console_output *output, int64_t now)
{
    char text[HC_LOG_SIZE];

    if (record->event != LOG_VM_TEXT || record->vm >= PLAN_MAX_VMS ||
        observer->texts[record->vm] == NULL) {
        return false;
    }
    memcpy(text, record->arguments, sizeof(text));
    console_take(observer->texts[record->vm], output, text, strnlen(text, sizeof(text)), now);
    return true;
}

void observer_poll(struct observer *observer, struct terminal *terminal, struct script *script,
                   bool silent, int64_t now)
{
    static struct log_record records[PLAN_MAX_CPUS * LOG_RING_RECORDS];
    const struct log_ring *rings = observer_memory(observer, observer->plan->hypervisor.log_pa,
                                                   PLAN_MAX_CPUS * sizeof(*rings));
    const struct console_output output = {terminal, script};
    uint64_t lost = 0;

    if (rings == NULL) {
        return;
    }
    note_faults(observer, rings);
    size_t count = log_read(rings, observer->plan->cpu_count, observer->read, &lost, records);
    if (lost > 0 && !silent) {
        fold_lost(&observer->fold, terminal, &observer->speaker, lost, now);
    }
    for (size_t i = 0; i < count; i++) {
        char text[LOG_LINE_SIZE];

        if (take_text(observer, &records[i], &output, now)) {
            continue;
        }
        if (records[i].event == LOG_WATCHDOG_LOST && records[i].vm < PLAN_MAX_VMS) {
            observer->unwatched[records[i].vm] = true;
        }
        log_line(observer->plan, &records[i], text);
        script_saw(script, observer->speaker.name, text);
        if (!silent) {
            fold_line(&observer->fold, terminal, &observer->speaker, &records[i], text, now);
        }
    }
    fold_tick(&observer->fold, terminal, &observer->speaker, now);
}

void observer_finish(struct observer *observer, struct terminal *terminal)
{
    fold_finish(&observer->fold, terminal, &observer->speaker);
}
