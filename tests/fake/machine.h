/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A machine that does not exist, for the engine to run on: its CPUs are threads of the host, its
 * devices arrays, its guests do what a random number tells them. The engine's sources are compiled
 * as they are, with headers of the same names in front of those that know a real machine (port/).
 *
 * Nothing here makes what one CPU of the engine does visible to another by accident: no file of
 * tests/fake/ is instrumented for data races, and none calls what the sanitizer takes for
 * synchronisation while CPUs run.
 */
#ifndef FAKE_MACHINE_H
#define FAKE_MACHINE_H

#include <setjmp.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "plan.h"
#include "sysreg.h"

#define CPUS         5U
#define VMS          6U
#define VCPUS        9U
#define INTIDS       96U
#define INTID_WORDS  (INTIDS / 32)
#define LISTS        4U
#define FREQUENCY    1000000000ULL
#define TIMER_EL2    26U
#define TIMER_GUEST  27U
#define MAINTENANCE  25U
#define NO_INTERRUPT 1023U

/** What all of a run does, one after the other. */
enum stage {
    STAGE_RUN,   /* guests do anything */
    STAGE_DRAIN, /* guests take what is there for them, and devices are quiet */
    STAGE_OFF,   /* VMs end themselves */
    STAGE_END,   /* the machine is off */
};

/** What a guest's exit is for: what EL2 may do to the interrupt controller meanwhile. */
enum errand {
    ERRAND_NONE,
    ERRAND_ACCESS, /* its own interrupt controller */
    ERRAND_SGI,
    ERRAND_RING, /* a doorbell */
};

/** How control comes back to a CPU's loop. */
enum way { WAY_START = 0, WAY_AGAIN, WAY_GUEST, WAY_STOP };

struct machine_cpu {
    uint32_t index;
    _Atomic(uint32_t) alive;    /* 1: it runs; 2: it has stopped */
    _Atomic(uint32_t) sleeping; /* it waits at EL2, or its guest does */
    bool at_el2;
    bool booted;
    uint32_t faults; /* exceptions inside the hypervisor, so far */
    enum errand errand;
    uint32_t quiet; /* points that it passes before others may run */
    uint32_t work;  /* points since EL2 was entered */
    uint64_t random;
    uint64_t steps;
    uint32_t vm_steps[VMS]; /* of each VM's guests, here */
    uint64_t registers[REGISTER_COUNT];
    uint64_t lists[LISTS];
    jmp_buf loop;
};

extern struct machine_cpu machine_cpus[CPUS];
extern _Thread_local struct machine_cpu *me;

struct machine {
    uint64_t seed;
    uint64_t steps;  /* so many of guests, in all */
    bool turns;      /* CPUs take turns, or run as the host lets them */
    uint32_t grain;  /* points between turns, on average */
    uint32_t early;  /* one sleep in so many ends for nothing; 0: none */
    uint32_t faults; /* CPUs that may stop by an exception inside the hypervisor */
    bool hostile;    /* the VM with direct interrupts ends those of others */
    /* guests change priorities of what is pending or active, too: a known fault (docs/proofs.md) */
    bool reprioritises;
    const char *policy; /* of shared cores */
    _Atomic(uint32_t) stage;
    _Atomic(uint64_t) done; /* steps */
    _Atomic(uint64_t) stage_began;
    _Atomic(uint64_t) stepped; /* when a guest did something last */
    _Atomic(uint32_t) lost_cpus;
};
extern struct machine machine;

static inline enum stage machine_stage(void)
{
    return (enum stage)atomic_load_explicit(&machine.stage, memory_order_relaxed);
}

/** Says what is wrong, how to see it again and what happened last, and ends the program. */
_Noreturn __attribute__((format(printf, 1, 2))) void machine_fail(const char *format, ...);
#define check(condition, what)                                                                     \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            machine_fail("%s (%s)", what, #condition);                                             \
        }                                                                                          \
    } while (0)

/** The same, with what each VM is at. */
_Noreturn void machine_late(const char *what);

/** Notes for machine_fail that this CPU does @what. */
void machine_note(const char *what, uint64_t a, uint64_t b);

/* host.c */

