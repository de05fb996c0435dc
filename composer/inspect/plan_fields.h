/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files that look at single fields of the plan: each says where it is, then what it
 * requires. */
#ifndef COMPOSER_PLAN_FIELDS_H
#define COMPOSER_PLAN_FIELDS_H

#include <stdio.h>

#include "plan_view.h"

/* What the engine can reckon with and the analysis can look at. */
#define TIME_LIMIT_NS    3600000000000U /* an hour: the engine adds such times up */
#define TIME_LEAST_NS    10000U         /* of a decision on a shared core */
#define PRIORITY_LIMIT   255U
#define INTERRUPTS_LIMIT 1000000U
#define SLOTS_LIMIT      256U

struct fields {
    const struct plan_view *view;
    struct report *report;
    bool good;
    char where[64]; /* "vm 2", ... */
};

#define SAY_WHERE(fields, ...) snprintf((fields)->where, sizeof((fields)->where), __VA_ARGS__)

void require(struct fields *fields, bool condition, const char *field, uint64_t value);

/** A time of @least to TIME_LIMIT_NS. */
void require_time(struct fields *fields, uint64_t ns, uint64_t least, const char *field);

void require_aligned(struct fields *fields, uint64_t value, uint64_t alignment, const char *field);

/** A range that begins at a multiple of @alignment and ends at or below @end. */
void require_range(struct fields *fields, uint64_t start, uint64_t size, uint64_t end,
                   uint64_t alignment, const char *field);

/** Names go to terminals and into JSON: printable ASCII, ended by a 0. */
void require_name(struct fields *fields, const char name[PLAN_NAME_SIZE]);
void require_name_in(struct fields *fields, const char *name, size_t room);

/** What is unused is zero; @what and @index for the message. */
void require_zero(struct report *report, const void *bytes, size_t size, const char *what,
                  uint32_t index);
void require_name_end_zero(struct report *report, const char name[PLAN_NAME_SIZE], const char *what,
                           uint32_t index);
void require_name_end_zero_in(struct report *report, const char *name, size_t room,
                              const char *what, uint32_t index);

/** An empty array has no offset. */
void require_offset_zero(struct report *report, struct plan_array array, const char *what,
                         uint32_t index);

#endif
