/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine's ELF file, as far as an image holds it: the bytes of text and read-only data, where
 * things lie in them, and the policies by their names (abi/el2_map.h, abi/plan.h).
 */
#ifndef COMPOSER_CHECK_ENGINE_H
#define COMPOSER_CHECK_ENGINE_H

#include "image_reader.h"

/** A file that is opened. Offsets are from EL2_BASE, but for those in shared data, which are from
 * its start. */
struct engine_file {
    const char *path;
    struct image_file file; /* its bytes */
    uint64_t symbols;       /* offset in the file of the symbol table, and how many there are */
    uint64_t symbol_count;
    uint64_t names; /* the same of their names, in bytes */
    uint64_t names_size;
    uint8_t *contents; /* text and read-only data, as they are loaded */
    uint64_t text_size;
    uint64_t rodata_size;
    uint64_t rodata_end; /* of what is said there; zeros up to rodata_size */
    uint64_t shared_size;
    uint64_t percpu_size;
    uint64_t entry;
    uint64_t boot_start; /* the pages that run while the MMU is switched on */
    uint64_t boot_end;
    uint64_t status;
    uint64_t stats;
    uint64_t log;
    uint64_t watchdogs;
    uint64_t manager;
};

/** Opens the engine at @path. Returns false, with the reason in @why, if it can't be read or is
 * none. */
bool engine_file_open(const char *path, struct engine_file *engine, char why[IMAGE_FILE_WHY_SIZE]);
void engine_file_close(struct engine_file *engine);

/** Where policy @name, as users write it, is at EL2; 0 if the engine has none of that name. */
uint64_t engine_file_policy(const struct engine_file *engine, const char *name);

#endif
