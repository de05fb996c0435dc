/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Message rings: two programs that share a piece of memory send each other messages, without locks
 * and without waiting.
 *
 * This header and ring.c are all there is. They need a C11 compiler with the __atomic builtins and
 * 64-bit atomic loads and stores, and nothing else: no C library, no operating system.
 * docs/channels.md tells how to use them and what holds when one side restarts.
 *
 * The memory is cut into two halves. Half 0 is written by side 0 only, half 1 by side 1 only, so
 * each may be mapped read-only at the other side. In its half, a side keeps the messages that it
 * sends and the count of those that it has taken out of the other half. Where things lie follows
 * from the size alone. Nothing in the other half is trusted: it is read once, checked, and never
 * followed outside that half; no function loops longer than its message is.
 *
 * One thread may send and another may receive through the same end; each of these is for one thread
 * at a time, and the other functions are for both to agree on.
 */
#ifndef CHANNEL_RING_H
#define CHANNEL_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RING_MAGIC   0x474e5952U /* the bytes "RYNG" */
#define RING_VERSION 1U
/* a channel's memory is a multiple of it; two pages and more let halves be mapped apart */
#define RING_PAGE       4096U
#define RING_MEMORY_MAX 0x80000000U /* bytes */
/* bytes that one side writes lie in other cache lines than what the other one writes */
#define RING_LINE        64U
#define RING_RECORD_UNIT 8U /* messages begin at multiples of it */

/* Results. Those below zero are no success, and nothing was sent or taken. */
#define RING_OK          0
#define RING_DOORBELL    1    /* success, and the other side may be asleep: ring its doorbell */
#define RING_WOULD_BLOCK (-1) /* no message, or not enough space for this one */
#define RING_ERR_LENGTH  (-2) /* longer than ring_message_max(), or than the buffer */
/* the other side wrote what makes no sense; ring_reset() begins anew */
#define RING_ERR_PEER   (-3)
#define RING_ERR_MEMORY (-4) /* the memory's address or size, or the side, can't be */

/** What one side says about the messages of one direction. Both words are written in one piece. */
struct ring_line {
    uint64_t position; /* epoch << 32 | index: bytes that were sent, or received, up to here */
    /* bit 0: asleep until this direction moves; the rest is different each time */
    uint64_t waits;
    uint64_t unused[RING_LINE / 8 - 2];
};

/** One half of the channel's memory; data[] is the ring of the messages that its writer sends. */
struct ring_half {
    uint32_t magic;
    uint32_t version;
    uint32_t size;       /* of the whole channel */
    uint32_t generation; /* how often this side was opened; never 0 */
    uint32_t seen;       /* the other side's generation that this side knows of */
    uint32_t unused[RING_LINE / 4 - 5];
    struct ring_line sent;
    struct ring_line received;
    struct ring_line unused_line; /* so that data[] begins at a power of two */
    uint64_t data[];
};

/** One direction as its sender or its receiver keeps it in private: the half's copy is for the
 * other side to read. */
struct ring_progress {
    uint32_t epoch;
    uint32_t index;
    uint64_t waits;
    uint64_t rung; /* the other side's `waits` for which a doorbell was asked for already */
};

/** One side of a channel. Private memory of that side; only ring.c looks inside. */
struct ring_end {
    struct ring_half *own;
    const struct ring_half *peer;
    uint32_t capacity; /* bytes of data[] that are used: a power of two */
    uint32_t size;
    uint32_t generation;
    uint32_t seen;
    struct ring_progress sender;
    struct ring_progress receiver;
};

/** What came with a message. */
struct ring_message {
    uint32_t length;     /* bytes */
    uint32_t generation; /* of the sender when it sent this */
};

/** The other side, as far as can be seen. */
struct ring_peer {
    uint32_t generation; /* 0: it has not opened the channel yet */
    bool is_new;         /* it was opened (again) since the last call that said so */
    bool has_seen_us;    /* it has called ring_peer() since we opened */
};

/**
 * Attaches to a channel, at the first start and after each restart of this side, whatever the other
 * side is doing.
 *
 * What this side had sent stays there for the other one, what it had not received yet can be
 * received: the memory is as the last life of this side left it, and all zeros at first. Where it
 * can't be that, this side begins anew as by ring_reset(). The generation is one more than before.
 *
 * @memory  the shared memory, at a multiple of RING_LINE
 * @size    of it: a multiple of RING_PAGE up to RING_MEMORY_MAX, the same at both sides
 * @side    0 or 1; the other side has the other one
 * Returns  RING_DOORBELL (ring: the last life may have ended between a message and its doorbell) or
 *          RING_ERR_MEMORY.
 * Cost     about as much as two sends of nothing, and a loop of up to 31 rounds.
 */
int ring_open(struct ring_end *end, void *memory, size_t size, unsigned side);

/** The longest message, in bytes: 8 less than the ring holds. A message takes its length, rounded
 * up to 8, and 8. */
uint32_t ring_message_max(const struct ring_end *end);

/**
 * Sends a message: copies it into the ring.
 *
 * Returns  RING_OK, RING_DOORBELL, RING_WOULD_BLOCK, RING_ERR_LENGTH, RING_ERR_PEER.
 * Cost     one line of the other side read, one of our own written, a full barrier, and one store
 *          for 8 bytes.
 */
int ring_send(struct ring_end *end, const void *message, uint32_t length);

/**
 * Receives the next message: copies it out of the ring.
 *
 * @message  set if there is one, also if it is longer than the buffer (RING_ERR_LENGTH; it stays in
 *           the ring)
 * Returns   RING_OK, RING_DOORBELL (a sender waits for space), RING_WOULD_BLOCK, RING_ERR_LENGTH,
 *           RING_ERR_PEER. The buffer's contents are undefined unless a message was taken.
 * Cost      one line of the other side read, one of our own written, a full barrier and a lesser
 *           one, and one load for 8 bytes.
 */
int ring_receive(struct ring_end *end, void *buffer, uint32_t size, struct ring_message *message);

/**
 * Throws away what has been sent to this side up to now; for one that restarts and wants nothing of
 * its last life.
 *
 * Returns  as ring_receive().
 */
int ring_discard(struct ring_end *end);

/**
 * Asks for a doorbell when there is something to receive. Call it before going to sleep.
 *
 * Returns  true: sleep until the doorbell (which may have rung already); false: call
 *          ring_receive(), don't sleep.
 * Cost     one line of our own written, a full barrier, one line of the other side read.
 */
bool ring_wait_to_receive(struct ring_end *end);

/**
 * Asks for a doorbell when there may be space for a message of @length bytes. Call it before going
 * to sleep.
 *
 * Returns  true: sleep until the doorbell; false: call ring_send(), don't sleep.
 * Cost     as ring_wait_to_receive().
 */
bool ring_wait_to_send(struct ring_end *end, uint32_t length);

/** Looks whether the other side is there and whether it has been restarted; tells it that we have
 * seen it. */
struct ring_peer ring_peer(struct ring_end *end);

/**
 * Begins anew, in both directions: what is under way is lost. For use after RING_ERR_PEER.
 *
 * Returns  RING_DOORBELL: ring, for the other side may wait for space in a ring that is now empty.
 */
int ring_reset(struct ring_end *end);

#endif
