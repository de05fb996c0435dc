/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Habits of RTOSes and other small kernels that are written for a machine of their own. A line
 * each:
 *
 *     habits: NAME: ok
 *     habits: NAME: FAILED
 *     habits: done
 */
#include "bare.h"

#define GICD_CTLR      (GICD + 0x0000)
#define GICD_IGROUPR   (GICD + 0x0080)
#define GICD_ISENABLER (GICD + 0x0100)
#define GICD_ISPENDR   (GICD + 0x0200)
#define GICD_ICPENDR   (GICD + 0x0280)
#define GICD_PRIORITY  (GICD + 0x0400)
#define GICD_ITARGETSR (GICD + 0x0800)
#define GICD_SGIR      (GICD + 0x0f00)
#define GICD_IROUTER   (GICD + 0x6000)
#define GICR_WAKER     (GICR + 0x0014)
#define GICC_CTLR      (GICC + 0x0000)
#define GICC_PMR       (GICC + 0x0004)
#define GICC_IAR       (GICC + 0x000c)
#define GICC_EOIR      (GICC + 0x0010)

/* Of private interrupts: in the redistributor, or the distributor's first ones. */
#define PRIVATE   ((uint64_t)(is_v2 ? GICD : SGI_FRAME))
#define IGROUPR   (PRIVATE + 0x0080)
#define ISENABLER (PRIVATE + 0x0100)
#define PRIORITY  (PRIVATE + 0x0400)

#define ENABLE_GROUP_0 0x1U
#define ENABLE_GROUP_1 0x2U
#define ARE            0x10U
#define SGIR_SELF      (2U << 24)

#define INTID_SGI      5U
#define INTID_VIRTUAL  27U
#define INTID_PHYSICAL 30U
#define INTID_UART     33U
#define NONE           1023U

#define WAIT_LOOPS 20000000U

static bool is_v2; /* no system registers of a GIC: this machine has a GICv2 */
static volatile uint32_t taken;
static volatile uint32_t exceptions;

static uint32_t acknowledge(void)
{
    return is_v2 ? read32(GICC_IAR) : (uint32_t)READ_REGISTER(s3_0_c12_c12_0); /* ICC_IAR1_EL1 */
}

static void end(uint32_t acknowledged)
{
    if (is_v2) {
        write32(GICC_EOIR, acknowledged);
    } else {
        WRITE_REGISTER(s3_0_c12_c12_1, acknowledged); /* ICC_EOIR1_EL1 */
    }
}

static void mask(uint32_t priority)
{
    if (is_v2) {
        write32(GICC_PMR, priority);
    } else {
        WRITE_REGISTER(s3_0_c4_c6_0, priority); /* ICC_PMR_EL1 */
    }
}

void bare_interrupt(void)
{
    uint32_t acknowledged = acknowledge();

    WRITE_REGISTER(cntv_ctl_el0, 0);
    WRITE_REGISTER(cntp_ctl_el0, 0);
    if (acknowledged == NONE) {
        return;
    }
    taken = acknowledged & 0x3ff; /* above it: an SGI's sender */
    end(acknowledged);
}

void bare_exception(uint64_t esr)
{
    (void)esr;
    exceptions++;
}

static void say(const char *name, bool good)
{
    put_text("habits: ");
    put_text(name);
    put_text(good ? ": ok\r\n" : ": FAILED\r\n");
}

/** Whether @intid comes before long. */
static bool comes(uint32_t intid)
{
    for (uint32_t i = 0; i < WAIT_LOOPS && taken != intid; i++)
        ;
    return taken == intid;
}

static uint64_t soon(void)
{
    taken = NONE;
    return READ_REGISTER(cntfrq_el0) / 1000;
}

/** As many drivers do it, with bounded waits only here. */
static bool start_interrupts_v2(void)
{
    write32(GICD_CTLR, 0);
    write32(GICD_CTLR, ENABLE_GROUP_0);
    write32(GICC_PMR, 0xff);
    write32(GICC_CTLR, ENABLE_GROUP_0);
    return (read32(GICD_CTLR) & ENABLE_GROUP_0) != 0;
}

