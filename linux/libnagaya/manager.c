/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manager: the node "nagaya,manager" has the ranges command page, what can be observed, plan,
 * and stores. Nothing in them is written by another VM, but the plan is checked like any file, so
 * that a tool of another version says so.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "error.h"
#include "nagaya.h"
#include "plan_sound.h"
#include "platform.h"
#include "status.h"

#define NEVER_WAKES                                                                                \
    "as a rule that is a vCPU with direct interrupts that sleeps with its interrupts closed "      \
    "(ICC_PMR_EL1 = 0), and "                                                                      \
    "can't be woken"

enum {
    MAP_COMMANDS = 0,
    MAP_OBSERVE = 1,
    MAP_PLAN = 2,
    MAP_STORES = 3,
};

static bool range_holds(size_t range, uint64_t offset, uint64_t size)
{
    return offset <= range && size <= range - offset && offset % 8 == 0;
}

static bool find_observed(struct nagaya_manager *manager)
{
    const uint8_t *observe = uio_map(&manager->device, MAP_OBSERVE, false);
    size_t size = manager->device.sizes[MAP_OBSERVE];
    uint32_t stats, rings;

    if (observe == NULL || !uio_cell(&manager->device, "nagaya,stats-offset", &stats) ||
        !uio_cell(&manager->device, "nagaya,log-offset", &rings)) {
        return false;
    }
    if (!range_holds(size, 0, (uint64_t)PLAN_MAX_VMS * PLAN_PAGE_SIZE) ||
        !range_holds(size, stats, PLAN_MAX_VCPUS * sizeof(*manager->stats)) ||
        !range_holds(size, rings, PLAN_MAX_CPUS * sizeof(*manager->rings))) {
        return nagaya_fail("the device tree's node of the manager does not fit its ranges");
    }
    manager->status = observe;
    manager->stats = (const void *)(observe + stats);
    manager->rings = (const void *)(observe + rings);
    return true;
}

static uint32_t cell(const uint8_t bytes[4])
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static const struct plan_memory *memory_of(const struct nagaya_manager *manager, uint32_t vm,
                                           uint32_t index)
{
    const struct plan_vm *plan_vm = nagaya_vm(manager, vm);

    return index < plan_vm->memory.count
               ? (const struct plan_memory *)nagaya_plan_at(manager->plan, plan_vm->memory) + index
               : NULL;
}

/* Where the manager's @ipa is in the machine. */
static bool find_physical(const struct nagaya_manager *manager, uint64_t ipa, uint64_t *pa)
{
    const struct plan_memory *memory;

    for (uint32_t vm = 0; vm < manager->plan->vms.count; vm++) {
        for (uint32_t i = 0; nagaya_vm(manager, vm)->command_ipa != 0 &&
                             (memory = memory_of(manager, vm, i)) != NULL;
             i++) {
            if (ipa >= memory->ipa && ipa - memory->ipa < memory->size) {
                *pa = ipa - memory->ipa + memory->pa;
                return true;
            }
        }
    }
    return false;
}

/* Which part of the VM's memory is brought back from the store at @store_pa: the plan has a step
 * for it. */
static bool find_target(const struct nagaya_manager *manager, uint64_t store_pa,
                        struct nagaya_store *store)
{
    const struct plan_vm *vm = nagaya_vm(manager, store->vm);
    const struct plan_restore *steps = nagaya_plan_at(manager->plan, vm->restore);
    const struct plan_memory *memory;

    for (uint32_t step = 0; step < vm->restore.count; step++) {
        if (steps[step].source_pa != store_pa || steps[step].size != store->size) {
            continue;
        }
        for (uint32_t i = 0; (memory = memory_of(manager, store->vm, i)) != NULL; i++) {
            if (steps[step].target_pa >= memory->pa &&
                steps[step].target_pa - memory->pa < memory->size) {
                store->target = steps[step].target_pa - memory->pa + memory->ipa;
                return true;
            }
        }
    }
    return false;
}

