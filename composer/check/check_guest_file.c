/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a VM's image as a file (check_guest_file.h). */
#include "check_guest_file.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* next_in is a pointer to const, as it should be */
#define ZLIB_CONST
#include <zlib.h>

#define UNPACKED_MAX (1U << 30)
#define LINUX_MAGIC  "ARM\x64" /* at offset 56 (Linux, Documentation/arch/arm64/booting.rst) */
#define LINUX_AT     56U

#define REFUSE(text)                                                                               \
    do {                                                                                           \
        snprintf(why, IMAGE_FILE_WHY_SIZE, text);                                                  \
        return false;                                                                              \
    } while (0)

static bool unpack(struct image_file *file, char why[IMAGE_FILE_WHY_SIZE])
{
    z_stream stream = {.next_in = file->bytes, .avail_in = (uInt)file->size};
    uint64_t room = 4 * file->size + (1U << 20);
    uint8_t *bytes = memory_or_exit(NULL, 1, room);
    uint64_t size = 0;
    int status = inflateInit2(&stream, 15 + 16); /* the largest window; a gzip header */
    while (status == Z_OK && size < UNPACKED_MAX) {
        if (size == room) {
            room *= 2;
            bytes = memory_or_exit(bytes, 1, room);
        }
        stream.next_out = bytes + size;
        stream.avail_out = (uInt)(room - size);
        status = inflate(&stream, Z_NO_FLUSH);
        size = room - stream.avail_out;
    }
    inflateEnd(&stream);
    free(file->bytes);
    file->bytes = bytes;
    file->size = size;
    if (status != Z_STREAM_END) {
        REFUSE("a damaged gzip file, or one that is too large");
    }
    return true;
}

static bool read_elf(struct guest_file *guest, char why[IMAGE_FILE_WHY_SIZE])
{
    const struct image_file *file = &guest->file;
    Elf64_Ehdr header;
    if (file->size < sizeof(header)) {
        REFUSE("a damaged ELF file");
    }
    memcpy(&header, file->bytes, sizeof(header));
    if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB ||
        header.e_phentsize != sizeof(Elf64_Phdr) ||
        !range_contains(0, file->size, header.e_phoff,
                        (uint64_t)header.e_phnum * sizeof(Elf64_Phdr))) {
        REFUSE("no ELF file for arm64, or a damaged one");
    }
    guest->form = header.e_type == ET_DYN ? GUEST_ANYWHERE : GUEST_FIXED;
    guest->parts = memory_or_exit(NULL, header.e_phnum, sizeof(guest->parts[0]));
    for (uint32_t i = 0; i < header.e_phnum; i++) {
        Elf64_Phdr program;
        memcpy(&program, file->bytes + header.e_phoff + i * sizeof(program), sizeof(program));
        if (program.p_type != PT_LOAD) {
            continue;
        }
        if (!range_contains(0, file->size, program.p_offset, program.p_filesz)) {
            REFUSE("a damaged ELF file");
        }
        /* The entry is a virtual address. */
        if (header.e_entry >= program.p_vaddr &&
            header.e_entry - program.p_vaddr < program.p_memsz) {
            guest->entry = header.e_entry - program.p_vaddr + program.p_paddr;
        }
        if (program.p_memsz != 0) {
            guest->parts[guest->part_count++] = (struct guest_part){
                program.p_paddr, program.p_filesz, file->bytes + program.p_offset, program.p_memsz};
        }
    }
    return true;
}

bool guest_file_open(struct image_file *file, bool raw, struct guest_file *guest,
                     char why[IMAGE_FILE_WHY_SIZE])
{
    *guest = (struct guest_file){.form = GUEST_RAW, .file = *file};
    if (!raw && file->size >= 2 && file->bytes[0] == 0x1f && file->bytes[1] == 0x8b &&
        !unpack(&guest->file, why)) {
        return false;
    }
    const uint8_t *bytes = guest->file.bytes;
    uint64_t size = guest->file.size;
    bool is_linux = !raw && size >= LINUX_AT + 4 && memcmp(bytes + LINUX_AT, LINUX_MAGIC, 4) == 0;
    if (!raw && !is_linux && size >= SELFMAG && memcmp(bytes, ELFMAG, SELFMAG) == 0) {
        return read_elf(guest, why);
    }
    guest->form = is_linux ? GUEST_LINUX : GUEST_RAW;
    guest->parts = memory_or_exit(NULL, 1, sizeof(guest->parts[0]));
    guest->parts[guest->part_count++] = (struct guest_part){0, size, bytes, size};
    return true;
}

void guest_file_close(struct guest_file *guest)
{
    image_file_close(&guest->file);
    free(guest->parts);
    *guest = (struct guest_file){0};
}
