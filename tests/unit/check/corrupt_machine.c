/* SPDX-License-Identifier: Apache-2.0 */
/* Damage to interrupts, restoring and starting. */
#include "corrupt.h"

#include <string.h>

#include "info.h"

static struct info_page *info(struct builder *builder, unsigned vm)
{
    return builder_at(builder, INFO_PA + vm * PLAN_PAGE_SIZE);
}

static void interrupt_of_two_vms(struct builder *builder)
{
    builder->vms[CONTROL].intids[1] |= 1U << (33 - 32);
    builder->head.gic.spi_cpu[33] = 2;
}

static void interrupt_that_does_not_exist(struct builder *builder)
{
    builder->vms[CONTROL].intids[128 / 32] |= 1;
}

static void maintenance_interrupt(struct builder *builder)
{
    builder->vms[CONTROL].intids[0] |= 1U << 25;
}

static void hypervisor_timer(struct builder *builder)
{
    builder->vms[LINUX].intids[0] |= 1U << 26;
}

static void interrupt_to_another_vm(struct builder *builder)
{
    builder->head.gic.spi_cpu[34] = 2;
}

static void interrupt_given_to_another_vm(struct builder *builder)
{
    builder->head.gic.spi_owner[34] = CONTROL + 1;
}

static void interrupt_given_to_nobody(struct builder *builder)
{
    builder->head.gic.spi_owner[34] = 0;
}

static void copy_in_ram_of_its_vm(struct builder *builder)
{
    builder_give(builder, LINUX, 0x60000000, COPIES_PA, 0x1000, PLAN_MEMORY_READ, PLAN_NONE);
}

static void restore_of_another_vm(struct builder *builder)
{
    builder->restores[CONTROL][2] = (struct plan_restore){LINUX_RAM + 0x100000, 0, 64};
    builder->vms[CONTROL].restore.count = 3;
}

static void copy_in_ram_of_a_vm(struct builder *builder)
{
    builder->restores[CONTROL][1].source_pa = CONTROL_RAM;
}

static void copy_not_loaded(struct builder *builder)
{
    builder->segments[5].size -= 64;
    builder->segments[5].file_size -= 64;
}

static void copies_in_one_page(struct builder *builder)
{
    builder->restores[CONTROL][1].source_pa = COPIES_PA + 0x2fc0;
    builder->restores[CONTROL][1].size = CONTROL_IMAGE_SIZE;
}

static void ram_not_restored(struct builder *builder)
{
    builder->restores[CONTROL][0].size -= 64;
}

static void ram_restored_twice(struct builder *builder)
{
    builder->restores[CONTROL][0].target_pa -= 64;
    builder->restores[CONTROL][0].size += 64;
}

static void copy_differs(struct builder *builder)
{
    *(uint8_t *)builder_at(builder, COPIES_PA + 0x1234) ^= 1;
}

static void zeros_differ(struct builder *builder)
{
    builder->segments[7].file_size = builder->segments[7].size;
    *(uint8_t *)builder_at(builder, CONTROL_RAM + 0x2008) = 1;
}

static void entry_outside(struct builder *builder)
{
    builder->vms[CONTROL].entry_ipa = CONTROL_IPA - 4;
}

static void entry_not_executable(struct builder *builder)
{
    builder->ranges[CONTROL][1].flags &= ~PLAN_MEMORY_EXEC;
    builder->stage2[CONTROL][1].attributes &= ~PLAN_MEMORY_EXEC;
}

static void no_device_tree(struct builder *builder)
{
    builder->vms[CONTROL].dtb_ipa += 64;
}

static void device_tree_outside(struct builder *builder)
{
    builder->vms[CONTROL].dtb_ipa = CONTROL_IPA + CONTROL_RAM_SIZE;
}

static void device_tree_too_long(struct builder *builder)
{
    memset((uint8_t *)builder_at(builder, CONTROL_RAM + 0x1004), 0x7f, 4);
    memset((uint8_t *)builder_at(builder, COPIES_PA + 0x5004), 0x7f, 4);
}