static bool start_interrupts_v3(void)
{
    uint32_t waker = read32(GICR_WAKER);

    write32(GICR_WAKER, waker & ~2U);
    write32(GICD_CTLR, 0);
    write32(GICD_CTLR, ARE | ENABLE_GROUP_1);
    WRITE_REGISTER(s3_0_c12_c12_5, 7);  /* ICC_SRE_EL1 */
    WRITE_REGISTER(s3_0_c4_c6_0, 0xff); /* ICC_PMR_EL1 */
    WRITE_REGISTER(s3_0_c12_c12_4, 0);  /* ICC_CTLR_EL1 */
    WRITE_REGISTER(s3_0_c12_c12_7, 1);  /* ICC_IGRPEN1_EL1 */
    return (read32(GICR_WAKER) & 4) == 0 && (read32(GICD_CTLR) & ARE) != 0;
}

static bool start_interrupts(void)
{
    is_v2 = (READ_REGISTER(id_aa64pfr0_el1) >> 24 & 0xf) == 0;
    return is_v2 ? start_interrupts_v2() : start_interrupts_v3();
}

/** Sends the UART's interrupt here. */
static void route(void)
{
    if (is_v2) {
        *(volatile uint8_t *)(GICD_ITARGETSR + INTID_UART) = (uint8_t)read32(GICD_ITARGETSR);
    } else {
        write32(GICD_IROUTER + 8 * INTID_UART, (uint32_t)READ_REGISTER(mpidr_el1) & 0xffffff);
    }
}

static void send_here(void)
{
    if (is_v2) {
        write32(GICD_SGIR, SGIR_SELF | INTID_SGI);
    } else { /* ICC_SGI1R_EL1 */
        WRITE_REGISTER(s3_0_c12_c11_5,
                       (uint64_t)INTID_SGI << 24 | 1U << (READ_REGISTER(mpidr_el1) & 15));
    }
}

/** In the non-secure view groups cannot be chosen: writes of 0 are ignored there, and interrupts
 * still come. */
static void groups(void)
{
    write32(IGROUPR, 0);
    for (uint32_t n = 1; n < 9; n++) {
        write32(GICD_IGROUPR + 4 * n, 0);
    }
    write32(ISENABLER, 1U << INTID_VIRTUAL | 1U << INTID_PHYSICAL | 1U << INTID_SGI);

    WRITE_REGISTER(cntv_tval_el0, soon());
    WRITE_REGISTER(cntv_ctl_el0, 1);
    say("virtual-timer-after-groups-cleared", comes(INTID_VIRTUAL));

    taken = NONE;
    route();
    write32(GICD_ISENABLER + 4, 1U << (INTID_UART - 32));
    write32(GICD_ISPENDR + 4, 1U << (INTID_UART - 32));
    say("spi-after-groups-cleared", comes(INTID_UART));

    taken = NONE;
    send_here();
    say("sgi-to-self-after-groups-cleared", comes(INTID_SGI));
}

static void physical_timer(void)
{
    uint64_t physical = READ_REGISTER(cntpct_el0);
    uint64_t virtual = READ_REGISTER(cntvct_el0);

    say("physical-counter", virtual >= physical && READ_REGISTER(cntpct_el0) >= virtual);
    WRITE_REGISTER(cntp_tval_el0, soon());
    WRITE_REGISTER(cntp_ctl_el0, 1);
    say("physical-timer", comes(INTID_PHYSICAL));
}

/** Masking by priority: a timer that has fired stays out until the mask is lowered. */
static void priority_mask(void)
{
    uint64_t until;
    bool early;

    write32(PRIORITY + 24, 0x80808080U);
    mask(0x40);
    WRITE_REGISTER(cntv_tval_el0, soon());
    until = READ_REGISTER(cntvct_el0) + 3 * (READ_REGISTER(cntfrq_el0) / 1000);
    WRITE_REGISTER(cntv_ctl_el0, 1);
    while (READ_REGISTER(cntvct_el0) < until)
        ;
    early = taken != NONE;
    mask(0xf0);
    say("masked-by-priority", !early && comes(INTID_VIRTUAL));
}

/** WFI with interrupts masked returns when one is pending, and does not take it. */
static void wait_masked(void)
{
    bool early;

    __asm__ volatile("msr daifset, #2");
    WRITE_REGISTER(cntv_tval_el0, soon());
    WRITE_REGISTER(cntv_ctl_el0, 1);
    __asm__ volatile("wfi" : : : "memory");
    early = taken != NONE;
    __asm__ volatile("msr daifclr, #2\n\tisb");
    say("wait-with-interrupts-masked", !early && comes(INTID_VIRTUAL));
}

