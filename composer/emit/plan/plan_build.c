/* SPDX-License-Identifier: Apache-2.0 */
/* Puts the plan together (plan_build.h). */
#include "plan_build.h"

#include <stdio.h>
#include <string.h>

#include "arithmetic.h"
#include "diagnostics.h"
#include "memory.h"
#include "stage2.h"

struct plan_array draft_add(struct draft *draft, const void *elements, size_t count, size_t size)
{
    struct plan_array array = {count != 0 ? (uint32_t)draft->size : 0, (uint32_t)count};

    if (count * size > PLAN_MAX_SIZE - draft->size) {
        fatal("the plan of this system is larger than %u bytes; use fewer VMs and devices",
              PLAN_MAX_SIZE);
    }
    if (count != 0) {
        memcpy((uint8_t *)draft->plan + draft->size, elements, count * size);
    }
    draft->size = align_up(draft->size + count * size, 8);
    return array;
}

static void name_set(char *target, size_t size, const char *name)
{
    snprintf(target, size, "%s", name);
}

void plan_number_cpus(const struct system *system, uint32_t plan_cpu_of[PLAN_MAX_CPUS])
{
    bool used[PLAN_MAX_CPUS] = {true}; /* the machine starts on CPU 0, whether a VM has it or not */
    uint32_t next = 0;

    for (size_t i = 0; i < system->vm_count; i++) {
        for (size_t j = 0; j < system->vms[i].cpu_count; j++) {
            used[system->vms[i].cpus[j]] = true;
        }
    }
    for (size_t i = 0; i < PLAN_MAX_CPUS; i++) {
        plan_cpu_of[i] = used[i] ? next++ : PLAN_NONE;
    }
}

static void hypervisor_set(const struct plan_input *input, struct plan_hypervisor *hypervisor)
{
    *hypervisor = (struct plan_hypervisor){
        .pa = input->layout->hypervisor_pa,
        .text_size = input->hypervisor->text_end,
        .rodata_size = input->hypervisor->size - input->hypervisor->text_end,
        .shared_pa = input->places.shared_pa,
        .shared_size = input->hypervisor->shared_size,
        .percpu_size = input->hypervisor->percpu_size,
        .log_pa = input->places.shared_pa + input->hypervisor->log_rings,
        .stats_pa = input->places.shared_pa + input->hypervisor->vcpu_stats,
        .status_pa = input->places.shared_pa + input->hypervisor->status,
        .watchdog_pa = input->places.shared_pa + input->hypervisor->watchdogs,
        .manager_pa = input->places.shared_pa + input->hypervisor->manager,
        .end_pa = input->layout->hypervisor_end,
    };
}

/* What sends SGI 0 to the CPU with affinity @mpidr: its Aff3, Aff2, Aff1, range and place in the
 * range (IHI 0069H, 12.2.21). */
static uint64_t sgi0(uint64_t mpidr)
{
    uint64_t aff0 = mpidr & 0xff;

    return (mpidr >> 32 & 0xff) << 48 | aff0 >> 4 << 44 | (mpidr >> 16 & 0xff) << 32 |
           (mpidr >> 8 & 0xff) << 16 | (uint64_t)1 << aff0 % 16;
}

/* The same for a GICv2: CPU interface @interface, of those that are listed (IHI 0048B, 4.3.15). */
static uint64_t sgi0_v2(uint32_t interface)
{
    return (uint64_t)1 << (16 + interface);
}

/* 0: a GICv2 has none. */
static uint64_t redistributor_of(const struct board *board, const struct board_cpu *cpu)
{
    return board->gic_version == 2 ? 0
                                   : board->gicr.start + cpu->redistributor * board->gicr_stride;
}

static void cpus_set(const struct plan_input *input, struct plan *plan)
{
    const struct board *board = &input->system->board;

    for (size_t i = 0; i < board->cpu_count; i++) {
        uint32_t index = input->plan_cpu_of[i];
        if (index == PLAN_NONE) {
            continue;
        }
        plan->cpus[index] = (struct plan_cpu){
            .mpidr = board->cpus[i].mpidr,
            .stage1_root = input->stage1_roots[i],
            .gicr_pa = redistributor_of(board, &board->cpus[i]),
            .percpu_pa = input->places.percpu_pa + index * input->hypervisor->percpu_size,
            .sgi0 = board->gic_version == 2 ? sgi0_v2(board->cpus[i].interface)
                                            : sgi0(board->cpus[i].mpidr),
        };
        plan->cpu_count++;
    }
}

/* But for its VM and CPU. What it asks of a shared core has no meaning on its other CPUs. */
static struct plan_vcpu vcpu_make(const struct system *system, const struct vm *vm, size_t number)
{
    enum plan_policy policy = system->cores[vm->cpus[number]].policy;
    struct plan_vcpu vcpu = {.mpidr = vm_vcpu_mpidr(system, vm, number)};

