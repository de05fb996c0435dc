/* SPDX-License-Identifier: Apache-2.0 */
/* Whether each field of the plan, by itself, is within the limits that abi/plan.h and
 * abi/el2_map.h set. */
#include <inttypes.h>
#include <string.h>

#include "plan_fields.h"
#include "plan_gic.h"
#include "el2_map.h"

/* MPIDR_EL1: Aff3, Aff2, Aff1, Aff0 (Arm DDI 0487, D19.2.101) */
#define AFFINITY_MASK 0xff00ffffffULL

static void check_counts(struct fields *fields)
{
    const struct plan_view *view = fields->view;
    const struct plan *plan = view->plan;
    SAY_WHERE(fields, "plan");
    require(fields, plan->cpu_count >= 1 && plan->cpu_count <= PLAN_MAX_CPUS, "cpu_count",
            plan->cpu_count);
    require(fields, view->vm_count >= 1 && view->vm_count <= PLAN_MAX_VMS, "number of VMs",
            view->vm_count);
    require(fields, view->vcpu_count >= 1 && view->vcpu_count <= PLAN_MAX_VCPUS, "number of vCPUs",
            view->vcpu_count);
    require(fields, plan->cores.count == plan->cpu_count, "number of cores", plan->cores.count);
    require(fields, plan->conduit <= PLAN_CONDUIT_HVC, "conduit", plan->conduit);
    require(fields, plan->conduit != PLAN_CONDUIT_NONE || plan->cpu_count == 1, "conduit",
            plan->conduit);
    require_name_in(fields, plan->board, sizeof(plan->board));
    require(fields, plan->engine_fault <= PLAN_ENGINE_FAULT_RESET, "engine_fault",
            plan->engine_fault);
    require(fields,
            plan->engine_fault != PLAN_ENGINE_FAULT_RESET || plan->conduit == PLAN_CONDUIT_SMC,
            "engine_fault, which the firmware can't do,", plan->engine_fault);
    require_time(fields, plan->costs.switch_ns, 0, "costs.switch_ns");
    require_time(fields, plan->costs.interrupt_ns, 0, "costs.interrupt_ns");
    require_time(fields, plan->costs.exit_ns, 0, "costs.exit_ns");
    require(fields, plan->speculation <= PLAN_SPECULATION_MITIGATE, "speculation",
            plan->speculation);
}

static void check_hypervisor_fields(struct fields *fields)
{
    const struct plan_hypervisor *hypervisor = &fields->view->plan->hypervisor;
    SAY_WHERE(fields, "hypervisor");
    uint64_t block = hypervisor->end_pa - hypervisor->pa;
    require(fields, hypervisor->pa < hypervisor->end_pa, "end_pa", hypervisor->end_pa);
    require_range(fields, hypervisor->pa, block, EL2_WINDOW_SIZE, PLAN_PAGE_SIZE, "pa");
    uint64_t most = EL2_SHARED - EL2_BASE - PLAN_MAX_SIZE;
    require_range(fields, 0, hypervisor->text_size, most, PLAN_PAGE_SIZE, "text_size");
    require_range(fields, 0, hypervisor->rodata_size, most - hypervisor->text_size, PLAN_PAGE_SIZE,
                  "rodata_size");
    require_range(fields, hypervisor->shared_pa, hypervisor->shared_size, PA_END, PLAN_PAGE_SIZE,
                  "shared_pa");
    require(fields, hypervisor->shared_size <= EL2_PERCPU - PLAN_PAGE_SIZE - EL2_SHARED,
            "shared_size", hypervisor->shared_size);
    require_range(fields, 0, hypervisor->percpu_size, EL2_GICD - EL2_PERCPU, PLAN_PAGE_SIZE,
                  "percpu_size");
    require_aligned(fields, hypervisor->log_pa, PLAN_PAGE_SIZE, "log_pa");
    require_aligned(fields, hypervisor->stats_pa, PLAN_PAGE_SIZE, "stats_pa");
    require_aligned(fields, hypervisor->status_pa, PLAN_PAGE_SIZE, "status_pa");
    require_aligned(fields, hypervisor->watchdog_pa, PLAN_PAGE_SIZE, "watchdog_pa");
    require_aligned(fields, hypervisor->manager_pa, PLAN_PAGE_SIZE, "manager_pa");
}

