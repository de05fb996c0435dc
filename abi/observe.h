/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be seen of a running hypervisor from outside: log rings and counters, in its shared
 * memory at the addresses that the plan names. Each has a single writer, so a reader needs no lock:
 *
 *     a ring's record n (n counts from 0) stands in records[n % LOG_RING_RECORDS]; it is complete
 * when written > n, and overwritten when written > n + LOG_RING_RECORDS. Read `written` (acquire),
 * copy the record, read `written` again.
 */
#ifndef ABI_OBSERVE_H
#define ABI_OBSERVE_H

#include <assert.h>
#include <stdint.h>

#define LOG_RING_RECORDS 64U
#define LOG_ARGUMENTS    4U

/*
 * Events: name, and how a line of the log shows it. In the text, %v is the record's VM by name, %n
 * its vCPU's number within the VM, %t the text in all arguments; the others take an argument by its
 * digit: %0x hexadecimal, %0d decimal, %0s signed decimal, %0p a CPU by its number in the board's
 * device tree, %0n a VM by its name, %0m a manager's command as what was done, %0r the name of the
 * region of the board that the address lies in, %0g a system register by its encoding (ESR_EL2.ISS
 * as trapped), %0c an exception class by name, %0w how many times.
 */
#define LOG_EVENTS(EVENT)                                                                          \
    EVENT(CPU_READY, "cpu %0p: ready")                                                             \
    EVENT(CPU_MISSING, "cpu %0p: the firmware did not start it (PSCI error %1s)")                  \
    EVENT(PLAN_DAMAGED,                                                                            \
          "the plan is damaged (checksum %0x, should be %1x): stopped before any VM ran")          \
    EVENT(PLAN_FOREIGN, "the plan is of version %0d, this hypervisor reads version %1d: stopped "  \
                        "before any VM ran")                                                       \
    EVENT(HYPERVISOR_FAULT,                                                                        \
          "cpu %0p: exception inside the hypervisor, esr %1x elr %2x far %3x: core stopped")       \
    EVENT(VM_STARTED, "vm %v: started")                                                            \
    EVENT(VM_RESTARTED, "vm %v: restarted, %0w by now")                                            \
    EVENT(VM_OFF, "vm %v: off")                                                                    \
    EVENT(VM_COMMAND, "vm %v: %0m by vm %1n")                                                      \
    EVENT(VM_COMMAND_STATE, "vm %v: not %0m by vm %1n: it is in no state for that")                \
    EVENT(                                                                                         \
        VM_COMMAND_UNKNOWN,                                                                        \
        "vm %v: vm %1n's command %0d is none (1 starts, 2 stops, 3 restarts, by a 32-bit store)")  \
    EVENT(VM_WATCHDOG, "vm %v: its watchdog was not petted")                                       \
    EVENT(VM_TOO_OFTEN, "vm %v: restarted %0w within its limit's time: stopped")                   \
    EVENT(INTERRUPT_AGAIN, "vm %v: interrupt %0d came again before its end, as if another VM had " \
                           "ended it: held until then")                                            \
    EVENT(VM_REFUSED_READ, "vm %v: read of %0x (%0r) at pc %1x: not granted")                      \
    EVENT(VM_REFUSED_WRITE, "vm %v: write to %0x (%0r) at pc %1x: not granted")                    \
    EVENT(VM_REFUSED_FETCH, "vm %v: instruction fetch from %0x (%0r) at pc %1x: not granted")      \
    EVENT(VM_REFUSED_FORM, "vm %v: access to %0x (%0r) at pc %1x: not granted in this form, of a " \
                           "pair, with writeback or exclusive: "                                   \
                           "use plain loads and stores")                                           \
    EVENT(VM_STUCK, "vm %v: exceptions bring it to pc %1x of its vector table, which causes the "  \
                    "next one: stopped")                                                           \
    EVENT(VM_REFUSED_REGISTER, "vm %v: system register %0g at pc %1x: not granted")                \
    EVENT(VM_REFUSED_OTHER, "vm %v: exception %0c (syndrome %2x) at pc %1x: not granted")          \
    EVENT(VM_SET_WAY_IGNORED,                                                                      \
          "vm %v: cache maintenance by set/way at pc %1x: ignored (memory is coherent)")           \
    EVENT(VM_SERROR, "vm %v: asynchronous abort (syndrome %0x) at pc %1x: passed on to the VM")    \
    EVENT(                                                                                         \
        HYPERVISOR_RESET,                                                                          \
        "cpu %0p: exception inside the hypervisor, esr %1x elr %2x far %3x: the machine is reset") \
    EVENT(VM_LOST,                                                                                 \
          "vm %v: lost, for cpu %0p has stopped: only a reset of the machine starts it again")     \
    EVENT(WATCHDOG_LOST, "vm %v: nobody looks at its watchdog any more, for cpu %0p has stopped")  \
    EVENT(MACHINE_OFF, "no VM is left, %0d are lost: the machine goes off")                        \
    EVENT(VM_LATE, "vm %v: asked to stop %0d ms ago: a vCPU sleeps with its interrupts closed "    \
                   "and can't be woken")                                                           \
    EVENT(VM_TEXT, "vm %v: says: %t")                                                              \
    EVENT(GIC_SMALLER, "the GIC has interrupts 0 to %0d, the plan needs more: stopped before any " \
                       "VM ran; correct "                                                          \
                       "gic.interrupts in board.yaml")                                             \
    EVENT(GIC_OTHER, "cpu %0p: the redistributor at its place is that of affinity %1x: core "      \
                     "stopped; the device "                                                        \
                     "tree must list all CPUs, and the right redistributor-stride")

