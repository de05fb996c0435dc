/* SPDX-License-Identifier: Apache-2.0 */
/* What a VM finds when it starts: its first instruction, its device tree, its info page. */
#include <inttypes.h>
#include <string.h>

#include "check_info.h"

#define FDT_MAGIC       0xd00dfeedU /* Devicetree Specification 0.4, 5.2 */
#define FDT_HEADER_SIZE 40U

/* The range of the plan's that holds [@ipa, @ipa + @size) of a VM's RAM, or NULL. */
static const struct plan_memory *ram_at(const struct check *check, uint32_t vm, uint64_t ipa, uint64_t size)
{
    const struct plan_memory *memory = plan_view_memory(&check->plan, vm);
    for (uint32_t i = 0; i < check->plan.vms[vm].memory.count; i++) {
        if (check_is_ram(check, vm, &memory[i]) && range_contains(memory[i].ipa, memory[i].size, ipa, size)) {
            return &memory[i];
        }
    }
    return NULL;
}

static void check_entry(struct check *check, uint32_t vm)
{
    uint64_t entry = check->plan.vms[vm].entry_ipa;
    const struct plan_memory *memory = ram_at(check, vm, entry, 4);
    if (memory == NULL || (memory->flags & PLAN_MEMORY_EXEC) == 0) {
        report_fail(check->report, PROPERTY_START_ENTRY, "%s: no RAM that it can execute at its entry 0x%" PRIx64,
                    check->vm_who[vm], entry);
    }
}

static uint32_t read_big_endian(const uint8_t bytes[4])
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void check_device_tree(struct check *check, uint32_t vm)
{
    uint64_t ipa = check->plan.vms[vm].dtb_ipa;
    const char *who = check->vm_who[vm];
    const struct plan_memory *memory = ram_at(check, vm, ipa, FDT_HEADER_SIZE);
    if (memory == NULL) {
        report_fail(check->report, PROPERTY_START_DEVICE_TREE, "%s: no RAM at ipa 0x%" PRIx64, who, ipa);
        return;
    }
    uint8_t header[FDT_HEADER_SIZE];
    image_file_copy(check->image, memory->pa + (ipa - memory->ipa), header, sizeof(header));
    uint32_t magic = read_big_endian(header);
    uint32_t size = read_big_endian(header + 4);
    if (magic != FDT_MAGIC) {
        report_fail(check->report, PROPERTY_START_DEVICE_TREE,
                    "%s: 0x%08x at ipa 0x%" PRIx64 " is not the magic of a device tree", who, magic, ipa);
    } else if (size < FDT_HEADER_SIZE || ram_at(check, vm, ipa, size) == NULL) {
        report_fail(check->report, PROPERTY_START_DEVICE_TREE,
                    "%s: the device tree at ipa 0x%" PRIx64 " has 0x%x bytes, not all of them RAM", who, ipa, size);
    }
}

/* Whether the VM can read the page, and only that, where the plan says. */
static bool info_is_mapped(const struct check *check, uint32_t vm)
{
    const struct plan_vm *plan_vm = &check->plan.vms[vm];
    const struct plan_memory *memory = plan_view_memory(&check->plan, vm);
    for (uint32_t i = 0; i < plan_vm->memory.count; i++) {
        if (memory[i].ipa == plan_vm->info_ipa && memory[i].pa == plan_vm->info_pa) {
            return memory[i].size == PLAN_PAGE_SIZE && memory[i].flags == PLAN_MEMORY_READ;
        }
    }
    return false;
}

static void check_info(struct check *check, uint32_t vm)
{
    const struct plan_vm *plan_vm = &check->plan.vms[vm];
    struct info_page page;
    struct info_page expected;
    uint64_t where;
    if (!info_is_mapped(check, vm)) {
        report_fail(check->report, PROPERTY_START_INFO, "%s: no read-only info page at ipa 0x%" PRIx64,
                    check->vm_who[vm], plan_vm->info_ipa);
    }
    image_file_copy(check->image, plan_vm->info_pa, &page, sizeof(page));
    check_info_expected(check, vm, &expected);
    const uint8_t *have = (const uint8_t *)&page;
    const uint8_t *want = (const uint8_t *)&expected;
    for (size_t i = 0; i < sizeof(page); i++) {
        if (have[i] != want[i]) {
            report_fail(check->report, PROPERTY_START_INFO,
                        "%s: the info page at 0x%" PRIx64 " does not say what the plan says, at offset 0x%zx",
                        check->vm_who[vm], plan_vm->info_pa, i);
            return;
        }
    }
    if (!image_file_is_zero(check->image, plan_vm->info_pa + sizeof(page), PLAN_PAGE_SIZE - sizeof(page), &where)) {
        report_fail(check->report, PROPERTY_START_INFO, "%s: the unused end of the info page is not zero at 0x%" PRIx64,
                    check->vm_who[vm], where);
    }
}

void check_start(struct check *check)
{
    for (uint32_t vm = 0; vm < check->plan.vm_count; vm++) {
        check_entry(check, vm);
        check_device_tree(check, vm);
        check_info(check, vm);
    }
}
