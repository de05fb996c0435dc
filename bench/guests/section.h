/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tells the counting plugin (bench/plugin/el2count.c) what is measured now, by an instruction that
 * does nothing.
 */
#ifndef BENCH_SECTION_H
#define BENCH_SECTION_H

/** Exits of this CPU belong to section @number (a constant, 1..31) from here on; 0: to none in
 * particular. */
#define SECTION_BEGIN(number) __asm__ volatile("hint %0" : : "i"(96 + (number)) : "memory")
#define SECTION_END()         SECTION_BEGIN(0)

/** Now is moment @number (a constant, 0..15): what all CPUs have executed until now is kept. */
#define MOMENT(number) __asm__ volatile("hint %0" : : "i"(80 + (number)) : "memory")

#endif
