/* SPDX-License-Identifier: Apache-2.0 */
/* Opens what an image is compared with (check_sources.h). */
#include "check_sources.h"

#include <stdio.h>

static bool refuse(const char *path, const char *why)
{
    fprintf(stderr, "nagaya check: %s: %s\n", path, why);
    return false;
}

bool check_sources_open(const struct check_against *against, bool debug, struct check_sources *sources)
{
    char why[IMAGE_FILE_WHY_SIZE];
    const char *engine = debug && against->debug_engine != NULL ? against->debug_engine : against->engine;
    *sources = (struct check_sources){0};
    if (engine != NULL) {
        sources->engine = &sources->engine_file;
        if (!engine_file_open(engine, sources->engine, why)) {
            return refuse(engine, why);
        }
    }
    if (against->board != NULL) {
        sources->board = &sources->board_source;
        if (!board_source_open(against->board, sources->board, why)) {
            return refuse(against->board, why);
        }
    }
    if (against->system != NULL) {
        if (!system_source_open(against->system, against->data, &sources->system_source, why)) {
            return refuse(against->system, why);
        }
        sources->system = &sources->system_source;
    }
    return true;
}

void check_sources_close(struct check_sources *sources)
{
    if (sources->engine != NULL) {
        engine_file_close(sources->engine);
    }
    if (sources->board != NULL) {
        board_source_close(sources->board);
    }
    if (sources->system != NULL) {
        system_source_close(sources->system);
    }
}
