/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a vCPU can ask of another CPU (hypervisor/arch/arm/gicv3_requests.c): an SGI for, or SPIs back from, a vCPU of its VM
 * that shares that CPU with a victim. Whoever asks can make the CPU listen at most once per answer, the answer comes
 * in the asker's VM's own time, and no request is forgotten.
 *
 * The asker sets a bit in the target's word, and kicks where the word was 0. A kick is an interrupt that EL2 takes on the
 * shared CPU, at any time later; several that are pending are one, and one may come after its answer. The target takes the word when its turn has come, and only
 * then; who waits is made ready, who waits for an event answers and waits on.
 *
 * Broken variants: KICK_ALWAYS (also where something is asked already), TAKE_WAITING (the word of a target that waits is
 * taken in whoever's time it is), TAKE_OFF (the same of one that is off), NO_WAKE (a target that waits stays so), WAIT_BLIND
 * (a target that is about to wait misses a kick that EL2 took before), EVENT_DEAF (one that waits for an event does not answer).
 */
#ifndef REQUESTS
#define REQUESTS 40
#endif

#define OFF     0
#define WAITS   1 /* for an interrupt */
#define EVENT   2 /* for a word in its memory */
#define READY   3
#define RUNS    4

bool word;
bool kick;       /* pending at the shared CPU */
byte target = READY;
short listens;   /* how often the CPU has listened, less how often it was answered: a kick may be late, so -1 is possible */
byte asked;
bool over;       /* the asker is done */
bool unanswered; /* something was asked since the target has taken its word */

active proctype asker()
{
    bool before;

    do
    :: asked < REQUESTS ->
        atomic {
            asked++;
            before = word;
            word = true;
            unanswered = true
        };
        if
#ifdef KICK_ALWAYS
        :: true -> kick = true
#else
        :: !before -> kick = true
        :: before
#endif
        fi;
        before = false
    :: asked == REQUESTS -> break
    od;
    over = true
}

inline take()
{
    assert(target == RUNS); /* in its own time */
    listens = (word -> listens - 1 : listens);
    word = false;
    unanswered = false
}

/* EL2 takes the kick, whoever runs: vm_attend. */
inline attend()
{
    kick = false;
    listens++;
    assert(listens <= 1);
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
    :: target == EVENT -> target = READY
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
    :: target == OFF -> target = READY /* a sibling turns it on */
    :: target == EVENT -> target = READY /* the time to look at its word has come */
    od
}

/* When nothing goes on by itself: an event may never come, a vCPU may stay off. */
active proctype nobody_is_forgotten()
{
end:
    do
    :: atomic { over && !kick && target == WAITS -> assert(!unanswered) }
    :: atomic { over && !kick && target == EVENT -> assert(!unanswered) }
    od
}
