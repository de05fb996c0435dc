/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A VM with a core of its own and a vCPU on a core that it shares, the target. As long as it may,
 * its first vCPU asks something of the target (storm.h), each time letting the other core see it
 * before it goes on.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "kit/channel.h"
#include "kit/cpu.h"
#include "kit/fdt.h"
#include "kit/gic.h"
#include "kit/hypercall.h"
#include "kit/machine.h"
#include "kit/mmio.h"
#include "kit/psci.h"
#include "kit/sysreg.h"

#include "storm.h"

#define GICD_ISENABLER  0x100U
#define GICD_ICENABLER  0x180U
#define GICD_ISPENDR    0x200U
#define GICD_ICPENDR    0x280U
#define GICD_ISACTIVER  0x300U
#define GICD_ICACTIVER  0x380U
#define GICD_IPRIORITYR 0x400U
#define GICD_CTLR       0x000U
#define GICD_ICFGR      0xc00U
#define GICR_SGI_FRAME  0x10000U
#define GICR_SIZE       0x20000U

#define SGI1R_ALL     (1ULL << 40)
#define SGI1R_TARGETS 0xffffU
#define POLL_EVERY_NS 100000000000U
#define TARGET        1U

static const struct info_channel *orders;
static struct storm_page *page;
static uint32_t spi;
static volatile uint32_t never;

/** Writes the bit of the SPI to the distributor's register of @group. */
static void spi_write(uint32_t group)
{
    mmio_write32(machine()->gicd.start + group + spi / 32 * 4, 1U << spi % 32);
    storm_pass();
}

static void round_of_set_up(void)
{
    static const uint32_t registers[] = {GICD_IPRIORITYR + 32, GICD_ICFGR + 8, GICD_CTLR};

    for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++) {
        mmio_write32(machine()->gicd.start + registers[i], 0x12121212 * (page->asked & 1));
        storm_pass();
    }
    mmio_write32(machine()->gicd.start + GICD_CTLR, 2); /* on */
}

static void spi_route(unsigned cpu)
{
    gic_route(spi, machine()->cpus[cpu]);
    storm_pass();
}

static void round_of_private(void)
{
    static const uint32_t registers[] = {GICD_ISPENDR,   GICD_ICPENDR,   GICD_ISENABLER,
                                         GICD_ICENABLER, GICD_ISACTIVER, GICD_ICACTIVER,
                                         GICD_ISENABLER, GICD_IPRIORITYR};
    uint64_t frame = machine()->gicr[0].start + TARGET * (uint64_t)GICR_SIZE + GICR_SGI_FRAME;

    for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++) {
        mmio_write32(frame + registers[i], UINT32_MAX);
        storm_pass();
    }
}

static void send(uint64_t where, uint32_t sgi)
{
    SYSREG_WRITE(icc_sgi1r_el1, where | (uint64_t)sgi << 24);
    storm_pass();
}

static void go_off(void *context)
{
    (void)context;
    psci_cpu_off();
}

static void round_of_power(void)
{
    (void)cpu_start(TARGET, go_off, NULL);
    storm_pass();
    (void)psci_call(PSCI_AFFINITY_INFO, machine()->cpus[TARGET], 0, 0);
    storm_pass();
}

static void round_of(enum storm_kind kind)
{
    switch (kind) {
    case STORM_ISPENDR:
    case STORM_ANOTHERS_DIR:
        spi_write(GICD_ISPENDR);
        break;
    case STORM_ICPENDR:
        spi_write(GICD_ISPENDR);
        spi_write(GICD_ICPENDR);
        break;
    case STORM_ICENABLER:
        spi_write(GICD_ISPENDR);
        spi_write(GICD_ICENABLER);
        spi_write(GICD_ISENABLER);
        break;
    case STORM_IROUTER:
        spi_write(GICD_ISPENDR);
        spi_route(0);
        spi_route(TARGET);
        break;
    case STORM_ISACTIVER:
        spi_write(GICD_ISACTIVER);
        spi_write(GICD_ISPENDR);
        break;
    case STORM_ICACTIVER:
        spi_write(GICD_ICACTIVER);
        spi_write(GICD_ISPENDR);
        break;
    case STORM_ICACTIVER_AFTER:
        mmio_write32(machine()->gicd.start + GICD_ISPENDR + spi / 32 * 4, 1U << spi % 32);
        spi_write(GICD_ICACTIVER);
        break;
    case STORM_ISACTIVER_ICENABLER:
        spi_write(GICD_ISACTIVER);
        spi_write(GICD_ICENABLER);
        spi_write(GICD_ISENABLER);
        break;
    case STORM_ISACTIVER_IROUTER:
        spi_write(GICD_ISACTIVER);
        spi_route(0);
        spi_route(TARGET);
        break;
    case STORM_ACTIVE_ROUND:
        spi_write(GICD_ISACTIVER);
        spi_write(GICD_ISPENDR);
        spi_write(GICD_ICACTIVER);
        break;
    case STORM_SET_UP:
        round_of_set_up();
        break;
    case STORM_PRIVATE:
        round_of_private();
        break;
    case STORM_SGI_ONE:
        send(1U << TARGET, 1);
        break;
    case STORM_SGI_SIXTEEN:
        send(1U << TARGET, page->asked % 16);
        break;
    case STORM_SGI_ALL:
        send(SGI1R_ALL, page->asked % 16);
        break;
    case STORM_SGI_LIST:
        send(SGI1R_TARGETS, page->asked % 16);
        break;
    case STORM_CPU_ON:
        round_of_power();
        break;
    case STORM_CPU_ON_ISPENDR:
        (void)cpu_start(TARGET, go_off, NULL);
        spi_write(GICD_ISPENDR);
        break;
    default: /* others ask */
        storm_pass();
        return;
    }
    page->asked++;
}

