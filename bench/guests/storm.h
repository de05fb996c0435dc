/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Storms: what storm-watcher.c, storm-attacker.c, storm-helper.c and storm-victim.c tell each other
 * in the memory of their channels. docs/measuring.md says what is counted.
 */
#ifndef BENCH_STORM_H
#define BENCH_STORM_H

#include <stdint.h>

/*
 * What is asked of the core that is shared, without end. Those of the attacker's first vCPU are for
 * its second one, the target: NAME(symbol, how the watcher calls it).
 */
#define STORM_KINDS(KIND)                                                                          \
    KIND(CALM, "nothing")                                                                          \
    /* An SPI that is routed to the target: one register after the other. */                       \
    KIND(ISPENDR, "ISPENDR")                                                                       \
    KIND(ICPENDR, "ISPENDR ICPENDR")                                                               \
    KIND(ICENABLER, "ISPENDR ICENABLER ISENABLER")                                                 \
    KIND(IROUTER, "ISPENDR IROUTER IROUTER")                                                       \
    KIND(ISACTIVER, "ISACTIVER ISPENDR")                                                           \
    KIND(ICACTIVER, "ICACTIVER ISPENDR")                                                           \
    KIND(ICACTIVER_AFTER, "ISPENDR ICACTIVER")                                                     \
    KIND(ISACTIVER_ICENABLER, "ISACTIVER ICENABLER ISENABLER")                                     \
    KIND(ISACTIVER_IROUTER, "ISACTIVER IROUTER IROUTER")                                           \
    KIND(ACTIVE_ROUND, "ISACTIVER ISPENDR ICACTIVER")                                              \
    KIND(SET_UP, "IPRIORITYR ICFGR GICD_CTLR")                                                     \
    KIND(ANOTHERS_DIR, "ISPENDR, DIR by a direct VM")                                              \
    /* The target's private interrupts. */                                                         \
    KIND(PRIVATE, "GICR of the target")                                                            \
    KIND(SGI_ONE, "SGI1R, one")                                                                    \
    KIND(SGI_SIXTEEN, "SGI1R, all 16")                                                             \
    KIND(SGI_ALL, "SGI1R, IRM")                                                                    \
    KIND(SGI_LIST, "SGI1R, a list")                                                                \
    /* The target's power, and the VM's. */                                                        \
    KIND(CPU_ON, "CPU_ON AFFINITY_INFO")                                                           \
    KIND(CPU_ON_ISPENDR, "CPU_ON ISPENDR")                                                         \
    KIND(SELF_RESET, "SYSTEM_RESET")                                                               \
    KIND(RESTART, "manager: restart")                                                              \
    KIND(STOP_START, "manager: stop, start")                                                       \
    /* A peer's doorbell that is routed to the target. */                                          \
    KIND(DOORBELL, "doorbell")                                                                     \
    KIND(DOORBELL_LIMITED, "doorbell, interval")                                                   \
    /* The whole life of a VM that is back at once (storm-tiny.S), a VM for each; its second vCPU  \
     * is off. */                                                                                  \
    KIND(TINY_RESET, "tiny: SYSTEM_RESET")                                                         \
    KIND(TINY_ON_RESET, "tiny: CPU_ON SYSTEM_RESET")                                               \
    KIND(TINY_OFF, "tiny: SYSTEM_OFF, manager: start")                                             \
    KIND(TINY_RESTART, "tiny, manager: restart")                                                   \
    KIND(TINY_FAULT, "tiny: fault")

enum storm_kind {
#define STORM_KIND(symbol, name) STORM_##symbol,
    STORM_KINDS(STORM_KIND)
#undef STORM_KIND
        STORM_KIND_COUNT
};

/*
 * What the target does meanwhile. ANSWERS: it sleeps in WFI, takes what comes and ends it. MASKED:
 * the same, but its PMR lets nothing pass. DISABLED: its interface is off. READY: it computes, and
 * waits for its turns only.
 */
#define STORM_STATES(STATE)                                                                        \
    STATE(ANSWERS, "answers")                                                                      \
    STATE(MASKED, "WFI, PMR")                                                                      \
    STATE(DISABLED, "WFI, off")                                                                    \
    STATE(DELAYS, "HC_DELAY")                                                                      \
    STATE(POLLS, "HC_EVENT_WAIT")                                                                  \
    STATE(READY, "ready")                                                                          \
    STATE(OFF, "off")

enum storm_state {
#define STORM_STATE(symbol, name) STORM_TARGET_##symbol,
    STORM_STATES(STORM_STATE)
#undef STORM_STATE
        STORM_STATE_COUNT
};

/** Between the watcher and the attacker. */
struct storm_page {
    volatile uint32_t kind;   /* by the watcher, before the attacker starts */
    volatile uint32_t state;  /* the same */
    volatile uint32_t go;     /* by the watcher: storm as long as it is not 0 */
    volatile uint32_t ready;  /* by the attacker when target and interrupt are set up */
    volatile uint32_t waits;  /* by the target when it is about to be in its state; 2: it is off */
    volatile uint32_t asked;  /* times that it was asked: by the attacker, or by the watcher */
    volatile uint32_t spi;    /* by the attacker: its SPI */
    volatile uint32_t answer; /* by the target: interrupts that it has taken */
};

/** Between the watcher and the helper. */
struct storm_help_page {
    /* by the watcher: the SPI that the helper deactivates without end, 0: none */
    volatile uint32_t end;
};

/** Between the watcher and the victim. */
struct storm_felt_page {
    volatile uint64_t felt; /* by the victim: rounds in which its core was taken from it */
    volatile uint64_t rounds;
};

/** Where CPUs take turns (docs/measuring.md, clock runs), it is the others' now: each sees at
 * once what was asked. */
static inline void storm_pass(void)
{
    __asm__ volatile("yield" : : : "memory");
}

#endif
