/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of VMs that share CPUs or live together, beyond what the engine can reckon with. */
#include "corrupt.h"

#include <string.h>

#include "info.h"

#define HOUR_NS 3600000000000U
#define NEVER   UINT64_MAX

#define COSTS    (builder->head.costs)
#define CORE     (builder->cores[1])
#define VCPU     (builder->vcpus[1])
#define VM       (builder->vms[CONTROL])
#define WATCHDOG (builder->vms[CONTROL].watchdog)
#define BELL     (builder->doorbells[CONTROL][0])
#define CHANNEL  (builder->channels[0])
#define MEMBER   (builder->members[0][CONTROL])

static void restarts(struct builder *builder, uint32_t limit, uint64_t period_ns)
{
    VM.restart_limit = limit;
    VM.restart_period_ns = period_ns;
}

/* Channels without memory of their own, as many as say so, after the one that is there. */
static void add_channels(struct builder *builder, uint32_t count)
{
    for (uint32_t i = 1; i <= count; i++) {
        builder->channels[i] = CHANNEL;
        builder->channels[i].name[0] = (char)('A' + i);
        memcpy(builder->members[i], builder->members[0], sizeof(builder->members[0]));
    }
    builder->head.channels.count += count;
}

/* Name of the test, what is done to a system whose VMs share a CPU, what is said. */
#define SHARED(NUMBER)                                                                             \
    NUMBER(switch_cost_too_long, COSTS.switch_ns = HOUR_NS + 1, "plan: costs.switch_ns")           \
    NUMBER(interrupt_cost_too_long, COSTS.interrupt_ns = NEVER, "plan: costs.interrupt_ns")        \
    NUMBER(exit_cost_too_long, COSTS.exit_ns = NEVER, "plan: costs.exit_ns")                       \
    NUMBER(speculation_unknown, builder->head.speculation = 2, "plan: speculation is 0x2")         \
    NUMBER(slice_of_nothing, CORE.slice_ns = 0, "core 1: slice_ns is 0x0")                         \
    NUMBER(slice_too_short, CORE.slice_ns = 9999, "core 1: slice_ns")                              \
    NUMBER(slice_too_long, CORE.slice_ns = HOUR_NS + 1, "core 1: slice_ns")                        \
    NUMBER(frame_too_long, CORE.frame_ns = NEVER, "core 1: frame_ns")                              \
    NUMBER(period_too_short, VCPU.period_ns = 9999, "vcpu 1: period_ns")                           \
    NUMBER(period_too_long, VCPU.period_ns = HOUR_NS + 1, "vcpu 1: period_ns")                     \
    NUMBER(budget_too_short, VCPU.period_ns = 10000; VCPU.budget_ns = 9999, "vcpu 1: budget_ns")   \
    NUMBER(budget_over_period, VCPU.period_ns = 10000;                                             \
           VCPU.budget_ns = 10001, "vcpu 1: budget_ns, more than")                                 \
    NUMBER(priority_too_large, VCPU.priority = 256, "vcpu 1: priority")                            \
    NUMBER(interrupts_too_many, VCPU.interrupts = 1000001;                                         \
           VCPU.interrupt_period_ns = HOUR_NS, "vcpu 1: interrupts")                               \
    NUMBER(interrupts_in_no_time, VCPU.interrupts = 1;                                             \
           VCPU.interrupt_period_ns = 0, "vcpu 1: interrupt_period_ns")                            \
    NUMBER(interrupts_in_too_long, VCPU.interrupt_period_ns = NEVER, "vcpu 1: interrupt_period_ns")

