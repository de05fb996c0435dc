/* SPDX-License-Identifier: Apache-2.0 */
/* The most urgent comes first: however many there are, whenever they come, whatever is active. */
#include "check.h"
#include "devices.h"
#include "interrupt.h"
#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/timer.h"

#define MANY_MAX 32U

/** All interrupts that there are, most urgent first: SGIs, timers and SPIs mixed, each with a
 * priority of its own. */
static struct {
    uint32_t intid[MANY_MAX];
    unsigned count;
} many;

static void many_add(uint32_t intid)
{
    if (many.count < MANY_MAX && intid != interrupt_kick()) {
        many.intid[many.count++] = intid;
    }
}

/** Eight steps apart is what every GIC tells apart (five bits of priority at least: IHI 0069H,
 * 4.8). */
static uint8_t many_priority(unsigned index)
{
    return (uint8_t)(index * 8);
}

static void many_collect(void)
{
    many.count = 0;
    many_add(5);
    if (devices_level_count() > 0) {
        many_add(devices_level(0));
    }
    for (uint32_t sgi = 15; sgi > 5; sgi -= 2) {
        many_add(sgi);
    }
    many_add(timer_intid(TIMER_VIRTUAL));
    for (unsigned i = 0; i < devices_edge_count(); i++) {
        many_add(devices_edge(i));
    }
    for (uint32_t sgi = 0; sgi < INTERRUPT_SGIS; sgi += 2) {
        many_add(sgi);
    }
    many_add(timer_intid(TIMER_PHYSICAL));
    for (unsigned i = 1; i < devices_level_count(); i++) {
        many_add(devices_level(i));
    }
    many_add(1);
    many_add(3);
}

static void cause(uint32_t intid)
{
    if (intid < INTERRUPT_SGIS) {
        interface_send_here(intid);
    } else if (intid == timer_intid(TIMER_VIRTUAL)) {
        timer_set(TIMER_VIRTUAL, timer_now());
    } else if (intid == timer_intid(TIMER_PHYSICAL)) {
        timer_set(TIMER_PHYSICAL, timer_now());
    } else {
        interrupt_pend(intid);
    }
}

static void quiet(uint32_t intid)
{
    if (intid == timer_intid(TIMER_VIRTUAL)) {
        timer_stop(TIMER_VIRTUAL);
    } else if (intid == timer_intid(TIMER_PHYSICAL)) {
        timer_stop(TIMER_PHYSICAL);
    }
}

/** Enables and causes all; which comes when is a matter of @step, which has no divisor in common
 * with their number. */
static void cause_many(unsigned step)
{
    many_collect();
    for (unsigned i = 0; i < many.count; i++) {
        interrupt_enable(many.intid[i], many_priority(i));
    }
    for (unsigned i = 0; i < many.count; i++) {
        cause(many.intid[i * step % many.count]);
    }
    interrupt_settle();
}

static unsigned step_for(unsigned count)
{
    unsigned step = 7;

    while (count % step == 0) {
        step += 2;
    }
    return step;
}

/** Each comes once, in order. */
static const char *many_come(void)
{
    for (unsigned i = 0; i < many.count; i++) {
        REQUIRE(interface_take() == many.intid[i], "not in order of priority, or lost");
        quiet(many.intid[i]);
        interface_end(many.intid[i]);
    }
    REQUIRE(interface_quiet(), "something came twice");
    return NULL;
}

/** All are pending while the mask is closed; then each comes once, in order. */
static const char *many_in_order(void)
{
    many_collect();
    interface_mask(0);
    cause_many(step_for(many.count));
    interface_mask(PRIORITY_MASK_OPEN);
    return many_come();
}

/** The same with the least urgent first, so that each one displaces others. */
static const char *many_from_behind(void)
{
    interface_mask(0);
    many_collect();
    cause_many(many.count - 1);
    interface_mask(PRIORITY_MASK_OPEN);
    return many_come();
}

/** The same with the interface closed altogether meanwhile. */
static const char *many_closed(void)
{
    interface_open(false);
    many_collect();
    cause_many(1);
    REQUIRE(interface_quiet(), "came although the group is disabled");
    interface_open(true);
    return many_come();
}

/** What comes late and is least urgent doesn't overtake what has waited. */
static const char *late(uint32_t latecomer)
{
    interface_mask(0);
    for (unsigned i = 0; i < 10; i++) {
        interrupt_enable(interrupt_sgi(i), (uint8_t)(0x10 + 8 * i));
    }
    interrupt_enable(latecomer, PRIORITY_LOWEST);
    for (unsigned i = 0; i < 10; i++) {
        interface_send_here(interrupt_sgi(i));
    }
    interface_mask(PRIORITY_MASK_OPEN);
    for (unsigned i = 0; i < 10; i++) {
        REQUIRE(interface_take() == interrupt_sgi(i), "not in order of priority, or lost");
        interface_end(interrupt_sgi(i));
        if (i == 0) {
            cause(latecomer);
            interrupt_settle();
        }
    }
    REQUIRE(interface_take() == latecomer, "the latecomer was lost");
    quiet(latecomer);
    interface_end(latecomer);
    REQUIRE(interface_quiet(), "something came twice");
    return NULL;
}

