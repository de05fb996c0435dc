/* SPDX-License-Identifier: Apache-2.0 */
/* Device trees that say something else than the plan, and interrupts that are set up otherwise
 * than the trees say. */
#include <libfdt.h>
#include <string.h>

#include "corrupt.h"

static uint8_t *tree_of(struct builder *builder, bool copy)
{
    return builder_at(builder, copy ? COPIES_PA + 0x1000 : LINUX_RAM + 0x1000);
}

/* Changes the bytes of a property's value, in the tree and in its copy. */
static void change(struct builder *builder, const char *path, const char *name, unsigned offset,
                   uint8_t value)
{
    for (unsigned i = 0; i < 2; i++) {
        uint8_t *tree = tree_of(builder, i != 0);
        uint8_t *bytes = fdt_getprop_w(tree, fdt_path_offset(tree, path), name, NULL);
        bytes[offset] = value;
    }
}

static void a_ppi_more(struct builder *builder)
{
    builder_plan_vm(builder, LINUX)->intids[0] |= 1U << 20;
}

static void no_sgis(struct builder *builder)
{
    builder_plan_vm(builder, CONTROL)->intids[0] &= ~0xffffU;
}

static void edge_in_place_of_level(struct builder *builder)
{
    builder_plan(builder)->gic.icfgr[33 / 16] |= 2U << 33 % 16 * 2;
}

static void nobodys_is_set_up(struct builder *builder)
{
    builder_plan(builder)->gic.spi_cpu[60] = 1;
}

static void interrupt_to_the_second_cpu(struct builder *builder)
{
    builder_plan(builder)->gic.spi_cpu[33] = 1;
}

static void distributor_moved(struct builder *builder)
{
    builder_plan_vm(builder, LINUX)->gicd_ipa += 0x10000;
}

static void redistributors_moved(struct builder *builder)
{
    builder_plan_vm(builder, CONTROL)->gicr_ipa += 0x20000;
}

static void hard_made_virtual(struct builder *builder)
{
    builder_plan_vm(builder, CONTROL)->delivery = PLAN_DELIVERY_VIRTUAL;
}

static void memory_told_larger(struct builder *builder)
{
    change(builder, "/memory@40400000", "reg", 13, 0x80);
}

static void other_firmware_call(struct builder *builder)
{
    change(builder, "/psci", "method", 0, 's');
}

static void no_end_of_the_command_line(struct builder *builder)
{
    change(builder, "/chosen", "bootargs", 5, 'x');
}

static void registers_of_another(struct builder *builder)
{
    change(builder, "/serial@9000000", "reg", 5, 0x01);
}

static void padding_says_something(struct builder *builder)
{
    change(builder, "/chosen", "bootargs", 6, 'x');
}

static void another_cpu_boots(struct builder *builder)
{
    fdt_set_boot_cpuid_phys(tree_of(builder, false), 1);
    fdt_set_boot_cpuid_phys(tree_of(builder, true), 1);
}

static const struct damage damages[] = {
    IN_MEMORY("a PPI more", a_ppi_more, "interrupts.private",
              "vm linux owns the private interrupts 0x4890ffff"),
    IN_MEMORY("no SGIs", no_sgis, "interrupts.private",
              "vm control owns the private interrupts 0x48800000"),
    IN_MEMORY("edge in place of level", edge_in_place_of_level, "interrupts.trigger",
              "interrupt 33 is edge-triggered by the plan, but not by the device tree of vm linux"),
    IN_MEMORY("nobody's is set up", nobodys_is_set_up, "interrupts.trigger",
              "interrupt 60 is nobody's"),
    IN_MEMORY("interrupt to the second CPU", interrupt_to_the_second_cpu, "interrupts.target",
              "goes to cpu 1, where it does not start"),
    IN_MEMORY("distributor moved", distributor_moved, "trees.machine trees.devices",
              "has no intc@8010000"),
    IN_MEMORY("redistributors moved", redistributors_moved, "trees.machine", "reg of intc@8000000"),
    IN_MEMORY("hard made virtual", hard_made_virtual, "cpus.mpidr",
              "vm control has virtual interrupts, but physical affinities"),
    IN_MEMORY("memory told larger", memory_told_larger, "trees.machine", "reg of memory@40400000"),
    IN_MEMORY("other firmware call", other_firmware_call, "trees.machine", "method of psci"),
    IN_MEMORY("no end of the command line", no_end_of_the_command_line, "trees.machine",
              "bootargs of chosen"),
    IN_MEMORY("registers of another", registers_of_another, "trees.devices",
              "serial@9000000 has registers at 0x9010000"),
    IN_MEMORY("padding says something", padding_says_something, "trees.form",
              "outside of its nodes"),
    IN_MEMORY("another CPU boots", another_cpu_boots, "trees.form", "outside of its nodes"),
};
const struct damages damages_trees = DAMAGES(damages);
