/* SPDX-License-Identifier: Apache-2.0 */
/* Takes CPUs, interrupt controller, timer and firmware from the board's device tree. */
#include "board_read.h"

#include <stdlib.h>
#include <string.h>

#include "arithmetic.h"
#include "diagnostics.h"
#include "memory.h"
#include "tree.h"

#define MPIDR_AFFINITY       0xff00ffffffULL /* Arm DDI 0487, D19.2.101 */
#define FIRST_PPI            16U
#define MAINTENANCE_INTID    25U /* where the tree does not say (Arm Base System Architecture, DEN 0094) */
#define REDISTRIBUTOR_FRAME  0x10000U
#define REDISTRIBUTOR_STRIDE 0x20000U /* two frames of 64 KB (Arm IHI 0069H, 12.10) */

static int cpu_compare(const void *left, const void *right)
{
    const struct board_cpu *a = left;
    const struct board_cpu *b = right;

    return (a->mpidr > b->mpidr) - (a->mpidr < b->mpidr);
}

/* Reads one node of /cpus, given its index among all of them. A CPU that firmware has marked as disabled or failed is
 * none that could be started. */
static bool read_cpu(struct board *board, struct place place, int node, struct board_cpu *cpu)
{
    int length;
    int cells = fdt_address_cells(board->dtb, tree_parent(board->dtb, node));
    const fdt32_t *reg = fdt_getprop(board->dtb, node, "reg", &length);

    if (reg == NULL || cells < 1 || cells > 2 || length < 4 * cells) {
        mistake(place,
                "%s has no reg with the MPIDR of the CPU, of as many cells as #address-cells of /cpus says (1 or 2)",
                tree_path(board->dtb, node));
        return false;
    }
    *cpu = (struct board_cpu){.mpidr = tree_number(reg, cells), .node = node};
    if ((cpu->mpidr & ~MPIDR_AFFINITY) != 0) {
        mistake(place, "%s: reg 0x%llx has bits that are no affinity of MPIDR_EL1 (39:32 and 23:0); correct it",
                tree_path(board->dtb, node), (unsigned long long)cpu->mpidr);
        return false;
    }
    return true;
}

/* In the order of their MPIDR, which is also the order of their redistributors: a disabled CPU has one, too. CPUs that
 * the plan has no room for are left out: a VM that asks for one is told how many there are. */
static bool read_cpus(struct board *board, struct place place)
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

        if (type == NULL || strcmp(type, "cpu") != 0)
            continue;
        if (read_cpu(board, place, node, &cpu))
            *ARRAY_ADD(found, count) = cpu;
        else
            sound = false;
    }
    if (count > 0)
        qsort(found, count, sizeof *found, cpu_compare);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && found[i].mpidr == found[i - 1].mpidr) {
            mistake(place, "%s and %s have the same reg; correct one", tree_path(board->dtb, found[i - 1].node),
                    tree_path(board->dtb, found[i].node));
            sound = false;
        }
        found[i].redistributor = (uint32_t)i;
        if (tree_is_enabled(board->dtb, found[i].node) && board->cpu_count < PLAN_MAX_CPUS)
            board->cpus[board->cpu_count++] = found[i];
    }
    if (sound && board->cpu_count == 0) {
        mistake(place, "/cpus has no enabled node with device_type cpu; this version needs one");
        sound = false;
    }
    return sound;
}

/* What the board has in place of a GICv3. */
static void report_other_controller(const struct board *board, struct place place)
{
    int timer = tree_compatible(board->dtb, "arm,armv8-timer");
    int node = timer < 0 ? -1 : tree_interrupt_parent(board->dtb, timer);
    const char *compatible = node < 0 ? NULL : fdt_getprop(board->dtb, node, "compatible", NULL);

    if (compatible == NULL)
        mistake(place, "the board's device tree has no enabled node that is compatible with arm,gic-v3, and this "
                       "version needs a GICv3; choose another board");
    else
        mistake(place,
                "%s: the interrupt controller is %s, and this version needs a GICv3 (arm,gic-v3); choose "
                "another board",
                tree_path(board->dtb, node), compatible);
}

/* Bytes from one CPU's redistributor to the next. */
static uint64_t read_stride(const struct board *board, int gic)
{
    int length;
    const fdt32_t *cells = fdt_getprop(board->dtb, gic, "redistributor-stride", &length);

    if (board->facts->redistributor_stride != 0)
        return board->facts->redistributor_stride;
    return cells != NULL && length >= 4 ? tree_number(cells, length / 4 > 1 ? 2 : 1) : REDISTRIBUTOR_STRIDE;
}

/* The GIC's own interrupt. */
static bool read_maintenance(struct board *board, struct place place, int gic)
{
    struct tree_interrupt *interrupts = NULL;
    size_t count = 0;
    const char *problem = tree_interrupts(board->dtb, gic, &interrupts, &count);

    board->maintenance_intid = problem == NULL && count > 0 ? interrupts[0].intid : MAINTENANCE_INTID;
    if (problem == NULL && board->maintenance_intid >= FIRST_PPI && board->maintenance_intid < PLAN_FIRST_SPI)
        return true;
    mistake(place, "%s %s; its own interrupt is a PPI", tree_path(board->dtb, gic),
            problem != NULL ? problem : "has an interrupt that is none of its PPIs");
    return false;
}

