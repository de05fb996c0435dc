/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CPUs: threads. With --turns one runs at a time, and goes on to another one, chosen by the
 * seed, at points that stand in front of all that others can see: the same seed is the same run.
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "machine.h"
#include "plan_access.h"

/* Longer than anybody waits. */
#define SILENCE_NS 10000000ULL

struct machine machine;
struct machine_cpu machine_cpus[CPUS];
_Thread_local struct machine_cpu *me;

static pthread_t threads[CPUS];
static sem_t turns[CPUS];
static sem_t all_stopped;
static _Atomic(uint32_t) running;
static _Atomic(uint64_t) now = 1000;

/* What happened last, for machine_fail. */
#ifndef NOTES
#define NOTES 48U
#endif
static struct note {
    const char *what;
    uint64_t time, a, b;
    uint32_t cpu;
    uint32_t vcpu; /* index of the loaded one, or PLAN_NONE */
} notes[NOTES];
static _Atomic(uint32_t) noted;

void machine_note(const char *what, uint64_t a, uint64_t b)
{
    uint32_t at = atomic_fetch_add_explicit(&noted, 1, memory_order_relaxed);

    notes[at % NOTES] = (struct note){
        what, atomic_load_explicit(&now, memory_order_relaxed), a, b, me->index, loaded_vcpu()};
}

static _Atomic(uint32_t) failed;

_Noreturn void machine_fail(const char *format, ...)
{
    va_list arguments;

    if (atomic_exchange_explicit(&failed, 1, memory_order_relaxed) != 0) {
        for (;;) {
            pause();
        }
    }
    uint32_t end = atomic_load_explicit(&noted, memory_order_relaxed);
    for (uint32_t i = end < NOTES ? 0 : end - NOTES; i < end; i++) {
        const struct note *note = &notes[i % NOTES];
        printf("  %10llu cpu %u vcpu %d: %s %#llx %#llx\n", (unsigned long long)note->time,
               note->cpu, (int)note->vcpu, note->what, (unsigned long long)note->a,
               (unsigned long long)note->b);
    }
    printf("fake: cpu %u: ", me == NULL ? CPUS : me->index);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\nfake: --seed %llu --steps %llu%s, after %llu steps\n",
           (unsigned long long)machine.seed, (unsigned long long)machine.steps,
           machine.turns ? " --turns" : "",
           (unsigned long long)atomic_load_explicit(&machine.done, memory_order_relaxed));
    fflush(stdout);
    _exit(1);
}

static uint64_t random_next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15ULL; /* splitmix64 */

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
    return z ^ z >> 31;
}

uint64_t random_64(void)
{
    return random_next(&me->random);
}

uint32_t random_below(uint32_t bound)
{
    return (uint32_t)((random_64() >> 32) * bound >> 32);
}

uint64_t machine_time(uint64_t passes)
{
    return atomic_fetch_add_explicit(&now, passes, memory_order_relaxed) + passes;
}

_Noreturn void machine_leave(enum way way)
{
    longjmp(me->loop, (int)way);
}

/* The engine has a sched_yield of its own. */
void host_yield(void)
{
    (void)syscall(SYS_sched_yield);
}

/* Turns. */

static bool may_run(const struct machine_cpu *cpu)
{
    return atomic_load_explicit(&cpu->alive, memory_order_relaxed) == 1 &&
           (atomic_load_explicit(&cpu->sleeping, memory_order_relaxed) == 0 ||
            interrupt_best(cpu) != NO_INTERRUPT || one_in(machine.early) ||
            machine_stage() == STAGE_END);
}

/** Whose turn it is next: not this CPU's if it @gives it up for good. */
static struct machine_cpu *next_cpu(bool gives_up)
{
    for (uint32_t tries = 0; tries < 100000; tries++) {
        uint32_t first = random_below(CPUS);
        for (uint32_t i = 0; i < CPUS; i++) {
            struct machine_cpu *cpu = &machine_cpus[(first + i) % CPUS];
            if ((!gives_up || cpu != me) && may_run(cpu)) {
                return cpu;
            }
        }
        /* All sleep. */
        (void)machine_time(1 + random_below(2000));
        if (machine_stage() == STAGE_RUN && one_in(4)) {
            interrupt_raise(plan_spi(random_below(VMS), random_below(4)));
        }
    }
    machine_fail("all CPUs sleep for ever");
}

