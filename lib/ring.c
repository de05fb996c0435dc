/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Message rings; ring.h says what they do.
 *
 * A direction is a ring of bytes. Its sender's position says how much was ever sent, its receiver's
 * how much was ever received; the difference is what lies in the ring. Indices are 32 bits that
 * wrap. A record is 8 bytes of header (length, the sender's generation) and the message, rounded up
 * to 8 bytes.
 *
 * Both positions survive a restart of their writer, so a new life just goes on there. An epoch is a
 * stretch in which indices mean the same for both sides. Its sender begins one, at FIRST_INDEX,
 * with an empty ring: at the first start, if it finds its half damaged, or if the receiver has left
 * the last epoch (LEFT). A receiver joins each epoch that it sees at FIRST_INDEX; before that, the
 * sender knows that nothing of the epoch was received. An epoch and its index are one word, which
 * is read and written in one piece: no restart falls between them.
 */
#include "ring.h"

/* in the epoch of a receiver: it will take nothing more out of this epoch */
#define LEFT        0x80000000U
#define FIRST_INDEX 0xfffff000U /* soon before the wrap, so that every user sees it wrap */
#define UNIT        RING_RECORD_UNIT

/* What each message goes through, and what need not be in its way: a tenth of its cost. */
#define ALWAYS_INLINE inline __attribute__((always_inline))
#define NEVER_INLINE  __attribute__((noinline))

_Static_assert(sizeof(struct ring_line) == RING_LINE, "shared structure");
_Static_assert(sizeof(struct ring_half) == 4U * RING_LINE, "shared structure");
_Static_assert(sizeof(struct ring_half) < RING_PAGE / 2U, "the smallest half has room for data");
_Static_assert(__GCC_ATOMIC_LLONG_LOCK_FREE == 2, "a position is read and written in one piece");

/* What a sender's epoch can be: neither 0, which is none, nor one with LEFT. */
static bool is_epoch(uint32_t epoch)
{
    return epoch != 0 && (epoch & LEFT) == 0;
}

static uint64_t position_of(uint32_t epoch, uint32_t index)
{
    return (uint64_t)epoch << 32 | index;
}

static uint32_t epoch_of(uint64_t position)
{
    return (uint32_t)(position >> 32);
}

static uint32_t index_of(uint64_t position)
{
    return (uint32_t)position;
}

/* Whatever was written before the other side's @word is seen after this. */
static uint64_t read_word(const uint64_t *word)
{
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

/* Whatever was read or written before is done when the other side sees this. */
static void publish(struct ring_line *line, const struct ring_progress *progress)
{
    __atomic_store_n(&line->position, position_of(progress->epoch, progress->index),
                     __ATOMIC_RELEASE);
}

/* Bytes in the ring between two indices, or more than its capacity if that can't be. */
static uint32_t bytes_between(uint32_t received, uint32_t sent)
{
    uint32_t bytes = sent - received;

    return bytes % UNIT == 0 ? bytes : UINT32_MAX;
}

static uint32_t record_size(uint32_t length)
{
    return UNIT + (length + UNIT - 1) / UNIT * UNIT;
}

/* Which of the ring's words an index means. */
static uint32_t word_at(uint32_t capacity, uint32_t index)
{
    return (index & (capacity - 1)) / UNIT;
}

static uint64_t bytes_to_word(const unsigned char *bytes, uint32_t count)
{
    uint64_t word = 0;

    for (uint32_t i = 0; i < count; i++) {
        ((unsigned char *)&word)[i] = bytes[i];
    }
    return word;
}

static void word_to_bytes(uint64_t word, unsigned char *bytes, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        bytes[i] = ((const unsigned char *)&word)[i];
    }
}

static bool is_aligned(const void *buffer)
{
    return (uintptr_t)buffer % UNIT == 0;
}

/* Each word of the ring is written or read once. A caller's buffer may lie anywhere: one that
 * isn't aligned, and what is left of a word at the end, take the longer way. */
static NEVER_INLINE void copy_in_bytes(uint64_t *data, uint32_t capacity, uint32_t index,
                                       const unsigned char *from, uint32_t length)
{
    for (; length > UNIT; length -= UNIT, from += UNIT, index += UNIT) {
        __atomic_store_n(&data[word_at(capacity, index)], bytes_to_word(from, UNIT),
                         __ATOMIC_RELAXED);
    }
    __atomic_store_n(&data[word_at(capacity, index)], bytes_to_word(from, length),
                     __ATOMIC_RELAXED);
}

static NEVER_INLINE void copy_out_bytes(const uint64_t *data, uint32_t capacity, uint32_t index,
                                        unsigned char *to, uint32_t length)
{
    for (; length > UNIT; length -= UNIT, to += UNIT, index += UNIT) {
        word_to_bytes(__atomic_load_n(&data[word_at(capacity, index)], __ATOMIC_RELAXED), to, UNIT);
    }
    word_to_bytes(__atomic_load_n(&data[word_at(capacity, index)], __ATOMIC_RELAXED), to, length);
}

static ALWAYS_INLINE void copy_in(uint64_t *data, uint32_t capacity, uint32_t index,
                                  const unsigned char *from, uint32_t length)
{
    for (; is_aligned(from) && length >= UNIT; length -= UNIT, from += UNIT, index += UNIT) {
        uint64_t word;

        __builtin_memcpy(&word, __builtin_assume_aligned(from, UNIT), UNIT);
        __atomic_store_n(&data[word_at(capacity, index)], word, __ATOMIC_RELAXED);
    }
    if (length != 0) {
        copy_in_bytes(data, capacity, index, from, length);
    }
}

static ALWAYS_INLINE void copy_out(const uint64_t *data, uint32_t capacity, uint32_t index,
                                   unsigned char *to, uint32_t length)
{
    for (; is_aligned(to) && length >= UNIT; length -= UNIT, to += UNIT, index += UNIT) {
        const uint64_t word = __atomic_load_n(&data[word_at(capacity, index)], __ATOMIC_RELAXED);

        __builtin_memcpy(__builtin_assume_aligned(to, UNIT), &word, UNIT);
    }
    if (length != 0) {
        copy_out_bytes(data, capacity, index, to, length);
    }
}

/*
 * No wake-up is lost: one who goes to sleep writes `waits`, then reads the position; the other one
 * writes the position, then reads `waits`. With a full barrier between the two at both sides, one
 * of them sees what the other wrote. For one sleep one doorbell is enough, as doorbells are kept
 * until they are taken.
 */
static void arm(struct ring_line *line, struct ring_progress *progress)
{
    progress->waits = (progress->waits + 2) | 1;
    __atomic_store_n(&line->waits, progress->waits, __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/* For one who does not sleep after all. One who did needs none: it was rung for that, and is not
 * again. */
static void disarm(struct ring_line *line, struct ring_progress *progress)
{
    progress->waits &= ~UINT64_C(1);
    __atomic_store_n(&line->waits, progress->waits, __ATOMIC_RELAXED);
}

/* After publish(): RING_DOORBELL if the other side has gone to sleep and was not rung for that
 * yet. */
static int doorbell_for(const struct ring_line *peers_line, struct ring_progress *progress)
{
    uint64_t waits;

    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    waits = __atomic_load_n(&peers_line->waits, __ATOMIC_RELAXED);
    if ((waits & 1) == 0 || waits == progress->rung) {
        return RING_OK;
    }
    progress->rung = waits;
    return RING_DOORBELL;
}

/* An epoch that @peers_epoch, where the receiver is, can't be taken for. */
static uint32_t epoch_after(uint32_t epoch, uint32_t peers_epoch)
{
    do {
        epoch = (epoch + 1) & ~LEFT;
    } while (epoch == 0 || epoch == (peers_epoch & ~LEFT)); /* three rounds at most */
    return epoch;
}

/* An epoch is seen before anything that is written in it: the receiver looks at it again after
 * each copy. */
static void begin_epoch(struct ring_end *end)
{
    end->sender.epoch =
        epoch_after(end->sender.epoch, epoch_of(read_word(&end->peer->received.position)));
    end->sender.index = FIRST_INDEX;
    publish(&end->own->sent, &end->sender);
    __atomic_thread_fence(__ATOMIC_RELEASE);
}

/* RING_OK and the free bytes of our ring, or RING_ERR_PEER. */
static ALWAYS_INLINE int look_for_space(struct ring_end *end, uint32_t *space)
{
    const uint64_t received = read_word(&end->peer->received.position);
    uint32_t used;

    if (epoch_of(received) == (end->sender.epoch | LEFT)) {
        begin_epoch(end);
    }
    used = bytes_between(epoch_of(received) == end->sender.epoch ? index_of(received) : FIRST_INDEX,
                         end->sender.index);
    if (used > end->capacity) {
        return RING_ERR_PEER;
    }
    *space = end->capacity - used;
    return RING_OK;
}

/* Whether the other half is one of ours; what can't be yet may be when its writer has opened it. */
static int check_peer(const struct ring_end *end)
{
    const uint32_t magic = __atomic_load_n(&end->peer->magic, __ATOMIC_ACQUIRE);

    if (magic == 0) {
        return RING_WOULD_BLOCK;
    }
    if (magic != RING_MAGIC ||
        __atomic_load_n(&end->peer->version, __ATOMIC_RELAXED) != RING_VERSION ||
        __atomic_load_n(&end->peer->size, __ATOMIC_RELAXED) != end->size) {
        return RING_ERR_PEER;
    }
    return RING_OK;
}

static int join_epoch(struct ring_end *end, uint32_t epoch)
{
    int result;

    if (epoch == 0 || (epoch | LEFT) == end->receiver.epoch) {
        return RING_WOULD_BLOCK;
    }
    if (!is_epoch(epoch)) {
        return RING_ERR_PEER;
    }
    result = check_peer(end);
    if (result == RING_OK) {
        end->receiver.epoch = epoch;
        end->receiver.index = FIRST_INDEX;
        publish(&end->own->received, &end->receiver);
    }
    return result;
}

/* RING_OK and the bytes to be received, of which there are some; RING_WOULD_BLOCK or
 * RING_ERR_PEER. */
static ALWAYS_INLINE int look_for_messages(struct ring_end *end, uint32_t *bytes)
{
    const uint64_t sent = read_word(&end->peer->sent.position);

    if (epoch_of(sent) != end->receiver.epoch || !is_epoch(epoch_of(sent))) {
        int result = join_epoch(end, epoch_of(sent));

        if (result != RING_OK) {
            return result;
        }
    }
    *bytes = bytes_between(end->receiver.index, index_of(sent));
    if (*bytes > end->capacity) {
        return RING_ERR_PEER;
    }
    return *bytes != 0 ? RING_OK : RING_WOULD_BLOCK;
}

/* Nothing that was read before this was written in a later epoch. */
static bool epoch_goes_on(const struct ring_end *end)
{
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    return epoch_of(__atomic_load_n(&end->peer->sent.position, __ATOMIC_RELAXED)) ==
           end->receiver.epoch;
}

static int receive_up_to(struct ring_end *end, uint32_t bytes)
{
    end->receiver.index += bytes;
    publish(&end->own->received, &end->receiver);
    return doorbell_for(&end->peer->sent, &end->receiver);
}

uint32_t ring_message_max(const struct ring_end *end)
{
    return end->capacity - UNIT;
}

int ring_send(struct ring_end *end, const void *message, uint32_t length)
{
    uint64_t *const data = end->own->data;
    const uint32_t capacity = end->capacity;
    uint32_t index;
    uint32_t space;
    int result;

    if (length > ring_message_max(end)) {
        return RING_ERR_LENGTH;
    }
    result = look_for_space(end, &space);
    if (result != RING_OK) {
        return result;
    }
    if (record_size(length) > space) {
        return RING_WOULD_BLOCK;
    }
    index = end->sender.index;
    __atomic_store_n(&data[word_at(capacity, index)], position_of(end->generation, length),
                     __ATOMIC_RELAXED);
    copy_in(data, capacity, index + UNIT, message, length);
    end->sender.index = index + record_size(length);
    publish(&end->own->sent, &end->sender);
    return doorbell_for(&end->peer->received, &end->sender);
}

int ring_receive(struct ring_end *end, void *buffer, uint32_t size, struct ring_message *message)
{
    const uint64_t *const data = end->peer->data;
    const uint32_t capacity = end->capacity;
    struct ring_message found;
    uint64_t header;
    uint32_t bytes;
    bool fits;
    int result = look_for_messages(end, &bytes);

    if (result != RING_OK) {
        return result;
    }
    header = __atomic_load_n(&data[word_at(capacity, end->receiver.index)], __ATOMIC_RELAXED);
    found =
        (struct ring_message){.length = (uint32_t)header, .generation = (uint32_t)(header >> 32)};
    fits = found.length <= bytes - UNIT;
    if (fits && found.length <= size) {
        copy_out(data, capacity, end->receiver.index + UNIT, buffer, found.length);
    }
    if (!epoch_goes_on(end)) {
        return RING_WOULD_BLOCK;
    }
    if (!fits) {
        return RING_ERR_PEER;
    }
    *message = found;
    if (found.length > size) {
        return RING_ERR_LENGTH;
    }
    return receive_up_to(end, record_size(found.length));
}

int ring_discard(struct ring_end *end)
{
    uint32_t bytes;
    int result = look_for_messages(end, &bytes);

    return result == RING_OK ? receive_up_to(end, bytes) : result;
}

bool ring_wait_to_receive(struct ring_end *end)
{
    uint32_t bytes;

    arm(&end->own->received, &end->receiver);
    if (look_for_messages(end, &bytes) == RING_WOULD_BLOCK) {
        return true;
    }
    disarm(&end->own->received, &end->receiver);
    return false;
}

bool ring_wait_to_send(struct ring_end *end, uint32_t length)
{
    uint32_t space;

    arm(&end->own->sent, &end->sender);
    if (length <= ring_message_max(end) && look_for_space(end, &space) == RING_OK &&
        record_size(length) > space) {
        return true;
    }
    disarm(&end->own->sent, &end->sender);
    return false;
}

struct ring_peer ring_peer(struct ring_end *end)
{
    struct ring_peer peer = {0};

    if (check_peer(end) != RING_OK) {
        return peer;
    }
    peer.generation = __atomic_load_n(&end->peer->generation, __ATOMIC_ACQUIRE);
    peer.is_new = peer.generation != end->seen;
    peer.has_seen_us = __atomic_load_n(&end->peer->seen, __ATOMIC_ACQUIRE) == end->generation;
    if (peer.is_new) {
        end->seen = peer.generation;
        __atomic_store_n(&end->own->seen, end->seen, __ATOMIC_RELEASE);
    }
    return peer;
}

static void leave_epoch(struct ring_end *end)
{
    const uint32_t epoch = epoch_of(read_word(&end->peer->sent.position));

    end->receiver.epoch = epoch != 0 ? epoch | LEFT : 0;
    end->receiver.index = 0;
    publish(&end->own->received, &end->receiver);
}

int ring_reset(struct ring_end *end)
{
    begin_epoch(end);
    leave_epoch(end);
    return RING_DOORBELL;
}

/* The largest power of two that fits in a half beside its header. */
static uint32_t capacity_of(size_t size)
{
    uint32_t capacity = RING_PAGE / 4;

    while (2U * (size_t)capacity <= size / 2 - sizeof(struct ring_half)) {
        capacity *= 2;
    }
    return capacity;
}

/* Whether the positions of one direction can have come about together. */
static bool positions_agree(const struct ring_end *end, uint64_t sent, uint64_t received)
{
    const bool joined = epoch_of(received) == epoch_of(sent);

    return epoch_of(received) == (epoch_of(sent) | LEFT) ||
           bytes_between(joined ? index_of(received) : FIRST_INDEX, index_of(sent)) <=
               end->capacity;
}

/* Goes on where the last life stopped sending, if that can be. */
static void resume_sending(struct ring_end *end, bool known)
{
    const uint64_t sent = __atomic_load_n(&end->own->sent.position, __ATOMIC_RELAXED);
    const uint32_t epoch = epoch_of(sent);

    end->sender = (struct ring_progress){epoch, index_of(sent), (uint64_t)end->generation << 32, 0};
    __atomic_store_n(&end->own->sent.waits, end->sender.waits, __ATOMIC_RELAXED);
    if (!known || !is_epoch(epoch) ||
        !positions_agree(end, sent, read_word(&end->peer->received.position))) {
        begin_epoch(end);
    }
}

/* Goes on where the last life stopped receiving. A half that was never written has received
 * nothing of any epoch. */
static void resume_receiving(struct ring_end *end, bool known)
{
    const uint64_t received = __atomic_load_n(&end->own->received.position, __ATOMIC_RELAXED);
    const uint64_t sent = read_word(&end->peer->sent.position);

    end->receiver = (struct ring_progress){epoch_of(received), index_of(received),
                                           (uint64_t)end->generation << 32, 0};
    __atomic_store_n(&end->own->received.waits, end->receiver.waits, __ATOMIC_RELAXED);
    if ((!known && received != 0) ||
        (epoch_of(sent) != 0 && !positions_agree(end, sent, received))) {
        leave_epoch(end);
    }
}

int ring_open(struct ring_end *end, void *memory, size_t size, unsigned side)
{
    struct ring_half *own;
    bool known;

    if ((uintptr_t)memory % RING_LINE != 0 || size == 0 || size % RING_PAGE != 0 ||
        size > RING_MEMORY_MAX || side > 1) {
        return RING_ERR_MEMORY;
    }
    own = (struct ring_half *)(void *)((unsigned char *)memory + (side == 0 ? 0 : size / 2));
    *end = (struct ring_end){
        .own = own,
        .peer = (const struct ring_half *)(void *)((unsigned char *)memory +
                                                   (side == 0 ? size / 2 : 0)),
        .capacity = capacity_of(size),
        .size = (uint32_t)size,
    };
    known = own->magic == RING_MAGIC && own->version == RING_VERSION && own->size == end->size;
    end->seen = known ? own->seen : 0;
    end->generation =
        (known ? own->generation : __atomic_load_n(&end->peer->seen, __ATOMIC_RELAXED)) + 1;
    if (end->generation == 0) {
        end->generation = 1;
    }
    resume_sending(end, known);
    resume_receiving(end, known);
    __atomic_store_n(&own->version, RING_VERSION, __ATOMIC_RELAXED);
    __atomic_store_n(&own->size, end->size, __ATOMIC_RELAXED);
    __atomic_store_n(&own->seen, end->seen, __ATOMIC_RELAXED);
    __atomic_store_n(&own->generation, end->generation, __ATOMIC_RELEASE);
    __atomic_store_n(&own->magic, RING_MAGIC, __ATOMIC_RELEASE);
    return RING_DOORBELL;
}
