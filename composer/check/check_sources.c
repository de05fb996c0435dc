/* SPDX-License-Identifier: Apache-2.0 */
/* Opens what an image is compared with (check_sources.h). */
#include "check_sources.h"

#include <stdio.h>
#include <unistd.h>

#include "plan_gic.h"

#define PATH_SIZE 4096

static bool refuse(const char *path, const char *why)
{
    fprintf(stderr, "nagaya check: %s: %s\n", path, why);
    return false;
}

/* The engine that was given, or the one of the folder: of the image's controller, with the
 * console if it has one. */
static const char *engine_of(const struct check_against *against, const struct plan *head,
                             char path[PATH_SIZE])
{
    bool sound = head->magic == PLAN_MAGIC; /* it is looked at before anything is believed */
    if (against->engine != NULL || against->engines == NULL) {
        return against->engine;
    }
    snprintf(path, PATH_SIZE, "%s/arm64-gicv%d%s.elf", against->engines,
             sound && plan_has_gicv2(head) ? 2 : 3,
             sound && head->console.present != 0 ? "-debug" : "");
    return access(path, R_OK) == 0 ? path : NULL;
}

bool check_sources_open(const struct check_against *against, const struct plan *head,
                        struct check_sources *sources)
{
    static char path[PATH_SIZE];
    char why[IMAGE_FILE_WHY_SIZE];
    const char *engine = engine_of(against, head, path);
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