static void turn_pass(struct machine_cpu *next)
{
    if (next != me) {
        sem_post(&turns[next->index]);
        while (sem_wait(&turns[me->index]) != 0) {
        }
    }
}

void turn_next(void)
{
    if (me->quiet-- > 0) {
        return;
    }
    me->quiet = random_below(2 * machine.grain);
    if (machine.turns) {
        turn_pass(next_cpu(false));
    } else if (one_in(4)) {
        host_yield();
    }
}

void machine_stall(uint32_t turns_of_others)
{
    for (uint32_t i = random_below(turns_of_others); i > 0; i--) {
        me->quiet = 0;
        turn_next();
    }
}

/** Goes on when an interrupt is there; a guest also if a virtual one is, and after some time: it
 * need not sleep. */
void machine_sleep(bool (* or)(void))
{
    uint32_t early = or == NULL ? machine.early : 64;

    if (machine_time(1 + random_below(200)) >
        atomic_load_explicit(&machine.stepped, memory_order_relaxed) +
            machine_patience(SILENCE_NS)) {
        machine_give_up();
        machine_late("no guest does anything any more, and the machine does not go off");
    }

    while (interrupt_best(me) == NO_INTERRUPT && !(or != NULL && or ()) && !one_in(early)) {
        if (machine_stage() == STAGE_END) {
            machine_leave(WAY_STOP);
        }
        (void)machine_time(1 + random_below(500));
        if (machine_stage() == STAGE_RUN && one_in(16)) {
            interrupt_raise(plan_spi(random_below(VMS), random_below(4)));
        }
        if (!machine.turns) {
            host_yield();
            continue;
        }
        atomic_store_explicit(&me->sleeping, or == NULL, memory_order_relaxed);
        turn_pass(next_cpu(false));
        atomic_store_explicit(&me->sleeping, 0, memory_order_relaxed);
    }
    me->work = 0;
}

static void *cpu_thread(void *cpu)
{
    me = cpu;
    if (machine.turns) {
        while (sem_wait(&turns[me->index]) != 0) {
        }
    }
    cpu_loop();
    atomic_store_explicit(&me->alive, 2, memory_order_relaxed);
    if (atomic_fetch_sub_explicit(&running, 1, memory_order_relaxed) == 1) {
        sem_post(&all_stopped);
    } else if (machine.turns) {
        sem_post(&turns[next_cpu(true)->index]);
    }
    return NULL;
}

bool machine_start_cpu(uint32_t index)
{
    struct machine_cpu *cpu = &machine_cpus[index];

    if (atomic_load_explicit(&cpu->alive, memory_order_relaxed) != 0) {
        return false;
    }
    cpu->index = index;
    cpu->random = machine.seed * 1000003 + index;
    cpu->registers[REGISTER_mpidr_el1] = plan.cpus[index].mpidr | MPIDR_RES1;
    cpu->registers[REGISTER_S3_4_C12_C11_1] = 4ULL << 26 | (LISTS - 1); /* ICH_VTR_EL2 */
    sem_init(&turns[index], 0, 0);
    atomic_fetch_add_explicit(&running, 1, memory_order_relaxed);
    atomic_store_explicit(&cpu->alive, 1, memory_order_relaxed);
    if (pthread_create(&threads[index], NULL, cpu_thread, cpu) != 0) {
        machine_fail("no thread for CPU %u", index);
    }
    return true;
}

void machine_run(void)
{
    sem_init(&all_stopped, 0, 0);
    if (machine.turns) { /* which are quicker where one thread makes way for the next */
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET((unsigned)sched_getcpu(), &one);
        (void)sched_setaffinity(0, sizeof(one), &one);
    }
    machine_start_cpu(0);
    sem_post(&turns[0]);
    while (sem_wait(&all_stopped) != 0) {
    }
    for (uint32_t i = 0; i < CPUS; i++) {
        if (atomic_load_explicit(&machine_cpus[i].alive, memory_order_relaxed) != 0) {
            pthread_join(threads[i], NULL);
        }
    }
}
