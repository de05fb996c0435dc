/* SPDX-License-Identifier: Apache-2.0 */
/* Takes CPUs, timer and firmware from the board's device tree. */
#include "board_read.h"

#include <stdlib.h>
#include <string.h>

#include "arithmetic.h"
#include "diagnostics.h"
#include "memory.h"
#include "tree.h"

#define MPIDR_AFFINITY 0xff00ffffffULL /* Arm DDI 0487, D19.2.101 */
#define FIRST_PPI      16U

static int cpu_compare(const void *left, const void *right)
{
    const struct board_cpu *a = left;
    const struct board_cpu *b = right;

    return (a->mpidr > b->mpidr) - (a->mpidr < b->mpidr);
}

/* Reads one node of /cpus, given its index among all of them. A CPU that firmware has marked as
 * disabled or failed is none that could be started. */
static bool read_cpu(struct board *board, struct source_location location, int node,
                     struct board_cpu *cpu)
{
    int length;
    int cells = fdt_address_cells(board->dtb, tree_parent(board->dtb, node));
    const fdt32_t *reg = fdt_getprop(board->dtb, node, "reg", &length);

    if (reg == NULL || cells < 1 || cells > 2 || length < 4 * cells) {
        error(location,
              "%s has no reg with the MPIDR of the CPU, of as many cells as #address-cells of "
              "/cpus says (1 or 2)",
              tree_path(board->dtb, node));
        return false;
    }
    *cpu = (struct board_cpu){.mpidr = tree_number(reg, cells), .node = node};
    if ((cpu->mpidr & ~MPIDR_AFFINITY) != 0) {
        error(location,
              "%s: reg 0x%llx has bits that are no affinity of MPIDR_EL1 (39:32 and 23:0); correct "
              "it",
              tree_path(board->dtb, node), (unsigned long long)cpu->mpidr);
        return false;
    }
    return true;
}

/* In the order of their MPIDR, which is also the order of their redistributors, and as a rule of
 * a GICv2's CPU interfaces: a disabled CPU has one, too. CPUs that the plan has no room for are
 * left out: a VM that asks for one is told how many there are. */
static bool read_cpus(struct board *board, struct source_location location)
{
    int cpus = fdt_path_offset(board->dtb, "/cpus");
    struct board_cpu *found = NULL;
    size_t count = 0;
    bool sound = true;
    int node;

    fdt_for_each_subnode(node, board->dtb, cpus)
    {
        const char *type = fdt_getprop(board->dtb, node, "device_type", NULL);
        struct board_cpu cpu;

        if (type == NULL || strcmp(type, "cpu") != 0) {
            continue;
        }
        if (read_cpu(board, location, node, &cpu)) {
            *ARRAY_ADD(found, count) = cpu;
        } else {
            sound = false;
        }
    }
    if (count > 0) {
        qsort(found, count, sizeof(*found), cpu_compare);
    }
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && found[i].mpidr == found[i - 1].mpidr) {
            error(location, "%s and %s have the same reg; correct one",
                  tree_path(board->dtb, found[i - 1].node), tree_path(board->dtb, found[i].node));
            sound = false;
        }
        found[i].redistributor = (uint32_t)i;
        found[i].interface = (uint32_t)i;
        if (tree_is_enabled(board->dtb, found[i].node) && board->cpu_count < PLAN_MAX_CPUS) {
            board->cpus[board->cpu_count++] = found[i];
        }
    }
    if (sound && board->cpu_count == 0) {
        error(location, "/cpus has no enabled node with device_type cpu; this version needs one");
        sound = false;
    }
    return sound;
}

/* Of the timers that VMs or the hypervisor use, and the maintenance interrupt, none may be
 * another. */
static bool private_interrupts_differ(const struct board *board, struct source_location location,
                                      const char *timer)
{
    const uint32_t used[] = {board->timer_intids[1], board->timer_intids[2], board->timer_intids[3],
                             board->maintenance_intid};

    for (size_t i = 1; i < COUNT_OF(used); i++) {
        for (size_t j = 0; j < i; j++) {
            if (used[i] == used[j]) {
                error(location,
                      "%s: PPI %u is the interrupt of two of physical, virtual and hypervisor "
                      "timer and of %s; "
                      "correct the "
                      "device tree",
                      timer, used[i] - FIRST_PPI, tree_path(board->dtb, tree_gic(board->dtb)));
                return false;
            }
        }
    }
    return true;
}

static bool read_timer(struct board *board, struct source_location location)
{
    int timer = tree_compatible(board->dtb, "arm,armv8-timer");
    struct tree_interrupt *interrupts = NULL;
    size_t count = 0;

    if (timer < 0) {
        error(location, "the board's device tree has no enabled node that is compatible with "
                        "arm,armv8-timer; this version "
                        "needs one");
        return false;
    }
    const char *path = tree_path(board->dtb, timer);
    const char *problem = tree_interrupts(board->dtb, timer, &interrupts, &count);
    if (problem != NULL || count < COUNT_OF(board->timer_intids)) {
        error(location, "%s %s; it needs four PPIs: secure, physical, virtual and hypervisor timer",
              path, problem != NULL ? problem : text_format("has %zu interrupts", count));
        return false;
    }
    for (size_t i = 0; i < COUNT_OF(board->timer_intids); i++) {
        if (interrupts[i].intid < FIRST_PPI || interrupts[i].intid >= PLAN_FIRST_SPI) {
            error(location, "%s: interrupt %zu is no PPI of the GIC; correct the device tree", path,
                  i);
            return false;
        }
        board->timer_intids[i] = interrupts[i].intid;
    }
    return private_interrupts_differ(board, location, path);
}

/* Version 0.1 is none: its functions have no numbers of their own. */
static void read_conduit(struct board *board)
{
    int psci = tree_compatible(board->dtb, "arm,psci-0.2");

    if (psci < 0) {
        psci = tree_compatible(board->dtb, "arm,psci-1.0");
    }
    const char *method = psci < 0 ? NULL : fdt_getprop(board->dtb, psci, "method", NULL);

    board->conduit = PLAN_CONDUIT_NONE;
    if (method != NULL && strcmp(method, "smc") == 0) {
        board->conduit = PLAN_CONDUIT_SMC;
    }
    if (method != NULL && strcmp(method, "hvc") == 0) {
        board->conduit = PLAN_CONDUIT_HVC;
    }
}

bool board_tree_read(struct board *board)
{
    struct source_location location = {text_format("%s/board.dtb", board->folder), 0};
    bool has_cpus = read_cpus(board, location);
    bool has_gic = board_gic_read(board, location);

    read_conduit(board);
    if (!has_gic) {
        /* interrupts would be another controller's, and other mistakes follow from that */
        return false;
    }

    board_messages_check(board);
    bool has_ram = board_ram_read(board, location);
    return read_timer(board, location) && has_ram && has_cpus;
}
