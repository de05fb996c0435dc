/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel unpacks one archive after the other from an initrd, each packed or not, zeros between
 * them skipped; one that is not packed begins at a multiple of 4
 * (Documentation/driver-api/early-userspace/buffer-format.rst of Linux). So the files become one
 * more archive behind the VM's own.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "diagnostics.h"
#include "file_read.h"
#include "memory.h"
#include "run_folder.h"
#include "run_put.h"

#define ALIGNMENT 4

#define FOLDER_MODE (S_IFDIR | 0755U)
#define LAST_NAME   "TRAILER!!!"

static void pad(FILE *out)
{
    while (ftell(out) % ALIGNMENT != 0) {
        fputc('\0', out);
    }
}

/** One entry: thirteen numbers of eight digits, the name, what is in it. */
static void write_entry(FILE *out, const char *name, unsigned mode, const void *bytes, size_t size)
{
    static unsigned inode = 0x4e470000; /* one that the archive before has not */
    unsigned links = S_ISDIR(mode) ? 2 : 1;

    /* magic, inode, mode, owner, group, links, time, size, device and its number, no check sum */
    fprintf(out, "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x", ++inode, mode, 0U,
            0U, links, 0U, size, 0U, 0U, 0U, 0U, strlen(name) + 1, 0U);
    fwrite(name, 1, strlen(name) + 1, out);
    pad(out);
    fwrite(bytes, 1, size, out);
    pad(out);
}

void put_write_file(FILE *out, const char *path, unsigned mode, const void *bytes, size_t size)
{
    const char *name = path + strspn(path, "/");

    for (const char *slash = strchr(name, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        write_entry(out, text_format("%.*s", (int)(slash - name), name), FOLDER_MODE, "", 0);
    }
    write_entry(out, name, S_IFREG | (mode & 0777U), bytes, size);
}

void put_write_end(FILE *out)
{
    write_entry(out, LAST_NAME, 0, "", 0);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

static struct vm *find_vm(struct system *system, const struct run_put *put)
{
    const char *names = "";

    for (size_t i = 0; i < system->vm_count; i++) {
        if (strcmp(system->vms[i].name, put->vm) == 0) {
            return &system->vms[i];
        }
        names = text_join(names, ", ", system->vms[i].name);
    }
    fprintf(stderr, "nagaya run: --put %s=%s: there is no vm %s; there are %s\n", put->vm,
            put->file, put->vm, names);
    return NULL;
}

static bool add_file(FILE *out, const struct run_put *put)
{
    const char *path =
        put->path != NULL ? put->path : text_format("/root/%s", base_name(put->file));
    struct stat status;
    char *bytes = NULL;

    FILE *file = fopen(put->file, "re");
    bool sound = file != NULL && fstat(fileno(file), &status) == 0;
    if (sound && !S_ISREG(status.st_mode)) {
        fprintf(stderr,
                "nagaya run: --put %s=%s: it is no file; pack a folder (tar) and put that\n",
                put->vm, put->file);
        fclose(file);
        return false;
    }
    if (sound) {
        bytes = memory_new((size_t)status.st_size, 1);
        sound = fread(bytes, 1, (size_t)status.st_size, file) == (size_t)status.st_size;
    }
    if (sound) {
        put_write_file(out, path, status.st_mode, bytes, (size_t)status.st_size);
    } else {
        fprintf(stderr, "nagaya run: --put %s=%s: cannot be read: %s\n", put->vm, put->file,
                strerror(errno));
    }
    if (file != NULL) {
        fclose(file);
    }
    return sound;
}

/** An initrd like the VM's own, with the files that are put there behind it; NULL after it said
 * what is wrong. */
static const char *extend_initrd(const struct run_options *options, const struct vm *vm)
{
    const char *path = run_folder_file(text_format("%s.initrd", vm->name));
    struct file_bytes own;
    bool sound = true;

    if (!file_read(vm->initrd_location, "initrd", vm->initrd, &own)) {
        return NULL;
    }
    FILE *out = fopen(path, "wex");
    if (out == NULL) {
        fprintf(stderr, "nagaya: cannot write %s: %s\n", path, strerror(errno));
        return NULL;
    }
    fwrite(own.bytes, 1, own.size, out);
    pad(out);
    for (size_t i = 0; i < options->put_count; i++) {
        if (strcmp(options->put[i].vm, vm->name) == 0) {
            sound &= add_file(out, &options->put[i]);
        }
    }
    put_write_end(out);
    if (ferror(out) != 0 || fclose(out) != 0) {
        fatal("cannot write %s: %s", path, strerror(errno));
    }
    return sound ? path : NULL;
}

bool run_put_files(const struct run_options *options, struct system *system)
{
    bool sound = true;

    for (size_t i = 0; i < options->put_count; i++) {
        const struct vm *vm = find_vm(system, &options->put[i]);

        if (vm != NULL && vm->initrd == NULL) {
            fprintf(stderr,
                    "nagaya run: --put %s=%s: vm %s has no initrd that it could be put into; --put "
                    "is for Linux "
                    "VMs with the key initrd\n",
                    vm->name, options->put[i].file, vm->name);
        }
        sound &= vm != NULL && vm->initrd != NULL;
    }
    for (size_t i = 0; sound && i < system->vm_count; i++) {
        bool wanted = false;

        for (size_t j = 0; j < options->put_count; j++) {
            wanted |= strcmp(options->put[j].vm, system->vms[i].name) == 0;
        }
        if (wanted) {
            system->vms[i].initrd = extend_initrd(options, &system->vms[i]);
            sound = system->vms[i].initrd != NULL;
        }
    }
    return sound;
}
