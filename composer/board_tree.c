/* SPDX-License-Identifier: Apache-2.0 */
/* Takes CPUs, RAM, interrupt controller, timer and firmware from the board's device tree. */
#include "board.h"

#include <stdlib.h>
#include <string.h>

#include "diagnostics.h"
#include "memory.h"
#include "tree.h"

static int cpu_compare(const void *left, const void *right)
{
    const struct board_cpu *a = left;
    const struct board_cpu *b = right;

    return (a->mpidr > b->mpidr) - (a->mpidr < b->mpidr);
}

/* In the order of their MPIDR, which is also the order of their redistributors. CPUs that the plan has no
 * room for are left out: a VM that asks for one is told how many there are. */
static void read_cpus(struct board *board)
{
    int cpus = fdt_path_offset(board->dtb, "/cpus");
    int cells = cpus < 0 ? 0 : fdt_address_cells(board->dtb, cpus);
    struct board_cpu *found = NULL;
    size_t count = 0;
    int node, length;

    fdt_for_each_subnode(node, board->dtb, cpus)
    {
        const char *type = fdt_getprop(board->dtb, node, "device_type", NULL);
        const fdt32_t *reg = fdt_getprop(board->dtb, node, "reg", &length);

        if (type != NULL && strcmp(type, "cpu") == 0 && reg != NULL && length >= 4 * cells)
            *ARRAY_ADD(found, count) = (struct board_cpu){tree_number(reg, cells), node};
    }
    if (count > 0)
        qsort(found, count, sizeof *found, cpu_compare);
    board->cpu_count = count < PLAN_MAX_CPUS ? count : PLAN_MAX_CPUS;
    for (size_t i = 0; i < board->cpu_count; i++)
        board->cpus[i] = found[i];
}

/* Takes @hole, widened to pages, out of the board's RAM. */
static void reserve(struct board *board, struct range hole)
{
    uint64_t start = hole.start / PLAN_PAGE_SIZE * PLAN_PAGE_SIZE;
    uint64_t end = (hole.start + hole.size + PLAN_PAGE_SIZE - 1) / PLAN_PAGE_SIZE * PLAN_PAGE_SIZE;
    struct range *left = NULL;
    size_t count = 0;

    for (size_t i = 0; i < board->ram_count; i++) {
        uint64_t bank_start = board->ram[i].start;
        uint64_t bank_end = bank_start + board->ram[i].size;
        uint64_t below = start < bank_end ? start : bank_end;
        uint64_t above = end > bank_start ? end : bank_start;

        if (below > bank_start)
            *ARRAY_ADD(left, count) = (struct range){bank_start, below - bank_start};
        if (above < bank_end)
            *ARRAY_ADD(left, count) = (struct range){above, bank_end - above};
    }
    board->ram = left;
    board->ram_count = count;
}

static int range_compare(const void *left, const void *right)
{
    const struct range *a = left;
    const struct range *b = right;

    return (a->start > b->start) - (a->start < b->start);
}

static void read_ram(struct board *board)
{
    int node = -1;
    struct range *ranges;
    size_t count;

    while ((node = fdt_node_offset_by_prop_value(board->dtb, node, "device_type", "memory", sizeof "memory")) >= 0) {
        tree_registers(board->dtb, node, &ranges, &count);
        for (size_t i = 0; i < count && tree_is_enabled(board->dtb, node); i++)
            *ARRAY_ADD(board->ram, board->ram_count) = ranges[i];
    }
    if (board->ram_count > 0)
        qsort(board->ram, board->ram_count, sizeof *board->ram, range_compare);

    int reserved = fdt_path_offset(board->dtb, "/reserved-memory");
    fdt_for_each_subnode(node, board->dtb, reserved)
    {
        tree_registers(board->dtb, node, &ranges, &count);
        for (size_t i = 0; i < count; i++)
            reserve(board, ranges[i]);
    }
    for (int i = 0; i < fdt_num_mem_rsv(board->dtb); i++) {
        struct range hole;

        if (fdt_get_mem_rsv(board->dtb, i, &hole.start, &hole.size) == 0 && hole.size > 0)
            reserve(board, hole);
    }
    for (size_t i = 0; i < board->facts->reserved_count; i++)
        reserve(board, board->facts->reserved[i]);
}

static bool read_gic(struct board *board, struct place place)
{
    struct range *frames;
    size_t count = 0;
    int gic = tree_gic(board->dtb);

    if (gic >= 0)
        tree_registers(board->dtb, gic, &frames, &count);
    if (count < 2) {
        mistake(place, "the board's device tree has no GICv3 (compatible arm,gic-v3 with two ranges in reg); "
                       "this version needs one");
        return false;
    }
    if (tree_cell(board->dtb, gic, "#redistributor-regions", 1) != 1) {
        mistake(place, "the board's redistributors lie in more than one region; this version takes only one");
        return false;
    }
    board->gicd_pa = frames[0].start;
    board->gicd_size = frames[0].size;
    board->gicr = frames[1];
    board->gicr_stride = board->facts->redistributor_stride;
    board->intid_count = board->facts->interrupts;
    if (board->gicr.size / board->gicr_stride < board->cpu_count) {
        mistake(place,
                "the redistributors' region has room for %llu CPUs, the board has %zu; correct "
                "redistributor-stride",
                (unsigned long long)(board->gicr.size / board->gicr_stride), board->cpu_count);
        return false;
    }
    return true;
}

static bool read_timer(struct board *board, struct place place)
{
    int timer = fdt_node_offset_by_compatible(board->dtb, -1, "arm,armv8-timer");
    struct tree_interrupt *interrupts = NULL;
    size_t count = 0;

    if (timer < 0 || !tree_interrupts(board->dtb, timer, &interrupts, &count) || count < 4) {
        mistake(place, "the board's device tree has no timer with four interrupts (compatible arm,armv8-timer)");
        return false;
    }
    for (size_t i = 0; i < 4; i++)
        board->timer_intids[i] = interrupts[i].intid;
    return true;
}

static void read_conduit(struct board *board)
{
    int psci = fdt_path_offset(board->dtb, "/psci");
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

    read_cpus(board);
    read_ram(board);
    read_conduit(board);
    if (board->cpu_count == 0)
        mistake(place, "the board's device tree has no CPUs");
    if (board->ram_count == 0)
        mistake(place, "the board's device tree has no memory that is not reserved");

    bool has_gic = read_gic(board, place);
    bool has_timer = read_timer(board, place);
    return board->cpu_count > 0 && board->ram_count > 0 && has_gic && has_timer;
}
