/* SPDX-License-Identifier: Apache-2.0 */
/* nagayactl start, stop, restart */
#include "life.h"

#include <stdio.h>
#include <unistd.h>

#include "json.h"
#include "names.h"

#define DEFAULT_TIMEOUT_MS 60000

static void say(const struct arguments *arguments, const struct nagaya_manager *manager,
                uint32_t vm)
{
    struct vm_status status = nagaya_vm_status(manager, vm);
    struct json json = {.out = stdout};

    if (!arguments->json) {
        printf("%s: %s\n", nagaya_vm(manager, vm)->name, state_name(status.state));
        return;
    }
    json_open(&json, NULL, '{');
    json_text(&json, "name", nagaya_vm(manager, vm)->name);
    json_text(&json, "state", state_name(status.state));
    json_number(&json, "generation", status.generation);
    json_close(&json, '}');
}

int life_change(const struct arguments *arguments, const struct nagaya_manager *manager,
                uint32_t vm, enum manager_command command)
{
    struct vm_status before = nagaya_vm_status(manager, vm);
    int timeout_ms = arguments->timeout_ms == FOR_EVER ? DEFAULT_TIMEOUT_MS : arguments->timeout_ms;

    if (!nagaya_vm_command(manager, vm, command) ||
        (!arguments->no_wait && !nagaya_vm_wait(manager, vm, command, before, timeout_ms))) {
        return command_fail(arguments, "%s", nagaya_error());
    }
    say(arguments, manager, vm);
    return STATUS_DONE;
}

/* With this VM its tool ends, too, and whatever else runs in it: nobody may want that by
 * mistake. */
static bool is_meant(const struct arguments *arguments, const struct nagaya_manager *manager,
                     uint32_t vm, enum manager_command command)
{
    const struct plan_vm *named = nagaya_vm(manager, vm);
    char answer[8] = "";

    if (command == MANAGER_START || arguments->force || named->command_ipa == 0) {
        return true;
    }
    if (!isatty(STDIN_FILENO)) {
        command_fail(arguments, "%s is this VM itself; --force does it all the same", named->name);
        return false;
    }
    fprintf(stderr, "%s is this VM itself: end all that runs in it? [y/N] ", named->name);
    if (fgets(answer, sizeof(answer), stdin) != NULL && (answer[0] == 'y' || answer[0] == 'Y')) {
        return true;
    }
    command_fail(arguments, "nothing was done");
    return false;
}

static int change(const struct arguments *arguments, enum manager_command command)
{
    struct nagaya_manager manager;
    uint32_t vm;
    int status;

    if (!nagaya_manager_open(&manager, false)) {
        return command_fail(arguments, "%s", nagaya_error());
    }
    if (!nagaya_vm_find(&manager, arguments->words[0], &vm)) {
        status = command_fail(arguments, "%s", nagaya_error());
    } else if (is_meant(arguments, &manager, vm, command)) {
        status = life_change(arguments, &manager, vm, command);
    } else {
        status = STATUS_FAILED;
    }
    nagaya_manager_close(&manager);
    return status;
}

int start_command(const struct arguments *arguments)
{
    return change(arguments, MANAGER_START);
}

int stop_command(const struct arguments *arguments)
{
    return change(arguments, MANAGER_STOP);
}

int restart_command(const struct arguments *arguments)
{
    return change(arguments, MANAGER_RESTART);
}
