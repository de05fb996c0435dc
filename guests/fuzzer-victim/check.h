/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the victim compares in each period: all registers, its memory, its interrupt controller.
 * Whatever differs is a line `victim: FAILED, ...`, the first few of them.
 */
#ifndef VICTIM_CHECK_H
#define VICTIM_CHECK_H

#include <stdbool.h>
#include <stdint.h>

/** Fills what will be compared. @direct: with the physical interrupt interface, others' SGIs may
 * be pending here. */
void check_start(bool direct);

/** Registers across a short time in which others may run; then a piece of memory and of the
 * interrupt controller. Returns how many exits it has made by itself. */
uint64_t check_period(uint64_t period);

#endif