/* The same for VMs with a channel, a watchdog and a manager. */
#define TOGETHER(NUMBER)                                                                           \
    NUMBER(interval_too_short, BELL.interval_ns = 999, "vm control: doorbell 0: interval_ns")      \
    NUMBER(interval_too_long, BELL.interval_ns = HOUR_NS + 1,                                      \
           "vm control: doorbell 0: interval_ns")                                                  \
    NUMBER(doorbell_of_a_ppi, BELL.intid = 31, "vm control: doorbell 0: intid is 0x1f")            \
    NUMBER(doorbell_beyond_the_gic, BELL.intid = 128, "vm control: doorbell 0: intid is 0x80")     \
    NUMBER(limiter_beyond, BELL.limiter = PLAN_MAX_DOORBELLS, "vm control: doorbell 0: limiter")   \
    NUMBER(doorbells_too_many, VM.doorbells.count = PLAN_MAX_DOORBELLS + 1,                        \
           "vm control: number of doorbells")                                                      \
    NUMBER(doorbells_not_a_page, VM.doorbell_ipa += 8, "vm control: doorbell_ipa")                 \
    NUMBER(notify_too_many, VM.notify.count = PLAN_MAX_DOORBELLS + 1,                              \
           "vm control: number of those to notify")                                                \
    NUMBER(notify_a_ppi, builder->notify[CONTROL][0] = 27, "vm control: notify 0: intid is 0x1b")  \
    NUMBER(notify_beyond_the_gic, builder->notify[CONTROL][0] = UINT32_MAX,                        \
           "vm control: notify 0: intid")                                                          \
    NUMBER(watchdog_action, WATCHDOG.action = PLAN_WATCHDOG_STOP + 1,                              \
           "vm control: watchdog.action")                                                          \
    NUMBER(watchdog_of_no_period, WATCHDOG.period_ns = 0, "vm control: watchdog.period_ns")        \
    NUMBER(watchdog_too_often, WATCHDOG.period_ns = 999999, "vm control: watchdog.period_ns")      \
    NUMBER(watchdog_too_seldom, WATCHDOG.period_ns = HOUR_NS + 1,                                  \
           "vm control: watchdog.period_ns")                                                       \
    NUMBER(watchdog_first_too_short, WATCHDOG.first_ns = WATCHDOG.period_ns - 1,                   \
           "vm control: watchdog.first_ns")                                                        \
    NUMBER(watchdog_first_too_long, WATCHDOG.first_ns = NEVER, "vm control: watchdog.first_ns")    \
    NUMBER(watchdog_without_action, WATCHDOG.action = PLAN_WATCHDOG_NONE,                          \
           "vm control: watchdog.period_ns")                                                       \
    NUMBER(watchdog_not_a_page, WATCHDOG.page_ipa += 4, "vm control: watchdog.page_ipa")           \
    NUMBER(commands_not_a_page, builder->vms[LINUX].command_ipa += 4, "vm linux: command_ipa")     \
    NUMBER(restarts_too_many, restarts(builder, PLAN_MAX_RESTARTS + 1, 1000000),                   \
           "vm control: restart_limit is 0x11")                                                    \
    NUMBER(restarts_in_no_time, restarts(builder, 1, 0), "vm control: restart_period_ns")          \
    NUMBER(restarts_in_too_short, restarts(builder, 1, 999999), "vm control: restart_period_ns")   \
    NUMBER(restarts_in_too_long, restarts(builder, 1, HOUR_NS + 1),                                \
           "vm control: restart_period_ns")                                                        \
    NUMBER(restarts_without_limit, restarts(builder, 0, 1000000), "vm control: restart_period_ns") \
    NUMBER(channel_of_nothing, CHANNEL.size = 0, "channel 0: pa")                                  \
    NUMBER(channel_not_pages, CHANNEL.size += 64, "channel 0: pa")                                 \
    NUMBER(channel_wraps, CHANNEL.size = 0xfffffffffffff000, "channel 0: pa")                      \
    NUMBER(channel_of_no_name, CHANNEL.name[0] = 0, "channel 0: name")                             \
    NUMBER(members_too_many, CHANNEL.members.count = 5, "channel 0: number of members is 0x5")     \
    NUMBER(member_twice, MEMBER.vm = LINUX, "channel 0: member 1: vm, a member already,")          \
    NUMBER(member_may_execute, MEMBER.flags |= PLAN_MEMORY_EXEC, "channel 0: member 1: flags")     \
    NUMBER(member_may_not_read, MEMBER.flags = PLAN_MEMORY_WRITE, "channel 0: member 1: flags")    \
    NUMBER(member_not_a_page, MEMBER.ipa += 64, "channel 0: member 1: ipa")                        \
    NUMBER(member_status_wraps, MEMBER.status = 0xfffffffffffff000, "channel 0: member 1: status") \
    NUMBER(member_rung_by_an_sgi, MEMBER.intid = 15, "channel 0: member 1: intid")                 \
    NUMBER(member_doorbell_beyond, MEMBER.doorbell = PLAN_MAX_DOORBELLS + 1,                       \
           "channel 0: member 1: doorbell")                                                        \
    NUMBER(channels_of_one_vm, add_channels(builder, INFO_MAX_CHANNELS),                           \
           "vm linux: number of channels is 0x9")                                                  \
    NUMBER(watched_nobody, builder->watched[0][0] = VMS, "core 0: a watched VM is 0x2")            \
    NUMBER(watched_too_many, builder->cores[0].watched.count = VMS + 1,                            \
           "core 0: number of watched VMs is 0x3")

#define SHARED_STEP(called, step, message)                                                         \
    static void called(struct builder *builder)                                                    \
    {                                                                                              \
        builder_share(builder);                                                                    \
        step;                                                                                      \
    }
#define TOGETHER_STEP(called, step, message)                                                       \
    static void called(struct builder *builder)                                                    \
    {                                                                                              \
        builder_join(builder);                                                                     \
        step;                                                                                      \
    }
SHARED(SHARED_STEP)
TOGETHER(TOGETHER_STEP)

#define NUMBER_DAMAGE(called, step, message)                                                       \
    DESCRIBED("number: " #called, called, "plan.fields", message),

/* Behind the plan that the builder makes, where there is room for so many. */
static void slots_too_many(struct builder *builder)
{
    struct plan *plan = builder_plan(builder);
    struct plan_core *cores = (struct plan_core *)((uint8_t *)plan + plan->cores.offset);
    plan->total_size = PLAN_MAX_TESTED;
    cores[1].slots = (struct plan_array){.offset = PLAN_ROOM, .count = 257};
    builder_add_segment(builder, PLAN_PA + PLAN_ROOM, PLAN_MAX_TESTED - PLAN_ROOM,
                        PLAN_MAX_TESTED - PLAN_ROOM);
}

#define SLOTS_DAMAGE                                                                               \
    {                                                                                              \
        .name = "number: slots_too_many", .describe = builder_share, .memory = slots_too_many,     \
        .failed = "plan.fields plan.unused", .text = "core 1: number of slots is 0x101"            \
    }

static const struct damage damages[] = {SHARED(NUMBER_DAMAGE) TOGETHER(NUMBER_DAMAGE) SLOTS_DAMAGE};
const struct damages damages_numbers = DAMAGES(damages);
