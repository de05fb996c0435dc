/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several cores: SGIs there and back between the first core and each other one, then each of them
 * goes off and on a hundred times. Lines, stable for tests:
 *
 *     smp: cores N
 *     smp: core N: ROUNDS SGIs there and back, off and on CYCLES times
 *     smp: FAILED, WHAT
 *     smp: done
 */
#include <stdbool.h>
#include <stdio.h>

#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/image.h"
#include "kit/machine.h"
#include "kit/psci.h"
#include "kit/timer.h"

#define SGI_PING   1U
#define SGI_PONG   2U
#define ROUNDS     1000U
#define CYCLES     100U
#define TIMEOUT_NS UINT64_C(5000000000)

static volatile unsigned pings;
static volatile unsigned pongs;
static volatile unsigned starts;
static uint64_t first_mpidr;

static void ping(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    pings++;
    gic_send_sgi(SGI_PONG, first_mpidr);
}

static void pong(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    pongs++;
}

/** Takes interrupts until *@counter has reached @value. */
static void wait_for(volatile unsigned *counter, unsigned value)
{
    while (*counter < value) {
        cpu_wait_for_interrupt();
        cpu_interrupts_enable();
        cpu_interrupts_disable();
    }
}

static void answer_pings(void *context)
{
    (void)context;
    gic_enable(SGI_PING);
    starts++;
    wait_for(&pings, ROUNDS);
}

static void start_and_stop(void *context)
{
    volatile unsigned *seen = context;

    *seen += 1;
}

/** All that is to be shown with core @index; NULL, or what went wrong. */
static const char *exercise(unsigned index)
{
    unsigned before = starts;

    pings = 0;
    pongs = 0;
    if (cpu_start(index, answer_pings, NULL) != PSCI_SUCCESS) {
        return "CPU_ON";
    }
    while (starts == before)
        ;
    if (psci_call(PSCI_CPU_ON, machine()->cpus[index], (uint64_t)image_start, 0) !=
        PSCI_ALREADY_ON) {
        return "CPU_ON of a core that is on";
    }
    for (unsigned i = 1; i <= ROUNDS; i++) {
        gic_send_sgi(SGI_PING, machine()->cpus[index]);
        wait_for(&pongs, i);
    }
    for (unsigned i = 0; i < CYCLES; i++) {
        unsigned was = starts;

        if (!psci_goes_off(machine()->cpus[index], TIMEOUT_NS)) {
            return "CPU_OFF";
        }
        if (cpu_start(index, start_and_stop, (void *)&starts) != PSCI_SUCCESS) {
            return "CPU_ON after CPU_OFF";
        }
        while (starts == was)
            ;
    }
    return psci_goes_off(machine()->cpus[index], TIMEOUT_NS) ? NULL : "last CPU_OFF";
}

int main(void)
{
    first_mpidr = cpu_mpidr();
    gic_set_handler(SGI_PING, ping, NULL);
    gic_set_handler(SGI_PONG, pong, NULL);
    gic_enable(SGI_PONG);
    printf("smp: cores %u\n", (unsigned)machine()->cpu_count);
    for (unsigned i = 0; i < machine()->cpu_count; i++) {
        const char *failure;

        if (i == cpu_index()) {
            continue;
        }
        failure = exercise(i);
        if (failure != NULL) {
            printf("smp: FAILED, %s of core %u\n", failure, i);
            return 1;
        }
        printf("smp: core %u: %u SGIs there and back, off and on %u times\n", i, ROUNDS, CYCLES);
    }
    printf("smp: done\n");
    return 0;
}
