/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Of life.pml: the words that CPUs share, and what any of them does with these. `me` is the CPU; `before`, `wanted`
 * and `on` are its own in a request.
 */

/* enum vm_status_state */
#define OFF      0
#define RUNNING     1
#define STOPPING     2
#define RESTARTING 3
#define RESTORING 4
#define STOPPED  5
#define LOST     6

/* enum vcpu_power */
#define VCPU_OFF     0
#define VCPU_CLAIMED 1
#define VCPU_PENDING 2
#define VCPU_ON      3

/* phases_before */
#define BEFORE_STOPPING     (1 << RUNNING | 1 << RESTARTING | 1 << RESTORING)
#define BEFORE_RESTARTING (1 << RUNNING)
#define BEFORE_RESTORING (1 << OFF)

#ifdef RESTART_STOPPED
#define BEFORE_RESTARTING_TOO (1 << STOPPING)
#else
#define BEFORE_RESTARTING_TOO 0
#endif
#ifdef ASK_AGAIN
#define BEFORE_STOPPING_TOO (1 << STOPPING)
#else
#define BEFORE_STOPPING_TOO 0
#endif

byte phase = RUNNING;
byte power[2];
byte running = 1;
byte revoking;
byte vms_left = 2; /* the VM and the manager */
byte reset_word;
byte restore_step = SLICES;
byte manager = RUNNING; /* its phase */
bool granted = true; /* the root of stage 2 */
bool tlb[2];         /* has what was there */
bool kick[2];
bool off; /* the machine */

/* What may still come. */
byte requests = REQUESTS;
byte own = OWN;
byte turns_on = TURNS_ON;

/* What a spectator knows. */
byte used;            /* slices that a guest has written to, a bit each */
byte restored;        /* slices brought back for the life that begins */
bool entry[2];        /* is written, and was not taken */
bool to_stop, to_run; /* was asked, and is not done */
bool settling;

#if FAULTS
byte fault; /* at CPU + 1 */
bool at_el2[3];
bool spared[3]; /* no fault now */
bool taken;     /* the lost VM's memory is revoked */
#define ALIVE(cpu) (fault != cpu + 1)
#define AT_EL2(is) at_el2[me] = is
#define SPARED(is) spared[me] = is
#define TAKEN      taken
#else
#define ALIVE(cpu) true
#define AT_EL2(is) skip
#define SPARED(is) skip
#define TAKEN      false
#endif

#ifdef FAULT_AT_START
#define START_SPARED false
#else
#define START_SPARED (wanted == RESTORING)
#endif
#ifdef FAULT_AT_OFF
#define OFF_SPARED false
#else
#define OFF_SPARED true
#endif
#ifdef FAULT_AT_POWER
#define POWER_SPARED false
#else
#define POWER_SPARED true
#endif

#define ON(cpu)          (power[cpu] == VCPU_ON)
#define STARTED(cpu)     (power[cpu] >= VCPU_PENDING)
#define HAS_MEMORY(cpu)  (granted || tlb[cpu])
#define ENDED(its_phase) (its_phase == OFF || its_phase == LOST)
#define BIT              (1 << me)
#define MAY_COME(wanted) \
    (((wanted == STOPPING -> BEFORE_STOPPING | BEFORE_STOPPING_TOO : \
      (wanted == RESTARTING -> BEFORE_RESTARTING | BEFORE_RESTARTING_TOO : BEFORE_RESTORING)) >> phase) & 1)

/* guest_memory_revoke */
inline revoke()
{
    granted = false;
#ifndef NO_TLB
    atomic { tlb[0] = false; tlb[1] = false }
#endif
}

/* vm_count_out: no inline takes a label. */
#define COUNT_OUT(count, then) \
    atomic { \
        assert(vms_left >= count); \
        vms_left = vms_left - count; \
        if \
        :: vms_left == 0 && count != 0 -> SPARED(POWER_SPARED) \
        :: else -> SPARED(false); goto then \
        fi \
    }; \
    atomic { \
        assert(ENDED(phase) && ENDED(manager)); /* perhaps by two CPUs: the firmware is asked twice then */ \
        off = true; \
        SPARED(false); \
        goto then \
    }

/* vm_release */
inline release()
{
    atomic {
        assert(running == 0 && power[0] == VCPU_OFF);
        restore_step = 0; /* nobody looks at these before the first vCPU is pending */
        entry[0] = true;
        running = 1
    };
    power[0] = VCPU_PENDING;
    kick[0] = true
}

inline come_to_revoke()
{
    revoking = revoking | BIT
}

inline count_start()
{
    atomic { vms_left = vms_left + (wanted == RESTORING); SPARED(START_SPARED) }
}

/* The phase becomes what is wanted. */
inline be_asked()
{
    assert(phase != LOST);
    if
    :: wanted == STOPPING -> assert(!to_stop); to_stop = true
    :: wanted == RESTARTING -> assert(!to_run); to_run = true
    :: wanted == RESTORING -> assert(!to_run && !to_stop); to_run = true; restored = 0
    fi;
    phase = wanted;
    SPARED(false)
}

inline tell(cpu)
{
    if
    :: ON(cpu) -> kick[cpu] = true
    :: !ON(cpu)
    fi
}

/* vm_request, after its first look at the phase, which is `before`. */
inline request()
{
#ifndef REVOKING_LATE
    come_to_revoke();
#endif
#ifndef LEFT_LATE
    count_start();
#endif
    atomic {
        if
        :: phase == before -> be_asked()
        :: else -> revoking = revoking & ~BIT; goto refused
        fi
    };
#ifdef REVOKING_LATE
    come_to_revoke();
#endif
#ifdef LEFT_LATE
    vms_left = vms_left + (wanted == RESTORING);
#endif
    if
    :: wanted == RESTORING -> release()
    :: else ->
#ifdef LOOK_EARLY
        on = ON(0) | ON(1) << 1;
#endif
#ifdef KICK_EARLY
        tell(0);
        tell(1);
#endif
        revoke()
    fi;
#ifdef KICKS_UNCOVERED /* its bit is cleared before the kicks */
    revoking = revoking & ~BIT;
#endif
#ifdef LOOK_EARLY
    atomic { kick[0] = kick[0] || (on & 1); kick[1] = kick[1] || (on >> 1); on = 0 };
#endif
#if !defined(LOOK_EARLY) && !defined(KICK_EARLY)
    tell(0);
    tell(1);
#endif
#ifndef KICKS_UNCOVERED
    revoking = revoking & ~BIT;
#endif
    goto asked;
refused:
#ifdef REFUSED_UNCOUNTED /* who takes its count back does not look whether it was the last */
    vms_left = vms_left - (wanted == RESTORING);
#else
    COUNT_OUT((wanted == RESTORING), asked);
#endif
asked:
    atomic { SPARED(false); before = 0; wanted = 0 }
}
