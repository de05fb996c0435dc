/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guests of the fake machine: what is known of each, and how it comes to EL2.
 */
#ifndef FAKE_GUESTS_H
#define FAKE_GUESTS_H

#include "machine.h"
#include "vcpu.h"

/* Of what a guest's addresses are for. */
#define GUEST_PC      0x4000f000ULL
#define GUEST_VECTORS 0x4000e000ULL
#define NOT_MAPPED    0x70000000ULL

#define SERVED_MAX 12U

/** A vCPU's guest. Only its own CPU touches it but for what is atomic. */
struct guest {
    uint64_t life;          /* of its VM, that it runs in */
    uint64_t last_life;     /* that the VM's first vCPU began in, as the plan has it */
    bool any;               /* that has been */
    uint32_t forgiven_word; /* SPIs that it has cleared by the access that it comes back from ... */
    uint32_t forgiven;      /* ... are of no interest */
    uint32_t private_forgiven;
    uint32_t served[SERVED_MAX]; /* interrupts that it has begun, and not ended */
    uint32_t served_count;
    uint32_t dropped;        /* so many of those have had their priority dropped */
    uint32_t private_served; /* those of them that are private */
    uint32_t priorities;     /* so many it sets before all else */
    uint32_t drained;        /* how far it is, at the end */
    uint32_t quiet;          /* looks at the end that found nothing */
    bool timer_came;
    _Atomic(uint32_t) is_on;   /* it has begun, and is not about to go off: 1 + the life */
    _Atomic(uint32_t) sgis;    /* that were sent to it while it was on, and that it has not begun */
    _Atomic(uint32_t) is_done; /* at the end: nothing is left for it; 1 + the life */
};

extern struct guest guests[VCPUS];

/** Whether the guest of @vcpu (index in the plan) is on, in its VM's present life. */
bool guest_is_on(uint32_t vcpu);

/** What is known of a VM's guests. */
struct guest_vm {
    /* they keep to no rule of the interrupt controller's: nothing is said of what comes */
    _Atomic(uint32_t) wild;
};
extern struct guest_vm guest_vms[VMS];

static inline struct guest *guest_self(void)
{
    return &guests[this_cpu.vcpu->index];
}

static inline bool guest_is_wild(void)
{
    return atomic_load_explicit(&guest_vms[plan_vm_index(this_cpu.vm)].wild,
                                memory_order_relaxed) != 0;
}

/* How a guest comes to EL2: what vectors.S does (entries.c). All may not come back, for others
 * may run. */

void enter_call(uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3);
void enter_smc(uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3);
void enter_wait(void);
void enter_access(uint64_t address, unsigned size, bool write, uint64_t value);
void enter_permission(uint64_t address, unsigned size, uint64_t value);
void enter_fetch(uint64_t address);
void enter_register(uint64_t code, bool write, uint64_t value);
void enter_interrupt(void);
void enter_other(uint64_t esr);

/* acts.c */

/** Something that guests do. */
void guest_act(void);

/** Begins the interrupt that is there for it, if any. Returns whether there was one. */
bool guest_begin(void);

/** Ends one of those that it has begun. */
void guest_end(void);

/** Writes @value to its interface's mask and control: all comes, ends are one step or, for @two,
 * two. */
void guest_open(bool two);

/** Enables what is its own, and has its SPIs come here. @step: which part of it. Returns false if
 * there is none. */
bool guest_set_up(uint32_t step);

void guest_sleep(uint64_t limit);
#endif
