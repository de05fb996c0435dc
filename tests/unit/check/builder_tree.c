/* SPDX-License-Identifier: Apache-2.0 */
/* Device trees of the images for tests: what the description gives each VM, and a UART. */
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "builder.h"

#define TREE_ROOM 0x1000
#define EDGE      1
#define LEVEL     4

/* Of a text that is no literal: fdt_property_string's int is too short for its length. */
static void put_text(void *tree, const char *name, const char *text)
{
    fdt_property(tree, name, text, (int)strlen(text) + 1);
}

static void begin(void *tree, const char *name, uint64_t address)
{
    char text[64];
    snprintf(text, sizeof(text), "%s@%lx", name, address);
    fdt_begin_node(tree, text);
}

static void put_ranges(void *tree, const uint64_t *numbers, size_t count)
{
    fdt64_t cells[8];
    for (size_t i = 0; i < count; i++) {
        cells[i] = cpu_to_fdt64(numbers[i]);
    }
    fdt_property(tree, "reg", cells, (int)(count * sizeof(cells[0])));
}

static void put_interrupt(void *tree, uint32_t intid, uint32_t flags)
{
    fdt32_t cells[] = {0, cpu_to_fdt32(intid - 32), cpu_to_fdt32(flags)};
    fdt_property(tree, "interrupts", cells, sizeof(cells));
}

static void put_cpus(const struct builder *builder, unsigned vm, void *tree)
{
    fdt_begin_node(tree, "cpus");
    fdt_property_u32(tree, "#address-cells", 1);
    fdt_property_u32(tree, "#size-cells", 0);
    for (uint32_t i = 0; i < builder->vms[vm].vcpu_count && i < VCPUS_MAX; i++) {
        uint64_t mpidr = builder->vcpus[(builder->vms[vm].first_vcpu + i) % VCPUS_MAX].mpidr;
        begin(tree, "cpu", mpidr);
        fdt_property_string(tree, "device_type", "cpu");
        fdt_property_string(tree, "compatible", "arm,cortex-a53");
        fdt_property_u32(tree, "reg", (uint32_t)mpidr);
        fdt_property_string(tree, "enable-method", "psci");
        fdt_end_node(tree);
    }
    fdt_end_node(tree);
}

static bool is_ram(const struct builder *builder, unsigned vm, const struct plan_memory *range)
{
    uint64_t pa = range->pa;
    (void)builder;
    return (range->flags & PLAN_MEMORY_DEVICE) == 0 && pa >= BLOCK_END && pa != CHANNEL_PA &&
           vm < VMS;
}

static void put_machine(const struct builder *builder, unsigned vm, void *tree)
{
    static const char psci[] = "arm,psci-1.0\0arm,psci-0.2";
    const struct plan_vm *plan_vm = &builder->vms[vm];
    bool old = builder->head.gic.version == 2;
    fdt32_t timers[12];
    for (unsigned i = 0; i < 4; i++) {
        static const uint32_t numbers[] = {13, 14, 11, 10};
        timers[3 * i] = cpu_to_fdt32(1);
        timers[3 * i + 1] = cpu_to_fdt32(numbers[i]);
        timers[3 * i + 2] =
            cpu_to_fdt32(LEVEL | (old ? ((1U << plan_vm->vcpu_count) - 1) << 8 : 0));
    }
    fdt_begin_node(tree, "psci");
    fdt_property(tree, "compatible", psci, sizeof(psci));
    fdt_property_string(tree, "method", "hvc");
    fdt_end_node(tree);
    for (uint32_t i = 0; i < plan_vm->memory.count; i++) {
        const struct plan_memory *range = &builder->ranges[vm][i];
        if (is_ram(builder, vm, range) && (range->flags & PLAN_MEMORY_ROM) == 0) {
            begin(tree, "memory", range->ipa);
            fdt_property_string(tree, "device_type", "memory");
            put_ranges(tree, (const uint64_t[]){range->ipa, range->size}, 2);
            fdt_end_node(tree);
        }
    }
    begin(tree, "intc", plan_vm->gicd_ipa);
    put_text(tree, "compatible", old ? "arm,gic-400" : "arm,gic-v3");
    fdt_property(tree, "interrupt-controller", NULL, 0);
    fdt_property_u32(tree, "#address-cells", 0);
    fdt_property_u32(tree, "#interrupt-cells", 3);
    put_ranges(tree,
               (const uint64_t[]){plan_vm->gicd_ipa, old ? 0x1000 : 0x10000,
                                  old ? plan_vm->gicc_ipa : plan_vm->gicr_ipa,
                                  old ? 0x2000 : (uint64_t)plan_vm->vcpu_count * 0x20000},
               4);
    fdt_property_u32(tree, "phandle", 1);
    fdt_end_node(tree);
    fdt_begin_node(tree, "timer");
    fdt_property_string(tree, "compatible", "arm,armv8-timer");
    fdt_property(tree, "interrupts", timers, sizeof(timers));
    fdt_end_node(tree);
    begin(tree, "hypervisor", plan_vm->info_ipa);
    fdt_property_string(tree, "compatible", "nagaya,info");
    put_ranges(tree, (const uint64_t[]){plan_vm->info_ipa, 0x1000}, 2);
    fdt_end_node(tree);
}