    if (policy != PLAN_POLICY_DEDICATED) {
        vcpu.period_ns = vm->period_ns;
        vcpu.budget_ns = vm->budget_ns;
        vcpu.interrupts = vm->interrupts;
        vcpu.interrupt_period_ns = vm->interrupt_period_ns;
    }
    if (policy == PLAN_POLICY_FIXED_PRIORITY || policy == PLAN_POLICY_OWN) {
        vcpu.priority = vm->priority;
    }
    return vcpu;
}

static void vcpus_add(const struct plan_input *input, struct draft *draft)
{
    const struct system *system = input->system;
    struct plan_vcpu *vcpus = NULL;
    size_t count = 0;

    for (uint32_t i = 0; i < system->vm_count; i++) {
        for (size_t j = 0; j < system->vms[i].cpu_count; j++) {
            uint32_t board_cpu = system->vms[i].cpus[j];
            *ARRAY_ADD(vcpus, count) = vcpu_make(system, &system->vms[i], j);
            vcpus[count - 1].vm = i;
            vcpus[count - 1].cpu = input->plan_cpu_of[board_cpu];
        }
    }
    if (count > PLAN_MAX_VCPUS) {
        fatal("internal: more than %u vCPUs", PLAN_MAX_VCPUS);
    }
    draft->plan->vcpus = draft_add(draft, vcpus, count, sizeof(*vcpus));
}

/* The place of VM @vm in a core's list. */
static uint32_t location_on_core(const struct plan_vcpu *vcpus, const uint32_t *list, size_t count,
                                 uint32_t vm)
{
    for (uint32_t i = 0; i < count; i++) {
        if (vcpus[list[i]].vm == vm) {
            return i;
        }
    }
    fatal("internal: a slot for a VM that is not on the core");
}

/* The slots of @asked, and slots of nobody in the gaps before, between and behind them. */
static struct plan_slot *slots_make(const struct core *asked, const struct plan_vcpu *vcpus,
                                    const uint32_t *list, size_t list_count, size_t *count)
{
    struct plan_slot *slots = NULL;
    uint64_t end = 0;

    *count = 0;
    for (size_t i = 0; i <= asked->slot_count; i++) {
        bool last = i == asked->slot_count;
        uint64_t start = last ? asked->frame_ns : asked->slots[i].start_ns;
        if (start > end) {
            *ARRAY_ADD(slots, *count) =
                (struct plan_slot){.start_ns = end, .length_ns = start - end, .vcpu = PLAN_NONE};
        }
        if (last) {
            break;
        }
        *ARRAY_ADD(slots, *count) = (struct plan_slot){
            .start_ns = start,
            .length_ns = asked->slots[i].length_ns,
            .vcpu = location_on_core(vcpus, list, list_count, asked->slots[i].vm),
        };
        end = start + asked->slots[i].length_ns;
    }
    return slots;
}

static struct plan_core core_make(const struct core *asked, const struct plan_vcpu *vcpus,
                                  size_t vcpu_count, uint32_t cpu,
                                  const struct hypervisor_elf *hypervisor, struct draft *draft)
{
    const char *name = asked->policy_name != NULL ? asked->policy_name : "dedicated";
    uint32_t *list = NULL;
    size_t count = 0;
    size_t slot_count;

    for (uint32_t i = 0; i < vcpu_count; i++) {
        if (vcpus[i].cpu == cpu) {
            *ARRAY_ADD(list, count) = i;
        }
    }
    struct plan_slot *slots = slots_make(asked, vcpus, list, count, &slot_count);
    struct plan_core core = {
        .policy = asked->policy,
        .policy_va = hypervisor_elf_policy(hypervisor->path, name),
        .vcpus = draft_add(draft, list, count, sizeof(*list)),
        .slots = draft_add(draft, slots, slot_count, sizeof(*slots)),
        .slice_ns = asked->slice_ns != 0 ? asked->slice_ns : CORE_SLICE_NS,
        .frame_ns = asked->frame_ns,
    };
    if (core.policy_va == 0) {
        fatal("hypervisor '%s' has no policy '%s'; build or install it again", hypervisor->path,
              name);
    }
    snprintf(core.policy_name, sizeof(core.policy_name), "%s", name);
    return core;
}

static void cores_add(const struct plan_input *input, struct draft *draft)
{
    const struct plan_vcpu *vcpus =
        (const struct plan_vcpu *)(const void *)((uint8_t *)draft->plan +
                                                 draft->plan->vcpus.offset);
    struct plan_core cores[PLAN_MAX_CPUS] = {0};

    for (size_t i = 0; i < input->system->board.cpu_count; i++) {
        uint32_t cpu = input->plan_cpu_of[i];
        if (cpu == PLAN_NONE) {
            continue;
        }
        cores[cpu] = core_make(&input->system->cores[i], vcpus, draft->plan->vcpus.count, cpu,
                               input->hypervisor, draft);
        cores[cpu].number = (uint32_t)i;
        cores[cpu].watched = plan_add_watched(input->system, (uint32_t)i, draft);
    }
    draft->plan->cores = draft_add(draft, cores, draft->plan->cpu_count, sizeof(cores[0]));
}

