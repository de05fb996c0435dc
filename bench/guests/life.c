/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A manager that restarts and stops a hard VM (mortal.c) whatever it does, and tells how long the
 * longest of each took: a restart until the VM's first instruction, by command and by fault; a stop
 * until the VM's core has written that it is off. It sleeps meanwhile. rounds=N: how often each of
 * that is done, in each mode.
 */
#include <inttypes.h>
#include <stdio.h>

#include "kit/channel.h"
#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/machine.h"
#include "kit/mmio.h"
#include "kit/timer.h"

#include "life.h"
#include "variation.h"

#define MORTAL       1U /* the VM's number in the system's file */
#define VARIATION_NS 20000U
#define STOPPED_NS   200000U /* more than any stop takes */

static const struct info_channel *channel;
static struct life_page *page;
static volatile struct manager_page *manager;
static uint64_t variation = VARIATION_START;
static volatile bool expired;

static void on_doorbell(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
}

static void on_timer(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    timer_stop(TIMER_VIRTUAL);
    expired = true;
}

static void sleep_until_ready(void)
{
    cpu_interrupts_disable();
    while (page->ready == 0) {
        cpu_wait_for_interrupt();
        gic_handle_interrupt();
    }
    cpu_interrupts_enable();
}

static void sleep_for(uint64_t ns)
{
    cpu_interrupts_disable();
    expired = false;
    timer_set(TIMER_VIRTUAL, timer_now() + timer_from_ns(ns));
    while (!expired) {
        cpu_wait_for_interrupt();
        gic_handle_interrupt();
    }
    cpu_interrupts_enable();
}

/** Gives the command; the time when it was about to. */
static uint64_t order(enum manager_command command)
{
    uint64_t now = timer_now();

    mmio_write32((uint64_t)&manager->commands[MORTAL], command);
    return now;
}

static void start_as(enum mortal_mode mode)
{
    page->mode = mode;
    page->ready = 0;
    (void)order(MANAGER_START);
    sleep_until_ready();
}

/** Stops it after a while; how long that took, in ticks. */
static uint64_t stop(void)
{
    const volatile struct vm_status *status = channel_status(&channel->peers[0]);

    sleep_for(1 + variation_next(&variation, VARIATION_NS));
    uint64_t start = order(MANAGER_STOP);
    sleep_for(STOPPED_NS);
    if (status->state != VM_STATUS_OFF) {
        printf("life: it is not off\n");
    }
    return status->time - start;
}

static uint64_t restart_by_command(void)
{
    page->ready = 0;
    uint64_t start = order(MANAGER_RESTART);
    sleep_until_ready();
    return page->first - start;
}

static uint64_t restart_by_fault(void)
{
    start_as(MORTAL_CRASHES);
    return page->first - page->fault;
}

static void keep_longest(uint64_t *longest, uint64_t ticks)
{
    *longest = ticks > *longest ? ticks : *longest;
}

int main(void)
{
    uint64_t by_command = 0;
    uint64_t by_fault = 0;
    uint64_t stopped = 0;
    uint64_t rounds = machine_argument("rounds", 1);

    channel = channel_open("life");
    manager = manager_open();
    if (channel == NULL || manager == NULL) {
        puts("life: there is no channel, or this is no manager");
        return 1;
    }
    page = (struct life_page *)channel->memory;
    gic_set_handler(channel->interrupt, on_doorbell, NULL);
    gic_enable(channel->interrupt);
    gic_set_handler(timer_intid(TIMER_VIRTUAL), on_timer, NULL);
    gic_enable(timer_intid(TIMER_VIRTUAL));
    cpu_interrupts_enable();

    sleep_until_ready();
    keep_longest(&stopped, stop());
    for (uint32_t mode = 0; mode < MORTAL_MODES; mode++) {
        for (uint64_t i = 0; i < rounds; i++) {
            start_as(mode);
            keep_longest(&by_command, restart_by_command());
            keep_longest(&stopped, stop());
        }
    }
    for (uint64_t i = 0; i < rounds; i++) {
        keep_longest(&by_fault, restart_by_fault());
        keep_longest(&stopped, stop());
    }
    printf("life: rounds=%" PRIu64 " command=%" PRIu64 " fault=%" PRIu64 " stop=%" PRIu64 "\n",
           rounds, timer_to_ns(by_command), timer_to_ns(by_fault), timer_to_ns(stopped));
    return 0;
}
