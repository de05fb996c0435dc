/* SPDX-License-Identifier: Apache-2.0 */
/* What was found out about each property, and how it is shown. */
#include "report.h"

#include <stdarg.h>

static const struct {
    const char *id;
    const char *sentence;
} properties[PROPERTY_COUNT] = {
#define PROPERTY_TEXT(name, id, sentence) [PROPERTY_##name] = {id, sentence},
    PROPERTIES(PROPERTY_TEXT)
#undef PROPERTY_TEXT
};

const char *property_id(enum property property)
{
    return properties[property].id;
}

void report_fail(struct report *report, enum property property, const char *format, ...)
{
    if (report->failures[property]++ != 0) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(report->first[property], REPORT_TEXT_SIZE, format, arguments);
    va_end(arguments);
}

unsigned report_open_count(const struct report *report)
{
    unsigned count = 0;
    for (unsigned i = 0; i < PROPERTY_COUNT; i++) {
        count += report->failures[i] != 0 || (i >= report->checked && report->skipped[i] == NULL);
    }
    return count;
}

unsigned report_skipped_count(const struct report *report)
{
    unsigned count = 0;
    for (unsigned i = 0; i < PROPERTY_COUNT; i++) {
        count += report->skipped[i] != NULL;
    }
    return count;
}

void report_skip(struct report *report, enum property first, enum property last, const char *why)
{
    for (unsigned i = first; i <= (unsigned)last; i++) {
        report->skipped[i] = why;
    }
}

void report_print(const struct report *report, FILE *out, bool quiet)
{
    for (unsigned i = 0; i < PROPERTY_COUNT; i++) {
        unsigned failures = report->failures[i];
        if (failures > 1) {
            fprintf(out, "%-22s  FAILED: %s (and %u more)\n", properties[i].id, report->first[i],
                    failures - 1);
        } else if (failures == 1) {
            fprintf(out, "%-22s  FAILED: %s\n", properties[i].id, report->first[i]);
        } else if (!quiet && report->skipped[i] != NULL) {
            fprintf(out, "%-22s  %s\n", properties[i].id, report->skipped[i]);
        } else if (!quiet && i < report->checked) {
            fprintf(out, "%-22s  ok: %s\n", properties[i].id, properties[i].sentence);
        } else if (!quiet) {
            fprintf(out, "%-22s  not checked\n", properties[i].id);
        }
    }
}