static bool read_gic(struct board *board, struct place place)
{
    struct range *frames;
    size_t count = 0;
    int gic = tree_gic(board->dtb);

    if (gic < 0) {
        report_other_controller(board, place);
        return false;
    }
    const char *path = tree_path(board->dtb, gic);
    uint32_t regions = tree_cell(board->dtb, gic, "#redistributor-regions", 1);
    tree_registers(board->dtb, gic, &frames, &count);
    if (regions != 1) {
        mistake(place,
                "%s: the redistributors lie in %u regions (#redistributor-regions); this version takes only one, so "
                "choose another board",
                path, regions);
        return false;
    }
    if (count < 2 || tree_cell(board->dtb, gic, "#interrupt-cells", 0) < 3) {
        mistake(place,
                "%s: reg needs two ranges that the CPU can address, distributor and redistributors, and "
                "#interrupt-cells is at least 3; correct the device tree",
                path);
        return false;
    }
    for (size_t i = 0; i < 2; i++)
        if (frames[i].start % REDISTRIBUTOR_FRAME != 0 || range_end(frames[i]) > ADDRESS_SPACE_END) {
            mistake(place,
                    "%s: reg has a range at 0x%llx; this version needs one that starts at a multiple of 64 KB and ends "
                    "below "
                    "0x%llx, so choose another board",
                    path, (unsigned long long)frames[i].start, ADDRESS_SPACE_END);
            return false;
        }
    board->gicd_pa = frames[0].start;
    board->gicd_size = frames[0].size;
    board->gicr = frames[1];
    board->gicr_stride = read_stride(board, gic);
    board->intid_count = board->facts->interrupts;
    if (board->gicr_stride < REDISTRIBUTOR_STRIDE || board->gicr_stride % REDISTRIBUTOR_FRAME != 0) {
        mistake(place,
                "%s: a redistributor-stride of 0x%llx is too small for the two frames of 64 KB that each CPU has; "
                "correct it",
                path, (unsigned long long)board->gicr_stride);
        return false;
    }
    size_t needed = board->cpu_count == 0 ? 0 : board->cpus[board->cpu_count - 1].redistributor + 1U;
    if (board->gicr.size / board->gicr_stride < needed) {
        mistake(place,
                "%s: the redistributors' region has room for %llu CPUs, the board has %zu; correct "
                "redistributor-stride in %s",
                path, (unsigned long long)(board->gicr.size / board->gicr_stride), needed, board->facts->file);
        return false;
    }
    return read_maintenance(board, place, gic);
}

/* Of the timers that VMs or the hypervisor use, and the maintenance interrupt, none may be another. */
static bool private_interrupts_differ(const struct board *board, struct place place, const char *timer)
{
    const uint32_t used[] = {board->timer_intids[1], board->timer_intids[2], board->timer_intids[3],
                             board->maintenance_intid};

    for (size_t i = 1; i < COUNT_OF(used); i++)
        for (size_t j = 0; j < i; j++)
            if (used[i] == used[j]) {
                mistake(place,
                        "%s: PPI %u is the interrupt of two of physical, virtual and hypervisor timer and of %s; "
                        "correct the "
                        "device tree",
                        timer, used[i] - FIRST_PPI, tree_path(board->dtb, tree_gic(board->dtb)));
                return false;
            }
    return true;
}

static bool read_timer(struct board *board, struct place place)
{
    int timer = tree_compatible(board->dtb, "arm,armv8-timer");
    struct tree_interrupt *interrupts = NULL;
    size_t count = 0;

    if (timer < 0) {
        mistake(place,
                "the board's device tree has no enabled node that is compatible with arm,armv8-timer; this version "
                "needs one");
        return false;
    }
    const char *path = tree_path(board->dtb, timer);
    const char *problem = tree_interrupts(board->dtb, timer, &interrupts, &count);
    if (problem != NULL || count < COUNT_OF(board->timer_intids)) {
        mistake(place, "%s %s; it needs four PPIs: secure, physical, virtual and hypervisor timer", path,
                problem != NULL ? problem : text_format("has %zu interrupts", count));
        return false;
    }
    for (size_t i = 0; i < COUNT_OF(board->timer_intids); i++) {
        if (interrupts[i].intid < FIRST_PPI || interrupts[i].intid >= PLAN_FIRST_SPI) {
            mistake(place, "%s: interrupt %zu is no PPI of the GIC; correct the device tree", path, i);
            return false;
        }
        board->timer_intids[i] = interrupts[i].intid;
    }
    return private_interrupts_differ(board, place, path);
}

/* Version 0.1 is none: its functions have no numbers of their own. */
static void read_conduit(struct board *board)
{
    int psci = tree_compatible(board->dtb, "arm,psci-0.2");

    if (psci < 0)
        psci = tree_compatible(board->dtb, "arm,psci-1.0");
    const char *method = psci < 0 ? NULL : fdt_getprop(board->dtb, psci, "method", NULL);

    board->conduit = PLAN_CONDUIT_NONE;
    if (method != NULL && strcmp(method, "smc") == 0)
        board->conduit = PLAN_CONDUIT_SMC;
    if (method != NULL && strcmp(method, "hvc") == 0)
        board->conduit = PLAN_CONDUIT_HVC;
}

bool board_tree_read(struct board *board)
{
    struct place place = {text_format("%s/board.dtb", board->folder), 0};
    bool has_cpus = read_cpus(board, place);
    bool has_gic = read_gic(board, place);

    read_conduit(board);
    if (!has_gic)
        return false; /* interrupts would be another controller's, and other mistakes follow from that */

    bool has_ram = board_ram_read(board, place);
    return read_timer(board, place) && has_ram && has_cpus;
}
