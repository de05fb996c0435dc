/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether an SPI comes twice that was made pending many times before it was taken once. The first
 * vCPU makes it pending and has it deactivated, again and again, while its receiver, the second
 * one, lets nothing pass; then the receiver takes what there is. As the hardware would have it,
 * that is one interrupt: what is pending can't be more so, and what nobody has taken can't be
 * deactivated. The same once more while the receiver is in the handler of the first one.
 *
 *     twice: WAY: rounds=N most=N exits=N
 *     twice: WAY, begun: rounds=N most=N exits=N
 *
 * most: interrupts in the worst round. exits: those of the receiver in the worst one, its own calls
 * not counted. Boot argument helper=1: this is the VM with direct interrupts that deactivates the
 * other's (ICC_DIR_EL1, GICC_DIR).
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "kit/channel.h"
#include "kit/cpu.h"
#include "kit/fdt.h"
#include "kit/gic.h"
#include "kit/gic_interface.h"
#include "kit/hypercall.h"
#include "kit/machine.h"
#include "kit/mmio.h"
#include "kit/psci.h"

#define GICD_ISPENDR   0x200U
#define GICD_ISACTIVER 0x300U
#define GICD_ICACTIVER 0x380U

#define ROUNDS 10U
#define TIMES  20U
#define LOOKS  200U

/** How it is deactivated. */
enum way {
    NOT_AT_ALL,
    BY_ICACTIVER,
    BY_BOTH, /* ISACTIVER, then ICACTIVER */
    BY_DIR,  /* of a VM with direct interrupts */
    WAYS
};

static const char *const ways[] = {"not deactivated", "ICACTIVER", "ISACTIVER ICACTIVER",
                                   "DIR of a direct VM"};

/** With the helper. */
struct help {
    volatile uint32_t intid;
    volatile uint32_t asked; /* deactivations: one more is asked for by one more here, */
    volatile uint32_t done;  /* and told to be done here */
};

static struct help *help;
static uint32_t spi;
/* Rounds: */
static volatile uint32_t ready; /* that the receiver is ready for */
static volatile uint32_t open;  /* in which it may take what there is */
static volatile uint32_t over;  /* in which it has */
static volatile bool begins;    /* the receiver begins the first one, and holds in its handler */
static volatile uint32_t taken;
static volatile uint64_t exits;

/** Where CPUs take turns, it is the other's now. */
static void pass(void)
{
    for (unsigned i = 0; i < LOOKS; i++) {
        __asm__ volatile("yield" : : : "memory");
    }
}

static void wait_for(const volatile uint32_t *word, uint32_t value)
{
    while (*word != value) {
        __asm__ volatile("yield" : : : "memory");
    }
}

static void spi_write(uint32_t group)
{
    mmio_write32(machine()->gicd.start + group + spi / 32 * 4, 1U << spi % 32);
    pass();
}

/** The receiver takes nothing until it may. */
static void hold(void)
{
    uint64_t before = hypercall_exit_count();
    uint32_t round = over + 1;

    ready = round;
    wait_for(&open, round);
    exits = hypercall_exit_count() - before - 1;
}

static void on_interrupt(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    taken++;
    if (begins && taken == 1) {
        hold();
    }
}

/** The second vCPU. */
static void receive(void *context)
{
    (void)context;
    cpu_interrupts_disable();
    for (uint32_t round = 1;; round++) {
        if (!begins) {
            hold();
        }
        cpu_interrupts_enable();
        wait_for(&open, round);
        pass();
        cpu_interrupts_disable();
        over = round;
    }
}

static void deactivate(enum way way)
{
    switch (way) {
    case BY_BOTH:
        spi_write(GICD_ISACTIVER);
        spi_write(GICD_ICACTIVER);
        break;
    case BY_ICACTIVER:
        spi_write(GICD_ICACTIVER);
        break;
    case BY_DIR:
        help->asked++;
        wait_for(&help->done, help->asked);
        break;
    default:
        break;
    }
}

static void try(enum way way)
{
    static uint32_t round;
    uint32_t most = 0;
    uint64_t most_exits = 0;

    for (uint32_t i = 0; i < ROUNDS; i++) {
        round++;
        taken = 0;
        if (begins) {
            spi_write(GICD_ISPENDR);
        }
        wait_for(&ready, round);
        for (uint32_t j = 0; j < TIMES; j++) {
            spi_write(GICD_ISPENDR);
            deactivate(way);
        }
        open = round;
        wait_for(&over, round);
        most = taken > most ? taken : most;
        most_exits = exits > most_exits ? exits : most_exits;
    }
    printf("twice: %s%s: rounds=%u most=%" PRIu32 " exits=%" PRIu64 "\n", ways[way],
           begins ? ", begun" : "", ROUNDS, most, most_exits);
}

static _Noreturn void be_helper(void)
{
    cpu_interrupts_disable();
    gic_interface_control(true, true);
    for (;;) {
        if (help->done != help->asked) {
            gic_interface_write(GIC_DIR, help->intid);
            pass();
            help->done = help->asked;
        }
        __asm__ volatile("yield" : : : "memory");
    }
}

int main(void)
{
    const struct info_channel *channel = channel_open("help");
    int clock = fdt_compatible(&machine()->fdt, FDT_NONE, "arm,pl031");
    struct fdt_interrupt interrupt;

    if (channel == NULL) {
        return 1;
    }
    help = (struct help *)channel->memory;
    if (machine_argument("helper", 0) != 0) {
        be_helper();
    }
    if (clock == FDT_NONE || !fdt_interrupt(&machine()->fdt, clock, 0, &interrupt)) {
        return 1;
    }
    spi = interrupt.intid;
    help->intid = spi;
    gic_set_handler(spi, on_interrupt, NULL);
    gic_enable(spi);
    gic_route(spi, machine()->cpus[1]);
    if (cpu_start(1, receive, NULL) != PSCI_SUCCESS) {
        return 1;
    }
    for (enum way way = 0; way < WAYS; way++) {
        try(way);
    }
    begins = true; /* for good: a receiver that holds already does so in its first round, too */
    for (enum way way = 0; way < WAYS; way++) {
        try(way);
    }
    printf("twice: done\n");
    for (;;) {
        cpu_wait_for_interrupt();
    }
}
