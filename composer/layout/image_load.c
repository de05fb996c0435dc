/* SPDX-License-Identifier: Apache-2.0 */
/* Decides what kind of file a VM's image is (image_load.h). */
#include "image_load.h"

#include <endian.h>
#include <string.h>

#include "arithmetic.h"
#include "diagnostics.h"
#include "elf_view.h"
#include "file_kind.h"
#include "memory.h"

/* What an unpacked file may hold besides what goes into memory: an ELF file's symbols and debug
 * information. */
#define UNPACK_EXTRA (256ULL << 20)

uint64_t vm_memory_size(const struct vm *vm)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < vm->memory_count; i++) {
        sum += vm->memory[i].size;
    }
    return sum;
}

static bool image_load_raw(const struct file_bytes *file, struct image *image)
{
    *image = (struct image){.form = IMAGE_RAW, .part_count = 1, .end = file->size};
    image->parts = memory_new(1, sizeof(*image->parts));
    image->parts[0] = (struct image_part){
        .bytes = file->bytes, .file_size = file->size, .memory_size = file->size};
    return true;
}

/* Bits 28 to 25 of an A64 instruction say its group: 0, 1 and 3 are none (Arm DDI 0487, C4.1). A
 * word of zeros, or of ones, is none either. */
static bool is_instruction(uint32_t word)
{
    uint32_t group = word >> 25 & 15;

    return group != 0 && group != 1 && group != 3 && word != UINT32_MAX;
}

/* What has no format is taken for raw bytes, but not what is obviously no program. With `entry`
 * it need not start with an instruction. */
static bool is_raw_program(const struct vm *vm, const struct file_bytes *file)
{
    struct file_kind kind = file_kind_of(file->bytes, file->size);
    uint32_t first = 0;

    memcpy(&first, file->bytes, file->size < sizeof(first) ? file->size : sizeof(first));
    if (kind.what != NULL) {
        error(vm->image_location,
              "image '%s' is %s, not a program; %s, or write raw: true to load it as it is",
              vm->image, kind.what, kind.use != NULL ? kind.use : "give one");
    } else if (vm->entry == ADDRESS_UNSET &&
               (file->size < sizeof(first) || !is_instruction(le32toh(first)))) {
        error(vm->image_location,
              "image '%s' is no ELF file and no arm64 Image, and does not start with an A64 "
              "instruction as raw code "
              "does (0x%08x); give a program, say where it starts (entry), or write raw: true to "
              "load it as it is",
              vm->image, le32toh(first));
    } else {
        return true;
    }
    return false;
}

/* Reported before there are places, so that all VMs' images are looked at in one run. */
static bool image_fits_memory(const struct vm *vm, const char *what, const char *path,
                              uint64_t needs)
{
    if (needs <= vm_memory_size(vm)) {
        return true;
    }
    error(vm->image_location, "%s '%s' needs %s of memory, vm '%s' has %s; give it more memory",
          what, path, size_in_words(needs).text, vm->name, room_in_words(vm_memory_size(vm)).text);
    return false;
}

bool image_load(const struct vm *vm, struct image *image)
{
    const char *what = vm->kernel != NULL ? "kernel" : "image";
    const char *path = vm->kernel != NULL ? vm->kernel : vm->image;
    struct file_bytes file;
    bool sound = false;

    if (!file_read(vm->image_location, what, path, &file)) {
        return false;
    }
    if (vm->raw) {
        return image_load_raw(&file, image) &&
               image_fits_memory(vm, what, path, image->end - image->start);
    }
    if (!file_unpack(vm->image_location, what, path, vm_memory_size(vm) + UNPACK_EXTRA, &file)) {
        return false;
    }

    if (image_is_linux(&file)) {
        sound = image_load_linux(vm, &file, image);
    } else if (vm->kernel != NULL) {
        image_not_a_kernel(vm, &file);
    } else if (elf_is(file.bytes, file.size)) {
        sound = image_load_elf(vm, &file, image);
    } else {
        sound = is_raw_program(vm, &file) && image_load_raw(&file, image);
    }
    return sound && image_fits_memory(vm, what, path, image->end - image->start);
}

bool initrd_load(const struct vm *vm, struct file_bytes *initrd)
{
    if (!file_read(vm->initrd_location, "initrd", vm->initrd, initrd)) {
        return false;
    }
    if (initrd->size <= vm_memory_size(vm)) {
        return true;
    }
    error(vm->initrd_location, "initrd '%s' has %s, vm '%s' has %s of memory; give it more memory",
          vm->initrd, size_in_words(initrd->size).text, vm->name,
          room_in_words(vm_memory_size(vm)).text);
    return false;
}

bool rom_load(const struct vm_memory *memory, struct file_bytes *rom)
{
    if (memory->file == NULL) {
        return true;
    }
    if (!file_read(memory->file_location, "file", memory->file, rom)) {
        return false;
    }
    if (rom->size <= memory->size) {
        return true;
    }
    error(memory->file_location, "file '%s' has %s, its region of memory %s; make size that large",
          memory->file, size_in_words(rom->size).text, room_in_words(memory->size).text);
    return false;
}
