/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part `qemu:` of a board.yaml: how QEMU runs the board.
 *
 *     qemu:
 *       executable: qemu-system-aarch64
 *       machine: virt,virtualization=on   # -machine, without the memory backend
 *       cpu: cortex-a53                   # -cpu
 *       cpus: 4                           # -smp
 *       memory: 2G                        # -m
 *       serials: [serial0, serial1]       # the UARTs' names on the board, in the order of -serial
 *       arguments: -nodefaults            # whatever else, words
 */
#ifndef COMPOSER_RUN_BOARD_H
#define COMPOSER_RUN_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct run_board {
    const char *executable;
    const char *machine;
    const char *cpu;
    uint64_t cpus;
    uint64_t memory;
    const char **serials;
    size_t serial_count;
    const char *arguments;
};

/** Reads the board.yaml in @folder. False after a mistake was reported. */
bool run_board_read(const char *folder, struct run_board *board);

#endif