static void check_machine_fields(struct fields *fields)
{
    const struct plan *plan = fields->view->plan;
    for (uint32_t i = 0; i < plan->cpu_count; i++) {
        const struct plan_cpu *cpu = &plan->cpus[i];
        SAY_WHERE(fields, "cpu %u", i);
        require(fields, (cpu->mpidr & ~AFFINITY_MASK) == 0, "mpidr", cpu->mpidr);
        require_aligned(fields, cpu->stage1_root, PLAN_PAGE_SIZE, "stage1_root");
        /* GICv2: 0 (plan_unused.c) */
        require_aligned(fields, cpu->gicr_pa, GIC_FRAME_SIZE, "gicr_pa");
        require_aligned(fields, cpu->percpu_pa, PLAN_PAGE_SIZE, "percpu_pa");
    }
    SAY_WHERE(fields, "console");
    require(fields, plan->console.present <= 1, "present", plan->console.present);
    if (plan->console.present != 0) {
        require_aligned(fields, plan->console.pa, PLAN_PAGE_SIZE, "pa");
        require(fields, plan->console.data_offset < PLAN_PAGE_SIZE, "data_offset",
                plan->console.data_offset);
        require(fields, plan->console.status_offset < PLAN_PAGE_SIZE, "status_offset",
                plan->console.status_offset);
    }
    SAY_WHERE(fields, "gic");
    const struct plan_gic *gic = &plan->gic;
    require(fields, gic->version == 2 || gic->version == 3, "version", gic->version);
    require_aligned(fields, gic->gicd_pa, plan_gicd_size(plan), "gicd_pa");
    require_aligned(fields, gic->gicc_pa, PLAN_PAGE_SIZE, "gicc_pa");
    require_aligned(fields, gic->gich_pa, PLAN_PAGE_SIZE, "gich_pa");
    require_aligned(fields, gic->gicv_pa, PLAN_PAGE_SIZE, "gicv_pa");
    require(fields,
            gic->intid_count % 32 == 0 && gic->intid_count >= PLAN_FIRST_SPI &&
                gic->intid_count <= PLAN_MAX_INTIDS,
            "intid_count", gic->intid_count);
    const uint8_t kept[] = {gic->hypervisor_timer, gic->maintenance, gic->virtual_timer};
    for (uint32_t i = 0; i < sizeof(kept); i++) {
        require(fields,
                kept[i] >= 16 && kept[i] < PLAN_FIRST_SPI &&
                    kept[i] != kept[(i + 1) % sizeof(kept)],
                "hypervisor_timer, maintenance, virtual_timer", kept[i]);
    }
    require(fields,
            plan->manager_intid == 0 ||
                (plan->manager_intid >= PLAN_FIRST_SPI && plan->manager_intid < gic->intid_count),
            "manager_intid", plan->manager_intid);
    for (uint32_t i = 0; i < PLAN_MAX_INTIDS; i++) {
        require(fields, gic->spi_cpu[i] < plan->cpu_count, "spi_cpu", gic->spi_cpu[i]);
        require(fields, gic->spi_owner[i] <= plan->vms.count, "spi_owner", gic->spi_owner[i]);
    }
    for (uint32_t i = 0; i < PLAN_MAX_INTIDS / 16; i++) {
        /* Of the two bits of an interrupt the lower is reserved (Arm IHI 0069H, 12.9.9). */
        require(fields, (gic->icfgr[i] & 0x55555555) == 0, "icfgr", gic->icfgr[i]);
    }
}