static void put_channels(const struct builder *builder, unsigned vm, void *tree)
{
    for (uint32_t i = 0; i < builder->head.channels.count && i < BUILDER_CHANNELS; i++) {
        const struct plan_member *own = &builder->members[i][vm];
        const struct plan_member *peer = &builder->members[i][1 - vm];
        fdt32_t number = cpu_to_fdt32(1 - vm);
        begin(tree, "channel", own->ipa);
        fdt_property_string(tree, "compatible", "nagaya,channel");
        put_text(tree, "label", builder->channels[i].name);
        put_ranges(
            tree,
            (const uint64_t[]){own->ipa, builder->channels[i].size,
                               builder->vms[vm].doorbell_ipa + (uint64_t)own->doorbell * 0x1000,
                               0x1000, own->status, 0x1000},
            6);
        put_interrupt(tree, own->intid, EDGE);
        fdt_property_u32(tree, "nagaya,member", vm);
        fdt_property(tree, "nagaya,peers", &number, sizeof(number));
        put_text(tree, "nagaya,peer-names", builder->vms[peer->vm % VMS].name);
        if ((own->flags & PLAN_MEMORY_WRITE) == 0) {
            fdt_property(tree, "nagaya,read-only", NULL, 0);
        }
        fdt_end_node(tree);
    }
}

static void put_manager(const struct builder *builder, unsigned vm, void *tree)
{
    const struct plan_vm *plan_vm = &builder->vms[vm];
    if (plan_vm->command_ipa != 0) {
        fdt32_t stores[] = {cpu_to_fdt32(CONTROL), 0, cpu_to_fdt32(CONTROL_IMAGE_SIZE)};
        begin(tree, "manager", plan_vm->command_ipa);
        fdt_property_string(tree, "compatible", "nagaya,manager");
        put_ranges(tree,
                   (const uint64_t[]){plan_vm->command_ipa, 0x1000, OBSERVE_IPA, OBSERVE_SIZE,
                                      PLAN_IPA, PLAN_ROOM, STORES_IPA, CONTROL_IMAGE_SIZE},
                   8);
        put_interrupt(tree, builder->head.manager_intid, EDGE);
        fdt_property_u32(tree, "nagaya,stats-offset", STATS_PA - STATUS_PA);
        fdt_property_u32(tree, "nagaya,log-offset", LOG_PA - STATUS_PA);
        fdt_property(tree, "nagaya,stores", stores, sizeof(stores));
        fdt_end_node(tree);
    }
    if (plan_vm->watchdog.action != PLAN_WATCHDOG_NONE) {
        begin(tree, "watchdog", plan_vm->watchdog.page_ipa);
        fdt_property_string(tree, "compatible", "nagaya,watchdog");
        put_ranges(tree, (const uint64_t[]){plan_vm->watchdog.page_ipa, 0x1000}, 2);
        fdt_property_u64(tree, "nagaya,period-ns", plan_vm->watchdog.period_ns);
        fdt_end_node(tree);
    }
}

