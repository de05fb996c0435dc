/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Direct interrupts that are checked, tried from both sides. Argument `listen`: 1 says whatever SGI comes to it, and
 * "listener: done, heard N" after @listen seconds. Else, on two cores:
 *
 *     checked: WHAT: ok|FAILED     its own registers work, and its SGIs arrive where they should
 *     checked: done                all SGIs were sent to all there is, and all interrupts deactivated
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>

#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/machine.h"
#include "kit/sysreg.h"
#include "kit/timer.h"

#define SECOND_NS    UINT64_C(1000000000)
#define INTIDS       1024U
#define SGIS         16U
#define SGI_ALL      (UINT64_C(1) << 40)
#define NONE         1023U
#define CTLR_EOIMODE 2U

static atomic_uint heard[2];
static atomic_uint helper_ready;

static void hear(uint32_t intid, void *context)
{
    (void)context;
    heard[cpu_index()]++;
    if (machine_argument("listen", 0) != 0)
        printf("listener: heard %u\n", intid);
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
    for (;;)
        cpu_wait_for_interrupt();
}

static void say(const char *what, bool holds)
{
    printf("checked: %s: %s\n", what, holds ? "ok" : "FAILED");
}

static void send(uint64_t value)
{
    SYSREG_WRITE(s3_0_c12_c11_5, value); /* ICC_SGI1R_EL1 */
    __asm__ volatile("isb");
}

/** The value that sends SGI @sgi to the core with affinity @mpidr. */
static uint64_t to(uint32_t sgi, uint64_t mpidr)
{
    return (uint64_t)sgi << 24 | (mpidr >> 32 & 0xff) << 48 | (mpidr >> 16 & 0xff) << 32 | (mpidr >> 8 & 0xff) << 16 |
           UINT64_C(1) << (mpidr & 0xf);
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
    uint64_t own = machine()->cpus[0];
    uint64_t other = machine()->cpus[1];

    send(to(1, own));
    say("to itself", come(1, 0));
    send(to(2, other));
    say("to the other core", come(0, 1));
    send(to(3, own) | to(3, other));
    say("to both", come(1, 1));
    send(SGI_ALL | 4U << 24);
    say("to all but itself", come(0, 1));
    send(to(5, other) | UINT64_C(1) << 16 << 16); /* another affinity 2 */
    say("to another cluster", come(0, 0));
    send(to(6, 0xf) | UINT64_C(1) << 44);
    say("to another range", come(0, 0));
    send(SGI_ALL | 15U << 24 | 0xffff);
    say("the last one", come(0, 1));
}

/** In two steps: the end, and the deactivation, which is trapped. */
static bool ends_in_two_steps(void)
{
    uint64_t first, second, third;

    cpu_interrupts_disable();
    SYSREG_WRITE(s3_0_c12_c12_4, CTLR_EOIMODE); /* ICC_CTLR_EL1 */
    send(to(7, machine()->cpus[0]));
    first = SYSREG_READ(s3_0_c12_c12_0); /* ICC_IAR1_EL1 */
    SYSREG_WRITE(s3_0_c12_c12_1, first); /* ICC_EOIR1_EL1 */
    send(to(7, machine()->cpus[0]));
    second = SYSREG_READ(s3_0_c12_c12_0); /* still active */
    SYSREG_WRITE(s3_0_c12_c11_1, first);  /* ICC_DIR_EL1 */
    __asm__ volatile("dsb sy\n\tisb");
    third = SYSREG_READ(s3_0_c12_c12_0);
    SYSREG_WRITE(s3_0_c12_c12_1, third);
    SYSREG_WRITE(s3_0_c12_c11_1, third);
    SYSREG_WRITE(s3_0_c12_c12_4, 0);
    __asm__ volatile("isb");
    cpu_interrupts_enable();
    return first == 7 && second == NONE && third == 7;
}

static void try_registers(void)
{
    SYSREG_WRITE(s3_0_c4_c6_0, 0xa0); /* ICC_PMR_EL1 */
    say("its mask", SYSREG_READ(s3_0_c4_c6_0) == 0xa0);
    SYSREG_WRITE(s3_0_c4_c6_0, 0xff);
    say("its running priority", SYSREG_READ(s3_0_c12_c11_3) == 0xff);
    say("the end in two steps", ends_in_two_steps());
    SYSREG_WRITE(s3_0_c12_c12_6, 1); /* ICC_IGRPEN0_EL1 */
    SYSREG_WRITE(s3_0_c12_c8_3, 3);  /* ICC_BPR0_EL1 */
    SYSREG_WRITE(s3_0_c12_c8_4, 1);  /* ICC_AP0R0_EL1 */
    SYSREG_WRITE(s3_0_c12_c8_1, 33); /* ICC_EOIR0_EL1 */
    say("nothing of group 0", SYSREG_READ(s3_0_c12_c8_0) == NONE && SYSREG_READ(s3_0_c12_c8_2) == NONE &&
                                  SYSREG_READ(s3_0_c12_c12_6) == 0 && SYSREG_READ(s3_0_c12_c8_4) == 0);
}

/** All SGIs to all that a value can name, as far as affinities here go; and the end of all that others could have. */
static void try_everything(void)
{
    cpu_interrupts_disable();
    for (uint32_t sgi = 0; sgi < SGIS; sgi++) {
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
    for (uint64_t intid = 0; intid < INTIDS; intid++)
        SYSREG_WRITE(s3_0_c12_c11_1, intid);
    SYSREG_WRITE(s3_0_c12_c11_1, UINT64_MAX);
}

int main(void)
{
    uint64_t seconds = machine_argument("listen", 0);

    if (seconds != 0) {
        listen(seconds);
        return 0;
    }
    if (cpu_start(1, help, NULL) != 0)
        return 1;
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
