/* SPDX-License-Identifier: Apache-2.0 */
/* nagayactl load: the image is laid out in memory of our own; only when all of it has been found
 * good, it is copied. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "life.h"
#include "load_image.h"

/* The file as a whole, or NULL and errno. */
static uint8_t *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "re");
    uint8_t *bytes = NULL;
    struct stat status;

    if (file == NULL) {
        return NULL;
    }
    if (fstat(fileno(file), &status) == 0 && S_ISREG(status.st_mode)) {
        bytes = malloc((size_t)status.st_size + 1);
        *size = bytes != NULL ? fread(bytes, 1, (size_t)status.st_size, file) : 0;
        if (ferror(file) != 0) {
            free(bytes);
            bytes = NULL;
        }
    } else {
        errno = EINVAL; /* a folder or a device */
    }
    fclose(file);
    return bytes;
}

static int load(const struct arguments *arguments, const struct nagaya_manager *manager,
                uint32_t vm, const struct nagaya_store *store)
{
    const struct load_target target = {store->target, store->size,
                                       nagaya_vm(manager, vm)->entry_ipa};
    const char *path = arguments->words[1];
    char why[LOAD_WHY_SIZE];
    size_t size = 0;
    uint8_t *memory = calloc(1, store->size);
    uint8_t *file = memory != NULL ? read_file(path, &size) : NULL;
    int status = STATUS_FAILED;

    if (file == NULL) {
        command_fail(arguments, "%s can't be read: %s", path, strerror(errno));
    } else if (!load_image(&target, file, size, memory, why)) {
        command_fail(arguments, "%s %s", path, why);
    } else {
        memcpy(store->bytes, memory, store->size);
        status = STATUS_DONE;
    }
    free(file);
    free(memory);
    return status;
}

static int load_vm(const struct arguments *arguments, const struct nagaya_manager *manager)
{
    uint32_t vm;

    if (!nagaya_vm_find(manager, arguments->words[0], &vm)) {
        return command_fail(arguments, "%s", nagaya_error());
    }

    const char *name = nagaya_vm(manager, vm)->name;
    const struct nagaya_store *store = nagaya_vm_store(manager, vm);
    if (store == NULL) {
        return command_fail(
            arguments,
            "%s has no room for another image; give it some in the system's file (reload: SIZE)",
            name);
    }
    if (nagaya_vm_status(manager, vm).state == VM_STATUS_LOST) {
        return command_fail(arguments,
                            "%s is lost: nothing but a reset of the machine starts it again", name);
    }
    if (nagaya_vm_status(manager, vm).state != VM_STATUS_OFF) {
        return command_fail(arguments, "%s is not off; stop it first (nagayactl stop %s)", name,
                            name);
    }
    if (load(arguments, manager, vm, store) != STATUS_DONE) {
        return STATUS_FAILED;
    }
    if (!arguments->no_start) {
        return life_change(arguments, manager, vm, MANAGER_START);
    }
    if (!arguments->json) {
        printf("%s: loaded\n", name);
    }
    return STATUS_DONE;
}

int load_command(const struct arguments *arguments)
{
    struct nagaya_manager manager;
    int status;

    if (!nagaya_manager_open(&manager, true)) {
        return command_fail(arguments, "%s", nagaya_error());
    }
    status = load_vm(arguments, &manager);
    nagaya_manager_close(&manager);
    return status;
}
