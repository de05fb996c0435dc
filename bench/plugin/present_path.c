/* SPDX-License-Identifier: Apache-2.0 */
#include "present_path.h"

#include <string.h>

#include "turns.h"

#define CLASS_SHIFT 16U /* a block has fewer instructions */

/** A CPU's present path. */
struct path {
    uint64_t cpu; /* its place in the results */
    bool inside;
    bool asleep;        /* it goes on when the core wakes up */
    bool started;       /* the CPU's boot is over */
    bool returns;       /* the present block is executed to its end, and branches into its midst */
    uint64_t class;     /* PATHS_CLASSES: none yet */
    uint64_t length;    /* instructions before the present block */
    struct piece block; /* the present one, all of it */
    uint64_t piece_count;
    struct piece pieces[PATHS_PIECES];
};

static struct path paths[PATHS_CPUS + 1];
static struct paths_file *results;
static unsigned busy; /* CPUs in the midst of a path, or of their boot; where they run in turns */

void paths_start(struct paths_file *file)
{
    results = file;
    for (size_t cpu = 0; cpu <= PATHS_CPUS; cpu++) {
        paths[cpu].cpu = cpu % PATHS_CPUS; /* all that counts is that no two CPUs mix their paths */
    }
}

static struct path *path_of(unsigned vcpu)
{
    return &paths[turn_of(vcpu)];
}

bool path_is_the_only_one(unsigned vcpu)
{
    const struct path *path = path_of(vcpu);

    return busy == 1 && path->inside && !path->asleep;
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

/** The path is left, or goes on at @next: of its present block that was executed which lies before
 * @next, if that is in its midst. */
static void block_end(struct path *path, uint32_t next)
{
    uint32_t before = (next - path->block.offset) / 4;
    bool early = before != 0 && before < path->block.count && !path->returns;
    uint32_t executed = early ? before : path->block.count;

    if (path->piece_count < PATHS_PIECES) {
        path->pieces[path->piece_count] = (struct piece){path->block.offset, executed};
    }
    path->piece_count++;
    path->length += executed;
    path->block.count = 0;
    path->returns = false;
}

/** Says whether @path goes on without an exit. */
static void path_set(struct path *path, bool inside, bool asleep)
{
    if (turns_on()) {
        busy += (unsigned)(inside && !asleep) - (unsigned)(path->inside && !path->asleep);
    }
    path->inside = inside;
    path->asleep = asleep;
}

/** The CPU's first path is about to begin. */
static void boot_end(struct path *path)
{
    if (turns_on() && !path->started) {
        path->started = true;
        busy -= busy != 0;
    }
}

void path_begin(unsigned vcpu, void *data)
{
    struct path *path = path_of(vcpu);

    results->unfinished += path->inside;
    path_set(path, true, false);
    path->returns = false;
    path->class = PATHS_CLASSES;
    path->length = 0;
    path->block = piece_unpack(data);
    path->piece_count = 0;
}

/** @path is the longest of @same: keeps what it consists of. */
static void longest_keep(struct paths *same, const struct path *path)
{
    size_t kept = path->piece_count < PATHS_PIECES ? path->piece_count : PATHS_PIECES;

    same->piece_count = 0; /* should we be killed meanwhile */
    memcpy(same->pieces, path->pieces, kept * sizeof(struct piece));
    same->max = path->length;
    same->piece_count = path->piece_count;
}

/** The path ends before the instruction at @next. */
static void path_end(struct path *path, uint32_t next)
{
    if (!path->inside) {
        boot_end(path);
        return;
    }
    block_end(path, next);
    path_set(path, false, false);
    if (path->class == PATHS_CLASSES) {
        results->others++;
        return;
    }
    struct paths *same = &results->paths[path->cpu][path->class];
    same->min = same->count == 0 || path->length < same->min ? path->length : same->min;
    same->count++;
    same->sum += path->length;
    if (path->length > same->max) {
        longest_keep(same, path);
    }
}

void path_return(unsigned vcpu, void *data)
{
    path_end(path_of(vcpu), (uint32_t)(uintptr_t)data + 4);
}

void path_split(unsigned vcpu, void *data)
{
    struct path *path = path_of(vcpu);
    struct piece rest = piece_unpack(data);
    uint64_t class = rest.count >> CLASS_SHIFT;

    rest.count &= (1U << CLASS_SHIFT) - 1;
    if (path->inside && path->block.offset == rest.offset) {
        path->block.count = 0; /* it is all of the new path */
    }
    path_end(path, rest.offset);
    path_begin(vcpu, piece_pack(rest));
    path->class = class;
}

void path_sleep(unsigned vcpu, void *data)
{
    (void)data;
    path_set(path_of(vcpu), path_of(vcpu)->inside, path_of(vcpu)->inside);
}

void path_drop(unsigned vcpu, void *data)
{
    (void)data;
    results->unfinished += path_of(vcpu)->inside;
    path_set(path_of(vcpu), false, false);
    busy++;
}

void path_classify(unsigned vcpu, void *data)
{
    struct path *path = path_of(vcpu);
    uint64_t class = (uint64_t)(uintptr_t)data;

    path->class = path->class == PATHS_CLASSES || class > path->class ? class : path->class;
}

void path_continue(unsigned vcpu, void *data)
{
    struct path *path = path_of(vcpu);
    struct piece block = piece_unpack(data);

    if (path->inside) {
        block_end(path, block.offset);
        path->block = block;
        path_set(path, true, false);
    }
}

void path_come_back(unsigned vcpu, void *data)
{
    (void)data;
    path_of(vcpu)->returns = true;
}
