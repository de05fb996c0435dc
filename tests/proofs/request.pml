/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a vCPU can ask of another CPU (gic_recall and announce in hypervisor/arch/arm): an SGI for a vCPU of its VM, or SPIs
 * back from it, which shares that CPU with a victim. Of each kind the CPU is made to listen at most once per answer,
 * the answer comes in the asker's VM's own time, and no request is forgotten.
 *
 * The asker sets a bit in the target's word, and kicks: for an SGI where the word was 0, for a recall where that was not
 * asked yet. A kick is an interrupt that EL2 takes on the shared CPU, at any time later; several that are pending are
 * one. The target takes the word when its turn has come, and only then. Who waits for an interrupt is made ready; who
 * waits for an event answers a recall, and waits on: interrupts don't end that wait.
 *
 * Broken variants: KICK_ALWAYS (also where the same is asked already), TAKE_WAITING (the word of a target that waits is
 * taken in whoever's time it is), TAKE_OFF (the same of one that is off), NO_WAKE (a target that waits stays so),
 * WAIT_BLIND (a target that is about to wait misses a kick), EVENT_DEAF (one that waits for an event answers nothing),
 * RECALL_QUIET (a recall is kicked only where the word was 0).
 */
#ifndef REQUESTS
#define REQUESTS 40
#endif

#define OFF   0
#define WAITS 1 /* for an interrupt */
#define EVENT 2 /* for a word in its memory */
#define READY 3
#define RUNS  4

bool sgi, recall;               /* the target's word */
bool sgi_asked, recall_asked;   /* a kick was sent for it, and it is not answered */
bool kick;                      /* pending at the shared CPU */
byte target = READY;
byte asked;
bool over; /* the asker is done */

/* After one of the two bits was set: @newly says whether a kick is due for it. */
inline send(newly, its_asked)
{
    if
    :: newly ->
        assert(!its_asked); /* once per answer */
        its_asked = true;
        due = true
    :: else
    fi
}

active proctype asker()
{
    bool due;

    do
    :: asked < REQUESTS ->
        asked++;
        if
#ifdef KICK_ALWAYS
        :: true -> atomic { sgi = true; send(true, sgi_asked) }
        :: true -> atomic { recall = true; send(true, recall_asked) }
#else
        :: true -> atomic { send(!sgi && !recall, sgi_asked); sgi = true }
#ifdef RECALL_QUIET
        :: true -> atomic { send(!sgi && !recall, recall_asked); recall = true }
#else
        :: true -> atomic { send(!recall, recall_asked); recall = true }
#endif
#endif
        fi;
        if
        :: due -> kick = true /* later: another CPU may come between */
        :: else
        fi;
        due = false
    :: asked == REQUESTS -> break
    od;
    over = true
}

inline take()
{
    assert(target == RUNS); /* in its own time */
    sgi = false;
    recall = false;
    sgi_asked = false;
    recall_asked = false
}

/* EL2 takes the kick, whoever runs: vm_attend. */
inline attend()
{
    kick = false;
    if
    :: target == RUNS -> take()
#ifdef NO_WAKE
    :: target == WAITS
#else
#ifdef TAKE_WAITING
    :: target == WAITS -> take(); target = READY
#else
    :: target == WAITS -> target = READY
#endif
#endif
#ifdef EVENT_DEAF
    :: target == EVENT
#else
    :: target == EVENT && recall -> target = READY
    :: target == EVENT && !recall
#endif
#ifdef TAKE_OFF
    :: target == OFF -> take()
#else
    :: target == OFF
#endif
    :: target == READY
    fi
}

active proctype shared_cpu()
{
end:
    do
    :: atomic { kick -> attend() }
    :: atomic {
        target == READY -> /* its turn; a vCPU that was off is reset in it, and its word is cleared */
            target = RUNS;
            take()
        }
    :: atomic {
        target == RUNS -> /* it gives its turn up, or loses it */
            if
            :: target = READY
            :: target = WAITS
            :: target = EVENT
            :: target = OFF
            fi;
#ifdef WAIT_BLIND
            kick = false
#endif
        }
    :: target == OFF -> target = READY   /* a sibling turns it on */
    :: target == EVENT -> target = READY /* the time to look at its word has come */
    od
}

/* When nothing goes on by itself: an event may never come, a vCPU may stay off. */
active proctype nobody_is_forgotten()
{
end:
    do
    :: atomic { over && !kick && target == WAITS -> assert(!sgi && !recall) }
    :: atomic { over && !kick && target == EVENT -> assert(!recall) }
    od
}
