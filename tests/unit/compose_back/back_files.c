/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the files that tests compose from (back.h). */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "back.h"
#include "el2_map.h"
#include "memory.h"

static char folder[] = "build/tests/unit/compose_back.XXXXXX";
static const char **made;
static size_t made_count;

static void files_remove(void)
{
    for (size_t i = 0; i < made_count; i++) {
        unlink(made[i]);
    }
    rmdir(folder);
}

static const char *path_new(void)
{
    if (made_count == 0) {
        assert_non_null(mkdtemp(folder));
        atexit(files_remove);
    }
    const char *path = text_format("%s/%zu", folder, made_count);
    *ARRAY_ADD(made, made_count) = path;
    return path;
}

const char *file_of(const void *bytes, size_t size)
{
    const char *path = path_new();
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    return path;
}

const char *gzip_file_of(const void *bytes, size_t size)
{
    const char *path = path_new();
    gzFile file = gzopen(path, "wb9");

    assert_non_null(file);
    assert_int_equal(gzwrite(file, bytes, (unsigned)size), size);
    assert_int_equal(gzclose(file), Z_OK);
    return path;
}

uint8_t *elf_make(uint16_t type, uint64_t entry, const struct elf_segment *segments, size_t count,
                  size_t *size)
{
    Elf64_Ehdr header = {
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = type,
        .e_machine = EM_AARCH64,
        .e_version = EV_CURRENT,
        .e_entry = entry,
        .e_phoff = sizeof(header),
        .e_ehsize = sizeof(header),
        .e_phentsize = sizeof(Elf64_Phdr),
        .e_phnum = (Elf64_Half)count,
    };
    uint64_t next = sizeof(header) + count * sizeof(Elf64_Phdr);

    *size = (size_t)next;
    for (size_t i = 0; i < count; i++) {
        *size += (size_t)segments[i].file_size;
    }
    uint8_t *bytes = memory_new(*size, 1);
    memcpy(bytes, &header, sizeof(header));
    for (size_t i = 0; i < count; i++) {
        Elf64_Phdr program = {
            .p_type = PT_LOAD,
            .p_flags = PF_R | PF_W | PF_X,
            .p_offset = next,
            .p_vaddr = segments[i].vaddr,
            .p_paddr = segments[i].paddr,
            .p_filesz = segments[i].file_size,
            .p_memsz = segments[i].memory_size,
            .p_align = 1,
        };
        memcpy(bytes + sizeof(header) + i * sizeof(program), &program, sizeof(program));
        memset(bytes + next, (int)(i + 1), (size_t)segments[i].file_size);
        next += segments[i].file_size;
    }
    return bytes;
}

const char *elf_file_of(uint16_t type, uint64_t entry, const struct elf_segment *segments,
                        size_t count)
{
    size_t size;
    uint8_t *bytes = elf_make(type, entry, segments, count, &size);

    return file_of(bytes, size);
}

const char *linux_file_of(uint64_t text_offset, uint64_t image_size, size_t size)
{
    uint8_t *bytes = memory_new(size, 1);

    for (size_t i = 64; i < size; i++) {
        bytes[i] = (uint8_t)(i * 7 + 1);
    }
    memcpy(bytes + 8, &text_offset, 8);
    memcpy(bytes + 16, &image_size, 8);
    memcpy(bytes + 56, (const uint8_t[]){'A', 'R', 'M', 0x64}, 4);
    return file_of(bytes, size);
}

/* The symbols that the composer reads, in the order of the file. */
static const struct {
    const char *name;
    uint64_t value;
} symbols[] = {
    {"_start", EL2_BASE + 0x40},
    {"boot_start", EL2_BASE},
    {"boot_end", EL2_BASE + 0x1000},
    {"text_start", EL2_BASE},
    {"text_end", EL2_BASE + 0x3000},
    {"rodata_start", EL2_BASE + 0x3000},
    {"rodata_end", EL2_BASE + 0x5000},
    {"plan", EL2_BASE + 0x5000},
    {"shared_start", EL2_SHARED},
    {"shared_end", EL2_SHARED + 0x35000},
    {"percpu_start", EL2_PERCPU},
    {"percpu_end", EL2_PERCPU + 0x2000},
    {"observe_start", EL2_SHARED},
    {"vm_status_pages", EL2_SHARED},
    {"vcpu_stats", EL2_SHARED + 0x10000},
    {"log_rings", EL2_SHARED + 0x15000},
    {"observe_end", EL2_SHARED + 0x22000},
    {"watchdog_pages", EL2_SHARED + 0x22000},
    {"manager_pages", EL2_SHARED + 0x32000},
    {"sched_dedicated", EL2_BASE + 0x3100},
    {"sched_fixed_priority", EL2_BASE + 0x3140},
    {"sched_edf", EL2_BASE + 0x3180},
    {"sched_timetable", EL2_BASE + 0x31c0},
};
#define SYMBOL_COUNT (sizeof(symbols) / sizeof(symbols[0]))
#define NAME_ROOM    32

const char *hypervisor_file(void)
{
    static const char *path;
    const struct elf_segment segments[] = {{EL2_BASE, EL2_BASE, 0x4800, 0x5000},
                                           {EL2_SHARED, EL2_SHARED, 0, 0x6000},
                                           {EL2_PERCPU, EL2_PERCPU, 0, 0x2000}};
    Elf64_Shdr sections[3] = {0};
    Elf64_Sym table[SYMBOL_COUNT] = {0};
    char names[SYMBOL_COUNT * NAME_ROOM] = {0};
    size_t size;

    if (path != NULL) {
        return path;
    }
    uint8_t *elf = elf_make(ET_EXEC, EL2_BASE + 0x40, segments, 3, &size);
    for (size_t i = 0; i < SYMBOL_COUNT; i++) {
        table[i].st_name = (Elf64_Word)(i * NAME_ROOM);
        table[i].st_value = symbols[i].value;
        table[i].st_shndx = SHN_ABS;
        snprintf(names + i * NAME_ROOM, NAME_ROOM, "%s", symbols[i].name);
    }
    sections[1] = (Elf64_Shdr){
        .sh_type = SHT_SYMTAB, .sh_offset = size, .sh_size = sizeof(table), .sh_link = 2};
    sections[2] = (Elf64_Shdr){
        .sh_type = SHT_STRTAB, .sh_offset = size + sizeof(table), .sh_size = sizeof(names)};

    size_t total = size + sizeof(table) + sizeof(names) + sizeof(sections);
    uint8_t *all = memory_new(total, 1);
    Elf64_Ehdr header;
    memcpy(&header, elf, sizeof(header));
    header.e_shoff = size + sizeof(table) + sizeof(names);
    header.e_shentsize = sizeof(Elf64_Shdr);
    header.e_shnum = 3;
    memcpy(all, elf, size);
    memcpy(all, &header, sizeof(header));
    memcpy(all + size, table, sizeof(table));
    memcpy(all + size + sizeof(table), names, sizeof(names));
    memcpy(all + header.e_shoff, sections, sizeof(sections));
    path = file_of(all, total);
    return path;
}