static bool find_stores(struct nagaya_manager *manager)
{
    uint8_t triples[PLAN_MAX_VMS][12];
    int bytes = uio_property(&manager->device, "nagaya,stores", triples, sizeof(triples));
    uint8_t *stores;

    if (bytes <= 0 || manager->device.sizes[MAP_STORES] == 0) {
        return true;
    }
    stores = uio_map(&manager->device, MAP_STORES, true);
    if (stores == NULL) {
        return false;
    }
    for (int i = 0; i < bytes / 12; i++) {
        struct nagaya_store *store = &manager->stores[manager->store_count];
        uint32_t offset = cell(triples[i] + 4);
        uint64_t pa;

        *store = (struct nagaya_store){
            .vm = cell(triples[i]), .bytes = stores + offset, .size = cell(triples[i] + 8)};
        if (store->vm >= manager->plan->vms.count ||
            !range_holds(manager->device.sizes[MAP_STORES], offset, store->size) ||
            !find_physical(manager, manager->device.addresses[MAP_STORES] + offset, &pa) ||
            !find_target(manager, pa, store)) {
            return nagaya_fail(
                "the device tree's node of the manager has a store that does not fit the plan");
        }
        manager->store_count++;
    }
    return true;
}

bool nagaya_manager_open(struct nagaya_manager *manager, bool with_stores)
{
    *manager = (struct nagaya_manager){.device.fd = -1};
    switch (uio_open("nagaya-manager", &manager->device)) {
    case UIO_NO_SUCH_DEVICE:
        return nagaya_fail("this VM is not the manager (manager: true in the system's file makes "
                           "one), or the kernel module "
                           "nagaya_uio is not loaded");
    case UIO_FAILED:
        return false;
    case UIO_OPEN:
        break;
    }
    manager->page = uio_map(&manager->device, MAP_COMMANDS, true);
    manager->plan = uio_map(&manager->device, MAP_PLAN, false);
    if (manager->page != NULL && manager->plan != NULL) {
        const char *wrong = plan_wrong(manager->plan, manager->device.sizes[MAP_PLAN]);

        if (wrong != NULL) {
            nagaya_fail("the hypervisor's plan %s", wrong);
        } else if (find_observed(manager) && (!with_stores || find_stores(manager))) {
            return true;
        }
    }
    nagaya_manager_close(manager);
    return false;
}

void nagaya_manager_close(struct nagaya_manager *manager)
{
    uio_close(&manager->device);
}

const void *nagaya_plan_at(const struct plan *plan, struct plan_array array)
{
    return (const uint8_t *)plan + array.offset;
}

const struct plan_vm *nagaya_vm(const struct nagaya_manager *manager, uint32_t vm)
{
    return (const struct plan_vm *)nagaya_plan_at(manager->plan, manager->plan->vms) + vm;
}

const struct plan_vcpu *nagaya_vcpu(const struct nagaya_manager *manager, uint32_t vcpu)
{
    return (const struct plan_vcpu *)nagaya_plan_at(manager->plan, manager->plan->vcpus) + vcpu;
}

const struct plan_core *nagaya_core(const struct nagaya_manager *manager,
                                    const struct plan_vcpu *vcpu)
{
    return (const struct plan_core *)nagaya_plan_at(manager->plan, manager->plan->cores) +
           vcpu->cpu;
}

bool nagaya_vm_find(const struct nagaya_manager *manager, const char *name, uint32_t *vm)
{
    char names[PLAN_MAX_VMS * (PLAN_NAME_SIZE + 2)] = "";

    for (*vm = 0; *vm < manager->plan->vms.count; (*vm)++) {
        size_t used = strlen(names);

        if (strcmp(nagaya_vm(manager, *vm)->name, name) == 0) {
            return true;
        }
        snprintf(names + used, sizeof(names) - used, "%s%s", used > 0 ? ", " : "",
                 nagaya_vm(manager, *vm)->name);
    }
    return nagaya_fail("there is no VM %s; there are %s", name, names);
}

