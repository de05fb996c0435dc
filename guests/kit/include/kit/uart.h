/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The console: a PL011 (Arm DDI 0183G), polled. stdout, stderr and stdin of the C library are on
 * it. Without a UART output goes to the hypervisor's log, by lines, and input is at its end; on a
 * machine without Nagaya it goes nowhere. A line of n characters then takes n / HC_LOG_SIZE calls,
 * HC_LOG_INTERVAL apart (abi/guest.h).
 */
#ifndef KIT_UART_H
#define KIT_UART_H

/** Finds and enables the UART. Called once by the start-up code. */
void uart_start(void);

/** Sends one byte, waits for room. */
void uart_write(char byte);

/** The next byte received, or -1. */
int uart_read(void);

#endif
