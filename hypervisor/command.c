/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manager VM's commands: see command.h.
 */
#include "command.h"

#include "core_local.h"
#include "cpu.h"
#include "late.h"
#include "log.h"
#include "vm.h"

/** The plan names its physical address. */
SHARED_PAGES(manager) struct manager_page manager_pages;

/** What each command asks of a VM. */
static const uint8_t phases[] = {
    [MANAGER_START] = VM_STATUS_RESTORING,
    [MANAGER_STOP] = VM_STATUS_STOPPING,
    [MANAGER_RESTART] = VM_STATUS_RESTARTING,
};

/** What the log says of each result. */
static const uint8_t events[] = {
    [MANAGER_OK] = LOG_VM_COMMAND,
    [MANAGER_ERR_COMMAND] = LOG_VM_COMMAND_UNKNOWN,
    [MANAGER_ERR_STATE] = LOG_VM_COMMAND_STATE,
};

/** Says why @vm is in no state for a command, if that has been so for more than a second. */
static void tell_if_late(const struct plan_vm *vm)
{
    uint64_t asked = late_asked(vm);

    if (asked != 0 && cpu_counter() - asked > cpu_counter_frequency()) {
        late_tell(vm, asked);
    }
}

static enum manager_result command_do(const struct plan_vm *vm, uint32_t command)
{
    if (command < MANAGER_START || command > MANAGER_RESTART) {
        return MANAGER_ERR_COMMAND;
    }
    /* bound: if COMMANDS */
    bool done =
        vm_request(vm, phases[command], VM_REASON_MANAGER) ||
        /* bound: if COMMANDS */
        (command == MANAGER_RESTART && vm_request(vm, VM_STATUS_RESTORING, VM_REASON_MANAGER));
    if (!done) {
        tell_if_late(vm); /* bound: if COMMANDS */
    }
    /* bound: if COMMANDS */
    vm_attend(); /* it may be the manager itself */
    return done ? MANAGER_OK : MANAGER_ERR_STATE;
}

bool command_store(uint64_t offset, uint32_t size, uint32_t value)
{
    uint64_t index = offset / sizeof(uint32_t);

    if (index >= plan.vms.count) {
        return false;
    }
    const struct plan_vm *vm = plan_vm((uint32_t)index);
    enum manager_result result =
        size == sizeof(uint32_t) ? command_do(vm, value) : MANAGER_ERR_COMMAND;
    manager_pages.results[index] = result;
    __atomic_fetch_add(&manager_pages.count, 1, __ATOMIC_RELEASE);
    log_write(events[result], plan_vcpu(vm->first_vcpu), value, plan_vm_index(this_cpu.vm), 0, 0);
    return true;
}
