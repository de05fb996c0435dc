/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Doorbells (lib/ring.c): a sender that finds the ring full sleeps, so does a receiver that finds it empty, and
 * nobody sleeps for ever. Lost wake-ups are invalid end states.
 *
 * A store waits in its core until it becomes visible, at any time, stores to different words in any order; a full
 * barrier waits for all of the core's stores. A doorbell is kept until it is taken, whether its receiver runs or not.
 * Each side may restart at any point: it forgets all but what is in shared memory, its pending doorbell is cleared, and it
 * rings when it opens the channel again.
 *
 * Broken variants: NO_BARRIER_SENDER (after its position, before it looks who waits), NO_BARRIER_RECEIVER (the same there),
 * NO_BARRIER_SLEEPER (after `waits`, before the last look), NO_LAST_LOOK, SAME_WAITS (`waits` not different each time),
 * BELL_NOT_KEPT (lost by a receiver that does not sleep), NO_BELL_AT_OPEN.
 */
#ifndef MESSAGES
#define MESSAGES 3
#endif
#define CAPACITY 1
#ifndef RESTARTS
#define RESTARTS 1
#endif

#define SENDER   0
#define RECEIVER 1

/* Shared words: each is written by one side. Their value as everybody sees it, and as their writer has stored it. */
byte position[2], stored_position[2];
byte waits[2], stored_waits[2]; /* bit 0: asleep */
bool bell[2];
bool sleeping[2];
byte restarts;

/* In a party: all that it has stored is visible. */
#define FULL_BARRIER (position[side] == stored_position[side] && waits[side] == stored_waits[side])

active proctype cores()
{
end:
    do
    :: position[0] != stored_position[0] -> position[0] = stored_position[0]
    :: position[1] != stored_position[1] -> position[1] = stored_position[1]
    :: waits[0] != stored_waits[0] -> waits[0] = stored_waits[0]
    :: waits[1] != stored_waits[1] -> waits[1] = stored_waits[1]
    od
}

#ifdef BELL_NOT_KEPT
#define RING(side) if :: sleeping[side] -> bell[side] = true :: else fi
#else
#define RING(side) bell[side] = true
#endif

/* A side may restart before each step. The stores that it made reach memory all the same. */
#define STEP(action) \
    if \
    :: action \
    :: restarts < RESTARTS -> restarts++; goto restart \
    fi

#define BLOCKED \
    ((side == SENDER && stored_position[SENDER] - position[RECEIVER] >= CAPACITY) || \
     (side == RECEIVER && position[SENDER] == stored_position[RECEIVER]))

#ifdef SAME_WAITS
#define NEXT_WAITS 1
#else
#define NEXT_WAITS (((stored_waits[side] & 254) + 2) | 1)
#endif

#ifdef NO_BARRIER_SENDER
#define BARRIER_AFTER_POSITION (side == SENDER || FULL_BARRIER)
#else
#ifdef NO_BARRIER_RECEIVER
#define BARRIER_AFTER_POSITION (side == RECEIVER || FULL_BARRIER)
#else
#define BARRIER_AFTER_POSITION FULL_BARRIER
#endif
#endif

#ifdef NO_BARRIER_SLEEPER
#define BARRIER_AFTER_WAITS true
#else
#define BARRIER_AFTER_WAITS FULL_BARRIER
#endif

#ifdef NO_LAST_LOOK
#define LAST_LOOK true
#else
#define LAST_LOOK BLOCKED
#endif

proctype party(byte side)
{
    byte other = 1 - side;
    byte rung, seen;

    goto work;
restart:
    atomic {
        bell[side] = false;
        sleeping[side] = false;
        rung = 0;
        seen = 0
    };
    /* ring_open(): the position goes on; nobody sleeps here */
    stored_waits[side] = stored_waits[side] & 254;
#ifndef NO_BELL_AT_OPEN
    atomic { FULL_BARRIER -> RING(other) };
#endif
work:
    do
    :: stored_position[side] == MESSAGES -> break
    :: stored_position[side] < MESSAGES && !BLOCKED ->
        STEP(stored_position[side] = stored_position[side] + 1);
        STEP(atomic { BARRIER_AFTER_POSITION -> seen = waits[other] });
        if
        :: (seen & 1) != 0 && seen != rung ->
            rung = seen;
            STEP(RING(other))
        :: else
        fi;
        seen = 0
    :: stored_position[side] < MESSAGES && BLOCKED ->
        STEP(stored_waits[side] = NEXT_WAITS);
        if
        :: atomic { BARRIER_AFTER_WAITS && LAST_LOOK -> skip };
            STEP(sleeping[side] = true);
            STEP(atomic { bell[side] -> sleeping[side] = false; bell[side] = false })
        :: atomic { BARRIER_AFTER_WAITS && !LAST_LOOK -> stored_waits[side] = stored_waits[side] & 254 }
        :: restarts < RESTARTS -> restarts++; goto restart
        fi
    od
}

init
{
    atomic {
        run party(SENDER);
        run party(RECEIVER)
    }
}
