/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the hypervisor's own tables (stage1.h). */
#include "stage1.h"

#include "arithmetic.h"
#include "el2_map.h"
#include "gic_window.h"

/*
 * Attributes of a block or page in the EL2 regime without VHE (Arm DDI 0487, D8.3.1): AP[1] is
 * RES1, bit 54 is XN, there is no nG. Shareability of device memory is ignored.
 */
#define S1_DEVICE        ((uint64_t)EL2_MAIR_DEVICE << 2)
#define S1_NORMAL        ((uint64_t)EL2_MAIR_NORMAL << 2 | 3ULL << 8) /* inner shareable */
#define S1_RES1          (1ULL << 6)
#define S1_READ_ONLY     (1ULL << 7)
#define S1_ACCESSED      (1ULL << 10)
#define S1_EXECUTE_NEVER (1ULL << 54)

#define CODE     (S1_NORMAL | S1_RES1 | S1_ACCESSED | S1_READ_ONLY)
#define CONSTANT (CODE | S1_EXECUTE_NEVER)
#define DATA     (S1_NORMAL | S1_RES1 | S1_ACCESSED | S1_EXECUTE_NEVER)
#define DEVICE   (S1_DEVICE | S1_RES1 | S1_ACCESSED | S1_EXECUTE_NEVER)

static bool vm_runs_on(const struct vm *vm, uint32_t board_cpu)
{
    for (size_t i = 0; i < vm->cpu_count; i++) {
        if (vm->cpus[i] == board_cpu) {
            return true;
        }
    }
    return false;
}

/* Whether @vm may be stopped from this CPU: by the manager, or by whoever looks at its watchdog. */
static bool vm_is_controllable_from(const struct system *system, const struct vm *vm,
                                    uint32_t board_cpu)
{
    for (size_t i = 0; i < system->vm_count; i++) {
        if (system->vms[i].manager && vm_runs_on(&system->vms[i], board_cpu)) {
            return true;
        }
    }
    return vm->watchdog_action != PLAN_WATCHDOG_NONE && vm->watcher == board_cpu;
}

static void map_hypervisor(struct table *root, const struct stage1_input *input, uint32_t cpu)
{
    const struct hypervisor_elf *hypervisor = input->hypervisor;
    const struct hypervisor_places *places = input->places;
    uint64_t pa = input->layout->hypervisor_pa;
    uint64_t constants = hypervisor->size - hypervisor->text_end + places->plan_size;

    table_map(root, EL2_BASE, pa, hypervisor->text_end, CODE);
    table_map(root, EL2_BASE + hypervisor->text_end, pa + hypervisor->text_end, constants,
              CONSTANT);
    table_map(root, EL2_SHARED, places->shared_pa, hypervisor->shared_size, DATA);
    table_map(root, EL2_PERCPU, places->percpu_pa + cpu * hypervisor->percpu_size,
              hypervisor->percpu_size, DATA);

    /* The MMU is turned on here. RAM ends below EL2_WINDOW (layout_free.c), so nothing else is
     * at these addresses. */
    table_map(root, pa + hypervisor->boot_start, pa + hypervisor->boot_start,
              hypervisor->boot_end - hypervisor->boot_start, CODE);
}

/* The redistributors of all CPUs of the VMs that run here or are stopped from here: those CPUs
 * are woken. */
static void map_redistributors(struct table *root, const struct stage1_input *input,
                               uint32_t board_cpu)
{
    const struct board *board = &input->system->board;
    bool needed[PLAN_MAX_CPUS] = {false};

    for (size_t i = 0; i < input->system->vm_count; i++) {
        const struct vm *vm = &input->system->vms[i];
        bool woken =
            vm_runs_on(vm, board_cpu) || vm_is_controllable_from(input->system, vm, board_cpu);

        for (size_t j = 0; woken && j < vm->cpu_count; j++) {
            needed[vm->cpus[j]] = true;
        }
    }
    for (uint32_t cpu = 0; cpu < board->cpu_count; cpu++) {
        if (needed[cpu] && board->gic_version != 2) {
            table_map(root, EL2_GICR + (uint64_t)input->plan_cpu_of[cpu] * EL2_GICR_STRIDE,
                      board->gicr.start + board->cpus[cpu].redistributor * board->gicr_stride,
                      GICR_SIZE, DEVICE);
        }
    }
}

static void map_devices(struct table *root, const struct stage1_input *input)
{
    const struct board *board = &input->system->board;
    struct range distributor = gic_window_distributor(board);

    table_map(root, EL2_GICD, distributor.start, distributor.size, DEVICE);
    if (board->gic_version == 2) {
        table_map(root, EL2_GICC, board->gicc_pa, GICC_SIZE, DEVICE);
        table_map(root, EL2_GICH, board->gich_pa, PAGE_SIZE, DEVICE);
    }
    if (input->system->has_console) {
        table_map(root, EL2_CONSOLE, input->system->console.pa, PAGE_SIZE, DEVICE);
    }
}

/* The memory of a VM that runs here, in the window. */
static void map_vm(struct table *root, const struct stage1_input *input, size_t index)
{
    const struct vm_layout *layout = &input->layout->vms[index];

    for (size_t i = 0; i < layout->ram_count; i++) {
        table_map(root, EL2_WINDOW + layout->ram[i].pa, layout->ram[i].pa, layout->ram[i].size,
                  DATA);
    }
    table_map(root, EL2_WINDOW + layout->info_pa, layout->info_pa, PAGE_SIZE, DATA);
    table_map(root, EL2_WINDOW + layout->copies.start, layout->copies.start, layout->copies.size,
              CONSTANT);
    table_map(root, EL2_WINDOW + layout->store.start, layout->store.start, layout->store.size,
              CONSTANT);
}

struct table *stage1_make(const struct stage1_input *input, uint32_t board_cpu)
{
    struct table *root = table_new();

    map_hypervisor(root, input, input->plan_cpu_of[board_cpu]);
    map_devices(root, input);
    map_redistributors(root, input, board_cpu);
    for (size_t i = 0; i < input->system->vm_count; i++) {
        const struct vm *vm = &input->system->vms[i];
        if (vm_runs_on(vm, board_cpu)) {
            map_vm(root, input, i);
        }
        if (vm_runs_on(vm, board_cpu) || vm_is_controllable_from(input->system, vm, board_cpu)) {
            table_map(root, EL2_STAGE2_ROOT(i), input->stage2_roots[i], PAGE_SIZE, DATA);
        }
    }
    return root;
}
