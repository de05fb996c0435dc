/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a VM (hypervisor/vm.c, fault.c): a CPU asks it to end, to restart or to start, its memory is revoked, its
 * vCPUs park, the last one settles, the first one's CPU brings the memory back in slices and grants it. It has two vCPUs,
 * on CPUs 0 and 1; the manager, and the look at its watchdog, are on CPU 2.
 *
 * Each access to a word that CPUs share is a step, and so is each half of a revocation: the root, then the TLBs. A kick is an
 * interrupt that stays pending until it is taken or reset; several are one. A guest runs, writes to memory, sleeps and
 * asks as it likes until it takes a kick or finds its memory revoked; nothing but a kick wakes one that sleeps. A fault
 * of the engine's own stops one CPU at any step at EL2.
 *
 * What holds: who runs has memory that is granted, and was restored whole, once for this life. What was asked is done, unless
 * the VM is lost, and nobody asks again before. Each life is settled once, when nobody runs. A lost VM stays so. The
 * machine goes off with the last VM. No state comes twice: all comes to rest, and there holds what at_rest says.
 *
 * VIRTUAL: kicks come to EL2; else the guest takes them (direct interrupts). NEIGHBOUR, with VIRTUAL: the manager has a
 * vCPU on CPU 0, too. FAULTS: which CPUs may have one, a bit each.
 *
 * Broken variants: LEFT_LATE (a start is counted after the phase), REVOKING_LATE (who revokes says so after the phase),
 * GRANT_EARLY (the next life gets its memory while somebody revokes that of the last), SLEEP_BLIND (a kick between the
 * last look and the sleep is lost), KICK_EARLY (kicks come before the memory is revoked), LOOK_EARLY (who is on, and so is
 * kicked, is looked at before that), NO_TLB (a revocation leaves the TLBs), STAY (who finds its memory revoked is not
 * parked), ON_UNCOUNTED (CPU_ON counts the vCPU when it is pending already), ENTRY_LATE (and writes its entry then),
 * PARK_TWO_STEPS (the count is looked at after it was changed), SETTLE_STORE (a store, no compare-and-exchange: a
 * restart is lost), RUNS_STORE (the same at the end of a restart: a stop is lost), RESTART_STOPPED (what is to stop may
 * be restarted), ASK_AGAIN (or stopped again), SETTLE_LOST (a lost VM goes off), LOST_GRANTED (one that is lost while it
 * gets its memory keeps that), LOST_COUNTED (one that was off is counted out again).
 *
 * Faults that the engine does not stand, found here (docs/proofs.md): they come only with FAULT_AT_START (between a start's
 * count and its phase), FAULT_AT_OFF (between a VM's last phase and its count), FAULT_AT_POWER (between the last count and the
 * firmware's call).
 */
#ifndef REQUESTS
#define REQUESTS 2 /* of the manager or the watchdog */
#endif
#ifndef OWN
#define OWN 1 /* of the VM itself */
#endif
#ifndef TURNS_ON
#define TURNS_ON 1 /* CPU_ON */
#endif
#ifndef WORDS
#define WORDS 1 /* of interrupts to reset */
#endif
#ifndef MANAGER_ENDS
#define MANAGER_ENDS 0
#endif
#ifndef FAULTS
#define FAULTS 0
#endif
#define SLICES 2
#define ALL    3 /* their bits */

#include "life_shared.pml"

/* The manager's vCPU on CPU 0 may ask. */
#ifdef NEIGHBOUR
#define NEIGHBOUR_MAY (me == 0 && manager == RUNNING && requests > 0)
#else
#define NEIGHBOUR_MAY false
#endif

inline neighbour()
{
    AT_EL2(true);
    requests--;
    if
    :: wanted = STOPPING
    :: wanted = RESTARTING
    :: wanted = RESTORING
    fi;
    goto ask
}

proctype core(byte me)
{
    byte before, wanted, p, w, on, gone;
    bool ready = me == 0, owes = me == 0; /* sched_entity.ready, vcpu.owes */
    bool boots = me == 0;
    bool fresh;   /* was reset: its load resets the interface, too */
    bool waits;   /* in gic_direct_wait, which has reset the interface */
    bool revoked; /* the look that follows parks it */

    {
        atomic {
            AT_EL2(true);
            kick[me] = false;
            if
            :: me == 0 -> goto work
            :: else -> goto attend
            fi
        };

guest: /* vcpu_load, vcpu_enter */
        atomic {
            assert(ON(me));
#ifndef VIRTUAL
            kick[me] = kick[me] && !fresh;
#endif
            fresh = false;
            AT_EL2(false)
        };
guest_runs:
end_guest_runs:
        if
        :: atomic { !HAS_MEMORY(me) -> /* stage2_fault_exit; were the phase RUNNING, it would be a fault of the guest's */
                assert(phase != RUNNING);
#ifdef STAY
                goto guest_runs;
#endif
                AT_EL2(true);
                revoked = true;
                goto attend
            }
        :: atomic { HAS_MEMORY(me) && (used != ALL || (granted && !tlb[me])) ->
                assert(!TAKEN && phase != OFF && phase != RESTORING && phase != STOPPED);
                tlb[me] = true;
                used = ALL;
                goto guest_runs
            }
        :: atomic { HAS_MEMORY(me) && turns_on > 0 && power[1 - me] == VCPU_OFF -> /* CPU_ON */
                turns_on--;
                AT_EL2(true);
                goto turn_on
            }
        :: atomic { HAS_MEMORY(me) -> AT_EL2(true); goto park } /* CPU_OFF */
        :: atomic { HAS_MEMORY(me) && own > 0 -> /* vm_finish */
                own--;
                AT_EL2(true);
                revoked = true;
                if
                :: wanted = STOPPING
                :: wanted = RESTARTING
                fi;
                goto ask
            }
        :: atomic { NEIGHBOUR_MAY -> neighbour() }
#ifdef VIRTUAL
        :: atomic { HAS_MEMORY(me) -> AT_EL2(true); ready = false; goto sleep }
        :: atomic { kick[me] -> AT_EL2(true); kick[me] = false; goto attend }
#else
        :: atomic { HAS_MEMORY(me) && kick[me] -> kick[me] = false; goto guest_runs } /* as an interrupt of its own */
        :: HAS_MEMORY(me) && !kick[me] -> goto guest_sleeps
#endif
        fi;

guest_sleeps:
end_guest_sleeps:
        kick[me] -> goto guest_runs;

turn_on: /* vcpu_power_on */
        atomic {
            if
            :: power[1 - me] == VCPU_OFF -> power[1 - me] = VCPU_CLAIMED
            :: else -> goto guest
            fi
        };
#ifndef ON_UNCOUNTED
        running++;
#endif
#ifndef ENTRY_LATE
        entry[1 - me] = true;
#endif
        power[1 - me] = VCPU_PENDING;
#ifdef ENTRY_LATE
        entry[1 - me] = true;
#endif
#ifdef ON_UNCOUNTED
        running++;
#endif
        kick[1 - me] = true;
        goto guest;

ask:
        atomic {
            before = phase;
            if
            :: MAY_COME(wanted)
            :: else -> before = 0; wanted = 0; goto attend
            fi
        };
        request();
        goto attend;

work: /* vm_restore_step */
        atomic {
            if
            :: NEIGHBOUR_MAY -> neighbour()
            :: power[me] == VCPU_PENDING && phase == RUNNING -> goto start
            :: power[me] == VCPU_PENDING && (phase == RESTORING || phase == STOPPED) -> p = phase
            :: power[me] == VCPU_PENDING && (phase == STOPPING || phase == RESTARTING || phase == LOST) -> goto park
            :: power[me] != VCPU_PENDING -> owes = false; goto guest
            fi;
            assert(me == 0);
            if
            :: reset_word < WORDS -> /* some of interrupts_vm_reset */
                reset_word++;
                if
                :: reset_word < WORDS -> p = 0; goto poll
                :: else
                fi
            :: else
            fi;
            if
            :: p == STOPPED -> p = 0; goto park
            :: p == RESTORING && restore_step < SLICES ->
                assert(!ON(0) && !ON(1));
                used = used & ~(1 << restore_step);
                restore_step++;
                restored++;
                assert(restored <= SLICES);
                p = 0;
                goto poll
            :: else
            fi
        };
#ifndef GRANT_EARLY
        atomic {
            if
            :: revoking == 0
            :: phase != p || kick[me] -> p = 0; goto poll /* it looks again and again: here, when something has changed */
            fi
        };
#endif
        granted = true;
#ifdef RUNS_STORE
        p = phase;
#endif
        atomic {
            if
            :: phase == p ->
                assert(phase != LOST && to_run && !to_stop);
                assert(used == 0 && restored == SLICES && reset_word == WORDS);
                phase = RUNNING;
                to_run = false;
                p = 0;
                goto poll
            :: else -> p = 0
            fi
        };
#ifndef LOST_GRANTED
        revoke();
#endif
        goto attend;

start:
        atomic {
            assert(entry[me]);
            entry[me] = false;
            fresh = true;
            power[me] = VCPU_ON
        };

poll: /* interrupts_poll */
        atomic {
#ifdef VIRTUAL
            if
            :: kick[me] || boots
            :: else -> goto work
            fi;
#endif
            boots = false;
            kick[me] = false
        };

attend: /* vcpu_attend */
        w = power[me];
        atomic {
            if
            :: (phase == STOPPING || phase == RESTARTING || phase == LOST) && w == VCPU_ON ->
                w = 0;
                revoked = false;
                goto park
            :: else
            fi;
            assert(!revoked);
            ready = ready || w == VCPU_PENDING;
            owes = owes || w == VCPU_PENDING;
            w = 0;
            if
            :: ready && owes -> waits = false; goto work
            :: ready && !owes -> goto guest
            :: !ready && waits -> goto sleep
            :: else
            fi
        };

wait: /* interrupts_wait */
#ifndef VIRTUAL
        atomic {
            waits = true;
#ifndef SLEEP_BLIND
            kick[me] = false;
#endif
            goto attend
        };
#endif
sleep:
#ifdef SLEEP_BLIND
        kick[me] = false;
#endif
end_sleep:
        if
        :: atomic { kick[me] -> kick[me] = false; goto attend }
        :: atomic { NEIGHBOUR_MAY -> neighbour() }
        fi;

park: /* vcpu_park */
        atomic { ready = false; waits = false; power[me] = VCPU_OFF };
#ifdef PARK_TWO_STEPS
        running--;
#endif
        atomic {
#ifndef PARK_TWO_STEPS
            assert(running > 0);
            running--;
#endif
            assert(running >= STARTED(0) + STARTED(1));
            if
            :: running == 0
            :: else -> goto wait
            fi
        };

        /* vm_teardown */
        atomic {
            p = phase;
            assert(!settling && power[0] == VCPU_OFF && power[1] == VCPU_OFF);
            assert(p != OFF && p != RESTORING);
            settling = true;
            reset_word = (p != STOPPED -> 0 : reset_word);
            reset_word = (reset_word < WORDS -> reset_word + 1 : reset_word)
        };
settle:
        atomic {
            if
#ifndef SETTLE_LOST
            :: p == LOST -> settling = false; p = 0; goto wait
#endif
#ifdef SETTLE_STORE
            :: p != LOST
#else
            :: phase != p -> p = phase; goto settle
            :: else
#endif
            fi;
            assert(phase != LOST);
            settling = false;
            if
            :: p == RESTARTING ->
                assert(to_run && !to_stop);
                restored = 0;
                p = 0;
                phase = RESTORING
            :: p != RESTARTING && reset_word < WORDS ->
                assert(!to_run || to_stop);
                p = 0;
                phase = STOPPED
            :: p != RESTARTING && reset_word == WORDS ->
                assert(!to_run || to_stop);
                to_run = false;
                to_stop = false;
                p = 0;
                phase = OFF;
                SPARED(OFF_SPARED);
                goto over
            fi
        };
        release();
        goto wait;
over:
        COUNT_OUT(1, wait)
    }
#if FAULTS
    unless { /* engine_fault: the VM is lost, whatever it was at */
        atomic {
            fault == me + 1 ->
#ifdef LOST_COUNTED
            gone = 1;
#else
            gone = phase != OFF;
#endif
            phase = LOST;
            settling = false;
            to_stop = false;
            to_run = false
        };
#ifdef NEIGHBOUR
        atomic { gone = gone + (me == 0 && manager == RUNNING); manager = (me == 0 -> LOST : manager) };
#endif
        revoke();
        taken = true;
        atomic { kick[0] = true; kick[1] = true };
        COUNT_OUT(gone, stopped);
stopped:
        skip
    }
#endif
}

/* The manager, and the looks at the watchdog. Requests that would be refused at once change nothing. */
proctype others(byte me)
{
    byte before, wanted, on, gone;

    {
        AT_EL2(true);
again:
        atomic {
            if
            :: requests > 0 && MAY_COME(STOPPING) -> wanted = STOPPING
            :: requests > 0 && MAY_COME(RESTARTING) -> wanted = RESTARTING
            :: requests > 0 && MAY_COME(RESTORING) && manager == RUNNING -> wanted = RESTORING
            :: MANAGER_ENDS && manager == RUNNING -> manager = OFF; SPARED(OFF_SPARED); goto over
            :: goto done
            fi;
            requests--;
            before = phase
        };
        request();
        goto again;
over:
        COUNT_OUT(1, again);
done:
        skip
    }
#if FAULTS
    unless { /* engine_fault: the VM is lost if its end or start was asked here, and not all is done for it */
        atomic {
            fault == me + 1 ->
            if
            :: (revoking & BIT) != 0 ->
                gone = phase != OFF;
                phase = LOST;
                to_stop = false;
                to_run = false
            :: else
            fi
        };
        atomic { gone = gone + (manager == RUNNING); manager = LOST };
        if
        :: (revoking & BIT) != 0 ->
            revoke();
            taken = true;
            atomic { kick[0] = true; kick[1] = true }
        :: else
        fi;
        COUNT_OUT(gone, stopped);
stopped:
        skip
    }
#endif
}

#if FAULTS
active proctype engine()
{
end:
    if
    :: atomic { (FAULTS & 1) && at_el2[0] && !spared[0] -> fault = 1 }
    :: atomic { (FAULTS & 2) && at_el2[1] && !spared[1] -> fault = 2 }
    :: atomic { (FAULTS & 4) && at_el2[2] && !spared[2] -> fault = 3 }
    fi
}
#endif

/* When nothing goes on by itself. */
active proctype at_rest()
{
end:
    atomic {
        timeout ->
        assert(!to_stop && !to_run);
        assert(!(ALIVE(0) && kick[0]) && !(ALIVE(1) && kick[1]));
        assert(!(ALIVE(0) && (revoking & 1)) && !(ALIVE(1) && (revoking & 2)) && !(ALIVE(2) && (revoking & 4)));
        assert(phase == RUNNING || ENDED(phase));
        if
        :: phase == RUNNING ->
            assert(granted && running != 0 && running == ON(0) + ON(1));
            assert((ON(0) || power[0] == VCPU_OFF) && (ON(1) || power[1] == VCPU_OFF))
        :: phase == OFF -> assert(running == 0 && power[0] == VCPU_OFF && power[1] == VCPU_OFF)
        :: phase == LOST -> assert(!granted && !(ALIVE(0) && STARTED(0)) && !(ALIVE(1) && STARTED(1)))
        fi;
        assert(vms_left == (phase == RUNNING) + (manager == RUNNING));
        assert(off == (vms_left == 0))
    }
}

init
{
    atomic {
        power[0] = VCPU_PENDING;
        entry[0] = true;
        run core(0);
        run core(1);
        run others(2)
    }
}
