/* SPDX-License-Identifier: Apache-2.0 */
/* The machine that the plan speaks of, against the board's files. */
#include <inttypes.h>
#include <string.h>

#include "check_tree.h"
#include "plan_gic.h"

#define STRIDE_DEFAULT 0x20000U /* Arm IHI 0069H, 12.10 */
#define PPI_FIRST      16U
/* where the tree does not say (Arm Base System Architecture, DEN 0094) */
#define MAINTENANCE_USUAL 25U
#define SPECIFIER_MIN     3U
#define SPECIFIER_MAX     16U

#define INTERFACE_REPEATED 0x20000U
#define INTERFACE_OFFSET   0xf000U

static const struct board_source *board_of(const struct check *check)
{
    return check->sources->board;
}

/* How the firmware is called, by the first enabled node that is a PSCI. Version 0.1 has no
 * functions of its own numbers (Linux binding arm,psci). */
static uint32_t conduit_of(const void *tree)
{
    int newer = tree_find(tree, "arm,psci-1.0");
    int node = tree_find(tree, "arm,psci-0.2");
    node = node >= 0 ? node : newer;
    const char *method = node >= 0 ? tree_text(tree, node, "method") : NULL;
    if (method == NULL) {
        return PLAN_CONDUIT_NONE;
    }
    return strcmp(method, "smc") == 0   ? PLAN_CONDUIT_SMC
           : strcmp(method, "hvc") == 0 ? PLAN_CONDUIT_HVC
                                        : PLAN_CONDUIT_NONE;
}

static void check_conduit(struct check *check)
{
    static const char *const names[] = {"none", "smc", "hvc"};
    uint32_t conduit = conduit_of(board_of(check)->tree);
    if (check->view.plan.plan->conduit != conduit) {
        report_fail(check->view.report, PROPERTY_BOARD_MACHINE,
                    "the firmware is called by %s, on board %s by %s",
                    names[check->view.plan.plan->conduit], board_of(check)->name, names[conduit]);
    }
}

/* From one CPU's redistributor to the next: what board.yaml says, else the tree (Linux binding
 * arm,gic-v3). */
static uint64_t stride_of(struct board_source *board)
{
    int length;
    const fdt32_t *cells =
        fdt_getprop(board->tree, tree_controller(board->tree), "redistributor-stride", &length);
    uint64_t said =
        cells != NULL && length >= 4 ? tree_cells(cells, length >= 8 ? 2 : 1) : STRIDE_DEFAULT;
    return config_number(&board->facts,
                         config_get(&board->facts, config_root(&board->facts), "gic"),
                         "redistributor-stride", said);
}

/* Redistributors lie one behind the other, region by region. */
static uint64_t redistributor_of(struct board_source *board, const struct spans *frames,
                                 uint32_t number)
{
    uint64_t stride = stride_of(board);
    uint32_t regions =
        tree_word(board->tree, tree_controller(board->tree), "#redistributor-regions", 1);
    for (size_t i = 1; i < frames->count && i <= regions && stride != 0; i++) {
        uint64_t count = frames->items[i].size / stride;
        if (number < count) {
            return frames->items[i].start + number * stride;
        }
        number -= (uint32_t)count;
    }
    return 0;
}

/* The @index-th of the interrupts of @node, if it is a PPI; 0: it is none, or the tree says it
 * in another way than with specifiers of the GIC's (an interrupt-map). */
static uint32_t ppi_of(const void *tree, int node, int index)
{
    int length = 0;
    int controller = tree_controller(tree);
    uint32_t step = tree_word(tree, controller, "#interrupt-cells", SPECIFIER_MIN);
    const fdt32_t *cells = fdt_getprop(tree, node, "interrupts-extended", &length);
    uint32_t skip = cells != NULL ? 1 : 0;
    if (cells == NULL) {
        cells = fdt_getprop(tree, node, "interrupts", &length);
    }
    if (cells == NULL || step < SPECIFIER_MIN || step > SPECIFIER_MAX) {
        return 0;
    }
    cells += (uint32_t)index * (step + skip);
    if (length < 4 * (index + 1) * (int)(step + skip) ||
        (skip != 0 && fdt32_to_cpu(cells[0]) != fdt_get_phandle(tree, controller)) ||
        fdt32_to_cpu(cells[skip]) != SPECIFIER_TYPE_PPI ||
        fdt32_to_cpu(cells[skip + 1]) >= PPI_FIRST) {
        return 0;
    }
    return PPI_FIRST + fdt32_to_cpu(cells[skip + 1]);
}

