/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a run: each VM's state, and how often its vCPUs left their guest, and why. */
#include <inttypes.h>
#include <stddef.h>

#include "fault_text.h"
#include "info.h"
#include "log_read.h"
#include "memory.h"
#include "plural.h"
#include "run_observe.h"

/* Exception classes (Arm DDI 0487, ESR_EL2.EC), and abi/observe.h's own. */
static const struct {
    unsigned class;
    const char *name;
} exit_names[] = {
    {0x01, "WFI or WFE"},      {0x07, "floating point"},    {0x16, "HVC"},        {0x17, "SMC"},
    {0x18, "system register"}, {0x20, "instruction abort"}, {0x24, "data abort"}, {EXIT_IRQ, "IRQ"},
    {EXIT_FIQ, "FIQ"},         {EXIT_SERROR, "SError"},
};

static const char *exit_name(unsigned class)
{
    for (size_t i = 0; i < sizeof(exit_names) / sizeof(exit_names[0]); i++) {
        if (exit_names[i].class == class) {
            return exit_names[i].name;
        }
    }
    return text_format("class 0x%02x", class);
}

static const char *level_name(uint32_t level)
{
    static const char *const names[] = {"best effort", "soft", "hard"};

    return level < sizeof(names) / sizeof(names[0]) ? names[level] : "?";
}

/** What the lines are about, and where they go. */
struct summary {
    const struct observer *observer;
    const struct plan *plan;
    const struct where *where;
    struct terminal *terminal;
    const struct speaker *speaker;
};

static const void *plan_at(const struct plan *plan, struct plan_array array)
{
    return (const uint8_t *)plan + array.offset;
}

static const struct plan_core *core_of(const struct plan *plan, uint32_t vcpu)
{
    const struct plan_core *cores = plan_at(plan, plan->cores);
    const struct plan_vcpu *vcpus = plan_at(plan, plan->vcpus);

    return &cores[vcpus[vcpu].cpu];
}

static void say_location(const struct summary *summary, const struct plan_core *core, uint32_t vm,
                         const char *before)
{
    const char *location = where_text(summary->where, summary->plan, core->number, vm);

    if (location != NULL) {
        terminal_say(summary->terminal, summary->speaker, "%s%s", before, location);
    }
}

static void say_vcpu(const struct summary *summary, uint32_t vm, uint32_t number, bool runs)
{
    const struct plan_vm *vms = plan_at(summary->plan, summary->plan->vms);
    uint32_t vcpu = vms[vm].first_vcpu + number;
    const struct plan_core *core = core_of(summary->plan, vcpu);
    const struct vcpu_stats *stats = observer_stats(summary->observer, vcpu);
    const char *classes = "";
    uint64_t total = 0;

    for (unsigned class = 0; stats != NULL && class < EXIT_CLASSES; class ++) {
        if (stats->exits[class] == 0) {
            continue;
        }
        total += stats->exits[class];
        classes = text_join(classes, ", ",
                            text_format("%s %" PRIu64, exit_name(class), stats->exits[class]));
    }
    terminal_say(summary->terminal, summary->speaker,
                 "    vCPU %" PRIu32 " on CPU %" PRIu32 ": %" PRIu64 " exit%s%s%s", number,
                 core->number, total, plural(total), total > 0 ? ": " : "", classes);
    if (runs && core->policy == PLAN_POLICY_DEDICATED) {
        say_location(summary, core, vm, "      ");
    }
}

/* Which of its VMs a shared CPU was with is not known from outside. */
static void say_shared_cpus(const struct summary *summary)
{
    const struct plan_core *cores = plan_at(summary->plan, summary->plan->cores);

    for (uint32_t i = 0; i < summary->plan->cores.count; i++) {
        if (cores[i].policy != PLAN_POLICY_DEDICATED) {
            say_location(summary, &cores[i], PLAN_NONE,
                         text_format("  CPU %" PRIu32 ", shared: ", cores[i].number));
        }
    }
}

static void say_faults(const struct observer *observer, struct terminal *terminal,
                       const struct speaker *speaker)
{
    const struct plan *plan = observer->plan;
    const struct log_ring *rings =
        observer_memory(observer, plan->hypervisor.log_pa, PLAN_MAX_CPUS * sizeof(*rings));
    const struct plan_vm *vms = (const void *)((const uint8_t *)plan + plan->vms.offset);
    const struct info_page *info = observer_memory(observer, vms[0].info_pa, sizeof(*info));
    char text[FAULT_TEXT_LINES][FAULT_TEXT_SIZE];
    struct engine_fault fault;

    for (uint32_t cpu = 0; rings != NULL && info != NULL && cpu < plan->cpu_count; cpu++) {
        if (!fault_read(&rings[cpu], &fault)) {
            continue;
        }
        unsigned lines = fault_text(plan, cpu, &fault,
                                    (double)fault.time / (double)info->counter_frequency, text);
        for (unsigned i = 0; i < lines; i++) {
            terminal_say(terminal, speaker, "%s", text[i]);
        }
    }
    for (uint32_t vm = 0; vm < plan->vms.count; vm++) {
        if (observer->unwatched[vm]) {
            terminal_say(terminal, speaker, "vm %s: nobody looks at its watchdog any more",
                         vms[vm].name);
        }
    }
}

static void say_vm(const struct summary *summary, uint32_t vm)
{
    const struct plan_vm *vms = plan_at(summary->plan, summary->plan->vms);
    struct vm_status status = observer_status(summary->observer, vm);
    uint32_t restarts = status.generation > 0 ? status.generation - 1 : 0;

    terminal_say(summary->terminal, summary->speaker, "  %s (%s): %s, restarted %" PRIu32 " time%s",
                 vms[vm].name, level_name(vms[vm].level), observer_state_name(status), restarts,
                 plural(restarts));
    for (uint32_t i = 0; i < vms[vm].vcpu_count; i++) {
        say_vcpu(summary, vm, i, status.state != VM_STATUS_OFF || status.generation == 0);
    }
}

void observer_summary(const struct observer *observer, const struct where *where, bool exact,
                      struct terminal *terminal, const struct speaker *speaker)
{
    const struct summary summary = {observer, observer->plan, where, terminal, speaker};

    say_faults(observer, terminal, speaker);
    terminal_say(terminal, speaker, "exits into the hypervisor since the machine was switched on:");
    for (uint32_t vm = 0; vm < observer->plan->vms.count; vm++) {
        say_vm(&summary, vm);
    }
    say_shared_cpus(&summary);
    terminal_say(terminal, speaker, "%s",
                 exact ? "with --exact each instruction took 2 ns: times are the same in every "
                         "run, but not a board's"
                       : "times are QEMU's, and depend on what else this computer does: --exact "
                         "makes latencies exact, "
                         "`make bench` counts the hypervisor's part");
}
