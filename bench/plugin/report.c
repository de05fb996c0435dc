/* SPDX-License-Identifier: Apache-2.0 */
/* The plugin's counts as JSON; bench/counts/plugin_results.py reads it. */
#include "counts.h"

#include <inttypes.h>

/** Pairs of an offset in the code and how often that instruction was executed. */
static void trace_print(FILE *file, const uint32_t *trace)
{
    const char *separator = "";

    fprintf(file, ", \"trace\": [");
    for (uint32_t i = 0; i < TRACE_INSTRUCTIONS; i++) {
        if (trace[i] != 0) {
            fprintf(file, "%s[%u, %u]", separator, 4 * i, trace[i]);
            separator = ", ";
        }
    }
    fprintf(file, "]");
}

static void entry_print(FILE *file, const struct entry *entry, const char *separator)
{
    fprintf(file,
            "%s\n      {\"address\": %" PRIu64 ", \"exits\": %" PRIu64
            ", \"instructions\": %" PRIu64 ", \"min\": %" PRIu64 ", \"max\": %" PRIu64 "}",
            separator, entry->address, entry->exits, entry->instructions, entry->min, entry->max);
}

static void lengths_print(FILE *file, const struct lengths *lengths)
{
    fprintf(file, "{\"count\": %" PRIu64 ", \"instructions\": %" PRIu64 ", \"max\": %" PRIu64,
            lengths->count, lengths->sum, lengths->max);
    if (lengths->trace != NULL) {
        trace_print(file, lengths->trace);
    }
    fprintf(file, "}");
}

static void section_print(FILE *file, unsigned number, const struct section *section)
{
    const char *separator = "";

    fprintf(file,
            "\n    {\"section\": %u, \"marks\": %" PRIu64 ", \"lost\": %" PRIu64 ", \"entries\": [",
            number, section->marks, section->lost);
    for (size_t i = 0; i < ENTRIES && section->entries[i].exits != 0; i++) {
        entry_print(file, &section->entries[i], i == 0 ? "" : ",");
    }
    fprintf(file, "],\n     \"passages\": {");
    for (unsigned to = 0; to < SECTIONS; to++) {
        if (section->passages[to].count != 0) {
            fprintf(file, "%s\"%u\": ", separator, to);
            lengths_print(file, &section->passages[to]);
            separator = ", ";
        }
    }
    fprintf(file, "}}");
}

static void moments_print(FILE *file, const struct cpu *cpu)
{
    const char *separator = "";

    fprintf(file, ",\n   \"moments\": {");
    for (unsigned i = 0; i < MOMENTS; i++) {
        if (cpu->moments[i].kept) {
            fprintf(file,
                    "%s\"%u\": {\"hypervisor\": %" PRIu64 ", \"guest\": %" PRIu64
                    ", \"exits\": %" PRIu64 "}",
                    separator, i, cpu->moments[i].hypervisor, cpu->moments[i].guest,
                    cpu->moments[i].exits);
            separator = ", ";
        }
    }
    fprintf(file, "}");
}

void report_cpu(FILE *file, const struct cpu *cpu)
{
    const char *separator = "";

    fprintf(file,
            "\n  {\"executed\": %" PRIu64 ", \"guest\": %" PRIu64 ", \"first_run\": %" PRIu64
            ",\n   \"calls\": ",
            cpu->executed, cpu->guest, cpu->first_run);
    lengths_print(file, &cpu->calls);
    moments_print(file, cpu);
    fprintf(file, ",\n   \"series\": ");
    series_print(file, &cpu->series);
    fprintf(file, ",\n   \"sections\": [");
    for (unsigned i = 0; i < SECTIONS; i++) {
        if (cpu->sections[i].marks != 0 || cpu->sections[i].entries[0].exits != 0) {
            fprintf(file, "%s", separator);
            section_print(file, i, &cpu->sections[i]);
            separator = ",";
        }
    }
    fprintf(file, "]}");
}
