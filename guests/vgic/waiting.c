/* SPDX-License-Identifier: Apache-2.0 */
/* Masks, and waiting for interrupts. */
#include "check.h"
#include "interrupt.h"
#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/gic_interface.h"
#include "kit/psci.h"
#include "kit/timer.h"

#define AHEAD_NS UINT64_C(2000000)
#define ROUNDS   20U

static const char *mask(void)
{
    interrupt_enable(1, 0x80);
    for (unsigned level = 0; level <= 0xf8; level += 8) {
        interface_mask((uint8_t)level);
        interface_send_here(1);
        if (level > 0x80) {
            REQUIRE(interface_take() == 1, "did not come although it is more urgent than the mask");
            interface_end(1);
        } else {
            REQUIRE(interface_quiet(), "came although it is not more urgent than the mask");
        }
    }
    return NULL;
}

/** A binary point at which no interrupt preempts another. */
static const char *binary_point(void)
{
    interrupt_enable(1, 0x70);
    interrupt_enable(2, 0x10);
    gic_interface_write(GIC_BPR, 7);
    REQUIRE(gic_interface_read(GIC_BPR) == 7, "not the binary point that was written");
    interface_send_here(1);
    REQUIRE(interface_take() == 1, "did not come");
    interface_send_here(2);
    interrupt_settle();
    REQUIRE(interface_next() == 2, "not seen as the next one");
    REQUIRE(interface_quiet(), "came although it is in the same group of priorities");
    interface_end(1);
    REQUIRE(interface_take() == 2, "did not come");
    interface_end(2);
    return NULL;
}

/** WFI ends by an interrupt that PSTATE masks, also one that was pending before. */
static const char *wait_masked(void)
{
    uint32_t intid = timer_intid(TIMER_VIRTUAL);

    interrupt_enable(intid, PRIORITY_MIDDLE);
    for (unsigned i = 0; i < ROUNDS; i++) {
        timer_set(TIMER_VIRTUAL, timer_now() + timer_from_ns(AHEAD_NS));
        while (interface_next() != intid) {
            cpu_wait_for_interrupt();
        }
        cpu_wait_for_interrupt(); /* returns at once */
        REQUIRE(interface_take() == intid, "did not come");
        timer_stop(TIMER_VIRTUAL);
        interface_end(intid);
    }
    interrupt_enable(2, PRIORITY_MIDDLE);
    interface_send_here(2);
    cpu_wait_for_interrupt();
    REQUIRE(interface_take() == 2, "did not come");
    interface_end(2);
    return NULL;
}

/** WFI ends by the timer although something that the priority mask holds back is pending. */
static const char *wait_held_back(void)
{
    uint32_t intid = timer_intid(TIMER_PHYSICAL);

    interface_mask(0x80);
    for (uint32_t sgi = 0; sgi < INTERRUPT_SGIS; sgi++) {
        interrupt_enable(sgi, 0x90);
        if (sgi != interrupt_kick()) {
            interface_send_here(sgi);
        }
    }
    interrupt_enable(intid, 0x10);
    for (unsigned i = 0; i < ROUNDS; i++) {
        timer_set(TIMER_PHYSICAL, timer_now() + timer_from_ns(AHEAD_NS));
        while (interface_next() != intid) {
            cpu_wait_for_interrupt();
        }
        REQUIRE(interface_take() == intid, "did not come");
        timer_stop(TIMER_PHYSICAL);
        interface_end(intid);
    }
    return NULL;
}

static volatile unsigned handled;

static void count(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    timer_stop(TIMER_VIRTUAL);
    handled++;
}

/** WFI with interrupts let in, each by its exception. */
static const char *wait_unmasked(void)
{
    gic_set_handler(timer_intid(TIMER_VIRTUAL), count, NULL);
    interrupt_enable(timer_intid(TIMER_VIRTUAL), PRIORITY_MIDDLE);
    handled = 0;
    for (unsigned i = 0; i < ROUNDS; i++) {
        timer_set(TIMER_VIRTUAL, timer_now() + timer_from_ns(AHEAD_NS));
        while (handled == i) {
            cpu_wait_for_interrupt();
            cpu_interrupts_enable();
            cpu_interrupts_disable();
        }
    }
    REQUIRE(handled == ROUNDS, "a handler ran too often");
    return NULL;
}

static const char *suspend(void)
{
    uint32_t intid = timer_intid(TIMER_VIRTUAL);

    interrupt_enable(intid, PRIORITY_MIDDLE);
    for (unsigned i = 0; i < ROUNDS; i++) {
        timer_set(TIMER_VIRTUAL, timer_now() + timer_from_ns(AHEAD_NS));
        while (interface_next() != intid) {
            REQUIRE(psci_call(PSCI_CPU_SUSPEND, 0, 0, 0) == PSCI_SUCCESS, "CPU_SUSPEND failed");
        }
        REQUIRE(interface_take() == intid, "did not come");
        timer_stop(TIMER_VIRTUAL);
        interface_end(intid);
    }
    return NULL;
}

const struct check checks_waiting[] = {
    {"mask", mask},
    {"binary-point", binary_point},
    {"wait-masked", wait_masked},
    {"wait-held-back", wait_held_back},
    {"wait-unmasked", wait_unmasked},
    {"suspend", suspend},
    {NULL, NULL},
};
