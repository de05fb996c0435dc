/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One direction of a channel (lib/ring.c) on cores that reorder memory accesses as Arm does, for ever: messages
 * arrive whole, in order, each once; indices wrap.
 *
 * The sender's stores to the ring wait in its core and become visible in any order, but a release store comes after all
 * stores before it. The receiver's core may load a word before the index that says that it is there, and may let its own
 * index become visible before its loads, but for acquire and release.
 *
 * Broken variants: NO_RELEASE, NO_ACQUIRE, EARLY_INDEX (the receiver's), NO_SPACE_CHECK, SMALL_INDEX (one that wraps at
 * the capacity: full looks like empty).
 */
#define CAPACITY 4 /* words */
#ifdef SMALL_INDEX
#define INDICES 4
#else
#define INDICES 8
#endif
#define NUMBERS 8 /* messages are numbered modulo this; no more than CAPACITY are under way */

#define DISTANCE(from, to) ((to + INDICES - from) % INDICES)

/* Words: the header has the length, the payload the number. A word that is not written yet reads as an old one. */
typedef Word {
    byte length;
    byte number;
};

Word ring[CAPACITY];    /* as everybody sees it */
Word waiting[CAPACITY]; /* stores that are not visible yet */
bool is_waiting[CAPACITY];
byte sent, received;    /* indices as everybody sees them */

inline store(at, its_length, its_number)
{
    d_step {
        waiting[at].length = its_length;
        waiting[at].number = its_number;
        is_waiting[at] = true;
    }
}

#define ALL_VISIBLE (!is_waiting[0] && !is_waiting[1] && !is_waiting[2] && !is_waiting[3])

/* The sender's core: any store may become visible next. */
active proctype core()
{
    byte i;
end:
    do
    :: atomic {
           !ALL_VISIBLE ->
           if
           :: is_waiting[0] -> i = 0
           :: is_waiting[1] -> i = 1
           :: is_waiting[2] -> i = 2
           :: is_waiting[3] -> i = 3
           fi;
           ring[i].length = waiting[i].length;
           ring[i].number = waiting[i].number;
           is_waiting[i] = false;
           i = 0
       }
    od
}

active proctype sender()
{
    byte index, number, length, used;
    do
    ::  if /* a message of one word or of two */
        :: length = 0
        :: length = 1
        fi;
        /* blocks where ring_send() says RING_WOULD_BLOCK */
        atomic {
#ifndef NO_SPACE_CHECK
            CAPACITY - DISTANCE(received, index) >= 1 + length;
#endif
            used = DISTANCE(received, index)
        }
        store(index % CAPACITY, length, number);
        if
        :: length == 1 -> store((index + 1) % CAPACITY, 7, number)
        :: else
        fi;
        index = (index + 1 + length) % INDICES;
#ifndef NO_RELEASE
        ALL_VISIBLE;
#endif
        sent = index;
        number = (number + 1) % NUMBERS;
        used = 0;
        length = 0
    od
}

active proctype receiver()
{
    byte index, expected, seen, at;
    Word header, payload;
    do
    ::
#ifdef NO_ACQUIRE
        d_step { at = index % CAPACITY; header.length = ring[at].length; header.number = ring[at].number };
        d_step { at = (index + 1) % CAPACITY; payload.length = ring[at].length; payload.number = ring[at].number };
#endif
        atomic { sent != index -> seen = sent };
#ifdef EARLY_INDEX
        received = seen;
#endif
#ifndef NO_ACQUIRE
        d_step { at = index % CAPACITY; header.length = ring[at].length; header.number = ring[at].number };
#endif
        assert(header.number == expected);
        assert(header.length <= 1 && DISTANCE(index, seen) >= 1 + header.length);
        if
        :: header.length == 1 ->
#ifndef NO_ACQUIRE
            d_step { at = (index + 1) % CAPACITY; payload.length = ring[at].length; payload.number = ring[at].number };
#endif
            assert(payload.number == expected && payload.length == 7)
        :: else
        fi;
        index = (index + 1 + header.length) % INDICES;
#ifndef EARLY_INDEX
        received = index;
#endif
        expected = (expected + 1) % NUMBERS;
        d_step { header.length = 0; header.number = 0; payload.length = 0; payload.number = 0; seen = 0; at = 0 }
    od
}
