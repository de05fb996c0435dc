/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manager VM's commands: see command.h.
 */
#include "command.h"

#include "log.h"
#include "vm.h"

/** The plan names its physical address. */
struct manager_page manager_pages SHARED_PAGES(manager);

static enum manager_result command_do(const struct plan_vm *vm, uint32_t command)
{
    bool done = false;

    switch (command) {
    case MANAGER_RESTART:
        done = vm_request(vm, VM_RESTARTS, VM_REASON_MANAGER);
        if (done) {
            break;
        }
        /* it may be off */
        __attribute__((fallthrough));
    case MANAGER_START:
        done = vm_request(vm, VM_RESTORES, VM_REASON_MANAGER);
        break;
    case MANAGER_STOP:
        done = vm_request(vm, VM_ENDS, VM_REASON_MANAGER);
        break;
    default:
        return MANAGER_ERR_COMMAND;
    }
    vm_attend(); /* it may be the manager itself */
    return done ? MANAGER_OK : MANAGER_ERR_STATE;
}

bool command_store(uint64_t offset, uint32_t size, uint32_t value)
{
    uint64_t vm = offset / sizeof(uint32_t);

    if (vm >= plan.vms.count) {
        return false;
    }
    enum manager_result result = MANAGER_ERR_COMMAND;
    if (size == sizeof(uint32_t)) {
        result = command_do(plan_vm((uint32_t)vm), value);
    }
    manager_pages.results[vm] = result;
    __atomic_fetch_add(&manager_pages.count, 1, __ATOMIC_RELEASE);
    log_write(LOG_VM_COMMAND, plan_vcpu(plan_vm((uint32_t)vm)->first_vcpu), value, result, 0, 0);
    return true;
}