static void on_interrupt(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    page->answer++;
}

/** The target: it gets into the state that was asked for, and stays there. */
static void target(void *context)
{
    uint32_t state = page->state;

    (void)context;
    cpu_interrupts_disable();
    for (uint32_t sgi = 0; sgi < 16; sgi++) {
        gic_enable(sgi);
    }
    if (state == STORM_TARGET_MASKED) {
        SYSREG_WRITE(icc_pmr_el1, 0);
    }
    if (state == STORM_TARGET_DISABLED) {
        SYSREG_WRITE(icc_igrpen1_el1, 0);
    }
    page->waits = 1;
    if (state == STORM_TARGET_OFF) {
        psci_cpu_off();
    }
    for (;;) {
        switch (state) {
        case STORM_TARGET_READY:
            storm_pass();
            break;
        case STORM_TARGET_DELAYS:
            (void)hypercall(HC_DELAY, HC_FOREVER, 0, 0);
            break;
        case STORM_TARGET_POLLS:
            (void)hypercall(HC_EVENT_WAIT, (uint64_t)(uintptr_t)&never, POLL_EVERY_NS, 0);
            break;
        default:
            cpu_wait_for_interrupt();
            if (state == STORM_TARGET_ANSWERS) {
                gic_handle_interrupt();
            }
        }
    }
}

/** The interrupt that is routed to the target: that of the real-time clock, or the doorbell of the
 * channel @kind rings.
 */
static bool spi_set_up(enum storm_kind kind)
{
    const struct info_channel *limited = channel_open("limited");
    int clock = fdt_compatible(&machine()->fdt, FDT_NONE, "arm,pl031");
    struct fdt_interrupt interrupt;

    if (limited == NULL || clock == FDT_NONE ||
        !fdt_interrupt(&machine()->fdt, clock, 0, &interrupt)) {
        return false;
    }
    spi = kind == STORM_DOORBELL           ? orders->interrupt
          : kind == STORM_DOORBELL_LIMITED ? limited->interrupt
                                           : interrupt.intid;
    for (uint32_t sgi = 0; sgi < 16; sgi++) {
        gic_set_handler(sgi, on_interrupt, NULL);
    }
    gic_set_handler(spi, on_interrupt, NULL);
    gic_enable(spi);
    gic_route(spi, machine()->cpus[TARGET]);
    page->spi = spi;
    return true;
}

int main(void)
{
    if (machine()->gic_version != 3) {
        puts("storm-attacker: not on this controller"); /* registers of others are its subject */
        return 1;
    }
    orders = channel_open("orders");
    if (orders == NULL) {
        return 1;
    }
    page = (struct storm_page *)orders->memory;
    enum storm_kind kind = page->kind;
    if (!spi_set_up(kind)) {
        return 1;
    }
    if (cpu_start(TARGET, target, NULL) != PSCI_SUCCESS) {
        return 1;
    }
    if (page->go == 0) {
        while (page->waits == 0) {
            storm_pass();
        }
        if (page->state == STORM_TARGET_OFF) {
            while (psci_call(PSCI_AFFINITY_INFO, machine()->cpus[TARGET], 0, 0) !=
                   PSCI_AFFINITY_OFF) {
                storm_pass();
            }
        }
        page->ready = 1;
    }
    while (page->go == 0) {
        storm_pass();
    }
    if (kind == STORM_SELF_RESET) {
        page->asked++;
        psci_system_reset();
    }
    while (page->go != 0) {
        round_of(kind);
    }
    cpu_interrupts_disable();
    for (;;) {
        cpu_wait_for_interrupt();
    }
}
