/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the engine's ELF file (check_engine.h; System V ABI, chapters 4 and 5). */
#include "check_engine.h"

#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spans.h"
#include "el2_map.h"
#include "plan.h"

#define SYMBOL_SIZE 64

#define REFUSE(...)                                                                                \
    do {                                                                                           \
        snprintf(why, IMAGE_FILE_WHY_SIZE, __VA_ARGS__);                                           \
        return false;                                                                              \
    } while (0)

static bool in_file(const struct engine_file *engine, uint64_t offset, uint64_t size)
{
    return range_contains(0, engine->file.size, offset, size);
}

static bool read_header(const struct engine_file *engine, Elf64_Ehdr *header,
                        char why[IMAGE_FILE_WHY_SIZE])
{
    if (engine->file.size < sizeof(*header) || memcmp(engine->file.bytes, ELFMAG, SELFMAG) != 0) {
        REFUSE("not an ELF file");
    }
    memcpy(header, engine->file.bytes, sizeof(*header));
    if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB ||
        header->e_machine != EM_AARCH64 || header->e_phentsize != sizeof(Elf64_Phdr) ||
        header->e_shentsize != sizeof(Elf64_Shdr) ||
        !in_file(engine, header->e_phoff, (uint64_t)header->e_phnum * sizeof(Elf64_Phdr)) ||
        !in_file(engine, header->e_shoff, (uint64_t)header->e_shnum * sizeof(Elf64_Shdr))) {
        REFUSE("not an ELF file for arm64, or a damaged one");
    }
    return true;
}

static Elf64_Shdr section_at(const struct engine_file *engine, const Elf64_Ehdr *header,
                             uint32_t index)
{
    Elf64_Shdr section;
    memcpy(&section, engine->file.bytes + header->e_shoff + index * sizeof(section),
           sizeof(section));
    return section;
}

static bool find_symbols(struct engine_file *engine, const Elf64_Ehdr *header,
                         char why[IMAGE_FILE_WHY_SIZE])
{
    for (uint32_t i = 0; i < header->e_shnum; i++) {
        Elf64_Shdr section = section_at(engine, header, i);
        if (section.sh_type != SHT_SYMTAB || section.sh_link >= header->e_shnum) {
            continue;
        }
        Elf64_Shdr names = section_at(engine, header, section.sh_link);
        if (!in_file(engine, section.sh_offset, section.sh_size) ||
            !in_file(engine, names.sh_offset, names.sh_size)) {
            REFUSE("its symbol table lies outside the file");
        }
        engine->symbols = section.sh_offset;
        engine->symbol_count = section.sh_size / sizeof(Elf64_Sym);
        engine->names = names.sh_offset;
        engine->names_size = names.sh_size;
        return true;
    }
    REFUSE("it has no symbols; give the file as it was linked");
}

static bool find_symbol(const struct engine_file *engine, const char *name, uint64_t *value)
{
    size_t size = strlen(name) + 1;
    for (uint64_t i = 0; i < engine->symbol_count; i++) {
        Elf64_Sym symbol;
        memcpy(&symbol, engine->file.bytes + engine->symbols + i * sizeof(symbol), sizeof(symbol));
        if (symbol.st_shndx != SHN_UNDEF &&
            range_contains(0, engine->names_size, symbol.st_name, size) &&
            memcmp(engine->file.bytes + engine->names + symbol.st_name, name, size) == 0) {
            *value = symbol.st_value;
            return true;
        }
    }
    return false;
}

static uint64_t pages_up(uint64_t size)
{
    return (size + PLAN_PAGE_SIZE - 1) / PLAN_PAGE_SIZE * PLAN_PAGE_SIZE;
}

