/* SPDX-License-Identifier: Apache-2.0 */
/* What a VM finds when it starts: its first instruction, and its info page (its device tree:
 * check_tree_open.c). */
#include <inttypes.h>
#include <string.h>

#include "check_info.h"

/* The range of the plan's that holds [@ipa, @ipa + @size) of a VM's RAM, or NULL. */
static const struct plan_memory *ram_at(const struct check *check, uint32_t vm, uint64_t ipa,
                                        uint64_t size)
{
    const struct plan_memory *memory = plan_view_memory(&check->view.plan, vm);
    for (uint32_t i = 0; i < check->view.plan.vms[vm].memory.count; i++) {
        if (image_view_is_ram(&check->view, vm, &memory[i]) &&
            range_contains(memory[i].ipa, memory[i].size, ipa, size)) {
            return &memory[i];
        }
    }
    return NULL;
}

static void check_entry(struct check *check, uint32_t vm)
{
    uint64_t entry = check->view.plan.vms[vm].entry_ipa;
    const struct plan_memory *memory = ram_at(check, vm, entry, 4);
    if (memory == NULL || (memory->flags & PLAN_MEMORY_EXEC) == 0) {
        report_fail(check->view.report, PROPERTY_START_ENTRY,
                    "%s: no RAM that it can execute at its entry 0x%" PRIx64,
                    check->view.vm_who[vm], entry);
    }
}

/* Whether the VM can read the page, and only that, where the plan says. */
static bool info_is_mapped(const struct check *check, uint32_t vm)
{
    const struct plan_vm *plan_vm = &check->view.plan.vms[vm];
    const struct plan_memory *memory = plan_view_memory(&check->view.plan, vm);
    for (uint32_t i = 0; i < plan_vm->memory.count; i++) {
        if (memory[i].ipa == plan_vm->info_ipa && memory[i].pa == plan_vm->info_pa) {
            return memory[i].size == PLAN_PAGE_SIZE && memory[i].flags == PLAN_MEMORY_READ;
        }
    }
    return false;
}

static void check_info(struct check *check, uint32_t vm)
{
    const struct plan_vm *plan_vm = &check->view.plan.vms[vm];
    struct info_page page;
    struct info_page expected;
    uint64_t where;
    if (!info_is_mapped(check, vm)) {
        report_fail(check->view.report, PROPERTY_START_INFO,
                    "%s: no read-only info page at ipa 0x%" PRIx64, check->view.vm_who[vm],
                    plan_vm->info_ipa);
    }
    image_file_copy(check->view.image, plan_vm->info_pa, &page, sizeof(page));
    check_info_expected(check, vm, &expected);
    const uint8_t *have = (const uint8_t *)&page;
    const uint8_t *want = (const uint8_t *)&expected;
    for (size_t i = 0; i < sizeof(page); i++) {
        if (have[i] != want[i]) {
            report_fail(check->view.report, PROPERTY_START_INFO,
                        "%s: the info page at 0x%" PRIx64
                        " does not say what the plan says, at offset 0x%zx",
                        check->view.vm_who[vm], plan_vm->info_pa, i);
            return;
        }
    }
    if (!image_file_is_zero(check->view.image, plan_vm->info_pa + sizeof(page),
                            PLAN_PAGE_SIZE - sizeof(page), &where)) {
        report_fail(check->view.report, PROPERTY_START_INFO,
                    "%s: the unused end of the info page is not zero at 0x%" PRIx64,
                    check->view.vm_who[vm], where);
    }
}

void check_start(struct check *check)
{
    for (uint32_t vm = 0; vm < check->view.plan.vm_count; vm++) {
        check_entry(check, vm);
        check_info(check, vm);
    }
}
