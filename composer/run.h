/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `nagaya run`: composes a system, starts QEMU as its board says and shows what happens.
 *
 *     run.c            the loop that waits for everything at once
 *     run_options.c    what the user asked for
 *     run_board.c      how the board's folder says QEMU is started
 *     run_qemu.c       QEMU as a child, its serial ports and its memory
 *     run_console.c    bytes from the VMs to lines with names
 *     run_terminal.c   lines of several VMs on one screen, and in the transcript
 *     run_keyboard.c   the keyboard to one VM, and the escape that switches
 *     run_script.c     --end-when and --type: a run without a person
 *     run_observe.c    the hypervisor's log and counters, read from the machine's memory
 *     run_summary.c    each VM's state and exits, at the end
 */
#ifndef COMPOSER_RUN_H
#define COMPOSER_RUN_H

/** nagaya run SYSTEM.yaml; returns the exit status. */
int run_command(int argc, char **argv);

#endif
