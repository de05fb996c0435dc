/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which SMCs are passed on to the machine's firmware: none from a core on which a hard VM runs,
 * since nothing bounds their time, and none that is about what the hypervisor keeps to itself.
 * Functions by the SMC calling convention (Arm DEN 0028E, 2.5 and 6): bit 31 a fast call, bit 30
 * the 64-bit convention, bits 29 to 24 whose it is.
 */
#include <inttypes.h>

#include "check_context.h"

/* What can't be passed on. */
static const struct {
    uint32_t first;
    uint32_t last;
    const char *what;
} kept[] = {
    {0x00000000, 0x7fffffff, "no fast call"},
    {0x80000000, 0x80ffffff, "about the architecture"},
    {0xc0000000, 0xc0ffffff, "about the architecture"},
    {0x84000000, 0x8400001f, "PSCI's"},
    {0xc4000000, 0xc400001f, "PSCI's"},
    {0x84000020, 0x8400003f, "SDEI's, which calls EL2 itself"}, /* Arm DEN 0054 */
    {0xc4000020, 0xc400003f, "SDEI's, which calls EL2 itself"},
    {0x85000000, 0x86ffffff, "a hypervisor's"},
    {0xc5000000, 0xc6ffffff, "a hypervisor's"},
};

static void check_range(struct check *check, uint32_t vm, const struct plan_firmware *range)
{
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
        if (range->first <= kept[i].last && kept[i].first <= range->last) {
            uint32_t function = range->first > kept[i].first ? range->first : kept[i].first;
            report_fail(check->view.report, PROPERTY_FIRMWARE_CALLS,
                        "%s may call the firmware with 0x%08" PRIx32 ", which is %s",
                        check->view.vm_who[vm], function, kept[i].what);
        }
    }
}

static void check_cores(struct check *check, uint32_t vm)
{
    const struct plan_view *plan = &check->view.plan;
    for (uint32_t cpu = 0; cpu < plan->plan->cpu_count; cpu++) {
        for (uint32_t i = 0;
             image_view_runs_on(&check->view, vm, cpu) && i < plan->cores[cpu].vcpus.count; i++) {
            uint32_t other = plan_view_vcpu_on(plan, cpu, i)->vm;
            if (other != vm && plan->vms[other].level == PLAN_LEVEL_HARD) {
                report_fail(check->view.report, PROPERTY_FIRMWARE_CALLS,
                            "%s may call the firmware on %s, where %s is hard",
                            check->view.vm_who[vm], check->view.cpu_who[cpu],
                            check->view.vm_who[other]);
            }
        }
    }
    if (plan->vms[vm].level == PLAN_LEVEL_HARD) {
        report_fail(check->view.report, PROPERTY_FIRMWARE_CALLS,
                    "%s may call the firmware, and is hard", check->view.vm_who[vm]);
    }
}

void check_firmware(struct check *check)
{
    const struct plan_view *plan = &check->view.plan;
    for (uint32_t vm = 0; vm < plan->vm_count; vm++) {
        const struct plan_firmware *firmware = plan_view_firmware(plan, vm);
        if (plan->vms[vm].firmware.count == 0) {
            continue;
        }
        if (plan->plan->conduit != PLAN_CONDUIT_SMC) {
            report_fail(check->view.report, PROPERTY_FIRMWARE_CALLS,
                        "%s may call the firmware, which is not called by SMC",
                        check->view.vm_who[vm]);
        }
        for (uint32_t i = 0; i < plan->vms[vm].firmware.count; i++) {
            check_range(check, vm, &firmware[i]);
        }
        check_cores(check, vm);
    }
}