struct vm_status nagaya_vm_status(const struct nagaya_manager *manager, uint32_t vm)
{
    return status_read(manager->status + vm * (size_t)PLAN_PAGE_SIZE);
}

const struct nagaya_store *nagaya_vm_store(const struct nagaya_manager *manager, uint32_t vm)
{
    for (uint32_t i = 0; i < manager->store_count; i++) {
        if (manager->stores[i].vm == vm) {
            return &manager->stores[i];
        }
    }
    return NULL;
}

enum nagaya_wait nagaya_manager_wait(struct nagaya_manager *manager, int timeout_ms)
{
    enum nagaya_wait result = (enum nagaya_wait)uio_wait(&manager->device, timeout_ms);

    if (result == NAGAYA_WAIT_FAILED) {
        nagaya_fail("waiting for the manager's doorbell failed: %s", strerror(errno));
    }
    return result;
}

/* Why a VM that is in no state for a command may stay so. */
static const char *why_not(struct vm_status status)
{
    uint64_t since = nagaya_counter() - status.time;

    if (status.state == VM_STATUS_LOST) {
        return ", for one of its CPUs has stopped by a fault of the hypervisor (nagayactl faults): "
               "nothing but a reset "
               "of the machine starts it again";
    }
    if ((status.state == VM_STATUS_STOPPING || status.state == VM_STATUS_RESTARTING) &&
        since > nagaya_counter_frequency()) {
        return ", for more than a second by now: " NEVER_WAKES;
    }
    return "";
}

bool nagaya_vm_command(const struct nagaya_manager *manager, uint32_t vm,
                       enum manager_command command)
{
    static const char *const verbs[] = {"", "started", "stopped", "restarted"};
    static const char *const states[] = {
        "off",           "running", "being stopped", "being restarted", "being restarted",
        "being stopped", "lost"};
    const char *name = nagaya_vm(manager, vm)->name;
    struct vm_status status = nagaya_vm_status(manager, vm);

    platform_store(&manager->page->commands[vm], command);
    switch (manager->page->results[vm]) {
    case MANAGER_OK:
        return true;
    case MANAGER_ERR_STATE:
        return nagaya_fail("%s can't be %s: it is %s%s", name, verbs[command],
                           status.state < sizeof(states) / sizeof(states[0]) ? states[status.state]
                                                                             : "?",
                           why_not(status));
    default:
        return nagaya_fail("%s can't be %s: the hypervisor does not know the command (result %u)",
                           name, verbs[command], manager->page->results[vm]);
    }
}

static bool is_done(enum manager_command command, struct vm_status before, struct vm_status now)
{
    if (command == MANAGER_STOP) {
        return now.state == VM_STATUS_OFF;
    }
    return now.state == VM_STATUS_RUNNING && now.generation != before.generation;
}

bool nagaya_vm_wait(const struct nagaya_manager *manager, uint32_t vm, enum manager_command command,
                    struct vm_status before, int timeout_ms)
{
    const struct timespec pause = {.tv_nsec = 1000000};
    const char *verb = command == MANAGER_STOP ? "stop" : "start";
    uint32_t state;

    for (int waited = 0; waited <= timeout_ms; waited++) {
        struct vm_status now = nagaya_vm_status(manager, vm);

        if (is_done(command, before, now)) {
            return true;
        }
        if (now.state == VM_STATUS_LOST) {
            return nagaya_fail("%s was told to %s, but is lost now%s", nagaya_vm(manager, vm)->name,
                               verb, why_not(now));
        }
        nanosleep(&pause, NULL);
    }
    state = nagaya_vm_status(manager, vm).state;
    return nagaya_fail("%s was told to %s, but has not done so after %d ms; %s",
                       nagaya_vm(manager, vm)->name, verb, timeout_ms,
                       state == VM_STATUS_STOPPING || state == VM_STATUS_RESTARTING
                           ? NEVER_WAKES
                           : "nagayactl list shows its state");
}
