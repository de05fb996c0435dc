/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The debug console: log lines on a UART that the plan describes. Only in systems that ask for it.
 */
#ifndef HYPERVISOR_CONSOLE_H
#define HYPERVISOR_CONSOLE_H

/**
 * Prints what the log rings hold and was not printed yet, unless another CPU is at it already: then that one
 * prints these lines too, or whoever logs next. Never waits for a CPU, and for the UART only so long.
 */
void console_print_log(void);

#endif