static struct plan_array root_add(struct draft *draft, const struct vm_tables *tables)
{
    size_t count = TABLE_ENTRIES;

    while (count > 0 && tables->root_entries[count - 1] == 0) {
        count--;
    }
    return draft_add(draft, tables->root_entries, count, sizeof(tables->root_entries[0]));
}

static void vm_set(const struct plan_input *input, size_t index, uint32_t first_vcpu,
                   struct draft *draft, struct plan_vm *vm)
{
    const struct vm *asked = &input->system->vms[index];
    const struct vm_layout *layout = &input->layout->vms[index];
    const struct vm_tables *tables = &input->vms[index];
    struct plan_restore *steps;
    size_t step_count = plan_list_restore(layout, &steps);

    *vm = (struct plan_vm){
        .level = asked->level,
        .delivery = asked->delivery,
        .affinity = asked->affinity,
        .fault_action = asked->fault_action,
        .first_vcpu = first_vcpu,
        .vcpu_count = (uint32_t)asked->cpu_count,
        .restricted = vm_shares_core(input->system, asked),
        .entry_ipa = layout->entry,
        .dtb_ipa = layout->dtb_ipa,
        .info_ipa = layout->info_ipa,
        .info_pa = layout->info_pa,
        .gicd_ipa = layout->gicd_ipa,
        .gicr_ipa = layout->gicr_ipa,
        .gicc_ipa = layout->gicc_ipa,
        .stage2 =
            {
                .root_pa = tables->stage2_root,
                .vttbr = stage2_vttbr(tables->stage2_root, index),
                .vtcr = stage2_vtcr(tables->memory, tables->memory_count),
                .root = root_add(draft, tables),
            },
        .memory = draft_add(draft, tables->memory, tables->memory_count, sizeof(*tables->memory)),
        .restore = draft_add(draft, steps, step_count, sizeof(*steps)),
        .firmware =
            draft_add(draft, asked->firmware, asked->firmware_count, sizeof(*asked->firmware)),
    };
    name_set(vm->name, sizeof(vm->name), asked->name);
    plan_set_intids(input->system, index, vm->intids);
    plan_set_life(input, (uint32_t)index, draft, vm);
}

static void vms_add(const struct plan_input *input, struct draft *draft)
{
    const struct system *system = input->system;
    struct plan_vm *vms = memory_new(system->vm_count, sizeof(*vms));
    uint32_t next_vcpu = 0;

    for (size_t i = 0; i < system->vm_count; i++) {
        vm_set(input, i, next_vcpu, draft, &vms[i]);
        next_vcpu += (uint32_t)system->vms[i].cpu_count;
    }
    draft->plan->vms = draft_add(draft, vms, system->vm_count, sizeof(*vms));
}

/* Of the bytes from @from to @to (plan.h). */
static uint64_t checksum(const struct plan *plan, uint64_t from, uint64_t to)
{
    uint64_t sum = PLAN_CHECKSUM_SEED;

    for (uint64_t at = from; at < to; at += sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, (const uint8_t *)plan + at, sizeof(word));
        sum = (sum ^ word) * PLAN_CHECKSUM_PRIME;
    }
    return sum;
}

struct plan *plan_build(const struct plan_input *input)
{
    struct draft draft = {.plan = memory_new(1, PLAN_MAX_SIZE), .size = sizeof(struct plan)};
    struct plan *plan = draft.plan;

    plan->magic = PLAN_MAGIC;
    plan->version = PLAN_VERSION;
    plan->head_size = PLAN_HEAD_SIZE;
    plan->conduit = input->system->board.conduit;
    if (input->system->has_console) {
        plan->console = input->system->console;
        plan->console.present = 1;
    }
    hypervisor_set(input, &plan->hypervisor);
    cpus_set(input, plan);
    vcpus_add(input, &draft);
    cores_add(input, &draft);
    vms_add(input, &draft);
    plan->regions = draft_add(&draft, input->regions.regions, input->regions.count,
                              sizeof(*input->regions.regions));
    plan_add_channels(input, &draft);
    name_set(plan->board, sizeof(plan->board), input->system->board.name);
    plan_set_gic(input, &plan->gic);
    plan->costs = input->system->board.costs;
    plan->speculation = input->system->speculation;
    plan->engine_fault = input->system->engine_fault;
    plan->manager_intid = input->system->manager_intid;

    plan->total_size = draft.size;
    plan->body_checksum = checksum(plan, PLAN_HEAD_SIZE, plan->total_size);
    plan->head_checksum = checksum(plan, offsetof(struct plan, total_size), PLAN_HEAD_SIZE);
    return plan;
}