/* What the linker script calls by name (hypervisor/arch/arm64/). */
static bool read_places(struct engine_file *engine, char why[IMAGE_FILE_WHY_SIZE])
{
    uint64_t text_end, plan, shared_end, percpu_end;
    const struct {
        const char *name;
        uint64_t base;
        uint64_t *value;
    } places[] = {
        {"text_end", EL2_BASE, &text_end},
        {"rodata_end", EL2_BASE, &engine->rodata_end},
        {"plan", EL2_BASE, &plan},
        {"_start", EL2_BASE, &engine->entry},
        {"boot_start", EL2_BASE, &engine->boot_start},
        {"boot_end", EL2_BASE, &engine->boot_end},
        {"shared_end", EL2_SHARED, &shared_end},
        {"percpu_end", EL2_PERCPU, &percpu_end},
        {"vm_status_pages", EL2_SHARED, &engine->status},
        {"vcpu_stats", EL2_SHARED, &engine->stats},
        {"log_rings", EL2_SHARED, &engine->log},
        {"watchdog_pages", EL2_SHARED, &engine->watchdogs},
        {"manager_pages", EL2_SHARED, &engine->manager},
    };
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        uint64_t value;
        if (!find_symbol(engine, places[i].name, &value) || value < places[i].base) {
            REFUSE("not an engine of nagaya's: it has no symbol %s", places[i].name);
        }
        *places[i].value = value - places[i].base;
    }
    if (text_end > plan || plan > EL2_SHARED - EL2_BASE || engine->boot_start > engine->boot_end ||
        engine->boot_end > text_end || engine->rodata_end > plan) {
        REFUSE("not an engine of nagaya's: text, read-only data and plan do not follow each other");
    }
    engine->text_size = text_end;
    engine->rodata_size = plan - text_end;
    engine->shared_size = pages_up(shared_end);
    engine->percpu_size = pages_up(percpu_end);
    engine->boot_start = engine->boot_start / PLAN_PAGE_SIZE * PLAN_PAGE_SIZE;
    engine->boot_end = pages_up(engine->boot_end);
    return true;
}

static bool read_contents(struct engine_file *engine, const Elf64_Ehdr *header,
                          char why[IMAGE_FILE_WHY_SIZE])
{
    uint64_t size = engine->text_size + engine->rodata_size;
    engine->contents = memory_or_exit(NULL, 1, size);
    memset(engine->contents, 0, size);
    for (uint32_t i = 0; i < header->e_phnum; i++) {
        Elf64_Phdr program;
        memcpy(&program, engine->file.bytes + header->e_phoff + i * sizeof(program),
               sizeof(program));
        if (program.p_type != PT_LOAD || program.p_filesz == 0) {
            continue;
        }
        if (!in_file(engine, program.p_offset, program.p_filesz) ||
            !range_contains(EL2_BASE, size, program.p_vaddr, program.p_filesz)) {
            REFUSE("not an engine of nagaya's: it loads something at 0x%" PRIx64, program.p_vaddr);
        }
        memcpy(engine->contents + (program.p_vaddr - EL2_BASE),
               engine->file.bytes + program.p_offset, program.p_filesz);
    }
    return true;
}

bool engine_file_open(const char *path, struct engine_file *engine, char why[IMAGE_FILE_WHY_SIZE])
{
    Elf64_Ehdr header;
    *engine = (struct engine_file){.path = path};
    return image_file_read(path, &engine->file, why) && read_header(engine, &header, why) &&
           find_symbols(engine, &header, why) && read_places(engine, why) &&
           read_contents(engine, &header, why);
}

void engine_file_close(struct engine_file *engine)
{
    image_file_close(&engine->file);
    free(engine->contents);
    *engine = (struct engine_file){0};
}

uint64_t engine_file_policy(const struct engine_file *engine, const char *name)
{
    char symbol[SYMBOL_SIZE];
    uint64_t value;
    snprintf(symbol, sizeof(symbol), "sched_%s", name);
    for (char *c = symbol; *c != 0; c++) {
        *c = *c == '-' ? '_' : *c;
    }
    /* Functions have such names too: a policy is a constant. */
    bool found = find_symbol(engine, symbol, &value) && value >= EL2_BASE + engine->text_size &&
                 value < EL2_BASE + engine->rodata_end;
    return found ? value : 0;
}
