/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hard-real-time guest: keeps a simulated pendulum upright at 1 kHz and measures how late each
 * activation is. Activations are jittered by up to 100 us: an exact period would lock phase with
 * whatever else is periodic on the machine and hide the worst case. It stops after 10,000
 * activations, or what the boot argument cycles=N says; 0: never.
 *
 * With a channel "telemetry" it sends a sample there each 100 activations, and obeys the messages
 * "stop", "hang" and "trespass" (telemetry.h). With a watchdog it pets it after each activation.
 *
 * Lines of output; tests look for them, so they stay as they are:
 *
 *     control-loop: start, N cycles of 1 ms                                 or: until it is told to
 * stop control-loop: cycle N angle A mrad latency min A mean B max C ns      every 1,000 cycles,
 * without a channel control-loop: told to ORDER control-loop: cycles N control-loop: overruns N
 * activations a whole period late or more control-loop: worst angle A mrad after the first second,
 * if it got there control-loop: latency min A mean B max C ns control-loop: histogram of the
 * latency control-loop:   <  N ns  COUNT ####                                   a line for each bin
 *     control-loop: exits of this vCPU during the loop: N                   under Nagaya only
 *     control-loop: done
 *
 * In the loop the guest touches the timer, its CPU interface, its UART and shared memory only: with
 * direct interrupts that takes no exit.
 */
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#include "histogram.h"
#include "kit/channel.h"
#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/hypercall.h"
#include "kit/machine.h"
#include "kit/mmu.h"
#include "kit/timer.h"
#include "pendulum.h"
#include "telemetry.h"

#define PERIOD_NS      UINT64_C(1000000)
#define JITTER_NS      UINT64_C(100000)
#define CYCLES_DEFAULT 10000U
#define CYCLES_REPORT  1000U
#define CYCLES_SAMPLE  100U
#define CYCLES_SETTLE  1000U /* the start from a tilted position is not a disturbance */

#define PUSH_TORQUE 1.0 /* Nm */
#define PUSH_CYCLES 50U
#define PUSH_PAUSE  1000U /* at most, between pushes */

/** What the activations keep; main() looks at it with interrupts masked. */
static struct {
    struct balance balance;
    struct histogram latency; /* ns */
    double worst_angle;
    uint64_t cycles_wanted;
    uint64_t cycles;
    uint64_t overruns;
    uint64_t period;    /* ticks */
    uint64_t due;       /* when the activation would be without jitter */
    uint64_t deadline;  /* what the timer is set to */
    uint64_t last;      /* when the last activation was */
    double push;        /* disturbance, Nm */
    uint32_t push_left; /* cycles until it changes */
    uint32_t random;
} loop;

/* xorshift (Marsaglia 2003): the same sequence in every run. */
static uint32_t random_below(uint32_t limit)
{
    loop.random ^= loop.random << 13;
    loop.random ^= loop.random >> 17;
    loop.random ^= loop.random << 5;
    return loop.random % limit;
}

/** Sets the timer for the next activation; one that is already over is skipped, and counted. */
static void schedule_next(uint64_t now)
{
    uint64_t jitter = timer_from_ns(JITTER_NS);

    loop.due += loop.period;
    if (now > loop.due + loop.period) {
        uint64_t missed = (now - loop.due) / loop.period;

        loop.overruns += missed;
        loop.due += missed * loop.period;
    }
    loop.deadline = loop.due - jitter + random_below((uint32_t)(2 * jitter + 1));
    timer_set(TIMER_VIRTUAL, loop.deadline);
}

/** Somebody pushes the pendulum now and then, either way. */
static double disturbance(void)
{
    if (loop.push_left-- == 0) {
        bool push = loop.push == 0;

        loop.push = !push ? 0 : random_below(2) == 0 ? PUSH_TORQUE : -PUSH_TORQUE;
        loop.push_left = push ? PUSH_CYCLES : random_below(PUSH_PAUSE);
    }
    return loop.push;
}

/** One activation: the timer's interrupt. */
static void activate(uint32_t intid, void *context)
{
    uint64_t now = timer_now();
    double dt = (double)(now - loop.last) / (double)timer_frequency();

    (void)intid;
    (void)context;
    histogram_add(&loop.latency, timer_to_ns(now - loop.deadline));
    loop.last = now;
    balance_step(&loop.balance, disturbance(), dt);
    loop.cycles++;
    if (loop.cycles > CYCLES_SETTLE) {
        loop.worst_angle = fmax(loop.worst_angle, fabs(loop.balance.pendulum.angle));
    }
    if (loop.cycles < loop.cycles_wanted) {
        schedule_next(now);
    } else {
        timer_stop(TIMER_VIRTUAL);
    }
}

