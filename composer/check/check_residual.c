/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each VM could still do to its neighbours though every property holds: what the hardware does
 * not prevent in this configuration. A system's owner accepts it or changes the configuration.
 */
#include <inttypes.h>

#include "check_context.h"
#include "plan_gic.h"

/* "cpu 2" or "cpus 0, 1": those of one VM. */
static void print_cpus(const struct check *check, uint32_t vm, FILE *out)
{
    const struct plan_vm *plan_vm = &check->view.plan.vms[vm];
    fputs(plan_vm->vcpu_count == 1 ? "cpu" : "cpus", out);
    for (uint32_t i = 0; i < plan_vm->vcpu_count; i++) {
        uint32_t cpu = check->view.plan.vcpus[plan_vm->first_vcpu + i].cpu;
        fprintf(out, "%s %u", i != 0 ? "," : "", check->view.plan.cores[cpu].number);
    }
}

/* No interrupt ends the WFI of a vCPU whose own interface is closed (ICC_PMR_EL1,
 * ICC_IGRPEN1_EL1). */
static void print_sleeper(const struct check *check, uint32_t vm, FILE *out)
{
    fprintf(out,
            "  %s (direct interrupts): can sleep with its interrupts closed, and then nothing "
            "stops or restarts it\n",
            check->view.vm_who[vm]);
}

/* Neither SGIs nor the end of an interrupt pass through stage 2 (ICC_SGI1R_EL1, ICC_EOIR1_EL1,
 * ICC_DIR_EL1). Of these, checked delivery leaves ICC_EOIR1_EL1: it ends what is active
 * elsewhere, once something is active here. So does a GICv2 with either delivery (GICC_EOIR):
 * GICD_SGIR and GICC_DIR are in pages that no VM has. */
static void print_direct(const struct check *check, uint32_t vm, FILE *out)
{
    const struct plan_view *plan = &check->view.plan;
    if (plan->vms[vm].delivery == PLAN_DELIVERY_VIRTUAL) {
        return;
    }
    print_sleeper(check, vm, out);
    for (uint32_t other = 0; other < plan->vm_count; other++) {
        if (other != vm && plan->vms[vm].delivery == PLAN_DELIVERY_DIRECT &&
            !plan_has_gicv2(plan->plan)) {
            fprintf(out, "  %s (direct interrupts): can raise SGIs on ", check->view.vm_who[vm]);
            print_cpus(check, other, out);
            fprintf(out, " of %s\n", check->view.vm_who[other]);
        }
    }
    if (plan->vm_count > 1) {
        fprintf(out,
                "  %s (direct interrupts): can end an interrupt that is active for another VM\n",
                check->view.vm_who[vm]);
    }
}

/* What a VM does on a CPU that it shares costs the others time: as much as its interrupts need. */
static void print_shared(const struct check *check, FILE *out)
{
    for (uint32_t cpu = 0; cpu < check->view.plan.plan->cpu_count; cpu++) {
        for (uint32_t i = 0; i < check->view.plan.cores[cpu].vcpus.count &&
                             check->view.plan.cores[cpu].vcpus.count > 1;
             i++) {
            const struct plan_vcpu *vcpu = plan_view_vcpu_on(&check->view.plan, cpu, i);
            fprintf(out,
                    "  %s (shared %s): its interrupts take time from the others there; the "
                    "analysis assumes at most %u "
                    "in %" PRIu64 " us\n",
                    check->view.vm_who[vcpu->vm], check->view.cpu_who[cpu], vcpu->interrupts,
                    vcpu->interrupt_period_ns / 1000);
        }
    }
}

/* What a VM speculates with may be its neighbour's; caches tell it, whatever predictors forget
 * (docs/threat-model.md).
 */
static void print_speculation(const struct check *check, FILE *out)
{
    bool mitigated = check->view.plan.plan->speculation == PLAN_SPECULATION_MITIGATE;
    for (uint32_t cpu = 0; cpu < check->view.plan.plan->cpu_count; cpu++) {
        if (check->view.plan.cores[cpu].vcpus.count < 2) {
            continue;
        }
        fprintf(
            out, "  VMs on shared %s: can tell by the caches what others there did before%s\n",
            check->view.cpu_who[cpu],
            mitigated
                ? "; predictors forget at each switch (speculation: mitigate)"
                : ", and may steer what others there speculate with (no speculation: mitigate)");
    }
}

static void print_dma(const struct check *check, uint32_t vm, FILE *out)
{
    for (uint32_t i = 0; i < check->view.plan.region_count; i++) {
        const struct plan_region *region = &check->view.plan.regions[i];
        if (region->owner == vm && (region->flags & PLAN_REGION_DMA) != 0) {
            fprintf(out,
                    "  %s: its device %s can read and write all memory, the hypervisor's too (dma: "
                    "trusted)\n",
                    check->view.vm_who[vm], region->name);
        }
    }
}

/* A debug console has two users: the hypervisor's log, and a VM that has the same UART. */
static void print_console(const struct check *check, uint32_t vm, FILE *out)
{
    const struct plan_console *console = &check->view.plan.plan->console;
    for (size_t i = 0; console->present != 0 && i < check->view.stage2[vm].mapping_count; i++) {
        const struct mapping *mapping = &check->view.stage2[vm].mappings[i];
        if (ranges_overlap(mapping->pa, mapping->size, console->pa, PLAN_PAGE_SIZE)) {
            fprintf(out,
                    "  %s: has the UART that the hypervisor logs to (debug console), and can stall "
                    "the log\n",
                    check->view.vm_who[vm]);
        }
    }
}

