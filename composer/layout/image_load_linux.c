/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arm64 Linux Images, and files that were taken for one.
 * The header is described in Linux's Documentation/arch/arm64/booting.rst.
 */
#include "image_load.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

#include "arithmetic.h"
#include "diagnostics.h"
#include "elf_view.h"
#include "memory.h"

#define TEXT_OFFSET_OLD 0x80000 /* where image_size is 0 (before Linux 3.17) */

struct linux_header {
    uint32_t code[2];
    uint64_t text_offset; /* from a 2 MB boundary */
    uint64_t image_size;  /* in memory, with bss */
    uint64_t flags;
    uint64_t reserved[3];
    uint32_t magic; /* "ARM\x64" */
    uint32_t pe_offset;
};
static_assert(sizeof(struct linux_header) == 64, "fixed by Linux");

#define LINUX_MAGIC      0x644d5241U
#define LINUX_BIG_ENDIAN 1U /* flags, bit 0 */

static const char *path_of(const struct vm *vm)
{
    return vm->kernel != NULL ? vm->kernel : vm->image;
}

bool image_is_linux(const struct file_bytes *file)
{
    struct linux_header header;

    if (file->size < sizeof(header)) {
        return false;
    }
    memcpy(&header, file->bytes, sizeof(header));
    return le32toh(header.magic) == LINUX_MAGIC;
}

bool image_load_linux(const struct vm *vm, const struct file_bytes *file, struct image *image)
{
    struct linux_header header;

    memcpy(&header, file->bytes, sizeof(header));
    uint64_t text_offset = le64toh(header.text_offset);
    uint64_t memory_size = le64toh(header.image_size);
    if ((le64toh(header.flags) & LINUX_BIG_ENDIAN) != 0) {
        error(vm->image_location,
              "'%s' is a big-endian Linux kernel; a little-endian one is needed", path_of(vm));
        return false;
    }
    if (memory_size == 0) {
        text_offset = TEXT_OFFSET_OLD;
    }
    if (text_offset >= BLOCK_SIZE || text_offset % PAGE_SIZE != 0) {
        error(vm->image_location,
              "'%s' is a damaged arm64 Image: its text offset is 0x%llx; make it again",
              path_of(vm), (unsigned long long)text_offset);
        return false;
    }
    if (memory_size < file->size) {
        memory_size = file->size;
    }
    if (memory_size > vm_memory_size(vm)) {
        error(vm->image_location, "'%s' needs %s of memory, vm '%s' has %s; give it more memory",
              path_of(vm), size_in_words(memory_size).text, vm->name,
              room_in_words(vm_memory_size(vm)).text);
        return false;
    }

    *image = (struct image){
        .form = IMAGE_LINUX,
        .part_count = 1,
        .start = text_offset,
        .end = text_offset + memory_size,
        .entry = text_offset,
    };
    image->parts = memory_new(1, sizeof(*image->parts));
    image->parts[0] = (struct image_part){
        .address = text_offset,
        .bytes = file->bytes,
        .file_size = file->size,
        .memory_size = memory_size,
    };
    return true;
}

static bool has_at(const struct file_bytes *file, size_t offset, const char *magic)
{
    return file->size >= offset + strlen(magic) &&
           memcmp(file->bytes + offset, magic, strlen(magic)) == 0;
}

void image_not_a_kernel(const struct vm *vm, const struct file_bytes *file)
{
    const char *what = "has no arm64 Image header; a raw binary goes under 'image:'";

    if (elf_is(file->bytes, file->size)) {
        what = "is an ELF file, not an arm64 Image; a bare-metal program goes under 'image:', of "
               "Linux give "
               "arch/arm64/boot/Image and not vmlinux";
    } else if (has_at(file, 4, "zimg")) {
        what =
            "is packed as an EFI program (EFI zboot); give the Image or Image.gz that was packed";
    } else if (has_at(file, 0x202, "HdrS")) {
        what = "is a Linux kernel for x86, not for arm64; give one for arm64";
    } else if (has_at(file, 0x24, "\x18\x28\x6f\x01")) {
        what = "is a Linux kernel for 32-bit Arm (zImage), not for arm64; give one for arm64";
    } else if (has_at(file, 0x38, "RSC\x05")) {
        what = "is a Linux kernel for RISC-V, not for arm64; give one for arm64";
    } else if (has_at(file, 0, "\x27\x05\x19\x56")) {
        what = "is a U-Boot image (uImage); give the Image inside it";
    }
    error(vm->image_location, "kernel '%s' %s", vm->kernel, what);
}
