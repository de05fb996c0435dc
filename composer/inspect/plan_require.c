/* SPDX-License-Identifier: Apache-2.0 */
/* What single fields of the plan are held against (plan_fields.h). */
#include "plan_fields.h"

#include <inttypes.h>
#include <string.h>

void require(struct fields *fields, bool condition, const char *field, uint64_t value)
{
    if (!condition) {
        report_fail(fields->report, PROPERTY_PLAN_FIELDS, "%s: %s is 0x%" PRIx64, fields->where,
                    field, value);
        fields->good = false;
    }
}

void require_time(struct fields *fields, uint64_t ns, uint64_t least, const char *field)
{
    require(fields, ns >= least && ns <= TIME_LIMIT_NS, field, ns);
}

void require_aligned(struct fields *fields, uint64_t value, uint64_t alignment, const char *field)
{
    require(fields, value % alignment == 0 && value < PA_END, field, value);
}

void require_range(struct fields *fields, uint64_t start, uint64_t size, uint64_t end,
                   uint64_t alignment, const char *field)
{
    require(fields,
            start % alignment == 0 && size % alignment == 0 && size != 0 && start < end &&
                size <= end - start,
            field, start);
}

void require_name_in(struct fields *fields, const char *name, size_t room)
{
    bool good = name[0] != 0 && memchr(name, 0, room) != NULL;
    for (size_t i = 0; i < room && name[i] != 0; i++) {
        good = good && name[i] >= ' ' && name[i] <= '~';
    }
    require(fields, good, "name: its first byte", (uint8_t)name[0]);
}

void require_name(struct fields *fields, const char name[PLAN_NAME_SIZE])
{
    require_name_in(fields, name, PLAN_NAME_SIZE);
}

void require_zero(struct report *report, const void *bytes, size_t size, const char *what,
                  uint32_t index)
{
    for (size_t i = 0; i < size; i++) {
        if (((const uint8_t *)bytes)[i] != 0) {
            report_fail(report, PROPERTY_PLAN_UNUSED, "%s %u: unused, but not zero", what, index);
            return;
        }
    }
}

void require_name_end_zero_in(struct report *report, const char *name, size_t room,
                              const char *what, uint32_t index)
{
    size_t length = strlen(name);
    require_zero(report, name + length, room - length, what, index);
}

void require_name_end_zero(struct report *report, const char name[PLAN_NAME_SIZE], const char *what,
                           uint32_t index)
{
    require_name_end_zero_in(report, name, PLAN_NAME_SIZE, what, index);
}

void require_offset_zero(struct report *report, struct plan_array array, const char *what,
                         uint32_t index)
{
    require_zero(report, &array.offset, array.count != 0 ? 0 : sizeof(array.offset), what, index);
}
