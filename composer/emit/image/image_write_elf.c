/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the image's ELF file (image_write_elf.h). */
#include "image_write_elf.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arithmetic.h"
#include "diagnostics.h"
#include "memory.h"
#include "plan_map.h"

/* A run of zeros shorter than this costs less in the file than a program header. */
#define ZERO_RUN 128U

/* Offsets in the file are multiples of it; so are all physical addresses. */
#define FILE_ALIGNMENT 8U

/* The note as it lies in the file (ELF-64 Object File Format 1.5, "Note sections"). */
struct __attribute__((packed)) note {
    Elf64_Nhdr header;
    char owner[8]; /* padded to a multiple of 4 */
    struct plan_note contents;
};
static_assert(sizeof(struct note) == 28, "as in the file");

/* The file as it is being put together. */
struct image_file {
    uint8_t *bytes;
    uint64_t size;
    Elf64_Phdr *programs;
    size_t program_count;
};

void piece_add(struct pieces *pieces, struct piece piece)
{
    if (piece.memory_size != 0) {
        *ARRAY_ADD(pieces->list, pieces->count) = piece;
    }
}

/* How many of the words from @first on are zero, or are not: @zero says which are counted. */
static uint64_t run_length(const uint64_t *words, uint64_t first, uint64_t count, bool zero)
{
    uint64_t at = first;

    while (at < count && (words[at] == 0) == zero) {
        at++;
    }
    return at - first;
}

void piece_add_sparse(struct pieces *pieces, uint64_t pa, const void *bytes, uint64_t size,
                      uint32_t flags)
{
    const uint64_t *words = bytes;
    uint64_t count = size / sizeof(*words);

    for (uint64_t start = 0, at = 0; start < count; start = at) {
        uint64_t zeros = 0;
        while (at < count && zeros * sizeof(*words) < ZERO_RUN) {
            at += run_length(words, at, count, false);
            zeros = run_length(words, at, count, true);
            at += zeros;
        }
        piece_add(pieces, (struct piece){
                              .pa = pa + start * sizeof(*words),
                              .bytes = (const uint8_t *)&words[start],
                              .file_size = (at - zeros - start) * sizeof(*words),
                              .memory_size = (at - start) * sizeof(*words),
                              .flags = flags,
                          });
    }
}

static int piece_compare(const void *a, const void *b)
{
    const struct piece *left = a, *right = b;

    return (left->pa > right->pa) - (left->pa < right->pa);
}

/* Where the bytes of piece @index were stored before, or 0. */
static uint64_t stored_offset(const struct pieces *pieces, const struct image_file *file,
                              size_t index)
{
    const struct piece *piece = &pieces->list[index];

    for (size_t i = 0; i < index; i++) {
        if (pieces->list[i].bytes == piece->bytes &&
            pieces->list[i].file_size == piece->file_size) {
            return file->programs[i + 1].p_offset;
        }
    }
    return 0;
}

static void program_headers_make(const struct pieces *pieces, struct image_file *file)
{
    uint64_t next = sizeof(Elf64_Ehdr) + (pieces->count + 1) * sizeof(Elf64_Phdr);

    file->program_count = pieces->count + 1;
    file->programs = memory_new(file->program_count, sizeof(*file->programs));
    file->programs[0] = (Elf64_Phdr){
        .p_type = PT_NOTE,
        .p_flags = PF_R,
        .p_offset = next,
        .p_filesz = sizeof(struct note),
        .p_memsz = sizeof(struct note),
        .p_align = 4,
    };
    next = align_up(next + sizeof(struct note), FILE_ALIGNMENT);
    for (size_t i = 0; i < pieces->count; i++) {
        const struct piece *piece = &pieces->list[i];
        uint64_t offset = piece->file_size == 0 ? next : stored_offset(pieces, file, i);
        if (offset == 0) {
            offset = next;
            next = align_up(next + piece->file_size, FILE_ALIGNMENT);
        }
        file->programs[i + 1] = (Elf64_Phdr){
            .p_type = PT_LOAD,
            .p_flags = piece->flags,
            .p_offset = offset,
            .p_vaddr = piece->pa,
            .p_paddr = piece->pa,
            .p_filesz = piece->file_size,
            .p_memsz = piece->memory_size,
            .p_align = FILE_ALIGNMENT,
        };
    }
    file->size = next;
}