/** Touched by many at start; none may fault. */
static void registers(void)
{
    exceptions = 0;
    WRITE_REGISTER(mdscr_el1, 0);
    WRITE_REGISTER(oslar_el1, 0);
    WRITE_REGISTER(dbgbcr0_el1, 0);
    WRITE_REGISTER(dbgbvr0_el1, 0);
    WRITE_REGISTER(dbgwcr0_el1, 0);
    say("debug-registers", exceptions == 0);

    exceptions = 0;
    WRITE_REGISTER(pmcr_el0, READ_REGISTER(pmcr_el0) | 7);
    WRITE_REGISTER(pmcntenset_el0, 1U << 31);
    WRITE_REGISTER(pmuserenr_el0, 0);
    WRITE_REGISTER(pmintenclr_el1, UINT32_MAX);
    (void)READ_REGISTER(pmccntr_el0);
    WRITE_REGISTER(pmcr_el0, 0);
    say("performance-counters", exceptions == 0);

    exceptions = 0;
    for (uint64_t level = 0; level < 3; level++) {
        WRITE_REGISTER(csselr_el1, level << 1);
        (void)READ_REGISTER(ccsidr_el1);
        __asm__ volatile("dc isw, %0\n\tdc cisw, %0\n\tdsb sy" : : "r"(level << 1) : "memory");
    }
    (void)READ_REGISTER(clidr_el1);
    (void)READ_REGISTER(ctr_el0);
    say("caches-by-set-and-way", exceptions == 0);

    exceptions = 0;
    (void)READ_REGISTER(midr_el1);
    (void)READ_REGISTER(revidr_el1);
    (void)READ_REGISTER(id_aa64pfr0_el1);
    (void)READ_REGISTER(id_aa64pfr1_el1);
    (void)READ_REGISTER(id_aa64dfr0_el1);
    (void)READ_REGISTER(id_aa64isar0_el1);
    (void)READ_REGISTER(id_aa64isar1_el1);
    (void)READ_REGISTER(id_aa64mmfr0_el1);
    (void)READ_REGISTER(id_aa64mmfr1_el1);
    (void)READ_REGISTER(s3_0_c0_c7_7); /* not allocated: reads as 0 */
    say("feature-registers", exceptions == 0);
}

/** Zephyr sets CNTFRQ_EL0 where no exception level is above its own: it must not believe that. */
static void features(void)
{
    say("a-higher-level-is-there", (READ_REGISTER(id_aa64pfr0_el1) >> 8 & 0xff) != 0);
}

static bool is_top_bits(uint32_t value)
{
    return value >= 0xf0 && value <= 0xff && ((~value & 0xff) & ((~value & 0xff) + 1)) == 0;
}

/** FreeRTOS finds out how many bits of priority there are by the first SPI, whether anything has
 * that or not; others by a whole word, or by a private interrupt. */
static void priority_bits(void)
{
    volatile uint8_t *spi = (volatile uint8_t *)(GICD_PRIORITY + 32);
    volatile uint8_t *private = (volatile uint8_t *)(PRIORITY + 20);

    *spi = 0xff;
    *private = 0xff;
    say("priority-bits-by-the-first-spi", is_top_bits(*spi));
    say("priority-bits-by-a-private-interrupt", *private == *spi);
    write32(GICD_PRIORITY + 36, 0xffffffff);
    say("priority-bits-by-a-word",
        *(volatile uint32_t *)(GICD_PRIORITY + 36) == *spi * 0x01010101U);
    *spi = 0x40;
    say("priority-keeps-its-value",
        *spi == 0x40 && *(volatile uint8_t *)(GICD_PRIORITY + 37) != 0x40);
}

void bare_main(uint64_t x0, uint64_t start, uint64_t entry)
{
    (void)x0;
    (void)start;
    (void)entry;
    say("interrupt-controller", start_interrupts());
    __asm__ volatile("msr daifclr, #2\n\tisb");
    groups();
    physical_timer();
    priority_mask();
    wait_masked();
    registers();
    features();
    priority_bits();
    put_text("habits: done\r\n");
}
