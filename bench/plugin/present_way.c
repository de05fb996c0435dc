/* SPDX-License-Identifier: Apache-2.0 */
#include "present_way.h"

#include <string.h>

#include "turns.h"

#define CLASS_SHIFT 16U /* a block has fewer instructions */

/** A CPU's present way. */
struct way {
    uint64_t cpu; /* its place in the results */
    bool inside;
    bool asleep;  /* it goes on when the core wakes up */
    bool started; /* the CPU's boot is over */
    /* the last instruction of the present block is executed, and branches into its midst */
    bool returns;
    uint64_t class;     /* WAYS_CLASSES: none yet */
    uint64_t length;    /* instructions before the present block */
    struct piece block; /* the present one, all of it */
    uint64_t piece_count;
    struct piece pieces[WAYS_PIECES];
};

static struct way ways[WAYS_CPUS + 1];
static struct ways_file *results;
/* CPUs that are in the midst of a way, or of their boot; where they run in turns */
static unsigned busy;

void ways_start(struct ways_file *file)
{
    results = file;
    for (size_t cpu = 0; cpu <= WAYS_CPUS; cpu++) {
        ways[cpu].cpu = cpu % WAYS_CPUS; /* all that counts is that no two CPUs mix their ways */
    }
}

static struct way *way_of(unsigned vcpu)
{
    return &ways[turn_of(vcpu)];
}

bool way_is_the_only_one(unsigned vcpu)
{
    const struct way *way = way_of(vcpu);

    return busy == 1 && way->inside && !way->asleep;
}

void *piece_pack(struct piece piece)
{
    return (void *)(uintptr_t)((uint64_t)piece.count << 32 | piece.offset);
}

void *piece_pack_class(struct piece piece, size_t class)
{
    piece.count |= (uint32_t) class << CLASS_SHIFT;
    return piece_pack(piece);
}

static struct piece piece_unpack(const void *data)
{
    return (struct piece){(uint32_t)(uintptr_t)data, (uint32_t)((uintptr_t)data >> 32)};
}

/** The way is left, or goes on at @next: of its present block that was executed which lies before
 * @next, if that is in its midst. */
static void block_end(struct way *way, uint32_t next)
{
    uint32_t before = (next - way->block.offset) / 4;
    uint32_t executed =
        before != 0 && before < way->block.count && !way->returns ? before : way->block.count;

    if (way->piece_count < WAYS_PIECES) {
        way->pieces[way->piece_count] = (struct piece){way->block.offset, executed};
    }
    way->piece_count++;
    way->length += executed;
    way->block.count = 0;
    way->returns = false;
}

/** Says whether @way goes on without an exit. */
static void way_set(struct way *way, bool inside, bool asleep)
{
    if (turns_on()) {
        busy += (unsigned)(inside && !asleep) - (unsigned)(way->inside && !way->asleep);
    }
    way->inside = inside;
    way->asleep = asleep;
}

/** The CPU's first way is about to begin. */
static void boot_end(struct way *way)
{
    if (turns_on() && !way->started) {
        way->started = true;
        busy -= busy != 0;
    }
}

void way_begin(unsigned vcpu, void *data)
{
    struct way *way = way_of(vcpu);

    results->unfinished += way->inside;
    way_set(way, true, false);
    way->returns = false;
    way->class = WAYS_CLASSES;
    way->length = 0;
    way->block = piece_unpack(data);
    way->piece_count = 0;
}

/** @way is the longest of @same: keeps what it consists of. */
static void longest_keep(struct ways *same, const struct way *way)
{
    size_t kept = way->piece_count < WAYS_PIECES ? way->piece_count : WAYS_PIECES;

    same->piece_count = 0; /* should we be killed meanwhile */
    memcpy(same->pieces, way->pieces, kept * sizeof(struct piece));
    same->max = way->length;
    same->piece_count = way->piece_count;
}

/** The way ends before the instruction at @next. */
static void way_end(struct way *way, uint32_t next)
{
    if (!way->inside) {
        boot_end(way);
        return;
    }
    block_end(way, next);
    way_set(way, false, false);
    if (way->class == WAYS_CLASSES) {
        results->others++;
        return;
    }
    struct ways *same = &results->ways[way->cpu][way->class];
    same->min = same->count == 0 || way->length < same->min ? way->length : same->min;
    same->count++;
    same->sum += way->length;
    if (way->length > same->max) {
        longest_keep(same, way);
    }
}

void way_return(unsigned vcpu, void *data)
{
    way_end(way_of(vcpu), (uint32_t)(uintptr_t)data + 4);
}

void way_split(unsigned vcpu, void *data)
{
    struct way *way = way_of(vcpu);
    struct piece rest = piece_unpack(data);
    uint64_t class = rest.count >> CLASS_SHIFT;

    rest.count &= (1U << CLASS_SHIFT) - 1;
    if (way->inside && way->block.offset == rest.offset) {
        way->block.count = 0; /* it is all of the new way */
    }
    way_end(way, rest.offset);
    way_begin(vcpu, piece_pack(rest));
    way->class = class;
}

void way_sleep(unsigned vcpu, void *data)
{
    (void)data;
    way_set(way_of(vcpu), way_of(vcpu)->inside, way_of(vcpu)->inside);
}

void way_drop(unsigned vcpu, void *data)
{
    (void)data;
    results->unfinished += way_of(vcpu)->inside;
    way_set(way_of(vcpu), false, false);
    busy++;
}

void way_classify(unsigned vcpu, void *data)
{
    struct way *way = way_of(vcpu);
    uint64_t class = (uint64_t)(uintptr_t)data;

    way->class = way->class == WAYS_CLASSES || class > way->class ? class : way->class;
}

void way_continue(unsigned vcpu, void *data)
{
    struct way *way = way_of(vcpu);
    struct piece block = piece_unpack(data);

    if (way->inside) {
        block_end(way, block.offset);
        way->block = block;
        way_set(way, true, false);
    }
}

void way_come_back(unsigned vcpu, void *data)
{
    (void)data;
    way_of(vcpu)->returns = true;
}