static void check_vm_fields(struct fields *fields, uint32_t index)
{
    const struct plan_view *view = fields->view;
    const struct plan_vm *vm = &view->vms[index];
    SAY_WHERE(fields, "vm %u", index);
    require_name(fields, vm->name);
    for (uint32_t i = 0; i < index; i++) {
        require(fields, memcmp(vm->name, view->vms[i].name, PLAN_NAME_SIZE) != 0,
                "name: the same as that of vm", i);
    }
    require(fields, vm->level <= PLAN_LEVEL_HARD, "level", vm->level);
    require(fields, vm->delivery <= PLAN_DELIVERY_CHECKED, "delivery", vm->delivery);
    require(fields, vm->affinity <= PLAN_AFFINITY_VIRTUAL, "affinity", vm->affinity);
    require(fields, vm->fault_action <= PLAN_FAULT_STOP, "fault_action", vm->fault_action);
    require(fields, vm->first_vcpu < view->vcpu_count, "first_vcpu", vm->first_vcpu);
    require(fields, vm->vcpu_count >= 1 && vm->vcpu_count <= PLAN_MAX_CPUS, "vcpu_count",
            vm->vcpu_count);
    require(fields, vm->vcpu_count <= view->vcpu_count - vm->first_vcpu, "vcpu_count",
            vm->vcpu_count);
    require_aligned(fields, vm->entry_ipa, 4, "entry_ipa");
    require_aligned(fields, vm->dtb_ipa, 8, "dtb_ipa");
    require_aligned(fields, vm->info_ipa, PLAN_PAGE_SIZE, "info_ipa");
    require_aligned(fields, vm->info_pa, PLAN_PAGE_SIZE, "info_pa");
    require_aligned(fields, vm->gicd_ipa, plan_gicd_size(view->plan), "gicd_ipa");
    require_aligned(fields, vm->gicr_ipa, GIC_FRAME_SIZE, "gicr_ipa");
    require_aligned(fields, vm->gicc_ipa, PLAN_PAGE_SIZE, "gicc_ipa");
    require_aligned(fields, vm->stage2.root_pa, PLAN_PAGE_SIZE, "stage2.root_pa");
    require(fields, vm->stage2.root.count <= PLAN_PAGE_SIZE / sizeof(uint64_t),
            "stage2.root: its count", vm->stage2.root.count);
}

static void check_vm_arrays(struct fields *fields, uint32_t index)
{
    const struct plan_view *view = fields->view;
    const struct plan_vm *vm = &view->vms[index];
    const struct plan_memory *memory = plan_view_memory(view, index);
    for (uint32_t i = 0; i < vm->memory.count; i++) {
        SAY_WHERE(fields, "vm %.32s: memory %u", vm->name, i);
        bool device = (memory[i].flags & PLAN_MEMORY_DEVICE) != 0;
        require_range(fields, memory[i].ipa, memory[i].size, PA_END, PLAN_PAGE_SIZE, "ipa");
        require_range(fields, memory[i].pa, memory[i].size, device ? PA_END : EL2_WINDOW_SIZE,
                      PLAN_PAGE_SIZE, "pa");
        require(fields, memory[i].flags <= (device ? PLAN_MEMORY_ROM : 2 * PLAN_MEMORY_ROM) - 1,
                "flags", memory[i].flags);
        require(fields, (memory[i].flags & PLAN_MEMORY_READ) != 0, "flags", memory[i].flags);
        require(fields, memory[i].region < view->region_count || memory[i].region == PLAN_NONE,
                "region", memory[i].region);
    }
    const struct plan_restore *restore = plan_view_restore(view, index);
    for (uint32_t i = 0; i < vm->restore.count; i++) {
        SAY_WHERE(fields, "vm %.32s: restore %u", vm->name, i);
        require_range(fields, restore[i].target_pa, restore[i].size, EL2_WINDOW_SIZE, 64,
                      "target_pa");
        require_range(fields, restore[i].source_pa, restore[i].size, EL2_WINDOW_SIZE, 64,
                      "source_pa");
    }
}

static void check_firmware_fields(struct fields *fields, uint32_t index)
{
    const struct plan_firmware *firmware = plan_view_firmware(fields->view, index);
    uint32_t count = fields->view->vms[index].firmware.count;
    SAY_WHERE(fields, "vm %u", index);
    require(fields, count <= PLAN_MAX_FIRMWARE, "firmware: its count", count);
    for (uint32_t i = 0; i < count; i++) {
        SAY_WHERE(fields, "vm %u: firmware %u", index, i);
        require(fields, firmware[i].first <= firmware[i].last, "last", firmware[i].last);
        require(fields, i == 0 || firmware[i - 1].last < firmware[i].first, "first, not sorted,",
                firmware[i].first);
    }
}

