/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `nagaya run`: composes a system, starts QEMU as its board says and shows what happens.
 *
 *     run.c            the loop that waits for everything at once
 *     run_options.c    what the user asked for
 *     run_board.c      how the board's folder says QEMU is started
 *     run_qemu.c       QEMU as a child, its serial ports and its memory
 *     run_cpu.c        which CPU models QEMU has
 *     run_put.c        --put: files of the host in the VMs' initrds
 *     run_folder.c     a folder for the files of one run
 *     run_console.c    bytes from the VMs to lines with names
 *     run_escape.c     what of these bytes is text, and what would do something to the terminal
 *     run_line.c       a line as the screen gets it, and as it reads in the end
 *     run_terminal.c   lines of several VMs on one screen, and in the transcript
 *     run_rows.c       long lines in several rows
 *     run_status.c     the screen's last line
 *     run_keyboard.c   the keyboard to one VM, and the escape that switches
 *     run_script.c     --end-when, --type and piped input: a run without a person
 *     run_observe.c    the hypervisor's log, its counters and the VMs' states, read from the
 * machine's memory run_fold.c       what a VM does again and again is counted run_monitor.c where
 * the CPUs are, asked of QEMU's monitor run_where.c      that in words, with the names of functions
 *     run_summary.c    each VM's state and exits, at the end
 */
#ifndef COMPOSER_RUN_H
#define COMPOSER_RUN_H

/** nagaya run SYSTEM.yaml; returns the exit status. */
int run_command(int argc, char **argv);

#endif