/** A random number below @bound, of this CPU's own sequence. */
uint32_t random_below(uint32_t bound);
uint64_t random_64(void);
static inline bool one_in(uint32_t n)
{
    return n != 0 && random_below(n) == 0;
}

/** The time, which goes on by what is asked here. */
uint64_t machine_time(uint64_t passes);

/** @ns, or what that may seem to those who sleep while the host lets the thread of another CPU
 * wait. */
static inline uint64_t machine_patience(uint64_t ns)
{
    return machine.turns ? ns : ns * 200;
}

/** Starts CPU @index; false: it has been already. */
bool machine_start_cpu(uint32_t index);

/** Runs all CPUs to the end. */
void machine_run(void);

/** Lets this CPU sleep until an interrupt is there for it, @or says so, or it just happens. */
void machine_sleep(bool (* or)(void));

/** Lets another thread of the host run. */
void host_yield(void);

_Noreturn void machine_leave(enum way way);

/** Another CPU may go on. */
void turn_next(void);

/** This CPU is slow, for so many turns of others at most. */
void machine_stall(uint32_t turns_of_others);

/* cpus.c */

/** The vCPU that is loaded on this CPU, or PLAN_NONE. */
uint32_t loaded_vcpu(void);

/** All that a CPU does from its start to its stop. */
void cpu_loop(void);

/** How many times a CPU has been made to listen by vCPUs of @vcpu's VM, since that took what was
 * sent. */
void kicks_count(uint32_t cpu, uint64_t intid);

/* distributor.c */

/** The interrupt that CPU @cpu would take now, or NO_INTERRUPT. */
uint32_t interrupt_best(const struct machine_cpu *cpu);
uint32_t interrupt_acknowledge(void);
void interrupt_drop(uint64_t intid);
void interrupt_deactivate(uint64_t intid);
void sgi_send(uint64_t value);

/** A device raises SPI @intid: an edge, or its line until interrupt_quiet. */
void interrupt_raise(uint32_t intid);
void interrupt_quiet(uint32_t intid);
bool interrupt_is_level(uint32_t intid);

/** Whether SPI @intid is routed to this CPU. */
bool interrupt_comes_here(uint32_t intid);

/** The loaded vCPU's guest has begun SPI @intid; ends it. */
void spi_begun(uint32_t intid);
void spi_ended(uint32_t intid);

/** Whether those of @bits of word @n come is of no interest: the guest has cleared them. */
void spis_forgiven(uint32_t n, uint32_t bits);

/** VM @vm begins a new life. */
void spis_new_life(uint32_t vm);

/** None of VM @vm's SPIs has been lost. */
void spis_check(uint32_t vm);

/* interface.c: the virtual interface of this CPU, as its guest uses it. */

bool virtual_pending(void);
uint32_t virtual_acknowledge(void);
void virtual_end(uint32_t intid);
void virtual_deactivate(uint32_t intid);
bool maintenance_is_due(const struct machine_cpu *cpu);

/* memory.c */

#define LIFE(word)    ((word) >> 1)
#define GRANTED(word) (((word)&1) != 0)

/** A VM's memory: life << 1 | granted. */
uint64_t memory_word(uint32_t vm);

/** The loaded vCPU's guest, of @life, may run on: it has its memory, and nobody is at taking the
 * one before. */
void memory_check(uint32_t vm, uint64_t life);

/** VM @vm may go off by itself: then nobody takes its memory. */
void memory_left(uint32_t vm);

/* plan.c */
void plan_build(void);
uint32_t plan_spi(uint32_t vm, uint32_t number);
#define SPIS_OF_VM 10U

enum vms { VM_DIRECT, VM_PAIR, VM_MANAGER, VM_FIRST, VM_SECOND, VM_BESIDE };

/* guests.c */

/** The loop of a guest: until its CPU does something else. */
_Noreturn void guest_run(void);

/** The machine goes off: whether it may. */
void machine_is_off(void);

/** Ends the run where an exception inside the hypervisor came while another one was dealt with:
 * nobody may be left then who counts the last VM out (fault.c). */
void machine_give_up(void);

/** What all of the machine looks like when it is off. */
void guests_check_end(void);
#endif
