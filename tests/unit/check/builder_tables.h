/* SPDX-License-Identifier: Apache-2.0 */
/* Translation tables for the images of tests: 4 KB granule, 39 bits, three levels (Arm DDI 0487,
 * D8.3). */
#ifndef TESTS_UNIT_CHECK_BUILDER_TABLES_H
#define TESTS_UNIT_CHECK_BUILDER_TABLES_H

#include "builder.h"

/** Make the tables of a VM or a CPU from builder->stage2 or builder->el2; return the root's
 * address. */
uint64_t builder_tables_stage2(struct builder *builder, unsigned vm);
uint64_t builder_tables_el2(struct builder *builder, unsigned cpu);

#endif