enum log_event {
#define LOG_EVENT_NAME(name, text) LOG_##name,
    LOG_EVENTS(LOG_EVENT_NAME)
#undef LOG_EVENT_NAME
        LOG_EVENT_COUNT
};

/** One thing that happened. */
struct log_record {
    uint64_t time;  /* of the physical counter */
    uint16_t event; /* enum log_event */
    uint16_t vm;    /* index in the plan, 0xffff: none */
    uint16_t vcpu;  /* number within the VM */
    uint16_t cpu;   /* index in the plan, as for %p */
    uint64_t arguments[LOG_ARGUMENTS];
};

/** An exception inside the hypervisor, which stops its CPU: the last thing that this CPU has
 * told. All zero: there was none. */
struct engine_fault {
    /* written last; more than 1: as many more came while the first one, told here, was dealt
     * with */
    uint64_t count;
    uint64_t time; /* of the physical counter */
    uint64_t esr;  /* ESR_EL2, and so on: where in the hypervisor, and why (Arm DDI 0487, D24.2) */
    uint64_t elr;
    uint64_t far;
    uint64_t spsr;
    uint64_t sp;
    uint64_t lr;   /* x30: as a rule who had called what failed */
    uint64_t vcpu; /* that was loaded: its index in the plan + 1; 0: none */
    uint64_t
        /* of its last exit that was no short one (interrupts, calls that return at once, SGIs,
         * doorbells) */
        exit_esr;
    uint64_t exit_pc; /* and where its guest was then */
};

/** The records of one CPU; written only by it. */
struct log_ring {
    uint64_t written; /* records written since boot */
    struct engine_fault fault;
    uint64_t reserved[4];
    struct log_record records[LOG_RING_RECORDS];
};

/* Exits are counted by exception class (ESR_EL2.EC, 0..63) and, behind those, by interrupt. */
#define EXIT_OUTSIDE 64U /* from here on: not by the guest's own doing */
#define EXIT_IRQ     64U
#define EXIT_FIQ     65U
#define EXIT_SERROR  66U
#define EXIT_CLASSES 72U

/** Counters of one vCPU; written only by the CPU that it runs on. */
struct vcpu_stats {
    uint64_t exits[EXIT_CLASSES];
    /* time on a shared core, up to the last change of vCPUs there; of no meaning on one of its
     * own */
    uint64_t ran_ns;
    uint64_t overruns; /* how often it used up its budget and wanted more */
    uint64_t longest;  /* ticks of the physical counter: the longest exit seen, fast paths
                        * (interrupts, hypercalls that  return at once, SGIs) left out */
    uint64_t reserved;
};

static_assert(sizeof(struct log_record) == 48, "shared structure");
static_assert(sizeof(struct log_ring) == 128 + 64 * 48, "shared structure");
static_assert(sizeof(struct vcpu_stats) == 608, "shared structure");

#endif
