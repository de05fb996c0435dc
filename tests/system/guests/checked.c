/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Direct interrupts that are checked, tried from both sides. Argument `listen`: 1 says whatever SGI
 * comes to it, and "listener: done, heard N" after @listen seconds. Else, on two cores:
 *
 *     checked: WHAT: ok|FAILED     its own registers work, and its SGIs arrive where they should
 *     checked: done                all SGIs were sent to all there is, and all interrupts
 * deactivated
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>

#include "../../../guests/kit/gic_registers.h"
#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/gic_interface.h"
#include "kit/machine.h"
#include "kit/mmio.h"
#include "kit/sysreg.h"
#include "kit/timer.h"

#define SECOND_NS UINT64_C(1000000000)
#define INTIDS    1024U
#define SGIS      16U
#define SGI_ALL   (UINT64_C(1) << 40)

static atomic_uint heard[2];
static atomic_uint helper_ready;

static void hear(uint32_t intid, void *context)
{
    (void)context;
    heard[cpu_index()]++;
    if (machine_argument("listen", 0) != 0) {
        printf("listener: heard %u\n", intid);
    }
}

static void hear_all_sgis(void)
{
    for (uint32_t sgi = 0; sgi < SGIS; sgi++) {
        gic_set_handler(sgi, hear, NULL);
        gic_enable(sgi);
    }
}

static void listen(uint64_t seconds)
{
    uint64_t end = timer_now() + timer_from_ns(seconds * SECOND_NS);

    hear_all_sgis();
    cpu_interrupts_enable();
    while (timer_now() < end)
        ;
    printf("listener: done, heard %u\n", heard[0]);
}

static void help(void *context)
{
    (void)context;
    hear_all_sgis();
    cpu_interrupts_enable();
    helper_ready = 1;
    for (;;) {
        cpu_wait_for_interrupt();
    }
}

static void say(const char *what, bool holds)
{
    printf("checked: %s: %s\n", what, holds ? "ok" : "FAILED");
}

/** An order to send an SGI, as the version of the controller writes it. */
typedef uint64_t order;

static bool is_v2(void)
{
    return machine()->gic_version == 2;
}

static void send(order value)
{
    __asm__ volatile("dsb ishst" : : : "memory");
    if (is_v2()) {
        mmio_write32(machine()->gicd.start + GICD_SGIR, (uint32_t)value);
    } else {
        SYSREG_WRITE(s3_0_c12_c11_5, value); /* ICC_SGI1R_EL1 */
    }
    __asm__ volatile("isb");
}

/** The order that sends SGI @sgi to core @index of this VM. */
static order to(uint32_t sgi, unsigned index)
{
    uint64_t mpidr = machine()->cpus[index];

    if (is_v2()) {
        return (uint32_t)gic_cpu_interfaces(index) << GICD_SGIR_TARGETS_SHIFT | sgi;
    }
    return (uint64_t)sgi << 24 | (mpidr >> 32 & 0xff) << 48 | (mpidr >> 16 & 0xff) << 32 |
           (mpidr >> 8 & 0xff) << 16 | UINT64_C(1) << (mpidr & 0xf);
}

static order to_all_others(uint32_t sgi)
{
    return is_v2() ? GICD_SGIR_OTHERS | sgi : SGI_ALL | (uint64_t)sgi << 24;
}

/** To another affinity 2; to CPU interfaces that this VM doesn't have. */
static order to_strangers(uint32_t sgi)
{
    uint32_t own = gic_cpu_interfaces(0) | gic_cpu_interfaces(1);

    return is_v2() ? (~own & 0xff) << GICD_SGIR_TARGETS_SHIFT | sgi
                   : to(sgi, 1) | UINT64_C(1) << 16 << 16;
}

/** To a range of affinities where nothing is; to no CPU interface. */
static order to_nobody(uint32_t sgi)
{
    return is_v2() ? sgi : (uint64_t)sgi << 24 | UINT64_C(1) << 0xf | UINT64_C(1) << 44;
}

/** Whether, by now, this core has heard @here SGIs and the other one @there. Forgets them. */
static bool come(unsigned here, unsigned there)
{
    uint64_t end = timer_now() + timer_from_ns(10 * SECOND_NS); /* however busy the host is */

    while (timer_now() < end && (heard[0] < here || heard[1] < there))
        ;
    end = timer_now() + timer_from_ns(SECOND_NS / 1000); /* none too much */
    while (timer_now() < end)
        ;
    return atomic_exchange(&heard[0], 0) == here && atomic_exchange(&heard[1], 0) == there;
}

