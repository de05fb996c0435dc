/* SPDX-License-Identifier: Apache-2.0 */
/* What the analyses of the policies share: bounds on what can happen in a time of given length.
 * Sums saturate. */
#ifndef COMPOSER_ANALYSIS_BOUNDS_H
#define COMPOSER_ANALYSIS_BOUNDS_H

#include "analysis.h"

uint64_t bound_add(uint64_t a, uint64_t b);
uint64_t bound_multiply(uint64_t a, uint64_t b);
uint64_t bound_subtract(uint64_t a, uint64_t b); /* not below 0; unbounded stays so */
uint64_t bound_divide_up(uint64_t a, uint64_t b);

/** Interrupts for @entity that can arrive within any @window_ns. */
uint64_t bound_interrupts(const struct analysis_entity *entity, uint64_t window_ns);

/** What the deferrable server @entity can be charged within any @window_ns, calls being late: its
 * budget at the end of one period and again at the beginning of the next (Strosnider et al.,
 * "back-to-back"). */
uint64_t bound_server(const struct analysis_core *core, const struct analysis_entity *entity,
                      uint64_t window_ns);

/** Whether @other can take the CPU from @index. */
typedef bool bound_preempts(const struct analysis_core *core, size_t other, size_t index);

/** What switches, interrupts and late calls cost @index within @window_ns, out of the time that
 * it is charged. */
uint64_t bound_overhead(const struct analysis_core *core, size_t index, bound_preempts *preempts,
                        uint64_t window_ns);

/** A window's length that suffices for the @demand of @index. */
typedef uint64_t bound_window(const struct analysis_core *core, size_t index, uint64_t demand_ns,
                              uint64_t window_ns);

/** The least fixed point of @window, from 0 on; ANALYSIS_UNBOUNDED if there is none below an
 * hour. */
uint64_t bound_fixed_point(const struct analysis_core *core, size_t index, uint64_t demand_ns,
                           bound_window *window);

/* The analyses. Each fills in all verdicts. */
void analysis_fixed_priority(const struct analysis_core *core, struct analysis *analysis);
void analysis_edf(const struct analysis_core *core, struct analysis *analysis);
void analysis_round_robin(const struct analysis_core *core, struct analysis *analysis);
void analysis_timetable(const struct analysis_core *core, struct analysis *analysis);

/** An entity without a budget, under fixed priority or EDF: it waits for its turn in the time
 * that is left over. */
void analysis_best_effort(const struct analysis_core *core, size_t index,
                          struct analysis_verdict *verdict);

/** Fills in the rest of @verdict of an entity with a budget, from response_ns and wake_ns. */
void analysis_settle(const struct analysis_core *core, size_t index, bound_preempts *preempts,
                     struct analysis_verdict *verdict);

#endif
