/* SPDX-License-Identifier: Apache-2.0 */
/* QEMU as a child process: its serial ports are sockets, its RAM is shared with us. */
#ifndef COMPOSER_RUN_QEMU_H
#define COMPOSER_RUN_QEMU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "run_board.h"
#include "run_options.h"

struct run_qemu {
    pid_t process;         /* 0: none */
    const uint8_t *memory; /* the machine's RAM from its first byte on */
    uint64_t memory_size;
    int *serials; /* a socket for each of the board's serials; -1: closed */
    size_t serial_count;
    int messages; /* what QEMU itself prints; -1: closed */
    int monitor;  /* a socket to its QMP monitor */
};

/** Starts QEMU with @image. False after it said why that can't be done. */
bool run_qemu_start(const struct run_options *options, const struct run_board *board,
                    const char *image, struct run_qemu *qemu);

/** True once QEMU has ended by itself; then *@status is what waitpid says. */
bool run_qemu_ended(struct run_qemu *qemu, int *status);

/** Ends QEMU if it still runs, and waits until it is gone. */
void run_qemu_stop(struct run_qemu *qemu);

/** Gives back the memory of a machine that is off. */
void run_qemu_forget(struct run_qemu *qemu);

#endif
