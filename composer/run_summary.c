/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a run: each VM's state, and how often its vCPUs left their guest, and why. */
#include <inttypes.h>
#include <stddef.h>

#include "fault_text.h"
#include "info.h"
#include "log_read.h"
#include "memory.h"
#include "run_observe.h"

/* Exception classes (Arm DDI 0487, ESR_EL2.EC), and abi/observe.h's own. */
static const struct {
    unsigned class;
    const char *name;
} exit_names[] = {
    {0x01,        "WFI or WFE"       },
    {0x07,        "floating point"   },
    {0x16,        "HVC"              },
    {0x17,        "SMC"              },
    {0x18,        "system register"  },
    {0x20,        "instruction abort"},
    {0x24,        "data abort"       },
    {EXIT_IRQ,    "IRQ"              },
    {EXIT_FIQ,    "FIQ"              },
    {EXIT_SERROR, "SError"           },
};

static const char *exit_name(unsigned class)
{
    for (size_t i = 0; i < sizeof exit_names / sizeof exit_names[0]; i++)
        if (exit_names[i].class == class)
            return exit_names[i].name;
    return text_format("class 0x%02x", class);
}

static const char *level_name(uint32_t level)
{
    static const char *const names[] = {"best effort", "soft", "hard"};

    return level < sizeof names / sizeof names[0] ? names[level] : "?";
}

static const char *state_name(const struct observed_vm *vm)
{
    if (!vm->started)
        return "not started";
    return vm->lost ? "lost" : vm->off ? "off" : "running";
}

static void say_vcpu(uint32_t cpu, uint32_t number, const struct vcpu_stats *stats, struct terminal *terminal,
                     const struct speaker *speaker)
{
    const char *classes = "";
    uint64_t total = 0;

    for (unsigned class = 0; class < EXIT_CLASSES; class ++) {
        if (stats->exits[class] == 0)
            continue;
        total += stats->exits[class];
        classes = text_join(classes, ", ", text_format("%" PRIu64 " %s", stats->exits[class], exit_name(class)));
    }
    terminal_say(terminal, speaker, "    vCPU %" PRIu32 " on CPU %" PRIu32 ": %" PRIu64 " exits%s%s", number, cpu,
                 total, total > 0 ? ": " : "", classes);
}

static void say_faults(const struct observer *observer, struct terminal *terminal, const struct speaker *speaker)
{
    const struct plan *plan = observer->plan;
    const struct log_ring *rings = observer_memory(observer, plan->hypervisor.log_pa, PLAN_MAX_CPUS * sizeof *rings);
    const struct plan_vm *vms = (const void *)((const uint8_t *)plan + plan->vms.offset);
    const struct info_page *info = observer_memory(observer, vms[0].info_pa, sizeof *info);
    char text[FAULT_TEXT_LINES][FAULT_TEXT_SIZE];
    struct engine_fault fault;

    for (uint32_t cpu = 0; rings != NULL && info != NULL && cpu < plan->cpu_count; cpu++) {
        if (!fault_read(&rings[cpu], &fault))
            continue;
        unsigned lines = fault_text(plan, cpu, &fault, (double)fault.time / (double)info->counter_frequency, text);
        for (unsigned i = 0; i < lines; i++)
            terminal_say(terminal, speaker, "%s", text[i]);
    }
    for (uint32_t vm = 0; vm < plan->vms.count; vm++)
        if (observer->vms[vm].unwatched)
            terminal_say(terminal, speaker, "vm %s: nobody looks at its watchdog any more", vms[vm].name);
}

void observer_summary(const struct observer *observer, struct terminal *terminal, const struct speaker *speaker)
{
    const struct plan *plan = observer->plan;
    const struct plan_vm *vms = (const void *)((const uint8_t *)plan + plan->vms.offset);
    const struct vcpu_stats *stats =
        observer_memory(observer, plan->hypervisor.stats_pa, PLAN_MAX_VCPUS * sizeof *stats);

    say_faults(observer, terminal, speaker);
    terminal_say(terminal, speaker, "exits into the hypervisor since the machine was switched on:");
    for (uint32_t vm = 0; vm < plan->vms.count; vm++) {
        terminal_say(terminal, speaker, "  %s (%s): %s, restarted %" PRIu64 " times", vms[vm].name,
                     level_name(vms[vm].level), state_name(&observer->vms[vm]), observer->vms[vm].restarts);
        /* The board's number of each CPU is on the info page; the plan counts only the CPUs in use. */
        const struct info_page *info = observer_memory(observer, vms[vm].info_pa, sizeof *info);
        for (uint32_t i = 0; i < vms[vm].vcpu_count && i < INFO_MAX_VCPUS && stats != NULL && info != NULL; i++)
            say_vcpu(info->vcpus[i].cpu, i, &stats[vms[vm].first_vcpu + i], terminal, speaker);
    }
    terminal_say(terminal, speaker,
                 "times are the emulator's, and depend on what else this machine does; "
                 "`make bench` counts the hypervisor's part");
}
