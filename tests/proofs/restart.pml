/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One direction of a channel (lib/ring.c) whose sides restart and begin anew at any point: no message is
 * delivered twice, out of order, or in pieces; without a reset, none is lost that was sent and not taken.
 *
 * Each access to shared memory is a step. At a restart a side forgets its variables; shared memory stays. A reset of the
 * sender begins an epoch, one of the receiver leaves the epoch. Messages have two words, so that one can be torn.
 *
 * Broken variants: NO_LOOK_AT_EPOCH (the receiver does not look at the epoch again after it has copied), LATE_EPOCH (the
 * sender writes its first message before the epoch is seen: no barrier), SAME_EPOCH (a reset keeps the epoch's number),
 * FORGET_SENT (a sender that restarts begins at the first index), FORGET_RECEIVED (so does a receiver), TWO_WORDS (epoch
 * and index are not written in one piece), LEFT_IGNORED (the sender does not see that the receiver has left: it gets
 * stuck), REJOIN (a receiver that has left joins the same epoch again).
 */
#define CAPACITY 2 /* messages */
#define INDICES  4 /* indices are messages here and wrap at this */
#define FIRST    3 /* soon before the wrap */
#define LEFT     8
#ifndef MESSAGES
#define MESSAGES 5
#endif
#ifndef RESTARTS
#define RESTARTS 2 /* of either side */
#endif
#ifndef RESETS
#define RESETS 1 /* of either side */
#endif

#define DISTANCE(from, to) ((to + INDICES - from) % INDICES)

typedef Position {
    byte epoch;
    byte index;
};
typedef Message {
    byte words[2];
};

Position sent, received;
Message ring[CAPACITY];

/* What a spectator knows. */
byte published; /* messages that were sent: the next one's number is this */
byte taken;     /* the number after the last that the receiver took */
byte sender_restarts, receiver_restarts, sender_resets, receiver_resets;
bool sender_ended;

#define SENDER_MAY_RESTART \
    if :: sender_restarts < RESTARTS -> sender_restarts++; goto restart :: skip fi
#define RECEIVER_MAY_RESTART \
    if :: receiver_restarts < RESTARTS -> receiver_restarts++; goto restart :: skip fi

#ifdef SAME_EPOCH
#define NEXT_EPOCH epoch
#else
#define NEXT_EPOCH (epoch + 1)
#endif

#ifdef REJOIN
#define JOINABLE(its_epoch) (its_epoch != 0 && its_epoch != epoch)
#else
#define JOINABLE(its_epoch) (its_epoch != 0 && its_epoch != epoch && (its_epoch | LEFT) != epoch)
#endif

#ifdef NO_LOOK_AT_EPOCH
#define EPOCH_GOES_ON true
#else
#define EPOCH_GOES_ON (sent.epoch == epoch)
#endif

#define RECEIVED_INDEX(its_epoch) (received.epoch == its_epoch -> received.index : FIRST)

#ifdef LEFT_IGNORED
#define HAS_LEFT false
#else
#define HAS_LEFT (received.epoch == (epoch | LEFT))
#endif

inline begin_epoch()
{
#ifdef LATE_EPOCH
    /* the first message, ahead of the epoch */
    ring[FIRST % CAPACITY].words[0] = published;
#endif
    epoch = NEXT_EPOCH;
    index = FIRST;
#ifdef TWO_WORDS
    sent.epoch = epoch;
    sent.index = index
#else
    atomic { sent.epoch = epoch; sent.index = index }
#endif
}

active proctype sender()
{
    byte epoch, index, number;

    begin_epoch();
    goto work;
restart:
    atomic {
        epoch = sent.epoch;
        index = sent.index;
        number = 0
    };
#ifdef FORGET_SENT
    index = FIRST;
    atomic { sent.epoch = epoch; sent.index = index };
#endif
work:
    do
    :: published == MESSAGES -> break
    :: published < MESSAGES && sender_resets < RESETS ->
        sender_resets++;
        begin_epoch()
    :: published < MESSAGES ->
        /* sleeps while the ring is full; the doorbell is doorbell.pml's */
        if
        :: HAS_LEFT -> begin_epoch()
        :: DISTANCE(RECEIVED_INDEX(epoch), index) < CAPACITY
        fi;
        SENDER_MAY_RESTART;
        number = published;
        ring[index % CAPACITY].words[0] = number;
        SENDER_MAY_RESTART;
        ring[index % CAPACITY].words[1] = number;
        SENDER_MAY_RESTART;
        index = (index + 1) % INDICES;
        atomic { sent.epoch = epoch; sent.index = index; published++ };
        SENDER_MAY_RESTART;
        number = 0
    od;
    sender_ended = true
}

active proctype receiver()
{
    byte epoch, index, first, second;
    Position seen;

    goto work;
restart:
    atomic {
        epoch = received.epoch;
        index = received.index;
        first = 0;
        second = 0;
        seen.epoch = 0;
        seen.index = 0
    };
#ifdef FORGET_RECEIVED
    index = FIRST;
#endif
work:
    do
    :: receiver_resets < RESETS && sent.epoch != 0 && !sender_ended ->
        receiver_resets++;
        atomic { seen.epoch = sent.epoch; epoch = seen.epoch | LEFT; index = 0 };
        atomic { received.epoch = epoch; received.index = index }
    :: /* sleeps while there is nothing: nothing yet, nothing new, or nothing since it left */
        atomic {
            JOINABLE(sent.epoch) || (sent.epoch == epoch && sent.index != index) || sender_ended;
            seen.epoch = sent.epoch;
            seen.index = sent.index
        };
        if
        :: JOINABLE(seen.epoch) ->
            epoch = seen.epoch;
            index = FIRST;
            atomic { received.epoch = epoch; received.index = index }
        :: else
        fi;
        RECEIVER_MAY_RESTART;
        if
        :: epoch != seen.epoch || seen.index == index ->
            if
            :: sender_ended && sent.epoch == seen.epoch && sent.index == seen.index -> break
            :: else
            fi
        :: else ->
            assert(DISTANCE(index, seen.index) <= CAPACITY);
            first = ring[index % CAPACITY].words[0];
            second = ring[index % CAPACITY].words[1];
            RECEIVER_MAY_RESTART;
            if
            :: !EPOCH_GOES_ON /* ring_receive() says RING_WOULD_BLOCK */
            :: EPOCH_GOES_ON ->
                assert(first == second);
                assert(first >= taken);
                assert(first < published);
                assert(sender_resets + receiver_resets != 0 || first == taken);
                RECEIVER_MAY_RESTART;
                index = (index + 1) % INDICES;
                atomic { received.epoch = epoch; received.index = index; taken = first + 1 };
                RECEIVER_MAY_RESTART
            fi
        fi;
        d_step { first = 0; second = 0; seen.epoch = 0; seen.index = 0 }
    od;
    assert(sender_resets + receiver_resets != 0 || taken == MESSAGES)
}
