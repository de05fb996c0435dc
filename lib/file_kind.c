/* SPDX-License-Identifier: Apache-2.0 */
/* Tells files apart by their first bytes (file_kind.h). */
#include "file_kind.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOOKED_AT 4096U /* of a text, and for zeros */

/* Files with something in a fixed place. */
static const struct {
    size_t offset;
    size_t length;
    const char *magic;
    struct file_kind kind;
} magics[] = {
    {0x38,
     4,
     "ARM\x64",
     {.what = "an arm64 Linux kernel", .use = "put it into a system's file, under kernel:"}},
    {4,
     4,
     "zimg",
     {.what = "packed as an EFI program (EFI zboot)",
      .use = "give the Image or Image.gz that was packed"}},
    {0x202,
     4,
     "HdrS",
     {.what = "a Linux kernel for x86, not for arm64", .use = "give one for arm64"}},
    {0x24,
     4,
     "\x18\x28\x6f\x01",
     {.what = "a Linux kernel for 32-bit Arm (zImage), not for arm64",
      .use = "give one for arm64"}},
    {0x38,
     4,
     "RSC\x05",
     {.what = "a Linux kernel for RISC-V, not for arm64", .use = "give one for arm64"}},
    {0,
     4,
     "\x27\x05\x19\x56",
     {.what = "a U-Boot image (uImage)", .use = "give the Image inside it"}},
    {0,
     4,
     "\xd0\x0d\xfe\xed",
     {.what = "a device tree (DTB)",
      .use = "a VM's is made by compose, a board's is in its folder"}},
    {0,
     6,
     "070701",
     {.what = "a RAM disk (cpio)", .use = "put it into a system's file, under initrd:"}},
    {0,
     2,
     "\x1f\x8b",
     {.what = "a gzip file", .use = "unpack it; a system's file takes packed programs, too"}},
    {0, 4, "PK\x03\x04", {.what = "a zip archive", .use = "unpack it"}},
    {0, 4, "\x89PNG", {.what = "a picture (PNG)", .use = "give a program"}},
    {0, 2, "MZ", {.what = "an EFI or Windows program", .use = "give one for the bare machine"}},
};

/* How many bytes the character at @bytes has, or 0: it is none of a text's. */
static size_t text_character(const uint8_t *bytes, size_t size)
{
    static const char blanks[] = "\t\n\v\f\r\x1b";
    uint8_t first = bytes[0];
    size_t length = first < 0x80   ? 1
                    : first < 0xc2 ? 0
                    : first < 0xe0 ? 2
                    : first < 0xf0 ? 3
                    : first < 0xf5 ? 4
                                   : 0;

    if (length == 1) {
        return first != 0x7f && (first >= ' ' || (first != 0 && strchr(blanks, first) != NULL)) ? 1
                                                                                                : 0;
    }
    for (size_t i = 1; i < length && i < size; i++) {
        if ((bytes[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    return length;
}

/* No control characters, no damaged UTF-8. */
static bool is_text(const uint8_t *bytes, size_t size)
{
    size_t at = 0;

    while (at < size && at < LOOKED_AT) {
        size_t length = text_character(bytes + at, size - at);
        if (length == 0) {
            return false;
        }
        at += length;
    }
    return size != 0;
}

/* Whether a line of the text begins with @word. */
static bool text_has_line(const uint8_t *bytes, size_t size, const char *word)
{
    size_t length = strlen(word);

    for (size_t at = 0; at + length <= size && at < LOOKED_AT; at++) {
        if ((at == 0 || bytes[at - 1] == '\n') && memcmp(bytes + at, word, length) == 0) {
            return true;
        }
    }
    return false;
}

static struct file_kind text_kind(const uint8_t *bytes, size_t size)
{
    struct file_kind kind = {.what = "text", .is_text = true};

    if (text_has_line(bytes, size, "board:") || text_has_line(bytes, size, "vms:")) {
        kind.what = "a system's file (YAML)";
        kind.use = "nagaya compose makes an image of it, nagaya run starts it";
    } else if (text_has_line(bytes, size, "#include") || text_has_line(bytes, size, "int main")) {
        kind.what = "text, a program's source";
        kind.use = "compile it, and give what comes out";
    }
    return kind;
}

/* What a linker made has sections. Nagaya's images have none, but the plan's magic number. */
static bool has_sections(const Elf64_Ehdr *header)
{
    return header->e_shoff != 0 && header->e_shnum != 0 && header->e_shstrndx != 0;
}

static struct file_kind elf_kind(const uint8_t *bytes, size_t size)
{
    Elf64_Ehdr header = {0};

    memcpy(&header, bytes, size < sizeof(header) ? size : sizeof(header));
    if (has_sections(&header) && header.e_machine != EM_AARCH64) {
        return (struct file_kind){.what = "a program (ELF) for another processor",
                                  .use = "build it for AArch64"};
    }
    if (has_sections(&header)) {
        return (struct file_kind){.what = "a program (ELF)",
                                  .use = "put it into a system's file, under image:"};
    }
    if (memmem(bytes, size, "ANYAPLAN", 8) == NULL) {
        return (struct file_kind){0};
    }
    return (struct file_kind){
        .what = "an image that nagaya compose made",
        .use = "nagaya show and nagaya check read it, nagaya run takes the system's file",
        .composed = true};
}

static bool is_one_byte(const uint8_t *bytes, size_t size, uint8_t byte)
{
    for (size_t i = 0; i < size && i < LOOKED_AT; i++) {
        if (bytes[i] != byte) {
            return false;
        }
    }
    return size != 0;
}

struct file_kind file_kind_of(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
        if (size >= magics[i].offset + magics[i].length &&
            memcmp(bytes + magics[i].offset, magics[i].magic, magics[i].length) == 0) {
            return magics[i].kind;
        }
    }
    if (size >= SELFMAG && memcmp(bytes, ELFMAG, SELFMAG) == 0) {
        return elf_kind(bytes, size);
    }
    if (is_text(bytes, size)) {
        return text_kind(bytes, size);
    }
    if (is_one_byte(bytes, size, 0)) {
        return (struct file_kind){.what = "nothing but zeros at its start",
                                  .use = "build it again"};
    }
    if (is_one_byte(bytes, size, 0xff)) {
        return (struct file_kind){.what = "blank flash (0xff) at its start",
                                  .use = "build it again"};
    }
    return (struct file_kind){0};
}

struct file_kind file_kind_at(const char *path)
{
    struct file_kind kind = {0};
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = NULL;
    long size;

    if (file == NULL) {
        return kind;
    }
    if (fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) > 0 &&
        fseek(file, 0, SEEK_SET) == 0 && (bytes = malloc((size_t)size)) != NULL) {
        kind = file_kind_of(bytes, fread(bytes, 1, (size_t)size, file));
    }
    free(bytes);
    fclose(file);
    return kind;
}