static void try_sgis(void)
{
    send(to(1, 0));
    say("to itself", come(1, 0));
    send(to(2, 1));
    say("to the other core", come(0, 1));
    send(to(3, 0) | to(3, 1));
    say("to both", come(1, 1));
    send(to_all_others(4));
    say("to all but itself", come(0, 1));
    send(to_strangers(5));
    say("to another cluster", come(0, 0));
    send(to_nobody(6));
    say("to another range", come(0, 0));
    send(to_all_others(15) | (is_v2() ? 0xffU << GICD_SGIR_TARGETS_SHIFT : 0xffff));
    say("the last one", come(0, 1));
}

/** In two steps: the end, and the deactivation, which is trapped. */
static bool ends_in_two_steps(void)
{
    uint32_t first, second, third;

    cpu_interrupts_disable();
    gic_interface_control(true, true);
    send(to(7, 0));
    first = gic_interface_read(GIC_IAR);
    gic_interface_write(GIC_EOIR, first);
    send(to(7, 0));
    second = gic_interface_read(GIC_IAR); /* still active */
    gic_interface_write(GIC_DIR, first);
    third = gic_interface_read(GIC_IAR);
    gic_interface_write(GIC_EOIR, third);
    gic_interface_write(GIC_DIR, third);
    gic_interface_control(true, false);
    cpu_interrupts_enable();
    return (first & GIC_INTID_MASK) == 7 && second == GIC_SPURIOUS && third == first;
}

/** This VM has none, and no way to say so. */
static bool has_nothing_of_group_0(void)
{
    SYSREG_WRITE(s3_0_c12_c12_6, 1); /* ICC_IGRPEN0_EL1 */
    SYSREG_WRITE(s3_0_c12_c8_3, 3);  /* ICC_BPR0_EL1 */
    SYSREG_WRITE(s3_0_c12_c8_4, 1);  /* ICC_AP0R0_EL1 */
    SYSREG_WRITE(s3_0_c12_c8_1, 33); /* ICC_EOIR0_EL1 */
    return SYSREG_READ(s3_0_c12_c8_0) == GIC_SPURIOUS &&
           SYSREG_READ(s3_0_c12_c8_2) == GIC_SPURIOUS && SYSREG_READ(s3_0_c12_c12_6) == 0 &&
           SYSREG_READ(s3_0_c12_c8_4) == 0;
}

static void try_registers(void)
{
    gic_interface_write(GIC_PMR, 0xa0);
    say("its mask", gic_interface_read(GIC_PMR) == 0xa0);
    gic_interface_write(GIC_PMR, 0xff);
    say("its running priority", gic_interface_read(GIC_RPR) == 0xff);
    say("the end in two steps", ends_in_two_steps());
    if (!is_v2()) { /* whose guests know of one group only */
        say("nothing of group 0", has_nothing_of_group_0());
    }
}

/** All SGIs to all that an order can name on a GICv3, as far as affinities here go. */
static void send_everything_v3(uint32_t sgi)
{
    for (uint64_t cluster = 0; cluster < 4; cluster++) {
        uint64_t value = (uint64_t)sgi << 24 | cluster << 16 | 0xffff;

        send(value);
        SYSREG_WRITE(s3_0_c12_c11_6, value); /* ICC_ASGI1R_EL1 */
        SYSREG_WRITE(s3_0_c12_c11_7, value); /* ICC_SGI0R_EL1 */
    }
    send(UINT64_MAX & ~SGI_ALL);
    send(SGI_ALL | (uint64_t)sgi << 24);
    SYSREG_WRITE(s3_0_c12_c11_7, SGI_ALL | (uint64_t)sgi << 24);
}

static void send_everything_v2(uint32_t sgi)
{
    for (uint32_t filter = 0; filter < 4; filter++) {
        for (uint32_t targets = 0; targets <= UINT8_MAX; targets++) {
            send(filter << 24 | targets << GICD_SGIR_TARGETS_SHIFT | sgi);
        }
    }
    send(UINT32_MAX);
}

/** All SGIs to everybody; and the end of all that others could have. */
static void try_everything(void)
{
    cpu_interrupts_disable();
    for (uint32_t sgi = 0; sgi < SGIS; sgi++) {
        if (is_v2()) {
            send_everything_v2(sgi);
        } else {
            send_everything_v3(sgi);
        }
    }
    for (uint32_t intid = 0; intid < INTIDS; intid++) {
        gic_interface_write(GIC_DIR, intid);
    }
    gic_interface_write(GIC_DIR, UINT32_MAX);
}

int main(void)
{
    uint64_t seconds = machine_argument("listen", 0);

    if (seconds != 0) {
        listen(seconds);
        return 0;
    }
    if (cpu_start(1, help, NULL) != 0) {
        return 1;
    }
    hear_all_sgis();
    cpu_interrupts_enable();
    while (helper_ready == 0)
        ;
    printf("checked: cores %llx and %llx\n", (unsigned long long)machine()->cpus[0],
           (unsigned long long)machine()->cpus[1]);
    try_sgis();
    try_registers();
    try_everything();
    printf("checked: done\n");
    return 0;
}
