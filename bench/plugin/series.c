/* SPDX-License-Identifier: Apache-2.0 */
#include "series.h"

#include <inttypes.h>
#include <stdlib.h>

#define FIRST_ROOM 1024U

/** Room for one more step. Without memory there is no measurement: ends QEMU. */
static void series_grow(struct series *series)
{
    size_t room = series->room == 0 ? FIRST_ROOM : 2 * series->room;
    struct series_step *steps = realloc(series->steps, room * sizeof(*steps));

    if (steps == NULL) {
        fprintf(stderr, "el2count: no memory for a series of %zu\n", room);
        abort();
    }
    series->steps = steps;
    series->room = room;
}

void series_begin(struct series *series, struct series_step now)
{
    series->begun = true;
    series->at_begin = now;
}

void series_end(struct series *series, struct series_step now)
{
    if (!series->begun) {
        return;
    }
    series->begun = false;
    if (series->count == series->room) {
        series_grow(series);
    }
    series->steps[series->count++] = (struct series_step){
        .hypervisor = now.hypervisor - series->at_begin.hypervisor,
        .all = now.all - series->at_begin.all,
    };
}

void series_print(FILE *file, const struct series *series)
{
    fprintf(file, "[");
    for (size_t i = 0; i < series->count; i++) {
        fprintf(file, "%s[%" PRIu64 ", %" PRIu64 "]", i == 0 ? "" : ", ",
                series->steps[i].hypervisor, series->steps[i].all);
    }
    fprintf(file, "]");
}