static void info_of_other_name(struct builder *builder)
{
    info(builder, LINUX)->name[0] = 'L';
}

static void info_of_other_count(struct builder *builder)
{
    info(builder, LINUX)->vcpu_count = 1;
}

static void info_with_more(struct builder *builder)
{
    *(uint8_t *)builder_at(builder, INFO_PA + 0xfff) = 1;
}

static void info_elsewhere(struct builder *builder)
{
    builder->vms[LINUX].info_ipa += 0x1000;
}

static const struct damage damages[] = {
    DESCRIBED("interrupt of two VMs", interrupt_of_two_vms, "interrupts.owner interrupts.target",
              "vm linux and vm control both own interrupt 33"),
    DESCRIBED("interrupt that doesn't exist", interrupt_that_does_not_exist, "interrupts.owner",
              "interrupt 128"),
    DESCRIBED("maintenance interrupt", maintenance_interrupt,
              "interrupts.reserved interrupts.private", "vm control owns interrupt 25"),
    DESCRIBED("hypervisor's timer", hypervisor_timer, "interrupts.reserved interrupts.private",
              "vm linux owns interrupt 26"),
    DESCRIBED("interrupt to another VM's CPU", interrupt_to_another_vm, "interrupts.target",
              "interrupt 34 of vm linux goes to cpu 2"),
    DESCRIBED("interrupt given to another VM", interrupt_given_to_another_vm, "interrupts.owner",
              "interrupt 34 would be given to vm control, its owner is vm linux"),
    DESCRIBED("interrupt given to nobody", interrupt_given_to_nobody,
              "interrupts.owner interrupts.trigger", "would be given to nobody"),
    DESCRIBED("copy in RAM of its VM", copy_in_ram_of_its_vm, "manager.stores",
              "copy of the image of vm linux"),
    DESCRIBED("restore writes another VM's RAM", restore_of_another_vm, "restore.target",
              "vm control: 0x40500000 is written"),
    DESCRIBED("copy in RAM of a VM", copy_in_ram_of_a_vm,
              "hypervisor.block hypervisor.window restore.source", "not in the hypervisor"),
    DESCRIBED("copy not loaded", copy_not_loaded, "restore.source", "not loaded whole"),
    DESCRIBED("copies of two VMs in one page", copies_in_one_page,
              "hypervisor.block hypervisor.window restore.source restore.content",
              "share the page"),
    DESCRIBED("RAM not restored", ram_not_restored, "restore.cover", "0x40bfffc0 is not restored"),
    DESCRIBED("RAM restored twice", ram_restored_twice, "restore.cover", "written twice"),
    IN_MEMORY("copy differs from memory", copy_differs, "restore.content", "0x40401234"),
    IN_MEMORY("zeros differ from memory", zeros_differ, "restore.content",
              "0x40a02008 is filled with zeros"),
    DESCRIBED("entry outside RAM", entry_outside, "start.entry", "0x7ffffffc"),
    DESCRIBED("entry not executable", entry_not_executable, "memory.kinds start.entry",
              "can execute"),
    DESCRIBED("device tree without magic", no_device_tree, "start.device-tree", "magic"),
    DESCRIBED("device tree outside RAM", device_tree_outside, "start.device-tree", "no RAM"),
    IN_MEMORY("device tree beyond RAM", device_tree_too_long, "start.device-tree",
              "0x7f7f7f7f bytes"),
    IN_MEMORY("info page of another name", info_of_other_name, "start.info", "vm linux"),
    IN_MEMORY("info page with other vCPUs", info_of_other_count, "start.info", "offset 0x38"),
    IN_MEMORY("info page with more", info_with_more, "start.info", "0x400a0fff"),
    DESCRIBED("info page elsewhere", info_elsewhere, "memory.hypervisor start.info",
              "no read-only info page"),
};
const struct damages damages_machine = DAMAGES(damages);
