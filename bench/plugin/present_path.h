/* SPDX-License-Identifier: Apache-2.0 */
/* The path that each CPU is on, as far as it has come, and what it adds to the results (paths.h)
 * when it ends.
 *
 * Blocks of the translator are counted, for that is fast. One may end early: an access to a device
 * in its midst makes QEMU go on from it in another block. So what was executed of a block is known
 * when the next one begins. */
#ifndef BENCH_PLUGIN_PRESENT_PATH_H
#define BENCH_PLUGIN_PRESENT_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "paths.h"

/** What ends is added to @file. */
void paths_start(struct paths_file *file);

/** Whether the CPU that QEMU calls @vcpu is in the midst of a path, and no other one is, nor in its
 * boot. Where CPUs run in turns only. */
bool path_is_the_only_one(unsigned vcpu);

/** @piece as what a callback is given. */
void *piece_pack(struct piece piece);

/** The same of a piece with which a path of class @class begins. */
void *piece_pack_class(struct piece piece, size_t class);

/* Callbacks, by what is executed next. */

/** The first instruction of a vector's slot: a path begins with the rest @data of its block. */
void path_begin(unsigned vcpu, void *data);

/** The block @data, with which the path goes on. */
void path_continue(unsigned vcpu, void *data);

/** The last instruction of the present block, which branches into its midst. */
void path_come_back(unsigned vcpu, void *data);

/** The first instruction of class @data: the path is of it, unless it is of a later one. */
void path_classify(unsigned vcpu, void *data);

/** The first instruction of a class with which the path ends and another one begins, with the rest
 * of this block: @data is of piece_pack_class(). */
void path_split(unsigned vcpu, void *data);

/** WFI: the core sleeps. */
void path_sleep(unsigned vcpu, void *data);

/** The ERET at offset @data: the path ends. */
void path_return(unsigned vcpu, void *data);

/** The machine's first instruction: the CPU starts, whatever it was doing. */
void path_drop(unsigned vcpu, void *data);

#endif
