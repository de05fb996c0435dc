/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The debug console: log lines on a UART that the plan describes. Which of two files implements it
 * is what tells the two engines apart: debug/console.c prints, release/console.c does nothing.
 */
#ifndef HYPERVISOR_CONSOLE_H
#define HYPERVISOR_CONSOLE_H

/**
 * Prints what the log rings hold and was not printed yet, unless another CPU is at it already: then
 * that one prints these lines too, or whoever logs next. Never waits for a CPU, and for the UART
 * only so long.
 */
void console_print_log(void);

#endif