static void file_make(const struct pieces *pieces, uint64_t entry_pa, uint64_t plan_pa,
                      struct image_file *file)
{
    program_headers_make(pieces, file);
    if (file->program_count >= PN_XNUM) {
        fatal("internal: too many segments");
    }

    Elf64_Ehdr header = {
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT,
                    ELFOSABI_NONE},
        .e_type = ET_EXEC,
        .e_machine = EM_AARCH64,
        .e_version = EV_CURRENT,
        .e_entry = entry_pa,
        .e_phoff = sizeof(Elf64_Ehdr),
        .e_ehsize = sizeof(Elf64_Ehdr),
        .e_phentsize = sizeof(Elf64_Phdr),
        .e_phnum = (Elf64_Half)file->program_count,
    };
    struct note note = {
        .header = {.n_namesz = sizeof(PLAN_NOTE_OWNER),
                   .n_descsz = sizeof(note.contents),
                   .n_type = PLAN_NOTE_TYPE},
        .owner = PLAN_NOTE_OWNER,
        .contents = {.plan_pa = plan_pa},
    };

    file->bytes = memory_new((size_t)file->size, 1);
    memcpy(file->bytes, &header, sizeof(header));
    memcpy(file->bytes + header.e_phoff, file->programs,
           file->program_count * sizeof(*file->programs));
    memcpy(file->bytes + file->programs[0].p_offset, &note, sizeof(note));
    for (size_t i = 0; i < pieces->count; i++) {
        if (pieces->list[i].file_size != 0) {
            memcpy(file->bytes + file->programs[i + 1].p_offset, pieces->list[i].bytes,
                   (size_t)pieces->list[i].file_size);
        }
    }
}

static bool write_whole(int descriptor, const uint8_t *bytes, uint64_t size)
{
    uint64_t done = 0;

    while (done < size) {
        ssize_t put = write(descriptor, bytes + done, (size_t)(size - done));
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put < 0) {
            return false;
        }
        done += (uint64_t)put;
    }
    return true;
}

/* A device or a pipe cannot be replaced by a file: it is written to. */
static bool is_no_file(const char *output)
{
    struct stat status;

    return stat(output, &status) == 0 && !S_ISREG(status.st_mode);
}

static void special_file_write(const struct image_file *file, const char *output)
{
    int descriptor = open(output, O_WRONLY | O_CLOEXEC);

    if (descriptor < 0 || !write_whole(descriptor, file->bytes, file->size) ||
        close(descriptor) != 0) {
        fatal("cannot write '%s': %s", output, strerror(errno));
    }
}

static void file_write(const struct image_file *file, const char *output)
{
    char *temporary = text_format("%s.XXXXXX", output);
    int descriptor = mkstemp(temporary);
    mode_t mask = umask(0);

    umask(mask);
    if (descriptor < 0) {
        fatal("cannot write '%s': %s", output, strerror(errno));
    }
    bool written =
        write_whole(descriptor, file->bytes, file->size) && fchmod(descriptor, 0666 & ~mask) == 0;
    int error = errno;
    if (close(descriptor) != 0 && written) {
        error = errno;
        written = false;
    }
    if (written && rename(temporary, output) != 0) {
        error = errno;
        written = false;
    }
    if (!written) {
        unlink(temporary);
        fatal("cannot write '%s': %s", output, strerror(error));
    }
}

void image_elf_write(struct pieces *pieces, uint64_t entry_pa, uint64_t plan_pa, const char *output)
{
    struct image_file file = {0};

    qsort(pieces->list, pieces->count, sizeof(*pieces->list), piece_compare);
    for (size_t i = 1; i < pieces->count; i++) {
        if (pieces->list[i].pa < pieces->list[i - 1].pa + pieces->list[i - 1].memory_size) {
            fatal("internal: two things lie at 0x%llx", (unsigned long long)pieces->list[i].pa);
        }
    }
    file_make(pieces, entry_pa, plan_pa, &file);
    if (is_no_file(output)) {
        special_file_write(&file, output);
    } else {
        file_write(&file, output);
    }
}