/* The interrupts of the timers and of the GIC itself. */
static void check_private_interrupts(struct check *check)
{
    const void *tree = board_of(check)->tree;
    const struct plan_gic *gic = &check->view.plan.plan->gic;
    int timer = tree_find(tree, "arm,armv8-timer");
    int controller = tree_controller(tree);
    bool said = fdt_getprop(tree, controller, "interrupts", NULL) != NULL ||
                fdt_getprop(tree, controller, "interrupts-extended", NULL) != NULL;
    static const char *const whose[] = {"the virtual timer", "the hypervisor's timer",
                                        "the GIC's virtual interface"};
    const uint32_t have[] = {gic->virtual_timer, gic->hypervisor_timer, gic->maintenance};
    const uint32_t want[] = {ppi_of(tree, timer, 2), ppi_of(tree, timer, 3),
                             said ? ppi_of(tree, controller, 0) : MAINTENANCE_USUAL};
    for (size_t i = 0; i < sizeof(whose) / sizeof(whose[0]); i++) {
        if (want[i] != 0 && have[i] != want[i]) {
            report_fail(check->view.report, PROPERTY_BOARD_MACHINE,
                        "%s has interrupt %u, on board %s it has %u", whose[i], have[i],
                        board_of(check)->name, want[i]);
        }
    }
}

/* The other frames of a GICv2. Where the CPU interface has 128 KB, each page is there 16 times,
 * and the last time of the first one lies before the second one (Linux: gic_check_eoimode). */
static void check_frames(struct check *check, const struct spans *frames)
{
    const struct plan_gic *gic = &check->view.plan.plan->gic;
    static const char *const whose[] = {"the CPU interface", "the control of virtual interfaces",
                                        "the virtual CPU interface"};
    const uint64_t have[] = {gic->gicc_pa, gic->gich_pa, gic->gicv_pa};
    for (size_t i = 0; i < sizeof(have) / sizeof(have[0]); i++) {
        uint64_t want = i + 1 < frames->count ? frames->items[i + 1].start : 0;
        if (i == 0 && want != 0 && frames->items[1].size == INTERFACE_REPEATED) {
            want += INTERFACE_OFFSET;
        }
        if (have[i] != want) {
            report_fail(check->view.report, PROPERTY_BOARD_MACHINE,
                        "%s is at 0x%" PRIx64 ", on board %s it is at 0x%" PRIx64, whose[i],
                        have[i], board_of(check)->name, want);
        }
    }
}

/* The number of a CPU's interface: what board.yaml says, else its rank. */
static uint64_t interface_of(struct board_source *board, uint32_t number)
{
    const yaml_node_t *gic = config_get(&board->facts, config_root(&board->facts), "gic");
    uint64_t interface = board->cores[number].redistributor;
    config_value(config_item(&board->facts, config_get(&board->facts, gic, "interfaces"), number),
                 &interface);
    return interface;
}

/* What the interrupt controller has for each CPU. */
static void check_cpu_of_controller(struct check *check, uint32_t cpu, const struct spans *frames)
{
    struct board_source *board = check->sources->board;
    const struct plan *plan = check->view.plan.plan;
    uint32_t number = check->view.plan.cores[cpu].number;
    bool known = number < board->core_count;
    if (plan_has_gicv2(plan)) {
        uint64_t interface = known ? interface_of(board, number) : GIC_INTERFACES;
        if (interface >= GIC_INTERFACES || plan->cpus[cpu].sgi0 != (uint64_t)0x10000 << interface) {
            report_fail(check->view.report, PROPERTY_BOARD_MACHINE,
                        "SGIs for %s are sent by 0x%" PRIx64
                        ", on board %s it has CPU interface %" PRIu64,
                        check->view.cpu_who[cpu], plan->cpus[cpu].sgi0, board->name, interface);
        }
        return;
    }
    uint64_t redistributor =
        known ? redistributor_of(board, frames, board->cores[number].redistributor) : 0;
    if (redistributor != plan->cpus[cpu].gicr_pa) {
        report_fail(check->view.report, PROPERTY_BOARD_MACHINE,
                    "%s has its redistributor at 0x%" PRIx64 ", on board %s it is at 0x%" PRIx64,
                    check->view.cpu_who[cpu], plan->cpus[cpu].gicr_pa, board->name, redistributor);
    }
}