static void print_status(void)
{
    double angle = loop.balance.pendulum.angle;
    uint64_t cycles = loop.cycles;
    uint64_t least = loop.latency.least;
    uint64_t mean = histogram_mean(&loop.latency);
    uint64_t most = loop.latency.most;

    cpu_interrupts_enable(); /* what follows takes its time, and activations come first */
    printf("control-loop: cycle %" PRIu64 " angle %+.3f mrad latency min %" PRIu64 " mean %" PRIu64
           " max %" PRIu64 " ns\n",
           cycles, angle * 1000, least, mean, most);
    cpu_interrupts_disable();
}

static void send_sample(uint64_t number)
{
    const struct sample sample = {
        .number = number,
        .angle = loop.balance.pendulum.angle,
        .speed = loop.balance.pendulum.speed,
        .torque = loop.balance.torque,
    };

    cpu_interrupts_enable();
    telemetry_send(&sample);
    cpu_interrupts_disable();
}

static void hang(void)
{
    printf("control-loop: told to hang\n");
    for (;;) {
        __asm__ volatile("");
    }
}

static void trespass(void)
{
    /* whatever lies there is not ours */
    uint64_t page = machine()->memory[0].start - MMU_PAGE_SIZE;

    printf("control-loop: told to trespass\n");
    if (mmu_map_device(page, MMU_PAGE_SIZE)) {
        *(volatile uint32_t *)page = 1;
    }
}

static void obey(enum order order)
{
    switch (order) {
    case ORDER_STOP:
        printf("control-loop: told to stop\n");
        loop.cycles_wanted = loop.cycles + 1;
        break;
    case ORDER_HANG:
        hang();
        break;
    case ORDER_TRESPASS:
        trespass();
        break;
    case ORDER_NONE:
        break;
    }
}

/** Waits for the activations to be over; what others are told is told in between. */
static void run(bool telemetry, volatile struct watchdog_page *watchdog)
{
    uint64_t report = CYCLES_REPORT;
    uint64_t samples = 0;

    loop.period = timer_from_ns(PERIOD_NS);
    loop.last = timer_now();
    loop.due = loop.last;
    schedule_next(loop.last);
    while (loop.cycles < loop.cycles_wanted) {
        cpu_wait_for_interrupt();
        cpu_interrupts_enable();
        cpu_interrupts_disable();
        if (watchdog != NULL) {
            watchdog->count++;
        }
        if (!telemetry && loop.cycles >= report) {
            print_status();
            report += CYCLES_REPORT;
        }
        if (telemetry && loop.cycles / CYCLES_SAMPLE > samples) {
            samples = loop.cycles / CYCLES_SAMPLE;
            send_sample(samples);
        }
        obey(telemetry_order());
    }
}

static void print_summary(void)
{
    printf("control-loop: cycles %" PRIu64 "\n", loop.cycles);
    printf("control-loop: overruns %" PRIu64 "\n", loop.overruns);
    if (loop.cycles > CYCLES_SETTLE) {
        printf("control-loop: worst angle %.3f mrad\n", loop.worst_angle * 1000);
    }
    printf("control-loop: latency min %" PRIu64 " mean %" PRIu64 " max %" PRIu64 " ns\n",
           loop.latency.least, histogram_mean(&loop.latency), loop.latency.most);
    printf("control-loop: histogram of the latency\n");
    histogram_print(&loop.latency, "control-loop:  ");
}

int main(void)
{
    uint64_t exits_before = 0;
    uint64_t exits_after = 0;

    bool telemetry = telemetry_open();
    volatile struct watchdog_page *watchdog = watchdog_open();

    loop.random = 1;
    loop.cycles_wanted = machine_argument("cycles", CYCLES_DEFAULT);
    balance_start(&loop.balance);
    histogram_start(&loop.latency);
    gic_set_handler(timer_intid(TIMER_VIRTUAL), activate, NULL);
    gic_enable(timer_intid(TIMER_VIRTUAL));
    if (loop.cycles_wanted == 0) {
        loop.cycles_wanted = UINT64_MAX;
        printf("control-loop: start, cycles of 1 ms until it is told to stop\n");
    } else {
        printf("control-loop: start, %" PRIu64 " cycles of 1 ms\n", loop.cycles_wanted);
    }
    if (hypercall_present()) {
        exits_before = hypercall_exit_count();
    }
    run(telemetry, watchdog);
    if (hypercall_present()) {
        exits_after = hypercall_exit_count() - 1; /* that call itself */
    }
    print_summary();
    if (hypercall_present()) {
        printf("control-loop: exits of this vCPU during the loop: %" PRIu64 "\n",
               exits_after - exits_before);
    }
    printf("control-loop: done\n");
    return 0;
}