/* A doorbell without an interval costs its receiver as much time as the sender likes, unless the
 * receiver masks it. */
static void print_doorbells(const struct check *check, uint32_t vm, FILE *out)
{
    for (uint32_t channel = 0; channel < check->view.plan.channel_count; channel++) {
        const struct plan_member *members = plan_view_members(&check->view.plan, channel);
        uint32_t own = plan_view_member_number(&check->view.plan, channel, vm);
        for (uint32_t i = 0;
             own != PLAN_NONE && i + 1 < check->view.plan.channels[channel].members.count; i++) {
            uint32_t doorbell = members[own].doorbell + i;
            if (doorbell < check->view.plan.vms[vm].doorbells.count &&
                plan_view_doorbells(&check->view.plan, vm)[doorbell].interval_ns == 0) {
                fprintf(
                    out,
                    "  %s: can ring %s as often as it likes (channel %s, no doorbell-interval)\n",
                    check->view.vm_who[vm], check->view.vm_who[members[plan_peer(own, i)].vm],
                    check->view.plan.channels[channel].name);
            }
        }
    }
}

/* A start rings too, past the doorbells' intervals; and a VM may ask for its own restart (PSCI
 * SYSTEM_RESET). */
static void print_restarts(const struct check *check, uint32_t vm, FILE *out)
{
    if (check->view.plan.vms[vm].notify.count != 0) {
        fprintf(
            out,
            "  %s: can restart as often as it likes, which rings its channels' peers each time\n",
            check->view.vm_who[vm]);
    }
}

/* The firmware acts for the machine, not for a VM, and takes the time that it takes. */
static void print_firmware(const struct check *check, uint32_t vm, FILE *out)
{
    const struct plan_view *plan = &check->view.plan;
    const struct plan_firmware *firmware = plan_view_firmware(plan, vm);
    for (uint32_t i = 0; i < plan->vms[vm].firmware.count; i++) {
        fprintf(out,
                "  %s: can have the firmware do all that its calls 0x%08" PRIx32 " to 0x%08" PRIx32
                " do, which act on the whole machine\n",
                check->view.vm_who[vm], firmware[i].first, firmware[i].last);
    }
    for (uint32_t cpu = 0; cpu < plan->plan->cpu_count && plan->vms[vm].firmware.count != 0;
         cpu++) {
        if (image_view_runs_on(&check->view, vm, cpu)) {
            fprintf(out,
                    "  %s: can keep %s in the firmware for a time that nothing here bounds, "
                    "whatever else is to be "
                    "done there\n",
                    check->view.vm_who[vm], check->view.cpu_who[cpu]);
        }
    }
}

static void print_manager(const struct check *check, uint32_t vm, FILE *out)
{
    if (check->view.plan.vms[vm].command_ipa == 0) {
        return;
    }
    fprintf(out,
            "  %s (manager): can stop and start all VMs, and reads the plan, the log and all "
            "counters\n",
            check->view.vm_who[vm]);
    for (uint32_t other = 0; other < check->view.plan.vm_count; other++) {
        if (image_view_store_size(&check->view, vm, other) != 0) {
            fprintf(out, "  %s (manager): chooses what %s starts with (reload)\n",
                    check->view.vm_who[vm], check->view.vm_who[other]);
        }
    }
}

/* A mistake of the hypervisor's is nobody's right; but whoever finds one can do this. */
static void print_engine_fault(const struct check *check, FILE *out)
{
    if (check->view.plan.plan->engine_fault == PLAN_ENGINE_FAULT_RESET) {
        fputs("  all VMs: end with an exception inside the hypervisor, which resets the machine "
              "(on-engine-fault: "
              "reset)\n",
              out);
        return;
    }
    for (uint32_t cpu = 0; cpu < check->view.plan.plan->cpu_count; cpu++) {
        uint32_t count = check->view.plan.cores[cpu].vcpus.count;
        for (uint32_t i = 0; i < count; i++) {
            fprintf(out, "%s%s",
                    i == 0          ? "  "
                    : i + 1 < count ? ", "
                                    : " and ",
                    check->view.vm_who[plan_view_vcpu_on(&check->view.plan, cpu, i)->vm]);
        }
        if (count != 0) {
            fprintf(out, ": %s lost with an exception inside the hypervisor on %s",
                    count == 1 ? "is" : "are", check->view.cpu_who[cpu]);
        }
        for (uint32_t i = 0; i < check->view.plan.cores[cpu].watched.count; i++) {
            fprintf(out, "%s %s", i == 0 ? ", which then looks no more at the watchdog of" : ",",
                    check->view.vm_who[plan_view_watched(&check->view.plan, cpu)[i]]);
        }
        fputs(count != 0 ? "\n" : "", out);
    }
}

void check_residual_print(const struct check *check, FILE *out)
{
    if (check->view.plan.vm_count > 1) {
        fputs("What the VMs can still do to each other:\n", out);
    } else {
        fputs("What the VM can still do:\n", out);
    }
    for (uint32_t vm = 0; vm < check->view.plan.vm_count; vm++) {
        print_direct(check, vm, out);
        print_dma(check, vm, out);
        print_console(check, vm, out);
        print_doorbells(check, vm, out);
        print_restarts(check, vm, out);
        print_manager(check, vm, out);
        print_firmware(check, vm, out);
    }
    print_shared(check, out);
    print_speculation(check, out);
    print_engine_fault(check, out);
    if (check->view.plan.vm_count > 1) {
        fputs("  all VMs: share caches, buses and memory bandwidth, which are not partitioned\n",
              out);
    } else {
        fputs("  it has no neighbours\n", out);
    }
}