static void check_controller(struct check *check)
{
    struct board_source *board = check->sources->board;
    const struct plan *plan = check->view.plan.plan;
    unsigned version = tree_controller_version(board->tree, tree_controller(board->tree));
    struct spans frames = {0};
    board_registers(board->tree, tree_controller(board->tree), &frames);
    if (version != plan->gic.version) {
        report_fail(check->view.report, PROPERTY_BOARD_MACHINE,
                    "the image is for a GICv%u, board %s has a GICv%u", plan->gic.version,
                    board->name, version);
    }
    if (plan_has_gicv2(plan)) {
        check_frames(check, &frames);
    }
    if (frames.count < 2 || frames.items[0].start != plan->gic.gicd_pa) {
        report_fail(check->view.report, PROPERTY_BOARD_MACHINE,
                    "the distributor is at 0x%" PRIx64 ", not on board %s", plan->gic.gicd_pa,
                    board->name);
    }
    uint64_t count =
        config_number(&board->facts, config_get(&board->facts, config_root(&board->facts), "gic"),
                      "interrupts", 0);
    if ((count + 31) / 32 * 32 != plan->gic.intid_count) {
        report_fail(check->view.report, PROPERTY_BOARD_MACHINE,
                    "there are %u interrupts, on board %s %" PRIu64, plan->gic.intid_count,
                    board->name, count);
    }
    for (uint32_t cpu = 0; cpu < plan->cpu_count; cpu++) {
        uint32_t number = check->view.plan.cores[cpu].number;
        if (number >= board->core_count || board->cores[number].mpidr != plan->cpus[cpu].mpidr) {
            report_fail(check->view.report, PROPERTY_BOARD_MACHINE,
                        "%s has MPIDR 0x%" PRIx64 ", not so on board %s", check->view.cpu_who[cpu],
                        plan->cpus[cpu].mpidr, board->name);
        }
        check_cpu_of_controller(check, cpu, &frames);
    }
    spans_free(&frames);
}

/* All of the board's that is not reserved, and nothing else. */
static void check_ram(struct check *check)
{
    const struct board_source *board = board_of(check);
    const struct spans *ram = &check->view.ram;
    for (size_t i = 0; i < ram->count || i < board->ram.count; i++) {
        const struct span have = i < ram->count ? ram->items[i] : (struct span){0};
        const struct span want = i < board->ram.count ? board->ram.items[i] : (struct span){0};
        if (have.start != want.start || have.size != want.size) {
            uint64_t start = have.size != 0 ? have.start : want.start;
            report_fail(check->view.report, PROPERTY_BOARD_MACHINE,
                        "RAM at 0x%" PRIx64 " and on is not that of board %s (memory, reserved)",
                        start, board->name);
            return; /* what follows is shifted, and says nothing new */
        }
    }
}

/* Whether board.yaml says that the UART at the console's page is polled as the plan does. */
static bool console_is_known(struct board_source *board, const struct plan_console *console)
{
    const yaml_node_t *list = config_get(&board->facts, config_root(&board->facts), "consoles");
    const yaml_node_t *item;
    for (size_t i = 0; (item = config_item(&board->facts, list, i)) != NULL; i++) {
        const char *compatible = config_word(&board->facts, item, "compatible", "");
        for (size_t k = 0; k < board->registers.count; k++) {
            const struct span *span = &board->registers.items[k];
            uint64_t inside = span->start % PLAN_PAGE_SIZE;
            if (span->start - inside == console->pa &&
                fdt_node_check_compatible(board->tree, (int)span->owner, compatible) == 0 &&
                console->data_offset == inside + config_number(&board->facts, item, "data", 0) &&
                console->status_offset ==
                    inside + config_number(&board->facts, item, "status", 0) &&
                console->busy_mask == config_number(&board->facts, item, "busy", 0)) {
                return true;
            }
        }
    }
    return false;
}

static void check_facts(struct check *check)
{
    struct board_source *board = check->sources->board;
    const struct plan *plan = check->view.plan.plan;
    const yaml_node_t *costs = config_get(&board->facts, config_root(&board->facts), "costs");
    if (strcmp(plan->board, board->name) != 0) {
        report_fail(check->view.report, PROPERTY_BOARD_MACHINE,
                    "the image is for board %s, not for %s", plan->board, board->name);
    }
    if (plan->costs.switch_ns != config_number(&board->facts, costs, "switch", 0) ||
        plan->costs.interrupt_ns != config_number(&board->facts, costs, "interrupt", 0) ||
        plan->costs.exit_ns != config_number(&board->facts, costs, "exit", 0)) {
        report_fail(
            check->view.report, PROPERTY_BOARD_MACHINE,
            "the analysis reckoned with other costs than board %s has (costs in board.yaml)",
            board->name);
    }
    if (plan->console.present != 0 && !console_is_known(board, &plan->console)) {
        report_fail(check->view.report, PROPERTY_BOARD_MACHINE,
                    "the console at 0x%" PRIx64
                    " is not polled as board %s says (consoles in board.yaml)",
                    plan->console.pa, board->name);
    }
}

void check_against_board(struct check *check)
{
    if (check->sources == NULL || check->sources->board == NULL) {
        return;
    }
    check_facts(check);
    check_conduit(check);
    check_controller(check);
    check_private_interrupts(check);
    check_ram(check);
    check_board_devices(check);
    check_board_trees(check);
}