/* A UART: of linux's with a level-sensitive and an edge-triggered interrupt. */
static void put_serial(unsigned vm, void *tree)
{
    uint64_t pa = vm == LINUX ? SERIAL0_PA : SERIAL1_PA;
    fdt32_t cells[] = {0, cpu_to_fdt32(33 - 32), cpu_to_fdt32(LEVEL),
                       0, cpu_to_fdt32(34 - 32), cpu_to_fdt32(EDGE)};
    begin(tree, "serial", pa);
    fdt_property_string(tree, "compatible", "arm,pl011");
    put_ranges(tree, (const uint64_t[]){pa, 0x1000}, 2);
    if (vm == LINUX) {
        fdt_property(tree, "interrupts", cells, sizeof(cells));
    } else {
        put_interrupt(tree, 40, LEVEL);
    }
    fdt_end_node(tree);
}

static void put_frame(void *tree)
{
    begin(tree, "v2m", FRAME_PA);
    fdt_property_string(tree, "compatible", "arm,gic-v2m-frame");
    fdt_property(tree, "msi-controller", NULL, 0);
    put_ranges(tree, (const uint64_t[]){FRAME_PA, 0x1000}, 2);
    fdt_property_u32(tree, "arm,msi-base-spi", FRAME_FIRST);
    fdt_property_u32(tree, "arm,msi-num-spis", FRAME_COUNT);
    fdt_end_node(tree);
}

/* A device so many buses down (struct builder_odd_device), and a GPIO controller. */
static void put_odd_device(const struct builder_odd_device *device, void *tree)
{
    fdt32_t gpio[] = {cpu_to_fdt32(2), 0, cpu_to_fdt32(device->spi)};
    fdt32_t interrupt[] = {cpu_to_fdt32(device->controller), 0, cpu_to_fdt32(device->spi),
                           cpu_to_fdt32(device->spi == 33 - 32 ? LEVEL : EDGE)};
    fdt_begin_node(tree, "gpio");
    fdt_property_u32(tree, "#interrupt-cells", 2);
    fdt_property_u32(tree, "phandle", 2);
    fdt_end_node(tree);
    for (unsigned i = 0; i < device->depth; i++) {
        fdt_begin_node(tree, "bus");
    }
    fdt_begin_node(tree, "device@9000000");
    if (device->controller == 0) {
        fdt_property(tree, "interrupts", interrupt + 1, sizeof(interrupt) - sizeof(interrupt[0]));
    } else {
        char both[sizeof(gpio) + sizeof(interrupt)];
        memcpy(both, gpio, sizeof(gpio));
        memcpy(both + sizeof(gpio), interrupt, sizeof(interrupt));
        fdt_property(tree, "interrupts-extended", both, sizeof(both));
    }
    fdt_end_node(tree);
    for (unsigned i = 0; i < device->depth; i++) {
        fdt_end_node(tree);
    }
}

void builder_tree(struct builder *builder, unsigned vm)
{
    char model[64];
    uint8_t *tree = builder_at(builder, vm == LINUX ? LINUX_RAM + 0x1000 : CONTROL_RAM + 0x1000);
    uint8_t *copy = builder_at(builder, vm == LINUX ? COPIES_PA + 0x1000 : COPIES_PA + 0x5000);
    fdt_create(tree, TREE_ROOM);
    fdt_finish_reservemap(tree);
    fdt_begin_node(tree, "");
    fdt_property_string(tree, "compatible", "nagaya,vm");
    snprintf(model, sizeof(model), "Nagaya VM %.32s", builder->vms[vm].name);
    put_text(tree, "model", model);
    fdt_property_u32(tree, "#address-cells", 2);
    fdt_property_u32(tree, "#size-cells", 2);
    fdt_property_u32(tree, "interrupt-parent", 1);
    put_cpus(builder, vm, tree);
    put_machine(builder, vm, tree);
    put_channels(builder, vm, tree);
    put_manager(builder, vm, tree);
    put_serial(vm, tree);
    if (vm == CONTROL && builder->has_frame) {
        put_frame(tree);
    }
    if (vm == LINUX && builder->odd_device.depth != 0) {
        put_odd_device(&builder->odd_device, tree);
    }
    fdt_begin_node(tree, "chosen");
    fdt_property_string(tree, "bootargs", "quiet");
    fdt_end_node(tree);
    fdt_end_node(tree);
    if (fdt_finish(tree) != 0) {
        abort();
    }
    memset(tree + fdt_totalsize(tree), 0, TREE_ROOM - fdt_totalsize(tree));
    memcpy(copy, tree, TREE_ROOM);
}