static void check_core_fields(struct fields *fields, uint32_t index)
{
    const struct plan_view *view = fields->view;
    const struct plan_core *core = &view->cores[index];
    const uint32_t *vcpus = plan_view_core_vcpus(view, index);
    const struct plan_slot *slots = plan_view_slots(view, index);
    SAY_WHERE(fields, "core %u", index);
    require(fields, core->policy < PLAN_POLICY_COUNT, "policy", core->policy);
    require(fields, core->vcpus.count <= PLAN_MAX_CPU_VCPUS, "number of vCPUs", core->vcpus.count);
    require_name(fields, core->policy_name);
    require_time(fields, core->slice_ns, TIME_LEAST_NS, "slice_ns");
    require_time(fields, core->frame_ns, 0, "frame_ns");
    require(fields, core->slots.count <= SLOTS_LIMIT, "number of slots", core->slots.count);
    for (uint32_t i = 0; i < core->vcpus.count; i++) {
        require(fields, vcpus[i] < view->vcpu_count, "a vCPU", vcpus[i]);
    }
    for (uint32_t i = 0; i < core->slots.count; i++) {
        require(fields, slots[i].vcpu < core->vcpus.count || slots[i].vcpu == PLAN_NONE,
                "a slot's vcpu", slots[i].vcpu);
    }
}

static void check_vcpu_fields(struct fields *fields, uint32_t index)
{
    const struct plan_vcpu *vcpu = &fields->view->vcpus[index];
    SAY_WHERE(fields, "vcpu %u", index);
    require(fields, (vcpu->mpidr & ~AFFINITY_MASK) == 0, "mpidr", vcpu->mpidr);
    require(fields, vcpu->vm < fields->view->vm_count, "vm", vcpu->vm);
    require(fields, vcpu->cpu < fields->view->plan->cpu_count, "cpu", vcpu->cpu);
    require_time(fields, vcpu->period_ns, vcpu->period_ns != 0 ? TIME_LEAST_NS : 0, "period_ns");
    require_time(fields, vcpu->budget_ns, vcpu->budget_ns != 0 ? TIME_LEAST_NS : 0, "budget_ns");
    require(fields, vcpu->budget_ns <= vcpu->period_ns, "budget_ns, more than the period,",
            vcpu->budget_ns);
    require(fields, vcpu->priority <= PRIORITY_LIMIT, "priority", vcpu->priority);
    require(fields, vcpu->interrupts <= INTERRUPTS_LIMIT, "interrupts", vcpu->interrupts);
    require_time(fields, vcpu->interrupt_period_ns, vcpu->interrupts != 0 ? TIME_LEAST_NS : 0,
                 "interrupt_period_ns");
}

static void check_region_fields(struct fields *fields)
{
    const struct plan_view *view = fields->view;
    for (uint32_t i = 0; i < view->region_count; i++) {
        const struct plan_region *region = &view->regions[i];
        SAY_WHERE(fields, "region %u", i);
        require_name(fields, region->name);
        require_range(fields, region->pa, region->size, (uint64_t)1 << 48, 1, "pa");
        require(fields, i == 0 || view->regions[i - 1].pa <= region->pa, "pa, not sorted,",
                region->pa);
        require(fields, i == 0 || view->regions[i - 1].pa + view->regions[i - 1].size <= region->pa,
                "pa, in the region before it,", region->pa);
        require(fields, region->kind <= PLAN_REGION_INTERRUPTS, "kind", region->kind);
        require(fields, region->owner < view->vm_count || region->owner == PLAN_NONE, "owner",
                region->owner);
        require(fields, region->flags <= PLAN_REGION_DMA, "flags", region->flags);
    }
}

bool check_plan_fields(const struct plan_view *view, struct report *report)
{
    struct fields fields = {.view = view, .report = report, .good = true};
    check_counts(&fields);
    if (!fields.good) {
        return false;
    }
    check_hypervisor_fields(&fields);
    check_machine_fields(&fields);
    for (uint32_t i = 0; i < view->vm_count; i++) {
        check_vm_fields(&fields, i);
        check_vm_arrays(&fields, i);
        check_firmware_fields(&fields, i);
    }
    for (uint32_t i = 0; i < view->vcpu_count; i++) {
        check_vcpu_fields(&fields, i);
    }
    for (uint32_t i = 0; i < view->plan->cores.count; i++) {
        check_core_fields(&fields, i);
    }
    check_region_fields(&fields);
    return fields.good;
}