static const char *late_sgi(void)
{
    return late(15);
}

static const char *late_timer(void)
{
    return late(timer_intid(TIMER_VIRTUAL));
}

static const char *late_spi(void)
{
    REQUIRE(devices_level_count() > 0, "no device with a level");
    return late(devices_level(0));
}

/** Each more urgent one is taken while the others are active, as deep as there are priorities. */
static const char *preempts(void)
{
    enum { DEPTH = 14 };

    for (unsigned i = 0; i < DEPTH; i++) {
        interrupt_enable(interrupt_sgi(i), (uint8_t)(0xf0 - 0x10 * i));
    }
    for (unsigned i = 0; i < DEPTH; i++) {
        interface_send_here(interrupt_sgi(i));
        REQUIRE(interface_take() == interrupt_sgi(i), "a more urgent one was not taken");
        REQUIRE(interface_running() == 0xf0 - 0x10 * i, "wrong running priority");
    }
    for (unsigned i = DEPTH; i-- > 0;) {
        REQUIRE(interrupt_is_active(interrupt_sgi(i)), "not seen as active");
        interface_end(interrupt_sgi(i));
        REQUIRE(!interrupt_is_active(interrupt_sgi(i)), "still active after its end");
        REQUIRE(interface_running() == (i == 0 ? PRIORITY_IDLE : 0xf0 - 0x10 * (i - 1)),
                "wrong running priority after an end");
    }
    REQUIRE(interface_quiet(), "something came twice");
    return NULL;
}

/** The same with all kinds of interrupts. */
static const char *preempts_mixed(void)
{
    many_collect();
    for (unsigned i = many.count; i-- > 0;) {
        interrupt_enable(many.intid[i], many_priority(i));
        cause(many.intid[i]);
        REQUIRE(interface_take() == many.intid[i], "a more urgent one was not taken");
    }
    for (unsigned i = 0; i < many.count; i++) {
        quiet(many.intid[i]);
        interface_end(many.intid[i]);
    }
    REQUIRE(interface_running() == PRIORITY_IDLE, "something stayed active");
    REQUIRE(interface_quiet(), "something came twice");
    return many_in_order(); /* nothing was left behind */
}

static const char *does_not_preempt(void)
{
    interrupt_enable(1, PRIORITY_MIDDLE);
    interrupt_enable(2, PRIORITY_MIDDLE);
    interrupt_enable(3, PRIORITY_MIDDLE + 8);
    interface_send_here(1);
    REQUIRE(interface_take() == 1, "did not come");
    interface_send_here(3);
    interface_send_here(2);
    REQUIRE(interface_quiet(), "came although something as urgent is active");
    interface_end(1);
    REQUIRE(interface_take() == 2, "the more urgent one did not come first");
    interface_end(2);
    REQUIRE(interface_take() == 3, "the less urgent one did not come");
    interface_end(3);
    return NULL;
}

static volatile unsigned depth;
static volatile unsigned deepest;

static void nested(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    depth++;
    if (depth > deepest) {
        deepest = depth;
    }
    if (depth < 10) {
        interface_send_here(interrupt_sgi(depth + 1));
        cpu_interrupts_enable();
        interrupt_settle();
        cpu_interrupts_disable();
    }
    depth--;
}

/** By exceptions: each handler lets more urgent ones in. */
static const char *preempts_handlers(void)
{
    for (unsigned i = 1; i <= 10; i++) {
        interrupt_enable(interrupt_sgi(i), (uint8_t)(0xf0 - 0x10 * i));
        gic_set_handler(interrupt_sgi(i), nested, NULL);
    }
    for (unsigned round = 0; round < 50; round++) {
        deepest = 0;
        interface_send_here(interrupt_sgi(1));
        cpu_interrupts_enable();
        interrupt_settle();
        cpu_interrupts_disable();
        REQUIRE(deepest == 10, "a handler was not interrupted by a more urgent one");
    }
    REQUIRE(interface_running() == PRIORITY_IDLE, "something stayed active");
    return NULL;
}

const struct check checks_order[] = {
    {"many-in-order", many_in_order},
    {"many-from-behind", many_from_behind},
    {"many-closed", many_closed},
    {"late-sgi", late_sgi},
    {"late-timer", late_timer},
    {"late-spi", late_spi},
    {"preempts", preempts},
    {"preempts-mixed", preempts_mixed},
    {"preempts-handlers", preempts_handlers},
    {"does-not-preempt", does_not_preempt},
    {NULL, NULL},
};
